//! Learns what a lever is worth by errors of prediction, and what drugs do to them.
//!
//! Without drugs δ = r − c − V, V ← V + α·δ, a press is chosen by a softmax of what each lever is worth, wanting times V.
//! Rival accounts of a drug each change one thing. *Surplus* (redish2004): δ = max(r − c − V + D, D), so that no prediction
//! cancels it. *Threshold* (dezfouli2009): the same less a basal level κ that rises with exposure towards `ceiling` and falls
//! without. *Wanting* (robinson1993): wanting grows with each dose, V and liking do not. *Set point* (keramati2017, without
//! its planning): what a dose does for the body, whose set point drugs lift, is computed at each choice, as κ is in incentive
//! salience (zhang2009): V is what a dose is worth to who needs it, and draws the less the nearer the body is to its set point.

use super::chamber::{ACTS, Animal};
use accumbens_core::Domain;
use accumbens_core::seed::{ChaCha8Rng, pick};
use rand::RngExt;

/// The dose that is worth `reward`.
const USUAL: f64 = 50.0;
/// Share of the body's level that is lost in a step, and what the set point comes back (keramati2017).
const LOST: f64 = 0.007;
const BACK: f64 = 0.00016;
/// What a step of waiting costs without drugs, in usual doses (ours).
const WAITING: f64 = 0.05;

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
        /// What draws to anything but the levers: grooming, rest.
        idle: 1.2 => .domain(Domain::NOT_NEGATIVE);
        /// What not pressing is paid with: a voucher, in usual doses.
        voucher: 0.0 => .domain(Domain::NOT_NEGATIVE);
        /// Days of an hour with the lever and no dose, before anything is measured.
        exposure: 0.0 => .domain(Domain::Count { min: 0, max: 60 });
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

/// What dopamine does in a seeker, of a healthy one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moved {
    /// How much is learnt from what is better than predicted, a drug's surplus among it.
    pub better: f64,
    /// And from what is worse.
    pub worse: f64,
    /// How much what is worth something draws.
    pub draws: f64,
    /// How much effort holds back.
    pub holds: f64,
}

impl Default for Moved {
    fn default() -> Self {
        Self { better: 1.0, worse: 1.0, draws: 1.0, holds: 1.0 }
    }
}

/// What an animal has become.
#[derive(Clone, Debug)]
pub struct Seeking {
    /// Its parameters.
    pub of: Seeker,
    /// What dopamine does in it.
    pub moved: Moved,
    /// What each lever is worth.
    pub values: [f64; 3],
    /// What the cue that comes with each dose is worth.
    pub cue: f64,
    /// Whether the cue is there: it draws to the drug's lever beside what the lever is worth.
    pub lit: bool,
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
        Self {
            of,
            moved: Moved::default(),
            values: [0.0; 3],
            cue: 0.0,
            lit: false,
            basal: 0.0,
            wanting: 1.0,
            body: 0.0,
            set_point: 100.0,
        }
    }

    /// What a dose does for the body now: 1 for an empty body at the first set point, below 0 where it leads away.
    fn need(&self, dose: f64) -> f64 {
        let drive = |set: f64, at: f64| (set - at).abs().powf(4.0 / 3.0);
        let now = drive(self.set_point, self.body) - drive(self.set_point, self.body + dose);
        now / (drive(100.0, 0.0) - drive(100.0, USUAL))
    }

    /// What a dose is worth now, without what wanting adds.
    #[must_use]
    pub fn liking(&self, dose: f64) -> f64 {
        let free = (1.0 - self.of.regulated) * dose / USUAL;
        self.of.reward * (free + self.of.regulated * self.need(dose))
    }

    /// The error at an outcome of worth `reward`, with a dose and a cost, against what was predicted.
    #[must_use]
    pub fn error(&self, reward: f64, dose: f64, cost: f64, predicted: f64) -> f64 {
        let surplus = self.of.surplus * self.moved.better * dose / USUAL;
        let plain = reward - cost - predicted + surplus;
        if surplus > 0.0 { plain.max(surplus) - self.basal } else { plain - self.basal }
    }

    /// Learns from a dose, food or nothing of a lever.
    pub fn learn(&mut self, lever: Known, dose: f64, food: f64, cost: f64) {
        let at = lever as usize;
        let reward = if dose > 0.0 { self.of.reward * dose / USUAL } else { food };
        let error = self.error(reward, dose, cost, self.values[at]);
        let moved = if error > 0.0 { self.moved.better } else { self.moved.worse };
        let rate = (self.of.alpha * moved).min(1.0);
        self.values[at] += rate * error;
        if lever == Known::Drug && (dose > 0.0 || self.lit) {
            self.cue += self.of.alpha * self.error(reward, dose, 0.0, self.cue);
        }
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

    /// The chance of a reward of 1 now over one of 2 after so many steps, each of which costs the basal level.
    #[must_use]
    pub fn sooner(&self, steps: u32) -> f64 {
        let later = 2.0 - f64::from(steps) * (self.basal + WAITING);
        self.softmax([1.0, later])[0]
    }

    /// How strongly a lever draws.
    #[must_use]
    pub fn drawn(&self, lever: Known) -> f64 {
        let lit = if self.lit && lever == Known::Drug { self.cue } else { 0.0 };
        let value = self.values[lever as usize] + lit;
        let drawn = if lever == Known::Drug {
            // Of what is learnt to be nothing the body's state makes nothing.
            let learnt = (value / self.of.reward.max(f64::MIN_POSITIVE)).clamp(0.0, 1.0);
            self.wanting * (value + learnt * self.of.regulated * self.of.reward * (self.need(USUAL) - 1.0))
        } else {
            value
        };
        self.moved.draws * drawn
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
            let [goes, _] =
                self.softmax([self.drawn(Known::Drug) - self.moved.holds * self.of.effort * ratio, self.of.voucher]);
            if rng.random::<f64>() >= goes {
                break;
            }
            last = ratio;
        }
        last
    }

    /// So many steps without a dose.
    fn pass(&mut self, steps: usize) {
        let steps = steps as f64;
        self.body *= (1.0 - LOST).powf(steps);
        self.basal *= (1.0 - self.of.fall).powf(steps);
        self.set_point = if self.of.shift > 0.0 { (self.set_point - BACK * steps).max(100.0) } else { 100.0 };
    }
}

impl Animal for Seeking {
    fn act(&mut self, place: usize, rng: &mut ChaCha8Rng) -> usize {
        if place != 0 {
            return 0;
        }
        let chances =
            self.softmax::<ACTS>([self.of.idle + self.of.voucher, self.drawn(Known::Nothing), self.drawn(Known::Drug)]);
        pick(chances, 1.0, rng).unwrap_or(0)
    }

    fn live(&mut self, place: usize, act: usize, _: usize, dose: f64, cost: f64) {
        // What a press costs is the seeker's own; what comes beyond the chamber's usual unit is a shock.
        let cost = self.moved.holds * self.of.effort + (cost - 1.0).max(0.0);
        match (place, act) {
            (0, 2) => self.learn(Known::Drug, dose, 0.0, cost),
            (0, 1) => self.learn(Known::Nothing, 0.0, 0.0, cost),
            _ => {}
        }
        self.pass(1);
    }

    fn rest(&mut self, steps: usize) {
        self.pass(steps);
    }

    fn infuse(&mut self, dose: f64) {
        self.expose(dose);
        self.pass(1);
    }
}
