//! Maps the clock of one device to that of another by pulses that both saw.

use accumbens_core::{Entry, Error, Result};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The pulses that both devices saw.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Sync {
    /// The pulses as the signal's device saw them: an event of the file.
    pub signal: String,
    /// The same pulses as the device of the other events saw them.
    pub events: String,
    /// The furthest a pulse may lie from the fitted line, s; a larger residual is an error.
    #[serde(default = "tolerance")]
    pub tolerance: f64,
}

fn tolerance() -> f64 {
    0.1
}

/// A line from one clock to another, with what the pulses leave over.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mapped {
    /// Seconds of the other clock for a second of this one.
    pub slope: f64,
    /// The other clock's time at this one's 0, s.
    pub intercept: f64,
    /// Pulses in pairs.
    pub pairs: usize,
    /// Pulses of either device without a partner.
    pub alone: usize,
    /// Root mean square of the residuals, s.
    pub rms: f64,
    /// The largest residual, s.
    pub worst: f64,
}

impl Mapped {
    /// A time on the other clock.
    #[must_use]
    pub fn time(&self, t: f64) -> f64 {
        self.intercept + self.slope * t
    }

    /// As an entry of a recording's history.
    #[must_use]
    pub fn entry(&self, sync: &Sync) -> Entry {
        let mut entry = Entry::new("sync", sync);
        entry.found("drift (parts per million)", (self.slope - 1.0) * 1e6);
        entry.found("offset (s)", self.intercept);
        entry.found("pulses in pairs", self.pairs as f64);
        entry.found("pulses alone", self.alone as f64);
        entry.found("residual, root mean square (s)", self.rms);
        entry.found("residual, largest (s)", self.worst);
        entry
    }
}

/// Pulses of both devices that are compared with one another, at most.
const MOST: usize = 5000;
/// Offsets between clocks are told apart by this much, s.
const BIN: f64 = 0.05;

/// The most that clocks of seconds differ by.
const MOST_DRIFT: f64 = 0.01;

fn fit(pairs: &[(f64, f64)], all: usize) -> Mapped {
    let n = pairs.len() as f64;
    let (mx, my) = (pairs.iter().map(|p| p.0).sum::<f64>() / n, pairs.iter().map(|p| p.1).sum::<f64>() / n);
    let xy: f64 = pairs.iter().map(|(x, y)| (x - mx) * (y - my)).sum();
    let xx: f64 = pairs.iter().map(|(x, _)| (x - mx).powi(2)).sum();
    let slope = if xx > 0.0 { xy / xx } else { 1.0 };
    let intercept = my - slope * mx;
    let residuals = || pairs.iter().map(|(x, y)| y - intercept - slope * x);
    Mapped {
        slope,
        intercept,
        pairs: pairs.len(),
        alone: all - 2 * pairs.len(),
        rms: (residuals().map(|r| r * r).sum::<f64>() / n).sqrt(),
        worst: residuals().fold(0.0, |w, r| w.max(r.abs())),
    }
}

/// The offset between the clocks on which most pulses agree.
fn offset(from: &[f64], to: &[f64]) -> f64 {
    let (from, to) = (&from[..from.len().min(MOST)], &to[..to.len().min(MOST)]);
    let mut apart: Vec<f64> = from.iter().flat_map(|f| to.iter().map(move |t| t - f)).collect();
    apart.sort_by(f64::total_cmp);
    let (mut best, mut start) = ((0, 0), 0);
    for end in 0..apart.len() {
        while apart[end] - apart[start] > BIN {
            start += 1;
        }
        if end - start > best.1 - best.0 {
            best = (start, end);
        }
    }
    0.5 * (apart[best.0] + apart[best.1])
}

