//! Learns from microstimuli: each event leaves a decaying memory trace that coarse, overlapping fields read out.
//!
//! With n bins since the last onset of kind s: y = decay^n and x_k = (1/√2π)·exp(−(y − k/m)²/2σ²)·y for k = 1…m.
//! V = w·x over all kinds; δ_i = r_i + γ·V_i − V_{i−1}; then w ← w + α·δ·e and e ← γλ·e + x (Ludvig, Sutton & Kehoe
//! 2008). Dopamine is δ. An onset restarts its kind's trace. r is magnitude × innate value.

use super::bins::{Bins, discount};
use accumbens_core::{Domain, Dopamine, Event, EventKind, Info, Theory, parameters};
use serde::{Deserialize, Serialize};

/// Beyond this many bins after an onset a microstimulus is computed anew each time.
const TABLE: usize = 4096;
const SILENT: u64 = u64::MAX;

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
    onset: Vec<u64>,
    /// Weight of each microstimulus, kind after kind.
    pub weights: Vec<f64>,
    trace: Vec<f64>,
    level: Vec<f64>,
    value: f64,
    /// Levels by bins since onset, filled as they are needed; not part of what is saved.
    #[serde(skip)]
    table: Vec<f64>,
    #[serde(skip)]
    filled: usize,
}

#[derive(Clone, Copy)]
struct Step {
    alpha: f64,
    gamma: f64,
    decay: f64,
}

impl TdMicrostimulus {
    fn count(&self) -> usize {
        self.n as usize
    }

    fn levels(&self, since: u64, out: &mut [f64]) {
        let y = self.decay.powi(since.min(i32::MAX as u64) as i32);
        let m = self.n;
        for (k, x) in out.iter_mut().enumerate() {
            let distance = (y - (k + 1) as f64 / m) / self.sigma;
            *x = (-0.5 * distance * distance).exp() * y / std::f64::consts::TAU.sqrt();
        }
    }

    /// Puts the levels of a kind `since` bins after its onset into the state.
    #[inline]
    fn evoke(&self, state: &mut State, kind: usize, since: u64) {
        let m = self.count();
        let row = since as usize;
        let levels = &mut state.level[kind * m..(kind + 1) * m];
        if row >= TABLE {
            self.levels(since, levels);
            return;
        }
        if state.table.is_empty() {
            state.table = vec![0.0; TABLE * m];
        }
        while state.filled <= row {
            let at = state.filled * m;
            self.levels(state.filled as u64, &mut state.table[at..at + m]);
            state.filled += 1;
        }
        levels.copy_from_slice(&state.table[row * m..(row + 1) * m]);
    }

    #[inline]
    fn tick(&self, state: &mut State, step: Step, dopamine: &mut Dopamine<'_>) {
        let bin = state.bins.done + 1;
        let held = state.bins.take(bin);
        state.bins.done = bin;
        let time = state.bins.end(bin);
        if let Some(kind) = held.stimulus {
            state.onset[kind as usize] = bin;
        }
        if bin == 1 {
            // Nothing has been evoked yet: an onset in the first bin is felt from the second on, as published.
            dopamine.release(time, 0, held.reward);
            return;
        }
        let m = self.count();
        let mut value = 0.0;
        let mut stale = false;
        for kind in 0..state.onset.len() {
            let onset = state.onset[kind];
            if onset == SILENT {
                continue;
            }
            if (bin - onset) as f64 * self.dt > self.max_state {
                stale = true;
                continue;
            }
            self.evoke(state, kind, bin - onset);
            let here = kind * m..(kind + 1) * m;
            value += state.weights[here.clone()].iter().zip(&state.level[here]).map(|(w, x)| w * x).sum::<f64>();
        }
        if stale {
            dopamine.release(time, 0, 0.0);
            return;
        }
        let delta = dopamine.release(time, 0, held.reward + step.gamma * value - state.value);
        state.value = value;
        let change = step.alpha * delta;
        for ((w, e), x) in state.weights.iter_mut().zip(&mut state.trace).zip(&state.level) {
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
    };

    fn start(&self, kinds: &[EventKind]) -> State {
        let m = self.count();
        let zeros = || vec![0.0; kinds.len() * m];
        State {
            bins: Bins::new(self.dt),
            kinds: kinds.to_vec(),
            onset: vec![SILENT; kinds.len()],
            weights: zeros(),
            trace: zeros(),
            level: zeros(),
            value: 0.0,
            table: vec![0.0; TABLE * m],
            filled: 0,
        }
    }

    fn advance(&self, state: &mut State, until: f64, dopamine: &mut Dopamine<'_>) {
        self.tick_to(state, state.bins.of(until) - 1, dopamine);
    }

    fn observe(&self, state: &mut State, now: &[Event], _: &mut Dopamine<'_>) {
        for event in now {
            state.bins.put(event, &state.kinds);
        }
    }

    fn finish(&self, state: &mut State, until: f64, dopamine: &mut Dopamine<'_>) {
        self.tick_to(state, state.bins.last_whole(until), dopamine);
    }

    fn describe(&self, state: &State, kinds: &[EventKind]) -> serde_json::Value {
        let m = self.count();
        let weights = kinds.iter().zip(state.weights.chunks(m)).map(|(k, w)| (k.name.clone(), serde_json::json!(w)));
        serde_json::json!({ "dt": self.dt, "weights": weights.collect::<serde_json::Map<_, _>>() })
    }
}
