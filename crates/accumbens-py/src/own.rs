//! Theories written in Python: they live as any other, each call of theirs under the interpreter's lock.

use crate::declared::Declared;
use crate::door::{DOOR, NativeDopamine};
use crate::events::{NativeLog, row};
use accumbens_core::params::place_of;
use accumbens_core::{
    AnyTheory, ChannelInfo, Domain, Dopamine, Drive, Error, Event, EventKind, EventKindId, EventLog, Info, Learner,
    Parameter, Result, Topic,
};
use pyo3::IntoPyObjectExt;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};
use std::sync::{Arc, Mutex, PoisonError};

/// The first thing that went wrong in Python, told by whoever can tell it.
type Fault = Arc<Mutex<Option<String>>>;

fn words(py: Python<'_>, error: &PyErr) -> String {
    let last = |mut at: Bound<'_, pyo3::types::PyTraceback>| -> PyResult<String> {
        while let Ok(Some(next)) = at.getattr("tb_next")?.extract() {
            at = next;
        }
        let code = at.getattr("tb_frame")?.getattr("f_code")?;
        Ok(format!(" (line {} of {})", at.getattr("tb_lineno")?, code.getattr("co_filename")?))
    };
    let place = error.traceback(py).and_then(|t| last(t).ok()).unwrap_or_default();
    format!("{error}{place}")
}

fn note(fault: &Fault, py: Python<'_>, error: &PyErr) {
    fault.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert_with(|| words(py, error));
}

/// A theory written in Python, with its parameters.
pub struct OwnTheory {
    declared: Arc<Py<Declared>>,
    info: Info,
    table: Vec<Parameter>,
    values: Vec<f64>,
    told: Option<Arc<EventLog>>,
    tells: bool,
    fault: Fault,
}

impl OwnTheory {
    pub fn new(py: Python<'_>, declared: &Py<Declared>) -> Self {
        let of = declared.get();
        Self {
            declared: Arc::new(declared.clone_ref(py)),
            info: of.info,
            table: of.table.clone(),
            values: of.table.iter().map(|p| p.default).collect(),
            told: None,
            tells: of.tells,
            fault: Fault::default(),
        }
    }

    /// The theory as an object of its class.
    fn object<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let given = PyDict::new(py);
        for (p, value) in self.table.iter().zip(&self.values) {
            match p.domain {
                _ if value.is_nan() => given.set_item(p.name, py.None())?,
                Domain::Choice(words) => given.set_item(p.name, words[*value as usize])?,
                Domain::Flag => given.set_item(p.name, *value == 1.0)?,
                Domain::Count { .. } => given.set_item(p.name, *value as i64)?,
                _ => given.set_item(p.name, value)?,
            }
        }
        let object = self.declared.get().class.bind(py).call_method1("_made", (given,))?;
        if let Some(log) = &self.told {
            object.call_method1("_tell", (NativeLog { log: log.as_ref().clone() },))?;
        }
        Ok(object)
    }

    /// What a method says, or `otherwise` with the fault noted.
    fn ask<T>(&self, otherwise: T, ask: impl FnOnce(Python<'_>, Bound<'_, PyAny>) -> PyResult<T>) -> T {
        Python::attach(|py| match self.object(py).and_then(|object| ask(py, object)) {
            Ok(said) => said,
            Err(error) => {
                note(&self.fault, py, &error);
                otherwise
            }
        })
    }
}

