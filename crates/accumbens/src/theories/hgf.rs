//! Infers how fast the world changes: the binary hierarchical Gaussian filter of three levels, one a cue.
//!
//! Level 1 is whether the outcome u comes, level 2 its log-odds μ₂ with precision π₂, level 3 the log-volatility μ₃
//! with precision π₃. Each trial: μ̂₁ = s(μ₂), π̂₁ = 1/(μ̂₁(1−μ̂₁)), π̂₂ = 1/(1/π₂ + e^(κμ₃+ω₂)), δ₁ = u − μ̂₁,
//! π₂ ← π̂₂ + 1/π̂₁, μ₂ ← μ₂ + δ₁/π₂; δ₂ = (1/π₂ + Δμ₂²)·π̂₂ − 1, π̂₃ = 1/(1/π₃ + e^ω₃), w = e^(κμ₃+ω₂)·π̂₂.
//! `hgf`: π₃ ← π̂₃ + ½κ²w(w + (2w−1)δ₂), μ₃ ← μ₃ + ½κwδ₂/π₃ (Mathys et al. 2011). `ehgf`: μ₃ first, with π̂₃; then with
//! the new μ₃ v = e^(κμ₃+ω₂), π̂ = 1/(1/π₂' + v), w = v·π̂, r = (v − 1/π₂')·π̂, d = (1/π₂ + Δμ₂²)·π̂ − 1 and
//! π₃ ← π̂₃ + max(0, ½κ²w(w + r·d)), where π₂' is π₂ before the trial (Weber et al. 2023), as in the MATLAB toolbox TAPAS.
//! `pyhgf`: μ₃ as in `ehgf`, but π₃ as in `hgf`, which is what the Python package of that name calls eHGF (its beliefs are
//! held by a test): over thousands of trials its π₃ comes out a tenth to a quarter lower. A precision that is not positive
//! ends the life with an error that names the trial.
//!
//! A trial opens with a cue and closes with the outcome, a declared omission, or after `window` seconds. The published
//! filter knows trials and not time. Here the time between trials is cut into trials without a cue, `segment` seconds
//! long, in which no outcome comes, from the end of the first trial on; an uncued outcome ends the one in which it comes.
//! So the belief about "no cue" is how likely an outcome is in `segment` seconds, and an uncued outcome is the more
//! surprising the longer none came. This is ours: without it each uncued outcome would be a trial in which an outcome
//! always comes, and soon no surprise.
//!
//! Dopamine is ε₂ = δ₁/π₂ at the end of a trial (in the midbrain: Iglesias et al. 2013, unverified here); ε₃ = ½κwδ₂/π₃
//! is another channel, ascribed to acetylcholine. What dopamine does at cues the theory does not say.
//!
//! ω₂ and ω₃ are fitted under the means of the published toolbox (TAPAS: −3 and 2 for `ehgf`, −3 and −6 for `hgf`, here
//! for `pyhgf` too) with a standard deviation of 2, its own for `ehgf`; for `hgf` it has 4, most of whose range ends in
//! precisions below zero. κ is 1 as there: it scales what ω₂ and ω₃ measure.

use super::trials::{Between, Moment, Trials};
use accumbens_core::{
    ChannelInfo, Domain, Dopamine, Drive, Event, EventKind, EventKindId, Info, Parameter, Prior, Theory, Topic,
    parameters,
};
use serde::{Deserialize, Serialize};

const HGF: f64 = 0.0;
const EHGF: f64 = 1.0;

