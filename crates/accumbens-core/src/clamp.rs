//! Declares where dopamine is held at a value: light on a fibre, over an interval or at an event.

use crate::error::{Error, Result};
use serde::{Deserialize, Serialize};

/// Dopamine held at `value` over the closed interval [`from`, `to`].
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Clamp {
    /// Start, s.
    pub from: f64,
    /// End, s, itself inside.
    pub to: f64,
    /// What dopamine is held at, in the theory's own unit; negative for inhibition below baseline.
    pub value: f64,
}

impl Clamp {
    /// A clamp over a closed interval.
    ///
    /// # Errors
    /// Where a number is not finite or the end is before the start.
    pub fn new(from: f64, to: f64, value: f64) -> Result<Self> {
        if !(from.is_finite() && to.is_finite() && value.is_finite()) || to < from {
            return Err(Error::input(
                "clamp",
                format!("{from}:{to}={value}"),
                "FROM:TO=VALUE, finite, FROM not after TO",
            ));
        }
        Ok(Self { from, to, value })
    }
}

/// Dopamine held at `value` in answer to one event.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct EventClamp {
    /// The event, counted from 0 in its log.
    pub row: usize,
    /// What dopamine is held at.
    pub value: f64,
}
