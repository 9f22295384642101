//! The models of choices.

use super::model::{About, AnyModel, Model};
use accumbens_core::params::place_of;
use accumbens_core::{Domain, Error, Result, parameters};

/// The log-odds of each of the offered.
#[inline]
fn odds(offered: &[u32], into: &mut [f64], of: impl Fn(usize) -> f64) {
    into.iter_mut().zip(offered).for_each(|(odds, option)| *odds = of(*option as usize));
}

parameters! {
    /// Nothing is learnt: every offer is a toss.
    pub struct Random {
        /// The share of choices at random.
        lapse: 1.0 => .domain(Domain::UNIT);
    }
}

impl Model for Random {
    type State = ();
    const ABOUT: About =
        About { name: "random", summary: "nothing is learnt: every choice is a toss", family: "null", papers: &[] };

    fn start(&self, _: usize) {}

    fn prefer(&self, (): &(), _: &[u32], into: &mut [f64]) {
        into.fill(0.0);
    }

    fn learn(&self, (): &mut (), _: &[u32], _: usize, outcome: f64) -> f64 {
        outcome
    }
}

parameters! {
    /// What won is taken again, what lost is left.
    pub struct WinStay {
        /// The log-odds of what won last over the others, and of the others over what lost.
        strength: 2.0 => .domain(Domain::NOT_NEGATIVE).log_normal(2.0, 1.0);
    }
}

impl Model for WinStay {
    type State = Vec<f64>;
    const ABOUT: About =
        About { name: "win_stay", summary: "what won is taken again, what lost is left", family: "null", papers: &[] };

    fn start(&self, options: usize) -> Vec<f64> {
        vec![0.0; options]
    }

    fn prefer(&self, state: &Vec<f64>, offered: &[u32], into: &mut [f64]) {
        odds(offered, into, |o| self.strength * state[o]);
    }

    fn learn(&self, state: &mut Vec<f64>, offered: &[u32], taken: usize, outcome: f64) -> f64 {
        offered.iter().for_each(|o| state[*o as usize] = 0.0);
        state[offered[taken] as usize] = if outcome > 0.0 { 1.0 } else { -1.0 };
        outcome
    }
}

parameters! {
    /// Errors of prediction with one rate: δ = r − Q, Q ← Q + α·δ, chosen by a softmax of β·Q.
    pub struct Q {
        /// Learning rate.
        alpha: 0.3 => .domain(Domain::UNIT).logit_normal(0.3, 1.5);
        /// Inverse temperature, per unit of outcome.
        beta: 3.0 => .domain(Domain::NOT_NEGATIVE).log_normal(3.0, 1.0);
        /// Value of what was never taken.
        initial: 0.0 => .domain(Domain::ANY);
    }
}

impl Model for Q {
    type State = Vec<f64>;
    const ABOUT: About = About {
        name: "q",
        summary: "an error of prediction with one rate",
        family: "prediction error",
        papers: &["sutton2018"],
    };

    fn start(&self, options: usize) -> Vec<f64> {
        vec![self.initial; options]
    }

    fn prefer(&self, state: &Vec<f64>, offered: &[u32], into: &mut [f64]) {
        odds(offered, into, |o| self.beta * state[o]);
    }

    fn learn(&self, state: &mut Vec<f64>, offered: &[u32], taken: usize, outcome: f64) -> f64 {
        let value = &mut state[offered[taken] as usize];
        let error = outcome - *value;
        *value += self.alpha * error;
        error
    }
}

parameters! {
    /// Errors of prediction whose rate depends on their sign, with perseverance and forgetting.
    pub struct QDual {
        /// Learning rate of what is better than predicted.
        alpha_gain: 0.3 => .domain(Domain::UNIT).logit_normal(0.3, 1.5);
        /// Learning rate of what is worse.
        alpha_loss: 0.3 => .domain(Domain::UNIT).logit_normal(0.3, 1.5);
        /// Inverse temperature, per unit of outcome.
        beta: 3.0 => .domain(Domain::NOT_NEGATIVE).log_normal(3.0, 1.0);
    }
}

impl Model for QDual {
    type State = Vec<f64>;
    const ABOUT: About = About {
        name: "q_dual",
        summary: "an error of prediction with one rate for better and one for worse than predicted",
        family: "prediction error",
        papers: &["frank2004"],
    };

    fn start(&self, options: usize) -> Vec<f64> {
        vec![0.0; options]
    }

    fn prefer(&self, state: &Vec<f64>, offered: &[u32], into: &mut [f64]) {
        odds(offered, into, |o| self.beta * state[o]);
    }

    fn learn(&self, state: &mut Vec<f64>, offered: &[u32], taken: usize, outcome: f64) -> f64 {
        let value = &mut state[offered[taken] as usize];
        let error = outcome - *value;
        *value += if error > 0.0 { self.alpha_gain } else { self.alpha_loss } * error;
        error
    }
}

