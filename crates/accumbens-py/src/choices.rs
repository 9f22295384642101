//! Models of choices for Python.

use crate::progress::worked;
use crate::refused;
use accumbens::choices::{self, Beforehand, Compared, Latencies, Options, compare::steps, models, page};
use accumbens_core::choices::Choices;
use accumbens_core::{Error, Seed};
use accumbens_io::formats::table::{Cells, Table};
use numpy::PyReadonlyArray1;
use pyo3::prelude::*;
use std::path::PathBuf;

/// A table of choices.
#[pyclass(name = "Choices", module = "accumbens._native", frozen)]
pub struct NativeChoices {
    table: Choices,
}

/// A column: numbers (NaN where there is none), or words.
#[derive(FromPyObject)]
enum Given<'py> {
    Numbers(PyReadonlyArray1<'py, f64>),
    Words(Vec<String>),
}

#[pymethods]
impl NativeChoices {
    /// Of columns by name.
    #[staticmethod]
    fn of(columns: Vec<(String, Given<'_>)>) -> PyResult<Self> {
        let cells = |given: Given<'_>| match given {
            Given::Numbers(n) => Cells::Numbers(n.as_array().to_vec()),
            Given::Words(w) => Cells::Words(w),
        };
        let columns = columns.into_iter().map(|(name, given)| (name, cells(given))).collect();
        let table = accumbens_io::choices::of(&Table { columns, skipped: 0 }).map_err(refused)?;
        Ok(Self { table })
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
