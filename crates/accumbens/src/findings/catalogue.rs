//! The findings that ship with accumbens.

use super::spec::Finding;
use accumbens_core::{Error, Result};
use include_dir::{Dir, include_dir};

static FINDINGS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../catalogue/findings");

/// The names of all findings, in alphabetical order.
pub fn names() -> impl Iterator<Item = &'static str> {
    FINDINGS.files().filter_map(|f| f.path().file_name()?.to_str()?.strip_suffix(".toml"))
}

/// The text of a finding's declaration.
#[must_use]
pub fn text(name: &str) -> Option<&'static str> {
    FINDINGS.get_file(format!("{name}.toml"))?.contents_utf8()
}

/// A finding of the catalogue.
///
/// # Errors
/// Where none has this name; the error lists those that exist.
pub fn by_name(name: &str) -> Result<Finding> {
    let text = text(name).ok_or_else(|| {
        let known = names().collect::<Vec<_>>().join(", ");
        Error::input("finding", format!("no finding is called {name:?}"), known)
    })?;
    Finding::parse(&format!("catalogue/findings/{name}.toml"), text)
}
