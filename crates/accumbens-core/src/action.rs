//! Turns what a theory wants into what an animal does: whether, what and how fast.
//!
//! One rule for every theory: it acts with probability 1/(1 + exp(−β(wanting − cost))), takes of several options one
//! by a softmax of their preferences with the same β, and acts after √(C/R̄) seconds, where R̄ is the average reward it
//! forgoes by waiting (Niv et al. 2007). Effort adds to the cost of an option, never to its preference: work is a matter
//! of beginning.

use crate::event::EventKindId;
use crate::seed::{ChaCha8Rng, pick};
use crate::theory::{Drive, Learner};
use rand::RngExt;
use serde::{Deserialize, Serialize};

/// The least average reward that latency reckons with, in units of outcome a second: an animal that expects nothing
/// still acts once in a while.
const LEAST_PACE: f64 = 1e-3;

/// How wanting becomes action.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ActionRule {
    /// Inverse temperature, per unit of outcome; the published choice for licking is 5 (jeong2022).
    pub inverse_temperature: f64,
    /// What acting costs, in units of outcome; the published choice for licking is 0.3 (jeong2022).
    pub cost: f64,
    /// Cost of vigour, in outcome × s: a latency of one second at an average reward of one a second (ours).
    pub vigour_cost: f64,
    /// Latency where a theory says nothing about it, s (ours).
    pub usual_latency: f64,
}

impl Default for ActionRule {
    fn default() -> Self {
        Self { inverse_temperature: 5.0, cost: 0.3, vigour_cost: 1.0, usual_latency: 0.5 }
    }
}

/// A moment at which an animal may act.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Choice {
    /// From when it may act, s.
    pub time: f64,
    /// Until when, s: after it the chance is gone.
    pub until: f64,
    /// The actions it may take.
    pub options: Vec<Offer>,
    /// Whether it turns to the next option where it does not get itself to begin the one that it likes best.
    pub turns: bool,
    /// Whether it must take one of them, as an animal must that is already on the move.
    pub forced: bool,
}

/// One of the actions of a choice.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Offer {
    /// The action, or the cue that is approached.
    pub kind: EventKindId,
    /// What beginning it costs beyond the cost of any action, in units of outcome.
    pub effort: f64,
    /// What follows.
    pub follows: Vec<Consequence>,
    /// Moments at which it may act again because it took this; their times count from the action.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub opens: Vec<Choice>,
}

/// Something that follows an action.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Consequence {
    /// The kind of event.
    pub kind: EventKindId,
    /// How long after the action, s.
    pub after: f64,
    /// Its magnitude.
    pub magnitude: f64,
    /// What dopamine is held at in answer to it, if it is held.
    pub clamp: Option<f64>,
}

/// What an animal did with a choice.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Deed {
    /// The choice, counted from 0 as [`Choice::all`] lists them.
    pub choice: usize,
    /// The action it took; `None` where it did not act.
    pub action: Option<EventKindId>,
    /// From when it could have acted, s.
    pub offered: f64,
    /// How long it took, s; NaN where it did not act or the theory says nothing about latencies.
    pub latency: f64,
}

impl Choice {
    /// How many choices it is, with all that it may open.
    #[must_use]
    pub fn count(&self) -> usize {
        1 + self.options.iter().flat_map(|o| &o.opens).map(Self::count).sum::<usize>()
    }

    /// Every choice of a life: each is followed by those that its options open, whether or not they came.
    #[must_use]
    pub fn all(choices: &[Self]) -> Vec<&Self> {
        let mut all = Vec::with_capacity(choices.len());
        choices.iter().for_each(|c| c.list(&mut all));
        all
    }

    fn list<'a>(&'a self, all: &mut Vec<&'a Self>) {
        all.push(self);
        self.options.iter().flat_map(|o| &o.opens).for_each(|c| c.list(all));
    }
}

impl ActionRule {
    /// The probability of acting at all.
    #[must_use]
    pub fn probability(&self, wanting: f64) -> f64 {
        1.0 / (1.0 + (-self.inverse_temperature * (wanting - self.cost)).exp())
    }

    /// The latency of an action at an average reward of `pace` units of outcome a second, s.
    #[must_use]
    pub fn latency(&self, pace: f64) -> f64 {
        (self.vigour_cost / pace.max(LEAST_PACE)).sqrt()
    }

    /// The place in `open` of the option that is considered.
    fn considered(&self, drives: &[Drive], open: &[usize], rng: &mut ChaCha8Rng) -> usize {
        let best = open.iter().map(|i| drives[*i].preference).fold(f64::MIN, f64::max);
        let weight = |i: usize| (self.inverse_temperature * (drives[i].preference - best)).exp();
        let total: f64 = open.iter().map(|i| weight(*i)).sum();
        pick(open.iter().map(|i| weight(*i)), total, rng).unwrap_or(open.len() - 1)
    }

    /// The place of the option that is taken; `None` where it does not act.
    fn choose(&self, drives: &[Drive], choice: &Choice, rng: &mut ChaCha8Rng) -> Option<usize> {
        let mut open: Vec<usize> = (0..drives.len()).collect();
        while !open.is_empty() {
            let option = open.remove(self.considered(drives, &open, rng));
            // Drawn in any case, so that all that follows sees the same chance.
            let wanting = drives[option].wanting - choice.options[option].effort;
            let acts = rng.random::<f64>() < self.probability(wanting);
            if choice.forced || acts {
                return Some(option);
            }
            if !choice.turns {
                return None;
            }
        }
        None
    }

    /// What an animal of this theory does with a choice: the option's place and the latency; `None` where it does not
    /// act in time or the theory says nothing about one of the options.
    pub fn act(&self, learner: &dyn Learner, choice: &Choice, rng: &mut ChaCha8Rng) -> Option<(usize, f64)> {
        let drives = choice.options.iter().map(|offer| learner.drive(offer.kind)).collect::<Option<Vec<_>>>()?;
        let taken = self.choose(&drives, choice, rng)?;
        let latency = learner.pace().map_or(self.usual_latency, |pace| self.latency(pace));
        // An animal that must act does so at the last moment, however slow it is.
        let latency = if choice.forced { latency.min(choice.until - choice.time) } else { latency };
        (choice.time + latency <= choice.until).then_some((taken, latency))
    }
}
