//! The experiments that ship with accumbens.

use super::spec::Experiment;
use accumbens_core::{Error, Result};
use include_dir::{Dir, include_dir};

static EXPERIMENTS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../catalogue/experiments");

/// The names of all experiments, in alphabetical order.
pub fn names() -> impl Iterator<Item = &'static str> {
    EXPERIMENTS.files().filter_map(|f| f.path().file_name()?.to_str()?.strip_suffix(".toml"))
}

/// The text of an experiment's declaration.
#[must_use]
pub fn text(name: &str) -> Option<&'static str> {
    EXPERIMENTS.get_file(format!("{name}.toml"))?.contents_utf8()
}

/// An experiment of the catalogue.
///
/// # Errors
/// Where none has this name; the error lists those that exist.
pub fn by_name(name: &str) -> Result<Experiment> {
    let text = text(name).ok_or_else(|| {
        let known = names().collect::<Vec<_>>().join(", ");
        Error::input("experiment", format!("no experiment is called {name:?}"), format!("a .toml file, or {known}"))
    })?;
    Experiment::parse(&format!("catalogue/experiments/{name}.toml"), text)
}
