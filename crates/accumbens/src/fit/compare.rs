//! Compares theories on a study: asks each alike how likely the responses are under it, and says what was found.

use super::choosing::Chooser;
use super::cohort::Cohort;
use super::describe::{Description, describe};
use super::description;
use super::infer::{Asked, Budget, Fitted, Task, Tried, design};
use super::left_out::left_out;
use super::ranking::{NULL, Ranked, rank};
use super::recovery::Recovery;
use super::results::Whole;
use super::selection::{PRIOR_COUNT, Selection};
use super::statistics::mean;
use super::verdict::{Evidences, Verdict};
use crate::concerns::{Concern, answerable, concerns};
use accumbens_core::study::Study;
use accumbens_core::{AnyTheory, Error, Result, Seed};
use rayon::prelude::*;
use serde::Serialize;
use std::sync::atomic::{AtomicBool, Ordering};

/// What is compared, and how thoroughly.
pub struct Options {
    /// The theories, each with the label under which it is reported.
    pub theories: Vec<(String, Box<dyn AnyTheory>)>,
    /// How much is searched, the same for every theory.
    pub budget: Budget,
    /// Simulated studies for each theory; none for no recovery.
    pub recovery: usize,
    /// Prior count of each account among animals: [`PRIOR_COUNT`] (as SPM), or 1 over the number of accounts (as the
    /// Python package groupBMC); see [`Options::count`].
    pub prior_count: Option<f64>,
    /// The seed.
    pub seed: Seed,
}

impl Options {
    /// The usual options for these theories.
    #[must_use]
    pub fn new(theories: Vec<(String, Box<dyn AnyTheory>)>) -> Self {
        Self { theories, budget: Budget::default(), recovery: 5, prior_count: None, seed: Seed(1) }
    }

    /// Prior count of each account among animals.
    #[must_use]
    pub fn count(&self) -> f64 {
        self.prior_count.unwrap_or(PRIOR_COUNT)
    }
}

/// A theory fitted to one subject.
#[derive(Clone, Debug, Serialize)]
pub struct SubjectFit {
    /// The subject.
    pub subject: String,
    /// Log evidence of its responses and choices, with parameters averaged over their priors and what the other subjects
    /// say of them, nats: half of the weight on parameters of its own, half on what all share, whose evidence is divided among the
    /// subjects.
    pub held_out: f64,
    /// The same of its responses alone.
    pub held_out_responses: f64,
    /// Its standard error, from the draws of parameters, nats; 0 without fitted parameters.
    pub held_out_error: f64,
    /// How many independent draws of the posterior that estimate is worth; 1 without fitted parameters.
    pub effective_draws: f64,
    /// Log evidence under parameters that fit the other subjects best; NaN with one subject.
    pub left_out: f64,
    /// Log evidence of all its responses and choices at the fitted parameters, nats.
    pub log_evidence: f64,
    /// Bayesian information criterion over all responses and choices; lower is better.
    pub bic: f64,
    /// Fitted parameters.
    pub parameters: Vec<(String, f64)>,
    /// Gain of each channel, in the responses' unit per standard deviation of the theory's dopamine.
    pub gains: Vec<(String, f64)>,
    /// Gains that would be below 0 if they could.
    pub opposed: usize,
    /// Standard deviation of the noise, in the responses' unit.
    pub noise: f64,
    /// Share of variance explained by theory, offsets, drift and overlap together.
    pub r2: f64,
    /// The same by offsets, drift and overlap alone, without any theory.
    pub r2_without: f64,
    /// The share of what those leave that the theory explains.
    pub r2_own: f64,
    /// The two signature correlations that the fitted theory predicts, noise included.
    pub signatures: [f64; 2],
    /// How it explains choices, where there are any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub choices: Option<ChoiceFit>,
    /// Predicted responses.
    #[serde(skip)]
    pub predicted: Vec<f64>,
    /// The chance of the first option in each choice.
    #[serde(skip)]
    pub chances: Vec<f64>,
}

