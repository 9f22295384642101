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

impl LightStage {
    /// The usual channels.
    #[must_use]
    pub fn new(sensor: Sensor) -> Self {
        Self { sensor, dopamine: "dopamine".into(), spikes: "spikes".into(), bound: "sensor".into() }
    }

    fn dopamine(&self, recording: &Recording, receptor: Receptor, most: f64) -> Result<Vec<f64>> {
        if let Some(bound) = recording.channel(&self.bound) {
            return Ok(bound.data.iter().map(|b| 1.0 + most * b).collect());
        }
        let step = recording.interval().unwrap_or(1e-3);
        let dopamine = &recording.needed(self.name(), &self.dopamine)?.data;
        let mut bound = receptor.rest(dopamine.first().copied().unwrap_or(0.0));
        let follow = |c: &f64| {
            bound = receptor.after(bound, *c, step);
            1.0 + most * bound
        };
        Ok(dopamine.iter().map(follow).collect())
    }

    fn calcium(&self, recording: &Recording, a_spike: f64) -> Result<Vec<f64>> {
        let step = recording.interval().unwrap_or(1e-3);
        let (rise, decay) = (self.sensor.rise, self.sensor.decay);
        let scale = a_spike / self.sensor.peak();
        let (keep_rise, keep_decay) = ((-step / rise).exp(), (-step / decay).exp());
        let spikes = &recording.needed(self.name(), &self.spikes)?.data;
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
            (Some(receptor), Some(most), _) => self.dopamine(&recording, receptor, most)?,
            (None, _, Some(a_spike)) => self.calcium(&recording, a_spike)?,
            _ => {
                let problem = format!("nothing is known of how bright {} gets", self.sensor.name);
                return Err(Error::input("sensor", problem, "half and greatest, or spike, in catalogue/sensors.toml"));
            }
        };
        recording.put(Channel { name: "light".into(), unit: "F/F0".into(), data });
        Ok(recording)
    }
}
