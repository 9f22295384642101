//! Reads TDT blocks: an index of records (`.tsq`), samples in one file (`.tev`) or one a channel (`.sev`).
//!
//! Written to the published layout; no recording of an instrument was at hand to test it on.

use crate::loaded::free_name;
use accumbens_core::format::{Clock, EventSeries, Format, Hints, Holdings, Source, Stream, StreamKind};
use accumbens_core::{Error, Result};
use std::collections::BTreeMap;
use std::io::{Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::{Path, PathBuf};

/// Tucker-Davis Technologies: Synapse and OpenEx.
pub struct Tdt;

const RECORD: usize = 40;
/// Bytes before the samples of a `.sev` file.
const SEV_HEADER: u64 = 40;

const STROBE_ON: u32 = 0x101;
const STROBE_OFF: u32 = 0x102;
const SCALAR: u32 = 0x201;
const STREAM: u32 = 0x8101;
/// Bits of a type that say what it is; one of the others says that the samples are in `.sev` files.
const STREAM_MASK: u32 = 0xFF0F;

/// One record of the index.
struct Record<'a>(&'a [u8]);

impl Record<'_> {
    fn array<const N: usize>(&self, at: usize) -> [u8; N] {
        let mut bytes = [0; N];
        bytes.copy_from_slice(&self.0[at..at + N]);
        bytes
    }
    fn words(&self) -> i64 {
        i64::from(i32::from_le_bytes(self.array(0)))
    }
    fn kind(&self) -> u32 {
        u32::from_le_bytes(self.array(4))
    }
    fn name(&self) -> String {
        text(&self.array::<4>(8))
    }
    /// The channel and sort code together name the store whose epochs this one ends.
    fn buddy(&self) -> String {
        text(&self.array::<4>(12))
    }
    fn channel(&self) -> u16 {
        u16::from_le_bytes(self.array(12))
    }
    fn time(&self) -> f64 {
        f64::from_le_bytes(self.array(16))
    }
    fn offset(&self) -> u64 {
        u64::from_le_bytes(self.array(24))
    }
    fn strobe(&self) -> f64 {
        f64::from_le_bytes(self.array(24))
    }
    fn format(&self) -> i32 {
        i32::from_le_bytes(self.array(32))
    }
    fn rate(&self) -> f64 {
        f64::from(f32::from_le_bytes(self.array(36)))
    }
}

fn text(bytes: &[u8]) -> String {
    bytes.iter().take_while(|b| **b != 0).map(|b| char::from(*b)).collect::<String>().trim_end().to_owned()
}

/// How samples are written.
#[derive(Clone, Copy, PartialEq)]
struct Width {
    format: i32,
    bytes: usize,
}

impl Width {
    fn new(format: i32) -> Option<Self> {
        let bytes = match format {
            0 | 1 => 4,
            2 => 2,
            3 => 1,
            4 => 8,
            _ => return None,
        };
        Some(Self { format, bytes })
    }

    fn number(self, b: &[u8]) -> f64 {
        match (self.format, b) {
            (0, [a, b, c, d]) => f64::from(f32::from_le_bytes([*a, *b, *c, *d])),
            (1, [a, b, c, d]) => f64::from(i32::from_le_bytes([*a, *b, *c, *d])),
            (2, [a, b]) => f64::from(i16::from_le_bytes([*a, *b])),
            (3, [a]) => f64::from(*a as i8),
            (_, b) => b.first_chunk::<8>().map_or(f64::NAN, |b| f64::from_le_bytes(*b)),
        }
    }
}

/// A run of samples in a file: where it begins, and how many samples stand before it.
struct Piece {
    offset: u64,
    before: usize,
    samples: usize,
}

/// Where the samples of a stream are.
struct Place {
    file: PathBuf,
    width: Width,
    pieces: Vec<Piece>,
}

struct Open {
    holdings: Holdings,
    places: Vec<Place>,
}

/// The only file in a folder with this ending.
fn only(folder: &Path, ending: &str) -> Option<PathBuf> {
    let files = std::fs::read_dir(folder).ok()?.filter_map(|e| e.ok().map(|e| e.path()));
    let mut files: Vec<PathBuf> =
        files.filter(|p| p.extension().is_some_and(|e| e.eq_ignore_ascii_case(ending))).collect();
    files.sort();
    files.into_iter().find(|p| !p.file_name().is_some_and(|n| n.to_string_lossy().starts_with("._")))
}

/// A stream while its records are gathered.
struct Gathered {
    start: f64,
    rate: f64,
    width: Width,
    separate: bool,
    pieces: Vec<Piece>,
    samples: usize,
    /// Records that do not begin where the one before ended.
    jumps: usize,
}

