//! Fits the reference channel to the signal and subtracts the fit: what moves both is motion and light, not dopamine.

use super::keep;
use super::pieces::{MAD_TO_SD, fill, median_absolute, within};
use super::spectrum::Spectrum;
use accumbens_core::cleaning::{Reference, ReferenceMethod};
use accumbens_core::{Entry, Error, Recording, Result, Stage};

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
const RESTS: f64 = 1e-10;

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

/// A line fitted to weighted pairs by least squares; a constant where the reference does not vary.
fn least_squares(x: &[f64], y: &[f64], weights: Option<&[f64]>) -> Line {
    let weight = |i: usize| weights.map_or(1.0, |w| w[i]);
    let (mut n, mut sx, mut sy) = (0.0, 0.0, 0.0);
    for i in 0..x.len() {
        let w = weight(i);
        n += w;
        sx += w * x[i];
        sy += w * y[i];
    }
    let (mx, my) = (sx / n, sy / n);
    let (mut xy, mut xx) = (0.0, 0.0);
    for i in 0..x.len() {
        let d = weight(i) * (x[i] - mx);
        xy += d * (y[i] - my);
        xx += d * (x[i] - mx);
    }
    let slope = if xx > 0.0 { xy / xx } else { 0.0 };
    Line { intercept: my - slope * mx, slope }
}

/// The line of ordinary least squares.
#[must_use]
pub fn ols(x: &[f64], y: &[f64]) -> Line {
    least_squares(x, y, None)
}

/// The line of iteratively reweighted least squares with Tukey's bisquare, its scale (the normalised median absolute
/// residual) and the iterations it took.
#[must_use]
pub fn robust(x: &[f64], y: &[f64], tuning: f64) -> (Line, f64, usize) {
    let mut line = ols(x, y);
    let mut weights = vec![1.0; x.len()];
    let mut residuals = vec![0.0; x.len()];
    let mut scale = 0.0;
    let spread = x.iter().fold(0.0_f64, |m, x| m.max(x.abs())).max(f64::MIN_POSITIVE);
    for round in 0..ROUNDS {
        for ((r, x), y) in residuals.iter_mut().zip(x).zip(y) {
            *r = y - line.intercept - line.slope * x;
        }
        scale = MAD_TO_SD * median_absolute(&residuals);
        if scale.is_nan() || scale <= 0.0 {
            return (line, 0.0, round);
        }
        let far = tuning * scale;
        for (w, r) in weights.iter_mut().zip(&residuals) {
            let u = r / far;
            *w = if u.abs() < 1.0 { (1.0 - u * u).powi(2) } else { 0.0 };
        }
        let next = least_squares(x, y, Some(&weights));
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
