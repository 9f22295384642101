//! Learns what a lever is worth by errors of prediction, and what drugs do to them.
//!
//! Without drugs δ = r − c − V, V ← V + α·δ, a press is chosen by a softmax of what each lever is worth, wanting times V.
//! Rival accounts of a drug each change one thing. *Surplus* (redish2004): δ = max(r − c − V + D, D), so that no prediction
//! cancels it. *Threshold* (dezfouli2009): the same less a basal level κ that rises with exposure towards `ceiling` and falls
//! without. *Wanting* (robinson1993): wanting grows with each dose, V and liking do not. *Set point* (keramati2017, without
//! its planning): r is what a dose does for a body whose set point drugs lift.

use super::chamber::{ACTS, Animal};
use accumbens_core::Domain;
use accumbens_core::seed::ChaCha8Rng;
use rand::RngExt;

/// The dose that is worth `reward`.
const USUAL: f64 = 50.0;

accumbens_core::parameters! {
    /// A seeker of drug. Where no source is named the value is ours.
    pub struct Seeker {
        /// Learning rate.
        alpha: 0.1 => .domain(Domain::UNIT).source("redish2004");
        /// What a usual dose is worth.
        reward: 1.0 => .domain(Domain::NOT_NEGATIVE).source("redish2004");
        /// D: what of a dose no prediction cancels.
        surplus: 0.0 => .domain(Domain::NOT_NEGATIVE).source("redish2004");
        /// What the basal level rises to with drugs.
        ceiling: 0.0 => .domain(Domain::NOT_NEGATIVE).source("dezfouli2009");
        /// Share of the way that it rises with a dose.
        rise: 0.005 => .domain(Domain::UNIT);
        /// Share of it that is lost in a step of 4 s without.
        fall: 2e-6 => .domain(Domain::UNIT);
        /// What a dose adds to wanting.
        sensitises: 0.0 => .domain(Domain::NOT_NEGATIVE).source("robinson1993");
        /// The most that wanting becomes.
        most: 4.0 => .domain(Domain::Positive);
        /// How much of the worth of a dose the body's state decides: 0 none, 1 all.
        regulated: 0.0 => .domain(Domain::UNIT).source("keramati2017");
        /// What a unit of dose lifts the set point.
        shift: 0.0 => .domain(Domain::NOT_NEGATIVE).source("keramati2017");
        /// Inverse temperature.
        beta: 4.0 => .domain(Domain::Positive);
        /// What a press costs.
        effort: 0.05 => .domain(Domain::NOT_NEGATIVE);
    }
}

/// The levers that an animal may know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    /// That of the drug.
    Drug,
    /// That of food.
    Food,
    /// One that does nothing.
    Nothing,
}

/// What an animal has become.
#[derive(Clone, Debug)]
pub struct Seeking {
    /// Its parameters.
    pub of: Seeker,
    /// What each lever is worth.
    pub values: [f64; 3],
    /// The basal level.
    pub basal: f64,
    /// How strongly it wants the drug, of 1.
    pub wanting: f64,
    /// The body's state.
    pub body: f64,
    /// Its set point.
    pub set_point: f64,
}

impl Seeking {
    /// One without experience.
    #[must_use]
    pub fn new(of: Seeker) -> Self {
        Self { of, values: [0.0; 3], basal: 0.0, wanting: 1.0, body: 0.0, set_point: 100.0 }
    }

    /// What a dose is worth now: all of `reward` to an empty body at the first set point.
    #[must_use]
    pub fn liking(&self, dose: f64) -> f64 {
        let drive = |at: f64| (self.set_point - at).abs().powf(4.0 / 3.0);
        let first = |at: f64| (100.0 - at).abs().powf(4.0 / 3.0);
        let need = (drive(self.body) - drive(self.body + dose)) / (first(0.0) - first(USUAL));
        self.of.reward * (self.of.regulated * need + (1.0 - self.of.regulated) * dose / USUAL)
    }

