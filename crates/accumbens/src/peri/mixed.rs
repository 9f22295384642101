//! Linear mixed models with a random intercept a subject, by restricted maximum likelihood.
//!
//! With V = σ²(I + λ 11ᵀ) within a subject, everything the likelihood needs are sums over each subject, so that one fit
//! costs a few dozen looks at small matrices, however many trials there are.

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
    for _ in 0..60 {
        let (a, b) = (high - golden * (high - low), low + golden * (high - low));
        if deviance(a) < deviance(b) { high = b } else { low = a }
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

/// The fixed effects where the ratio of the variances between and within subjects is known.
#[must_use]
pub fn fit_at(subjects: &[&Sums], ratio: f64) -> Option<Vec<f64>> {
    at(subjects, ratio).map(|a| a.beta.iter().copied().collect())
}
