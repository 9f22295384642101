//! Which model explains choices, and how groups differ in its parameters.

use super::diffusion::Diffusing;
use super::engine::{Engine, Latencies, Options, interval};
use super::fit::{self, Beforehand, Fitted, Found};
use super::group::{Group, grouped};
use super::model::AnyModel;
use super::models;
use super::recovery::{Source, note, recover};
use super::result::{Compared, Difference, GroupValue, ModelResult, SubjectFit, Value};
use super::verdict::judge;
use crate::concerns::Concern;
use accumbens_core::choices::{Choices, Trial};
use accumbens_core::{Error, Result, room};

/// What is kept of each simulated subject until recovery is told, in numbers.
const RECOVERED: f64 = 64.0;

/// How often `tick` is called.
#[must_use]
pub fn steps(options: &Options) -> u64 {
    let models = if options.models.is_empty() { models::all().len() } else { options.models.len() };
    (models * (1 + options.recovery)) as u64
}

fn group_values(of: &Fitted, groups: &[Group]) -> Vec<GroupValue> {
    let one = |j: usize, group: &Group| {
        let (prior, mean, half) = (of.places[j].1, group.population.mean[j], group.half_width(j));
        GroupValue {
            group: group.name.clone(),
            n: group.n,
            parameter: of.rows[j].name.into(),
            value: prior.value(mean),
            low: prior.value(mean - half),
            high: prior.value(mean + half),
            error: group.error[j],
            recovery: None,
            note: String::new(),
        }
    };
    (0..of.rows.len()).flat_map(|j| groups.iter().map(move |g| one(j, g))).collect()
}

fn differences(of: &Fitted, groups: &[Group]) -> Vec<Difference> {
    let one = |j: usize, a: &Group, b: &Group| {
        let difference = a.population.mean[j] - b.population.mean[j];
        let half = a.half_width_against(b, j);
        Difference {
            parameter: of.rows[j].name.into(),
            group: a.name.clone(),
            against: b.name.clone(),
            difference,
            low: difference - half,
            high: difference + half,
            error: a.error[j].hypot(b.error[j]),
            recovery: None,
            note: String::new(),
        }
    };
    let pairs = |j: usize| {
        let of = move |i: usize| (0..i).map(move |k| (j, i, k));
        (0..groups.len()).flat_map(of)
    };
    (0..of.rows.len()).flat_map(pairs).map(|(j, a, b)| one(j, &groups[a], &groups[b])).collect()
}

/// A model that was fitted: what is reported, and what more data are made of.
struct Made {
    result: ModelResult,
    scores: Vec<Vec<f64>>,
    groups: Vec<Group>,
}

fn subject_fits(choices: &Choices, of: &Fitted, alone: &[Found], given: Option<&[Found]>) -> Vec<SubjectFit> {
    let one = |(i, f): (usize, &Found)| {
        let s = &choices.subjects[i];
        let best = given.map_or(f, |g| &g[i]);
        let parameter = |j: usize| {
            let (prior, half) = (of.places[j].1, interval(best.variance[j]));
            Value {
                name: of.rows[j].name.into(),
                alone: prior.value(f.z[j]),
                grouped: given.map(|g| prior.value(g[i].z[j])),
                low: prior.value(best.z[j] - half),
                high: prior.value(best.z[j] + half),
                recovery: None,
                note: String::new(),
            }
        };
        SubjectFit {
            subject: s.name.clone(),
            group: s.group.clone(),
            choices: s.trials.iter().filter(|t| t.taken.is_some()).count(),
            log_likelihood: f.parts[0],
            latencies: f.parts[1],
            dopamine: f.parts[2],
            evidence: f.evidence,
            parameters: (0..of.rows.len()).map(parameter).collect(),
        }
    };
    alone.iter().enumerate().map(one).collect()
}

/// The log-likelihood of choices that are tosses.
fn tosses(choices: &Choices) -> f64 {
    let taken = choices.subjects.iter().flat_map(|s| &s.trials).filter(|t| t.taken.is_some());
    taken.map(|t| -(choices.offers[t.offer as usize].len() as f64).ln()).sum()
}

