//! `accumbens compare` of a tidy table of choices: which model explains them, and how groups differ.

use crate::{output, progress};
use accumbens::choices::{self, Beforehand, Compared, Latencies, Options, compare::steps, page};
use accumbens_core::choices::Choices;
use accumbens_core::{Error, Result, Seed};
use accumbens_io::{Column, write_file, write_table};
use std::path::Path;

/// What is asked of a table of choices.
pub struct Asked<'a> {
    /// The table.
    pub path: &'a Path,
    /// Models; all where empty.
    pub models: &'a [String],
    /// Whether nothing is asked of parameters beforehand.
    pub likelihood: bool,
    /// How latencies are explained.
    pub latencies: Latencies,
    /// Simulated data sets a model.
    pub recovery: usize,
    /// The seed.
    pub seed: u64,
    /// The folder of the report.
    pub out: &'a Path,
}

impl Asked<'_> {
    fn command(&self) -> String {
        let name = self.path.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
        let mut words = vec![format!("accumbens compare {name}")];
        if !self.models.is_empty() {
            words.push(format!("--theories {}", self.models.join(",")));
        }
        if self.likelihood {
            words.push("--maximum-likelihood".into());
        }
        if self.latencies == Latencies::Diffusion {
            words.push("--latencies diffusion".into());
        }
        words.push(format!("--seed {} --recovery {}", self.seed, self.recovery));
        words.join(" ")
    }
}

/// Compares models on a table of choices.
pub fn run(asked: &Asked<'_>, json: bool) -> Result<()> {
    let table = accumbens_io::choices::read(asked.path)?;
    let beforehand = if asked.likelihood { Beforehand::Nothing } else { Beforehand::Priors };
    let models = asked.models.iter().map(|m| m.trim().to_owned()).collect();
    let (latencies, recovery) = (asked.latencies, asked.recovery);
    let options = Options { models, beforehand, latencies, recovery, seed: Seed(asked.seed) };
    let bar = progress::bar(steps(&options), "fitting models of choices");
    let tick = || {
        bar.inc(1);
        !progress::stopped()
    };
    let compared = choices::compare(&table, &options, &tick)?;
    bar.finish_and_clear();
    write(asked, &table, &compared)?;
    if json {
        return output::json(&compared);
    }
    print(&table, &compared)?;
    let report = asked.out.join("report.html");
    output::line(&format!("\nthe report: {}\nbeside it: results.json, parameters.parquet", report.display()))
}

fn write(asked: &Asked<'_>, table: &Choices, compared: &Compared) -> Result<()> {
    let folder = asked.out;
    std::fs::create_dir_all(folder).map_err(|e| Error::file(folder, e))?;
    let results = serde_json::to_vec_pretty(compared).map_err(|e| Error::input("results.json", e.to_string(), ""))?;
    let title = format!("What {} subjects chose", table.subjects.len());
    let html = page::html(compared, &title, &asked.command())?;
    write_file(&folder.join("results.json"), &results)?;
    write_table(&folder.join("parameters.parquet"), &parameters(compared))?;
    write_file(&folder.join("report.html"), html.as_bytes())
}

/// One row a model, subject and parameter.
fn parameters(compared: &Compared) -> Vec<Column> {
    let rows = || {
        let of = compared.models.iter().flat_map(|m| m.subjects.iter().map(move |s| (m, s)));
        of.flat_map(|(m, s)| s.parameters.iter().map(move |p| (m, s, p)))
    };
    vec![
        Column::text("model", rows().map(|(m, ..)| m.model.clone()).collect()),
        Column::text("subject", rows().map(|(_, s, _)| s.subject.clone()).collect()),
        Column::text("group", rows().map(|(_, s, _)| s.group.clone()).collect()),
        Column::text("parameter", rows().map(|(.., p)| p.name.clone()).collect()),
        Column::real("alone", rows().map(|(.., p)| p.alone).collect()),
        Column::real("grouped", rows().map(|(.., p)| p.grouped.unwrap_or(f64::NAN)).collect()),
        Column::real("log likelihood", rows().map(|(_, s, _)| s.log_likelihood).collect()),
        Column::real("log evidence", rows().map(|(_, s, _)| s.evidence).collect()),
    ]
}

fn print(table: &Choices, compared: &Compared) -> Result<()> {
    output::line(&format!(
        "{} subjects, {} choices, {} latencies, {} answers of dopamine",
        table.subjects.len(),
        compared.trials,
        compared.latencies,
        compared.dopamine
    ))?;
    let top = compared.models.first().map_or(0.0, |m| m.evidence);
    let mut ranking = output::table(&["model", "log evidence", "Δ to best", "pseudo-R²", "frequency", "exceedance"]);
    for (i, m) in compared.models.iter().enumerate() {
        ranking.add_row([
            m.model.clone(),
            format!("{:.1}", m.evidence),
            format!("{:.1}", m.evidence - top),
            format!("{:.3}", m.pseudo_r2),
            format!("{:.2}", compared.selection.frequency[i]),
            format!("{:.2}", compared.selection.protected[i]),
        ]);
    }
    output::line(&ranking.to_string())?;
    if let Some(best) = compared.models.first() {
        let mut values = output::table(&["parameter", "group", "n", "value", "95 % interval"]);
        for g in &best.groups {
            let ends = format!("{:.3} to {:.3}", g.low, g.high);
            values.add_row([g.parameter.clone(), g.group.clone(), g.n.to_string(), format!("{:.3}", g.value), ends]);
        }
        if !best.groups.is_empty() {
            output::line(&format!("{}:\n{values}", best.model))?;
        }
        for r in &best.recovery {
            output::line(&format!(
                "recovery of {}: correlation {:.2}, bias {:+.2} sd, the 95 % interval holds it in {:.0} %",
                r.parameter,
                r.correlation,
                r.bias,
                100.0 * r.covered
            ))?;
        }
    }
    output::line(&format!("\n{}", compared.answer()))
}
