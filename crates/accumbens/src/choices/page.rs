//! The page of a comparison of models of choices: the answer, parameters of subjects and groups, recovery.

use super::compare::{Compared, Difference, ModelResult};
use crate::report::page::{Page, shorts};
use accumbens_core::Result;
use serde_json::{Value, json};

impl Compared {
    /// The answer in a sentence or two.
    #[must_use]
    pub fn answer(&self) -> String {
        let Some(best) = self.models.first() else { return String::new() };
        let sure = self.selection.protected.first().copied().unwrap_or(0.0);
        let next = self.models.get(1).map_or_else(String::new, |second| {
            format!(", {:.1} nats ahead of {}", best.evidence - second.evidence, second.model)
        });
        let differs: Vec<String> = (best.differences.iter())
            .filter(|d| d.low > 0.0 || d.high < 0.0)
            .map(|d| format!("{} is {} in {} than in {}", d.parameter, side(d), d.group, d.against))
            .collect();
        let groups = match (best.differences.is_empty(), differs.is_empty()) {
            (true, _) => String::new(),
            (false, true) => " Its parameters do not differ measurably between groups.".into(),
            (false, false) => format!(" {}.", differs.join("; ")),
        };
        format!(
            "{} explains these choices best{next} (protected exceedance probability {sure:.2}; pseudo-R² {:.2}).{groups}",
            best.model, best.pseudo_r2
        )
    }
}

fn side(d: &Difference) -> &'static str {
    if d.difference > 0.0 { "higher" } else { "lower" }
}

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
                the best point of each subject, random-effects selection over subjects, groups by empirical Bayes.";
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
        ["model", "what it says", "log evidence", "Δ to best", "pseudo-R²", "frequency", "exceedance (protected)"];
    json!({
        "heading": "Which model", "text": compared.answer(), "tables": [{ "header": header, "rows": rows }],
    })
}

fn parameters(best: &ModelResult) -> Value {
    let names: Vec<&str> =
        best.subjects.first().map_or_else(Vec::new, |s| s.parameters.iter().map(|p| p.name.as_str()).collect());
    let mut groups: Vec<&str> = best.subjects.iter().map(|s| s.group.as_str()).collect();
    groups.sort_unstable();
    groups.dedup();
    let figure = |(j, name): (usize, &&str)| {
        let series: Vec<Value> = (groups.iter())
            .map(|group| {
                let mine: Vec<_> = best.subjects.iter().filter(|s| s.group == *group).collect();
                let alone: Vec<f64> = mine.iter().map(|s| s.parameters[j].alone).collect();
                let given = |s: &&super::compare::SubjectFit| s.parameters[j].grouped.unwrap_or(s.parameters[j].alone);
                let given: Vec<f64> = mine.iter().map(given).collect();
                let label = if group.is_empty() { "all" } else { group };
                let labels: Vec<&str> = mine.iter().map(|s| s.subject.as_str()).collect();
                json!({ "name": label, "x": shorts(&alone), "y": shorts(&given), "label": labels, "open": true })
            })
            .collect();
        json!({
            "id": format!("fig-parameter-{j}"), "kind": "dots", "loose": true, "height": 280, "x": format!("{name}, each subject alone"),
            "y": format!("{name}, given its group"), "series": series, "caption": name,
        })
    };
    let figures: Vec<Value> = names.iter().enumerate().map(figure).collect();
    let rows: Vec<Vec<String>> = (best.groups.iter())
        .map(|g| {
            let group = if g.group.is_empty() { "all".into() } else { g.group.clone() };
            vec![g.parameter.clone(), group, g.n.to_string(), format!("{:.3} ({:.3} to {:.3})", g.value, g.low, g.high)]
        })
        .collect();
    json!({
        "heading": format!("Parameters of {}", best.model),
        "text": "Each point is a subject: fitted alone, and given its group, which draws what is poorly known towards the group's mean.",
        "tables": [{ "header": ["parameter", "group", "subjects", "value of the group's mean (95% interval)"], "rows": rows }],
        "figures": figures,
    })
}

fn differences(best: &ModelResult) -> Value {
    let rows: Vec<Vec<String>> = (best.differences.iter())
        .map(|d| {
            let says = if d.low > 0.0 || d.high < 0.0 { side(d) } else { "not measurably" };
            let groups = format!("{} against {}", d.group, d.against);
            vec![
                d.parameter.clone(),
                groups,
                format!("{:+.2} ({:+.2} to {:+.2})", d.difference, d.low, d.high),
                says.into(),
            ]
        })
        .collect();
    json!({
        "heading": "How groups differ",
        "text": "Differences of group means in standard deviations of the parameter's prior, with 95% intervals.",
        "tables": [{ "header": ["parameter", "groups", "difference", ""], "rows": rows }],
    })
}

fn recovery(compared: &Compared, best: &ModelResult) -> Value {
    let rows: Vec<Vec<String>> = (best.recovery.iter())
        .map(|r| {
            vec![
                r.parameter.clone(),
                format!("{:.2}", r.correlation),
                format!("{:+.2}", r.bias),
                format!("{:.2}", r.covered),
            ]
        })
        .collect();
    let names: Vec<&str> = compared.models.iter().map(|m| m.model.as_str()).collect();
    let confused: Vec<Vec<String>> = (names.iter().zip(&compared.confusion))
        .map(|(name, row)| std::iter::once((*name).to_owned()).chain(row.iter().map(|x| format!("{x:.2}"))).collect())
        .collect();
    let header: Vec<&str> = std::iter::once("made by").chain(names.iter().copied()).collect();
    json!({
        "heading": "Would it be found again?",
        "text": "Choices simulated from each subject's parameters in the same trials, fitted again: how parameters come back (in \
                 standard scores), and which model explains each simulated data set best.",
        "tables": [
            { "header": ["parameter", "correlation", "bias", "interval holds it"], "rows": rows },
            { "header": header, "rows": confused },
        ],
    })
}
