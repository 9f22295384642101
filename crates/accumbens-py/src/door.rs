//! The one door through which a theory written in Python releases dopamine.

use accumbens_core::Dopamine;
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;

/// What a theory in Python may do with dopamine.
pub trait Door {
    fn release(&mut self, time: f64, channel: usize, value: f64) -> f64;
    fn respond(&mut self, time: f64, channel: usize, value: f64) -> f64;
    fn report(&mut self, time: f64, channel: usize, value: f64);
    fn fail(&mut self, time: f64, problem: String, accepted: String);
}

impl Door for Dopamine<'_> {
    fn release(&mut self, time: f64, channel: usize, value: f64) -> f64 {
        Dopamine::release(self, time, channel, value)
    }
    fn respond(&mut self, time: f64, channel: usize, value: f64) -> f64 {
        Dopamine::respond(self, time, channel, value)
    }
    fn report(&mut self, time: f64, channel: usize, value: f64) {
        Dopamine::report(self, time, channel, value);
    }
    fn fail(&mut self, time: f64, problem: String, accepted: String) {
        Dopamine::fail(self, time, problem, accepted);
    }
}

// The door is borrowed for one call, and Python objects live as long as they like: the call leaves it here meanwhile.
scoped_tls_hkt::scoped_thread_local!(pub static mut DOOR: for<'a> &'a mut (dyn Door + 'a));

fn through<T>(act: impl FnOnce(&mut dyn Door) -> T) -> PyResult<T> {
    if !DOOR.is_set() {
        let problem = "dopamine is released only while a theory lives: in its advance, observe and finish";
        return Err(PyRuntimeError::new_err(problem));
    }
    Ok(DOOR.with(|door| act(door)))
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
        through(|door| door.fail(time, problem, accepted.into()))
    }
}
