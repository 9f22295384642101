//! What is said of a finding: of each test, of a theory, and over the theory's prior.

use serde::Serialize;
use std::collections::BTreeMap;

/// What a theory says of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Every test holds, with confidence.
    Agrees,
    /// A test fails, with confidence.
    Disagrees,
    /// The theory does not speak of it, or the simulated subjects leave it open.
    CannotSay,
}

impl Verdict {
    /// Its words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Agrees => "agrees",
            Self::Disagrees => "disagrees",
            Self::CannotSay => "cannot say",
        }
    }
}

/// A mean over simulated subjects.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Estimate {
    /// Mean.
    pub mean: f64,
    /// Lower end of the 95 % confidence interval of the mean.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// Standard deviation over subjects.
    pub sd: f64,
    /// Subjects for which it is defined.
    pub n: usize,
}

/// A test of one theory.
#[derive(Clone, Debug, Serialize)]
pub struct Scored {
    /// Its value; none where it is not defined.
    pub estimate: Option<Estimate>,
    /// The verdict.
    pub verdict: Verdict,
    /// Why it cannot be said, empty otherwise.
    pub reason: String,
}

/// One theory on one finding.
#[derive(Clone, Debug, Serialize)]
pub struct Cell {
    /// The finding.
    pub finding: String,
    /// The theory, as it was named.
    pub theory: String,
    /// The verdict.
    pub verdict: Verdict,
    /// Why it cannot be said, empty otherwise.
    pub reason: String,
    /// The tests, in the finding's order.
    pub tests: Vec<Scored>,
    /// The measures by name; none where not defined. A measure of cells shows its mean.
    pub measures: BTreeMap<String, Option<Estimate>>,
    /// Published values of this theory beside those computed here.
    pub published: Vec<(f64, Option<Estimate>)>,
    /// What it says over its prior; none where that was not asked, or nothing of it can be drawn.
    pub prior: Option<Share>,
}

/// What a theory says of a finding over its prior.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Share {
    /// Parameters that were drawn from their priors; the others stand as in the cell itself.
    pub drawn: Vec<String>,
    /// Draws.
    pub draws: usize,
    /// Simulated subjects of each.
    pub subjects: u32,
    /// Draws at which it agrees with the finding.
    pub agrees: usize,
    /// At which it disagrees.
    pub disagrees: usize,
    /// At which the subjects leave it open.
    pub cannot_say: usize,
    /// At which it could not live through the design, or which its own domain refuses.
    pub failed: usize,
    /// Whether more than half of the draws say the opposite of the verdict at the defaults.
    pub contradicts: bool,
}

impl Share {
    /// The part of the draws with this verdict, in %.
    #[must_use]
    pub fn percent(&self, verdict: Verdict) -> f64 {
        let count = match verdict {
            Verdict::Agrees => self.agrees,
            Verdict::Disagrees => self.disagrees,
            Verdict::CannotSay => self.cannot_say,
        };
        100.0 * count as f64 / self.draws as f64
    }

    /// The share in words.
    #[must_use]
    pub fn words(&self) -> String {
        let part = |v: Verdict| format!("{} {:.0} %", v.words(), self.percent(v));
        let failed = match self.failed {
            0 => String::new(),
            n => format!(", {n} of {} draws could not be lived", self.draws),
        };
        let [agrees, disagrees, open] = [Verdict::Agrees, Verdict::Disagrees, Verdict::CannotSay].map(part);
        format!("{agrees}, {disagrees}, {open}{failed}")
    }

    pub(super) fn count(drawn: Vec<String>, subjects: u32, verdicts: &[Option<Verdict>], at_defaults: Verdict) -> Self {
        let of = |wanted| verdicts.iter().filter(|v| **v == wanted).count();
        let [agrees, disagrees, cannot_say] =
            [Verdict::Agrees, Verdict::Disagrees, Verdict::CannotSay].map(|v| of(Some(v)));
        let opposite = match at_defaults {
            Verdict::Agrees => disagrees,
            Verdict::Disagrees => agrees,
            Verdict::CannotSay => 0,
        };
        let (draws, failed) = (verdicts.len(), of(None));
        let contradicts = 2 * opposite > draws;
        Self { drawn, draws, subjects, agrees, disagrees, cannot_say, failed, contradicts }
    }
}
