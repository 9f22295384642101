//! Writes the report: one self-contained HTML file, made to be read.

pub mod chain;
mod figures;
pub mod page;
pub mod peri;
pub mod session;
mod tables;
mod trace;

pub use tables::choices;

pub use figures::figures;

use crate::fit::Comparison;
use accumbens_core::study::Study;
use accumbens_core::{Error, Result};
use minijinja::Environment;
use minijinja::value::{Serde, Value};

const TEMPLATE: &str = include_str!("../../assets/report.html");
pub(crate) const STYLE: &str = include_str!("../../assets/report.css");
const SCRIPT: &str = include_str!("../../assets/report.js");
pub(crate) const D3: &str = include_str!("../../assets/vendor/d3.min.js");
pub(crate) const PLOT: &str = include_str!("../../assets/vendor/plot.umd.min.js");

/// The report of a comparison; `command` makes the same results again.
///
/// # Errors
/// Where the template or a figure cannot be made.
pub fn html(study: &Study, comparison: &Comparison, command: &str) -> Result<String> {
    let fault = |e: minijinja::Error| Error::input("report", format!("{e:#}"), "");
    let mut environment = Environment::new();
    environment.add_template("report.html", TEMPLATE).map_err(fault)?;
    let figures = figures::figures(study, comparison)?;
    // Inside a script element only "<" could end it or begin a comment.
    let data = figures.to_string().replace('<', "\\u003c");
    let template = environment.get_template("report.html").map_err(fault)?;
    let verdict = &comparison.verdict;
    let against = verdict.against_description.iter().chain(&verdict.against_next);
    let page = serde_json::json!({
        "style": STYLE, "script": SCRIPT, "d3": D3, "plot": PLOT, "data": data,
        "version": env!("CARGO_PKG_VERSION"),
        "command": command,
        "study": tables::study(study, comparison),
        "verdict": &comparison.verdict,
        "against": against.map(tables::against).collect::<Vec<_>>(),
        "exceedance_ceiling": comparison.selection.ceiling,
        "concerns": &comparison.concerns,
        "ranking": tables::ranking(comparison),
        "families": &comparison.selection.families,
        "omnibus_risk": comparison.selection.omnibus_risk,
        "choices": tables::choices(study, comparison),
        "subjects": tables::subjects(comparison),
        "signatures": tables::signatures(comparison),
        "parameters": tables::parameters(comparison),
        "told": tables::told(comparison),
        "recovery": tables::recovery(comparison),
        "methods": tables::methods(comparison),
        "references": tables::references(study, comparison),
    });
    template.render(Value::from(Serde(&page))).map_err(fault)
}
