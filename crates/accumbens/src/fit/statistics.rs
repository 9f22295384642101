//! Small statistics: correlation, one-sample t, means.

use serde::Serialize;
use statrs::distribution::{ContinuousCDF, StudentsT};

/// A one-sample t-test against zero, two-sided.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct TTest {
    /// Mean.
    pub mean: f64,
    /// Standard error of the mean.
    pub sem: f64,
    /// t.
    pub t: f64,
    /// Degrees of freedom.
    pub df: f64,
    /// Two-sided probability.
    pub p: f64,
}

/// Mean of the finite values; NaN without any.
#[must_use]
pub fn mean(values: &[f64]) -> f64 {
    let (sum, n) = values.iter().filter(|v| v.is_finite()).fold((0.0, 0.0), |(s, n), v| (s + v, n + 1.0));
    sum / n
}

/// ln of the mean of exp of each: the evidence of models that are as likely beforehand. NaN where any is.
#[must_use]
pub fn log_mean(logs: &[f64]) -> f64 {
    if logs.iter().any(|l| l.is_nan()) {
        return f64::NAN;
    }
    let top = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if !top.is_finite() {
        return top;
    }
    top + (logs.iter().map(|l| (l - top).exp()).sum::<f64>() / logs.len() as f64).ln()
}

/// How many equal draws those with these weights, which add up to 1, are worth.
#[must_use]
pub fn effective(weights: &[f64]) -> f64 {
    1.0 / weights.iter().map(|w| w * w).sum::<f64>()
}

/// Variance of the finite values, n − 1 in the denominator.
#[must_use]
pub fn variance(values: &[f64]) -> f64 {
    let m = mean(values);
    let (sum, n) = values.iter().filter(|v| v.is_finite()).fold((0.0, 0.0), |(s, n), v| (s + (v - m).powi(2), n + 1.0));
    sum / (n - 1.0)
}

/// Pearson's correlation over pairs of which both are finite; NaN where it is not defined.
#[must_use]
pub fn correlation(x: &[f64], y: &[f64]) -> f64 {
    let pairs: Vec<(f64, f64)> =
        x.iter().copied().zip(y.iter().copied()).filter(|(a, b)| a.is_finite() && b.is_finite()).collect();
    let n = pairs.len() as f64;
    let (mx, my) = (pairs.iter().map(|p| p.0).sum::<f64>() / n, pairs.iter().map(|p| p.1).sum::<f64>() / n);
    let (mut xx, mut yy, mut xy) = (0.0, 0.0, 0.0);
    for (a, b) in pairs {
        xx += (a - mx).powi(2);
        yy += (b - my).powi(2);
        xy += (a - mx) * (b - my);
    }
    // Deviations that are rounding alone make no correlation.
    if xx <= 1e-24 * n * mx * mx || yy <= 1e-24 * n * my * my { f64::NAN } else { xy / (xx * yy).sqrt() }
}

/// The part of the correlation of `x` and `y` that `part`, which is added up in `y`, makes: their covariance over the
/// spreads of `x` and `y`. The parts of a sum add up to the correlation of the sum.
#[must_use]
pub fn correlation_part(x: &[f64], y: &[f64], part: &[f64]) -> f64 {
    let known: Vec<usize> =
        (0..x.len()).filter(|&i| x[i].is_finite() && y[i].is_finite() && part[i].is_finite()).collect();
    let of = |v: &[f64]| known.iter().map(|&i| v[i]).collect::<Vec<f64>>();
    let (x, y, part) = (of(x), of(y), of(part));
    let (mx, mp) = (mean(&x), mean(&part));
    let together: f64 = x.iter().zip(&part).map(|(x, p)| (x - mx) * (p - mp)).sum::<f64>() / (x.len() as f64 - 1.0);
    together / (variance(&x) * variance(&y)).sqrt()
}

/// A one-sample t-test of the finite values against zero; `None` with fewer than two or without variance.
#[must_use]
pub fn t_test(values: &[f64]) -> Option<TTest> {
    let finite: Vec<f64> = values.iter().copied().filter(|v| v.is_finite()).collect();
    let n = finite.len() as f64;
    let (mean, sem) = (mean(&finite), (variance(&finite) / n).sqrt());
    if n < 2.0 || sem.is_nan() || sem <= 0.0 {
        return None;
    }
    let (t, df) = (mean / sem, n - 1.0);
    let p = 2.0 * StudentsT::new(0.0, 1.0, df).ok()?.sf(t.abs());
    Some(TTest { mean, sem, t, df, p })
}

/// Half the width of a 95 % confidence interval of a mean of `n` values with this standard error.
#[must_use]
pub fn half_width(sem: f64, n: usize) -> f64 {
    StudentsT::new(0.0, 1.0, n as f64 - 1.0).map_or(f64::NAN, |t| t.inverse_cdf(0.975) * sem)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_t_test_gives_the_published_random_reward_numbers() {
        // Correlations of the eight mice of Jeong et al. 2022 with the drop's number, and their published t and P.
        let r = [0.3594, 0.6764, 0.0678, 0.1153, 0.1546, 0.4277, 0.2975, 0.3729];
        let test = t_test(&r).unwrap();
        assert!((test.t - 4.4058).abs() < 2e-3 && (test.p - 0.00313).abs() < 2e-5, "{test:?}");
    }

    #[test]
    fn correlation_of_a_line_is_one_and_of_a_constant_undefined() {
        let x = [1.0, 2.0, f64::NAN, 4.0];
        assert!((correlation(&x, &[2.0, 4.0, 6.0, 8.0]) - 1.0).abs() < 1e-15);
        assert!(correlation(&x, &[3.0; 4]).is_nan());
    }
}
