//! Forgets what it learnt: temporal differences whose values decay, so that errors last and ramp up to the reward.
//!
//! δ_i = r_i + γ·V(s_i) − V(s_{i−1}); V(s_{i−1}) ← V(s_{i−1}) + α·δ_i over a complete serial compound, and in every bin
//! all values decay: V ← V·exp(−φ·dt). Learning never ends, as what is forgotten must be learnt again: in the steady
//! state δ rises towards the reward (Morita & Kato 2014; Kato & Morita 2016, there a decay a time step of a short
//! track; the rate a second is ours). With φ = 0 it is `td_csc`.
//!
//! Dopamine is δ.

use super::bins::discount;
use super::td::Td;
use super::ticks::ticks;
use accumbens_core::{Domain, Dopamine, Drive, EventKind, EventKindId, Info, Theory, Topic, parameters};
use serde::{Deserialize, Serialize};

/// Below this the common factor of all values is worked into them.
const LEAST_SCALE: f64 = 1e-100;

parameters! {
    /// Temporal differences with forgetting.
    pub struct TdForgetting {
        /// Width of a bin, which is one state.
        dt: 0.2 => .domain(Domain::Real { min: 1e-2, max: 3600.0 }).unit("s").source("jeong2022").fixed();
        /// Learning rate.
        alpha: 0.2 => .domain(Domain::UNIT).logit_normal(0.1, 1.5);
        /// Time constant of discounting: γ = exp(−dt/tau).
        tau: 10.0 => .domain(Domain::Positive).unit("s").log_normal(5.0, 1.0);
        /// Rate at which values are forgotten; 0 for never.
        forgetting: 1e-3 => .domain(Domain::Real { min: 0.0, max: 100.0 }).unit("1/s").source("kato2016").log_normal(1e-3, 1.0);
        /// Time that a chain of states spans; its last state then repeats.
        span: 120.0 => .domain(Domain::Real { min: 0.1, max: 3600.0 }).unit("s").fixed();
    }
}

/// Values, as multiples of a common factor that decays.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct State {
    td: Td,
    scale: f64,
}

impl TdForgetting {
    fn tick_to(&self, state: &mut State, last: u64, dopamine: &mut Dopamine<'_>) {
        let gamma = discount(f64::NAN, self.tau, self.dt);
        let left = (-self.forgetting * self.dt).exp();
        while state.td.chains.bins.done < last {
            let (tick, before, now) = state.td.tick();
            let delta = tick.reward + state.scale * (gamma * now - before);
            let delta = dopamine.release(tick.time, 0, delta);
            state.td.learn(self.alpha * delta / state.scale);
            state.scale *= left;
            if state.scale < LEAST_SCALE {
                state.td.values.iter_mut().for_each(|v| *v *= state.scale);
                state.scale = 1.0;
            }
        }
    }
}

impl Theory for TdForgetting {
    type State = State;

    const INFO: Info = Info {
        name: "td_forgetting",
        summary: "temporal-difference error over values that are forgotten, so that it lasts",
        family: "prediction error",
        dopamine: "the prediction error δ of each bin",
        papers: &["kato2016", "morita2014"],
        speaks: &[Topic::Cue, Topic::Outcome, Topic::Omission, Topic::Moments, Topic::Behaviour],
        error: true,
    };

    fn start(&self, kinds: &[EventKind]) -> State {
        State { td: Td::new(self.dt, kinds, self.span), scale: 1.0 }
    }

    ticks!(td.chains);

    fn drive(&self, state: &State, kind: EventKindId) -> Option<Drive> {
        state.td.drive(kind).map(|d| Drive::from(state.scale * d.wanting))
    }

    fn describe(&self, state: &State, kinds: &[EventKind]) -> serde_json::Value {
        let mut td = state.td.clone();
        td.values.iter_mut().for_each(|v| *v *= state.scale);
        td.describe(kinds)
    }
}
