//! Reads `.doric` files (HDF5): any group with a dataset `Time` holds streams beside it; the older layout keeps each
//! stream and its console's time in groups of their own.
//!
//! Written to the published layout; no recording of an instrument was at hand to test it on.

use super::doric_csv::is_digital;
use super::nwb::is_hdf5;
use crate::edges;
use crate::hdf5::{Node, Tree};
use crate::loaded::free_name;
use accumbens_core::Result;
use accumbens_core::format::{Clock, EventSeries, Format, Hints, Holdings, Source, Stream, StreamKind};
use hdf5_reader::Dataset;
use std::ops::Range;
use std::path::Path;

/// Doric Neuroscience Studio, HDF5.
pub struct Doric;

/// Where a stream and its times stand: group and dataset.
struct Place {
    data: (usize, String),
    time: (usize, String),
}

struct Open {
    tree: Tree,
    holdings: Holdings,
    places: Vec<Place>,
    seconds: f64,
}

impl Format for Doric {
    fn name(&self) -> &'static str {
        "Doric (.doric)"
    }

    fn recognises(&self, path: &Path) -> bool {
        path.extension().is_some_and(|e| e.eq_ignore_ascii_case("doric")) && is_hdf5(path)
    }

    fn open(&self, path: &Path, hints: &Hints) -> Result<Box<dyn Source>> {
        let tree = Tree::open(path)?;
        let old = tree.group("/DataAcquisition").is_none() && tree.group("/Traces").is_some();
        let format = if old { "Doric (.doric, until version 5)" } else { "Doric (.doric)" };
        let started = tree.group("/").and_then(|r| r.word("Created"));
        let holdings = Holdings { format: format.into(), started, ..Holdings::default() };
        let mut open = Open { tree, holdings, places: Vec::new(), seconds: hints.scale() };
        if old {
            open.old()
        } else {
            open.modern()
        };
        open.digital()?;
        Ok(Box::new(open))
    }
}

/// Whether a dataset holds one number a sample.
fn is_line(dataset: &Dataset) -> bool {
    dataset.shape().len() == 1 && !Tree::is_text(dataset)
}

impl Open {
    fn modern(&mut self) {
        let mut found = Vec::new();
        for (at, node) in self.tree.groups.iter().enumerate() {
            let Some(time) = node.dataset("Time").filter(|d| is_line(d)) else { continue };
            for data in node.datasets.iter().filter(|d| d.name() != "Time" && is_line(d)) {
                let name = match data.name() {
                    "Values" => node.name().to_owned(),
                    own => format!("{} {own}", node.name()),
                };
                let place = Place { data: (at, data.name().to_owned()), time: (at, "Time".to_owned()) };
                found.push((stream(&self.tree, name, node, data, time), place));
            }
        }
        self.add(found);
    }

    fn old(&mut self) {
        let mut found = Vec::new();
        for (at, node) in self.tree.groups.iter().enumerate() {
            let parts: Vec<&str> = node.path.split('/').collect();
            let ["", "Traces", console, own] = parts.as_slice() else { continue };
            let Some(data) = node.dataset(own).filter(|d| is_line(d)) else { continue };
            let clock = self.tree.groups.iter().position(|g| g.path == format!("/Traces/{console}/Time(s)"));
            let Some((place, clock)) = clock.and_then(|c| Some((c, self.tree.groups[c].datasets.first()?))) else {
                continue;
            };
            let stream = stream(&self.tree, (*own).to_owned(), node, data, clock);
            let time = (place, clock.name().to_owned());
            found.push((stream, Place { data: (at, data.name().to_owned()), time }));
        }
        self.add(found);
    }

    fn add(&mut self, streams: Vec<(Stream, Place)>) {
        for (mut stream, place) in streams {
            stream.name = free_name(&stream.name, |n| self.holdings.streams.iter().any(|s| s.name == n));
            self.holdings.streams.push(stream);
            self.places.push(place);
        }
    }

    /// Lines that are high or low become events too.
    fn digital(&mut self) -> Result<()> {
        let mut events: Vec<EventSeries> = Vec::new();
        for at in 0..self.places.len() {
            let (name, rows) = (self.holdings.streams[at].name.clone(), self.holdings.streams[at].samples);
            let group = self.tree.groups[self.places[at].data.0].name();
            let digital = group == "DigitalIO" || is_digital(&name, &self.samples(at, 0..rows.min(1 << 16))?);
            if digital {
                self.holdings.streams[at].kind = StreamKind::Digital;
                let mut found = edges::of_stream(self, at)?;
                // A line that is high from the start was raised there.
                let high = self.samples(at, 0..1)?.first().is_some_and(|x| *x > 0.5);
                let first = self.stamps(at, 0..1)?.first().copied().filter(|t| t.is_finite());
                if let Some(first) = first.filter(|_| high && !found.times.is_empty()) {
                    found.durations.clear();
                    found.times.insert(0, first);
                }
                events.push(found);
            }
        }
        events.retain(|e| !e.times.is_empty());
        self.holdings.events = events;
        Ok(())
    }

    fn read(&self, (group, name): &(usize, String), rows: Range<usize>) -> Result<Vec<f64>> {
        self.tree.groups[*group].dataset(name).map_or(Ok(Vec::new()), |d| self.tree.numbers(d, rows, None))
    }
}

fn stream(tree: &Tree, name: String, node: &Node, data: &Dataset, clock: &Dataset) -> Stream {
    let clock_name = tree.path_of(clock.address()).unwrap_or(&node.path).to_owned();
    let samples = data.shape()[0].min(clock.shape().first().copied().unwrap_or(0)) as usize;
    let mut stream = Stream::new(name, samples, Clock::Stamped, clock_name);
    stream.kind = StreamKind::Light;
    let words = ["Username", "Name", "Unit"].map(|w| (w, data.attribute(w).ok().and_then(|a| crate::hdf5::word(&a))));
    for (what, said) in words {
        match (what, said) {
            ("Unit", Some(unit)) => stream.unit = unit,
            (_, Some(said)) => stream.about.push((what.to_lowercase(), said)),
            _ => {}
        }
    }
    stream
}

impl Source for Open {
    fn holdings(&self) -> &Holdings {
        &self.holdings
    }

    fn samples(&self, stream: usize, rows: Range<usize>) -> Result<Vec<f64>> {
        self.read(&self.places[stream].data, rows)
    }

    fn stamps(&self, stream: usize, rows: Range<usize>) -> Result<Vec<f64>> {
        let mut times = self.read(&self.places[stream].time, rows)?;
        times.iter_mut().for_each(|t| *t *= self.seconds);
        Ok(times)
    }
}
