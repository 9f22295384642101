//! Says what was wrong, where, and what would have been accepted.

use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What another language said of a failure, to be given back to it whole.
pub type Cause = Arc<dyn std::error::Error + Send + Sync>;

/// The result of everything in accumbens that can fail.
pub type Result<T> = std::result::Result<T, Error>;

/// What can go wrong with something that came from outside.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// An input was refused.
    #[error("{place}: {problem}{}", would_accept(accepted))]
    Input {
        /// The file with its line, the field, or the option.
        place: String,
        /// The offending value and what is wrong with it.
        problem: String,
        /// What would have been accepted; empty where the problem says it.
        accepted: String,
    },
    /// A file could not be read or written.
    #[error("{}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// A theory could not go on in the middle of a life.
    #[error("{place}: {problem}{}", would_accept(accepted))]
    Life {
        /// The event and its time.
        place: String,
        /// What failed, with its value.
        problem: String,
        /// What to change.
        accepted: String,
    },
    /// The code of a theory broke, which no parameters excuse: an exception in a theory written in Python, an answer on
    /// a channel that it does not have.
    #[error("{theory}: {place}: {problem}{}", would_accept(accepted))]
    Broken {
        /// The theory with its parameters.
        theory: String,
        /// The subject, and the event with its number and time.
        place: String,
        /// What broke.
        problem: String,
        /// What to change; empty where the problem says it.
        accepted: String,
        /// The exception itself, where there is one.
        cause: Option<Cause>,
    },
    /// The user asked to stop before anything was finished.
    #[error("interrupted: nothing was finished, so nothing was written")]
    Interrupted,
    /// The user asked to stop after something was finished, which is written.
    #[error("interrupted: what was finished is in {}", .0.display())]
    CutOff(PathBuf),
}

/// The longest part of a message, in characters: what comes from a damaged file may be anything.
const LONGEST: usize = 2000;

/// A text on one line, of bounded length.
fn plain(text: impl Into<String>) -> String {
    let text: String = text.into();
    if text.len() <= LONGEST && !text.chars().any(char::is_control) {
        return text;
    }
    let escaped = |c: char| if c.is_control() { c.escape_default().collect() } else { c.to_string() };
    text.chars().take(LONGEST).map(escaped).collect()
}

fn would_accept(what: &str) -> String {
    if what.is_empty() { String::new() } else { format!("; accepted: {what}") }
}

impl Error {
    /// An input refused at `place`.
    pub fn input(place: impl Into<String>, problem: impl Into<String>, accepted: impl Into<String>) -> Self {
        Self::Input { place: plain(place), problem: plain(problem), accepted: plain(accepted) }
    }

    /// A theory that could not go on at `place`.
    pub fn life(place: impl Into<String>, problem: impl Into<String>, accepted: impl Into<String>) -> Self {
        Self::Life { place: place.into(), problem: problem.into(), accepted: accepted.into() }
    }

    /// A file that could not be read or written.
    pub fn file(path: &Path, source: std::io::Error) -> Self {
        Self::File { path: path.to_owned(), source }
    }

    /// The same error with `outer` put before its place.
    #[must_use]
    pub fn within(self, outer: &str) -> Self {
        match self {
            Self::Input { place, problem, accepted } => {
                Self::Input { place: format!("{outer}: {place}"), problem, accepted }
            }
            Self::Life { place, problem, accepted } => {
                Self::Life { place: format!("{outer}, {place}"), problem, accepted }
            }
            Self::Broken { theory, place, problem, accepted, cause } => {
                Self::Broken { theory, place: format!("{outer}, {place}"), problem, accepted, cause }
            }
            other => other,
        }
    }
}
