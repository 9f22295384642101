//! Fits a model to choices, and with them to latencies and dopamine: one subject, and subjects within groups.
//!
//! The likelihood of choices is the model's own. Logarithms of latencies and dopamine's answers add their evidence given what
//! the model says of each trial (how hard it was; the error of its outcome), with offsets, drift, gain and noise integrated
//! out ([`crate::fit::evidence`]): a model that explains choices alone gains nothing there. All searching is done in
//! standard scores of the priors; the evidence of a subject is Laplace's at the maximum. Groups are fitted by empirical
//! Bayes (huys2011): each group's mean and spread of standard scores, and each subject's posterior given them, in turn.

use super::diffusion::Diffusion;
use super::model::{AnyModel, Trace};
use crate::fit::evidence::{Nuisance, Scale, log_evidence};
use crate::fit::search::maximise;
use accumbens_core::choices::{Choices, Chooser};
use accumbens_core::{Error, Parameter, Prior, Result, Seed};
use nalgebra::{DMatrix, DVector};
use rayon::prelude::*;

/// The fewest latencies or answers of dopamine that are fitted.
const FEWEST: usize = 8;
/// Step of differences, in standard scores.
const STEP: f64 = 1e-3;
/// The most turns of empirical Bayes, and of a climb.
const TURNS: usize = 25;
/// The least spread of a group, in standard scores of the prior.
const LEAST: f64 = 0.02;

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

/// Numbers beside choices that a model must explain: scaled, with the trials they belong to.
struct Beside {
    trials: Vec<usize>,
    numbers: Vec<f64>,
    nuisance: Nuisance,
}

impl Beside {
    fn of(subject: &Chooser, pick: impl Fn(&accumbens_core::choices::Trial) -> f64) -> Option<Self> {
        let trials: Vec<usize> = (0..subject.trials.len()).filter(|i| pick(&subject.trials[*i]).is_finite()).collect();
        if trials.len() < FEWEST {
            return None;
        }
        let raw: Vec<f64> = trials.iter().map(|i| pick(&subject.trials[*i])).collect();
        let numbers = Scale::of(&raw).apply(&raw);
        let sessions: Vec<usize> = trials.iter().map(|i| subject.trials[*i].session as usize).collect();
        let of = |s: usize| sessions.iter().filter(|x| **x == s).count();
        let mut seen = std::collections::BTreeMap::new();
        let places: Vec<f64> = sessions
            .iter()
            .map(|s| {
                let at = seen.entry(*s).or_insert(0_usize);
                *at += 1;
                (*at as f64 - 0.5) / of(*s) as f64 - 0.5
            })
            .collect();
        Some(Self { trials, numbers, nuisance: Nuisance::new(&sessions, &places) })
    }

    fn evidence(&self, said: &[f64]) -> f64 {
        let said: Vec<f64> = self.trials.iter().map(|i| said[*i]).collect();
        let said = crate::fit::evidence::scaled_channels(&[said]);
        log_evidence(&self.nuisance, &self.numbers, &[&said[0]])
    }
}

/// A subject, ready to be fitted.
pub struct Task<'a> {
    choices: &'a Choices,
    subject: &'a Chooser,
    latencies: Option<Beside>,
    dopamine: Option<Beside>,
    /// The longest latency, s; 0 where there is none.
    longest: f64,
}

impl<'a> Task<'a> {
    /// Of a subject.
    #[must_use]
    pub fn new(choices: &'a Choices, subject: &'a Chooser) -> Self {
        let latency = |t: &accumbens_core::choices::Trial| if t.latency > 0.0 { t.latency.ln() } else { f64::NAN };
        let answer = |t: &accumbens_core::choices::Trial| if t.taken.is_some() { t.dopamine } else { f64::NAN };
        let (latencies, dopamine) = (Beside::of(subject, latency), Beside::of(subject, answer));
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
    /// Their posterior variances (Laplace).
    pub variance: Vec<f64>,
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
    let curved = (-&second).cholesky();
    let variance = curved.as_ref().map_or_else(
        || population.sd.iter().map(|s| s * s).collect(),
        |c| {
            let inverse = c.inverse();
            (0..n).map(|i| inverse[(i, i)]).collect::<Vec<f64>>()
        },
    );
    let log_det = curved.map_or(0.0, |c| 2.0 * c.l().diagonal().iter().map(|x| x.ln()).sum::<f64>());
    let made = task.subject.trials.iter().filter(|t| t.taken.is_some()).count().max(1);
    let evidence = match beforehand {
        Beforehand::Priors => best + 0.5 * n as f64 * std::f64::consts::TAU.ln() - 0.5 * log_det,
        // Where nothing is asked beforehand there is no evidence: Schwarz's criterion stands in its place.
        Beforehand::Nothing => best - 0.5 * n as f64 * (made as f64).ln(),
    };
    of.put(mine.as_mut(), &z);
    Ok(Found { parts: task.parts(mine.as_ref())?, z, variance, evidence })
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
    let place = |s: &Chooser| names.iter().position(|g| *g == s.group).unwrap_or(0);
    let members: Vec<usize> = choices.subjects.iter().map(place).collect();
    let mut found = from.to_vec();
    let mut groups = updated(&names, &members, &found, n);
    for _ in 0..TURNS {
        let one = |i: usize| {
            let population = &groups[members[i]].population;
            subject(&tasks[i], model, &of, population, Beforehand::Priors, Some(&found[i].z), seed)
        };
        found = (0..tasks.len()).into_par_iter().map(one).collect::<Result<_>>()?;
        let next = updated(&names, &members, &found, n);
        let still = groups.iter().zip(&next).all(|(a, b)| {
            let near = |a: &[f64], b: &[f64]| a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-3);
            near(&a.population.mean, &b.population.mean) && near(&a.population.sd, &b.population.sd)
        });
        groups = next;
        if still {
            break;
        }
    }
    Ok((groups, found))
}

/// Each group's mean, its spread and the error of its mean, by the law of total variance.
fn updated(names: &[String], members: &[usize], found: &[Found], n: usize) -> Vec<Group> {
    let one = |(g, name): (usize, &String)| {
        let mine: Vec<&Found> = found.iter().zip(members).filter(|(_, m)| **m == g).map(|(f, _)| f).collect();
        let count = mine.len() as f64;
        let mean = |j: usize| mine.iter().map(|f| f.z[j]).sum::<f64>() / count;
        let means: Vec<f64> = (0..n).map(mean).collect();
        let variance = |j: usize| {
            let spread: f64 = mine.iter().map(|f| (f.z[j] - means[j]).powi(2) + f.variance[j].min(1.0)).sum();
            // One subject's worth of the prior keeps a small group from shrinking to a point.
            ((spread + 1.0) / (count + 1.0)).max(LEAST * LEAST)
        };
        let sd: Vec<f64> = (0..n).map(|j| variance(j).sqrt()).collect();
        let error = sd.iter().map(|s| s / count.sqrt()).collect();
        Group { name: name.clone(), n: mine.len(), population: Population { mean: means, sd }, error }
    };
    names.iter().enumerate().map(one).collect()
}
