//! Recordings on one clock for Python, and the stages that change them.

use crate::events::NativeLog;
use crate::experiments::NativeExperiment;
use crate::progress::{interrupted, worked};
use crate::refused;
use crate::theory::NativeTheory;
use accumbens::recorded::{Chain, Recorded, taught, teaching};
use accumbens::report::chain::ChainPage;
use accumbens::stages::{Noise, SensorStage, clean};
use accumbens_core::cleaning::{self, Step};
use accumbens_core::study::Sensor;
use accumbens_core::{Channel, Error, EventLog, Recording, Result, Seed, Stage, sensors, transmission};
use numpy::{IntoPyArray, PyReadonlyArray1};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};
use rayon::prelude::*;

/// A recording as Python has it.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub struct Given<'py> {
    time: PyReadonlyArray1<'py, f64>,
    channels: Vec<(String, String, PyReadonlyArray1<'py, f64>)>,
    events: Option<Bound<'py, NativeLog>>,
    /// How long it lasted from its start, s.
    duration: f64,
    history: String,
}

impl Given<'_> {
    pub fn recording(&self) -> PyResult<Recording> {
        let channel = |(name, unit, data): &(String, String, PyReadonlyArray1<'_, f64>)| Channel {
            name: name.clone(),
            unit: unit.clone(),
            data: data.as_array().to_vec(),
        };
        let log = self.events.as_ref().map_or_else(EventLog::default, |e| e.get().log.clone());
        let channels = self.channels.iter().map(channel).collect();
        let made = Recording::new(self.time.as_array().to_vec(), channels, log, 0.0);
        let mut recording = made.map_err(refused)?;
        recording.duration = recording.duration.max(recording.start() + self.duration);
        recording.history = serde_json::from_str(&self.history)
            .map_err(|e| refused(Error::input("history", e.to_string(), "what a stage wrote")))?;
        Ok(recording)
    }
}

/// A recording as Python takes it.
pub fn held<'py>(py: Python<'py>, recording: Recording) -> PyResult<Bound<'py, PyDict>> {
    let out = PyDict::new(py);
    out.set_item("duration", recording.duration - recording.start())?;
    out.set_item("time", recording.times.into_pyarray(py))?;
    let channels = PyList::empty(py);
    for c in recording.channels {
        channels.append((c.name, c.unit, c.data.into_pyarray(py)))?;
    }
    out.set_item("channels", channels)?;
    out.set_item("events", NativeLog { log: recording.events })?;
    out.set_item("history", serde_json::to_string(&recording.history).unwrap_or_default())?;
    Ok(out)
}

/// Steps of cleaning from JSON.
pub fn steps(json: &str) -> PyResult<Vec<Step>> {
    serde_json::from_str(json).map_err(|e| refused(Error::input("steps", e.to_string(), "steps of cleaning")))
}

/// Cleans a recording by steps given as JSON.
#[pyfunction]
#[pyo3(signature = (recording, steps, signal, reference))]
pub fn clean_recording(
    py: Python<'_>,
    recording: Given<'_>,
    steps: &str,
    signal: &str,
    reference: Option<&str>,
) -> PyResult<Py<PyDict>> {
    let steps = self::steps(steps)?;
    cleaning::check(&steps, reference.is_some()).map_err(refused)?;
    let recording = recording.recording()?;
    let cleaned = py.detach(|| clean(recording, &steps, signal, reference)).map_err(refused)?;
    Ok(held(py, cleaned)?.unbind())
}

/// The names of the catalogue's sensors.
#[pyfunction(name = "sensors")]
pub fn sensor_names() -> PyResult<Vec<String>> {
    Ok(sensors::all().map_err(refused)?.into_iter().map(|s| s.name).collect())
}

fn sensor(name: &str, json: Option<&str>) -> PyResult<Sensor> {
    match json {
        None => sensors::by_name(name).map_err(refused),
        Some(text) => {
            let accepted = "name, rise, decay (s), and half, greatest or spike";
            serde_json::from_str(text).map_err(|e| refused(Error::input("sensor", e.to_string(), accepted)))
        }
    }
}

/// Filters a channel through a sensor.
#[pyfunction]
#[pyo3(signature = (recording, name, json, from, to, unit, gain))]
#[allow(clippy::too_many_arguments)]
pub fn through_sensor(
    py: Python<'_>,
    recording: Given<'_>,
    name: &str,
    json: Option<&str>,
    from: String,
    to: String,
    unit: String,
    gain: f64,
) -> PyResult<Py<PyDict>> {
    let stage = SensorStage { sensor: sensor(name, json)?, from, to, unit, gain };
    let recording = recording.recording()?;
    Ok(held(py, py.detach(|| stage.apply(recording)).map_err(refused)?)?.unbind())
}

