//! Declares where dopamine is held at a value: light on a fibre, over an interval or at an event.

use crate::error::{Error, Result};
use serde::{Deserialize, Serialize};

/// What is done to the dopamine that a theory asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Hold {
    /// It is held at the value: inhibition or stimulation that leaves nothing of the own signal.
    #[default]
    At,
    /// It is multiplied by the value: a lesion, a depletion.
    Times,
    /// The value is added to it: stimulation on top of the own signal.
    Plus,
    /// The value is added to it, and what would fall below the value is held there: a drug, whose surplus no prediction
    /// cancels (redish2004).
    Surplus,
}

/// Dopamine held at `value` over the closed interval [`from`, `to`].
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Clamp {
    /// Start, s.
    pub from: f64,
    /// End, s, itself inside.
    pub to: f64,
    /// What dopamine is held at, in the theory's own unit; negative for inhibition below baseline.
    pub value: f64,
    /// Whether dopamine is held at the value, multiplied by it or raised by it.
    #[serde(default)]
    pub hold: Hold,
}

impl Clamp {
    /// A clamp that holds over a closed interval.
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
        Ok(Self { from, to, value, hold: Hold::At })
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
