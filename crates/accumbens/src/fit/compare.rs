//! Compares theories on a study: fits each alike, scores each on what it has not seen, and says what was found.

use super::ceiling::ceiling;
use super::choosing::Chooser;
use super::cohort::{Cohort, Member};
use super::describe::{Description, describe, signatures};
use super::evidence::{Posterior, Scale, posterior};
use super::holdout::{Budget, Fitted, Task, Tried, fit, left_out, said};
use super::ranking::{Ranked, rank};
use super::recovery::{Design, Recovery, recover};
use super::search::Space;
use super::selection::{PRIOR_COUNT, Selection, select};
use super::statistics::{mean, variance};
use super::verdict::{Verdict, judge};
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
    /// The seed.
    pub seed: Seed,
}

/// A theory fitted to one subject.
#[derive(Clone, Debug, Serialize)]
pub struct SubjectFit {
    /// The subject.
    pub subject: String,
    /// Log predictive density of its held-out responses and choices, forward in time, nats.
    pub held_out: f64,
    /// The same under parameters that fit the other subjects best; NaN with one subject.
    pub left_out: f64,
    /// Log evidence of all its responses and choices at the fitted parameters, nats.
    pub log_evidence: f64,
    /// Bayesian information criterion over all responses and choices; lower is better.
    pub bic: f64,
    /// Fitted parameters.
    pub parameters: Vec<(String, f64)>,
    /// Gain of each channel, in the signal's unit per standard deviation of the theory's dopamine.
    pub gains: Vec<(String, f64)>,
    /// Standard deviation of the noise, in the signal's unit.
    pub noise: f64,
    /// Share of variance explained by theory, offsets and drift together.
    pub r2: f64,
    /// The same by offsets and drift alone, in the same fit.
    pub r2_without: f64,
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

/// How a theory explains a subject's choices.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct ChoiceFit {
    /// Choices.
    pub count: usize,
    /// Log predictive density of the held-out ones, forward in time, nats.
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
    fn of(task: &Task, fitted: &Fitted) -> (Option<Self>, Vec<f64>) {
        let count = task.choosing.chosen.len();
        let Chooser { weight, repeats, chances, firsts } = task.choosing.chooser(&fitted.best.preferences, count);
        let held_out = fitted.folds.iter().map(|f| f[1]).sum();
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
    /// Held-out log predictive density of each subject for offsets and drift alone, nats.
    pub without_dopamine: Vec<f64>,
    /// The same of each subject's choices alone, for biases and repetition alone, nats; 0 without choices.
    pub without_preferences: Vec<f64>,
    /// Noise ceiling of each subject.
    pub ceilings: Vec<Option<f64>>,
    /// The model-free facts.
    pub description: Description,
    /// Whether the theories could be told apart.
    pub recovery: Option<Recovery>,
    /// How much was searched.
    pub budget: Budget,
    /// The seed.
    pub seed: Seed,
    /// Subjects that were not finished when the user stopped.
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
    2 * theories * subjects + theories * options.recovery as u64
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
    if let Some(i) = tasks.iter().position(|t| t.folds.is_empty()) {
        let name = &cohort.members[i].name;
        return Err(Error::input("score", format!("{name} has too few responses to hold any out"), "four or more"));
    }
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
    let unfinished: Vec<String> =
        (0..fits.len()).filter(|m| !done.contains(m)).map(|m| cohort.members[m].name.clone()).collect();
    let fits: Vec<Vec<Fit>> = fits
        .into_iter()
        .enumerate()
        .filter(|(m, _)| done.contains(m))
        .map(|(_, row)| row.into_iter().flatten().collect())
        .collect();
    let tasks: Vec<Task> = done.iter().map(|&m| tasks[m].clone()).collect();
    cohort.members = done.iter().map(|&m| cohort.members[m].clone()).collect();
    description.subjects = done.iter().map(|&m| description.subjects[m].clone()).collect();
    let left = left_out_all(&cohort, &tasks, &fits, options, &go_on)?;
    let ceilings: Vec<Option<f64>> = cohort
        .members
        .iter()
        .map(|m| study.subjects.iter().find(|s| s.name == m.name).and_then(|s| ceiling(study, s, m)))
        .collect();
    let theories = results(&cohort, &tasks, &fits, &left, options, study)?;
    let families: Vec<&str> = theories.iter().map(|t| t.family.as_str()).collect();
    let evidence: Vec<Vec<f64>> =
        (0..cohort.members.len()).map(|m| theories.iter().map(|t| t.subjects[m].held_out).collect()).collect();
    let selection = select(&evidence, &families, PRIOR_COUNT);
    let nothing = Tried { z: Vec::new(), channels: Vec::new(), preferences: Vec::new() };
    let without = |(m, task): (&Member, &Task)| -> [f64; 2] {
        let y = m.values();
        let folds = task.folds.iter().map(|f| task.future(f, &y, &nothing));
        folds.fold([0.0; 2], |[a, b], [x, y]| [a + x, b + y])
    };
    let without: Vec<[f64; 2]> = cohort.members.iter().zip(&tasks).map(without).collect();
    let without_dopamine: Vec<f64> = without.iter().map(|[y, c]| y + c).collect();
    let without_preferences: Vec<f64> = without.iter().map(|[_, c]| *c).collect();
    let ranking = rank(&theories, &selection, &ceilings, &without_dopamine, study);
    let verdict = judge(&ranking, &selection);
    let share = ranking.iter().filter_map(|r| r.r2).fold(0.0, f64::max).clamp(0.1, 0.5);
    let recovery = (options.recovery > 0 && !stop.load(Ordering::SeqCst))
        .then(|| recover_all(&cohort, &tasks, &fits, options, &families, share, &go_on))
        .flatten();
    Ok(Comparison {
        verdict,
        truth: study.truth.clone(),
        ranking,
        selection,
        theories,
        without_dopamine,
        without_preferences,
        ceilings,
        description,
        recovery,
        budget: options.budget,
        seed: options.seed,
        unfinished,
        concerns,
        cohort,
    })
}

/// What was tried of a theory's design in a subject, and the fit.
type Fit = (Vec<Tried>, Fitted);
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
        let space = Space::of(theory);
        let point = |z: Vec<f64>| said(member, theory, &space, &z);
        let design: Vec<Tried> = space.design(options.budget.design).into_iter().map(point).collect::<Result<_>>()?;
        let fitted = fit(member, &tasks[m], theory, &design, options.budget, options.seed);
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
    cohort: &Cohort,
    tasks: &[Task],
    fits: &[Vec<Fit>],
    options: &Options,
    go_on: &(dyn Fn() -> bool + Sync),
) -> Result<Vec<Vec<f64>>> {
    let n = cohort.members.len();
    let jobs: Vec<(usize, usize)> = (0..options.theories.len()).flat_map(|t| (0..n).map(move |m| (t, m))).collect();
    let stopped = AtomicBool::new(n < 2);
    let one = |&(t, m): &(usize, usize)| {
        if stopped.load(Ordering::SeqCst) {
            return Ok(f64::NAN);
        }
        let members: Vec<(&Member, &Task, &[Tried])> =
            (0..n).map(|i| (&cohort.members[i], &tasks[i], fits[i][t].0.as_slice())).collect();
        let value = left_out(&members, m, options.theories[t].1.as_ref(), options.budget, options.seed)?;
        if !go_on() {
            stopped.store(true, Ordering::SeqCst);
        }
        Ok(value)
    };
    let flat = jobs.par_iter().with_max_len(1).map(one).collect::<Result<Vec<f64>>>()?;
    Ok(flat.chunks(n).map(<[f64]>::to_vec).collect())
}

