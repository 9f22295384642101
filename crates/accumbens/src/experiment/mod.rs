//! Experiments: declarations in TOML that, given a seed, yield what happens to each subject.

pub mod catalogue;
mod between;
mod check;
mod free;
pub mod generate;
pub mod spec;

pub use generate::{Life, Lived, Session, life, lived, sessions};
pub use spec::{Experiment, schema};
