//! `accumbens theories`: lists the theories, or prints one.

use crate::output;
use accumbens::theories::registry::WrapperInfo;
use accumbens::theories::{account, by_name, names, wrappers};
use accumbens_core::{AnyTheory, EventKind, Result, Topic, cite};
use serde_json::json;

/// What is listed.
#[derive(clap::Args)]
pub struct Args {
    /// A theory, as NAME or NAME+WRAPPER, to print its equations, parameters and papers.
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
        let wrapper = |w: WrapperInfo| json!({ "name": format!("+{}", w.name), "family": "wrapper", "summary": w.summary, "papers": w.papers });
        let rows = theories.iter().map(|t| json!(t.info())).chain(wrappers().map(wrapper));
        return output::json(&rows.collect::<Vec<_>>());
    }
    let mut table = output::table(&["theory", "family", "what it says"]);
    for theory in &theories {
        let info = theory.info();
        table.add_row([info.name, info.family, info.summary]);
    }
    for wrapper in wrappers() {
        table.add_row([&format!("+{}", wrapper.name), "wrapper", wrapper.summary]);
    }
    output::line(&table.to_string())?;
    output::line("A wrapper goes behind a theory: td_csc+precision, anccr+tonic, td_csc+precision+tonic.")
}

fn one(theory: &dyn AnyTheory, json: bool) -> Result<()> {
    let info = theory.info();
    let papers = theory.papers().into_iter().map(cite::reference).collect::<Result<Vec<_>>>()?;
    let channels = theory.channels(&[EventKind::cue("cue"), EventKind::outcome("outcome")]);
    if json {
        let row = |p: &accumbens_core::Parameter| {
            json!({
                "name": p.name, "default": p.default, "domain": p.domain.words(), "unit": p.unit, "doc": p.doc.trim(),
                "source": p.source, "prior": p.prior, "fixed": p.fixed,
            })
        };
        let parameters: Vec<_> = theory.table().iter().map(row).collect();
        return output::json(&json!({
            "name": theory.name(), "info": info, "account": account(info.name), "speaks": theory.speaks(),
            "channels": channels, "parameters": parameters, "papers": papers,
        }));
    }
    output::line(&format!("{}: {}\n\n{}", theory.name(), info.summary, account(info.name)))?;
    for wrapper in wrappers().filter(|w| theory.name().split('+').skip(1).any(|n| n == w.name)) {
        output::line(&format!("\n+{}: {}", wrapper.name, account(wrapper.name)))?;
    }
    let speaks: Vec<&str> = theory.speaks().into_iter().map(Topic::word).collect();
    let names: Vec<&str> = channels.iter().map(|c| c.name.as_str()).collect();
    output::line(&format!(
        "\nit speaks of: {}\nchannels, for one cue and one outcome: {}\n",
        speaks.join(", "),
        names.join(", ")
    ))?;
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
