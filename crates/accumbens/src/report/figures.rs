//! Gathers the numbers that the report's figures draw; bounded, however long the recordings are.

use super::page::drawn;
use super::trace::example;
use crate::fit::Comparison;
use crate::fit::cohort::Member;
use crate::fit::describe::heat;
use crate::fit::description;
use crate::fit::statistics::{mean, variance};
use accumbens_core::Result;
use accumbens_core::study::{Scoring, Study};
use serde_json::{Value, json};

/// Points of a learning curve.
const CURVE: usize = 30;
/// Choices that one share is taken of, at least.
const LEAST: usize = 8;
/// Bins of the previous interval.
const INTERVALS: usize = 8;
/// Rows of a heat map: more trials are averaged in their order.
const ROWS: usize = 60;
/// Subjects that are drawn one by one.
const SUBJECTS: usize = 12;

/// Everything the figures draw.
pub fn figures(study: &Study, comparison: &Comparison) -> Result<Value> {
    let order: Vec<&str> = comparison.ranking.iter().map(|r| r.label.as_str()).collect();
    let ranking = comparison.ranking.iter().map(|r| {
        json!({
            "theory": r.label, "family": r.family, "truth": r.truth, "delta": drawn(r.difference[0]),
            "error": drawn(r.difference[1]), "frequency": drawn(r.frequency), "protected": drawn(r.protected),
        })
    });
    let ranking: Vec<Value> = ranking.collect();
    let recovery = comparison.recovery.as_ref().map(|r| {
        let cells = r.truths.iter().zip(&r.said).flat_map(|(truth, row)| {
            r.answers.iter().zip(row).map(move |(answer, n)| json!({ "truth": truth, "answer": answer, "n": n }))
        });
        json!({ "studies": r.studies, "cells": cells.collect::<Vec<_>>() })
    });
    Ok(json!({
        "unit": study.scoring.unit(&study.unit),
        "signal": study.unit,
        "order": order,
        "events": study.scoring.events().collect::<Vec<_>>(),
        "windows": windows(study),
        "ranking": ranking,
        "evidence": evidence(comparison),
        "curves": curves(comparison),
        "choices": choices(study, comparison),
        "intervals": intervals(study, comparison),
        "averages": averages(comparison),
        "heat": heats(study, comparison),
        "example": example(study, comparison)?,
        "recovery": recovery,
    }))
}

/// The response window of each scored kind of event.
fn windows(study: &Study) -> Vec<Value> {
    let of = |rule: &Scoring| {
        let [from, to] = rule.response;
        let one = move |event: &String| json!({ "event": event, "from": from, "to": to });
        rule.events.iter().map(one).collect::<Vec<_>>()
    };
    study.scoring.0.iter().flat_map(of).collect()
}

/// Evidence of each account in each subject against the subject's best.
fn evidence(comparison: &Comparison) -> Vec<Value> {
    let cell = |m: usize| {
        let theories = comparison.theories.iter().map(|t| (t.label.as_str(), t.subjects[m].held_out));
        let described = &comparison.described[m];
        let all: Vec<(&str, f64)> = theories.chain([(description::NAME, described.held_out)]).collect();
        let best = all.iter().map(|a| a.1).fold(f64::NEG_INFINITY, f64::max);
        all.into_iter().map(
            move |(label, held)| json!({ "subject": described.subject, "theory": label, "delta": drawn(held - best) }),
        )
    };
    (0..comparison.cohort.members.len()).flat_map(cell).collect()
}

/// Means of consecutive responses: observed, and predicted by each theory.
fn curves(comparison: &Comparison) -> Vec<Value> {
    let mut out = Vec::new();
    for (m, member) in comparison.cohort.members.iter().enumerate().take(SUBJECTS) {
        for (kind, name) in scored_kinds(member) {
            let at: Vec<usize> = (0..member.scored.len()).filter(|&i| member.scored[i].response.kind == kind).collect();
            for part in at.chunks(at.len().div_ceil(CURVE).max(1)) {
                let mut point = point(comparison, m, part, |i| member.scored[i].number as f64);
                point["event"] = name.as_str().into();
                out.push(point);
            }
        }
    }
    out
}

