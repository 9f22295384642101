//! Takes the response to each scored event from the signal.

use accumbens_core::study::{Scores, Scoring, Session, Window};
use accumbens_core::{Error, Event, Result, Role};
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
    /// The response, in the unit of its rule ([`Scoring::unit`]).
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
    /// Left out: a window reaches beyond the signal.
    pub no_signal: usize,
    /// Left out: more samples of a window are missing than the rule allows.
    pub uncovered: usize,
}

/// Why a window gives no number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lacking {
    Signal,
    Samples,
}

/// A source of samples around a time.
struct Samples<'a> {
    session: &'a Session,
    channel: Option<&'a [f64]>,
    interval: f64,
}

/// Times between samples longer than this many usual ones are gaps, which the sampling interval does not count.
const GAP: f64 = 5.0;

/// The mean time between samples, gaps left out, s; NaN with fewer than two.
#[must_use]
pub fn sampling(times: &[f64]) -> f64 {
    let mut apart: Vec<f64> = times.windows(2).map(|w| w[1] - w[0]).collect();
    if apart.is_empty() {
        return f64::NAN;
    }
    let middle = apart.len() / 2;
    let usual = *apart.select_nth_unstable_by(middle, f64::total_cmp).1;
    let (sum, count) =
        apart.iter().filter(|d| **d <= GAP * usual).fold((0.0, 0.0), |(sum, count), d| (sum + d, count + 1.0));
    sum / count
}

impl<'a> Samples<'a> {
    fn new(session: &'a Session, channel: &str) -> Self {
        let recording = &session.recording;
        let channel = recording.channel(channel).map(|c| c.data.as_slice());
        let interval = session.windows.as_ref().map_or_else(|| sampling(&recording.times), |w| w.interval);
        Self { session, channel, interval }
    }

    /// The samples of `window` around the sample nearest to `time`, and how many there should be: ends are rounded to
    /// samples, both included, as in the published analyses. Nothing where the window reaches beyond the signal.
    fn around(&self, row: usize, time: f64, window: Window) -> Option<(&[f64], f64)> {
        let steps = |t: f64| (t / self.interval).round();
        let expected = steps(window[1]) - steps(window[0]) + 1.0;
        if let Some(windows) = &self.session.windows {
            let at = windows.rows.binary_search_by_key(&row, |(r, _)| *r).ok()?;
            let samples = &windows.rows[at].1;
            let at = |t: f64| ((t - windows.first) / windows.interval).round();
            return Some((slice(samples, at(window[0]), at(window[1]))?, expected));
        }
        let (times, data) = (&self.session.recording.times, self.channel?);
        let (first, last) = (times.first()?, times.last()?);
        let half = 0.5 * self.interval;
        if time + window[0] < first - half || time + window[1] > last + half {
            return None;
        }
        let center = self.session.recording.nearest(time)? as f64;
        let (from, to) = (center + steps(window[0]), center + steps(window[1]));
        let near = |place: f64, t: f64| (times[place as usize] - time - t).abs() < 2.0 * self.interval;
        let inside = from >= 0.0 && to < data.len() as f64;
        if inside && near(from, window[0]) && near(to, window[1]) {
            return Some((slice(data, from, to)?, expected));
        }
        // A gap in the clock: by time, for places count samples and not seconds.
        let from = times.partition_point(|t| *t < time + window[0] - half);
        let to = times.partition_point(|t| *t <= time + window[1] + half);
        Some((&data[from..to.max(from)], expected))
    }

    /// The mean of a window of which at least the share `coverage` is there.
    fn mean(&self, row: usize, time: f64, window: Window, coverage: f64) -> std::result::Result<f64, Lacking> {
        let (samples, expected) = self.around(row, time, window).ok_or(Lacking::Signal)?;
        let (sum, n) = samples.iter().filter(|x| x.is_finite()).fold((0.0, 0.0), |(s, n), x| (s + x, n + 1.0));
        if n == 0.0 || n < coverage * expected - 1e-9 { Err(Lacking::Samples) } else { Ok(sum / n) }
    }

