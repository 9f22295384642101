//! Looks at every sample of a source once, block by block: rates, gaps, missing values, ranges.

use accumbens_core::Result;
use accumbens_core::format::{Clock, Source};
use serde::Serialize;

/// Samples looked at together.
const BLOCK: usize = 1 << 18;
/// A clock has a gap where two samples are further apart than so many intervals.
const GAP: f64 = 1.5;

/// What the samples of a stream show.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Survey {
    /// The first time, s; NaN without samples.
    pub start: f64,
    /// The last time, s; NaN without samples.
    pub end: f64,
    /// Samples a second: the mean between first and last, without gaps.
    pub rate: f64,
    /// Places where samples are missing between two others.
    pub gaps: usize,
    /// How long all gaps are together, s.
    pub gap_seconds: f64,
    /// Places where a time is not after the one before.
    pub backwards: usize,
    /// Samples without a time or a value.
    pub missing: usize,
    /// Lowest value.
    pub lowest: f64,
    /// Highest value.
    pub highest: f64,
    /// The share of samples at the highest or lowest value: near 0 unless the detector saturated.
    pub clipped: f64,
}

/// The typical time between samples, from the first of them.
fn typical(source: &dyn Source, stream: usize) -> Result<f64> {
    if let Clock::Regular { interval, .. } = source.holdings().streams[stream].clock {
        return Ok(interval);
    }
    let times = source.times(stream, 0..4096.min(source.holdings().streams[stream].samples))?;
    let times: Vec<f64> = times.into_iter().filter(|t| t.is_finite()).collect();
    let mut apart: Vec<f64> = times.windows(2).map(|w| w[1] - w[0]).filter(|d| *d > 0.0).collect();
    if apart.is_empty() {
        return Ok(f64::NAN);
    }
    let middle = apart.len() / 2;
    Ok(*apart.select_nth_unstable_by(middle, f64::total_cmp).1)
}

/// Surveys a stream. `go_on` is asked before each block; where it says no, the survey ends there.
///
/// # Errors
/// Where samples cannot be read.
pub fn survey(source: &dyn Source, stream: usize, mut go_on: impl FnMut() -> bool) -> Result<Survey> {
    let samples = source.holdings().streams[stream].samples;
    let usual = typical(source, stream)?;
    let mut seen = Survey {
        start: f64::NAN,
        end: f64::NAN,
        rate: f64::NAN,
        gaps: 0,
        gap_seconds: 0.0,
        backwards: 0,
        missing: 0,
        lowest: f64::INFINITY,
        highest: f64::NEG_INFINITY,
        clipped: 0.0,
    };
    let (mut counted, mut at_ends) = (0_usize, [0_usize; 2]);
    let mut from = 0;
    while from < samples && go_on() {
        let to = (from + BLOCK).min(samples);
        let (times, values) = (source.times(stream, from..to)?, source.samples(stream, from..to)?);
        for (t, x) in times.iter().zip(&values) {
            if !t.is_finite() {
                seen.missing += 1;
                continue;
            }
            counted += 1;
            if seen.start.is_nan() {
                seen.start = *t;
            } else if *t <= seen.end {
                seen.backwards += 1;
            } else if *t - seen.end > GAP * usual {
                seen.gaps += 1;
                seen.gap_seconds += *t - seen.end - usual;
            }
            seen.end = *t;
            if !x.is_finite() {
                seen.missing += 1;
                continue;
            }
            at_ends[0] = if *x < seen.lowest { 1 } else { at_ends[0] + usize::from(*x == seen.lowest) };
            at_ends[1] = if *x > seen.highest { 1 } else { at_ends[1] + usize::from(*x == seen.highest) };
            (seen.lowest, seen.highest) = (seen.lowest.min(*x), seen.highest.max(*x));
        }
        from = to;
    }
    if counted > 1 {
        seen.rate = (counted - 1) as f64 / (seen.end - seen.start - seen.gap_seconds);
        let most = at_ends.into_iter().max().unwrap_or(0);
        seen.clipped = if seen.lowest < seen.highest { most as f64 / counted as f64 } else { 0.0 };
    }
    Ok(seen)
}
