//! The experiments that ship with accumbens.

use super::spec::Experiment;
use accumbens_core::{Error, Result};
use include_dir::{Dir, include_dir};
use std::sync::{PoisonError, RwLock};

static EXPERIMENTS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../catalogue/experiments");

/// Experiments that a program added: name and text.
static ADDED: RwLock<Vec<(&str, &str)>> = RwLock::new(Vec::new());

/// Adds an experiment of one's own to the catalogue of this process: from now on it is found by its name wherever an
/// experiment is asked for. One that was added under the same name before gives way to it.
///
/// # Errors
/// Where the catalogue has one of this name, or the text declares none.
pub fn add(name: &str, text: &str) -> Result<()> {
    if EXPERIMENTS.contains(format!("{name}.toml")) {
        return Err(Error::input("experiment", format!("{name:?} is in the catalogue"), "a name of its own"));
    }
    Experiment::parse(name, text)?;
    let mut added = ADDED.write().unwrap_or_else(PoisonError::into_inner);
    added.retain(|(known, _)| *known != name);
    added.push((name.to_owned().leak(), text.to_owned().leak()));
    Ok(())
}

/// The names of all experiments: the catalogue in alphabetical order, then those that were added.
pub fn names() -> impl Iterator<Item = &'static str> {
    let own: Vec<&'static str> =
        ADDED.read().unwrap_or_else(PoisonError::into_inner).iter().map(|(name, _)| *name).collect();
    EXPERIMENTS.files().filter_map(|f| f.path().file_name()?.to_str()?.strip_suffix(".toml")).chain(own)
}

/// The text of an experiment's declaration.
#[must_use]
pub fn text(name: &str) -> Option<&'static str> {
    let own = ADDED.read().unwrap_or_else(PoisonError::into_inner).iter().find(|(n, _)| *n == name).map(|(_, t)| *t);
    own.or_else(|| EXPERIMENTS.get_file(format!("{name}.toml"))?.contents_utf8())
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
