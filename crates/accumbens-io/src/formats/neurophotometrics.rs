//! Reads Neurophotometrics recordings: a row a camera frame, a column a region, a word that says which LEDs were on.
//!
//! Frames of the wavelengths follow one another, so each wavelength has a clock of its own. Bits 0, 1 and 2 of the word
//! are the LEDs of 415, 470 and 560 nm; higher bits are lines in and out. Region columns are all that are not among the
//! names the instrument writes.

use super::{sniff, table::Table};
use crate::loaded::Loaded;
use crate::{edges, units};
use accumbens_core::format::{Format, Hints, Source, StreamKind};
use accumbens_core::{Error, Result};
use std::path::Path;
use std::sync::Arc;

/// Neurophotometrics FP3001 and FP3002.
pub struct Neurophotometrics;

/// LEDs by bit, nm.
const LEDS: [(u32, f64); 3] = [(1, 415.0), (2, 470.0), (4, 560.0)];
/// Lines by bit of the word.
const LINES: [(u32, &str); 5] =
    [(8, "output_1"), (16, "output_0"), (32, "stimulation"), (256, "input_1"), (512, "input_0")];
/// Columns that are no regions, beside all that end in `timestamp` or `counter`.
const OTHERS: &[&str] =
    &["framecounter", "flags", "ledstate", "stimulation", "output0", "output1", "input0", "input1", ""];
/// Columns that are a clock, the one of the instrument first.
const CLOCKS: &[&str] = &["SystemTimestamp", "Timestamp", "ComputerTimestamp"];

fn word_column(names: &[&str]) -> Option<usize> {
    names.iter().position(|n| *n == "LedState").or_else(|| names.iter().position(|n| *n == "Flags"))
}

fn is_region(name: &str) -> bool {
    let lower = name.to_lowercase();
    !OTHERS.contains(&lower.as_str()) && !lower.ends_with("timestamp") && !lower.ends_with("counter")
}

impl Format for Neurophotometrics {
    fn name(&self) -> &'static str {
        "Neurophotometrics (CSV, Parquet)"
    }

    fn recognises(&self, path: &Path) -> bool {
        let header = sniff::header(path);
        let names: Vec<&str> = header.iter().map(String::as_str).collect();
        word_column(&names).is_some() && CLOCKS.iter().any(|c| names.contains(c)) && names.iter().any(|n| is_region(n))
    }

    fn open(&self, path: &Path, hints: &Hints) -> Result<Box<dyn Source>> {
        let place = path.display().to_string();
        let table = Table::read(path, 0, true)?;
        let names = table.names();
        let missing = |what: &str| Error::input(&place, format!("no column for {what}"), names.join(", "));
        let clock = match &hints.time {
            Some(name) => name.as_str(),
            None => CLOCKS.iter().find(|c| names.contains(c)).ok_or_else(|| missing("the clock"))?,
        };
        let stamps = table.numbers(clock).ok_or_else(|| missing("the clock"))?;
        let words = word_column(&names).and_then(|i| table.numbers(names[i])).ok_or_else(|| missing("the LEDs"))?;
        let mut file = Loaded::new("Neurophotometrics");
        let seconds = match hints.time_unit {
            Some(unit) => unit.seconds(),
            None => {
                let apart = (stamps.last().copied().unwrap_or(0.0) - stamps.first().copied().unwrap_or(0.0))
                    / stamps.len().max(2) as f64;
                let unit = units::of_frames(apart);
                file.note(format!(
                    "frames are {apart:.4} apart on {clock}, which is taken to be in {}; say time_unit if it is not",
                    unit.name()
                ));
                unit.seconds()
            }
        };
        // All LEDs are on in the frame with which the instrument starts; it shows no signal.
        let first = usize::from(words.first().is_some_and(|w| *w as u32 & 7 == 7));
        if first > 0 {
            file.note("the first frame, with all LEDs on, was left out");
        }
        for (bit, nm) in LEDS {
            let rows: Vec<usize> = (first..words.len()).filter(|&i| words[i] as u32 & bit == bit).collect();
            if rows.is_empty() {
                continue;
            }
            let times = Arc::new(rows.iter().map(|&i| stamps[i] * seconds).collect::<Vec<_>>());
            for region in names.iter().filter(|n| is_region(n)) {
                let Some(values) = table.numbers(region) else {
                    file.note(format!("column {region:?} holds words and was passed over"));
                    continue;
                };
                let data = rows.iter().map(|&i| values[i]).collect();
                let stream = file.stamped(&format!("{region} {nm:.0}"), &format!("{nm:.0} nm"), &times, data)?;
                stream.kind = StreamKind::Light;
                stream.excitation = Some(nm);
                stream.about.push(("region".into(), (*region).into()));
            }
        }
        for (bit, name) in LINES {
            let line: Vec<f64> = words.iter().map(|w| f64::from(u8::from(*w as u32 & bit == bit))).collect();
            file.events(edges::rising(name, &line, |i| stamps[i] * seconds));
        }
        for name in ["Stimulation", "Output0", "Output1", "Input0", "Input1"] {
            if let Some(line) = table.numbers(name) {
                file.events(edges::rising(name, line, |i| stamps[i] * seconds));
            }
        }
        file.holdings_mut().events.retain(|e| !e.times.is_empty());
        Ok(Box::new(file))
    }
}
