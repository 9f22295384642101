//! `accumbens findings`: what experiments found, and which theories agree.

use crate::{output, progress};
use accumbens::findings::{self, Cell, Evidence, Finding, Grades, Options, Table, Verdict, catalogue, prior, timeline};
use accumbens::theories;
use accumbens_core::{AnyTheory, Error, Result, Seed};
use accumbens_io::write_file;
use serde_json::json;
use std::path::PathBuf;

/// Simulated subjects of a table that is to be published, and of a quick look.
pub const SUBJECTS: u32 = 20;
pub const QUICK: u32 = 3;
/// Theories up to which the table in the terminal shows numbers.
const NUMBERS: usize = 6;

/// What is asked.
#[derive(clap::Args)]
pub struct Args {
    /// A finding, to see its design, what was observed and what each theory predicts.
    name: Option<String>,
    /// The theories, as NAME, NAME+WRAPPER or NAME:parameter=value; all where absent.
    #[arg(long = "theory", value_delimiter = ',', value_name = "A,B,...")]
    theories: Vec<String>,
    /// The findings; all where absent.
    #[arg(long = "finding", value_delimiter = ',', value_name = "X,Y,...", conflicts_with = "name")]
    findings: Vec<String>,
    /// Write a page in which each cell opens into its figure.
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Three simulated subjects in place of twenty.
    #[arg(long)]
    quick: bool,
    /// Simulated subjects.
    #[arg(long, conflicts_with = "quick")]
    subjects: Option<u32>,
    /// Ask each theory at so many points of its prior too, and say how much of it agrees: in three subjects each, so that a
    /// cell costs 3 × N lives more than its subjects. 16 where one finding is named without --quick, 0 otherwise.
    #[arg(long, value_name = "N")]
    prior: Option<u32>,
    /// The seed.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// List the findings, without asking any theory.
    #[arg(long, conflicts_with_all = ["name", "html"])]
    list: bool,
    /// Print the JSON Schema of finding files.
    #[arg(long)]
    schema: bool,
}

fn options(args: &Args) -> Result<Options> {
    let labels = if args.theories.is_empty() { findings::usual() } else { args.theories.clone() };
    let parse = |label: &String| -> Result<(String, Box<dyn AnyTheory>)> {
        Ok((label.trim().into(), theories::parse(label).map_err(|e| e.within("--theory"))?))
    };
    let names: Vec<String> = match (&args.name, args.findings.is_empty()) {
        (Some(name), _) => vec![name.clone()],
        (None, true) => catalogue::names().map(Into::into).collect(),
        (None, false) => args.findings.iter().map(|f| f.trim().to_owned()).collect(),
    };
    names.iter().try_for_each(|n| catalogue::by_name(n).map(|_| ()))?;
    let subjects = args.subjects.unwrap_or(if args.quick { QUICK } else { SUBJECTS });
    if subjects < 2 {
        return Err(Error::input("--subjects", subjects.to_string(), "2 or more, for a confidence interval"));
    }
    Ok(Options {
        theories: labels.iter().map(parse).collect::<Result<_>>()?,
        findings: names,
        subjects,
        prior: args.prior.unwrap_or(if args.name.is_some() && !args.quick { prior::DRAWS } else { 0 }),
        seed: Seed(args.seed),
    })
}

fn list(json: bool) -> Result<()> {
    let all = catalogue::names().map(|n| Ok((n, catalogue::by_name(n)?))).collect::<Result<Vec<_>>>()?;
    if json {
        let row = |(n, f): &(&str, Finding)| json!({ "name": n, "title": f.title, "source": f.source, "evidence": f.evidence });
        return output::json(&all.iter().map(row).collect::<Vec<_>>());
    }
    let mut table = output::table(&["finding", "what was found", "evidence", "source"]);
    for (name, finding) in &all {
        table.add_row([name, finding.title.as_str(), finding.evidence.word(), &finding.source.join(", ")]);
    }
    output::line(&table.to_string())?;
    rests_on(&Grades::of(all.iter().map(|(_, f)| f)))
}

/// Says what findings and the observed numbers of their tests rest on.
fn rests_on(grades: &Grades) -> Result<()> {
    output::line(&grades.of_findings())?;
    output::line(&grades.of_tests())
}

