//! What every theory of the registry owes its callers.

use accumbens::theories::{by_name, names};
use accumbens_core::{
    ActionRule, AnyTheory, Domain, Dopamine, Error, Event, EventKind, EventKindId, EventLog, Learner, Parameter, Probe,
    Sample, Schedule, Seed, Sink, Topic, live, live_acting,
};
use proptest::prelude::*;

fn kinds() -> Vec<EventKind> {
    let cue = |n: &str| EventKind::cue(n);
    vec![
        cue("a"),
        cue("b"),
        EventKind::outcome("juice"),
        EventKind { value: -1.0, ..EventKind::outcome("puff") },
        EventKind::omission("none", EventKindId(2)),
        EventKind { role: accumbens_core::Role::Action, ..EventKind::cue("press") },
    ]
}

/// Random logs over six kinds: gaps from 0 (simultaneous) to a minute.
fn logs() -> impl Strategy<Value = EventLog> {
    let gap = prop_oneof![Just(0.0), 0.01..0.5, 0.5..10.0, 10.0..60.0_f64];
    prop::collection::vec((gap, 0..6_u32, 0.0..3.0_f64), 1..60).prop_map(|rows| {
        let mut time = 0.3;
        let row = |(gap, kind, magnitude): (f64, u32, f64)| {
            time += gap;
            let magnitude = if kind == 2 || kind == 3 { magnitude } else { 0.0 };
            Event { time, kind: EventKindId(kind), magnitude }
        };
        EventLog::new(kinds(), rows.into_iter().map(row).collect()).unwrap()
    })
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

/// A value of a parameter's domain from two numbers between 0 and 1; those that set how long a life takes to compute
/// are kept moderate.
fn somewhere(p: &Parameter, at: f64) -> f64 {
    let between = |low: f64, high: f64| low + at * (high - low);
    let log = |low: f64, high: f64| (low.ln() + at * (high / low).ln()).exp();
    match p.domain {
        _ if p.name == "dt" || p.name == "sampling_interval" => log(0.05, 3.0),
        _ if p.name == "span" || p.name == "isi_max" || p.name == "max_state" => log(0.5, 200.0),
        Domain::Positive => log(1e-3, 1e3),
        Domain::Flag => between(0.0, 1.0).round(),
        Domain::Choice(words) => between(0.0, words.len() as f64 - 1.0).round(),
        Domain::Count { min, max } => between(f64::from(min), f64::from(max.min(min + 24))).round(),
        Domain::Real { min, max } => between(min.max(-20.0), max.min(20.0)),
    }
}

/// Lives through a log as a driver does.
fn driven(theory: &dyn AnyTheory, log: &EventLog) -> accumbens_core::Result<Vec<Sample>> {
    let theory = told(theory, log);
    let mut samples = Vec::new();
    let schedule = Schedule { end: log.last_time() + 5.0, ..Schedule::default() };
    live(theory.start(log.kinds()).as_mut(), log, &schedule, Sink::Samples(&mut samples))?;
    Ok(samples)
}

fn told(theory: &dyn AnyTheory, log: &EventLog) -> Box<dyn AnyTheory> {
    let mut theory = theory.boxed();
    theory.tell(log);
    if theory.table().iter().any(|p| p.name == "iri") {
        theory.set_text("iri", "20").unwrap();
    }
    theory
}

/// Lives through a log by hand; `pieces` silences are split into so many parts, and at event `save_at` the state goes
/// through text and back.
fn lived(theory: &dyn AnyTheory, log: &EventLog, pieces: usize, save_at: Option<usize>) -> Vec<Sample> {
    let theory = told(theory, log);
    let mut learner = theory.start(log.kinds());
    let mut samples = Vec::new();
    let mut dopamine = Dopamine::new(Sink::Samples(&mut samples), &[]);
    let silence = |learner: &mut Box<dyn Learner>, from: f64, to: f64, dopamine: &mut Dopamine<'_>| {
        for i in 1..=pieces {
            let until = if i == pieces { to } else { from + (to - from) * i as f64 / pieces as f64 };
            learner.advance(until, dopamine);
        }
    };
    let (mut row, mut now) = (0, 0.0);
    while row < log.events().len() {
        let time = log.events()[row].time;
        silence(&mut learner, now, time, &mut dopamine);
        let after = row + log.events()[row..].iter().take_while(|e| e.time == time).count();
        (row..after).for_each(|r| dopamine.expect(r, time, None));
        learner.observe(&log.events()[row..after], &mut dopamine);
        if save_at.is_some_and(|at| (row..after).contains(&at)) {
            let text = learner.save().unwrap().to_string();
            learner = theory.start(log.kinds());
            learner.restore(serde_json::from_str(&text).unwrap()).unwrap();
        }
        (row, now) = (after, time);
    }
    learner.finish(now + 5.0, &mut dopamine);
    samples
}

