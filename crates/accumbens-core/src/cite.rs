//! Gives the reference behind every number and method.

use crate::error::{Error, Result};
use biblatex::{Bibliography, ChunksExt, Entry};
use std::sync::LazyLock;

const SOURCE: &str = include_str!("../../../catalogue/references.bib");

static BIBLIOGRAPHY: LazyLock<Bibliography> = LazyLock::new(|| Bibliography::parse(SOURCE).unwrap_or_default());

/// A reference.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Reference {
    /// Its key in `references.bib`.
    pub key: String,
    /// Its authors, year, title and place, in one line.
    pub text: String,
    /// Its DOI or address; empty where there is none.
    pub link: String,
    /// Its entry, as BibTeX.
    pub bibtex: String,
}

/// The reference of this key.
///
/// # Errors
/// Where `references.bib` has no such key.
pub fn reference(key: &str) -> Result<Reference> {
    let entry = BIBLIOGRAPHY.get(key).ok_or_else(|| {
        Error::input("references.bib", format!("no entry {key:?}"), keys().collect::<Vec<_>>().join(", "))
    })?;
    Ok(Reference {
        key: key.into(),
        text: line(entry),
        link: link(entry),
        bibtex: entry.to_bibtex_string().unwrap_or_default(),
    })
}

/// The reference of this key; of a paper that is not in `references.bib`, as a theory of one's own may name it, what was
/// written.
#[must_use]
pub fn named(key: &str) -> Reference {
    let written = |_| Reference { key: key.into(), text: key.into(), link: String::new(), bibtex: String::new() };
    reference(key).unwrap_or_else(written)
}

/// Every key.
pub fn keys() -> impl Iterator<Item = &'static str> {
    BIBLIOGRAPHY.iter().map(|e| e.key.as_str())
}

fn field(entry: &Entry, name: &str) -> String {
    entry.get(name).map(ChunksExt::format_verbatim).unwrap_or_default()
}

fn line(entry: &Entry) -> String {
    let names: Vec<String> = entry.author().unwrap_or_default().into_iter().map(|p| p.name).collect();
    let authors = match names.as_slice() {
        [] => String::new(),
        [one] => one.clone(),
        [one, two] => format!("{one} & {two}"),
        [one, ..] => format!("{one} et al."),
    };
    let mut place = field(entry, "journal");
    if place.is_empty() {
        place = field(entry, "booktitle");
    }
    if place.is_empty() {
        place = field(entry, "publisher");
    }
    let (volume, pages) = (field(entry, "volume"), field(entry, "pages").replace("--", "–"));
    let volume = if volume.is_empty() { volume } else { format!(" {volume}") };
    let pages = if pages.is_empty() { pages } else { format!(", {pages}") };
    format!("{authors} ({}). {}. {place}{volume}{pages}.", field(entry, "year"), field(entry, "title"))
}

fn link(entry: &Entry) -> String {
    match entry.doi() {
        Ok(doi) => format!("https://doi.org/{doi}"),
        Err(_) => field(entry, "url"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bibliography_parses_and_every_entry_has_author_year_and_title() {
        assert!(Bibliography::parse(SOURCE).is_ok());
        assert!(keys().count() > 10);
        for key in keys() {
            let entry = BIBLIOGRAPHY.get(key).unwrap();
            for name in ["author", "year", "title"] {
                assert!(!field(entry, name).is_empty(), "{key} has no {name}");
            }
        }
    }
}
