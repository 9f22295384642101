//! The signal around events: trials, averages, mixed models, event kernels, transients.

pub mod bands;
pub mod functional;
pub mod kernels;
pub mod mixed;
pub mod transients;
pub mod windows;

pub use bands::Bands;
pub use functional::{Functional, Table};
pub use windows::{Cut, Normalise, Trial, Trials, cut, cut_sessions};
