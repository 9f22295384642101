//! Declares what must be true of a finding's measures, on what an observed number rests, and what noise takes from it.

use accumbens_core::{Error, Result};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A value that a paper or its code gives for a theory.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Published {
    /// The theory, with the settings of the published simulation where they are not its defaults.
    pub theory: String,
    /// An expression of the measures.
    pub value: String,
    /// What was published.
    pub is: f64,
    /// What it is and where it stands.
    #[serde(default)]
    pub note: String,
    /// Why the value here is another, where it is; empty where it lies within two standard deviations over subjects.
    #[serde(default)]
    pub differs: String,
}

/// Something that must be true of the measures.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Test {
    /// What it says, in words.
    pub says: String,
    /// An expression of the measures by name, with `abs`, `mean`, `sd`, `corr` and `ratio`.
    pub value: String,
    /// Above this.
    #[serde(default)]
    pub above: Option<f64>,
    /// Below this.
    #[serde(default)]
    pub below: Option<f64>,
    /// The observed value, where it is known in these terms.
    #[serde(default)]
    pub observed: Option<f64>,
    /// On what the observed value rests; it stands wherever one does.
    #[serde(default)]
    pub basis: Option<Basis>,
    /// How reliable the recorded responses are, where the value is the correlation of responses with something else. A
    /// theory's responses have no noise: its correlation is multiplied by the root of the reliability before it is judged
    /// and shown (Spearman's attenuation). A correlation without it may be judged by its sign alone.
    #[serde(default)]
    pub reliability: Option<Reliability>,
}

/// On what an observed value rests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// It stands in the source, or was computed from its recordings.
    Measured,
    /// The finding's words imply it, as "unchanged" implies a ratio of 1; nobody measured it in these terms.
    Implied,
    /// From the literature by memory.
    Memory,
}

impl Basis {
    /// Its word, as it stands in the file.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Measured => "measured",
            Self::Implied => "implied",
            Self::Memory => "memory",
        }
    }
}

/// The part of the variance of single recorded responses that is not noise of the measurement.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Reliability {
    /// The part, above 0 and at most 1.
    pub is: f64,
    /// From which recordings it was computed, and how.
    pub source: String,
}

impl Test {
    /// A value of a theory as it would be in recordings as noisy as those that were observed.
    #[must_use]
    pub fn as_recorded(&self, value: f64) -> f64 {
        value * self.reliability.as_ref().map_or(1.0, |r| r.is.sqrt())
    }

    /// What it accepts, in words.
    #[must_use]
    pub fn limits(&self) -> String {
        match (self.above, self.below) {
            (Some(a), Some(b)) => format!("between {a} and {b}"),
            (Some(a), None) => format!("above {a}"),
            (None, Some(b)) => format!("below {b}"),
            (None, None) => "anything".into(),
        }
    }

    /// What was observed and what noise takes, in words; empty where neither is known.
    #[must_use]
    pub fn beside(&self) -> String {
        let basis = self.basis.map(|b| format!(" ({})", b.word())).unwrap_or_default();
        let observed = self.observed.map(|o| format!(", observed {o}{basis}")).unwrap_or_default();
        let noise = self.reliability.as_ref().map(|r| {
            format!("; the theory's r is multiplied by √{} for the noise of the recordings ({})", r.is, r.source)
        });
        observed + &noise.unwrap_or_default()
    }

    /// Checks its limits, its observed value and its reliability; `is_r` where its value is one correlation of responses,
    /// `of_r` where a correlation stands in it.
    ///
    /// # Errors
    /// With the field and what would be accepted.
    pub fn check(&self, is_r: bool, of_r: bool) -> Result<()> {
        let fault = |problem: String, wanted: &str| Err(Error::input(format!("test {:?}", self.says), problem, wanted));
        if self.above.is_none() && self.below.is_none() {
            return fault("it accepts anything".into(), "above or below");
        }
        if self.observed.is_some() != self.basis.is_some() {
            let problem = "an observed value and its basis stand together";
            return fault(problem.into(), "observed = NUMBER and basis = \"measured\", \"implied\" or \"memory\"");
        }
        let by_sign = self.above.iter().chain(&self.below).all(|limit| *limit == 0.0);
        match &self.reliability {
            Some(_) if !is_r => fault(
                format!("{:?} is no correlation of responses that noise could attenuate", self.value),
                "value = the name of a measure with reduce = \"correlation\"",
            ),
            Some(r) if !(r.is > 0.0 && r.is <= 1.0) => {
                fault(format!("a reliability of {}", r.is), "above 0 and at most 1")
            }
            None if of_r && !by_sign => fault(
                format!("noise lowers an observed correlation, and {:?} has none", self.value),
                "reliability = { is = NUMBER, source = \"...\" }, or its sign alone: above = 0 or below = 0",
            ),
            _ => Ok(()),
        }
    }
}
