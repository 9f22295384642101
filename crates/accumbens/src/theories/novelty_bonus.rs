//! Is rewarded by the new: a novelty bonus on top of reward, in temporal differences.
//!
//! Φ(k) = exp(−habituation·n_k) is the novelty of a stimulus that came n_k times before. As a `bonus` it is added to
//! reward at each onset, r' = r + size·Φ, and its prediction is learnt; as a `shaping` term it is a potential,
//! r' = r + size·(γΦ(s') − Φ(s)) at onsets, which fades without changing what is learnt of reward in the end (Kakade &
//! Dayan 2002; the form of Φ is unverified). δ = r' + γ·V(s') − V(s) over a complete serial compound.
//!
//! Dopamine is δ.

use super::td::Td;
use super::ticks::ticks;
use accumbens_core::{Domain, Dopamine, Drive, EventKind, EventKindId, Info, Theory, Topic, parameters};
use serde::{Deserialize, Serialize};

const SHAPING: f64 = 1.0;

parameters! {
    /// Temporal differences with a novelty bonus.
    pub struct NoveltyBonus {
        /// Learning rate.
        alpha: 0.05 => .domain(Domain::UNIT).logit_normal(0.05, 1.5).source("jeong2022");
        /// Time constant of discounting: γ = exp(−dt/tau).
        tau: 3.9 => .domain(Domain::Positive).unit("s").log_normal(5.0, 1.0).source("jeong2022");
        /// Size of the bonus for what was never seen, in units of outcome.
        bonus: 0.5 => .domain(Domain::NOT_NEGATIVE).log_normal(0.5, 1.0);
        /// How fast novelty wears off, per encounter; exp(−n) as published.
        habituation: 1.0 => .domain(Domain::NOT_NEGATIVE).source("kakade2002").log_normal(0.3, 1.0);
        /// Whether novelty is a reward or a potential that shapes reward.
        form: 0.0 => .domain(Domain::Choice(&["bonus", "shaping"])).source("kakade2002");
        /// Width of a bin, which is one state.
        dt: 0.2 => .domain(Domain::Real { min: 1e-2, max: 3600.0 }).unit("s").source("jeong2022").fixed();
        /// Time that a chain of states spans; its last state then repeats.
        span: 120.0 => .domain(Domain::Real { min: 0.1, max: 3600.0 }).unit("s").fixed();
    }
}

/// Values, and how often each kind came.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct State {
    td: Td,
    seen: Vec<f64>,
    potential: f64,
}

impl NoveltyBonus {
    fn novelty(&self, state: &mut State) -> f64 {
        let mut sum = 0.0;
        for k in state.td.chains.running() {
            let seen = &mut state.seen[*k as usize];
            sum += (-self.habituation * *seen).exp();
            *seen += 1.0;
        }
        self.bonus * sum
    }

    fn tick_to(&self, state: &mut State, last: u64, dopamine: &mut Dopamine<'_>) {
        let gamma = (-self.dt / self.tau).exp();
        while state.td.chains.bins.done < last {
            let (tick, before, now) = state.td.tick();
            let mut extra = 0.0;
            if tick.onset {
                let novelty = self.novelty(state);
                extra = novelty;
                if self.form == SHAPING {
                    extra = gamma * novelty - state.potential;
                    state.potential = novelty;
                }
            }
            let delta = dopamine.release(tick.time, 0, tick.reward + extra + gamma * now - before);
            state.td.learn(self.alpha * delta);
        }
    }
}

impl Theory for NoveltyBonus {
    type State = State;

    const INFO: Info = Info {
        name: "novelty_bonus",
        summary: "temporal-difference error in which the new is rewarding",
        family: "novelty and salience",
        dopamine: "the prediction error δ of each bin, of reward and novelty",
        papers: &["kakade2002"],
        speaks: &[Topic::Cue, Topic::Outcome, Topic::Omission, Topic::Moments, Topic::Behaviour],
        error: true,
    };

    fn start(&self, kinds: &[EventKind]) -> State {
        State { td: Td::new(self.dt, kinds, self.span), seen: vec![0.0; kinds.len()], potential: 0.0 }
    }

    ticks!(td.chains);

    fn drive(&self, state: &State, kind: EventKindId) -> Option<Drive> {
        state.td.drive(kind)
    }

    fn describe(&self, state: &State, kinds: &[EventKind]) -> serde_json::Value {
        let mut words = state.td.describe(kinds);
        let seen = kinds.iter().zip(&state.seen).map(|(k, n)| (k.name.clone(), (*n).into()));
        words["seen"] = serde_json::Value::Object(seen.collect());
        words
    }
}
