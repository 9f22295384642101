//! Lets neurons with conductances fire under a teaching signal: NMDA for errors up, a hyperpolarising current for errors
//! down, noise of their own.
//!
//! Beside its rhythm the published neuron has a stable silent state at −48 mV. Driven to the rate of the animal it falls
//! into it after bursts, and neither noise nor inhibition brings it back: neurons fall silent one after another. So it
//! serves for minutes and single answers; sessions belong to renewal processes.

use super::cell::{Cell, START, State};
use super::{ASKED, CONTROL, Firing};
use accumbens_core::{Error, Patch, Patched, Result, Seed};
use rand_distr::{Distribution, StandardNormal};
use rayon::prelude::*;

/// Step of the neuron's equations, ms: within 0.1% of the period at a fifth of it.
const STEP: f64 = 0.05;
/// How long each neuron lives before time 0, so that no two are in step, ms.
const BEFORE: f64 = 2000.0;

accumbens_core::parameters! {
    /// What drives neurons with conductances. All of it is ours: chosen for 4 Hz with some irregularity and one or two
    /// spikes more for an everyday error; the neuron's own constants are those of its authors.
    pub struct Synapses {
        /// Current that keeps the neuron at its rate in the animal; none leaves the 1.8 Hz of a slice.
        drive: 0.3 => .unit("µA/cm²").domain(accumbens_core::Domain::ANY);
        /// What a unit of a theory's tonic signal adds to that current.
        tonic_gain: 0.1 => .unit("µA/cm²").domain(accumbens_core::Domain::ANY);
        /// NMDA conductance while positive teaching signal lasts: half of that of the authors' burst.
        burst_nmda: 0.2 => .unit("mS/cm²").domain(accumbens_core::Domain::NOT_NEGATIVE).source("kuznetsov2006");
        /// How long a unit of positive teaching signal lasts.
        burst_time: 0.2 => .unit("s").domain(accumbens_core::Domain::NOT_NEGATIVE);
        /// Hyperpolarising current of a pause. The neuron's GABA reverses at −50 mV and does not silence it.
        pause_current: 2.0 => .unit("µA/cm²").domain(accumbens_core::Domain::NOT_NEGATIVE);
        /// Length of the pause for a unit of negative teaching signal.
        pause_time: 0.4 => .unit("s").domain(accumbens_core::Domain::NOT_NEGATIVE).source("bayer2007");
        /// Standard deviation of the current that each neuron alone receives.
        noise: 0.1 => .unit("µA/cm²").domain(accumbens_core::Domain::NOT_NEGATIVE);
        /// Time constant of that current.
        noise_time: 0.1 => .unit("s").domain(accumbens_core::Domain::Positive);
    }
}

/// Neurons with conductances.
#[derive(Clone, Debug, Default)]
pub struct Conductances {
    /// The neuron.
    pub cell: Cell,
    /// What drives it.
    pub synapses: Synapses,
}

/// Signals in ticks of `step` s, the first at `start` s.
pub struct Drive<'a> {
    /// Impulses of teaching signal.
    pub teaching: &'a [f64],
    /// The tonic signal, where there is one.
    pub tonic: Option<&'a [f64]>,
    /// The time of the first tick, s.
    pub start: f64,
    /// Between ticks, s.
    pub step: f64,
    /// Whether to give up, asked once in a while.
    pub stopped: fn() -> bool,
}

impl Conductances {
    /// Checks that what is done to the stages `cell` and `synapses` finds its parameters.
    ///
    /// # Errors
    /// Where a patch does not.
    pub fn check(&self, patches: &[Patch], projection: &str) -> Result<()> {
        Patched::new(self.cell.clone(), "cell", projection, patches)?;
        Patched::new(self.synapses.clone(), "synapses", projection, patches).map(|_| ())
    }

