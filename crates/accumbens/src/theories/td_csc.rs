//! Learns the value of every moment after every event: temporal differences over a complete serial compound.
//!
//! Each stimulus k, the outcome included, starts its own chain of states, one a bin; a new stimulus ends the running
//! chain, and stimuli of one bin run together, their values added. With s_i the states of bin i:
//! δ_i = r_i + γ·V(s_i) − V(s_{i−1}); e ← γλ·e, e(s_{i−1}) += 1; V ← V + α·δ_i·e. Dopamine is δ.
//! Before the first event the outcome's chain runs. r is magnitude × innate value; the published code counts events,
//! which a magnitude of 1 reproduces.

use super::bins::{Held, discount};
use super::chains::{self, Chains, learn, value};
use accumbens_core::{
    Domain, Dopamine, Drive, Event, EventKind, EventKindId, EventLog, Info, Theory, Topic, parameters,
};
use serde::{Deserialize, Serialize};

const CHAIN: f64 = 0.0;
const NONE: f64 = 1.0;
const SINGLE: f64 = 2.0;
const PUBLISHED: f64 = 3.0;
/// Length of a chain where neither the log nor `max_state` bounds it, s; its last state then repeats.
const UNBOUNDED: f64 = 1200.0;
/// The longest cap on a chain, s: three hours.
const MAX_STATE: f64 = 10_800.0;
/// A trace below this no longer changes any value in double precision.
const FORGOTTEN: f64 = 1e-20;

parameters! {
    /// Temporal-difference learning over a complete serial compound.
    pub struct TdCsc {
        /// Width of a bin, which is one state.
        dt: 0.2 => .domain(Domain::Real { min: 1e-3, max: 3600.0 }).unit("s").source("jeong2022").fixed();
        /// Learning rate.
        alpha: 0.05 => .domain(Domain::UNIT).logit_normal(0.05, 1.5).source("jeong2022");
        /// Discount of one bin; where set it stands before `tau`.
        gamma_per_bin: f64::NAN => .domain(Domain::UNIT).source("jeong2022");
        /// Time constant of discounting: γ = exp(−dt/tau). The default is 0.95 per bin of 0.2 s.
        tau: 3.9 => .domain(Domain::Positive).unit("s").log_normal(5.0, 1.0).source("jeong2022");
        /// Decay of the eligibility trace beside the discount.
        lambda: 0.0 => .domain(Domain::UNIT).source("sutton1988");
        /// What follows an outcome, and a cue after `cue_to_iti`: `chain`, the chain goes on; `none`, states without
        /// value or learning; `single`, one state; `published`, a chain whose length obeys the rule of the published
        /// code, which must be told each kind's longest gap to the next event.
        iti: CHAIN => .domain(Domain::Choice(&["chain", "none", "single", "published"])).source("jeong2022").fixed();
        /// With `none` and `single`: how long after a cue the inter-trial interval begins.
        cue_to_iti: 10.0 => .domain(Domain::Positive).unit("s").source("jeong2022").fixed();
        /// Cap on the time a chain spans; while a capped chain's last state repeats nothing is learnt and dopamine is 0.
        max_state: f64::NAN => .domain(Domain::Real { min: 1e-3, max: MAX_STATE }).unit("s").source("jeong2022").fixed();
    }
    told {
        /// Each kind's longest gap to the next event, s; for `published` only.
        longest_gap: Vec<f64>;
    }
}

/// Values, traces and the running chains.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct State {
    chains: Chains,
    /// Value of each state, chain after chain.
    pub values: Vec<f64>,
    trace: Vec<f64>,
    traced: Vec<u32>,
    met: bool,
}

#[derive(Clone, Copy)]
struct Step {
    alpha: f64,
    gamma: f64,
    decay: f64,
    capped: bool,
}

impl State {
    /// e ← decay·e, e(s) += 1 for the states left, V ← V + step·e, over the states that are still traced.
    #[inline]
    fn learn(&mut self, step: f64, decay: f64) {
        if decay == 0.0 {
            learn(&mut self.values, &self.chains.before, step);
            return;
        }
        let mut i = 0;
        while i < self.traced.len() {
            let at = self.traced[i] as usize;
            self.trace[at] *= decay;
            if self.trace[at] < FORGOTTEN {
                self.trace[at] = 0.0;
                self.traced.swap_remove(i);
            } else {
                i += 1;
            }
        }
        for i in 0..self.chains.before.len() {
            self.mark(self.chains.before[i]);
        }
        for &at in &self.traced {
            self.values[at as usize] += step * self.trace[at as usize];
        }
    }

    fn mark(&mut self, place: u32) {
        if self.trace[place as usize] == 0.0 {
            self.traced.push(place);
        }
        self.trace[place as usize] += 1.0;
    }
}

impl TdCsc {
    fn step(&self) -> Step {
        let gamma = discount(self.gamma_per_bin, self.tau, self.dt);
        Step { alpha: self.alpha, gamma, decay: gamma * self.lambda, capped: !self.max_state.is_nan() }
    }

    /// The state `n` bins into a chain, `states` being their number; `turn` is where the published rule jumps to the
    /// last state.
    #[inline]
    fn place(&self, chains: &Chains, states: u32, kind: u32, n: u64, turn: u64) -> Option<u32> {
        if self.iti == NONE || self.iti == SINGLE {
            let outcome = chains.kinds[kind as usize].is_outcome();
            if outcome || n >= (self.cue_to_iti / self.dt).ceil() as u64 {
                return (self.iti == SINGLE).then_some(states - 1);
            }
        }
        Some(chains.state(kind, if n < turn { n } else { u64::MAX }))
    }