/// Adds noise to a channel.
#[pyfunction]
#[pyo3(signature = (recording, channel, white, drift, time_constant, seed, stream))]
#[allow(clippy::too_many_arguments)]
pub fn with_noise(
    py: Python<'_>,
    recording: Given<'_>,
    channel: String,
    white: f64,
    drift: f64,
    time_constant: f64,
    seed: u64,
    stream: String,
) -> PyResult<Py<PyDict>> {
    let stage = Noise { channel, white, drift, time_constant, seed: Seed(seed), stream };
    let recording = recording.recording()?;
    Ok(held(py, py.detach(|| stage.apply(recording)).map_err(refused)?)?.unbind())
}

/// A teaching signal at each millisecond, in units of which 1 is an everyday answer.
#[pyfunction]
pub fn teaching_signal(py: Python<'_>, signal: PyReadonlyArray1<'_, f64>) -> PyResult<Py<PyDict>> {
    let signal = signal.as_array();
    let seconds = signal.len() as f64 * accumbens::recorded::TICK;
    Ok(held(py, taught(seconds, |i| signal[i]).map_err(refused)?)?.unbind())
}

/// What makes a chain.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
struct Parts {
    projection: String,
    transmission: Option<String>,
    receptors: String,
    sensor: String,
    sensor_declared: Option<String>,
    conductance: bool,
    lattice: Option<u32>,
    parameters: Vec<(String, String)>,
    patches: Vec<String>,
    knock_outs: Vec<String>,
    drugs: Vec<String>,
    fibre: bool,
    truth: bool,
}

/// The chain from a teaching signal to the fibre.
#[pyclass(name = "Chain", module = "accumbens._native", frozen)]
pub struct NativeChain {
    chain: Chain,
}

#[pymethods]
impl NativeChain {
    #[new]
    fn new(parts: Parts) -> PyResult<Self> {
        let sensor = sensor(&parts.sensor, parts.sensor_declared.as_deref())?;
        let make = || -> Result<Chain> {
            let mut chain = Chain::new(&parts.projection, parts.transmission.as_deref(), &parts.receptors, sensor)?;
            if parts.conductance {
                chain.conduct();
            }
            parts.parameters.iter().try_for_each(|(name, text)| chain.set(name, text))?;
            parts.patches.iter().try_for_each(|p| chain.patch(p))?;
            parts.knock_outs.iter().try_for_each(|gene| chain.knock_out(gene))?;
            parts.drugs.iter().try_for_each(|dose| chain.give(dose))?;
            parts.lattice.map(|voxels| chain.diffuse(voxels)).transpose()?;
            if !parts.fibre {
                chain.fibre = None;
            }
            (chain.truth, chain.stopped) = (parts.truth, interrupted);
            chain.check()?;
            Ok(chain)
        };
        Ok(Self { chain: make().map_err(refused)? })
    }

    /// Sends a recording with a channel `teaching` through the chain.
    fn apply(&self, py: Python<'_>, recording: Given<'_>, seed: u64, stream: &str) -> PyResult<Py<PyDict>> {
        let recording = recording.recording()?;
        let made = worked(py, None, None, |_| self.chain.record(recording, Seed(seed), stream))?;
        Ok(held(py, made)?.unbind())
    }

    /// The sessions of one subject of an experiment that a theory lives through.
    #[pyo3(signature = (theory, experiment, group, subject, sessions, unit, seed, tick))]
    #[allow(clippy::too_many_arguments)]
    fn record(
        &self,
        py: Python<'_>,
        theory: &NativeTheory,
        experiment: &NativeExperiment,
        group: Option<&str>,
        subject: u32,
        sessions: Option<usize>,
        unit: Option<f64>,
        seed: u64,
        tick: Option<Py<PyAny>>,
    ) -> PyResult<Vec<(String, Py<PyDict>)>> {
        if unit.is_some_and(|u| !u.is_finite() || u <= 0.0) {
            return Err(refused(Error::input("unit", format!("{unit:?}"), "a number above 0")));
        }
        let seed = Seed(seed);
        let (theory, experiment) = (theory.theory.as_ref(), &experiment.experiment);
        let made = worked(py, tick.as_ref(), None, |go_on| {
            let mut lived = teaching(experiment, theory, &self.chain.projection, (group, subject), unit, seed)?;
            lived.truncate(sessions.unwrap_or(usize::MAX));
            let one = |session: Recorded| {
                let stream = format!("record/mouse-{subject}/{}", session.name);
                let recording = self.chain.record(session.recording, seed, &stream)?;
                if !go_on() {
                    return Err(Error::Interrupted);
                }
                Ok(Recorded { recording, name: session.name })
            };
            lived.into_par_iter().map(one).collect::<Result<Vec<_>>>()
        })?;
        made.into_iter().map(|r| Ok((r.name, held(py, r.recording)?.unbind()))).collect()
    }
}

/// The page of the stages of a chain.
#[pyfunction]
pub fn chain_page(recording: Given<'_>, title: String, lead: String) -> PyResult<String> {
    let recording = recording.recording()?;
    ChainPage { title, lead, recording: &recording, command: "accumbens.stages.Chain" }.html().map_err(refused)
}

/// The names of all projections.
#[pyfunction]
pub fn projections() -> PyResult<Vec<String>> {
    Ok(transmission::projections().map_err(refused)?.into_iter().map(|p| p.name).collect())
}
