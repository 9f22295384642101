//! Fits a model to a subject's choices, and with them to latencies and dopamine.
//!
//! The likelihood of choices is the model's own. Logarithms of latencies and dopamine's answers add their evidence given what
//! the model says of each trial (how hard it was; the error of its outcome), with offsets, drift, gain and noise integrated
//! out ([`crate::fit::evidence`]): a model that explains choices alone gains nothing there. All searching is done in
//! standard scores of the priors; the evidence of a subject is Laplace's at the maximum. Groups: [`super::group`].

use super::beside::Beside;
use super::diffusion::Diffusion;
use super::model::{AnyModel, Trace};
use crate::fit::search::maximise;
use accumbens_core::choices::{Choices, Chooser};
use accumbens_core::{Error, Parameter, Prior, Result, Seed};
use nalgebra::{DMatrix, DVector, SymmetricEigen};
use rayon::prelude::*;

/// Step of differences, in standard scores.
const STEP: f64 = 1e-3;
/// The most turns of empirical Bayes, and of a climb.
const TURNS: usize = 25;
/// The least curvature that a direction of the likelihood alone is given.
const FLAT: f64 = 1e-9;

/// What is asked of the parameters beforehand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beforehand {
    /// Their priors.
    Priors,
    /// Nothing: maximum likelihood.
    Nothing,
}

/// The parameters of a model that are fitted.
#[derive(Clone, Debug)]
pub struct Fitted {
    /// Their places and priors.
    pub places: Vec<(usize, Prior)>,
    /// Their rows in the table.
    pub rows: Vec<Parameter>,
}

impl Fitted {
    /// Of a model: those with a prior.
    #[must_use]
    pub fn of(model: &dyn AnyModel) -> Self {
        let all = model.table().iter().enumerate().filter_map(|(i, p)| p.prior.map(|prior| ((i, prior), *p)));
        let (places, rows) = all.unzip();
        Self { places, rows }
    }

    /// Sets them to standard scores.
    pub fn put(&self, model: &mut dyn AnyModel, z: &[f64]) {
        for ((place, prior), z) in self.places.iter().zip(z) {
            model.put(*place, prior.value(*z));
        }
    }

    /// Their values at standard scores.
    #[must_use]
    pub fn values(&self, z: &[f64]) -> Vec<f64> {
        self.places.iter().zip(z).map(|((_, prior), z)| prior.value(*z)).collect()
    }
}

/// A subject, ready to be fitted.
pub struct Task<'a> {
    choices: &'a Choices,
    subject: &'a Chooser,
    pub(super) latencies: Option<Beside>,
    pub(super) dopamine: Option<Beside>,
    /// The longest latency, s; 0 where there is none.
    pub(super) longest: f64,
}

impl<'a> Task<'a> {
    /// Of a subject.
    #[must_use]
    pub fn new(choices: &'a Choices, subject: &'a Chooser) -> Self {
        let (latencies, dopamine) = (Beside::latencies(subject), Beside::dopamine(subject));
        let longest = subject.trials.iter().map(|t| t.latency).filter(|l| *l > 0.0).fold(0.0, f64::max);
        Self { choices, subject, latencies, dopamine, longest }
    }

    /// The log-likelihood of choices, latencies and dopamine.
    ///
    /// # Errors
    /// Where the model cannot go on.
    pub fn parts(&self, model: &dyn AnyModel) -> Result<[f64; 3]> {
        let diffusion = model.diffusion();
        if self.latencies.is_none() && self.dopamine.is_none() && diffusion.is_none() {
            return Ok([model.live(self.choices, self.subject, None)?, 0.0, 0.0]);
        }
        let mut trace = Trace::default();
        let choices = model.live(self.choices, self.subject, Some(&mut trace))?;
        let latencies = match diffusion {
            Some(diffusion) => self.walked(&diffusion, &trace),
            None => self.latencies.as_ref().map_or(0.0, |b| b.evidence(&trace.hard)),
        };
        Ok([choices, latencies, self.dopamine.as_ref().map_or(0.0, |b| b.evidence(&trace.error))])
    }
}

impl Task<'_> {
    /// The log-likelihood of latencies given what was taken, by drift diffusion.
    fn walked(&self, diffusion: &Diffusion, trace: &Trace) -> f64 {
        let trials = self.subject.trials.iter().zip(&trace.chance);
        let timed = trials.filter(|(t, _)| t.taken.is_some() && t.latency > 0.0);
        timed.map(|(t, p)| diffusion.log_joint(t.latency, *p, self.longest) - p.max(f64::MIN_POSITIVE).ln()).sum()
    }
}

