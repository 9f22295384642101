//! Learns a distribution of returns: each channel weighs good news against bad with an asymmetry of its own.
//!
//! For each channel i: δ_i = U(r) + γ·V_j(s') − V_i(s) with a channel j drawn at random, V_i(s) ← V_i(s) + α_i·δ_i, where
//! α_i is α⁺ above zero and α⁻ below. τ_i = α⁺/(α⁺ + α⁻) makes V_i the expectile τ_i of the return, and the size of
//! reward at which δ_i changes sign (its reversal point) differs from channel to channel (Dabney et al. 2020). With
//! `asymmetry` 0 all channels are one and it is `td_csc`. Utility `saturating` is
//! U(r) = 10·sign(r)·|r|^½/(|r|^½ + 200^½), of the published simulation.
//!
//! Dopamine is the vector of δ_i; a region sees their mean.

use super::chains::{Chains, learn, value};
use super::ticks::ticks;
use accumbens_core::{ChannelInfo, Domain, Dopamine, Drive, EventKind, EventKindId, Info, Theory, Topic, parameters};
use serde::{Deserialize, Serialize};

const SATURATING: f64 = 1.0;

parameters! {
    /// Distributional temporal differences.
    pub struct TdDistributional {
        /// Channels.
        n: 20.0 => .domain(Domain::Count { min: 1, max: 256 }).fixed();
        /// Learning rate, the mean of those for good and bad news.
        alpha: 0.05 => .domain(Domain::UNIT).logit_normal(0.05, 1.5).source("jeong2022");
        /// How far the asymmetries spread: 1 from all bad news to all good news, 0 not at all.
        asymmetry: 0.9 => .domain(Domain::UNIT).source("dabney2020");
        /// Time constant of discounting: γ = exp(−dt/tau).
        tau: 3.9 => .domain(Domain::Positive).unit("s").log_normal(5.0, 1.0).source("jeong2022");
        /// What a reward is worth: its size, or a saturating function of it.
        utility: 0.0 => .domain(Domain::Choice(&["linear", "saturating"])).source("dabney2020");
        /// Width of a bin, which is one state.
        dt: 0.2 => .domain(Domain::Real { min: 1e-2, max: 3600.0 }).unit("s").source("jeong2022").fixed();
        /// Time that a chain of states spans; its last state then repeats.
        span: 60.0 => .domain(Domain::Real { min: 0.1, max: 3600.0 }).unit("s").fixed();
    }
}

/// Values of each channel.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct State {
    chains: Chains,
    values: Vec<Vec<f64>>,
    next: Vec<f64>,
}

/// A number that looks random and depends on its arguments alone (the finaliser of SplitMix64), so that a restored
/// life goes on as it would have.
fn mix(bin: u64, channel: u64) -> u64 {
    let mut z = bin.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ channel.wrapping_mul(0xd1b5_4a32_d192_ed03);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

impl TdDistributional {
    /// The share of the learning rate that good news has in a channel: which expectile it learns.
    #[must_use]
    pub fn expectile(&self, channel: usize) -> f64 {
        let even = (channel as f64 + 0.5) / self.n;
        0.5 + self.asymmetry * (even - 0.5)
    }

    fn worth(&self, reward: f64) -> f64 {
        if self.utility == SATURATING {
            let root = reward.abs().sqrt();
            return 10.0 * reward.signum() * root / (root + 200.0_f64.sqrt());
        }
        reward
    }

    fn tick_to(&self, state: &mut State, last: u64, dopamine: &mut Dopamine<'_>) {
        let gamma = (-self.dt / self.tau).exp();
        let n = state.values.len();
        while state.chains.bins.done < last {
            let tick = state.chains.tick();
            let bin = state.chains.bins.done;
            let reward = if tick.reward == 0.0 { 0.0 } else { self.worth(tick.reward) };
            for (next, values) in state.next.iter_mut().zip(&state.values) {
                *next = value(values, &state.chains.now);
            }
            for (i, values) in state.values.iter_mut().enumerate() {
                let other = state.next[(mix(bin, i as u64) % n as u64) as usize];
                let delta = reward + gamma * other - value(values, &state.chains.before);
                let delta = dopamine.release(tick.time, i, delta);
                let share = self.expectile(i);
                let rate = 2.0 * self.alpha * if delta > 0.0 { share } else { 1.0 - share };
                learn(values, &state.chains.before, rate * delta);
            }
        }
    }
}

impl Theory for TdDistributional {
    type State = State;

    const INFO: Info = Info {
        name: "td_distributional",
        summary: "temporal-difference errors that learn a distribution of returns",
        family: "prediction error",
        dopamine: "the prediction error of each channel; together their mean",
        papers: &["dabney2020"],
        speaks: &[Topic::Cue, Topic::Outcome, Topic::Omission, Topic::Moments, Topic::Behaviour],
        error: true,
    };

    fn channels(&self, _: &[EventKind]) -> Vec<ChannelInfo> {
        let name = |i: usize| format!("{}: expectile {:.3}", i + 1, self.expectile(i));
        (0..self.n as usize).map(|i| ChannelInfo::new(name(i), "dopamine")).collect()
    }

    fn start(&self, kinds: &[EventKind]) -> State {
        let chains = Chains::spanning(self.dt, kinds, self.span);
        let n = self.n as usize;
        let values = vec![vec![0.0; chains.states()]; n];
        State { chains, values, next: vec![0.0; n] }
    }

    ticks!(chains);

    /// The mean value over channels.
    fn drive(&self, state: &State, kind: EventKindId) -> Option<Drive> {
        let onset = state.chains.onset(kind.index());
        Some((state.values.iter().map(|v| v[onset]).sum::<f64>() / self.n).into())
    }

    fn describe(&self, state: &State, kinds: &[EventKind]) -> serde_json::Value {
        let onset = |k: usize| state.values.iter().map(|v| v[state.chains.onset(k)]).collect::<Vec<_>>();
        let rows = kinds.iter().enumerate().map(|(k, kind)| (kind.name.clone(), serde_json::json!(onset(k))));
        let expectiles: Vec<f64> = (0..self.n as usize).map(|i| self.expectile(i)).collect();
        serde_json::json!({ "expectile": expectiles, "value at onset": rows.collect::<serde_json::Map<_, _>>() })
    }
}
