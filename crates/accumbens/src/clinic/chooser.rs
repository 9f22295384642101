//! A person who learns and chooses by what dopamine does at receptors.

use super::addiction::{Moved, Seeker, Seeking};
use super::reach::Tone;
use accumbens_core::Domain;
use accumbens_core::seed::ChaCha8Rng;
use rand::RngExt;
use rand_distr::StandardNormal;

accumbens_core::parameters! {
    /// What is in a person beside dopamine. Opponent actors as in OpAL (collins2014): go weights of benefits and stop weights
    /// of costs, each multiplied by its own change; go weights learn through D1, stop weights through D2, and dopamine's level
    /// weighs one against the other. Where no source is named the value is ours: measures are compared, never read as absolute.
    pub struct Chooser {
        /// Learning rate of values.
        alpha: 0.1 => .domain(Domain::UNIT).source("collins2014");
        /// Learning rate of go weights.
        alpha_go: 0.1 => .domain(Domain::UNIT).source("collins2014");
        /// Learning rate of stop weights.
        alpha_stop: 0.1 => .domain(Domain::UNIT).source("collins2014");
        /// Inverse temperature of choice.
        beta: 2.0 => .domain(Domain::Positive);
        /// Neural gain: how sharply differences of value drive choice and timing.
        gain: 1.0 => .domain(Domain::Positive).source("hauser2016");
        /// Share of choices made at random.
        lapse: 0.02 => .domain(Domain::UNIT);
        /// Steepness of the hyperbolic delay gradient: value/(1 + this × delay).
        discount: 0.05 => .unit("/s").domain(Domain::NOT_NEGATIVE).source("sagvolden2005");
        /// Share of the phasic response that passes from a delayed reward to what predicts it.
        transfer: 1.0 => .domain(Domain::UNIT).source("tripp2008");
        /// Chance of a burst that nothing in a trial calls for.
        spontaneous: 0.02 => .domain(Domain::UNIT).source("maia2017");
        /// Its size, as an error, before it reaches receptors.
        spontaneous_size: 1.0 => .domain(Domain::NOT_NEGATIVE);
        /// Share of the phasic answers that the world calls for that is left.
        adaptive: 1.0 => .domain(Domain::NOT_NEGATIVE).source("maia2017");
        /// Salience given to what means nothing by other ways than dopamine.
        elsewhere: 0.0 => .domain(Domain::NOT_NEGATIVE);
        /// Gain of wanting on the worth of what is on offer; liking is without it.
        wanting: 1.0 => .domain(Domain::NOT_NEGATIVE).source("zhang2009");
        /// Need of salt: κ of what salt is worth, 1 where there is none.
        salt: 1.0 => .domain(Domain::Positive).source("zhang2009");
        /// Cost of a unit of effort, in units of outcome.
        effort: 0.4 => .domain(Domain::NOT_NEGATIVE);
        /// Cost of haste: of a response after one second, in units of outcome.
        haste: 1.0 => .unit("s").domain(Domain::NOT_NEGATIVE).source("niv2007");
        /// Learning rate of threat.
        threat: 0.3 => .domain(Domain::UNIT);
        /// Spread of the logarithm of response times at a gain and a tone of 1.
        jitter: 0.25 => .domain(Domain::NOT_NEGATIVE);
    }
}

/// A chooser, and what dopamine does in each of their projections against a healthy person's.
#[derive(Clone, Debug)]
pub struct Person {
    /// What is in them beside dopamine.
    pub chooser: Chooser,
    /// How a drug acts on them.
    pub seeker: Seeker,
    /// Dopamine in the core: values, choice, wanting.
    pub core: Tone,
    /// In the dorsal striatum: vigour.
    pub dorsal: Tone,
    /// In the tail: threat.
    pub tail: Tone,
}

/// What a person has learnt of one option or cue.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Learnt {
    /// Its value.
    pub value: f64,
    /// Its go weight.
    pub go: f64,
    /// Its stop weight.
    pub stop: f64,
}

impl Default for Learnt {
    fn default() -> Self {
        Self { value: 0.0, go: 1.0, stop: 1.0 }
    }
}

/// The largest an opponent weight may grow: beyond it choices no longer change.
const MOST: f64 = 20.0;

impl Person {
    /// How differences between people are drawn: every rate, temperature and cost is multiplied by a log-normal factor.
    /// The same draw belongs to the same person in every condition.
    pub(super) fn varied(mut self, spread: f64, rng: &mut ChaCha8Rng) -> Self {
        let c = &mut self.chooser;
        for value in [&mut c.alpha, &mut c.alpha_go, &mut c.alpha_stop] {
            *value = (*value * factor(spread, rng)).min(1.0);
        }
        for value in [&mut c.beta, &mut c.gain, &mut c.discount, &mut c.effort, &mut c.haste, &mut c.wanting] {
            *value *= factor(spread, rng);
        }
        c.threat = (c.threat * factor(spread, rng)).min(1.0);
        let s = &mut self.seeker;
        s.alpha = (s.alpha * factor(spread, rng)).min(1.0);
        for value in [&mut s.reward, &mut s.beta, &mut s.effort] {
            *value *= factor(spread, rng);
        }
        self
    }

    /// The person with a drug's lever: dopamine in the core moves what is learnt of it, how it draws and what effort holds back.
    #[must_use]
    pub fn seeking(&self) -> Seeking {
        let core = &self.core;
        let draws = core.go * self.chooser.wanting;
        let moved = Moved { better: core.burst, worse: core.dip, draws, holds: core.stop };
        Seeking { moved, ..Seeking::new(self.seeker.clone()) }
    }

    /// Learns an outcome of what was chosen or seen, and whatever burst comes by itself: go weights as far as D1 sees phasic
    /// dopamine, stop weights as far as D2 does.
    pub fn learn(&self, of: &mut Learnt, outcome: f64, rng: &mut ChaCha8Rng) {
        let c = &self.chooser;
        let error = outcome - of.value;
        let stray = if rng.random::<f64>() < c.spontaneous { c.spontaneous_size } else { 0.0 };
        of.value += c.alpha * error;
        let taught = c.adaptive * error + stray;
        of.go = (of.go + c.alpha_go * self.core.burst * of.go * taught).clamp(0.0, MOST);
        of.stop = (of.stop - c.alpha_stop * self.core.dip * of.stop * taught).clamp(0.0, MOST);
    }

    /// How strongly something draws: go against stop, by the level of dopamine.
    #[must_use]
    pub fn draw(&self, of: &Learnt) -> f64 {
        self.core.go * self.chooser.wanting * of.go - self.core.stop * of.stop
    }

    /// The chance of taking the first of two by how strongly each draws.
    #[must_use]
    pub fn prefers(&self, first: f64, second: f64) -> f64 {
        let c = &self.chooser;
        let chosen = 1.0 / (1.0 + (-c.beta * c.gain * (first - second)).exp());
        c.lapse * 0.5 + (1.0 - c.lapse) * chosen
    }
}

fn factor(spread: f64, rng: &mut ChaCha8Rng) -> f64 {
    (spread * rng.sample::<f64, _>(StandardNormal)).exp()
}
