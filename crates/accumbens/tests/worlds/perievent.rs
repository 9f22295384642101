//! A world of trials around events whose mean, contrast and change over trials are known.
//!
//! Animals differ in their offset, in the size and the shape of their response, in what a second event adds and in how
//! they change; light is correlated over lags and its baseline drifts over trials. Numbers of trials differ.

use accumbens::peri::{Bands, Functional, Table};
use accumbens_core::Seed;
use accumbens_core::seed::ChaCha8Rng;
use rand::RngExt;
use rand_distr::{Distribution, StandardNormal};

/// The world.
#[derive(Clone, Copy)]
pub struct World {
    /// Animals.
    pub animals: usize,
    /// Whether there is any response; else all is noise.
    pub response: bool,
    /// Whether each trial's baseline is subtracted.
    pub subtracted: bool,
    /// Lags a second, Hz.
    pub rate: f64,
    /// First and last lag, s.
    pub window: [f64; 2],
}

/// One study: rows of subject, fixed effects and values; the truth of each effect; lags.
pub struct Drawn {
    rows: Vec<(usize, Vec<f64>, Vec<f64>)>,
    /// The true curve of each effect.
    pub truth: [Vec<f64>; 3],
    lags: Vec<f64>,
}

/// The effects.
pub const EFFECTS: [&str; 3] = ["mean", "contrast", "change"];

fn normal(rng: &mut ChaCha8Rng) -> f64 {
    StandardNormal.sample(rng)
}

/// Noise whose correlation falls exponentially with this time constant, in samples; of variance 1.
fn drifting(count: usize, constant: f64, rng: &mut ChaCha8Rng) -> Vec<f64> {
    let keep = (-1.0 / constant).exp();
    let mut x = normal(rng);
    let mut next = || {
        let now = x;
        x = keep * x + (1.0 - keep * keep).sqrt() * normal(rng);
        now
    };
    (0..count).map(|_| next()).collect()
}

/// Smooth noise of variance 1: white noise under a bell of this standard deviation, in samples.
fn smooth(count: usize, width: f64, rng: &mut ChaCha8Rng) -> Vec<f64> {
    let reach = (3.0 * width).ceil() as usize;
    let bell: Vec<f64> = (0..=2 * reach).map(|i| (-0.5 * ((i as f64 - reach as f64) / width).powi(2)).exp()).collect();
    let size = bell.iter().map(|x| x * x).sum::<f64>().sqrt();
    let white: Vec<f64> = (0..count + 2 * reach).map(|_| normal(rng)).collect();
    (0..count).map(|i| bell.iter().zip(&white[i..]).map(|(a, b)| a * b).sum::<f64>() / size).collect()
}

impl World {
    /// One study of the world.
    pub fn draw(&self, seed: Seed) -> Drawn {
        let mut rng = seed.stream("perievent world");
        let rng = &mut rng;
        let count = ((self.window[1] - self.window[0]) * self.rate).round() as usize + 1;
        let lags: Vec<f64> = (0..count).map(|i| self.window[0] + i as f64 / self.rate).collect();
        let shape = |l: &f64| if *l > 0.0 { l / 0.5 * (1.0 - l / 0.5).exp() } else { 0.0 };
        let shape: Vec<f64> = lags.iter().map(shape).collect();
        let sizes = if self.response { [2.0, -1.0, 1.5] } else { [0.0; 3] };
        let truth = sizes.map(|a| shape.iter().map(|s| a * s).collect::<Vec<f64>>());
        let mut rows = Vec::new();
        for animal in 0..self.animals {
            let offset = normal(rng);
            let own = [0.6, 0.6, 0.6].map(|size: f64| {
                let gain = normal(rng);
                let curve = smooth(count, 0.4 * self.rate, rng);
                curve.iter().zip(&shape).map(|(c, s)| size * (c + gain * s)).collect::<Vec<f64>>()
            });
            let trials = rng.random_range(20..60);
            let wander = drifting(trials, 10.0, rng);
            for (trial, wander) in wander.iter().enumerate() {
                let x = vec![1.0, f64::from(u8::from(rng.random::<bool>())), trial as f64 / 100.0];
                let slow = drifting(count, 0.4 * self.rate, rng);
                let mean = |l: usize| (0..3).map(|e| x[e] * (truth[e][l] + own[e][l])).sum::<f64>();
                let mut y: Vec<f64> =
                    (0..count).map(|l| offset + mean(l) + wander + 1.5 * slow[l] + 0.7 * normal(rng)).collect();
                if self.subtracted {
                    let before = lags.iter().filter(|l| **l < 0.0).count();
                    let baseline = y[..before].iter().sum::<f64>() / before as f64;
                    y.iter_mut().for_each(|y| *y -= baseline);
                }
                rows.push((animal, x, y));
            }
        }
        Drawn { rows, truth, lags }
    }
}

/// How the bands of one effect of one study fared.
#[derive(Clone, Copy)]
#[allow(dead_code, reason = "the example prints what the test does not ask")]
pub struct Fared {
    /// Whether all of the truth is within the joint band.
    pub joint: bool,
    /// The share of lags whose truth is within the band at one lag.
    pub pointwise: f64,
    /// Mean over lags of half the width of the joint band.
    pub width: f64,
    /// By how much the joint band would have to be wider to hold the truth: below 1 where it does.
    pub needed: f64,
}

impl Drawn {
    /// Fits the study.
    pub fn fit(&self, bands: Bands, seed: Seed) -> Functional {
        let rows = self.rows.iter().map(|(s, x, y)| (*s, x.clone(), y.as_slice())).collect();
        Table { effects: EFFECTS.map(Into::into).to_vec(), rows, lags: self.lags.clone() }.fit(bands, seed)
    }

    /// How the bands of each effect fared.
    pub fn fared(&self, bands: Bands, seed: Seed) -> [Fared; 3] {
        let fitted = self.fit(bands, seed);
        let count = self.lags.len() as f64;
        std::array::from_fn(|e| {
            let (effect, truth) = (&fitted.effects[e], &self.truth[e]);
            let away: Vec<f64> = effect.estimate.iter().zip(truth).map(|(a, b)| (a - b).abs()).collect();
            let within = away.iter().zip(&effect.pointwise).filter(|(a, w)| a <= w).count();
            let needed = away.iter().zip(&effect.joint).map(|(a, w)| a / w).fold(0.0, f64::max);
            let width = effect.joint.iter().sum::<f64>() / count;
            Fared { joint: needed <= 1.0, pointwise: within as f64 / count, width, needed }
        })
    }
}
