//! Wants what it learnt to want, as much as its body now makes it want it: incentive salience.
//!
//! Values are learnt by temporal differences over a complete serial compound, V(s) ← V(s) + α·(r + γ·V(s') − V(s)),
//! by an error that dopamine does not carry, and with them their part R that is reward before any other stimulus comes:
//! R(s) ← R(s) + α·(r + γ·R(s') − R(s)), where the R of another stimulus' onset counts as 0. When a cue is met again its
//! wanting is computed at once from what was learnt and the state κ of the body, which works on the reward that follows
//! the cue itself and not on what later stimuli are worth: Ṽ = r̃(R, κ) + (V − R), with r̃ = κ·R (`multiplicative`) or
//! R + ln κ (`additive`, where there is any R); likewise at a reward, Ṽ = r̃(r, κ) + γ·V(s'). So in a series the last
//! cue is amplified and the first is not. κ is 1 in the state in which it was learnt, above 1 in depletion or
//! sensitisation, below 1 when sated; nothing is learnt anew (Zhang, Berridge et al. 2009: κ on the reward of
//! r + γ·V(s'); the equations are from memory, unverified, and R is our reading of r where moments lie between cue and
//! reward). `liking` is r itself, which dopamine does not touch.
//!
//! Dopamine is wanting: at stimuli Ṽ, nothing between them. At κ = 1 it is `state_value` at stimuli.

use super::chains::{learn, value};
use super::td::Td;
use super::ticks::ticks;
use accumbens_core::{ChannelInfo, Domain, Dopamine, Drive, EventKind, EventKindId, Info, Theory, Topic, parameters};
use serde::{Deserialize, Serialize};

const MULTIPLICATIVE: f64 = 1.0;

parameters! {
    /// Incentive salience.
    pub struct IncentiveSalience {
        /// State of the body: 1 as when it learnt, more when depleted or sensitised, less when sated.
        kappa: 1.0 => .domain(Domain::Positive).source("zhang2009").log_normal(1.0, 0.7);
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
    /// Of each state's value, what is reward before any other stimulus comes.
    immediate: Vec<f64>,
    wanted: Vec<f64>,
}

impl IncentiveSalience {
    /// What the state of the body makes of a reward at hand or close by.
    fn wanting(&self, reward: f64) -> f64 {
        if self.form == MULTIPLICATIVE {
            self.kappa * reward
        } else if reward != 0.0 {
            reward + self.kappa.ln()
        } else {
            // What was never followed by reward is not wanted, whatever the state of the body.
            0.0
        }
    }

    fn tick_to(&self, state: &mut State, last: u64, dopamine: &mut Dopamine<'_>) {
        let gamma = (-self.dt / self.tau).exp();
        while state.td.chains.bins.done < last {
            let (tick, before, now) = state.td.tick();
            state.td.learn(self.alpha * (tick.reward + gamma * now - before));
            let chains = &state.td.chains;
            let close = gamma * value(&state.immediate, &chains.now);
            let expected = value(&state.immediate, &chains.before);
            let follows = if tick.onset { 0.0 } else { close };
            learn(&mut state.immediate, &chains.before, self.alpha * (tick.reward + follows - expected));
            let at_hand = if tick.reward == 0.0 { close } else { tick.reward };
            let later = gamma * now - if tick.reward == 0.0 { close } else { 0.0 };
            let asked = if tick.onset { self.wanting(at_hand) + later } else { 0.0 };
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
        let td = Td::new(self.dt, kinds, self.span);
        let immediate = vec![0.0; td.values.len()];
        State { td, immediate, wanted: vec![0.0; kinds.len()] }
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
