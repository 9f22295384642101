//! Reads a declaration in TOML, and says on which line a fault stands.

use crate::error::{Error, Result};
use serde::de::DeserializeOwned;

/// The line of a place (in bytes) in a text, from 1.
#[must_use]
pub fn line(text: &str, at: usize) -> usize {
    text[..at.min(text.len())].matches('\n').count() + 1
}

/// Reads a declaration; `file` is named in errors.
///
/// # Errors
/// With the line of the fault.
pub fn read<T: DeserializeOwned>(file: &str, text: &str) -> Result<T> {
    toml::from_str(text).map_err(|e| {
        let place = e.span().map_or_else(|| file.to_owned(), |s| format!("{file}:{}", line(text, s.start)));
        Error::input(place, e.message(), "")
    })
}

/// The entry of this name of a catalogue; `place` and `nothing` say in an error what was looked for.
///
/// # Errors
/// Where none has it; the error lists those that exist.
pub fn named<T>(all: Vec<T>, of: impl Fn(&T) -> &str, name: &str, [place, nothing]: [&str; 2]) -> Result<T> {
    let known = all.iter().map(&of).collect::<Vec<_>>().join(", ");
    let found = all.into_iter().find(|entry| of(entry) == name);
    found.ok_or_else(|| Error::input(place, format!("{nothing} is called {name:?}"), known))
}
