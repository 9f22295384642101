//! Splits one error among features: each dopamine neuron reports the part of its own features.
//!
//! Over microstimuli x grouped by the kind of stimulus that evokes them: δ_k = r/N + Σ_{i∈k} w_i·(γ·x_i' − x_i) for each
//! of N kinds, δ = Σ_k δ_k, w ← w + α·δ·x. Learning is that of one scalar error; each channel carries only what its own
//! features contribute, so that channels differ at cues and agree at reward (Lee et al. 2024).
//!
//! Dopamine is the vector of δ_k, one channel a kind of stimulus; their sum is the scalar error.

use super::bins::Bins;
use super::microstimuli::Microstimuli;
use super::ticks::ticks;
use accumbens_core::{ChannelInfo, Domain, Dopamine, Drive, EventKind, EventKindId, Info, Theory, Topic, parameters};
use serde::{Deserialize, Serialize};

parameters! {
    /// Feature-specific temporal differences.
    pub struct TdFeatures {
        /// Learning rate.
        alpha: 0.1 => .domain(Domain::UNIT).logit_normal(0.05, 1.5).source("lee2024");
        /// Time constant of discounting: γ = exp(−dt/tau). The default is 0.95 per bin of 0.2 s.
        tau: 3.9 => .domain(Domain::Positive).unit("s").log_normal(5.0, 1.0).source("lee2024");
        /// Microstimuli a kind of event.
        n: 20.0 => .domain(Domain::Count { min: 1, max: 200 }).source("jeong2022").fixed();
        /// Width of a microstimulus on the height of the memory trace.
        sigma: 0.08 => .domain(Domain::Positive).source("ludvig2008").fixed();
        /// What is left of the memory trace after one bin.
        decay: 0.985 => .domain(Domain::UNIT).source("ludvig2008").fixed();
        /// Width of a bin.
        dt: 0.2 => .domain(Domain::Real { min: 1e-2, max: 3600.0 }).unit("s").source("jeong2022").fixed();
    }
}

/// Weights and the features of the bin before.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct State {
    bins: Bins,
    kinds: Vec<EventKind>,
    evoked: Microstimuli,
    before: Vec<f64>,
    /// Weight of each microstimulus, kind after kind.
    pub weights: Vec<f64>,
}

impl TdFeatures {
    fn tick_to(&self, s: &mut State, last: u64, dopamine: &mut Dopamine<'_>) {
        let gamma = (-self.dt / self.tau).exp();
        let share = 1.0 / s.kinds.len().max(1) as f64;
        while s.bins.done < last {
            let bin = s.bins.done + 1;
            let held = s.bins.held(bin);
            let (time, reward) = (s.bins.end(bin), held.reward);
            s.evoked.start(&held, bin);
            s.bins.done = bin;
            s.evoked.evoke_all(bin);
            let mut delta = 0.0;
            for kind in 0..s.kinds.len() {
                let here = s.evoked.of(kind);
                let change: f64 = here.map(|i| s.weights[i] * (gamma * s.evoked.level[i] - s.before[i])).sum();
                delta += dopamine.release(time, kind, reward * share + change);
            }
            for ((w, x), now) in s.weights.iter_mut().zip(&mut s.before).zip(&s.evoked.level) {
                *w += self.alpha * delta * *x;
                *x = *now;
            }
        }
    }
}

impl Theory for TdFeatures {
    type State = State;

    const INFO: Info = Info {
        name: "td_features",
        summary: "temporal-difference error split among the features that make it",
        family: "prediction error",
        dopamine: "each kind of stimulus' part of the prediction error; together their mean",
        papers: &["lee2024"],
        speaks: &[Topic::Cue, Topic::Outcome, Topic::Omission, Topic::Moments, Topic::Behaviour],
        error: true,
    };

    fn channels(&self, kinds: &[EventKind]) -> Vec<ChannelInfo> {
        kinds.iter().map(|k| ChannelInfo::new(&k.name, "dopamine")).collect()
    }

    fn start(&self, kinds: &[EventKind]) -> State {
        let m = self.n as usize;
        let d = kinds.len() * m;
        State {
            bins: Bins::new(self.dt, kinds.len()),
            kinds: kinds.to_vec(),
            evoked: Microstimuli::new(kinds.len(), m, self.sigma, self.decay),
            before: vec![0.0; d],
            weights: vec![0.0; d],
        }
    }

    ticks!();

    fn drive(&self, state: &State, kind: EventKindId) -> Option<Drive> {
        Some(state.evoked.at_onset(&state.weights, kind.index()).into())
    }

    fn describe(&self, state: &State, kinds: &[EventKind]) -> serde_json::Value {
        let row = |k: usize| serde_json::json!(state.weights[state.evoked.of(k)]);
        let rows = kinds.iter().enumerate().map(|(k, kind)| (kind.name.clone(), row(k)));
        serde_json::json!({ "weights": rows.collect::<serde_json::Map<_, _>>() })
    }
}
