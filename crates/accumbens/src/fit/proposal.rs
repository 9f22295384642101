//! Draws from distributions around what a search found, and weighs all draws by the mixture that they came from (Cornuet
//! et al. 2012). [key: cornuet2012]

use super::search::Space;
use super::statistics::{effective, log_mean};
use nalgebra::{DMatrix, DVector};
use rand::Rng;
use rand_distr::{ChiSquared, Distribution, StandardNormal};
use statrs::function::gamma::ln_gamma;

/// Degrees of freedom of the distributions that are drawn from.
const HEAVY: f64 = 5.0;
/// The least spread of what is drawn from, in standard scores of the priors.
const NARROW: f64 = 0.03;

/// A point with what it is worth.
pub(super) struct Point {
    /// Standard scores.
    pub z: Vec<f64>,
    /// Log evidence of responses and of choices.
    pub log: [f64; 2],
}

impl Point {
    /// Log evidence of both; the worst where that is no number.
    pub fn log(&self) -> f64 {
        let sum = self.log[0] + self.log[1];
        if sum.is_nan() { f64::NEG_INFINITY } else { sum }
    }
}

/// Student distributions with one shape, alike in number of draws.
pub(super) struct Proposal {
    centres: Vec<DVector<f64>>,
    factor: DMatrix<f64>,
    /// How many draws.
    pub draws: usize,
}

impl Proposal {
    /// Around these centres, with this covariance made safe.
    pub fn new(centres: Vec<DVector<f64>>, covariance: DMatrix<f64>, draws: usize) -> Option<Self> {
        let d = covariance.nrows();
        let safe = covariance + DMatrix::from_diagonal_element(d, d, NARROW * NARROW);
        Some(Self { centres, factor: safe.cholesky()?.l(), draws })
    }

    /// The draw of this number.
    pub fn draw(&self, number: usize, rng: &mut impl Rng) -> Vec<f64> {
        let centre = &self.centres[number % self.centres.len()];
        let z = DVector::from_fn(centre.len(), |_, _| StandardNormal.sample(rng));
        let heavy: f64 = ChiSquared::new(HEAVY).map_or(HEAVY, |c| c.sample(rng));
        (centre + &self.factor * z * (HEAVY / heavy).sqrt()).as_slice().to_vec()
    }

    /// ln of its density.
    fn density(&self, z: &[f64]) -> f64 {
        let d = z.len() as f64;
        let constant = ln_gamma(0.5 * (HEAVY + d))
            - ln_gamma(0.5 * HEAVY)
            - 0.5 * d * (HEAVY * std::f64::consts::PI).ln()
            - self.factor.diagonal().iter().map(|x| x.ln()).sum::<f64>();
        let one = |centre: &DVector<f64>| {
            let mut x = DVector::from_column_slice(z) - centre;
            self.factor.solve_lower_triangular_mut(&mut x);
            constant - 0.5 * (HEAVY + d) * (x.norm_squared() / HEAVY).ln_1p()
        };
        log_mean(&self.centres.iter().map(one).collect::<Vec<_>>())
    }
}

/// The mean and covariance of points under weights that add up to 1.
pub(super) fn moments<'a>(
    points: impl Iterator<Item = (&'a [f64], f64)> + Clone,
    d: usize,
) -> (DVector<f64>, DMatrix<f64>) {
    let vector = |z: &[f64]| DVector::from_column_slice(z);
    let mean = points.clone().fold(DVector::zeros(d), |m, (z, w)| m + vector(z) * w);
    let covariance = points.fold(DMatrix::zeros(d, d), |c, (z, w)| {
        let x = vector(z) - &mean;
        c + &x * x.transpose() * w
    });
    (mean, covariance)
}

/// Weights that add up to 1 from their logarithms; none where no point is any good.
pub(super) fn normalised(logs: &[f64]) -> Option<Vec<f64>> {
    let top = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let sum: f64 = logs.iter().map(|l| (l - top).exp()).sum();
    (top.is_finite() && sum.is_finite()).then(|| logs.iter().map(|l| (l - top).exp() / sum).collect())
}

