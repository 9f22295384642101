//! Searches a theory's parameters: a shared quasi-random design first, then CMA-ES from its best points.
//!
//! All searching is done in standard scores of the priors, where each prior is N(0, 1) (Hansen & Ostermeier 2001).

use super::statistics::effective;
use accumbens_core::params::Prior;
use accumbens_core::{AnyTheory, Result};
use nalgebra::{DMatrix, DVector, SymmetricEigen};
use rand::Rng;
use rand_distr::{Distribution, StandardNormal};
use statrs::distribution::{ContinuousCDF, Normal};

/// The fitted parameters of a theory: their places in its table, with their priors.
#[derive(Clone, Debug)]
pub struct Space {
    places: Vec<(usize, Prior)>,
}

impl Space {
    /// Of this theory: what it says is fitted, with its options as they are set.
    #[must_use]
    pub fn of(theory: &dyn AnyTheory) -> Self {
        Self { places: theory.fitted() }
    }

    /// How many parameters are fitted.
    #[must_use]
    pub fn dimensions(&self) -> usize {
        self.places.len()
    }

    /// The theory with its fitted parameters at these standard scores.
    ///
    /// # Errors
    /// Where a value is outside its domain.
    pub fn at(&self, theory: &dyn AnyTheory, z: &[f64]) -> Result<Box<dyn AnyTheory>> {
        let mut theory = theory.boxed();
        for ((place, prior), z) in self.places.iter().zip(z) {
            theory.set(*place, prior.value(*z))?;
        }
        Ok(theory)
    }

    /// The logarithm of the prior density in standard scores.
    #[must_use]
    pub fn log_prior(&self, z: &[f64]) -> f64 {
        z.iter().map(|z| -0.5 * (z * z + std::f64::consts::TAU.ln())).sum()
    }

    /// `count` points of a low-discrepancy sequence under the prior; the first is the prior's median. A theory without
    /// fitted parameters has one point.
    #[must_use]
    pub fn design(&self, count: usize) -> Vec<Vec<f64>> {
        spread(self.dimensions(), count)
    }
}

/// `count` points of a low-discrepancy sequence under independent normals of `d` dimensions; the first is 0. Without dimensions
/// one point.
#[must_use]
pub fn spread(d: usize, count: usize) -> Vec<Vec<f64>> {
    if d == 0 {
        return vec![Vec::new()];
    }
    // The additive recurrence of the generalised golden ratio: φ^(d+1) = φ + 1.
    let phi = (0..64).fold(2.0_f64, |phi, _| (1.0 + phi).powf(1.0 / (d as f64 + 1.0)));
    let normal = Normal::standard();
    let point = |i: usize| {
        let coordinate = |j: usize| (0.5 + i as f64 * phi.powi(-(j as i32 + 1))).fract();
        (0..d).map(|j| normal.inverse_cdf(coordinate(j).clamp(1e-6, 1.0 - 1e-6))).collect()
    };
    (0..count).map(point).collect()
}

/// Maximises `f` by CMA-ES from `start` with first step `sigma`, in at most `evaluations` calls; returns the best point
/// seen and its value. A value that is not a number counts as the worst.
pub fn maximise(
    mut f: impl FnMut(&[f64]) -> f64,
    start: &[f64],
    sigma: f64,
    evaluations: usize,
    rng: &mut impl Rng,
) -> (Vec<f64>, f64) {
    let mut best = (start.to_vec(), worst_if_nan(f(start)));
    if start.is_empty() {
        return best;
    }
    let mut state = Cma::new(start, sigma);
    let mut used = 1;
    while used + state.population <= evaluations && state.sigma > 1e-6 && state.sigma < 1e3 {
        let mut generation: Vec<(DVector<f64>, DVector<f64>, f64)> = Vec::with_capacity(state.population);
        for _ in 0..state.population {
            let y = state.step(rng);
            let x = &state.mean + &y * state.sigma;
            let value = worst_if_nan(f(x.as_slice()));
            if value > best.1 {
                best = (x.as_slice().to_vec(), value);
            }
            generation.push((x, y, value));
        }
        used += state.population;
        generation.sort_by(|a, b| b.2.total_cmp(&a.2));
        state.update(&generation.into_iter().map(|g| g.1).collect::<Vec<_>>());
    }
    best
}

fn worst_if_nan(value: f64) -> f64 {
    if value.is_nan() { f64::NEG_INFINITY } else { value }
}

/// The state of CMA-ES, with the standard constants of its dimension.
struct Cma {
    n: f64,
    population: usize,
    weights: Vec<f64>,
    mass: f64,
    mean: DVector<f64>,
    sigma: f64,
    covariance: DMatrix<f64>,
    axes: DMatrix<f64>,
    lengths: DVector<f64>,
    path_sigma: DVector<f64>,
    path: DVector<f64>,
    generation: i32,
}

