//! The science of accumbens: theories of dopamine, experiments, stages, fitting and honest comparison.

pub mod book;
pub mod choices;
pub mod clinic;
pub mod concerns;
pub mod credit;
pub mod experiment;
pub mod findings;
pub mod fit;
pub mod peri;
pub mod qc;
pub mod recorded;
pub mod report;
pub mod rl;
pub mod simulate;
pub mod simulated;
pub mod stages;
pub mod theories;
pub mod threads;
pub mod transmission;
pub mod worlds;
