//! What animals that took a drug do: escalation, punishment, blocking, ratios, relapse, choice, devaluation.

use super::{Measured, measured};
use crate::clinic::addiction::{
    self, Animal, Homeostatic, Known, Lever, Rat, Seeker, Seeking, chamber::Taken, day, session,
};
use accumbens_core::seed::ChaCha8Rng;
use accumbens_core::{Result, Seed};
use rand::RngExt;
use rayon::prelude::*;

/// Days of access after the first.
const DAYS: usize = 12;
/// The shock of the published code, for values in its units; that of seekers is more than a dose is worth.
const SHOCK: f64 = 380.72;
/// What a shock costs a seeker, whose dose is worth 1.
const FEARED: f64 = 1.2;
/// What food is worth beside a dose of 1 (ours).
const FOOD: f64 = 1.5;

/// An animal of either sort.
enum Subject {
    Rat(Box<Rat>),
    Seeking(Box<Seeking>),
}

impl Subject {
    fn new(account: &str) -> Result<Self> {
        Ok(match account {
            "homeostatic" => Self::Rat(Box::new(Rat::new(Homeostatic::default()))),
            _ => Self::Seeking(Box::new(Seeking::new(addiction::seeker(account)?))),
        })
    }

    fn animal(&mut self) -> &mut dyn Animal {
        match self {
            Self::Rat(rat) => rat.as_mut(),
            Self::Seeking(seeking) => seeking.as_mut(),
        }
    }

    fn set_point(&self) -> f64 {
        match self {
            Self::Rat(rat) => rat.set_point,
            Self::Seeking(seeking) => seeking.set_point,
        }
    }

    fn shock(&self) -> f64 {
        if matches!(self, Self::Rat(_)) { SHOCK } else { FEARED }
    }
}

/// An animal after a day of one hour and `days` of so many hours, and what it took on those.
fn exposed(account: &str, hours: usize, days: usize, rng: &mut ChaCha8Rng) -> Result<(Subject, Vec<Taken>)> {
    let mut subject = Subject::new(account)?;
    day(subject.animal(), 1, Lever::default(), rng);
    let taken = (0..days).map(|_| day(subject.animal(), hours, Lever::default(), rng)).collect();
    Ok((subject, taken))
}

/// Every subject on a stream of its own.
fn each(
    study: &str,
    account: &str,
    subjects: u32,
    seed: Seed,
    one: impl Fn(&mut ChaCha8Rng) -> Result<Measured> + Sync,
) -> Result<Vec<Measured>> {
    let stream = |i: u32| seed.stream(&format!("clinic/{study}/{account}/{i}"));
    (1..=subjects).into_par_iter().map(|i| one(&mut stream(i))).collect()
}

fn rate(taken: &Taken, hours: usize) -> f64 {
    f64::from(taken.all) / hours as f64
}

/// One hour a day against six (ahmed1998): infusions an hour on the first and last days of access, in the first ten minutes
/// of the last, and set points.
pub fn escalation(account: &str, subjects: u32, seed: Seed) -> Result<Vec<Measured>> {
    each("escalation", account, subjects, seed, |rng| {
        // Set points as the last session ends, before the night.
        let mut lived = |hours: usize| -> Result<(f64, Vec<Taken>)> {
            let (mut subject, mut taken) = exposed(account, hours, DAYS - 1, rng)?;
            taken.push(session(subject.animal(), hours, Lever::default(), rng));
            Ok((subject.set_point(), taken))
        };
        let ((short, few), (long, many)) = (lived(1)?, lived(6)?);
        let last = |taken: &[Taken], pick: fn(&Taken) -> u32| f64::from(pick(&taken[DAYS - 1]));
        Ok(measured(&[
            ("short_first", rate(&few[0], 1)),
            ("short_last", rate(&few[DAYS - 1], 1)),
            ("long_first", rate(&many[0], 6)),
            ("long_middle", rate(&many[DAYS / 2 - 1], 6)),
            ("long_last", rate(&many[DAYS - 1], 6)),
            ("short_loading", last(&few, |t| t.loading)),
            ("long_loading", last(&many, |t| t.loading)),
            ("short_set_point", short),
            ("long_set_point", long),
        ]))
    })
}

/// Infusions in an hour at half and at twice the dose, after short and long access.
pub fn doses(account: &str, subjects: u32, seed: Seed) -> Result<Vec<Measured>> {
    each("doses", account, subjects, seed, |rng| {
        let mut all = Vec::new();
        for (hours, half, twice) in [(1, "short_half", "short_twice"), (6, "long_half", "long_twice")] {
            let (mut subject, _) = exposed(account, hours, DAYS, rng)?;
            for (name, dose) in [(half, 25.0), (twice, 100.0)] {
                let lever = Lever { dose, ..Lever::default() };
                // The first day at a dose is learnt, the second measured.
                day(subject.animal(), 1, lever, rng);
                all.push((name, f64::from(day(subject.animal(), 1, lever, rng).all)));
            }
        }
        Ok(measured(&all))
    })
}

