//! Lets a theory live through what lies ahead of it, and keeps what it releases, does and ends as.

use crate::experiment::{self, Experiment};
use crate::theories::by_name;
use accumbens_core::params::place_of;
use accumbens_core::regions::Region;
use accumbens_core::{
    ActionRule, AnyTheory, Change, Choice, Deed, Error, EventKindId, EventLog, LATE, Probe, Result, Role, Sample,
    Schedule, Seed, Sink, TAIL, live_acting, told,
};

/// Checks that the changes of an experiment name theories and parameters that are, with values of their domains.
///
/// # Errors
/// Where one does not.
pub fn check_changes(experiment: &Experiment) -> Result<()> {
    for change in experiment.phases.iter().flat_map(|p| &p.changes) {
        let changed = by_name(&change.theory)?;
        let place = place_of(changed.table(), &change.parameter)?;
        changed.table()[place].check(change.value)?;
    }
    Ok(())
}

/// How long after its onset a cue is asked how strongly it moves the animal, s: a time-step theory has then closed the
/// bin of the onset.
const AFTER_ONSET: f64 = 0.3;

/// What a theory is to live through.
#[derive(Clone, Debug)]
pub struct Ahead {
    /// What happens.
    pub log: EventLog,
    /// The sessions, each with its start on that clock (s) and its log on its own: from these parameters are set that a theory
    /// cannot learn.
    pub sessions: Vec<(f64, EventLog)>,
    /// What is done to dopamine and to parameters. What is set from a session stands above a change that is declared for it.
    pub schedule: Schedule,
    /// Changes that the user asks for: they stand above all others, and what is changed by hand is not set from a session that
    /// starts later.
    pub by_hand: Vec<Change>,
    /// What the animal may do.
    pub choices: Vec<Choice>,
}

impl TryFrom<EventLog> for Ahead {
    type Error = Error;

    /// A log, whose clock starts with the session at 0, with silence after its last event.
    fn try_from(log: EventLog) -> Result<Self> {
        if let Some(first) = log.events().first().filter(|e| e.time > LATE) {
            let problem = format!("the first is at {} s, more than a day after the start", first.time);
            let accepted = "times in s from the start of the session: take the time of its start off every time";
            return Err(Error::input("events", problem, accepted));
        }
        let schedule = Schedule { end: log.last_time() + TAIL, ..Schedule::default() };
        let sessions = vec![(0.0, log.clone())];
        Ok(Self { log, sessions, schedule, by_hand: Vec::new(), choices: Vec::new() })
    }
}

impl Ahead {
    /// All sessions of one subject of an experiment, with the changes it declares for this theory.
    ///
    /// # Errors
    /// Where the group is not one of the experiment.
    pub fn subject(
        experiment: &Experiment,
        theory: &dyn AnyTheory,
        group: Option<&str>,
        subject: u32,
        seed: Seed,
    ) -> Result<Self> {
        let sessions = experiment::sessions(experiment, group, subject, seed)?;
        let life = experiment::life(&sessions, theory.info().name)?;
        let logs = life.starts.iter().copied().zip(sessions.iter().map(|s| s.log.clone())).collect();
        Ok(Self { log: life.log, sessions: logs, schedule: life.schedule, by_hand: Vec::new(), choices: life.choices })
    }

    /// The parameters of a theory that are set from each session.
    fn settings(&self, theory: &dyn AnyTheory) -> Vec<Change> {
        let by_hand = |c: &Change| self.by_hand.iter().any(|h| h.parameter == c.parameter && h.time <= c.time);
        let all = told(theory, self.sessions.iter().map(|(start, log)| (log, *start)));
        all.into_iter().filter(|c| !by_hand(c)).collect()
    }
}

/// How strongly a cue moved the animal.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Response {
    /// The onset of the cue, s.
    pub time: f64,
    /// The cue.
    pub kind: EventKindId,
    /// The probability of a conditioned response by the common action rule; NaN where the theory says nothing of it.
    pub probability: f64,
}

