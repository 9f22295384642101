//! Holds what happened: times, kinds with declared roles, magnitudes.

use crate::error::{Error, Result};
use serde::{Deserialize, Serialize};

/// The greatest size of a magnitude or of an innate value, in the study's own unit of reward: beyond it squares and sums of
/// them hold no digit of anything else.
pub const GREATEST_WORTH: f64 = 1e12;

/// Whether a number can be a magnitude, an innate value or an outcome: finite, and at most [`GREATEST_WORTH`] in size.
#[must_use]
pub fn is_worth(number: f64) -> bool {
    number.abs() <= GREATEST_WORTH
}

/// What [`is_worth`] accepts, in words.
pub const WORTH: &str = "a number from -1e12 to 1e12";

/// The place of a kind in the list of kinds of its log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct EventKindId(pub u32);

impl EventKindId {
    /// As an index into per-kind arrays.
    #[inline]
    #[must_use]
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// What an event is to the animal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// A stimulus without a value of its own.
    Cue,
    /// Something good or bad in itself, with an innate value.
    Outcome,
    /// What the animal does. The Pavlovian theories do not take it for a stimulus.
    Action,
    /// The end of another kind.
    Offset(EventKindId),
    /// The moment at which another kind would have come and did not.
    Omission(EventKindId),
}

impl Role {
    /// Its word, as files and Python have it, and the kind whose offset or omission it is.
    #[must_use]
    pub fn word(self) -> (&'static str, Option<EventKindId>) {
        match self {
            Self::Cue => ("cue", None),
            Self::Outcome => ("outcome", None),
            Self::Action => ("action", None),
            Self::Offset(of) => ("offset", Some(of)),
            Self::Omission(of) => ("omission", Some(of)),
        }
    }

    /// The role of a word, with the kind whose offset or omission it is; these alone have one.
    #[must_use]
    pub fn of_word(word: &str, of: Option<EventKindId>) -> Option<Self> {
        match (word, of) {
            ("cue", None) => Some(Self::Cue),
            ("outcome", None) => Some(Self::Outcome),
            ("action", None) => Some(Self::Action),
            ("offset", Some(of)) => Some(Self::Offset(of)),
            ("omission", Some(of)) => Some(Self::Omission(of)),
            _ => None,
        }
    }
}

/// One sort of event.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EventKind {
    /// Its name, unique in a log.
    pub name: String,
    /// What it is to the animal.
    pub role: Role,
    /// Innate value: β of ANCCR; reward per unit of magnitude of an outcome in prediction-error theories.
    pub value: f64,
}

impl EventKind {
    /// A cue without innate value.
    pub fn cue(name: impl Into<String>) -> Self {
        Self { name: name.into(), role: Role::Cue, value: 0.0 }
    }

    /// An outcome of innate value 1.
    pub fn outcome(name: impl Into<String>) -> Self {
        Self { name: name.into(), role: Role::Outcome, value: 1.0 }
    }

    /// An omission state of `of`.
    pub fn omission(name: impl Into<String>, of: EventKindId) -> Self {
        Self { name: name.into(), role: Role::Omission(of), value: 0.0 }
    }

    /// Whether the animal perceives it as a stimulus (a cue, an outcome or an offset).
    #[inline]
    #[must_use]
    pub fn is_stimulus(&self) -> bool {
        matches!(self.role, Role::Cue | Role::Outcome | Role::Offset(_))
    }

    /// The magnitude of an event of this kind where nothing says it: 1 for an outcome, 0 for any other.
    #[must_use]
    pub fn usual_magnitude(&self) -> f64 {
        if self.is_outcome() { 1.0 } else { 0.0 }
    }

    /// Whether it is an outcome.
    #[inline]
    #[must_use]
    pub fn is_outcome(&self) -> bool {
        self.role == Role::Outcome
    }
}

/// One thing that happened.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// When, s.
    pub time: f64,
    /// What sort.
    pub kind: EventKindId,
    /// How much: reward magnitude of an outcome; 0 for most cues.
    pub magnitude: f64,
}

/// What happened, in the order of time. Read from outside it is checked as [`EventLog::new`] checks it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Unchecked")]
pub struct EventLog {
    kinds: Vec<EventKind>,
    events: Vec<Event>,
}

/// A log as it comes from outside.
#[derive(Deserialize)]
struct Unchecked {
    kinds: Vec<EventKind>,
    events: Vec<Event>,
}

impl TryFrom<Unchecked> for EventLog {
    type Error = Error;

    fn try_from(log: Unchecked) -> Result<Self> {
        Self::new(log.kinds, log.events)
    }
}

