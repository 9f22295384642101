//! Records what a theory would look like: an experiment lived through, its teaching signal through neurons, terminals,
//! receptors, an indicator and a fibre.

use crate::experiment::{self, Experiment, Lived};
use crate::transmission::{
    Binding, BindingStage, Conductances, FIELDS, Fibre, FibreStage, Firing, Grid, LightStage, Space, Synthesis,
    Terminal, TransmissionStage, drug, light,
};
use accumbens_core::drugs::Given;
use accumbens_core::params::place_of;
use accumbens_core::study::Sensor;
use accumbens_core::transmission::{self, Projection};
use accumbens_core::{
    AnyTheory, Channel, Error, EventLog, Params, Patch, Recording, Result, Sample, Seed, Stage, regions, room,
};

/// Time between ticks of the neurons and of dopamine, s.
pub const TICK: f64 = 1e-3;

/// Channels that the chain keeps at once, at most: clock, teaching, spikes, dopamine, receptors and light.
const CHANNELS: f64 = 8.0;

/// The chain from a teaching signal to the fibre.
#[derive(Clone, Debug)]
pub struct Chain {
    /// The projection.
    pub projection: Projection,
    /// The neurons.
    pub firing: Firing,
    /// Neurons with conductances in their place; slow.
    pub conductances: Option<Conductances>,
    /// Their terminals.
    pub terminal: Terminal,
    /// The space around them.
    pub space: Space,
    /// The receptors.
    pub binding: Binding,
    /// The indicator.
    pub sensor: Sensor,
    /// The fibre; light is not recorded where absent.
    pub fibre: Option<Fibre>,
    /// A lattice in the place of the well-mixed volume.
    pub lattice: Option<Grid>,
    /// What is done to any of them.
    pub patches: Vec<Patch>,
    /// Drugs, with the projection where one acts; everywhere where absent.
    pub drugs: Vec<(Given, Option<String>)>,
    /// Whether what no fibre sees is recorded too.
    pub truth: bool,
    /// Whether to give up, asked once in a while.
    pub stopped: fn() -> bool,
}

fn put<P: Params>(parameters: &mut P, name: &str, text: &str) -> Result<()> {
    let place = place_of(P::table(), name)?;
    let value = P::table()[place].read(text)?;
    parameters.put(place, value);
    Ok(())
}

impl Chain {
    /// The chain of a projection, under a named set (its usual one where absent), a scheme of receptors and an indicator.
    ///
    /// # Errors
    /// Where a name is unknown or a set does not fit.
    pub fn new(projection: &str, set: Option<&str>, scheme: &str, sensor: Sensor) -> Result<Self> {
        let projection = transmission::projection(projection)?;
        let set = transmission::by_name(set.unwrap_or(&projection.set))?;
        Ok(Self {
            firing: set.stage("firing")?,
            conductances: None,
            terminal: set.stage("terminal")?,
            space: set.stage("space")?,
            projection,
            binding: Binding::scheme(scheme)?,
            sensor,
            fibre: Some(Fibre::default()),
            lattice: None,
            patches: Vec::new(),
            drugs: Vec::new(),
            truth: false,
            stopped: || false,
        })
    }

    /// Sets `stage.parameter` from text: stages are firing, terminal, space, receptors, fibre, and of neurons
    /// with conductances cell and synapses.
    ///
    /// # Errors
    /// Where there is no such stage or parameter, or the value is outside its domain.
    pub fn set(&mut self, name: &str, text: &str) -> Result<()> {
        const STAGES: &str = "firing, terminal, space, receptors, fibre; with neurons by conductance cell, synapses";
        let (stage, parameter) = name.split_once('.').unwrap_or((name, ""));
        match stage {
            "firing" => put(&mut self.firing, parameter, text),
            "terminal" => put(&mut self.terminal, parameter, text),
            "space" => put(&mut self.space, parameter, text),
            "receptors" => put(&mut self.binding, parameter, text),
            "cell" | "synapses" => match &mut self.conductances {
                Some(c) if stage == "cell" => put(&mut c.cell, parameter, text),
                Some(c) => put(&mut c.synapses, parameter, text),
                None => Err(Error::input(name, "the neurons are not by conductance", "--neurons conductance")),
            },
            "fibre" => self.fibre.as_mut().map_or(Ok(()), |f| put(f, parameter, text)),
            _ => Err(Error::input(name, format!("no stage is called {stage:?}"), STAGES)),
        }
    }

    /// Neurons with conductances take the place of renewal processes.
    pub fn conduct(&mut self) {
        self.conductances = Some(Conductances::default());
    }

    /// Does something to a stage, from `[PROJECTION/]STAGE.PARAMETER` then `=`, `*=` or `+=` then `VALUE`, and `@FROM:TO`
    /// (s).
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn patch(&mut self, text: &str) -> Result<()> {
        self.patches.push(Patch::parse(text)?);
        Ok(())
    }

