//! Measures contingency by information: how much a cue tells about when the outcome will come, or the outcome about
//! the cue.
//!
//! `prospective`: the cue tells log₂(λ_c/λ) bits about the time of the next outcome, where λ_c = P(outcome | cue)/D is
//! the rate at which outcomes come in the cue, D its mean delay, and λ the rate at all times (informativeness, Balsam &
//! Gallistel 2009; Gallistel, Craig & Shahan 2014). `retrospective`: looking back from outcomes, q, the share that the
//! cue came before, less the share of moments that by chance lie so close behind a cue, 1 − e^(−ν·D) with ν the rate
//! of the cue (after Gallistel et al. 2019, who use normalised mutual information; this difference is our stand-in).
//! Counts leak with rate α a trial.
//!
//! Dopamine at a cue is the contingency times the mean worth of outcomes. The theory says nothing of other moments.

use super::rates::Rates;
use super::trials::Moment;
use accumbens_core::{Domain, Dopamine, Drive, Event, EventKind, EventKindId, Info, Theory, Topic, parameters};

const RETROSPECTIVE: f64 = 1.0;
/// The most information a cue is taken to carry either way, in bits: rates of zero would carry it without bound.
const MOST: f64 = 10.0;

parameters! {
    /// Contingency as information.
    pub struct GallistelContingency {
        /// Whether it looks forward from the cue or back from the outcome.
        direction: 0.0 => .domain(Domain::Choice(&["prospective", "retrospective"])).source("gallistel2019");
        /// Learning rate of probabilities, rates and worth.
        alpha: 0.05 => .domain(Domain::UNIT).logit_normal(0.05, 1.0);
        /// Longest time from a trial's first cue to its outcome; after it the trial ends without one.
        window: 12.0 => .domain(Domain::Positive).unit("s");
    }
}

impl GallistelContingency {
    fn contingency(&self, rates: &Rates, kind: usize) -> f64 {
        let delay = rates.delay[kind];
        if delay <= 0.0 || rates.overall() <= 0.0 {
            return 0.0;
        }
        if self.direction == RETROSPECTIVE {
            let chance = 1.0 - (-rates.onsets(kind) * delay).exp();
            return rates.worth * (rates.preceded[kind] - chance);
        }
        let bits = (rates.with[kind] / delay / rates.overall()).log2();
        rates.worth * bits.clamp(-MOST, MOST)
    }
}

impl Theory for GallistelContingency {
    type State = Rates;

    const INFO: Info = Info {
        name: "gallistel_contingency",
        summary: "contingency as information between cue and outcome",
        family: "contingency",
        dopamine: "at a cue its contingency times the worth of outcomes; silent on all else",
        papers: &["gallistel2014", "gallistel2019", "balsam2009"],
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
                Moment::Cue { kind, .. } => self.contingency(state, kind),
                _ => 0.0,
            };
            dopamine.respond(event.time, 0, asked);
        }
    }

    fn drive(&self, state: &Rates, kind: EventKindId) -> Option<Drive> {
        Some(self.contingency(state, kind.index()).into())
    }

    fn describe(&self, state: &Rates, kinds: &[EventKind]) -> serde_json::Value {
        let bits = kinds.iter().enumerate().map(|(k, kind)| (kind.name.clone(), self.contingency(state, k).into()));
        serde_json::json!({ "contingency": bits.collect::<serde_json::Map<_, _>>(), "overall rate": state.overall() })
    }
}
