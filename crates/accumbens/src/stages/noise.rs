//! Adds what a fibre adds: white noise of the detector and slow wandering of the baseline.

use accumbens_core::{Error, Recording, Result, Seed, Stage};
use rand_distr::{Distribution, StandardNormal};

/// White noise and a slow Gaussian drift (a first-order autoregressive process), in the channel's unit.
pub struct Noise {
    /// The channel.
    pub channel: String,
    /// Standard deviation of the white noise, a sample.
    pub white: f64,
    /// Standard deviation of the drift.
    pub drift: f64,
    /// Time constant of the drift, s.
    pub time_constant: f64,
    /// The seed.
    pub seed: Seed,
    /// The name of the stream of random numbers.
    pub stream: String,
}

impl Stage for Noise {
    fn name(&self) -> &'static str {
        "noise"
    }

    fn apply(&self, mut recording: Recording) -> Result<Recording> {
        let times = recording.times.clone();
        let Some(channel) = recording.channels.iter_mut().find(|c| c.name == self.channel) else {
            return Err(Error::input("noise", format!("no channel {:?}", self.channel), "a channel of the recording"));
        };
        let mut rng = self.seed.stream(&self.stream);
        let mut normal = || -> f64 { StandardNormal.sample(&mut rng) };
        let mut drift = normal() * self.drift;
        let mut before = times.first().copied().unwrap_or(0.0);
        for (y, t) in channel.data.iter_mut().zip(times) {
            let kept = (-(t - before) / self.time_constant).exp();
            before = t;
            drift = drift * kept + self.drift * (1.0 - kept * kept).sqrt() * normal();
            *y += drift + self.white * normal();
        }
        Ok(recording)
    }
}
