//! The Python module `accumbens._native`: theories and their lives, recordings, the command.

mod credit;
mod recordings;

use accumbens::theories;
use accumbens_core::kinds::{Declared, kinds};
use accumbens_core::{Error, Event, EventKindId, EventLog, Sample, Schedule, Sink, TAIL, live, params::Domain};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};
use std::collections::BTreeMap;

fn refused(error: Error) -> PyErr {
    PyValueError::new_err(error.to_string())
}

/// The names of all theories.
#[pyfunction(name = "theories")]
fn names() -> Vec<&'static str> {
    theories::names().collect()
}

/// A theory's summary, family, papers and parameter table.
#[pyfunction]
fn describe(py: Python<'_>, name: &str) -> PyResult<Py<PyDict>> {
    let theory = theories::by_name(name).map_err(refused)?;
    let info = theory.info();
    let parameters = PyList::empty(py);
    for p in theory.table() {
        let row = PyDict::new(py);
        row.set_item("name", p.name)?;
        match p.domain {
            Domain::Choice(_) | Domain::Flag => row.set_item("default", p.show(p.default))?,
            _ if p.default.is_nan() => row.set_item("default", py.None())?,
            _ => row.set_item("default", p.default)?,
        }
        row.set_item("domain", p.domain.words())?;
        row.set_item("unit", p.unit)?;
        row.set_item("doc", p.doc.trim())?;
        row.set_item("source", p.source)?;
        parameters.append(row)?;
    }
    let out = PyDict::new(py);
    out.set_item("name", theory.name())?;
    out.set_item("summary", info.summary)?;
    out.set_item("family", info.family)?;
    out.set_item("dopamine", info.dopamine)?;
    out.set_item("papers", theory.papers())?;
    out.set_item("parameters", parameters)?;
    Ok(out.into())
}

/// A parameter from Python: a number, or a word.
#[derive(FromPyObject)]
enum Given {
    Number(f64),
    Word(String),
}

fn log(
    times: &[f64],
    events: &[String],
    magnitudes: &[f64],
    outcomes: &BTreeMap<String, f64>,
) -> Result<EventLog, Error> {
    if events.len() != times.len() || magnitudes.len() != times.len() {
        let problem = format!("{} times, {} events, {} magnitudes", times.len(), events.len(), magnitudes.len());
        return Err(Error::input("simulate", problem, "as many of each"));
    }
    if let Some(name) = outcomes.keys().find(|name| !events.contains(name)) {
        return Err(Error::input("outcomes", format!("no event is called {name:?}"), "names in events"));
    }
    let declared = Declared { outcomes: outcomes.clone().into_iter().collect(), ..Declared::default() };
    let kinds = kinds(events, &declared)?;
    let id = |name: &String| EventKindId(kinds.iter().position(|k| k.name == *name).unwrap_or(0) as u32);
    let rows = times.iter().zip(events).zip(magnitudes);
    let rows = rows.map(|((time, name), magnitude)| Event { time: *time, kind: id(name), magnitude: *magnitude });
    let rows = rows.collect();
    EventLog::new(kinds, rows)
}

/// The dopamine a theory releases on an event log.
#[pyfunction]
#[pyo3(signature = (theory, times, events, magnitudes, outcomes, parameters=None, end=None))]
#[allow(clippy::too_many_arguments)]
fn simulate(
    py: Python<'_>,
    theory: &str,
    times: Vec<f64>,
    events: Vec<String>,
    magnitudes: Vec<f64>,
    outcomes: BTreeMap<String, f64>,
    parameters: Option<BTreeMap<String, Given>>,
    end: Option<f64>,
) -> PyResult<Py<PyDict>> {
    let mut theory = theories::parse(theory).map_err(refused)?;
    for (name, given) in parameters.unwrap_or_default() {
        let text = match given {
            Given::Number(x) => x.to_string(),
            Given::Word(word) => word,
        };
        theory.set_text(&name, &text).map_err(refused)?;
    }
    theory.check().map_err(refused)?;
    let log = log(&times, &events, &magnitudes, &outcomes).map_err(refused)?;
    theory.tell(&log);
    let schedule = Schedule { end: end.unwrap_or(log.last_time() + TAIL), ..Schedule::default() };
    let mut learner = theory.start(log.kinds());
    let samples: Vec<Sample> = py
        .detach(|| {
            let mut samples = Vec::new();
            live(learner.as_mut(), &log, &schedule, Sink::Samples(&mut samples)).map(|()| samples)
        })
        .map_err(refused)?;
    let channels = theory.channels(log.kinds());
    let out = PyDict::new(py);
    out.set_item("time", samples.iter().map(|s| s.time).collect::<Vec<_>>())?;
    out.set_item("event", samples.iter().map(|s| s.events(&log)).collect::<Vec<_>>())?;
    out.set_item("channel", samples.iter().map(|s| channels[s.channel as usize].name.as_str()).collect::<Vec<_>>())?;
    out.set_item("dopamine", samples.iter().map(|s| s.value).collect::<Vec<_>>())?;
    Ok(out.into())
}

/// The compiled part of accumbens.
#[pymodule]
fn _native(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add_function(wrap_pyfunction!(names, module)?)?;
    module.add_function(wrap_pyfunction!(describe, module)?)?;
    module.add_function(wrap_pyfunction!(simulate, module)?)?;
    module.add_function(wrap_pyfunction!(credit::gae, module)?)?;
    module.add_function(wrap_pyfunction!(credit::vtrace, module)?)?;
    module.add_function(wrap_pyfunction!(credit::group_advantages, module)?)?;
    module.add_function(wrap_pyfunction!(credit::shaped, module)?)?;
    module.add_class::<credit::NativeAdjusted>()?;
    module.add_class::<credit::NativeCredit>()?;
    module.add_class::<credit::NativeContingency>()?;
    module.add_function(wrap_pyfunction!(recordings::read, module)?)?;
    module.add_function(wrap_pyfunction!(recordings::clean_channels, module)?)?;
    module.add_function(wrap_pyfunction!(recordings::run, module)?)?;
    Ok(())
}
