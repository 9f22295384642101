//! Estimates a mean and its uncertainty from numbers that come one by one: a conjugate Normal–inverse-gamma estimate that
//! forgets.

use accumbens_core::{Error, Result};
use serde::{Deserialize, Serialize};

/// What is believed before the first number: x ~ N(μ, σ²), μ | σ² ~ N(mean, σ²/weight), σ² ~ IG(shape, rate).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Prior {
    /// The mean.
    pub mean: f64,
    /// How many numbers the mean is worth.
    pub weight: f64,
    /// Shape of the law of the variance.
    pub shape: f64,
    /// Its rate, in squared units of the numbers.
    pub rate: f64,
    /// Share of the weight of all that came before that each new number leaves: 1 forgets nothing.
    pub keep: f64,
}

impl Default for Prior {
    fn default() -> Self {
        Self { mean: 0.0, weight: 1e-3, shape: 1.0, rate: 1e-3, keep: 1.0 }
    }
}

impl Prior {
    /// Checks it.
    ///
    /// # Errors
    /// Where a number is outside its domain.
    pub fn check(&self) -> Result<()> {
        let positive = [("weight", self.weight), ("shape", self.shape), ("rate", self.rate)];
        for (name, value) in positive {
            if !(value.is_finite() && value > 0.0) {
                return Err(Error::input("prior", format!("{name} = {value}"), "a number above 0"));
            }
        }
        if !self.mean.is_finite() {
            return Err(Error::input("prior", format!("mean = {}", self.mean), "a finite number"));
        }
        if !(self.keep > 0.0 && self.keep <= 1.0) {
            return Err(Error::input("prior", format!("keep = {}", self.keep), "above 0, at most 1"));
        }
        Ok(())
    }

    /// How much of the past each number leaves where half of it is to be gone after so many.
    #[must_use]
    pub fn half_life(numbers: f64) -> f64 {
        (-std::f64::consts::LN_2 / numbers).exp()
    }
}

/// The numbers so far: their weight, mean and squared distance from it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// Effective count: the sum of the weights that are left.
    pub count: f64,
    /// Their weighted mean.
    pub seen: f64,
    /// Weighted sum of squared distances from it.
    pub squares: f64,
}

impl Estimate {
    /// Takes one number in.
    pub fn learn(&mut self, prior: &Prior, x: f64) {
        self.count = prior.keep * self.count + 1.0;
        let before = x - self.seen;
        self.seen += before / self.count;
        self.squares = prior.keep * self.squares + before * (x - self.seen);
    }

    /// The posterior mean.
    #[must_use]
    pub fn mean(&self, prior: &Prior) -> f64 {
        (prior.weight * prior.mean + self.count * self.seen) / (prior.weight + self.count)
    }

    /// The posterior expectation of the variance of the numbers; infinite where the law of it has none.
    #[must_use]
    pub fn noise(&self, prior: &Prior) -> f64 {
        let shape = prior.shape + 0.5 * self.count;
        let away = self.seen - prior.mean;
        let shrunk = prior.weight * self.count / (prior.weight + self.count) * away * away;
        let rate = prior.rate + 0.5 * (self.squares + shrunk);
        if shape > 1.0 { rate / (shape - 1.0) } else { f64::INFINITY }
    }

    /// The posterior variance of the mean.
    #[must_use]
    pub fn uncertainty(&self, prior: &Prior) -> f64 {
        self.noise(prior) / (prior.weight + self.count)
    }

    /// The precision weight of the next number in a mean that drifts by `drift` (a variance a number): p/(p + s²).
    #[must_use]
    pub fn gain(&self, prior: &Prior, drift: f64) -> f64 {
        let (mean, noise) = (self.uncertainty(prior) + drift, self.noise(prior));
        if mean.is_infinite() { 1.0 } else { mean / (mean + noise) }
    }
}

/// What precision leaves of an effect that lies `z` standard errors from none: J = max(0, 1 − z₀/z²), the positive part
/// of James and Stein's factor.
#[must_use]
pub fn shrinkage(z: f64, z0: f64) -> f64 {
    let squared = z * z;
    if squared > 0.0 { (1.0 - z0 / squared).max(0.0) } else { 0.0 }
}
