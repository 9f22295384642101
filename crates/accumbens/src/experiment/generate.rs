//! Yields what happens to a subject of an experiment: the same for the same seed.

use super::free;
use super::spec::{ChoiceSpec, ClampSpec, Experiment, From, Name, OptionSpec, Phase, TrialEvent, TrialType, Walk};
use accumbens_core::seed::pick;
use accumbens_core::{
    ActionRule, AnyTheory, Change, Choice, Clamp, Consequence, Deed, Error, Event, EventClamp, EventKind, EventKindId,
    EventLog, Hold, Offer, Result, Sample, Schedule, Seed, Sink, TAIL, live_acting, seed::ChaCha8Rng, told,
};
use rand::seq::SliceRandom;
use rand::{Rng, RngExt, SeedableRng};
use rand_distr::{Distribution, StandardNormal};

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
    /// What the animal may do.
    pub choices: Vec<Choice>,
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
    /// What the animal may do.
    pub choices: Vec<Choice>,
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
    let mut draws = ChaCha8Rng::from_rng(rng);
    let one = move |_| pick(types.iter().map(|t| t.weight), total, &mut draws).map(|at| &types[at]);
    let limit = phase.trials.map_or(usize::MAX, |n| n as usize);
    Box::new((0..limit).map(one).map(move |t| t.unwrap_or(&types[0])))
}

/// The chances of one session.
struct Chances<'a, R> {
    kinds: &'a [EventKind],
    /// Holds of dopamine in answer to what an action brings.
    clamps: &'a [&'a ClampSpec],
    /// The probabilities that walk, with where they are.
    walks: Vec<(&'a Walk, f64)>,
    rng: &'a mut R,
}

impl<'a, R: Rng> Chances<'a, R> {
    fn new(phase: &'a Phase, kinds: &'a [EventKind], clamps: &'a [&'a ClampSpec], rng: &'a mut R) -> Self {
        let mut begun = |w: &'a Walk| (w, w.start.unwrap_or_else(|| rng.random_range(w.between[0]..=w.between[1])));
        let walks = phase.walks.iter().map(&mut begun).collect();
        Self { kinds, clamps, walks, rng }
    }

    /// Every probability that walks takes a step, and turns back at its limits.
    fn walk(&mut self) {
        for (Walk { sd, between: [low, high], .. }, p) in &mut self.walks {
            let step: f64 = StandardNormal.sample(&mut *self.rng);
            *p += sd * step;
            while !(*low..=*high).contains(p) {
                *p = if *p > *high { 2.0 * high - *p } else { 2.0 * low - *p };
            }
        }
    }

    /// What comes of one declared event: itself, what comes in its place, or nothing.
    fn drawn(&mut self, e: &TrialEvent, time: f64) -> Option<Event> {
        let walk = e.walk.as_ref().and_then(|w| self.walks.iter().find(|(walk, _)| walk.name.get_ref() == w.get_ref()));
        if self.rng.random::<f64>() < walk.map_or(e.probability, |(_, p)| *p) {
            return Some(event(self.kinds, e.event.get_ref(), time, e.magnitude));
        }
        e.otherwise.as_ref().map(|otherwise| event(self.kinds, otherwise.get_ref(), time, None))
    }

    /// A choice with what will follow each option, `at` s from when the declaration counts; none where what it is given
    /// to has not come.
    fn choice(&mut self, spec: &ChoiceSpec, from: f64, came: &[EventKindId]) -> Option<Choice> {
        if spec.given.as_ref().is_some_and(|g| !came.iter().any(|k| k.index() == index(self.kinds, g.get_ref()))) {
            return None;
        }
        let time = from + spec.at;
        let mut options = Vec::with_capacity(spec.options.len());
        for option in &spec.options {
            let mut follows = Vec::new();
            for e in &option.events {
                let Some(e) = self.drawn(e, e.at) else { continue };
                let held = self.clamps.iter().find(|c| index(self.kinds, c.event.get_ref()) == e.kind.index());
                let clamp = held.filter(|c| self.rng.random::<f64>() < c.probability).map(|c| c.value);
                follows.push(Consequence { kind: e.kind, after: e.time, magnitude: e.magnitude, clamp });
            }
            let came: Vec<EventKindId> = follows.iter().map(|f| f.kind).collect();
            let opens = option.choices.iter().filter_map(|c| self.choice(c, 0.0, &came)).collect();
            let kind = EventKindId(index(self.kinds, option.take.get_ref()) as u32);
            options.push(Offer { kind, effort: option.effort, follows, opens });
        }
        Some(Choice { time, until: time + spec.within, options, forced: spec.forced, turns: spec.turns })
    }
}

