//! The declaration of a finding, as it stands in a TOML file.

use super::expressions::Expressions;
pub use super::limits::Published;
use super::limits::Test;
use crate::experiment::{self, Experiment};
use accumbens_core::{Error, Result, declaration, regions};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A finding: an experiment, what was observed in it, and how to ask a theory the same.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Finding {
    /// What was found, in one line.
    pub title: String,
    /// Keys of its sources in `references.bib`.
    pub source: Vec<String>,
    /// What was observed, with its size where it is known.
    pub observed: String,
    /// On how many animals or cells; empty where not known.
    #[serde(default)]
    pub n: String,
    /// On what the description rests.
    pub evidence: Evidence,
    /// What is assumed or unverified about the design.
    #[serde(default)]
    pub note: String,
    /// The theories that the literature has confronted with it; what any other says of it is an unpublished prediction.
    #[serde(default)]
    pub tested: Vec<String>,
    /// The experiment, of the catalogue.
    pub experiment: String,
    /// The region that was recorded, of `regions.toml`; a theory's first signal where absent.
    #[serde(default)]
    pub region: Option<String>,
    /// Parameters that a theory is given in this design, as its authors did.
    #[serde(default)]
    pub set: BTreeMap<String, BTreeMap<String, Setting>>,
    /// The quantities that are measured.
    pub measure: BTreeMap<String, Measure>,
    /// What must be true of them.
    pub test: Vec<Test>,
    /// Values that a paper or its code gives for a theory.
    #[serde(default)]
    pub published: Vec<Published>,
}

/// On what the description of a finding rests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Evidence {
    /// Its public recordings were analysed again, and the published result came out.
    Data,
    /// The abstract, a caption or the methods were read.
    Read,
    /// Published simulations were run: their numbers are checked, what animals or people did is not.
    Code,
    /// From the literature by memory: size and design are to be checked before they are relied on.
    Unverified,
}

impl Evidence {
    /// Its word, as it stands in the file.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Data => "data",
            Self::Read => "read",
            Self::Code => "code",
            Self::Unverified => "unverified",
        }
    }

    /// What the word means.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Data => "its public recordings were analysed again, and the published result came out",
            Self::Read => "the abstract, a caption or the methods were read",
            Self::Code => "published simulations were run; what animals or people did was not checked",
            Self::Unverified => "from the literature by memory; size and design are not checked",
        }
    }
}

/// The value of a parameter.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Setting {
    /// A number.
    Number(f64),
    /// A word.
    Word(String),
}

/// What is asked of a theory.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Ask {
    /// Dopamine.
    #[default]
    Dopamine,
    /// The probability of the conditioned response to a cue.
    Response,
    /// How strongly a cue moves the animal, in units of outcome.
    Wanting,
    /// The share of choices in which `take` is taken, of those in which the animal acts.
    Choice,
    /// The share of all choices that offer it in which `take` is taken.
    Taking,
    /// The share of choices in which the animal acts.
    Acting,
    /// The mean latency of its actions, s.
    Latency,
}

/// How responses become one number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Reduce {
    /// Their mean.
    #[default]
    Mean,
    /// Their correlation with `against`.
    Correlation,
    /// Their slope on `against`.
    Slope,
    /// How many responses it takes until the running mean over `over` responses reaches `fraction` of the last one.
    TrialsTo,
    /// How many responses it takes until the running mean over `over` responses exceeds `level`.
    TrialsAbove,
    /// The magnitude at which responses change sign.
    Reversal,
}

/// With what responses are compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Against {
    /// Their order.
    #[default]
    Order,
    /// The interval since the event of the same kind before, s.
    Interval,
    /// Their magnitude.
    Magnitude,
}

/// What is taken of dopamine in a window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Of {
    /// Its sum.
    #[default]
    Sum,
    /// Its mean over releases.
    Mean,
    /// Its largest value.
    Peak,
    /// Its smallest value.
    Trough,
    /// When it is largest, s after the event.
    PeakTime,
    /// Its slope on time, per s.
    Slope,
}

/// Events of another kind near the event.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Near {
    /// The kind.
    pub event: String,
    /// From when, s relative to the event; negative is before it.
    pub from: f64,
    /// To when, s.
    pub to: f64,
}

