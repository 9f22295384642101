//! Holds a recording: channels on one clock and the events beside them; measured or simulated alike.

use crate::error::{Error, Result};
use crate::event::{Event, EventLog};
use crate::provenance::Entry;
use serde::{Deserialize, Serialize};

/// A clock whose first event comes later than this, s, is not the session's own but a computer's (UNIX time, say).
pub const LATE: f64 = 86_400.0;

/// When a session starts on its clock, s: at its first sample, or at its first event where that is earlier. Without samples
/// at the clock's own 0, unless the first event comes before it or more than a day later: then there.
#[must_use]
pub fn start(first_sample: Option<f64>, first_event: Option<f64>) -> f64 {
    match (first_sample, first_event) {
        (Some(sample), Some(event)) => sample.min(event),
        (Some(sample), None) => sample,
        (None, Some(event)) if !(0.0..=LATE).contains(&event) => event,
        (None, _) => 0.0,
    }
}

/// One signal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Channel {
    /// Its name.
    pub name: String,
    /// Its unit, for example `% dF/F`.
    pub unit: String,
    /// One value a tick of the clock; NaN where there is none.
    pub data: Vec<f64>,
}

/// Channels on one clock and an event log.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Recording {
    /// The clock: strictly increasing times, s.
    pub times: Vec<f64>,
    /// The signals, each as long as the clock.
    pub channels: Vec<Channel>,
    /// What happened, on the same clock.
    pub events: EventLog,
    /// When the session ended on this clock, s: at least at the last sample and event. On a clock that starts with the
    /// session this is how long it lasted.
    pub duration: f64,
    /// What was done to it, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub history: Vec<Entry>,
}

impl Recording {
    /// A recording, checked.
    ///
    /// # Errors
    /// Where the clock does not increase or a channel has another length than the clock.
    pub fn new(times: Vec<f64>, channels: Vec<Channel>, events: EventLog, duration: f64) -> Result<Self> {
        if let Some(i) = times.iter().position(|t| !t.is_finite()) {
            return Err(Error::input("clock", format!("sample {i} has no finite time"), "finite times in s"));
        }
        if let Some(i) = times.windows(2).position(|w| w[1] <= w[0]) {
            let problem = format!("sample {} at {} s is not after the one before it", i + 1, times[i + 1]);
            return Err(Error::input("clock", problem, "strictly increasing times"));
        }
        for channel in &channels {
            if channel.data.len() != times.len() {
                let problem =
                    format!("{:?} has {} samples, the clock {}", channel.name, channel.data.len(), times.len());
                return Err(Error::input("channels", problem, "one sample a tick"));
            }
        }
        let duration = duration.max(events.last_time()).max(times.last().copied().unwrap_or(0.0));
        Ok(Self { times, channels, events, duration, history: Vec::new() })
    }

    /// When it starts on its clock, s: see [`start`].
    #[must_use]
    pub fn start(&self) -> f64 {
        start(self.times.first().copied(), self.events.events().first().map(|e| e.time))
    }

    /// The same recording on a clock that starts with it, at 0: what its clock was set to changes nothing that is made of it.
    ///
    /// # Errors
    /// Where the events do not stand the rounding, which no clock of less than centuries does.
    pub fn from_start(mut self) -> Result<Self> {
        let start = self.start();
        if start != 0.0 {
            self.times.iter_mut().for_each(|t| *t -= start);
            let events = self.events.events().iter().map(|e| Event { time: e.time - start, ..*e }).collect();
            self.events = EventLog::new(self.events.kinds().to_vec(), events)?;
            self.duration -= start;
        }
        Ok(self)
    }

    /// The channel of this name.
    #[must_use]
    pub fn channel(&self, name: &str) -> Option<&Channel> {
        self.channels.iter().find(|c| c.name == name)
    }

    /// The place of the channel that a stage needs.
    fn place(&self, stage: &str, name: &str) -> Result<usize> {
        self.channels.iter().position(|c| c.name == name).ok_or_else(|| {
            let names = self.channels.iter().map(|c| c.name.as_str()).collect::<Vec<_>>().join(", ");
            Error::input(stage, format!("no channel {name:?}"), names)
        })
    }

    /// The channel of this name, which a stage needs.
    ///
    /// # Errors
    /// Where there is none; with the names that exist.
    pub fn needed(&self, stage: &str, name: &str) -> Result<&Channel> {
        Ok(&self.channels[self.place(stage, name)?])
    }

    /// The channel of this name, to be changed.
    ///
    /// # Errors
    /// Where there is none; with the names that exist.
    pub fn channel_mut(&mut self, stage: &str, name: &str) -> Result<&mut Channel> {
        let at = self.place(stage, name)?;
        Ok(&mut self.channels[at])
    }

    /// Puts a channel in the place of the one of its name, or behind the others.
    pub fn put(&mut self, channel: Channel) {
        match self.channels.iter_mut().find(|c| c.name == channel.name) {
            Some(place) => *place = channel,
            None => self.channels.push(channel),
        }
    }

    /// The mean time between samples, s; `None` with fewer than two.
    #[must_use]
    pub fn interval(&self) -> Option<f64> {
        let (first, last) = (self.times.first()?, self.times.last()?);
        (self.times.len() > 1).then(|| (last - first) / (self.times.len() - 1) as f64)
    }

    /// The usual time between samples, s: their median, which gaps do not move; `None` with fewer than two.
    #[must_use]
    pub fn usual_interval(&self) -> Option<f64> {
        let mut apart: Vec<f64> = self.times.windows(2).map(|w| w[1] - w[0]).collect();
        if apart.is_empty() {
            return None;
        }
        let middle = apart.len() / 2;
        Some(*apart.select_nth_unstable_by(middle, f64::total_cmp).1)
    }

    /// The sample nearest to `time`, within the clock or at one of its ends; `None` without samples.
    #[must_use]
    pub fn nearest(&self, time: f64) -> Option<usize> {
        let after = self.times.partition_point(|&t| t < time);
        match (after.checked_sub(1), self.times.get(after)) {
            (Some(i), Some(&t)) => Some(if time - self.times[i] <= t - time { i } else { after }),
            (Some(i), None) => Some(i),
            (None, Some(_)) => Some(0),
            (None, None) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{EventKind, EventKindId};

    fn recording(shift: f64) -> Recording {
        let event = |time: f64| Event { time: time + shift, kind: EventKindId(0), magnitude: 1.0 };
        let log = EventLog::new(vec![EventKind::outcome("juice")], vec![event(2.5), event(6.25)]).unwrap();
        let times: Vec<f64> = (0..64).map(|i| f64::from(i) / 8.0 + shift).collect();
        let data = (0..64).map(f64::from).collect();
        let channels = vec![Channel { name: "dff".into(), unit: "% dF/F".into(), data }];
        Recording::new(times, channels, log, shift + 9.0).unwrap()
    }

    #[test]
    fn a_session_is_the_same_whatever_its_clock_was_set_to() {
        let plain = recording(0.0);
        assert_eq!(plain.clone().from_start().unwrap(), plain);
        for shift in [100.0, 1000.0, 1.7e9] {
            assert_eq!(recording(shift).from_start().unwrap(), plain, "{shift}");
        }
        assert_eq!(plain.duration, 9.0);
    }

    #[test]
    fn without_samples_only_a_clock_that_cannot_be_the_sessions_own_is_moved() {
        assert_eq!([start(None, Some(12.0)), start(None, None), start(None, Some(1.7e9))], [0.0, 0.0, 1.7e9]);
        assert_eq!([start(Some(3.0), Some(1.0)), start(Some(-3.0), None)], [1.0, -3.0]);
    }
}
