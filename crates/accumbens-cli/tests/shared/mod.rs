//! Finds the shared recordings, and says on the terminal what is skipped where they are absent.

use std::path::{Path, PathBuf};

/// A file or folder under the one that `ACCUMBENS_SHARED` names. Where it is absent, that is reported past the harness,
/// which keeps what passing tests print to itself.
pub fn shared(place: &str) -> Option<PathBuf> {
    let path = std::env::var("ACCUMBENS_SHARED").ok().map(|s| Path::new(&s).join(place)).filter(|p| p.exists());
    if path.is_none() {
        use std::io::Write;
        let _ = writeln!(std::io::stderr(), "skipped: {place} (ACCUMBENS_SHARED names none)");
    }
    path
}
