//! Long work for Python: off the interpreter's thread, with progress, stopped by Ctrl-C.

use crate::refused;
use accumbens_core::Result;
use pyo3::exceptions::{PyRuntimeError, PyRuntimeWarning};
use pyo3::prelude::*;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

/// How often progress is told and Ctrl-C looked for.
const LOOK: Duration = Duration::from_millis(50);

static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// Whether Ctrl-C was pressed while the work of the moment went on.
pub fn interrupted() -> bool {
    INTERRUPTED.load(Ordering::Relaxed)
}

/// Does `work`, which calls what it is given after each step and stops early where that says so. `tick` is told how many
/// steps were done. After Ctrl-C work that has something to give is given, with a warning.
pub fn worked<T: Send>(
    py: Python<'_>,
    tick: Option<&Py<PyAny>>,
    threads: Option<usize>,
    work: impl FnOnce(&(dyn Fn() -> bool + Sync)) -> Result<T> + Send,
) -> PyResult<T> {
    let pool = accumbens::threads::pool(threads).map_err(refused)?;
    let (steps, stop) = (AtomicU64::new(0), AtomicBool::new(false));
    let step = || {
        steps.fetch_add(1, Ordering::Relaxed);
        !stop.load(Ordering::Relaxed)
    };
    let (mut told, mut fault) = (0, None);
    let caller = thread::current();
    let result = thread::scope(|scope| {
        let handle = scope.spawn(|| {
            let done = match pool {
                Some(pool) => pool.install(|| work(&step)),
                None => work(&step),
            };
            caller.unpark();
            done
        });
        while !handle.is_finished() {
            py.detach(|| thread::park_timeout(LOOK));
            let now = steps.load(Ordering::Relaxed);
            let shown = match tick {
                Some(tick) if now > told && fault.is_none() => tick.call1(py, (now - told,)).map(|_| ()),
                _ => Ok(()),
            };
            told = now;
            if let Err(e) = shown.and_then(|()| py.check_signals()) {
                stop.store(true, Ordering::Relaxed);
                INTERRUPTED.store(true, Ordering::Relaxed);
                fault.get_or_insert(e);
            }
        }
        py.detach(|| handle.join())
    });
    if fault.is_some() {
        INTERRUPTED.store(false, Ordering::Relaxed);
    }
    match (result, fault) {
        (Ok(Ok(made)), None) => Ok(made),
        (Ok(Ok(made)), Some(e)) if e.is_instance_of::<pyo3::exceptions::PyKeyboardInterrupt>(py) => {
            let category = py.get_type::<PyRuntimeWarning>();
            PyErr::warn(py, &category, c"interrupted: this is what was finished", 1)?;
            Ok(made)
        }
        (_, Some(e)) => Err(e),
        (Ok(Err(e)), None) => Err(refused(e)),
        (Err(_), None) => Err(PyRuntimeError::new_err("the work broke off")),
    }
}
