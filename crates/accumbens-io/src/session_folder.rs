//! Writes a session as a folder that accumbens reads: `events.csv`, and a Parquet file for each clock.

use crate::table::{Column, write_table, write_table_with};
use accumbens_core::format::{Source, Stream};
use accumbens_core::{Error, Result};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// The key under which a Parquet file says what its columns are.
pub(crate) const ABOUT: &str = "accumbens";

/// What a trace file says of itself.
#[derive(Serialize, Deserialize)]
pub(crate) struct About {
    pub subject: Option<String>,
    pub session: Option<String>,
    pub started: Option<String>,
    pub streams: Vec<Stream>,
}

/// The events of a source, in the order of time.
#[must_use]
pub fn events(source: &dyn Source) -> [Column; 3] {
    let mut rows: Vec<(f64, &str, f64)> = Vec::new();
    for series in &source.holdings().events {
        for (i, time) in series.times.iter().enumerate().filter(|(_, t)| t.is_finite()) {
            rows.push((*time, &series.name, series.magnitudes.get(i).copied().unwrap_or(f64::NAN)));
        }
    }
    rows.sort_by(|a, b| a.0.total_cmp(&b.0));
    [
        Column::real("time", rows.iter().map(|r| r.0).collect()),
        Column::text("event", rows.iter().map(|r| r.1.to_owned()).collect()),
        Column::real("magnitude", rows.iter().map(|r| r.2).collect()),
    ]
}

/// The traces of a source: for each clock its streams, with the clock as the first column.
///
/// # Errors
/// Where samples cannot be read.
pub fn traces(source: &dyn Source) -> Result<Vec<(Vec<Stream>, Vec<Column>)>> {
    let held = source.holdings();
    let mut traces: Vec<(Vec<Stream>, Vec<Column>)> = Vec::new();
    for (i, stream) in held.streams.iter().enumerate() {
        let samples = source.samples(i, 0..stream.samples)?;
        let column = Column::real(&stream.name, samples);
        let same = |s: &Stream| s.clock_name == stream.clock_name && s.samples == stream.samples;
        match traces.iter_mut().find(|(streams, _)| same(&streams[0])) {
            Some((streams, columns)) => {
                streams.push(stream.clone());
                columns.push(column);
            }
            None => {
                let clock = Column::real("time", source.times(i, 0..stream.samples)?);
                traces.push((vec![stream.clone()], vec![clock, column]));
            }
        }
    }
    Ok(traces)
}

/// Writes the folder. It is made beside its place and put there whole.
///
/// # Errors
/// Where it is there already, or cannot be written.
pub fn write(source: &dyn Source, folder: &Path) -> Result<()> {
    if folder.exists() {
        return Err(Error::input(folder.display().to_string(), "is already there", "a folder that is not"));
    }
    let fault = |e| Error::file(folder, e);
    let above = folder.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let making = tempfile::Builder::new().prefix(".accumbens-").tempdir_in(above).map_err(fault)?;
    let held = source.holdings();
    write_table(&making.path().join("events.csv"), &events(source))?;
    for (number, (streams, columns)) in traces(source)?.into_iter().enumerate() {
        let name = if number == 0 { "trace.parquet".into() } else { format!("trace-{}.parquet", number + 1) };
        let (subject, session, started) = (held.subject.clone(), held.session.clone(), held.started.clone());
        let about = About { subject, session, started, streams };
        let about = serde_json::to_string(&about).map_err(|e| Error::input(&name, e.to_string(), ""))?;
        write_table_with(&making.path().join(&name), &columns, &[(ABOUT.into(), about)])?;
    }
    std::fs::rename(making.path(), folder).map_err(fault)?;
    // The folder now has its own name; there is nothing left to clear away.
    let _ = making.keep();
    Ok(())
}
