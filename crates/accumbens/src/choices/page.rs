//! The page of a comparison of models of choices: the answer, parameters of subjects and groups, recovery.

use super::answer::side;
use super::recovered::{Recovered, Share};
use super::result::{Compared, ModelResult, SubjectFit};
use crate::report::page::{Page, shorts};
use accumbens_core::{Result, counted};
use serde_json::{Value, json};

/// The page as HTML.
///
/// # Errors
/// Where it cannot be filled.
pub fn html(compared: &Compared, title: &str, command: &str) -> Result<String> {
    let subjects = compared.models.first().map_or(0, |m| m.subjects.len());
    let facts = vec![
        ("subjects".into(), subjects.to_string()),
        ("choices".into(), compared.trials.to_string()),
        ("latencies".into(), compared.latencies.to_string()),
        ("dopamine".into(), compared.dopamine.to_string()),
    ];
    let mut sections = vec![ranking(compared)];
    if let Some(best) = compared.models.first() {
        sections.push(parameters(best));
        if !best.differences.is_empty() {
            sections.push(differences(best));
        }
        if !best.recovery.is_empty() {
            sections.push(recovery(compared, best));
        }
    }
    let lead = "Models of choices, each with latencies and dopamine where they were recorded: log evidence by Laplace's method at \
                the best point of each subject, random-effects selection over subjects (the order of the table), groups by \
                empirical Bayes.";
    let eyebrow = "accumbens · choices".into();
    Page { eyebrow, title: title.into(), lead: lead.into(), facts, sections, command: command.into() }.html()
}

fn ranking(compared: &Compared) -> Value {
    let top = compared.models.first().map_or(0.0, |m| m.evidence);
    let rows: Vec<Vec<String>> = (compared.models.iter().enumerate())
        .map(|(i, m)| {
            vec![
                m.model.clone(),
                m.summary.clone(),
                format!("{:.1}", m.evidence),
                format!("{:.1}", m.evidence - top),
                format!("{:.2}", m.pseudo_r2),
                format!("{:.2}", compared.selection.frequency[i]),
                format!("{:.2}", compared.selection.protected[i]),
            ]
        })
        .collect();
    let header =
        ["model", "what it says", "log evidence", "Δ to first", "pseudo-R²", "frequency", "exceedance (protected)"];
    json!({
        "heading": "Which model", "text": compared.answer, "tables": [{ "header": header, "rows": rows }],
    })
}

fn parameters(best: &ModelResult) -> Value {
    let names: Vec<&str> =
        best.subjects.first().map_or_else(Vec::new, |s| s.parameters.iter().map(|p| p.name.as_str()).collect());
    let mut groups: Vec<&str> = best.subjects.iter().map(|s| s.group.as_str()).collect();
    groups.sort_unstable();
    groups.dedup();
    let note = |j: usize| best.subjects.first().map_or("", |s| s.parameters[j].note.as_str());
    let figure = |(j, name): (usize, &&str)| {
        let series: Vec<Value> = (groups.iter())
            .map(|group| {
                let mine: Vec<_> = best.subjects.iter().filter(|s| s.group == *group).collect();
                let alone: Vec<f64> = mine.iter().map(|s| s.parameters[j].alone).collect();
                let given = |s: &&SubjectFit| s.parameters[j].grouped.unwrap_or(s.parameters[j].alone);
                let given: Vec<f64> = mine.iter().map(given).collect();
                let label = if group.is_empty() { "all" } else { group };
                let labels: Vec<&str> = mine.iter().map(|s| s.subject.as_str()).collect();
                json!({ "name": label, "x": shorts(&alone), "y": shorts(&given), "label": labels, "open": true })
            })
            .collect();
        json!({
            "id": format!("fig-parameter-{j}"), "kind": "dots", "loose": true, "height": 280, "x": format!("{name}, each subject alone"),
            "y": format!("{name}, given its group"), "series": series, "caption": format!("{name}; {}", note(j)),
        })
    };
    let figures: Vec<Value> = names.iter().enumerate().map(figure).collect();
    let rows: Vec<Vec<String>> = (best.groups.iter())
        .map(|g| {
            let group = if g.group.is_empty() { "all".into() } else { g.group.clone() };
            let value = if g.low.is_nan() {
                format!("{:.3}", g.value)
            } else {
                format!("{:.3} ({:.3} to {:.3})", g.value, g.low, g.high)
            };
            vec![g.parameter.clone(), group, g.n.to_string(), value, g.note.clone()]
        })
        .collect();
    json!({
        "heading": format!("Parameters of {}", best.model),
        "text": "Each point is a subject: fitted alone, and given its group, which draws what is poorly known towards the group's \
                 mean. Beside each interval stands its recovery: the correlation r of subjects' values that were put into simulated \
                 studies with those that were found, and how often the interval held what was put in.",
        "tables": [{ "header": ["parameter", "group", "subjects", "value of the group's mean (95% interval)", "recovery"], "rows": rows }],
        "figures": figures,
    })
}

fn differences(best: &ModelResult) -> Value {
    let rows: Vec<Vec<String>> = (best.differences.iter())
        .map(|d| {
            let readable = d.recovery.as_ref().is_none_or(|r| r.readable);
            let says = match d.low > 0.0 || d.high < 0.0 {
                _ if !readable => "not to be read",
                true => side(d),
                false => "not measurably",
            };
            let groups = format!("{} against {}", d.group, d.against);
            vec![
                d.parameter.clone(),
                groups,
                format!("{:+.2} ({:+.2} to {:+.2})", d.difference, d.low, d.high),
                says.into(),
                d.note.clone(),
            ]
        })
        .collect();
    json!({
        "heading": "How groups differ",
        "text": "Differences of group means in standard deviations of the parameter's prior, with 95% intervals and the recovery of \
                 these intervals.",
        "tables": [{ "header": ["parameter", "groups", "difference", "", "recovery"], "rows": rows }],
    })
}

fn recovery(compared: &Compared, best: &ModelResult) -> Value {
    let held = |share: &Option<Share>| share.map_or_else(|| "–".into(), |s| s.percent());
    let row = |r: &Recovered| {
        let r_error = format!("{:.2} ± {:.2}", r.correlation, r.correlation_error);
        let bias = format!("{:+.2}", r.bias);
        vec![r.parameter.clone(), r_error, bias, held(&r.subjects), held(&r.means), held(&r.differences)]
    };
    let rows: Vec<Vec<String>> = best.recovery.iter().map(row).collect();
    let said: Vec<Vec<String>> = compared.confusion.iter().map(super::recovered::Confusion::row).collect();
    let names = compared.models.iter().map(|m| m.model.as_str());
    let header: Vec<&str> =
        std::iter::once("made by").chain(names).chain(["no decision", "family decided rightly"]).collect();
    let studies = best.recovery[0].studies;
    json!({
        "heading": "Would it be found again?",
        "text": format!(
            "{} a model, simulated in the same trials with the choices, latencies and dopamine that were fitted, and \
             put through the same fits: how parameters come back (r within groups and bias of subjects' standard scores; how often \
             95% intervals held what was put in), and what the verdict would say. ± one standard error.",
            counted(studies, "study")
        ),
        "tables": [
            {
                "header": ["parameter", "r", "bias", "subjects' intervals hold", "group means' hold", "differences' hold"],
                "rows": rows,
            },
            { "header": header, "rows": said },
        ],
    })
}
