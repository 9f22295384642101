//! Refuses a study whose signal, clock or sessions cannot be what they say they are.

use crate::error::{Error, Result};
use crate::study::{Scores, Session, Study, Window};
use std::collections::HashMap;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};

/// No detector counts so far, and no ΔF/F comes near it: a larger sample, in the signal's unit, is a damaged number.
const GREATEST: f64 = 1e30;
/// Events that lie so many times later than the signal, or a signal so many times longer than its events, stand in
/// another unit of time: a millisecond is a thousandth of a second.
const FAR: f64 = 100.0;
/// A signal far longer than its events is taken to stand in another unit where it is slower than this, Hz.
const SLOW: f64 = 5.0;
/// Fewer events than this say nothing about units.
const FEW: usize = 5;
/// Windows and clocks are compared up to rounding.
const ROUNDING: f64 = 1e-6;

/// Checks every session of a study, and that none stands in it twice.
///
/// # Errors
/// With the subject, the session and the value: where a channel has one sample, never varies or holds numbers that
/// cannot be a signal; where a scored window holds at most one sample; where signal and events stand in different units
/// of time; where two sessions are one recording.
pub fn check(study: &Study) -> Result<()> {
    for subject in &study.subjects {
        for session in &subject.sessions {
            let checks = || {
                [Some(&study.channel), study.reference.as_ref()]
                    .into_iter()
                    .flatten()
                    .try_for_each(|channel| signal(session, channel))?;
                units(session)?;
                clock(study, session)
            };
            checks().map_err(|e| e.within(&place(&subject.name, &session.name)))?;
        }
    }
    once(study)
}

/// A session in words: under its subject, unless its own name says whose it is.
#[must_use]
pub fn place(subject: &str, session: &str) -> String {
    let named = session.split(['/', '\\']).any(|part| part == subject);
    if named { session.to_owned() } else { format!("{subject}/{session}") }
}

/// The usual time between the samples of a session, s; `None` with fewer than two.
#[must_use]
pub fn apart(session: &Session) -> Option<f64> {
    match &session.windows {
        Some(windows) => windows.rows.iter().any(|(_, samples)| samples.len() > 1).then_some(windows.interval),
        None => session.recording.usual_interval(),
    }
}

/// The windows from which responses are taken, each with its field in a study file.
#[must_use]
pub fn windows(scores: &Scores) -> Vec<(&'static str, Window)> {
    let responses = scores.0.iter().map(|rule| ("score.response", rule.response));
    responses.chain(scores.0.iter().filter_map(|rule| Some(("score.baseline", rule.baseline?)))).collect()
}

/// The samples of a channel, part by part: the whole recording, or the signal around each trial.
fn parts<'a>(session: &'a Session, channel: &str) -> Vec<&'a [f64]> {
    match &session.windows {
        Some(windows) => windows.rows.iter().map(|(_, samples)| samples.as_slice()).collect(),
        None => session.recording.channel(channel).map(|c| c.data.as_slice()).into_iter().collect(),
    }
}

fn signal(session: &Session, channel: &str) -> Result<()> {
    let fault = |problem: String, accepted: &str| Err(Error::input(format!("channel {channel:?}"), problem, accepted));
    let (mut count, mut low, mut high) = (0_usize, f64::INFINITY, f64::NEG_INFINITY);
    for (part, samples) in parts(session, channel).into_iter().enumerate() {
        for (i, x) in samples.iter().enumerate().filter(|(_, x)| !x.is_nan()) {
            if x.abs() > GREATEST {
                let place = match (&session.windows, session.recording.times.get(i)) {
                    (None, Some(time)) => format!("sample {} at {time} s", i + 1),
                    _ => format!("sample {} of trial {}", i + 1, part + 1),
                };
                return fault(
                    format!("{place} is {x:e}"),
                    "values from -1e30 to 1e30; NaN or an empty cell where a sample is missing",
                );
            }
            count += 1;
            (low, high) = (low.min(*x), high.max(*x));
        }
    }
    match count {
        0 => Ok(()),
        1 => fault("it has one sample".into(), "a signal of two samples or more; none where nothing was recorded"),
        _ if low == high => fault(
            format!("all its {count} samples are {low}"),
            "a signal that varies; a session without a trace where nothing was recorded",
        ),
        _ => Ok(()),
    }
}

