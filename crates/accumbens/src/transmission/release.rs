//! Joins terminals to the space around them: spikes in, dopamine out, in one well-mixed volume or on the lattice.

use super::{Balance, Buffer, Grid, Lattice, Mixed, Receptor, Sites, Space, Terminal, Used};
use accumbens_core::{Result, Seed};
use rand::rngs::ChaCha8Rng;
use rand::{Rng, RngExt};
use rand_distr::{Distribution, Poisson};

/// The space around terminals.
enum Volume {
    Mixed(Mixed),
    Lattice(Box<Lattice>, Box<Sites>),
}

/// The terminals of a population and the dopamine around them.
pub struct Release {
    used: Vec<Used>,
    volume: Volume,
    buffer: Option<Buffer>,
    rng: ChaCha8Rng,
    time: f64,
}

impl Release {
    /// Terminals of so many cells in a well-mixed volume, at rest where the cells fire at `rate` Hz.
    ///
    /// # Errors
    /// Where release exceeds all that can be taken away.
    pub fn mixed(
        terminal: &Terminal,
        space: &Space,
        rate: f64,
        cells: u32,
        rng: (Seed, &str),
        sensor: Option<Receptor>,
    ) -> Result<Self> {
        let tonic = space.tonic(terminal, rate)?;
        let buffer = sensor.filter(|_| space.sensor_total > 0.0);
        let buffer = buffer.map(|s| Buffer::at(s.on, s.off, space.sensor_total, tonic));
        let volume = Volume::Mixed(Mixed::at(tonic, terminal));
        Ok(Self { used: vec![Used::default(); cells as usize], volume, buffer, rng: rng.0.stream(rng.1), time: 0.0 })
    }

    /// The same on a lattice, whose receptors begin in equilibrium; `step` is the time that each later pass takes.
    ///
    /// # Errors
    /// Where release exceeds all that can be taken away.
    pub fn on_lattice(
        terminal: &Terminal,
        space: &Space,
        rate: f64,
        cells: u32,
        rng: (Seed, &str),
        (mut grid, receptors, step): (Grid, [Receptor; 2], f64),
    ) -> Result<Self> {
        let tonic = space.tonic(terminal, rate)?;
        grid.step = step / (step / grid.step).ceil();
        let lattice = Lattice::new(grid, space.clone(), receptors, tonic)?;
        let mut rng = rng.0.stream(rng.1);
        let sites = Sites::scattered(&lattice, terminal, cells as usize, tonic, &mut rng);
        let volume = Volume::Lattice(Box::new(lattice), Box::new(sites));
        Ok(Self { used: vec![Used::default(); cells as usize], volume, buffer: None, rng, time: 0.0 })
    }

    /// Lets `step` s pass in which these cells fired; `local` is the rate of local events beside the terminal's own, Hz.
    pub fn pass(&mut self, terminal: &Terminal, space: &Space, fired: &[u32], local: f64, step: f64) {
        let mut spikes = 0.0;
        for cell in fired {
            spikes += self.reach(terminal, *cell, false);
        }
        let own = terminal.stimulation * step * self.used.len() as f64;
        if own > 0.0 {
            let count = Poisson::new(own).map_or(0.0, |p| p.sample(&mut self.rng));
            for _ in 0..count as usize {
                let cell = self.rng.random_range(0..self.used.len() as u32);
                spikes += self.reach(terminal, cell, false);
            }
        }
        let local = (terminal.local_rate + local) * step;
        if local > 0.0 && self.rng.random::<f64>() < local {
            for cell in 0..self.used.len() as u32 {
                spikes += self.reach(terminal, cell, true);
            }
        }
        match &mut self.volume {
            Volume::Mixed(mixed) => {
                if let Some(buffer) = &mut self.buffer {
                    buffer.exchange(&mut mixed.concentration, 0.5 * step);
                }
                mixed.step(space, terminal, spikes / self.used.len() as f64, step);
                if let Some(buffer) = &mut self.buffer {
                    buffer.exchange(&mut mixed.concentration, 0.5 * step);
                }
            }
            Volume::Lattice(lattice, sites) => {
                lattice.set_space(space);
                let steps = (step / lattice.step()).round().max(1.0) as usize;
                lattice.run(steps, |_, _| ());
                sites.bind(lattice, terminal, step);
            }
        }
        self.time += step;
    }

    /// A spike or a local event reaches the terminals of a cell: on the lattice they release, in the well-mixed volume
    /// their share comes back.
    fn reach(&mut self, terminal: &Terminal, cell: u32, local: bool) -> f64 {
        let scale = terminal.reach(&mut self.used[cell as usize], self.time, local);
        if let Volume::Lattice(lattice, sites) = &mut self.volume {
            sites.spike(cell as usize, scale, lattice, terminal, &mut self.rng);
        }
        scale
    }

    /// The mean concentration, nM.
    #[must_use]
    pub fn concentration(&self) -> f64 {
        match &self.volume {
            Volume::Mixed(mixed) => mixed.concentration,
            Volume::Lattice(lattice, _) => lattice.mean(),
        }
    }

    /// The share of sensor molecules that hold dopamine, where they hold it back.
    #[must_use]
    pub fn sensed(&self) -> Option<f64> {
        self.buffer.map(|b| b.bound / b.total)
    }

    /// Where molecules went, nM.
    #[must_use]
    pub fn balance(&self) -> Balance {
        match &self.volume {
            Volume::Mixed(mixed) => mixed.balance,
            Volume::Lattice(lattice, _) => lattice.balance,
        }
    }

    /// The lattice, where it is one.
    #[must_use]
    pub fn lattice(&self) -> Option<&Lattice> {
        match &self.volume {
            Volume::Mixed(_) => None,
            Volume::Lattice(lattice, _) => Some(lattice),
        }
    }

    /// A random cell.
    pub fn any(&mut self) -> u32 {
        self.rng.random_range(0..self.used.len() as u32)
    }

    /// A random number from 0 to 1.
    pub fn chance(&mut self) -> f64 {
        f64::from(self.rng.next_u32()) / f64::from(u32::MAX)
    }
}
