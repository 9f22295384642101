//! Fits a theory to the past and scores it on the future: forward in time, and by left-out subject.
//!
//! Trials are never shuffled. Fits run in the order of time, and each may start from what earlier fits tried, so that
//! no choice of parameters has seen the responses it is scored on.

use super::choosing::Choosing;
use super::cohort::Member;
use super::evidence::{Nuisance, Scale, log_evidence, scaled_channels};
use super::search::{Space, maximise};
use accumbens_core::{AnyTheory, Error, Result, Seed, room};
use serde::Serialize;
use std::cell::RefCell;

/// First step of CMA-ES, in standard scores of the priors.
const STEP: f64 = 0.4;
/// Folds of a subject at most.
const FOLDS: usize = 4;

/// How much is searched; the same for every theory.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Budget {
    /// Points of the shared design.
    pub design: usize,
    /// Starts of CMA-ES in each fit, from the best points known.
    pub starts: usize,
    /// Evaluations of each start.
    pub evaluations: usize,
}

impl Default for Budget {
    fn default() -> Self {
        Self { design: 128, starts: 3, evaluations: 60 }
    }
}

/// A part of a subject's responses: the first `train` are fitted, those up to `test` are predicted.
#[derive(Clone, Debug)]
pub struct Fold {
    /// Responses that are fitted.
    pub train: usize,
    /// Responses up to which is predicted.
    pub test: usize,
    /// Choices before each of these two responses.
    chosen: [usize; 2],
    past: Nuisance,
    whole: Nuisance,
}

/// What is fixed about a subject before any theory is fitted.
#[derive(Clone, Debug)]
pub struct Task {
    /// The folds, in the order of time.
    pub folds: Vec<Fold>,
    /// Offsets and drifts over all responses.
    pub nuisance: Nuisance,
    /// The choices.
    pub choosing: Choosing,
}

/// A tried point: standard scores, and scaled dopamine of each channel at all responses.
#[derive(Clone, Debug)]
pub struct Tried {
    /// Standard scores of the fitted parameters.
    pub z: Vec<f64>,
    /// Scaled dopamine.
    pub channels: Vec<Vec<f64>>,
    /// Scaled preferences before each choice.
    pub preferences: Vec<f64>,
    /// Why the theory could not live with them, where it could not: it then counts as the worst.
    pub failed: Option<String>,
}

impl Tried {
    /// Parameters with which a theory could not live.
    fn failed(z: Vec<f64>, member: &Member, error: &Error) -> Self {
        let channels = vec![vec![0.0; member.scored.len()]];
        Self { z, channels, preferences: Vec::new(), failed: Some(error.to_string()) }
    }

    /// A score of it, the worst where the theory could not live with it.
    fn scored(&self, score: impl Fn(&Self) -> f64) -> f64 {
        let value = if self.failed.is_some() { f64::NAN } else { score(self) };
        if value.is_nan() { f64::NEG_INFINITY } else { value }
    }
}

/// Where to cut: ends of training and of the test that follows, as numbers of responses. With several scored sessions
/// the cuts lie between sessions; with one they halve it.
fn cuts(member: &Member) -> Vec<(usize, usize)> {
    let n = member.scored.len();
    let ends: Vec<usize> =
        (1..n).filter(|&i| member.scored[i].session != member.scored[i - 1].session).chain([n]).collect();
    let points: Vec<usize> = if ends.len() < 2 {
        vec![n / 2, 3 * n / 4, n]
    } else {
        let first = (ends.len() / 3).max(1);
        let left = ends.len() - first;
        let folds = left.min(FOLDS);
        (0..=folds).map(|i| ends[first - 1 + i * left / folds]).collect()
    };
    points.windows(2).filter(|w| w[0] > 1 && w[1] > w[0]).map(|w| (w[0], w[1])).collect()
}

impl Task {
    /// Of a subject.
    #[must_use]
    pub fn new(member: &Member) -> Self {
        let nuisance = |n: usize| {
            // Sessions are counted anew among those that have responses, so that no empty one widens the algebra.
            let mut seen: Vec<usize> = Vec::new();
            let mut number = |s: usize| {
                seen.iter().position(|x| *x == s).unwrap_or_else(|| {
                    seen.push(s);
                    seen.len() - 1
                })
            };
            let sessions: Vec<usize> = member.scored[..n].iter().map(|s| number(s.session)).collect();
            let places: Vec<f64> = member.scored[..n].iter().map(|s| s.place).collect();
            Nuisance::new(&sessions, &places)
        };
        let chosen = |train, test| [train, test].map(|n| member.chosen_before(n));
        let fold = |(train, test)| Fold {
            train,
            test,
            chosen: chosen(train, test),
            past: nuisance(train),
            whole: nuisance(test),
        };
        let folds = cuts(member).into_iter().map(fold).collect();
        Self { folds, nuisance: nuisance(member.scored.len()), choosing: member.choosing.clone() }
    }

