//! Signals how good things are, not how much better than expected: dopamine is the value of the state.
//!
//! V is learnt as in `td_csc`, V(s) ← V(s) + α·(r + γ·V(s') − V(s)) over a complete serial compound, but what is
//! released is r + γ·V(s'), the value of what is at hand (Hamid et al. 2016 found release to follow it in the accumbens
//! core). Learning uses an error that dopamine does not carry, so light on dopamine does not change what is learnt.
//!
//! Dopamine is r + γ·V of the moment.

use super::td::Td;
use super::ticks::ticks;
use accumbens_core::{Domain, Dopamine, Drive, EventKind, EventKindId, Info, Theory, Topic, parameters};

parameters! {
    /// Dopamine as value.
    pub struct StateValue {
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

impl StateValue {
    fn tick_to(&self, td: &mut Td, last: u64, dopamine: &mut Dopamine<'_>) {
        let gamma = (-self.dt / self.tau).exp();
        while td.chains.bins.done < last {
            let (tick, before, now) = td.tick();
            let worth = tick.reward + gamma * now;
            dopamine.release(tick.time, 0, worth);
            td.learn(self.alpha * (worth - before));
        }
    }
}

impl Theory for StateValue {
    type State = Td;

    const INFO: Info = Info {
        name: "state_value",
        summary: "dopamine is the value of the moment, not an error",
        family: "value",
        dopamine: "reward plus discounted value of each bin",
        papers: &["hamid2016"],
        speaks: &[Topic::Cue, Topic::Outcome, Topic::Omission, Topic::Moments, Topic::Behaviour],
        error: false,
    };

    fn start(&self, kinds: &[EventKind]) -> Td {
        Td::new(self.dt, kinds, self.span)
    }

    ticks!(chains);

    fn drive(&self, state: &Td, kind: EventKindId) -> Option<Drive> {
        state.drive(kind)
    }

    fn describe(&self, state: &Td, kinds: &[EventKind]) -> serde_json::Value {
        state.describe(kinds)
    }
}