/// Shares of the first option in consecutive choices: observed, and as each theory gives its chance.
fn choices(study: &Study, comparison: &Comparison) -> Vec<Value> {
    let mut out = Vec::new();
    for (m, member) in comparison.cohort.members.iter().enumerate().take(SUBJECTS) {
        let chosen = &member.choosing.chosen;
        for (number, between) in study.choices.iter().enumerate() {
            let at: Vec<usize> = (0..chosen.len()).filter(|&i| chosen[i].between == number).collect();
            let size = at.len().div_ceil(CURVE).max(LEAST);
            for (part, places) in at.chunks(size).enumerate() {
                let average = |of: &dyn Fn(usize) -> f64| mean(&places.iter().map(|&i| of(i)).collect::<Vec<_>>());
                let share = average(&|i| f64::from(u8::from(chosen[i].taken == 0)));
                let x = (part * size) as f64 + 0.5 * (places.len() as f64 + 1.0);
                let error = (share * (1.0 - share) / places.len() as f64).sqrt();
                let event = format!("{} of {}", between.options[0], between.options.join(", "));
                let mut point = json!({
                    "subject": member.name, "event": event, "x": drawn(x), "y": drawn(share), "error": drawn(error),
                });
                for theory in &comparison.theories {
                    let chances = &theory.subjects[m].chances;
                    point[format!("p:{}", theory.label)] = drawn(average(&|i| chances[i]));
                }
                out.push(point);
            }
        }
    }
    out
}

/// Means of responses to the focus event over bins of the previous interval with equal numbers in them.
fn intervals(study: &Study, comparison: &Comparison) -> Vec<Value> {
    let mut out = Vec::new();
    for (m, member) in comparison.cohort.members.iter().enumerate().take(SUBJECTS) {
        let Some(kind) = member.log.kind(study.scoring.focus()) else { continue };
        let interval = |i: usize| member.scored[i].response.interval;
        let mut at: Vec<usize> = (0..member.scored.len())
            .filter(|&i| member.scored[i].response.kind == kind.index() && interval(i).is_finite())
            .collect();
        at.sort_by(|a, b| interval(*a).total_cmp(&interval(*b)));
        let parts = at.chunks(at.len().div_ceil(INTERVALS).max(1));
        out.extend(parts.map(|part| point(comparison, m, part, interval)));
    }
    out
}

/// The mean of a subject's responses `part` at the mean of `x`: observed with its standard error, and predicted.
fn point(comparison: &Comparison, m: usize, part: &[usize], x: impl Fn(usize) -> f64) -> Value {
    let member = &comparison.cohort.members[m];
    let average = |of: &dyn Fn(usize) -> f64| mean(&part.iter().map(|&i| of(i)).collect::<Vec<_>>());
    let y: Vec<f64> = part.iter().map(|&i| member.scored[i].response.value).collect();
    let error = if y.len() > 1 { (variance(&y) / y.len() as f64).sqrt() } else { f64::NAN };
    let mut point =
        json!({ "subject": member.name, "x": drawn(average(&x)), "y": drawn(mean(&y)), "error": drawn(error) });
    for theory in &comparison.theories {
        let predicted = &theory.subjects[m].predicted;
        point[format!("p:{}", theory.label)] = drawn(average(&|i| predicted[i]));
    }
    let described = &comparison.described[m].predicted;
    point[format!("p:{}", description::NAME)] = drawn(average(&|i| described[i]));
    point
}

fn scored_kinds(member: &Member) -> Vec<(usize, String)> {
    let mut kinds: Vec<usize> = member.scored.iter().map(|s| s.response.kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    kinds.into_iter().map(|k| (k, member.log.kinds()[k].name.clone())).collect()
}

fn averages(comparison: &Comparison) -> Vec<Value> {
    let rows = comparison.description.averages.iter().flat_map(|a| {
        (0..a.times.len()).map(move |i| {
            json!({
                "event": a.event, "t": drawn(a.times[i]), "y": drawn(a.mean[i]),
                "low": drawn(a.mean[i] - a.half_width[i]), "high": drawn(a.mean[i] + a.half_width[i]),
            })
        })
    });
    rows.collect()
}

/// Heat maps: the signal around each response, in the order of life.
fn heats(study: &Study, comparison: &Comparison) -> Vec<Value> {
    let mut out = Vec::new();
    for member in comparison.cohort.members.iter().take(SUBJECTS) {
        for event in study.scoring.events() {
            let (times, rows) = heat(study, member, event);
            if rows.is_empty() {
                continue;
            }
            let size = rows.len().div_ceil(ROWS).max(1);
            let merged: Vec<Vec<f64>> = rows
                .chunks(size)
                .map(|part| (0..times.len()).map(|i| mean(&part.iter().map(|r| r[i]).collect::<Vec<_>>())).collect())
                .collect();
            let cells: Vec<Value> = merged.iter().flatten().map(|v| drawn(*v)).collect();
            out.push(json!({
                "subject": member.name, "event": event, "from": times.first(), "to": times.last(),
                "columns": times.len(), "rows": merged.len(), "trials": rows.len(), "cells": cells,
            }));
        }
    }
    out
}
