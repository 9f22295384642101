//! What a theory written in Python says of itself.

use accumbens_core::{Domain, Error, Info, Parameter, Prior, Topic};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

fn leaked(text: &str) -> &'static str {
    text.to_owned().leak()
}

fn leaked_all(texts: &[String]) -> &'static [&'static str] {
    texts.iter().map(|t| leaked(t)).collect::<Vec<_>>().leak()
}

/// One row of a parameter table as Python declares it.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
struct Row {
    name: String,
    default: Option<f64>,
    domain: String,
    low: f64,
    high: f64,
    words: Vec<String>,
    unit: String,
    doc: String,
    source: String,
    prior: Option<(String, f64, f64)>,
    fixed: bool,
}

impl Row {
    fn parameter(&self) -> PyResult<Parameter> {
        let domain = match self.domain.as_str() {
            "real" => Domain::Real { min: self.low.max(-f64::MAX), max: self.high.min(f64::MAX) },
            "positive" => Domain::Positive,
            "count" => Domain::Count { min: self.low as u32, max: self.high as u32 },
            "choice" => Domain::Choice(leaked_all(&self.words)),
            "flag" => Domain::Flag,
            other => return Err(PyValueError::new_err(format!("parameter {}: domain {other:?}", self.name))),
        };
        let prior = match &self.prior {
            None => None,
            Some((word, median, sd)) => Some(match word.as_str() {
                "normal" => Prior::Normal { mean: *median, sd: *sd },
                "log_normal" if *median > 0.0 => Prior::LogNormal { median: *median, sd: *sd },
                "logit_normal" if *median > 0.0 && *median < 1.0 => Prior::LogitNormal { median: *median, sd: *sd },
                _ => {
                    let problem = format!("prior {word:?} with median {median}");
                    let accepted = "log_normal with a median above 0, logit_normal with one between 0 and 1";
                    return Err(crate::refused(Error::input(format!("parameter {}", self.name), problem, accepted)));
                }
            }),
        };
        let row = Parameter {
            name: leaked(&self.name),
            default: self.default.unwrap_or(f64::NAN),
            domain,
            unit: leaked(&self.unit),
            doc: leaked(&self.doc),
            source: leaked(&self.source),
            prior,
            fixed: self.fixed,
        };
        row.check(row.default).map_err(crate::refused)?;
        Ok(row)
    }
}

/// What a class says of itself.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
struct About {
    name: String,
    summary: String,
    family: String,
    dopamine: String,
    papers: Vec<String>,
    speaks: Vec<String>,
    error: bool,
    tells: bool,
}

fn topic(word: &str) -> PyResult<Topic> {
    serde_json::from_value(word.into()).map_err(|_| {
        let accepted = "cue, outcome, omission, moments, action, behaviour, latency, liking";
        crate::refused(Error::input("speaks", format!("{word:?}"), accepted))
    })
}

/// A class of theory written in Python. What it says of itself is kept for the life of the process.
#[pyclass(name = "Declared", module = "accumbens._native", frozen)]
pub struct Declared {
    pub class: Py<PyAny>,
    pub info: Info,
    pub table: Vec<Parameter>,
    pub tells: bool,
}

#[pymethods]
impl Declared {
    #[new]
    fn new(class: Py<PyAny>, about: About, table: Vec<Row>) -> PyResult<Self> {
        let table = table.iter().map(Row::parameter).collect::<PyResult<Vec<_>>>()?;
        let speaks = about.speaks.iter().map(|w| topic(w)).collect::<PyResult<Vec<_>>>()?;
        let info = Info {
            name: leaked(&about.name),
            summary: leaked(&about.summary),
            family: leaked(&about.family),
            dopamine: leaked(&about.dopamine),
            papers: leaked_all(&about.papers),
            speaks: speaks.leak(),
            error: about.error,
        };
        Ok(Self { class, info, table, tells: about.tells })
    }
}
