//! Compares theories on a study: asks each alike how likely the responses are under it, and says what was found.

use super::cohort::Cohort;
use super::comparison::{Comparison, Fit, Options, SubjectFit};
use super::describe::describe;
use super::description;
use super::infer::{Asked, Task, Tried, design};
use super::left_out::left_out;
use super::ranking::rank;
use super::results::Whole;
use super::verdict::Evidences;
use crate::concerns::{answerable, concerns};
use accumbens_core::study::Study;
use accumbens_core::{Error, NULL_FAMILY, Result};
use rayon::prelude::*;
use std::sync::atomic::{AtomicBool, Ordering};

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
    Asked { member: &cohort.members[m], task: &tasks[m], theory, positive: theory.info().family != NULL_FAMILY, design }
}

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
