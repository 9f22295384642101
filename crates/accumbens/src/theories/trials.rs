//! Cuts a life into trials, for the theories that know trials and not time: a trial opens with a cue and closes with
//! the outcome, a declared omission, or after a window of seconds without either; what is between trials may be cut into
//! trials without a cue.

use accumbens_core::{Event, EventKind, Role};
use serde::{Deserialize, Serialize};

/// The open trial.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Trials {
    /// The kinds of event.
    pub kinds: Vec<EventKind>,
    /// Which cues came in the open trial.
    pub present: Vec<bool>,
    /// The cue that came last in the open trial.
    pub cue: Option<usize>,
    deadline: Option<f64>,
}

/// What an event is to a trial.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Moment {
    /// A cue came; whether it opens a trial.
    Cue {
        /// Its kind.
        kind: usize,
        /// Whether no trial was open.
        opens: bool,
    },
    /// An outcome came, worth this much.
    Outcome(f64),
    /// The outcome of the open trial failed to come.
    Omission,
    /// Nothing that a trial is made of.
    Other,
}

impl Trials {
    /// No trial open.
    pub fn new(kinds: &[EventKind]) -> Self {
        Self { kinds: kinds.to_vec(), present: vec![false; kinds.len()], cue: None, deadline: None }
    }

    /// What an event is; a cue joins the open trial, which ends `window` seconds after its first.
    pub fn meet(&mut self, event: &Event, window: f64) -> Moment {
        let kind = event.kind.index();
        match self.kinds[kind].role {
            Role::Cue => {
                let opens = self.deadline.is_none();
                self.deadline.get_or_insert(event.time + window);
                self.present[kind] = true;
                self.cue = Some(kind);
                Moment::Cue { kind, opens }
            }
            Role::Outcome => Moment::Outcome(event.magnitude * self.kinds[kind].value),
            Role::Omission(_) if self.deadline.is_some() => Moment::Omission,
            Role::Omission(_) | Role::Offset(_) | Role::Action => Moment::Other,
        }
    }

    /// When the open trial ended without an outcome, if that was before `until`, s.
    pub fn ended(&self, until: f64) -> Option<f64> {
        self.deadline.filter(|d| *d < until)
    }

    /// Closes the trial.
    pub fn close(&mut self) {
        self.present.fill(false);
        self.cue = None;
        self.deadline = None;
    }

    /// The sum of what each present cue predicts.
    pub fn sum(&self, prediction: &[f64]) -> f64 {
        prediction.iter().zip(&self.present).filter(|(_, p)| **p).map(|(v, _)| v).sum()
    }
}

/// The time between trials, cut into trials without a cue, all of one length.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub struct Between {
    deadline: Option<f64>,
}

impl Between {
    /// A trial without a cue begins at `time`, s, to last `length` seconds.
    pub fn begin(&mut self, time: f64, length: f64) {
        self.deadline = Some(time + length);
    }

    /// A trial with a cue begins: the one without is given up.
    pub fn stop(&mut self) {
        self.deadline = None;
    }

    /// When the trial without a cue ended, if that was before `until`, s.
    pub fn ended(&self, until: f64) -> Option<f64> {
        self.deadline.filter(|d| *d < until)
    }
}
