//! What every theory of the registry owes its callers.

use accumbens::theories::conformance::{self, kinds, told};
use accumbens::theories::{by_name, names};
use accumbens_core::{AnyTheory, Domain, Dopamine, Event, EventKindId, EventLog, Sample, Schedule, Sink, Topic, live};
use proptest::prelude::*;

/// Random logs over six kinds: gaps from 0 (simultaneous) to a minute.
fn logs() -> impl Strategy<Value = EventLog> {
    let gap = prop_oneof![Just(0.0), 0.01..0.5, 0.5..10.0, 10.0..60.0_f64];
    prop::collection::vec((gap, 0..6_u32, 0.0..3.0_f64), 1..60).prop_map(|rows| conformance::log(&rows).unwrap())
}

/// Every theory, with its variants.
fn theories() -> Vec<Box<dyn AnyTheory>> {
    let mut all: Vec<Box<dyn AnyTheory>> = names().map(|n| by_name(n).unwrap()).collect();
    for theory in names().map(|n| by_name(n).unwrap()) {
        for (place, p) in theory.table().iter().enumerate() {
            let others = match p.domain {
                Domain::Choice(words) => 1..words.len(),
                Domain::Flag => 1..2,
                _ => 0..0,
            };
            for value in others {
                let mut variant = theory.boxed();
                variant.set(place, value as f64).unwrap();
                all.push(variant);
            }
        }
    }
    let mut traced = by_name("td_csc").unwrap();
    traced.set_text("lambda", "0.9").unwrap();
    all.push(traced);
    let mut contexts = by_name("td_belief").unwrap();
    contexts.set_text("contexts", "2").unwrap();
    all.push(contexts);
    for name in names() {
        all.push(by_name(&format!("{name}+tonic")).unwrap());
        if by_name(name).unwrap().info().error {
            all.push(by_name(&format!("{name}+precision")).unwrap());
        }
    }
    all.push(by_name("td_csc+precision+tonic").unwrap());
    all
}