/// A subject's responses described without theory.
#[derive(Clone, Debug, Serialize)]
pub struct Described {
    /// The subject.
    pub subject: String,
    /// Log predictive density of its responses and choices: of responses by the description, of choices by biases and
    /// repetition alone, nats.
    pub held_out: f64,
    /// Share of variance explained.
    pub r2: f64,
    /// The share of what offsets, drift and overlap leave that the description explains.
    pub r2_own: f64,
    /// Predicted responses.
    #[serde(skip)]
    pub predicted: Vec<f64>,
}

/// How a theory explains a subject's choices.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct ChoiceFit {
    /// Choices.
    pub count: usize,
    /// Their log predictive density given the responses, nats.
    pub held_out: f64,
    /// The mean chance it gives to what was taken (geometric, over all).
    pub chance: f64,
    /// Weight of a preference of one spread, log-odds.
    pub weight: f64,
    /// Log-odds of taking again what was taken the time before, beyond preference.
    pub repeats: f64,
}

impl ChoiceFit {
    /// The fit, and the chance of the first option in each choice.
    pub(super) fn of(task: &Task, fitted: &Fitted) -> (Option<Self>, Vec<f64>) {
        let count = task.choosing.chosen.len();
        let Chooser { weight, repeats, chances, firsts } = task.choosing.chooser(&fitted.best.preferences, count);
        let held_out = fitted.choices;
        ((count > 0).then(|| Self { count, held_out, chance: mean(&chances).exp(), weight, repeats }), firsts)
    }
}

/// A theory over all subjects.
#[derive(Clone, Debug, Serialize)]
pub struct TheoryResult {
    /// Its label.
    pub label: String,
    /// Its name in the catalogue.
    pub theory: String,
    /// Its family.
    pub family: String,
    /// What it was told and could not learn.
    pub told: Vec<String>,
    /// Its fitted parameters with their priors, in words.
    pub fitted: Vec<(String, String)>,
    /// Points of its parameters that were tried, over all subjects.
    pub tried_points: usize,
    /// Those with which it could not live: its dopamine was no finite number. They count as the worst.
    pub failed_points: usize,
    /// Each subject.
    pub subjects: Vec<SubjectFit>,
    /// The theory itself, as it was before it was fitted.
    #[serde(skip)]
    pub of: Box<dyn AnyTheory>,
}

/// A whole comparison.
#[derive(Debug, Serialize)]
pub struct Comparison {
    /// The answer.
    pub verdict: Verdict,
    /// The theory that made the data, where they are simulated.
    pub truth: Option<String>,
    /// The ranking, best first.
    pub ranking: Vec<Ranked>,
    /// The group's selection, in the order of `theories`.
    pub selection: Selection,
    /// The theories.
    pub theories: Vec<TheoryResult>,
    /// The description without theory of each subject.
    pub described: Vec<Described>,
    /// Log predictive density of each subject for offsets, drift and overlap alone, nats.
    pub without_dopamine: Vec<f64>,
    /// The same of each subject's choices alone, for biases and repetition alone, nats; 0 without choices.
    pub without_preferences: Vec<f64>,
    /// Noise ceiling of each subject: what could be explained of what offsets, drift and overlap leave.
    pub ceilings: Vec<Option<f64>>,
    /// The model-free facts.
    pub description: Description,
    /// What would have been said of this study under each truth.
    pub recovery: Option<Recovery>,
    /// How much was searched.
    pub budget: Budget,
    /// The seed.
    pub seed: Seed,
    /// What was not finished when the user stopped: subjects, the left-out subjects, recovery.
    pub unfinished: Vec<String>,
    /// What is to be asked about the study before the answer is believed.
    pub concerns: Vec<Concern>,
    /// The subjects as they were fitted.
    #[serde(skip)]
    pub cohort: Cohort,
}

/// How many times `tick` is called by a comparison of this study.
#[must_use]
pub fn steps(study: &Study, options: &Options) -> u64 {
    let theories = options.theories.len() as u64;
    let subjects = study.subjects.len() as u64;
    2 * theories * subjects + (theories + 1) * options.recovery as u64
}

