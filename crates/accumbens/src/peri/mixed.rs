//! Linear mixed models with a random intercept a subject, by restricted maximum likelihood.
//!
//! With V = σ²(I + λ 11ᵀ) within a subject, everything the likelihood needs are sums over each subject, so that one fit
//! costs a few dozen looks at small matrices, however many trials there are.
//!
//! The errors of the model hold where its trials are independent and subjects differ in their mean alone. Those between
//! subjects ([`between`]) need neither: each subject is one observation.

use nalgebra::{DMatrix, DVector};
use serde::Serialize;

/// A fitted model.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Fitted {
    /// Fixed effects.
    pub beta: Vec<f64>,
    /// Their standard errors.
    pub errors: Vec<f64>,
    /// Variance within subjects.
    pub residual: f64,
    /// Variance between subjects.
    pub between: f64,
    /// Twice the negative restricted log likelihood.
    pub deviance: f64,
    /// Observations.
    pub observations: usize,
}

impl Fitted {
    fn parameters(&self) -> f64 {
        self.beta.len() as f64 + 2.0
    }

    /// Akaike's criterion, of the restricted likelihood.
    #[must_use]
    pub fn aic(&self) -> f64 {
        self.deviance + 2.0 * self.parameters()
    }

    /// The Bayesian criterion, of the restricted likelihood.
    #[must_use]
    pub fn bic(&self) -> f64 {
        self.deviance + (self.observations as f64).ln() * self.parameters()
    }
}

/// The sums of one subject.
#[derive(Clone, Debug)]
pub struct Sums {
    n: f64,
    xx: DMatrix<f64>,
    x: DVector<f64>,
    xy: DVector<f64>,
    y: f64,
    yy: f64,
}

impl Sums {
    /// No observation yet, of `p` fixed effects.
    #[must_use]
    pub fn new(p: usize) -> Self {
        let (xx, x) = (DMatrix::zeros(p, p), DVector::zeros(p));
        Self { n: 0.0, xy: x.clone(), xx, x, y: 0.0, yy: 0.0 }
    }

    /// Adds an observation.
    pub fn add(&mut self, row: &[f64], y: f64) {
        self.n += 1.0;
        self.y += y;
        self.yy += y * y;
        for (i, a) in row.iter().enumerate() {
            self.x[i] += a;
            self.xy[i] += a * y;
            for (j, b) in row.iter().enumerate() {
                self.xx[(i, j)] += a * b;
            }
        }
    }
}

/// The likelihood at one ratio of variances, with what it is made of.
struct At {
    deviance: f64,
    beta: DVector<f64>,
    inverse: DMatrix<f64>,
    residual: f64,
}

fn at(subjects: &[&Sums], ratio: f64) -> Option<At> {
    let p = subjects.first()?.x.len();
    let (mut xx, mut xy, mut yy) = (DMatrix::zeros(p, p), DVector::zeros(p), 0.0);
    let (mut n, mut log) = (0.0, 0.0);
    for s in subjects {
        let c = ratio / (1.0 + ratio * s.n);
        xx += &s.xx - &s.x * s.x.transpose() * c;
        xy += &s.xy - &s.x * (c * s.y);
        yy += s.yy - c * s.y * s.y;
        n += s.n;
        log += (ratio * s.n).ln_1p();
    }
    let free = n - p as f64;
    let factor = xx.cholesky()?;
    let beta = factor.solve(&xy);
    let residual = (yy - beta.dot(&xy)) / free;
    if free <= 0.0 || residual.is_nan() || residual <= 0.0 {
        return None;
    }
    let determinant: f64 = factor.l().diagonal().iter().map(|d| 2.0 * d.ln()).sum();
    let deviance = free * (1.0 + (std::f64::consts::TAU * residual).ln()) + log + determinant;
    Some(At { deviance, beta, inverse: factor.inverse(), residual })
}

