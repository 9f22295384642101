//! Learning signals for Python: arrays in and out without a copy, the interpreter free meanwhile.

use crate::refused;
use accumbens::credit::{
    self, Batch, Centre, Contingencies, Credit, Group, Memory, Mode, Prior, Promotion, Rollout, Settings, Signal,
};
use accumbens_core::Error;
use numpy::{IntoPyArray, PyArray1, PyReadonlyArray1};
use pyo3::prelude::*;
use pyo3::types::PyDict;

type Floats<'py> = PyReadonlyArray1<'py, f32>;
type Doubles<'py> = PyReadonlyArray1<'py, f64>;
/// Two arrays of one length.
type Pair<'py> = (Bound<'py, PyArray1<f64>>, Bound<'py, PyArray1<f64>>);

/// What was learnt, as JSON.
pub fn written<T: serde::Serialize>(state: &T) -> PyResult<String> {
    serde_json::to_string(state).map_err(|e| refused(Error::input("state", e.to_string(), "")))
}

/// What `written` wrote.
pub fn read<T: serde::de::DeserializeOwned>(state: &str) -> PyResult<T> {
    serde_json::from_str(state).map_err(|e| refused(Error::input("state", e.to_string(), "what state() gave")))
}

pub fn slice<'a, T: numpy::Element>(array: &'a PyReadonlyArray1<'_, T>, what: &str) -> PyResult<&'a [T]> {
    array.as_slice().map_err(|_| refused(Error::input(what, "an array with gaps", "a contiguous array")))
}

/// A word of a fixed few.
fn word<T: serde::de::DeserializeOwned>(what: &str, text: &str, good: &str) -> PyResult<T> {
    let fault = |_| refused(Error::input(what, format!("{text:?}"), good));
    serde_json::from_value(serde_json::Value::String(text.into())).map_err(fault)
}

/// A rollout's arrays as Python holds them.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub struct Arrays<'py> {
    rewards: Floats<'py>,
    values: Floats<'py>,
    last: Floats<'py>,
    terminated: Floats<'py>,
    next_values: Option<Floats<'py>>,
    truncated: Option<Floats<'py>>,
    reset: Option<Floats<'py>>,
    lanes: usize,
    lanes_first: bool,
}

impl Arrays<'_> {
    fn rollout(&self) -> PyResult<Rollout<'_>> {
        Ok(Rollout {
            rewards: slice(&self.rewards, "rewards")?,
            values: slice(&self.values, "values")?,
            next_values: self.next_values.as_ref().map(|a| slice(a, "next_values")).transpose()?,
            last: slice(&self.last, "last")?,
            terminated: slice(&self.terminated, "terminated")?,
            truncated: self.truncated.as_ref().map(|a| slice(a, "truncated")).transpose()?,
            reset: self.reset.as_ref().map(|a| slice(a, "reset")).transpose()?,
            lanes: self.lanes,
            lanes_first: self.lanes_first,
        })
    }
}

/// Generalised advantages of flat arrays.
#[pyfunction]
pub fn gae<'py>(py: Python<'py>, arrays: Arrays<'py>, gamma: f32, lam: f32) -> PyResult<Bound<'py, PyArray1<f32>>> {
    let rollout = arrays.rollout()?;
    let mut out = vec![0.0; rollout.rewards.len()];
    py.detach(|| credit::gae(&rollout, gamma, lam, &mut out)).map_err(refused)?;
    Ok(out.into_pyarray(py))
}

/// V-trace corrections of flat arrays.
#[pyfunction]
pub fn vtrace<'py>(
    py: Python<'py>,
    arrays: Arrays<'py>,
    ratios: Floats<'py>,
    gamma: f32,
    lam: f32,
    rho: f32,
    c: f32,
) -> PyResult<Bound<'py, PyArray1<f32>>> {
    let (rollout, ratios) = (arrays.rollout()?, slice(&ratios, "ratios")?);
    let mut out = vec![0.0; rollout.rewards.len()];
    py.detach(|| credit::vtrace(&rollout, ratios, (gamma, lam), (rho, c), &mut out)).map_err(refused)?;
    Ok(out.into_pyarray(py))
}