/// What came of it.
#[derive(Clone, Debug)]
pub struct Simulated {
    /// Everything that happened, the animal's actions and their consequences among it.
    pub log: EventLog,
    /// The names of the channels of `samples`.
    pub channels: Vec<String>,
    /// Dopamine.
    pub samples: Vec<Sample>,
    /// What the animal did with each choice, in their order.
    pub deeds: Vec<Deed>,
    /// How each cue moved it.
    pub responses: Vec<Response>,
    /// What the theory was told and could not learn.
    pub told: Vec<String>,
    /// The end state, as the theory describes it.
    pub end: serde_json::Value,
}

/// What is set from sessions, in words: each parameter with its range.
fn words(settings: &[Change]) -> Vec<String> {
    let mut names: Vec<&str> = settings.iter().map(|c| c.parameter.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    let range = |name: &str| {
        let values = settings.iter().filter(|c| c.parameter == name).map(|c| c.value);
        let (low, high) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
        format!("{name} of each session, set from that whole session ({low:.1} to {high:.1})")
    };
    names.into_iter().map(range).collect()
}

fn probes(log: &EventLog) -> Vec<Probe> {
    let cues = log.events().iter().filter(|e| log.kinds()[e.kind.index()].role == Role::Cue);
    let mut probes: Vec<Probe> = cues.map(|e| Probe { time: e.time + AFTER_ONSET, kind: e.kind }).collect();
    probes.sort_by(|a, b| a.time.total_cmp(&b.time));
    probes
}

/// Lets a theory live through what lies ahead. With a region its channels are mixed into what that region receives; its
/// choices take their chances from `seed` and `stream`; `asked` keeps the conditioned response to each cue.
///
/// # Errors
/// Where no signal of the theory reaches the region, or the theory cannot go on.
pub fn simulate(
    theory: &dyn AnyTheory,
    ahead: &Ahead,
    region: Option<&Region>,
    (seed, stream): (Seed, &str),
    asked: bool,
) -> Result<Simulated> {
    // What the user set is known before the theory takes anything from the log.
    let settings = ahead.settings(theory);
    let mut theory = theory.boxed();
    let mut told = theory.tell(&ahead.log);
    told.extend(words(&settings));
    let mut schedule = ahead.schedule.clone();
    schedule.changes.extend(settings.into_iter().chain(ahead.by_hand.iter().cloned()));
    let schedule = schedule.sorted();
    let channels = theory.channels(ahead.log.kinds());
    let weights = match region {
        Some(region) => Some(vec![region.weights(&channels).ok_or_else(|| {
            let problem = format!("no signal of {} reaches the {}", theory.name(), region.name);
            Error::input("region", problem, "a region that it reaches, or none")
        })?]),
        None => None,
    };
    let mut samples = Vec::new();
    let sink = match &weights {
        Some(weights) => Sink::Mixtures { weights, silence: true, samples: &mut samples },
        None => Sink::Samples(&mut samples),
    };
    let (mut learner, rule) = (theory.start(ahead.log.kinds()), ActionRule::default());
    let mut rng = seed.stream(stream);
    let probes = if asked { probes(&ahead.log) } else { Vec::new() };
    let acted = live_acting(learner.as_mut(), &ahead.log, &schedule, &ahead.choices, &probes, &rule, &mut rng, sink)?;
    let end = learner.describe();
    if let Some(broken) = learner.fault() {
        return Err(broken.within("its end state"));
    }
    let response = |(probe, drive): (&Probe, &Option<accumbens_core::Drive>)| Response {
        time: probe.time - AFTER_ONSET,
        kind: probe.kind,
        probability: drive.map_or(f64::NAN, |d| rule.probability(d.wanting)),
    };
    Ok(Simulated {
        responses: probes.iter().zip(&acted.drives).map(response).collect(),
        channels: match region {
            Some(region) => vec![region.name.clone()],
            None => channels.into_iter().map(|c| c.name).collect(),
        },
        log: acted.log,
        samples,
        deeds: acted.deeds,
        told,
        end,
    })
}
