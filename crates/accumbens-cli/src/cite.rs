//! `accumbens cite`: BibTeX of what theories and findings rest on.

use crate::output;
use accumbens::{findings, theories};
use accumbens_core::{Error, Result, cite};
use serde_json::json;

/// What is cited.
#[derive(clap::Args)]
pub struct Args {
    /// Theories, findings, experiments or keys of references.
    #[arg(required = true, value_name = "THEORY|FINDING")]
    names: Vec<String>,
}

fn keys(name: &str) -> Result<Vec<String>> {
    let owned = |keys: &[&str]| keys.iter().map(|k| (*k).to_owned()).collect();
    if let Ok(theory) = theories::parse(name) {
        return Ok(owned(&theory.papers()));
    }
    // One name may stand for what theories are asked and for what accounts of the clinic are.
    let mut found = Vec::new();
    if findings::catalogue::text(name).is_some() {
        found.extend(findings::catalogue::by_name(name)?.source);
    }
    if accumbens::clinic::findings::text(name).is_some() {
        found.extend(accumbens::clinic::findings::by_name(name)?.source);
    }
    if !found.is_empty() {
        return Ok(found);
    }
    if accumbens::experiment::catalogue::text(name).is_some() {
        return Ok(accumbens::experiment::catalogue::by_name(name)?.source);
    }
    if cite::reference(name).is_ok() {
        return Ok(vec![name.to_owned()]);
    }
    let known = "a name that `accumbens theories`, `accumbens findings --list`, `accumbens clinic --list` or `accumbens experiments` prints";
    Err(Error::input("cite", format!("nothing is called {name:?}"), known))
}

pub fn run(args: &Args, json: bool) -> Result<()> {
    let mut all: Vec<String> = Vec::new();
    for name in &args.names {
        for key in keys(name)? {
            if !all.contains(&key) {
                all.push(key);
            }
        }
    }
    let entries =
        all.iter().map(|key| cite::reference(key).map(|r| r.bibtex.trim().to_owned())).collect::<Result<Vec<_>>>()?;
    if json {
        let row = |(key, bibtex): (&String, &String)| json!({ "key": key, "bibtex": bibtex });
        return output::json(&all.iter().zip(&entries).map(row).collect::<Vec<_>>());
    }
    output::line(&entries.join("\n\n"))
}
