//! Takes a drug to bring its body where it should be: homeostatic reinforcement learning (keramati2017).
//!
//! The body's state H should be at a set point H*. Its drive is d(H) = |H* − H|^(n/m); a dose K is worth d(H) − d(H + K).
//! A dose fills a buffer of which a share reaches H each step; H decays; each dose lifts H*, which comes back slowly and stays
//! within bounds: H' = H + 0.12·buffer − 0.007·H, H*' = H* + 0.0018·K − 0.00016 a step of 4 s. The animal learns what leads
//! where and what is given, plans three steps ahead, and chooses by a softmax of values as shares of the best.

use super::chamber::{ACTS, Animal, PLACES};
use accumbens_core::Domain;
use accumbens_core::seed::{ChaCha8Rng, pick};

/// Steps that it plans ahead.
const DEPTH: usize = 3;
/// What is less probable is not thought of.
const PRUNED: f64 = 0.1;

accumbens_core::parameters! {
    /// Homeostatic reinforcement learning. Values are those of the published code.
    pub struct Homeostatic {
        /// Power of the distance from the set point.
        n: 4.0 => .domain(Domain::Positive).source("keramati2017");
        /// Root of the drive.
        m: 3.0 => .domain(Domain::Positive).source("keramati2017");
        /// Share of the buffer that reaches the body each step.
        absorption: 0.12 => .domain(Domain::UNIT).source("keramati2017");
        /// Share of the body's level that is lost each step.
        decay: 0.007 => .domain(Domain::UNIT).source("keramati2017");
        /// What a unit of dose lifts the set point.
        shift: 0.0018 => .domain(Domain::NOT_NEGATIVE).source("keramati2017");
        /// What the set point comes back each step.
        recovery: 0.00016 => .domain(Domain::NOT_NEGATIVE).source("keramati2017");
        /// The set point at first, and its lower bound.
        lowest: 100.0 => .domain(Domain::NOT_NEGATIVE).source("keramati2017");
        /// Its upper bound.
        highest: 200.0 => .domain(Domain::NOT_NEGATIVE).source("keramati2017");
        /// Temperature of choice, for values as shares of the best.
        temperature: 0.25 => .domain(Domain::Positive).source("keramati2017");
        /// Rate at which it learns what leads where, what is given and what it costs.
        rate: 0.2 => .domain(Domain::UNIT).source("keramati2017");
    }
}

type Beliefs = [[[f64; PLACES]; ACTS]; PLACES];

/// An animal that lives by it.
#[derive(Clone, Debug)]
pub struct Rat {
    /// Its parameters.
    pub of: Homeostatic,
    /// The state of its body.
    pub body: f64,
    /// Its set point.
    pub set_point: f64,
    buffer: f64,
    leads: Beliefs,
    gives: Beliefs,
    costs: Beliefs,
}

impl Rat {
    /// One that knows nothing of the chamber but that pressing costs.
    #[must_use]
    pub fn new(of: Homeostatic) -> Self {
        let mut costs = [[[0.0; PLACES]; ACTS]; PLACES];
        costs.iter_mut().for_each(|place| place[1] = [1.0; PLACES]);
        let leads = [[[1.0 / PLACES as f64; PLACES]; ACTS]; PLACES];
        let set_point = of.lowest;
        Self { of, body: 0.0, set_point, buffer: 0.0, leads, gives: [[[0.0; PLACES]; ACTS]; PLACES], costs }
    }

    fn drive(&self, at: f64) -> f64 {
        (self.set_point - at).abs().powf(self.of.n / self.of.m)
    }

    /// What a dose is worth now.
    #[must_use]
    pub fn worth(&self, dose: f64) -> f64 {
        if dose == 0.0 { 0.0 } else { self.drive(self.body) - self.drive(self.body + dose) }
    }

    fn values(&self, place: usize, depth: usize) -> [f64; ACTS] {
        std::array::from_fn(|act| {
            let one = |next: usize| {
                let likely = self.leads[place][act][next];
                if likely == 0.0 {
                    return 0.0;
                }
                let ahead = if depth == 1 || likely < PRUNED { 0.0 } else { best(&self.values(next, depth - 1)) };
                likely * (self.worth(self.gives[place][act][next]) - self.costs[place][act][next] + ahead)
            };
            (0..PLACES).map(one).sum()
        })
    }

    fn pass(&mut self, dose: f64) {
        let of = &self.of;
        self.set_point = (self.set_point + of.shift * dose - of.recovery).clamp(of.lowest, of.highest);
    }
}

fn best(values: &[f64; ACTS]) -> f64 {
    values.iter().copied().fold(f64::NEG_INFINITY, f64::max)
}

impl Animal for Rat {
    fn act(&mut self, place: usize, rng: &mut ChaCha8Rng) -> usize {
        let values = self.values(place, DEPTH);
        let top = best(&values);
        let top = if top > 0.0 { top } else { 1.0 };
        let weights = values.map(|v| (v / top / self.of.temperature).exp());
        pick(weights, weights.iter().sum(), rng).unwrap_or(ACTS - 1)
    }

    fn live(&mut self, place: usize, act: usize, next: usize, dose: f64, cost: f64) {
        let rate = self.of.rate;
        let leads = &mut self.leads[place][act];
        leads.iter_mut().for_each(|l| *l *= 1.0 - rate);
        leads[next] += rate;
        let (gives, costs) = (&mut self.gives[place][act][next], &mut self.costs[place][act][next]);
        *gives += rate * (dose - *gives);
        *costs += rate * (cost - *costs);
        self.buffer += dose;
        let enters = self.of.absorption * self.buffer;
        self.body = (self.body + enters - self.of.decay * self.body).max(0.0);
        self.buffer -= enters;
        self.pass(dose);
    }

    fn rest(&mut self, steps: usize) {
        // What is in the buffer when a session ends is lost, as in the published code.
        self.buffer = 0.0;
        self.body *= (1.0 - self.of.decay).powf(steps as f64);
        let back = self.of.recovery * steps as f64;
        self.set_point = (self.set_point - back).clamp(self.of.lowest, self.of.highest);
    }

    fn infuse(&mut self, dose: f64) {
        self.body = (self.body + dose - self.of.decay * self.body).max(0.0);
        self.pass(dose);
    }
}
