//! Studies and honest comparison for Python.

use crate::progress::worked;
use crate::refused;
use crate::stages::{Given, held, steps};
use crate::theory::NativeTheory;
use accumbens::fit::compare::{compare, steps as count};
use accumbens::fit::comparison::{Comparison, Options};
use accumbens::fit::describe::describe;
use accumbens::fit::infer::Budget;
use accumbens::fit::{Cohort, choice_table};
use accumbens::peri::{Bands, Cut, Functional, Normalise, Table, cut};
use accumbens::report;
use accumbens::simulated::{self, Design};
use accumbens::stages::clean_study;
use accumbens_core::study::{Between, Scores, Sensor, Session, Study, Subject};
use accumbens_core::{Error, Event, EventKind, EventKindId, EventLog, Result, Seed, kinds, room, sensors};
use accumbens_io::table::Values;
use accumbens_io::{Column, StudyFile};
use numpy::IntoPyArray;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

fn json<T: serde::Serialize>(value: &T) -> PyResult<String> {
    serde_json::to_string(value).map_err(|e| refused(Error::input("result", e.to_string(), "")))
}

fn read<T: serde::de::DeserializeOwned>(what: &str, text: &str) -> PyResult<T> {
    serde_json::from_str(text).map_err(|e| refused(Error::input(what, e.to_string(), "")))
}

/// Columns as NumPy arrays and lists of text.
pub fn columns<'py>(py: Python<'py>, columns: Vec<Column>) -> PyResult<Bound<'py, PyDict>> {
    let out = PyDict::new(py);
    for column in columns {
        match column.values {
            Values::Real(v) => out.set_item(column.name, v.into_pyarray(py))?,
            Values::Whole(v) => out.set_item(column.name, v.into_pyarray(py))?,
            Values::Text(v) => out.set_item(column.name, v)?,
        }
    }
    Ok(out)
}