/// Presses in an hour in which each is shocked as a share of those in an hour before, after two days of an hour and after
/// twelve of six.
pub fn punishment(account: &str, subjects: u32, seed: Seed) -> Result<Vec<Measured>> {
    each("punishment", account, subjects, seed, |rng| {
        let mut kept = |hours: usize, days: usize| -> Result<f64> {
            let (mut subject, _) = exposed(account, hours, days, rng)?;
            let before = day(subject.animal(), 1, Lever::default(), rng).presses;
            let shocked = Lever { shock: subject.shock(), ..Lever::default() };
            Ok(f64::from(day(subject.animal(), 1, shocked, rng).presses) / f64::from(before.max(1)))
        };
        Ok(measured(&[("short", kept(1, 2)?), ("long", kept(6, DAYS)?)]))
    })
}

/// Two cues before a dose or food, one of which came before: what the other is worth, against animals without the first.
pub fn blocking(account: &str, subjects: u32, seed: Seed) -> Result<Vec<Measured>> {
    let of = addiction::seeker(account)?;
    each("blocking", account, subjects, seed, |rng| {
        // Worths differ by a tenth from animal to animal.
        let of = Seeker { reward: of.reward * rng.random_range(0.9..1.1), ..of.clone() };
        let added = |dose: f64, alone: u32| {
            let mut subject = Seeking::new(of.clone());
            let (mut first, mut second) = (0.0, 0.0);
            for trial in 0..alone + 40 {
                let both = trial >= alone;
                let predicted = first + if both { second } else { 0.0 };
                let step = of.alpha * subject.error(of.reward, dose, 0.0, predicted);
                first += step;
                second += if both { step } else { 0.0 };
                if dose > 0.0 {
                    subject.expose(dose);
                }
            }
            second
        };
        Ok(measured(&[("drug", added(50.0, 400) / added(50.0, 0)), ("food", added(0.0, 400) / added(0.0, 0))]))
    })
}

/// What food is worth, learnt anew by those who took no drug and by those who took a thousand doses.
pub fn natural(account: &str, subjects: u32, seed: Seed) -> Result<Vec<Measured>> {
    let of = addiction::seeker(account)?;
    each("natural", account, subjects, seed, |_| {
        let worth = |doses: u32| {
            let mut subject = Seeking::new(of.clone());
            (0..doses).for_each(|_| subject.learn(Known::Drug, 50.0, 0.0, of.effort));
            (0..100).for_each(|_| subject.learn(Known::Food, 0.0, of.reward, 0.0));
            subject.values[Known::Food as usize]
        };
        Ok(measured(&[("naive", worth(0)), ("exposed", worth(1000))]))
    })
}

/// What a lever is worth after 10, 50, 100 and 200 doses, and after as many pellets.
pub fn value(account: &str, subjects: u32, seed: Seed) -> Result<Vec<Measured>> {
    let of = addiction::seeker(account)?;
    each("value", account, subjects, seed, |_| {
        let (mut drug, mut food) = (Seeking::new(of.clone()), Seeking::new(of.clone()));
        let mut all = Vec::new();
        for visit in 1..=200 {
            drug.learn(Known::Drug, 50.0, 0.0, 0.0);
            food.learn(Known::Food, 0.0, of.reward, 0.0);
            match visit {
                10 => all.extend([("drug10", drug.values[0]), ("food10", food.values[1])]),
                50 => all.extend([("drug50", drug.values[0]), ("food50", food.values[1])]),
                100 => all.extend([("drug100", drug.values[0]), ("food100", food.values[1])]),
                200 => all.extend([("drug200", drug.values[0]), ("food200", food.values[1])]),
                _ => {}
            }
        }
        Ok(measured(&all))
    })
}

/// The last ratio completed for a dose after short and long access, and what a dose is then worth by itself.
pub fn ratios(account: &str, subjects: u32, seed: Seed) -> Result<Vec<Measured>> {
    each("ratios", account, subjects, seed, |rng| {
        let mut all = Vec::new();
        for (hours, name, liking) in [(1, "short", "short_liking"), (6, "long", "long_liking")] {
            let (subject, _) = exposed(account, hours, DAYS, rng)?;
            if let Subject::Seeking(mut seeking) = subject {
                seeking.body = 0.0;
                let repeats = 5;
                let mean = (0..repeats).map(|_| seeking.breakpoint(rng)).sum::<f64>() / f64::from(repeats);
                all.extend([(name, mean), (liking, seeking.liking(50.0))]);
            }
        }
        Ok(measured(&all))
    })
}

