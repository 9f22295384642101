//! Fits the reference channel to the signal and subtracts the fit: what moves both is motion and light, not dopamine.

use super::keep;
use super::pieces::{MAD_TO_SD, fill, median_absolute, within};
use super::spectrum::Spectrum;
use accumbens_core::cleaning::{Reference, ReferenceMethod};
use accumbens_core::{Entry, Error, Recording, Result, Stage};
use rayon::prelude::*;

/// The reference fitted to the signal.
pub struct ReferenceStage {
    /// The method.
    pub reference: Reference,
    /// The signal's channel.
    pub signal: String,
    /// The reference's channel.
    pub channel: String,
}

/// Iterations of a robust fit at most.
const ROUNDS: usize = 100;
/// A robust fit rests where its coefficients change less than this, relative to the signal's scale.
const RESTS: f64 = 1e-8;

/// The name of the fitted reference beside a channel.
#[must_use]
pub fn fit_name(signal: &str) -> String {
    format!("{signal} reference fit")
}

/// A line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Line {
    /// At 0.
    pub intercept: f64,
    /// For each unit of the reference.
    pub slope: f64,
}

/// Samples that are summed together. Stretches are summed side by side and put together in their order, so that the same
/// bytes come out on any number of threads.
const STRETCH: usize = 1 << 16;

/// Sums over pairs, each with the weight that its number, x and y give.
fn sums(x: &[f64], y: &[f64], centre: (f64, f64), weight: impl Fn(f64, f64) -> f64 + Sync) -> [f64; 5] {
    let stretch = |(x, y): (&[f64], &[f64])| {
        let mut sums = [0.0; 5];
        for (x, y) in x.iter().zip(y) {
            let w = weight(*x, *y);
            let (dx, dy) = (x - centre.0, y - centre.1);
            sums[0] += w;
            sums[1] += w * dx;
            sums[2] += w * dy;
            sums[3] += w * dx * dx;
            sums[4] += w * dx * dy;
        }
        sums
    };
    let parts: Vec<[f64; 5]> = x.par_chunks(STRETCH).zip(y.par_chunks(STRETCH)).map(stretch).collect();
    parts.iter().fold([0.0; 5], |sum, part| std::array::from_fn(|i| sum[i] + part[i]))
}

/// The line of weighted least squares from sums about a centre; a constant where the reference does not vary.
fn solved([n, sx, sy, xx, xy]: [f64; 5], centre: (f64, f64)) -> Line {
    let (mx, my) = (sx / n, sy / n);
    let (xx, xy) = (xx - sx * mx, xy - sx * my);
    let slope = if xx > 0.0 { xy / xx } else { 0.0 };
    Line { intercept: centre.1 + my - slope * (centre.0 + mx), slope }
}

/// Where sums are taken about, so that no digits are lost: the means.
fn means(x: &[f64], y: &[f64]) -> (f64, f64) {
    let [n, sx, sy, ..] = sums(x, y, (0.0, 0.0), |_, _| 1.0);
    (sx / n, sy / n)
}

/// The line of ordinary least squares.
#[must_use]
pub fn ols(x: &[f64], y: &[f64]) -> Line {
    let centre = means(x, y);
    solved(sums(x, y, centre, |_, _| 1.0), centre)
}

/// The line of iteratively reweighted least squares with Tukey's bisquare, its scale (the normalised median absolute
/// residual) and the iterations it took.
#[must_use]
pub fn robust(x: &[f64], y: &[f64], tuning: f64) -> (Line, f64, usize) {
    let centre = means(x, y);
    let mut line = solved(sums(x, y, centre, |_, _| 1.0), centre);
    let mut residuals = vec![0.0; x.len()];
    let mut scale = 0.0;
    let spread = x.iter().fold(0.0_f64, |m, x| m.max(x.abs())).max(f64::MIN_POSITIVE);
    for round in 0..ROUNDS {
        let now = line;
        residuals.par_chunks_mut(STRETCH).zip(x.par_chunks(STRETCH)).zip(y.par_chunks(STRETCH)).for_each(
            |((residuals, x), y)| {
                for ((r, x), y) in residuals.iter_mut().zip(x).zip(y) {
                    *r = y - now.intercept - now.slope * x;
                }
            },
        );
        scale = MAD_TO_SD * median_absolute(&residuals);
        if scale.is_nan() || scale <= 0.0 {
            return (line, 0.0, round);
        }
        let far = tuning * scale;
        let weight = |x: f64, y: f64| {
            let u = (y - now.intercept - now.slope * x) / far;
            if u.abs() < 1.0 { (1.0 - u * u).powi(2) } else { 0.0 }
        };
        let next = solved(sums(x, y, centre, weight), centre);
        let moved = (next.intercept - line.intercept).abs().max((next.slope - line.slope).abs() * spread);
        line = next;
        if moved <= RESTS * scale {
            return (line, scale, round + 1);
        }
    }
    (line, scale, ROUNDS)
}

