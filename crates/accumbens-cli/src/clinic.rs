//! `accumbens clinic`: what studies of the clinic found, and which accounts say the same.

use crate::findings::sign;
use crate::{output, progress};
use accumbens::clinic::findings::{self, Asked, Cell, Finding};
use accumbens::clinic::page;
use accumbens::findings::{Verdict, short};
use accumbens_core::{Error, Result, Seed};
use accumbens_io::write_file;
use std::path::PathBuf;

/// What is asked.
#[derive(clap::Args)]
pub struct Args {
    /// A finding: its observation, tests and every account's numbers; all, in short, where absent.
    name: Option<String>,
    /// Simulated subjects of each account.
    #[arg(long, default_value_t = 30)]
    subjects: u32,
    /// Write a page.
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// The seed.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// List the findings, without asking any account.
    #[arg(long)]
    list: bool,
}

fn list(json: bool) -> Result<()> {
    let all: Vec<(String, Finding)> =
        findings::names().map(|n| findings::by_name(n).map(|f| (n.to_owned(), f))).collect::<Result<_>>()?;
    if json {
        let rows = all
            .iter()
            .map(|(n, f)| serde_json::json!({ "finding": n, "title": f.title, "study": f.study, "source": f.source }));
        return output::json(&rows.collect::<Vec<_>>());
    }
    let mut table = output::table(&["finding", "title", "study"]);
    for (name, finding) in &all {
        table.add_row([name, &finding.title, &finding.study]);
    }
    output::line(&table.to_string())
}

pub fn run(args: &Args, json: bool) -> Result<()> {
    if args.list {
        return list(json);
    }
    let names: Vec<String> = args.name.iter().cloned().collect();
    if args.subjects < 2 {
        let problem = args.subjects.to_string();
        return Err(Error::input("--subjects", problem, "2 or more, for a confidence interval"));
    }
    let bar = progress::bar(findings::steps(&names)?, "asking accounts");
    let tick = || {
        bar.inc(1);
        !progress::stopped()
    };
    let asked = findings::ask(&names, args.subjects, Seed(args.seed), &tick)?;
    bar.finish_and_clear();
    if let Some(path) = &args.html {
        let name = args.name.as_deref().map_or_else(String::new, |n| format!(" {n}"));
        let command = format!("accumbens clinic{name} --subjects {} --seed {}", args.subjects, args.seed);
        write_file(path, page::findings(&asked, &command)?.as_bytes())?;
    }
    if json {
        return output::json(&asked);
    }
    match &args.name {
        Some(name) => one(name, &asked)?,
        None => all(&asked)?,
    }
    match &args.html {
        Some(path) => output::line(&format!("\nthe page: {}", path.display())),
        None => Ok(()),
    }
}

fn all(asked: &Asked) -> Result<()> {
    let mut table = output::table(&["finding", "title", "✓ agrees", "✗ disagrees", "· cannot say"]);
    let mut names: Vec<&str> = asked.cells.iter().map(|c| c.finding.as_str()).collect();
    names.dedup();
    for name in names {
        let of = |v: Verdict| {
            let cells = asked.cells.iter().filter(|c| c.finding == name && c.verdict == v);
            cells.map(|c| c.account.as_str()).collect::<Vec<_>>().join(", ")
        };
        let title = findings::by_name(name)?.title;
        table.add_row([name.into(), title, of(Verdict::Agrees), of(Verdict::Disagrees), of(Verdict::CannotSay)]);
    }
    output::line(&table.to_string())?;
    output::line(&format!("{} simulated subjects of each account; accounts, and no medical advice", asked.subjects))
}

fn one(name: &str, asked: &Asked) -> Result<()> {
    let finding = findings::by_name(name)?;
    output::line(&format!("{name}: {}\n", finding.title))?;
    let n = if finding.n.is_empty() { String::new() } else { format!(" ({})", finding.n) };
    output::line(&format!("observed: {}{n}", finding.observed))?;
    for key in &finding.source {
        let reference = accumbens_core::cite::reference(key)?;
        output::line(&format!("[{}] {} {}", reference.key, reference.text, reference.link))?;
    }
    if !finding.note.is_empty() {
        output::line(&format!("note: {}", finding.note))?;
    }
    for (i, test) in finding.test.iter().enumerate() {
        output::line(&format!("\n{}: {} must be {}", test.says, test.value, test.limits()))?;
        let mut rows = output::table(&["account", "", "mean", "95 % interval", ""]);
        for cell in &asked.cells {
            let scored = &cell.tests[i];
            let words = scored.estimate.map(|e| (short(e.mean), format!("{} to {}", short(e.low), short(e.high))));
            let (mean, interval) = words.unwrap_or_default();
            rows.add_row([cell.account.clone(), sign(scored.verdict).into(), mean, interval, scored.reason.clone()]);
        }
        output::line(&rows.to_string())?;
    }
    asked.cells.iter().try_for_each(|cell| published(&finding, cell))
}

fn published(finding: &Finding, cell: &Cell) -> Result<()> {
    let mine = finding.published.iter().filter(|p| p.theory == cell.account);
    for (said, (is, estimate)) in mine.zip(&cell.published) {
        let here = estimate.map_or_else(|| "not defined".into(), |e| short(e.mean));
        output::line(&format!("published of {}: {} = {}, here {here}", cell.account, said.value, short(*is)))?;
    }
    Ok(())
}