/// Pairs of pulses within `reach` of each other when the first clock is moved by `line`.
fn near(from: &[f64], to: &[f64], line: impl Fn(f64) -> f64, reach: f64) -> Vec<(f64, f64)> {
    let mut pairs: Vec<(f64, f64)> = Vec::new();
    for f in from {
        let t = line(*f);
        let after = to.partition_point(|x| *x < t);
        let candidates = [after.checked_sub(1), Some(after)].into_iter().flatten().filter_map(|i| to.get(i));
        let nearest = candidates.copied().min_by(|a, b| (a - t).abs().total_cmp(&(b - t).abs()));
        if let Some(n) = nearest.filter(|n| (n - t).abs() <= reach && pairs.last().is_none_or(|p| p.1 < *n)) {
            pairs.push((*f, n));
        }
    }
    pairs
}

/// Maps the clock of `from` to that of `to`. As many pulses on both sides are pairs in their order, where that fits;
/// else, where pulses were lost, pairs are those that agree on one offset and drift.
///
/// # Errors
/// Where fewer than half of the pulses find a partner, or a residual is larger than the tolerance.
pub fn map(from: &[f64], to: &[f64], tolerance: f64) -> Result<Mapped> {
    let (mut from, mut to) = (from.to_vec(), to.to_vec());
    from.retain(|t| t.is_finite());
    to.retain(|t| t.is_finite());
    from.sort_by(f64::total_cmp);
    to.sort_by(f64::total_cmp);
    let all = from.len() + to.len();
    if from.len() < 2 || to.len() < 2 {
        let problem = format!("{} and {} pulses", from.len(), to.len());
        return Err(Error::input("sync", problem, "two or more of each"));
    }
    if from.len() == to.len() {
        let inorder: Vec<(f64, f64)> = from.iter().copied().zip(to.iter().copied()).collect();
        let mapped = fit(&inorder, all);
        if mapped.worst <= tolerance && (mapped.slope - 1.0).abs() <= MOST_DRIFT {
            return Ok(mapped);
        }
    }
    let shift = offset(&from, &to);
    let mut pairs = near(&from, &to, |t| t + shift, 10.0 * BIN);
    for reach in [4.0 * BIN, BIN, tolerance] {
        if pairs.len() < 2 {
            break;
        }
        let line = fit(&pairs, all);
        pairs = near(&from, &to, |t| line.time(t), reach);
    }
    let fewer = from.len().min(to.len());
    if pairs.len() < fewer.min(3) || 2 * pairs.len() < fewer {
        let problem = format!("only {} of {} and {} pulses agree on one clock", pairs.len(), from.len(), to.len());
        return Err(Error::input("sync", problem, "the same pulses on both sides"));
    }
    let mapped = fit(&pairs, all);
    if (mapped.slope - 1.0).abs() > MOST_DRIFT {
        let problem = format!("a second of one clock would be {} s of the other", mapped.slope);
        return Err(Error::input("sync", problem, "clocks that differ by 1 % at most: is the unit right?"));
    }
    if mapped.worst > tolerance {
        let problem = format!("a pulse lies {:.4} s from the line", mapped.worst);
        return Err(Error::input("sync", problem, format!("at most the tolerance of {tolerance} s")));
    }
    Ok(mapped)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drifting_clock_is_found_again_also_where_pulses_were_lost() {
        let mut time = 0.0;
        let to: Vec<f64> = (0..200)
            .map(|i| {
                time += 5.0 + f64::from(i * i * i * 31 % 1009) / 100.0;
                time
            })
            .collect();
        let from: Vec<f64> = to.iter().map(|t| (t - 123.25) / 1.000_125).collect();
        let whole = map(&from, &to, 0.01).unwrap();
        assert!((whole.slope - 1.000_125).abs() < 1e-9 && (whole.intercept - 123.25).abs() < 1e-6);
        let lossy: Vec<f64> = from.iter().copied().enumerate().filter(|(i, _)| i % 7 != 3).map(|(_, t)| t).collect();
        let some = map(&lossy, &to[5..], 0.01).unwrap();
        assert!((some.slope - 1.000_125).abs() < 1e-9 && some.pairs > 160 && some.worst < 1e-9, "{some:?}");
        assert!(map(&[1.0, 2.0, 4.0], &[10.0, 13.0, 19.5], 0.01).is_err());
    }
}
