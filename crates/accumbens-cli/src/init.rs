//! `accumbens init`: proposes a study from a folder of sessions.

use crate::output;
use accumbens_core::{Error, Result};
use accumbens_io::{propose, write_file};
use serde_json::json;
use std::path::{Path, PathBuf};

/// Where to look.
#[derive(clap::Args)]
pub struct Args {
    /// The folder of sessions.
    folder: PathBuf,
    /// Where to write the study; FOLDER/study.toml where absent.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Replace a study file that is already there.
    #[arg(long)]
    force: bool,
}

pub fn run(args: &Args, json: bool) -> Result<()> {
    let path = args.out.clone().unwrap_or_else(|| args.folder.join("study.toml"));
    if path.exists() && !args.force {
        return Err(Error::input(path.display().to_string(), "is already there", "another --out, or --force"));
    }
    let absolute = |p: &Path| std::path::absolute(p).map_err(|e| Error::file(p, e));
    let (folder, target) = (absolute(&args.folder)?, absolute(&path)?);
    // Sessions are named relative to the study file where it lies in the folder, else by their whole path.
    let prefix = (target.parent() != Some(folder.as_path())).then_some(folder.as_path());
    let proposal = propose::propose(&args.folder, prefix)?;
    write_file(&path, proposal.text.as_bytes())?;
    if json {
        return output::json(&json!({ "study": path, "guesses": proposal.guesses }));
    }
    output::line(&format!("wrote {}\n\nguessed, and to be checked by you:", path.display()))?;
    for guess in &proposal.guesses {
        output::line(&format!("- {guess}"))?;
    }
    output::line(&format!("\nnext: accumbens inspect {}", path.display()))
}
