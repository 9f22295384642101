//! The cells of CSV files: opening, headers, numbers.

use accumbens_core::{Error, Result};
use std::path::Path;

/// Names under which a column is usually the clock, the likeliest first.
pub(crate) const CLOCKS: &[&str] =
    &["time", "Time", "timestamps", "timestamp", "Timestamp", "t", "time_s", "Time(s)", "times", "seconds"];

/// Opens a CSV file.
pub(crate) fn open(path: &Path) -> Result<csv::Reader<std::fs::File>> {
    let file = std::fs::File::open(path).map_err(|e| Error::file(path, e))?;
    Ok(csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(file))
}

/// The header of a CSV file, in which every name but the empty one stands once.
pub(crate) fn headers(place: &str, reader: &mut csv::Reader<std::fs::File>) -> Result<Vec<String>> {
    let header = reader.headers().map_err(|e| Error::input(place, e.to_string(), "a header line"))?;
    let header: Vec<String> = header.iter().map(|h| h.trim_start_matches('\u{feff}').to_owned()).collect();
    if header.iter().all(String::is_empty) {
        return Err(Error::input(format!("{place}:1"), "the file is empty", "a line with the names of the columns"));
    }
    once(&header).map_err(|e| e.within(&format!("{place}:1")))?;
    Ok(header)
}

/// Whether every name but the empty one stands once among the names of columns.
///
/// # Errors
/// Where one stands twice; with it.
pub(crate) fn once<T: AsRef<str>>(names: &[T]) -> Result<()> {
    let twice = (1..names.len()).find(|&i| {
        let name = names[i].as_ref();
        !name.is_empty() && names[..i].iter().any(|n| n.as_ref() == name)
    });
    twice.map_or(Ok(()), |i| {
        Err(Error::input("columns", format!("{:?} stands twice", names[i].as_ref()), "each column once"))
    })
}

/// A number; NaN where the cell is empty or says so.
pub(crate) fn number(cell: &str) -> Option<f64> {
    match cell {
        "" | "NA" | "NaN" | "nan" => Some(f64::NAN),
        _ => cell.parse().ok(),
    }
}