impl ReferenceStage {
    /// The reference scaled so that the amplitudes of both above a frequency agree, about the means of both.
    fn by_spectra(&self, times: &[f64], x: &[f64], y: &[f64]) -> Result<Line> {
        let rate = (times.len() - 1) as f64 / (times[times.len() - 1] - times[0]);
        let above = self.reference.above;
        if above >= 0.5 * rate {
            let problem = format!("above = {above} Hz at {rate:.2} samples a second");
            return Err(Error::input("reference", problem, format!("below {:.2} Hz, or another method", 0.5 * rate)));
        }
        let amplitude = |values: &[f64]| {
            let mut filled = values.to_vec();
            fill(&mut filled);
            Spectrum::new(&filled, rate).amplitude_above(above)
        };
        let (of_x, of_y) = (amplitude(x), amplitude(y));
        let slope = if of_x > 0.0 { of_y / of_x } else { 0.0 };
        let mean = |v: &[f64]| v.iter().sum::<f64>() / v.len() as f64;
        Ok(Line { intercept: mean(y) - slope * mean(x), slope })
    }
}

impl Stage for ReferenceStage {
    fn name(&self) -> &'static str {
        "reference"
    }

    fn apply(&self, mut recording: Recording) -> Result<Recording> {
        let mut entry = Entry::new(self.name(), &self.reference);
        let reference = recording.channel_mut(self.name(), &self.channel)?.data.clone();
        let mut signal = recording.channel_mut(self.name(), &self.signal)?.data.clone();
        let inside = within(&recording.times, self.reference.epoch);
        let both = |i: &usize| signal[*i].is_finite() && reference[*i].is_finite();
        let rows: Vec<usize> = inside.filter(both).collect();
        if rows.len() < 16 {
            let problem = format!("{} samples of both channels within the epoch", rows.len());
            return Err(Error::input("reference", problem, "16 or more"));
        }
        let x: Vec<f64> = rows.iter().map(|&i| reference[i]).collect();
        let y: Vec<f64> = rows.iter().map(|&i| signal[i]).collect();
        let mut line = match self.reference.method {
            ReferenceMethod::Ols => ols(&x, &y),
            ReferenceMethod::Robust => {
                let (line, scale, rounds) = robust(&x, &y, self.reference.tuning);
                entry.found("scale", scale);
                entry.found("iterations", rounds as f64);
                line
            }
            ReferenceMethod::Frequency => {
                let times: Vec<f64> = rows.iter().map(|&i| recording.times[i]).collect();
                self.by_spectra(&times, &x, &y)?
            }
        };
        entry.found("slope before the sign is looked at", line.slope);
        if self.reference.non_negative && line.slope < 0.0 {
            line = Line { intercept: y.iter().sum::<f64>() / y.len() as f64, slope: 0.0 };
        }
        entry.found("slope", line.slope);
        entry.found("intercept", line.intercept);
        entry.found("R²", explained(&x, &y));
        entry.found("samples", rows.len() as f64);
        let fit: Vec<f64> = reference.iter().map(|r| line.intercept + line.slope * r).collect();
        signal.iter_mut().zip(&fit).for_each(|(s, f)| *s -= f);
        recording.channel_mut(self.name(), &self.signal)?.data = signal;
        keep(&mut recording, &fit_name(&self.signal), &self.signal, fit);
        recording.history.push(entry);
        Ok(recording)
    }
}

/// The squared correlation of two channels.
fn explained(x: &[f64], y: &[f64]) -> f64 {
    let there = ols(x, y);
    let back = ols(y, x);
    there.slope * back.slope
}
