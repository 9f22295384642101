//! Findings for Python: what experiments observed, and which theories agree.

use crate::progress::worked;
use crate::refused;
use crate::theory::NativeTheory;
use accumbens::findings::{self, Options, Table, catalogue};
use accumbens_core::{Error, Seed};
use pyo3::prelude::*;
use pyo3::types::PyDict;

/// The names of all findings.
#[pyfunction(name = "findings")]
pub fn names() -> Vec<&'static str> {
    catalogue::names().collect()
}

/// The theories that are asked where none are named.
#[pyfunction]
pub fn findings_usual() -> Vec<String> {
    findings::usual()
}

/// What a finding says.
#[pyfunction]
pub fn finding(py: Python<'_>, name: &str) -> PyResult<Py<PyDict>> {
    let f = catalogue::by_name(name).map_err(refused)?;
    let out = PyDict::new(py);
    out.set_item("name", name)?;
    out.set_item("title", &f.title)?;
    out.set_item("observed", &f.observed)?;
    out.set_item("n", &f.n)?;
    out.set_item("evidence", f.evidence.word())?;
    out.set_item("note", &f.note)?;
    out.set_item("source", f.source.clone())?;
    out.set_item("experiment", &f.experiment)?;
    out.set_item("tested", f.tested.clone())?;
    let tests: Vec<_> =
        f.test.iter().map(|t| (t.says.clone(), t.value.clone(), t.above, t.below, t.observed)).collect();
    out.set_item("tests", tests)?;
    Ok(out.unbind())
}

/// Theory × finding.
#[pyclass(name = "Findings", module = "accumbens._native", frozen)]
pub struct NativeFindings {
    table: Table,
}

/// Asks theories about findings.
#[pyfunction]
#[pyo3(signature = (theories, findings, subjects, seed, threads, tick, prior=0))]
#[allow(clippy::too_many_arguments)]
pub fn ask(
    py: Python<'_>,
    theories: Vec<(String, Bound<'_, NativeTheory>)>,
    findings: Vec<String>,
    subjects: u32,
    seed: u64,
    threads: Option<usize>,
    tick: Option<Py<PyAny>>,
    prior: u32,
) -> PyResult<NativeFindings> {
    if subjects < 2 {
        let problem = subjects.to_string();
        return Err(refused(Error::input("subjects", problem, "2 or more, for a confidence interval")));
    }
    let options = Options {
        theories: theories.iter().map(|(l, t)| (l.clone(), t.get().theory.boxed())).collect(),
        findings,
        subjects,
        prior,
        seed: Seed(seed),
    };
    if let Some(tick) = &tick {
        tick.call1(py, (0, findings::steps(&options)))?;
    }
    let table = worked(py, tick.as_ref(), threads, |go_on| findings::table(&options, &|| go_on()))?;
    Ok(NativeFindings { table })
}

#[pymethods]
impl NativeFindings {
    /// Everything, as JSON.
    fn results(&self) -> PyResult<String> {
        serde_json::to_string(&self.table).map_err(|e| refused(Error::input("findings", e.to_string(), "")))
    }

    /// The page in which each cell opens into its figure.
    fn page(&self, command: &str) -> PyResult<String> {
        findings::page::html(&self.table, command).map_err(refused)
    }
}
