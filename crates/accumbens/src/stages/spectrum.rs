//! The power spectrum of a trace, by Welch's method: Hann windows of a few seconds, half overlapping.

use realfft::RealFftPlanner;

/// Samples of a window, at most.
const WINDOW: usize = 4096;

/// A one-sided power spectral density.
pub struct Spectrum {
    /// Frequencies, Hz.
    pub frequencies: Vec<f64>,
    /// Power, the signal's unit squared a Hz.
    pub power: Vec<f64>,
}

impl Spectrum {
    /// The spectrum of a trace without missing samples, taken `rate` times a second.
    #[must_use]
    pub fn new(values: &[f64], rate: f64) -> Self {
        let n = values.len().min(WINDOW) & !1;
        if n < 2 {
            return Self { frequencies: Vec::new(), power: Vec::new() };
        }
        let turn = std::f64::consts::TAU / n as f64;
        let window: Vec<f64> = (0..n).map(|i| 0.5 - 0.5 * (turn * i as f64).cos()).collect();
        let energy: f64 = window.iter().map(|w| w * w).sum();
        let transform = RealFftPlanner::<f64>::new().plan_fft_forward(n);
        let (mut input, mut output) = (transform.make_input_vec(), transform.make_output_vec());
        let mut power = vec![0.0; n / 2 + 1];
        let mut windows = 0.0;
        for start in (0..=values.len() - n).step_by(n / 2) {
            let part = &values[start..start + n];
            let mean = part.iter().sum::<f64>() / n as f64;
            for ((x, v), w) in input.iter_mut().zip(part).zip(&window) {
                *x = (v - mean) * w;
            }
            // Lengths are those the plan was made for, so that this cannot fail.
            if transform.process(&mut input, &mut output).is_ok() {
                windows += 1.0;
                power.iter_mut().zip(&output).for_each(|(p, z)| *p += z.norm_sqr());
            }
        }
        let last = n / 2;
        for (i, p) in power.iter_mut().enumerate() {
            let sides = if i == 0 || i == last { 1.0 } else { 2.0 };
            *p *= sides / (rate * energy * windows);
        }
        Self { frequencies: (0..=last).map(|i| i as f64 * rate / n as f64).collect(), power }
    }

    /// The summed amplitude above a frequency, Hz.
    #[must_use]
    pub fn amplitude_above(&self, frequency: f64) -> f64 {
        let above = self.frequencies.iter().zip(&self.power).filter(|(f, _)| **f > frequency);
        above.map(|(_, p)| p.sqrt()).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_power_of_a_sine_is_half_its_squared_amplitude_and_lies_at_its_frequency() {
        let rate = 100.0;
        let values: Vec<f64> =
            (0..20_000).map(|i| 3.0 * (std::f64::consts::TAU * 12.5 * f64::from(i) / rate).sin()).collect();
        let spectrum = Spectrum::new(&values, rate);
        let step = spectrum.frequencies[1];
        assert!((spectrum.power.iter().sum::<f64>() * step - 4.5).abs() < 1e-3);
        let peak = (0..spectrum.power.len()).max_by(|a, b| spectrum.power[*a].total_cmp(&spectrum.power[*b])).unwrap();
        assert!((spectrum.frequencies[peak] - 12.5).abs() < step);
    }
}