/// A normal density of standard scores.
#[derive(Clone, Debug)]
pub struct Population {
    /// Means.
    pub mean: Vec<f64>,
    /// Standard deviations.
    pub sd: Vec<f64>,
}

impl Population {
    /// The priors themselves.
    #[must_use]
    pub fn prior(n: usize) -> Self {
        Self { mean: vec![0.0; n], sd: vec![1.0; n] }
    }

    fn log_density(&self, z: &[f64]) -> f64 {
        let one = |((z, m), s): ((&f64, &f64), &f64)| {
            -0.5 * ((z - m) / s).powi(2) - s.ln() - 0.5 * std::f64::consts::TAU.ln()
        };
        z.iter().zip(&self.mean).zip(&self.sd).map(one).sum()
    }
}

/// A subject's fit.
#[derive(Clone, Debug)]
pub struct Found {
    /// Standard scores.
    pub z: Vec<f64>,
    /// Their posterior variances (Laplace); without bound where nothing is asked beforehand and the likelihood is flat.
    pub variance: Vec<f64>,
    /// Their posterior covariances given the population (Laplace).
    pub covariance: DMatrix<f64>,
    /// The log-likelihood of choices, latencies and dopamine.
    pub parts: [f64; 3],
    /// The log evidence (Laplace); at maximum likelihood minus half of BIC.
    pub evidence: f64,
}

/// The second derivatives of `f`, and the first.
fn derivatives(f: &mut impl FnMut(&[f64]) -> f64, z: &[f64]) -> (DVector<f64>, DMatrix<f64>) {
    let n = z.len();
    let middle = f(z);
    let mut at = |moves: &[(usize, f64)]| {
        let mut z = z.to_vec();
        moves.iter().for_each(|(i, by)| z[*i] += by * STEP);
        f(&z)
    };
    let (mut first, mut second) = (DVector::zeros(n), DMatrix::zeros(n, n));
    for i in 0..n {
        let (up, down) = (at(&[(i, 1.0)]), at(&[(i, -1.0)]));
        first[i] = (up - down) / (2.0 * STEP);
        second[(i, i)] = (up - 2.0 * middle + down) / (STEP * STEP);
        for j in 0..i {
            let mut corner = |a: f64, b: f64| at(&[(i, a), (j, b)]);
            let cross = corner(1.0, 1.0) - corner(1.0, -1.0) - corner(-1.0, 1.0) + corner(-1.0, -1.0);
            second[(i, j)] = cross / (4.0 * STEP * STEP);
            second[(j, i)] = second[(i, j)];
        }
    }
    (first, second)
}

/// The inverse of a curvature and the logarithm of its determinant. Where it is no hill's, each direction that does not fall has
/// the curvature `least` of what was asked beforehand: the data say nothing there.
fn inverted(curvature: DMatrix<f64>, least: &[f64]) -> (DMatrix<f64>, f64) {
    if let Some(c) = curvature.clone().cholesky() {
        let log_det = 2.0 * c.l().diagonal().iter().map(|x| x.ln()).sum::<f64>();
        return (c.inverse(), log_det);
    }
    let least = DMatrix::from_diagonal(&DVector::from_column_slice(least));
    // At the wall of what a double holds there is no curvature at all.
    let curvature = if curvature.iter().all(|x| x.is_finite()) { curvature } else { least.clone() };
    let mut eigen = SymmetricEigen::new(curvature);
    for (i, value) in eigen.eigenvalues.iter_mut().enumerate() {
        let direction = eigen.eigenvectors.column(i);
        *value = value.max(direction.dot(&(&least * direction)));
    }
    let log_det = eigen.eigenvalues.iter().map(|x| x.ln()).sum();
    eigen.eigenvalues.iter_mut().for_each(|x| *x = x.recip());
    (eigen.recompose(), log_det)
}

/// Climbs from a point by Newton's steps, shortened until they climb; returns the point and how far the last step led.
fn climb(f: &mut impl FnMut(&[f64]) -> f64, mut z: Vec<f64>, turns: usize) -> (Vec<f64>, f64) {
    let mut moved = f64::INFINITY;
    for _ in 0..turns {
        let (first, second) = derivatives(f, &z);
        // Where the surface is not a hill, up its slope.
        let step = (-&second).cholesky().map_or_else(|| first.clone().cap_magnitude(0.5), |c| c.solve(&first));
        let step = step.cap_magnitude(2.0);
        let (here, mut share) = (f(&z), 1.0);
        let next = loop {
            let next: Vec<f64> = z.iter().zip(step.iter()).map(|(z, s)| z + share * s).collect();
            if f(&next) >= here {
                break Some(next);
            }
            share *= 0.5;
            if share < 1e-4 {
                break None;
            }
        };
        let Some(next) = next else { break };
        moved = share * step.norm();
        z = next;
        if moved < 1e-6 {
            break;
        }
    }
    (z, moved)
}

