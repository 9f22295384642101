//! Credits what usually came before, not what came before this time: learning with expected eligibility traces.
//!
//! Every stimulus is a state. e decays with time constant T and rises by 1 at each visit; z_k, the expected trace of
//! state k, follows it at visits of k, z_k ← z_k + α_z·(e − z_k). At an event k, D seconds after state s,
//! d = r + V(k) − V(s) is phasic, δ = e^(−D/τ)·(d + V(s)) − V(s), and all values move by the expected trace of the state
//! left: V ← V + α·δ·z_s (van Hasselt et al. 2021). z is the matrix M of ANCCR, the mean trace of each cause at each effect:
//! the two theories remember the same and read it differently.
//!
//! Dopamine is d, at events. The paper's steps are all of one length and it says nothing of dopamine: that what comes
//! with an event is released, and the discount of the silence before it is not, is ours. So uncued rewards, each after
//! another, are all answered alike.

use accumbens_core::{Domain, Dopamine, Drive, Event, EventKind, EventKindId, Info, Role, Theory, Topic, parameters};
use serde::{Deserialize, Serialize};

parameters! {
    /// Temporal differences with expected eligibility traces.
    pub struct ExpectedTrace {
        /// Time constant of the eligibility trace.
        T: 14.4 => .domain(Domain::Positive).unit("s").source("jeong2022").log_normal(14.4, 1.0);
        /// Learning rate of expected traces.
        alpha_z: 0.02 => .domain(Domain::UNIT).logit_normal(0.02, 1.5).source("jeong2022");
        /// Learning rate of values.
        alpha: 0.1 => .domain(Domain::UNIT).logit_normal(0.1, 1.5);
        /// Time constant of discounting.
        tau: 10.0 => .domain(Domain::Positive).unit("s").log_normal(10.0, 1.0);
    }
}

/// Values and traces.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct State {
    kinds: Vec<EventKind>,
    values: Vec<f64>,
    trace: Vec<f64>,
    /// Expected traces: row k is what usually came before k.
    pub expected: Vec<f64>,
    here: Option<usize>,
    last: f64,
}

impl ExpectedTrace {
    fn see(&self, s: &mut State, event: &Event, dopamine: &mut Dopamine<'_>) {
        let n = s.kinds.len();
        let kind = event.kind.index();
        if s.kinds[kind].role == Role::Action {
            dopamine.respond(event.time, 0, 0.0);
            return;
        }
        let reward = if s.kinds[kind].is_outcome() { event.magnitude * s.kinds[kind].value } else { 0.0 };
        let dwell = event.time - s.last;
        let left = s.here.map_or(0.0, |h| s.values[h]);
        let phasic = dopamine.respond(event.time, 0, reward + s.values[kind] - left);
        let delta = (-dwell / self.tau).exp() * (phasic + left) - left;
        if let Some(here) = s.here {
            for (v, z) in s.values.iter_mut().zip(&s.expected[here * n..(here + 1) * n]) {
                *v += self.alpha * delta * z;
            }
        }
        let decay = (-dwell / self.T).exp();
        s.trace.iter_mut().for_each(|e| *e *= decay);
        s.trace[kind] += 1.0;
        for (z, e) in s.expected[kind * n..(kind + 1) * n].iter_mut().zip(&s.trace) {
            *z += self.alpha_z * (e - *z);
        }
        (s.here, s.last) = (Some(kind), event.time);
    }
}

impl Theory for ExpectedTrace {
    type State = State;

    const INFO: Info = Info {
        name: "expected_trace",
        summary: "temporal-difference error that credits expected eligibility traces",
        family: "retrospective",
        dopamine: "the phasic part of the prediction error at each event",
        papers: &["vanhasselt2021"],
        speaks: &[Topic::Cue, Topic::Outcome, Topic::Omission, Topic::Behaviour],
        error: true,
    };

    fn start(&self, kinds: &[EventKind]) -> State {
        let n = kinds.len();
        State {
            kinds: kinds.to_vec(),
            values: vec![0.0; n],
            trace: vec![0.0; n],
            expected: vec![0.0; n * n],
            here: None,
            last: 0.0,
        }
    }

    fn advance(&self, _: &mut State, _: f64, _: &mut Dopamine<'_>) {}

    fn observe(&self, state: &mut State, now: &[Event], dopamine: &mut Dopamine<'_>) {
        for event in now {
            self.see(state, event, dopamine);
        }
    }

    fn drive(&self, state: &State, kind: EventKindId) -> Option<Drive> {
        Some(state.values[kind.index()].into())
    }

    fn describe(&self, state: &State, kinds: &[EventKind]) -> serde_json::Value {
        let n = kinds.len();
        let row = |k: usize| -> serde_json::Map<_, _> {
            (0..n).map(|i| (kinds[i].name.clone(), state.expected[k * n + i].into())).collect()
        };
        let z: serde_json::Map<_, _> = (0..n).map(|k| (kinds[k].name.clone(), row(k).into())).collect();
        let values: serde_json::Map<_, _> = (0..n).map(|k| (kinds[k].name.clone(), state.values[k].into())).collect();
        serde_json::json!({ "value": values, "expected trace": z })
    }
}
