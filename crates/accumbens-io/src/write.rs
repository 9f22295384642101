//! Writes files whole or not at all: to a temporary file beside the target, which is then renamed.

use accumbens_core::{Error, Result};
use std::io::{BufWriter, Write};
use std::path::Path;

/// Writes a file by `fill`; nothing is left where `fill` fails.
///
/// # Errors
/// Where the file cannot be written, or `fill` fails.
pub fn write_with(path: &Path, fill: impl FnOnce(&mut dyn Write) -> Result<()>) -> Result<()> {
    let fault = |e| Error::file(path, e);
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let file = tempfile::Builder::new().prefix(".accumbens-").tempfile_in(folder).map_err(fault)?;
    let mut writer = BufWriter::new(file);
    fill(&mut writer)?;
    let file = writer.into_inner().map_err(|e| fault(e.into_error()))?;
    readable(file.path()).map_err(fault)?;
    file.persist(path).map_err(|e| fault(e.error))?;
    Ok(())
}

/// Temporary files are private to the user; results are as readable as any file.
#[cfg(unix)]
fn readable(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn readable(_: &Path) -> std::io::Result<()> {
    Ok(())
}

/// Writes a file of these bytes.
///
/// # Errors
/// Where it cannot be written.
pub fn write_file(path: &Path, bytes: &[u8]) -> Result<()> {
    write_with(path, |w| w.write_all(bytes).map_err(|e| Error::file(path, e)))
}