fn made(choices: &Choices, model: &dyn AnyModel, options: &Options) -> Result<Made> {
    let (of, about) = (Fitted::of(model), model.about());
    let found = fit::alone(choices, model, options.beforehand, options.seed)?;
    let pooled = options.beforehand == Beforehand::Priors && !of.rows.is_empty();
    let (groups, given) = if pooled {
        let (groups, given) = grouped(choices, model, &found, options.seed)?;
        (groups, Some(given))
    } else {
        (Vec::new(), None)
    };
    let subjects = subject_fits(choices, &of, &found, given.as_deref());
    let log_likelihood: f64 = subjects.iter().map(|s| s.log_likelihood).sum();
    let result = ModelResult {
        model: about.name.into(),
        summary: about.summary.into(),
        family: about.family.into(),
        evidence: subjects.iter().map(|s| s.evidence).sum(),
        log_likelihood,
        pseudo_r2: 1.0 - log_likelihood / tosses(choices),
        subjects,
        groups: group_values(&of, &groups),
        differences: differences(&of, &groups),
        recovery: Vec::new(),
    };
    let scores = given.as_ref().unwrap_or(&found).iter().map(|f| f.z.clone()).collect();
    Ok(Made { result, scores, groups })
}

fn asked(choices: &Choices, options: &Options) -> Result<Vec<Box<dyn AnyModel>>> {
    if options.models.is_empty() && options.latencies == Latencies::Regression {
        return Ok(models::all());
    }
    let all: Vec<String> = models::all().iter().map(|m| m.about().name.into()).collect();
    let names = if options.models.is_empty() { &all } else { &options.models };
    let named = |n: &String| -> Result<Box<dyn AnyModel>> {
        let model = models::parse(n)?;
        match options.latencies {
            Latencies::Regression => Ok(model),
            Latencies::Diffusion => Ok(Box::new(Diffusing::new(model, choices)?)),
        }
    };
    names.iter().map(named).collect()
}

/// What stands in the way of learning from outcomes, where something does.
fn unlearnable(choices: &Choices) -> Option<Concern> {
    let only = choices.only_outcome()?;
    let text = format!("nothing can be learnt from outcomes: every one is {only}, so no model that learns is named");
    Some(Concern::new("outcome", text))
}

/// Compares models of choices. `tick` is called after each model and each simulated study; where it returns false the work
/// stops.
///
/// # Errors
/// Where a model is unknown or cannot go on, or the work was stopped.
pub fn compare(choices: &Choices, options: &Options, tick: &(dyn Fn() -> bool + Sync)) -> Result<Compared> {
    let models = asked(choices, options)?;
    let (studies, subjects) = (options.recovery as f64, choices.subjects.len() as f64);
    room("recovery", &[("studies", studies), ("subjects", subjects), ("numbers of each", RECOVERED)])?;
    let fitted = |model: &dyn AnyModel| {
        let made = made(choices, model, options)?;
        if tick() { Ok(made) } else { Err(Error::Interrupted) }
    };
    let all = models.iter().map(|m| fitted(m.as_ref())).collect::<Result<Vec<_>>>()?;
    let evidence = |all: &[Made]| -> Vec<Vec<f64>> {
        let of = |s: usize| all.iter().map(|m| m.result.subjects[s].evidence).collect();
        (0..choices.subjects.len()).map(of).collect()
    };
    let families = |models: &[Box<dyn AnyModel>]| models.iter().map(|m| m.about().family).collect::<Vec<_>>();
    let (order, ..) = judge(&evidence(&all), &families(&models));
    let mut all = sorted(all, &order);
    let models = sorted(models, &order);
    // Once more in the order in which it is told.
    let (_, selection, mut verdict) = judge(&evidence(&all), &families(&models));
    let concerns: Vec<Concern> = unlearnable(choices).into_iter().collect();
    if !concerns.is_empty() && models.first().is_some_and(|m| m.about().family != "null") {
        (verdict.decided, verdict.family) = (false, None);
    }
    let names = all.iter().map(|m| m.result.model.clone()).collect();
    let engine = Engine { options, models, names };
    let mut confusion = Vec::new();
    for (place, made) in all.iter_mut().enumerate() {
        if options.recovery > 0 {
            let source = Source { place, fitted: &made.scores, groups: &made.groups };
            let (recovered, said) = recover(choices, &engine, &source, tick)?;
            made.result.recovery = recovered;
            confusion.push(said);
        }
        note(&mut made.result);
    }
    let count = |pick: fn(&Trial) -> bool| choices.subjects.iter().flat_map(|s| &s.trials).filter(|t| pick(t)).count();
    let mut compared = Compared {
        models: all.into_iter().map(|m| m.result).collect(),
        selection,
        verdict,
        concerns,
        answer: String::new(),
        confusion,
        trials: count(|t| t.taken.is_some()),
        latencies: count(|t| t.latency > 0.0),
        dopamine: count(|t| t.taken.is_some() && t.dopamine.is_finite()),
    };
    compared.answer = compared.sentences();
    Ok(compared)
}

/// In the order of these places.
fn sorted<T>(all: Vec<T>, order: &[usize]) -> Vec<T> {
    let mut all: Vec<Option<T>> = all.into_iter().map(Some).collect();
    order.iter().filter_map(|i| all[*i].take()).collect()
}