fn group(centre: &str, prior: Option<f64>) -> PyResult<Group> {
    let centre: Centre = word("centre", centre, "leave_one_out, mean")?;
    Ok(Group { centre, prior })
}

/// Advantages of rewards in their groups.
#[pyfunction]
#[pyo3(signature = (rewards, groups, centre, prior, pooled))]
pub fn group_advantages<'py>(
    py: Python<'py>,
    rewards: Doubles<'py>,
    groups: PyReadonlyArray1<'py, i64>,
    centre: &str,
    prior: Option<f64>,
    pooled: Option<f64>,
) -> PyResult<Bound<'py, PyArray1<f64>>> {
    let (rewards, groups) = (slice(&rewards, "rewards")?, slice(&groups, "groups")?);
    let out = credit::group_advantages(rewards, groups, &group(centre, prior)?, pooled).map_err(refused)?;
    Ok(out.into_pyarray(py))
}

/// Rewards shaped by potentials.
#[pyfunction]
pub fn shaped<'py>(
    py: Python<'py>,
    rewards: Doubles<'py>,
    potentials: Doubles<'py>,
    gamma: f64,
    terminated: bool,
) -> PyResult<Bound<'py, PyArray1<f64>>> {
    let (rewards, potentials) = (slice(&rewards, "rewards")?, slice(&potentials, "potentials")?);
    Ok(credit::shaped(rewards, potentials, gamma, terminated).map_err(refused)?.into_pyarray(py))
}

/// Settings of credit, what earlier batches taught, and the signal of the next.
#[pyclass(name = "Credit", module = "accumbens._native")]
pub struct NativeCredit {
    credit: Credit,
    memory: Memory,
}

#[pymethods]
impl NativeCredit {
    #[new]
    #[allow(clippy::too_many_arguments)]
    fn new(
        weights: Vec<f64>,
        mode: &str,
        centre: &str,
        prior: Option<f64>,
        precision: bool,
        half_life: f64,
        z0: f64,
        gate: f64,
        adjust: Option<usize>,
    ) -> PyResult<Self> {
        if half_life.is_nan() || half_life <= 0.0 {
            return Err(refused(Error::input("half_life", format!("{half_life}"), "above 0 sequences, or infinity")));
        }
        let mode: Mode = word("mode", mode, "potential, contribution, gate")?;
        let group = group(centre, prior)?;
        let estimates = Prior { keep: Prior::half_life(half_life), ..Prior::default() };
        let credit = Credit { mode, group, weights, precision, prior: estimates, z0, gate, adjust };
        credit.check().map_err(refused)?;
        Ok(Self { credit, memory: Memory::default() })
    }

