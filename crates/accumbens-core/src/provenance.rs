//! Records what was done to a recording, so that the same can be done again.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One thing that was done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// The stage, or `read`.
    pub stage: String,
    /// Every parameter of it, also those at their defaults.
    pub parameters: serde_json::Value,
    /// What it found: fitted coefficients, counts, residuals.
    pub results: BTreeMap<String, f64>,
    /// What asks for a look, in words: a fit that ended at a limit it was given.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub looks: Vec<String>,
}

impl Entry {
    /// A stage with its parameters, which has found nothing yet.
    #[must_use]
    pub fn new(stage: &str, parameters: &impl Serialize) -> Self {
        let parameters = serde_json::to_value(parameters).unwrap_or_default();
        Self { stage: stage.into(), parameters, results: BTreeMap::new(), looks: Vec::new() }
    }

    /// Adds something it found.
    pub fn found(&mut self, what: impl Into<String>, value: f64) {
        self.results.insert(what.into(), value);
    }
}

/// A file that went into a result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Input {
    /// The file, as the study names it.
    pub file: String,
    /// Its size, bytes.
    pub bytes: u64,
    /// SHA-256 of its content, in hexadecimal digits.
    pub sha256: String,
}
