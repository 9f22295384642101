//! The evidence of responses for a theory's dopamine, with gain, offsets, drift and noise integrated out exactly.
//!
//! y = a + b_s + c_s·u + Σ_k g_k·z_k + ε, ε ~ N(0, σ²): a the subject's offset, b_s the session's, c_s its slow drift
//! over the session (u from −½ to ½), g_k the gain of channel k. With a ~ N(0, 10σ²), b_s and c_s ~ N(0, σ²/4),
//! g_k ~ N(0, σ²/K) and σ² ~ InvGamma(1, ½), for responses and dopamine scaled to unit variance, the marginal is a
//! multivariate Student t (Gelman et al. 2013, section 14.2). [key: gelman2013] K is the number of channels that vary:
//! beforehand every theory's dopamine explains as much, however many channels it has.

use nalgebra::{DMatrix, DVector};
use statrs::function::gamma::ln_gamma;

/// Prior variance of the subject's offset, in units of the noise variance.
pub const OFFSET: f64 = 10.0;
/// Prior variance of a session's offset and of its drift.
pub const SESSION: f64 = 0.25;
/// Prior variance of the gains of a theory together.
pub const GAIN: f64 = 1.0;
/// Shape of the noise variance's prior.
pub const SHAPE: f64 = 1.0;
/// Scale of the noise variance's prior.
pub const SCALE: f64 = 0.5;

/// The part of the model that no theory changes: offsets and drifts over the first `n` responses.
#[derive(Clone, Debug)]
pub struct Nuisance {
    sessions: Vec<usize>,
    places: Vec<f64>,
    count: usize,
    /// (Zᵀ·Z + Λ⁻¹)⁻¹ with Z the design of offsets and drifts.
    inner: DMatrix<f64>,
    log_det: f64,
}

/// What is known of the coefficients after the responses.
#[derive(Clone, Debug)]
pub struct Posterior {
    /// Mean gain of each channel, in the responses' unit per unit of scaled dopamine.
    pub gains: Vec<f64>,
    /// Fitted responses.
    pub fitted: Vec<f64>,
    /// Fitted responses without the channels: offsets and drift alone.
    pub without: Vec<f64>,
    /// Posterior mean of the noise's standard deviation, in the responses' unit.
    pub noise: f64,
}

impl Nuisance {
    /// For responses in these sessions (counted from 0) at these places (−½ to ½).
    #[must_use]
    pub fn new(sessions: &[usize], places: &[f64]) -> Self {
        let count = sessions.iter().max().map_or(0, |s| s + 1);
        let size = 1 + 2 * count;
        let mut precision = DMatrix::zeros(size, size);
        precision[(0, 0)] = 1.0 / OFFSET;
        for i in 1..size {
            precision[(i, i)] = 1.0 / SESSION;
        }
        for (&s, &u) in sessions.iter().zip(places) {
            let (b, c) = (1 + 2 * s, 2 + 2 * s);
            for (i, j, x) in [(0, 0, 1.0), (0, b, 1.0), (0, c, u), (b, b, 1.0), (b, c, u), (c, c, u * u)] {
                precision[(i, j)] += x;
                if i != j {
                    precision[(j, i)] += x;
                }
            }
        }
        let prior = OFFSET.ln() + 2.0 * count as f64 * SESSION.ln();
        let (inner, log_det) = match precision.cholesky() {
            Some(c) => {
                let log_det = c.l().diagonal().iter().map(|d| 2.0 * d.ln()).sum::<f64>();
                (c.inverse(), prior + log_det)
            }
            None => (DMatrix::zeros(size, size), f64::NAN),
        };
        Self { sessions: sessions.to_vec(), places: places.to_vec(), count, inner, log_det }
    }

    /// Zᵀ·x.
    fn project(&self, x: &[f64]) -> DVector<f64> {
        let mut sums = DVector::zeros(1 + 2 * self.count);
        for ((&s, &u), &x) in self.sessions.iter().zip(&self.places).zip(x) {
            sums[0] += x;
            sums[1 + 2 * s] += x;
            sums[2 + 2 * s] += x * u;
        }
        sums
    }

