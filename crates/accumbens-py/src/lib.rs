//! The Python module `accumbens._native`: theories and their lives, experiments, recordings, studies, credit, the command.

mod broken;
mod choices;
mod clinic;
mod credit;
mod declared;
mod door;
mod events;
mod experiments;
mod findings;
mod fit;
mod own;
mod progress;
mod recordings;
mod reference;
mod rl;
mod stages;
mod theory;

use accumbens_core::Error;
use pyo3::exceptions::{PyKeyboardInterrupt, PyOSError, PyRuntimeError, PyValueError};
use pyo3::prelude::*;

/// An error as Python's own kind, with the message that the command would print; what was raised in a theory written in
/// Python is its cause, so that its traceback stands above.
fn refused(error: Error) -> PyErr {
    let message = error.to_string();
    if let Error::Broken { .. } = error {
        return Python::attach(|py| match broken::exception(py, &error) {
            Some(cause) => {
                let told = if cause.is_instance_of::<PyKeyboardInterrupt>() {
                    PyKeyboardInterrupt::new_err(message)
                } else {
                    PyRuntimeError::new_err(message)
                };
                told.set_cause(py, Some(PyErr::from_value(cause)));
                told
            }
            None => PyRuntimeError::new_err(message),
        });
    }
    match error {
        Error::Input { .. } => PyValueError::new_err(message),
        Error::File { path, source } => match source.raw_os_error() {
            // Python makes of the number the class that belongs to it, FileNotFoundError for one.
            Some(number) => PyOSError::new_err((number, source.to_string(), path)),
            None => PyOSError::new_err(message),
        },
        Error::Life { .. } | Error::Broken { .. } => PyRuntimeError::new_err(message),
        Error::Interrupted | Error::CutOff(_) => PyKeyboardInterrupt::new_err(message),
    }
}

/// The compiled part of accumbens.
#[pymodule]
mod _native {
    #[pymodule_export]
    use crate::choices::{NativeChoices, choice_models};
    #[pymodule_export]
    use crate::clinic::{clinic_ask, clinic_catalogue, treat};
    #[pymodule_export]
    use crate::credit::{NativeAdjusted, NativeContingency, NativeCredit, gae, group_advantages, shaped, vtrace};
    #[pymodule_export]
    use crate::declared::Declared;
    #[pymodule_export]
    use crate::door::NativeDopamine;
    #[pymodule_export]
    use crate::events::{NativeLog, read_events, room, start};
    #[pymodule_export]
    use crate::experiments::{NativeExperiment, experiment_schema, experiments};
    #[pymodule_export]
    use crate::findings::{NativeFindings, ask, finding, findings_usual, names as findings};
    #[pymodule_export]
    use crate::fit::{NativeComparison, NativeStudy, compared as compare, usual_budget};
    #[pymodule_export]
    use crate::recordings::{read, run};
    #[pymodule_export]
    use crate::reference::{
        NativeTonic, NativeValues, conflict, dual, ensemble, expected_traces, fused, homeostatic, redistributed, threat,
    };
    #[pymodule_export]
    use crate::rl::{NativeLanes, taught as teach};
    #[pymodule_export]
    use crate::stages::{
        NativeChain, chain_page, clean_recording, projections, sensor_names, teaching_signal, through_sensor,
        with_noise,
    };
    #[pymodule_export]
    use crate::theory::{NativeTheory, compared, names as theories, wrappers};
    #[pymodule_export]
    #[allow(non_upper_case_globals)]
    const __version__: &str = env!("CARGO_PKG_VERSION");
}
