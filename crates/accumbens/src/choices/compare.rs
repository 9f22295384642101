//! Which model explains choices, and how groups differ in its parameters.

use super::diffusion::Diffusing;
use super::fit::{self, Beforehand, Fitted, Found, Group};
use super::model::{AnyModel, Trace};
use super::models;
use crate::fit::selection::{PRIOR_COUNT, Selection, select};
use crate::fit::statistics::{correlation, half_width};
use accumbens_core::choices::{Choices, Chooser};
use accumbens_core::seed::pick;
use accumbens_core::{Error, Result, Seed};
use rayon::prelude::*;
use serde::Serialize;

/// How latencies are explained.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Latencies {
    /// Their logarithms by how hard a choice was.
    #[default]
    Regression,
    /// By drift diffusion, which has the model's chances.
    Diffusion,
}

/// What is asked.
pub struct Options {
    /// The models, by name; all of choices where empty.
    pub models: Vec<String>,
    /// What is asked of parameters beforehand.
    pub beforehand: Beforehand,
    /// How latencies are explained.
    pub latencies: Latencies,
    /// Simulated data sets a model, to see whether models and parameters could be told; 0 for none.
    pub recovery: usize,
    /// The seed.
    pub seed: Seed,
}

/// A parameter of a subject.
#[derive(Clone, Debug, Serialize)]
pub struct Value {
    /// Its name.
    pub name: String,
    /// Its value by itself, under the prior or none.
    pub alone: f64,
    /// Its value given its group; none at maximum likelihood.
    pub grouped: Option<f64>,
}

/// A subject under a model.
#[derive(Clone, Debug, Serialize)]
pub struct SubjectFit {
    /// The subject.
    pub subject: String,
    /// Its group.
    pub group: String,
    /// Choices that were made.
    pub choices: usize,
    /// Log-likelihood of the choices at the best point.
    pub log_likelihood: f64,
    /// Log evidence of latencies given how hard choices were; 0 where there are none.
    pub latencies: f64,
    /// Log evidence of dopamine given errors of prediction; 0 where there is none.
    pub dopamine: f64,
    /// Log evidence of all (Laplace); at maximum likelihood minus half of BIC.
    pub evidence: f64,
    /// Its parameters.
    pub parameters: Vec<Value>,
}

