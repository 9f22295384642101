//! Theories written in Python: they live as any other, each call of theirs under the interpreter's lock.

use crate::broken::{Fault, Faults, words};
use crate::declared::Declared;
use crate::door::{DOOR, Guarded, NativeDopamine};
use crate::events::{NativeLog, row};
use accumbens_core::params::place_of;
use accumbens_core::{
    AnyTheory, ChannelInfo, Domain, Dopamine, Drive, Error, Event, EventKind, EventKindId, EventLog, Info, Learner,
    Parameter, Result, Role, TAIL, Topic,
};
use pyo3::IntoPyObjectExt;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};
use std::sync::Arc;

/// A theory written in Python, with its parameters.
pub struct OwnTheory {
    declared: Arc<Py<Declared>>,
    info: Info,
    table: Vec<Parameter>,
    values: Vec<f64>,
    told: Option<Arc<EventLog>>,
    tells: bool,
    faults: Faults,
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
            faults: Faults::default(),
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

    /// What a method says, or `otherwise` with the fault noted: the life that follows ends with it.
    fn ask<T>(&self, method: &str, otherwise: T, ask: impl FnOnce(Python<'_>, Bound<'_, PyAny>) -> PyResult<T>) -> T {
        Python::attach(|py| match self.object(py).and_then(|object| ask(py, object)) {
            Ok(said) => said,
            Err(error) => {
                self.faults.note(Fault::new(py, method, error));
                otherwise
            }
        })
    }
}