    fn value(&self, row: usize, time: f64, rule: &Scoring) -> std::result::Result<f64, Lacking> {
        let mean = |window| self.mean(row, time, window, rule.coverage);
        let response = mean(rule.response)?;
        Ok(rule.value(response, rule.baseline.map(mean).transpose()?, self.interval))
    }
}

fn slice(samples: &[f64], from: f64, to: f64) -> Option<&[f64]> {
    if from < 0.0 || to >= samples.len() as f64 || from > to {
        return None;
    }
    Some(&samples[from as usize..=to as usize])
}

/// Every response of a session.
///
/// # Errors
/// Where the scoring does not fit the session's kinds.
pub fn responses(session: &Session, channel: &str, scores: &Scores) -> Result<(Vec<Response>, Tally)> {
    let log = &session.recording.events;
    scores.check(&log.kinds().iter().map(|k| k.name.as_str()).collect::<Vec<_>>())?;
    let rules: Vec<Option<&Scoring>> = log.kinds().iter().map(|k| scores.of(&k.name)).collect();
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
        let Some(rule) = rules[kind] else { continue };
        if since < rule.min_interval {
            tally.too_soon += 1;
            continue;
        }
        let Some(aligned) = rule.aligned(log, row) else {
            tally.unaligned += 1;
            continue;
        };
        match samples.value(row, aligned, rule) {
            Ok(value) => {
                tally.scored += 1;
                responses.push(Response {
                    row,
                    kind,
                    number: counts[kind],
                    time: event.time,
                    aligned,
                    interval,
                    value,
                });
            }
            Err(Lacking::Signal) => tally.no_signal += 1,
            Err(Lacking::Samples) => tally.uncovered += 1,
        }
    }
    Ok((responses, tally))
}

/// What became of the events of one scored kind in a session.
///
/// # Errors
/// As [`responses`], and where the kind is not scored.
pub fn tally(session: &Session, channel: &str, scores: &Scores, event: &str) -> Result<Tally> {
    let rule = scores.of(event).ok_or_else(|| {
        let scored = scores.events().collect::<Vec<_>>().join(", ");
        Error::input("score.events", format!("{event:?} is not scored"), scored)
    })?;
    let alone = Scoring { events: vec![event.into()], focus: None, ..rule.clone() };
    Ok(responses(session, channel, &alone.into())?.1)
}

/// The statistic of a rule at times at which nothing happened: what measurement and spontaneous activity alone make of
/// it. No cue, outcome or scored event lies within `clear` seconds of the windows.
#[must_use]
pub fn sham(session: &Session, channel: &str, scores: &Scores, rule: &Scoring, clear: f64) -> Vec<f64> {
    let samples = Samples::new(session, channel);
    if session.windows.is_some() || samples.channel.is_none() {
        return Vec::new();
    }
    let [from, to] = rule.span();
    let log = &session.recording.events;
    let loud = |e: &&Event| {
        let kind = &log.kinds()[e.kind.index()];
        kind.role != Role::Action || scores.of(&kind.name).is_some()
    };
    let mut busy: Vec<f64> = log.events().iter().filter(loud).map(|e| e.time).collect();
    busy.push(session.recording.duration + clear);
    let mut shams = Vec::new();
    let mut before = session.recording.times.first().copied().unwrap_or(0.0) - clear;
    for next in busy {
        let mut time = before + clear - from;
        while time + to + clear <= next {
            shams.extend(samples.value(usize::MAX, time, rule));
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
            samples.mean(row.row, row.aligned, [t - half, t + half], 0.0).unwrap_or(f64::NAN)
        };
        (0..count).map(at).map(one).collect()
    };
    responses.iter().map(grid).collect()
}