/// The two best of a few points spread under a population.
fn best_of(f: &mut impl FnMut(&[f64]) -> f64, population: &Population, n: usize) -> Vec<Vec<f64>> {
    let design = crate::fit::search::spread(n, 8 * n.max(1));
    let at = |z: &Vec<f64>| -> Vec<f64> {
        z.iter().zip(&population.mean).zip(&population.sd).map(|((z, m), s)| m + s * z).collect()
    };
    let mut points: Vec<(f64, Vec<f64>)> = design.iter().map(at).map(|z| (f(&z), z)).collect();
    points.sort_by(|a, b| b.0.total_cmp(&a.0));
    points.into_iter().take(2).map(|p| p.1).collect()
}

/// Fits a subject under a population, from a start or from nowhere.
///
/// # Errors
/// Where the model cannot go on at the best point.
pub fn subject(
    task: &Task<'_>,
    model: &dyn AnyModel,
    of: &Fitted,
    population: &Population,
    beforehand: Beforehand,
    start: Option<&[f64]>,
    seed: Seed,
) -> Result<Found> {
    let n = of.places.len();
    let mut mine = model.boxed();
    let mut broken = None;
    let mut f = |z: &[f64]| {
        // Beyond ten standard scores no double holds a difference.
        if z.iter().any(|z| z.abs() > 10.0) {
            return f64::NEG_INFINITY;
        }
        of.put(mine.as_mut(), z);
        let parts = task.parts(mine.as_ref()).map_err(|e| {
            if matches!(e, Error::Broken { .. }) {
                broken.get_or_insert(e);
            }
        });
        let all: f64 = parts.map_or(f64::NEG_INFINITY, |p| p.iter().sum());
        all + if beforehand == Beforehand::Priors { population.log_density(z) } else { 0.0 }
    };
    let starts = match start {
        Some(start) => vec![start.to_vec()],
        None => best_of(&mut f, population, n),
    };
    let climbed = starts.into_iter().map(|z| if n > 0 { climb(&mut f, z, TURNS) } else { (z, 0.0) });
    let mut best: Option<(Vec<f64>, f64, f64)> = None;
    for (z, moved) in climbed.collect::<Vec<_>>() {
        let value = f(&z);
        if best.as_ref().is_none_or(|b| value > b.1) {
            best = Some((z, value, moved));
        }
    }
    let (mut z, _, moved) = best.unwrap_or_else(|| (population.mean.clone(), 0.0, 0.0));
    if moved > 1e-3 && start.is_none() {
        // No hill was found from either start: a search that needs none.
        let mut rng = seed.stream(&format!("choices/{}", task.subject.name));
        (z, _) = maximise(&mut f, &z, 0.7, 60 * (n + 1), &mut rng);
        (z, _) = climb(&mut f, z, TURNS);
    }
    let (_, second) = derivatives(&mut f, &z);
    let best = f(&z);
    if let Some(broken) = broken {
        return Err(broken.within(&task.subject.name));
    }
    let least: Vec<f64> = match beforehand {
        Beforehand::Priors => population.sd.iter().map(|s| 1.0 / (s * s)).collect(),
        Beforehand::Nothing => vec![FLAT; n],
    };
    let (covariance, log_det) = inverted(-&second, &least);
    let variance = covariance.diagonal().iter().copied().collect();
    let made = task.subject.trials.iter().filter(|t| t.taken.is_some()).count().max(1);
    let evidence = match beforehand {
        Beforehand::Priors => best + 0.5 * n as f64 * std::f64::consts::TAU.ln() - 0.5 * log_det,
        // Where nothing is asked beforehand there is no evidence: Schwarz's criterion stands in its place.
        Beforehand::Nothing => best - 0.5 * n as f64 * (made as f64).ln(),
    };
    of.put(mine.as_mut(), &z);
    Ok(Found { parts: task.parts(mine.as_ref())?, z, variance, covariance, evidence })
}

/// Every subject by itself.
///
/// # Errors
/// Where the model cannot go on.
pub fn alone(choices: &Choices, model: &dyn AnyModel, beforehand: Beforehand, seed: Seed) -> Result<Vec<Found>> {
    let of = Fitted::of(model);
    let population = Population::prior(of.places.len());
    let one = |s: &Chooser| subject(&Task::new(choices, s), model, &of, &population, beforehand, None, seed);
    choices.subjects.par_iter().map(one).collect()
}
