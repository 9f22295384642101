//! Adapts to the range of rewards: each cue learns a mean and a spread, and errors are scaled by the spread.
//!
//! For the cue c of a trial with outcome r. `scaled`: δ = (r − m_c)/s_c, m_c ← m_c + α·δ·s_rate, s_c ← s_c + α_s·(δ² − 1),
//! where s_rate is 1 (Möller, Manohar & Bogacz 2022: the error is published, the rule of s is unverified). `decaying`:
//! δ = (r − m_c)/s_c^ν, m_c ← m_c + α/(1 + n_c·α_decay)·(r − m_c), with s_c² the running mean square of r − m_c
//! (after Diederen & Schultz 2015, who found errors scaled to the standard deviation and learning rates that fall; the
//! exact link is unverified). The spread is kept above `s_min`: outcomes that never vary would make errors infinite.
//!
//! Dopamine is δ at the end of a trial, and at a cue the mean it predicts beyond that of the context, in spreads of the
//! context, which is what is known when no cue is present.

use super::trials::{Moment, Trials};
use accumbens_core::{Domain, Dopamine, Drive, Event, EventKind, EventKindId, Info, Theory, Topic, parameters};
use serde::{Deserialize, Serialize};

const DECAYING: f64 = 1.0;

parameters! {
    /// Prediction errors scaled by the spread of outcomes.
    pub struct ScaledError {
        /// Which rule of mean and spread.
        rule: 0.0 => .domain(Domain::Choice(&["scaled", "decaying"])).source("moller2022");
        /// Learning rate of the mean; 1 in the published simulations of widely spread rewards.
        alpha: 0.1 => .domain(Domain::UNIT).logit_normal(0.1, 1.5).source("moller2022");
        /// Learning rate of the spread.
        alpha_spread: 0.01 => .domain(Domain::UNIT).logit_normal(0.02, 1.0).source("moller2022");
        /// With `decaying`: how fast the learning rate of the mean falls, per trial of a cue.
        alpha_decay: 0.01 => .domain(Domain::NOT_NEGATIVE).source("diederen2015");
        /// With `decaying`: power of the spread by which errors are divided; 1 scales fully, 0 not at all.
        scaling: 1.0 => .domain(Domain::UNIT).source("diederen2015");
        /// Spread expected before anything was learnt, in units of outcome.
        s_init: 1.0 => .domain(Domain::Real { min: 1e-3, max: 1e6 }).fixed();
        /// The least spread, in units of outcome.
        s_min: 0.1 => .domain(Domain::Real { min: 1e-3, max: 1e6 });
        /// Longest time from a trial's first cue to its outcome; after it the trial ends without one.
        window: 12.0 => .domain(Domain::Positive).unit("s");
    }
}

/// Mean, spread and trials of each cue; the last is the context.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct State {
    trials: Trials,
    mean: Vec<f64>,
    spread: Vec<f64>,
    count: Vec<f64>,
}

impl ScaledError {
    fn divisor(&self, spread: f64) -> f64 {
        if self.rule == DECAYING { spread.powf(self.scaling) } else { spread }
    }

    /// What is known now: the place of the last cue of the open trial, or of the context.
    fn known(state: &State) -> usize {
        state.trials.cue.unwrap_or(state.mean.len() - 1)
    }

    fn learn(&self, s: &mut State, delta: f64) {
        let c = Self::known(s);
        let spread = s.spread[c];
        s.count[c] += 1.0;
        if self.rule == DECAYING {
            let error = delta * self.divisor(spread);
            s.mean[c] += self.alpha / (1.0 + s.count[c] * self.alpha_decay) * error;
            let square = spread * spread + self.alpha_spread * (error * error - spread * spread);
            s.spread[c] = square.sqrt().max(self.s_min);
        } else {
            // Scaled by the spread once, as published; a step beyond the outcome would never settle.
            s.mean[c] += delta * self.alpha.min(spread);
            s.spread[c] = (spread + self.alpha_spread * (delta * delta - 1.0)).max(self.s_min);
        }
        s.trials.close();
    }

    fn error(&self, state: &State, outcome: f64) -> f64 {
        let c = Self::known(state);
        (outcome - state.mean[c]) / self.divisor(state.spread[c])
    }

    fn see(&self, s: &mut State, event: &Event, dopamine: &mut Dopamine<'_>) {
        let before = Self::known(s);
        match s.trials.meet(event, self.window) {
            Moment::Cue { kind, .. } => {
                let news = (s.mean[kind] - s.mean[before]) / self.divisor(s.spread[before]);
                dopamine.respond(event.time, 0, news);
            }
            Moment::Outcome(worth) => {
                let delta = dopamine.respond(event.time, 0, self.error(s, worth));
                self.learn(s, delta);
            }
            Moment::Omission => {
                let delta = dopamine.respond(event.time, 0, self.error(s, 0.0));
                self.learn(s, delta);
            }
            Moment::Other => {
                dopamine.respond(event.time, 0, 0.0);
            }
        }
    }
}

impl Theory for ScaledError {
    type State = State;

    const INFO: Info = Info {
        name: "scaled_error",
        summary: "trial-level prediction error scaled by the learnt spread of outcomes",
        family: "precision",
        dopamine: "the scaled prediction error at the end of a trial; at a cue, the mean it adds",
        papers: &["moller2022", "diederen2015"],
        speaks: &[Topic::Cue, Topic::Outcome, Topic::Omission, Topic::Behaviour],
        error: true,
    };

    fn start(&self, kinds: &[EventKind]) -> State {
        let n = kinds.len() + 1;
        State { trials: Trials::new(kinds), mean: vec![0.0; n], spread: vec![self.s_init; n], count: vec![0.0; n] }
    }

    fn advance(&self, state: &mut State, until: f64, dopamine: &mut Dopamine<'_>) {
        if let Some(deadline) = state.trials.ended(until) {
            let delta = dopamine.release(deadline, 0, self.error(state, 0.0));
            self.learn(state, delta);
        }
    }

    fn observe(&self, state: &mut State, now: &[Event], dopamine: &mut Dopamine<'_>) {
        for event in now {
            self.see(state, event, dopamine);
        }
    }

    fn drive(&self, state: &State, kind: EventKindId) -> Option<Drive> {
        Some(state.mean[kind.index()].into())
    }

    fn describe(&self, state: &State, kinds: &[EventKind]) -> serde_json::Value {
        let names = || kinds.iter().map(|k| k.name.clone()).chain([String::from("context")]);
        let map =
            |values: &[f64]| -> serde_json::Map<_, _> { names().zip(values.iter().map(|v| (*v).into())).collect() };
        serde_json::json!({ "mean": map(&state.mean), "spread": map(&state.spread) })
    }
}
