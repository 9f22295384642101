//! Leads a theory through an event log: silence, changes of parameters, simultaneous events, the end.

use crate::clamp::{Clamp, EventClamp};
use crate::dopamine::{Dopamine, Sink};
use crate::error::{Error, Result};
use crate::event::EventLog;
use crate::theory::{AnyTheory, Learner};
use serde::{Deserialize, Serialize};

/// Silence after the last event of a recording whose end nobody declared, s: as in the published time-step code, and
/// long enough for a time-step theory to close the bin of that event.
pub const TAIL: f64 = 5.0;

/// The longest life, s: three years. Beyond it a time-step theory would step for hours through what is a clock's origin.
const LONGEST: f64 = 1e8;

/// Checks that a life ends within what can be lived through.
pub(crate) fn ends(end: f64) -> Result<()> {
    if (0.0..=LONGEST).contains(&end) {
        return Ok(());
    }
    let accepted =
        format!("at most {LONGEST:e} s, with times from the start of the session and not of a computer's clock");
    Err(Error::input("end", format!("a life of {end} s"), accepted))
}

/// A parameter that changes at a time: a drug, a new context, a new inter-reward interval. It takes effect after the
/// silence up to `time` and before the events at `time`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// When, s.
    pub time: f64,
    /// The parameter's name.
    pub parameter: String,
    /// Its new value.
    pub value: f64,
}

/// What is done to a theory while it lives.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Schedule {
    /// Dopamine held over intervals.
    pub clamps: Vec<Clamp>,
    /// Dopamine held at events.
    pub event_clamps: Vec<EventClamp>,
    /// Parameters that change.
    pub changes: Vec<Change>,
    /// When the recording ends, s; at the last event where that is later.
    pub end: f64,
}

impl Schedule {
    /// The same schedule with clamps, event clamps and changes in their order.
    #[must_use]
    pub fn sorted(mut self) -> Self {
        self.clamps.sort_by(|a, b| a.from.total_cmp(&b.from));
        self.event_clamps.sort_by_key(|c| c.row);
        self.changes.sort_by(|a, b| a.time.total_cmp(&b.time));
        self
    }
}

/// What a theory is told at the start of each session (its own log, and its start on the life's clock, s), as changes
/// of its parameters. A parameter that the user set away from its default is not told but kept.
#[must_use]
pub fn told<'a>(theory: &dyn AnyTheory, sessions: impl Iterator<Item = (&'a EventLog, f64)>) -> Vec<Change> {
    let kept = |name: &str| {
        let place = theory.table().iter().position(|p| p.name == name);
        place.is_some_and(|i| {
            let (value, usual) = (theory.get(i), theory.table()[i].default);
            value != usual && !(value.is_nan() && usual.is_nan())
        })
    };
    let changes = sessions.flat_map(|(log, time)| {
        let told = theory.tell_session(log).into_iter().filter(|(name, _)| !kept(name));
        told.map(|(name, value)| Change { time, parameter: name.into(), value }).collect::<Vec<_>>()
    });
    changes.collect()
}

/// Changes a parameter of a theory in the middle of its life.
pub(crate) fn change(learner: &mut dyn Learner, change: &Change, dopamine: &mut Dopamine<'_>) -> Result<()> {
    learner.advance(change.time, dopamine);
    let done = learner.change(&change.parameter, change.value);
    done.map_err(|e| e.within(&format!("{} = {} at {:.3} s", change.parameter, change.value, change.time)))
}

/// Ends a life at `end`.
pub(crate) fn finish(learner: &mut dyn Learner, end: f64, dopamine: &mut Dopamine<'_>) -> Result<()> {
    learner.finish(end, dopamine);
    let place = |e: Error| e.within("after the last event");
    dopamine.check().map_err(place)?;
    learner.fault().map_or(Ok(()), |e| Err(place(e)))
}

/// Leads `learner` through `log` under a [sorted](Schedule::sorted) schedule.
///
/// # Errors
/// Where the life would be longer than three years, a change is refused, or the theory cannot go on: the error says at
/// which event.
pub fn live(learner: &mut dyn Learner, log: &EventLog, schedule: &Schedule, sink: Sink<'_>) -> Result<()> {
    ends(schedule.end.max(log.last_time()))?;
    let mut dopamine = Dopamine::new(sink, &schedule.clamps);
    let mut changes = schedule.changes.iter().peekable();
    let mut clamped = schedule.event_clamps.iter().peekable();
    let events = log.events();
    let mut row = 0;
    while row < events.len() {
        let time = events[row].time;
        while let Some(change) = changes.next_if(|c| c.time <= time) {
            self::change(learner, change, &mut dopamine)?;
        }
        learner.advance(time, &mut dopamine);
        let mut after = row;
        while after < events.len() && events[after].time == time {
            let clamp = clamped.next_if(|c| c.row == after).map(|c| c.value);
            dopamine.expect(after, time, clamp);
            after += 1;
        }
        learner.observe(&events[row..after], &mut dopamine);
        dopamine.check().map_err(|e| e.within(&format!("event {row} ({})", log.name(&events[row]))))?;
        row = after;
    }
    let end = schedule.end.max(log.last_time());
    while let Some(change) = changes.next_if(|c| c.time <= end) {
        self::change(learner, change, &mut dopamine)?;
    }
    finish(learner, end, &mut dopamine)
}
