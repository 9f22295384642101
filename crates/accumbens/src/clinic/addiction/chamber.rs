//! A chamber with a lever for a drug: what may be done, what follows, day after day, in steps of four seconds.

use accumbens_core::seed::ChaCha8Rng;

/// A step, s.
pub const STEP: f64 = 4.0;
/// Steps in an hour.
pub const HOUR: usize = 900;
/// Steps in a day.
pub const DAY: usize = 24 * HOUR;
/// Places: the lever is out, and four steps of its timeout of 20 s.
pub const PLACES: usize = 5;
/// What may be done in each: nothing, a lever that does nothing, the lever.
pub const ACTS: usize = 3;

/// What a press of the lever gives and costs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lever {
    /// The dose of an infusion; the usual one is 50.
    pub dose: f64,
    /// What the press costs, in the animal's own units.
    pub cost: f64,
    /// What it costs beyond: a shock.
    pub shock: f64,
}

impl Default for Lever {
    fn default() -> Self {
        Self { dose: 50.0, cost: 1.0, shock: 0.0 }
    }
}

/// An animal in the chamber.
pub trait Animal {
    /// What it does in a place.
    fn act(&mut self, place: usize, rng: &mut ChaCha8Rng) -> usize;
    /// What came of it: where it led, the dose, what it cost.
    fn live(&mut self, place: usize, act: usize, next: usize, dose: f64, cost: f64);
    /// So many steps of 4 s in the home cage.
    fn rest(&mut self, steps: usize);
    /// An infusion that it did nothing for.
    fn infuse(&mut self, dose: f64);
}

/// Infusions of a session, and those of its first ten minutes and first hour.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Taken {
    /// All.
    pub all: u32,
    /// In the first ten minutes.
    pub loading: u32,
    /// In the first hour.
    pub hour: u32,
    /// Presses of the lever in the first hour, paid or not.
    pub presses: u32,
    /// And in the first ten minutes.
    pub early: u32,
}

/// Where an act leads, and whether it presses the lever where it is out.
fn led(place: usize, act: usize) -> (usize, bool) {
    match (place, act) {
        (0, 2) => (1, true),
        (0, _) => (0, false),
        (last, _) if last + 1 == PLACES => (0, false),
        (place, _) => (place + 1, false),
    }
}

/// A session of so many hours, and the rest of the day in the home cage.
pub fn day(animal: &mut dyn Animal, hours: usize, lever: Lever, rng: &mut ChaCha8Rng) -> Taken {
    let taken = session(animal, hours, lever, rng);
    home(animal, hours);
    taken
}

/// What is left of a day after a session of so many hours, in the home cage.
pub fn home(animal: &mut dyn Animal, hours: usize) {
    animal.rest(DAY - hours * HOUR);
}

/// A session of so many hours.
pub fn session(animal: &mut dyn Animal, hours: usize, lever: Lever, rng: &mut ChaCha8Rng) -> Taken {
    let (mut place, mut taken) = (0, Taken::default());
    for step in 0..hours * HOUR {
        let act = animal.act(place, rng);
        let (next, pressed) = led(place, act);
        let dose = if pressed { lever.dose } else { 0.0 };
        // As in the published code, where a press in the second step of the timeout costs nothing.
        let cost = if act > 0 && place != 2 { lever.cost } else { 0.0 } + if pressed { lever.shock } else { 0.0 };
        animal.live(place, act, next, dose, cost);
        let got = u32::from(dose > 0.0);
        taken.all += got;
        taken.loading += if step < HOUR / 6 { got } else { 0 };
        taken.hour += if step < HOUR { got } else { 0 };
        taken.presses += u32::from(pressed && step < HOUR);
        taken.early += u32::from(pressed && step < HOUR / 6);
        place = next;
    }
    taken
}