    /// The evidence of a fold's past, responses and choices, for what a theory says.
    #[must_use]
    pub fn past(&self, fold: &Fold, y: &[f64], said: &Tried) -> f64 {
        fold.past(y, &said.channels) + self.choosing.log_evidence(&said.preferences, fold.chosen[0])
    }

    /// The log predictive density of a fold's future given its past: responses in their own unit, and choices.
    #[must_use]
    pub fn future(&self, fold: &Fold, y: &[f64], said: &Tried) -> [f64; 2] {
        let chosen = |n| self.choosing.log_evidence(&said.preferences, n);
        [fold.future(y, &said.channels), chosen(fold.chosen[1]) - chosen(fold.chosen[0])]
    }
}

fn first(channels: &[Vec<f64>], n: usize) -> Vec<&[f64]> {
    channels.iter().map(|c| &c[..n]).collect()
}

impl Fold {
    /// The evidence of the past for a theory's dopamine.
    #[must_use]
    pub fn past(&self, y: &[f64], channels: &[Vec<f64>]) -> f64 {
        let scaled = Scale::of(&y[..self.train]).apply(&y[..self.train]);
        log_evidence(&self.past, &scaled, &first(channels, self.train))
    }

    /// The log predictive density of the future given the past, in the responses' own unit.
    #[must_use]
    pub fn future(&self, y: &[f64], channels: &[Vec<f64>]) -> f64 {
        let scale = Scale::of(&y[..self.train]);
        let scaled = scale.apply(&y[..self.test]);
        let whole = log_evidence(&self.whole, &scaled, &first(channels, self.test));
        let past = log_evidence(&self.past, &scaled[..self.train], &first(channels, self.train));
        whole - past - (self.test - self.train) as f64 * scale.sd.ln()
    }
}

/// The log evidence of all of a subject's responses, in their own unit, and of its choices.
#[must_use]
pub fn full(task: &Task, y: &[f64], said: &Tried) -> f64 {
    let scale = Scale::of(y);
    let chosen = task.choosing.log_evidence(&said.preferences, task.choosing.chosen.len());
    let responses = log_evidence(&task.nuisance, &scale.apply(y), &first(&said.channels, y.len()));
    responses - y.len() as f64 * scale.sd.ln() + chosen
}

/// What a theory says at these standard scores; of those with which it cannot live, that it cannot.
///
/// # Errors
/// Where the theory refuses the parameters or what it is told, or its code breaks.
pub fn said(member: &Member, theory: &dyn AnyTheory, space: &Space, z: &[f64]) -> Result<Tried> {
    let z = z.to_vec();
    match member.dopamine(space.at(theory, &z)?.as_ref()) {
        Err(error @ Error::Life { .. }) => Ok(Tried::failed(z, member, &error)),
        lived => {
            let (channels, preferences) = lived.map_err(|e| e.within(&member.name))?;
            let (channels, preferences) = (scaled_channels(&channels), member.choosing.scaled(&preferences));
            Ok(Tried { z, channels, preferences, failed: None })
        }
    }
}

/// What a theory says at the points of its design.
///
/// # Errors
/// As [`said`], and where it can live with none of them.
pub fn design(member: &Member, theory: &dyn AnyTheory, count: usize) -> Result<Vec<Tried>> {
    let space = Space::of(theory);
    let channels = theory.channels(member.log.kinds()).len() as f64;
    room("design", &[("points", count as f64), ("responses", member.scored.len() as f64), ("channels", channels)])?;
    let point = |z: Vec<f64>| said(member, theory, &space, &z);
    let tried: Vec<Tried> = space.design(count).into_iter().map(point).collect::<Result<_>>()?;
    match tried.iter().map(|t| t.failed.as_deref()).collect::<Option<Vec<_>>>() {
        None => Ok(tried),
        Some(why) => {
            let place = format!("{}, {}", theory.name(), member.name);
            let problem =
                format!("it lives with none of {} points of its parameters; the first: {}", why.len(), why[0]);
            Err(Error::input(place, problem, "a theory without it, or other values of parameters that are not fitted"))
        }
    }
}

/// A theory fitted to a subject.
#[derive(Clone, Debug)]
pub struct Fitted {
    /// Log predictive density of each fold: of responses, and of choices.
    pub folds: Vec<[f64; 2]>,
    /// The best point over all responses.
    pub best: Tried,
    /// The log evidence at it.
    pub log_evidence: f64,
    /// Points that were tried.
    pub tried: usize,
    /// Those with which the theory could not live.
    pub failed: usize,
}

/// A search of which the theory's code may break: then every further point is the worst, and the first error is kept.
fn guarded<T>(broken: &mut Option<Error>, live: impl FnOnce() -> Result<T>) -> Option<T> {
    if broken.is_some() {
        return None;
    }
    match live() {
        Ok(said) => Some(said),
        Err(error @ Error::Broken { .. }) => {
            *broken = Some(error);
            None
        }
        // Parameters so far out that their domain does not hold them.
        Err(_) => None,
    }
}

