//! Models of choices for Python.

use crate::progress::worked;
use crate::refused;
use accumbens::choices::{self, Beforehand, Compared, Latencies, Options, compare::steps, models, page};
use accumbens_core::choices::{Choices, Row};
use accumbens_core::{Error, Seed};
use pyo3::prelude::*;
use std::path::PathBuf;

/// A table of choices.
#[pyclass(name = "Choices", module = "accumbens._native", frozen)]
pub struct NativeChoices {
    table: Choices,
}

/// One row a trial: subject, group, session, trial, stimulus, choice, offered, outcome, latency, dopamine.
type Given = (String, String, String, f64, String, String, Vec<String>, f64, f64, f64);

#[pymethods]
impl NativeChoices {
    /// From rows.
    #[staticmethod]
    fn of(rows: Vec<Given>) -> PyResult<Self> {
        let row = |r: Given| Row {
            subject: r.0,
            group: r.1,
            session: r.2,
            trial: r.3,
            stimulus: r.4,
            choice: r.5,
            offered: r.6,
            outcome: r.7,
            latency: r.8,
            dopamine: r.9,
        };
        Ok(Self { table: Choices::of(rows.into_iter().map(row).collect()).map_err(refused)? })
    }

    /// Of a file, CSV or Parquet.
    #[staticmethod]
    fn read(path: PathBuf) -> PyResult<Self> {
        Ok(Self { table: accumbens_io::choices::read(&path).map_err(refused)? })
    }

    /// Compares models: everything as JSON, and the page.
    #[pyo3(signature = (models, likelihood, diffusion, recovery, seed, threads, tick))]
    #[allow(clippy::too_many_arguments)]
    fn compare(
        &self,
        py: Python<'_>,
        models: Vec<String>,
        likelihood: bool,
        diffusion: bool,
        recovery: usize,
        seed: u64,
        threads: Option<usize>,
        tick: Option<Py<PyAny>>,
    ) -> PyResult<(String, String)> {
        let beforehand = if likelihood { Beforehand::Nothing } else { Beforehand::Priors };
        let latencies = if diffusion { Latencies::Diffusion } else { Latencies::Regression };
        let options = Options { models, beforehand, latencies, recovery, seed: Seed(seed) };
        if let Some(tick) = &tick {
            tick.call1(py, (0, steps(&options)))?;
        }
        let compared: Compared =
            worked(py, tick.as_ref(), threads, |go_on| choices::compare(&self.table, &options, &|| go_on()))?;
        let title = format!("What {} subjects chose", self.table.subjects.len());
        let html = page::html(&compared, &title, "accumbens.choices.compare(...)").map_err(refused)?;
        let json = serde_json::to_string(&compared);
        Ok((json.map_err(|e| refused(Error::input("choices", e.to_string(), "")))?, html))
    }
}

/// Name, what it says and family of every model of choices.
#[pyfunction]
pub fn choice_models() -> Vec<(&'static str, &'static str, &'static str)> {
    models::all().iter().map(|m| m.about()).map(|a| (a.name, a.summary, a.family)).collect()
}
