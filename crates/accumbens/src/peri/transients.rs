//! Finds transients: peaks that stand out of a moving baseline by a multiple of its median absolute deviation.
//!
//! The thresholds are GuPPy's: within each window, samples above the median by more than twice the deviation are set
//! aside; a transient begins where the signal rises above the median of the rest by more than three times the deviation
//! of the rest. It ends, unlike there, only where the signal is back at that median, so that noise on its flank is not a
//! transient of its own.

use crate::stages::pieces::{median, median_absolute, pieces};
use serde::Serialize;

/// How transients are found.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Threshold {
    /// The length of a window, s.
    pub window: f64,
    /// Samples above the median by so many deviations are set aside.
    pub aside: f64,
    /// A peak is above the median of the rest by so many deviations.
    pub above: f64,
}

impl Default for Threshold {
    fn default() -> Self {
        Self { window: 15.0, aside: 2.0, above: 3.0 }
    }
}

/// A transient.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Transient {
    /// When its peak is, s.
    pub time: f64,
    /// Its height above the median of the rest of its window, in the signal's unit.
    pub amplitude: f64,
}

/// The transients of a signal.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Transients {
    /// The transients.
    pub transients: Vec<Transient>,
    /// How many there are a minute.
    pub rate: f64,
    /// Their mean amplitude, in the signal's unit; NaN without any.
    pub amplitude: f64,
}

/// Finds the transients of a signal.
#[must_use]
pub fn find(times: &[f64], data: &[f64], threshold: &Threshold) -> Transients {
    let mut found = Vec::new();
    let mut seconds = 0.0;
    for run in pieces(times) {
        let (times, data) = (&times[run.clone()], &data[run]);
        let mut open = Open { peak: None, found: &mut found };
        let mut from = 0;
        while from < times.len() {
            let to = times.partition_point(|t| *t < times[from] + threshold.window).max(from + 1);
            let (centre, high) = thresholds(&data[from..to], threshold);
            (from..to).filter(|i| data[*i].is_finite()).for_each(|i| open.see(times[i], data[i], centre, high));
            from = to;
        }
        open.end();
        // Time in which light was missing is no time without transients.
        let lasts = |w: (&[f64], &f64)| if w.1.is_finite() { w.0[1] - w.0[0] } else { 0.0 };
        seconds += times.windows(2).zip(data).map(lasts).sum::<f64>();
    }
    let n = found.len() as f64;
    let amplitude = found.iter().map(|t: &Transient| t.amplitude).sum::<f64>() / n;
    Transients { rate: if seconds > 0.0 { 60.0 * n / seconds } else { f64::NAN }, amplitude, transients: found }
}

/// The median of what is left when high samples are set aside, and how high a transient begins.
fn thresholds(values: &[f64], threshold: &Threshold) -> (f64, f64) {
    let deviation =
        |values: &[f64], centre: f64| median_absolute(&values.iter().map(|x| x - centre).collect::<Vec<_>>());
    let centre = median(values);
    let far = centre + threshold.aside * deviation(values, centre);
    let rest: Vec<f64> = values.iter().copied().filter(|x| *x <= far).collect();
    let centre = median(&rest);
    (centre, centre + threshold.above * deviation(&rest, centre))
}

/// A transient that may not have ended: its highest value so far.
struct Open<'a> {
    peak: Option<(Transient, f64)>,
    found: &'a mut Vec<Transient>,
}

impl Open<'_> {
    fn see(&mut self, time: f64, value: f64, centre: f64, high: f64) {
        let here = || (Transient { time, amplitude: value - centre }, value);
        match self.peak {
            Some((_, highest)) if value > highest => self.peak = Some(here()),
            Some(_) if value <= centre => self.end(),
            None if value > high => self.peak = Some(here()),
            _ => {}
        }
    }

    fn end(&mut self) {
        self.found.extend(self.peak.take().map(|(transient, _)| transient));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn transients_on_a_noisy_baseline_are_counted() {
        let rate = 20.0;
        let times: Vec<f64> = (0..6000).map(|i| f64::from(i) / rate).collect();
        // Bumps of height 5 every 10 s on a small ripple.
        let value = |t: &f64| 5.0 * (-((t % 10.0) - 5.0).powi(2) / 0.02).exp() + 0.1 * (7.3 * t).sin();
        let data: Vec<f64> = times.iter().map(value).collect();
        let found = find(&times, &data, &Threshold::default());
        assert_eq!(found.transients.iter().filter(|t| t.amplitude > 3.0).count(), 30);
        assert!((found.rate - 6.0).abs() < 0.1, "{}", found.rate);
    }

    #[test]
    fn light_that_is_missing_half_of_the_time_does_not_halve_the_rate() {
        let times: Vec<f64> = (0..12_000).map(|i| f64::from(i) / 20.0).collect();
        let value = |t: &f64| {
            let bump = 5.0 * (-((t % 10.0) - 5.0).powi(2) / 0.02).exp() + 0.1 * (7.3 * t).sin();
            if t % 120.0 < 60.0 { bump } else { f64::NAN }
        };
        let found = find(&times, &times.iter().map(value).collect::<Vec<_>>(), &Threshold::default());
        assert!(
            found.transients.len() == 30 && (found.rate - 6.0).abs() < 0.1,
            "{} {}",
            found.transients.len(),
            found.rate
        );
    }
}
