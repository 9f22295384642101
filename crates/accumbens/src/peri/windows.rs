//! Cuts the signal around events, and measures each response.

use crate::stages::pieces::usual;
use accumbens_core::study::{Session, Study, Window};
use accumbens_core::{Error, EventKindId, EventLog, Result};
use rayon::prelude::*;
use serde::Serialize;

/// What is subtracted from, and divided out of, each trial.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Normalise {
    /// Nothing.
    None,
    /// The mean of the trial's baseline.
    #[default]
    Subtract,
    /// The mean, and then the standard deviation, of the trial's baseline.
    Z,
}

/// How the signal is cut.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Cut {
    /// The events.
    pub events: Vec<String>,
    /// From and to, s around the event.
    pub window: Window,
    /// The baseline, s around the event.
    pub baseline: Window,
    /// What is done with the baseline.
    pub normalise: Normalise,
    /// Samples a second of the result, Hz: the signal is averaged around each.
    pub rate: f64,
    /// The window in which amplitude, area, peak and latency are measured, s around the event.
    pub response: Window,
}

/// The response to one event.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Trial {
    /// The subject, from 0.
    pub subject: usize,
    /// The session of the subject, from 0.
    pub session: usize,
    /// The event, from 0 among those that are cut.
    pub event: usize,
    /// The event's number among its kind in the subject's life, from 1.
    pub number: usize,
    /// When, s from the session's start.
    pub time: f64,
    /// The signal at each lag; NaN where there is none.
    #[serde(skip)]
    pub values: Vec<f64>,
    /// Mean of the baseline, in the signal's unit.
    pub baseline: f64,
    /// Standard deviation of the baseline, in the signal's unit.
    pub spread: f64,
    /// Mean over the lags of the response window.
    pub amplitude: f64,
    /// Integral over the response window by time, unit × s; where lags are missing, the mean of what is there by time,
    /// over all of the window.
    pub area: f64,
    /// Highest value in the response window.
    pub peak: f64,
    /// When it is reached, s after the event.
    pub latency: f64,
}

/// The trials of a study.
#[derive(Clone, Debug, Serialize)]
pub struct Trials {
    /// How they were cut.
    pub cut: Cut,
    /// Lags, s.
    pub lags: Vec<f64>,
    /// The signal's unit after normalisation.
    pub unit: String,
    /// The trials, by subject, session and time.
    pub trials: Vec<Trial>,
    /// Events left out because their window reaches beyond the signal.
    pub left_out: usize,
    /// Events left out because more of the baseline's or the response's lags than [`LEAST`] allows are missing, or because the
    /// baseline that is divided by does not vary.
    pub incomplete: usize,
}

/// The least share of the lags of a baseline and of a response window that must be there.
pub const LEAST: f64 = 0.5;

impl Trials {
    /// What was left out and why, in words; `None` where nothing was.
    #[must_use]
    pub fn omitted(&self) -> Option<String> {
        let beyond =
            (self.left_out > 0).then(|| format!("{} because their windows reach beyond the signal", self.left_out));
        let missing = (self.incomplete > 0).then(|| {
            let share = 100.0 * (1.0 - LEAST);
            format!(
                "{} because more than {share} % of a baseline or response is missing, or the baseline does not vary",
                self.incomplete
            )
        });
        let why: Vec<String> = beyond.into_iter().chain(missing).collect();
        (!why.is_empty()).then(|| format!("events left out: {}", why.join("; ")))
    }
}

fn check(cut: &Cut) -> Result<()> {
    for (field, [from, to]) in [("window", cut.window), ("baseline", cut.baseline), ("response", cut.response)] {
        if !(from.is_finite() && to.is_finite() && from < to) {
            return Err(Error::input(field, format!("[{from}, {to}]"), "FROM:TO in s, from before to"));
        }
    }
    if !(cut.rate.is_finite() && cut.rate > 0.0) {
        return Err(Error::input("rate", cut.rate.to_string(), "above 0 Hz"));
    }
    if (cut.window[1] - cut.window[0]) * cut.rate > 100_000.0 {
        return Err(Error::input("window", "more than 100,000 lags", "a shorter window or a lower rate"));
    }
    let lags = lags(cut);
    for (field, window, least) in
        [("baseline", cut.baseline, if cut.normalise == Normalise::Z { 2 } else { 1 }), ("response", cut.response, 1)]
    {
        let within = window[0] >= cut.window[0] - EDGE && window[1] <= cut.window[1] + EDGE;
        let held = lags.iter().filter(|l| inside(window, **l)).count();
        if !within || held < least {
            let problem = format!("[{}, {}] holds {held} lags of the window", window[0], window[1]);
            let accepted =
                format!("{least} or more lags of [{}, {}] s at {} Hz", cut.window[0], cut.window[1], cut.rate);
            return Err(Error::input(field, problem, accepted));
        }
    }
    Ok(())
}

