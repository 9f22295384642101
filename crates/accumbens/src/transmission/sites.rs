//! Scatters release sites over a lattice and lets those of a cell release where its spike arrives.

use super::{Lattice, Terminal};
use rand::{Rng, RngExt};

/// Release sites, each of one cell.
#[derive(Clone, Debug)]
pub struct Sites {
    /// Voxels of the sites, those of one cell behind those of another.
    voxels: Vec<u32>,
    /// Where each cell's sites begin, and where the last cell's end.
    starts: Vec<u32>,
    /// The terminal autoreceptor of each site; empty where autoreceptors do nothing.
    autoreceptors: Vec<f64>,
    /// How many sites released.
    pub releases: u64,
}

impl Sites {
    /// Sites at the terminal's density, at random voxels, shared out at random among `cells`; autoreceptors are in
    /// equilibrium with `concentration`, nM.
    #[must_use]
    pub fn scattered(
        lattice: &Lattice,
        terminal: &Terminal,
        cells: usize,
        concentration: f64,
        rng: &mut impl Rng,
    ) -> Self {
        let voxels = lattice.concentration().len();
        let count = (terminal.density * terminal.active * terminal.alive * lattice.volume()).round() as usize;
        let mut of: Vec<(u32, u32)> =
            (0..count).map(|_| (rng.random_range(0..cells as u32), rng.random_range(0..voxels as u32))).collect();
        of.sort_unstable();
        let starts = (0..=cells as u32).map(|cell| of.partition_point(|(c, _)| *c < cell) as u32).collect();
        let held = if terminal.autoreceptor_strength > 0.0 { count } else { 0 };
        let autoreceptors = vec![terminal.occupancy(concentration); held];
        Self { voxels: of.into_iter().map(|(_, v)| v).collect(), starts, autoreceptors, releases: 0 }
    }

    /// How many sites there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.voxels.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.voxels.is_empty()
    }

    /// A spike of `cell` reaches its sites: each releases with its probability, `scale` times the usual.
    pub fn spike(&mut self, cell: usize, scale: f64, lattice: &mut Lattice, terminal: &Terminal, rng: &mut impl Rng) {
        let sites = self.starts[cell] as usize..self.starts[cell + 1] as usize;
        let usual = scale * terminal.probability * terminal.conduction;
        for site in sites {
            let gain = self.autoreceptors.get(site).map_or(1.0, |o| terminal.gain(*o));
            if rng.random::<f64>() < usual * gain {
                lattice.release(self.voxels[site] as usize, terminal.quantum);
                self.releases += 1;
            }
        }
    }

    /// Lets the autoreceptors bind what is around them for `time` s.
    pub fn bind(&mut self, lattice: &Lattice, terminal: &Terminal, time: f64) {
        for (occupancy, voxel) in self.autoreceptors.iter_mut().zip(&self.voxels) {
            let around = lattice.concentration()[*voxel as usize];
            *occupancy = terminal.bound(*occupancy, around, time);
        }
    }
}
