//! Values of sources of unequal noise, each learnt at the rate that its precision asks for.

use super::estimate::{Estimate, Prior};
use accumbens_core::room::numbers;
use accumbens_core::{Error, Result, room};
use serde::{Deserialize, Serialize};

/// How little of an answer's square is left for noise, where the value's own uncertainty explains the rest.
const LEAST: f64 = 0.05;

/// A Kalman filter a source, whose noise is what the answers leave unexplained: gain p/(p + s²), p the uncertainty of the
/// value, which grows by `drift` each step, s² the noise (geist2010 learn values so).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Values {
    drift: f64,
    prior: Prior,
    steps: u64,
    sources: Vec<Source>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Source {
    numbers: u64,
    mean: f64,
    /// Absent before the second number.
    variance: Option<f64>,
    /// Squares of answers, and what of them the value's uncertainty did not explain.
    squares: Estimate,
    excess: Estimate,
    /// The step of the last number.
    last: u64,
}

impl Source {
    fn noise(&self) -> f64 {
        self.excess.seen.max(LEAST * self.squares.seen)
    }
}

impl Values {
    /// So many sources; their values move by `drift` (a variance) a step, and half of what was learnt of their noise is gone
    /// after `half_life` numbers.
    ///
    /// # Errors
    /// Where the drift is below 0 or the half-life not above.
    pub fn new(sources: usize, drift: f64, half_life: f64) -> Result<Self> {
        if !(drift.is_finite() && drift >= 0.0) {
            return Err(Error::input("drift", drift.to_string(), "a variance a step, 0 or more"));
        }
        if half_life.is_nan() || half_life <= 0.0 {
            return Err(Error::input("half_life", half_life.to_string(), "above 0 numbers, or infinity"));
        }
        room("Values", &[("sources", sources as f64), ("numbers of each", numbers::<Source>())])?;
        let none = Estimate::default();
        let one = Source { numbers: 0, mean: 0.0, variance: None, squares: none, excess: none, last: 0 };
        let prior = Prior { keep: Prior::half_life(half_life), ..Prior::default() };
        Ok(Self { drift, prior, steps: 0, sources: vec![one; sources] })
    }

    /// A step in which one source gave a number; returns the gain with which it was learnt.
    ///
    /// # Errors
    /// Where there is no such source or the number is not finite.
    pub fn learn(&mut self, source: usize, x: f64) -> Result<f64> {
        let count = self.sources.len();
        let of = self.sources.get_mut(source);
        let of = of.ok_or_else(|| Error::input("source", source.to_string(), format!("below {count}")))?;
        if !x.is_finite() {
            return Err(Error::input("value", x.to_string(), "a finite number"));
        }
        self.steps += 1;
        let (answer, mut gain) = (x - of.mean, 1.0);
        if of.numbers > 0 {
            // One number's value is as uncertain as the number is noisy: of two numbers' distance each has half.
            let before = of.variance.unwrap_or(0.5 * answer * answer) + self.drift * (self.steps - of.last) as f64;
            of.squares.learn(&self.prior, answer * answer);
            of.excess.learn(&self.prior, answer * answer - before);
            let noise = of.noise();
            gain = if before + noise > 0.0 { before / (before + noise) } else { 1.0 };
            of.variance = Some((1.0 - gain) * before);
        }
        of.mean += gain * answer;
        of.numbers += 1;
        of.last = self.steps;
        Ok(gain)
    }

    /// Value, its variance now, and noise of each source; infinite where nothing is known.
    pub fn known(&self) -> impl Iterator<Item = (f64, f64, f64)> + '_ {
        self.sources.iter().map(|s| match s.variance {
            Some(variance) => (s.mean, variance + self.drift * (self.steps - s.last) as f64, s.noise()),
            None => (s.mean, f64::INFINITY, f64::INFINITY),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use accumbens_core::Seed;
    use rand::RngExt;
    use rand_distr::StandardNormal;

    #[test]
    fn without_drift_a_value_is_the_mean_of_its_numbers_and_its_error_shrinks_as_one_over_their_count() {
        let (mut values, mut rng) = (Values::new(2, 0.0, f64::INFINITY).unwrap(), Seed(1).stream("still"));
        let numbers: Vec<f64> = (0..4000).map(|_| 2.0 + 0.5 * rng.sample::<f64, _>(StandardNormal)).collect();
        for x in &numbers {
            values.learn(1, *x).unwrap();
        }
        let (mean, variance, noise) = values.known().nth(1).unwrap();
        assert!((mean - numbers.iter().sum::<f64>() / 4000.0).abs() < 0.02, "{mean}");
        assert!((noise / 0.25 - 1.0).abs() < 0.1 && (variance * 4000.0 / 0.25 - 1.0).abs() < 0.2, "{noise} {variance}");
        assert_eq!(values.known().next().unwrap(), (0.0, f64::INFINITY, f64::INFINITY));
    }

    #[test]
    fn the_gain_of_a_value_that_drifts_is_the_steady_one_of_its_riccati_equation_for_noise_that_is_not_told() {
        for (drift, noise) in [(0.01_f64, 1.0_f64), (0.01, 9.0), (0.04, 0.25)] {
            let mut values = Values::new(1, drift, 2000.0).unwrap();
            let (mut rng, mut at, mut gains) = (Seed(2).stream("drift"), 0.0, Vec::new());
            for _ in 0..40_000 {
                at += drift.sqrt() * rng.sample::<f64, _>(StandardNormal);
                gains.push(values.learn(0, at + noise.sqrt() * rng.sample::<f64, _>(StandardNormal)).unwrap());
            }
            let before = 0.5 * (drift + (drift * drift + 4.0 * drift * noise).sqrt());
            let (exact, found) = (before / (before + noise), gains[10_000..].iter().sum::<f64>() / 30_000.0);
            assert!((found / exact - 1.0).abs() < 0.05, "{drift} {noise}: {found} {exact}");
        }
    }

    #[test]
    fn an_unseen_source_grows_uncertain_by_its_drift_and_faults_are_said() {
        let mut values = Values::new(2, 0.5, 100.0).unwrap();
        for x in [1.0, 2.0, 1.5, 1.2] {
            values.learn(0, x).unwrap();
        }
        let before = values.known().next().unwrap().1;
        values.learn(1, 3.0).unwrap();
        values.learn(1, 4.0).unwrap();
        assert!((values.known().next().unwrap().1 - before - 1.0).abs() < 1e-12);
        assert!(values.learn(2, 1.0).is_err() && values.learn(0, f64::NAN).is_err());
        assert!(Values::new(1, -1.0, 10.0).is_err() && Values::new(1, 0.0, 0.0).is_err());
    }
}
