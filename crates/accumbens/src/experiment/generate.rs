//! Yields what happens to a subject of an experiment: the same for the same seed.

use super::free;
use super::spec::{Experiment, From, Name, Phase, TrialType};
use accumbens_core::{
    Change, Clamp, Error, Event, EventClamp, EventKind, EventKindId, EventLog, Result, Schedule, Seed, TAIL,
};
use rand::seq::SliceRandom;
use rand::{Rng, RngExt, SeedableRng};

/// One session of one subject.
#[derive(Clone, Debug)]
pub struct Session {
    /// Phase and number, for example `acquisition-2`.
    pub name: String,
    /// What happens.
    pub log: EventLog,
    /// How long it lasts, s.
    pub duration: f64,
    /// What is done to dopamine and to parameters; changes name theory and parameter as `theory.parameter`.
    pub schedule: Schedule,
}

/// All sessions of one subject on one clock.
#[derive(Clone, Debug)]
pub struct Life {
    /// What happens.
    pub log: EventLog,
    /// What is done to dopamine and to the theory's parameters.
    pub schedule: Schedule,
    /// The start of each session, s.
    pub starts: Vec<f64>,
}

fn applies(groups: &[Name], group: &str) -> bool {
    groups.is_empty() || groups.iter().any(|g| g.get_ref() == group)
}

fn index(kinds: &[EventKind], name: &str) -> usize {
    kinds.iter().position(|k| k.name == name).unwrap_or(0)
}

fn event(kinds: &[EventKind], name: &str, time: f64, magnitude: Option<f64>) -> Event {
    let at = index(kinds, name);
    Event { time, kind: EventKindId(at as u32), magnitude: magnitude.unwrap_or(kinds[at].usual_magnitude()) }
}

/// The sorts of trial of one session, in their order.
fn order<'a>(phase: &'a Phase, rng: &mut impl Rng) -> Box<dyn Iterator<Item = &'a TrialType> + 'a> {
    let types = &phase.trial_types;
    if types.iter().any(|t| t.count.is_some()) {
        let copies = types.iter().flat_map(|t| std::iter::repeat_n(t, t.count.unwrap_or(0) as usize));
        let mut all: Vec<_> = copies.collect();
        all.shuffle(rng);
        return Box::new(all.into_iter());
    }
    let total: f64 = types.iter().map(|t| t.weight).sum();
    let mut draws = accumbens_core::seed::ChaCha8Rng::from_rng(rng);
    let one = move |_| {
        let mut left = draws.random::<f64>() * total;
        types.iter().find(|t| {
            left -= t.weight;
            left < 0.0
        })
    };
    let limit = phase.trials.map_or(usize::MAX, |n| n as usize);
    Box::new((0..limit).map(one).map(move |t| t.unwrap_or(&types[0])))
}

fn trials(phase: &Phase, kinds: &[EventKind], rng: &mut impl Rng) -> Vec<Event> {
    let (Some(iti), false) = (&phase.iti, phase.trial_types.is_empty()) else { return Vec::new() };
    let mut events: Vec<Event> = Vec::new();
    let mut from = 0.0;
    for trial in order(phase, rng) {
        let start = from + free::draw(iti, rng);
        let mut end = start;
        if phase.duration.is_some_and(|d| start + span(trial) > d) {
            break;
        }
        for e in &trial.events {
            let time = start + e.at;
            end = time.max(end);
            if rng.random::<f64>() < e.probability {
                events.push(event(kinds, e.event.get_ref(), time, e.magnitude));
            } else if let Some(otherwise) = &e.otherwise {
                events.push(event(kinds, otherwise.get_ref(), time, None));
            }
        }
        from = if phase.iti_from == From::Start { start } else { end };
    }
    events
}

fn span(trial: &TrialType) -> f64 {
    trial.events.iter().map(|e| e.at).fold(0.0, f64::max)
}

