//! Checks what every theory owes its callers, whoever wrote it and in whatever language.

use accumbens_core::{
    ActionRule, AnyTheory, Domain, Dopamine, Event, EventKind, EventKindId, EventLog, Learner, Parameter, Probe,
    Result, Role, Sample, Schedule, Seed, Sink, Topic, live, live_acting, regions, seed::ChaCha8Rng,
};
use rand::RngExt;

/// The kinds of event of the logs on which theories are checked: two cues, a good and a bad outcome, an omission and an
/// action.
#[must_use]
pub fn kinds() -> Vec<EventKind> {
    vec![
        EventKind::cue("a"),
        EventKind::cue("b"),
        EventKind::outcome("juice"),
        EventKind { value: -1.0, ..EventKind::outcome("puff") },
        EventKind::omission("none", EventKindId(2)),
        EventKind { role: Role::Action, ..EventKind::cue("press") },
    ]
}

/// A log of these gaps (s), kinds and magnitudes, which only outcomes keep.
///
/// # Errors
/// Where a gap is negative or a kind is none of [`kinds`].
pub fn log(rows: &[(f64, u32, f64)]) -> Result<EventLog> {
    let mut time = 0.3;
    let row = |&(gap, kind, magnitude): &(f64, u32, f64)| {
        time += gap;
        Event { time, kind: EventKindId(kind), magnitude: if kind == 2 || kind == 3 { magnitude } else { 0.0 } }
    };
    EventLog::new(kinds(), rows.iter().map(row).collect())
}

/// What a theory did not keep.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// What it owes.
    pub owed: &'static str,
    /// What was seen instead.
    pub seen: String,
}

fn unless(owed: &'static str, kept: bool, seen: impl FnOnce() -> String) -> std::result::Result<(), Broken> {
    if kept { Ok(()) } else { Err(Broken { owed, seen: seen() }) }
}

/// The outcome of one check.
pub type Kept = std::result::Result<(), Broken>;

/// A copy of a theory that was told what it cannot learn from this log.
///
/// # Errors
/// Where it refuses what it is told.
pub fn told(theory: &dyn AnyTheory, log: &EventLog) -> Result<Box<dyn AnyTheory>> {
    let mut theory = theory.boxed();
    theory.tell(log);
    if theory.table().iter().any(|p| p.name == "iri") {
        theory.set_text("iri", "20")?;
    }
    Ok(theory)
}

/// Lives through a log as a driver does.
///
/// # Errors
/// Where the theory cannot go on.
pub fn driven(theory: &dyn AnyTheory, log: &EventLog) -> Result<Vec<Sample>> {
    let theory = told(theory, log)?;
    let mut samples = Vec::new();
    let schedule = Schedule { end: log.last_time() + 5.0, ..Schedule::default() };
    live(theory.start(log.kinds()).as_mut(), log, &schedule, Sink::Samples(&mut samples))?;
    Ok(samples)
}

/// Lives through a log by hand; silences are split into `pieces`, and at event `save_at` the state goes through text and
/// back.
fn lived(theory: &dyn AnyTheory, log: &EventLog, pieces: usize, save_at: Option<usize>) -> Result<Vec<Sample>> {
    let theory = told(theory, log)?;
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
            let text = learner.save()?.to_string();
            learner = theory.start(log.kinds());
            let saved = serde_json::from_str(&text);
            learner.restore(saved.map_err(|e| accumbens_core::Error::input("state", e.to_string(), "JSON"))?)?;
        }
        (row, now) = (after, time);
    }
    learner.finish(now + 5.0, &mut dopamine);
    dopamine.check()?;
    Ok(samples)
}

fn same(a: &[Sample], b: &[Sample]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a == b || (a.value.is_nan() && b.value.is_nan()))
}

fn first_difference(a: &[Sample], b: &[Sample]) -> String {
    let at = a.iter().zip(b).find(|(a, b)| a != b);
    match at {
        Some((a, b)) => format!("{} in place of {} at {} s", b.value, a.value, a.time),
        None => format!("{} releases in place of {}", b.len(), a.len()),
    }
}

fn compared(owed: &'static str, whole: Result<Vec<Sample>>, other: Result<Vec<Sample>>) -> Kept {
    match (whole, other) {
        (Ok(whole), Ok(other)) => unless(owed, same(&whole, &other), || first_difference(&whole, &other)),
        (Err(_), Err(_)) => Ok(()),
        (Ok(_), Err(e)) | (Err(e), Ok(_)) => Err(Broken { owed, seen: e.to_string() }),
    }
}

