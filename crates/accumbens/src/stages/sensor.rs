//! Turns dopamine impulses into light: a sensor that rises and decays exponentially.
//!
//! An impulse of size 1 becomes exp(−t/decay) − exp(−t/rise), scaled to peak at 1. The filter is linear: it does not
//! saturate, which holds for low-affinity sensors far below their dissociation constant.

use accumbens_core::study::Sensor;
use accumbens_core::{Channel, Recording, Result, Stage};

/// Adds a channel of fluorescence made from a channel of impulses.
pub struct SensorStage {
    /// The sensor.
    pub sensor: Sensor,
    /// The channel of impulses.
    pub from: String,
    /// The channel that is added.
    pub to: String,
    /// Its unit.
    pub unit: String,
    /// Height of the light for an impulse of 1, in that unit.
    pub gain: f64,
}

/// The response of the sensor to an impulse of 1 at time 0, s: 0 before it, at most 1.
#[must_use]
pub fn kernel(sensor: &Sensor, time: f64) -> f64 {
    if time < 0.0 {
        return 0.0;
    }
    ((-time / sensor.decay).exp() - (-time / sensor.rise).exp()) / sensor.peak()
}

impl Stage for SensorStage {
    fn name(&self) -> &'static str {
        "sensor"
    }

    fn apply(&self, mut recording: Recording) -> Result<Recording> {
        let impulses = recording.needed("sensor", &self.from)?;
        let scale = self.gain / self.sensor.peak();
        let (mut slow, mut fast, mut before) = (0.0, 0.0, f64::NEG_INFINITY);
        let light = impulses.data.iter().zip(&recording.times).map(|(x, &t)| {
            let dt = t - before;
            before = t;
            slow *= (-dt / self.sensor.decay).exp();
            fast *= (-dt / self.sensor.rise).exp();
            let y = scale * (slow - fast);
            slow += x;
            fast += x;
            y
        });
        let data = light.collect();
        recording.channels.push(Channel { name: self.to.clone(), unit: self.unit.clone(), data });
        Ok(recording)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use accumbens_core::EventLog;

    #[test]
    fn an_impulse_comes_out_as_the_closed_form_kernel_with_peak_one() {
        let sensor = Sensor {
            name: "s".into(),
            rise: 0.02,
            decay: 0.5,
            half: None,
            greatest: None,
            spike: None,
            source: String::new(),
            unverified: String::new(),
        };
        let times: Vec<f64> = (0..4000).map(|i| f64::from(i) * 1e-3).collect();
        let mut data = vec![0.0; times.len()];
        data[100] = 2.0;
        let impulses = Channel { name: "dopamine".into(), unit: "1".into(), data };
        let recording = Recording::new(times.clone(), vec![impulses], EventLog::default(), 4.0).unwrap();
        let (from, to) = ("dopamine".to_owned(), "dff".to_owned());
        let stage = SensorStage { sensor: sensor.clone(), from, to, unit: "%".into(), gain: 1.5 };
        let light = stage.apply(recording).unwrap().channel("dff").unwrap().data.clone();
        for (t, y) in times.iter().zip(&light).skip(101) {
            assert!((y - 3.0 * kernel(&sensor, t - 0.1)).abs() < 1e-12);
        }
        let highest = light.iter().fold(0.0_f64, |a, b| a.max(*b));
        assert!((highest - 3.0).abs() < 1e-3, "{highest}");
    }
}