    /// The ticks and neurons of all spikes, in their order; `firing` says how many neurons there are.
    ///
    /// # Errors
    /// Where a patch finds no parameter or leads it out of its domain.
    pub fn spikes(
        &self,
        firing: &Firing,
        drive: &Drive<'_>,
        (patches, projection): (&[Patch], &str),
        (seed, stream): (Seed, &str),
    ) -> Result<Vec<(u32, u32)>> {
        let one = |cell: u32| {
            let mut rng = seed.stream(&format!("{stream}/neuron/{cell}"));
            self.one(cell, drive, (patches, projection), &mut rng)
        };
        let each: Vec<Vec<(u32, u32)>> = (0..firing.cells as u32).into_par_iter().map(one).collect::<Result<_>>()?;
        let mut all = each.concat();
        all.sort_unstable();
        Ok(all)
    }

    fn one(
        &self,
        number: u32,
        drive: &Drive<'_>,
        (patches, projection): (&[Patch], &str),
        rng: &mut accumbens_core::seed::ChaCha8Rng,
    ) -> Result<Vec<(u32, u32)>> {
        let mut cells = Patched::new(self.cell.clone(), "cell", projection, patches)?;
        let mut synapses = Patched::new(self.synapses.clone(), "synapses", projection, patches)?;
        let mut neuron = Neuron { state: START, noise: 0.0, burst: 0.0, pause: 0.0, since: 0.0 };
        let (mut cell, mut input) = (cells.at(drive.start)?.clone(), synapses.at(drive.start)?.clone());
        let before = (BEFORE / drive.step * 1e-3) as usize;
        for _ in 0..before {
            neuron.pass(&cell, &input, 0.0, drive.step, rng);
        }
        let mut spikes = Vec::new();
        for (i, signal) in drive.teaching.iter().enumerate() {
            if i % ASKED == 0 && (drive.stopped)() {
                return Err(Error::Interrupted);
            }
            if i % CONTROL == 0 && !(cells.constant() && synapses.constant()) {
                let time = drive.start + i as f64 * drive.step;
                (cell, input) = (cells.at(time)?.clone(), synapses.at(time)?.clone());
            }
            neuron.burst += input.burst_time * signal.max(0.0);
            neuron.pause += input.pause_time * (-signal).max(0.0);
            let tonic = drive.tonic.map_or(0.0, |t| t[i]);
            let fired = neuron.pass(&cell, &input, tonic, drive.step, rng);
            spikes.extend((0..fired).map(|_| (i as u32, number)));
        }
        Ok(spikes)
    }
}

/// A neuron in the middle of its life.
struct Neuron {
    state: State,
    noise: f64,
    /// What is left of its burst, s.
    burst: f64,
    /// What is left of its pause, s.
    pause: f64,
    /// Time that the equations have not been led through yet, ms.
    since: f64,
}

impl Neuron {
    /// Lets `step` s pass; how many times it fired.
    fn pass(
        &mut self,
        cell: &Cell,
        input: &Synapses,
        tonic: f64,
        step: f64,
        rng: &mut accumbens_core::seed::ChaCha8Rng,
    ) -> u32 {
        let kept = (-step / input.noise_time).exp();
        let chance: f64 = StandardNormal.sample(rng);
        self.noise = self.noise * kept + input.noise * (1.0 - kept * kept).sqrt() * chance;
        let held = input.pause_current * (self.pause / step).min(1.0);
        let open = input.burst_nmda * (self.burst / step).min(1.0);
        let current = cell.current + input.drive + input.tonic_gain * tonic + self.noise - held;
        let now = Cell { current, nmda: cell.nmda + open, ..cell.clone() };
        self.pause = (self.pause - step).max(0.0);
        self.burst = (self.burst - step).max(0.0);
        self.since += step * 1e3;
        let mut fired = 0;
        while self.since >= 0.5 * STEP {
            let before = self.state[0];
            now.pass(&mut self.state, STEP);
            self.since -= STEP;
            fired += u32::from(before < 0.0 && self.state[0] >= 0.0);
        }
        fired
    }
}
