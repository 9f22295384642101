//! Signals threat to the tail of the striatum: what is intense, new or known to hurt, whatever it is worth.
//!
//! At stimulus k: δ_T = intensity + novelty + threat(k) − threat of what came before. Intensity is the magnitude of a
//! cue and the size of a bad outcome, weighed by `intensity`; good outcomes have none. Novelty is
//! `novelty`·exp(−h·n_k) after n_k encounters, and the intensity of cues without consequence habituates alike. Threat of
//! the cue last seen is learnt from what follows it, T ← T + α·(|bad outcome| − T), and protects from it: the animal is
//! moved away by T. Menegas et al. 2018 and Akiti et al. 2022 describe the signal and do not specify it; this form is
//! ours, the exponential of visits is from the code of Greenstreet et al. 2025.
//!
//! Dopamine is δ_T, on the channel `threat`, which reaches the tail of the striatum alone.

use accumbens_core::{
    ChannelInfo, Domain, Dopamine, Drive, Event, EventKind, EventKindId, Info, Role, Theory, Topic, parameters,
};
use serde::{Deserialize, Serialize};

parameters! {
    /// Threat prediction errors.
    pub struct Threat {
        /// Weight of intensity.
        intensity: 1.0 => .domain(Domain::NOT_NEGATIVE);
        /// Answer to what was never met.
        novelty: 1.0 => .domain(Domain::NOT_NEGATIVE).log_normal(1.0, 1.0);
        /// Habituation an encounter.
        habituation: 0.1 => .domain(Domain::NOT_NEGATIVE).log_normal(0.1, 1.0).source("greenstreet2025");
        /// Learning rate of threat.
        alpha: 0.1 => .domain(Domain::UNIT).logit_normal(0.1, 1.0);
        /// For how long a cue is held to account for what follows.
        window: 12.0 => .domain(Domain::Positive).unit("s");
    }
}

/// Threats, encounters and the cue last seen.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct State {
    kinds: Vec<EventKind>,
    threat: Vec<f64>,
    met: Vec<f64>,
    cue: Option<(usize, f64)>,
}

impl Threat {
    fn learn(&self, s: &mut State, hurt: f64) {
        if let Some((cue, _)) = s.cue.take() {
            s.threat[cue] += self.alpha * (hurt - s.threat[cue]);
        }
    }

    fn see(&self, s: &mut State, event: &Event, dopamine: &mut Dopamine<'_>) {
        let kind = event.kind.index();
        let role = s.kinds[kind].role;
        if matches!(role, Role::Action | Role::Offset(_)) {
            dopamine.respond(event.time, 0, 0.0);
            return;
        }
        let expected = s.cue.map_or(0.0, |(cue, _)| s.threat[cue]);
        if matches!(role, Role::Omission(_)) {
            dopamine.respond(event.time, 0, -expected);
            self.learn(s, 0.0);
            return;
        }
        let fresh = (-self.habituation * s.met[kind]).exp();
        s.met[kind] += 1.0;
        let hurt = if role == Role::Outcome { (-event.magnitude * s.kinds[kind].value).max(0.0) } else { 0.0 };
        let intensity = if role == Role::Cue { event.magnitude.abs() * fresh } else { hurt };
        let known = if role == Role::Cue { s.threat[kind] } else { 0.0 };
        let asked = self.intensity * intensity + self.novelty * fresh + known - expected;
        dopamine.respond(event.time, 0, asked);
        if role == Role::Outcome {
            self.learn(s, hurt);
        } else {
            self.learn(s, s.threat[kind]);
            s.cue = Some((kind, event.time + self.window));
        }
    }
}

impl Theory for Threat {
    type State = State;

    const INFO: Info = Info {
        name: "threat",
        summary: "error of threat, with intensity and novelty, in the tail of the striatum",
        family: "threat",
        dopamine: "the threat error at stimuli, on a channel that reaches the tail of the striatum alone",
        papers: &["menegas2018", "akiti2022", "greenstreet2025"],
        speaks: &[Topic::Cue, Topic::Outcome, Topic::Omission, Topic::Behaviour],
        error: false,
    };

    fn channels(&self, _: &[EventKind]) -> Vec<ChannelInfo> {
        vec![ChannelInfo::new("threat", "threat")]
    }

    fn start(&self, kinds: &[EventKind]) -> State {
        State { kinds: kinds.to_vec(), threat: vec![0.0; kinds.len()], met: vec![0.0; kinds.len()], cue: None }
    }

    fn advance(&self, state: &mut State, until: f64, dopamine: &mut Dopamine<'_>) {
        if let Some((cue, deadline)) = state.cue.filter(|(_, d)| *d < until) {
            dopamine.release(deadline, 0, -state.threat[cue]);
            self.learn(state, 0.0);
        }
    }

    fn observe(&self, state: &mut State, now: &[Event], dopamine: &mut Dopamine<'_>) {
        for event in now {
            self.see(state, event, dopamine);
        }
    }

    /// Threat moves away.
    fn drive(&self, state: &State, kind: EventKindId) -> Option<Drive> {
        Some((-state.threat[kind.index()]).into())
    }

    fn describe(&self, state: &State, kinds: &[EventKind]) -> serde_json::Value {
        let map = |values: &[f64]| -> serde_json::Map<_, _> {
            kinds.iter().zip(values).map(|(k, v)| (k.name.clone(), (*v).into())).collect()
        };
        serde_json::json!({ "threat": map(&state.threat), "encounters": map(&state.met) })
    }
}
