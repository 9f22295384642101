//! Estimates how the light fades and subtracts it; the curve stays beside the channel, for ΔF/F and for the eye.

use super::penalised::{airpls, asls};
use super::pieces::{MAD_TO_SD, fill, median_absolute, percentile};
use super::{baseline_name, exponentials, keep};
use accumbens_core::cleaning::Bleaching;
use accumbens_core::{Entry, Error, Recording, Result, Stage};
use rayon::prelude::*;

/// Bleaching of some channels.
pub struct BleachingStage {
    /// The method.
    pub bleaching: Bleaching,
    /// The channels.
    pub channels: Vec<String>,
}

/// Iterations of a robust fit.
const ROUNDS: usize = 12;
/// Residuals beyond so many robust standard deviations count for nothing (Tukey's bisquare at 95 % efficiency).
const TUNING: f64 = 4.685;
/// Samples of a window that are ranked: more do not change a percentile by more than noise does.
const RANKED: usize = 4096;

impl Stage for BleachingStage {
    fn name(&self) -> &'static str {
        "bleaching"
    }

    fn apply(&self, mut recording: Recording) -> Result<Recording> {
        let mut entry = Entry::new(self.name(), &self.bleaching);
        let mut traces = Vec::new();
        for name in &self.channels {
            let data = std::mem::take(&mut recording.channel_mut(self.name(), name)?.data);
            if data.iter().filter(|x| x.is_finite()).count() < 16 {
                return Err(Error::input(
                    format!("bleaching of {name}"),
                    "fewer than 16 samples",
                    "a longer recording",
                ));
            }
            traces.push(data);
        }
        let curve = |data: &Vec<f64>| {
            let (mut found, mut looks) = (Vec::new(), Vec::new());
            let mut tell = |what: &str, x| found.push((what.to_owned(), x));
            let curve = self.curve(&recording.times, data, &mut tell, &mut looks);
            (curve, found, looks)
        };
        let curves: Vec<_> = traces.par_iter().map(curve).collect();
        for ((name, mut data), curve) in self.channels.iter().zip(traces).zip(curves) {
            let (curve, found, looks) = curve;
            entry.looks.extend(looks.into_iter().map(|l| format!("{name}: {l}")));
            found.into_iter().for_each(|(what, x)| entry.found(format!("{name}: {what}"), x));
            let mut squares = 0.0;
            for (x, b) in data.iter_mut().zip(&curve) {
                *x -= b;
                squares += if x.is_finite() { *x * *x } else { 0.0 };
            }
            entry.found(format!("{name}: SSE"), squares);
            if let (Some(first), Some(last)) = (curve.first(), curve.last()) {
                entry.found(format!("{name}: faded (%)"), 100.0 * (1.0 - last / first));
            }
            recording.channel_mut(self.name(), name)?.data = data;
            keep(&mut recording, &baseline_name(name), name, curve);
        }
        recording.history.push(entry);
        Ok(recording)
    }
}

impl BleachingStage {
    fn curve(
        &self,
        times: &[f64],
        data: &[f64],
        found: &mut dyn FnMut(&str, f64),
        looks: &mut Vec<String>,
    ) -> Vec<f64> {
        match &self.bleaching {
            Bleaching::Exponential { terms, robust, slowest, fastest, slow_at_least } => {
                let (terms, slowest, fastest, slow_at_least) = (*terms, *slowest, *fastest, *slow_at_least);
                let bounds = exponentials::Bounds { terms, slowest, fastest, slow_at_least };
                let fit = if *robust { robustly(times, data, &bounds) } else { bounds.fit(times, data, None, None) };
                found("constant", fit.constant);
                for (i, (amplitude, constant)) in fit.terms.iter().enumerate() {
                    found(&format!("amplitude {}", i + 1), *amplitude);
                    found(&format!("time constant {} (s)", i + 1), *constant);
                }
                looks.extend(bounds.hit(&fit));
                fit.curve(times)
            }
            Bleaching::MovingPercentile { percent, window } => moving(times, data, *percent, *window),
            Bleaching::Airpls { lambda, rate } => coarse(times, data, *rate, |y| airpls(y, *lambda)),
            Bleaching::Asls { lambda, asymmetry, rate } => coarse(times, data, *rate, |y| asls(y, *lambda, *asymmetry)),
        }
    }
}