parameters! {
    /// One rate, forgetting of what is not taken, and a tendency to take the last again.
    pub struct QSticky {
        /// Learning rate; what was offered and not taken is forgotten at `forgets`.
        alpha: 0.3 => .domain(Domain::UNIT).logit_normal(0.3, 1.5);
        /// Rate at which what is not taken is forgotten.
        forgets: 0.05 => .domain(Domain::UNIT).logit_normal(0.05, 1.5);
        /// Inverse temperature, per unit of outcome.
        beta: 3.0 => .domain(Domain::NOT_NEGATIVE).log_normal(3.0, 1.0);
        /// The log-odds of what was taken last at this offer.
        again: 0.0 => .domain(Domain::ANY).normal(0.0, 1.0);
    }
}

/// Values, and what was taken last.
pub struct Sticky {
    values: Vec<f64>,
    last: Vec<bool>,
}

impl Model for QSticky {
    type State = Sticky;
    const ABOUT: About = About {
        name: "q_sticky",
        summary: "an error of prediction, forgetting of what is not taken, and a tendency to repeat",
        family: "prediction error",
        papers: &["ito2009"],
    };

    fn start(&self, options: usize) -> Sticky {
        Sticky { values: vec![0.0; options], last: vec![false; options] }
    }

    fn prefer(&self, state: &Sticky, offered: &[u32], into: &mut [f64]) {
        let one = |o: usize| self.beta * state.values[o] + if state.last[o] { self.again } else { 0.0 };
        odds(offered, into, one);
    }

    fn learn(&self, state: &mut Sticky, offered: &[u32], taken: usize, outcome: f64) -> f64 {
        let at = offered[taken] as usize;
        for o in offered.iter().map(|o| *o as usize) {
            state.values[o] *= if o == at { 1.0 } else { 1.0 - self.forgets };
            state.last[o] = o == at;
        }
        let error = outcome - state.values[at];
        state.values[at] += self.alpha * error;
        error
    }
}

parameters! {
    /// Opponent actors: go weights of benefits, stop weights of costs (collins2014).
    pub struct Opal {
        /// Learning rate of values.
        alpha: 0.2 => .domain(Domain::UNIT).logit_normal(0.2, 1.5).source("collins2014");
        /// Learning rate of go weights.
        alpha_go: 0.2 => .domain(Domain::UNIT).logit_normal(0.2, 1.5).source("collins2014");
        /// Learning rate of stop weights.
        alpha_stop: 0.2 => .domain(Domain::UNIT).logit_normal(0.2, 1.5).source("collins2014");
        /// Inverse temperature of both.
        beta: 1.0 => .domain(Domain::NOT_NEGATIVE).log_normal(1.0, 1.0).source("collins2014");
        /// How much more go weighs than stop: 1 + ρ against 1 − ρ, what dopamine's level sets.
        rho: 0.0 => .domain(Domain::ANY).normal(0.0, 0.5).source("collins2014");
    }
}

/// Values, go and stop weights.
pub struct Opponents {
    values: Vec<f64>,
    go: Vec<f64>,
    stop: Vec<f64>,
}

/// The largest that an opponent weight may grow.
const MOST: f64 = 20.0;

impl Model for Opal {
    type State = Opponents;
    const ABOUT: About = About {
        name: "opal",
        summary: "opponent actors of benefits and costs, weighed by dopamine's level",
        family: "opponent",
        papers: &["collins2014"],
    };

    fn start(&self, options: usize) -> Opponents {
        Opponents { values: vec![0.0; options], go: vec![1.0; options], stop: vec![1.0; options] }
    }

    fn prefer(&self, state: &Opponents, offered: &[u32], into: &mut [f64]) {
        let one = |o: usize| self.beta * ((1.0 + self.rho) * state.go[o] - (1.0 - self.rho) * state.stop[o]);
        odds(offered, into, one);
    }

    fn learn(&self, state: &mut Opponents, offered: &[u32], taken: usize, outcome: f64) -> f64 {
        let at = offered[taken] as usize;
        let error = outcome - state.values[at];
        state.values[at] += self.alpha * error;
        state.go[at] = (state.go[at] * (1.0 + self.alpha_go * error)).clamp(0.0, MOST);
        state.stop[at] = (state.stop[at] * (1.0 - self.alpha_stop * error)).clamp(0.0, MOST);
        error
    }
}

