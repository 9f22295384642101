//! What went wrong in a theory written in Python: the method, the user's own exception, and how it travels to him and back.

use accumbens_core::{Cause, Error};
use pyo3::prelude::*;
use pyo3::types::PyTraceback;
use std::sync::{Arc, Mutex, PoisonError};

/// The first thing that went wrong, told by whoever can tell it. A copy of a theory takes along what went wrong before.
#[derive(Default)]
pub struct Faults(Arc<Mutex<Option<Fault>>>);

/// What went wrong: in words, and the exception.
#[derive(Clone)]
pub struct Fault {
    pub problem: String,
    pub cause: Option<Cause>,
}

/// An exception in a line: its kind and message, and the place where it was raised.
pub fn words(py: Python<'_>, error: &PyErr) -> String {
    let last = |mut at: Bound<'_, PyTraceback>| -> PyResult<String> {
        while let Ok(Some(next)) = at.getattr("tb_next")?.extract() {
            at = next;
        }
        let code = at.getattr("tb_frame")?.getattr("f_code")?;
        Ok(format!(" (line {} of {})", at.getattr("tb_lineno")?, code.getattr("co_filename")?))
    };
    let place = error.traceback(py).and_then(|t| last(t).ok()).unwrap_or_default();
    format!("{error}{place}")
}

impl Fault {
    pub fn new(py: Python<'_>, method: &str, error: PyErr) -> Self {
        let problem = format!("{method}: {}", words(py, &error));
        Self { problem, cause: Some(Arc::new(error)) }
    }

    /// The error of a theory (its name with its parameters) that broke at a place.
    pub fn error(self, theory: String, place: &str) -> Error {
        let Self { problem, cause } = self;
        Error::Broken { theory, place: place.into(), problem, accepted: String::new(), cause }
    }
}

impl Faults {
    /// The same faults, so that what one notes the other tells.
    pub fn shared(&self) -> Self {
        Self(self.0.clone())
    }

    /// Faults of their own that begin with those of now.
    pub fn copied(&self) -> Self {
        Self(Arc::new(Mutex::new(self.first())))
    }

    pub fn first(&self) -> Option<Fault> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub fn note(&self, fault: Fault) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(fault);
    }
}

/// The exception that an error carries, with its traceback.
pub fn exception<'py>(py: Python<'py>, error: &Error) -> Option<Bound<'py, PyAny>> {
    let Error::Broken { cause: Some(cause), .. } = error else { return None };
    let cause = cause.downcast_ref::<PyErr>()?;
    // An error of Rust keeps the traceback beside the exception; Python looks for it in the exception.
    Some(cause.clone_ref(py).into_value(py).into_bound(py).into_any())
}
