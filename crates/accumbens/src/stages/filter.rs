//! Zero-phase filters: Butterworth low-pass and high-pass, and the moving average, each forwards and backwards.
//!
//! Missing samples are bridged while the filter passes and are missing again behind it; every run between gaps of the
//! clock is filtered by itself. The ends are continued as SciPy's `filtfilt` continues them.

use super::butterworth::{self, Section};
use super::pieces::{fill, pieces, usual};
use super::{baseline_name, keep};
use accumbens_core::cleaning::{Ends, Filter, Smooth};
use accumbens_core::{Entry, Error, Recording, Result, Stage};
use rayon::prelude::*;

/// A Butterworth filter on some channels.
pub struct Butterworth {
    /// The filter.
    pub filter: Filter,
    /// Whether what is slow is taken away, and not what is fast.
    pub high_pass: bool,
    /// The channels.
    pub channels: Vec<String>,
}

/// A moving average on some channels.
pub struct MovingAverage {
    /// The average.
    pub smooth: Smooth,
    /// The channels.
    pub channels: Vec<String>,
}

/// The second-order sections of a Butterworth filter for samples at `rate`, Hz.
///
/// # Errors
/// Where the cut-off is not between 0 and half the rate.
pub fn sections(filter: &Filter, high_pass: bool, rate: f64) -> Result<Vec<Section>> {
    if !(filter.cutoff > 0.0 && filter.cutoff < 0.5 * rate) {
        let problem = format!("cutoff {} Hz at {rate:.4} samples a second", filter.cutoff);
        return Err(Error::input("filter", problem, format!("above 0 and below {:.4} Hz", 0.5 * rate)));
    }
    Ok(butterworth::design(filter.order, filter.cutoff, high_pass, rate))
}

/// A trace continued by `edge` samples on both sides.
fn continued(x: &[f64], edge: usize, ends: Ends) -> Vec<f64> {
    let (first, last) = (x[0], x[x.len() - 1]);
    let turned = |end: f64, inner: f64| match ends {
        Ends::Odd => 2.0 * end - inner,
        Ends::Even => inner,
    };
    let before = (1..=edge).rev().map(|i| turned(first, x[i]));
    let after = (1..=edge).map(|i| turned(last, x[x.len() - 1 - i]));
    before.chain(x.iter().copied()).chain(after).collect()
}

/// One pass of the sections, begun as if the first sample had always been.
fn pass(x: impl Iterator<Item = f64>, first: f64, resting: &[Section]) -> Vec<f64> {
    let mut sections = resting.to_vec();
    for s in &mut sections {
        s.memory = s.memory.map(|m| m * first);
    }
    butterworth::run(x, &mut sections)
}

/// Filters a trace without gaps and missing samples, forwards and backwards.
#[must_use]
pub fn forwards_and_backwards(x: &[f64], sections: &[Section], order: usize, ends: Ends) -> Vec<f64> {
    if x.len() < 2 {
        return x.to_vec();
    }
    let edge = (3 * (order + 1)).min(x.len() - 1);
    let mut resting = sections.to_vec();
    butterworth::rest(&mut resting);
    let wide = continued(x, edge, ends);
    let there = pass(wide.iter().copied(), wide[0], &resting);
    let mut back = pass(there.iter().rev().copied(), there[there.len() - 1], &resting);
    back.truncate(edge + x.len());
    back.drain(..edge);
    back.reverse();
    back
}

/// Applies `filter` to every run of a channel, past its missing samples.
fn by_pieces(times: &[f64], data: &mut [f64], filter: impl Fn(&[f64]) -> Vec<f64>) {
    for run in pieces(times) {
        let mut filled = data[run.clone()].to_vec();
        if !fill(&mut filled) {
            continue;
        }
        let filtered = filter(&filled);
        for (x, y) in data[run].iter_mut().zip(filtered) {
            if x.is_finite() {
                *x = y;
            }
        }
    }
}

impl Stage for Butterworth {
    fn name(&self) -> &'static str {
        if self.high_pass { "high_pass" } else { "low_pass" }
    }

    fn apply(&self, mut recording: Recording) -> Result<Recording> {
        let mut entry = Entry::new(self.name(), &self.filter);
        let rate = usual(&recording.times).map(|_| 1.0 / recording.interval().unwrap_or(f64::NAN));
        let rate = rate.ok_or_else(|| Error::input(self.name(), "a recording without samples", "two or more"))?;
        let sections = sections(&self.filter, self.high_pass, rate).map_err(|e| e.within(self.name()))?;
        entry.found("rate (Hz)", rate);
        let befores = self.channels.iter().map(|name| Ok(recording.channel_mut(self.name(), name)?.data.clone()));
        let befores = befores.collect::<Result<Vec<_>>>()?;
        let filtered = |before: &Vec<f64>| {
            let mut data = before.clone();
            by_pieces(&recording.times, &mut data, |x| {
                forwards_and_backwards(x, &sections, self.filter.order, self.filter.ends)
            });
            data
        };
        let afters: Vec<Vec<f64>> = befores.par_iter().map(filtered).collect();
        for ((name, before), data) in self.channels.iter().zip(&befores).zip(afters) {
            if self.high_pass {
                let slow = before.iter().zip(&data).map(|(x, y)| x - y).collect();
                keep(&mut recording, &baseline_name(name), name, slow);
            }
            recording.channel_mut(self.name(), name)?.data = data;
        }
        recording.history.push(entry);
        Ok(recording)
    }
}

/// One pass of a moving average over the last `n` samples, begun as if the first sample had always been.
fn average(x: impl Iterator<Item = f64>, n: usize, first: f64) -> Vec<f64> {
    /// The running sum is taken anew from time to time, so that rounding does not add up.
    const ANEW: usize = 4096;
    let mut window = vec![first; n];
    let mut sum = first * n as f64;
    let mut out = Vec::new();
    for (i, x) in x.enumerate() {
        let at = i % n;
        sum += x - window[at];
        window[at] = x;
        if i % ANEW == 0 {
            sum = window.iter().sum();
        }
        out.push(sum / n as f64);
    }
    out
}

impl Stage for MovingAverage {
    fn name(&self) -> &'static str {
        "smooth"
    }

    fn apply(&self, mut recording: Recording) -> Result<Recording> {
        let n = self.smooth.samples;
        let filter = |x: &[f64]| {
            let edge = (3 * n).min(x.len() - 1);
            let wide = continued(x, edge, Ends::Odd);
            let there = average(wide.iter().copied(), n, wide[0]);
            let mut back = average(there.iter().rev().copied(), n, there[there.len() - 1]);
            back.truncate(edge + x.len());
            back.drain(..edge);
            back.reverse();
            back
        };
        for name in &self.channels {
            let mut data = std::mem::take(&mut recording.channel_mut(self.name(), name)?.data);
            by_pieces(&recording.times, &mut data, filter);
            recording.channel_mut(self.name(), name)?.data = data;
        }
        recording.history.push(Entry::new(self.name(), &self.smooth));
        Ok(recording)
    }
}
