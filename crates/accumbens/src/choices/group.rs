//! Subjects within groups by empirical Bayes (huys2011): each group's mean and spread of standard scores, each subject's posterior
//! given them, and what is known of the mean.
//!
//! A subject's likelihood is a normal density around its best point (Laplace), of curvature P. Between fits of subjects the mean
//! and the spread of their group are brought to where they stand still: the spread by expectation and maximisation, the mean by
//! Newton's steps along the likelihood in which subjects are integrated out. Of that likelihood Λ − Λ·(P + Λ)⁻¹·Λ is the
//! information that a subject gives about the mean (Λ: the precisions of the group; louis1982): a subject of whom the data say
//! nothing gives none. The prior of a group's mean is that of the parameter, the spread has one subject's worth of the same.

use super::fit::{Beforehand, Fitted, Found, Population, Task, subject};
use super::model::AnyModel;
use crate::fit::statistics::half_width;
use accumbens_core::choices::{Choices, Chooser};
use accumbens_core::{Result, Seed};
use nalgebra::{DMatrix, DVector, SymmetricEigen};
use rayon::prelude::*;

/// The most times that subjects are fitted again.
const TURNS: usize = 25;
/// Steps of a group between two fits of its subjects.
const STEPS: usize = 300;
/// The least spread of a group, in standard scores of the prior.
const LEAST: f64 = 0.02;
/// The farthest that a mean moves between two fits of its subjects, in standard scores: likelihoods are normal only so near.
const FARTHEST: f64 = 1.0;
/// Where nothing moves more than this, in standard scores, a group stands still.
const STILL: f64 = 1e-3;

/// What is known of a group.
#[derive(Clone, Debug)]
pub struct Group {
    /// Its name.
    pub name: String,
    /// Its subjects.
    pub n: usize,
    /// Its mean and spread of standard scores.
    pub population: Population,
    /// Standard errors of the means.
    pub error: Vec<f64>,
    /// Covariances of the means.
    pub covariance: DMatrix<f64>,
}

impl Group {
    /// Half the width of the mean's 95 % interval, in standard scores; NaN of one subject.
    #[must_use]
    pub fn half_width(&self, parameter: usize) -> f64 {
        if self.n > 1 { half_width(self.error[parameter], self.n) } else { f64::NAN }
    }

    /// The same of the difference from another group's mean; NaN where either has one subject.
    #[must_use]
    pub fn half_width_against(&self, other: &Self, parameter: usize) -> f64 {
        half_width(self.error[parameter].hypot(other.error[parameter]), self.n + other.n - 1)
    }
}

/// A subject's likelihood as a normal density: ln L(z) = −½·zᵀ·P·z + bᵀ·z.
struct Likelihood {
    curvature: DMatrix<f64>,
    slope: DVector<f64>,
}

fn precisions(of: &Population) -> DMatrix<f64> {
    DMatrix::from_diagonal(&DVector::from_iterator(of.sd.len(), of.sd.iter().map(|s| 1.0 / (s * s))))
}

impl Likelihood {
    /// Of a subject that was fitted under this population.
    fn of(found: &Found, under: &Population) -> Self {
        let prior = precisions(under);
        let all = found.covariance.clone().cholesky().map_or_else(|| prior.clone(), |c| c.inverse());
        let mut eigen = SymmetricEigen::new(&all - &prior);
        eigen.eigenvalues.iter_mut().for_each(|x| *x = x.max(0.0));
        let curvature = eigen.recompose();
        // At the best point the slope of the likelihood is that of the population, turned round.
        let z = DVector::from_column_slice(&found.z);
        let mean = DVector::from_column_slice(&under.mean);
        let slope = &curvature * &z + &prior * (&z - mean);
        Self { curvature, slope }
    }
}

/// One step of a group: its next population, and the covariance of its mean.
fn step(subjects: &[&Likelihood], at: &Population) -> (Population, DMatrix<f64>) {
    let n = at.mean.len();
    let prior = precisions(at);
    let mean = DVector::from_column_slice(&at.mean);
    let mut information = DMatrix::identity(n, n);
    let mut slope = -&mean;
    let (mut scores, mut variances) = (Vec::new(), DVector::zeros(n));
    for one in subjects {
        let covariance = (&one.curvature + &prior).cholesky().map_or_else(|| DMatrix::zeros(n, n), |c| c.inverse());
        let z = &covariance * (&one.slope + &prior * &mean);
        information += &prior - &prior * &covariance * &prior;
        slope += &prior * (&z - &mean);
        variances += covariance.diagonal();
        scores.push(z);
    }
    let covariance = information.cholesky().map_or_else(|| DMatrix::identity(n, n), |c| c.inverse());
    let mean = mean + &covariance * slope;
    let spread = |j: usize| {
        let sum = variances[j] + scores.iter().map(|z| (z[j] - mean[j]).powi(2)).sum::<f64>();
        // One subject's worth of the prior keeps a small group from shrinking to a point.
        ((sum + 1.0) / (subjects.len() as f64 + 1.0)).sqrt().max(LEAST)
    };
    let sd = (0..n).map(spread).collect();
    (Population { mean: mean.iter().copied().collect(), sd }, covariance)
}