/// Silence told in pieces is the same silence, to the bit.
///
/// # Errors
/// Where it is not.
pub fn silence(theory: &dyn AnyTheory, log: &EventLog, pieces: usize) -> Kept {
    let owed = "silence in pieces is the same silence, to the bit";
    compared(owed, lived(theory, log, 1, None), lived(theory, log, pieces, None))
}

/// A state that was saved and restored at event `at` goes on, to the bit.
///
/// # Errors
/// Where it does not.
pub fn restored(theory: &dyn AnyTheory, log: &EventLog, at: usize) -> Kept {
    let owed = "a restored state goes on, to the bit";
    compared(owed, lived(theory, log, 1, None), lived(theory, log, 1, Some(at % log.events().len())))
}

/// Dopamine is a number, every event is answered once, and no release is earlier than the one before.
///
/// # Errors
/// Where one of them does not hold.
pub fn answered(theory: &dyn AnyTheory, log: &EventLog) -> Kept {
    let samples = lived(theory, log, 1, None);
    let samples = samples.map_err(|e| Broken { owed: "a life can be lived", seen: e.to_string() })?;
    let odd = samples.iter().find(|s| !s.value.is_finite());
    unless("dopamine is a finite number", odd.is_none(), || {
        format!("{:?} at {:?} s", odd.map(|s| s.value), odd.map(|s| s.time))
    })?;
    let first = samples.iter().filter(|s| s.channel == 0).map(|s| s.rows as usize).sum::<usize>();
    let events = log.events().len();
    unless("every event is answered on channel 0", first == events, || format!("{first} of {events} events answered"))?;
    let back = samples.windows(2).find(|w| w[1].time < w[0].time);
    unless("releases come in the order of time", back.is_none(), || format!("{back:?}"))
}

/// Being asked what it wants changes nothing in a life.
///
/// # Errors
/// Where it does.
pub fn asked(theory: &dyn AnyTheory, log: &EventLog) -> Kept {
    let owed = "being asked what it wants changes nothing";
    let probe = |e: &Event| Probe { time: e.time + 0.17, kind: EventKindId(0) };
    let probes: Vec<Probe> = log.events().iter().map(probe).collect();
    let schedule = Schedule { end: log.last_time() + 5.0, ..Schedule::default() };
    let lead = |probes: &[Probe]| -> Result<(EventLog, Vec<Sample>)> {
        let theory = told(theory, log)?;
        let mut samples = Vec::new();
        let (mut learner, mut rng) = (theory.start(log.kinds()), Seed(1).stream("choices"));
        let (sink, rule) = (Sink::Samples(&mut samples), ActionRule::default());
        let acted = live_acting(learner.as_mut(), log, &schedule, &[], probes, &rule, &mut rng, sink)?;
        Ok((acted.log, samples))
    };
    let (unasked, asked) = (lead(&[]), lead(&probes));
    if let Ok((seen, _)) = &asked {
        unless(owed, seen == log, || "another log".into())?;
    }
    compared(owed, driven(theory, log), unasked.map(|(_, s)| s))?;
    compared(owed, driven(theory, log), asked.map(|(_, s)| s))
}

/// It moves the animal where it says that it speaks of behaviour and of actions, and nowhere else.
///
/// # Errors
/// Where what it says of itself is not so.
pub fn spoken(theory: &dyn AnyTheory) -> Kept {
    let owed = "it moves the animal where it speaks of behaviour and of actions, and nowhere else";
    let mut learner = theory.start(&kinds());
    let one = log(&[(0.7, 0, 0.0)]).map_err(|e| Broken { owed, seen: e.to_string() })?;
    live(learner.as_mut(), &one, &Schedule::default(), Sink::Discard)
        .map_err(|e| Broken { owed: "a life can be lived", seen: e.to_string() })?;
    for (kind, topic, what) in [(0, Topic::Behaviour, "a cue"), (5, Topic::Action, "an action")] {
        let moved = learner.drive(EventKindId(kind)).is_some_and(|d| d.wanting.is_finite());
        let speaks = theory.speaks().contains(&topic);
        unless(owed, moved == speaks, || {
            format!("at {what} it moves: {moved}; it speaks of {}: {speaks}", topic.word())
        })?;
    }
    Ok(())
}