/// Lags this near to the end of a window are in it, s.
const EDGE: f64 = 1e-9;

fn inside(window: Window, lag: f64) -> bool {
    lag >= window[0] - EDGE && lag <= window[1] + EDGE
}

fn lags(cut: &Cut) -> Vec<f64> {
    let steps = ((cut.window[1] - cut.window[0]) * cut.rate).round().max(1.0) as usize;
    (0..=steps).map(|i| cut.window[0] + i as f64 / cut.rate).collect()
}

/// Running sums of a signal, so that any stretch of it is averaged at once.
struct Sums<'a> {
    times: &'a [f64],
    sums: Vec<f64>,
    counts: Vec<u32>,
    /// The usual time between samples, s.
    usual: f64,
}

impl<'a> Sums<'a> {
    fn new(times: &'a [f64], data: &[f64]) -> Self {
        let (mut sums, mut counts) = (Vec::with_capacity(times.len() + 1), Vec::with_capacity(times.len() + 1));
        let (mut sum, mut count) = (0.0, 0);
        sums.push(sum);
        counts.push(count);
        for x in data {
            if x.is_finite() {
                sum += x;
                count += 1;
            }
            sums.push(sum);
            counts.push(count);
        }
        Self { times, sums, counts, usual: usual(times).unwrap_or(0.0) }
    }

    /// Whether anything was recorded from one time to another, missing or not.
    fn spans(&self, from: f64, to: f64) -> bool {
        self.times.first().is_some_and(|t| *t < from) && self.times.last().is_some_and(|t| *t >= to)
    }

    /// The mean between two times; where no sample lies between, by the line between the neighbours.
    fn mean(&self, from: f64, to: f64) -> f64 {
        let (a, b) = (self.times.partition_point(|t| *t < from), self.times.partition_point(|t| *t < to));
        let n = self.counts[b] - self.counts[a];
        if n > 0 {
            return (self.sums[b] - self.sums[a]) / f64::from(n);
        }
        if a == 0 || a >= self.times.len() || a != b {
            return f64::NAN;
        }
        let value =
            |i: usize| if self.counts[i + 1] > self.counts[i] { self.sums[i + 1] - self.sums[i] } else { f64::NAN };
        let (t0, t1) = (self.times[a - 1], self.times[a]);
        // A clock slower than the lags is read off by lines, a gap in the clock is not.
        if t1 - t0 > 5.0 * (to - from) && t1 - t0 > 1.5 * self.usual {
            return f64::NAN;
        }
        let x = (0.5 * (from + to) - t0) / (t1 - t0);
        value(a - 1) + x * (value(a) - value(a - 1))
    }
}

/// Cuts every session of a study.
///
/// # Errors
/// Where a window is empty, an event is not in the study, or no trial is left.
pub fn cut(study: &Study, cut: &Cut) -> Result<Trials> {
    let subjects: Vec<&[Session]> = study.subjects.iter().map(|s| s.sessions.as_slice()).collect();
    cut_sessions(&subjects, &study.channel, &study.unit, cut)
}