/// Its name with its parameters, as an error says it.
fn named(info: &Info, table: &[Parameter], values: &[f64]) -> String {
    let one = |(p, v): (&Parameter, &f64)| format!("{} {}", p.name, p.show(*v));
    let said: Vec<String> = table.iter().zip(values).map(one).collect();
    if said.is_empty() { info.name.into() } else { format!("{} ({})", info.name, said.join(", ")) }
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
            faults: self.faults.copied(),
        })
    }
    fn channels(&self, kinds: &[EventKind]) -> Vec<ChannelInfo> {
        let rows: Vec<_> = kinds.iter().map(row).collect();
        let usual = vec![ChannelInfo::new("dopamine", "dopamine")];
        self.ask("channels", usual, |_, object| {
            let said: Vec<(String, String, String, bool)> = object.call_method1("_channels", (rows,))?.extract()?;
            if said.is_empty() {
                return Err(PyValueError::new_err("no channel; accepted: one or more"));
            }
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
        let said = self.ask("tell", Vec::new(), |_, object| object.call_method1("_tell", (handle,))?.extract());
        self.told = Some(Arc::new(log.clone()));
        said
    }
    fn tell_session(&self, session: &EventLog) -> Vec<(&'static str, f64)> {
        let handle = NativeLog { log: session.clone() };
        self.ask("tell_session", Vec::new(), |_, object| {
            let said: Vec<(String, f64)> = object.call_method1("_tell_session", (handle,))?.extract()?;
            let known = |(name, value): (String, f64)| {
                let place = place_of(&self.table, &name).map_err(|e| PyValueError::new_err(e.to_string()))?;
                Ok((self.table[place].name, value))
            };
            said.into_iter().map(known).collect()
        })
    }
    fn check(&self) -> Result<()> {
        Python::attach(|py| {
            let checked = self.object(py).and_then(|object| object.call_method0("check").map(|_| ()));
            checked.map_err(|e| {
                if e.is_instance_of::<PyValueError>(py) {
                    return Error::input(self.info.name, words(py, &e), "");
                }
                let theory = named(&self.info, &self.table, &self.values);
                Fault::new(py, "check", e).error(theory, "before a life")
            })
        })
    }
    fn start(&self, kinds: &[EventKind]) -> Box<dyn Learner> {
        let rows: Vec<_> = kinds.iter().map(row).collect();
        let channels = AnyTheory::channels(self, kinds).len();
        let begun = self.ask("start", None, |py, object| {
            let state = object.call_method1("_start", (rows,))?;
            Ok(Some((object.unbind(), state.unbind(), Py::new(py, NativeDopamine)?)))
        });
        Box::new(Living {
            begun,
            info: self.info,
            table: self.table.clone(),
            values: self.values.clone(),
            channels,
            moves: [Topic::Behaviour, Topic::Action].iter().any(|t| self.info.speaks.contains(t)),
            acts: self.info.speaks.contains(&Topic::Action),
            actions: kinds.iter().map(|k| k.role == Role::Action).collect(),
            faults: self.faults.shared(),
        })
    }
}

/// How events are answered, in words.
const ANSWERS: &str = "dopamine.respond once for each event in its order, or dopamine.release for all since the last";

/// Object, state and door of a life that could be begun.
type Begun = (Py<PyAny>, Py<PyAny>, Py<NativeDopamine>);

struct Living {
    begun: Option<Begun>,
    info: Info,
    table: Vec<Parameter>,
    values: Vec<f64>,
    channels: usize,
    moves: bool,
    acts: bool,
    actions: Vec<bool>,
    faults: Faults,
}

impl Living {
    /// The life ends: it broke at `time`.
    #[cold]
    fn broke(&self, time: f64, fault: Fault, dopamine: &mut Dopamine<'_>) {
        let theory = named(&self.info, &self.table, &self.values);
        self.faults.note(fault.clone());
        dopamine.broke(time, theory, fault.problem, fault.cause);
    }

    /// Lets a method act on the state, with the door open. At events, of which the first happened at `time`, answers are
    /// to these.
    fn act<A>(&mut self, (time, at_events): (f64, bool), method: &str, argument: A, dopamine: &mut Dopamine<'_>)
    where
        A: for<'py> IntoPyObject<'py> + Send,
    {
        if let Some(fault) = self.faults.first() {
            return self.broke(time, fault, dopamine);
        }
        let Some((object, state, door)) = &self.begun else { return };
        let failed = Python::attach(|py| {
            let mut guarded = Guarded { dopamine, channels: self.channels, events: at_events.then_some(time) };
            let called = DOOR.set(&mut guarded, || {
                let argument = argument.into_py_any(py)?;
                let arguments = PyTuple::new(py, [state.bind(py).as_any(), argument.bind(py), door.bind(py).as_any()])?;
                object.bind(py).call_method1(method, arguments).map(|_| ())
            });
            called.err().map(|e| Fault::new(py, method.trim_start_matches('_'), e))
        });
        if let Some(fault) = failed {
            self.broke(time, fault, dopamine);
        }
    }

    /// Asks the state something outside of the events, where an exception can only be noted.
    fn asked<T>(&self, method: &str, ask: impl FnOnce(Python<'_>, &Py<PyAny>, &Py<PyAny>) -> PyResult<T>) -> Option<T> {
        let (object, state, _) = self.begun.as_ref()?;
        Python::attach(|py| ask(py, object, state).map_err(|e| self.faults.note(Fault::new(py, method, e))).ok())
    }

    /// Object and state, where the life could be begun.
    fn begun(&self, what: &str) -> Result<&Begun> {
        let lost = || {
            let fault = self.fault();
            fault.unwrap_or_else(|| Error::input(what, "the life could not be begun", "a theory whose start works"))
        };
        self.begun.as_ref().ok_or_else(lost)
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
        self.act((until, false), "advance", until, dopamine);
    }
    fn observe(&mut self, now: &[Event], dopamine: &mut Dopamine<'_>) {
        let rows: Vec<(f64, u32, f64)> = now.iter().map(|e| (e.time, e.kind.0, e.magnitude)).collect();
        self.act((now.first().map_or(0.0, |e| e.time), true), "_observe", rows, dopamine);
    }
    fn finish(&mut self, until: f64, dopamine: &mut Dopamine<'_>) {
        self.act((until, false), "finish", until, dopamine);
        // A bin that the end of the recording cut off may still hold its events.
        if let Some(time) = dopamine.waiting().filter(|time| *time <= until - TAIL) {
            let problem = format!("the event at {time:.3} s was never answered; accepted: {ANSWERS}");
            self.broke(time, Fault { problem, cause: None }, dopamine);
        }
    }
    fn change(&mut self, name: &str, value: f64) -> Result<()> {
        let place = place_of(&self.table, name)?;
        let parameter = &self.table[place];
        if parameter.fixed {
            let problem = format!("{name} shapes the state of {} and cannot change while it runs", self.info.name);
            return Err(Error::input("change", problem, "a parameter that does not"));
        }
        let value = parameter.check(value)?;
        let (object, ..) = self.begun("change")?;
        let changed = Python::attach(|py| object.call_method1(py, "_change", (name, value)).map_err(|e| words(py, &e)));
        changed.map_err(|problem| Error::input("change", problem, ""))?;
        self.values[place] = value;
        Ok(())
    }
    fn save(&self) -> Result<serde_json::Value> {
        let (_, state, _) = self.begun("save")?;
        let text = self.pickled("dumped", Python::attach(|py| state.clone_ref(py)))?;
        Python::attach(|py| text.extract::<String>(py))
            .map(serde_json::Value::String)
            .map_err(|e| Error::input("state", e.to_string(), ""))
    }
    fn restore(&mut self, saved: serde_json::Value) -> Result<()> {
        let text = saved.as_str().ok_or_else(|| Error::input("state", "no text", "a state that was saved"))?;
        let text = Python::attach(|py| text.into_py_any(py)).map_err(|e| Error::input("state", e.to_string(), ""))?;
        let restored = self.pickled("loaded", text)?;
        self.begun("restore")?;
        if let Some((_, state, _)) = &mut self.begun {
            *state = restored;
        }
        Ok(())
    }
    fn drive(&self, kind: EventKindId) -> Option<Drive> {
        if !self.moves || (self.actions[kind.index()] && !self.acts) {
            return None;
        }
        let said = self.asked("drive", |py, object, state| {
            object.call_method1(py, "_drive", (state, kind.0))?.extract::<Option<(f64, f64)>>(py)
        });
        said.flatten().map(|(wanting, preference)| Drive { wanting, preference })
    }
    fn pace(&self) -> Option<f64> {
        let said = self
            .asked("pace", |py, object, state| object.call_method1(py, "pace", (state,))?.extract::<Option<f64>>(py));
        said.flatten()
    }
    fn describe(&self) -> serde_json::Value {
        let said = self.asked("describe", |py, object, state| {
            let text: String = object.call_method1(py, "_describe", (state,))?.extract(py)?;
            serde_json::from_str(&text).map_err(|e| PyValueError::new_err(format!("no JSON: {e}")))
        });
        said.unwrap_or_default()
    }
    fn fault(&self) -> Option<Error> {
        let fault = self.faults.first()?;
        Some(fault.error(named(&self.info, &self.table, &self.values), "between events"))
    }
}
