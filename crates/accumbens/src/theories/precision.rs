//! Weighs any prediction error by its precision: `THEORY+precision` learns how variable errors are after each cue.
//!
//! For the cue c last seen, or none since the last outcome, v_c is the mean square of the error: at the end of each trial
//! v_c ← v_c + η·(e² − v_c), where e is the largest error since the cue, the outcome's or that of its absence.
//! τ_c = 1/v_c is the precision, and τ₀ the precision expected before anything was learnt. What is released, and what
//! the theory learns from, is δ·g with g = min((τ_c/τ₀)^exponent, gain_max): exponent 1 weighs by precision, ½
//! divides by the standard deviation (adaptive scaling), 0 or η = 0 leaves the theory as it was. The answer to a cue is
//! weighed by the precision of what came before it.
//!
//! Dopamine is the weighed error. The form follows the literature on precision as gain (Diederen & Schultz 2015); that
//! precision is kept a cue, its bound and its learning rate are ours.

use super::wrap::Wrapper;
use accumbens_core::{Domain, Error, Event, EventKind, Info, Modulator, Result, Topic, parameters};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

parameters! {
    /// A learnt precision on a theory's error.
    pub struct Precision {
        /// Precision of errors expected before any was seen, in 1/outcome².
        precision_prior: 1.0 => .domain(Domain::Positive).log_normal(1.0, 1.0);
        /// Learning rate of the mean square error of each cue.
        precision_rate: 0.05 => .domain(Domain::UNIT).logit_normal(0.05, 1.5);
        /// Power of the relative precision by which errors are weighed: 1 precision, 0.5 standard deviation, 0 none.
        precision_exponent: 0.5 => .domain(Domain::Real { min: 0.0, max: 2.0 }).source("diederen2015");
        /// The largest gain: errors of outcomes that never vary would otherwise be weighed without bound.
        gain_max: 4.0 => .domain(Domain::Real { min: 1.0, max: 100.0 });
    }
}

/// Mean squares of errors and the trial that is open.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct State {
    cues: Vec<bool>,
    outcomes: Vec<bool>,
    /// Mean square of the error after each cue; the last entry is for no cue.
    pub square: Vec<f64>,
    cue: usize,
    largest: Option<f64>,
    pending: VecDeque<u32>,
    parameters: (f64, f64, f64, f64),
}

impl State {
    fn gain(&self) -> f64 {
        let (prior, _, exponent, most) = self.parameters;
        // τ/τ₀ = 1/(v·τ₀).
        (1.0 / (self.square[self.cue] * prior)).powf(exponent).min(most)
    }

    fn close(&mut self) {
        if let Some(error) = self.largest.take() {
            let v = &mut self.square[self.cue];
            // A mean square that underflows would be a precision without bound.
            *v = (*v + self.parameters.1 * (error * error - *v)).max(f64::MIN_POSITIVE);
        }
    }
}

impl Modulator for State {
    fn pass(&mut self, channel: usize, rows: u32, value: f64) -> f64 {
        let gain = self.gain();
        if channel != 0 {
            return gain * value;
        }
        let (mut cue, mut outcome) = (None, false);
        for _ in 0..rows {
            if let Some(kind) = self.pending.pop_front() {
                let kind = kind as usize;
                outcome |= self.outcomes[kind];
                cue = if self.cues[kind] { Some(kind) } else { cue };
            }
        }
        // The answer to a cue is an error of what came before it, unless that was a cue with an outcome still to come.
        if cue.is_none() || outcome || self.cue == self.cues.len() {
            let error = self.largest.filter(|e| value.is_finite() && e.abs() >= value.abs()).unwrap_or(value);
            self.largest = Some(error);
        }
        if outcome || cue.is_some() {
            self.close();
        }
        self.cue = match cue {
            Some(kind) if !outcome => kind,
            _ if outcome => self.cues.len(),
            _ => self.cue,
        };
        gain * value
    }

    fn any(self: Box<Self>) -> Box<dyn std::any::Any> {
        self
    }
}

impl Wrapper for Precision {
    const NAME: &'static str = "precision";
    const SUMMARY: &'static str = "weighs the theory's error by a precision learnt after each cue";
    const PAPERS: &'static [&'static str] = &["diederen2015", "diederen2016"];
    const SPEAKS: &'static [Topic] = &[];
    type State = State;

    fn suits(&self, theory: &Info) -> Result<()> {
        if theory.error {
            return Ok(());
        }
        let problem = format!("{}+precision: the dopamine of {} is not a signed error", theory.name, theory.name);
        Err(Error::input("theory", problem, "a theory whose dopamine is a prediction error, such as td_csc"))
    }

    fn start(&self, kinds: &[EventKind], _: usize) -> State {
        let mut state = State {
            cues: kinds.iter().map(|k| k.is_stimulus() && !k.is_outcome()).collect(),
            outcomes: kinds.iter().map(EventKind::is_outcome).collect(),
            square: vec![1.0 / self.precision_prior; kinds.len() + 1],
            cue: kinds.len(),
            largest: None,
            pending: VecDeque::with_capacity(64),
            parameters: (0.0, 0.0, 0.0, 0.0),
        };
        self.changed(&mut state);
        state
    }

    fn observe(&self, state: &mut State, now: &[Event]) {
        state.pending.extend(now.iter().map(|e| e.kind.0));
    }

    fn changed(&self, state: &mut State) {
        state.parameters = (self.precision_prior, self.precision_rate, self.precision_exponent, self.gain_max);
    }

    fn describe(&self, state: &State, kinds: &[EventKind]) -> serde_json::Value {
        let names = kinds.iter().map(|k| k.name.clone()).chain([String::from("no cue")]);
        let rows = names.zip(&state.square).map(|(name, v)| (name, (1.0 / v).into()));
        serde_json::Value::Object(rows.collect())
    }
}
