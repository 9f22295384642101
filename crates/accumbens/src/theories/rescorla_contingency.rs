//! Compares the outcome's rate in the cue with its rate outside it: contingency in time.
//!
//! P(outcome | cue) is tracked over trials of the cue; λ, the rate of outcomes outside trials, over the time between
//! them. In an interval as long as the cue's mean delay D an outcome comes by chance with probability 1 − e^(−λD); the
//! contingency is P(outcome | cue) − (1 − e^(−λD)) (Rescorla 1968, who compared equal intervals with and without the
//! cue). Counts leak with rate α a trial, so that what changed is noticed.
//!
//! Dopamine at a cue is the contingency times the mean worth of outcomes. The theory says nothing of other moments.

use super::rates::Rates;
use super::trials::Moment;
use accumbens_core::{Domain, Dopamine, Drive, Event, EventKind, EventKindId, Info, Theory, Topic, parameters};

parameters! {
    /// Contingency in time.
    pub struct RescorlaContingency {
        /// Learning rate of probabilities, rates and worth.
        alpha: 0.05 => .domain(Domain::UNIT).logit_normal(0.05, 1.0);
        /// Longest time from a trial's first cue to its outcome; after it the trial ends without one.
        window: 12.0 => .domain(Domain::Positive).unit("s");
    }
}

fn contingency(rates: &Rates, kind: usize) -> f64 {
    let chance = 1.0 - (-rates.background() * rates.delay[kind]).exp();
    rates.worth * (rates.with[kind] - chance)
}

impl Theory for RescorlaContingency {
    type State = Rates;

    const INFO: Info = Info {
        name: "rescorla_contingency",
        summary: "contingency in time: the outcome's probability in the cue against equal intervals without it",
        family: "contingency",
        dopamine: "at a cue its contingency times the worth of outcomes; silent on all else",
        papers: &["rescorla1968"],
        speaks: &[Topic::Cue, Topic::Behaviour],
        error: false,
    };

    fn start(&self, kinds: &[EventKind]) -> Rates {
        Rates::new(kinds)
    }

    fn advance(&self, state: &mut Rates, until: f64, dopamine: &mut Dopamine<'_>) {
        if let Some(deadline) = state.trials.ended(until) {
            dopamine.release(deadline, 0, 0.0);
            state.close(deadline, false, self.alpha);
        }
    }

    fn observe(&self, state: &mut Rates, now: &[Event], dopamine: &mut Dopamine<'_>) {
        for event in now {
            let asked = match state.meet(event, self.window, self.alpha) {
                Moment::Cue { kind, .. } => contingency(state, kind),
                _ => 0.0,
            };
            dopamine.respond(event.time, 0, asked);
        }
    }

    fn drive(&self, state: &Rates, kind: EventKindId) -> Option<Drive> {
        Some(contingency(state, kind.index()).into())
    }

    fn describe(&self, state: &Rates, kinds: &[EventKind]) -> serde_json::Value {
        let with = kinds.iter().zip(&state.with).map(|(k, p)| (k.name.clone(), (*p).into()));
        serde_json::json!({ "with": with.collect::<serde_json::Map<_, _>>(), "background": state.background() })
    }
}
