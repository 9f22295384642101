//! Predicts what comes, not only what it is worth: the successor representation, taught by sensory prediction errors.
//!
//! Each event is a step. x marks the stimuli of the last step, x' those of this one: a cue stays until the outcome and
//! with it; `after` seconds after an outcome, or `window` seconds after a cue, all end with x' = 0. δ⃗ = x + (γ·x' − x)·W and δ_u = r − x'·u; negative entries of both are divided by 4;
//! W ← W + α_W·xᵀδ⃗, u ← u + α_u·x'ᵀδ_u, V = x·W·u (Gardner, Schoenbaum & Gershman 2018). Entry (i, j) of W converges to
//! the discounted number of times that j follows i, while both last. Outcomes are stimuli with senses of their own, and u of an outcome
//! begins at half its innate value, as published. Light that adds to dopamine adds to the errors of the stimuli now
//! present.
//!
//! Dopamine is Σδ⃗, the summed sensory error; the published alternatives are its norm and a weighting by worth. Worth
//! moves what the animal does and not this dopamine, so that α_u is fitted to choices alone, never to dopamine.

use accumbens_core::{
    Domain, Dopamine, Drive, Event, EventKind, EventKindId, Info, Parameter, Prior, Theory, Topic, parameters,
};
use serde::{Deserialize, Serialize};

parameters! {
    /// The successor representation.
    pub struct Successor {
        /// Learning rate of the representation.
        alpha_W: 0.06 => .domain(Domain::UNIT).logit_normal(0.06, 1.5).source("gardner2018");
        /// Learning rate of worth; it never reaches dopamine and is fitted to choices alone.
        alpha_u: 0.03 => .domain(Domain::UNIT).logit_normal(0.03, 1.5).source("gardner2018");
        /// Discount a step.
        gamma: 0.95 => .domain(Domain::UNIT).source("gardner2018");
        /// Weight of negative errors relative to positive ones.
        negative: 0.25 => .domain(Domain::UNIT).source("gardner2018");
        /// Silence after a cue that ends an episode.
        window: 12.0 => .domain(Domain::Positive).unit("s");
        /// Silence after an outcome that ends an episode.
        after: 2.0 => .domain(Domain::Positive).unit("s");
    }
}

/// The representation and worth.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct State {
    kinds: Vec<EventKind>,
    /// Row i is what follows i, discounted.
    pub w: Vec<f64>,
    /// Worth of each kind.
    pub u: Vec<f64>,
    x: Vec<f64>,
    next: Vec<f64>,
    error: Vec<f64>,
    deadline: Option<f64>,
}

impl Successor {
    /// The summed error of a step from x to x'.
    fn errors(&self, s: &mut State) -> f64 {
        let n = s.x.len();
        for j in 0..n {
            let step: f64 = (0..n).map(|i| (self.gamma * s.next[i] - s.x[i]) * s.w[i * n + j]).sum();
            let error = s.x[j] + step;
            s.error[j] = if error < 0.0 { self.negative * error } else { error };
        }
        s.error.iter().sum()
    }

    fn learn(&self, s: &mut State, extra: f64) {
        let n = s.x.len();
        let present: f64 = s.next.iter().sum();
        for i in (0..n).filter(|i| s.x[*i] != 0.0) {
            for j in 0..n {
                let lit = if present > 0.0 { extra * s.next[j] / present } else { 0.0 };
                s.w[i * n + j] += self.alpha_W * s.x[i] * (s.error[j] + lit);
            }
        }
    }

    fn end(&self, s: &mut State, deadline: f64, dopamine: &mut Dopamine<'_>) {
        s.next.fill(0.0);
        let asked = self.errors(s);
        let extra = dopamine.release(deadline, 0, asked) - asked;
        self.learn(s, extra);
        s.x.fill(0.0);
        s.deadline = None;
    }

    fn step(&self, s: &mut State, now: &[Event], dopamine: &mut Dopamine<'_>) {
        let (mut reward, mut any, mut outcome) = (0.0, false, false);
        s.next.copy_from_slice(&s.x);
        for event in now {
            let kind = event.kind.index();
            if s.kinds[kind].is_stimulus() {
                s.next[kind] = 1.0;
                any = true;
            }
            if s.kinds[kind].is_outcome() {
                reward += event.magnitude * s.kinds[kind].value;
                outcome = true;
            }
        }
        let asked = if any { self.errors(s) } else { 0.0 };
        // Simultaneous stimuli make one step: each is answered with the whole error.
        let mut extra = 0.0;
        for event in now {
            let here = if s.kinds[event.kind.index()].is_stimulus() { asked } else { 0.0 };
            let out = dopamine.respond(event.time, 0, here);
            extra = if here == asked { out - asked } else { extra };
        }
        if !any {
            return;
        }
        self.learn(s, extra);
        let worth: f64 = s.next.iter().zip(&s.u).map(|(x, u)| x * u).sum();
        let error = reward - worth;
        let error = if error < 0.0 { self.negative * error } else { error };
        for (u, x) in s.u.iter_mut().zip(&s.next) {
            *u += self.alpha_u * x * error;
        }
        std::mem::swap(&mut s.x, &mut s.next);
        s.deadline = Some(now[0].time + if outcome { self.after } else { self.window });
    }
}

impl Theory for Successor {
    type State = State;

    const INFO: Info = Info {
        name: "successor",
        summary: "sensory prediction errors that teach what follows what",
        family: "sensory prediction error",
        dopamine: "the summed sensory prediction error of each step",
        papers: &["gardner2018", "dayan1993"],
        speaks: &[Topic::Cue, Topic::Outcome, Topic::Omission, Topic::Behaviour],
        error: true,
    };

    fn prior(&self, parameter: &Parameter) -> Option<Prior> {
        if parameter.name == "alpha_u" { None } else { parameter.prior }
    }

    fn start(&self, kinds: &[EventKind]) -> State {
        let n = kinds.len();
        State {
            kinds: kinds.to_vec(),
            w: vec![0.0; n * n],
            u: kinds.iter().map(|k| if k.is_outcome() { 0.5 * k.value } else { 0.0 }).collect(),
            x: vec![0.0; n],
            next: vec![0.0; n],
            error: vec![0.0; n],
            deadline: None,
        }
    }

    fn advance(&self, state: &mut State, until: f64, dopamine: &mut Dopamine<'_>) {
        if let Some(deadline) = state.deadline.filter(|d| *d < until) {
            self.end(state, deadline, dopamine);
        }
    }

    fn observe(&self, state: &mut State, now: &[Event], dopamine: &mut Dopamine<'_>) {
        self.step(state, now, dopamine);
    }

    fn drive(&self, state: &State, kind: EventKindId) -> Option<Drive> {
        let n = state.u.len();
        let row = &state.w[kind.index() * n..(kind.index() + 1) * n];
        Some(row.iter().zip(&state.u).map(|(w, u)| w * u).sum::<f64>().into())
    }

    fn describe(&self, state: &State, kinds: &[EventKind]) -> serde_json::Value {
        let n = kinds.len();
        let name = |k: usize| kinds[k].name.clone();
        let row =
            |i: usize| -> serde_json::Map<_, _> { (0..n).map(|j| (name(j), state.w[i * n + j].into())).collect() };
        let w: serde_json::Map<_, _> = (0..n).map(|i| (name(i), row(i).into())).collect();
        let u: serde_json::Map<_, _> = (0..n).map(|k| (name(k), state.u[k].into())).collect();
        serde_json::json!({ "W": w, "u": u })
    }
}
