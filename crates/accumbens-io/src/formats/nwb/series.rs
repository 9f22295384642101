//! The series of an NWB file as streams: whatever has data and a clock.

use super::{devices, events};
use crate::hdf5::{Node, Tree, attribute_number, attribute_word};
use crate::loaded::free_name;
use crate::units;
use accumbens_core::format::{Clock, EventSeries, Format, Hints, Holdings, Source, Stream, StreamKind, TimeUnit};
use accumbens_core::{Error, Result};
use hdf5_reader::Dataset;
use std::io::Read;
use std::ops::Range;
use std::path::Path;

/// Neurodata Without Borders.
pub struct Nwb;

/// A series with more columns is no photometry and is passed over.
const MOST_COLUMNS: usize = 64;
/// Types whose data are fluorescence or were computed from it.
const LIGHT: &[&str] = &[
    "FiberPhotometryResponseSeries",
    "FiberPhotometrySeries",
    "PhotometrySeries",
    "DffSeries",
    "RoiResponseSeries",
    "DeconvolvedFiberPhotometryResponseSeries",
    "DeconvolvedRoiResponseSeries",
];
/// Types whose data are what happened, not samples.
const HAPPENED: &[&str] = &["IntervalSeries", "AnnotationSeries", "Events", "LabeledEvents", "TTLs", "Eventlog"];

/// Where a stream stands in the file.
struct Place {
    group: usize,
    dataset: String,
    column: Option<usize>,
    conversion: f64,
    offset: f64,
    seconds: f64,
}

/// An open NWB file.
struct Open {
    tree: Tree,
    holdings: Holdings,
    places: Vec<Place>,
}

impl Format for Nwb {
    fn name(&self) -> &'static str {
        "NWB (.nwb)"
    }

    fn recognises(&self, path: &Path) -> bool {
        path.extension().is_some_and(|e| e.eq_ignore_ascii_case("nwb")) && is_hdf5(path)
    }

    fn open(&self, path: &Path, hints: &Hints) -> Result<Box<dyn Source>> {
        let tree = Tree::open(path)?;
        let version = tree.group("/").and_then(|r| r.word("nwb_version"));
        let format = format!("NWB {}", version.unwrap_or_else(|| "without a version".into()));
        let mut open = Open { holdings: Holdings { format, ..Holdings::default() }, places: Vec::new(), tree };
        open.session();
        for group in 0..open.tree.groups.len() {
            open.series(group, hints)?;
        }
        // Pulses of an analog line stand beside the events that the file names.
        let mut pulses = Vec::new();
        for (stream, about) in open.holdings.streams.iter().enumerate() {
            if about.kind == StreamKind::Digital {
                pulses.push(crate::edges::of_stream(&open, stream)?);
            }
        }
        let signal = longest(&open)?;
        let mut found = events::find(&open.tree, signal, hints, &mut open.holdings.notes)?;
        found.extend(pulses.into_iter().filter(|p| !p.times.is_empty()));
        for mut series in found {
            series.name = free_name(&series.name, |n| open.holdings.events.iter().any(|e: &EventSeries| e.name == n));
            open.holdings.events.push(series);
        }
        Ok(Box::new(open))
    }
}

/// Whether a file begins as HDF5 does.
pub(crate) fn is_hdf5(path: &Path) -> bool {
    let mut start = [0_u8; 8];
    std::fs::File::open(path).and_then(|mut f| f.read_exact(&mut start)).is_ok() && start == *b"\x89HDF\r\n\x1a\n"
}

/// How long the longest stream of light lasts, s; of any stream where there is none of light.
fn longest(open: &Open) -> Result<Option<f64>> {
    let mut longest = [None::<f64>; 2];
    for (i, stream) in open.holdings.streams.iter().enumerate() {
        let span = match stream.clock {
            Clock::Regular { start, interval } => start + interval * stream.samples as f64,
            Clock::Stamped => {
                let tail = open.stamps(i, stream.samples.saturating_sub(4096)..stream.samples)?;
                tail.into_iter().filter(|t| t.is_finite()).fold(0.0, f64::max)
            }
        };
        let at = usize::from(stream.kind != StreamKind::Light);
        longest[at] = Some(longest[at].map_or(span, |l| l.max(span)));
    }
    Ok(longest[0].or(longest[1]))
}