/// Its channels have names of their own and signals that a region knows.
///
/// # Errors
/// Where they have not.
pub fn channels(theory: &dyn AnyTheory) -> Kept {
    let regions = regions::all().unwrap_or_default();
    let channels = theory.channels(&kinds());
    unless("it has a channel", !channels.is_empty(), || "none".into())?;
    for (i, channel) in channels.iter().enumerate() {
        let own = channels[..i].iter().all(|c| c.name != channel.name);
        unless("each channel has a name of its own", own, || channel.name.clone())?;
        let known = channel.signal == "dopamine" || regions.iter().any(|r| r.signals.contains_key(&channel.signal));
        let owed = "the signal of a channel of dopamine is \"dopamine\" or a word of catalogue/regions.toml";
        unless(owed, known || !channel.dopamine, || channel.signal.clone())?;
    }
    Ok(())
}

/// Each default lies in its domain and each parameter says what it means.
///
/// # Errors
/// Where one does not.
pub fn declared(theory: &dyn AnyTheory) -> Kept {
    for (place, p) in theory.table().iter().enumerate() {
        let value = theory.get(place);
        let holds = p.domain.holds(value) || (p.optional() && value.is_nan());
        unless("every value lies in its domain", holds, || format!("{} {value} ({})", p.name, p.domain.words()))?;
        unless("every parameter says what it means", !p.doc.trim().is_empty(), || p.name.into())?;
    }
    Ok(())
}

/// A value of a parameter's domain from a number between 0 and 1; those that set how long a life takes to compute are
/// kept moderate.
#[must_use]
pub fn somewhere(p: &Parameter, at: f64) -> f64 {
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

/// With any parameters of their domains dopamine is a number, or the life ends with an error that says when.
///
/// # Errors
/// Where it is not.
pub fn anywhere(theory: &dyn AnyTheory, log: &EventLog, places: impl Iterator<Item = f64>) -> Kept {
    let owed = "with any parameters of their domains dopamine is a number or the life ends with an error";
    let mut theory = theory.boxed();
    let table = theory.table().to_vec();
    for (i, (p, at)) in table.iter().zip(places).enumerate() {
        // The schedule of ANCCR is set whole or not at all.
        if !(p.optional() && p.name.starts_with("alpha_")) {
            theory.set(i, somewhere(p, at)).map_err(|e| Broken { owed, seen: e.to_string() })?;
        }
    }
    match driven(theory.as_ref(), log) {
        Ok(samples) => unless(owed, samples.iter().all(|s| s.value.is_finite()), || "no number".into()),
        Err(accumbens_core::Error::Life { place, .. }) if place.contains(" s") => Ok(()),
        Err(e) => Err(Broken { owed, seen: e.to_string() }),
    }
}

/// A random log: gaps from 0 (simultaneous) to a minute.
fn random_log(rng: &mut ChaCha8Rng) -> Result<EventLog> {
    let rows = 1 + (rng.random::<f64>() * 59.0) as usize;
    let gap = |rng: &mut ChaCha8Rng| match (rng.random::<f64>() * 4.0) as u32 {
        0 => 0.0,
        1 => 0.01 + 0.49 * rng.random::<f64>(),
        2 => 0.5 + 9.5 * rng.random::<f64>(),
        _ => 10.0 + 50.0 * rng.random::<f64>(),
    };
    let row = |_| (gap(rng), (rng.random::<f64>() * 6.0) as u32, 3.0 * rng.random::<f64>());
    log(&(0..rows).map(row).collect::<Vec<_>>())
}

/// Checks a theory on `cases` random logs: everything this module asks but speed. What was broken first is named, each
/// thing once.
#[must_use]
pub fn check(theory: &dyn AnyTheory, cases: u32, seed: Seed) -> Vec<Broken> {
    let mut broken: Vec<Broken> = Vec::new();
    let mut note = |kept: Kept| {
        if let Err(b) = kept
            && broken.iter().all(|known| known.owed != b.owed)
        {
            broken.push(b);
        }
    };
    note(declared(theory));
    note(channels(theory));
    note(spoken(theory));
    let mut rng = seed.stream("conformance");
    for _ in 0..cases {
        let Ok(log) = random_log(&mut rng) else { continue };
        note(answered(theory, &log));
        note(silence(theory, &log, 2 + (rng.random::<f64>() * 5.0) as usize));
        note(restored(theory, &log, (rng.random::<f64>() * 60.0) as usize));
        note(asked(theory, &log));
        let places: Vec<f64> = theory.table().iter().map(|_| rng.random::<f64>()).collect();
        note(anywhere(theory, &log, places.into_iter()));
    }
    broken
}