    /// The signal of a batch of flat arrays; the memory learns it afterwards.
    #[pyo3(signature = (events, mask, rewards, groups, contexts, length))]
    #[allow(clippy::too_many_arguments)]
    fn give<'py>(
        &mut self,
        py: Python<'py>,
        events: PyReadonlyArray1<'py, i32>,
        mask: PyReadonlyArray1<'py, bool>,
        rewards: Doubles<'py>,
        groups: PyReadonlyArray1<'py, i64>,
        contexts: Option<PyReadonlyArray1<'py, u32>>,
        length: usize,
    ) -> PyResult<Bound<'py, PyDict>> {
        let batch = Batch {
            events: slice(&events, "events")?,
            mask: slice(&mask, "mask")?,
            rewards: slice(&rewards, "rewards")?,
            groups: slice(&groups, "group")?,
            contexts: contexts.as_ref().map(|c| slice(c, "context")).transpose()?,
            length,
        };
        let Self { credit, memory } = self;
        let signal: Signal = py.detach(|| credit.give(&batch, memory)).map_err(refused)?;
        let out = PyDict::new(py);
        out.set_item("advantages", signal.advantages.into_pyarray(py))?;
        out.set_item("weights", signal.weights.into_pyarray(py))?;
        out.set_item("z", signal.z.into_pyarray(py))?;
        out.set_item("sequences", signal.sequences.into_pyarray(py))?;
        out.set_item("channels", signal.channels.into_pyarray(py))?;
        out.set_item("conflict", signal.conflict.into_pyarray(py))?;
        Ok(out)
    }

    /// What events are worth by what earlier batches taught, and their z.
    fn worth<'py>(&self, py: Python<'py>, events: PyReadonlyArray1<'py, i32>, context: u32) -> PyResult<Pair<'py>> {
        let events = slice(&events, "events")?;
        let known = py.detach(|| self.credit.known(&self.memory, context, events)).map_err(refused)?;
        let (worth, z): (Vec<f64>, Vec<f64>) = known.into_iter().unzip();
        Ok((worth.into_pyarray(py), z.into_pyarray(py)))
    }

    /// Changes the weights of the channels.
    fn weigh(&mut self, weights: Vec<f64>) -> PyResult<()> {
        let changed = Credit { weights, ..self.credit.clone() };
        changed.check().map_err(refused)?;
        self.memory.check(changed.weights.len()).map_err(refused)?;
        self.credit = changed;
        Ok(())
    }

    /// What earlier batches taught, as JSON.
    fn state(&self) -> PyResult<String> {
        written(&self.memory)
    }

    /// Goes on from such a state.
    fn restore(&mut self, state: &str) -> PyResult<()> {
        let memory: Memory = read(state)?;
        memory.check(self.credit.weights.len()).map_err(refused)?;
        self.memory = memory;
        Ok(())
    }
}

/// Weights of events that come together.
#[pyclass(name = "Adjusted", module = "accumbens._native")]
pub struct NativeAdjusted(credit::Adjusted);

#[pymethods]
impl NativeAdjusted {
    #[new]
    fn new(keys: usize, half_life: f64, ridge: f64) -> PyResult<Self> {
        credit::Adjusted::new(keys, Prior::half_life(half_life), ridge).map(Self).map_err(refused)
    }

    /// Takes outcomes in with their traces, row by row.
    fn learn(&mut self, py: Python<'_>, traces: Doubles<'_>, outcomes: Doubles<'_>) -> PyResult<()> {
        let (traces, outcomes) = (slice(&traces, "traces")?, slice(&outcomes, "outcomes")?);
        let found = &mut self.0;
        let mut active = Vec::with_capacity(found.keys());
        let mut row = |(row, outcome): (&[f64], &f64)| {
            active.clear();
            active.extend((0..).zip(row.iter().copied()).filter(|x: &(u32, f64)| x.1 != 0.0));
            found.learn(&active, *outcome)
        };
        let keys = traces.len() / outcomes.len().max(1);
        py.detach(|| traces.chunks_exact(keys.max(1)).zip(outcomes).try_for_each(&mut row)).map_err(refused)
    }

    /// Weight and standard error of every key.
    fn weights<'py>(&self, py: Python<'py>) -> (Bound<'py, PyArray1<f64>>, Bound<'py, PyArray1<f64>>) {
        let (weights, errors): (Vec<f64>, Vec<f64>) = (0..self.0.keys() as u32).map(|k| self.0.weight(k)).unzip();
        (weights.into_pyarray(py), errors.into_pyarray(py))
    }
}

/// Retrospective contingency, event by event.
#[pyclass(name = "Contingency", module = "accumbens._native")]
pub struct NativeContingency(Contingencies);

#[pymethods]
impl NativeContingency {
    #[new]
    #[allow(clippy::too_many_arguments)]
    fn new(
        keys: u32,
        targets: Vec<u32>,
        time: f64,
        half_life: f64,
        successor: f64,
        z0: f64,
        start: f64,
        promotion: Option<(f64, u32)>,
    ) -> PyResult<Self> {
        let promotion = promotion.map(|(threshold, times)| Promotion { threshold, times });
        let keep = Prior::half_life(half_life);
        let settings = Settings { time, keep, successor, z0, promotion, ..Settings::default() };
        Contingencies::new(keys, &targets, settings, start).map(Self).map_err(refused)
    }