impl Open {
    /// What the file says of the session and its subject.
    fn session(&mut self) {
        let text = |path: &str, name: &str| {
            let dataset = self.tree.group(path)?.dataset(name)?;
            self.tree.texts(dataset).ok()?.into_iter().next().filter(|s| !s.is_empty())
        };
        let subject = text("/general/subject", "subject_id");
        let session = text("/general", "session_id").or_else(|| text("/", "identifier"));
        let started = text("/", "session_start_time");
        (self.holdings.subject, self.holdings.session, self.holdings.started) = (subject, session, started);
    }

    /// Adds the streams of a group, if it is a series.
    fn series(&mut self, group: usize, hints: &Hints) -> Result<()> {
        let node = &self.tree.groups[group];
        let kind = node.neurodata_type();
        let Some(data) = node.dataset("data").filter(|_| !kind.is_empty()) else { return Ok(()) };
        // Booleans are read whole, so that a long line of them is no stream.
        let flags = matches!(data.dtype(), hdf5_reader::Datatype::Enum { .. });
        if HAPPENED.contains(&kind.as_str()) || Tree::is_text(data) || flags || events::inside_events(&self.tree, node)
        {
            return Ok(());
        }
        let columns = match data.shape() {
            [_] => 1,
            [_, columns] => *columns as usize,
            _ => 0,
        };
        let Some((clock, clock_name, seconds)) = self.clock(node, hints)? else { return Ok(()) };
        if columns == 0 || columns > MOST_COLUMNS {
            let shape = data.shape().iter().map(u64::to_string).collect::<Vec<_>>().join(" × ");
            self.holdings.notes.push(format!("{} ({kind}, {shape}) is passed over", node.path));
            return Ok(());
        }
        let samples = self.tree.rows(data)?;
        let light = LIGHT.contains(&kind.as_str());
        let fibres = devices::columns(&self.tree, node, columns)?;
        let unit = attribute_word(data, "unit").unwrap_or_default();
        let conversion = attribute_number(data, "conversion").filter(|c| c.is_finite()).unwrap_or(1.0);
        let offset = attribute_number(data, "offset").filter(|c| c.is_finite()).unwrap_or(0.0);
        let name = node.name().to_owned();
        let mut added: Vec<(Stream, Place)> = Vec::new();
        for (column, mut fibre) in fibres.into_iter().enumerate() {
            if kind.starts_with("Deconvolved") || kind == "DffSeries" {
                fibre.about.push(("computed".into(), kind.clone()));
            }
            let own = if columns == 1 { name.clone() } else { format!("{name} {}", fibre.name) };
            let stream = Stream {
                unit: unit.clone(),
                kind: if light { StreamKind::Light } else { StreamKind::Other },
                excitation: fibre.excitation,
                emission: fibre.emission,
                about: fibre.about,
                ..Stream::new(own, samples, clock, clock_name.clone())
            };
            let column = (data.shape().len() == 2).then_some(column);
            added.push((stream, Place { group, dataset: "data".into(), column, conversion, offset, seconds }));
        }
        if node.dataset("ttl").is_some_and(|d| d.shape() == [samples as u64]) {
            let mut stream = Stream::new(format!("{name} ttl"), samples, clock, clock_name.clone());
            stream.kind = StreamKind::Digital;
            stream.about.extend(node.word("ttl_identity").map(|w| ("meaning".into(), w)));
            let place = Place { group, dataset: "ttl".into(), column: None, conversion: 1.0, offset: 0.0, seconds };
            added.push((stream, place));
        }
        for (mut stream, place) in added {
            stream.name = free_name(&stream.name, |n| self.holdings.streams.iter().any(|s| s.name == n));
            self.places.push(place);
            if stream.kind == StreamKind::Other && self.two_levels(self.places.len() - 1)? {
                stream.kind = StreamKind::Digital;
            }
            self.holdings.streams.push(stream);
        }
        Ok(())
    }