    /// xᵀ·V⁻¹·y with V = I + Z·Λ·Zᵀ, from the plain product and both projections.
    fn product(&self, plain: f64, x: &DVector<f64>, y: &DVector<f64>) -> f64 {
        plain - x.dot(&(&self.inner * y))
    }

    /// Z·(posterior mean of the offsets and drifts given residuals).
    fn smooth(&self, residuals: &[f64]) -> Vec<f64> {
        let c = &self.inner * self.project(residuals);
        let one = |(&s, &u): (&usize, &f64)| c[0] + c[1 + 2 * s] + c[2 + 2 * s] * u;
        self.sessions.iter().zip(&self.places).map(one).collect()
    }
}

fn dot(x: &[f64], y: &[f64]) -> f64 {
    x.iter().zip(y).map(|(a, b)| a * b).sum()
}

/// Prior variance of each gain.
fn gain_variance(channels: &[&[f64]]) -> f64 {
    let varying = channels.iter().filter(|z| z.iter().any(|v| *v != 0.0)).count();
    GAIN / varying.max(1) as f64
}

struct Solved {
    gains: DVector<f64>,
    quadratic: f64,
    log_det: f64,
}

fn solve(nuisance: &Nuisance, y: &[f64], channels: &[&[f64]]) -> Solved {
    let py = nuisance.project(y);
    let pz: Vec<DVector<f64>> = channels.iter().map(|z| nuisance.project(z)).collect();
    let yy = nuisance.product(dot(y, y), &py, &py);
    let k = channels.len();
    let prior = gain_variance(channels);
    let mut matrix = DMatrix::from_diagonal_element(k, k, 1.0 / prior);
    let mut vector = DVector::zeros(k);
    for i in 0..k {
        vector[i] = nuisance.product(dot(channels[i], y), &pz[i], &py);
        for j in 0..k {
            matrix[(i, j)] += nuisance.product(dot(channels[i], channels[j]), &pz[i], &pz[j]);
        }
    }
    match matrix.cholesky() {
        Some(c) => {
            let gains = c.solve(&vector);
            let log_det = c.l().diagonal().iter().map(|d| 2.0 * d.ln()).sum::<f64>() + k as f64 * prior.ln();
            Solved { quadratic: yy - vector.dot(&gains), gains, log_det: nuisance.log_det + log_det }
        }
        None => Solved { gains: DVector::zeros(k), quadratic: f64::NAN, log_det: f64::NAN },
    }
}

/// The logarithm of the marginal density of scaled responses `y` under scaled `channels`.
#[must_use]
pub fn log_evidence(nuisance: &Nuisance, y: &[f64], channels: &[&[f64]]) -> f64 {
    let solved = solve(nuisance, y, channels);
    let n = y.len() as f64;
    let shape = SHAPE + 0.5 * n;
    SHAPE * SCALE.ln() - shape * (SCALE + 0.5 * solved.quadratic).ln() + ln_gamma(shape)
        - ln_gamma(SHAPE)
        - 0.5 * solved.log_det
        - 0.5 * n * std::f64::consts::TAU.ln()
}

/// What is known of gains, offsets and noise after scaled responses `y` (scaled by `unit`).
#[must_use]
pub fn posterior(nuisance: &Nuisance, y: &[f64], channels: &[&[f64]], scale: Scale) -> Posterior {
    let solved = solve(nuisance, y, channels);
    let by_channels: Vec<f64> =
        (0..y.len()).map(|i| channels.iter().zip(&solved.gains).map(|(z, g)| z[i] * g).sum()).collect();
    let residuals: Vec<f64> = y.iter().zip(&by_channels).map(|(y, f)| y - f).collect();
    let offsets = nuisance.smooth(&residuals);
    let shape = SHAPE + 0.5 * y.len() as f64;
    let variance = (SCALE + 0.5 * solved.quadratic) / (shape - 1.0).max(0.5);
    let back = |x: f64| scale.mean + scale.sd * x;
    Posterior {
        gains: solved.gains.iter().map(|g| g * scale.sd).collect(),
        fitted: by_channels.iter().zip(&offsets).map(|(f, o)| back(f + o)).collect(),
        without: offsets.iter().map(|o| back(*o)).collect(),
        noise: variance.sqrt() * scale.sd,
    }
}