impl Format for Tdt {
    fn name(&self) -> &'static str {
        "TDT (a block: .tsq with .tev or .sev)"
    }

    fn recognises(&self, path: &Path) -> bool {
        let file = path.extension().is_some_and(|e| e.eq_ignore_ascii_case("tsq"));
        file || (path.is_dir() && only(path, "tsq").is_some())
    }

    fn open(&self, path: &Path, _: &Hints) -> Result<Box<dyn Source>> {
        let index = if path.is_dir() { only(path, "tsq") } else { Some(path.to_owned()) };
        let index = index.unwrap_or_else(|| path.to_owned());
        let folder = index.parent().unwrap_or(Path::new("."));
        let place = index.display().to_string();
        let bytes = std::fs::read(&index).map_err(|e| Error::file(&index, e))?;
        let records: Vec<Record<'_>> = bytes.chunks_exact(RECORD).map(Record).collect();
        let Some(begin) = records.get(1).filter(|r| r.time().is_finite()) else {
            return Err(Error::input(&place, format!("{} records", records.len()), "an index of 40-byte records"));
        };
        let mut open =
            Open { holdings: Holdings { format: "TDT block".into(), ..Holdings::default() }, places: vec![] };
        open.holdings.started = Some(format!("{} s since 1970", begin.time()));
        open.holdings.session = folder.file_name().map(|n| n.to_string_lossy().into_owned());
        if bytes.len() % RECORD > 0 {
            open.holdings.notes.push(format!("{} bytes at the end of the index are no record", bytes.len() % RECORD));
        }
        open.streams(&place, folder, &index, &records[2..], begin.time())?;
        open.epochs(&records[2..], begin.time());
        Ok(Box::new(open))
    }
}

