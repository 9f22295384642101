//! Says what a careful reader would ask about a study before believing what is made of it.

use crate::fit::cohort::{Cohort, Member};
use accumbens_core::soundness::{apart, place, windows};
use accumbens_core::study::{Session, Study};
use accumbens_core::{AnyTheory, Error, Event, NULL_FAMILY, Result, digits};
use serde::Serialize;
use std::collections::HashMap;
use std::collections::hash_map::Entry::{Occupied, Vacant};
use std::fmt;

/// Something about a study that stands in the way of believing a result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Concern {
    /// Where: a session, a subject, an event, a field of the study.
    pub place: String,
    /// What, with its numbers.
    pub text: String,
}

impl Concern {
    /// A concern about a place.
    pub fn new(place: impl Into<String>, text: impl Into<String>) -> Self {
        Self { place: place.into(), text: text.into() }
    }
}

impl fmt::Display for Concern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.text)
    }
}

/// A gap in a clock is called one when it is longer than this many samples.
const GAP: f64 = 5.0;
/// Sampling rates that differ by more than this part are said to differ.
const RATE: f64 = 0.01;
/// Fluorescence is sampled faster than this, Hz.
const SLOW: f64 = 1.0;
/// An event so far outside the signal is said to be outside, s.
const OUTSIDE: f64 = 1.0;
/// Above this share of events that stand twice, a file is taken to hold them twice.
const DOUBLED: f64 = 0.03;
/// Events with fewer different intervals than this may keep to a schedule, which can be the same in two sessions.
const IRREGULAR: usize = 5;
/// Responses that differ by less, relative to their size, differ by rounding.
const ROUNDING: f64 = 1e-12;
/// Up to so many sessions each stand for themselves; more are told together.
const TOGETHER: usize = 3;

/// What is wrong with one session, and how much of it.
type Check = fn(&Study, &Session) -> Option<(f64, String)>;

/// What is to be asked about a study; about its subjects too where they could be prepared.
#[must_use]
pub fn concerns(study: &Study, cohort: Option<&Cohort>) -> Vec<Concern> {
    let mut found: Vec<Concern> = outcomes(study).map(|text| Concern::new("events", text)).into_iter().collect();
    never(study, &mut found);
    rates(study, &mut found);
    let checks: [Check; 8] = [as_read, eventless, doubled, outside, gaps, missing, slow, coarse];
    checks.iter().for_each(|check| of_sessions(study, *check, &mut found));
    same_events(study, &mut found);
    if let Some(cohort) = cohort {
        subjects(cohort, &mut found);
        unchosen(study, &cohort.members, &mut found);
    }
    found
}

/// Refuses a comparison in which no theory has anything to say: without an outcome nothing is learnt, and theories that
/// answer nothing are all the same.
///
/// # Errors
/// Where responses do not differ, or no outcome of any worth happens and no theory's dopamine differs between the responses.
pub fn answerable(study: &Study, cohort: &Cohort, theories: &[(String, Box<dyn AnyTheory>)]) -> Result<()> {
    let alike: Vec<&str> = cohort.members.iter().filter(|m| alike(m).is_some()).map(|m| m.name.as_str()).collect();
    if alike.len() == cohort.members.len() {
        let problem = format!("all scored responses of {} are the same: there is nothing to explain", alike.join(", "));
        return Err(Error::input("score", problem, "windows and a signal in which responses differ"));
    }
    let Some(problem) = outcomes(study) else { return Ok(()) };
    let differs = |values: &[f64]| values.iter().any(|x| x.is_finite() && *x != values[0]);
    for (label, theory) in theories.iter().filter(|(_, t)| t.info().family != NULL_FAMILY) {
        for member in &cohort.members {
            let (channels, _) = member.dopamine(theory.as_ref()).map_err(|e| e.within(label))?;
            if channels.iter().any(|c| differs(c)) {
                return Ok(());
            }
        }
    }
    Err(Error::input("event", problem, "an [[event]] with role = \"outcome\" for what the animal gets"))
}

fn sessions(study: &Study) -> impl Iterator<Item = (String, &Session)> {
    study.subjects.iter().flat_map(|s| s.sessions.iter().map(|x| (place(&s.name, &x.name), x)))
}

/// What is missing for a theory to learn from, where something is.
fn outcomes(study: &Study) -> Option<String> {
    let (mut any, mut worth) = (false, false);
    for (_, session) in sessions(study) {
        let log = &session.recording.events;
        for event in log.events() {
            let kind = &log.kinds()[event.kind.index()];
            any |= kind.is_outcome();
            worth |= kind.is_outcome() && kind.value != 0.0 && event.magnitude != 0.0;
        }
    }
    match (any, worth) {
        (_, true) => None,
        (true, false) => Some("every outcome has magnitude 0 or value 0: there is nothing to learn from".into()),
        (false, false) => {
            Some("no event that happens is an outcome: theories learn nothing, and all of them are identical".into())
        }
    }
}

