//! The theories, one file each, and their registry.

pub mod anccr;
mod anccr_baseline;
mod bins;
pub mod constant;
pub mod registry;
pub mod rescorla_wagner;
pub mod td_csc;
pub mod td_microstimulus;
pub mod trend;

pub use registry::{by_name, names, parse};
