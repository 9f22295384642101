//! Fills the page of figures: facts, tables and plots under a title, in one self-contained HTML file.

use super::{D3, PLOT, STYLE};
use crate::fit::statistics::mean;
use accumbens_core::{Error, Result};
use minijinja::Environment;
use minijinja::value::{Serde, Value};
use serde_json::{Value as Json, json};

const TEMPLATE: &str = include_str!("../../assets/figures.html");
const SCRIPT: &str = include_str!("../../assets/figures.js");

/// A page.
pub struct Page {
    /// What it is, above the title.
    pub eyebrow: String,
    /// Its title.
    pub title: String,
    /// Its first sentences.
    pub lead: String,
    /// Short facts: name and value.
    pub facts: Vec<(String, String)>,
    /// Sections: a heading, a paragraph, tables and figures.
    pub sections: Vec<Json>,
    /// The command that makes it again.
    pub command: String,
}

impl Page {
    /// The page as HTML.
    ///
    /// # Errors
    /// Where the template cannot be filled.
    pub fn html(&self) -> Result<String> {
        let fault = |e: minijinja::Error| Error::input("page", format!("{e:#}"), "");
        let mut environment = Environment::new();
        environment.add_template("figures.html", TEMPLATE).map_err(fault)?;
        let figures: Vec<&Json> =
            self.sections.iter().flat_map(|s| s["figures"].as_array().into_iter().flatten()).collect();
        // Inside a script element only "<" could end it or begin a comment.
        let data = json!(figures).to_string().replace('<', "\\u003c");
        let page = json!({
            "style": STYLE, "script": SCRIPT, "d3": D3, "plot": PLOT, "data": data, "eyebrow": self.eyebrow,
            "title": self.title, "lead": self.lead, "facts": self.facts, "sections": self.sections,
            "command": self.command, "version": env!("CARGO_PKG_VERSION"),
        });
        environment.get_template("figures.html").map_err(fault)?.render(Value::from(Serde(&page))).map_err(fault)
    }
}

/// A number with so many digits behind its first, or nothing.
#[must_use]
pub fn rounded(x: f64, digits: usize) -> Json {
    if x.is_finite() { json!(format!("{x:.digits$e}").parse::<f64>().unwrap_or(x)) } else { Json::Null }
}

/// A number with as many digits as a figure of a session shows: its times have that many.
#[must_use]
pub fn short(x: f64) -> Json {
    rounded(x, 5)
}

/// Numbers with as many digits as a figure shows.
#[must_use]
pub fn shorts(values: &[f64]) -> Json {
    values.iter().map(|x| short(*x)).collect()
}

/// A trace averaged in at most `points` stretches: times and values.
#[must_use]
pub fn thinned(times: &[f64], data: &[f64], points: usize) -> (Json, Json) {
    let size = times.len().div_ceil(points.max(1)).max(1);
    let of = |v: &[f64]| v.chunks(size).map(mean).collect::<Vec<_>>();
    (shorts(&of(times)), shorts(&of(data)))
}

/// A number for drawing: four significant digits, or nothing.
#[must_use]
pub fn drawn(value: f64) -> Json {
    rounded(value, 3)
}