/// What a study made in Python is made of.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
struct Made<'py> {
    title: String,
    subjects: Vec<(String, Vec<(String, Given<'py>)>)>,
    channel: String,
    unit: String,
    reference: Option<String>,
    cleaning: String,
    sensor: Option<String>,
    scoring: String,
    choices: String,
    groups: BTreeMap<String, String>,
    session_gap: f64,
    truth: Option<String>,
}

/// Gives every session the kinds of event of all, in one order, so that a kind is the same in each; returns them.
fn alike(subjects: &mut [Subject]) -> Result<Vec<EventKind>> {
    let sessions = || subjects.iter().flat_map(|s| &s.sessions);
    let all = kinds::together(sessions().map(|s| s.recording.events.kinds()))?;
    for subject in subjects {
        for session in &mut subject.sessions {
            let log = &session.recording.events;
            let place = |kind: EventKindId| all.iter().position(|k| k.name == log.kinds()[kind.index()].name);
            let moved = |e: &Event| Some(Event { kind: EventKindId(place(e.kind)? as u32), ..*e });
            let events: Vec<Event> = log.events().iter().filter_map(moved).collect();
            session.recording.events = EventLog::new(all.clone(), events)?;
        }
    }
    Ok(all)
}

/// Subjects, their sessions and how responses are scored.
#[pyclass(name = "Study", module = "accumbens._native", frozen)]
pub struct NativeStudy {
    study: Arc<Study>,
}

#[pymethods]
impl NativeStudy {
    /// A study file with every recording it names, not yet cleaned.
    #[staticmethod]
    #[pyo3(signature = (path, tick))]
    fn read(py: Python<'_>, path: PathBuf, tick: Option<Py<PyAny>>) -> PyResult<Self> {
        let study = worked(py, tick.as_ref(), None, |go_on| {
            let file = StudyFile::read(&path)?;
            file.load(path.parent().unwrap_or(Path::new(".")), go_on)
        })?;
        Ok(Self { study: Arc::new(study) })
    }

    /// A small study whose truth is known.
    #[staticmethod]
    #[allow(clippy::too_many_arguments)]
    fn simulated(
        py: Python<'_>,
        truth: String,
        subjects: u32,
        seed: u64,
        rate: f64,
        gain: f64,
        white: f64,
        drift: f64,
        experiment: String,
        scoring: &str,
        choices: &str,
    ) -> PyResult<Self> {
        let (seed, scoring, choices) = (Seed(seed), read("scoring", scoring)?, read("choices", choices)?);
        let usual = Design::default();
        let design = Design { experiment, scoring, choices, truth, subjects, seed, rate, gain, white, drift, ..usual };
        let study = worked(py, None, None, |_| simulated::study(&design))?;
        Ok(Self { study: Arc::new(study) })
    }

    /// A study of recordings.
    #[staticmethod]
    fn made(made: Made<'_>) -> PyResult<Self> {
        let scoring: Scores = read("scoring", &made.scoring)?;
        let choices: Vec<Between> = read("choices", &made.choices)?;
        let sensor: Option<Sensor> = match &made.sensor {
            Some(text) if text.starts_with('{') => Some(read("sensor", text)?),
            Some(name) => Some(sensors::by_name(name).map_err(refused)?),
            None => None,
        };
        let session = |subject: &str, (name, given): &(String, Given<'_>)| {
            let recording = given.recording()?.from_start();
            let recording = recording.map_err(|e| refused(e.within(&format!("{subject}, {name}"))))?;
            recording.needed(&format!("{subject}, {name}"), &made.channel).map_err(refused)?;
            Ok::<_, PyErr>(Session { name: name.clone(), recording, windows: None })
        };
        if let Some(lost) = made.groups.keys().find(|g| made.subjects.iter().all(|(name, _)| name != *g)) {
            let known = made.subjects.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", ");
            return Err(refused(Error::input("groups", format!("no subject is called {lost:?}"), known)));
        }
        let mut subjects = Vec::with_capacity(made.subjects.len());
        for (name, sessions) in &made.subjects {
            let sessions = sessions.iter().map(|s| session(name, s)).collect::<PyResult<Vec<_>>>()?;
            let group = made.groups.get(name).cloned().unwrap_or_default();
            subjects.push(Subject { name: name.clone(), group, sessions });
        }
        let kinds = alike(&mut subjects).map_err(refused)?;
        let names: Vec<&str> = kinds.iter().map(|k| k.name.as_str()).collect();
        scoring.check(&names).map_err(refused)?;
        choices.iter().try_for_each(|c| c.check(&names)).map_err(refused)?;
        if !(made.session_gap.is_finite() && made.session_gap >= 0.0) {
            return Err(refused(Error::input("session_gap", made.session_gap.to_string(), "0 s or more")));
        }
        let study = Study {
            title: made.title,
            subjects,
            channel: made.channel,
            unit: made.unit,
            reference: made.reference,
            cleaning: steps(&made.cleaning)?,
            sensor,
            scoring,
            choices,
            session_gap: made.session_gap,
            truth: made.truth,
        };
        Ok(Self { study: Arc::new(study) })
    }

    /// The same study, cleaned as it says.
    #[pyo3(signature = (tick))]
    fn cleaned(&self, py: Python<'_>, tick: Option<Py<PyAny>>) -> PyResult<Self> {
        if self.study.cleaning.is_empty() {
            return Ok(Self { study: self.study.clone() });
        }
        let study = self.study.as_ref().clone();
        let study = worked(py, tick.as_ref(), None, |go_on| clean_study(study, &|| go_on()))?;
        Ok(Self { study: Arc::new(study) })
    }

    /// What it is, without its samples.
    fn about(&self, py: Python<'_>) -> PyResult<Py<PyDict>> {
        let s = &self.study;
        let out = PyDict::new(py);
        out.set_item("title", &s.title)?;
        out.set_item("channel", &s.channel)?;
        out.set_item("unit", &s.unit)?;
        out.set_item("reference", &s.reference)?;
        out.set_item("cleaning", json(&s.cleaning)?)?;
        out.set_item("sensor", s.sensor.as_ref().map(json).transpose()?)?;
        out.set_item("scoring", json(&s.scoring)?)?;
        out.set_item("choices", json(&s.choices)?)?;
        let grouped = s.subjects.iter().filter(|s| !s.group.is_empty());
        out.set_item("groups", grouped.map(|s| (s.name.clone(), s.group.clone())).collect::<BTreeMap<_, _>>())?;
        out.set_item("session_gap", s.session_gap)?;
        out.set_item("truth", &s.truth)?;
        let sessions = |s: &Subject| s.sessions.iter().map(|s| s.name.clone()).collect::<Vec<_>>();
        out.set_item("subjects", s.subjects.iter().map(|s| (s.name.clone(), sessions(s))).collect::<Vec<_>>())?;
        Ok(out.unbind())
    }

    /// One session's recording.
    fn recording(&self, py: Python<'_>, subject: usize, session: usize) -> PyResult<Py<PyDict>> {
        let found = self.study.subjects.get(subject).and_then(|s| s.sessions.get(session));
        let missing = || refused(Error::input("session", format!("{subject}, {session}"), "a session of the study"));
        Ok(held(py, found.ok_or_else(missing)?.recording.clone())?.unbind())
    }

    /// One row a choice, by columns.
    fn choice_table(&self, py: Python<'_>) -> PyResult<Py<PyDict>> {
        let cohort = Cohort::new(&self.study).map_err(refused)?;
        Ok(columns(py, accumbens_cli::chosen(&choice_table(&self.study, &cohort)))?.unbind())
    }

    /// The model-free facts, as JSON.
    fn describe(&self, py: Python<'_>) -> PyResult<String> {
        let study = self.study.clone();
        let (_, description) = worked(py, None, None, |_| describe(&study))?;
        json(&description)
    }

    /// The signal around events: lags, trials, values, and the mixed model at each lag, as JSON.
    #[pyo3(signature = (events, window, baseline, response, normalise, rate, by_number, bands, seed))]
    #[allow(clippy::too_many_arguments)]
    fn peri(
        &self,
        py: Python<'_>,
        events: Vec<String>,
        window: [f64; 2],
        baseline: [f64; 2],
        response: [f64; 2],
        normalise: &str,
        rate: f64,
        by_number: bool,
        bands: &str,
        seed: u64,
    ) -> PyResult<Py<PyDict>> {
        let bands = Bands::named(bands).map_err(refused)?;
        let normalise = match normalise {
            "none" => Normalise::None,
            "subtract" => Normalise::Subtract,
            "z" => Normalise::Z,
            other => return Err(refused(Error::input("normalise", format!("{other:?}"), "none, subtract, z"))),
        };
        let how = Cut { events, window, baseline, normalise, rate, response };
        let study = self.study.clone();
        let (trials, functional) = worked(py, None, None, |_| {
            let trials = cut(&study, &how)?;
            let functional: Functional = Table::of(&trials, by_number).fit(bands, Seed(seed));
            Ok((trials, functional))
        })?;
        let out = PyDict::new(py);
        out.set_item("trials", json(&trials)?)?;
        let values: Vec<f64> = trials.trials.iter().flat_map(|t| t.values.iter().copied()).collect();
        out.set_item("values", values.into_pyarray(py))?;
        out.set_item("functional", json(&functional)?)?;
        Ok(out.unbind())
    }
}