    #[inline]
    fn tick(&self, state: &mut State, step: Step, turn: u64, dopamine: &mut Dopamine<'_>) {
        let published = self.iti == PUBLISHED;
        let states = state.values.len() as u32;
        let last = state.chains.bins.held(state.chains.bins.done + 1).last();
        let starts = |held: &Held<'_>| if published { 0..0 } else { 0..held.stimuli.len() };
        let tick = state.chains.step(starts, |chains, k, n| self.place(chains, states, k, n, turn));
        // Where a cue follows an outcome in one bin the published code counts the cue alone.
        let lost = published && last.is_some_and(|k| !state.chains.kinds[k as usize].is_outcome());
        let reward = if lost { 0.0 } else { tick.reward };
        let value = value(&state.values, &state.chains.now);
        if state.chains.bins.done == 1 {
            dopamine.release(tick.time, 0, reward + step.gamma * value);
            if published && let Some(place) = state.chains.now.first().copied() {
                state.mark(place);
            }
        } else if step.capped && state.chains.stays() {
            dopamine.release(tick.time, 0, 0.0);
        } else {
            let delta = reward + step.gamma * value - chains::value(&state.values, &state.chains.before);
            let delta = dopamine.release(tick.time, 0, delta);
            if !state.chains.before.is_empty() {
                state.learn(step.alpha * delta, step.decay);
            }
        }
    }

    fn tick_to(&self, state: &mut State, last: u64, turn: u64, dopamine: &mut Dopamine<'_>) {
        let step = self.step();
        while state.chains.bins.done < last {
            self.tick(state, step, turn, dopamine);
        }
    }
}

impl Theory for TdCsc {
    type State = State;

    const INFO: Info = Info {
        name: "td_csc",
        summary: "temporal-difference error over a complete serial compound",
        family: "prediction error",
        dopamine: "the prediction error δ of each bin",
        papers: &["montague1996", "schultz1997", "sutton1988"],
        speaks: &[Topic::Cue, Topic::Outcome, Topic::Omission, Topic::Moments, Topic::Behaviour],
        error: true,
    };

    fn tell(&mut self, log: &EventLog) -> Vec<String> {
        if self.iti != PUBLISHED {
            return Vec::new();
        }
        self.longest_gap = log.longest_gaps();
        let first = log.events().first().map_or(0.0, |e| e.time);
        for (gap, kind) in self.longest_gap.iter_mut().zip(log.kinds()) {
            if kind.is_outcome() {
                *gap = gap.max(first);
            }
        }
        let gaps = log.kinds().iter().zip(&self.longest_gap).map(|(k, g)| format!("{} {g:.1} s", k.name));
        vec![format!("longest gap to the next event: {}", gaps.collect::<Vec<_>>().join(", "))]
    }

    fn start(&self, kinds: &[EventKind]) -> State {
        let bins = |seconds: f64| ((seconds / self.dt).ceil() as u32).max(1);
        let cap = if self.max_state.is_nan() { u32::MAX } else { bins(self.max_state) };
        let length: Vec<u32> = (0..kinds.len())
            .map(|k| match self.longest_gap.get(k) {
                Some(&gap) if self.iti == PUBLISHED => bins(gap.min(MAX_STATE)).min(cap),
                _ => bins(UNBOUNDED).min(cap),
            })
            .collect();
        let chains = Chains::new(self.dt, kinds, length);
        let states = chains.states() + 1;
        State {
            chains,
            values: vec![0.0; states],
            trace: vec![0.0; states],
            traced: Vec::with_capacity(states),
            met: false,
        }
    }

    fn advance(&self, state: &mut State, until: f64, dopamine: &mut Dopamine<'_>) {
        if self.iti != PUBLISHED {
            self.tick_to(state, state.chains.before(until), u64::MAX, dopamine);
        }
    }

    fn observe(&self, state: &mut State, now: &[Event], dopamine: &mut Dopamine<'_>) {
        for event in now {
            let kind = event.kind.index();
            // The published length rule needs the next event's kind: its bins wait until that event has come.
            if self.iti == PUBLISHED && state.chains.kinds[kind].is_stimulus() {
                let bin = state.chains.bins.of(event.time);
                let turn = if state.met { u64::from(state.chains.length[kind]) } else { u64::MAX };
                self.tick_to(state, bin - 1, turn, dopamine);
                state.chains.start(event.kind.0, bin);
                state.met = true;
            }
            state.chains.put(std::slice::from_ref(event));
        }
    }

    fn finish(&self, state: &mut State, until: f64, dopamine: &mut Dopamine<'_>) {
        self.tick_to(state, state.chains.at_end(until), u64::MAX, dopamine);
    }

    fn drive(&self, state: &State, kind: EventKindId) -> Option<Drive> {
        Some(state.values[state.chains.onset(kind.index())].into())
    }

    fn describe(&self, state: &State, kinds: &[EventKind]) -> serde_json::Value {
        let chains = kinds.iter().enumerate().map(|(k, kind)| {
            let (from, n) = (state.chains.onset(k), state.chains.length[k] as usize);
            let chain = &state.values[from..from + n];
            let used = chain.iter().rposition(|v| *v != 0.0).map_or(0, |i| i + 1);
            (kind.name.clone(), serde_json::json!(chain[..used]))
        });
        serde_json::json!({ "dt": self.dt, "value": chains.collect::<serde_json::Map<_, _>>() })
    }
}