/// Fits, and fits again with samples far from the fit counting less, until the curve rests.
fn robustly(times: &[f64], data: &[f64], bounds: &exponentials::Bounds) -> exponentials::Fit {
    let mut fit = bounds.fit(times, data, None, None);
    for _ in 0..ROUNDS {
        let curve = fit.curve(times);
        let residuals: Vec<f64> = data.iter().zip(&curve).map(|(x, c)| x - c).collect();
        let scale = MAD_TO_SD * median_absolute(&residuals);
        if scale.is_nan() || scale <= 0.0 {
            break;
        }
        let weight =
            |r: &f64| if r.abs() < TUNING * scale { (1.0 - (r / (TUNING * scale)).powi(2)).powi(2) } else { 0.0 };
        let weights: Vec<f64> = residuals.iter().map(weight).collect();
        let next = bounds.fit(times, data, Some(&weights), Some(&fit));
        let moved = curve.iter().zip(next.curve(times)).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        fit = next;
        if moved < 1e-6 * scale {
            break;
        }
    }
    fit
}

/// A percentile of the samples around knots a twentieth of the window apart, and lines between the knots.
fn moving(times: &[f64], data: &[f64], percent: f64, window: f64) -> Vec<f64> {
    let (first, last) = (times[0], times[times.len() - 1]);
    let knots = ((last - first) / window * 20.0).ceil().max(1.0) as usize + 1;
    let at = |k: usize| first + (last - first) * k as f64 / (knots - 1).max(1) as f64;
    let value = |k: usize| {
        let from = times.partition_point(|t| *t < at(k) - 0.5 * window);
        let to = times.partition_point(|t| *t <= at(k) + 0.5 * window);
        let part: Vec<f64> = data[from..to].iter().copied().step_by(((to - from) / RANKED).max(1)).collect();
        percentile(&part, percent)
    };
    let mut values: Vec<f64> = (0..knots).map(value).collect();
    fill(&mut values);
    between(times, first, (last - first) / (knots - 1).max(1) as f64, &values)
}

/// Values at knots from `first`, `step` s apart, read off at other times by lines.
fn between(times: &[f64], first: f64, step: f64, values: &[f64]) -> Vec<f64> {
    let read = |t: &f64| {
        let x = ((t - first) / step).clamp(0.0, (values.len() - 1) as f64);
        let i = (x as usize).min(values.len().saturating_sub(2));
        let next = values.get(i + 1).copied().unwrap_or(values[i]);
        values[i] + (x - i as f64) * (next - values[i])
    };
    times.iter().map(read).collect()
}

/// A smoother on the trace averaged to `rate`, and lines between its values.
fn coarse(times: &[f64], data: &[f64], rate: f64, smooth: impl Fn(&[f64]) -> Vec<f64>) -> Vec<f64> {
    let (first, last) = (times[0], times[times.len() - 1]);
    let bins = ((last - first) * rate + 1e-6).floor() as usize + 1;
    let (mut sums, mut counts) = (vec![0.0; bins], vec![0.0; bins]);
    // Where in their bins samples lie on average: a bin's mean stands there.
    let (mut late, mut seen) = (0.0, 0.0);
    for (t, x) in times.iter().zip(data).filter(|(_, x)| x.is_finite()) {
        let place = (t - first) * rate;
        // A sample on the edge of a bin, but for rounding, begins it.
        let bin = ((place + 1e-6) as usize).min(bins - 1);
        late += place - bin as f64;
        seen += 1.0;
        sums[bin] += x;
        counts[bin] += 1.0;
    }
    let mut means: Vec<f64> = sums.iter().zip(&counts).map(|(s, n)| s / n).collect();
    fill(&mut means);
    between(times, first + late / seen / rate, 1.0 / rate, &smooth(&means))
}