/// ln of each draw's weight: its prior density over that of the mixture that all were drawn from.
pub(super) fn weigh(draws: &[Point], space: &Space, design: usize, proposals: &[Proposal]) -> Vec<f64> {
    let total = draws.len() as f64;
    let one = |p: &Point| {
        let prior = space.log_prior(&p.z);
        let mut parts = vec![prior + (design as f64 / total).ln()];
        parts.extend(proposals.iter().map(|q| q.density(&p.z) + (q.draws as f64 / total).ln()));
        let mixture = log_mean(&parts) + (parts.len() as f64).ln();
        prior - mixture
    };
    draws.iter().map(one).collect()
}

/// The next distribution to draw from: around the mean of what was weighed, where that rests on enough draws.
pub(super) fn next(draws: &[Point], weights: &[f64], proposals: &[Proposal], count: usize) -> Option<Proposal> {
    let logs: Vec<f64> = draws.iter().zip(weights).map(|(p, w)| p.log() + w).collect();
    let shares = normalised(&logs)?;
    let effective = effective(&shares);
    let d = draws[0].z.len();
    if effective > 2.0 * d as f64 {
        let (mean, covariance) = moments(draws.iter().map(|p| p.z.as_slice()).zip(shares.iter().copied()), d);
        return Proposal::new(vec![mean], covariance * 1.2, count);
    }
    let best = draws.iter().max_by(|a, b| a.log().total_cmp(&b.log()))?;
    let last = proposals.last()?;
    let narrower = &last.factor * last.factor.transpose() * 0.25;
    Proposal::new(vec![DVector::from_column_slice(&best.z)], narrower, count)
}

#[cfg(test)]
mod tests {
    use super::*;
    use accumbens_core::Seed;

    /// ln of the integral of a normal likelihood of this centre and spread in `d` dimensions over standard normal priors.
    fn exact(centre: f64, spread: f64, d: usize) -> f64 {
        let variance = 1.0 + spread * spread;
        let one = -0.5 * (centre * centre / variance + (variance / (spread * spread)).ln());
        d as f64 * one
    }

    #[test]
    fn a_narrow_likelihood_far_from_the_median_has_the_evidence_of_its_closed_form() {
        let space = Space::of(crate::theories::by_name("anccr").unwrap().as_ref());
        let d = space.dimensions();
        for (centre, spread) in [(0.0, 1.0), (1.2, 0.3), (-1.5, 0.1)] {
            let like = |z: &[f64]| z.iter().map(|z| -0.5 * ((z - centre) / spread).powi(2)).sum::<f64>();
            let point = |z: Vec<f64>| Point { log: [like(&z), 0.0], z };
            let mut draws: Vec<Point> = space.design(128).into_iter().map(point).collect();
            // As a search leaves it: not quite at the top, and with a rough idea of the spread.
            let found = DVector::from_element(d, centre + 0.3 * spread);
            let wide = DMatrix::from_diagonal_element(d, d, (1.6 * spread).powi(2));
            let mut proposals = vec![Proposal::new(vec![found], wide, 48).unwrap()];
            let mut rng = Seed(7).stream("proposal");
            for round in 0..2 {
                let last = &proposals[round];
                let more: Vec<Vec<f64>> = (0..last.draws).map(|i| last.draw(i, &mut rng)).collect();
                draws.extend(more.into_iter().map(point));
                let weights = weigh(&draws, &space, 128, &proposals);
                if round == 0 {
                    proposals.extend(next(&draws, &weights, &proposals, 48));
                } else {
                    let logs: Vec<f64> = draws.iter().zip(&weights).map(|(p, w)| p.log() + w).collect();
                    let (ours, truth) = (log_mean(&logs), exact(centre, spread, d));
                    assert!((ours - truth).abs() < 0.5, "{d} parameters, {centre} ± {spread}: {ours} against {truth}");
                }
            }
        }
    }
}
