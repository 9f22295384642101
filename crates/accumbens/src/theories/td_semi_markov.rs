//! Learns over states that last: temporal differences of a semi-Markov process, with average or discounted reward.
//!
//! Every event k but an action leads to a new state after a dwell of D seconds in the last, s. `average`:
//! δ = r − ρ·D + V(k) − V(s), with ρ the average reward a second over the last `window` transitions; `discounted`:
//! δ = exp(−D/τ)·(r + V(k)) − V(s). V(s) ← V(s) + α·δ. An action a in state s is credited with the next error,
//! H(a, s) ← H(a, s) + α_a·δ, and chosen by H through the common action rule (Daw, Courville & Touretzky 2006, from
//! memory, unverified; the average form, its rates and the limit of dips are those of the code of Greenstreet et al.
//! 2025). The states are fully observed: an outcome that fails to come is noticed where the design declares an omission
//! state, else when the next event comes.
//!
//! Dopamine is δ at each event, the cost ρ·D of the dwell included, but no lower than −`dip`: it falls with the time
//! that has passed. Uncued rewards at random times are answered with r − ρ·D, and in the long run the error after any
//! state is 0 in the mean, also that of a cue. `dopamine` = `phasic` releases r + V(k) − V(s) alone, as if the dwell
//! were paid for while it lasts; this is ours, and flat under random rewards.

use accumbens_core::{
    Domain, Dopamine, Drive, Event, EventKind, EventKindId, Info, Parameter, Prior, Role, Theory, Topic, parameters,
};
use serde::{Deserialize, Serialize};

const DISCOUNTED: f64 = 1.0;
const PHASIC: f64 = 1.0;
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
        /// Time constant of discounting, where reward is discounted, and fitted there under a log-normal prior of median
        /// 10 s (sd of log 1); else it does nothing.
        tau: 10.0 => .domain(Domain::Positive).unit("s");
        /// Whether dopamine is the whole error or what comes with the event alone.
        dopamine: 0.0 => .domain(Domain::Choice(&["error", "phasic"])).source("greenstreet2025");
        /// The deepest dip of dopamine, in units of outcome; what is below it is learnt from and not released.
        dip: 0.1 => .domain(Domain::NOT_NEGATIVE).source("greenstreet2025");
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
    /// Releases dopamine and returns the error to learn from.
    fn error(&self, s: &State, time: f64, kind: usize, reward: f64, dwell: f64, dopamine: &mut Dopamine<'_>) -> f64 {
        let (ahead, left) = (s.values[kind], s.values[s.here]);
        let whole = |phasic: f64| {
            if self.reward == DISCOUNTED {
                return (-dwell / self.tau).exp() * (phasic + left) - left;
            }
            phasic - s.rate() * dwell
        };
        let phasic = reward + ahead - left;
        if self.dopamine == PHASIC {
            return whole(dopamine.respond(time, 0, phasic));
        }
        let error = whole(phasic);
        let asked = error.max(-self.dip);
        // What the limit of dips hides is learnt from beside what is released.
        dopamine.respond(time, 0, asked) + (error - asked)
    }

    fn see(&self, s: &mut State, event: &Event, dopamine: &mut Dopamine<'_>) {
        let kind = event.kind.index();
        if s.kinds[kind].role == Role::Action {
            s.taken = Some(s.here * s.kinds.len() + kind);
            dopamine.respond(event.time, 0, 0.0);
            return;
        }
        let reward = if s.kinds[kind].is_outcome() { event.magnitude * s.kinds[kind].value } else { 0.0 };
        let dwell = event.time - s.entered;
        let delta = self.error(s, event.time, kind, reward, dwell, dopamine);
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
        dopamine: "the prediction error δ at each event, dips limited",
        papers: &["daw2006", "greenstreet2025"],
        speaks: &[Topic::Cue, Topic::Outcome, Topic::Omission, Topic::Behaviour, Topic::Action, Topic::Latency],
        error: true,
    };

    fn prior(&self, parameter: &Parameter) -> Option<Prior> {
        match parameter.name {
            "tau" if self.reward == DISCOUNTED => Some(Prior::LogNormal { median: 10.0, sd: 1.0 }),
            _ => parameter.prior,
        }
    }

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