impl AnyTheory for OwnTheory {
    fn info(&self) -> Info {
        self.info
    }
    fn table(&self) -> &[Parameter] {
        &self.table
    }
    fn get(&self, place: usize) -> f64 {
        self.values[place]
    }
    fn set(&mut self, place: usize, value: f64) -> Result<()> {
        self.values[place] = self.table[place].check(value)?;
        Ok(())
    }
    fn boxed(&self) -> Box<dyn AnyTheory> {
        Box::new(Self {
            declared: self.declared.clone(),
            info: self.info,
            table: self.table.clone(),
            values: self.values.clone(),
            told: self.told.clone(),
            tells: self.tells,
            fault: Fault::default(),
        })
    }
    fn channels(&self, kinds: &[EventKind]) -> Vec<ChannelInfo> {
        let rows: Vec<_> = kinds.iter().map(row).collect();
        let usual = vec![ChannelInfo::new("dopamine", "dopamine")];
        self.ask(usual, |_, object| {
            let said: Vec<(String, String, String, bool)> = object.call_method1("_channels", (rows,))?.extract()?;
            let channel = |(name, signal, unit, dopamine)| ChannelInfo { name, signal, unit, dopamine };
            Ok(said.into_iter().map(channel).collect())
        })
    }
    fn tell(&mut self, log: &EventLog) -> Vec<String> {
        if !self.tells {
            return Vec::new();
        }
        self.told = None;
        let handle = NativeLog { log: log.clone() };
        let said = self.ask(Vec::new(), |_, object| object.call_method1("_tell", (handle,))?.extract());
        self.told = Some(Arc::new(log.clone()));
        said
    }
    fn tell_session(&self, session: &EventLog) -> Vec<(&'static str, f64)> {
        let handle = NativeLog { log: session.clone() };
        let said: Vec<(String, f64)> =
            self.ask(Vec::new(), |_, object| object.call_method1("_tell_session", (handle,))?.extract());
        let known = |(name, value): (String, f64)| Some((self.table.iter().find(|p| p.name == name)?.name, value));
        said.into_iter().filter_map(known).collect()
    }
    fn check(&self) -> Result<()> {
        Python::attach(|py| {
            let checked = self.object(py).and_then(|object| object.call_method0("check").map(|_| ()));
            checked.map_err(|e| Error::input(self.info.name, words(py, &e), ""))
        })
    }
    fn start(&self, kinds: &[EventKind]) -> Box<dyn Learner> {
        let rows: Vec<_> = kinds.iter().map(row).collect();
        let begun = Python::attach(|py| {
            let object = self.object(py)?;
            let state = object.call_method1("_start", (rows,))?;
            Ok::<_, PyErr>((object.unbind(), state.unbind(), Py::new(py, NativeDopamine)?))
        });
        let begun = begun.inspect_err(|e| Python::attach(|py| note(&self.fault, py, e))).ok();
        Box::new(Living {
            begun,
            info: self.info,
            table: self.table.clone(),
            moves: [Topic::Behaviour, Topic::Action].iter().any(|t| self.info.speaks.contains(t)),
            acts: self.info.speaks.contains(&Topic::Action),
            actions: kinds.iter().map(|k| k.role == accumbens_core::Role::Action).collect(),
            fault: self.fault.clone(),
        })
    }
}

/// Object, state and door of a life that could be begun.
type Begun = (Py<PyAny>, Py<PyAny>, Py<NativeDopamine>);

struct Living {
    begun: Option<Begun>,
    info: Info,
    table: Vec<Parameter>,
    moves: bool,
    acts: bool,
    actions: Vec<bool>,
    fault: Fault,
}

fn lost(what: &str) -> Error {
    Error::input(what, "the life could not be begun", "a theory whose start works")
}

