//! `accumbens experiments`: lists the experiments, or prints one.

use crate::output;
use accumbens::experiment::{catalogue, schema};
use accumbens_core::Result;
use serde_json::json;

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
        let row = |(n, e): &(&str, accumbens::experiment::Experiment)| json!({ "name": n, "title": e.title, "groups": e.group_names(), "source": e.source });
        return output::json(&all.iter().map(row).collect::<Vec<_>>());
    }
    let mut table = output::table(&["experiment", "what it is", "groups"]);
    for (name, experiment) in &all {
        table.add_row([name, experiment.title.as_str(), &experiment.group_names().join(", ")]);
    }
    output::line(&table.to_string())
}
