//! A folder with the files of one session: the streams and events of all of them together.

use crate::formats::recognise;
use crate::loaded::free_name;
use accumbens_core::format::{Hints, Holdings, Source};
use accumbens_core::{Error, Result};
use std::ops::Range;
use std::path::{Path, PathBuf};

/// The files of one session.
pub struct Folder {
    holdings: Holdings,
    files: Vec<Box<dyn Source>>,
    /// The file and the stream in it, of each stream.
    places: Vec<(usize, usize)>,
}

/// The files of a folder that some format recognises, in the order of their names.
#[must_use]
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let hidden = |p: &Path| p.file_name().is_some_and(|n| n.to_string_lossy().starts_with('.'));
    let mut files: Vec<PathBuf> =
        entries.filter_map(|e| e.ok().map(|e| e.path())).filter(|p| p.is_file() && !hidden(p)).collect();
    files.retain(|p| recognise(p).is_some());
    files.sort();
    // The same trace in two formats, as accumbens and others write it, is one trace.
    let parquet: Vec<PathBuf> =
        files.iter().filter(|p| p.extension().is_some_and(|e| e == "parquet")).cloned().collect();
    files.retain(|p| p.extension().is_some_and(|e| e == "parquet") || !parquet.contains(&p.with_extension("parquet")));
    files
}

impl Folder {
    /// Opens every file of a folder that is of a known format.
    ///
    /// # Errors
    /// Where there is none, or one cannot be read.
    pub fn open(folder: &Path, hints: &Hints) -> Result<Self> {
        let paths = files(folder);
        if paths.is_empty() {
            let names = crate::formats::FORMATS.iter().map(|f| f.name()).collect::<Vec<_>>().join("; ");
            return Err(Error::input(folder.display().to_string(), "no recording in it", names));
        }
        let mut together = Self { holdings: Holdings::default(), files: Vec::new(), places: Vec::new() };
        let mut formats: Vec<String> = Vec::new();
        for path in &paths {
            let Some(format) = recognise(path) else { continue };
            let source = format.open(path, hints)?;
            let held = source.holdings().clone();
            let file = together.files.len();
            if !formats.contains(&held.format) {
                formats.push(held.format);
            }
            let all = &mut together.holdings;
            for (i, mut stream) in held.streams.into_iter().enumerate() {
                stream.name = free_name(&stream.name, |n| all.streams.iter().any(|s| s.name == n));
                stream.clock_name = format!("{}: {}", name(path), stream.clock_name);
                all.streams.push(stream);
                together.places.push((file, i));
            }
            for mut events in held.events {
                events.place = format!("/{}{}", name(path), events.place);
                events.name = free_name(&events.name, |n| all.events.iter().any(|e| e.name == n));
                all.events.push(events);
            }
            all.notes.extend(held.notes.into_iter().map(|n| format!("{}: {n}", name(path))));
            all.passed_over.extend(held.passed_over);
            all.subject = all.subject.take().or(held.subject);
            all.started = all.started.take().or(held.started);
            together.files.push(source);
        }
        together.holdings.format = formats.join(" + ");
        together.holdings.session = folder.file_name().map(|n| n.to_string_lossy().into_owned());
        Ok(together)
    }
}

fn name(path: &Path) -> String {
    path.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned())
}

impl Source for Folder {
    fn holdings(&self) -> &Holdings {
        &self.holdings
    }

    fn samples(&self, stream: usize, rows: Range<usize>) -> Result<Vec<f64>> {
        let (file, own) = self.places[stream];
        self.files[file].samples(own, rows)
    }

    fn stamps(&self, stream: usize, rows: Range<usize>) -> Result<Vec<f64>> {
        let (file, own) = self.places[stream];
        self.files[file].stamps(own, rows)
    }
}