    /// Takes a gene away.
    ///
    /// # Errors
    /// Where the catalogue has no such gene.
    pub fn knock_out(&mut self, gene: &str) -> Result<()> {
        self.patches.extend(transmission::knock_out(gene)?);
        Ok(())
    }

    /// Gives a drug in every session, from `[PROJECTION/]DRUG:AMOUNT[:ROUTE][@TIME[+INTERVALxMORE]]`, times in s.
    ///
    /// # Errors
    /// Where the dose cannot be read or the catalogue has no such drug.
    pub fn give(&mut self, text: &str) -> Result<()> {
        // A route of a drug holds no slash, so one before the first colon names a projection.
        let (projection, dose) = match text.split_once('/') {
            Some((projection, dose)) => (Some(projection.to_owned()), dose),
            None => (None, text),
        };
        self.drugs.push((Given::parse(dose)?, projection));
        Ok(())
    }

    /// Lets dopamine diffuse on a lattice with so many voxels of 1 µm a side.
    ///
    /// # Errors
    /// Where the lattice is too small or too large.
    pub fn diffuse(&mut self, voxels: u32) -> Result<()> {
        if !(4..=1000).contains(&voxels) {
            return Err(Error::input("lattice", format!("{voxels} voxels a side"), "4 to 1000"));
        }
        let side = f64::from(voxels);
        room("lattice", &[("side", side), ("side", side), ("side", side), ("numbers a voxel", FIELDS)])?;
        self.lattice = Some(Grid { side: f64::from(voxels), ..Grid::default() });
        Ok(())
    }

    /// Checks that every patch finds its parameter.
    ///
    /// # Errors
    /// Where one does not.
    pub fn check(&self) -> Result<()> {
        use accumbens_core::Patched;
        let stages = ["firing", "cell", "synapses", "terminal", "space", "receptors", "synthesis"];
        for patch in &self.patches {
            if !stages.contains(&patch.stage()) {
                let problem = format!("nothing can be done to the stage {:?}", patch.stage());
                return Err(Error::input(&patch.parameter, problem, stages.join(", ")));
            }
            if self.conductances.is_none() && ["cell", "synapses"].contains(&patch.stage()) {
                return Err(Error::input(
                    &patch.parameter,
                    "the neurons are not by conductance",
                    "--neurons conductance",
                ));
            }
            if let Some(name) = &patch.projection {
                transmission::projection(name)?;
            }
        }
        for (_, name) in &self.drugs {
            name.as_ref().map(|n| transmission::projection(n)).transpose()?;
        }
        let name = &self.projection.name;
        Patched::new(self.firing.clone(), "firing", name, &self.patches)?;
        self.conductances.as_ref().map(|c| c.check(&self.patches, name)).transpose()?;
        Patched::new(self.terminal.clone(), "terminal", name, &self.patches)?;
        Patched::new(self.space.clone(), "space", name, &self.patches)?;
        Patched::new(self.binding.clone(), "receptors", name, &self.patches)?;
        Patched::new(Synthesis::default(), "synthesis", name, &self.patches)?;
        Ok(())
    }

    /// Sends a recording with the channel `teaching` (and `tonic` or `local` where they are) through the chain.
    ///
    /// # Errors
    /// Where a stage cannot work.
    pub fn record(&self, recording: Recording, seed: Seed, stream: &str) -> Result<Recording> {
        let mut patches = self.patches.clone();
        let end = recording.duration;
        for (given, projection) in &self.drugs {
            patches.extend(drug::patches(given, 0.0, end, projection.as_deref()));
        }
        patches.extend(Synthesis::quanta(&patches, &self.projection.name, end)?);
        let there = |name: &str| recording.channel(name).map(|c| c.name.clone());
        let projection = self.projection.name.clone();
        let transmission = TransmissionStage {
            firing: self.firing.clone(),
            conductances: self.conductances.clone(),
            terminal: self.terminal.clone(),
            space: self.space.clone(),
            lattice: self.lattice.clone().map(|grid| (grid, self.binding.receptors())),
            sensor: light::binding(&self.sensor),
            from: "teaching".into(),
            tonic: there("tonic"),
            local: there("local"),
            patches: patches.clone(),
            projection: projection.clone(),
            seed,
            stream: stream.into(),
            stopped: self.stopped,
        };
        let mut recording = transmission.apply(recording)?;
        if self.truth {
            let binding = self.binding.clone();
            recording = BindingStage { from: "dopamine".into(), binding, patches, projection }.apply(recording)?;
        }
        recording = LightStage::new(self.sensor.clone()).apply(recording)?;
        let Some(fibre) = &self.fibre else { return Ok(recording) };
        let (from, stream) = ("light".into(), format!("{stream}/fibre"));
        FibreStage { fibre: fibre.clone(), from, truth: self.truth, seed, stream }.apply(recording)
    }
}

/// One subject's session.
#[derive(Clone, Debug)]
pub struct Recorded {
    /// The session's name.
    pub name: String,
    /// What was recorded.
    pub recording: Recording,
}

