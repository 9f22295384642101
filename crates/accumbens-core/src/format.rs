//! The contract of a file format: a path in, a table of events or a clock with channels out.

use crate::error::Result;
use crate::recording::Channel;
use std::path::Path;

/// Channels on one clock, as a file holds them.
#[derive(Clone, Debug, Default)]
pub struct Trace {
    /// The clock, s.
    pub times: Vec<f64>,
    /// The channels beside it; their unit is empty where the file does not say it.
    pub channels: Vec<Channel>,
}

/// A format that holds traces.
pub trait TraceFormat: Send + Sync {
    /// Its name, as users know it.
    fn name(&self) -> &'static str;

    /// Whether a file is of this format, by its name and first bytes.
    fn recognises(&self, path: &Path) -> bool;

    /// Reads a file; `time` names the column that is the clock.
    ///
    /// # Errors
    /// With the file, the line or column, and what would be accepted.
    fn read(&self, path: &Path, time: &str) -> Result<Trace>;
}
