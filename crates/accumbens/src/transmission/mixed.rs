//! Keeps dopamine outside cells as one well-mixed volume, and the account of every molecule.

use super::{Terminal, taken_up};
use accumbens_core::{Error, Result};

accumbens_core::parameters! {
    /// How dopamine outside cells is taken away.
    pub struct Space {
        /// Largest rate of uptake by the transporter.
        vmax: 4100.0 => .unit("nM/s").domain(accumbens_core::Domain::NOT_NEGATIVE).source("dreyer2010");
        /// Concentration at which uptake runs at half that rate.
        km: 210.0 => .unit("nM").domain(accumbens_core::Domain::Positive).source("dreyer2010");
        /// Share of the transporters that a lesion or a knock-down left.
        transporters: 1.0 => .domain(accumbens_core::Domain::NOT_NEGATIVE);
        /// Concentration of competitive inhibitors of the transporter over their inhibition constants, summed.
        inhibition: 0.0 => .domain(accumbens_core::Domain::NOT_NEGATIVE);
        /// How much more dopamine than an even volume would a tissue with sites apart holds at the same release: uptake is
        /// weakest where dopamine is dense. It multiplies `km` in the well-mixed volume; the lattice has it by itself.
        unevenness: 1.0 => .domain(accumbens_core::Domain::Positive);
        /// Dopamine that comes out through the transporter reversed.
        reverse: 0.0 => .unit("nM/s").domain(accumbens_core::Domain::NOT_NEGATIVE);
        /// Sensor molecules that bind dopamine outside cells and so hold it back; 0 for a sensor that only watches.
        sensor_total: 0.0 => .unit("nM").domain(accumbens_core::Domain::NOT_NEGATIVE);
        /// Removal by everything else, of first order.
        loss: 0.0 => .unit("/s").domain(accumbens_core::Domain::NOT_NEGATIVE);
        /// Fraction of the tissue's volume that is outside cells.
        fraction: 0.21 => .domain(accumbens_core::Domain::Real { min: 1e-3, max: 1.0 }).source("ejdrup2025");
    }
}

impl Space {
    /// The rate at which dopamine is taken away, nM/s.
    #[must_use]
    pub fn removal(&self, concentration: f64) -> f64 {
        let (vmax, km) = self.uptake();
        vmax * concentration / (km + concentration) + self.loss * concentration
    }

    /// The largest rate of uptake, nM/s, and the concentration of half that rate, nM, with all that acts on them.
    #[must_use]
    pub fn uptake(&self) -> (f64, f64) {
        (self.vmax * self.transporters, self.km * (1.0 + self.inhibition) * self.unevenness)
    }

    /// The tonic concentration, nM, where cells fire at `rate` Hz.
    ///
    /// # Errors
    /// Where release exceeds all that can be taken away: there is no steady state, and dopamine grows without bound.
    pub fn tonic(&self, terminal: &Terminal, rate: f64) -> Result<f64> {
        let flux = rate * terminal.a_spike(self.fraction);
        let excess = |c: f64| flux * terminal.gain(terminal.occupancy(c)) + self.reverse - self.removal(c);
        falling_root(excess).ok_or_else(|| {
            let problem = format!("release of {flux} nM/s exceeds uptake of at most {} nM/s", self.uptake().0);
            Error::input("tonic dopamine", problem, "less release, more uptake, or a loss above 0")
        })
    }
}

/// Where a falling function of a concentration crosses 0; `None` where it is above 0 up to 10¹² nM.
pub(super) fn falling_root(excess: impl Fn(f64) -> f64) -> Option<f64> {
    let mut high = 1.0;
    while excess(high) > 0.0 {
        high *= 2.0;
        if high > 1e12 {
            return None;
        }
    }
    let mut low = 0.0;
    // Bisection halves the interval until floating point holds nothing between its ends.
    loop {
        let middle = 0.5 * (low + high);
        if middle <= low || middle >= high {
            return Some(middle);
        }
        if excess(middle) > 0.0 { low = middle } else { high = middle }
    }
}

/// Where molecules went, all as concentrations in the volume, nM.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Balance {
    /// Released.
    pub released: f64,
    /// Taken up by the transporter.
    pub taken_up: f64,
    /// Removed otherwise.
    pub lost: f64,
}

/// A well-mixed volume with the terminals in it.
#[derive(Clone, Debug)]
pub struct Mixed {
    /// Concentration, nM.
    pub concentration: f64,
    /// Occupancy of terminal autoreceptors.
    pub occupancy: f64,
    /// Where molecules went.
    pub balance: Balance,
}

impl Mixed {
    /// A volume at this concentration, nM, with its autoreceptors in equilibrium.
    #[must_use]
    pub fn at(concentration: f64, terminal: &Terminal) -> Self {
        let occupancy = terminal.occupancy(concentration);
        Self { concentration, occupancy, balance: Balance::default() }
    }

    /// Lets `time` s pass while the cells fire `spikes` spikes each on average: half of loss and uptake, release, the
    /// other half; each part exact (Strang's splitting).
    pub fn step(&mut self, space: &Space, terminal: &Terminal, spikes: f64, time: f64) {
        self.clear(space, 0.5 * time);
        self.occupancy = terminal.bound(self.occupancy, self.concentration, 0.5 * time);
        let release = spikes * terminal.a_spike(space.fraction) * terminal.gain(self.occupancy) + space.reverse * time;
        self.concentration += release;
        self.balance.released += release;
        self.occupancy = terminal.bound(self.occupancy, self.concentration, 0.5 * time);
        self.clear(space, 0.5 * time);
    }

    fn clear(&mut self, space: &Space, time: f64) {
        let kept = if space.loss > 0.0 { (-0.5 * space.loss * time).exp() } else { 1.0 };
        let (vmax, km) = space.uptake();
        let first = self.concentration * kept;
        let left = taken_up(first, vmax, km, time);
        let after = left * kept;
        self.balance.lost += (self.concentration - first) + (left - after);
        self.balance.taken_up += first - left;
        self.concentration = after;
    }
}

/// A sensor that holds dopamine back: C + S ⇌ CS.
#[derive(Clone, Copy, Debug)]
pub struct Buffer {
    /// Association, /nM/s.
    pub on: f64,
    /// Dissociation, /s.
    pub off: f64,
    /// Sensor molecules, bound and free, nM.
    pub total: f64,
    /// Those bound, nM.
    pub bound: f64,
}

impl Buffer {
    /// In equilibrium with a concentration, nM.
    #[must_use]
    pub fn at(on: f64, off: f64, total: f64, concentration: f64) -> Self {
        Self { on, off, total, bound: total * concentration / (concentration + off / on) }
    }

    /// Lets `time` s of binding pass, exactly: the bound fraction follows a Riccati equation with two fixed points, and
    /// the logarithm of the ratio of its distances to them falls evenly.
    pub fn exchange(&mut self, concentration: &mut f64, time: f64) {
        let all = *concentration + self.bound;
        let sum = all + self.total + self.off / self.on;
        let apart = (sum * sum - 4.0 * all * self.total).max(0.0).sqrt();
        let (low, high) = (2.0 * all * self.total / (sum + apart), 0.5 * (sum + apart));
        let ratio = (self.bound - low) / (self.bound - high) * (-self.on * (high - low) * time).exp();
        self.bound = (low - ratio * high) / (1.0 - ratio);
        *concentration = all - self.bound;
    }
}
