//! Cuts the signal around events, and measures each response.

use accumbens_core::study::{Session, Study, Window};
use accumbens_core::{Error, Result};
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
    /// Mean over the response window.
    pub amplitude: f64,
    /// Integral over the response window, unit × s.
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
    /// Events left out because the baseline or all of the window is not in the signal.
    pub left_out: usize,
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
    Ok(())
}

/// Running sums of a signal, so that any stretch of it is averaged at once.
struct Sums<'a> {
    times: &'a [f64],
    sums: Vec<f64>,
    counts: Vec<u32>,
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
        Self { times, sums, counts }
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
        if t1 - t0 > 5.0 * (to - from) {
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
    let steps = ((cut.window[1] - cut.window[0]) * cut.rate).round().max(1.0) as usize;
    let lags: Vec<f64> = (0..=steps).map(|i| cut.window[0] + i as f64 / cut.rate).collect();
    let of = |subject: usize| subject_trials(subjects[subject], channel, cut, &lags, subject);
    let parts = (0..subjects.len()).into_par_iter().map(of).collect::<Result<Vec<_>>>()?;
    let left_out = parts.iter().map(|p| p.1).sum();
    let trials: Vec<Trial> = parts.into_iter().flat_map(|p| p.0).collect();
    if trials.is_empty() {
        let problem = format!("no trial of {} is in the signal", cut.events.join(", "));
        return Err(Error::input("events", problem, "events that happen while the signal is recorded"));
    }
    let unit = if cut.normalise == Normalise::Z { "z of the baseline" } else { unit };
    Ok(Trials { cut: cut.clone(), lags, unit: unit.into(), trials, left_out })
}

/// The trials of the sessions of one subject.
fn subject_trials(
    sessions: &[Session],
    channel: &str,
    cut: &Cut,
    lags: &[f64],
    subject: usize,
) -> Result<(Vec<Trial>, usize)> {
    let mut counts = vec![0; cut.events.len()];
    let (mut trials, mut left_out) = (Vec::new(), 0);
    for (number, session) in sessions.iter().enumerate() {
        let log = &session.recording.events;
        let kinds = cut.events.iter().map(|name| {
            log.kind(name).ok_or_else(|| {
                let known = log.kinds().iter().map(|k| k.name.as_str()).collect::<Vec<_>>().join(", ");
                Error::input("events", format!("no event is called {name:?}"), known)
            })
        });
        let kinds = kinds.collect::<Result<Vec<_>>>()?;
        let sums = session.recording.channel(channel).map(|c| Sums::new(&session.recording.times, &c.data));
        let half = 0.5 / cut.rate;
        for (row, event) in log.events().iter().enumerate() {
            let Some(kind) = kinds.iter().position(|k| *k == event.kind) else { continue };
            counts[kind] += 1;
            // A trial table holds the signal around its events alone, on a clock that is 0 at the event.
            let table = session.windows.as_ref().and_then(|w| {
                let at = w.rows.binary_search_by_key(&row, |(r, _)| *r).ok()?;
                let times: Vec<f64> = (0..w.rows[at].1.len()).map(|i| w.first + i as f64 * w.interval).collect();
                Some((times, &w.rows[at].1))
            });
            let values: Vec<f64> = match (&table, &sums) {
                (Some((times, data)), _) => {
                    let sums = Sums::new(times, data);
                    lags.iter().map(|l| sums.mean(l - half, l + half)).collect()
                }
                (None, Some(sums)) => {
                    lags.iter().map(|l| sums.mean(event.time + l - half, event.time + l + half)).collect()
                }
                (None, None) => continue,
            };
            let trial = Trial {
                subject,
                session: number,
                event: kind,
                number: counts[kind],
                time: event.time,
                ..measured(cut, lags, values)
            };
            // A trial at the edge of the recording has not all of its window, and counts for nothing.
            let whole = trial.baseline.is_finite()
                && trial.values.first().is_some_and(|x| x.is_finite())
                && trial.values.last().is_some_and(|x| x.is_finite());
            if whole { trials.push(trial) } else { left_out += 1 }
        }
    }
    Ok((trials, left_out))
}

/// Normalises the values of a trial and measures them.
fn measured(cut: &Cut, lags: &[f64], mut values: Vec<f64>) -> Trial {
    let inside = |window: Window, values: &[f64]| -> Vec<(f64, f64)> {
        let here = |l: f64| l >= window[0] - 1e-9 && l <= window[1] + 1e-9;
        lags.iter().zip(values).filter(|(l, x)| here(**l) && x.is_finite()).map(|(l, x)| (*l, *x)).collect()
    };
    let before: Vec<f64> = inside(cut.baseline, &values).into_iter().map(|p| p.1).collect();
    let n = before.len() as f64;
    let baseline = before.iter().sum::<f64>() / n;
    let spread = (before.iter().map(|x| (x - baseline).powi(2)).sum::<f64>() / (n - 1.0)).sqrt();
    let (shift, scale) = match cut.normalise {
        Normalise::None => (0.0, 1.0),
        Normalise::Subtract => (baseline, 1.0),
        Normalise::Z => (baseline, spread),
    };
    values.iter_mut().for_each(|x| *x = (*x - shift) / scale);
    let response = inside(cut.response, &values);
    let amplitude = response.iter().map(|p| p.1).sum::<f64>() / response.len() as f64;
    let area = response.windows(2).map(|w| 0.5 * (w[0].1 + w[1].1) * (w[1].0 - w[0].0)).sum();
    let peak = response.iter().copied().fold((f64::NAN, f64::NEG_INFINITY), |m, p| if p.1 > m.1 { p } else { m });
    Trial {
        subject: 0,
        session: 0,
        event: 0,
        number: 0,
        time: 0.0,
        values,
        baseline,
        spread,
        amplitude,
        area,
        peak: if peak.1.is_finite() { peak.1 } else { f64::NAN },
        latency: peak.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_triangle_has_the_area_peak_and_latency_of_a_triangle() {
        let cut = Cut {
            events: Vec::new(),
            window: [-1.0, 2.0],
            baseline: [-1.0, -0.1],
            normalise: Normalise::Subtract,
            rate: 10.0,
            response: [0.0, 2.0],
        };
        let lags: Vec<f64> = (0..=30).map(|i| -1.0 + f64::from(i) / 10.0).collect();
        let values = lags.iter().map(|l| 5.0 + (1.0 - (l - 1.0).abs()).max(0.0)).collect();
        let trial = measured(&cut, &lags, values);
        assert!((trial.baseline - 5.0).abs() < 1e-12 && (trial.area - 1.0).abs() < 1e-12);
        assert!((trial.peak - 1.0).abs() < 1e-12 && (trial.latency - 1.0).abs() < 1e-12);
    }
}
