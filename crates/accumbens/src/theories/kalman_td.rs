//! Knows how sure it is: temporal differences as a Kalman filter over uncertain weights.
//!
//! Over microstimuli x of every kind: h_i = x_{i−1} − γ·x_i, δ_i = r_i − h_i·w; the uncertainty of the weights grows,
//! C ← C + q·I, the error's variance is P = h·C·h + s, the gain K = C·h/P, and w ← w + K·δ, C ← C − K·(h·C)
//! (Gershman 2015). The learning rate of each weight follows from its uncertainty, which grows in silence, so that
//! rare events teach more. Trials are episodes as in the published simulations: an outcome ends the traces of what came
//! before, and nothing is learnt from the step out of silence into a stimulus. `outcomes` = `traced`: an outcome leaves
//! microstimuli of its own, with value V_o at their onset, so that uncued rewards come to predict one another and are
//! answered by the time since the last, as long as its trace lasts; dopamine there is r + γ·V_o − V, and what is learnt
//! from is r − V, the end of the episode, because the filter explains an error by every weight that moves with it and
//! would explain a reward by its own onset. `silent`: cues alone evoke microstimuli, as published, where every reward
//! had a cue; then uncued rewards are all answered with r.
//!
//! Dopamine is δ; in the declared variant `standardised` it is δ/√P. Multiplying c, s and q by one number changes
//! neither but for its size, so that c and q are fitted, in units of s.

use super::bins::Bins;
use super::microstimuli::Microstimuli;
use super::ticks::ticks;
use accumbens_core::{Domain, Dopamine, Drive, EventKind, EventKindId, Info, Theory, Topic, parameters};
use serde::{Deserialize, Serialize};

const STANDARDISED: f64 = 1.0;
const TRACED: f64 = 0.0;
/// Below this level of every microstimulus there is silence; at its peak a microstimulus is at 0.4.
const SILENT: f64 = 0.02;

parameters! {
    /// Kalman temporal differences.
    pub struct KalmanTd {
        /// Prior variance of each weight.
        c: 1.0 => .domain(Domain::Positive).source("gershman2015").log_normal(1.0, 1.0).fixed();
        /// Variance of the noise of reward; the unit of c and q, and not fitted.
        s: 1.0 => .domain(Domain::Positive).source("gershman2015");
        /// Variance by which each weight drifts in a bin. Published is 0.01 a step of trials that follow one another;
        /// over bins of 0.2 s and intervals of some 20 s that is about 1e-4 a bin.
        q: 1e-4 => .domain(Domain::NOT_NEGATIVE).log_normal(1e-4, 2.0);
        /// Time constant of discounting: γ = exp(−dt/tau). The default is 0.98 per bin of 0.2 s.
        tau: 9.9 => .domain(Domain::Positive).unit("s").log_normal(10.0, 1.0).source("gershman2015");
        /// Whether dopamine is the error or the error in its own standard deviations.
        dopamine: 0.0 => .domain(Domain::Choice(&["error", "standardised"])).source("gershman2015");
        /// Whether outcomes evoke microstimuli too; published is `silent`, of designs without uncued outcomes.
        outcomes: 0.0 => .domain(Domain::Choice(&["traced", "silent"])).fixed();
        /// Microstimuli a kind of event; 6 published.
        n: 10.0 => .domain(Domain::Count { min: 1, max: 50 }).fixed();
        /// Width of a microstimulus on the height of the memory trace.
        sigma: 0.08 => .domain(Domain::Positive).source("gershman2015").fixed();
        /// What is left of the memory trace after one bin; 0.985 a step published, too slow to time bins of 0.2 s.
        decay: 0.9 => .domain(Domain::UNIT).fixed();
        /// Width of a bin.
        dt: 0.2 => .domain(Domain::Real { min: 1e-2, max: 3600.0 }).unit("s").source("jeong2022").fixed();
    }
}

/// Weights and their covariance.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct State {
    bins: Bins,
    kinds: Vec<EventKind>,
    evoked: Microstimuli,
    before: Vec<f64>,
    /// What an outcome of the bin evokes, to be felt from the next bin on.
    fresh: Vec<f64>,
    /// Weight of each microstimulus, kind after kind.
    pub weights: Vec<f64>,
    /// Covariance of the weights, by rows.
    pub covariance: Vec<f64>,
    drift: f64,
    slope: Vec<f64>,
    gain: Vec<f64>,
}

impl State {
    /// h·w, K·P and h·C·h for the bin's h.
    fn predict(&mut self, gamma: f64) -> (f64, f64) {
        let d = self.weights.len();
        for ((h, x), before) in self.slope.iter_mut().zip(&self.evoked.level).zip(&self.before) {
            *h = before - gamma * x;
        }
        let mut variance = 0.0;
        for (i, gain) in self.gain.iter_mut().enumerate() {
            let row = &self.covariance[i * d..(i + 1) * d];
            *gain = row.iter().zip(&self.slope).map(|(c, h)| c * h).sum();
            variance += self.slope[i] * *gain;
        }
        let value = self.slope.iter().zip(&self.weights).map(|(h, w)| h * w).sum();
        (value, variance)
    }