fn trials(phase: &Phase, kinds: &[EventKind], clamps: &[&ClampSpec], rng: &mut impl Rng) -> (Vec<Event>, Vec<Choice>) {
    let (mut events, mut choices): (Vec<Event>, Vec<Choice>) = (Vec::new(), Vec::new());
    let (Some(iti), false) = (&phase.iti, phase.trial_types.is_empty()) else { return (events, choices) };
    let mut from = 0.0;
    let order = order(phase, rng);
    let mut chances = Chances::new(phase, kinds, clamps, rng);
    for trial in order {
        let start = from + free::draw(iti, chances.rng);
        let end = start + span(trial);
        if phase.duration.is_some_and(|d| end > d) {
            break;
        }
        let first = events.len();
        for e in &trial.events {
            events.extend(chances.drawn(e, start + e.at));
        }
        // What is declared to come together has no order: theories that take events one by one see either.
        if events[first..].windows(2).any(|w| w[0].time == w[1].time) {
            events[first..].shuffle(chances.rng);
        }
        let came: Vec<EventKindId> = events[first..].iter().map(|e| e.kind).collect();
        choices.extend(trial.choices.iter().filter_map(|c| chances.choice(c, start, &came)));
        chances.walk();
        from = if phase.iti_from == From::Start { start } else { end };
    }
    (events, choices)
}

/// How long a trial may last, s.
fn span(trial: &TrialType) -> f64 {
    fn last(events: &[TrialEvent]) -> f64 {
        events.iter().map(|e| e.at).fold(0.0, f64::max)
    }
    fn of(choice: &ChoiceSpec) -> f64 {
        let after = |o: &OptionSpec| o.choices.iter().map(of).fold(last(&o.events), f64::max);
        choice.at + choice.within + choice.options.iter().map(after).fold(0.0, f64::max)
    }
    trial.choices.iter().map(of).fold(last(&trial.events), f64::max)
}

/// When all that a choice may bring is over, s.
fn over(choice: &Choice) -> f64 {
    let after = |o: &Offer| {
        let follows = o.follows.iter().map(|f| f.after).fold(0.0, f64::max);
        o.opens.iter().map(over).fold(follows, f64::max)
    };
    choice.until + choice.options.iter().map(after).fold(0.0, f64::max)
}