fn near(a: &Population, b: &Population, by: f64) -> bool {
    let all = |a: &[f64], b: &[f64]| a.iter().zip(b).all(|(a, b)| (a - b).abs() < by);
    all(&a.mean, &b.mean) && all(&a.sd, &b.sd)
}

/// A group brought to where it stands still under these likelihoods, no farther than they can be trusted.
fn settled(subjects: &[&Likelihood], from: &Population) -> (Population, DMatrix<f64>) {
    let mut at = from.clone();
    let mut covariance = DMatrix::identity(at.mean.len(), at.mean.len());
    for _ in 0..STEPS {
        let (mut next, known) = step(subjects, &at);
        covariance = known;
        next.mean.iter_mut().zip(&from.mean).for_each(|(m, f)| *m = m.clamp(f - FARTHEST, f + FARTHEST));
        next.sd.iter_mut().zip(&from.sd).for_each(|(s, f)| *s = s.clamp(0.4 * f, 2.5 * f));
        let still = near(&at, &next, 0.01 * STILL);
        at = next;
        if still {
            break;
        }
    }
    (at, covariance)
}

/// Subjects within groups, from their fits alone: the groups, and each subject given its own.
///
/// # Errors
/// Where the model cannot go on.
pub fn grouped(
    choices: &Choices,
    model: &dyn AnyModel,
    from: &[Found],
    seed: Seed,
) -> Result<(Vec<Group>, Vec<Found>)> {
    let of = Fitted::of(model);
    let (n, names) = (of.places.len(), choices.groups());
    let tasks: Vec<Task<'_>> = choices.subjects.iter().map(|s| Task::new(choices, s)).collect();
    let members = |name: &String| -> Vec<usize> {
        let mine = |(_, s): &(usize, &Chooser)| s.group == *name;
        choices.subjects.iter().enumerate().filter(mine).map(|(i, _)| i).collect()
    };
    let members: Vec<Vec<usize>> = names.iter().map(members).collect();
    let mut found = from.to_vec();
    let mut groups = Vec::new();
    for (name, members) in names.iter().zip(&members) {
        let mut population = Population::prior(n);
        let mut covariance = DMatrix::identity(n, n);
        // A model without parameters has nothing to bring to rest.
        for _ in 0..if n > 0 { TURNS } else { 0 } {
            let likelihoods: Vec<Likelihood> =
                members.iter().map(|i| Likelihood::of(&found[*i], &population)).collect();
            let (next, known) = settled(&likelihoods.iter().collect::<Vec<_>>(), &population);
            let still = near(&population, &next, STILL);
            (population, covariance) = (next, known);
            let one =
                |i: &usize| subject(&tasks[*i], model, &of, &population, Beforehand::Priors, Some(&found[*i].z), seed);
            let again = members.par_iter().map(one).collect::<Result<Vec<_>>>()?;
            members.iter().zip(again).for_each(|(i, f)| found[*i] = f);
            if still {
                break;
            }
        }
        let error = if members.len() > 1 {
            covariance.diagonal().iter().map(|v| v.sqrt()).collect()
        } else {
            // Of one subject the spread of a group cannot be known, nor the error of its mean.
            vec![f64::NAN; n]
        };
        members.iter().for_each(|i| widen(&mut found[*i], &population, &covariance));
        groups.push(Group { name: name.clone(), n: members.len(), population, error, covariance });
    }
    Ok((groups, found))
}

/// Adds to a subject's variances what is not known of its group's mean (kass1989).
fn widen(found: &mut Found, population: &Population, mean: &DMatrix<f64>) {
    let by = &found.covariance * precisions(population);
    let more = &by * mean * by.transpose();
    found.variance.iter_mut().zip(more.diagonal().iter()).for_each(|(v, more)| *v += more);
}