/// Whether the clock of the signal is fine enough for the windows.
fn clock(study: &Study, session: &Session) -> Result<()> {
    if parts(session, &study.channel).is_empty() {
        return Ok(());
    }
    let Some(apart) = apart(session) else { return Ok(()) };
    for (field, [from, to]) in windows(&study.scoring) {
        if to - from < apart * (1.0 - ROUNDING) {
            let problem = format!(
                "[{from}, {to}] s holds at most one sample: samples are {apart:.4} s apart ({:.4} Hz)",
                1.0 / apart
            );
            let accepted = "a window of two samples or more; times of signal and events in s, or `[read] time_unit`";
            return Err(Error::input(field, problem, accepted));
        }
    }
    Ok(())
}

/// Whether signal and events can stand on the same clock, in the same unit of time.
fn units(session: &Session) -> Result<()> {
    let times = &session.recording.times;
    let (Some(first), Some(last), Some(apart)) = (times.first(), times.last(), session.recording.usual_interval())
    else {
        return Ok(());
    };
    let events = session.recording.events.events();
    if events.len() < FEW {
        return Ok(());
    }
    let (soonest, latest) = (events[0].time, events[events.len() - 1].time);
    let middle = events[events.len() / 2].time;
    let signal = format!("its signal lasts from {first:.1} to {last:.1} s at {:.4} Hz", 1.0 / apart);
    let happened = format!("its events from {soonest:.1} to {latest:.1} s");
    let problem = if middle > FAR * last {
        format!("{signal}, {happened}: are their times in ms?")
    } else if *last > FAR * latest && 1.0 / apart < SLOW {
        format!("{signal}, {happened}: are the signal's times in ms?")
    } else if soonest > *last || latest < *first {
        format!("{signal}, {happened}: they do not overlap")
    } else {
        return Ok(());
    };
    let accepted = "times of signal and events on one clock, in s; no trace where a session is only lived through";
    Err(Error::input("clock", problem, accepted))
}

/// The bits of a session's signal; `None` where it has no sample.
fn bits(parts: &[&[f64]]) -> Option<u64> {
    let mut hasher = DefaultHasher::new();
    let mut any = false;
    for part in parts {
        part.len().hash(&mut hasher);
        for x in *part {
            any |= x.is_finite();
            x.to_bits().hash(&mut hasher);
        }
    }
    any.then(|| hasher.finish())
}

/// Whether every recording stands in the study once: noise does not repeat itself.
fn once(study: &Study) -> Result<()> {
    let mut known: HashMap<u64, Vec<(&str, &Session)>> = HashMap::new();
    for subject in &study.subjects {
        for session in &subject.sessions {
            let samples = parts(session, &study.channel);
            let Some(bits) = bits(&samples) else { continue };
            let same = |other: &Session| {
                let others = parts(other, &study.channel);
                let equal = |a: &[f64], b: &[f64]| a.iter().map(|x| x.to_bits()).eq(b.iter().map(|x| x.to_bits()));
                samples.len() == others.len() && samples.iter().zip(&others).all(|(a, b)| equal(a, b))
            };
            let before = known.entry(bits).or_default();
            if let Some((owner, twin)) = before.iter().find(|(_, other)| same(other)) {
                let whose = if *owner == subject.name { "the same subject".into() } else { format!("{owner:?}") };
                let problem = format!("{:?} holds the same samples as {:?} of {whose}", session.name, twin.name);
                return Err(Error::input(format!("subject {:?}", subject.name), problem, "each recording once"));
            }
            before.push((&subject.name, session));
        }
    }
    Ok(())
}
