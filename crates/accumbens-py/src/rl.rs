//! Environments and agents for Python.

use crate::experiments::NativeExperiment;
use crate::progress::worked;
use crate::refused;
use crate::theory::NativeTheory;
use accumbens::rl::{Agent, Autoreset, Design, Features, Lanes, Rule, Stepped, teach};
use accumbens_core::{Error, Seed, regions};
use numpy::{IntoPyArray, PyArray1, PyReadonlyArray1};
use pyo3::prelude::*;
use pyo3::types::PyDict;

fn design(
    experiment: &NativeExperiment,
    group: Option<&str>,
    phase: Option<&str>,
    step: f64,
    seed: u64,
) -> PyResult<Design> {
    Design::new(experiment.experiment.clone(), group, phase, step, Seed(seed)).map_err(refused)
}

/// Many subjects at once, step by step.
#[pyclass(name = "Lanes", module = "accumbens._native")]
pub struct NativeLanes {
    lanes: Lanes,
}

#[pymethods]
impl NativeLanes {
    #[new]
    #[pyo3(signature = (experiment, group, phase, step, seed, lanes, autoreset))]
    fn new(
        experiment: &NativeExperiment,
        group: Option<&str>,
        phase: Option<&str>,
        step: f64,
        seed: u64,
        lanes: u32,
        autoreset: &str,
    ) -> PyResult<Self> {
        let autoreset = match autoreset {
            "next_step" => Autoreset::NextStep,
            "same_step" => Autoreset::SameStep,
            "disabled" => Autoreset::Disabled,
            other => {
                let accepted = "next_step, same_step, disabled";
                return Err(refused(Error::input("autoreset", format!("{other:?}"), accepted)));
            }
        };
        let lanes = Lanes::new(design(experiment, group, phase, step, seed)?, lanes, autoreset).map_err(refused)?;
        Ok(Self { lanes })
    }

    /// Names: kinds of event, options, components of the reward.
    fn names(&self) -> (Vec<String>, Vec<String>, Vec<String>) {
        let design = self.lanes.design();
        let kinds: Vec<String> = design.kinds().iter().map(|k| k.name.clone()).collect();
        let options = design.options().iter().map(|k| kinds[k.index()].clone()).collect();
        (kinds, options, design.components())
    }

    /// Subject, session and time (s) of each lane.
    fn places(&self) -> Vec<(u32, String, f64)> {
        self.lanes.lanes().iter().map(|l| (l.subject(), l.session().name.clone(), l.time())).collect()
    }

    /// Begins anew; returns observations, flat.
    #[pyo3(signature = (seed, which))]
    fn reset<'py>(
        &mut self,
        py: Python<'py>,
        seed: Option<u64>,
        which: Option<Vec<bool>>,
    ) -> PyResult<Bound<'py, PyArray1<f32>>> {
        let mut observations = vec![0.0; self.lanes.lanes().len() * self.lanes.design().width()];
        let lanes = &mut self.lanes;
        py.detach(|| lanes.reset(seed.map(Seed), which.as_deref(), &mut observations)).map_err(refused)?;
        Ok(observations.into_pyarray(py))
    }

    /// A step of all lanes: observations, rewards, components, truncated, last observations, flat.
    #[allow(clippy::type_complexity)]
    fn step<'py>(
        &mut self,
        py: Python<'py>,
        actions: PyReadonlyArray1<'py, i64>,
    ) -> PyResult<(
        Bound<'py, PyArray1<f32>>,
        Bound<'py, PyArray1<f64>>,
        Bound<'py, PyArray1<f64>>,
        Bound<'py, PyArray1<bool>>,
        Bound<'py, PyArray1<f32>>,
    )> {
        let actions = actions.as_slice().map_err(|_| refused(Error::input("actions", "an array with gaps", "")))?;
        let count = self.lanes.lanes().len();
        if actions.len() != count {
            return Err(refused(Error::input("actions", format!("{}", actions.len()), format!("{count}"))));
        }
        let mut out = Stepped::of(&self.lanes);
        let lanes = &mut self.lanes;
        py.detach(|| lanes.step(actions, &mut out)).map_err(refused)?;
        Ok((
            out.observations.into_pyarray(py),
            out.rewards.into_pyarray(py),
            out.components.into_pyarray(py),
            out.truncated.into_pyarray(py),
            out.last.into_pyarray(py),
        ))
    }
}

/// An agent's numbers as Python has them.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub struct Numbers {
    rule: String,
    memory: Option<f64>,
    time_constants: Vec<f64>,
    alpha: f64,
    critic: f64,
    beta: f64,
    trace: f64,
    horizon: f64,
    rho: f64,
}

/// Teaches an agent; one row a session.
#[pyfunction(name = "teach")]
#[pyo3(signature = (experiment, group, phase, step, seed, agent, theory, region, subjects, threads, tick))]
#[allow(clippy::too_many_arguments)]
pub fn taught(
    py: Python<'_>,
    experiment: &NativeExperiment,
    group: Option<&str>,
    phase: Option<&str>,
    step: f64,
    seed: u64,
    agent: Numbers,
    theory: Option<&NativeTheory>,
    region: Option<&str>,
    subjects: u32,
    threads: Option<usize>,
    tick: Option<Py<PyAny>>,
) -> PyResult<Py<PyDict>> {
    let design = design(experiment, group, phase, step, seed)?;
    let rule: Rule = serde_json::from_value(agent.rule.as_str().into())
        .map_err(|_| refused(Error::input("rule", format!("{:?}", agent.rule), "actor_critic, q, opal")))?;
    let features = match agent.memory {
        Some(memory) => Features::Last { memory },
        None => Features::Traces { time_constants: agent.time_constants },
    };
    let Numbers { alpha, critic, beta, trace, horizon, rho, .. } = agent;
    let agent = Agent { rule, features, alpha, critic, beta, trace, horizon, rho };
    let region = region.map(regions::by_name).transpose().map_err(refused)?;
    let theory = theory.map(|t| t.theory.as_ref());
    let lessons = worked(py, tick.as_ref(), threads, |go_on| {
        teach(&design, &agent, theory, region.as_ref(), subjects, Seed(seed), &|| go_on())
    })?;
    let out = PyDict::new(py);
    out.set_item("subject", lessons.iter().map(|l| i64::from(l.subject)).collect::<Vec<_>>().into_pyarray(py))?;
    out.set_item("session", lessons.iter().map(|l| l.session.clone()).collect::<Vec<_>>())?;
    out.set_item("reward", lessons.iter().map(|l| l.reward).collect::<Vec<_>>().into_pyarray(py))?;
    out.set_item("offered", lessons.iter().map(|l| i64::from(l.offered)).collect::<Vec<_>>().into_pyarray(py))?;
    for (i, option) in design.options().iter().enumerate() {
        let taken = lessons.iter().map(|l| i64::from(l.taken[i])).collect::<Vec<_>>();
        out.set_item(format!("took {}", design.kinds()[option.index()].name), taken.into_pyarray(py))?;
    }
    Ok(out.unbind())
}
