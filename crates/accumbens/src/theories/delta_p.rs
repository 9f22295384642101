//! Counts how much likelier the outcome is with the cue than without: prospective contingency ΔP.
//!
//! P(outcome | cue) is tracked over trials of the cue and P(outcome | no cue) over the intervals between trials, each by
//! p ← p + α·(1 or 0 − p); ΔP = P(outcome | cue) − P(outcome | no cue) (Jenkins & Ward 1965; the traditional definition
//! that Qian et al. 2025 test). An interval counts as one trial without the cue, however long it is.
//!
//! Dopamine at a cue is ΔP times the mean worth of outcomes. The theory says nothing of other moments.

use super::trials::{Moment, Trials};
use accumbens_core::{Domain, Dopamine, Drive, Event, EventKind, EventKindId, Info, Theory, Topic, parameters};
use serde::{Deserialize, Serialize};

parameters! {
    /// Prospective contingency a trial.
    pub struct DeltaP {
        /// Learning rate of probabilities and worth.
        alpha: 0.05 => .domain(Domain::UNIT).logit_normal(0.05, 1.0);
        /// Longest time from a trial's first cue to its outcome; after it the trial ends without one.
        window: 12.0 => .domain(Domain::Positive).unit("s");
    }
}

/// Probabilities and worth.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct State {
    trials: Trials,
    with: Vec<f64>,
    without: f64,
    worth: f64,
    met: bool,
    uncued: bool,
}

impl DeltaP {
    fn close(&self, s: &mut State, came: f64) {
        for (p, present) in s.with.iter_mut().zip(&s.trials.present) {
            if *present {
                *p += self.alpha * (came - *p);
            }
        }
        s.trials.close();
        s.uncued = false;
    }

    fn contingency(&self, s: &State, kind: usize) -> f64 {
        s.worth * (s.with[kind] - s.without)
    }

    fn see(&self, s: &mut State, event: &Event, dopamine: &mut Dopamine<'_>) {
        let mut asked = 0.0;
        match s.trials.meet(event, self.window) {
            Moment::Cue { kind, opens } => {
                if opens {
                    s.without += self.alpha * (f64::from(u8::from(s.uncued)) - s.without);
                    s.uncued = false;
                }
                asked = self.contingency(s, kind);
            }
            Moment::Outcome(worth) => {
                s.worth = if s.met { s.worth + self.alpha * (worth - s.worth) } else { worth };
                s.met = true;
                if s.trials.cue.is_some() { self.close(s, 1.0) } else { s.uncued = true }
            }
            Moment::Omission => self.close(s, 0.0),
            Moment::Other => {}
        }
        dopamine.respond(event.time, 0, asked);
    }
}

impl Theory for DeltaP {
    type State = State;

    const INFO: Info = Info {
        name: "delta_p",
        summary: "prospective contingency: how much likelier the outcome is with the cue than without, a trial",
        family: "contingency",
        dopamine: "at a cue its ΔP times the worth of outcomes; silent on all else",
        papers: &["jenkins1965", "qian2025"],
        speaks: &[Topic::Cue, Topic::Behaviour],
        error: false,
    };

    fn start(&self, kinds: &[EventKind]) -> State {
        let with = vec![0.0; kinds.len()];
        State { trials: Trials::new(kinds), with, without: 0.0, worth: 0.0, met: false, uncued: false }
    }

    fn advance(&self, state: &mut State, until: f64, dopamine: &mut Dopamine<'_>) {
        if let Some(deadline) = state.trials.ended(until) {
            dopamine.release(deadline, 0, 0.0);
            self.close(state, 0.0);
        }
    }

    fn observe(&self, state: &mut State, now: &[Event], dopamine: &mut Dopamine<'_>) {
        for event in now {
            self.see(state, event, dopamine);
        }
    }

    fn drive(&self, state: &State, kind: EventKindId) -> Option<Drive> {
        Some(self.contingency(state, kind.index()).into())
    }

    fn describe(&self, state: &State, kinds: &[EventKind]) -> serde_json::Value {
        let with = kinds.iter().zip(&state.with).map(|(k, p)| (k.name.clone(), (*p).into()));
        serde_json::json!({ "with": with.collect::<serde_json::Map<_, _>>(), "without": state.without })
    }
}
