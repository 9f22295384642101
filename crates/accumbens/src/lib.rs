//! The science of accumbens: theories of dopamine, experiments, stages, fitting and honest comparison.

pub mod experiment;
pub mod theories;