impl Cma {
    fn new(start: &[f64], sigma: f64) -> Self {
        let d = start.len();
        let n = d as f64;
        let population = 4 + (3.0 * n.ln()).floor() as usize;
        let parents = population / 2;
        let raw: Vec<f64> =
            (0..parents).map(|i| ((population as f64 + 1.0) / 2.0).ln() - ((i + 1) as f64).ln()).collect();
        let total: f64 = raw.iter().sum();
        let weights: Vec<f64> = raw.iter().map(|w| w / total).collect();
        let mass = effective(&weights);
        Self {
            n,
            population,
            weights,
            mass,
            mean: DVector::from_column_slice(start),
            sigma,
            covariance: DMatrix::identity(d, d),
            axes: DMatrix::identity(d, d),
            lengths: DVector::from_element(d, 1.0),
            path_sigma: DVector::zeros(d),
            path: DVector::zeros(d),
            generation: 0,
        }
    }

    /// A step ~ N(0, C).
    fn step(&self, rng: &mut impl Rng) -> DVector<f64> {
        let z = DVector::from_fn(self.mean.len(), |_, _| StandardNormal.sample(rng));
        &self.axes * z.component_mul(&self.lengths)
    }

    /// Moves to the weighted mean of the best steps and adapts step size and covariance.
    fn update(&mut self, steps: &[DVector<f64>]) {
        let (n, mass) = (self.n, self.mass);
        let c_sigma = (mass + 2.0) / (n + mass + 5.0);
        let damping = 1.0 + 2.0 * (((mass - 1.0) / (n + 1.0)).sqrt() - 1.0).max(0.0) + c_sigma;
        let c_path = (4.0 + mass / n) / (n + 4.0 + 2.0 * mass / n);
        let c_one = 2.0 / ((n + 1.3).powi(2) + mass);
        let c_mass = (2.0 * (mass - 2.0 + 1.0 / mass) / ((n + 2.0).powi(2) + mass)).min(1.0 - c_one);
        let expected = n.sqrt() * (1.0 - 1.0 / (4.0 * n) + 1.0 / (21.0 * n * n));
        let zero = DVector::zeros(self.mean.len());
        let move_ = self.weights.iter().zip(steps).fold(zero, |m, (w, y)| m + y * *w);
        self.mean += &move_ * self.sigma;
        let whitened = &self.axes * (self.axes.transpose() * &move_).component_div(&self.lengths);
        self.path_sigma = &self.path_sigma * (1.0 - c_sigma) + whitened * (c_sigma * (2.0 - c_sigma) * mass).sqrt();
        self.generation += 1;
        let length = self.path_sigma.norm() / (1.0 - (1.0 - c_sigma).powi(2 * self.generation)).sqrt();
        let stalled = if length < (1.4 + 2.0 / (n + 1.0)) * expected { 1.0 } else { 0.0 };
        self.path = &self.path * (1.0 - c_path) + &move_ * (stalled * (c_path * (2.0 - c_path) * mass).sqrt());
        let kept = 1.0 - c_one - c_mass + (1.0 - stalled) * c_one * c_path * (2.0 - c_path);
        let mut covariance = &self.covariance * kept + &self.path * self.path.transpose() * c_one;
        for (w, y) in self.weights.iter().zip(steps) {
            covariance += y * y.transpose() * (c_mass * w);
        }
        self.sigma *= ((c_sigma / damping) * (self.path_sigma.norm() / expected - 1.0)).exp();
        let eigen = SymmetricEigen::new(covariance.clone());
        if eigen.eigenvalues.iter().all(|v| v.is_finite() && *v > 1e-20) {
            self.covariance = covariance;
            self.lengths = eigen.eigenvalues.map(f64::sqrt);
            self.axes = eigen.eigenvectors;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use accumbens_core::Seed;

    #[test]
    fn cma_es_finds_the_known_optimum_of_a_rotated_ellipsoid_and_of_rosenbrock() {
        let mut rng = Seed(3).stream("test");
        let ellipsoid = |x: &[f64]| -((x[0] + x[1] - 3.0).powi(2) + 1e3 * (x[0] - x[1] + 1.0).powi(2));
        let (x, value) = maximise(ellipsoid, &[0.0, 0.0], 0.5, 2000, &mut rng);
        assert!((x[0] - 1.0).abs() < 1e-4 && (x[1] - 2.0).abs() < 1e-4 && value > -1e-8, "{x:?}");
        let rosenbrock =
            |x: &[f64]| -(0..3).map(|i| 100.0 * (x[i + 1] - x[i] * x[i]).powi(2) + (1.0 - x[i]).powi(2)).sum::<f64>();
        let (x, _) = maximise(rosenbrock, &[0.0; 4], 0.3, 12000, &mut rng);
        assert!(x.iter().all(|x| (x - 1.0).abs() < 1e-3), "{x:?}");
    }

    #[test]
    fn the_design_has_the_mean_and_variance_of_its_prior() {
        let theory = crate::theories::by_name("anccr").unwrap();
        let space = Space::of(theory.as_ref());
        let design = space.design(512);
        assert!(design[0].iter().all(|z| z.abs() < 1e-12));
        for j in 0..space.dimensions() {
            let mean = design.iter().map(|z| z[j]).sum::<f64>() / 512.0;
            let variance = design.iter().map(|z| z[j] * z[j]).sum::<f64>() / 512.0;
            // Closer than independent draws would be: their standard errors.
            assert!(
                mean.abs() < 1.0 / 512_f64.sqrt() && (variance - 1.0).abs() < (2.0 / 512_f64).sqrt(),
                "{mean} {variance}"
            );
        }
    }
}
