//! The one door through which a theory written in Python releases dopamine.

use accumbens_core::Dopamine;
use pyo3::exceptions::{PyIndexError, PyRuntimeError, PyValueError};
use pyo3::prelude::*;

/// What a theory in Python may do with dopamine.
pub trait Door {
    fn release(&mut self, time: f64, channel: usize, value: f64) -> PyResult<f64>;
    fn respond(&mut self, time: f64, channel: usize, value: f64) -> PyResult<f64>;
    fn report(&mut self, time: f64, channel: usize, value: f64) -> PyResult<()>;
    fn fail(&mut self, time: f64, problem: String, accepted: String);
}

/// The door, with a guard: it lets nothing out at no time or on a channel that the theory does not have, and no answer to
/// another event than those now observed.
pub struct Guarded<'a, 'b> {
    pub dopamine: &'a mut Dopamine<'b>,
    /// How many channels the theory has.
    pub channels: usize,
    /// The time of the events that are now observed, s; nothing in silence.
    pub events: Option<f64>,
}

impl Guarded<'_, '_> {
    fn check(&self, time: f64, channel: usize) -> PyResult<()> {
        if !time.is_finite() {
            return Err(PyValueError::new_err(format!("dopamine at the time {time}; accepted: a finite time in s")));
        }
        if channel >= self.channels {
            let problem = format!("channel {channel} of a theory with {} channels", self.channels);
            let accepted = format!("0 to {}, or another channel in channels()", self.channels.saturating_sub(1));
            return Err(PyIndexError::new_err(format!("{problem}; accepted: {accepted}")));
        }
        Ok(())
    }
}

impl Door for Guarded<'_, '_> {
    fn release(&mut self, time: f64, channel: usize, value: f64) -> PyResult<f64> {
        self.check(time, channel)?;
        Ok(self.dopamine.release(time, channel, value))
    }
    fn respond(&mut self, time: f64, channel: usize, value: f64) -> PyResult<f64> {
        self.check(time, channel)?;
        if let (0, Some(now), Some(waiting)) = (channel, self.events, self.dopamine.waiting())
            && waiting < now
        {
            let problem =
                format!("the event at {waiting:.3} s was never answered, so this would answer it at {now:.3} s");
            return Err(PyRuntimeError::new_err(format!("{problem}; accepted: respond once for each event")));
        }
        Ok(self.dopamine.respond(time, channel, value))
    }
    fn report(&mut self, time: f64, channel: usize, value: f64) -> PyResult<()> {
        self.check(time, channel)?;
        self.dopamine.report(time, channel, value);
        Ok(())
    }
    fn fail(&mut self, time: f64, problem: String, accepted: String) {
        self.dopamine.fail(time, problem, accepted);
    }
}

// The door is borrowed for one call, and Python objects live as long as they like: the call leaves it here meanwhile.
scoped_tls_hkt::scoped_thread_local!(pub static mut DOOR: for<'a> &'a mut (dyn Door + 'a));

fn through<T>(act: impl FnOnce(&mut dyn Door) -> PyResult<T>) -> PyResult<T> {
    if !DOOR.is_set() {
        let problem = "dopamine is released only while a theory lives: in its advance, observe and finish";
        return Err(PyRuntimeError::new_err(problem));
    }
    DOOR.with(|door| act(door))
}

/// The door, as a theory in Python sees it.
#[pyclass(name = "Dopamine", module = "accumbens._native", frozen)]
pub struct NativeDopamine;

#[pymethods]
impl NativeDopamine {
    #[pyo3(signature = (time, value, channel=0))]
    fn release(&self, time: f64, value: f64, channel: usize) -> PyResult<f64> {
        through(|door| door.release(time, channel, value))
    }
    #[pyo3(signature = (time, value, channel=0))]
    fn respond(&self, time: f64, value: f64, channel: usize) -> PyResult<f64> {
        through(|door| door.respond(time, channel, value))
    }
    #[pyo3(signature = (time, value, channel))]
    fn report(&self, time: f64, value: f64, channel: usize) -> PyResult<()> {
        through(|door| door.report(time, channel, value))
    }
    #[pyo3(signature = (time, problem, accepted=""))]
    fn fail(&self, time: f64, problem: String, accepted: &str) -> PyResult<()> {
        through(|door| {
            door.fail(time, problem, accepted.into());
            Ok(())
        })
    }
}
