//! The one door through which every theory releases dopamine, and learns from what really came out.

use crate::clamp::Clamp;
use crate::event::EventLog;
use std::collections::VecDeque;

/// One release.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sample {
    /// When, s. For a time-step theory the end of the bin.
    pub time: f64,
    /// Which of the theory's channels.
    pub channel: u32,
    /// How much, in the channel's unit, after clamps.
    pub value: f64,
    /// The first event of the log that this release answers.
    pub first_row: u32,
    /// How many events it answers; 0 for a bin of silence.
    pub rows: u32,
}

impl Sample {
    /// The names of the events that this release answers, joined by `+`; empty for a bin of silence.
    #[must_use]
    pub fn events(&self, log: &EventLog) -> String {
        let rows = self.first_row as usize..(self.first_row + self.rows) as usize;
        log.events()[rows].iter().map(|e| log.name(e)).collect::<Vec<_>>().join("+")
    }
}

/// Where released dopamine is written.
pub enum Sink<'a> {
    /// Nowhere.
    Discard,
    /// Every release, in order.
    Samples(&'a mut Vec<Sample>),
    /// Only answers to events: `values[row * channels + channel]`.
    Rows {
        /// One number for each row and channel.
        values: &'a mut [f64],
        /// Channels of the theory.
        channels: usize,
    },
}

#[derive(Clone, Copy)]
struct Pending {
    row: u32,
    time: f64,
    clamp: Option<f64>,
}

/// The door. A theory must learn from the value that comes back, not from the one it asked for: so that light, drugs
/// and lesions act on every theory without a line in any of them.
pub struct Dopamine<'a> {
    sink: Sink<'a>,
    clamps: &'a [Clamp],
    first_clamp: usize,
    pending: VecDeque<Pending>,
    answered: (u32, u32),
    held: Option<f64>,
}

impl<'a> Dopamine<'a> {
    /// A door that writes to `sink` and obeys `clamps`, which must be in the order of their starts.
    #[must_use]
    pub fn new(sink: Sink<'a>, clamps: &'a [Clamp]) -> Self {
        Self { sink, clamps, first_clamp: 0, pending: VecDeque::with_capacity(64), answered: (0, 0), held: None }
    }

    /// Announces an event before the theory observes it. For drivers, not for theories.
    pub fn expect(&mut self, row: usize, time: f64, clamp: Option<f64>) {
        self.pending.push_back(Pending { row: row as u32, time, clamp });
    }

    /// Releases dopamine at `time` for whatever happened since the last release, and returns what really came out.
    /// A theory with several channels releases channel 0 first, then the others at the same time.
    #[inline]
    pub fn release(&mut self, time: f64, channel: usize, value: f64) -> f64 {
        if channel == 0 {
            self.take(time);
        }
        self.emit(time, channel, value)
    }

    /// Releases dopamine in answer to the one event now observed (the next, if several are simultaneous), and
    /// returns what really came out. An event-driven theory answers every event, if only with 0.
    #[inline]
    pub fn respond(&mut self, time: f64, channel: usize, value: f64) -> f64 {
        if channel == 0 {
            if let Some(event) = self.pending.pop_front() {
                self.answered = (event.row, 1);
                self.held = event.clamp;
            } else {
                self.answered = (0, 0);
                self.held = None;
            }
        }
        self.emit(time, channel, value)
    }

    #[inline]
    fn take(&mut self, time: f64) {
        self.answered = (0, 0);
        self.held = None;
        // A bin ends at i·dt, which rounding may put an ulp before an event that fell on it.
        let limit = time + time.abs() * 1e-14;
        while let Some(event) = self.pending.front().copied() {
            if event.time > limit {
                break;
            }
            self.pending.pop_front();
            if self.answered.1 == 0 {
                self.answered.0 = event.row;
            }
            self.answered.1 += 1;
            self.held = event.clamp.or(self.held);
        }
    }

    #[inline]
    fn emit(&mut self, time: f64, channel: usize, value: f64) -> f64 {
        let value = self.held.or_else(|| self.clamped(time)).unwrap_or(value);
        let (first_row, rows) = self.answered;
        match &mut self.sink {
            Sink::Discard => {}
            Sink::Samples(samples) => {
                samples.push(Sample { time, channel: channel as u32, value, first_row, rows });
            }
            Sink::Rows { values, channels } => {
                for row in first_row..first_row + rows {
                    if let Some(place) = values.get_mut(row as usize * *channels + channel) {
                        *place = value;
                    }
                }
            }
        }
        value
    }

    /// The value of the clamp that holds at `time`; of several, the one that began last.
    #[inline]
    fn clamped(&mut self, time: f64) -> Option<f64> {
        if self.first_clamp == self.clamps.len() {
            return None;
        }
        // An end computed as i·dt and one read from a file may differ in the last bit; a closed interval holds both.
        let slack = time.abs() * 1e-14;
        while self.first_clamp < self.clamps.len() && self.clamps[self.first_clamp].to < time - slack {
            self.first_clamp += 1;
        }
        let open = self.clamps[self.first_clamp..].iter().take_while(|c| c.from <= time + slack);
        open.filter(|c| c.to >= time - slack).last().map(|c| c.value)
    }
}