/// A quantity, one number a simulated subject.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Measure {
    /// The kind of event whose responses are measured.
    #[serde(default)]
    pub event: Option<String>,
    /// What is asked.
    #[serde(default)]
    pub ask: Ask,
    /// The group of subjects; the first where absent.
    #[serde(default)]
    pub group: Option<String>,
    /// The phase; all where absent.
    #[serde(default)]
    pub phase: Option<String>,
    /// Only so many responses from the start of what is selected.
    #[serde(default)]
    pub first: Option<usize>,
    /// Only so many responses from its end.
    #[serde(default)]
    pub last: Option<usize>,
    /// All but so many responses from its start.
    #[serde(default)]
    pub skip: usize,
    /// Only events of this magnitude.
    #[serde(default)]
    pub magnitude: Option<f64>,
    /// Only events (or choices, from when they are offered) near which such an event lies.
    #[serde(default)]
    pub near: Vec<Near>,
    /// Only events (or choices) near which no such event lies.
    #[serde(default)]
    pub not_near: Vec<Near>,
    /// Only events at least so long after the last of their kind, s.
    #[serde(default)]
    pub min_interval: Option<f64>,
    /// Dopamine over a window, s relative to the event, in place of the answer to it.
    #[serde(default)]
    pub window: Option<[f64; 2]>,
    /// What is taken of the window.
    #[serde(default)]
    pub of: Of,
    /// How responses become one number.
    #[serde(default)]
    pub reduce: Reduce,
    /// With what responses are compared.
    #[serde(default)]
    pub against: Against,
    /// Responses in a running mean.
    #[serde(default = "ten")]
    pub over: usize,
    /// Share of the last running mean that must be reached.
    #[serde(default = "half")]
    pub fraction: f64,
    /// Level that must be exceeded.
    #[serde(default)]
    pub level: f64,
    /// The option of a choice.
    #[serde(default)]
    pub take: Option<String>,
    /// The region, where it is not the finding's.
    #[serde(default)]
    pub region: Option<String>,
    /// One signal of the theory, in place of a region; `liking` is one that dopamine does not touch.
    #[serde(default)]
    pub signal: Option<String>,
    /// Whether the measure is a list with one number a dopamine channel, as of single cells.
    #[serde(default)]
    pub cells: bool,
}

fn ten() -> usize {
    10
}

fn half() -> f64 {
    0.5
}

/// The JSON Schema of a finding file, written from the types.
#[must_use]
pub fn schema() -> serde_json::Value {
    schemars::schema_for!(Finding).to_value()
}

impl Finding {
    /// Reads a finding and checks it against its experiment; `file` is named in errors.
    ///
    /// # Errors
    /// With the file, the field and what would be accepted.
    pub fn parse(file: &str, text: &str) -> Result<Self> {
        let finding: Self = declaration::read(file, text)?;
        let experiment = finding.design().map_err(|e| e.within(file))?;
        finding.check(&experiment).map_err(|e| e.within(file))?;
        Ok(finding)
    }

    /// Its experiment.
    ///
    /// # Errors
    /// Where the catalogue has none of this name.
    pub fn design(&self) -> Result<Experiment> {
        experiment::catalogue::by_name(&self.experiment)
    }

    fn check(&self, experiment: &Experiment) -> Result<()> {
        let kinds: Vec<&str> = experiment.events.iter().map(|e| e.name.get_ref().as_str()).collect();
        let phases: Vec<&str> = experiment.phases.iter().map(|p| p.name.get_ref().as_str()).collect();
        let known = |place: String, what: &str, name: Option<&String>, names: &[&str]| match name {
            Some(name) if !names.contains(&name.as_str()) => {
                Err(Error::input(place, format!("no {what} is called {name:?}"), names.join(", ")))
            }
            _ => Ok(()),
        };
        for (name, m) in &self.measure {
            let place = || format!("measure.{name}");
            known(place(), "event", m.event.as_ref(), &kinds)?;
            known(place(), "event", m.take.as_ref(), &kinds)?;
            known(place(), "phase", m.phase.as_ref(), &phases)?;
            known(place(), "group", m.group.as_ref(), &experiment.group_names())?;
            for near in m.near.iter().chain(&m.not_near) {
                known(place(), "event", Some(&near.event), &kinds)?;
            }
            let chooses = matches!(m.ask, Ask::Choice | Ask::Taking | Ask::Acting | Ask::Latency);
            if m.event.is_none() && !chooses {
                return Err(Error::input(place(), "it measures no event", "event = \"KIND\""));
            }
            if matches!(m.ask, Ask::Choice | Ask::Taking) && m.take.is_none() {
                return Err(Error::input(place(), "a choice of nothing", "take = \"KIND\""));
            }
        }
        for region in self.region.iter().chain(self.measure.values().filter_map(|m| m.region.as_ref())) {
            regions::by_name(region)?;
        }
        let expressions = Expressions::new();
        expressions.check(&self.test, &self.published, self.measure.keys())?;
        for test in &self.test {
            let is_r = |name: &str| self.measure.get(name).is_some_and(|m| m.reduce == Reduce::Correlation);
            let names = expressions.names(&test.value)?;
            test.check(is_r(test.value.trim()), names.iter().any(|n| n == "corr" || is_r(n)))?;
        }
        Ok(())
    }
}