impl Living {
    /// Lets a method act on the state, with the door open.
    fn act<A>(&mut self, time: f64, method: &str, argument: A, dopamine: &mut Dopamine<'_>)
    where
        A: for<'py> IntoPyObject<'py> + Send,
    {
        let faulty = self.fault.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(problem) = faulty {
            dopamine.fail(time, problem, "");
            return;
        }
        let Some((object, state, door)) = &self.begun else { return };
        let failed = Python::attach(|py| {
            let called = DOOR.set(&mut *dopamine, || {
                let argument = argument.into_py_any(py)?;
                let arguments = PyTuple::new(py, [state.bind(py).as_any(), argument.bind(py), door.bind(py).as_any()])?;
                object.bind(py).call_method1(method, arguments).map(|_| ())
            });
            called.err().map(|e| words(py, &e))
        });
        if let Some(problem) = failed {
            dopamine.fail(time, problem, "");
        }
    }

    fn pickled(&self, function: &str, argument: Py<PyAny>) -> Result<Py<PyAny>> {
        Python::attach(|py| {
            let called = py.import("accumbens._own").and_then(|m| m.call_method1(function, (argument,)));
            called.map(Bound::unbind).map_err(|e| Error::input("state", words(py, &e), "a state that can be pickled"))
        })
    }
}

impl Learner for Living {
    fn advance(&mut self, until: f64, dopamine: &mut Dopamine<'_>) {
        self.act(until, "advance", until, dopamine);
    }
    fn observe(&mut self, now: &[Event], dopamine: &mut Dopamine<'_>) {
        let rows: Vec<(f64, u32, f64)> = now.iter().map(|e| (e.time, e.kind.0, e.magnitude)).collect();
        self.act(now.first().map_or(0.0, |e| e.time), "_observe", rows, dopamine);
    }
    fn finish(&mut self, until: f64, dopamine: &mut Dopamine<'_>) {
        self.act(until, "finish", until, dopamine);
    }
    fn change(&mut self, name: &str, value: f64) -> Result<()> {
        let parameter = &self.table[place_of(&self.table, name)?];
        if parameter.fixed {
            let problem = format!("{name} shapes the state of {} and cannot change while it runs", self.info.name);
            return Err(Error::input("change", problem, "a parameter that does not"));
        }
        let value = parameter.check(value)?;
        let Some((object, ..)) = &self.begun else { return Err(lost("change")) };
        let changed = Python::attach(|py| object.call_method1(py, "_change", (name, value)).map_err(|e| words(py, &e)));
        changed.map(|_| ()).map_err(|problem| Error::input("change", problem, ""))
    }
    fn save(&self) -> Result<serde_json::Value> {
        let Some((_, state, _)) = &self.begun else { return Err(lost("save")) };
        let text = self.pickled("dumped", Python::attach(|py| state.clone_ref(py)))?;
        Python::attach(|py| text.extract::<String>(py))
            .map(serde_json::Value::String)
            .map_err(|e| Error::input("state", e.to_string(), ""))
    }
    fn restore(&mut self, saved: serde_json::Value) -> Result<()> {
        let text = saved.as_str().ok_or_else(|| Error::input("state", "no text", "a state that was saved"))?;
        let text = Python::attach(|py| text.into_py_any(py)).map_err(|e| Error::input("state", e.to_string(), ""))?;
        let restored = self.pickled("loaded", text)?;
        let Some((_, state, _)) = &mut self.begun else { return Err(lost("restore")) };
        *state = restored;
        Ok(())
    }
    fn drive(&self, kind: EventKindId) -> Option<Drive> {
        if !self.moves || (self.actions[kind.index()] && !self.acts) {
            return None;
        }
        let (object, state, _) = self.begun.as_ref()?;
        Python::attach(|py| {
            let asked =
                object.call_method1(py, "_drive", (state, kind.0)).and_then(|d| d.extract::<Option<(f64, f64)>>(py));
            match asked {
                Ok(said) => said.map(|(wanting, preference)| Drive { wanting, preference }),
                Err(error) => {
                    note(&self.fault, py, &error);
                    None
                }
            }
        })
    }
    fn pace(&self) -> Option<f64> {
        let (object, state, _) = self.begun.as_ref()?;
        Python::attach(|py| {
            match object.call_method1(py, "pace", (state,)).and_then(|p| p.extract::<Option<f64>>(py)) {
                Ok(said) => said,
                Err(error) => {
                    note(&self.fault, py, &error);
                    None
                }
            }
        })
    }
    fn describe(&self) -> serde_json::Value {
        let Some((object, state, _)) = &self.begun else { return serde_json::Value::Null };
        Python::attach(|py| {
            let said = object.call_method1(py, "_describe", (state,)).and_then(|t| t.extract::<String>(py));
            match said.map(|text| serde_json::from_str(&text)) {
                Ok(Ok(value)) => value,
                Ok(Err(error)) => serde_json::json!({ "fault": error.to_string() }),
                Err(error) => serde_json::json!({ "fault": words(py, &error) }),
            }
        })
    }
}