    /// Takes events in, in their order; where one is refused those before it stand.
    fn observe(
        &mut self,
        py: Python<'_>,
        keys: PyReadonlyArray1<'_, u32>,
        times: Doubles<'_>,
        magnitudes: Doubles<'_>,
    ) -> PyResult<()> {
        let (keys, times) = (slice(&keys, "keys")?, slice(&times, "times")?);
        let magnitudes = slice(&magnitudes, "magnitudes")?;
        if times.len() != keys.len() || magnitudes.len() != keys.len() {
            let found = format!("{} keys, {} times, {} magnitudes", keys.len(), times.len(), magnitudes.len());
            return Err(refused(Error::input("observe", found, "as many of each")));
        }
        let found = &mut self.0;
        let mut rows = keys.iter().zip(times).zip(magnitudes);
        py.detach(|| rows.try_for_each(|((key, time), size)| found.event(*key, *time, *size))).map_err(refused)
    }

    /// The keys of the targets, those that were promoted last.
    fn targets(&self) -> Vec<u32> {
        self.0.target_keys().collect()
    }

    /// What every key is worth over all targets.
    fn worth<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        (0..self.0.keys()).map(|key| self.0.worth(key)).collect::<Vec<_>>().into_pyarray(py)
    }

    /// What a target says of each of the rivals among which a choice lay: lift, z, kept.
    #[pyo3(signature = (target, rivals, policy))]
    fn among<'py>(
        &self,
        py: Python<'py>,
        target: usize,
        rivals: Vec<u32>,
        policy: Option<Vec<f64>>,
    ) -> PyResult<Bound<'py, PyDict>> {
        let keys = self.0.keys();
        if target >= self.0.targets() || rivals.iter().any(|r| *r >= keys) {
            let good = format!("a target below {}, keys below {keys}", self.0.targets());
            return Err(refused(Error::input("among", format!("target {target} of {rivals:?}"), good)));
        }
        if policy.as_ref().is_some_and(|p| p.len() != rivals.len()) {
            return Err(refused(Error::input("policy", "another length than rivals", "one probability a rival")));
        }
        let one = |(i, key): (usize, &u32)| self.0.among(*key, target, &rivals, policy.as_ref().map(|p| p[i]));
        let nets: Vec<credit::Net> = rivals.iter().enumerate().map(one).collect();
        let column = |of: fn(&credit::Net) -> f64| nets.iter().map(of).collect::<Vec<f64>>().into_pyarray(py);
        let out = PyDict::new(py);
        out.set_item("lift", column(|n| n.net))?;
        out.set_item("z", column(|n| n.z))?;
        out.set_item("kept", column(|n| n.kept))?;
        Ok(out)
    }

    /// Ends an episode.
    fn reset(&mut self, time: f64) {
        self.0.reset(time);
    }

    /// Contingencies of one target (by its place among the targets) on every key.
    fn net<'py>(&self, py: Python<'py>, target: usize) -> PyResult<Bound<'py, PyDict>> {
        if target >= self.0.targets() {
            return Err(refused(Error::input(
                "target",
                format!("{target}"),
                format!("a place below {}", self.0.targets()),
            )));
        }
        let nets: Vec<credit::Net> = (0..self.0.keys()).map(|key| self.0.net(key, target)).collect();
        let column = |of: fn(&credit::Net) -> f64| nets.iter().map(of).collect::<Vec<f64>>().into_pyarray(py);
        let out = PyDict::new(py);
        out.set_item("predecessor", column(|n| n.predecessor))?;
        out.set_item("successor", column(|n| n.successor))?;
        out.set_item("net", column(|n| n.net))?;
        out.set_item("z", column(|n| n.z))?;
        out.set_item("kept", column(|n| n.kept))?;
        Ok(out)
    }
}
