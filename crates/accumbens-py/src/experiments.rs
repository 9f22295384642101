//! Experiments for Python: the catalogue, files, and declarations made of Python's own values.

use crate::events::NativeLog;
use crate::refused;
use accumbens::experiment::{self, Experiment, catalogue, schema};
use accumbens::simulate::check_changes;
use accumbens_core::{Error, Seed};
use pyo3::prelude::*;
use pyo3::types::PyDict;

/// The names of all experiments.
#[pyfunction]
pub fn experiments() -> Vec<&'static str> {
    catalogue::names().collect()
}

/// The JSON Schema of an experiment file.
#[pyfunction]
pub fn experiment_schema() -> String {
    schema().to_string()
}

/// A declared experiment.
#[pyclass(name = "Experiment", module = "accumbens._native", frozen)]
pub struct NativeExperiment {
    pub experiment: Experiment,
    text: String,
}

#[pymethods]
impl NativeExperiment {
    /// An experiment of the catalogue.
    #[staticmethod]
    fn by_name(name: &str) -> PyResult<Self> {
        let experiment = catalogue::by_name(name).map_err(refused)?;
        Ok(Self { experiment, text: catalogue::text(name).unwrap_or_default().into() })
    }

    /// An experiment from TOML.
    #[staticmethod]
    fn parse(place: &str, text: String) -> PyResult<Self> {
        let experiment = Experiment::parse(place, &text).map_err(refused)?;
        check_changes(&experiment).map_err(|e| refused(e.within(place)))?;
        Ok(Self { experiment, text })
    }

    /// An experiment from a declaration as JSON.
    #[staticmethod]
    fn declared(place: &str, json: &str) -> PyResult<Self> {
        let fault = |e: String| refused(Error::input(place, e, "a declaration as in an experiment's file"));
        let value: toml::Table = serde_json::from_str(json).map_err(|e| fault(e.to_string()))?;
        let text = toml::to_string(&value).map_err(|e| fault(e.to_string()))?;
        Self::parse(place, text)
    }

    /// Makes it known by a name in this process.
    fn add(&self, name: &str) -> PyResult<()> {
        catalogue::add(name, &self.text).map_err(refused)
    }

    #[getter]
    fn title(&self) -> &str {
        &self.experiment.title
    }

    #[getter]
    fn note(&self) -> &str {
        &self.experiment.note
    }

    #[getter]
    fn source(&self) -> Vec<String> {
        self.experiment.source.clone()
    }

    #[getter]
    fn groups(&self) -> Vec<&str> {
        self.experiment.group_names()
    }

    #[getter]
    fn text(&self) -> &str {
        &self.text
    }

    /// The declaration as JSON.
    fn declaration(&self) -> PyResult<String> {
        let value: toml::Table =
            toml::from_str(&self.text).map_err(|e| refused(Error::input("experiment", e.to_string(), "")))?;
        serde_json::to_string(&value).map_err(|e| refused(Error::input("experiment", e.to_string(), "")))
    }

    /// The kinds of event: name, role, of, value.
    fn kinds(&self) -> PyResult<Vec<crate::events::Row>> {
        Ok(self.experiment.kinds().map_err(refused)?.iter().map(crate::events::row).collect())
    }

    /// The design in lines of text.
    fn timeline(&self) -> String {
        use accumbens::findings::timeline;
        timeline::text(&timeline::panels(&self.experiment))
    }

    /// The sessions of one subject: name, log, duration, schedule as JSON, choices as JSON.
    #[pyo3(signature = (group, subject, seed))]
    fn sessions(&self, py: Python<'_>, group: Option<&str>, subject: u32, seed: u64) -> PyResult<Vec<Py<PyDict>>> {
        let sessions = experiment::sessions(&self.experiment, group, subject, Seed(seed)).map_err(refused)?;
        let one = |s: experiment::Session| {
            let out = PyDict::new(py);
            out.set_item("name", s.name)?;
            out.set_item("log", NativeLog { log: s.log })?;
            out.set_item("duration", s.duration)?;
            out.set_item("schedule", serde_json::to_string(&s.schedule).unwrap_or_default())?;
            out.set_item("choices", serde_json::to_string(&s.choices).unwrap_or_default())?;
            Ok(out.unbind())
        };
        sessions.into_iter().map(one).collect()
    }
}
