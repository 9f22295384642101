//! A stretch of time around an event.

/// From and to, s after the event: [from, to].
pub type Window = [f64; 2];