/// Searches for the best of `score` from the best points of `pool`; every point tried joins the pool.
fn search(
    pool: &mut Vec<Tried>,
    budget: Budget,
    stream: &str,
    seed: Seed,
    live: impl Fn(&[f64]) -> Result<Tried>,
    score: impl Fn(&Tried) -> f64,
) -> Result<usize> {
    if pool[0].z.is_empty() {
        return Ok(0);
    }
    let mut broken = None;
    let mut scores: Vec<f64> = pool.iter().map(|t| t.scored(&score)).collect();
    let starts: Vec<Vec<f64>> = best_first(&scores).iter().take(budget.starts).map(|&i| pool[i].z.clone()).collect();
    for (number, start) in starts.iter().enumerate() {
        let mut rng = seed.stream(&format!("{stream}/{number}"));
        let objective = |z: &[f64]| {
            let Some(tried) = guarded(&mut broken, || live(z)) else { return f64::NEG_INFINITY };
            let value = tried.scored(&score);
            pool.push(tried);
            scores.push(value);
            value
        };
        maximise(objective, start, STEP, budget.evaluations, &mut rng);
    }
    broken.map_or_else(|| Ok(best_first(&scores)[0]), Err)
}

/// The places of these scores, the best first; of equal ones the earlier.
fn best_first(scores: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_by(|a, b| scores[*b].total_cmp(&scores[*a]));
    order
}

/// Fits a theory to a subject, forward in time and then to all responses.
///
/// # Errors
/// Where the theory's code breaks.
pub fn fit(
    member: &Member,
    task: &Task,
    theory: &dyn AnyTheory,
    design: &[Tried],
    budget: Budget,
    seed: Seed,
) -> Result<Fitted> {
    let space = Space::of(theory);
    let y = member.values();
    let mut pool = design.to_vec();
    let live = |z: &[f64]| said(member, theory, &space, z);
    let mut folds = Vec::new();
    let name = format!("fit/{}/{}", member.name, theory.name());
    for (number, fold) in task.folds.iter().enumerate() {
        let score = |t: &Tried| task.past(fold, &y, t) + space.log_prior(&t.z);
        let best = search(&mut pool, budget, &format!("{name}/{number}"), seed, live, score)?;
        folds.push(task.future(fold, &y, &pool[best]));
    }
    let score = |t: &Tried| full(task, &y, t) + space.log_prior(&t.z);
    let best = search(&mut pool, budget, &format!("{name}/all"), seed, live, score)?;
    let (tried, failed) = (pool.len(), pool.iter().filter(|t| t.failed.is_some()).count());
    let best = pool.swap_remove(best);
    Ok(Fitted { folds, log_evidence: full(task, &y, &best), best, tried, failed })
}

/// The log evidence of a left-out subject under the parameters that fit all others best, together.
///
/// # Errors
/// Where the theory cannot live through a subject's log.
pub fn left_out(
    members: &[(&Member, &Task, &[Tried])],
    out: usize,
    theory: &dyn AnyTheory,
    budget: Budget,
    seed: Seed,
) -> Result<f64> {
    let space = Space::of(theory);
    let values: Vec<Vec<f64>> = members.iter().map(|(m, _, _)| m.values()).collect();
    let others: Vec<usize> = (0..members.len()).filter(|i| *i != out).collect();
    let evidence = |i: usize, said: &Tried| full(members[i].1, &values[i], said);
    let together = |of: &dyn Fn(usize) -> Option<f64>, z: &[f64]| {
        others.iter().map(|&i| of(i)).sum::<Option<f64>>().map_or(f64::NEG_INFINITY, |sum| sum + space.log_prior(z))
    };
    let design = members[out].2;
    let lives = |i: usize, said: &Tried| said.failed.is_none().then(|| evidence(i, said));
    let score = |k: usize| together(&|i| lives(i, &members[i].2[k]), &design[k].z);
    let scores: Vec<f64> = (0..design.len()).map(score).collect();
    let order = best_first(&scores);
    let mut best = (design[order[0]].z.clone(), scores[order[0]]);
    if !best.0.is_empty() {
        for (number, k) in order.iter().take(budget.starts).enumerate() {
            let mut rng = seed.stream(&format!("left out/{out}/{}/{number}", theory.name()));
            let broken = RefCell::new(None);
            let lived =
                |i: usize, z: &[f64]| guarded(&mut broken.borrow_mut(), || said(members[i].0, theory, &space, z));
            let objective = |z: &[f64]| together(&|i| lives(i, &lived(i, z)?), z);
            let found = maximise(objective, &design[*k].z, STEP, budget.evaluations, &mut rng);
            broken.into_inner().map_or(Ok(()), Err)?;
            if found.1 > best.1 {
                best = found;
            }
        }
    }
    let said = said(members[out].0, theory, &space, &best.0)?;
    Ok(full(members[out].1, &values[out], &said))
}
