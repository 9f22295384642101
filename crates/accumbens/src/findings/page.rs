//! Writes the page of findings: one self-contained HTML file in which each cell opens into its figure.

use super::answer::Verdict;
use super::table::Table;
use super::{Evidence, catalogue, confronted, timeline};
use crate::report::{D3, PLOT, STYLE};
use accumbens_core::{Error, Result, Topic, cite};
use minijinja::Environment;
use minijinja::value::{Serde, Value};
use serde_json::json;

const TEMPLATE: &str = include_str!("../../assets/findings.html");
const SCRIPT: &str = include_str!("../../assets/findings.js");
const GRADES: [Evidence; 4] = [Evidence::Data, Evidence::Read, Evidence::Code, Evidence::Unverified];

fn finding(name: &str) -> Result<serde_json::Value> {
    let finding = catalogue::by_name(name)?;
    let experiment = finding.design()?;
    let sources = finding.source.iter().map(|k| cite::reference(k)).collect::<Result<Vec<_>>>()?;
    let test = |t: &super::Test| {
        json!({
            "says": t.says, "value": t.value, "above": t.above, "below": t.below, "observed": t.observed,
            "basis": t.basis, "reliability": t.reliability,
        })
    };
    let published = |p: &super::spec::Published| json!({ "theory": p.theory, "value": p.value, "is": p.is, "note": p.note, "differs": p.differs });
    Ok(json!({
        "name": name, "title": finding.title, "observed": finding.observed, "n": finding.n, "note": finding.note,
        "evidence": finding.evidence, "evidence_words": finding.evidence.words(), "sources": sources, "experiment": finding.experiment,
        "design": experiment.title, "design_note": experiment.note,
        "panels": timeline::panels(&experiment),
        "tests": finding.test.iter().map(test).collect::<Vec<_>>(),
        "published": finding.published.iter().map(published).collect::<Vec<_>>(),
        "region": finding.region,
    }))
}

fn theory(label: &str, table: &Table, place: usize) -> serde_json::Value {
    let theory = &table.of[place];
    let info = theory.info();
    let count = |v: Verdict| (0..table.findings.len()).filter(|f| table.cell(*f, place).verdict == v).count();
    let speaks: Vec<&str> = theory.speaks().into_iter().map(Topic::word).collect();
    json!({
        "label": label, "summary": info.summary, "family": info.family, "dopamine": info.dopamine, "speaks": speaks,
        "agrees": count(Verdict::Agrees), "disagrees": count(Verdict::Disagrees),
        "cannot_say": count(Verdict::CannotSay), "contradicts": table.contradicted(place),
    })
}

/// The page of a table; `command` makes the same table again.
///
/// # Errors
/// Where the template cannot be filled.
pub fn html(table: &Table, command: &str) -> Result<String> {
    let fault = |e: minijinja::Error| Error::input("findings page", format!("{e:#}"), "");
    let mut environment = Environment::new();
    environment.add_template("findings.html", TEMPLATE).map_err(fault)?;
    let findings = table.findings.iter().map(|n| finding(n)).collect::<Result<Vec<_>>>()?;
    let labels = table.theories.iter().enumerate();
    let theories = labels.map(|(i, label)| theory(label, table, i)).collect::<Vec<_>>();
    let mut predictions = Vec::with_capacity(table.cells.len());
    for (place, cell) in table.cells.iter().enumerate() {
        let of = catalogue::by_name(&cell.finding)?;
        predictions.push(!confronted(&of, table.of[place % table.of.len()].as_ref()));
    }
    let data = json!({ "findings": findings, "theories": theories, "cells": table.cells, "predictions": predictions, "prior": table.prior });
    // Inside a script element only "<" could end it or begin a comment.
    let data = data.to_string().replace('<', "\\u003c");
    let page = json!({
        "style": STYLE, "script": SCRIPT, "d3": D3, "plot": PLOT, "data": data, "command": command,
        "version": env!("CARGO_PKG_VERSION"), "subjects": table.subjects, "prior": table.prior,
        "prior_subjects": super::prior::SUBJECTS, "of_findings": table.grades.of_findings(),
        "of_tests": table.grades.of_tests(), "grades": GRADES.map(|e| json!({ "word": e.word(), "words": e.words() })),
        "findings": table.findings.len(), "theories": table.theories.len(),
    });
    let template = environment.get_template("findings.html").map_err(fault)?;
    template.render(Value::from(Serde(&page))).map_err(fault)
}
