//! Wants what it learnt to want, as much as its body now makes it want it: incentive salience.
//!
//! Values are learnt by temporal differences over a complete serial compound, V(s) ← V(s) + α·(r + γ·V(s') − V(s)),
//! by an error that dopamine does not carry. When a cue is met again its wanting is computed at once from what was
//! learnt and the state κ of the body: `multiplicative` κ·V(cue), `additive` V(cue) + ln κ. κ is 1 in the state in
//! which it was learnt, above 1 in depletion or sensitisation, below 1 when sated; nothing is learnt anew (Zhang,
//! Berridge et al. 2009; the two forms are from the paper's abstract and secondary accounts, unverified in detail).
//! The reward at hand is wanted likewise, κ·r or r + ln κ. `liking` is r itself, which dopamine does not touch.
//!
//! Dopamine is wanting: at cues Ṽ, at outcomes r̃, nothing between them.

use super::td::Td;
use super::ticks::ticks;
use accumbens_core::{ChannelInfo, Domain, Dopamine, Drive, EventKind, EventKindId, Info, Theory, Topic, parameters};
use serde::{Deserialize, Serialize};

const MULTIPLICATIVE: f64 = 1.0;

parameters! {
    /// Incentive salience.
    pub struct IncentiveSalience {
        /// State of the body: 1 as when it learnt, more when depleted or sensitised, less when sated.
        kappa: 1.0 => .domain(Domain::Positive).source("zhang2009");
        /// How the state works on what was learnt.
        form: 0.0 => .domain(Domain::Choice(&["additive", "multiplicative"])).source("zhang2009");
        /// Learning rate of values.
        alpha: 0.05 => .domain(Domain::UNIT).logit_normal(0.05, 1.5).source("jeong2022");
        /// Time constant of discounting: γ = exp(−dt/tau).
        tau: 3.9 => .domain(Domain::Positive).unit("s").log_normal(5.0, 1.0).source("jeong2022");
        /// Width of a bin, which is one state.
        dt: 0.2 => .domain(Domain::Real { min: 1e-2, max: 3600.0 }).unit("s").source("jeong2022").fixed();
        /// Time that a chain of states spans; its last state then repeats.
        span: 120.0 => .domain(Domain::Real { min: 0.1, max: 3600.0 }).unit("s").fixed();
    }
}

/// Values, and the wanting of each kind's last onset.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct State {
    td: Td,
    wanted: Vec<f64>,
}

impl IncentiveSalience {
    fn wanting(&self, value: f64) -> f64 {
        if self.form == MULTIPLICATIVE { self.kappa * value } else { value + self.kappa.ln() }
    }

    fn tick_to(&self, state: &mut State, last: u64, dopamine: &mut Dopamine<'_>) {
        let gamma = (-self.dt / self.tau).exp();
        while state.td.chains.bins.done < last {
            let (tick, before, now) = state.td.tick();
            state.td.learn(self.alpha * (tick.reward + gamma * now - before));
            // What was never associated with anything is not wanted, whatever the state of the body.
            let value = if tick.reward == 0.0 { gamma * now } else { tick.reward };
            let asked = if tick.onset && value != 0.0 { self.wanting(value) } else { 0.0 };
            let wanted = dopamine.release(tick.time, 0, asked);
            dopamine.report(tick.time, 1, tick.reward);
            if tick.onset {
                for k in state.td.chains.running() {
                    state.wanted[*k as usize] = wanted;
                }
            }
        }
    }
}

impl Theory for IncentiveSalience {
    type State = State;

    const INFO: Info = Info {
        name: "incentive_salience",
        summary: "dopamine is wanting, computed anew from what was learnt and the state of the body",
        family: "wanting",
        dopamine: "the wanting of the cue or reward that comes; liking is another channel, which it does not touch",
        papers: &["zhang2009", "berridge2012"],
        speaks: &[Topic::Cue, Topic::Outcome, Topic::Omission, Topic::Moments, Topic::Behaviour, Topic::Liking],
        error: false,
    };

    fn channels(&self, _: &[EventKind]) -> Vec<ChannelInfo> {
        let liking = ChannelInfo { unit: "outcome".into(), ..ChannelInfo::new("liking", "liking") };
        vec![ChannelInfo::new("wanting", "dopamine"), liking.aside()]
    }

    fn start(&self, kinds: &[EventKind]) -> State {
        State { td: Td::new(self.dt, kinds, self.span), wanted: vec![0.0; kinds.len()] }
    }

    ticks!(td.chains);

    /// It begins as much as dopamine made it want; between options it prefers what it learnt to be better.
    fn drive(&self, state: &State, kind: EventKindId) -> Option<Drive> {
        let preference = state.td.drive(kind)?.preference;
        Some(Drive { wanting: state.wanted[kind.index()], preference })
    }

    fn describe(&self, state: &State, kinds: &[EventKind]) -> serde_json::Value {
        let mut words = state.td.describe(kinds);
        let wanted = kinds.iter().zip(&state.wanted).map(|(k, w)| (k.name.clone(), (*w).into()));
        words["wanting at the last onset"] = serde_json::Value::Object(wanted.collect());
        words
    }
}
