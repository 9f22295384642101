//! Values what it believes, as it cannot see the state of the world: temporal differences over a belief state.
//!
//! b is the belief over hidden states: the moments of the running cue's interval, waiting and readiness between trials
//! (belief_world.rs). V = w·b, δ = r + γ·w·b' − w·b, w ← w + α·δ·b (Starkweather et al. 2017; Babayan et al. 2018). The
//! state space (when outcomes come after each cue, how often not, how often cues come) is `learnt` by counting as life
//! goes on, or `told` from the whole design. Between trials the world is `ready` at once, or first waits
//! (`wait_ready`, after Qian et al. 2025, whose state they call Pre; the probability of leaving is ours). With
//! `contexts` = 2 all states are doubled, and the size of each outcome tells by Bayes' rule which context holds, small
//! or large; a new context may begin with any trial, or is announced by the event kind number `context_cue`.
//!
//! Cues that come together share the interval of the last in the order of kinds, and their values add.
//!
//! Dopamine is δ.

use super::belief_world::{Belief, Observed, World};
use super::bins::Bins;
use super::ticks::ticks;
use accumbens_core::{
    Domain, Dopamine, Drive, EventKind, EventKindId, EventLog, Info, Parameter, Prior, Theory, Topic, parameters,
};
use serde::{Deserialize, Serialize};

const TOLD: f64 = 1.0;
const WAIT_READY: f64 = 1.0;

parameters! {
    /// Belief-state temporal differences.
    pub struct TdBelief {
        /// Learning rate.
        alpha: 0.1 => .domain(Domain::UNIT).logit_normal(0.1, 1.5).source("starkweather2017");
        /// Time constant of discounting: γ = exp(−dt/tau).
        tau: 3.9 => .domain(Domain::Positive).unit("s").log_normal(5.0, 1.0).source("jeong2022");
        /// Where the state space comes from.
        space: 0.0 => .domain(Domain::Choice(&["learnt", "told"])).source("starkweather2017").fixed();
        /// What is between trials.
        iti: 1.0 => .domain(Domain::Choice(&["ready", "wait_ready"])).source("qian2025").fixed();
        /// Mean time of waiting before the world is ready, with `wait_ready`.
        wait: 5.0 => .domain(Domain::Positive).unit("s").log_normal(5.0, 1.0);
        /// Longest interval from a cue to its outcome.
        isi_max: 12.0 => .domain(Domain::Real { min: 0.1, max: 600.0 }).unit("s").fixed();
        /// Hidden contexts that differ in the size of the outcome.
        contexts: 1.0 => .domain(Domain::Count { min: 1, max: 2 }).source("babayan2018").fixed();
        /// Size of the outcome in the small context, in units of outcome.
        small: 1.0 => .domain(Domain::ANY).source("babayan2018");
        /// Size of the outcome in the large context, in units of outcome.
        large: 10.0 => .domain(Domain::ANY).source("babayan2018");
        /// Standard deviation of the perceived size, in units of outcome.
        size_noise: 2.0 => .domain(Domain::Positive);
        /// Probability that a trial begins a new context.
        context_change: 0.05 => .domain(Domain::UNIT);
        /// Number of the event kind, from 0, that announces a new context; none where unset.
        context_cue: f64::NAN => .domain(Domain::Count { min: 0, max: 1000 });
        /// Width of a bin, which is one moment.
        dt: 0.2 => .domain(Domain::Real { min: 1e-2, max: 3600.0 }).unit("s").source("starkweather2017").fixed();
    }
    told {
        /// The state space, where it is told.
        world: World;
    }
}

/// Values, the belief and what it rests on.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct State {
    bins: Bins,
    kinds: Vec<EventKind>,
    world: World,
    /// The belief over moments.
    pub belief: Belief,
    /// The belief over contexts.
    pub context: Vec<f64>,
    open: Option<(usize, usize)>,
    /// Cues that came together with the one whose interval runs: their values add, at the same moment.
    together: Vec<usize>,
    now: Vec<usize>,
    values: Vec<f64>,
    prior: Vec<f64>,
}

impl State {
    fn states(&self) -> usize {
        self.world.trials.len() * self.world.moments + 2
    }

    /// The states the belief touches, with their shares.
    fn shares(&self, b: &Belief) -> [(usize, f64); 3] {
        let between = self.states() - 2;
        let within = b.place.map_or(0, |(cue, moment)| cue * self.world.moments + moment);
        [(within, b.within), (between, b.waiting), (between + 1, b.ready)]
    }

    fn value(&self, b: &Belief, context: &[f64], together: &[usize]) -> f64 {
        let n = self.states();
        let moment = b.place.map_or(0, |(_, moment)| moment);
        let one = |z: usize| {
            let shares = self.shares(b);
            let own = shares.iter().map(|(s, share)| share * self.values[z * n + s]).sum::<f64>();
            let others = together.iter().map(|cue| self.values[z * n + cue * self.world.moments + moment]);
            own + b.within * others.sum::<f64>()
        };
        context.iter().enumerate().map(|(z, p)| p * one(z)).sum()
    }

    fn learn(&mut self, b: &Belief, step: f64) {
        let n = self.states();
        for z in 0..self.prior.len() {
            let step = step * self.prior[z];
            for (s, share) in self.shares(b) {
                self.values[z * n + s] += step * share;
            }
            if let Some((_, moment)) = b.place {
                for cue in &self.together {
                    self.values[z * n + cue * self.world.moments + moment] += step * b.within;
                }
            }
        }
    }
}

impl TdBelief {
    fn leaving(&self) -> f64 {
        if self.iti == WAIT_READY { (self.dt / self.wait).min(1.0) } else { 1.0 }
    }

