//! The experiments that ship with accumbens.

use super::spec::Experiment;
use accumbens_core::{Error, Result};

macro_rules! experiments {
    ($($name:literal),* $(,)?) => {
        const EXPERIMENTS: &[(&str, &str)] =
            &[$(($name, include_str!(concat!("../../../../catalogue/experiments/", $name, ".toml")))),*];
    };
}

experiments!(
    "schultz1997",
    "jeong2022-random-rewards",
    "jeong2022-acquisition",
    "jeong2022-delay-extension",
    "jeong2022-background-rewards",
    "jeong2022-extinction",
    "jeong2022-poisson",
    "jeong2022-sequential-cues",
    "random-then-cued",
);

/// The names of all experiments.
pub fn names() -> impl Iterator<Item = &'static str> {
    EXPERIMENTS.iter().map(|(name, _)| *name)
}

/// The text of an experiment's declaration.
#[must_use]
pub fn text(name: &str) -> Option<&'static str> {
    EXPERIMENTS.iter().find(|(n, _)| *n == name).map(|(_, text)| *text)
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
