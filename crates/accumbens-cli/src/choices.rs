//! `accumbens compare` of a tidy table of choices: which model explains them, and how groups differ.

use crate::{output, progress};
use accumbens::choices::result::ModelResult;
use accumbens::choices::{self, Beforehand, Compared, Latencies, Options, compare::steps, page};
use accumbens_core::choices::Choices;
use accumbens_core::{Error, Result, Seed, counted};
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
    /// Simulated studies a model.
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
    let title = format!("What {} chose", counted(table.subjects.len(), "subject"));
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
        Column::real("low", rows().map(|(.., p)| p.low).collect()),
        Column::real("high", rows().map(|(.., p)| p.high).collect()),
        Column::text("recovery", rows().map(|(.., p)| p.note.clone()).collect()),
        Column::real("log likelihood", rows().map(|(_, s, _)| s.log_likelihood).collect()),
        Column::real("log evidence", rows().map(|(_, s, _)| s.evidence).collect()),
    ]
}

fn print(table: &Choices, compared: &Compared) -> Result<()> {
    output::line(&format!(
        "{}, {}, {}, {} of dopamine",
        counted(table.subjects.len(), "subject"),
        counted(compared.trials, "choice"),
        counted(compared.latencies, "latency"),
        counted(compared.dopamine, "answer")
    ))?;
    output::concerns(&compared.concerns)?;
    output::line(&ranking(compared).to_string())?;
    if let Some(best) = compared.models.first() {
        intervals(best)?;
        differences(best)?;
    }
    if !compared.confusion.is_empty() {
        let names = compared.models.iter().map(|m| m.model.as_str());
        let header: Vec<&str> = std::iter::once("made by").chain(names).chain(["no decision", "its family"]).collect();
        let mut said = output::table(&header);
        for made in &compared.confusion {
            said.add_row(made.row());
        }
        let studies = compared.confusion[0].studies;
        output::line(&format!(
            "what the verdict would say of {} a model:\n{said}",
            counted(studies, "simulated study")
        ))?;
    }
    output::line(&format!("\n{}", compared.answer))
}

fn ranking(compared: &Compared) -> output::Table {
    let top = compared.models.first().map_or(0.0, |m| m.evidence);
    let header = ["model", "log evidence", "Δ to first", "pseudo-R²", "frequency", "exceedance"];
    let mut ranking = output::table(&header);
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
    ranking
}

/// Two ends, where there are any.
fn ends(low: f64, high: f64, written: impl Fn(f64) -> String) -> String {
    if low.is_nan() { "none".into() } else { format!("{} to {}", written(low), written(high)) }
}

/// Means of groups with their intervals and, beside them, how well subjects' values and these intervals recover.
fn intervals(best: &ModelResult) -> Result<()> {
    let written = |x: f64| format!("{x:.3}");
    let mut values = output::table(&["parameter", "group", "n", "mean", "95 % interval", "recovery"]);
    for g in &best.groups {
        let ends = ends(g.low, g.high, written);
        let (parameter, group) = (g.parameter.clone(), g.group.clone());
        values.add_row([parameter, group, g.n.to_string(), written(g.value), ends, g.note.clone()]);
    }
    if !best.groups.is_empty() {
        output::line(&format!("{}:\n{values}", best.model))?;
    }
    let Some(first) = best.subjects.first() else { return Ok(()) };
    for p in &first.parameters {
        output::line(&format!("subjects' intervals of {}: {}", p.name, p.note))?;
    }
    Ok(())
}

fn differences(best: &ModelResult) -> Result<()> {
    if best.differences.is_empty() {
        return Ok(());
    }
    let written = |x: f64| format!("{x:+.2}");
    let mut table = output::table(&["parameter", "groups", "difference (sd of prior)", "95 % interval", "recovery"]);
    for d in &best.differences {
        let groups = format!("{} − {}", d.group, d.against);
        let ends = ends(d.low, d.high, written);
        table.add_row([d.parameter.clone(), groups, written(d.difference), ends, d.note.clone()]);
    }
    output::line(&table.to_string())
}
