//! Reads a trace from CSV: a column of times and any number of channels.

use accumbens_core::format::{Trace, TraceFormat};
use accumbens_core::{Channel, Error, Result};
use std::path::Path;

/// A clock and channels, comma-separated, under one header line.
pub struct TraceCsv;

impl TraceFormat for TraceCsv {
    fn name(&self) -> &'static str {
        "CSV (a time column and channels)"
    }

    fn recognises(&self, path: &Path) -> bool {
        path.extension().is_some_and(|e| e.eq_ignore_ascii_case("csv"))
    }

    fn read(&self, path: &Path, time: &str) -> Result<Trace> {
        let place = path.display().to_string();
        let mut reader = open(path)?;
        let header: Vec<String> = headers(&place, &mut reader)?;
        let mut columns = vec![Vec::new(); header.len()];
        for record in reader.records() {
            let record = record.map_err(|e| Error::input(&place, e.to_string(), "as many fields as the header"))?;
            let line = record.position().map_or(0, csv::Position::line);
            for ((cell, column), name) in record.iter().zip(&mut columns).zip(&header) {
                column.push(number(cell).ok_or_else(|| {
                    Error::input(format!("{place}:{line}"), format!("{name} is {cell:?}"), "a number, or nothing")
                })?);
            }
        }
        pick(&place, header.into_iter().zip(columns).collect(), time)
    }
}

/// Opens a CSV file.
pub(crate) fn open(path: &Path) -> Result<csv::Reader<std::fs::File>> {
    let file = std::fs::File::open(path).map_err(|e| Error::file(path, e))?;
    Ok(csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(file))
}

/// The header of a CSV file.
pub(crate) fn headers(place: &str, reader: &mut csv::Reader<std::fs::File>) -> Result<Vec<String>> {
    let header = reader.headers().map_err(|e| Error::input(place, e.to_string(), "a header line"))?;
    Ok(header.iter().map(|h| h.trim_start_matches('\u{feff}').to_owned()).collect())
}

/// A number; NaN where the cell is empty or says so.
pub(crate) fn number(cell: &str) -> Option<f64> {
    match cell {
        "" | "NA" | "NaN" | "nan" => Some(f64::NAN),
        _ => cell.parse().ok(),
    }
}

/// Makes a trace of named columns, of which one is the clock. Samples without a time are dropped.
pub(crate) fn pick(place: &str, mut columns: Vec<(String, Vec<f64>)>, time: &str) -> Result<Trace> {
    let Some(at) = columns.iter().position(|(name, _)| name == time) else {
        let names = columns.iter().map(|(n, _)| n.as_str()).collect::<Vec<_>>().join(", ");
        return Err(Error::input(place, format!("no column {time:?} for the clock"), names));
    };
    let (_, times) = columns.remove(at);
    let keep: Vec<bool> = times.iter().map(|t| t.is_finite()).collect();
    let chosen = |v: Vec<f64>| v.into_iter().zip(&keep).filter(|(_, k)| **k).map(|(x, _)| x).collect();
    let channel = |(name, data)| Channel { name, unit: String::new(), data: chosen(data) };
    Ok(Trace { channels: columns.into_iter().map(channel).collect(), times: chosen(times) })
}