fn kept(theory: &dyn AnyTheory, kept: conformance::Kept) -> Result<(), TestCaseError> {
    kept.map_err(|b| TestCaseError::fail(format!("{}: {}: {}", theory.name(), b.owed, b.seen)))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn silence_in_pieces_is_the_same_silence_to_the_bit(log in logs(), pieces in 2..7_usize) {
        for theory in theories() {
            kept(theory.as_ref(), conformance::silence(theory.as_ref(), &log, pieces))?;
        }
    }

    #[test]
    fn a_restored_state_goes_on_to_the_bit(log in logs(), at in 0..60_usize) {
        for theory in theories() {
            kept(theory.as_ref(), conformance::restored(theory.as_ref(), &log, at))?;
        }
    }

    #[test]
    fn dopamine_is_a_number_and_every_event_is_answered(log in logs()) {
        for theory in theories() {
            kept(theory.as_ref(), conformance::answered(theory.as_ref(), &log))?;
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn with_any_parameters_of_their_domains_dopamine_is_a_number_or_the_life_ends_with_an_error(
        log in logs(),
        places in prop::collection::vec(0.0..1.0_f64, 32),
    ) {
        for theory in theories() {
            let places = places.iter().cycle().enumerate().map(|(i, at)| (at + i as f64 * 0.618).fract());
            kept(theory.as_ref(), conformance::anywhere(theory.as_ref(), &log, places))?;
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 20, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn being_asked_what_it_wants_changes_nothing_in_a_life(log in logs()) {
        for theory in theories() {
            kept(theory.as_ref(), conformance::asked(theory.as_ref(), &log))?;
        }
    }
}

#[test]
fn a_theory_moves_the_animal_and_paces_it_where_it_speaks_of_behaviour_and_latency() {
    for theory in theories() {
        assert_eq!(conformance::spoken(theory.as_ref()), Ok(()), "{}", theory.name());
        let mut learner = theory.start(&kinds());
        let log = EventLog::new(kinds(), vec![Event { time: 1.0, kind: EventKindId(0), magnitude: 0.0 }]).unwrap();
        live(learner.as_mut(), &log, &Schedule::default(), Sink::Discard).unwrap();
        let speaks = theory.speaks();
        let paced = learner.pace().is_some();
        let discounted = theory.table().iter().position(|p| p.name == "reward").is_some_and(|i| theory.get(i) == 1.0);
        assert_eq!(
            paced,
            speaks.contains(&Topic::Latency) && (!discounted || theory.name().contains("tonic")),
            "{}",
            theory.name()
        );
    }
}

#[test]
fn channels_have_names_of_their_own_and_signals_that_a_region_knows_and_defaults_lie_in_their_domains() {
    for theory in theories() {
        assert_eq!(conformance::channels(theory.as_ref()), Ok(()), "{}", theory.name());
        assert_eq!(conformance::declared(theory.as_ref()), Ok(()), "{}", theory.name());
    }
}

#[test]
fn nothing_is_allocated_after_the_start() {
    let mut events = Vec::new();
    for i in 0..200 {
        let t = 15.0 * f64::from(i) + 1.0;
        events.push(Event { time: t, kind: EventKindId(0), magnitude: 0.0 });
        events.push(Event { time: t + 1.0, kind: EventKindId(1), magnitude: 0.0 });
        let outcome = if i % 4 == 3 { 4 } else { 2 };
        events.push(Event { time: t + 2.0, kind: EventKindId(outcome), magnitude: 1.0 });
    }
    let log = EventLog::new(kinds(), events).unwrap();
    for theory in theories() {
        let theory = told(theory.as_ref(), &log).unwrap();
        let mut learner = theory.start(log.kinds());
        let mut values = vec![0.0; log.events().len() * 8];
        let mut dopamine = Dopamine::new(Sink::Rows { values: &mut values, channels: 8 }, &[]);
        let used = allocation_counter::measure(|| {
            for (row, event) in log.events().iter().enumerate() {
                learner.advance(event.time, &mut dopamine);
                dopamine.expect(row, event.time, None);
                learner.observe(std::slice::from_ref(event), &mut dopamine);
            }
        });
        assert_eq!(used.count_total, 0, "{} allocates while it lives", theory.info().name);
    }
}

#[test]
fn a_clamp_is_what_comes_out_and_what_is_learnt_from() {
    let event = |time, kind, magnitude| Event { time, kind: EventKindId(kind), magnitude };
    let events: Vec<Event> = (0..40)
        .flat_map(|i| [event(20.0 * f64::from(i) + 1.0, 0, 0.0), event(20.0 * f64::from(i) + 3.0, 2, 1.0)])
        .collect();
    let log = EventLog::new(kinds(), events).unwrap();
    for name in ["rescorla_wagner", "td_csc", "td_microstimulus", "anccr"] {
        let theory = told(by_name(name).unwrap().as_ref(), &log).unwrap();
        let run = |schedule: Schedule| {
            let mut learner = theory.start(log.kinds());
            let mut samples = Vec::new();
            live(learner.as_mut(), &log, &schedule.sorted(), Sink::Samples(&mut samples)).unwrap();
            samples
        };
        let end = log.last_time() + 5.0;
        let rewards = (0..log.events().len()).filter(|r| r % 2 == 1);
        let event_clamps = rewards.map(|row| accumbens_core::EventClamp { row, value: -0.25 }).collect();
        let clamped = run(Schedule { event_clamps, end, ..Schedule::default() });
        let free = run(Schedule { end, ..Schedule::default() });
        let answers = |samples: &[Sample], kind: u32| -> Vec<f64> {
            let of = samples.iter().filter(|s| s.rows > 0 && log.events()[s.first_row as usize].kind.0 == kind);
            of.map(|s| s.value).collect()
        };
        assert!(answers(&clamped, 2).iter().all(|v| *v == -0.25), "{name}");
        // Dopamine held below zero at every reward teaches prediction-error theories a negative value of the cue.
        let (held, usual) = (answers(&clamped, 0)[39], answers(&free, 0)[39]);
        assert!(held < 0.0 && usual > 0.0 || name == "anccr", "{name}: {held} {usual}");
    }
}

#[test]
fn parameters_are_refused_outside_their_domains_and_by_wrong_names() {
    let mut theory = by_name("td_csc").unwrap();
    let refusal = theory.set_text("alpha", "1.5").unwrap_err().to_string();
    assert!(refusal.contains("alpha") && refusal.contains("1.5") && refusal.contains("0 to 1"), "{refusal}");
    let refusal = theory.set_text("gama", "0.9").unwrap_err().to_string();
    assert!(refusal.contains("gama") && refusal.contains("gamma_per_bin"), "{refusal}");
    assert!(by_name("td").is_err_and(|e| e.to_string().contains("td_csc")));
    let mut partial = by_name("anccr").unwrap();
    partial.set_text("alpha_init", "0.25").unwrap();
    assert!(partial.check().is_err());
}
