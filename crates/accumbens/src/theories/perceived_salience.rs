//! Signals how salient a stimulus is perceived to be, good or bad alike.
//!
//! At stimulus k dopamine is intensity_k·(1 + attention_k). Intensity is the size of an outcome and 1 for a cue, or its
//! magnitude where it has one. Novelty N is the recent mismatch of what came and what was expected,
//! N ← N + ν·(|o − Σp| − N), where o is 1 if an outcome of any sign came in the trial and p what each cue predicts,
//! p ← p + α·(o − Σp); attention follows it, attention ← attention + η·(N − attention) for the stimuli of the trial, so
//! that it rises for the unexpected and falls for the familiar (Kutlu et al. 2021, who fit the SLGK model of Schmajuk,
//! Lam & Gray 1996; this reduction of it is ours and unverified against theirs).
//!
//! Dopamine is perceived salience, without valence.

use super::trials::{Moment, Trials};
use accumbens_core::{ChannelInfo, Domain, Dopamine, Event, EventKind, Info, Theory, Topic, parameters};
use serde::{Deserialize, Serialize};

parameters! {
    /// Perceived salience.
    pub struct PerceivedSalience {
        /// Learning rate of predictions.
        alpha: 0.1 => .domain(Domain::UNIT).logit_normal(0.1, 1.0);
        /// Learning rate of attention.
        eta: 0.1 => .domain(Domain::UNIT).logit_normal(0.1, 1.0);
        /// Rate at which novelty follows mismatch.
        nu: 0.3 => .domain(Domain::UNIT).logit_normal(0.3, 1.0);
        /// Attention to what was never met.
        attention: 1.0 => .domain(Domain::Real { min: 0.0, max: 100.0 }).fixed();
        /// Longest time from a trial's first cue to its outcome; after it the trial ends without one.
        window: 12.0 => .domain(Domain::Positive).unit("s");
    }
}

/// Predictions, attention and novelty.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct State {
    trials: Trials,
    prediction: Vec<f64>,
    attention: Vec<f64>,
    novelty: f64,
}

impl PerceivedSalience {
    fn close(&self, s: &mut State, came: f64, outcome: Option<usize>) {
        let error = came - s.trials.sum(&s.prediction);
        s.novelty += self.nu * (error.abs() - s.novelty);
        for k in 0..s.prediction.len() {
            let present = s.trials.present[k];
            if present {
                s.prediction[k] += self.alpha * error;
            }
            if present || outcome == Some(k) {
                s.attention[k] += self.eta * (s.novelty - s.attention[k]);
            }
        }
        s.trials.close();
    }

    fn see(&self, s: &mut State, event: &Event, dopamine: &mut Dopamine<'_>) {
        let kind = event.kind.index();
        let salience = |s: &State, intensity: f64| intensity * (1.0 + s.attention[kind]);
        match s.trials.meet(event, self.window) {
            Moment::Cue { .. } => {
                let intensity = if event.magnitude == 0.0 { 1.0 } else { event.magnitude.abs() };
                dopamine.respond(event.time, 0, salience(s, intensity));
            }
            Moment::Outcome(worth) => {
                dopamine.respond(event.time, 0, salience(s, worth.abs()));
                self.close(s, 1.0, Some(kind));
            }
            Moment::Omission => {
                dopamine.respond(event.time, 0, 0.0);
                self.close(s, 0.0, None);
            }
            Moment::Other => {
                dopamine.respond(event.time, 0, 0.0);
            }
        }
    }
}

impl Theory for PerceivedSalience {
    type State = State;

    const INFO: Info = Info {
        name: "perceived_salience",
        summary: "perceived salience of stimuli, whatever their valence",
        family: "novelty and salience",
        dopamine: "intensity times attention at each stimulus, which novelty raises",
        papers: &["kutlu2021", "schmajuk1996"],
        speaks: &[Topic::Cue, Topic::Outcome, Topic::Omission],
        error: false,
    };

    fn channels(&self, _: &[EventKind]) -> Vec<ChannelInfo> {
        vec![ChannelInfo::new("salience", "salience")]
    }

    fn start(&self, kinds: &[EventKind]) -> State {
        let n = kinds.len();
        State {
            trials: Trials::new(kinds),
            prediction: vec![0.0; n],
            attention: vec![self.attention; n],
            novelty: self.attention,
        }
    }

    fn advance(&self, state: &mut State, until: f64, dopamine: &mut Dopamine<'_>) {
        if let Some(deadline) = state.trials.ended(until) {
            dopamine.release(deadline, 0, 0.0);
            self.close(state, 0.0, None);
        }
    }

    fn observe(&self, state: &mut State, now: &[Event], dopamine: &mut Dopamine<'_>) {
        for event in now {
            self.see(state, event, dopamine);
        }
    }

    fn describe(&self, state: &State, kinds: &[EventKind]) -> serde_json::Value {
        let map = |values: &[f64]| -> serde_json::Map<_, _> {
            kinds.iter().zip(values).map(|(k, v)| (k.name.clone(), (*v).into())).collect()
        };
        serde_json::json!({ "attention": map(&state.attention), "novelty": state.novelty })
    }
}