    /// w ← w + (C·h)·step, C ← C − (C·h)(C·h)ᵀ/P, in a form that keeps C symmetric.
    fn update(&mut self, step: f64, variance: f64) {
        let d = self.weights.len();
        for (i, w) in self.weights.iter_mut().enumerate() {
            *w += self.gain[i] * step;
            let part = self.gain[i] / variance;
            for (c, gain) in self.covariance[i * d..(i + 1) * d].iter_mut().zip(&self.gain) {
                *c -= part * gain;
            }
        }
    }
}

impl KalmanTd {
    /// What a released error is divided by.
    fn unit(&self, variance: f64) -> f64 {
        if self.dopamine == STANDARDISED { variance.sqrt() } else { 1.0 }
    }

    /// Ends the traces at an outcome, and begins those of the outcomes of the bin; returns γ·V at their onset. They
    /// are felt from the next bin on.
    fn restart(&self, s: &mut State, gamma: f64, bin: u64) -> f64 {
        s.evoked.end();
        if self.outcomes != TRACED {
            return 0.0;
        }
        s.evoked.start_where(&s.bins.held(bin), bin, |k| s.kinds[k].is_outcome());
        s.evoked.evoke_all(bin);
        let onset: f64 = s.evoked.level.iter().zip(&s.weights).map(|(x, w)| x * w).sum();
        s.fresh.copy_from_slice(&s.evoked.level);
        s.evoked.level.fill(0.0);
        gamma * onset
    }

    /// One bin.
    fn tick(&self, s: &mut State, bin: u64, dopamine: &mut Dopamine<'_>) {
        let gamma = (-self.dt / self.tau).exp();
        let held = s.bins.held(bin);
        let (time, reward) = (s.bins.end(bin), held.reward);
        let outcome = held.stimuli.iter().any(|k| s.kinds[*k as usize].is_outcome());
        s.fresh.fill(0.0);
        let ahead = if outcome { self.restart(s, gamma, bin) } else { 0.0 };
        let cues = s.bins.held(bin);
        s.evoked.start_where(&cues, bin, |k| !s.kinds[k].is_outcome());
        s.bins.done = bin;
        if outcome {
            s.evoked.evoke_where(bin, |k| !s.kinds[k].is_outcome())
        } else {
            s.evoked.evoke_all(bin)
        }
        let silence = s.before.iter().all(|x| x.abs() < SILENT);
        s.drift += self.q;
        if silence && s.evoked.level.iter().all(|x| x.abs() < SILENT) {
            // Nothing can be learnt, and the drift of the weights waits until something can.
            dopamine.release(time, 0, (reward + ahead) / self.unit(self.s));
        } else {
            let drift = std::mem::take(&mut s.drift);
            let d = s.weights.len();
            for i in 0..d {
                s.covariance[i * d + i] += drift;
            }
            let (value, variance) = s.predict(gamma);
            let variance = variance + self.s;
            let unit = self.unit(variance);
            let delta = dopamine.release(time, 0, (reward + ahead - value) / unit) * unit - ahead;
            if !silence {
                s.update(delta / variance, variance);
            }
        }
        for ((before, level), fresh) in s.before.iter_mut().zip(&s.evoked.level).zip(&s.fresh) {
            *before = level + fresh;
        }
    }

    fn tick_to(&self, s: &mut State, last: u64, dopamine: &mut Dopamine<'_>) {
        while s.bins.done < last {
            let bin = s.bins.done + 1;
            self.tick(s, bin, dopamine);
        }
    }
}

impl Theory for KalmanTd {
    type State = State;

    const INFO: Info = Info {
        name: "kalman_td",
        summary: "temporal-difference error whose learning rates follow from uncertainty",
        family: "precision",
        dopamine: "the prediction error δ of each bin, or δ/√P",
        papers: &["gershman2015"],
        speaks: &[Topic::Cue, Topic::Outcome, Topic::Omission, Topic::Moments, Topic::Behaviour],
        error: true,
    };

    fn start(&self, kinds: &[EventKind]) -> State {
        let m = self.n as usize;
        let d = kinds.len() * m;
        let mut covariance = vec![0.0; d * d];
        (0..d).for_each(|i| covariance[i * d + i] = self.c);
        State {
            bins: Bins::new(self.dt, kinds.len()),
            kinds: kinds.to_vec(),
            evoked: Microstimuli::new(kinds.len(), m, self.sigma, self.decay),
            before: vec![0.0; d],
            fresh: vec![0.0; d],
            weights: vec![0.0; d],
            covariance,
            drift: 0.0,
            slope: vec![0.0; d],
            gain: vec![0.0; d],
        }
    }

    ticks!();

    fn drive(&self, state: &State, kind: EventKindId) -> Option<Drive> {
        Some(state.evoked.at_onset(&state.weights, kind.index()).into())
    }

    fn describe(&self, state: &State, kinds: &[EventKind]) -> serde_json::Value {
        let d = state.weights.len();
        let row = |k: usize| {
            let here = state.evoked.of(k);
            let variance: Vec<f64> = here.clone().map(|i| state.covariance[i * d + i]).collect();
            serde_json::json!({ "weights": state.weights[here], "variance": variance })
        };
        let rows = kinds.iter().enumerate().map(|(k, kind)| (kind.name.clone(), row(k)));
        serde_json::Value::Object(rows.collect())
    }
}
