//! Holds a recording: channels on one clock and the events beside them; measured or simulated alike.

use crate::error::{Error, Result};
use crate::event::EventLog;
use crate::provenance::Entry;
use serde::{Deserialize, Serialize};

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
    /// How long the session lasted, s: at least to the last sample and event.
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
