//! Leads a theory through a finding's experiment and keeps what the measures need.

use super::spec::{Ask, Finding, Measure, Setting};
use crate::experiment::{self, Experiment, Life};
use accumbens_core::{
    ActionRule, AnyTheory, ChannelInfo, Choice, Deed, Drive, EventKind, EventLog, Probe, Result, Sample, Seed, Sink,
    live, live_acting, regions, told,
};

/// How long after its onset a cue is asked how strongly it moves the animal, s: long enough for a time-step theory to
/// have closed the bin of the onset.
const AFTER_ONSET: f64 = 0.3;

/// What happens to a subject in one group, before any theory lives it.
pub struct Before {
    /// The group.
    pub group: String,
    life: Life,
    /// The phase of each session.
    phases: Vec<String>,
    /// Each session's own log, with its start on the life's clock, s.
    logs: Vec<(EventLog, f64)>,
}

/// One subject in every group that is measured.
pub struct Subject {
    /// The groups.
    pub groups: Vec<Before>,
    /// The subject, from 1.
    pub number: u32,
}

/// One group's life of one theory.
pub struct Lived {
    /// What happened.
    pub log: EventLog,
    /// Dopamine of each mixture, in the order of time.
    pub samples: Vec<Sample>,
    /// What the animal did.
    pub deeds: Vec<Deed>,
    /// The choices it may have had: [`Choice::all`].
    pub choices: Vec<Choice>,
    /// How cues moved it.
    pub probes: Vec<(Probe, Option<Drive>)>,
    /// The start of each session, s, and its phase.
    pub sessions: Vec<(f64, String)>,
}

/// The groups that a finding measures.
fn groups(finding: &Finding, experiment: &Experiment) -> Vec<String> {
    let usual = experiment.group_names()[0].to_owned();
    let mut groups: Vec<String> =
        finding.measure.values().map(|m| m.group.clone().unwrap_or_else(|| usual.clone())).collect();
    groups.sort_unstable();
    groups.dedup();
    groups
}

/// What happens to a subject, group by group.
pub fn subject(finding: &Finding, experiment: &Experiment, theory: &str, number: u32, seed: Seed) -> Result<Subject> {
    let one = |group: String| {
        let sessions = experiment::sessions(experiment, Some(&group), number, seed)?;
        let life = experiment::life(&sessions, theory)?;
        let phase = |s: &experiment::Session| s.name.rsplit_once('-').map_or(s.name.clone(), |(p, _)| p.to_owned());
        let phases = sessions.iter().map(phase).collect();
        let logs = sessions.iter().map(|s| s.log.clone()).zip(life.starts.iter().copied()).collect();
        Ok(Before { group, life, phases, logs })
    };
    Ok(Subject { groups: groups(finding, experiment).into_iter().map(one).collect::<Result<_>>()?, number })
}

/// The mixtures of channels that the measures read: the weights of each, and for each measure its first mixture and
/// how many it has; none where the theory's signals do not reach what was recorded.
pub struct Mixtures {
    /// Weights by channel.
    pub weights: Vec<Vec<f64>>,
    /// Which mixtures each measure reads, in the order of the measures.
    pub of: Vec<Option<(usize, usize)>>,
}

fn weights(finding: &Finding, m: &Measure, channels: &[ChannelInfo]) -> Result<Option<Vec<Vec<f64>>>> {
    let one = |pick: &dyn Fn(&ChannelInfo) -> bool| {
        let n = channels.iter().filter(|c| pick(c)).count() as f64;
        let weights: Vec<f64> = channels.iter().map(|c| if pick(c) { 1.0 / n } else { 0.0 }).collect();
        (n > 0.0).then_some(vec![weights])
    };
    if m.cells {
        let unit = |i: usize| (0..channels.len()).map(|j| f64::from(u8::from(i == j))).collect();
        return Ok(Some((0..channels.len()).filter(|i| channels[*i].dopamine).map(unit).collect()));
    }
    if let Some(signal) = &m.signal {
        return Ok(one(&|c| c.signal == *signal));
    }
    match m.region.as_ref().or(finding.region.as_ref()) {
        Some(region) => Ok(regions::by_name(region)?.weights(channels).map(|w| vec![w])),
        None => Ok(one(&|c| c.dopamine && c.signal == channels[0].signal)),
    }
}