/// Cuts the sessions of each subject.
///
/// # Errors
/// As [`cut`].
pub fn cut_sessions(subjects: &[&[Session]], channel: &str, unit: &str, cut: &Cut) -> Result<Trials> {
    check(cut)?;
    let lags = lags(cut);
    let of = |subject: usize| subject_trials(subjects[subject], channel, cut, &lags, subject);
    let parts = (0..subjects.len()).into_par_iter().map(of).collect::<Result<Vec<_>>>()?;
    let (left_out, incomplete) = parts.iter().fold((0, 0), |(l, i), p| (l + p.1, i + p.2));
    let trials: Vec<Trial> = parts.into_iter().flat_map(|p| p.0).collect();
    if trials.is_empty() {
        let none = Trials { cut: cut.clone(), lags, unit: unit.into(), trials, left_out, incomplete };
        let why = none.omitted().unwrap_or_else(|| "they do not happen".into());
        let problem = format!("no trial of {} is in the signal ({why})", cut.events.join(", "));
        return Err(Error::input("events", problem, "events that happen while the signal is recorded"));
    }
    let unit = if cut.normalise == Normalise::Z { "z of the baseline" } else { unit };
    Ok(Trials { cut: cut.clone(), lags, unit: unit.into(), trials, left_out, incomplete })
}

/// The trials of the sessions of one subject; how many are beyond the signal, and how many incomplete.
fn subject_trials(
    sessions: &[Session],
    channel: &str,
    cut: &Cut,
    lags: &[f64],
    subject: usize,
) -> Result<(Vec<Trial>, usize, usize)> {
    let mut counts = vec![0; cut.events.len()];
    let (mut trials, mut left_out, mut incomplete) = (Vec::new(), 0, 0);
    for (number, session) in sessions.iter().enumerate() {
        let log = &session.recording.events;
        let kinds = kinds(log, cut)?;
        let sums = session.recording.channel(channel).map(|c| Sums::new(&session.recording.times, &c.data));
        let half = 0.5 / cut.rate;
        for (row, event) in log.events().iter().enumerate() {
            let Some(kind) = kinds.iter().position(|k| *k == event.kind) else { continue };
            counts[kind] += 1;
            let table = table(session, row);
            let around = table.as_ref().map(|(times, data)| Sums::new(times, data));
            let (sums, event_at) = match (&around, &sums) {
                (Some(sums), _) => (sums, 0.0),
                (None, Some(sums)) => (sums, event.time),
                (None, None) => continue,
            };
            if !sums.spans(event_at + lags[0] + half, event_at + lags[lags.len() - 1] - half) {
                left_out += 1;
                continue;
            }
            let values = lags.iter().map(|l| sums.mean(event_at + l - half, event_at + l + half)).collect();
            let own = Trial { subject, session: number, event: kind, number: counts[kind], time: event.time, ..BLANK };
            match measured(cut, lags, values, own) {
                Some(trial) => trials.push(trial),
                None => incomplete += 1,
            }
        }
    }
    Ok((trials, left_out, incomplete))
}

/// The kinds of the events that are cut.
fn kinds(log: &EventLog, cut: &Cut) -> Result<Vec<EventKindId>> {
    let kind = |name: &String| {
        log.kind(name).ok_or_else(|| {
            let known = log.kinds().iter().map(|k| k.name.as_str()).collect::<Vec<_>>().join(", ");
            Error::input("events", format!("no event is called {name:?}"), known)
        })
    };
    cut.events.iter().map(kind).collect()
}

/// The signal around one event where a trial table holds it, on a clock that is 0 at the event.
fn table(session: &Session, row: usize) -> Option<(Vec<f64>, &[f64])> {
    let windows = session.windows.as_ref()?;
    let at = windows.rows.binary_search_by_key(&row, |(r, _)| *r).ok()?;
    let data = &windows.rows[at].1;
    Some(((0..data.len()).map(|i| windows.first + i as f64 * windows.interval).collect(), data))
}

/// A trial of which nothing is known.
const BLANK: Trial = Trial {
    subject: 0,
    session: 0,
    event: 0,
    number: 0,
    time: 0.0,
    values: Vec::new(),
    baseline: f64::NAN,
    spread: f64::NAN,
    amplitude: f64::NAN,
    area: f64::NAN,
    peak: f64::NAN,
    latency: f64::NAN,
};

/// The mean by time of the values that are there: each stands for half the time to its neighbours among the lags.
fn mean_by_time(lags: &[f64], values: &[f64]) -> f64 {
    let reach = |i: usize| {
        let (before, after) = (i.saturating_sub(1), (i + 1).min(lags.len() - 1));
        if before == after { 1.0 } else { 0.5 * (lags[after] - lags[before]) }
    };
    let there = values.iter().enumerate().filter(|(_, x)| x.is_finite());
    let (sum, time) = there.fold((0.0, 0.0), |(s, w), (i, x)| (s + reach(i) * x, w + reach(i)));
    sum / time
}