    fn infer(&self, s: &mut State, cue: Option<usize>, reward: Option<f64>) {
        if s.context.len() < 2 {
            return;
        }
        let announced = cue.is_some_and(|c| c as f64 == self.context_cue);
        if announced || (cue.is_some() && self.context_cue.is_nan()) {
            let change = if announced { 1.0 } else { self.context_change };
            s.context.iter_mut().for_each(|p| *p = (1.0 - change) * *p + change * 0.5);
        }
        if let Some(reward) = reward {
            let density = |size: f64| (-0.5 * ((reward - size) / self.size_noise).powi(2)).exp().max(1e-30);
            let weighed = [s.context[0] * density(self.small), s.context[1] * density(self.large)];
            let sum = weighed[0] + weighed[1];
            s.context.iter_mut().zip(weighed).for_each(|(p, w)| *p = w / sum);
        }
    }

    fn tick_to(&self, s: &mut State, last: u64, dopamine: &mut Dopamine<'_>) {
        let gamma = (-self.dt / self.tau).exp();
        let leaving = self.leaving();
        while s.bins.done < last {
            let bin = s.bins.done + 1;
            let held = s.bins.held(bin);
            let (time, reward) = (s.bins.end(bin), held.reward);
            let cue = held.stimuli.iter().rev().map(|k| *k as usize).find(|k| !s.kinds[*k].is_outcome());
            let outcome = held.stimuli.iter().any(|k| s.kinds[*k as usize].is_outcome());
            s.bins.done = bin;
            let seen = Observed { cue, outcome };
            let before = s.belief;
            s.prior.copy_from_slice(&s.context);
            let value = s.value(&before, &s.prior, &s.together);
            s.belief = s.world.update(&before, seen, leaving);
            self.infer(s, cue, outcome.then_some(reward));
            let held = s.bins.held(bin);
            let others = |k: &&u32| cue.is_some_and(|c| c != **k as usize) && !s.kinds[**k as usize].is_outcome();
            s.now.clear();
            if cue.is_some() {
                s.now.extend(held.stimuli.iter().filter(others).map(|k| *k as usize));
            } else {
                s.now.extend_from_slice(&s.together);
            }
            let delta = reward + gamma * s.value(&s.belief, &s.context, &s.now) - value;
            let delta = dopamine.release(time, 0, delta);
            s.learn(&before, self.alpha * delta);
            std::mem::swap(&mut s.together, &mut s.now);
            if self.space != TOLD {
                let State { world, open, belief, .. } = &mut *s;
                world.count(open, seen, belief);
            }
        }
    }
}

impl Theory for TdBelief {
    type State = State;

    const INFO: Info = Info {
        name: "td_belief",
        summary: "temporal-difference error over a belief about hidden states",
        family: "prediction error",
        dopamine: "the prediction error δ of each bin",
        papers: &["starkweather2017", "babayan2018", "qian2025"],
        speaks: &[Topic::Cue, Topic::Outcome, Topic::Omission, Topic::Moments, Topic::Behaviour],
        error: true,
    };

    fn prior(&self, parameter: &Parameter) -> Option<Prior> {
        match parameter.name {
            "wait" if self.iti != WAIT_READY => None,
            _ => parameter.prior,
        }
    }

    fn tell(&mut self, log: &EventLog) -> Vec<String> {
        if self.space != TOLD {
            return Vec::new();
        }
        // Counting through the design once is what a declared state space amounts to.
        let learner = Self { space: 0.0, ..self.clone() };
        let mut state = learner.start(log.kinds());
        let mut dopamine = Dopamine::new(accumbens_core::Sink::Discard, &[]);
        for event in log.events() {
            learner.advance(&mut state, event.time, &mut dopamine);
            learner.observe(&mut state, std::slice::from_ref(event), &mut dopamine);
        }
        self.world = state.world;
        vec!["when outcomes follow each cue, how often they fail to, and how often cues come".into()]
    }

    fn start(&self, kinds: &[EventKind]) -> State {
        let moments = (self.isi_max / self.dt).ceil() as usize + 1;
        let known = self.space == TOLD && self.world.trials.len() == kinds.len();
        let world = if known { self.world.clone() } else { World::new(kinds.len(), moments) };
        let contexts = self.contexts as usize;
        let states = kinds.len() * moments + 2;
        State {
            bins: Bins::new(self.dt, kinds.len()),
            kinds: kinds.to_vec(),
            world,
            belief: Belief::default(),
            context: vec![1.0 / contexts as f64; contexts],
            open: None,
            together: Vec::with_capacity(kinds.len()),
            now: Vec::with_capacity(kinds.len()),
            values: vec![0.0; contexts * states],
            prior: vec![0.0; contexts],
        }
    }

    ticks!();

    /// The value of the belief just after the cue.
    fn drive(&self, state: &State, kind: EventKindId) -> Option<Drive> {
        let seen = Observed { cue: Some(kind.index()), outcome: false };
        let after = state.world.update(&state.belief, seen, self.leaving());
        Some(state.value(&after, &state.context, &[]).into())
    }

    fn describe(&self, state: &State, kinds: &[EventKind]) -> serde_json::Value {
        let promise = kinds.iter().enumerate().map(|(k, kind)| (kind.name.clone(), state.world.promise(k).into()));
        let n = state.states();
        serde_json::json!({
            "belief": state.belief, "context": state.context,
            "promise": promise.collect::<serde_json::Map<_, _>>(),
            "value of waiting": state.values[n - 2], "value of readiness": state.values[n - 1],
        })
    }
}
