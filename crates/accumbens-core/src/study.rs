//! Holds what is analysed: subjects, their sessions in order, and how responses are scored.

use crate::cleaning::Step;
use crate::error::{Error, Result};
use crate::recording::Recording;
pub use crate::scoring::{Align, COVERAGE, Scores, Scoring, Statistic};
pub use crate::window::Window;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A choice that the animal makes again and again: one of these events happened where the others could have.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Between {
    /// The kinds of event that could have happened, for example the ports that were open. Theories see them, actions too.
    #[serde(rename = "between")]
    pub options: Vec<String>,
    /// Only the first of them after each event of this kind is a choice; every one where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

impl Between {
    /// Checks its names against the kinds of a log.
    ///
    /// # Errors
    /// Where a name is not declared, or there is nothing to choose.
    pub fn check(&self, names: &[&str]) -> Result<()> {
        for name in self.options.iter().chain(&self.after) {
            if !names.contains(&name.as_str()) {
                return Err(Error::input("choice", format!("no event is called {name:?}"), names.join(", ")));
            }
        }
        let twice = (1..self.options.len()).any(|i| self.options[..i].contains(&self.options[i]));
        if self.options.len() < 2 || twice {
            let problem = format!("{:?} is no choice", self.options);
            return Err(Error::input("choice.between", problem, "two kinds of event or more, each once"));
        }
        Ok(())
    }
}

/// The sensor that turned dopamine into light.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Sensor {
    /// Its name.
    pub name: String,
    /// Time constant of the rise, s.
    pub rise: f64,
    /// Time constant of the decay, s.
    pub decay: f64,
    /// Dopamine that binds half of it, nM, where it senses dopamine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub half: Option<f64>,
    /// Its greatest dF/F from no dopamine, where it senses dopamine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub greatest: Option<f64>,
    /// Peak dF/F for one spike, where it senses calcium.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spike: Option<f64>,
    /// Key of the source of the constants in `references.bib`; empty where nobody checked them.
    #[serde(default)]
    pub source: String,
    /// What is not verified about the constants.
    #[serde(default)]
    pub unverified: String,
}

impl Sensor {
    /// The peak of exp(−t/decay) − exp(−t/rise), by which an answer is scaled to a peak of 1.
    #[must_use]
    pub fn peak(&self) -> f64 {
        let (rise, decay) = (self.rise, self.decay);
        let at = (decay / rise).ln() * rise * decay / (decay - rise);
        (-at / decay).exp() - (-at / rise).exp()
    }
}

/// Signal that was cut around events before it reached us, as in a trial table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Windows {
    /// The time of the first sample relative to the event, s.
    pub first: f64,
    /// The time between samples, s.
    pub interval: f64,
    /// The event, counted from 0 in the session's log, and its samples, in the order of events; NaN where there is none.
    pub rows: Vec<(usize, Vec<f64>)>,
}

/// One session.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Session {
    /// Its name.
    pub name: String,
    /// The signal and every event.
    pub recording: Recording,
    /// The signal around single events, where that is all there is.
    pub windows: Option<Windows>,
}

/// One subject: its sessions are one life.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Subject {
    /// Its name.
    pub name: String,
    /// Its group; empty where there is one alone.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub group: String,
    /// Its sessions, in the order in which they happened.
    pub sessions: Vec<Session>,
}

/// Everything a comparison needs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Study {
    /// Its title.
    pub title: String,
    /// The subjects.
    pub subjects: Vec<Subject>,
    /// The channel that is analysed.
    pub channel: String,
    /// Its unit.
    pub unit: String,
    /// The reference channel, where there is one.
    pub reference: Option<String>,
    /// How the recordings are still to be cleaned; nothing once they are.
    pub cleaning: Vec<Step>,
    /// The sensor, where it is known.
    pub sensor: Option<Sensor>,
    /// How responses are scored.
    pub scoring: Scores,
    /// What the animals chose between.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<Between>,
    /// Silence between two sessions on the subject's clock, s.
    pub session_gap: f64,
    /// The theory that made the data, where they are simulated.
    pub truth: Option<String>,
}
