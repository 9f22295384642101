//! The contract of a file format: what a file holds, before anyone decides what it means, and its samples on demand.

use crate::error::{Error, Result};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::ops::Range;
use std::path::Path;

/// When the samples of a stream were taken.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Clock {
    /// At equal intervals.
    Regular {
        /// The time of the first sample, s.
        start: f64,
        /// The time between samples, s.
        interval: f64,
    },
    /// Each at a time that stands in the file.
    Stamped,
}

/// What sort of thing a stream measures, as far as the file says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StreamKind {
    /// Fluorescence, or what was computed from it.
    Light,
    /// A line that is high or low.
    Digital,
    /// Anything else, or unknown.
    Other,
}

/// One stream of samples in a file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stream {
    /// Its name, unique in the file.
    pub name: String,
    /// Its unit; empty where the file does not say it.
    pub unit: String,
    /// How many samples it has.
    pub samples: usize,
    /// When they were taken.
    pub clock: Clock,
    /// The name of its clock: streams of one clock have samples at the same times.
    pub clock_name: String,
    /// What it measures.
    pub kind: StreamKind,
    /// Peak wavelength of the excitation, nm.
    pub excitation: Option<f64>,
    /// Peak wavelength of the emission, nm.
    pub emission: Option<f64>,
    /// What else the file says of it: indicator, location, device, …
    pub about: Vec<(String, String)>,
}

impl Stream {
    /// A stream of which nothing is known but its name, length and clock.
    #[must_use]
    pub fn new(name: impl Into<String>, samples: usize, clock: Clock, clock_name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            unit: String::new(),
            samples,
            clock,
            clock_name: clock_name.into(),
            kind: StreamKind::Other,
            excitation: None,
            emission: None,
            about: Vec::new(),
        }
    }
}

/// Things of one name that happened.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct EventSeries {
    /// Their name, unique in the file.
    pub name: String,
    /// When each happened, s, as in the file: not always in order.
    pub times: Vec<f64>,
    /// How much each was; NaN where the file does not say it. As long as `times`, or empty.
    pub magnitudes: Vec<f64>,
    /// How long each lasted, s; NaN where the file does not say it. As long as `times`, or empty.
    pub durations: Vec<f64>,
    /// Where in the file the first stands, to follow the file's name in an error: `:12`, `: /events/cues`; or nothing.
    pub place: String,
}

impl EventSeries {
    /// Events of which only the times are known.
    #[must_use]
    pub fn at(name: impl Into<String>, times: Vec<f64>) -> Self {
        Self { name: name.into(), times, ..Self::default() }
    }
}

/// What a file holds.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Holdings {
    /// The format, as its users know it, with the version where there is one.
    pub format: String,
    /// The subject, where the file names it.
    pub subject: Option<String>,
    /// The session, where the file names it.
    pub session: Option<String>,
    /// When it started, as the file writes it.
    pub started: Option<String>,
    /// Its streams.
    pub streams: Vec<Stream>,
    /// Its events.
    pub events: Vec<EventSeries>,
    /// What the reader had to decide, and what it found odd.
    pub notes: Vec<String>,
    /// Columns that were not read.
    #[serde(skip)]
    pub passed_over: Vec<PassedOver>,
}

/// A column that a reader did not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PassedOver {
    /// Its name.
    pub column: String,
    /// Why, in words that follow its name.
    pub why: String,
    /// Whether it stood beside events: then it could have said how much they were.
    pub of_events: bool,
}

impl PassedOver {
    /// A column beside events that no reader knows.
    #[must_use]
    pub fn events(column: &str) -> Self {
        let why = "is not read: of events, time, event and magnitude are".into();
        Self { column: column.into(), why, of_events: true }
    }

    /// A column that should be a signal and holds a word in a row, counted from 1 below the header.
    #[must_use]
    pub fn words(column: &str, word: &str, row: usize) -> Self {
        let why = format!("holds words ({word:?} in row {row}) and was passed over");
        Self { column: column.into(), why, of_events: false }
    }
}

impl Holdings {
    /// The place of the stream of this name.
    ///
    /// # Errors
    /// Where there is none; with the names that exist.
    pub fn stream(&self, place: &str, name: &str) -> Result<usize> {
        self.streams.iter().position(|s| s.name == name).ok_or_else(|| {
            let names = self.streams.iter().map(|s| s.name.as_str()).collect::<Vec<_>>().join(", ");
            Error::input(place, format!("no channel {name:?}"), names)
        })
    }
}

/// An open file: what it holds, and its samples by ranges, so that a long one is never in memory whole.
pub trait Source: Send + Sync {
    /// What it holds.
    fn holdings(&self) -> &Holdings;

    /// Samples of a stream, in its unit; NaN where there is none.
    ///
    /// # Errors
    /// Where they cannot be read.
    fn samples(&self, stream: usize, rows: Range<usize>) -> Result<Vec<f64>>;

    /// Times of samples of a stream with a stamped clock, s; NaN where there is none.
    ///
    /// # Errors
    /// Where they cannot be read.
    fn stamps(&self, stream: usize, rows: Range<usize>) -> Result<Vec<f64>>;

    /// Times of samples of any stream, s.
    ///
    /// # Errors
    /// Where they cannot be read.
    fn times(&self, stream: usize, rows: Range<usize>) -> Result<Vec<f64>> {
        match self.holdings().streams[stream].clock {
            Clock::Regular { start, interval } => Ok(rows.map(|i| start + i as f64 * interval).collect()),
            Clock::Stamped => self.stamps(stream, rows),
        }
    }
}

/// A unit of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum TimeUnit {
    /// Seconds.
    #[serde(rename = "s")]
    Seconds,
    /// Milliseconds.
    #[serde(rename = "ms")]
    Milliseconds,
    /// Microseconds.
    #[serde(rename = "us")]
    Microseconds,
}

impl TimeUnit {
    /// Every unit.
    pub const ALL: [Self; 3] = [Self::Seconds, Self::Milliseconds, Self::Microseconds];

    /// How many seconds one is.
    #[must_use]
    pub fn seconds(self) -> f64 {
        match self {
            Self::Seconds => 1.0,
            Self::Milliseconds => 1e-3,
            Self::Microseconds => 1e-6,
        }
    }

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Seconds => "s",
            Self::Milliseconds => "ms",
            Self::Microseconds => "µs",
        }
    }
}

/// What the user says of a file that does not say it itself.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Hints {
    /// The column that is the clock, in tables; found by its name where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time: Option<String>,
    /// The unit of times in the file (`s`, `ms`, `us`); what the file claims, or s, where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_unit: Option<TimeUnit>,
    /// Samples a second, Hz, in files without a clock.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate: Option<f64>,
    /// Whether channels that the device takes one after another stand each at its own time, and not, as the vendors'
    /// readers give them, all at the time of the first.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub stagger: bool,
}

impl Hints {
    /// Seconds a unit of time of the file, as said by the user; 1 where nothing is said.
    #[must_use]
    pub fn scale(&self) -> f64 {
        self.time_unit.map_or(1.0, TimeUnit::seconds)
    }
}

/// A file format.
pub trait Format: Send + Sync {
    /// Its name, as users know it.
    fn name(&self) -> &'static str;

    /// Whether a file or folder is of this format, by its name and content; cheap.
    fn recognises(&self, path: &Path) -> bool;

    /// Opens a file.
    ///
    /// # Errors
    /// With the file, the line or field, and what would be accepted.
    fn open(&self, path: &Path, hints: &Hints) -> Result<Box<dyn Source>>;
}
