//! What an agent is made of: how it chooses, and what dopamine does to what it has just done.

use super::features::Features;
use accumbens_core::seed::{ChaCha8Rng, pick};
use accumbens_core::{Error, Result};
use serde::{Deserialize, Serialize};

/// What dopamine does to what an agent has just done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// Preferences of a softmax move along its gradient (Sutton & Barto 2018, section 13.5).
    #[default]
    ActorCritic,
    /// Values of actions move by dopamine (Watkins & Dayan 1992 where the critic is the agent's own).
    Q,
    /// Go and no-go weights, each multiplied by its own change (Collins & Frank 2014).
    Opal,
}

/// An agent.
#[derive(Clone, Debug)]
pub struct Agent {
    /// What dopamine does.
    pub rule: Rule,
    /// How it sees where it is.
    pub features: Features,
    /// Learning rate of what it does.
    pub alpha: f64,
    /// Learning rate of its own critic.
    pub critic: f64,
    /// Inverse temperature.
    pub beta: f64,
    /// Time constant of the trace of what it did, s.
    pub trace: f64,
    /// Time constant of discounting by its own critic, s.
    pub horizon: f64,
    /// Balance of go against no-go in choice, -1 to 1: dopamine while choosing.
    pub rho: f64,
}

impl Default for Agent {
    fn default() -> Self {
        Self {
            rule: Rule::ActorCritic,
            features: Features::default(),
            alpha: 0.1,
            critic: 0.1,
            beta: 3.0,
            trace: 2.0,
            horizon: 20.0,
            rho: 0.0,
        }
    }
}

impl Agent {
    /// Checks what its numbers must be.
    ///
    /// # Errors
    /// Where one is outside.
    pub fn check(&self) -> Result<()> {
        let above = [("beta", self.beta), ("trace", self.trace), ("horizon", self.horizon)];
        if let Some((name, value)) = above.into_iter().find(|(_, v)| !(v.is_finite() && *v > 0.0)) {
            return Err(Error::input(name, value.to_string(), "above 0"));
        }
        let rates = [("alpha", self.alpha), ("critic", self.critic)];
        if let Some((name, value)) = rates.into_iter().find(|(_, v)| !(0.0..=1.0).contains(v)) {
            return Err(Error::input(name, value.to_string(), "0 to 1"));
        }
        if !(-1.0..=1.0).contains(&self.rho) {
            return Err(Error::input("rho", self.rho.to_string(), "-1 to 1"));
        }
        Ok(())
    }
}

/// What an agent has learnt.
pub(super) struct Mind {
    /// Preferences, values or go weights: feature by action.
    pub(super) go: Vec<f64>,
    /// No-go weights.
    stop: Vec<f64>,
    pub(super) trace: Vec<f64>,
    /// Values of states.
    pub(super) values: Vec<f64>,
    actions: usize,
    scores: Vec<f64>,
}

pub(super) fn dot(weights: &[f64], features: &[f64]) -> f64 {
    weights.iter().zip(features).map(|(w, f)| w * f).sum()
}

impl Mind {
    pub(super) fn new(agent: &Agent, width: usize, actions: usize) -> Self {
        let begun = if agent.rule == Rule::Opal { 1.0 } else { 0.0 };
        Self {
            go: vec![begun; width * actions],
            stop: vec![begun; width * actions],
            trace: vec![0.0; width * actions],
            values: vec![0.0; width],
            actions,
            scores: vec![0.0; actions],
        }
    }

