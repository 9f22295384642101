//! Learns from the difference between the outcome of a trial and the summed prediction of the cues present.
//!
//! δ = λ − ΣV over the cues of the trial and the context; V ← V + α·δ for each of them (Rescorla & Wagner 1972).
//! The theory knows trials, not time: a trial opens with a cue and closes with the outcome, a declared omission, or
//! after `window` seconds without either. The context is there between trials too: as in the paper's account of
//! contingency (from memory, unverified) that time is cut into trials of the context alone, `segment` seconds long, which
//! end without an outcome; an uncued outcome ends the one in which it comes. So uncued outcomes at random times, D
//! seconds apart in the mean, settle near a context of 1 − exp(−`segment`/D) of their size (with one rate for outcomes
//! and their absence), and a later one is answered more, because the context has lost more. Without a learning rate of
//! the context, the default, there is no context and all this is nothing.
//!
//! Dopamine is δ at the end of a trial and, at a cue, the change of the summed prediction that its onset brings.

use super::trials::Between;
use accumbens_core::{Domain, Dopamine, Drive, Event, EventKind, EventKindId, Info, Role, Theory, Topic, parameters};
use serde::{Deserialize, Serialize};

parameters! {
    /// Rescorla & Wagner 1972, read over events in time.
    pub struct RescorlaWagner {
        /// Learning rate of the cues: the product of the cue's salience and the outcome's rate.
        alpha: 0.1 => .domain(Domain::UNIT).logit_normal(0.1, 1.5).source("rescorla1972");
        /// Learning rate of the context, which is present in every trial and between trials.
        alpha_context: 0.0 => .domain(Domain::UNIT).logit_normal(0.02, 1.5).source("rescorla1972");
        /// Rate without an outcome relative to the rate with one.
        omission_ratio: 1.0 => .domain(Domain::UNIT).source("rescorla1972");
        /// Longest time from a trial's first cue to its outcome; after it the trial ends without one.
        window: 12.0 => .domain(Domain::Positive).unit("s");
        /// Length of the trials of the context alone, into which the time between trials is cut.
        segment: 5.0 => .domain(Domain::Real { min: 0.1, max: 3600.0 }).unit("s").log_normal(5.0, 1.0);
    }
}

/// Predictions and the open trial.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct State {
    /// Prediction of each kind, in units of outcome.
    pub prediction: Vec<f64>,
    /// Prediction of the context.
    pub context: f64,
    present: Vec<bool>,
    deadline: Option<f64>,
    between: Between,
    kinds: Vec<EventKind>,
}

impl State {
    fn summed(&self) -> f64 {
        self.context + self.prediction.iter().zip(&self.present).filter(|(_, p)| **p).map(|(v, _)| v).sum::<f64>()
    }
}

impl RescorlaWagner {
    fn learn(&self, state: &mut State, delta: f64, ratio: f64) {
        for (v, present) in state.prediction.iter_mut().zip(&state.present) {
            if *present {
                *v += self.alpha * ratio * delta;
            }
        }
        state.context += self.alpha_context * ratio * delta;
    }

    /// Closes the trial at `time`: what follows is context alone.
    fn close(&self, state: &mut State, time: f64) {
        state.present.fill(false);
        state.deadline = None;
        if self.alpha_context > 0.0 {
            state.between.begin(time, self.segment);
        } else {
            state.between.stop();
        }
    }

    fn see(&self, state: &mut State, event: &Event, dopamine: &mut Dopamine<'_>) {
        let at = event.kind.index();
        match state.kinds[at].role {
            Role::Cue => {
                let before = if state.deadline.is_some() { state.summed() } else { state.context };
                state.present[at] = true;
                state.between.stop();
                state.deadline.get_or_insert(event.time + self.window);
                dopamine.respond(event.time, 0, state.summed() - before);
            }
            Role::Outcome => {
                let outcome = event.magnitude * state.kinds[at].value;
                let delta = dopamine.respond(event.time, 0, outcome - state.summed());
                self.learn(state, delta, 1.0);
                self.close(state, event.time);
            }
            Role::Omission(_) if state.deadline.is_some() => {
                let delta = dopamine.respond(event.time, 0, -state.summed());
                self.learn(state, delta, self.omission_ratio);
                self.close(state, event.time);
            }
            Role::Omission(_) | Role::Offset(_) | Role::Action => {
                dopamine.respond(event.time, 0, 0.0);
            }
        }
    }
}

impl Theory for RescorlaWagner {
    type State = State;

    const INFO: Info = Info {
        name: "rescorla_wagner",
        summary: "trial-level prediction error: cues of a trial share one error",
        family: "prediction error",
        dopamine: "the prediction error at the end of a trial; at a cue, the prediction it adds",
        papers: &["rescorla1972"],
        speaks: &[Topic::Cue, Topic::Outcome, Topic::Omission, Topic::Behaviour],
        error: true,
    };

    fn start(&self, kinds: &[EventKind]) -> State {
        State {
            prediction: vec![0.0; kinds.len()],
            context: 0.0,
            present: vec![false; kinds.len()],
            deadline: None,
            between: Between::default(),
            kinds: kinds.to_vec(),
        }
    }

    fn advance(&self, state: &mut State, until: f64, dopamine: &mut Dopamine<'_>) {
        while let Some(end) = state.deadline.filter(|d| *d < until).or(state.between.ended(until)) {
            let delta = dopamine.release(end, 0, -state.summed());
            self.learn(state, delta, self.omission_ratio);
            self.close(state, end);
        }
    }

    fn observe(&self, state: &mut State, now: &[Event], dopamine: &mut Dopamine<'_>) {
        for event in now {
            self.see(state, event, dopamine);
        }
    }

    fn drive(&self, state: &State, kind: EventKindId) -> Option<Drive> {
        Some(state.prediction[kind.index()].into())
    }

    fn describe(&self, state: &State, kinds: &[EventKind]) -> serde_json::Value {
        let by_name: serde_json::Map<_, _> =
            kinds.iter().zip(&state.prediction).map(|(k, v)| (k.name.clone(), (*v).into())).collect();
        serde_json::json!({ "prediction": by_name, "context": state.context })
    }
}
