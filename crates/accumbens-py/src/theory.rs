//! Theories for Python: the registry as values, lives, the conformance suite.

use crate::declared::Declared;
use crate::events::NativeLog;
use crate::experiments::NativeExperiment;
use crate::own::OwnTheory;
use crate::refused;
use accumbens::simulate::{Ahead, Simulated, simulate};
use accumbens::theories::{self, conformance};
use accumbens_core::{AnyTheory, Domain, Error, EventKindId, EventLog, Parameter, Prior, Schedule, Seed, regions};
use numpy::IntoPyArray;
use pyo3::IntoPyObjectExt;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};
use std::collections::BTreeMap;

/// A parameter from Python: a number or a word.
#[derive(FromPyObject)]
pub enum Given {
    Number(f64),
    Word(String),
}

/// The names of all theories.
#[pyfunction(name = "theories")]
pub fn names() -> Vec<&'static str> {
    theories::names().collect()
}

/// The theories that are compared where none are named.
#[pyfunction]
pub fn compared() -> Vec<&'static str> {
    theories::COMPARED.to_vec()
}

/// All wrappers: name, summary, papers, parameter table.
#[pyfunction]
pub fn wrappers(py: Python<'_>) -> PyResult<Vec<Py<PyDict>>> {
    let one = |w: theories::registry::WrapperInfo| {
        let out = PyDict::new(py);
        out.set_item("name", w.name)?;
        out.set_item("summary", w.summary)?;
        out.set_item("papers", w.papers)?;
        out.set_item("parameters", rows(py, w.table)?)?;
        Ok(out.unbind())
    };
    theories::wrappers().map(one).collect()
}

/// A value as Python has it.
fn shown<'py>(py: Python<'py>, p: &Parameter, value: f64) -> PyResult<Bound<'py, PyAny>> {
    match p.domain {
        _ if value.is_nan() => Ok(py.None().into_bound(py)),
        Domain::Choice(_) => p.show(value).into_bound_py_any(py),
        Domain::Flag => (value == 1.0).into_bound_py_any(py),
        Domain::Count { .. } => (value as i64).into_bound_py_any(py),
        _ => value.into_bound_py_any(py),
    }
}

fn rows<'py>(py: Python<'py>, table: &[Parameter]) -> PyResult<Bound<'py, PyList>> {
    let parameters = PyList::empty(py);
    for p in table {
        let row = PyDict::new(py);
        row.set_item("name", p.name)?;
        row.set_item("default", shown(py, p, p.default)?)?;
        row.set_item("domain", p.domain.words())?;
        let words = if let Domain::Choice(words) = p.domain { words } else { &[] };
        row.set_item("words", words)?;
        row.set_item("unit", p.unit)?;
        row.set_item("doc", p.doc.trim())?;
        row.set_item("source", p.source)?;
        row.set_item("prior", p.prior.as_ref().map(Prior::words))?;
        row.set_item("fixed", p.fixed)?;
        parameters.append(row)?;
    }
    Ok(parameters)
}

/// A theory with its parameters.
#[pyclass(name = "Theory", module = "accumbens._native", frozen)]
pub struct NativeTheory {
    pub theory: Box<dyn AnyTheory>,
}

#[pymethods]
impl NativeTheory {
    /// A theory from `NAME`, `NAME+WRAPPER` or either with `:parameter=value`.
    #[staticmethod]
    fn parse(label: &str) -> PyResult<Self> {
        Ok(Self { theory: theories::parse(label).map_err(refused)? })
    }

    /// A theory written in Python.
    #[staticmethod]
    fn own(declared: &Bound<'_, Declared>) -> Self {
        Self { theory: Box::new(OwnTheory::new(declared.py(), &declared.clone().unbind())) }
    }

    /// A copy with other parameters; nothing for one that is to be left unset.
    fn with_parameters(&self, parameters: BTreeMap<String, Option<Given>>) -> PyResult<Self> {
        let mut theory = self.theory.boxed();
        for (name, given) in parameters {
            let text = match given {
                Some(Given::Number(x)) => x.to_string(),
                Some(Given::Word(word)) => word,
                None => "unset".into(),
            };
            theory.set_text(&name, &text).map_err(|e| refused(e.within(&theory.name())))?;
        }
        theory.check().map_err(refused)?;
        Ok(Self { theory })
    }

    /// The same theory in a wrapper.
    fn wrapped(&self, wrapper: &str) -> PyResult<Self> {
        Ok(Self { theory: theories::wrapped(self.theory.boxed(), wrapper).map_err(refused)? })
    }

    /// Makes it known by its name in this process.
    fn add(&self, account: &str) -> PyResult<()> {
        theories::add(self.theory.boxed(), account).map_err(refused)
    }

    #[getter]
    fn name(&self) -> String {
        self.theory.name()
    }