fn session(phase: &Phase, kinds: &[EventKind], group: &str, name: String, rng: &mut impl Rng) -> Result<Session> {
    let mut events = trials(phase, kinds, rng);
    let last = events.iter().map(|e| e.time).fold(0.0, f64::max);
    for free in &phase.free {
        let end = phase.duration.unwrap_or(if phase.trial_types.is_empty() { f64::MAX } else { last });
        let excluded = free::windows(free, &events, |n| index(kinds, n));
        let times = free::times(free, &excluded, end, rng);
        events.extend(times.into_iter().map(|t| event(kinds, free.event.get_ref(), t, free.magnitude)));
    }
    events.sort_by(|a, b| a.time.total_cmp(&b.time));
    let log = EventLog::new(kinds.to_vec(), events)?;
    let duration = phase.duration.unwrap_or(log.last_time() + TAIL).max(log.last_time());
    let mut schedule = Schedule { end: duration, ..Schedule::default() };
    for spec in phase.clamps.iter().filter(|c| applies(&c.groups, group)) {
        let kind = index(kinds, spec.event.get_ref());
        for (row, e) in log.events().iter().enumerate().filter(|(_, e)| e.kind.index() == kind) {
            if rng.random::<f64>() >= spec.probability {
                continue;
            }
            match spec.over {
                Some([from, to]) => schedule.clamps.push(Clamp::new(e.time + from, e.time + to, spec.value)?),
                None => schedule.event_clamps.push(EventClamp { row, value: spec.value }),
            }
        }
    }
    for change in phase.changes.iter().filter(|c| applies(&c.groups, group)) {
        let parameter = format!("{}.{}", change.theory, change.parameter);
        schedule.changes.push(Change { time: 0.0, parameter, value: change.value });
    }
    Ok(Session { name, log, duration, schedule })
}

/// The sessions of one subject of a group.
///
/// # Errors
/// Where the group is not one of the experiment.
pub fn sessions(experiment: &Experiment, group: Option<&str>, subject: u32, seed: Seed) -> Result<Vec<Session>> {
    let names = experiment.group_names();
    let group = group.unwrap_or(names[0]);
    if !names.contains(&group) {
        return Err(Error::input("group", format!("no group is called {group:?}"), names.join(", ")));
    }
    let kinds = experiment.kinds()?;
    let mut sessions = Vec::new();
    for phase in experiment.phases.iter().filter(|p| applies(&p.groups, group)) {
        for number in 1..=phase.sessions {
            let phase_name = phase.name.get_ref();
            // The stream does not name the group: groups that differ in light alone see the same events.
            let mut rng = seed.stream(&format!("experiment/subject {subject}/{phase_name}/{number}"));
            sessions.push(session(phase, &kinds, group, format!("{phase_name}-{number}"), &mut rng)?);
        }
    }
    Ok(sessions)
}

/// A subject's sessions end to end on one clock, with the changes of this theory.
///
/// # Errors
/// Where the sessions cannot be joined.
pub fn life(sessions: &[Session], theory: &str) -> Result<Life> {
    let kinds = sessions.first().map(|s| s.log.kinds().to_vec()).unwrap_or_default();
    let (mut events, mut starts, mut schedule, mut start) = (Vec::new(), Vec::new(), Schedule::default(), 0.0);
    for session in sessions {
        starts.push(start);
        let rows = events.len();
        events.extend(session.log.events().iter().map(|e| Event { time: e.time + start, ..*e }));
        let s = &session.schedule;
        let shifted = s.clamps.iter().map(|c| Clamp { from: c.from + start, to: c.to + start, ..*c });
        schedule.clamps.extend(shifted);
        schedule.event_clamps.extend(s.event_clamps.iter().map(|c| EventClamp { row: c.row + rows, ..*c }));
        for change in &s.changes {
            if let Some((_, parameter)) = change.parameter.split_once('.').filter(|(name, _)| *name == theory) {
                let time = change.time + start;
                schedule.changes.push(Change { time, parameter: parameter.into(), value: change.value });
            }
        }
        start += session.duration;
    }
    schedule.end = start;
    Ok(Life { log: EventLog::new(kinds, events)?, schedule: schedule.sorted(), starts })
}
