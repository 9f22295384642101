//! Learns at many time scales at once: independent temporal differences, each with a discount of its own.
//!
//! For each channel i with τ_i: δ_i = r + γ_i·V_i(s') − V_i(s), V_i(s) ← V_i(s) + α·δ_i, γ_i = exp(−dt/τ_i), over one
//! complete serial compound. The time constants lie evenly on a logarithmic scale from `tau_min` to `tau_max`; the
//! average over them discounts nearly hyperbolically, and ramps where the one is myopic and the other is not (Masset
//! et al. 2025). Their distribution over neurons is not verified against the paper. With `n` = 1 it is `td_csc`.
//!
//! Dopamine is the vector of δ_i, one channel a time scale; a region sees their mean.

use super::chains::{Chains, learn, value};
use super::ticks::ticks;
use accumbens_core::{ChannelInfo, Domain, Dopamine, Drive, EventKind, EventKindId, Info, Theory, Topic, parameters};
use serde::{Deserialize, Serialize};

parameters! {
    /// Temporal differences at many time scales.
    pub struct TdTimescales {
        /// Time scales.
        n: 8.0 => .domain(Domain::Count { min: 1, max: 64 }).fixed();
        /// The shortest time constant of discounting.
        tau_min: 1.0 => .domain(Domain::Positive).unit("s").log_normal(1.0, 1.0);
        /// Ratio of the longest time constant to the shortest.
        tau_ratio: 20.0 => .domain(Domain::Real { min: 1.0, max: 1e6 });
        /// Learning rate of every time scale.
        alpha: 0.05 => .domain(Domain::UNIT).logit_normal(0.05, 1.5).source("jeong2022");
        /// Width of a bin, which is one state.
        dt: 0.2 => .domain(Domain::Real { min: 1e-2, max: 3600.0 }).unit("s").source("jeong2022").fixed();
        /// Time that a chain of states spans; its last state then repeats.
        span: 120.0 => .domain(Domain::Real { min: 0.1, max: 3600.0 }).unit("s").fixed();
    }
}

/// Values of each time scale.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct State {
    chains: Chains,
    values: Vec<Vec<f64>>,
}

impl TdTimescales {
    /// The time constants, s.
    #[must_use]
    pub fn taus(&self) -> Vec<f64> {
        (0..self.n as usize).map(|i| self.tau(i)).collect()
    }

    fn tau(&self, i: usize) -> f64 {
        let place = if self.n > 1.0 { i as f64 / (self.n - 1.0) } else { 0.0 };
        self.tau_min * self.tau_ratio.powf(place)
    }

    fn tick_to(&self, state: &mut State, last: u64, dopamine: &mut Dopamine<'_>) {
        while state.chains.bins.done < last {
            let tick = state.chains.tick();
            for (i, values) in state.values.iter_mut().enumerate() {
                let gamma = (-self.dt / self.tau(i)).exp();
                let delta =
                    tick.reward + gamma * value(values, &state.chains.now) - value(values, &state.chains.before);
                let delta = dopamine.release(tick.time, i, delta);
                learn(values, &state.chains.before, self.alpha * delta);
            }
        }
    }
}

impl Theory for TdTimescales {
    type State = State;

    const INFO: Info = Info {
        name: "td_timescales",
        summary: "temporal-difference errors at many time scales of discounting",
        family: "prediction error",
        dopamine: "the prediction error of each time scale; together their mean",
        papers: &["masset2025"],
        speaks: &[Topic::Cue, Topic::Outcome, Topic::Omission, Topic::Moments, Topic::Behaviour],
        error: true,
    };

    fn channels(&self, _: &[EventKind]) -> Vec<ChannelInfo> {
        let name = |i: usize| format!("tau {:.3} s", self.tau(i));
        (0..self.n as usize).map(|i| ChannelInfo::new(format!("{}: {}", i + 1, name(i)), "dopamine")).collect()
    }

    fn start(&self, kinds: &[EventKind]) -> State {
        let chains = Chains::spanning(self.dt, kinds, self.span);
        let values = vec![vec![0.0; chains.states()]; self.n as usize];
        State { chains, values }
    }

    ticks!(chains);

    /// The mean value over time scales.
    fn drive(&self, state: &State, kind: EventKindId) -> Option<Drive> {
        let onset = state.chains.onset(kind.index());
        Some((state.values.iter().map(|v| v[onset]).sum::<f64>() / self.n).into())
    }

    fn describe(&self, state: &State, kinds: &[EventKind]) -> serde_json::Value {
        let onset = |k: usize| state.values.iter().map(|v| v[state.chains.onset(k)]).collect::<Vec<_>>();
        let rows = kinds.iter().enumerate().map(|(k, kind)| (kind.name.clone(), serde_json::json!(onset(k))));
        serde_json::json!({ "tau": self.taus(), "value at onset": rows.collect::<serde_json::Map<_, _>>() })
    }
}
