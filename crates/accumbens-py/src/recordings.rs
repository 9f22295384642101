//! Recordings for Python: reading any format, cleaning, and the command with a writer of NWB.

use crate::refused;
use accumbens_core::Error;
use accumbens_core::format::{Clock, Hints, Source};
use accumbens_io::formats;
use accumbens_io::roles::roles;
use numpy::IntoPyArray;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};
use std::path::{Path, PathBuf};

/// What a source holds, with every sample, as Python's own types and NumPy arrays.
fn held<'py>(py: Python<'py>, source: &dyn Source) -> PyResult<Bound<'py, PyDict>> {
    let all = source.holdings();
    let out = PyDict::new(py);
    out.set_item("format", &all.format)?;
    out.set_item("subject", &all.subject)?;
    out.set_item("session", &all.session)?;
    out.set_item("started", &all.started)?;
    out.set_item("notes", &all.notes)?;
    let streams = PyList::empty(py);
    for ((i, stream), role) in all.streams.iter().enumerate().zip(roles(all)) {
        let row = PyDict::new(py);
        row.set_item("name", &stream.name)?;
        row.set_item("unit", &stream.unit)?;
        row.set_item("clock", &stream.clock_name)?;
        let kind = serde_json::to_value(stream.kind).unwrap_or_default();
        row.set_item("kind", kind.as_str())?;
        row.set_item("excitation", stream.excitation)?;
        row.set_item("emission", stream.emission)?;
        row.set_item("about", stream.about.clone())?;
        let could = serde_json::to_value(role.role).unwrap_or_default();
        row.set_item("could_be", could.as_str())?;
        row.set_item("why", role.why)?;
        let (samples, times) = py
            .detach(|| Ok::<_, Error>((source.samples(i, 0..stream.samples)?, source.times(i, 0..stream.samples)?)))
            .map_err(refused)?;
        row.set_item("data", samples.into_pyarray(py))?;
        row.set_item("time", times.into_pyarray(py))?;
        if let Clock::Regular { start, interval } = stream.clock {
            row.set_item("start", start)?;
            row.set_item("rate", 1.0 / interval)?;
        }
        streams.append(row)?;
    }
    out.set_item("streams", streams)?;
    let events = PyList::empty(py);
    for series in &all.events {
        let row = PyDict::new(py);
        row.set_item("name", &series.name)?;
        row.set_item("time", series.times.clone().into_pyarray(py))?;
        row.set_item("magnitude", series.magnitudes.clone().into_pyarray(py))?;
        row.set_item("duration", series.durations.clone().into_pyarray(py))?;
        events.append(row)?;
    }
    out.set_item("events", events)?;
    Ok(out)
}

/// Reads a recording of any format.
#[pyfunction]
#[pyo3(signature = (path, time=None, time_unit=None, rate=None, stagger=false))]
pub fn read(
    py: Python<'_>,
    path: PathBuf,
    time: Option<String>,
    time_unit: Option<&str>,
    rate: Option<f64>,
    stagger: bool,
) -> PyResult<Py<PyDict>> {
    let unit = time_unit.map(|word| {
        let unit = accumbens_io::units::claimed(word);
        unit.ok_or_else(|| refused(Error::input("time_unit", format!("{word:?}"), "s, ms, us")))
    });
    let hints = Hints { time, time_unit: unit.transpose()?, rate, stagger };
    let source = formats::open(&path, &hints).map_err(refused)?;
    Ok(held(py, source.as_ref())?.unbind())
}

/// Runs the command with these words; `write_nwb` writes what it is given to a path.
#[pyfunction]
pub fn run(py: Python<'_>, words: Vec<String>, write_nwb: Py<PyAny>) -> u8 {
    let write = |source: &dyn Source, path: &Path| -> Result<(), Error> {
        Python::attach(|py| held(py, source).and_then(|held| write_nwb.call1(py, (held, path)).map(|_| ())))
            .map_err(|e| Error::input(path.display().to_string(), e.to_string(), ""))
    };
    let words = words.into_iter().map(Into::into).collect::<Vec<std::ffi::OsString>>();
    let trace = |error: &Error| {
        Python::attach(|py| {
            if let Some(cause) = crate::broken::exception(py, error) {
                PyErr::from_value(cause).print(py);
            }
        });
    };
    py.detach(|| {
        let hooks = accumbens_cli::Hooks { write_nwb: Some(&write), trace: Some(&trace) };
        accumbens_cli::run(words, &hooks)
    })
}