parameters! {
    /// The hierarchical Gaussian filter.
    pub struct Hgf {
        /// Which update of the third level. The first published one, `hgf`, ends in precisions below zero over much of what
        /// may be fitted, which is why there is the second.
        update: EHGF => .domain(Domain::Choice(&["hgf", "ehgf", "pyhgf"])).source("weber2023");
        /// Coupling of the third to the second level.
        kappa: 1.0 => .domain(Domain::NOT_NEGATIVE).source("mathys2011");
        /// Log-variance a trial of the second level where volatility is 0.
        omega2: -3.0 => .domain(Domain::Real { min: -20.0, max: 10.0 }).source("mathys2011").normal(-3.0, 2.0);
        /// Log-variance a trial of the third level; with `hgf` and `pyhgf` fitted under a normal prior of mean −6
        /// (sd 2).
        omega3: -6.0 => .domain(Domain::Real { min: -20.0, max: 10.0 }).source("mathys2011").normal(2.0, 2.0);
        /// Longest time from a trial's first cue to its outcome; after it the trial ends without one.
        window: 12.0 => .domain(Domain::Positive).unit("s");
        /// Length of the trials without a cue into which the time between trials is cut.
        segment: 5.0 => .domain(Domain::Real { min: 0.1, max: 3600.0 }).unit("s").log_normal(5.0, 0.7);
    }
}

/// What is believed of one cue.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Belief {
    /// Log-odds of the outcome.
    pub mu2: f64,
    /// Precision of the log-odds.
    pub pi2: f64,
    /// Log-volatility.
    pub mu3: f64,
    /// Precision of the log-volatility.
    pub pi3: f64,
    /// Trials.
    pub trials: u32,
}

impl Default for Belief {
    fn default() -> Self {
        Self { mu2: 0.0, pi2: 1.0, mu3: 0.0, pi3: 1.0, trials: 0 }
    }
}

/// What a trial brings, before anything is changed.
#[derive(Clone, Copy, Debug)]
pub struct Surprise {
    /// Prediction of the outcome.
    pub expected: f64,
    /// δ₁.
    pub delta1: f64,
    /// New precision of the log-odds.
    pub pi2: f64,
    /// Precision of the log-odds as predicted.
    predicted2: f64,
    /// ε₂.
    pub epsilon2: f64,
}

/// 1/(1 + e^−x), never quite 0 or 1, where its variance would vanish.
fn sigmoid(x: f64) -> f64 {
    (1.0 / (1.0 + (-x).exp())).clamp(1e-15, 1.0 - 1e-15)
}

impl Hgf {
    /// What an outcome (1) or its absence (0) means to a belief.
    #[must_use]
    pub fn surprise(&self, b: &Belief, outcome: f64) -> Surprise {
        let expected = sigmoid(b.mu2);
        let predicted2 = 1.0 / (1.0 / b.pi2 + (self.kappa * b.mu3 + self.omega2).exp());
        let delta1 = outcome - expected;
        let pi2 = predicted2 + expected * (1.0 - expected);
        Surprise { expected, delta1, pi2, predicted2, epsilon2: delta1 / pi2 }
    }

    /// The belief after the trial, in which the log-odds moved by `step`; ε₃ beside it.
    ///
    /// # Errors
    /// With π₃ where it would not be positive.
    pub fn learn(&self, b: &Belief, s: &Surprise, step: f64) -> Result<(Belief, f64), f64> {
        let spread = 1.0 / s.pi2 + step * step;
        let volatility = (self.kappa * b.mu3 + self.omega2).exp();
        let w = volatility * s.predicted2;
        let delta2 = spread * s.predicted2 - 1.0;
        let predicted3 = 1.0 / (1.0 / b.pi3 + self.omega3.exp());
        let half = 0.5 * self.kappa;
        let standard = predicted3 + half * self.kappa * w * (w + (2.0 * w - 1.0) * delta2);
        let precision = if self.update == HGF { standard } else { predicted3 };
        let mu3 = b.mu3 + half * w * delta2 / precision;
        let pi3 = if self.update == EHGF {
            let v = (self.kappa * mu3 + self.omega2).exp();
            let predicted = 1.0 / (1.0 / b.pi2 + v);
            let (w, r, d) = (v * predicted, (v - 1.0 / b.pi2) * predicted, spread * predicted - 1.0);
            predicted3 + (half * self.kappa * w * (w + r * d)).max(0.0)
        } else {
            standard
        };
        if !(pi3 > 0.0 && pi3.is_finite() && mu3.is_finite()) {
            return Err(pi3);
        }
        let after = Belief { mu2: b.mu2 + step, pi2: s.pi2, mu3, pi3, trials: b.trials + 1 };
        Ok((after, half * w * delta2 / pi3))
    }
}

