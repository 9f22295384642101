//! Stages from a teaching signal to dopamine: firing alone, release alone, and both at once with every neuron's own history.

use super::conductance::{Conductances, Drive};
use super::{ASKED, CONTROL, Firing, Grid, Population, Receptor, Release, Space, Terminal};
use accumbens_core::{Channel, Error, Patch, Patched, Recording, Result, Seed, Stage};

/// Adds `spikes`, the rate of a population, Hz a neuron, from a channel of teaching signal.
pub struct FiringStage {
    /// The neurons.
    pub firing: Firing,
    /// The channel of teaching signal: impulses, 0 where there is none.
    pub from: String,
    /// What is done to the neurons.
    pub patches: Vec<Patch>,
    /// Their projection.
    pub projection: String,
    /// The seed.
    pub seed: Seed,
    /// The name of the stream of random numbers.
    pub stream: String,
}

/// Adds `dopamine`, nM, from a channel of spikes, Hz a neuron: measured or simulated.
pub struct ReleaseStage {
    /// The terminals.
    pub terminal: Terminal,
    /// The space around them.
    pub space: Space,
    /// The channel of spikes.
    pub from: String,
    /// The neurons whose spikes they are; each spike is that of a random one.
    pub cells: u32,
    /// What is done to terminals and space.
    pub patches: Vec<Patch>,
    /// The projection.
    pub projection: String,
    /// The seed.
    pub seed: Seed,
    /// The name of the stream of random numbers.
    pub stream: String,
}

/// Adds `spikes` and `dopamine` from a channel of teaching signal; each neuron's terminals remember their own spikes.
pub struct TransmissionStage {
    /// The neurons.
    pub firing: Firing,
    /// Neurons with conductances in the place of renewal processes; of `firing` their number and the share that is alive
    /// count then.
    pub conductances: Option<Conductances>,
    /// Their terminals.
    pub terminal: Terminal,
    /// The space around these.
    pub space: Space,
    /// A lattice and the receptors on it; the well-mixed volume where absent.
    pub lattice: Option<(Grid, [Receptor; 2])>,
    /// A sensor that holds dopamine back where `space.sensor_total` is above 0.
    pub sensor: Option<Receptor>,
    /// The channel of teaching signal: impulses.
    pub from: String,
    /// The channel of tonic signal, where there is one.
    pub tonic: Option<String>,
    /// The channel of local drive at terminals, Hz, where there is one.
    pub local: Option<String>,
    /// What is done to neurons, terminals and space.
    pub patches: Vec<Patch>,
    /// The projection.
    pub projection: String,
    /// The seed.
    pub seed: Seed,
    /// The name of the stream of random numbers.
    pub stream: String,
    /// Whether to give up, asked once in a while: a lattice and neurons by conductance take their time.
    pub stopped: fn() -> bool,
}

fn taken(recording: &Recording, stage: &str, name: &str) -> Result<Vec<f64>> {
    let channel = recording.needed(stage, name)?;
    if let Some(i) = channel.data.iter().position(|x| !x.is_finite()) {
        return Err(Error::input(stage, format!("sample {i} of {name:?} is no number"), "finite samples"));
    }
    Ok(channel.data.clone())
}

fn step(recording: &Recording, stage: &str) -> Result<f64> {
    let problem = || Error::input(stage, "the recording has no clock", "two samples or more");
    recording.interval().ok_or_else(problem)
}

impl Stage for FiringStage {
    fn name(&self) -> &'static str {
        "firing"
    }

    fn apply(&self, mut recording: Recording) -> Result<Recording> {
        let teaching = taken(&recording, self.name(), &self.from)?;
        let step = step(&recording, self.name())?;
        let mut patched = Patched::new(self.firing.clone(), "firing", &self.projection, &self.patches)?;
        let mut firing = patched.at(0.0)?.clone();
        let mut population = Population::new(&firing, self.seed, &self.stream)?;
        let mut fired = Vec::new();
        let mut data = Vec::with_capacity(teaching.len());
        for (i, signal) in teaching.iter().enumerate() {
            if !patched.constant() && i % CONTROL == 0 {
                firing = patched.at(recording.times[i])?.clone();
            }
            if *signal != 0.0 {
                population.teach(&firing, *signal);
            }
            population.pass(&firing, 0.0, step, &mut fired);
            data.push(fired.len() as f64 / f64::from(population.cells()) / step);
        }
        recording.put(Channel { name: "spikes".into(), unit: "Hz".into(), data });
        Ok(recording)
    }
}