/// Compares theories on a study. `tick` is called after each step; where it returns false the work stops at the next
/// whole subject, and what is finished is reported.
///
/// # Errors
/// Where the study has no responses, nothing in it can be learnt from, a theory cannot live through its events, or nothing
/// was finished.
pub fn compare(study: &Study, options: &Options, tick: &(dyn Fn() -> bool + Sync)) -> Result<Comparison> {
    let (mut cohort, mut description) = describe(study)?;
    answerable(study, &cohort, &options.theories)?;
    let concerns = concerns(study, Some(&cohort));
    let tasks: Vec<Task> = cohort.members.iter().map(Task::new).collect();
    let stop = AtomicBool::new(false);
    let go_on = || {
        if !tick() {
            stop.store(true, Ordering::SeqCst);
        }
        !stop.load(Ordering::SeqCst)
    };
    let fits = fit_all(&cohort, &tasks, options, &go_on)?;
    let done: Vec<usize> = (0..fits.len()).filter(|&m| fits[m].iter().all(Option::is_some)).collect();
    if done.is_empty() {
        return Err(Error::Interrupted);
    }
    let left = (0..fits.len()).filter(|m| !done.contains(m)).map(|m| format!("subject {}", cohort.members[m].name));
    let mut unfinished: Vec<String> = left.collect();
    let fits: Vec<Vec<Fit>> = fits
        .into_iter()
        .enumerate()
        .filter(|(m, _)| done.contains(m))
        .map(|(_, row)| row.into_iter().flatten().collect())
        .collect();
    let tasks: Vec<Task> = done.iter().map(|&m| tasks[m].clone()).collect();
    cohort.members = done.iter().map(|&m| cohort.members[m].clone()).collect();
    description.subjects = done.iter().map(|&m| description.subjects[m].clone()).collect();
    let asked: Vec<Vec<Asked<'_>>> = (0..options.theories.len())
        .map(|t| (0..done.len()).map(|m| ask(&cohort, &tasks, &fits[m][t].0, options, (m, t))).collect())
        .collect();
    let left = left_out_all(&asked, options, &go_on)?;
    if done.len() > 1 && left.iter().flatten().any(|l| l.is_nan()) {
        unfinished.push("left-out subjects".into());
    }
    let descriptions = description::Description::all(&cohort.members);
    let whole = Whole { study, cohort: &cohort, tasks: &tasks, descriptions: &descriptions, fits: &fits, options };
    let described = whole.described()?;
    let ceilings = whole.ceilings()?;
    let theories = whole.results(&left)?;
    let groups = whole.groups();
    let nothing = Tried::default();
    let without: Vec<[f64; 2]> = tasks.iter().map(|t| t.evidence(&t.y, &nothing, false)).collect();
    let of = |f: &dyn Fn(&SubjectFit) -> f64| -> Vec<Vec<f64>> {
        theories.iter().map(|t| t.subjects.iter().map(f).collect()).collect()
    };
    let evidences = Evidences {
        labels: theories.iter().map(|t| t.label.as_str()).collect(),
        families: theories.iter().map(|t| t.family.as_str()).collect(),
        groups: groups.clone(),
        theories: of(&|s| s.held_out),
        errors: of(&|s| s.held_out_error),
        responses: of(&|s| s.held_out_responses),
        description: described.iter().map(|d| d.held_out).collect(),
        nothing: without.iter().map(|[y, c]| y + c).collect(),
        without_preferences: without.iter().map(|[_, c]| *c).collect(),
        count: options.count(),
    };
    if let Some(account) = evidences.unknown() {
        return Err(Error::input(
            account,
            "the evidence is no number",
            "dopamine and responses that are finite numbers",
        ));
    }
    let selected = evidences.select();
    let ranking = rank(&theories, &described, &selected, &groups, study);
    let mut verdict = evidences.judge(&selected);
    if let Some(nearest) = &verdict.nearest {
        verdict.caveats.extend(whole.caveats(&ranking, &ceilings, nearest));
    }
    let recovery = if options.recovery > 0 && !stop.load(Ordering::SeqCst) {
        whole.recover(&asked, &groups, &go_on)?
    } else {
        None
    };
    if options.recovery > 0 && recovery.is_none() {
        unfinished.push("recovery".into());
    }
    if !unfinished.is_empty() {
        verdict.caveats.insert(0, format!("stopped by the user before these were finished: {}", unfinished.join(", ")));
    }
    Ok(Comparison {
        verdict,
        truth: study.truth.clone(),
        ranking,
        selection: selected.selection,
        without_dopamine: without.iter().map(|[y, c]| y + c).collect(),
        without_preferences: without.iter().map(|[_, c]| *c).collect(),
        theories,
        described,
        ceilings,
        description,
        recovery,
        budget: options.budget,
        seed: options.seed,
        unfinished,
        concerns,
        cohort: cohort.clone(),
    })
}