/// A parameter of a group.
#[derive(Clone, Debug, Serialize)]
pub struct GroupValue {
    /// The group.
    pub group: String,
    /// Its subjects.
    pub n: usize,
    /// The parameter.
    pub parameter: String,
    /// The value of the group's mean.
    pub value: f64,
    /// The lower end of its 95 % interval.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

/// How two groups differ in a parameter, in standard deviations of its prior.
#[derive(Clone, Debug, Serialize)]
pub struct Difference {
    /// The parameter.
    pub parameter: String,
    /// The one group.
    pub group: String,
    /// The other.
    pub against: String,
    /// The difference of their means.
    pub difference: f64,
    /// The lower end of its 95 % interval.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

/// How well a parameter is found again.
#[derive(Clone, Debug, Serialize)]
pub struct Recovered {
    /// The parameter.
    pub parameter: String,
    /// The correlation of what was put in and what was found, in standard scores.
    pub correlation: f64,
    /// The mean of what was found less what was put in.
    pub bias: f64,
    /// How often the 95 % interval held what was put in.
    pub covered: f64,
}

/// What came of a model.
#[derive(Clone, Debug, Serialize)]
pub struct ModelResult {
    /// The model.
    pub model: String,
    /// What it says.
    pub summary: String,
    /// Its family.
    pub family: String,
    /// The sum of log evidences.
    pub evidence: f64,
    /// The sum of log-likelihoods of choices at the best points.
    pub log_likelihood: f64,
    /// 1 − the log-likelihood of choices over that of tosses.
    pub pseudo_r2: f64,
    /// Subjects.
    pub subjects: Vec<SubjectFit>,
    /// Groups.
    pub groups: Vec<GroupValue>,
    /// Differences between groups.
    pub differences: Vec<Difference>,
    /// How well its parameters are found again.
    pub recovery: Vec<Recovered>,
}

/// What came of a comparison.
#[derive(Clone, Debug, Serialize)]
pub struct Compared {
    /// Models, the best first.
    pub models: Vec<ModelResult>,
    /// Selection over subjects, in the order of `models`.
    pub selection: Selection,
    /// Of data simulated by each model (rows), the share that each (columns) explains best; empty without recovery.
    pub confusion: Vec<Vec<f64>>,
    /// Trials with a choice.
    pub trials: usize,
    /// Trials with a latency.
    pub latencies: usize,
    /// Trials with dopamine.
    pub dopamine: usize,
}

/// How often `tick` is called.
#[must_use]
pub fn steps(options: &Options) -> u64 {
    let models = if options.models.is_empty() { models::all().len() } else { options.models.len() };
    (models * (1 + options.recovery)) as u64
}

/// What comes of an option: what came of it in the nearest trial in which this subject took it, else nothing.
fn outcomes(choices: &Choices, subject: &Chooser) -> Vec<Vec<(usize, f64)>> {
    let mut all = vec![Vec::new(); choices.options.len()];
    for (i, trial) in subject.trials.iter().enumerate() {
        if let Some(taken) = trial.taken {
            all[choices.offers[trial.offer as usize][taken as usize] as usize].push((i, trial.outcome));
        }
    }
    all
}

/// Data that a model would have made of the same trials, at these standard scores of its subjects: what comes of an option is
/// what came of it in the nearest trial in which the subject took it.
///
/// # Errors
/// Where the model cannot go on.
pub fn simulated(choices: &Choices, model: &dyn AnyModel, z: &[Vec<f64>], seed: Seed, name: &str) -> Result<Choices> {
    let of = Fitted::of(model);
    let one = |(s, z): (&Chooser, &Vec<f64>)| {
        let mut mine = model.boxed();
        of.put(mine.as_mut(), z);
        let mut rng = seed.stream(&format!("choices/{name}/{}", s.name));
        let known = outcomes(choices, s);
        let mut chosen = |chances: &[f64]| pick(chances.iter().copied(), 1.0, &mut rng).unwrap_or(chances.len() - 1);
        let mut given = |i: usize, option: u32| {
            let near = known[option as usize].iter().min_by_key(|(at, _)| at.abs_diff(i));
            near.map_or(0.0, |(_, outcome)| *outcome)
        };
        let mut acted = mine.act(choices, s, &mut chosen, &mut given)?;
        let mut trace = Trace::default();
        let diffusion = mine.diffusion();
        if diffusion.is_some() {
            mine.live(choices, &acted, Some(&mut trace))?;
        }
        for (i, trial) in acted.trials.iter_mut().enumerate() {
            trial.dopamine = f64::NAN;
            let timed = trial.latency > 0.0;
            trial.latency = diffusion.filter(|_| timed).map_or(f64::NAN, |d| d.draw(trace.chance[i], &mut rng));
        }
        Ok(acted)
    };
    let subjects = choices.subjects.iter().zip(z).map(one).collect::<Result<_>>()?;
    Ok(Choices { subjects, ..choices.clone() })
}

fn groups(of: &Fitted, groups: &[Group]) -> (Vec<GroupValue>, Vec<Difference>) {
    let (mut values, mut differences) = (Vec::new(), Vec::new());
    for (j, row) in of.rows.iter().enumerate() {
        let prior = of.places[j].1;
        for group in groups {
            let (mean, half) = (group.population.mean[j], half_width(group.error[j], group.n));
            let ends = [prior.value(mean - half), prior.value(mean + half)];
            values.push(GroupValue {
                group: group.name.clone(),
                n: group.n,
                parameter: row.name.into(),
                value: prior.value(mean),
                low: ends[0],
                high: ends[1],
            });
        }
        for (i, a) in groups.iter().enumerate() {
            for b in &groups[..i] {
                let difference = a.population.mean[j] - b.population.mean[j];
                let error = a.error[j].hypot(b.error[j]);
                let half = half_width(error, a.n + b.n - 1);
                differences.push(Difference {
                    parameter: row.name.into(),
                    group: a.name.clone(),
                    against: b.name.clone(),
                    difference,
                    low: difference - half,
                    high: difference + half,
                });
            }
        }
    }
    (values, differences)
}

fn result(choices: &Choices, model: &dyn AnyModel, options: &Options) -> Result<(ModelResult, Vec<Vec<f64>>)> {
    let of = Fitted::of(model);
    let about = model.about();
    let found = fit::alone(choices, model, options.beforehand, options.seed)?;
    let pooled = options.beforehand == Beforehand::Priors && !of.rows.is_empty();
    let (means, given) = if pooled {
        let (means, given) = fit::grouped(choices, model, &found, options.seed)?;
        (means, Some(given))
    } else {
        (Vec::new(), None)
    };
    let (values, differences) = groups(&of, &means);
    let subject = |(i, f): (usize, &Found)| {
        let s = &choices.subjects[i];
        let alone = of.values(&f.z);
        let grouped = given.as_ref().map(|g| of.values(&g[i].z));
        let parameters = of.rows.iter().enumerate().map(|(j, row)| Value {
            name: row.name.into(),
            alone: alone[j],
            grouped: grouped.as_ref().map(|g| g[j]),
        });
        SubjectFit {
            subject: s.name.clone(),
            group: s.group.clone(),
            choices: s.trials.iter().filter(|t| t.taken.is_some()).count(),
            log_likelihood: f.parts[0],
            latencies: f.parts[1],
            dopamine: f.parts[2],
            evidence: f.evidence,
            parameters: parameters.collect(),
        }
    };
    let subjects: Vec<SubjectFit> = found.iter().enumerate().map(subject).collect();
    let log_likelihood: f64 = subjects.iter().map(|s| s.log_likelihood).sum();
    let toss: f64 = choices
        .subjects
        .iter()
        .flat_map(|s| &s.trials)
        .filter(|t| t.taken.is_some())
        .map(|t| -(choices.offers[t.offer as usize].len() as f64).ln())
        .sum();
    let z = given.as_ref().unwrap_or(&found).iter().map(|f| f.z.clone()).collect();
    let made = ModelResult {
        model: about.name.into(),
        summary: about.summary.into(),
        family: about.family.into(),
        evidence: subjects.iter().map(|s| s.evidence).sum(),
        log_likelihood,
        pseudo_r2: 1.0 - log_likelihood / toss,
        subjects,
        groups: values,
        differences,
        recovery: Vec::new(),
    };
    Ok((made, z))
}

fn recovered(of: &Fitted, put: &[Vec<f64>], found: &[Vec<Found>]) -> Vec<Recovered> {
    let one = |(j, row): (usize, &accumbens_core::Parameter)| {
        let pairs: Vec<(f64, f64, f64)> = (found.iter())
            .flat_map(|set| set.iter().zip(put).map(move |(f, z)| (z[j], f.z[j], f.variance[j].sqrt())))
            .collect();
        let (a, b): (Vec<f64>, Vec<f64>) = pairs.iter().map(|p| (p.0, p.1)).unzip();
        let n = pairs.len().max(1) as f64;
        Recovered {
            parameter: row.name.into(),
            correlation: correlation(&a, &b),
            bias: pairs.iter().map(|p| p.1 - p.0).sum::<f64>() / n,
            covered: pairs.iter().filter(|p| (p.1 - p.0).abs() <= 1.96 * p.2).count() as f64 / n,
        }
    };
    of.rows.iter().enumerate().map(one).collect()
}

/// Compares models of choices. `tick` is called after each model and each simulated data set; where it returns false the work
/// stops.
///
/// # Errors
/// Where a model is unknown or cannot go on, or the work was stopped.
pub fn compare(choices: &Choices, options: &Options, tick: &(dyn Fn() -> bool + Sync)) -> Result<Compared> {
    let names: Vec<String> = if options.models.is_empty() {
        models::all().iter().map(|m| m.about().name.into()).collect()
    } else {
        options.models.clone()
    };
    let named = |n: &String| -> Result<Box<dyn AnyModel>> {
        let model = models::parse(n)?;
        match options.latencies {
            Latencies::Regression => Ok(model),
            Latencies::Diffusion => Ok(Box::new(Diffusing::new(model, choices)?)),
        }
    };
    let all = names.iter().map(named).collect::<Result<Vec<_>>>()?;
    let done = || if tick() { Ok(()) } else { Err(Error::Interrupted) };
    let mut results = Vec::new();
    for model in &all {
        results.push(result(choices, model.as_ref(), options)?);
        done()?;
    }
    let mut order: Vec<usize> = (0..all.len()).collect();
    order.sort_by(|a, b| results[*b].0.evidence.total_cmp(&results[*a].0.evidence));
    let evidence: Vec<Vec<f64>> = (0..choices.subjects.len())
        .map(|s| order.iter().map(|m| results[*m].0.subjects[s].evidence).collect())
        .collect();
    let families: Vec<&str> = order.iter().map(|m| all[*m].about().family).collect();
    let selection = select(&evidence, &families, PRIOR_COUNT);
    let mut confusion = Vec::new();
    for &truth in order.iter().filter(|_| options.recovery > 0) {
        let z = results[truth].1.clone();
        let of = Fitted::of(all[truth].as_ref());
        let set = |k: usize| -> Result<(usize, Vec<Found>)> {
            let made = simulated(choices, all[truth].as_ref(), &z, options.seed, &format!("recovery/{truth}/{k}"))?;
            let fits = order.iter().map(|m| fit::alone(&made, all[*m].as_ref(), Beforehand::Priors, options.seed));
            let fits = fits.collect::<Result<Vec<_>>>()?;
            let sum = |f: &Vec<Found>| f.iter().map(|f| f.evidence).sum::<f64>();
            let best = (0..fits.len()).max_by(|a, b| sum(&fits[*a]).total_cmp(&sum(&fits[*b]))).unwrap_or(0);
            let mine = order.iter().position(|m| *m == truth).unwrap_or(0);
            done()?;
            Ok((best, fits.into_iter().nth(mine).unwrap_or_default()))
        };
        let sets = (0..options.recovery).into_par_iter().map(set).collect::<Result<Vec<_>>>()?;
        let share = |m: usize| sets.iter().filter(|s| s.0 == m).count() as f64 / options.recovery as f64;
        confusion.push((0..order.len()).map(share).collect());
        let found: Vec<Vec<Found>> = sets.into_iter().map(|s| s.1).collect();
        results[truth].0.recovery = recovered(&of, &z, &found);
    }
    let count = |pick: fn(&accumbens_core::choices::Trial) -> bool| {
        choices.subjects.iter().flat_map(|s| &s.trials).filter(|t| pick(t)).count()
    };
    Ok(Compared {
        models: order.iter().map(|m| results[*m].0.clone()).collect(),
        selection,
        confusion,
        trials: count(|t| t.taken.is_some()),
        latencies: count(|t| t.latency > 0.0),
        dopamine: count(|t| t.taken.is_some() && t.dopamine.is_finite()),
    })
}
