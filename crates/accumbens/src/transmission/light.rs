//! Turns dopamine, or the spikes of neurons, into the light of an indicator.

use super::Receptor;
use accumbens_core::study::Sensor;
use accumbens_core::{Channel, Error, Recording, Result, Stage};

/// Adds a channel `light`: fluorescence over that of the indicator without what it senses.
///
/// A dopamine sensor has two states, bound and free, that follow dopamine by its affinity and decay, and saturates. A
/// calcium indicator answers each spike with its published transient, linearly: it senses the neuron and not dopamine.
pub struct LightStage {
    /// The indicator.
    pub sensor: Sensor,
    /// The channel of dopamine, nM.
    pub dopamine: String,
    /// The channel of spikes a neuron, Hz.
    pub spikes: String,
    /// The channel of the sensor's bound share, where it was worked out with release because it holds dopamine back.
    pub bound: String,
}

/// The dissociation constant and kinetics of a dopamine sensor; `None` for an indicator of calcium.
#[must_use]
pub fn binding(sensor: &Sensor) -> Option<Receptor> {
    sensor.half.map(|half| Receptor::new(half, 1.0 / sensor.decay))
}

/// Of light after one spike at the first sample: time from the spike to half of the peak, from the peak to half of it, s, and
/// the peak above what the light falls back to.
#[must_use]
pub fn peri_half_times(light: &[f64], step: f64) -> (f64, f64, f64) {
    let rest = light.last().copied().unwrap_or(0.0);
    let highest = light.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let peak = light.iter().position(|x| *x == highest).unwrap_or(0);
    let half = rest + 0.5 * (highest - rest);
    let rise = light.iter().position(|x| *x >= half).unwrap_or(0);
    let fall = light[peak..].iter().position(|x| *x <= half).unwrap_or(0);
    (rise as f64 * step, fall as f64 * step, highest - rest)
}

impl LightStage {
    /// The usual channels.
    #[must_use]
    pub fn new(sensor: Sensor) -> Self {
        Self { sensor, dopamine: "dopamine".into(), spikes: "spikes".into(), bound: "sensor".into() }
    }

    fn dopamine(&self, recording: &mut Recording, receptor: Receptor, most: f64) -> Result<Vec<f64>> {
        if let Some(bound) = recording.channel(&self.bound) {
            return Ok(bound.data.iter().map(|b| 1.0 + most * b).collect());
        }
        let step = recording.interval().unwrap_or(1e-3);
        let dopamine = &recording.channel_mut(self.name(), &self.dopamine)?.data;
        let mut bound = receptor.rest(dopamine.first().copied().unwrap_or(0.0));
        let follow = |c: &f64| {
            bound = receptor.after(bound, *c, step);
            1.0 + most * bound
        };
        Ok(dopamine.iter().map(follow).collect())
    }

    fn calcium(&self, recording: &mut Recording, a_spike: f64) -> Result<Vec<f64>> {
        let step = recording.interval().unwrap_or(1e-3);
        let (rise, decay) = (self.sensor.rise, self.sensor.decay);
        let at = (decay / rise).ln() * rise * decay / (decay - rise);
        let scale = a_spike / ((-at / decay).exp() - (-at / rise).exp());
        let (keep_rise, keep_decay) = ((-step / rise).exp(), (-step / decay).exp());
        let spikes = &recording.channel_mut(self.name(), &self.spikes)?.data;
        // At rest under the mean rate: the light does not begin from darkness.
        let mean = spikes.iter().sum::<f64>() / spikes.len().max(1) as f64;
        let (mut fast, mut slow) = (mean * rise, mean * decay);
        let follow = |rate: &f64| {
            fast = fast * keep_rise + rate * step;
            slow = slow * keep_decay + rate * step;
            1.0 + scale * (slow - fast)
        };
        Ok(spikes.iter().map(follow).collect())
    }
}

impl Stage for LightStage {
    fn name(&self) -> &'static str {
        "light"
    }

    fn apply(&self, mut recording: Recording) -> Result<Recording> {
        let data = match (binding(&self.sensor), self.sensor.greatest, self.sensor.spike) {
            (Some(receptor), Some(most), _) => self.dopamine(&mut recording, receptor, most)?,
            (None, _, Some(a_spike)) => self.calcium(&mut recording, a_spike)?,
            _ => {
                let problem = format!("nothing is known of how bright {} gets", self.sensor.name);
                return Err(Error::input("sensor", problem, "half and greatest, or spike, in catalogue/sensors.toml"));
            }
        };
        recording.put(Channel { name: "light".into(), unit: "F/F0".into(), data });
        Ok(recording)
    }
}
