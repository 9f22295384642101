//! Tracks rates of outcomes in time, with and without cues, for the contingency theories that count time.

use super::trials::{Moment, Trials};
use accumbens_core::{Event, EventKind};
use serde::{Deserialize, Serialize};

/// Leaky counts of outcomes and of time.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Rates {
    /// The open trial.
    pub trials: Trials,
    /// Probability of an outcome in a trial of each cue.
    pub with: Vec<f64>,
    /// Mean time from each cue to its outcome, s.
    pub delay: Vec<f64>,
    /// Share of outcomes that each cue came before.
    pub preceded: Vec<f64>,
    /// Mean worth of outcomes.
    pub worth: f64,
    onset: Vec<f64>,
    outside: (f64, f64),
    all: (f64, f64),
    seen: Vec<f64>,
    since: f64,
    closed: f64,
    outcomes: f64,
    between: f64,
}

impl Rates {
    /// Nothing seen.
    pub fn new(kinds: &[EventKind]) -> Self {
        let zeros = || vec![0.0; kinds.len()];
        Self {
            trials: Trials::new(kinds),
            with: zeros(),
            delay: zeros(),
            preceded: zeros(),
            worth: 0.0,
            onset: zeros(),
            outside: (0.0, 0.0),
            all: (0.0, 0.0),
            seen: zeros(),
            since: 0.0,
            closed: 0.0,
            outcomes: 0.0,
            between: 0.0,
        }
    }

    /// Outcomes a second outside trials.
    pub fn background(&self) -> f64 {
        if self.outside.1 > 0.0 { self.outside.0 / self.outside.1 } else { 0.0 }
    }

    /// Outcomes a second at all times.
    pub fn overall(&self) -> f64 {
        if self.all.1 > 0.0 { self.all.0 / self.all.1 } else { 0.0 }
    }

    /// Onsets of a cue a second.
    pub fn onsets(&self, kind: usize) -> f64 {
        if self.all.1 > 0.0 { self.seen[kind] / self.all.1 } else { 0.0 }
    }

    /// Ends the open trial at `time`, with or without an outcome.
    pub fn close(&mut self, time: f64, came: bool, alpha: f64) {
        for k in 0..self.with.len() {
            if !self.trials.present[k] {
                continue;
            }
            self.with[k] += alpha * (f64::from(u8::from(came)) - self.with[k]);
            if came {
                let delay = time - self.onset[k];
                let known = self.delay[k] > 0.0;
                self.delay[k] = if known { self.delay[k] + alpha * (delay - self.delay[k]) } else { delay };
            }
        }
        self.trials.close();
        let left = 1.0 - alpha;
        self.all = (left * self.all.0 + self.outcomes, left * self.all.1 + (time - self.since));
        self.seen.iter_mut().for_each(|n| *n *= left);
        (self.outcomes, self.since, self.closed, self.between) = (0.0, time, time, 0.0);
    }

    /// Takes an event in; returns what it was to the trial, before an outcome closes it.
    pub fn meet(&mut self, event: &Event, window: f64, alpha: f64) -> Moment {
        let moment = self.trials.meet(event, window);
        match moment {
            Moment::Cue { kind, opens } => {
                self.onset[kind] = event.time;
                self.seen[kind] += 1.0;
                if opens {
                    let left = 1.0 - alpha;
                    let time = event.time - self.closed;
                    self.outside = (left * self.outside.0 + self.between, left * self.outside.1 + time);
                }
            }
            Moment::Outcome(worth) => {
                self.worth = if self.worth == 0.0 { worth } else { self.worth + alpha * (worth - self.worth) };
                self.outcomes += 1.0;
                for (q, present) in self.preceded.iter_mut().zip(&self.trials.present) {
                    *q += alpha * (f64::from(u8::from(*present)) - *q);
                }
                if self.trials.cue.is_some() {
                    self.close(event.time, true, alpha);
                } else {
                    self.between += 1.0;
                }
            }
            Moment::Omission => self.close(event.time, false, alpha),
            Moment::Other => {}
        }
        moment
    }
}
