//! Tells causes apart that come together: recursive least squares of outcomes on what preceded them, with forgetting.
//!
//! A contingency asks of one event at a time; what merely accompanies a cause has one too. The regression asks what each
//! event adds to the others: w = argmin Σ keepⁿ⁻ⁱ·(y − w·x)² + ridge·|w|² (the ridge forgets with the rest), one outcome
//! at a time, with the standard error of each weight.

use accumbens_core::{Error, Result};
use serde::{Deserialize, Serialize};

/// The most keys: an outcome costs the square of their number.
const MOST: usize = 1024;

/// Weights of events for one kind of outcome, beside an intercept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Adjusted {
    keys: usize,
    keep: f64,
    /// (Xᵀ·W·X + ridge)⁻¹, the intercept last.
    inverse: Vec<f64>,
    weights: Vec<f64>,
    /// What forgetting has left of the ridge.
    ridge: f64,
    /// Weighted sum of squared residuals, what the ridge takes among it.
    squares: f64,
    /// Sum of the weights of outcomes.
    count: f64,
    direction: Vec<f64>,
}

impl Adjusted {
    /// Nothing known yet: `keys` kinds of event, the share `keep` of what is known that each outcome leaves, and a `ridge`
    /// towards no effect, worth so many squared units of the traces.
    ///
    /// # Errors
    /// Where a setting is outside its domain.
    pub fn new(keys: usize, keep: f64, ridge: f64) -> Result<Self> {
        if !(1..=MOST).contains(&keys) {
            return Err(Error::input("keys", format!("{keys}"), format!("1 to {MOST}")));
        }
        if !(keep > 0.0 && keep <= 1.0) {
            return Err(Error::input("keep", format!("{keep}"), "above 0, at most 1"));
        }
        if !(ridge.is_finite() && ridge > 0.0) {
            return Err(Error::input("ridge", format!("{ridge}"), "above 0"));
        }
        let size = keys + 1;
        let mut inverse = vec![0.0; size * size];
        (0..size).for_each(|i| inverse[i * size + i] = 1.0 / ridge);
        let (weights, direction) = (vec![0.0; size], vec![0.0; size]);
        Ok(Self { keys, keep, inverse, weights, ridge, squares: 0.0, count: 0.0, direction })
    }

    /// How many keys there are.
    #[must_use]
    pub fn keys(&self) -> usize {
        self.keys
    }

    /// Takes in an outcome and the traces of the events that are active, keys with their values.
    ///
    /// # Errors
    /// Where a key is unknown or a number is none.
    pub fn learn(&mut self, active: &[(u32, f64)], outcome: f64) -> Result<()> {
        if let Some((key, value)) = active.iter().find(|(k, v)| *k as usize >= self.keys || !v.is_finite()) {
            let good = format!("keys below {} and finite values", self.keys);
            return Err(Error::input("active", format!("key {key} of {value}"), good));
        }
        if !outcome.is_finite() {
            return Err(Error::input("outcome", format!("{outcome}"), "a finite number"));
        }
        let (size, keep) = (self.keys + 1, self.keep);
        let x = || active.iter().map(|(k, v)| (*k as usize, *v)).chain([(self.keys, 1.0)]);
        // P·x over the active alone: P is symmetric, so its columns are its rows.
        self.direction.fill(0.0);
        for (key, value) in x() {
            let row = &self.inverse[key * size..(key + 1) * size];
            self.direction.iter_mut().zip(row).for_each(|(d, p)| *d += value * p);
        }
        let along: f64 = x().map(|(key, value)| value * self.direction[key]).sum();
        let error = outcome - x().map(|(key, value)| value * self.weights[key]).sum::<f64>();
        let total = keep + along;
        self.weights.iter_mut().zip(&self.direction).for_each(|(w, d)| *w += error * d / total);
        for (row, d) in self.inverse.chunks_exact_mut(size).zip(&self.direction) {
            let share = d / total;
            row.iter_mut().zip(&self.direction).for_each(|(p, e)| *p = (*p - share * e) / keep);
        }
        self.squares = keep * self.squares + error * error * keep / total;
        self.count = keep * self.count + 1.0;
        self.ridge *= keep;
        Ok(())
    }

    /// What a key adds to the outcome for each unit of its trace, others held, and its standard error.
    #[must_use]
    pub fn weight(&self, key: u32) -> (f64, f64) {
        let (key, size) = (key as usize, self.keys + 1);
        // Of the parameters those count that the outcomes, and not the ridge, decide.
        let held: f64 = (0..size).map(|i| self.ridge * self.inverse[i * size + i]).sum();
        let left = self.count - (size as f64 - held);
        // Too few outcomes say nothing of their noise.
        let noise = if left > 0.0 { self.squares / left } else { f64::INFINITY };
        (self.weights[key], (noise * self.inverse[key * size + key]).sqrt())
    }

    /// What is expected after these traces.
    #[must_use]
    pub fn expected(&self, active: &[(u32, f64)]) -> f64 {
        let known = active.iter().filter(|(k, _)| (*k as usize) < self.keys);
        self.weights[self.keys] + known.map(|(k, v)| v * self.weights[*k as usize]).sum::<f64>()
    }
}