/// Fits the model to the sums of its subjects; `None` where the effects cannot be told apart or nothing varies.
#[must_use]
pub fn fit(subjects: &[&Sums]) -> Option<Fitted> {
    let deviance = |log: f64| at(subjects, log.exp()).map_or(f64::INFINITY, |a| a.deviance);
    // A look over fourteen orders of magnitude, then a golden section around the best.
    let grid: Vec<f64> = (0..33).map(|i| -16.0 + f64::from(i)).collect();
    let best = grid.iter().copied().min_by(|a, b| deviance(*a).total_cmp(&deviance(*b)))?;
    let (mut low, mut high) = (best - 1.0, best + 1.0);
    let golden = 0.5 * (5.0_f64.sqrt() - 1.0);
    let (mut a, mut b) = (high - golden * (high - low), low + golden * (high - low));
    let (mut at_a, mut at_b) = (deviance(a), deviance(b));
    for _ in 0..40 {
        if at_a < at_b {
            (high, b, at_b) = (b, a, at_a);
            a = high - golden * (high - low);
            at_a = deviance(a);
        } else {
            (low, a, at_a) = (a, b, at_b);
            b = low + golden * (high - low);
            at_b = deviance(b);
        }
    }
    let ratio = (0.5 * (low + high)).exp();
    let (none, some) = (at(subjects, 0.0), at(subjects, ratio));
    let (ratio, found) = match (none, some) {
        (Some(none), Some(some)) if none.deviance <= some.deviance => (0.0, none),
        (_, Some(some)) => (ratio, some),
        (Some(none), None) => (0.0, none),
        (None, None) => return None,
    };
    let errors = found.inverse.diagonal().iter().map(|d| (d * found.residual).sqrt()).collect();
    Some(Fitted {
        beta: found.beta.iter().copied().collect(),
        errors,
        residual: found.residual,
        between: ratio * found.residual,
        deviance: found.deviance,
        observations: subjects.iter().map(|s| s.n).sum::<f64>() as usize,
    })
}

/// What each subject adds to the estimate of one effect, beside what the effect is in the other subjects.
#[derive(Clone, Debug, PartialEq)]
pub struct Between {
    /// The deviation of each subject: their squares add up to the squared error.
    pub deviations: Vec<f64>,
    /// Degrees of freedom of the error.
    pub df: f64,
    /// The share of the model's variance that subjects' intercepts make, 0 to 1.
    pub intercepts: f64,
}

impl Between {
    /// The standard error between subjects.
    #[must_use]
    pub fn error(&self) -> f64 {
        self.deviations.iter().map(|d| d * d).sum::<f64>().sqrt()
    }
}

/// Errors between subjects of a model's effects: the bias-reduced sandwich CR2 with Satterthwaite's degrees of freedom
/// under the model, after Bell and McCaffrey (Pustejovsky and Tipton 2018 [pustejovsky2018]). With one effect and as many
/// trials a subject it is the t-test of the subjects' means. `None` for an effect that one subject alone tells of.
#[must_use]
pub fn between(subjects: &[&Sums], fitted: &Fitted) -> Vec<Option<Between>> {
    let effects = fitted.beta.len();
    let sandwich = Sandwich::new(subjects, fitted);
    (0..effects).map(|k| sandwich.as_ref()?.effect(k)).collect()
}

/// What is left of a subject's residuals where it alone tells of an effect, but for rounding.
const ALONE: f64 = 1e-9;

type Eigen = nalgebra::SymmetricEigen<f64, nalgebra::Dyn>;

/// What the errors between subjects are made of.
struct Sandwich<'a> {
    subjects: &'a [&'a Sums],
    /// The variance between subjects over that within.
    ratio: f64,
    /// X'V⁻¹X of each subject.
    weights: Vec<DMatrix<f64>>,
    /// X'V⁻¹ times the residuals of each subject.
    scores: Vec<DVector<f64>>,
    /// The inverse of the sum of the weights, and its square root.
    inverse: DMatrix<f64>,
    root: DMatrix<f64>,
    /// The share of each subject in the sum of the weights.
    leverage: Vec<Eigen>,
}

