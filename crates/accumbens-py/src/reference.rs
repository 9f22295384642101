//! Reference signals and channels for Python.

use crate::credit::{read, slice, written};
use crate::refused;
use accumbens::credit;
use accumbens_core::Error;
use numpy::{IntoPyArray, PyArray1, PyReadonlyArray1};
use pyo3::prelude::*;

type Doubles<'py> = PyReadonlyArray1<'py, f64>;
type Given<'py> = Bound<'py, PyArray1<f64>>;

/// Expected eligibility traces of a stream of states, flat.
#[pyfunction]
#[pyo3(signature = (states, restart, count, keep, rate))]
pub fn expected_traces<'py>(
    py: Python<'py>,
    states: PyReadonlyArray1<'py, u32>,
    restart: Option<PyReadonlyArray1<'py, bool>>,
    count: usize,
    keep: f64,
    rate: Option<f64>,
) -> PyResult<Given<'py>> {
    let states = slice(&states, "states")?;
    let restart = restart.as_ref().map(|r| slice(r, "restart")).transpose()?;
    let z = py.detach(|| credit::expected_traces(states, restart, count, keep, rate)).map_err(refused)?;
    Ok(z.into_pyarray(py))
}

/// Rewards redistributed by how predictions of the return change.
#[pyfunction]
pub fn redistributed<'py>(py: Python<'py>, rewards: Doubles<'py>, predictions: Doubles<'py>) -> PyResult<Given<'py>> {
    let (rewards, predictions) = (slice(&rewards, "rewards")?, slice(&predictions, "predictions")?);
    Ok(credit::redistributed(rewards, predictions).map_err(refused)?.into_pyarray(py))
}

/// Potentials of bodily states.
#[pyfunction]
pub fn homeostatic<'py>(
    py: Python<'py>,
    levels: Doubles<'py>,
    set_points: Doubles<'py>,
    weights: Doubles<'py>,
    n: f64,
    m: f64,
) -> PyResult<Given<'py>> {
    let (levels, set_points) = (slice(&levels, "levels")?, slice(&set_points, "set_points")?);
    let weights = slice(&weights, "weights")?;
    Ok(credit::homeostatic(levels, set_points, weights, n, m).map_err(refused)?.into_pyarray(py))
}

/// Potentials of threat.
#[pyfunction]
pub fn threat<'py>(py: Python<'py>, threats: Doubles<'py>, keep: f64) -> PyResult<Given<'py>> {
    Ok(credit::threat(slice(&threats, "threats")?, keep).map_err(refused)?.into_pyarray(py))
}

/// Weights of channels by their noise.
#[pyfunction]
pub fn fused<'py>(py: Python<'py>, noise: Doubles<'py>, xi: f64, most: f64) -> PyResult<Given<'py>> {
    if !(xi > 0.0 && most >= 1.0) {
        return Err(refused(Error::input("fused", format!("xi {xi}, most {most}"), "xi above 0, most of 1 or more")));
    }
    Ok(credit::fused(slice(&noise, "noise")?, xi, most).into_pyarray(py))
}

/// Multipliers of constraints after one batch.
#[pyfunction]
pub fn dual<'py>(
    py: Python<'py>,
    weights: Doubles<'py>,
    floors: Doubles<'py>,
    means: Doubles<'py>,
    rate: f64,
) -> PyResult<Given<'py>> {
    let (weights, floors, means) = (slice(&weights, "weights")?, slice(&floors, "floors")?, slice(&means, "means")?);
    Ok(credit::dual(weights, floors, means, rate).into_pyarray(py))
}

/// Cosines of the columns of advantages, flat.
#[pyfunction]
pub fn conflict<'py>(py: Python<'py>, advantages: Doubles<'py>, channels: usize) -> PyResult<Given<'py>> {
    if channels == 0 {
        return Err(refused(Error::input("channels", "0", "1 or more")));
    }
    Ok(credit::conflict(slice(&advantages, "advantages")?, channels).into_pyarray(py))
}

/// One reward of an ensemble, row by row of so many members.
#[pyfunction]
pub fn ensemble<'py>(py: Python<'py>, rewards: Doubles<'py>, members: usize, beta: f64) -> PyResult<Given<'py>> {
    let rows = slice(&rewards, "rewards")?.chunks_exact(members.max(1));
    Ok(rows.map(|row| credit::ensemble(row, beta)).collect::<Vec<_>>().into_pyarray(py))
}

/// The average reward of a step.
#[pyclass(name = "Tonic", module = "accumbens._native")]
pub struct NativeTonic(credit::Tonic);

#[pymethods]
impl NativeTonic {
    #[new]
    fn new(half_life: f64) -> PyResult<Self> {
        credit::Tonic::new(half_life).map(Self).map_err(refused)
    }

    /// Takes rewards in, in their order.
    fn learn(&mut self, rewards: Doubles<'_>) -> PyResult<()> {
        slice(&rewards, "rewards")?.iter().for_each(|r| self.0.learn(*r));
        Ok(())
    }

    /// The average reward of a step, and its standard error.
    fn average(&self) -> (f64, f64) {
        self.0.average()
    }

    /// What it knows, as JSON.
    fn state(&self) -> PyResult<String> {
        written(&self.0)
    }

    /// Goes on from such a state.
    fn restore(&mut self, state: &str) -> PyResult<()> {
        self.0 = read(state)?;
        Ok(())
    }
}

/// Values of sources of unequal noise.
#[pyclass(name = "Values", module = "accumbens._native")]
pub struct NativeValues(credit::Values);

#[pymethods]
impl NativeValues {
    #[new]
    fn new(sources: usize, drift: f64, half_life: f64) -> PyResult<Self> {
        credit::Values::new(sources, drift, half_life).map(Self).map_err(refused)
    }

    /// Takes numbers of sources in, in their order; the gain of each.
    fn learn<'py>(
        &mut self,
        py: Python<'py>,
        sources: PyReadonlyArray1<'py, u32>,
        numbers: Doubles<'py>,
    ) -> PyResult<Bound<'py, PyArray1<f64>>> {
        let pairs = slice(&sources, "sources")?.iter().zip(slice(&numbers, "numbers")?);
        let gains = pairs.map(|(source, x)| self.0.learn(*source as usize, *x)).collect::<Result<Vec<_>, _>>();
        Ok(gains.map_err(refused)?.into_pyarray(py))
    }

    /// Value, variance and noise of each source, one after the other.
    fn known<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        self.0.known().flat_map(|(mean, variance, noise)| [mean, variance, noise]).collect::<Vec<_>>().into_pyarray(py)
    }

    /// What it knows, as JSON.
    fn state(&self) -> PyResult<String> {
        written(&self.0)
    }

    /// Goes on from such a state.
    fn restore(&mut self, state: &str) -> PyResult<()> {
        self.0 = read(state)?;
        Ok(())
    }
}