/// What brings an animal back.
#[derive(Clone, Copy, PartialEq)]
enum Back {
    Nothing,
    Dose,
    Cue,
    Stress,
}

/// Presses in an hour after five days without doses and cues: as it is, after a dose for nothing, with the cue of doses there,
/// and under stress, which lifts the set point by a fifth (ours; accounts without one do not speak of it).
pub fn relapse(account: &str, subjects: u32, seed: Seed) -> Result<Vec<Measured>> {
    each("relapse", account, subjects, seed, |rng| {
        let mut pressed = |back: Back| -> Result<[f64; 2]> {
            let (mut subject, taken) = exposed(account, 6, DAYS, rng)?;
            let nothing = Lever { dose: 0.0, ..Lever::default() };
            for _ in 0..5 {
                day(subject.animal(), 1, nothing, rng);
            }
            match (&mut subject, back) {
                (subject, Back::Dose) => subject.animal().infuse(50.0),
                (Subject::Seeking(seeking), Back::Cue) => seeking.lit = true,
                (Subject::Seeking(seeking), Back::Stress) if seeking.of.shift > 0.0 => seeking.set_point *= 1.2,
                (Subject::Rat(rat), Back::Stress) => rat.set_point *= 1.2,
                _ => {}
            }
            Ok([f64::from(taken[DAYS - 1].hour), f64::from(day(subject.animal(), 1, nothing, rng).presses)])
        };
        let [before, extinguished] = pressed(Back::Nothing)?;
        let mut after = |back: Back| pressed(back).map(|p| p[1]);
        let (primed, cued) = (after(Back::Dose)?, after(Back::Cue)?);
        let stressed = if ["set_point", "homeostatic"].contains(&account) { after(Back::Stress)? } else { f64::NAN };
        Ok(measured(&[
            ("before", before),
            ("extinguished", extinguished),
            ("primed", primed),
            ("cued", cued),
            ("stressed", stressed),
        ]))
    })
}

/// How often one unit now is chosen over two after ten steps, by those who took no drug and by those who took a thousand doses.
pub fn waiting(account: &str, subjects: u32, seed: Seed) -> Result<Vec<Measured>> {
    let of = addiction::seeker(account)?;
    each("waiting", account, subjects, seed, |_| {
        let sooner = |doses: u32| {
            let mut subject = Seeking::new(of.clone());
            (0..doses).for_each(|_| subject.learn(Known::Drug, 50.0, 0.0, of.effort));
            subject.sooner(10)
        };
        Ok(measured(&[("naive", sooner(0)), ("exposed", sooner(1000))]))
    })
}

/// The share of choices of a dose over sweet food, after twenty and after a thousand forced samples of each.
pub fn choice(account: &str, subjects: u32, seed: Seed) -> Result<Vec<Measured>> {
    let of = addiction::seeker(account)?;
    each("choice", account, subjects, seed, |rng| {
        let chosen = |samples: u32| {
            let mut subject = Seeking::new(of.clone());
            for _ in 0..samples {
                // Far enough apart that each dose meets a sober body.
                subject.body = 0.0;
                subject.learn(Known::Drug, 50.0, 0.0, of.effort);
                subject.learn(Known::Food, 0.0, FOOD, of.effort);
            }
            subject.softmax([subject.drawn(Known::Drug), subject.drawn(Known::Food)])[0]
        };
        let share = |p: f64, rng: &mut ChaCha8Rng| {
            f64::from((0..50).map(|_| u32::from(rng.random::<f64>() < p)).sum::<u32>()) / 50.0
        };
        Ok(measured(&[("short", share(chosen(20), rng)), ("long", share(chosen(1000), rng))]))
    })
}

/// Presses in ten minutes without doses of a sated animal, as a share of those of a sober one, after long access.
pub fn devaluation(account: &str, subjects: u32, seed: Seed) -> Result<Vec<Measured>> {
    each("devaluation", account, subjects, seed, |rng| {
        let mut pressed = |sated: bool| -> Result<f64> {
            let mut presses = 0;
            for _ in 0..4 {
                let (mut subject, _) = exposed(account, 6, DAYS, rng)?;
                if sated {
                    match &mut subject {
                        Subject::Rat(rat) => rat.body = rat.set_point,
                        Subject::Seeking(seeking) => seeking.body = seeking.set_point,
                    }
                }
                presses += session(subject.animal(), 1, Lever { dose: 0.0, ..Lever::default() }, rng).early;
            }
            Ok(f64::from(presses))
        };
        let (sated, sober) = (pressed(true)?, pressed(false)?);
        Ok(measured(&[("kept", sated / sober.max(1.0))]))
    })
}