pub fn run(args: &Args, json: bool) -> Result<()> {
    if args.schema {
        return output::json(&findings::schema());
    }
    if args.list {
        return list(json);
    }
    let options = options(args)?;
    let bar = progress::bar(findings::steps(&options), "asking theories");
    let tick = || {
        bar.inc(1);
        !progress::stopped()
    };
    let table = findings::table(&options, &tick)?;
    bar.finish_and_clear();
    if let Some(path) = &args.html {
        let page = findings::page::html(&table, &command(args))?;
        write_file(path, page.as_bytes())?;
    }
    if json {
        return output::json(&table);
    }
    match &args.name {
        Some(name) => one(name, &table)?,
        None => all(&table)?,
    }
    match &args.html {
        Some(path) => output::line(&format!("\nthe page: {}", path.display())),
        None => Ok(()),
    }
}

/// The command that makes the same table again.
fn command(args: &Args) -> String {
    let mut words = vec!["accumbens findings".to_owned()];
    words.extend(args.name.clone());
    for (option, values) in [("--theory", &args.theories), ("--finding", &args.findings)] {
        if !values.is_empty() {
            words.push(format!("{option} {}", values.join(",")));
        }
    }
    words.extend(args.quick.then(|| "--quick".to_owned()));
    words.extend(args.subjects.map(|n| format!("--subjects {n}")));
    words.extend(args.prior.map(|n| format!("--prior {n}")));
    if args.seed != 1 {
        words.push(format!("--seed {}", args.seed));
    }
    words.extend(args.html.as_ref().map(|p| format!("--html {}", p.display())));
    words.join(" ")
}

pub fn sign(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Agrees => "✓",
        Verdict::Disagrees => "✗",
        Verdict::CannotSay => "·",
    }
}

/// The sign of a cell's verdict, marked where most of the prior says the opposite.
fn marked(cell: &Cell) -> String {
    let mark = if cell.prior.as_ref().is_some_and(|p| p.contradicts) { "!" } else { "" };
    format!("{}{mark}", sign(cell.verdict))
}

/// What a cell says at the defaults and over the prior, where that was asked.
fn number(cell: &Cell) -> String {
    let shown = cell.tests.iter().filter_map(|t| t.estimate).map(|e| findings::short(e.mean));
    let prior = cell.prior.as_ref().map(|p| format!(" (prior ✓ {:.0} %)", p.percent(Verdict::Agrees)));
    format!("{} {}{}", marked(cell), shown.collect::<Vec<_>>().join(" "), prior.unwrap_or_default())
}

/// The letter of a grade of evidence, where there is no room for its word.
fn letter(evidence: Evidence) -> String {
    evidence.word().chars().take(1).collect()
}

fn all(table: &Table) -> Result<()> {
    let wide = table.theories.len() > NUMBERS;
    let heads: Vec<String> =
        if wide { (1..=table.theories.len()).map(|i| i.to_string()).collect() } else { table.theories.clone() };
    let mut head = vec!["finding", if wide { "e" } else { "evidence" }];
    head.extend(heads.iter().map(String::as_str));
    let mut rows = output::table(&head);
    for (f, finding) in table.findings.iter().enumerate() {
        let cells = (0..table.theories.len()).map(|t| table.cell(f, t));
        let shown = cells.map(|c| if wide { marked(c) } else { number(c) });
        let evidence = table.evidence[f];
        let evidence = if wide { letter(evidence) } else { evidence.word().to_owned() };
        rows.add_row([finding.clone(), evidence].into_iter().chain(shown));
    }
    output::line(&rows.to_string())?;
    totals(table)?;
    notes(table)
}

/// How often each theory agrees, disagrees and cannot say.
fn totals(table: &Table) -> Result<()> {
    let mut totals = output::table(&["", "theory", "agrees", "disagrees", "cannot say", "prior says the opposite"]);
    for (t, theory) in table.theories.iter().enumerate() {
        let count = |v: Verdict| (0..table.findings.len()).filter(|f| table.cell(*f, t).verdict == v).count();
        let [a, d, c] = [Verdict::Agrees, Verdict::Disagrees, Verdict::CannotSay].map(|v| count(v).to_string());
        let opposite = if table.prior > 0 { table.contradicted(t).to_string() } else { "not asked".into() };
        totals.add_row([(t + 1).to_string(), theory.clone(), a, d, c, opposite]);
    }
    output::line(&totals.to_string())
}