fn session(phase: &Phase, kinds: &[EventKind], group: &str, name: String, rng: &mut impl Rng) -> Result<Session> {
    let applied: Vec<&ClampSpec> = phase.clamps.iter().filter(|c| applies(&c.groups, group)).collect();
    let at_consequences: Vec<&ClampSpec> = applied.iter().copied().filter(|c| c.over.is_none()).collect();
    let (mut events, choices) = trials(phase, kinds, &at_consequences, rng);
    let acted = choices.iter().map(over).fold(0.0, f64::max);
    let last = events.iter().map(|e| e.time).fold(acted, f64::max);
    for free in &phase.free {
        let end = phase.duration.unwrap_or(if phase.trial_types.is_empty() { f64::MAX } else { last });
        let excluded = free::windows(free, &events, |n| index(kinds, n));
        let times = free::times(free, &excluded, end, rng);
        events.extend(times.into_iter().map(|t| event(kinds, free.event.get_ref(), t, free.magnitude)));
    }
    events.sort_by(|a, b| a.time.total_cmp(&b.time));
    let log = EventLog::new(kinds.to_vec(), events)?;
    let last = log.last_time().max(acted);
    let duration = phase.duration.unwrap_or(last + TAIL).max(last);
    let mut schedule = Schedule { end: duration, ..Schedule::default() };
    if let Some(factor) = phase.dopamine.filter(|_| applies(&phase.dopamine_groups, group)) {
        schedule.clamps.push(Clamp { hold: Hold::Times, ..Clamp::new(0.0, duration, factor)? });
    }
    for spec in applied {
        let kind = index(kinds, spec.event.get_ref());
        for (row, e) in log.events().iter().enumerate().filter(|(_, e)| e.kind.index() == kind) {
            if rng.random::<f64>() >= spec.probability {
                continue;
            }
            match spec.over {
                Some([from, to]) => {
                    let clamp = Clamp::new(e.time + from, e.time + to, spec.value)?;
                    schedule.clamps.push(Clamp { hold: spec.hold, ..clamp });
                }
                None => schedule.event_clamps.push(EventClamp { row, value: spec.value }),
            }
        }
    }
    for change in phase.changes.iter().filter(|c| applies(&c.groups, group)) {
        let parameter = format!("{}.{}", change.theory, change.parameter);
        schedule.changes.push(Change { time: 0.0, parameter, value: change.value });
    }
    Ok(Session { name, log, duration, schedule, choices })
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
    let mut choices: Vec<Choice> = Vec::new();
    for session in sessions {
        starts.push(start);
        let rows = events.len();
        events.extend(session.log.events().iter().map(|e| Event { time: e.time + start, ..*e }));
        let s = &session.schedule;
        let shifted = s.clamps.iter().map(|c| Clamp { from: c.from + start, to: c.to + start, ..*c });
        schedule.clamps.extend(shifted);
        schedule.event_clamps.extend(s.event_clamps.iter().map(|c| EventClamp { row: c.row + rows, ..*c }));
        let offered = session.choices.iter().cloned();
        choices.extend(offered.map(|c| Choice { time: c.time + start, until: c.until + start, ..c }));
        for change in &s.changes {
            if let Some((_, parameter)) = change.parameter.split_once('.').filter(|(name, _)| *name == theory) {
                let time = change.time + start;
                schedule.changes.push(Change { time, parameter: parameter.into(), value: change.value });
            }
        }
        start += session.duration;
    }
    schedule.end = start;
    Ok(Life { log: EventLog::new(kinds, events)?, schedule: schedule.sorted(), starts, choices })
}

/// A subject's life as a theory lived it.
#[derive(Clone, Debug)]
pub struct Lived {
    /// The life as it was laid out.
    pub life: Life,
    /// What happened in each session, what the animal did and brought about among it, on the session's own clock.
    pub logs: Vec<EventLog>,
    /// Dopamine, on the clock of the life.
    pub samples: Vec<Sample>,
    /// What the animal did with each choice of the life.
    pub deeds: Vec<Deed>,
}

/// Lets a theory live through a subject's sessions, told what a comparison would tell it, and choose by the usual rule
/// with the chances of `rng` where there is something to choose.
///
/// # Errors
/// Where the sessions cannot be joined, or the theory cannot go on.
pub fn lived(sessions: &[Session], theory: &mut dyn AnyTheory, rng: &mut ChaCha8Rng) -> Result<Lived> {
    let mut life = life(sessions, theory.info().name)?;
    let logs = sessions.iter().map(|s| &s.log).zip(life.starts.iter().copied());
    life.schedule.changes.extend(told(theory, logs));
    life.schedule = life.schedule.sorted();
    theory.tell(&life.log);
    let mut samples = Vec::new();
    let mut learner = theory.start(life.log.kinds());
    let (sink, rule) = (Sink::Samples(&mut samples), ActionRule::default());
    let acted = live_acting(learner.as_mut(), &life.log, &life.schedule, &life.choices, &[], &rule, rng, sink)?;
    let within = |(start, session): (&f64, &Session)| {
        if life.choices.is_empty() {
            return Ok(session.log.clone());
        }
        let inside = |e: &&Event| e.time <= start + session.duration && (e.time > *start || *start == 0.0);
        let events = acted.log.events().iter().filter(inside).map(|e| Event { time: e.time - start, ..*e });
        EventLog::new(acted.log.kinds().to_vec(), events.collect())
    };
    let logs = life.starts.iter().zip(sessions).map(within).collect::<Result<_>>()?;
    Ok(Lived { logs, samples, deeds: acted.deeds, life })
}
