//! Puts the report's tables and methods into words.

use crate::fit::Comparison;
use crate::fit::describe::signatures as observed_signatures;
use crate::fit::recovery::Recovery;
use crate::fit::statistics::mean;
use crate::fit::verdict::Against;
use accumbens_core::cite::{Reference, named};
use accumbens_core::params;
use accumbens_core::study::{Scoring, Statistic, Study};
use serde_json::{Value, json};

fn number(value: f64, digits: usize) -> String {
    if value.is_finite() { format!("{value:.digits$}").replace('-', "−") } else { "–".into() }
}

/// What was analysed.
pub fn study(study: &Study, comparison: &Comparison) -> Value {
    let members = &comparison.cohort.members;
    let ceiling = mean(&comparison.ceilings.iter().copied().flatten().collect::<Vec<_>>());
    let sensor = study.sensor.as_ref().map(|x| {
        let doubt = if x.unverified.is_empty() { String::new() } else { format!(" (unverified: {})", x.unverified) };
        format!("{}, rise {} s, decay {} s{doubt}", x.name, x.rise, x.decay)
    });
    json!({
        "title": study.title,
        "subjects": members.len(),
        "sessions": members.iter().map(|m| m.tallies.iter().filter(|t| t.scored > 0).count()).sum::<usize>(),
        "responses": members.iter().map(|m| m.scored.len()).sum::<usize>(),
        "focus": study.scoring.focus(),
        "scoring": study.scoring.0.iter().map(|rule| scored(&study.channel, rule)).collect::<Vec<_>>(),
        "tails": members.iter().map(|m| m.overlap.tails).sum::<usize>(),
        "overlap": comparison.description.subjects.iter().map(overlap).collect::<Vec<_>>(),
        "unit": study.scoring.unit(&study.unit),
        "sensor": sensor,
        "truth": comparison.truth,
        "unfinished": comparison.unfinished,
        "without": comparison.description.without,
        "without_dopamine": number(comparison.without_dopamine.iter().sum(), 1),
        "ceiling": ceiling.is_finite().then(|| number(ceiling, 2)),
    })
}

/// How the responses to some kinds of event are taken, in a sentence.
fn scored(channel: &str, rule: &Scoring) -> String {
    let statistic = match rule.statistic {
        Statistic::Sum => "integral over time",
        Statistic::Mean => "mean",
        Statistic::Samples => "sum over samples",
    };
    let [from, to] = rule.response;
    let baseline = rule.baseline.map_or_else(String::new, |[a, b]| format!(" less that over [{a}, {b}] s"));
    let around =
        rule.align.as_ref().map_or("the event".to_owned(), |a| format!("the first {} after the event", a.first));
    let apart = if rule.min_interval > 0.0 {
        format!("; events closer than {} s to the one of their kind before are left out", rule.min_interval)
    } else {
        String::new()
    };
    format!(
        "{}: {statistic} of {channel} over [{from}, {to}] s{baseline}, around {around}, where {:.0} % of a window's samples \
         or more are there{apart}",
        rule.events.join(" and "),
        100.0 * rule.coverage
    )
}

/// How much of a subject's correlations the tails of other responses make.
fn overlap(s: &crate::fit::describe::SubjectFacts) -> Value {
    let [n, i] = s.r_overlap;
    json!({
        "subject": s.subject, "tails": s.tails, "responses": s.tally.scored, "number": number(s.r_number, 3),
        "interval": number(s.r_interval, 3), "number_overlap": number(n, 3), "interval_overlap": number(i, 3),
    })
}

/// The ranking, best first.
pub fn ranking(comparison: &Comparison) -> Vec<Value> {
    let row = |r: &crate::fit::comparison::Ranked| {
        json!({
            "label": r.label, "family": r.family, "truth": r.truth, "one_with": r.one_with,
            "held_out": number(r.held_out, 1), "delta": number(r.difference[0], 1), "error": number(r.difference[1], 1),
            "left_out": number(r.left_out, 1), "bic": number(r.delta_bic, 1), "frequency": number(r.frequency, 2),
            "protected": number(r.protected, 2), "exceedance": number(r.exceedance, 2),
            "r2": number(r.r2, 2), "own": number(r.r2_own, 2), "opposed": r.opposed,
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
    let row = |r: &crate::fit::comparison::Ranked| {
        let theory = comparison.theories.iter().find(|t| t.label == r.label)?;
        let fits: Vec<crate::fit::comparison::ChoiceFit> = theory.subjects.iter().filter_map(|s| s.choices).collect();
        let of = |f: fn(&crate::fit::comparison::ChoiceFit) -> f64| fits.iter().map(f).collect::<Vec<_>>();
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
            "own": best.map(|t| number(t.subjects[m].r2_own, 2)),
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
    let theory = |t: &crate::fit::comparison::TheoryResult| {
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
        |t: &crate::fit::comparison::TheoryResult| json!({ "label": t.label, "told": t.told, "papers": t.of.papers() });
    comparison.theories.iter().map(row).collect()
}

/// One account against another, in words.
pub fn against(against: &Against) -> String {
    let new = against.new_animal.map_or_else(
        || "one animal has no error over animals".to_owned(),
        |p| {
            let spread = number(against.heterogeneity.unwrap_or(f64::NAN), 1);
            format!(
                "standard deviation between animals {spread} nats, probability to be better in a new animal {}",
                number(p, 2)
            )
        },
    );
    format!("{} against {}: {}; {new}", against.account, against.other, against.words())
}

/// What recovery says.
pub fn recovery(comparison: &Comparison) -> Value {
    let Some(recovery) = &comparison.recovery else { return Value::Null };
    let share = |[count, of]: [usize; 2]| {
        let percent = |x: f64| number(100.0 * x, 0);
        let error = percent(Recovery::standard_error(count, of));
        format!("{} % (± {error}) of {of}", percent(count as f64 / of.max(1) as f64))
    };
    let answer = match &comparison.verdict.winner {
        Some(winner) => recovery.answers.iter().position(|a| a == winner),
        None => recovery.answers.len().checked_sub(1),
    };
    let inversion = answer.map(|answer| {
        let p = recovery.inversion(answer);
        let pairs = recovery.truths.iter().zip(p).filter(|(_, p)| *p > 0.0);
        pairs.map(|(t, p)| format!("{t} {:.0} %", 100.0 * p)).collect::<Vec<_>>().join(", ")
    });
    json!({
        "each": recovery.studies,
        "named": share(recovery.named()),
        "wrong": share(recovery.wrong()),
        "decided": recovery.wrongly_decided()[0],
        "sizes": recovery.truths.iter().zip(&recovery.sizes).map(|(t, s)| format!("{t} {}", number(*s, 2))).collect::<Vec<_>>(),
        "answer": answer.map(|i| &recovery.answers[i]),
        "inversion": inversion.filter(|s| !s.is_empty()),
    })
}

/// The numbers of the method.
pub fn methods(comparison: &Comparison) -> Value {
    let b = comparison.budget;
    json!({ "draws": b.draws, "design": b.design, "starts": b.starts, "evaluations": b.evaluations, "seed": comparison.seed.0 })
}

/// The references of every theory and method used.
pub fn references(study: &Study, comparison: &Comparison) -> Vec<Reference> {
    let mut keys = vec![
        "gelman2013",
        "genz2002",
        "kass1995",
        "hansen2001",
        "cornuet2012",
        "burkner2020",
        "dersimonian1986",
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
