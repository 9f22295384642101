//! Corrects its sense of time by what it sees: sensory feedback makes prediction errors ramp up to the reward.
//!
//! The animal does not know exactly where in a trial it is. Its estimate of value is blurred by a Gaussian of standard
//! deviation s before feedback and l < s after it; value being convex in time, blur inflates it by
//! exp((ln γ)²·s²/2). Looking ahead it sees the blurred value of the next state, looking back the corrected one of the
//! last: δ_i = r_i + γ·(1+β)·V(s_i) − V(s_{i−1}) with β = exp((ln γ)²(s² − l²)/2) − 1. An unbiased learner takes the
//! known part of the error away, V(s_{i−1}) ← V(s_{i−1}) + α·(δ_i − γβ·V(s_i)), so that δ goes on to ramp with V
//! (Mikhael, Kim, Uchida & Gershman 2022; the form of the correction is not verified against the paper's methods).
//! l falls with the strength of feedback f, l² = s²·(1 − f); f is the magnitude of the last cue, so that a cue of
//! magnitude 0 gives none, and a scene of brightness 1 removes all of the blur. With f = 0 it is `td_csc`.
//!
//! Dopamine is δ.

use super::td::Td;
use super::ticks::ticks;
use accumbens_core::{Domain, Dopamine, Drive, EventKind, EventKindId, Info, Theory, Topic, parameters};
use serde::{Deserialize, Serialize};

parameters! {
    /// Temporal differences corrected by sensory feedback.
    pub struct TdFeedback {
        /// Learning rate.
        alpha: 0.05 => .domain(Domain::UNIT).logit_normal(0.05, 1.5).source("jeong2022");
        /// Time constant of discounting: γ = exp(−dt/tau).
        tau: 3.9 => .domain(Domain::Positive).unit("s").log_normal(5.0, 1.0).source("jeong2022");
        /// Standard deviation s of the sense of time without feedback.
        blur: 2.0 => .domain(Domain::Real { min: 0.0, max: 100.0 }).unit("s").source("mikhael2022").log_normal(2.0, 0.5);
        /// Width of a bin, which is one state.
        dt: 0.2 => .domain(Domain::Real { min: 1e-2, max: 3600.0 }).unit("s").source("jeong2022").fixed();
        /// Time that a chain of states spans; its last state then repeats.
        span: 120.0 => .domain(Domain::Real { min: 0.1, max: 3600.0 }).unit("s").fixed();
    }
}

/// The largest exponent of the blur's inflation: beyond it a value would no longer be a number.
const MOST: f64 = 20.0;

/// Values, and the feedback there is.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct State {
    td: Td,
    feedback: f64,
}

impl TdFeedback {
    fn tick_to(&self, state: &mut State, last: u64, dopamine: &mut Dopamine<'_>) {
        let gamma = (-self.dt / self.tau).exp();
        // ln γ a second is −1/τ.
        let exponent = (self.blur / self.tau).powi(2) / 2.0;
        while state.td.chains.bins.done < last {
            let (tick, before, now) = state.td.tick();
            if tick.onset {
                state.feedback = if tick.reward == 0.0 { tick.cue_magnitude.clamp(0.0, 1.0) } else { 0.0 };
            }
            let beta = (exponent * state.feedback).min(MOST).exp_m1();
            let ramp = gamma * beta * now;
            let delta = dopamine.release(tick.time, 0, tick.reward + gamma * now + ramp - before);
            state.td.learn(self.alpha * (delta - ramp));
        }
    }
}

impl Theory for TdFeedback {
    type State = State;

    const INFO: Info = Info {
        name: "td_feedback",
        summary: "temporal-difference error under uncertainty about time that sensory feedback corrects",
        family: "prediction error",
        dopamine: "the prediction error δ of each bin",
        papers: &["mikhael2022"],
        speaks: &[Topic::Cue, Topic::Outcome, Topic::Omission, Topic::Moments, Topic::Behaviour],
        error: true,
    };

    fn start(&self, kinds: &[EventKind]) -> State {
        State { td: Td::new(self.dt, kinds, self.span), feedback: 0.0 }
    }

    ticks!(td.chains);

    fn drive(&self, state: &State, kind: EventKindId) -> Option<Drive> {
        state.td.drive(kind)
    }

    fn describe(&self, state: &State, kinds: &[EventKind]) -> serde_json::Value {
        state.td.describe(kinds)
    }
}
