//! Tracks a belief over hidden states of a trial: within a cue's interval, at which moment, or between trials.
//!
//! After cue c the world is in one of the moments of c's interval (the trial will bring an outcome) or already between
//! trials (it will not). At moment k the outcome comes with hazard h_k = f_k/Σ_{j≥k} f_j, f being how often it came at
//! k. Between trials the world waits, then is ready: from waiting it becomes ready with a fixed probability a bin, and
//! cues and uncued outcomes come only when it is ready.

use serde::{Deserialize, Serialize};

/// What is known of the world: counts.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct World {
    /// How often the outcome came at each moment of each cue's interval, cue after cue.
    pub times: Vec<f64>,
    /// Trials of each cue.
    pub trials: Vec<f64>,
    /// Trials of each cue that brought an outcome.
    pub rewarded: Vec<f64>,
    /// Cues and uncued outcomes between trials.
    pub arrivals: f64,
    /// Expected bins of readiness.
    pub ready: f64,
    /// Moments of an interval.
    pub moments: usize,
}

/// What came in a bin.
#[derive(Clone, Copy, Debug)]
pub struct Observed {
    /// The cue, if one came.
    pub cue: Option<usize>,
    /// Whether an outcome came.
    pub outcome: bool,
}

/// The belief: three shares that sum to one.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Belief {
    /// The cue whose interval runs, and the moment.
    pub place: Option<(usize, usize)>,
    /// Share of the interval.
    pub within: f64,
    /// Share of waiting.
    pub waiting: f64,
    /// Share of readiness.
    pub ready: f64,
    passed: f64,
}

impl Default for Belief {
    fn default() -> Self {
        Self { place: None, within: 0.0, waiting: 0.0, ready: 1.0, passed: 0.0 }
    }
}

impl World {
    /// Nothing known about so many kinds.
    pub fn new(kinds: usize, moments: usize) -> Self {
        Self {
            times: vec![0.0; kinds * moments],
            trials: vec![0.0; kinds],
            rewarded: vec![0.0; kinds],
            arrivals: 0.0,
            ready: 0.0,
            moments,
        }
    }

    fn total(&self, cue: usize) -> f64 {
        self.rewarded[cue]
    }

    /// The probability that a cue will bring an outcome; even odds weigh as one trial.
    pub fn promise(&self, cue: usize) -> f64 {
        (self.rewarded[cue] + 0.5) / (self.trials[cue] + 1.0)
    }

    /// The probability a bin that a cue or an uncued outcome comes when the world is ready.
    pub fn arrival(&self) -> f64 {
        ((self.arrivals + 0.01) / (self.ready + 1.0)).min(1.0)
    }

    /// One bin: the belief after it, by Bayes' rule. `leaving` is the probability a bin to become ready.
    pub fn update(&self, b: &Belief, seen: Observed, leaving: f64) -> Belief {
        let mut after = *b;
        if seen.outcome {
            after = Belief { place: None, within: 0.0, waiting: 1.0, ready: 0.0, passed: 0.0 };
        }
        if let Some(cue) = seen.cue {
            let within = self.promise(cue);
            return Belief { place: Some((cue, 0)), within, waiting: 1.0 - within, ready: 0.0, passed: 0.0 };
        }
        if seen.outcome {
            return after;
        }
        after.waiting = b.waiting * (1.0 - leaving);
        after.ready = b.ready * (1.0 - self.arrival()) + b.waiting * leaving;
        if let Some((cue, moment)) = b.place {
            let moment = moment + 1;
            if moment >= self.moments {
                after.waiting += b.within;
                (after.place, after.within) = (None, 0.0);
            } else {
                let here = self.times[cue * self.moments + moment];
                let left = self.total(cue) - b.passed;
                let hazard = if left > 0.0 { (here / left).min(1.0) } else { 0.0 };
                (after.place, after.within, after.passed) =
                    (Some((cue, moment)), b.within * (1.0 - hazard), b.passed + here);
                if after.within < 1e-12 {
                    (after.place, after.within) = (None, 0.0);
                }
            }
        }
        let sum = after.within + after.waiting + after.ready;
        if sum <= 1e-300 {
            return Belief { place: None, within: 0.0, waiting: 1.0, ready: 0.0, passed: 0.0 };
        }
        after.within /= sum;
        after.waiting /= sum;
        after.ready /= sum;
        after
    }

    /// Counts what a bin brought: `open` is the cue whose interval was running, and how many bins ago it began.
    pub fn count(&mut self, open: &mut Option<(usize, usize)>, seen: Observed, after: &Belief) {
        if let Some((cue, moment)) = open {
            *moment += 1;
            if *moment >= self.moments {
                *open = None;
            } else if seen.outcome {
                self.times[*cue * self.moments + *moment] += 1.0;
                self.rewarded[*cue] += 1.0;
            }
        }
        if seen.outcome {
            self.arrivals += f64::from(u8::from(open.is_none()));
            *open = None;
        }
        if let Some(cue) = seen.cue {
            self.trials[cue] += 1.0;
            self.arrivals += 1.0;
            *open = Some((cue, 0));
        }
        self.ready += after.ready;
    }
}