fn never(study: &Study, found: &mut Vec<Concern>) {
    let kinds = study.subjects.first().and_then(|s| s.sessions.first()).map(|s| s.recording.events.kinds());
    for (i, kind) in kinds.unwrap_or_default().iter().enumerate() {
        let happens = |s: &Session| s.recording.events.events().iter().any(|e| e.kind.index() == i);
        if !sessions(study).any(|(_, s)| happens(s)) {
            found.push(Concern::new(format!("event {:?}", kind.name), "it is declared and never happens"));
        }
    }
}

/// Sums over samples grow with the rate; a mean or an integral over time does not.
fn rates(study: &Study, found: &mut Vec<Concern>) {
    let rate = |(place, session): (String, &Session)| apart(session).map(|dt| (1.0 / dt, place));
    let mut rates: Vec<(f64, String)> = sessions(study).filter_map(rate).collect();
    rates.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (Some((low, slowest)), Some((high, fastest))) = (rates.first(), rates.last()) else { return };
    if high / low <= 1.0 + RATE {
        return;
    }
    let near = |rate: f64| rates.iter().filter(|(r, _)| (r / rate).max(rate / r) <= 1.0 + RATE).count();
    let text = format!(
        "it differs between sessions: {low:.2} Hz in {slowest} ({} of {} sessions), {high:.2} Hz in {fastest} ({}); \
         means and integrals over time can be compared between them, sums over samples cannot",
        near(*low),
        rates.len(),
        near(*high)
    );
    found.push(Concern::new("sampling rate", text));
}

/// Asks every session the same; where many answer, they are told together.
fn of_sessions(study: &Study, check: Check, found: &mut Vec<Concern>) {
    let one = |(place, session): (String, &Session)| check(study, session).map(|(much, text)| (much, place, text));
    let wrong: Vec<(f64, String, String)> = sessions(study).filter_map(one).collect();
    if wrong.len() <= TOGETHER {
        found.extend(wrong.into_iter().map(|(_, place, text)| Concern { place, text }));
    } else if let Some((_, place, text)) = wrong.iter().max_by(|a, b| a.0.total_cmp(&b.0)) {
        let all = sessions(study).count();
        found.push(Concern::new(format!("{} of {all} sessions, most in {place}", wrong.len()), text));
    }
}

/// What was odd while the session was read.
fn as_read(_: &Study, session: &Session) -> Option<(f64, String)> {
    let looks = session.recording.history.iter().filter(|entry| entry.stage == "read").flat_map(|entry| &entry.looks);
    let looks: Vec<&str> = looks.map(String::as_str).collect();
    (!looks.is_empty()).then(|| (looks.len() as f64, looks.join("; ")))
}

/// Events of one kind, time and magnitude that stand more than once.
fn doubled(_: &Study, session: &Session) -> Option<(f64, String)> {
    let events = session.recording.events.events();
    let together = events.chunk_by(|a, b| a.time == b.time);
    let again = |together: &[Event]| (1..together.len()).filter(|&i| together[..i].contains(&together[i])).count();
    let twice: usize = together.map(again).sum();
    (twice as f64 > DOUBLED * events.len() as f64).then(|| {
        let text = format!(
            "{twice} of {} events stand twice, with the same kind, time and magnitude: is its file of events doubled?",
            events.len()
        );
        (twice as f64, text)
    })
}

/// Sessions that hold the events of another. Where events keep to a fixed schedule they are the same in every session.
fn same_events(study: &Study, found: &mut Vec<Concern>) {
    let mut known: HashMap<Vec<[u64; 3]>, String> = HashMap::new();
    let mut twins = Vec::new();
    for (place, session) in sessions(study) {
        let events = session.recording.events.events();
        // Times since the first event: the clock may have been set anew.
        let since = |e: &Event| ((e.time - events[0].time) * 1e6).round() as u64;
        let key: Vec<_> = events.iter().map(|e| [since(e), u64::from(e.kind.0), e.magnitude.to_bits()]).collect();
        let mut apart: Vec<u64> = key.windows(2).map(|w| w[1][0] - w[0][0]).collect();
        apart.sort_unstable();
        apart.dedup();
        if apart.len() < IRREGULAR {
            continue;
        }
        match known.entry(key) {
            Occupied(twin) => twins.push((place, twin.get().clone(), events.len())),
            Vacant(new) => _ = new.insert(place),
        }
    }
    let Some((place, twin, count)) = twins.first() else { return };
    let others = match twins.len() - 1 {
        0 => String::new(),
        1 => "; so does one session more".to_owned(),
        others => format!("; so do {others} sessions more"),
    };
    let text = format!("holds the same {count} events as {twin}, at the same times{others}");
    found.push(Concern::new(place, text));
}

fn eventless(_: &Study, session: &Session) -> Option<(f64, String)> {
    let none = session.recording.events.events().is_empty();
    none.then(|| (0.0, "no event that the study keeps happened in it".into()))
}