impl Stage for ReleaseStage {
    fn name(&self) -> &'static str {
        "release"
    }

    fn apply(&self, mut recording: Recording) -> Result<Recording> {
        let spikes = taken(&recording, self.name(), &self.from)?;
        let step = step(&recording, self.name())?;
        let mut terminals = Patched::new(self.terminal.clone(), "terminal", &self.projection, &self.patches)?;
        let mut spaces = Patched::new(self.space.clone(), "space", &self.projection, &self.patches)?;
        let (mut terminal, mut space) = (terminals.at(0.0)?.clone(), spaces.at(0.0)?.clone());
        let rate = spikes.iter().sum::<f64>() / spikes.len().max(1) as f64;
        let rng = (self.seed, self.stream.as_str());
        let mut release = Release::mixed(&terminal, &space, rate, self.cells, rng, None)?;
        let mut data = Vec::with_capacity(spikes.len());
        let mut fired = Vec::new();
        for (i, rate) in spikes.iter().enumerate() {
            if i % CONTROL == 0 && !(terminals.constant() && spaces.constant()) {
                (terminal, space) = (terminals.at(recording.times[i])?.clone(), spaces.at(recording.times[i])?.clone());
            }
            // A count that is not whole is rounded at random, so that its mean is kept.
            let count = (rate * step * f64::from(self.cells)).max(0.0);
            let whole = count.floor() + f64::from(u8::from(release.chance() < count.fract()));
            fired.clear();
            fired.extend((0..whole as usize).map(|_| release.any()));
            release.pass(&terminal, &space, &fired, 0.0, step);
            data.push(release.concentration());
        }
        recording.put(Channel { name: "dopamine".into(), unit: "nM".into(), data });
        Ok(recording)
    }
}

/// What fires: renewal processes as time goes on, or neurons with conductances whose spikes are known beforehand.
enum Neurons {
    Renewal(Box<Population>),
    Known { spikes: Vec<(u32, u32)>, next: usize },
}

impl Neurons {
    /// The rate with which release begins, Hz a neuron.
    fn rest(&self, firing: &Firing, drive: &Drive<'_>) -> Result<f64> {
        Ok(match self {
            Self::Renewal(_) => firing.rest()?.2,
            Self::Known { spikes, .. } => {
                spikes.len() as f64 / firing.cells / (drive.teaching.len() as f64 * drive.step)
            }
        })
    }

    /// The neurons that fire in a tick.
    fn pass(&mut self, firing: &Firing, drive: &Drive<'_>, tick: usize, fired: &mut Vec<u32>) {
        match self {
            Self::Renewal(population) => {
                if drive.teaching[tick] != 0.0 {
                    population.teach(firing, drive.teaching[tick]);
                }
                population.pass(firing, drive.tonic.map_or(0.0, |t| t[tick]), drive.step, fired);
            }
            Self::Known { spikes, next } => {
                fired.clear();
                let alive = (firing.alive * firing.cells).round() as u32;
                while let Some((_, cell)) = spikes.get(*next).filter(|s| s.0 as usize == tick) {
                    fired.extend((*cell < alive).then_some(*cell));
                    *next += 1;
                }
            }
        }
    }
}

impl TransmissionStage {
    fn neurons(&self, firing: &Firing, drive: &Drive<'_>) -> Result<Neurons> {
        let (patches, seed) = ((self.patches.as_slice(), self.projection.as_str()), (self.seed, self.stream.as_str()));
        Ok(match &self.conductances {
            None => Neurons::Renewal(Box::new(Population::new(firing, self.seed, &self.stream)?)),
            Some(c) => Neurons::Known { spikes: c.spikes(firing, drive, patches, seed)?, next: 0 },
        })
    }

