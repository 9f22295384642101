//! Simulates a small study whose truth is known: an experiment lived through by one theory, seen through a sensor.

use crate::experiment::{self, Experiment, Lived, catalogue};
use crate::stages::{Noise, SensorStage};
use crate::theories;
use accumbens_core::study::{Between, COVERAGE, Scores, Scoring, Sensor, Session, Statistic, Study, Subject};
use accumbens_core::{
    AnyTheory, Channel, ChannelInfo, EventLog, Recording, Result, Sample, Seed, Stage, room, sensors,
};
use rand_distr::{Distribution, StandardNormal};

/// What is simulated.
#[derive(Clone, Debug)]
pub struct Design {
    /// The experiment of the catalogue that is lived through.
    pub experiment: String,
    /// How its responses are scored.
    pub scoring: Scores,
    /// What its subjects choose between.
    pub choices: Vec<Between>,
    /// The theory that makes the data.
    pub truth: String,
    /// Subjects.
    pub subjects: u32,
    /// The seed.
    pub seed: Seed,
    /// Samples a second.
    pub rate: f64,
    /// Light for dopamine of one standard deviation of a subject's answers to events, in % dF/F.
    pub gain: f64,
    /// Standard deviation of the white noise of a sample, in % dF/F.
    pub white: f64,
    /// Standard deviation of the slow drift, in % dF/F.
    pub drift: f64,
    /// The sensor; dLight1.3b where none is named.
    pub sensor: Option<Sensor>,
    /// How much brighter the last session is than the first, as a factor that grows by the same share each session: an
    /// indicator that is still being expressed. 1 for none.
    pub growth: f64,
    /// How much each channel's light changes in a straight line over life, relative to its mean: up in one channel, down in
    /// the next. 0 for none.
    pub trend: f64,
    /// Whether light is multiplied with the magnitude of the outcome that it answers.
    pub sized: bool,
}

impl Default for Design {
    fn default() -> Self {
        Self {
            experiment: "random-then-cued".into(),
            scoring: scoring(),
            choices: Vec::new(),
            truth: "anccr".into(),
            subjects: 6,
            seed: Seed(1),
            rate: 20.0,
            gain: 4.0,
            white: 0.8,
            drift: 0.5,
            sensor: None,
            growth: 1.0,
            trend: 0.0,
            sized: false,
        }
    }
}

impl Design {
    fn sensor(&self) -> Result<Sensor> {
        self.sensor.clone().map_or_else(|| sensors::by_name("dLight1.3b"), Ok)
    }
}

/// How the responses of the usual simulated study are scored.
#[must_use]
pub fn scoring() -> Scores {
    Scores::from(Scoring {
        events: vec!["sucrose".into(), "cs_plus".into()],
        focus: None,
        align: None,
        response: [0.0, 0.8],
        baseline: Some([-1.0, -0.1]),
        statistic: Statistic::Mean,
        coverage: COVERAGE,
        min_interval: 2.0,
    })
}

/// Simulates the study.
///
/// # Errors
/// Where no theory is called as the truth is, it cannot go on, or the study finds no room.
pub fn study(design: &Design) -> Result<Study> {
    let experiment = catalogue::by_name(&design.experiment)?;
    let kinds = experiment.kinds()?;
    let names: Vec<&str> = kinds.iter().map(|k| k.name.as_str()).collect();
    design.scoring.check(&names)?;
    design.choices.iter().try_for_each(|c| c.check(&names))?;
    check_room(design, &experiment)?;
    let subjects = (1..=design.subjects).map(|n| subject(&experiment, design, n)).collect::<Result<_>>()?;
    Ok(Study {
        title: format!("A simulated study of {} mice", design.subjects),
        subjects,
        channel: "dff".into(),
        unit: "% dF/F".into(),
        reference: None,
        cleaning: Vec::new(),
        sensor: Some(design.sensor()?),
        scoring: design.scoring.clone(),
        choices: design.choices.clone(),
        session_gap: 0.0,
        truth: Some(theories::parse(&design.truth)?.name()),
    })
}

/// The theory with parameters of this animal: each fitted parameter drawn around its prior's median.
fn individual(design: &Design, number: u32) -> Result<Box<dyn AnyTheory>> {
    let mut theory = theories::parse(&design.truth)?;
    let mut rng = design.seed.stream(&format!("simulated/{number}/parameters"));
    for (place, prior) in theory.fitted() {
        let z: f64 = StandardNormal.sample(&mut rng);
        theory.set(place, prior.value(0.5 * z))?;
    }
    Ok(theory)
}