/// Normalises the values of a trial and measures them; `None` where too little of a window is there.
fn measured(cut: &Cut, lags: &[f64], mut values: Vec<f64>, own: Trial) -> Option<Trial> {
    let places = |window: Window| -> Vec<usize> { (0..lags.len()).filter(|&i| inside(window, lags[i])).collect() };
    let there = |places: &[usize], values: &[f64]| -> Option<Vec<(f64, f64)>> {
        let found: Vec<(f64, f64)> =
            places.iter().map(|&i| (lags[i], values[i])).filter(|(_, x)| x.is_finite()).collect();
        (!found.is_empty() && found.len() as f64 >= LEAST * places.len() as f64).then_some(found)
    };
    let before: Vec<f64> = there(&places(cut.baseline), &values)?.into_iter().map(|p| p.1).collect();
    let n = before.len() as f64;
    let baseline = before.iter().sum::<f64>() / n;
    let spread = (before.iter().map(|x| (x - baseline).powi(2)).sum::<f64>() / (n - 1.0)).sqrt();
    let (shift, scale) = match cut.normalise {
        Normalise::None => (0.0, 1.0),
        Normalise::Subtract => (baseline, 1.0),
        Normalise::Z => (baseline, spread),
    };
    if scale.is_nan() || scale <= 0.0 {
        return None;
    }
    values.iter_mut().for_each(|x| *x = (*x - shift) / scale);
    let wanted = places(cut.response);
    let response = there(&wanted, &values)?;
    let pick = |of: &[f64]| wanted.iter().map(|&i| of[i]).collect::<Vec<f64>>();
    let area = mean_by_time(&pick(lags), &pick(&values)) * (cut.response[1] - cut.response[0]);
    let highest = response.iter().copied().max_by(|a, b| a.1.total_cmp(&b.1))?;
    let amplitude = response.iter().map(|p| p.1).sum::<f64>() / response.len() as f64;
    Some(Trial { values, baseline, spread, amplitude, area, peak: highest.1, latency: highest.0, ..own })
}

#[cfg(test)]
mod tests {
    use super::*;

    const CUT: Cut = Cut {
        events: Vec::new(),
        window: [-1.0, 2.0],
        baseline: [-1.0, -0.1],
        normalise: Normalise::Subtract,
        rate: 10.0,
        response: [0.0, 2.0],
    };

    #[test]
    fn a_triangle_has_the_area_peak_and_latency_of_a_triangle() {
        let values = lags(&CUT).iter().map(|l| 5.0 + (1.0 - (l - 1.0).abs()).max(0.0)).collect();
        let trial = measured(&CUT, &lags(&CUT), values, BLANK).unwrap();
        assert!((trial.baseline - 5.0).abs() < 1e-12 && (trial.area - 1.0).abs() < 1e-12);
        assert!((trial.peak - 1.0).abs() < 1e-12 && (trial.latency - 1.0).abs() < 1e-12);
    }

    #[test]
    fn a_step_has_its_area_by_time_whatever_is_missing_and_at_any_rate_until_too_little_is_there() {
        let step = |rate: f64, missing: &dyn Fn(f64) -> bool| {
            let cut = Cut { rate, ..CUT };
            let lags = lags(&cut);
            let value = |l: &f64| if missing(*l) { f64::NAN } else { 3.0 + 2.0 * f64::from(u8::from(*l >= -1e-9)) };
            let values = lags.iter().map(value).collect();
            measured(&cut, &lags, values, BLANK)
        };
        for rate in [10.0, 20.0, 37.0, 100.0] {
            // A step of 2 over 2 s: at the beginning, in the middle and at the end of the response something is missing.
            for gap in [[5.0, 6.0], [-0.01, 0.8], [0.5, 1.4], [1.3, 2.1]] {
                let trial = step(rate, &|l| l >= gap[0] && l < gap[1]).unwrap();
                assert!(
                    (trial.area - 4.0).abs() < 1e-9 && (trial.amplitude - 2.0).abs() < 1e-9,
                    "{rate} {gap:?}: {trial:?}"
                );
            }
            assert!(step(rate, &|l| l > 0.7).is_none() && step(rate, &|l| l < -0.3).is_none());
        }
    }
}
