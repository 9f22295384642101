//! Event logs for Python.

use crate::refused;
use accumbens_core::kinds::{Declared, kinds};
use accumbens_core::{Error, Event, EventKind, EventKindId, EventLog, Role};
use numpy::{IntoPyArray, PyArray1, PyReadonlyArray1};
use pyo3::prelude::*;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// A kind as Python has it: name, role, the kind that an offset or omission belongs to, innate value.
pub type Row = (String, String, Option<u32>, f64);

pub fn row(kind: &EventKind) -> Row {
    let (role, of) = kind.role.word();
    (kind.name.clone(), role.into(), of.map(|of| of.0), kind.value)
}

fn kind((name, role, of, value): Row) -> Result<EventKind, Error> {
    let role = Role::of_word(&role, of.map(EventKindId)).ok_or_else(|| {
        let accepted = "cue, outcome, action; offset or omission, which alone have `of`";
        Error::input(format!("kind {name:?}"), format!("role {role:?}"), accepted)
    })?;
    Ok(EventKind { name, role, value })
}

/// Times (s), names and magnitudes of an events file; NaN where a magnitude is not there.
#[pyfunction]
#[allow(clippy::type_complexity)]
pub fn read_events(
    py: Python<'_>,
    path: PathBuf,
) -> PyResult<(Bound<'_, PyArray1<f64>>, Vec<String>, Bound<'_, PyArray1<f64>>)> {
    let rows = accumbens_io::events_csv::read(&path).map_err(refused)?;
    let times: Vec<f64> = rows.iter().map(|r| r.time).collect();
    let magnitudes: Vec<f64> = rows.iter().map(|r| r.magnitude).collect();
    Ok((times.into_pyarray(py), rows.into_iter().map(|r| r.event).collect(), magnitudes.into_pyarray(py)))
}

/// How many numbers something of these sizes holds, each with its name; refused where they find no room.
#[pyfunction]
pub fn room(what: &str, sizes: Vec<(String, f64)>) -> PyResult<usize> {
    let sizes: Vec<(&str, f64)> = sizes.iter().map(|(name, size)| (name.as_str(), *size)).collect();
    accumbens_core::room(what, &sizes).map_err(refused)
}

/// When a session starts on its clock, s, by its first sample and its first event.
#[pyfunction]
#[pyo3(signature = (first_sample, first_event))]
pub fn start(first_sample: Option<f64>, first_event: Option<f64>) -> f64 {
    accumbens_core::recording::start(first_sample, first_event)
}

/// What happened.
#[pyclass(name = "EventLog", module = "accumbens._native", frozen)]
pub struct NativeLog {
    pub log: EventLog,
}

#[pymethods]
impl NativeLog {
    /// A log of names, where what is not declared is a cue.
    #[staticmethod]
    fn named(
        times: PyReadonlyArray1<'_, f64>,
        names: Vec<String>,
        magnitudes: Option<PyReadonlyArray1<'_, f64>>,
        outcomes: BTreeMap<String, f64>,
        omissions: BTreeMap<String, String>,
        values: BTreeMap<String, f64>,
        actions: Vec<String>,
    ) -> PyResult<Self> {
        let declared = Declared {
            outcomes: outcomes.into_iter().collect(),
            omissions: omissions.into_iter().collect(),
            values: values.into_iter().collect(),
        };
        let mut kinds = kinds(&names, &declared).map_err(refused)?;
        for name in actions {
            let known = kinds.iter().map(|k| k.name.as_str()).collect::<Vec<_>>().join(", ");
            let kind = kinds.iter_mut().find(|k| k.name == name && k.role == Role::Cue);
            let missing = || refused(Error::input("actions", format!("{name:?} is no event, or has a role"), known));
            kind.ok_or_else(missing)?.role = Role::Action;
        }
        let place = |name: &String| kinds.iter().position(|k| k.name == *name).map(|i| i as u32);
        let rows: Vec<u32> = names.iter().filter_map(place).collect();
        Self::made(times, &rows, magnitudes, kinds)
    }

    /// A log of kinds.
    #[staticmethod]
    fn of_kinds(
        times: PyReadonlyArray1<'_, f64>,
        rows: PyReadonlyArray1<'_, u32>,
        magnitudes: Option<PyReadonlyArray1<'_, f64>>,
        kinds: Vec<Row>,
    ) -> PyResult<Self> {
        let kinds = kinds.into_iter().map(kind).collect::<Result<Vec<_>, _>>().map_err(refused)?;
        let rows: Vec<u32> = rows.as_array().to_vec();
        Self::made(times, &rows, magnitudes, kinds)
    }

    #[getter]
    fn time<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        self.log.events().iter().map(|e| e.time).collect::<Vec<_>>().into_pyarray(py)
    }

    #[getter]
    fn kind<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<u32>> {
        self.log.events().iter().map(|e| e.kind.0).collect::<Vec<_>>().into_pyarray(py)
    }

    #[getter]
    fn magnitude<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        self.log.events().iter().map(|e| e.magnitude).collect::<Vec<_>>().into_pyarray(py)
    }

    #[getter]
    fn kinds(&self) -> Vec<Row> {
        self.log.kinds().iter().map(row).collect()
    }

    fn __len__(&self) -> usize {
        self.log.events().len()
    }

    fn __eq__(&self, other: PyRef<'_, Self>) -> bool {
        self.log == other.log
    }
}

impl NativeLog {
    fn made(
        times: PyReadonlyArray1<'_, f64>,
        rows: &[u32],
        magnitudes: Option<PyReadonlyArray1<'_, f64>>,
        kinds: Vec<EventKind>,
    ) -> PyResult<Self> {
        let times = times.as_array();
        let magnitudes = magnitudes.as_ref().map(PyReadonlyArray1::as_array);
        let given = magnitudes.as_ref().map_or(times.len(), |m| m.len());
        if rows.len() != times.len() || given != times.len() {
            let problem = format!("{} times, {} events, {given} magnitudes", times.len(), rows.len());
            return Err(refused(Error::input("EventLog", problem, "as many of each")));
        }
        let magnitude = |i: usize, kind: u32| match &magnitudes {
            Some(given) => given[i],
            None => kinds.get(kind as usize).map_or(0.0, EventKind::usual_magnitude),
        };
        let event = |(i, &kind): (usize, &u32)| Event {
            time: times[i],
            kind: EventKindId(kind),
            magnitude: magnitude(i, kind),
        };
        let events = rows.iter().enumerate().map(event).collect();
        Ok(Self { log: EventLog::new(kinds, events).map_err(refused)? })
    }
}
