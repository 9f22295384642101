//! `accumbens theories`: lists the theories, or prints one.

use crate::output;
use accumbens::theories::{by_name, names};
use accumbens_core::{AnyTheory, Result, cite};
use serde_json::json;

/// What is listed.
#[derive(clap::Args)]
pub struct Args {
    /// A theory, to print its parameters and papers.
    name: Option<String>,
}

pub fn run(args: &Args, json: bool) -> Result<()> {
    match &args.name {
        Some(name) => one(by_name(name)?.as_ref(), json),
        None => all(json),
    }
}

fn all(json: bool) -> Result<()> {
    let theories = names().map(by_name).collect::<Result<Vec<_>>>()?;
    if json {
        return output::json(&theories.iter().map(|t| t.info()).collect::<Vec<_>>());
    }
    let mut table = output::table(&["theory", "family", "what it says"]);
    for theory in &theories {
        let info = theory.info();
        table.add_row([info.name, info.family, info.summary]);
    }
    output::line(&table.to_string())
}

fn one(theory: &dyn AnyTheory, json: bool) -> Result<()> {
    let info = theory.info();
    let papers = info.papers.iter().map(|key| cite::reference(key)).collect::<Result<Vec<_>>>()?;
    if json {
        let row = |p: &accumbens_core::Parameter| {
            json!({
                "name": p.name, "default": p.default, "domain": p.domain.words(), "unit": p.unit, "doc": p.doc.trim(),
                "source": p.source, "prior": p.prior, "fixed": p.fixed,
            })
        };
        let parameters: Vec<_> = theory.table().iter().map(row).collect();
        return output::json(&json!({ "info": info, "parameters": parameters, "papers": papers }));
    }
    output::line(&format!("{}: {}\ndopamine: {}\n", info.name, info.summary, info.dopamine))?;
    let mut table = output::table(&["parameter", "default", "domain", "unit", "meaning", "source"]);
    for p in theory.table() {
        let prior = p.prior.map(|p| format!(" Fitted: {}.", p.words())).unwrap_or_default();
        let meaning = format!("{}{prior}", p.doc.trim());
        let source = if p.source.is_empty() { "ours" } else { p.source };
        table.add_row([p.name, &p.show(p.default), &p.domain.words(), p.unit, &meaning, source]);
    }
    if theory.table().is_empty() {
        output::line("It has no parameters.")?;
    } else {
        output::line(&table.to_string())?;
    }
    for paper in papers {
        output::line(&format!("[{}] {} {}", paper.key, paper.text, paper.link))?;
    }
    Ok(())
}
