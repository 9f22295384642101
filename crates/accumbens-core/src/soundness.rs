//! Refuses a study whose signal, clock or sessions cannot be what they say they are.

use crate::error::{Error, Result};
use crate::study::{Scores, Session, Study, Window};
use std::collections::HashMap;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};

/// No detector counts so far, and no ΔF/F comes near it: a larger sample, in the signal's unit, is a damaged number.
const GREATEST: f64 = 1e30;
/// A signal that varies by less, in its unit, is one whose squares are nothing to a computer.
const LEAST: f64 = 1e-30;
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
    check_from(study, &|_, _| 0.0)
}

/// Checks a study as [`check`] does; `start` is what was taken off the times of a session of a subject, s, so that an error
/// names times as they stand in its file.
///
/// # Errors
/// As [`check`].
pub fn check_from(study: &Study, start: &dyn Fn(&str, &str) -> f64) -> Result<()> {
    for subject in &study.subjects {
        for session in &subject.sessions {
            let start = start(&subject.name, &session.name);
            let checks = || {
                [Some(&study.channel), study.reference.as_ref()]
                    .into_iter()
                    .flatten()
                    .try_for_each(|channel| signal(session, channel, start))?;
                units(session, start)?;
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

fn signal(session: &Session, channel: &str, start: f64) -> Result<()> {
    let fault = |problem: String, accepted: &str| Err(Error::input(format!("channel {channel:?}"), problem, accepted));
    let (mut count, mut low, mut high) = (0_usize, f64::INFINITY, f64::NEG_INFINITY);
    for (part, samples) in parts(session, channel).into_iter().enumerate() {
        for (i, x) in samples.iter().enumerate().filter(|(_, x)| !x.is_nan()) {
            if x.abs() > GREATEST {
                let place = match (&session.windows, session.recording.times.get(i)) {
                    (None, Some(time)) => format!("sample {} at {} s", i + 1, time + start),
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
        _ if high - low < LEAST => fault(
            format!("its {count} samples lie between {low:e} and {high:e}"),
            "a signal that varies by 1e-30 or more, in a unit in which it is neither so small nor so large",
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
fn units(session: &Session, start: f64) -> Result<()> {
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
    let ends = |from: f64, to: f64| format!("from {:.1} to {:.1} s", from + start, to + start);
    let signal = format!("its signal lasts {} at {:.4} Hz", ends(*first, *last), 1.0 / apart);
    let happened = format!("its events {}", ends(soonest, latest));
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
fn bits(samples: &[f64]) -> Option<u64> {
    let mut hasher = DefaultHasher::new();
    samples.iter().for_each(|x| x.to_bits().hash(&mut hasher));
    samples.iter().any(|x| x.is_finite()).then(|| hasher.finish())
}

/// Samples of a stretch that is compared between sessions.
const STRETCH: usize = 64;
/// Stretches of a session that are compared.
const STRETCHES: usize = 32;
/// Noise takes at least so many values in a stretch.
const VALUES: usize = 4;

/// Stretches of a session's signal that hold noise, by where they begin and their bits.
fn stretches(samples: &[f64]) -> Vec<(usize, u64)> {
    let Some(room) = samples.len().checked_sub(STRETCH) else { return Vec::new() };
    let mut starts: Vec<usize> = (0..STRETCHES).map(|k| k * room / (STRETCHES - 1)).collect();
    starts.dedup();
    let noisy = |from: &usize| {
        let mut values: Vec<u64> = samples[*from..from + STRETCH].iter().map(|x| x.to_bits()).collect();
        values.sort_unstable();
        values.dedup();
        values.len() >= VALUES
    };
    let one = |from: usize| bits(&samples[from..from + STRETCH]).map(|hash| (from, hash));
    starts.into_iter().filter(noisy).filter_map(one).collect()
}

/// How many samples of two signals of one length differ; a missing one is as another.
fn different(a: &[f64], b: &[f64]) -> usize {
    a.iter().zip(b).filter(|(a, b)| a.to_bits() != b.to_bits() && !(a.is_nan() && b.is_nan())).count()
}

/// Sessions by what they hold.
#[derive(Default)]
struct Known<'a> {
    sessions: Vec<(&'a str, &'a Session)>,
    /// Sessions by length and bits of a stretch at a place.
    at: HashMap<(usize, usize, u64), Vec<usize>>,
}

impl<'a> Known<'a> {
    /// The session before this one that holds the same samples or nearly so, and how many of how many differ.
    fn twin(&self, channel: &str, samples: &[f64], stretches: &[(usize, u64)]) -> Option<(usize, usize)> {
        let mut shared: HashMap<usize, usize> = HashMap::new();
        for (from, hash) in stretches {
            let same = self.at.get(&(samples.len(), *from, *hash)).into_iter().flatten();
            same.for_each(|twin| *shared.entry(*twin).or_default() += 1);
        }
        let mut near: Vec<usize> = shared.iter().filter(|(_, n)| 2 * **n >= stretches.len()).map(|(t, _)| *t).collect();
        near.sort_unstable();
        let one = |twin: usize| (twin, different(samples, &parts(self.sessions[twin].1, channel).concat()));
        near.into_iter().map(one).find(|(_, differ)| 2 * differ < samples.len())
    }

    fn add(&mut self, owner: &'a str, session: &'a Session, length: usize, stretches: Vec<(usize, u64)>) {
        for (from, hash) in stretches {
            self.at.entry((length, from, hash)).or_default().push(self.sessions.len());
        }
        self.sessions.push((owner, session));
    }
}

/// Whether every recording stands in the study once: noise does not repeat itself.
fn once(study: &Study) -> Result<()> {
    let mut known = Known::default();
    for subject in &study.subjects {
        for session in &subject.sessions {
            let samples = parts(session, &study.channel).concat();
            let Some(whole) = bits(&samples) else { continue };
            let mut stretches = stretches(&samples);
            if stretches.is_empty() {
                stretches.push((0, whole));
            }
            if let Some((twin, differ)) = known.twin(&study.channel, &samples, &stretches) {
                let (owner, twin) = known.sessions[twin];
                let whose = if owner == subject.name { "the same subject".into() } else { format!("{owner:?}") };
                let same = if differ == 0 {
                    "the same samples as".to_owned()
                } else {
                    format!("nearly the same samples ({differ} of {} differ) as", samples.len())
                };
                let problem = format!("{:?} holds {same} {:?} of {whose}", session.name, twin.name);
                return Err(Error::input(format!("subject {:?}", subject.name), problem, "each recording once"));
            }
            known.add(&subject.name, session, samples.len(), stretches);
        }
    }
    Ok(())
}
