//! Puts the report's tables and methods into words.

use crate::fit::Comparison;
use crate::fit::describe::signatures as observed_signatures;
use crate::fit::statistics::mean;
use accumbens_core::cite::{Reference, named};
use accumbens_core::params;
use accumbens_core::study::{Statistic, Study};
use serde_json::{Value, json};

fn number(value: f64, digits: usize) -> String {
    if value.is_finite() { format!("{value:.digits$}").replace('-', "−") } else { "–".into() }
}

/// What was analysed.
pub fn study(study: &Study, comparison: &Comparison) -> Value {
    let members = &comparison.cohort.members;
    let s = &study.scoring;
    let statistic = match s.statistic {
        Statistic::Sum => "sum",
        Statistic::Mean => "mean",
    };
    let baseline = s.baseline.map_or_else(String::new, |[a, b]| format!(" less the {statistic} over [{a}, {b}] s"));
    let aligned = s.align.as_ref().map_or("the event".to_owned(), |a| format!("the first {} after the event", a.first));
    let sensor = study.sensor.as_ref().map(|x| {
        let doubt = if x.unverified.is_empty() { String::new() } else { format!(" (unverified: {})", x.unverified) };
        format!("{}, rise {} s, decay {} s{doubt}", x.name, x.rise, x.decay)
    });
    json!({
        "title": study.title,
        "subjects": members.len(),
        "sessions": members.iter().map(|m| m.tallies.iter().filter(|t| t.scored > 0).count()).sum::<usize>(),
        "responses": members.iter().map(|m| m.scored.len()).sum::<usize>(),
        "events": s.events.join(" and "),
        "focus": s.focus(),
        "scoring": format!("{statistic} of {} over [{}, {}] s{baseline}, around {aligned}", study.channel, s.response[0], s.response[1]),
        "min_interval": s.min_interval,
        "unit": study.unit,
        "sensor": sensor,
        "truth": comparison.truth,
        "unfinished": comparison.unfinished,
        "without": comparison.description.without,
        "without_dopamine": number(comparison.without_dopamine.iter().sum(), 1),
        "ceiling": comparison.ranking.first().and_then(|r| r.ceiling).map(|c| number(c, 2)),
    })
}

/// The ranking, best first.
pub fn ranking(comparison: &Comparison) -> Vec<Value> {
    let row = |r: &crate::fit::ranking::Ranked| {
        json!({
            "label": r.label, "family": r.family, "truth": r.truth,
            "held_out": number(r.held_out, 1), "delta": number(r.difference[0], 1), "error": number(r.difference[1], 1),
            "left_out": number(r.left_out, 1), "bic": number(r.delta_bic, 1), "frequency": number(r.frequency, 2),
            "protected": number(r.protected, 2), "exceedance": number(r.exceedance, 2),
            "r2": r.r2.map(|x| number(x, 2)), "negative": r.gain_negative,
        })
    };
    comparison.ranking.iter().map(row).collect()
}

/// How each theory explains choices, in the order of the ranking; nothing where there are none.
pub fn choices(study: &Study, comparison: &Comparison) -> Value {
    let total: usize = comparison.cohort.members.iter().map(|m| m.choosing.chosen.len()).sum();
    if total == 0 {
        return Value::Null;
    }
    let row = |r: &crate::fit::ranking::Ranked| {
        let theory = comparison.theories.iter().find(|t| t.label == r.label)?;
        let fits: Vec<crate::fit::compare::ChoiceFit> = theory.subjects.iter().filter_map(|s| s.choices).collect();
        let of = |f: fn(&crate::fit::compare::ChoiceFit) -> f64| fits.iter().map(f).collect::<Vec<_>>();
        let over: f64 = of(|c| c.held_out).iter().sum::<f64>() - comparison.without_preferences.iter().sum::<f64>();
        let speaks = theory.of.speaks().contains(&accumbens_core::Topic::Behaviour);
        Some(json!({
            "label": r.label, "speaks": speaks, "over": number(over, 1), "chance": number(mean(&of(|c| c.chance)), 3),
            "weight": number(mean(&of(|c| c.weight)), 2), "repeats": number(mean(&of(|c| c.repeats)), 2),
        }))
    };
    let without: f64 = comparison.without_preferences.iter().sum();
    let rows: Vec<Value> = comparison.ranking.iter().filter_map(row).collect();
    let firsts = study.choices.iter().filter_map(|c| c.options.first().cloned());
    let first = firsts.collect::<Vec<_>>().join(" (or of ") + &")".repeat(study.choices.len().saturating_sub(1));
    json!({ "count": total, "without": number(without, 1), "rows": rows, "first": first })
}

/// Each subject: responses, ceiling, best theory.
pub fn subjects(comparison: &Comparison) -> Vec<Value> {
    let row = |(m, member): (usize, &crate::fit::Member)| {
        let best = comparison.theories.iter().max_by(|a, b| a.subjects[m].held_out.total_cmp(&b.subjects[m].held_out));
        json!({
            "name": member.name, "responses": member.scored.len(),
            "sessions": member.tallies.iter().filter(|t| t.scored > 0).count(),
            "ceiling": comparison.ceilings[m].map(|c| number(c, 2)),
            "best": best.map(|t| &t.label), "r2": best.map(|t| number(t.subjects[m].r2, 2)),
            "without": best.map(|t| number(t.subjects[m].r2_without, 2)),
        })
    };
    comparison.cohort.members.iter().enumerate().map(row).collect()
}