    pub(super) fn of<'a>(weights: &'a [f64], action: usize, features: &[f64]) -> &'a [f64] {
        &weights[action * features.len()..(action + 1) * features.len()]
    }

    /// Probabilities of the open actions, into `scores`.
    pub(super) fn weigh(&mut self, agent: &Agent, features: &[f64], open: &[bool]) {
        let mut best = f64::NEG_INFINITY;
        for (action, open) in open.iter().enumerate() {
            let go = dot(Self::of(&self.go, action, features), features);
            let score = match agent.rule {
                Rule::Opal => {
                    let stop = dot(Self::of(&self.stop, action, features), features);
                    agent.beta * ((1.0 + agent.rho) * go - (1.0 - agent.rho) * stop)
                }
                _ => agent.beta * go,
            };
            self.scores[action] = if *open { score } else { f64::NEG_INFINITY };
            best = best.max(self.scores[action]);
        }
        let total: f64 = self.scores.iter().map(|s| (s - best).exp()).sum();
        self.scores.iter_mut().for_each(|s| *s = (*s - best).exp() / total);
    }

    /// Chooses, and remembers what was chosen.
    pub(super) fn choose(&mut self, agent: &Agent, features: &[f64], open: &[bool], rng: &mut ChaCha8Rng) -> usize {
        self.weigh(agent, features, open);
        let chosen = pick(self.scores[..self.actions].iter().copied(), 1.0, rng).unwrap_or(0);
        for action in 0..self.actions {
            let credit = match agent.rule {
                Rule::ActorCritic => f64::from(action == chosen) - self.scores[action],
                _ => f64::from(action == chosen),
            };
            let trace = &mut self.trace[action * features.len()..(action + 1) * features.len()];
            trace.iter_mut().zip(features).for_each(|(t, f)| *t += credit * f);
        }
        chosen
    }

    /// Dopamine comes in answer to what was done.
    pub(super) fn learn(&mut self, agent: &Agent, dopamine: f64) {
        let change = agent.alpha * dopamine;
        for ((go, stop), trace) in self.go.iter_mut().zip(&mut self.stop).zip(&self.trace) {
            if agent.rule == Rule::Opal {
                *go = (*go + change * *go * trace).max(0.0);
                *stop = (*stop - change * *stop * trace).max(0.0);
            } else {
                *go += change * trace;
            }
        }
    }

    pub(super) fn best(&self, features: &[f64]) -> f64 {
        let values = (0..self.actions).map(|a| dot(Self::of(&self.go, a, features), features));
        values.fold(f64::NEG_INFINITY, f64::max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use accumbens_core::Seed;

    fn mind(rule: Rule) -> (Agent, Mind) {
        let agent = Agent { rule, alpha: 0.2, beta: 1.7, ..Agent::default() };
        let mind = Mind::new(&agent, 2, 3);
        (agent, mind)
    }

    #[test]
    fn go_and_no_go_grow_and_shrink_by_the_factor_of_their_own_change() {
        let (agent, mut mind) = mind(Rule::Opal);
        let (features, open) = ([1.0, 0.0], [false, true, false]);
        assert_eq!(mind.choose(&agent, &features, &open, &mut Seed(1).stream("opal")), 1);
        for _ in 0..5 {
            mind.learn(&agent, 0.5);
        }
        // The only feature and action that were there: (1 + alpha delta)^n and (1 - alpha delta)^n.
        assert!((mind.go[2] - 1.1_f64.powi(5)).abs() < 1e-12 && (mind.stop[2] - 0.9_f64.powi(5)).abs() < 1e-12);
        assert!(mind.go.iter().enumerate().all(|(i, g)| i == 2 || *g == 1.0));
    }

    #[test]
    fn the_trace_of_an_actor_is_the_gradient_of_the_logarithm_of_its_softmax() {
        let (agent, mut mind) = mind(Rule::ActorCritic);
        let features = [0.7, -1.2];
        mind.go = vec![0.3, 0.1, -0.4, 0.2, 0.5, -0.3];
        let open = [true, true, true];
        let chosen = mind.choose(&agent, &features, &open, &mut Seed(2).stream("actor"));
        let trace = mind.trace.clone();
        let log_probability = |mind: &mut Mind| {
            mind.weigh(&agent, &features, &open);
            mind.scores[chosen].ln()
        };
        for (i, trace) in trace.iter().enumerate() {
            let (at, h) = (mind.go[i], 1e-6);
            mind.go[i] = at + h;
            let up = log_probability(&mut mind);
            mind.go[i] = at - h;
            let down = log_probability(&mut mind);
            mind.go[i] = at;
            assert!(((up - down) / (2.0 * h) - agent.beta * trace).abs() < 1e-7, "{i}");
        }
    }

    #[test]
    fn what_is_not_open_is_never_chosen_and_the_rest_as_often_as_the_softmax_says() {
        let (agent, mut mind) = mind(Rule::Q);
        mind.go = vec![1.0, 0.0, 0.2, 0.0, 0.7, 0.0];
        let mut rng = Seed(3).stream("choices");
        let mut counts = [0.0_f64; 3];
        for _ in 0..20_000 {
            counts[mind.choose(&agent, &[1.0, 0.0], &[true, false, true], &mut rng)] += 1.0;
        }
        let p = 1.0 / (1.0 + (-agent.beta * (1.0 - 0.7_f64)).exp());
        assert_eq!(counts[1], 0.0);
        assert!((counts[0] / 20_000.0 - p).abs() < 4.0 * (p * (1.0 - p) / 20_000.0_f64).sqrt());
    }
}
