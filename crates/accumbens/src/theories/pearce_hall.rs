//! Attends to what surprised it: prediction errors with a learning rate that follows their recent size.
//!
//! The cues of a trial share one error, δ = r − ΣV, and each present cue c has an associability κ_c:
//! V_c ← V_c + α·κ_c·δ, then κ_c ← (1 − η)·κ_c + η·|δ| (the hybrid of Rescorla & Wagner 1972 and Pearce & Hall 1980, as
//! in Li et al. 2011). A trial opens with a cue and closes with the outcome or after `window` seconds.
//!
//! Dopamine is δ at the end of a trial and the prediction a cue adds at its onset; associability is another channel.

use super::trials::{Moment, Trials};
use accumbens_core::{
    ChannelInfo, Domain, Dopamine, Drive, Event, EventKind, EventKindId, Info, Theory, Topic, parameters,
};
use serde::{Deserialize, Serialize};

parameters! {
    /// Prediction errors with associability.
    pub struct PearceHall {
        /// Learning rate of predictions, per unit of associability.
        alpha: 0.2 => .domain(Domain::UNIT).logit_normal(0.2, 1.5);
        /// Learning rate of associability.
        eta: 0.3 => .domain(Domain::UNIT).logit_normal(0.3, 1.5).source("li2011");
        /// Associability of a cue that was never seen.
        kappa: 1.0 => .domain(Domain::Real { min: 0.0, max: 5.0 }).fixed();
        /// Longest time from a trial's first cue to its outcome; after it the trial ends without one.
        window: 12.0 => .domain(Domain::Positive).unit("s");
    }
}

/// Predictions and associabilities.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct State {
    trials: Trials,
    prediction: Vec<f64>,
    associability: Vec<f64>,
}

impl PearceHall {
    fn learn(&self, state: &mut State, delta: f64) {
        for k in 0..state.prediction.len() {
            if state.trials.present[k] {
                // Beyond 1 a step would overshoot the outcome and predictions would grow without bound.
                let rate = (self.alpha * state.associability[k]).min(1.0);
                state.prediction[k] += rate * delta;
                state.associability[k] += self.eta * (delta.abs() - state.associability[k]);
            }
        }
        state.trials.close();
    }

    fn present(&self, state: &State) -> f64 {
        state.trials.sum(&state.associability)
    }

    fn see(&self, s: &mut State, event: &Event, dopamine: &mut Dopamine<'_>) {
        let before = s.trials.sum(&s.prediction);
        let moment = s.trials.meet(event, self.window);
        let asked = match moment {
            Moment::Cue { .. } => s.trials.sum(&s.prediction) - before,
            Moment::Outcome(worth) => worth - before,
            Moment::Omission => -before,
            Moment::Other => 0.0,
        };
        let delta = dopamine.respond(event.time, 0, asked);
        dopamine.report(event.time, 1, self.present(s));
        if matches!(moment, Moment::Outcome(_) | Moment::Omission) {
            self.learn(s, delta);
        }
    }
}

impl Theory for PearceHall {
    type State = State;

    const INFO: Info = Info {
        name: "pearce_hall",
        summary: "trial-level prediction error whose learning rate follows recent surprise",
        family: "precision",
        dopamine: "the prediction error at the end of a trial; at a cue, the prediction it adds",
        papers: &["pearce1980", "li2011"],
        speaks: &[Topic::Cue, Topic::Outcome, Topic::Omission, Topic::Behaviour],
        error: true,
    };

    fn channels(&self, _: &[EventKind]) -> Vec<ChannelInfo> {
        vec![ChannelInfo::new("dopamine", "dopamine"), ChannelInfo::new("associability", "associability").aside()]
    }

    fn start(&self, kinds: &[EventKind]) -> State {
        let n = kinds.len();
        State { trials: Trials::new(kinds), prediction: vec![0.0; n], associability: vec![self.kappa; n] }
    }

    fn advance(&self, state: &mut State, until: f64, dopamine: &mut Dopamine<'_>) {
        if let Some(deadline) = state.trials.ended(until) {
            let delta = dopamine.release(deadline, 0, -state.trials.sum(&state.prediction));
            dopamine.report(deadline, 1, self.present(state));
            self.learn(state, delta);
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
        let map = |values: &[f64]| -> serde_json::Map<_, _> {
            kinds.iter().zip(values).map(|(k, v)| (k.name.clone(), (*v).into())).collect()
        };
        serde_json::json!({ "prediction": map(&state.prediction), "associability": map(&state.associability) })
    }
}