fn subject(experiment: &Experiment, design: &Design, number: u32) -> Result<Subject> {
    let sessions = experiment::sessions(experiment, None, number, design.seed)?;
    let mut theory = individual(design, number)?;
    let mut rng = design.seed.stream(&format!("simulated/{number}/choices"));
    let Lived { life, logs, samples, .. } =
        experiment::lived(&sessions, theory.as_mut(), &mut rng).map_err(|e| e.within(&format!("mouse {number}")))?;
    let weights = weights(&samples, &theory.channels(life.log.kinds()), design.seed);
    let (count, whole) = (sessions.len(), life.starts.last().zip(sessions.last()).map_or(1.0, |(t, s)| t + s.duration));
    let recordings =
        sessions.iter().zip(logs).zip(&life.starts).enumerate().map(|(number, ((session, log), start))| {
            let end = start + session.duration;
            let inside = samples.iter().filter(|s| s.time > *start && s.time <= end);
            let grown = design.growth.powf(number as f64 / (count.max(2) - 1) as f64);
            let light = |s: &Sample| {
                let size = if design.sized && s.rows > 0 { size(&life.log, s) } else { 1.0 };
                let way = if s.channel.is_multiple_of(2) { design.trend } else { -design.trend };
                size * grown * s.value * weights[s.channel as usize] * (1.0 + way * (s.time / whole - 0.5))
            };
            let impulses: Vec<(f64, f64)> = inside.map(|s| (s.time - start, light(s))).collect();
            let stream = format!("simulated/{number}/{}", session.name);
            let recording = record((log, session.duration), &impulses, design, stream)?;
            Ok(Session { name: session.name.clone(), recording, windows: None })
        });
    let (name, group) = (format!("mouse {number}"), String::new());
    Ok(Subject { name, group, sessions: recordings.collect::<Result<_>>()? })
}

/// The magnitude of the outcome that a release answers; 1 for any other event.
fn size(log: &EventLog, sample: &Sample) -> f64 {
    let event = log.events()[sample.first_row as usize];
    if log.kinds()[event.kind.index()].is_outcome() { event.magnitude } else { 1.0 }
}

/// How much light each channel makes: theories differ in the size of their dopamine, the light of an average answer to
/// an event does not. Several channels have weights of their own, the same for all subjects. More dopamine is more light
/// in each, and what is not dopamine makes none.
fn weights(samples: &[Sample], channels: &[ChannelInfo], seed: Seed) -> Vec<f64> {
    let mut rng = seed.stream("simulated/channels");
    let several = channels.iter().filter(|c| c.dopamine).count() > 1;
    let one = |(channel, info): (usize, &ChannelInfo)| {
        let weight: f64 = if several { StandardNormal.sample(&mut rng) } else { 1.0 };
        if !info.dopamine {
            return 0.0;
        }
        let answers = samples.iter().filter(|s| s.rows > 0 && s.channel as usize == channel);
        let (sum, count) = answers.fold((0.0, 0.0), |(s, n), x| (s + x.value * x.value, n + 1.0));
        let size = (sum / f64::max(count, 1.0)).sqrt().max(1e-12);
        weight.abs() / size
    };
    channels.iter().enumerate().map(one).collect()
}

/// A study has room for its samples and the sensor's.
fn check_room(design: &Design, experiment: &Experiment) -> Result<()> {
    let sessions = experiment::sessions(experiment, None, 1, design.seed)?;
    let seconds: f64 = sessions.iter().map(|s| s.duration).sum();
    let sizes = [("rate (Hz)", design.rate), ("seconds a subject", seconds), ("subjects", f64::from(design.subjects))];
    room("simulated study", &sizes)?;
    Ok(())
}

/// Impulses of dopamine through the sensor and the fibre.
fn record(
    (log, duration): (EventLog, f64),
    impulses: &[(f64, f64)],
    design: &Design,
    stream: String,
) -> Result<Recording> {
    let ticks = (duration * design.rate).floor() as usize + 1;
    let times: Vec<f64> = (0..ticks).map(|i| i as f64 / design.rate).collect();
    let mut data = vec![0.0; ticks];
    for (time, size) in impulses {
        let tick = ((time * design.rate).ceil() as usize).min(ticks - 1);
        data[tick] += size;
    }
    let dopamine = Channel { name: "dopamine".into(), unit: "theory's own".into(), data };
    let recording = Recording::new(times, vec![dopamine], log, duration)?;
    let sensor = design.sensor()?;
    let stages: [&dyn Stage; 2] = [
        &SensorStage { sensor, from: "dopamine".into(), to: "dff".into(), unit: "% dF/F".into(), gain: design.gain },
        &Noise {
            channel: "dff".into(),
            white: design.white,
            drift: design.drift,
            time_constant: 10.0,
            seed: design.seed,
            stream,
        },
    ];
    let mut recording = stages.iter().try_fold(recording, |r, stage| stage.apply(r))?;
    recording.channels.retain(|c| c.name == "dff");
    Ok(recording)
}
