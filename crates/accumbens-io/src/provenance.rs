//! Names the files that went into a result by their content.

use accumbens_core::provenance::Input;
use accumbens_core::{Error, Result};
use sha2::{Digest, Sha256};
use std::io::Read;
use std::path::{Path, PathBuf};

/// The files of a session with their sizes and SHA-256: the file itself, or all files of its folder.
///
/// # Errors
/// Where one cannot be read.
pub fn inputs(session: &Path, name: &str) -> Result<Vec<Input>> {
    let mut files: Vec<PathBuf> = match std::fs::read_dir(session) {
        Ok(entries) => entries.filter_map(|e| e.ok().map(|e| e.path())).filter(|p| p.is_file()).collect(),
        Err(_) => vec![session.to_owned()],
    };
    files.sort();
    let input = |path: PathBuf| {
        let fault = |e| Error::file(&path, e);
        let mut file = std::fs::File::open(&path).map_err(fault)?;
        let mut hash = Sha256::new();
        let (mut bytes, mut block) = (0, vec![0; 1 << 20]);
        loop {
            let read = file.read(&mut block).map_err(fault)?;
            if read == 0 {
                break;
            }
            bytes += read as u64;
            hash.update(&block[..read]);
        }
        let sha256 = hash.finalize().iter().map(|b| format!("{b:02x}")).collect();
        let own = path.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
        let file = if session.is_dir() { format!("{name}/{own}") } else { name.to_owned() };
        Ok(Input { file, bytes, sha256 })
    };
    files.into_iter().map(input).collect()
}