/// The two signature correlations: observed, and as each fitted theory predicts them.
pub fn signatures(comparison: &Comparison) -> Value {
    let members = &comparison.cohort.members;
    let focus = members[0].log.kind(&comparison.description.focus).map_or(0, |k| k.index());
    let observed: Vec<[f64; 2]> = members.iter().map(|m| observed_signatures(m, focus, &m.values())).collect();
    let cells = |of: &[[f64; 2]], which: usize| of.iter().map(|s| number(s[which], 2)).collect::<Vec<_>>();
    let average = |of: &[[f64; 2]], which: usize| number(mean(&of.iter().map(|s| s[which]).collect::<Vec<_>>()), 2);
    let table = |which: usize| {
        let row =
            |who: &str, of: &[[f64; 2]]| json!({ "who": who, "mean": average(of, which), "cells": cells(of, which) });
        let mut rows = vec![row("observed", &observed)];
        for ranked in &comparison.ranking {
            if let Some(theory) = comparison.theories.iter().find(|t| t.label == ranked.label) {
                rows.push(row(&theory.label, &theory.subjects.iter().map(|s| s.signatures).collect::<Vec<_>>()));
            }
        }
        rows
    };
    json!({ "subjects": members.iter().map(|m| &m.name).collect::<Vec<_>>(), "number": table(0), "interval": table(1) })
}

/// Fitted parameters and gains of each theory.
pub fn parameters(comparison: &Comparison) -> Vec<Value> {
    let theory = |t: &crate::fit::compare::TheoryResult| {
        let spread = |values: Vec<f64>| {
            let low = values.iter().copied().fold(f64::INFINITY, f64::min);
            let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            format!("{} ({} to {})", significant(mean(&values)), significant(low), significant(high))
        };
        let parameter = |(i, (name, prior)): (usize, &(String, String))| {
            let values = t.subjects.iter().map(|s| s.parameters[i].1).collect();
            let place = params::place_of(t.of.table(), name).ok();
            let about = place.map(|p| (t.of.table()[p].doc.trim(), t.of.table()[p].unit));
            let (doc, unit) = about.unwrap_or_default();
            json!({ "name": name, "doc": doc, "unit": unit, "prior": prior, "values": spread(values) })
        };
        let gain = |i: usize| {
            let values: Vec<f64> = t.subjects.iter().map(|s| s.gains[i].1).collect();
            let zero = values.iter().all(|v| *v == 0.0);
            (!zero).then(|| json!({ "channel": t.subjects[0].gains[i].0, "values": spread(values) }))
        };
        let channels = t.subjects.first().map_or(0, |s| s.gains.len());
        json!({
            "label": t.label,
            "parameters": t.fitted.iter().enumerate().map(parameter).collect::<Vec<_>>(),
            "gains": (0..channels).filter_map(gain).collect::<Vec<_>>(),
        })
    };
    comparison.theories.iter().map(theory).collect()
}

fn significant(value: f64) -> String {
    if value == 0.0 || !value.is_finite() {
        return number(value, 0);
    }
    let digits = (2 - value.abs().log10().floor() as i32).clamp(0, 8) as usize;
    number(value, digits)
}

/// What each theory was told, and its papers.
pub fn told(comparison: &Comparison) -> Vec<Value> {
    let row =
        |t: &crate::fit::compare::TheoryResult| json!({ "label": t.label, "told": t.told, "papers": t.of.papers() });
    comparison.theories.iter().map(row).collect()
}

/// What recovery says.
pub fn recovery(comparison: &Comparison) -> Value {
    let Some(recovery) = &comparison.recovery else { return Value::Null };
    let best = comparison.ranking.first().and_then(|r| comparison.theories.iter().position(|t| t.label == r.label));
    let inversion = best.map(|winner| {
        let p = recovery.inversion(winner);
        let pairs = comparison.theories.iter().zip(p).filter(|(_, p)| *p > 0.0);
        pairs.map(|(t, p)| format!("{} {:.0} %", t.label, 100.0 * p)).collect::<Vec<_>>().join(", ")
    });
    json!({
        "studies": recovery.wins.iter().flatten().sum::<usize>(),
        "each": recovery.studies,
        "share": number(100.0 * recovery.share, 0),
        "accuracy": number(100.0 * recovery.accuracy(), 0),
        "winner": best.map(|i| &comparison.theories[i].label),
        "inversion": inversion.filter(|s| !s.is_empty()),
    })
}

/// The numbers of the method.
pub fn methods(comparison: &Comparison) -> Value {
    let b = comparison.budget;
    json!({ "design": b.design, "starts": b.starts, "evaluations": b.evaluations, "seed": comparison.seed.0 })
}

/// The references of every theory and method used.
pub fn references(study: &Study, comparison: &Comparison) -> Vec<Reference> {
    let mut keys = vec![
        "gelman2013",
        "hansen2001",
        "burkner2020",
        "stephan2009",
        "rigoux2014",
        "penny2010",
        "schwarz1978",
        "wilson2019",
    ];
    keys.extend((!study.choices.is_empty()).then_some("mcfadden1974"));
    for theory in &comparison.theories {
        keys.extend(theory.of.papers());
    }
    if let Some(sensor) = study.sensor.as_ref().filter(|s| !s.source.is_empty()) {
        keys.push(&sensor.source);
    }
    keys.sort_unstable();
    keys.dedup();
    keys.into_iter().map(named).collect()
}