/// A comparison of theories on a study.
#[pyclass(name = "Comparison", module = "accumbens._native", frozen)]
pub struct NativeComparison {
    study: Arc<Study>,
    comparison: Comparison,
}

/// What is kept of each simulated study until recovery is told, in numbers.
const JUDGED: f64 = 8.0;

/// Compares theories on a study.
#[pyfunction(name = "compare")]
#[pyo3(signature = (study, theories, design, evaluations, recovery, prior_count, seed, threads, tick))]
#[allow(clippy::too_many_arguments)]
pub fn compared(
    py: Python<'_>,
    study: &NativeStudy,
    theories: Vec<(String, Bound<'_, NativeTheory>)>,
    design: usize,
    evaluations: usize,
    recovery: usize,
    prior_count: Option<f64>,
    seed: u64,
    threads: Option<usize>,
    tick: Option<Py<PyAny>>,
) -> PyResult<NativeComparison> {
    let accounts = [("accounts", theories.len() as f64 + 1.0), ("numbers of each", JUDGED)];
    room("recovery", &[("studies", recovery as f64), accounts[0], accounts[1]]).map_err(refused)?;
    let options = Options {
        theories: theories.iter().map(|(l, t)| (l.clone(), t.get().theory.boxed())).collect(),
        budget: Budget { design, evaluations, ..Budget::default() },
        recovery,
        prior_count,
        seed: Seed(seed),
    };
    if let Some(tick) = &tick {
        tick.call1(py, (0, count(&study.study, &options)))?;
    }
    let study = study.study.clone();
    let comparison = worked(py, tick.as_ref(), threads, |go_on| compare(&study, &options, &|| go_on()))?;
    Ok(NativeComparison { study, comparison })
}

#[pymethods]
impl NativeComparison {
    /// The results, as the command writes them to results.json.
    fn results(&self) -> PyResult<String> {
        json(&self.comparison)
    }

    /// One row a response: what was observed and what each theory predicts.
    fn trials(&self, py: Python<'_>) -> PyResult<Py<PyDict>> {
        Ok(columns(py, accumbens_cli::trials(&self.study, &self.comparison))?.unbind())
    }

    /// The data of the report's figures, as JSON.
    fn figures(&self) -> PyResult<String> {
        json(&report::figures(&self.study, &self.comparison).map_err(refused)?)
    }

    /// The report as HTML.
    fn report(&self, py: Python<'_>, command: &str) -> PyResult<String> {
        py.detach(|| report::html(&self.study, &self.comparison, command)).map_err(refused)
    }
}

/// How much a comparison searches where nothing is said: points of the design, evaluations of each start.
#[pyfunction]
pub fn usual_budget() -> (usize, usize) {
    let budget = Budget::default();
    (budget.design, budget.evaluations)
}