/// A theory asked about a subject.
fn ask<'a>(
    cohort: &'a Cohort,
    tasks: &'a [Task],
    design: &'a [Tried],
    options: &'a Options,
    (m, t): (usize, usize),
) -> Asked<'a> {
    let theory = options.theories[t].1.as_ref();
    Asked { member: &cohort.members[m], task: &tasks[m], theory, positive: theory.info().family != NULL, design }
}

/// What was tried of a theory's design in a subject, and the fit.
pub(super) type Fit = (Vec<Tried>, Fitted);
type Row = Vec<Option<Fit>>;

/// Fits every theory to every subject: `fits[subject][theory]`, none where the user stopped before.
fn fit_all(cohort: &Cohort, tasks: &[Task], options: &Options, go_on: &(dyn Fn() -> bool + Sync)) -> Result<Vec<Row>> {
    let stopped = AtomicBool::new(false);
    let jobs: Vec<(usize, usize)> =
        (0..tasks.len()).flat_map(|m| (0..options.theories.len()).map(move |t| (m, t))).collect();
    let one = |(job, (m, t)): (usize, (usize, usize))| -> Result<(usize, Option<Fit>)> {
        if stopped.load(Ordering::SeqCst) {
            return Ok((job, None));
        }
        let (member, theory) = (&cohort.members[m], options.theories[t].1.as_ref());
        let design = design(member, theory, options.budget.design)?;
        let stream = format!("fit/{}/{}", member.name, theory.name());
        let asked = ask(cohort, tasks, &design, options, (m, t));
        let fitted = asked.infer(&tasks[m].y, options.budget, options.seed, &stream)?;
        if !go_on() {
            stopped.store(true, Ordering::SeqCst);
        }
        Ok((job, Some((design, fitted))))
    };
    // A bridge hands jobs out in their order, so that subjects are finished one after the other.
    let mut flat = jobs.into_iter().enumerate().par_bridge().map(one).collect::<Result<Vec<_>>>()?;
    flat.sort_by_key(|(job, _)| *job);
    let mut flat = flat.into_iter().map(|(_, fitted)| fitted);
    Ok((0..tasks.len()).map(|_| flat.by_ref().take(options.theories.len()).collect()).collect())
}

/// `left[theory][subject]`; NaN where there is nobody else to learn from, or the user stopped.
fn left_out_all(
    asked: &[Vec<Asked<'_>>],
    options: &Options,
    go_on: &(dyn Fn() -> bool + Sync),
) -> Result<Vec<Vec<f64>>> {
    let n = asked.first().map_or(0, Vec::len);
    let jobs: Vec<(usize, usize)> = (0..asked.len()).flat_map(|t| (0..n).map(move |m| (t, m))).collect();
    let stopped = AtomicBool::new(n < 2);
    let one = |&(t, m): &(usize, usize)| {
        if stopped.load(Ordering::SeqCst) {
            return Ok(f64::NAN);
        }
        let value = left_out(&asked[t], m, options.budget, options.seed)?;
        if !go_on() {
            stopped.store(true, Ordering::SeqCst);
        }
        Ok(value)
    };
    let flat = jobs.par_iter().with_max_len(1).map(one).collect::<Result<Vec<f64>>>()?;
    Ok(flat.chunks(n.max(1)).map(<[f64]>::to_vec).collect())
}
