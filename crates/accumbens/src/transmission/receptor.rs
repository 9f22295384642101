//! Binds dopamine to a receptor: two states, one rate each way.

use accumbens_core::{Error, Result, transmission};

/// A receptor for dopamine alone.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Receptor {
    /// Association, /nM/s.
    pub on: f64,
    /// Dissociation, /s.
    pub off: f64,
}

impl Receptor {
    /// The receptor of half occupancy at `half` nM that dissociates at `off` /s.
    #[must_use]
    pub fn new(half: f64, off: f64) -> Self {
        Self { on: off / half, off }
    }

    /// D1 and D2 of a named scheme of `catalogue/transmission.toml`.
    ///
    /// # Errors
    /// Where no scheme has this name; the error lists those that exist.
    pub fn scheme(name: &str) -> Result<[Self; 2]> {
        let scheme = transmission::scheme(name)?;
        let of = |receptor: &str| {
            let value = |what: &str| scheme.values.get(&format!("{receptor}.{what}")).map(|v| v.value);
            match (value("half"), value("off")) {
                (Some(half), Some(off)) if half > 0.0 && off > 0.0 => Ok(Self::new(half, off)),
                _ => {
                    Err(Error::input(format!("scheme {name}"), format!("{receptor} is not whole"), "half, off above 0"))
                }
            }
        };
        Ok([of("d1")?, of("d2")?])
    }

    /// The concentration of half occupancy, nM.
    #[must_use]
    pub fn half(&self) -> f64 {
        self.off / self.on
    }

    /// The occupancy at rest under a concentration, nM.
    #[must_use]
    pub fn rest(&self, concentration: f64) -> f64 {
        concentration / (concentration + self.half())
    }

    /// The occupancy after `time` s at a fixed concentration, nM, exactly.
    #[must_use]
    pub fn after(&self, occupancy: f64, concentration: f64, time: f64) -> f64 {
        let rest = self.rest(concentration);
        rest + (occupancy - rest) * (-(self.on * concentration + self.off) * time).exp()
    }
}
