//! The one door through which every theory releases dopamine, and learns from what really came out.

use crate::clamp::{Clamp, Hold};
use crate::error::{Cause, Error, Result};
use crate::event::EventLog;
use crate::room;
use std::any::Any;
use std::cell::Cell;
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

/// The most releases that are kept: as many as find room.
const RELEASES: usize = room::MOST * size_of::<f64>() / size_of::<Sample>();

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
    /// Into one sum, which whoever holds it reads and empties while the theory lives.
    Sum {
        /// The weight of each channel.
        weights: &'a [f64],
        /// The sum.
        sum: &'a Cell<f64>,
    },
    /// Sums over the theory's channels: one sample a release and mixture, whose channel is the mixture's place.
    Mixtures {
        /// The weight of each channel in each mixture.
        weights: &'a [Vec<f64>],
        /// Whether releases in silence are wanted too.
        silence: bool,
        /// Where they go.
        samples: &'a mut Vec<Sample>,
    },
}

/// Something between a theory and the door: it changes what the theory asks for, or releases beside it.
pub trait Modulator: Send {
    /// What is asked for on a channel in answer to `rows` events; returns what is asked for in its place.
    fn pass(&mut self, channel: usize, rows: u32, value: f64) -> f64;
    /// A channel, and what is released on it at the time of an answer on channel 0.
    fn beside(&mut self, time: f64) -> Option<(usize, f64)> {
        let _ = time;
        None
    }
    /// Itself, to be known again by who put it there.
    fn any(self: Box<Self>) -> Box<dyn Any>;
}

#[derive(Clone, Copy)]
struct Pending {
    row: u32,
    time: f64,
    clamp: Option<f64>,
}

/// Why a theory could not go on, and when.
struct Fault {
    time: f64,
    problem: String,
    accepted: String,
    /// The theory whose code broke, and the exception; nothing where its parameters led it astray.
    broken: Option<(String, Option<Cause>)>,
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
    modulators: Vec<Box<dyn Modulator>>,
    fault: Option<Fault>,
}

impl<'a> Dopamine<'a> {
    /// A door that writes to `sink` and obeys `clamps`, which must be in the order of their starts.
    #[must_use]
    pub fn new(sink: Sink<'a>, clamps: &'a [Clamp]) -> Self {
        Self {
            sink,
            clamps,
            first_clamp: 0,
            pending: VecDeque::with_capacity(64),
            answered: (0, 0),
            held: None,
            modulators: Vec::with_capacity(4),
            fault: None,
        }
    }

    /// Puts a modulator before the door, in front of those already there.
    pub fn push(&mut self, modulator: Box<dyn Modulator>) {
        self.modulators.push(modulator);
    }

    /// Takes the modulator that was put last.
    pub fn pop(&mut self) -> Option<Box<dyn Modulator>> {
        self.modulators.pop()
    }

    /// The theory cannot go on, at `time`: `problem` names what failed, `accepted` what to change. The driver of its
    /// life stops there. Of several faults the first counts.
    #[cold]
    pub fn fail(&mut self, time: f64, problem: impl Into<String>, accepted: impl Into<String>) {
        let (problem, accepted) = (problem.into(), accepted.into());
        self.fault.get_or_insert(Fault { time, problem, accepted, broken: None });
    }

    /// The code of the `theory` (its name with its parameters) broke at `time`, which no parameters excuse.
    #[cold]
    pub fn broke(&mut self, time: f64, theory: String, problem: String, cause: Option<Cause>) {
        let broken = Some((theory, cause));
        self.fault.get_or_insert(Fault { time, problem, accepted: String::new(), broken });
    }

    /// Whether the theory could go on.
    ///
    /// # Errors
    /// With the time and what failed, where it could not.
    pub fn check(&self) -> Result<()> {
        let Some(Fault { time, problem, accepted, broken }) = &self.fault else { return Ok(()) };
        let place = format!("at {time:.3} s");
        Err(match broken.clone() {
            None => Error::life(place, problem, accepted),
            Some((theory, cause)) => {
                Error::Broken { theory, place, problem: problem.clone(), accepted: accepted.clone(), cause }
            }
        })
    }

