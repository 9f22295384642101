//! Lists the formats of traces: one line each.

use crate::{trace_csv::TraceCsv, trace_parquet::TraceParquet};
use accumbens_core::format::{Trace, TraceFormat};
use accumbens_core::{Error, Result};
use std::path::Path;

/// Every format of traces, in the order in which they are tried.
pub const TRACES: &[&dyn TraceFormat] = &[&TraceParquet, &TraceCsv];

/// Reads a trace in whatever format it is; `time` names its clock.
///
/// # Errors
/// Where no format recognises the file, or the one that does cannot read it.
pub fn read_trace(path: &Path, time: &str) -> Result<Trace> {
    let format = TRACES.iter().find(|f| f.recognises(path)).ok_or_else(|| {
        let names = TRACES.iter().map(|f| f.name()).collect::<Vec<_>>().join(", ");
        Error::input(path.display().to_string(), "not a trace that can be read", names)
    })?;
    format.read(path, time)
}
