//! Teaches and moves with one signal: the prediction error at a cue sets off the act it then helps to learn.
//!
//! δ = r + γ·V(s') − V(s) over a complete serial compound, V(s) ← V(s) + α·δ. The animal is moved by what dopamine
//! really was at the last onset of a cue, P(act) = 1/(1 + exp(−m·(δ − b))): so blocking dopamine stops responding at
//! once, before anything is unlearnt (McClure, Daw & Montague 2003; the sigmoid is unverified, and m and b are those of
//! the common action rule). Between options it prefers the more valuable.
//!
//! Dopamine is δ.

use super::td::Td;
use super::ticks::ticks;
use accumbens_core::{Domain, Dopamine, Drive, EventKind, EventKindId, Info, Theory, Topic, parameters};
use serde::{Deserialize, Serialize};

parameters! {
    /// Prediction errors that teach and set off action.
    pub struct DopamineGate {
        /// Learning rate.
        alpha: 0.05 => .domain(Domain::UNIT).logit_normal(0.05, 1.5).source("jeong2022");
        /// Time constant of discounting: γ = exp(−dt/tau).
        tau: 3.9 => .domain(Domain::Positive).unit("s").log_normal(5.0, 1.0).source("jeong2022");
        /// Width of a bin, which is one state.
        dt: 0.2 => .domain(Domain::Real { min: 1e-2, max: 3600.0 }).unit("s").source("jeong2022").fixed();
        /// Time that a chain of states spans; its last state then repeats.
        span: 120.0 => .domain(Domain::Real { min: 0.1, max: 3600.0 }).unit("s").fixed();
    }
}

/// Values, and the dopamine of each kind's last onset.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct State {
    td: Td,
    released: Vec<f64>,
}

impl DopamineGate {
    fn tick_to(&self, state: &mut State, last: u64, dopamine: &mut Dopamine<'_>) {
        let gamma = (-self.dt / self.tau).exp();
        while state.td.chains.bins.done < last {
            let (tick, before, now) = state.td.tick();
            let delta = dopamine.release(tick.time, 0, tick.reward + gamma * now - before);
            state.td.learn(self.alpha * delta);
            if tick.onset {
                for k in state.td.chains.running() {
                    state.released[*k as usize] = delta;
                }
            }
        }
    }
}

impl Theory for DopamineGate {
    type State = State;

    const INFO: Info = Info {
        name: "dopamine_gate",
        summary: "one prediction error both teaches and sets off action",
        family: "wanting",
        dopamine: "the prediction error δ of each bin",
        papers: &["mcclure2003"],
        speaks: &[Topic::Cue, Topic::Outcome, Topic::Omission, Topic::Moments, Topic::Behaviour],
        error: true,
    };

    fn start(&self, kinds: &[EventKind]) -> State {
        State { td: Td::new(self.dt, kinds, self.span), released: vec![0.0; kinds.len()] }
    }

    ticks!(td.chains);

    fn drive(&self, state: &State, kind: EventKindId) -> Option<Drive> {
        let preference = state.td.drive(kind)?.preference;
        Some(Drive { wanting: state.released[kind.index()], preference })
    }

    fn describe(&self, state: &State, kinds: &[EventKind]) -> serde_json::Value {
        let mut words = state.td.describe(kinds);
        let released = kinds.iter().zip(&state.released).map(|(k, d)| (k.name.clone(), (*d).into()));
        words["dopamine at the last onset"] = serde_json::Value::Object(released.collect());
        words
    }
}
