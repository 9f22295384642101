//! A source whose samples are already in memory.

use accumbens_core::format::{Clock, EventSeries, Holdings, PassedOver, Source, Stream};
use accumbens_core::{Error, Result};
use std::ops::Range;
use std::sync::Arc;

/// What a small file holds, with its samples.
#[derive(Default)]
pub struct Loaded {
    holdings: Holdings,
    samples: Vec<Vec<f64>>,
    stamps: Vec<Option<Arc<Vec<f64>>>>,
}

impl Loaded {
    /// Nothing yet, in a file of this format.
    #[must_use]
    pub fn new(format: impl Into<String>) -> Self {
        Self { holdings: Holdings { format: format.into(), ..Holdings::default() }, ..Self::default() }
    }

    /// What it holds, to be added to.
    pub fn holdings_mut(&mut self) -> &mut Holdings {
        &mut self.holdings
    }

    /// Adds a stream on a regular clock. A name that is there already gets a number.
    pub fn regular(&mut self, name: &str, start: f64, interval: f64, samples: Vec<f64>) -> &mut Stream {
        let clock_name = format!("{:.6} Hz from {start} s", 1.0 / interval);
        let stream = Stream::new(self.free(name), samples.len(), Clock::Regular { start, interval }, clock_name);
        self.push(stream, samples, None)
    }

    /// Adds a stream on a clock of its own times, s. A name that is there already gets a number.
    pub fn stamped(
        &mut self,
        name: &str,
        clock_name: &str,
        times: &Arc<Vec<f64>>,
        samples: Vec<f64>,
    ) -> Result<&mut Stream> {
        if samples.len() != times.len() {
            let problem = format!("{} samples at {} times", samples.len(), times.len());
            return Err(Error::input(name, problem, "one time a sample"));
        }
        let stream = Stream::new(self.free(name), samples.len(), Clock::Stamped, clock_name);
        Ok(self.push(stream, samples, Some(times.clone())))
    }

    /// Adds events.
    pub fn events(&mut self, events: EventSeries) {
        self.holdings.events.push(events);
    }

    /// Adds a note.
    pub fn note(&mut self, note: impl Into<String>) {
        self.holdings.notes.push(note.into());
    }

    /// Adds a column that is not read, and a note of it.
    pub fn pass_over(&mut self, column: PassedOver) {
        self.note(format!("column {:?} {}", column.column, column.why));
        self.holdings.passed_over.push(column);
    }

    fn push(&mut self, stream: Stream, samples: Vec<f64>, stamps: Option<Arc<Vec<f64>>>) -> &mut Stream {
        self.samples.push(samples);
        self.stamps.push(stamps);
        self.holdings.streams.push(stream);
        let last = self.holdings.streams.len() - 1;
        &mut self.holdings.streams[last]
    }

    fn free(&self, name: &str) -> String {
        free_name(name, |n| self.holdings.streams.iter().any(|s| s.name == n))
    }
}

/// `name`, or with the first number behind it under which it is not taken.
pub(crate) fn free_name(name: &str, taken: impl Fn(&str) -> bool) -> String {
    let mut free = name.to_owned();
    let mut number = 2;
    while taken(&free) {
        free = format!("{name} {number}");
        number += 1;
    }
    free
}

fn part(values: &[f64], rows: Range<usize>) -> Vec<f64> {
    let end = rows.end.min(values.len());
    values[rows.start.min(end)..end].to_vec()
}

impl Source for Loaded {
    fn holdings(&self) -> &Holdings {
        &self.holdings
    }

    fn samples(&self, stream: usize, rows: Range<usize>) -> Result<Vec<f64>> {
        Ok(part(&self.samples[stream], rows))
    }

    fn stamps(&self, stream: usize, rows: Range<usize>) -> Result<Vec<f64>> {
        Ok(self.stamps[stream].as_ref().map_or_else(Vec::new, |s| part(s, rows)))
    }
}
