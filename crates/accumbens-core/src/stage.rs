//! The contract of a stage: a recording in, a recording out.

use crate::error::Result;
use crate::recording::Recording;

/// One step of the forward chain (release, sensor, noise) or the backward one (bleaching, motion).
pub trait Stage: Send + Sync {
    /// The name under which the step is recorded.
    fn name(&self) -> &'static str;

    /// Changes the recording.
    ///
    /// # Errors
    /// Where the recording has not what the stage needs.
    fn apply(&self, recording: Recording) -> Result<Recording>;
}