/// The dopamine that a theory asks for in each session of a subject: a channel `teaching` of impulses in units of
/// `scale`, and a channel `tonic` where the theory has such a signal.
///
/// Theories differ in the size of their dopamine. Without a scale the unit is the root mean square of the subject's
/// answers to events.
///
/// # Errors
/// Where the experiment cannot be lived through, or no signal of the theory reaches the projection.
pub fn teaching(
    experiment: &Experiment,
    theory: &dyn AnyTheory,
    projection: &Projection,
    (group, subject): (Option<&str>, u32),
    scale: Option<f64>,
    seed: Seed,
) -> Result<Vec<Recorded>> {
    let sessions = experiment::sessions(experiment, group, subject, seed)?;
    let mut theory = theory.boxed();
    let mut rng = seed.stream(&format!("recorded/{subject}/choices"));
    let Lived { life, samples, logs, .. } =
        experiment::lived(&sessions, theory.as_mut(), &mut rng).map_err(|e| e.within(&format!("subject {subject}")))?;
    let channels = theory.channels(life.log.kinds());
    let region = regions::by_name(&projection.region)?;
    let weights = region.weights(&channels).ok_or_else(|| {
        let problem = format!("no signal of {} reaches the {}", theory.name(), region.name);
        Error::input("projection", problem, "a projection that it reaches")
    })?;
    let is_tonic: Vec<bool> = channels.iter().map(|c| c.signal == "tonic").collect();
    let unit = scale.unwrap_or_else(|| unit(&samples, &weights, &is_tonic));
    let one = |((session, start), log): ((&experiment::Session, &f64), &EventLog)| {
        let inside = samples.iter().filter(|s| s.time > *start && s.time <= start + session.duration);
        let name = session.name.clone();
        Ok(Recorded { name, recording: ticks(log, session.duration, *start, inside, &weights, &is_tonic, unit)? })
    };
    sessions.iter().zip(&life.starts).zip(&logs).map(one).collect()
}

/// A recording of a teaching signal at each tick, in units of which 1 is an everyday answer, to be sent through a chain.
///
/// # Errors
/// Where it would have no tick.
pub fn taught(seconds: f64, signal: impl Fn(usize) -> f64) -> Result<Recording> {
    room("teaching", &[("seconds", seconds), ("ticks a second", 1.0 / TICK), ("channels", CHANNELS)])?;
    let count = (seconds / TICK).round() as usize;
    if count == 0 {
        return Err(Error::input("teaching", format!("{seconds} s"), "a tick of 1 ms or more"));
    }
    let times = (0..count).map(|i| i as f64 * TICK).collect();
    let data = (0..count).map(signal).collect();
    let teaching = Channel { name: "teaching".into(), unit: "rms".into(), data };
    Recording::new(times, vec![teaching], EventLog::default(), seconds)
}

fn unit(samples: &[Sample], weights: &[f64], is_tonic: &[bool]) -> f64 {
    let (mut sum, mut count, mut answer, mut time) = (0.0, 0.0, 0.0, f64::NAN);
    for sample in samples.iter().filter(|s| s.rows > 0 && !is_tonic[s.channel as usize]) {
        if sample.time != time {
            sum += answer * answer;
            count += 1.0;
            (answer, time) = (0.0, sample.time);
        }
        answer += weights[sample.channel as usize] * sample.value;
    }
    ((sum + answer * answer) / f64::max(count, 1.0)).sqrt().max(1e-12)
}

fn ticks<'a>(
    log: &EventLog,
    duration: f64,
    start: f64,
    samples: impl Iterator<Item = &'a Sample>,
    weights: &[f64],
    is_tonic: &[bool],
    unit: f64,
) -> Result<Recording> {
    room("record", &[("seconds of a session", duration), ("ticks a second", 1.0 / TICK), ("channels", CHANNELS)])?;
    let count = (duration / TICK).ceil() as usize + 1;
    let times: Vec<f64> = (0..count).map(|i| i as f64 * TICK).collect();
    let mut teaching = vec![0.0; count];
    let mut level: Vec<(usize, f64)> = Vec::new();
    for sample in samples {
        let tick = (((sample.time - start) / TICK).ceil() as usize).min(count - 1);
        let channel = sample.channel as usize;
        if is_tonic[channel] {
            level.push((tick, weights[channel] * sample.value));
        } else {
            teaching[tick] += weights[channel] * sample.value / unit;
        }
    }
    let mut channels = vec![Channel { name: "teaching".into(), unit: "rms".into(), data: teaching }];
    if !level.is_empty() {
        // A tonic signal holds until it changes.
        let mut tonic = vec![0.0; count];
        for (i, (tick, value)) in level.iter().enumerate() {
            let end = level.get(i + 1).map_or(count, |next| next.0.max(*tick));
            tonic[*tick..end].fill(*value);
        }
        channels.push(Channel { name: "tonic".into(), unit: "theory's own".into(), data: tonic });
    }
    Recording::new(times, channels, log.clone(), duration)
}