    fn release(&self, firing: &Firing, rate: f64, terminal: &Terminal, space: &Space, step: f64) -> Result<Release> {
        let rate = rate * firing.alive;
        let stream = format!("{}/release", self.stream);
        let rng = (self.seed, stream.as_str());
        let cells = firing.cells as u32;
        let rate = rate + terminal.stimulation + terminal.local_rate * terminal.local_release;
        match &self.lattice {
            None => Release::mixed(terminal, space, rate, cells, rng, self.sensor),
            Some((grid, receptors)) => {
                Release::on_lattice(terminal, space, rate, cells, rng, (grid.clone(), *receptors, step))
            }
        }
    }
}

impl Stage for TransmissionStage {
    fn name(&self) -> &'static str {
        "transmission"
    }

    fn apply(&self, mut recording: Recording) -> Result<Recording> {
        let teaching = taken(&recording, self.name(), &self.from)?;
        let other = |name: &Option<String>| name.as_ref().map(|n| taken(&recording, self.name(), n)).transpose();
        let (tonic, local) = (other(&self.tonic)?, other(&self.local)?);
        let step = step(&recording, self.name())?;
        let mut firings = Patched::new(self.firing.clone(), "firing", &self.projection, &self.patches)?;
        let mut terminals = Patched::new(self.terminal.clone(), "terminal", &self.projection, &self.patches)?;
        let mut spaces = Patched::new(self.space.clone(), "space", &self.projection, &self.patches)?;
        let constant = firings.constant() && terminals.constant() && spaces.constant();
        let first = recording.times.first().copied().unwrap_or(0.0);
        let mut firing = firings.at(first)?.clone();
        let (mut terminal, mut space) = (terminals.at(first)?.clone(), spaces.at(first)?.clone());
        let drive = Drive { teaching: &teaching, tonic: tonic.as_deref(), start: first, step, stopped: self.stopped };
        let mut neurons = self.neurons(&firing, &drive)?;
        let mut release = self.release(&firing, neurons.rest(&firing, &drive)?, &terminal, &space, step)?;
        let cells = firing.cells;
        let ticks = teaching.len();
        let (mut spikes, mut dopamine) = (Vec::with_capacity(ticks), Vec::with_capacity(ticks));
        let mut sensed = Vec::new();
        let mut receptors: [Vec<f64>; 2] = [Vec::new(), Vec::new()];
        let mut fired = Vec::with_capacity(cells as usize);
        for i in 0..ticks {
            if i % ASKED == 0 && (self.stopped)() {
                return Err(Error::Interrupted);
            }
            if !constant && i % CONTROL == 0 {
                let time = recording.times[i];
                firing = firings.at(time)?.clone();
                (terminal, space) = (terminals.at(time)?.clone(), spaces.at(time)?.clone());
            }
            neurons.pass(&firing, &drive, i, &mut fired);
            release.pass(&terminal, &space, &fired, local.as_ref().map_or(0.0, |l| l[i].max(0.0)), step);
            spikes.push(fired.len() as f64 / cells / step);
            dopamine.push(release.concentration());
            sensed.extend(release.sensed());
            if let Some(lattice) = release.lattice() {
                receptors.iter_mut().enumerate().for_each(|(r, data)| data.push(lattice.mean_bound(r)));
            }
        }
        let mut put = |name: &str, unit: &str, data: Vec<f64>| {
            if data.len() == ticks {
                recording.put(Channel { name: name.into(), unit: unit.into(), data });
            }
        };
        put("spikes", "Hz", spikes);
        put("dopamine", "nM", dopamine);
        put("sensor", "occupancy", sensed);
        let [d1, d2] = receptors;
        put("D1 on the lattice", "occupancy", d1);
        put("D2 on the lattice", "occupancy", d2);
        Ok(recording)
    }
}
