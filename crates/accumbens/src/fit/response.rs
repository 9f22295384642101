//! Takes the response to each scored event from the signal.

use accumbens_core::study::{Align, Scoring, Session, Statistic, Window};
use accumbens_core::{Event, Result};
use serde::Serialize;

/// The response to one event.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Response {
    /// The event, counted from 0 in its session's log.
    pub row: usize,
    /// Its kind, counted from 0 among the log's kinds.
    pub kind: usize,
    /// Its number among events of its kind in the session, from 1.
    pub number: usize,
    /// When it happened, s from the session's start.
    pub time: f64,
    /// The time to which the windows are aligned, s from the session's start.
    pub aligned: f64,
    /// The time since the previous outcome of the session, s; NaN where there is none.
    pub interval: f64,
    /// The response, in the signal's unit (sum or mean over samples).
    pub value: f64,
}

/// What became of the scored events of a session.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// Scored.
    pub scored: usize,
    /// Left out: too soon after the one before.
    pub too_soon: usize,
    /// Left out: nothing to align to, for example never licked for.
    pub unaligned: usize,
    /// Left out: a window reaches beyond the signal, or has no sample.
    pub no_signal: usize,
}

/// A source of samples around a time.
struct Samples<'a> {
    session: &'a Session,
    channel: Option<&'a [f64]>,
    interval: f64,
}

impl<'a> Samples<'a> {
    fn new(session: &'a Session, channel: &str) -> Self {
        let recording = &session.recording;
        let channel = recording.channel(channel).map(|c| c.data.as_slice());
        Self { session, channel, interval: recording.interval().unwrap_or(f64::NAN) }
    }

    /// The samples of `window` around the sample nearest to `time`, whole or not at all: ends are rounded to samples,
    /// both included, as in the published analyses.
    fn around(&self, row: usize, time: f64, window: Window) -> Option<&[f64]> {
        if let Some(windows) = &self.session.windows {
            let at = windows.rows.binary_search_by_key(&row, |(r, _)| *r).ok()?;
            let samples = &windows.rows[at].1;
            let at = |t: f64| ((t - windows.first) / windows.interval).round();
            return slice(samples, at(window[0]), at(window[1]));
        }
        let times = &self.session.recording.times;
        let (first, last) = (times.first()?, times.last()?);
        if time < first - self.interval || time > last + self.interval {
            return None;
        }
        let center = self.session.recording.nearest(time)? as f64;
        let at = |t: f64| center + (t / self.interval).round();
        slice(self.channel?, at(window[0]), at(window[1]))
    }
}

fn slice(samples: &[f64], from: f64, to: f64) -> Option<&[f64]> {
    if from < 0.0 || to >= samples.len() as f64 || from > to {
        return None;
    }
    let part = &samples[from as usize..=to as usize];
    part.iter().any(|x| x.is_finite()).then_some(part)
}

/// One number from the samples of a window; samples that are missing count for nothing.
fn reduce(samples: &[f64], statistic: Statistic) -> f64 {
    let (sum, n) = samples.iter().filter(|x| x.is_finite()).fold((0.0, 0.0), |(s, n), x| (s + x, n + 1.0));
    match statistic {
        Statistic::Sum => sum,
        Statistic::Mean => sum / n,
    }
}

fn value(samples: &Samples<'_>, row: usize, time: f64, scoring: &Scoring) -> Option<f64> {
    let response = reduce(samples.around(row, time, scoring.response)?, scoring.statistic);
    match scoring.baseline {
        None => Some(response),
        Some(window) => Some(response - reduce(samples.around(row, time, window)?, scoring.statistic)),
    }
}

/// The first event of the aligning kind strictly after `event` and before the next of its own kind.
fn align(events: &[Event], row: usize, kind: usize, align: &Align) -> Option<f64> {
    let event = events[row];
    let limit = align.within.map_or(f64::INFINITY, |w| event.time + w);
    let after = events[row + 1..].iter().take_while(|e| e.kind != event.kind && e.time <= limit);
    after.filter(|e| e.kind.index() == kind).map(|e| e.time).find(|t| *t > event.time)
}