fn outside(_: &Study, session: &Session) -> Option<(f64, String)> {
    let (first, last) = session.recording.times.first().zip(session.recording.times.last())?;
    let events = session.recording.events.events();
    let far = |t: f64| (first - t).max(t - last);
    let outside: Vec<f64> = events.iter().map(|e| far(e.time)).filter(|x| *x > OUTSIDE).collect();
    let furthest = outside.iter().copied().fold(0.0, f64::max);
    (!outside.is_empty()).then(|| {
        let text = format!(
            "{} of {} events lie outside the signal, which lasts from {first:.1} to {last:.1} s, by up to {furthest:.1} s",
            outside.len(),
            events.len()
        );
        (outside.len() as f64, text)
    })
}

fn gaps(_: &Study, session: &Session) -> Option<(f64, String)> {
    let usual = session.recording.usual_interval()?;
    let gaps: Vec<f64> = session.recording.times.windows(2).map(|w| w[1] - w[0]).filter(|d| *d > GAP * usual).collect();
    let all: f64 = gaps.iter().sum();
    let word = if gaps.len() == 1 { "gap" } else { "gaps" };
    let text = || format!("{} {word} of more than {GAP} samples in the clock, {all:.1} s together", gaps.len());
    (!gaps.is_empty()).then(|| (all, text()))
}

/// Missing samples of the signal, or of its reference where that misses more.
fn missing(study: &Study, session: &Session) -> Option<(f64, String)> {
    let count = |name: &str, samples: &mut dyn Iterator<Item = &f64>| {
        let (all, lost) = samples.fold((0, 0), |(n, m), x| (n + 1, m + usize::from(!x.is_finite())));
        let share = 100.0 * lost as f64 / f64::max(all as f64, 1.0);
        (lost > 0).then(|| (share, format!("{lost} of {all} samples of {name:?} are missing ({share:.1} %)")))
    };
    if let Some(windows) = &session.windows {
        return count(&study.channel, &mut windows.rows.iter().flat_map(|(_, samples)| samples));
    }
    let channels = [Some(&study.channel), study.reference.as_ref()].into_iter().flatten();
    let lost = channels.filter_map(|c| session.recording.channel(c)).filter_map(|c| count(&c.name, &mut c.data.iter()));
    lost.max_by(|a, b| a.0.total_cmp(&b.0))
}

fn slow(_: &Study, session: &Session) -> Option<(f64, String)> {
    let apart = apart(session)?;
    let text = || format!("a sample every {apart:.1} s ({:.4} Hz): are its times in s?", 1.0 / apart);
    (apart * SLOW > 1.0 + RATE).then(|| (apart, text()))
}

/// Windows that hold two samples say little: where they begin and end decides what they hold.
fn coarse(study: &Study, session: &Session) -> Option<(f64, String)> {
    let apart = apart(session)?;
    let short = windows(&study.scoring).into_iter().find(|(_, [from, to])| to - from < 2.0 * apart * (1.0 - 1e-6));
    short.map(|(field, [from, to])| {
        (apart, format!("{field} = [{from}, {to}] s holds fewer than three samples at {:.2} Hz", 1.0 / apart))
    })
}

/// The one value that all scored responses of a subject have, up to rounding; none where they differ.
fn alike(member: &Member) -> Option<f64> {
    let values = member.values();
    let ends = values.iter().fold([f64::INFINITY, f64::NEG_INFINITY], |[l, h], x| [l.min(*x), h.max(*x)]);
    (ends[1] - ends[0] <= ROUNDING * ends[0].abs().max(ends[1].abs())).then_some(ends[0])
}

fn subjects(cohort: &Cohort, found: &mut Vec<Concern>) {
    if !cohort.without.is_empty() {
        found.push(Concern::new(cohort.without.join(", "), "no more than five scored responses, so left out"));
    }
    for member in &cohort.members {
        if let Some(value) = alike(member) {
            let text = format!("all {} scored responses are the same ({})", member.scored.len(), digits(value, 4));
            found.push(Concern::new(&member.name, text));
        }
    }
    if let [only] = cohort.members.as_slice() {
        let text = "the only animal: nothing has an error over animals, and none can be left out";
        found.push(Concern::new(&only.name, text));
    }
    for (member, why) in cohort.members.iter().filter_map(|m| Some((m, m.overlap.failed.as_ref()?))) {
        let text =
            format!("no response kernel could be estimated, so that the overlap of responses is not taken off: {why}");
        found.push(Concern::new(&member.name, text));
    }
}

/// How often a subject took each option of a declared choice.
#[must_use]
pub fn taken(member: &Member, between: usize, options: usize) -> Vec<usize> {
    let chosen = member.choosing.chosen.iter().filter(|c| c.between == between);
    let mut counts = vec![0; options];
    chosen.for_each(|c| counts[c.taken] += 1);
    counts
}

/// What is odd about the choices that the study declares.
fn unchosen(study: &Study, members: &[Member], found: &mut Vec<Concern>) {
    for (number, between) in study.choices.iter().enumerate() {
        for member in members {
            let counts = taken(member, number, between.options.len());
            let never = between.options.iter().zip(&counts).filter(|(_, n)| **n == 0);
            let never: Vec<&str> = never.map(|(name, _)| name.as_str()).collect();
            if !never.is_empty() {
                found.push(Concern::new(&member.name, format!("never took {}", never.join(", "))));
            }
        }
    }
}