/// What the signs of a table mean and what it rests on.
fn notes(table: &Table) -> Result<()> {
    let note =
        "✓ agrees, ✗ disagrees, · cannot say (it does not speak of it, or the confidence interval leaves it open)";
    output::line(&format!("{} simulated subjects a cell; {note}", table.subjects))?;
    if table.prior == 0 {
        output::line(
            "verdicts are of the default parameters alone; --prior N says how much of each theory's prior agrees",
        )?;
    } else {
        let of = format!("{} points of each theory's prior, {} subjects each", table.prior, prior::SUBJECTS);
        output::line(&format!("! more than half of the prior says the opposite ({of})"))?;
    }
    if table.theories.len() > NUMBERS {
        output::line("e: the finding's evidence, d data, r read, c code, u unverified")?;
    }
    rests_on(&table.grades)?;
    if table.unasked > 0 {
        output::line(&format!(
            "the work was stopped: {} of {} cells were not asked",
            table.unasked,
            table.cells.len()
        ))?;
    }
    Ok(())
}

/// A mean with its interval on a line of text, between the smallest and the largest of all.
fn plotted(estimate: Option<findings::Estimate>, low: f64, high: f64) -> String {
    const WIDTH: usize = 41;
    let mut line = vec!['·'; WIDTH];
    let place =
        |x: f64| (((x - low) / (high - low)) * (WIDTH as f64 - 1.0)).round().clamp(0.0, WIDTH as f64 - 1.0) as usize;
    if low < 0.0 && high > 0.0 {
        line[place(0.0)] = '|';
    }
    if let Some(e) = estimate {
        line[place(e.low)..=place(e.high)].fill('─');
        line[place(e.mean)] = '●';
    }
    line.into_iter().collect()
}

fn one(name: &str, table: &Table) -> Result<()> {
    let finding = catalogue::by_name(name)?;
    let experiment = finding.design()?;
    output::line(&format!("{name}: {}\n", finding.title))?;
    let n = if finding.n.is_empty() { String::new() } else { format!(" ({})", finding.n) };
    output::line(&format!("observed: {}{n}", finding.observed))?;
    output::line(&format!("evidence: {} ({})", finding.evidence.word(), finding.evidence.words()))?;
    for key in &finding.source {
        let reference = accumbens_core::cite::reference(key)?;
        output::line(&format!("[{}] {} {}", reference.key, reference.text, reference.link))?;
    }
    if !finding.note.is_empty() {
        output::line(&format!("note: {}", finding.note))?;
    }
    output::line(&format!("\ndesign ({}):\n{}", finding.experiment, timeline::text(&timeline::panels(&experiment))))?;
    for (i, test) in finding.test.iter().enumerate() {
        output::line(&format!("\n{}: {} must be {}{}", test.says, test.value, test.limits(), test.beside()))?;
        let cells: Vec<&Cell> = (0..table.theories.len()).map(|t| table.cell(0, t)).collect();
        let ends = |pick: fn(&findings::Estimate) -> f64| {
            cells.iter().filter_map(move |c| c.tests[i].estimate.as_ref().map(pick))
        };
        let low = ends(|e| e.low).chain(test.above).chain(test.observed).fold(f64::INFINITY, f64::min);
        let high = ends(|e| e.high).chain(test.below).chain(test.observed).fold(f64::NEG_INFINITY, f64::max);
        let mut rows = output::table(&["theory", "", "mean", "95 % interval", ""]);
        for cell in cells {
            let scored = &cell.tests[i];
            let reason = if scored.reason.is_empty() { &cell.reason } else { &scored.reason };
            let (mean, interval, plot) = match scored.estimate {
                Some(e) => {
                    let interval = format!("{} to {}", findings::short(e.low), findings::short(e.high));
                    (findings::short(e.mean), interval, plotted(Some(e), low, high))
                }
                None => (String::new(), String::new(), reason.clone()),
            };
            rows.add_row([cell.theory.clone(), sign(scored.verdict).into(), mean, interval, plot]);
        }
        output::line(&rows.to_string())?;
    }
    if table.prior > 0 { over_prior(table) } else { Ok(()) }
}

/// What each theory says of the one finding of a table over its prior, beside its verdict at the defaults.
fn over_prior(table: &Table) -> Result<()> {
    let head = format!("over the prior, {} points in {} subjects each", table.prior, prior::SUBJECTS);
    let mut rows = output::table(&["theory", "at the defaults", &head]);
    for cell in (0..table.theories.len()).map(|t| table.cell(0, t)) {
        let over = match &cell.prior {
            Some(p) if p.contradicts => format!("most says the opposite: {}", p.words()),
            Some(p) => p.words(),
            None if cell.tests.iter().all(|t| t.estimate.is_none()) => cell.reason.clone(),
            None => "nothing of it is fitted here".into(),
        };
        rows.add_row([cell.theory.clone(), format!("{} {}", marked(cell), cell.verdict.words()), over]);
    }
    output::line(&format!("\n{rows}"))
}
