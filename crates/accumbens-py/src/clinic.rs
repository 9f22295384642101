//! The clinic for Python: accounts, treatments, what treatments do, and what studies find.

use crate::progress::worked;
use crate::refused;
use accumbens::clinic::{self, Plan, catalogue, findings, page, studies, tasks};
use accumbens_core::{Error, Seed};
use pyo3::prelude::*;
use serde_json::json;

fn text(value: &serde_json::Value) -> PyResult<String> {
    serde_json::to_string(value).map_err(|e| refused(Error::input("clinic", e.to_string(), "")))
}

/// Disorders, accounts, treatments, measures and studies, as JSON.
#[pyfunction]
pub fn clinic_catalogue() -> PyResult<String> {
    let (disorders, accounts, treatments) = (catalogue::disorders(), catalogue::accounts(), catalogue::treatments());
    text(&json!({
        "disorders": disorders.map_err(refused)?, "accounts": accounts.map_err(refused)?,
        "treatments": treatments.map_err(refused)?, "measures": tasks::MEASURES,
        "findings": findings::names().collect::<Vec<_>>(),
        "studies": studies::ALL.iter().map(|s| (s.name, s.what, s.accounts, s.measures)).collect::<Vec<_>>(),
    }))
}

/// What treatments do: everything as JSON, and the page.
#[pyfunction]
#[pyo3(signature = (phenotype, treatments, tasks, people, receptors, seed, threads, tick))]
#[allow(clippy::too_many_arguments)]
pub fn treat(
    py: Python<'_>,
    phenotype: &str,
    treatments: Vec<String>,
    tasks: Vec<String>,
    people: u32,
    receptors: Option<String>,
    seed: u64,
    threads: Option<usize>,
    tick: Option<Py<PyAny>>,
) -> PyResult<(String, String)> {
    let mut plan = Plan::new(phenotype, &treatments, &tasks, people, Seed(seed)).map_err(refused)?;
    if let Some(receptors) = receptors {
        plan.receptors = receptors;
    }
    if let Some(tick) = &tick {
        tick.call1(py, (0, plan.steps()))?;
    }
    let treated = worked(py, tick.as_ref(), threads, |go_on| clinic::treat(&plan, &|| go_on()))?;
    let html = page::html(&treated, "accumbens.clinic.treat(...)").map_err(refused)?;
    let all = json!({ "treated": treated, "claims": treated.claims(), "answer": treated.answer() });
    Ok((text(&all)?, html))
}

/// Asks accounts about findings of the clinic, as JSON.
#[pyfunction]
#[pyo3(signature = (names, subjects, seed, threads, tick))]
pub fn clinic_ask(
    py: Python<'_>,
    names: Vec<String>,
    subjects: u32,
    seed: u64,
    threads: Option<usize>,
    tick: Option<Py<PyAny>>,
) -> PyResult<String> {
    let steps = findings::steps(&names).map_err(refused)?;
    if let Some(tick) = &tick {
        tick.call1(py, (0, steps))?;
    }
    let asked = worked(py, tick.as_ref(), threads, |go_on| findings::ask(&names, subjects, Seed(seed), &|| go_on()))?;
    text(&json!(asked))
}