fn results(
    cohort: &Cohort,
    tasks: &[Task],
    fits: &[Vec<Fit>],
    left: &[Vec<f64>],
    options: &Options,
    study: &Study,
) -> Result<Vec<TheoryResult>> {
    let focus = cohort.members[0].log.kind(study.scoring.focus()).map_or(0, |k| k.index());
    let one = |(t, (label, theory)): (usize, &(String, Box<dyn AnyTheory>))| {
        let subjects = cohort
            .members
            .iter()
            .enumerate()
            .map(|(m, member)| subject_fit(member, &tasks[m], &fits[m][t].1, left[t][m], theory.as_ref(), focus));
        let prior = |p: &accumbens_core::Parameter| p.prior.map(|prior| (p.name.to_owned(), prior.words()));
        Ok(TheoryResult {
            label: label.clone(),
            theory: theory.name(),
            family: theory.info().family.into(),
            told: told(cohort, theory.as_ref()),
            fitted: theory.table().iter().filter_map(prior).collect(),
            subjects: subjects.collect::<Result<_>>()?,
            of: theory.clone(),
        })
    };
    options.theories.iter().enumerate().map(one).collect()
}

/// What a theory was told, in words.
fn told(cohort: &Cohort, theory: &dyn AnyTheory) -> Vec<String> {
    let first = &cohort.members[0];
    let each = |text: String| format!("each subject its own {text} ({})", first.name);
    let mut words: Vec<String> = theory.boxed().tell(&first.log).into_iter().map(each).collect();
    let changes: Vec<_> = cohort.members.iter().flat_map(|m| m.told(theory)).collect();
    let mut names: Vec<&str> = changes.iter().map(|c| c.parameter.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    for name in names {
        let values = changes.iter().filter(|c| c.parameter == name).map(|c| c.value);
        let (low, high) = values.fold((f64::INFINITY, 0.0_f64), |(l, h), v| (l.min(v), h.max(v)));
        words.push(format!(
            "{name} of each session, from the mean interval between outcomes in that whole session ({low:.1} to {high:.1} s)"
        ));
    }
    words
}

fn subject_fit(
    member: &Member,
    task: &Task,
    fitted: &Fitted,
    left_out: f64,
    theory: &dyn AnyTheory,
    focus: usize,
) -> Result<SubjectFit> {
    let y = member.values();
    let space = Space::of(theory);
    let scale = Scale::of(&y);
    let channels: Vec<&[f64]> = fitted.best.channels.iter().map(Vec::as_slice).collect();
    let known: Posterior = posterior(&task.nuisance, &scale.apply(&y), &channels, scale);
    let at = space.at(theory, &fitted.best.z)?;
    let parameters = theory.table().iter().enumerate().filter(|(_, p)| p.prior.is_some());
    let names = theory.channels(member.log.kinds()).into_iter().filter(|c| c.dopamine).map(|c| c.name);
    let total: f64 = y.iter().map(|v| (v - scale.mean).powi(2)).sum();
    let explained = |f: &[f64]| 1.0 - y.iter().zip(f).map(|(y, f)| (y - f).powi(2)).sum::<f64>() / total;
    let own: Vec<f64> = (0..y.len()).map(|i| channels.iter().zip(&known.gains).map(|(z, g)| z[i] * g).sum()).collect();
    let spread = variance(&own);
    let attenuation = (spread / (spread + known.noise * known.noise)).sqrt();
    let n = (y.len() + task.choosing.chosen.len()) as f64;
    let (choices, chances) = ChoiceFit::of(task, fitted);
    Ok(SubjectFit {
        subject: member.name.clone(),
        held_out: fitted.folds.iter().flatten().sum(),
        choices,
        chances,
        left_out,
        log_evidence: fitted.log_evidence,
        bic: space.dimensions() as f64 * n.ln() - 2.0 * fitted.log_evidence,
        parameters: parameters.map(|(i, p)| (p.name.to_owned(), at.get(i))).collect(),
        gains: names.zip(known.gains.iter().copied()).collect(),
        noise: known.noise,
        r2: explained(&known.fitted),
        r2_without: explained(&known.without),
        signatures: signatures(member, focus, &own).map(|r| r * attenuation),
        predicted: known.fitted,
    })
}

fn recover_all(
    cohort: &Cohort,
    tasks: &[Task],
    fits: &[Vec<Fit>],
    options: &Options,
    families: &[&str],
    share: f64,
    go_on: &(dyn Fn() -> bool + Sync),
) -> Option<Recovery> {
    let members: Vec<(&Member, &Task)> = cohort.members.iter().zip(tasks).collect();
    let design = |t: usize| {
        let points: Vec<&[Tried]> = fits.iter().map(|row| row[t].0.as_slice()).collect();
        let space = Space::of(options.theories[t].1.as_ref());
        Design { log_prior: points[0].iter().map(|p| space.log_prior(&p.z)).collect(), points }
    };
    let designs: Vec<Design<'_>> = (0..options.theories.len()).map(design).collect();
    recover(&members, &designs, families, options.recovery, share, options.seed, go_on)
}
