//! Reads MAT-files of version 5: vectors of one length with a vector of times, and tables of (code, time, flag).

use super::sniff;
use crate::guard::guarded;
use crate::loaded::Loaded;
use accumbens_core::format::{EventSeries, Format, Hints, Source, StreamKind};
use accumbens_core::{Error, Result};
use matfile::{MatFile, NumericData};
use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

/// MATLAB, MAT-file version 5.
pub struct Mat;

/// Names of vectors of times.
const TIMES: &[&str] = &["T", "t", "time", "Time", "times", "timestamps", "ts"];
/// The most bytes that compressed parts of a file may become.
const MOST: u64 = 1 << 31;

fn numbers(data: &NumericData) -> Vec<f64> {
    macro_rules! wide {
        ($($kind:ident),*) => {
            match data {
                $(NumericData::$kind { real, .. } => real.iter().map(|x| *x as f64).collect(),)*
            }
        };
    }
    wide!(Int8, UInt8, Int16, UInt16, Int32, UInt32, Int64, UInt64, Single, Double)
}

/// Refuses a file whose compressed parts would fill the memory.
fn check(place: &str, bytes: &[u8]) -> Result<()> {
    let word = |at: usize| bytes.get(at..at + 4).map(|b| u32::from_le_bytes([b[0], b[1], b[2], b[3]]));
    let mut at = 128;
    let mut total = 0;
    while let (Some(kind), Some(size)) = (word(at), word(at + 4)) {
        let end = (at + 8).saturating_add(size as usize);
        let part = bytes.get(at + 8..end).ok_or_else(|| {
            let problem = format!("a variable of {size} bytes at byte {at}, after which {} follow", bytes.len() - at);
            Error::input(place, problem, "a MAT-file that is whole")
        })?;
        if kind == 15 {
            let most = MOST - total;
            let mut decoder = flate2::read::ZlibDecoder::new(part).take(most);
            total += std::io::copy(&mut decoder, &mut std::io::sink())
                .map_err(|e| Error::input(place, e.to_string(), "compressed variables that are whole"))?;
            if total >= MOST {
                return Err(Error::input(place, "its compressed variables exceed 2 GiB", "a smaller file"));
            }
        }
        at = if kind == 15 { end } else { end.next_multiple_of(8) };
    }
    Ok(())
}

impl Format for Mat {
    fn name(&self) -> &'static str {
        "MATLAB (.mat, version 5)"
    }

    fn recognises(&self, path: &Path) -> bool {
        path.is_file() && path.extension().is_some_and(|e| e.eq_ignore_ascii_case("mat"))
    }

    fn open(&self, path: &Path, hints: &Hints) -> Result<Box<dyn Source>> {
        let place = path.display().to_string();
        let bytes = std::fs::read(path).map_err(|e| Error::file(path, e))?;
        if bytes.starts_with(b"MATLAB 7.3") || bytes.starts_with(b"\x89HDF") {
            return Err(Error::input(&place, "a MAT-file of version 7.3", "version 5: save with -v6 or -v7"));
        }
        check(&place, &bytes)?;
        let parsed = guarded(&place, "a MAT-file of version 5", || MatFile::parse(bytes.as_slice()))?;
        let parsed = parsed.map_err(|e| Error::input(&place, e.to_string(), "a MAT-file of version 5"))?;
        let mut file = Loaded::new("MAT-file 5");
        let arrays: Vec<(&str, &[usize], Vec<f64>)> =
            parsed.arrays().iter().map(|a| (a.name(), a.size().as_slice(), numbers(a.data()))).collect();
        let is_clock = |n: &str| hints.time.as_ref().map_or(TIMES.contains(&n), |t| t == n);
        let clock = arrays.iter().find(|(n, size, _)| is_clock(n) && vector(size));
        let seconds = hints.scale();
        let times = clock.map(|(_, _, t)| Arc::new(t.iter().map(|t| t * seconds).collect::<Vec<_>>()));
        for (name, size, values) in &arrays {
            match (&times, size) {
                _ if clock.is_some_and(|(c, ..)| c == name) => {}
                (_, [rows, 2 | 3]) if *rows > 1 && name.to_lowercase().contains("event") => {
                    eventlog(&mut file, *rows, values, seconds);
                }
                (Some(times), size) if vector(size) && values.len() == times.len() => {
                    file.stamped(name, clock.map_or("", |c| c.0), times, values.clone())?.kind = StreamKind::Light;
                }
                (_, size) if vector(size) && hints.rate.is_some_and(|r| r > 0.0) => {
                    let interval = 1.0 / hints.rate.unwrap_or(1.0);
                    file.regular(name, 0.0, interval, values.clone()).kind = StreamKind::Light;
                }
                (_, size) => file.note(format!("variable {name:?} of size {size:?} was passed over")),
            }
        }
        if file.holdings().streams.is_empty() && file.holdings().events.is_empty() {
            let names = arrays.iter().map(|(n, s, _)| format!("{n} {s:?}")).collect::<Vec<_>>().join(", ");
            let accepted = format!("a vector of times ({}) with vectors as long, or an event log", TIMES.join(", "));
            return Err(Error::input(&place, format!("nothing in it can be read as a signal: {names}"), accepted));
        }
        file.holdings_mut().session = Some(sniff::stem(path));
        Ok(Box::new(file))
    }
}

fn vector(size: &[usize]) -> bool {
    matches!(size, [1, n] | [n, 1] if *n > 1)
}

/// Rows of code, time and a flag, by columns. A flagged row is a kind of its own.
fn eventlog(file: &mut Loaded, rows: usize, values: &[f64], seconds: f64) {
    let mut kinds: BTreeMap<(i64, bool), Vec<f64>> = BTreeMap::new();
    for row in 0..rows.min(values.len() / 2) {
        let flagged = values.get(2 * rows + row).is_some_and(|f| *f != 0.0);
        kinds.entry((values[row] as i64, flagged)).or_default().push(values[rows + row] * seconds);
    }
    for ((code, flagged), times) in kinds {
        file.events(EventSeries::at(format!("code {code}{}", if flagged { " flagged" } else { "" }), times));
    }
}