fn same(a: &[Sample], b: &[Sample]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a == b || (a.value.is_nan() && b.value.is_nan()))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn silence_in_pieces_is_the_same_silence_to_the_bit(log in logs(), pieces in 2..7_usize) {
        for theory in theories() {
            let whole = lived(theory.as_ref(), &log, 1, None);
            prop_assert!(same(&whole, &lived(theory.as_ref(), &log, pieces, None)), "{}", theory.info().name);
        }
    }

    #[test]
    fn a_restored_state_goes_on_to_the_bit(log in logs(), at in 0..60_usize) {
        for theory in theories() {
            let at = at % log.events().len();
            let whole = lived(theory.as_ref(), &log, 1, None);
            prop_assert!(same(&whole, &lived(theory.as_ref(), &log, 1, Some(at))), "{}", theory.info().name);
        }
    }

    #[test]
    fn dopamine_is_a_number_and_every_event_is_answered(log in logs()) {
        for theory in theories() {
            let samples = lived(theory.as_ref(), &log, 1, None);
            prop_assert!(samples.iter().all(|s| s.value.is_finite()), "{}", theory.info().name);
            let first = samples.iter().filter(|s| s.channel == 0);
            prop_assert_eq!(first.map(|s| s.rows as usize).sum::<usize>(), log.events().len());
            prop_assert!(samples.windows(2).all(|w| w[0].time <= w[1].time));
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
        for mut theory in theories() {
            let table = theory.table().to_vec();
            for (i, (p, at)) in table.iter().zip(places.iter().cycle()).enumerate() {
                // The schedule of ANCCR is set whole or not at all.
                if !(p.optional() && p.name.starts_with("alpha_")) {
                    theory.set(i, somewhere(p, (at + i as f64 * 0.618).fract())).unwrap();
                }
            }
            match driven(theory.as_ref(), &log) {
                Ok(samples) => prop_assert!(samples.iter().all(|s| s.value.is_finite()), "{}", theory.name()),
                Err(Error::Life { place, .. }) => prop_assert!(place.contains(" s"), "{place}"),
                Err(other) => prop_assert!(false, "{}: {other}", theory.name()),
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 20, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn being_asked_what_it_wants_changes_nothing_in_a_life(log in logs()) {
        let probes: Vec<Probe> =
            log.events().iter().map(|e| Probe { time: e.time + 0.17, kind: EventKindId(0) }).collect();
        let schedule = Schedule { end: log.last_time() + 5.0, ..Schedule::default() };
        for theory in theories() {
            let theory = told(theory.as_ref(), &log);
            let lead = |probes: &[Probe]| {
                let mut samples = Vec::new();
                let (mut learner, mut rng) = (theory.start(log.kinds()), Seed(1).stream("choices"));
                let sink = Sink::Samples(&mut samples);
                let rule = ActionRule::default();
                let acted = live_acting(learner.as_mut(), &log, &schedule, &[], probes, &rule, &mut rng, sink);
                acted.map(|a| (a.log, samples))
            };
            let mut plain = Vec::new();
            let lived = live(theory.start(log.kinds()).as_mut(), &log, &schedule, Sink::Samples(&mut plain));
            let (unasked, asked) = (lead(&[]), lead(&probes));
            prop_assert_eq!(lived.is_ok(), asked.is_ok(), "{}", theory.name());
            if let (Ok((_, unasked)), Ok((seen, asked))) = (unasked, asked) {
                prop_assert!(same(&plain, &unasked) && same(&plain, &asked), "{}", theory.name());
                prop_assert!(seen == log, "{}", theory.name());
            }
        }
    }
}

#[test]
fn a_theory_moves_the_animal_and_paces_it_where_it_speaks_of_behaviour_and_latency() {
    for theory in theories() {
        let mut learner = theory.start(&kinds());
        let log = EventLog::new(kinds(), vec![Event { time: 1.0, kind: EventKindId(0), magnitude: 0.0 }]).unwrap();
        live(learner.as_mut(), &log, &Schedule::default(), Sink::Discard).unwrap();
        let speaks = theory.speaks();
        let moved = |kind| learner.drive(EventKindId(kind)).is_some_and(|d| d.wanting.is_finite());
        assert_eq!(moved(0), speaks.contains(&Topic::Behaviour), "{} at a cue", theory.name());
        assert_eq!(moved(5), speaks.contains(&Topic::Action), "{} at an action", theory.name());
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
fn channels_have_names_of_their_own_and_signals_that_a_region_knows() {
    let regions = accumbens_core::regions::all().unwrap();
    for theory in theories() {
        let channels = theory.channels(&kinds());
        for (i, channel) in channels.iter().enumerate() {
            assert!(channels[..i].iter().all(|c| c.name != channel.name), "{}: {}", theory.name(), channel.name);
            let known = channel.signal == "dopamine" || regions.iter().any(|r| r.signals.contains_key(&channel.signal));
            assert!(known || !channel.dopamine, "{}: {}", theory.name(), channel.signal);
        }
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
        let theory = told(theory.as_ref(), &log);
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
        let theory = told(by_name(name).unwrap().as_ref(), &log);
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