/// A mean and a standard deviation by which numbers are scaled.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    /// The mean.
    pub mean: f64,
    /// The standard deviation; 1 for numbers without any.
    pub sd: f64,
}

impl Scale {
    /// Of these numbers.
    #[must_use]
    pub fn of(values: &[f64]) -> Self {
        let n = values.len().max(1) as f64;
        let mean = values.iter().sum::<f64>() / n;
        let sd = (values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / n).sqrt();
        // A spread of rounding alone is none.
        let sd = if sd.is_finite() && sd > 1e-12 * mean.abs().max(1e-300) { sd } else { 1.0 };
        Self { mean, sd }
    }

    /// The numbers, scaled.
    #[must_use]
    pub fn apply(&self, values: &[f64]) -> Vec<f64> {
        values.iter().map(|v| (v - self.mean) / self.sd).collect()
    }
}

/// Dopamine beyond this has diverged.
const DIVERGED: f64 = 1e12;

/// Dopamine scaled over all scored events of a subject: a property of the design, not of the responses. A channel that
/// never varies, has diverged or is not a number says nothing and becomes zero.
#[must_use]
pub fn scaled_channels(channels: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let scale = |z: &Vec<f64>| {
        if z.iter().any(|v| v.is_nan() || v.abs() > DIVERGED) {
            return vec![0.0; z.len()];
        }
        let s = Scale::of(z);
        if s.sd == 1.0 && z.iter().all(|v| (v - s.mean).abs() < 1e-9 * s.mean.abs().max(1e-300)) {
            return vec![0.0; z.len()];
        }
        s.apply(z)
    };
    channels.iter().map(scale).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The same density from its definition: a multivariate Student t with its full covariance matrix.
    fn dense(sessions: &[usize], places: &[f64], y: &[f64], channels: &[&[f64]]) -> f64 {
        let n = y.len();
        let mut v = DMatrix::identity(n, n);
        for i in 0..n {
            for j in 0..n {
                v[(i, j)] += OFFSET;
                if sessions[i] == sessions[j] {
                    v[(i, j)] += SESSION * (1.0 + places[i] * places[j]);
                }
                for z in channels {
                    v[(i, j)] += GAIN / channels.len() as f64 * z[i] * z[j];
                }
            }
        }
        let (df, location) = (2.0 * SHAPE, DVector::from_column_slice(y));
        let sigma = v * (SCALE / SHAPE);
        let c = sigma.cholesky().unwrap();
        let log_det: f64 = c.l().diagonal().iter().map(|d| 2.0 * d.ln()).sum();
        let quadratic = location.dot(&c.solve(&location));
        let n = n as f64;
        ln_gamma(0.5 * (df + n))
            - ln_gamma(0.5 * df)
            - 0.5 * n * (df * std::f64::consts::PI).ln()
            - 0.5 * log_det
            - 0.5 * (df + n) * (quadratic / df).ln_1p()
    }

    #[test]
    fn the_evidence_is_the_multivariate_t_density_of_its_definition() {
        let sessions = [0, 0, 0, 1, 1, 2, 2, 2, 2];
        let places = [-0.4, 0.0, 0.3, -0.2, 0.45, -0.5, -0.1, 0.2, 0.4];
        let y = [0.3, -1.2, 0.8, 1.9, -0.4, 0.1, 0.6, -0.9, -1.1];
        let a = [1.0, 0.2, -0.7, 0.4, 0.9, -1.3, 0.8, 0.1, -0.6];
        let b = [0.5, -0.1, 0.3, -1.4, 0.2, 1.0, -0.8, 0.6, -0.2];
        let nuisance = Nuisance::new(&sessions, &places);
        for channels in [vec![], vec![&a[..]], vec![&a[..], &b[..]]] {
            let ours = log_evidence(&nuisance, &y, &channels);
            let theirs = dense(&sessions, &places, &y, &channels);
            assert!((ours - theirs).abs() < 1e-10, "{ours} against {theirs}");
        }
    }
}