    /// The time of the first event that was announced and not yet answered, s.
    #[must_use]
    pub fn waiting(&self) -> Option<f64> {
        self.pending.front().map(|event| event.time)
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

    /// Tells what is not dopamine (liking, associability) in answer to what was last answered; nothing holds it.
    #[inline]
    pub fn report(&mut self, time: f64, channel: usize, value: f64) {
        let value = self.finite(time, value);
        self.write(time, channel, value);
    }

    #[inline]
    fn emit(&mut self, time: f64, channel: usize, value: f64) -> f64 {
        let mut value = value;
        if !self.modulators.is_empty() {
            let rows = self.answered.1;
            for modulator in self.modulators.iter_mut().rev() {
                value = modulator.pass(channel, rows, value);
            }
        }
        let value = self.really(time, value);
        self.write(time, channel, value);
        if channel == 0 && !self.modulators.is_empty() {
            for i in (0..self.modulators.len()).rev() {
                if let Some((channel, value)) = self.modulators[i].beside(time) {
                    let value = self.really(time, value);
                    self.write(time, channel, value);
                }
            }
        }
        value
    }

    /// What comes out where `value` is asked for.
    #[inline]
    fn really(&mut self, time: f64, value: f64) -> f64 {
        let value = self.held.unwrap_or_else(|| self.clamped(time, value));
        self.finite(time, value)
    }

    #[inline]
    fn finite(&mut self, time: f64, value: f64) -> f64 {
        if value.is_finite() {
            return value;
        }
        self.fail(time, "dopamine is not a finite number: learning diverged", "a smaller learning rate");
        0.0
    }

    #[inline]
    fn write(&mut self, time: f64, channel: usize, value: f64) {
        let (first_row, rows) = self.answered;
        match &mut self.sink {
            Sink::Discard => {}
            Sink::Sum { weights, sum } => sum.set(sum.get() + value * weights[channel]),
            Sink::Samples(samples) | Sink::Mixtures { samples, .. } if samples.len() >= RELEASES => {
                let problem = format!("{RELEASES} releases find no room for more");
                self.fail(time, problem, "a shorter life, or longer steps of the theory");
            }
            Sink::Samples(samples) => {
                samples.push(Sample { time, channel: channel as u32, value, first_row, rows });
            }
            Sink::Mixtures { weights, silence, samples } => {
                if rows == 0 && !*silence {
                    return;
                }
                if channel == 0 {
                    let sample =
                        |i: usize| Sample { time, channel: i as u32, value: value * weights[i][0], first_row, rows };
                    samples.extend((0..weights.len()).map(sample));
                } else if let Some(from) = samples.len().checked_sub(weights.len()) {
                    for (sample, weights) in samples[from..].iter_mut().zip(weights.iter()) {
                        sample.value += value * weights[channel];
                    }
                }
            }
            Sink::Rows { values, channels } => {
                for row in first_row..first_row + rows {
                    if let Some(place) = values.get_mut(row as usize * *channels + channel) {
                        *place = value;
                    }
                }
            }
        }
    }

    /// What the clamps that hold at `time` make of `value`: of several, the one that began last.
    #[inline]
    fn clamped(&mut self, time: f64, value: f64) -> f64 {
        if self.first_clamp == self.clamps.len() {
            return value;
        }
        // An end computed as i·dt and one read from a file may differ in the last bit; a closed interval holds both.
        let slack = time.abs() * 1e-14;
        while self.first_clamp < self.clamps.len() && self.clamps[self.first_clamp].to < time - slack {
            self.first_clamp += 1;
        }
        let open = self.clamps[self.first_clamp..].iter().take_while(|c| c.from <= time + slack);
        match open.filter(|c| c.to >= time - slack).last() {
            None => value,
            Some(clamp) => match clamp.hold {
                Hold::At => clamp.value,
                Hold::Times => clamp.value * value,
                Hold::Plus => clamp.value + value,
                Hold::Surplus => clamp.value + value.max(0.0),
            },
        }
    }
}
