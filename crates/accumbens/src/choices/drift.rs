//! The density of a first passage by drift diffusion, and draws from it.

use rand::{Rng, RngExt};

/// The share of slips, as in HDDM (wiecki2013): either option, at any time.
pub(super) const SLIPS: f64 = 0.05;
/// Points between 0 and the longest latency that is drawn.
const GRID: usize = 2_000;

/// How latencies come about.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Diffusion {
    /// Between the boundaries, in units of noise · √s.
    pub threshold: f64,
    /// Time that is not spent on deciding, s.
    pub nondecision: f64,
}

/// The logarithm of the density of the first passage at `time` (1/s) through the boundary towards which it drifts with `drift`,
/// from the middle between boundaries `threshold` apart.
#[must_use]
pub fn log_density(time: f64, drift: f64, threshold: f64) -> f64 {
    if time <= 0.0 {
        return f64::NEG_INFINITY;
    }
    let scale = threshold * threshold;
    let u = time / scale;
    // Where each series needs but a few terms: what is left out is below 1e−12 of the sum.
    let log_sum = if u < 0.4 {
        // Taken out of the sum, so that short times do not vanish: the nearest image of the start.
        let image = |at: f64| at * ((0.125 - 0.5 * at * at) / u).exp();
        let sum = 0.5 + image(-1.5) + image(2.5) + image(-3.5) + image(4.5);
        sum.ln() - 0.125 / u - 0.5 * (std::f64::consts::TAU * u.powi(3)).ln()
    } else {
        let pi = std::f64::consts::PI;
        let term = |k: f64, sign: f64| sign * k * (-0.5 * (k * k - 1.0) * pi * pi * u).exp();
        (pi * (term(1.0, 1.0) + term(3.0, -1.0) + term(5.0, 1.0))).ln() - 0.5 * pi * pi * u
    };
    log_sum - scale.ln() + 0.5 * drift * threshold - 0.5 * drift * drift * time
}

impl Diffusion {
    /// The logarithm of the density of a latency (1/s) and of taking an option, where the model gives it the chance `p`; `longest`
    /// is the longest latency that was seen, s.
    #[must_use]
    pub fn log_joint(&self, latency: f64, p: f64, longest: f64) -> f64 {
        let p = p.clamp(1e-12, 1.0 - 1e-12);
        let drift = (p / (1.0 - p)).ln() / self.threshold;
        let walked = log_density(latency - self.nondecision, drift, self.threshold);
        let (walked, slipped) = (walked + (1.0 - SLIPS).ln(), (SLIPS * 0.5 / longest).ln());
        let top = walked.max(slipped);
        top + ((walked - top).exp() + (slipped - top).exp()).ln()
    }

    /// A latency of an option of chance `p`, s. Of either option latencies are alike.
    pub fn draw(&self, p: f64, rng: &mut impl Rng) -> f64 {
        let p = p.clamp(1e-12, 1.0 - 1e-12);
        let drift = (p / (1.0 - p)).ln() / self.threshold;
        // Beyond it less than e⁻¹⁶ is left: the slowest decay of the density.
        let rate = 0.5 * (std::f64::consts::PI / self.threshold).powi(2) + 0.5 * drift * drift;
        let step = 16.0 / rate / GRID as f64;
        let density = |i: usize| (log_density(i as f64 * step, drift, self.threshold) - p.ln()).exp();
        let wanted = rng.random::<f64>();
        let (mut before, mut mass) = (0.0, 0.0);
        for i in 1..=GRID {
            let here = density(i);
            let more = 0.5 * step * (before + here);
            if mass + more >= wanted {
                return self.nondecision + step * ((i - 1) as f64 + (wanted - mass) / more);
            }
            (before, mass) = (here, mass + more);
        }
        self.nondecision + step * GRID as f64
    }
}