parameters! {
    /// Values by a Kalman filter: the rate falls with what is known and rises with drift.
    pub struct Kalman {
        /// Variance by which values drift each trial, in units of the outcomes' noise.
        drift: 0.05 => .domain(Domain::Positive).log_normal(0.05, 1.5).source("daw2006explore");
        /// Inverse temperature, per unit of outcome.
        beta: 3.0 => .domain(Domain::NOT_NEGATIVE).log_normal(3.0, 1.0);
        /// Log-odds per standard deviation of what is not known: above 0 the unknown draws.
        explores: 0.0 => .domain(Domain::ANY).normal(0.0, 0.5);
    }
}

/// Means and variances.
pub struct Known {
    mean: Vec<f64>,
    variance: Vec<f64>,
}

impl Model for Kalman {
    type State = Known;
    const ABOUT: About = About {
        name: "kalman",
        summary: "an error of prediction weighed by precision; what is not known may draw",
        family: "precision",
        papers: &["daw2006explore"],
    };

    fn start(&self, options: usize) -> Known {
        Known { mean: vec![0.0; options], variance: vec![1.0; options] }
    }

    fn prefer(&self, state: &Known, offered: &[u32], into: &mut [f64]) {
        let one = |o: usize| self.beta * state.mean[o] + self.explores * state.variance[o].sqrt();
        odds(offered, into, one);
    }

    fn learn(&self, state: &mut Known, offered: &[u32], taken: usize, outcome: f64) -> f64 {
        offered.iter().for_each(|o| state.variance[*o as usize] += self.drift);
        let at = offered[taken] as usize;
        let error = outcome - state.mean[at];
        let gain = state.variance[at] / (state.variance[at] + 1.0);
        state.mean[at] += gain * error;
        state.variance[at] *= 1.0 - gain;
        error
    }
}

parameters! {
    /// A rate that follows how surprising outcomes are (Pearce & Hall): α ← α + η·(|δ| − α).
    pub struct Associability {
        /// Rate of values, times associability.
        kappa: 0.3 => .domain(Domain::UNIT).logit_normal(0.3, 1.5).source("pearce1980");
        /// Rate of associability.
        eta: 0.2 => .domain(Domain::UNIT).logit_normal(0.2, 1.5).source("pearce1980");
        /// Inverse temperature, per unit of outcome.
        beta: 3.0 => .domain(Domain::NOT_NEGATIVE).log_normal(3.0, 1.0);
    }
}

impl Model for Associability {
    type State = Known;
    const ABOUT: About = About {
        name: "associability",
        summary: "an error of prediction whose rate follows surprise",
        family: "prediction error",
        papers: &["pearce1980"],
    };

    fn start(&self, options: usize) -> Known {
        Known { mean: vec![0.0; options], variance: vec![1.0; options] }
    }

    fn prefer(&self, state: &Known, offered: &[u32], into: &mut [f64]) {
        odds(offered, into, |o| self.beta * state.mean[o]);
    }

    fn learn(&self, state: &mut Known, offered: &[u32], taken: usize, outcome: f64) -> f64 {
        let at = offered[taken] as usize;
        let error = outcome - state.mean[at];
        state.mean[at] += (self.kappa * state.variance[at]).min(1.0) * error;
        state.variance[at] += self.eta * (error.abs() - state.variance[at]);
        error
    }
}

/// Every model by name, with its defaults.
#[must_use]
pub fn all() -> Vec<Box<dyn AnyModel>> {
    vec![
        Box::new(Random::default()),
        Box::new(WinStay::default()),
        Box::new(Q::default()),
        Box::new(QDual::default()),
        Box::new(QSticky::default()),
        Box::new(Associability::default()),
        Box::new(Kalman::default()),
        Box::new(Opal::default()),
    ]
}

/// The model of a text, `NAME` or `NAME:parameter=value:...`: one of choices, or a theory that acts (see [`super::theory`]).
///
/// # Errors
/// Where none has the name, or a parameter is unknown or outside its domain.
pub fn parse(text: &str) -> Result<Box<dyn AnyModel>> {
    let mut parts = text.split(':');
    let name = parts.next().unwrap_or_default().trim();
    let Some(mut model) = all().into_iter().find(|m| m.about().name == name) else {
        return super::theory::Acting::new(text).map(|m| Box::new(m) as Box<dyn AnyModel>).map_err(|e| {
            let known: Vec<&str> = all().iter().map(|m| m.about().name).collect();
            let problem = format!("{name:?} is no model of choices, and as a theory: {e}");
            Error::input("model", problem, format!("{}, or a theory that acts", known.join(", ")))
        });
    };
    for part in parts {
        let (name, value) = part.split_once('=').ok_or_else(|| {
            Error::input("model", format!("{part:?} in {text:?}"), "NAME or NAME:parameter=value:parameter=value")
        })?;
        let place = place_of(model.table(), name.trim())?;
        let value = model.table()[place].read(value.trim())?;
        model.put(place, value);
    }
    Ok(model)
}
