//! What recovery says: how well a parameter is found again, how an interval can be read, what a verdict would have been.

use crate::fit::statistics::variance;
use accumbens_core::counted;
use serde::Serialize;

/// What an interval promises to hold.
const PROMISED: f64 = 0.95;
/// Standard errors by which a coverage falls short of the promise, one-sided at 5 %.
const SHORT: f64 = 1.645;
/// The least correlation at which subjects' values are read.
const LEAST: f64 = 0.5;
/// The largest standard error of a group's mean, in standard deviations of the parameter's prior, at which the data say something:
/// they then hold half of what the prior does (variances 2/3 and 1).
const VAGUE: f64 = 0.816_496_580_927_726;

/// How often something was so.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Share {
    /// The share.
    pub share: f64,
    /// Its standard error: that of Jeffreys' posterior, so that none or all of a few is not without error; over studies where
    /// several of one study were counted and that is larger.
    pub error: f64,
    /// Of how many.
    pub of: usize,
}

impl Share {
    /// So many times of so many.
    #[must_use]
    pub fn new(times: usize, of: usize) -> Self {
        let (a, b) = (times as f64 + 0.5, (of - times) as f64 + 0.5);
        let error = (a * b / ((a + b).powi(2) * (a + b + 1.0))).sqrt();
        Self { share: times as f64 / of.max(1) as f64, error, of }
    }

    /// Of counts by study: how many of how many; none where nothing was counted.
    #[must_use]
    pub fn by_study(counts: &[(usize, usize)]) -> Option<Self> {
        let counts: Vec<(usize, usize)> = counts.iter().copied().filter(|c| c.1 > 0).collect();
        let (times, of) = counts.iter().fold((0, 0), |(t, n), c| (t + c.0, n + c.1));
        let shares: Vec<f64> = counts.iter().map(|c| c.0 as f64 / c.1 as f64).collect();
        let over = if shares.len() > 1 { (variance(&shares) / shares.len() as f64).sqrt() } else { 0.0 };
        let all = Self::new(times, of);
        (of > 0).then_some(Self { error: all.error.max(over), ..all })
    }

    /// In per cent, with its standard error.
    #[must_use]
    pub fn percent(&self) -> String {
        format!("{:.0} ± {:.0} %", 100.0 * self.share, 100.0 * self.error)
    }

    /// Whether a coverage is significantly below what an interval promises.
    #[must_use]
    pub fn falls_short(&self) -> bool {
        self.share + SHORT * self.error < PROMISED
    }
}

/// How well a parameter is found again.
#[derive(Clone, Debug, Serialize)]
pub struct Recovered {
    /// The parameter.
    pub parameter: String,
    /// Simulated studies.
    pub studies: usize,
    /// The correlation of what was put in and what was found over subjects, within groups, in standard scores.
    pub correlation: f64,
    /// Its standard error.
    pub correlation_error: f64,
    /// The mean of what was found in subjects less what was put in, in standard deviations of the prior.
    pub bias: f64,
    /// How often the 95 % interval of a subject held what was put in.
    pub subjects: Option<Share>,
    /// How often that of a group's mean did; none without groups of two or more.
    pub means: Option<Share>,
    /// How often that of a difference between groups did; none without two groups.
    pub differences: Option<Share>,
}

/// What recovery says of an interval.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Read {
    /// The correlation of what was put in and what was found over subjects.
    pub correlation: f64,
    /// Its standard error.
    pub correlation_error: f64,
    /// How often intervals of this kind held what was put in; none where there were none.
    pub covered: Option<Share>,
    /// Simulated studies.
    pub studies: usize,
    /// Whether the interval can be read.
    pub readable: bool,
}

/// Whose interval it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Of {
    Subject,
    /// A group's mean or a difference, with its standard error in standard deviations of the prior.
    Mean(f64),
}

impl Recovered {
    /// What it says of an interval, and the same in words.
    pub(super) fn read(&self, covered: Option<Share>, of: Of) -> (Option<Read>, String) {
        let (r, studies) = (self.correlation, self.studies);
        let poor = r.is_nan() || r < LEAST;
        let short = covered.is_some_and(|c| c.falls_short());
        let mut wrong = Vec::new();
        if short {
            wrong.push("the interval misses too often");
        }
        match of {
            Of::Subject if poor => wrong.push("subjects' values do not come back"),
            Of::Mean(error) if error > VAGUE => wrong.push("the data say little beyond the prior"),
            _ => {}
        }
        let held = covered.map_or_else(String::new, |c| format!(", held in {}", c.percent()));
        let numbers = format!("r {r:.2} ± {:.2}{held} ({})", self.correlation_error, counted(studies, "study"));
        let readable = wrong.is_empty() && covered.is_some();
        let note = match (covered, wrong.is_empty()) {
            (None, _) => "no interval".into(),
            (_, false) => format!("NOT TO BE READ, {}: {numbers}", wrong.join(", ")),
            (_, true) if poor => format!("{numbers}: the mean alone, subjects' values do not come back"),
            _ => numbers,
        };
        let error = self.correlation_error;
        (Some(Read { correlation: r, correlation_error: error, covered, studies, readable }), note)
    }
}

/// How often a model was named.
#[derive(Clone, Debug, Serialize)]
pub struct Named {
    /// The model.
    pub model: String,
    /// How often.
    pub share: Share,
}

/// What the verdict would say of data that a model made.
#[derive(Clone, Debug, Serialize)]
pub struct Confusion {
    /// The model that made the data.
    pub truth: String,
    /// Its place among the models.
    #[serde(skip)]
    pub place: usize,
    /// Simulated studies.
    pub studies: usize,
    /// How often each model was named, in the order of the models.
    pub named: Vec<Named>,
    /// How often there was no decision.
    pub undecided: Share,
    /// How often the family of the truth was decided, or a model of it named.
    pub family: Share,
}

impl Confusion {
    /// How often the model that made the data was named.
    #[must_use]
    pub fn own(&self) -> Share {
        self.named[self.place].share
    }

    /// The row of a table: the truth, how often each model was named, no decision, its family.
    #[must_use]
    pub fn row(&self) -> Vec<String> {
        let named = self.named.iter().map(|n| n.share.percent());
        let rest = [self.undecided.percent(), self.family.percent()];
        std::iter::once(self.truth.clone()).chain(named).chain(rest).collect()
    }
}
