//! The list of formats, and how a file finds its own.

use super::{doric, doric_csv, event_tables, mat, neurophotometrics, nwb, ppd, tables, tdt};
use crate::folder::Folder;
use accumbens_core::format::{Format, Hints, Source};
use accumbens_core::{Error, Result};
use std::path::Path;

/// Every format, in the order in which they are tried: those that say what they are before plain tables.
pub const FORMATS: &[&dyn Format] = &[
    &nwb::Nwb,
    &ppd::Ppd,
    &tdt::Tdt,
    &doric::Doric,
    &mat::Mat,
    &neurophotometrics::Neurophotometrics,
    &doric_csv::DoricCsv,
    &event_tables::Guppy,
    &event_tables::EventTables,
    &tables::Tables,
];

/// The format of a file or folder.
#[must_use]
pub fn recognise(path: &Path) -> Option<&'static dyn Format> {
    FORMATS.iter().copied().find(|f| f.recognises(path))
}

/// Opens a file of any format, a TDT block, or a folder with the files of one session.
///
/// # Errors
/// Where no format recognises it, or the one that does cannot read it.
pub fn open(path: &Path, hints: &Hints) -> Result<Box<dyn Source>> {
    if let Some(format) = recognise(path) {
        return format.open(path, hints);
    }
    if path.is_dir() {
        return Ok(Box::new(Folder::open(path, hints)?));
    }
    // A path that is not there says so, before its format is asked for.
    std::fs::metadata(path).map_err(|e| Error::file(path, e))?;
    let names = FORMATS.iter().map(|f| f.name()).collect::<Vec<_>>().join("; ");
    Err(Error::input(path.display().to_string(), "a file of no format that is known", names))
}