    /// The error at an outcome of worth `reward`, with a dose and a cost, against what was predicted.
    #[must_use]
    pub fn error(&self, reward: f64, dose: f64, cost: f64, predicted: f64) -> f64 {
        let surplus = self.of.surplus * dose / USUAL;
        let plain = reward - cost - predicted + surplus;
        if surplus > 0.0 { plain.max(surplus) - self.basal } else { plain - self.basal }
    }

    /// Learns from a dose, food or nothing of a lever.
    pub fn learn(&mut self, lever: Known, dose: f64, food: f64, cost: f64) {
        let at = lever as usize;
        let reward = if dose > 0.0 { self.liking(dose) } else { food };
        self.values[at] += self.of.alpha * self.error(reward, dose, cost, self.values[at]);
        if dose > 0.0 {
            self.expose(dose);
        }
    }

    /// What a dose does beside being learnt from.
    pub(in crate::clinic) fn expose(&mut self, dose: f64) {
        let of = &self.of;
        self.basal += of.rise * (of.ceiling - self.basal);
        self.wanting = (self.wanting + of.sensitises * dose / USUAL).min(of.most.max(1.0));
        self.body += dose;
        self.set_point = (self.set_point + of.shift * dose).clamp(100.0, 200.0);
    }

    /// How strongly a lever draws.
    #[must_use]
    pub fn drawn(&self, lever: Known) -> f64 {
        let value = self.values[lever as usize];
        if lever == Known::Drug { self.wanting * value } else { value }
    }

    /// The chance of taking each of several things by how strongly they draw; not drawing is 0.
    #[must_use]
    pub fn softmax<const N: usize>(&self, draws: [f64; N]) -> [f64; N] {
        let top = draws.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let weights = draws.map(|d| (self.of.beta * (d - top)).exp());
        let sum: f64 = weights.iter().sum();
        weights.map(|w| w / sum)
    }

    /// The last ratio that it completes for a dose, of 1, 2, 4, 6, 9 … presses (richardson1996).
    #[must_use]
    pub fn breakpoint(&self, rng: &mut ChaCha8Rng) -> f64 {
        let mut last = 0.0;
        for step in 1..40 {
            let ratio = (5.0 * (0.2 * f64::from(step)).exp() - 5.0).round();
            let [goes, _] = self.softmax([self.drawn(Known::Drug) - self.of.effort * ratio, 0.0]);
            if rng.random::<f64>() >= goes {
                break;
            }
            last = ratio;
        }
        last
    }

    fn pass(&mut self) {
        self.body -= 0.007 * self.body;
        self.basal -= self.of.fall * self.basal;
        self.set_point = if self.of.shift > 0.0 { (self.set_point - 0.00016).max(100.0) } else { 100.0 };
    }
}

impl Animal for Seeking {
    fn act(&mut self, place: usize, rng: &mut ChaCha8Rng) -> usize {
        if place != 0 {
            return 0;
        }
        let chances = self.softmax::<ACTS>([0.0, self.drawn(Known::Nothing), self.drawn(Known::Drug)]);
        let mut at = rng.random::<f64>();
        chances.iter().position(|c| {
            at -= c;
            at < 0.0
        })
        .unwrap_or(0)
    }

    fn live(&mut self, place: usize, act: usize, _: usize, dose: f64, cost: f64) {
        // What a press costs is the seeker's own; what comes beyond the chamber's usual unit is a shock.
        let cost = self.of.effort + (cost - 1.0).max(0.0);
        match (place, act) {
            (0, 2) => self.learn(Known::Drug, dose, 0.0, cost),
            (0, 1) => self.learn(Known::Nothing, 0.0, 0.0, cost),
            _ => {}
        }
        self.pass();
    }

    fn rest(&mut self) {
        self.pass();
    }

    fn infuse(&mut self, dose: f64) {
        self.expose(dose);
        self.pass();
    }
}
