//! Learns over states that last: temporal differences of a semi-Markov process, with average or discounted reward.
//!
//! Every event k but an action leads to a new state after a dwell of D seconds in the last, s. The error has two parts:
//! d = r + V(k) − V(s) when the event comes, and what the dwell cost before it. `average`: a dwell costs ρ a second, the
//! average reward over the last `window` transitions, δ = d − ρ·D; `discounted`: δ = exp(−D/τ)·(d + V(s)) − V(s).
//! V(s) ← V(s) + α·δ. An action a in state s is credited with the next error, H(a, s) ← H(a, s) + α_a·δ, and chosen by H
//! through the common action rule (Daw, Courville & Touretzky 2006; the rates are those of the code of Greenstreet et
//! al. 2025; that the dwell's cost is spread over it and only d is phasic holds for dwells without memory). The states
//! are fully observed: an outcome that fails to come is noticed where the design declares an omission state, else when
//! the next event comes.
//!
//! Dopamine is d, at events.

use accumbens_core::{Domain, Dopamine, Drive, Event, EventKind, EventKindId, Info, Role, Theory, Topic, parameters};
use serde::{Deserialize, Serialize};

const DISCOUNTED: f64 = 1.0;
/// The longest window of transitions.
const LONGEST: u32 = 5000;

parameters! {
    /// Semi-Markov temporal differences.
    pub struct TdSemiMarkov {
        /// Learning rate of values.
        alpha: 0.2 => .domain(Domain::UNIT).logit_normal(0.1, 1.5).source("greenstreet2025");
        /// Learning rate of actions.
        alpha_action: 0.1 => .domain(Domain::UNIT).source("greenstreet2025");
        /// Whether reward is compared with its average or discounted.
        reward: 0.0 => .domain(Domain::Choice(&["average", "discounted"])).source("daw2006");
        /// Time constant of discounting, where reward is discounted.
        tau: 10.0 => .domain(Domain::Positive).unit("s").log_normal(10.0, 1.0);
        /// Transitions over which reward is averaged.
        window: 500.0 => .domain(Domain::Count { min: 1, max: LONGEST }).source("greenstreet2025").fixed();
    }
}

/// Values, habits and the average reward.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct State {
    kinds: Vec<EventKind>,
    /// Value of each state; the last is the one before any event.
    pub values: Vec<f64>,
    actions: Vec<f64>,
    here: usize,
    entered: f64,
    taken: Option<usize>,
    rewards: Vec<f64>,
    dwells: Vec<f64>,
    next: usize,
    sums: (f64, f64),
}

impl State {
    /// Average reward a second.
    fn rate(&self) -> f64 {
        if self.sums.1 > 0.0 { self.sums.0 / self.sums.1 } else { 0.0 }
    }

    fn average(&mut self, reward: f64, dwell: f64, window: usize) {
        if self.rewards.len() < window {
            self.rewards.push(reward);
            self.dwells.push(dwell);
        } else {
            self.rewards[self.next] = reward;
            self.dwells[self.next] = dwell;
        }
        self.next = (self.next + 1) % window;
        self.sums = (self.rewards.iter().sum(), self.dwells.iter().sum());
    }
}

impl TdSemiMarkov {
    fn see(&self, s: &mut State, event: &Event, dopamine: &mut Dopamine<'_>) {
        let kind = event.kind.index();
        if s.kinds[kind].role == Role::Action {
            s.taken = Some(s.here * s.kinds.len() + kind);
            dopamine.respond(event.time, 0, 0.0);
            return;
        }
        let reward = if s.kinds[kind].is_outcome() { event.magnitude * s.kinds[kind].value } else { 0.0 };
        let dwell = event.time - s.entered;
        let ahead = s.values[kind];
        let phasic = dopamine.respond(event.time, 0, reward + ahead - s.values[s.here]);
        let delta = if self.reward == DISCOUNTED {
            (-dwell / self.tau).exp() * (phasic + s.values[s.here]) - s.values[s.here]
        } else {
            phasic - s.rate() * dwell
        };
        s.values[s.here] += self.alpha * delta;
        if let Some(taken) = s.taken.take() {
            s.actions[taken] += self.alpha_action * delta;
        }
        s.average(reward, dwell, self.window as usize);
        (s.here, s.entered) = (kind, event.time);
    }
}

impl Theory for TdSemiMarkov {
    type State = State;

    const INFO: Info = Info {
        name: "td_semi_markov",
        summary: "temporal-difference error over states of variable duration, against the average reward",
        family: "prediction error",
        dopamine: "the phasic part of the prediction error at each event",
        papers: &["daw2006"],
        speaks: &[Topic::Cue, Topic::Outcome, Topic::Omission, Topic::Behaviour, Topic::Action, Topic::Latency],
        error: true,
    };

    fn start(&self, kinds: &[EventKind]) -> State {
        let (n, window) = (kinds.len(), self.window as usize);
        State {
            kinds: kinds.to_vec(),
            values: vec![0.0; n + 1],
            actions: vec![0.0; n * (n + 1)],
            here: n,
            entered: 0.0,
            taken: None,
            rewards: Vec::with_capacity(window),
            dwells: Vec::with_capacity(window),
            next: 0,
            sums: (0.0, 0.0),
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
            return Some(state.actions[state.here * state.kinds.len() + kind].into());
        }
        Some(state.values[kind].into())
    }

    fn pace(&self, state: &State) -> Option<f64> {
        (self.reward != DISCOUNTED).then(|| state.rate())
    }

    fn describe(&self, state: &State, kinds: &[EventKind]) -> serde_json::Value {
        let values = kinds.iter().zip(&state.values).map(|(k, v)| (k.name.clone(), (*v).into()));
        serde_json::json!({
            "value": values.collect::<serde_json::Map<_, _>>(), "average reward": state.rate(),
        })
    }
}