impl EventLog {
    /// A log of `events` of these `kinds`.
    ///
    /// # Errors
    /// Where a name stands twice, a role points to no kind, a time is not finite or negative, a magnitude or value is not
    /// finite or beyond [`GREATEST_WORTH`], or times go back.
    pub fn new(kinds: Vec<EventKind>, events: Vec<Event>) -> Result<Self> {
        for (i, kind) in kinds.iter().enumerate() {
            if kinds[..i].iter().any(|k| k.name == kind.name) {
                return Err(Error::input(
                    "event kinds",
                    format!("{:?} is declared twice", kind.name),
                    "each name once",
                ));
            }
            if !is_worth(kind.value) {
                return Err(Error::input(
                    format!("event kind {:?}", kind.name),
                    format!("value {:e}", kind.value),
                    WORTH,
                ));
            }
            if let Role::Offset(of) | Role::Omission(of) = kind.role
                && (of.index() >= kinds.len() || of.index() == i)
            {
                return Err(Error::input(
                    "event kinds",
                    format!("{:?} refers to kind {}", kind.name, of.0),
                    "another kind of the same log",
                ));
            }
        }
        let mut before = 0.0;
        for (row, event) in events.iter().enumerate() {
            let place = || format!("event {row}");
            if !event.time.is_finite() || event.time < 0.0 {
                return Err(Error::input(place(), format!("time {}", event.time), "a finite time of 0 s or later"));
            }
            if event.time < before {
                return Err(Error::input(
                    place(),
                    format!("time {} is before the event above it ({before})", event.time),
                    "times that never go back",
                ));
            }
            if !is_worth(event.magnitude) {
                return Err(Error::input(place(), format!("magnitude {:e}", event.magnitude), WORTH));
            }
            if event.kind.index() >= kinds.len() {
                return Err(Error::input(place(), format!("kind {}", event.kind.0), "a declared kind"));
            }
            before = event.time;
        }
        Ok(Self { kinds, events })
    }

    /// The kinds, in their order.
    #[must_use]
    pub fn kinds(&self) -> &[EventKind] {
        &self.kinds
    }

    /// The events, in the order of time.
    #[must_use]
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// The kind of this name.
    #[must_use]
    pub fn kind(&self, name: &str) -> Option<EventKindId> {
        self.kinds.iter().position(|k| k.name == name).map(|i| EventKindId(i as u32))
    }

    /// The name of an event's kind.
    #[must_use]
    pub fn name(&self, event: &Event) -> &str {
        &self.kinds[event.kind.index()].name
    }

    /// The time of the last event, s; 0 for an empty log.
    #[must_use]
    pub fn last_time(&self) -> f64 {
        self.events.last().map_or(0.0, |e| e.time)
    }

    /// The longest gap from an event of each kind to the next event of any kind, s; 0 where none follows.
    #[must_use]
    pub fn longest_gaps(&self) -> Vec<f64> {
        let mut gaps = vec![0.0_f64; self.kinds.len()];
        for pair in self.events.windows(2) {
            let gap = &mut gaps[pair[0].kind.index()];
            *gap = gap.max(pair[1].time - pair[0].time);
        }
        gaps
    }

    /// The mean interval between outcomes, s; `None` with fewer than two.
    #[must_use]
    pub fn mean_outcome_interval(&self) -> Option<f64> {
        let mut outcomes = self.events.iter().filter(|e| self.kinds[e.kind.index()].is_outcome());
        let first = outcomes.next()?.time;
        let (count, last) = outcomes.fold((0_u32, first), |(n, _), e| (n + 1, e.time));
        (count > 0 && last > first).then(|| (last - first) / f64::from(count))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(time: f64, kind: u32) -> Event {
        Event { time, kind: EventKindId(kind), magnitude: 1.0 }
    }

    #[test]
    fn a_log_that_goes_back_or_names_no_kind_is_refused_also_from_json() {
        let kinds = || vec![EventKind::cue("a"), EventKind::outcome("b")];
        assert!(EventLog::new(kinds(), vec![event(2.0, 0), event(1.0, 1)]).is_err());
        assert!(EventLog::new(kinds(), vec![event(2.0, 2)]).is_err());
        assert!(EventLog::new(kinds(), vec![event(f64::NAN, 0)]).is_err());
        let log = EventLog::new(kinds(), vec![event(1.0, 0), event(2.0, 1), event(6.0, 1)]).unwrap();
        let text = serde_json::to_string(&log).unwrap();
        assert_eq!(serde_json::from_str::<EventLog>(&text).unwrap(), log);
        let huge = |kind: f64, magnitude: f64| {
            let kind = EventKind { value: kind, ..EventKind::outcome("b") };
            EventLog::new(vec![kind], vec![Event { magnitude, ..event(1.0, 0) }]).is_err()
        };
        assert!(huge(f64::NAN, 1.0) && huge(1e13, 1.0) && huge(1.0, f64::INFINITY) && huge(1.0, -1e300));
        assert!(!huge(-1e12, 1e12));
        let back = text.replace("6.0", "0.5");
        assert!(serde_json::from_str::<EventLog>(&back).unwrap_err().to_string().contains("never go back"));
    }

    #[test]
    fn gaps_and_intervals_are_those_of_the_events() {
        let log = EventLog::new(
            vec![EventKind::cue("a"), EventKind::outcome("b")],
            vec![event(1.0, 0), event(2.0, 1), event(6.0, 0), event(9.0, 1), event(10.0, 1)],
        )
        .unwrap();
        assert_eq!(log.longest_gaps(), [3.0, 4.0]);
        assert_eq!(log.mean_outcome_interval(), Some(4.0));
    }
}