    /// Whether the first samples of a place take two values, as those of a line that is high or low.
    fn two_levels(&self, place: usize) -> Result<bool> {
        let mut values: Vec<f64> = Vec::new();
        for x in self.read(place, 0..1 << 16)?.into_iter().filter(|x| x.is_finite()) {
            if !values.contains(&x) {
                values.push(x);
            }
            if values.len() > 2 {
                return Ok(false);
            }
        }
        Ok(values.len() == 2)
    }

    /// The clock of a series, its name, and how many seconds a unit of its stamps is; `None` where it has none.
    fn clock(&self, node: &Node, hints: &Hints) -> Result<Option<(Clock, String, f64)>> {
        if let Some(stamps) = node.dataset("timestamps") {
            let name = self.tree.path_of(stamps.address()).unwrap_or(&node.path).to_owned();
            let unit = match hints.time_unit {
                Some(unit) => unit,
                None => self.stamp_unit(node, stamps)?,
            };
            return Ok(Some((Clock::Stamped, name, unit.seconds())));
        }
        let Some(start) = node.dataset("starting_time") else { return Ok(None) };
        let rate = attribute_number(start, "rate").filter(|r| r.is_finite() && *r > 0.0).ok_or_else(|| {
            let place = format!("{}: {}/starting_time", self.tree.place, node.path);
            Error::input(place, "no rate above 0", "samples a second in the attribute rate")
        })?;
        let start = self.tree.scalar(start)?;
        let clock = Clock::Regular { start, interval: 1.0 / rate };
        Ok(Some((clock, format!("{rate} Hz from {start} s"), 1.0)))
    }

    /// The unit of stamps: what they claim, unless samples of light would then be too far apart.
    fn stamp_unit(&self, node: &Node, stamps: &Dataset) -> Result<TimeUnit> {
        let claim = attribute_word(stamps, "unit").and_then(|w| units::claimed(&w)).unwrap_or(TimeUnit::Seconds);
        if claim != TimeUnit::Seconds || !LIGHT.contains(&node.neurodata_type().as_str()) {
            return Ok(claim);
        }
        let first: Vec<f64> = self.tree.numbers(stamps, 0..4096, None)?.into_iter().filter(|t| t.is_finite()).collect();
        let apart = first.last().zip(first.first()).map_or(0.0, |(b, a)| (b - a) / first.len() as f64);
        Ok(units::of_frames(apart))
    }

    fn read(&self, place: usize, rows: Range<usize>) -> Result<Vec<f64>> {
        let at = &self.places[place];
        let node = &self.tree.groups[at.group];
        let dataset = node.dataset(&at.dataset).ok_or_else(|| Error::input(&self.tree.place, "no data", ""))?;
        let mut values = self.tree.numbers(dataset, rows, at.column)?;
        if at.conversion != 1.0 || at.offset != 0.0 {
            values.iter_mut().for_each(|x| *x = *x * at.conversion + at.offset);
        }
        Ok(values)
    }
}

impl Source for Open {
    fn holdings(&self) -> &Holdings {
        &self.holdings
    }

    fn samples(&self, stream: usize, rows: Range<usize>) -> Result<Vec<f64>> {
        self.read(stream, rows)
    }

    fn stamps(&self, stream: usize, rows: Range<usize>) -> Result<Vec<f64>> {
        let at = &self.places[stream];
        let Some(stamps) = self.tree.groups[at.group].dataset("timestamps") else { return Ok(Vec::new()) };
        let mut times = self.tree.numbers(stamps, rows, None)?;
        if at.seconds != 1.0 {
            times.iter_mut().for_each(|t| *t *= at.seconds);
        }
        Ok(times)
    }
}
