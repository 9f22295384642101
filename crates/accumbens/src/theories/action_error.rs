//! Teaches habits by what was done, beside teaching value by what came of it: action prediction errors.
//!
//! Two signals. `action`: when the animal takes a in state s, the last cue, APE = max(0, 1 − H(a, s)) and
//! H(a, s) ← H(a, s) + α_H·APE, whatever comes of it; the habit of what it does not do never decays. `value`: the
//! semi-Markov error δ = r − ρ·D + V(k) − V(s), with ρ the average reward a second and D the dwell in s,
//! V(s) ← V(s) + α·δ, released no lower than −`dip` (as in `td_semi_markov`); it also teaches the value of the action
//! last taken, Q(a, s) ← Q(a, s) + α_a·δ. A choice is moved by Q + H (Greenstreet et al. 2025; Miller, Shenhav & Ludvig
//! 2019; Bogacz 2020). Rates and the limit of dips are those of the published code.
//!
//! Dopamine is the value error in ventral and the action error in dorsal striatum and its tail: two channels.

use accumbens_core::{
    ChannelInfo, Domain, Dopamine, Drive, Event, EventKind, EventKindId, Info, Role, Theory, Topic, parameters,
};
use serde::{Deserialize, Serialize};

parameters! {
    /// Action prediction errors beside value prediction errors.
    pub struct ActionError {
        /// Learning rate of habits.
        alpha_habit: 0.1 => .domain(Domain::UNIT).logit_normal(0.1, 1.0).source("greenstreet2025");
        /// Learning rate of values.
        alpha: 0.2 => .domain(Domain::UNIT).logit_normal(0.2, 1.0).source("greenstreet2025");
        /// Learning rate of the values of actions.
        alpha_action: 0.1 => .domain(Domain::UNIT).source("greenstreet2025");
        /// The deepest dip of the value error, in units of outcome; what is below it is learnt from and not released.
        dip: 0.1 => .domain(Domain::NOT_NEGATIVE).source("greenstreet2025");
        /// Time constant over which reward is averaged.
        window: 1000.0 => .domain(Domain::Positive).unit("s");
    }
}

/// Values, habits and what was last done.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct State {
    kinds: Vec<EventKind>,
    values: Vec<f64>,
    habits: Vec<f64>,
    worth: Vec<f64>,
    here: usize,
    entered: f64,
    taken: Option<usize>,
    rate: f64,
}

impl ActionError {
    fn see(&self, s: &mut State, event: &Event, dopamine: &mut Dopamine<'_>) {
        let kind = event.kind.index();
        let n = s.kinds.len();
        if s.kinds[kind].role == Role::Action {
            let place = s.here * n + kind;
            dopamine.respond(event.time, 0, 0.0);
            let error = dopamine.respond(event.time, 1, (1.0 - s.habits[place]).max(0.0));
            s.habits[place] += self.alpha_habit * error;
            s.taken = Some(place);
            return;
        }
        let reward = if s.kinds[kind].is_outcome() { event.magnitude * s.kinds[kind].value } else { 0.0 };
        let dwell = event.time - s.entered;
        let error = reward - s.rate * dwell + s.values[kind] - s.values[s.here];
        let asked = error.max(-self.dip);
        // What the limit of dips hides is learnt from beside what is released.
        let delta = dopamine.respond(event.time, 0, asked) + (error - asked);
        dopamine.respond(event.time, 1, 0.0);
        s.values[s.here] += self.alpha * delta;
        if let Some(taken) = s.taken.take() {
            s.worth[taken] += self.alpha_action * delta;
        }
        s.rate = s.rate * (-dwell / self.window).exp() + reward / self.window;
        (s.here, s.entered) = (kind, event.time);
    }
}

impl Theory for ActionError {
    type State = State;

    const INFO: Info = Info {
        name: "action_error",
        summary: "action prediction errors teach habits, value prediction errors teach value",
        family: "action",
        dopamine: "the value error at events and the action error at actions, in channels of their own",
        papers: &["greenstreet2025", "miller2019", "bogacz2020"],
        speaks: &[Topic::Cue, Topic::Outcome, Topic::Omission, Topic::Action, Topic::Behaviour, Topic::Latency],
        error: true,
    };

    fn channels(&self, _: &[EventKind]) -> Vec<ChannelInfo> {
        vec![ChannelInfo::new("value", "value"), ChannelInfo::new("action", "action")]
    }

    fn start(&self, kinds: &[EventKind]) -> State {
        let n = kinds.len();
        State {
            kinds: kinds.to_vec(),
            values: vec![0.0; n + 1],
            habits: vec![0.0; n * (n + 1)],
            worth: vec![0.0; n * (n + 1)],
            here: n,
            entered: 0.0,
            taken: None,
            rate: 0.0,
        }
    }

    fn advance(&self, _: &mut State, _: f64, _: &mut Dopamine<'_>) {}

    fn observe(&self, state: &mut State, now: &[Event], dopamine: &mut Dopamine<'_>) {
        for event in now {
            self.see(state, event, dopamine);
        }
    }

    fn drive(&self, state: &State, kind: EventKindId) -> Option<Drive> {
        let kind = kind.index();
        if state.kinds[kind].role == Role::Action {
            let place = state.here * state.kinds.len() + kind;
            return Some((state.worth[place] + state.habits[place]).into());
        }
        Some(state.values[kind].into())
    }

    fn pace(&self, state: &State) -> Option<f64> {
        Some(state.rate)
    }

    fn describe(&self, state: &State, kinds: &[EventKind]) -> serde_json::Value {
        let n = kinds.len();
        let name = |i: usize| kinds.get(i).map_or("start", |k| k.name.as_str()).to_owned();
        let row = |s: usize| {
            let cells = (0..n).filter(|a| kinds[*a].role == Role::Action);
            cells.map(|a| (name(a), state.habits[s * n + a].into())).collect::<serde_json::Map<_, _>>()
        };
        let habits: serde_json::Map<_, _> = (0..=n).map(|s| (name(s), row(s).into())).collect();
        let values: serde_json::Map<_, _> = (0..n).map(|k| (name(k), state.values[k].into())).collect();
        serde_json::json!({ "value": values, "habit": habits, "average reward": state.rate })
    }
}