    /// What the catalogue says about it.
    fn info(&self, py: Python<'_>) -> PyResult<Py<PyDict>> {
        let info = self.theory.info();
        let out = PyDict::new(py);
        out.set_item("name", self.theory.name())?;
        out.set_item("summary", info.summary)?;
        out.set_item("family", info.family)?;
        out.set_item("dopamine", info.dopamine)?;
        out.set_item("papers", self.theory.papers())?;
        let word = |t: &accumbens_core::Topic| serde_json::to_value(t).ok()?.as_str().map(ToOwned::to_owned);
        out.set_item("speaks", self.theory.speaks().iter().filter_map(word).collect::<Vec<_>>())?;
        out.set_item("error", info.error)?;
        out.set_item("account", theories::account(info.name))?;
        out.set_item("parameters", rows(py, self.theory.table())?)?;
        Ok(out.unbind())
    }

    /// Its parameters, by name.
    fn parameters(&self, py: Python<'_>) -> PyResult<Py<PyDict>> {
        let out = PyDict::new(py);
        for (place, p) in self.theory.table().iter().enumerate() {
            out.set_item(p.name, shown(py, p, self.theory.get(place))?)?;
        }
        Ok(out.unbind())
    }

    /// What the conformance suite finds broken: what it owes, and what was seen.
    fn check(&self, py: Python<'_>, cases: u32, seed: u64) -> Vec<(String, String)> {
        let broken = py.detach(|| conformance::check(self.theory.as_ref(), cases, Seed(seed)));
        broken.into_iter().map(|b| (b.owed.into(), b.seen)).collect()
    }

    /// Lives through a log.
    #[pyo3(signature = (log, schedule, region, seed, behaviour))]
    fn live(
        &self,
        py: Python<'_>,
        log: &NativeLog,
        schedule: &str,
        region: Option<&str>,
        seed: u64,
        behaviour: bool,
    ) -> PyResult<Py<PyDict>> {
        let mut ahead = Ahead::try_from(log.log.clone()).map_err(refused)?;
        self.lived(py, &mut ahead, schedule, region, (seed, 1), behaviour)
    }

    /// Lives through all sessions of a subject of an experiment.
    #[pyo3(signature = (experiment, group, subject, schedule, region, seed, behaviour))]
    #[allow(clippy::too_many_arguments)]
    fn live_experiment(
        &self,
        py: Python<'_>,
        experiment: &NativeExperiment,
        group: Option<&str>,
        subject: u32,
        schedule: &str,
        region: Option<&str>,
        seed: u64,
        behaviour: bool,
    ) -> PyResult<Py<PyDict>> {
        let theory = self.theory.as_ref();
        let ahead = Ahead::subject(&experiment.experiment, theory, group, subject, Seed(seed));
        self.lived(py, &mut ahead.map_err(refused)?, schedule, region, (seed, subject), behaviour)
    }
}

impl NativeTheory {
    fn lived(
        &self,
        py: Python<'_>,
        ahead: &mut Ahead,
        schedule: &str,
        region: Option<&str>,
        (seed, subject): (u64, u32),
        behaviour: bool,
    ) -> PyResult<Py<PyDict>> {
        let given: Schedule = serde_json::from_str(schedule)
            .map_err(|e| refused(Error::input("schedule", e.to_string(), "clamps, event_clamps, changes, end")))?;
        ahead.schedule.clamps.extend(given.clamps);
        ahead.schedule.event_clamps.extend(given.event_clamps);
        ahead.by_hand.extend(given.changes);
        ahead.schedule.end = ahead.schedule.end.max(given.end);
        let region = region.map(regions::by_name).transpose().map_err(refused)?;
        let stream = format!("simulate/choices/{subject}");
        let lived =
            py.detach(|| simulate(self.theory.as_ref(), ahead, region.as_ref(), (Seed(seed), &stream), behaviour));
        let lived = lived.map_err(refused)?;
        told(py, &lived, ahead)
    }
}

fn name(log: &EventLog, kind: EventKindId) -> String {
    log.kinds()[kind.index()].name.clone()
}

fn told(py: Python<'_>, lived: &Simulated, ahead: &Ahead) -> PyResult<Py<PyDict>> {
    let out = PyDict::new(py);
    let samples = &lived.samples;
    out.set_item("time", samples.iter().map(|s| s.time).collect::<Vec<_>>().into_pyarray(py))?;
    out.set_item("value", samples.iter().map(|s| s.value).collect::<Vec<_>>().into_pyarray(py))?;
    out.set_item("channel", samples.iter().map(|s| s.channel).collect::<Vec<_>>().into_pyarray(py))?;
    out.set_item("event", samples.iter().map(|s| s.events(&lived.log)).collect::<Vec<_>>())?;
    out.set_item("channels", &lived.channels)?;
    out.set_item("told", &lived.told)?;
    out.set_item("end", lived.end.to_string())?;
    let choices = accumbens_core::Choice::all(&ahead.choices);
    let offered = |d: &accumbens_core::Deed| {
        choices[d.choice].options.iter().map(|o| name(&lived.log, o.kind)).collect::<Vec<_>>()
    };
    let deeds: Vec<_> =
        lived.deeds.iter().map(|d| (d.offered, offered(d), d.action.map(|a| name(&lived.log, a)), d.latency)).collect();
    out.set_item("deeds", deeds)?;
    let responses: Vec<_> = lived.responses.iter().map(|r| (r.time, name(&lived.log, r.kind), r.probability)).collect();
    out.set_item("responses", responses)?;
    out.set_item("log", NativeLog { log: lived.log.clone() })?;
    Ok(out.unbind())
}
