//! Simulates a small study whose truth is known: an experiment lived through by one theory, seen through a sensor.

use crate::experiment::{self, Experiment, Lived, catalogue};
use crate::stages::{Noise, SensorStage};
use crate::theories;
use accumbens_core::study::{Between, Scoring, Session, Statistic, Study, Subject};
use accumbens_core::{AnyTheory, Channel, EventLog, Recording, Result, Sample, Seed, Stage, room, sensors};
use rand_distr::{Distribution, StandardNormal};

/// What is simulated.
#[derive(Clone, Debug)]
pub struct Design {
    /// The experiment of the catalogue that is lived through.
    pub experiment: String,
    /// How its responses are scored.
    pub scoring: Scoring,
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
        }
    }
}

/// How the responses of the usual simulated study are scored.
#[must_use]
pub fn scoring() -> Scoring {
    Scoring {
        events: vec!["sucrose".into(), "cs_plus".into()],
        focus: None,
        align: None,
        response: [0.0, 0.8],
        baseline: Some([-1.0, -0.1]),
        statistic: Statistic::Mean,
        min_interval: 2.0,
    }
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
        sensor: Some(sensors::by_name("dLight1.3b")?),
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
    for place in 0..theory.table().len() {
        if let Some(prior) = theory.table()[place].prior {
            let z: f64 = StandardNormal.sample(&mut rng);
            theory.set(place, prior.value(0.5 * z))?;
        }
    }
    Ok(theory)
}

fn subject(experiment: &Experiment, design: &Design, number: u32) -> Result<Subject> {
    let sessions = experiment::sessions(experiment, None, number, design.seed)?;
    let mut theory = individual(design, number)?;
    let mut rng = design.seed.stream(&format!("simulated/{number}/choices"));
    let Lived { life, logs, samples, .. } =
        experiment::lived(&sessions, theory.as_mut(), &mut rng).map_err(|e| e.within(&format!("mouse {number}")))?;
    let weights = weights(&samples, theory.channels(life.log.kinds()).len(), design.seed);
    let recordings = sessions.iter().zip(logs).zip(&life.starts).map(|((session, log), start)| {
        let end = start + session.duration;
        let inside = samples.iter().filter(|s| s.time > *start && s.time <= end);
        let impulses: Vec<(f64, f64)> =
            inside.map(|s| (s.time - start, s.value * weights[s.channel as usize])).collect();
        let stream = format!("simulated/{number}/{}", session.name);
        let recording = record((log, session.duration), &impulses, design, stream)?;
        Ok(Session { name: session.name.clone(), recording, windows: None })
    });
    let (name, group) = (format!("mouse {number}"), String::new());
    Ok(Subject { name, group, sessions: recordings.collect::<Result<_>>()? })
}

/// How much light each channel's dopamine makes: theories differ in the size of their dopamine, the light of an average
/// answer to an event does not. Several channels have weights of their own, the same for all subjects.
fn weights(samples: &[Sample], channels: usize, seed: Seed) -> Vec<f64> {
    let mut rng = seed.stream("simulated/channels");
    let one = |channel: usize| {
        let answers = samples.iter().filter(|s| s.rows > 0 && s.channel as usize == channel);
        let (sum, count) = answers.fold((0.0, 0.0), |(s, n), x| (s + x.value * x.value, n + 1.0));
        let size = (sum / f64::max(count, 1.0)).sqrt().max(1e-12);
        let weight: f64 = if channels > 1 { StandardNormal.sample(&mut rng) } else { 1.0 };
        weight / size
    };
    (0..channels).map(one).collect()
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
    let sensor = sensors::by_name("dLight1.3b")?;
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
