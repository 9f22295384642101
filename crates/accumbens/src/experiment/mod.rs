//! Experiments: declarations in TOML that, given a seed, yield what happens to each subject.

mod between;
pub mod catalogue;
mod check;
mod free;
pub mod generate;
pub mod spec;

pub use generate::{Life, Lived, Session, life, lived, sessions};
pub use spec::{Experiment, schema};
