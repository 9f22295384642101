//! Learns from microstimuli: each event leaves a decaying memory trace that coarse, overlapping fields read out.
//!
//! With n bins since the last onset of kind s: y = decay^n and x_k = (1/√2π)·exp(−(y − k/m)²/2σ²)·y for k = 1…m.
//! V = w·x over all kinds; δ_i = r_i + γ·V_i − V_{i−1}; then w ← w + α·δ·e and e ← γλ·e + x (Ludvig, Sutton & Kehoe
//! 2008). Dopamine is δ. An onset restarts its kind's trace. r is magnitude × innate value.

use super::bins::{Bins, discount};
use super::microstimuli::Microstimuli;
use super::ticks::ticks;
use accumbens_core::{Domain, Dopamine, Drive, EventKind, EventKindId, Info, Theory, Topic, parameters};
use serde::{Deserialize, Serialize};

parameters! {
    /// Temporal-difference learning over microstimuli.
    pub struct TdMicrostimulus {
        /// Microstimuli a kind of event.
        n: 20.0 => .domain(Domain::Count { min: 1, max: 1000 }).source("jeong2022").fixed();
        /// Width of a bin.
        dt: 0.2 => .domain(Domain::Real { min: 1e-3, max: 3600.0 }).unit("s").source("jeong2022").fixed();
        /// Learning rate.
        alpha: 0.02 => .domain(Domain::UNIT).logit_normal(0.02, 1.5).source("jeong2022");
        /// Discount of one bin; where set it stands before `tau`.
        gamma_per_bin: f64::NAN => .domain(Domain::UNIT).source("jeong2022");
        /// Time constant of discounting: γ = exp(−dt/tau). The default is 0.98 per bin of 0.2 s.
        tau: 9.9 => .domain(Domain::Positive).unit("s").log_normal(10.0, 1.0).source("jeong2022");
        /// Decay of the eligibility trace beside the discount.
        lambda: 0.95 => .domain(Domain::UNIT).source("ludvig2008");
        /// Width of a microstimulus on the height of the memory trace.
        sigma: 0.08 => .domain(Domain::Positive).source("ludvig2008").fixed();
        /// What is left of the memory trace after one bin.
        decay: 0.99 => .domain(Domain::UNIT).source("jeong2022").fixed();
        /// While any kind's last onset is longer ago than this, value is held and dopamine is 0.
        max_state: f64::NAN => .domain(Domain::Positive).unit("s").source("jeong2022").fixed();
    }
}

/// Weights, traces and what each kind still evokes.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct State {
    bins: Bins,
    kinds: Vec<EventKind>,
    evoked: Microstimuli,
    /// Weight of each microstimulus, kind after kind.
    pub weights: Vec<f64>,
    trace: Vec<f64>,
    value: f64,
}

#[derive(Clone, Copy)]
struct Step {
    alpha: f64,
    gamma: f64,
    decay: f64,
}

impl TdMicrostimulus {
    #[inline]
    fn tick(&self, state: &mut State, step: Step, dopamine: &mut Dopamine<'_>) {
        let bin = state.bins.done + 1;
        let held = state.bins.held(bin);
        let (time, reward) = (state.bins.end(bin), held.reward);
        state.evoked.start(&held, bin);
        state.bins.done = bin;
        if bin == 1 {
            // Nothing has been evoked yet: an onset in the first bin is felt from the second on, as published.
            dopamine.release(time, 0, reward);
            return;
        }
        let mut value = 0.0;
        let mut stale = false;
        for kind in 0..state.kinds.len() {
            let Some(since) = state.evoked.since(kind, bin) else { continue };
            if since as f64 * self.dt > self.max_state {
                stale = true;
                continue;
            }
            state.evoked.evoke(kind, since);
            let here = state.evoked.of(kind);
            let pairs = state.weights[here.clone()].iter().zip(&state.evoked.level[here]);
            value += pairs.map(|(w, x)| w * x).sum::<f64>();
        }
        if stale {
            dopamine.release(time, 0, 0.0);
            return;
        }
        let delta = dopamine.release(time, 0, reward + step.gamma * value - state.value);
        state.value = value;
        let change = step.alpha * delta;
        for ((w, e), x) in state.weights.iter_mut().zip(&mut state.trace).zip(&state.evoked.level) {
            *w += change * *e;
            *e = step.decay * *e + *x;
        }
    }

    fn tick_to(&self, state: &mut State, last: u64, dopamine: &mut Dopamine<'_>) {
        let gamma = discount(self.gamma_per_bin, self.tau, self.dt);
        let step = Step { alpha: self.alpha, gamma, decay: gamma * self.lambda };
        while state.bins.done < last {
            self.tick(state, step, dopamine);
        }
    }
}

impl Theory for TdMicrostimulus {
    type State = State;

    const INFO: Info = Info {
        name: "td_microstimulus",
        summary: "temporal-difference error over microstimuli",
        family: "prediction error",
        dopamine: "the prediction error δ of each bin",
        papers: &["ludvig2008", "sutton1988"],
        speaks: &[Topic::Cue, Topic::Outcome, Topic::Omission, Topic::Moments, Topic::Behaviour],
        error: true,
    };

    fn start(&self, kinds: &[EventKind]) -> State {
        let (k, m) = (kinds.len(), self.n as usize);
        State {
            bins: Bins::new(self.dt, k),
            kinds: kinds.to_vec(),
            evoked: Microstimuli::new(k, m, self.sigma, self.decay),
            weights: vec![0.0; k * m],
            trace: vec![0.0; k * m],
            value: 0.0,
        }
    }

    ticks!();

    /// The value of the kind's microstimuli one bin after its onset.
    fn drive(&self, state: &State, kind: EventKindId) -> Option<Drive> {
        Some(state.evoked.at_onset(&state.weights, kind.index()).into())
    }

    fn describe(&self, state: &State, kinds: &[EventKind]) -> serde_json::Value {
        let m = self.n as usize;
        let weights = kinds.iter().zip(state.weights.chunks(m)).map(|(k, w)| (k.name.clone(), serde_json::json!(w)));
        serde_json::json!({ "dt": self.dt, "weights": weights.collect::<serde_json::Map<_, _>>() })
    }
}