/// A belief a cue; the last is of no cue.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct State {
    trials: Trials,
    between: Between,
    /// The beliefs.
    pub beliefs: Vec<Belief>,
}

impl Hgf {
    fn close(&self, s: &mut State, time: f64, outcome: f64, answers: bool, dopamine: &mut Dopamine<'_>) {
        let place = s.trials.cue.unwrap_or(s.beliefs.len() - 1);
        let belief = s.beliefs[place];
        let surprise = self.surprise(&belief, outcome);
        let asked = surprise.epsilon2;
        let step = if answers { dopamine.respond(time, 0, asked) } else { dopamine.release(time, 0, asked) };
        s.trials.close();
        s.between.begin(time, self.segment);
        match self.learn(&belief, &surprise, step) {
            Ok((after, epsilon3)) => {
                s.beliefs[place] = after;
                dopamine.report(time, 1, epsilon3);
            }
            Err(pi3) => {
                dopamine.report(time, 1, 0.0);
                let cue = s.trials.kinds.get(place).map_or("no cue", |k| k.name.as_str());
                let problem = format!(
                    "hgf: trial {} of {cue}: the precision pi3 of volatility would be {pi3:.4}, not positive, with \
                     kappa {}, omega2 {}, omega3 {}",
                    belief.trials + 1,
                    self.kappa,
                    self.omega2,
                    self.omega3
                );
                dopamine.fail(time, problem, "a smaller kappa, omega2 or omega3, or update=ehgf");
            }
        }
    }
}

impl Theory for Hgf {
    type State = State;

    const INFO: Info = Info {
        name: "hgf",
        summary: "prediction error weighted by precision, in a hierarchy that infers volatility",
        family: "precision",
        dopamine: "the precision-weighted prediction error ε₂ at the end of a trial",
        papers: &["mathys2011", "iglesias2013", "weber2023"],
        speaks: &[Topic::Outcome, Topic::Omission, Topic::Behaviour],
        // Its error is weighed by precision already.
        error: false,
    };

    fn channels(&self, _: &[EventKind]) -> Vec<ChannelInfo> {
        vec![ChannelInfo::new("dopamine", "dopamine"), ChannelInfo::new("volatility error", "acetylcholine").aside()]
    }

    fn prior(&self, parameter: &Parameter) -> Option<Prior> {
        match parameter.name {
            "omega3" if self.update != EHGF => Some(Prior::Normal { mean: -6.0, sd: 2.0 }),
            _ => parameter.prior,
        }
    }

    fn start(&self, kinds: &[EventKind]) -> State {
        let beliefs = vec![Belief::default(); kinds.len() + 1];
        State { trials: Trials::new(kinds), between: Between::default(), beliefs }
    }

    fn advance(&self, state: &mut State, until: f64, dopamine: &mut Dopamine<'_>) {
        while let Some(end) = state.trials.ended(until).or(state.between.ended(until)) {
            self.close(state, end, 0.0, false, dopamine);
        }
    }

    fn observe(&self, state: &mut State, now: &[Event], dopamine: &mut Dopamine<'_>) {
        for event in now {
            match state.trials.meet(event, self.window) {
                Moment::Outcome(_) => self.close(state, event.time, 1.0, true, dopamine),
                Moment::Omission => self.close(state, event.time, 0.0, true, dopamine),
                moment => {
                    if matches!(moment, Moment::Cue { .. }) {
                        state.between.stop();
                    }
                    dopamine.respond(event.time, 0, 0.0);
                    dopamine.report(event.time, 1, 0.0);
                }
            }
        }
    }

    /// The probability of the outcome after the cue.
    fn drive(&self, state: &State, kind: EventKindId) -> Option<Drive> {
        Some(sigmoid(state.beliefs[kind.index()].mu2).into())
    }

    fn describe(&self, state: &State, kinds: &[EventKind]) -> serde_json::Value {
        let names = kinds.iter().map(|k| k.name.clone()).chain([String::from("no cue")]);
        let rows = names.zip(&state.beliefs).map(|(name, b)| (name, serde_json::json!(b)));
        serde_json::Value::Object(rows.collect())
    }
}