impl Open {
    fn streams(&mut self, place: &str, folder: &Path, index: &Path, records: &[Record<'_>], t0: f64) -> Result<()> {
        let mut stores: BTreeMap<(String, u16), Gathered> = BTreeMap::new();
        for record in records.iter().filter(|r| r.kind() & STREAM_MASK == STREAM) {
            let width = Width::new(record.format()).ok_or_else(|| {
                Error::input(place, format!("store {} has format {}", record.name(), record.format()), "0 to 4")
            })?;
            let (rate, time) = (record.rate(), record.time() - t0);
            if !(rate.is_finite() && rate > 0.0 && time.is_finite()) || record.words() < 10 {
                let problem = format!("store {}: rate {rate} Hz, {} words", record.name(), record.words());
                return Err(Error::input(place, problem, "a rate above 0 and 10 words or more"));
            }
            let samples = (record.words() - 10) as usize * 4 / width.bytes;
            let store = stores.entry((record.name(), record.channel())).or_insert_with(|| Gathered {
                start: time,
                rate,
                width,
                separate: record.kind() != STREAM,
                pieces: Vec::new(),
                samples: 0,
                jumps: 0,
            });
            let expected = store.start + store.samples as f64 / rate;
            store.jumps += usize::from((time - expected).abs() > 1.5 * samples as f64 / rate);
            store.pieces.push(Piece { offset: record.offset(), before: store.samples, samples });
            store.samples += samples;
        }
        let channels = |name: &str| stores.keys().filter(|(n, _)| n == name).count();
        for ((name, channel), store) in &stores {
            let own = if channels(name) == 1 { name.clone() } else { format!("{name} {channel}") };
            let (file, pieces) = match sev(folder, name, *channel) {
                Some(file) => {
                    let bytes = std::fs::metadata(&file).map_err(|e| Error::file(&file, e))?.len();
                    let samples = bytes.saturating_sub(SEV_HEADER) as usize / store.width.bytes;
                    (file, vec![Piece { offset: SEV_HEADER, before: 0, samples }])
                }
                None if store.separate => {
                    let problem = format!("store {name} is in .sev files, and none is there for channel {channel}");
                    return Err(Error::input(place, problem, format!("a file *_{name}_Ch{channel}.sev")));
                }
                None => {
                    let pieces = store.pieces.iter();
                    (index.with_extension("tev"), pieces.map(|p| Piece { ..*p }).collect::<Vec<_>>())
                }
            };
            let whole = fit(&file, pieces, store.width)?;
            let samples = whole.iter().map(|p| p.samples).sum::<usize>();
            if samples < store.samples {
                let lost = store.samples - samples;
                self.holdings.notes.push(format!("{own}: the last {lost} samples are not in the file"));
            }
            if store.jumps > 0 {
                self.holdings.notes.push(format!("{own}: {} blocks do not follow the one before in time", store.jumps));
            }
            let clock = Clock::Regular { start: store.start, interval: 1.0 / store.rate };
            let clock_name = format!("{} Hz from {} s", store.rate, store.start);
            let mut stream = Stream::new(own, samples, clock, clock_name);
            stream.kind = StreamKind::Light;
            stream.excitation = crate::roles::wavelength(name);
            self.holdings.streams.push(stream);
            self.places.push(Place { file, width: store.width, pieces: whole });
        }
        let scalars = records.iter().filter(|r| r.kind() == SCALAR).count();
        if scalars > 0 {
            self.holdings.notes.push(format!("{scalars} scalar records are passed over"));
        }
        Ok(())
    }

    fn epochs(&mut self, records: &[Record<'_>], t0: f64) {
        let mut names: Vec<String> = Vec::new();
        let mut found: Vec<EventSeries> = Vec::new();
        for record in records.iter().filter(|r| r.kind() == STROBE_ON && r.time().is_finite()) {
            let at = names.iter().position(|n| *n == record.name()).unwrap_or_else(|| {
                names.push(record.name());
                found.push(EventSeries { name: record.name(), ..EventSeries::default() });
                found.len() - 1
            });
            found[at].times.push(record.time() - t0);
            found[at].magnitudes.push(record.strobe());
            found[at].durations.push(f64::NAN);
        }
        for record in records.iter().filter(|r| r.kind() == STROBE_OFF && r.time().is_finite()) {
            let Some(at) = names.iter().position(|n| *n == record.buddy()) else { continue };
            let time = record.time() - t0;
            let series = &mut found[at];
            let begun = series.times.partition_point(|t| *t <= time);
            if let Some(i) = begun.checked_sub(1).filter(|&i| series.durations[i].is_nan()) {
                series.durations[i] = time - series.times[i];
            }
        }
        for mut series in found {
            series.name = free_name(&series.name, |n| self.holdings.events.iter().any(|e| e.name == n));
            self.holdings.events.push(series);
        }
    }
}

/// The file of a channel's samples, where it has one of its own.
fn sev(folder: &Path, store: &str, channel: u16) -> Option<PathBuf> {
    let ending = format!("_{store}_ch{channel}.sev").to_lowercase();
    let files = std::fs::read_dir(folder).ok()?.filter_map(|e| e.ok().map(|e| e.path()));
    let mut files: Vec<PathBuf> = files
        .filter(|p| p.file_name().is_some_and(|n| n.to_string_lossy().to_lowercase().ends_with(&ending)))
        .collect();
    files.sort();
    files.into_iter().next()
}

/// The pieces that a file really holds.
fn fit(file: &Path, pieces: Vec<Piece>, width: Width) -> Result<Vec<Piece>> {
    let bytes = std::fs::metadata(file).map_err(|e| Error::file(file, e))?.len();
    let held = |p: &Piece| bytes.saturating_sub(p.offset) as usize / width.bytes;
    let whole = pieces.iter().take_while(|p| held(p) >= p.samples).count();
    let mut kept: Vec<Piece> = pieces.into_iter().take(whole + 1).collect();
    if let Some(last) = kept.get_mut(whole) {
        last.samples = (bytes.saturating_sub(last.offset) as usize / width.bytes).min(last.samples);
    }
    Ok(kept)
}

impl Source for Open {
    fn holdings(&self) -> &Holdings {
        &self.holdings
    }

    fn samples(&self, stream: usize, rows: Range<usize>) -> Result<Vec<f64>> {
        let place = &self.places[stream];
        let fault = |e| Error::file(&place.file, e);
        let mut file = std::fs::File::open(&place.file).map_err(fault)?;
        let mut values = Vec::with_capacity(rows.len().min(self.holdings.streams[stream].samples));
        let first = place.pieces.partition_point(|p| p.before + p.samples <= rows.start);
        for piece in place.pieces[first..].iter().take_while(|p| p.before < rows.end) {
            let from = rows.start.max(piece.before) - piece.before;
            let to = (rows.end - piece.before).min(piece.samples);
            if from >= to {
                continue;
            }
            let mut bytes = vec![0; (to - from) * place.width.bytes];
            let start = piece.offset + (from * place.width.bytes) as u64;
            file.seek(SeekFrom::Start(start)).and_then(|_| file.read_exact(&mut bytes)).map_err(fault)?;
            values.extend(bytes.chunks_exact(place.width.bytes).map(|b| place.width.number(b)));
        }
        Ok(values)
    }

    fn stamps(&self, _: usize, _: Range<usize>) -> Result<Vec<f64>> {
        Ok(Vec::new())
    }
}