impl<'a> Sandwich<'a> {
    fn new(subjects: &'a [&'a Sums], fitted: &Fitted) -> Option<Self> {
        let ratio = fitted.between / fitted.residual;
        let beta = DVector::from_column_slice(&fitted.beta);
        let shrunk = |s: &Sums| ratio / (1.0 + ratio * s.n);
        let weights: Vec<DMatrix<f64>> = subjects.iter().map(|s| &s.xx - &s.x * s.x.transpose() * shrunk(s)).collect();
        let all = weights.iter().fold(DMatrix::zeros(beta.len(), beta.len()), |sum, w| sum + w).symmetric_eigen();
        if all.eigenvalues.iter().any(|e| e.is_nan() || *e <= 0.0) {
            return None;
        }
        let power = |p: f64| {
            let scaled = DMatrix::from_diagonal(&all.eigenvalues.map(|e| e.powf(p)));
            &all.eigenvectors * scaled * all.eigenvectors.transpose()
        };
        let (inverse, root) = (power(-1.0), power(-0.5));
        let targets = subjects.iter().map(|s| &s.xy - &s.x * (shrunk(s) * s.y));
        let scores = targets.zip(&weights).map(|(xy, w)| xy - w * &beta).collect();
        let leverage = weights.iter().map(|w| (&root * w * &root).symmetric_eigen()).collect();
        Some(Self { subjects, ratio, weights, scores, inverse, root, leverage })
    }

    /// The weights of one subject in an effect, made larger by what its own leverage takes from its residuals.
    fn enlarged(&self, own: &Eigen, effect: usize) -> Option<DVector<f64>> {
        let wanted = self.root.column(effect);
        let mut total = DVector::zeros(wanted.len());
        for (vector, value) in own.eigenvectors.column_iter().zip(own.eigenvalues.iter()) {
            let (left, along) = (1.0 - value, vector.dot(&wanted));
            if left > ALONE {
                total += vector * (along / left.sqrt());
            } else if along.abs() > ALONE * wanted.norm() {
                return None;
            }
        }
        Some(&self.root * total)
    }

    fn effect(&self, k: usize) -> Option<Between> {
        let enlarged = self.leverage.iter().map(|own| self.enlarged(own, k)).collect::<Option<Vec<_>>>()?;
        let through: Vec<DVector<f64>> = enlarged.iter().zip(&self.weights).map(|(a, w)| w * a).collect();
        let zero = DMatrix::zeros(self.root.nrows(), self.root.nrows());
        let crossed = &self.inverse * through.iter().fold(zero, |sum, g| sum + g * g.transpose());
        let (mut trace, mut squares) = (0.0, (&crossed * &crossed).trace());
        for (a, g) in enlarged.iter().zip(&through) {
            let (own, shared) = (a.dot(g), g.dot(&(&self.inverse * g)));
            trace += own - shared;
            squares += own * (own - 2.0 * shared);
        }
        let spread = |s: &&Sums| ((self.inverse.row(k) * &s.x)[0] / (1.0 + self.ratio * s.n)).powi(2);
        let intercepts = self.ratio * self.subjects.iter().map(spread).sum::<f64>() / self.inverse[(k, k)];
        Some(Between {
            deviations: enlarged.iter().zip(&self.scores).map(|(a, s)| a.dot(s)).collect(),
            df: trace * trace / squares,
            intercepts: intercepts.min(1.0),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fit::statistics::t_test;

    #[test]
    fn with_as_many_trials_a_subject_errors_between_subjects_are_those_of_the_t_test() {
        let subject = |mean: f64, more: f64| {
            let mut sums = Sums::new(2);
            for i in 0..12 {
                let (second, noise) = (f64::from(i % 2), f64::from((i * 5) % 7) * 0.1);
                sums.add(&[1.0, second], mean + more * second + noise);
            }
            sums
        };
        let (means, more) = ([1.0, 2.5, 0.4, 3.1, 2.2], [0.5, -0.2, 0.9, 0.1, 1.4]);
        let sums: Vec<Sums> = means.iter().zip(more).map(|(m, d)| subject(*m, d)).collect();
        let subjects: Vec<&Sums> = sums.iter().collect();
        let found = between(&subjects, &fit(&subjects).unwrap());
        for (found, values) in found.iter().zip([means, more]) {
            let (found, test) = (found.as_ref().unwrap(), t_test(&values).unwrap());
            assert!((found.error() - test.sem).abs() < 1e-9 && (found.df - test.df).abs() < 1e-6, "{found:?} {test:?}");
        }
    }

    #[test]
    fn an_effect_that_one_subject_alone_tells_of_has_no_error_between_subjects() {
        let subject = |second: bool| {
            let mut sums = Sums::new(2);
            (0..10).for_each(|i| sums.add(&[1.0, f64::from(u8::from(second && i > 4))], f64::from(i * i % 7)));
            sums
        };
        let sums = [subject(false), subject(false), subject(false), subject(true)];
        let subjects: Vec<&Sums> = sums.iter().collect();
        let found = between(&subjects, &fit(&subjects).unwrap());
        assert!(found[1].is_none() && found[0].is_some(), "{found:?}");
    }
}