/// The mixtures of a theory in a finding.
pub fn mixtures(finding: &Finding, channels: &[ChannelInfo]) -> Result<Mixtures> {
    let mut all = Mixtures { weights: Vec::new(), of: Vec::new() };
    for m in finding.measure.values() {
        let Some(wanted) = weights(finding, m, channels)? else {
            all.of.push(None);
            continue;
        };
        let n = wanted.len();
        let known = all.weights.windows(n.max(1)).position(|w| w == wanted.as_slice());
        let from = known.unwrap_or(all.weights.len());
        if known.is_none() {
            all.weights.extend(wanted);
        }
        all.of.push(Some((from, n)));
    }
    Ok(all)
}

/// The theory as the finding's design gives it.
pub fn given(finding: &Finding, theory: &dyn AnyTheory) -> Result<Box<dyn AnyTheory>> {
    let mut theory = theory.boxed();
    let base = theory.info().name;
    for (name, setting) in finding.set.get(base).into_iter().flatten() {
        let place = accumbens_core::params::place_of(theory.table(), name).map_err(|e| e.within(base))?;
        // What the user set stands before what the design gives.
        let (now, usual) = (theory.get(place), theory.table()[place].default);
        if now != usual && !(now.is_nan() && usual.is_nan()) {
            continue;
        }
        match setting {
            Setting::Number(x) => theory.set(place, *x)?,
            Setting::Word(word) => theory.set_text(name, word)?,
        }
    }
    theory.check()?;
    Ok(theory)
}

fn probes(finding: &Finding, group: &str, usual: &str, kinds: &[EventKind], log: &EventLog) -> Vec<Probe> {
    let asked =
        |m: &&Measure| matches!(m.ask, Ask::Response | Ask::Wanting) && m.group.as_deref().unwrap_or(usual) == group;
    let names: Vec<&String> = finding.measure.values().filter(asked).filter_map(|m| m.event.as_ref()).collect();
    let events = log.events().iter().filter(|e| names.iter().any(|n| **n == kinds[e.kind.index()].name));
    let mut probes: Vec<Probe> = events.map(|e| Probe { time: e.time + AFTER_ONSET, kind: e.kind }).collect();
    probes.sort_by(|a, b| a.time.total_cmp(&b.time));
    probes
}

/// A theory's lives, one a group, in the subject's order.
pub fn lives(
    finding: &Finding,
    experiment: &Experiment,
    theory: &dyn AnyTheory,
    subject: &Subject,
    mixtures: &Mixtures,
    seed: Seed,
) -> Result<Vec<Lived>> {
    let usual = experiment.group_names()[0].to_owned();
    let silence = finding.measure.values().any(|m| m.window.is_some());
    let one = |Before { group, life, phases, logs }: &Before| {
        let mut theory = theory.boxed();
        theory.tell(&life.log);
        let mut schedule = life.schedule.clone();
        let told = told(theory.as_ref(), logs.iter().map(|(log, start)| (log, *start)));
        schedule.changes.extend(told);
        let schedule = schedule.sorted();
        let mut learner = theory.start(life.log.kinds());
        let mut samples = Vec::new();
        let sink = Sink::Mixtures { weights: &mixtures.weights, silence, samples: &mut samples };
        let probes = probes(finding, group, &usual, life.log.kinds(), &life.log);
        let sessions = life.starts.iter().copied().zip(phases.iter().cloned()).collect();
        if life.choices.is_empty() && probes.is_empty() {
            live(learner.as_mut(), &life.log, &schedule, sink)?;
            let log = life.log.clone();
            return Ok(Lived { log, samples, deeds: vec![], choices: vec![], probes: vec![], sessions });
        }
        let mut rng = seed.stream(&format!("findings/choices/{}/{group}", subject.number));
        let rule = ActionRule::default();
        let acted = live_acting(learner.as_mut(), &life.log, &schedule, &life.choices, &probes, &rule, &mut rng, sink)?;
        let probes = probes.into_iter().zip(acted.drives).collect();
        let choices = Choice::all(&life.choices).into_iter().cloned().collect();
        Ok(Lived { log: acted.log, samples, deeds: acted.deeds, choices, probes, sessions })
    };
    subject.groups.iter().map(one).collect()
}
