//! Latencies by drift diffusion: the same chances, and how long it takes until one of two options has won.
//!
//! Evidence walks from the middle between two boundaries, `threshold` apart, with drift v and unit noise until it meets one
//! (Ratcliff 1978). The chance of meeting an option's boundary is 1/(1 + exp(−v·threshold)), so that the drift under which a
//! model's chances are as they are is v = logit(p)/threshold (pedersen2017 with the drift's scale in the place of the inverse
//! temperature): any model of choices says its latencies, and its chances stay what they were. The density of the first
//! passage is Navarro & Fuss's (2009) series. One latency in twenty is taken for a slip, evenly over those that were seen.

pub use super::drift::{Diffusion, log_density};
use super::model::{About, AnyModel, Trace};
use accumbens_core::choices::{Choices, Chooser};
use accumbens_core::{Domain, Error, Parameter, Result};

/// A model of choices that says its latencies too.
pub struct Diffusing {
    inner: Box<dyn AnyModel>,
    table: Vec<Parameter>,
    diffusion: Diffusion,
}

impl Diffusing {
    /// Of a model, for these choices.
    ///
    /// # Errors
    /// Where more than two options are offered together, or latencies are missing.
    pub fn new(inner: Box<dyn AnyModel>, choices: &Choices) -> Result<Self> {
        if let Some(many) = choices.offers.iter().find(|o| o.len() != 2) {
            let names: Vec<&str> = many.iter().map(|o| choices.options[*o as usize].as_str()).collect();
            let problem = format!("drift diffusion between {} ({})", many.len(), names.join(", "));
            return Err(Error::input("latencies", problem, "two options in each trial, or latencies by regression"));
        }
        if let Some(s) = choices.subjects.iter().find(|s| !s.trials.iter().any(|t| t.latency > 0.0)) {
            return Err(Error::input("latency", format!("{} has none", s.name), "latencies in s, for drift diffusion"));
        }
        let mut table = inner.table().to_vec();
        let threshold =
            Parameter::new("threshold", 1.5, "Between the boundaries of the decision, in units of noise · √s.");
        table.push(threshold.domain(Domain::NOT_NEGATIVE).log_normal(1.5, 0.7));
        let rest = Parameter::new("nondecision", 0.3, "Time that is not spent on deciding, s.");
        table.push(rest.domain(Domain::NOT_NEGATIVE).log_normal(0.3, 0.7));
        Ok(Self { inner, table, diffusion: Diffusion { threshold: 1.5, nondecision: 0.3 } })
    }
}

impl AnyModel for Diffusing {
    fn about(&self) -> About {
        self.inner.about()
    }

    fn table(&self) -> &[Parameter] {
        &self.table
    }

    fn get(&self, place: usize) -> f64 {
        match place.checked_sub(self.inner.table().len()) {
            None => self.inner.get(place),
            Some(0) => self.diffusion.threshold,
            Some(_) => self.diffusion.nondecision,
        }
    }

    fn put(&mut self, place: usize, value: f64) {
        match place.checked_sub(self.inner.table().len()) {
            None => self.inner.put(place, value),
            Some(0) => self.diffusion.threshold = value,
            Some(_) => self.diffusion.nondecision = value,
        }
    }

    fn boxed(&self) -> Box<dyn AnyModel> {
        Box::new(Self { inner: self.inner.boxed(), table: self.table.clone(), diffusion: self.diffusion })
    }

    fn live(&self, choices: &Choices, subject: &Chooser, trace: Option<&mut Trace>) -> Result<f64> {
        self.inner.live(choices, subject, trace)
    }

    fn act(
        &self,
        choices: &Choices,
        subject: &Chooser,
        chosen: &mut dyn FnMut(usize, &[f64]) -> Option<usize>,
        given: &mut dyn FnMut(usize, u32) -> f64,
    ) -> Result<Chooser> {
        self.inner.act(choices, subject, chosen, given)
    }

    fn diffusion(&self) -> Option<Diffusion> {
        Some(self.diffusion)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use accumbens_core::Seed;

    fn integral(f: impl Fn(f64) -> f64, to: f64) -> f64 {
        let n = 200_000;
        let h = to / f64::from(n);
        (0..n).map(|i| h * f((f64::from(i) + 0.5) * h)).sum()
    }

    #[test]
    fn the_density_holds_the_chance_of_its_boundary_and_the_mean_time_of_the_closed_form() {
        for (drift, threshold) in [(0.0, 1.0), (1.3, 1.5), (-1.3, 1.5), (0.4, 3.0), (4.0, 2.0)] {
            let density = |t: f64| log_density(t, drift, threshold).exp();
            let chance = 1.0 / (1.0 + f64::exp(-drift * threshold));
            assert!((integral(density, 60.0) - chance).abs() < 1e-6, "{drift} {threshold}");
            // Of either boundary the time is the same on average: a·tanh(v·a/2)/(2·v) (Wagenmakers et al. 2007).
            let mean = if drift == 0.0 { 0.25 } else { threshold * (0.5 * drift * threshold).tanh() / (2.0 * drift) };
            let ours = integral(|t| t * density(t), 60.0) / chance;
            assert!((ours - mean).abs() < 1e-5, "{ours} {mean}");
        }
    }

    #[test]
    fn both_series_meet() {
        for (drift, threshold) in [(0.0, 1.0), (2.0, 1.7)] {
            let at = 0.4 * threshold * threshold;
            let (a, b) = (log_density(at - 1e-12, drift, threshold), log_density(at + 1e-12, drift, threshold));
            assert!((a - b).abs() < 1e-9, "{a} {b}");
        }
        assert_eq!(log_density(0.0, 1.0, 1.0), f64::NEG_INFINITY);
        assert!(log_density(1e-4, 1.0, 1.0) < -1000.0);
    }

    #[test]
    fn what_is_drawn_has_the_closed_forms_mean() {
        let mut rng = Seed(1).stream("diffusion");
        let diffusion = Diffusion { threshold: 1.8, nondecision: 0.25 };
        let n = 20_000;
        let mean = (0..n).map(|_| diffusion.draw(0.8, &mut rng)).sum::<f64>() / f64::from(n);
        let drift = 4.0_f64.ln() / 1.8;
        let truth = 0.25 + 1.8 * (0.5 * drift * 1.8).tanh() / (2.0 * drift);
        // Four standard errors; the spread of a decision is about two thirds of its mean.
        assert!((mean - truth).abs() < 4.0 * 0.5 / f64::from(n).sqrt(), "{mean} {truth}");
    }
}
