//! `accumbens experiments`: lists the experiments, or prints one.

use crate::output;
use accumbens::experiment::{Experiment, catalogue, schema};
use accumbens::simulate::check_changes;
use accumbens_core::{Error, Result};
use serde_json::json;
use std::path::Path;

/// What is listed.
#[derive(clap::Args)]
pub struct Args {
    /// An experiment, to print its declaration.
    name: Option<String>,
    /// Print the JSON Schema of experiment files.
    #[arg(long)]
    schema: bool,
}

pub fn run(args: &Args, json: bool) -> Result<()> {
    if args.schema {
        return output::json(&schema());
    }
    if let Some(name) = &args.name {
        let experiment = catalogue::by_name(name)?;
        let text = catalogue::text(name).unwrap_or_default();
        if json {
            let groups = experiment.group_names();
            let value = json!({
                "name": name, "title": experiment.title, "source": experiment.source, "groups": groups, "toml": text,
            });
            return output::json(&value);
        }
        return output::print(text);
    }
    let all = catalogue::names().map(|n| Ok((n, catalogue::by_name(n)?))).collect::<Result<Vec<_>>>()?;
    if json {
        let row = |(n, e): &(&str, Experiment)| json!({ "name": n, "title": e.title, "groups": e.group_names(), "source": e.source });
        return output::json(&all.iter().map(row).collect::<Vec<_>>());
    }
    let mut table = output::table(&["experiment", "what it is", "groups"]);
    for (name, experiment) in &all {
        table.add_row([name, experiment.title.as_str(), &experiment.group_names().join(", ")]);
    }
    output::line(&table.to_string())
}

/// An experiment of the catalogue, or of a .toml file, whose changes name parameters that are.
pub fn read(name: &str) -> Result<Experiment> {
    let path = Path::new(name);
    let experiment = if path.extension().is_some_and(|e| e == "toml") {
        let text = std::fs::read_to_string(path).map_err(|e| Error::file(path, e))?;
        Experiment::parse(name, &text)?
    } else {
        catalogue::by_name(name)?
    };
    check_changes(&experiment).map_err(|e| e.within(name))?;
    Ok(experiment)
}
