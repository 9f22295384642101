//! A theory is told the same wherever it runs: what is simulated, what is recorded and what is fitted are the same dopamine.

use accumbens::experiment::{self, catalogue};
use accumbens::fit::Cohort;
use accumbens::simulate::{Ahead, simulate};
use accumbens::simulated::{Design, study};
use accumbens::theories::{by_name, names};
use accumbens_core::{Change, Sample, Seed};

/// The seed of every run here.
const SEED: Seed = Seed(3);

fn bits(samples: &[Sample]) -> Vec<(u64, u32, u64)> {
    samples.iter().map(|s| (s.time.to_bits(), s.channel, s.value.to_bits())).collect()
}

#[test]
fn what_is_simulated_of_an_experiment_is_what_is_recorded_of_it_for_every_theory() {
    let experiment = catalogue::by_name("random-then-cued").unwrap();
    let sessions = experiment::sessions(&experiment, None, 1, SEED).unwrap();
    for name in names() {
        let theory = by_name(name).unwrap();
        let mut rng = SEED.stream("nothing is chosen");
        let recorded = experiment::lived(&sessions, theory.boxed().as_mut(), &mut rng).unwrap();
        let ahead = Ahead::subject(&experiment, theory.as_ref(), None, 1, SEED).unwrap();
        let simulated = simulate(theory.as_ref(), &ahead, None, (SEED, "simulate"), false).unwrap();
        assert!(bits(&simulated.samples) == bits(&recorded.samples), "{name}");
    }
}

#[test]
fn what_is_simulated_of_an_animals_events_is_what_is_fitted_to_them_for_every_theory() {
    let study = study(&Design { subjects: 1, seed: SEED, ..Design::default() }).unwrap();
    let cohort = Cohort::new(&study).unwrap();
    let member = &cohort.members[0];
    for name in names() {
        let theory = by_name(name).unwrap();
        let mut ahead = Ahead::try_from(member.log.clone()).unwrap();
        ahead.sessions = member.starts.iter().copied().zip(member.sessions.iter().cloned()).collect();
        let simulated = simulate(theory.as_ref(), &ahead, None, (SEED, "simulate"), false).unwrap();
        let channels = theory.channels(member.log.kinds());
        let dopamine: Vec<u32> = (0..channels.len()).filter(|c| channels[*c].dopamine).map(|c| c as u32).collect();
        let (fitted, _) = member.dopamine(theory.as_ref()).unwrap();
        for (channel, values) in dopamine.iter().zip(&fitted) {
            for (scored, value) in member.scored.iter().zip(values) {
                let row = scored.row as u32;
                let answers = |s: &&Sample| s.channel == *channel && (s.first_row..s.first_row + s.rows).contains(&row);
                let found = simulated.samples.iter().find(answers).map_or(f64::NAN, |s| s.value);
                assert_eq!(found.to_bits(), value.to_bits(), "{name}, event {row}: {found} {value}");
            }
        }
    }
}

#[test]
fn a_parameter_that_is_changed_by_hand_is_not_set_from_later_sessions() {
    let experiment = catalogue::by_name("random-then-cued").unwrap();
    let theory = by_name("anccr").unwrap();
    let mut ahead = Ahead::subject(&experiment, theory.as_ref(), None, 1, SEED).unwrap();
    let told = simulate(theory.as_ref(), &ahead, None, (SEED, "simulate"), false).unwrap();
    assert!(told.told.iter().any(|t| t.starts_with("T of each session")), "{:?}", told.told);
    ahead.by_hand.push(Change { time: 0.0, parameter: "T".into(), value: 14.4 });
    let by_hand = simulate(theory.as_ref(), &ahead, None, (SEED, "simulate"), false).unwrap();
    assert!(by_hand.told.is_empty());
    let mut fixed = ahead.clone();
    (fixed.sessions, fixed.by_hand) = (Vec::new(), Vec::new());
    let without = simulate(theory.as_ref(), &fixed, None, (SEED, "simulate"), false).unwrap();
    assert!(bits(&by_hand.samples) == bits(&without.samples));
    assert!(bits(&by_hand.samples) != bits(&told.samples));
}
