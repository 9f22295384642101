//! The catalogue of dopamine sensors.

use crate::declaration;
use crate::error::Result;
use crate::study::Sensor;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Catalogue {
    sensor: Vec<Sensor>,
}

/// Every sensor of `catalogue/sensors.toml`.
///
/// # Errors
/// Where the catalogue itself is malformed.
pub fn all() -> Result<Vec<Sensor>> {
    let text = include_str!("../../../catalogue/sensors.toml");
    let catalogue: Catalogue = declaration::read("catalogue/sensors.toml", text)?;
    Ok(catalogue.sensor)
}

/// The sensor of this name.
///
/// # Errors
/// Where none has it; the error lists those that exist.
pub fn by_name(name: &str) -> Result<Sensor> {
    declaration::named(all()?, |s| &s.name, name, ["sensor", "no sensor"])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sensor_decays_slower_than_it_rises_and_cites_a_known_source() {
        for sensor in all().unwrap() {
            assert!(sensor.rise > 0.0 && sensor.decay > sensor.rise, "{}", sensor.name);
            assert!(crate::cite::reference(&sensor.source).is_ok(), "{}", sensor.name);
        }
    }
}