/// Every response of a session.
///
/// # Errors
/// Where the scoring does not fit the session's kinds.
pub fn responses(session: &Session, channel: &str, scoring: &Scoring) -> Result<(Vec<Response>, Tally)> {
    let log = &session.recording.events;
    scoring.check(&log.kinds().iter().map(|k| k.name.as_str()).collect::<Vec<_>>())?;
    let scored: Vec<bool> = log.kinds().iter().map(|k| scoring.events.contains(&k.name)).collect();
    let aligning = scoring.align.as_ref().and_then(|a| log.kind(&a.first));
    let samples = Samples::new(session, channel);
    let mut tally = Tally::default();
    let mut responses = Vec::new();
    let mut last = vec![f64::NAN; log.kinds().len()];
    let mut counts = vec![0; log.kinds().len()];
    let mut last_outcome = f64::NAN;
    for (row, event) in log.events().iter().enumerate() {
        let kind = event.kind.index();
        let since = event.time - last[kind];
        let interval = event.time - last_outcome;
        last[kind] = event.time;
        counts[kind] += 1;
        if log.kinds()[kind].is_outcome() {
            last_outcome = event.time;
        }
        if !scored[kind] {
            continue;
        }
        if since < scoring.min_interval {
            tally.too_soon += 1;
            continue;
        }
        let aligned = match (&scoring.align, aligning) {
            (Some(spec), Some(to)) => align(log.events(), row, to.index(), spec),
            _ => Some(event.time),
        };
        let Some(aligned) = aligned else {
            tally.unaligned += 1;
            continue;
        };
        let Some(value) = value(&samples, row, aligned, scoring) else {
            tally.no_signal += 1;
            continue;
        };
        tally.scored += 1;
        responses.push(Response { row, kind, number: counts[kind], time: event.time, aligned, interval, value });
    }
    Ok((responses, tally))
}

/// The same statistic at times at which nothing happened: what measurement and spontaneous activity alone make of it.
/// No cue, outcome or scored event lies within `clear` seconds of the windows.
#[must_use]
pub fn sham(session: &Session, channel: &str, scoring: &Scoring, clear: f64) -> Vec<f64> {
    let samples = Samples::new(session, channel);
    if session.windows.is_some() || samples.channel.is_none() {
        return Vec::new();
    }
    let from = scoring.baseline.map_or(scoring.response[0], |b| b[0].min(scoring.response[0]));
    let to = scoring.baseline.map_or(scoring.response[1], |b| b[1].max(scoring.response[1]));
    let log = &session.recording.events;
    let quiet = log.events().iter().filter(|e| log.kinds()[e.kind.index()].role != accumbens_core::Role::Action);
    let mut busy: Vec<f64> = quiet.map(|e| e.time).collect();
    busy.push(session.recording.duration + clear);
    let mut shams = Vec::new();
    let mut before = session.recording.times.first().copied().unwrap_or(0.0) - clear;
    for next in busy {
        let mut time = before + clear - from;
        while time + to + clear <= next {
            shams.extend(value(&samples, usize::MAX, time, scoring));
            time += to - from;
        }
        before = next;
    }
    shams
}

/// The mean signal around the responses of one kind, at `count` times from `from` to `to` seconds.
#[must_use]
pub fn around(
    session: &Session,
    channel: &str,
    responses: &[&Response],
    from: f64,
    to: f64,
    count: usize,
) -> Vec<Vec<f64>> {
    let samples = Samples::new(session, channel);
    let grid = |row: &&Response| {
        let at = |i: usize| from + (to - from) * i as f64 / (count - 1) as f64;
        let one = |t: f64| {
            let half = 0.5 * (to - from) / (count - 1) as f64;
            samples.around(row.row, row.aligned, [t - half, t + half]).map_or(f64::NAN, |s| reduce(s, Statistic::Mean))
        };
        (0..count).map(at).map(one).collect()
    };
    responses.iter().map(grid).collect()
}
