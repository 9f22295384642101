//! Cleans events: those that bounce, and bouts of what animals do many times over.

use accumbens_core::cleaning::{Bouts, Debounce};
use accumbens_core::{Entry, Error, Event, EventKindId, EventLog, Recording, Result, Stage};

/// Drops events that follow one of their kind too soon.
pub struct DebounceStage(
    /// The kind and the gap.
    pub Debounce,
);

/// Adds the beginnings of bouts as events.
pub struct BoutStage(
    /// The kind, the gap and the new name.
    pub Bouts,
);

fn kind(log: &EventLog, name: &str, stage: &str) -> Result<EventKindId> {
    log.kind(name).ok_or_else(|| {
        let names = log.kinds().iter().map(|k| k.name.as_str()).collect::<Vec<_>>().join(", ");
        Error::input(stage, format!("no event is called {name:?}"), names)
    })
}

impl Stage for DebounceStage {
    fn name(&self) -> &'static str {
        "debounce"
    }

    fn apply(&self, mut recording: Recording) -> Result<Recording> {
        let log = &recording.events;
        let of = kind(log, &self.0.event, self.name())?;
        let mut last = f64::NEG_INFINITY;
        let kept = log.events().iter().filter(|e| {
            let bounces = e.kind == of && e.time - last < self.0.gap;
            if e.kind == of && !bounces {
                last = e.time;
            }
            !bounces
        });
        let kept: Vec<Event> = kept.copied().collect();
        let mut entry = Entry::new(self.name(), &self.0);
        entry.found("dropped", (log.events().len() - kept.len()) as f64);
        recording.events = EventLog::new(log.kinds().to_vec(), kept)?;
        recording.history.push(entry);
        Ok(recording)
    }
}

impl Stage for BoutStage {
    fn name(&self) -> &'static str {
        "bouts"
    }

    fn apply(&self, mut recording: Recording) -> Result<Recording> {
        let log = &recording.events;
        let (of, new) = (kind(log, &self.0.event, self.name())?, kind(log, &self.0.name, self.name())?);
        let times: Vec<f64> = log.events().iter().filter(|e| e.kind == of).map(|e| e.time).collect();
        let bouts = times.chunk_by(|a, b| b - a <= self.0.gap).filter(|b| b.len() >= self.0.least);
        let magnitude = log.kinds()[new.index()].usual_magnitude();
        let starts: Vec<Event> = bouts.map(|b| Event { time: b[0], kind: new, magnitude }).collect();
        let mut entry = Entry::new(self.name(), &self.0);
        entry.found("bouts", starts.len() as f64);
        let mut events: Vec<Event> = log.events().iter().copied().chain(starts).collect();
        events.sort_by(|a, b| a.time.total_cmp(&b.time));
        recording.events = EventLog::new(log.kinds().to_vec(), events)?;
        recording.history.push(entry);
        Ok(recording)
    }
}
