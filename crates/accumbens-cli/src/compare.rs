//! `accumbens compare`: which theory explains the recordings?

use crate::{choices, output, progress, ranked};
use accumbens::choices::Latencies;
use accumbens::fit::choice_table;
use accumbens::fit::compare::{compare, steps};
use accumbens::fit::comparison::{Comparison, Options};
use accumbens::fit::infer::Budget;
use accumbens::simulated::{self, Design};
use accumbens::stages::clean_study;
use accumbens::{report, theories};
use accumbens_core::choices::Row;
use accumbens_core::study::Study;
use accumbens_core::{Error, Result, Seed, room};
use accumbens_io::{Column, StudyFile, write_file, write_table};
use std::path::{Path, PathBuf};

/// What is compared.
#[derive(clap::Args)]
pub struct Args {
    /// The study, or a tidy table of choices (subject, choice, outcome; group, session, trial, stimulus, offered, latency,
    /// dopamine); a small study with a known truth is simulated where none is named.
    study: Option<PathBuf>,
    /// The theories, as NAME, NAME+WRAPPER or NAME:parameter=value, or `all`; the usual four where absent. Of choices: models of
    /// choices and theories that act; all models of choices where absent.
    #[arg(long, value_delimiter = ',', value_name = "A,B,...")]
    theories: Vec<String>,
    /// The folder of the report, results.json and trials.parquet.
    #[arg(long, value_name = "DIR", default_value = "accumbens-report")]
    out: PathBuf,
    /// The seed of the search, of recovery and of the simulated study.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Points of the design shared by all fits of a theory.
    #[arg(long, default_value_t = Budget::default().design)]
    design: usize,
    /// Evaluations of each start of the search.
    #[arg(long, default_value_t = Budget::default().evaluations)]
    evaluations: usize,
    /// Simulated studies for each theory, to see whether they could be told apart; 0 for none.
    #[arg(long, default_value_t = 5)]
    recovery: usize,
    /// Of choices: ask nothing of parameters beforehand, and fit each subject by itself.
    #[arg(long, requires = "study")]
    maximum_likelihood: bool,
    /// Of choices: what latencies follow, how hard a choice was or a drift diffusion with the model's chances.
    #[arg(long, requires = "study", value_enum, default_value_t = Timed::Regression)]
    latencies: Timed,
    /// The theory that makes the simulated study.
    #[arg(long, conflicts_with = "study", default_value = "anccr")]
    truth: String,
    /// Prior count of each account among animals; 1, as SPM has it. The Python package groupBMC has 1 over the number of accounts.
    #[arg(long, value_name = "COUNT")]
    prior_count: Option<f64>,
    /// Threads; all cores where absent. The results are the same on any number.
    #[arg(long)]
    threads: Option<usize>,
}

/// What is kept of each simulated study until recovery is told, in numbers.
const JUDGED: f64 = 8.0;

/// Reads a study file and every recording it names.
pub fn read(path: &Path) -> Result<(StudyFile, Study)> {
    let file = StudyFile::read(path)?;
    let folder = path.parent().unwrap_or(Path::new("."));
    let sessions: usize = file.subjects.iter().map(|s| s.sessions.len()).sum();
    let bar = progress::bar(sessions as u64, "reading sessions");
    let study = file.load(folder, || {
        bar.inc(1);
        !progress::stopped()
    });
    bar.finish_and_clear();
    Ok((file, study?))
}

/// The same study, cleaned as it says.
pub fn cleaned(study: Study) -> Result<Study> {
    if study.cleaning.is_empty() {
        return Ok(study);
    }
    let sessions: usize = study.subjects.iter().map(|s| s.sessions.len()).sum();
    let bar = progress::bar(sessions as u64, "cleaning sessions");
    let study = clean_study(study, &|| {
        bar.inc(1);
        !progress::stopped()
    });
    bar.finish_and_clear();
    study
}

/// Reads a study and every recording it names, and cleans them as it says.
pub fn load(path: &Path) -> Result<Study> {
    cleaned(read(path)?.1)
}

fn options(args: &Args) -> Result<Options> {
    let labels: Vec<String> = if args.theories.is_empty() {
        theories::COMPARED.iter().map(|t| (*t).into()).collect()
    } else if args.theories == ["all"] {
        theories::names().map(Into::into).collect()
    } else {
        args.theories.iter().map(|t| t.trim().to_owned()).collect()
    };
    for (i, label) in labels.iter().enumerate() {
        if labels[..i].contains(label) {
            return Err(Error::input("--theories", format!("{label:?} stands twice"), "each theory once"));
        }
    }
    if args.design < 2 || args.evaluations == 0 {
        return Err(Error::input("--design", "a search without points", "--design 2 or more, --evaluations 1 or more"));
    }
    if let Some(count) = args.prior_count.filter(|c| !(c.is_finite() && *c > 0.0)) {
        return Err(Error::input("--prior-count", count.to_string(), "above 0"));
    }
    let accounts = [("accounts", labels.len() as f64 + 1.0), ("numbers of each", JUDGED)];
    room("--recovery", &[("studies", args.recovery as f64), accounts[0], accounts[1]])?;
    let parse = |l: String| Ok((l.clone(), theories::parse(&l).map_err(|e| e.within("--theories"))?));
    Ok(Options {
        theories: labels.into_iter().map(parse).collect::<Result<_>>()?,
        budget: Budget { design: args.design, evaluations: args.evaluations, ..Budget::default() },
        recovery: args.recovery,
        prior_count: args.prior_count,
        seed: Seed(args.seed),
    })
}

fn study(args: &Args) -> Result<Study> {
    match &args.study {
        Some(path) => load(path),
        None => {
            let design = Design { truth: args.truth.clone(), seed: Seed(args.seed), ..Design::default() };
            simulated::study(&design)
        }
    }
}

/// What latencies follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Timed {
    Regression,
    Diffusion,
}

fn in_pool<T: Send>(threads: Option<usize>, work: impl FnOnce() -> T + Send) -> Result<T> {
    match accumbens::threads::pool(threads).map_err(|e| e.within("--threads"))? {
        Some(pool) => Ok(pool.install(work)),
        None => Ok(work()),
    }
}

pub fn run(args: &Args, json: bool) -> Result<()> {
    if args.out.is_file() {
        return Err(Error::input("--out", format!("{} is a file", args.out.display()), "a folder"));
    }
    if let Some(path) = args.study.as_deref().filter(|p| accumbens_io::choices::is_named(p)) {
        let asked = choices::Asked {
            path,
            models: &args.theories,
            likelihood: args.maximum_likelihood,
            latencies: match args.latencies {
                Timed::Regression => Latencies::Regression,
                Timed::Diffusion => Latencies::Diffusion,
            },
            recovery: args.recovery,
            seed: args.seed,
            out: &args.out,
        };
        return in_pool(args.threads, || choices::run(&asked, json))?;
    }
    let options = options(args)?;
    let study = study(args)?;
    let bar = progress::bar(steps(&study, &options), "comparing theories");
    let tick = || {
        bar.inc(1);
        !progress::stopped()
    };
    let comparison = in_pool(args.threads, || compare(&study, &options, &tick))??;
    bar.finish_and_clear();
    let command = command(args);
    write(&args.out, &study, &comparison, &command)?;
    if json {
        output::json(&comparison)?;
        return finished(&comparison, &args.out);
    }
    ranked::print(&study, &comparison)?;
    let report = args.out.join("report.html");
    let table =
        if study.choices.is_empty() { "" } else { ", choices.parquet (a tidy table: `accumbens compare` it by group)" };
    output::line(&format!("\nthe report: {}\nbeside it: results.json, trials.parquet{table}", report.display()))?;
    finished(&comparison, &args.out)
}

/// What the user cut off must not look finished: it is written and says so, and the exit status is that of an interrupt.
fn finished(comparison: &Comparison, out: &Path) -> Result<()> {
    if comparison.unfinished.is_empty() { Ok(()) } else { Err(Error::CutOff(out.to_owned())) }
}

/// The command that makes the same results again.
fn command(args: &Args) -> String {
    let mut words = vec!["accumbens compare".to_owned()];
    match &args.study {
        Some(path) => words.push(path.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned())),
        None => words.push(format!("--truth {}", args.truth)),
    }
    if !args.theories.is_empty() {
        words.push(format!("--theories {}", args.theories.join(",")));
    }
    if let Some(count) = args.prior_count {
        words.push(format!("--prior-count {count}"));
    }
    words.push(format!(
        "--seed {} --design {} --evaluations {} --recovery {}",
        args.seed, args.design, args.evaluations, args.recovery
    ));
    words.join(" ")
}

fn write(folder: &Path, study: &Study, comparison: &Comparison, command: &str) -> Result<()> {
    std::fs::create_dir_all(folder).map_err(|e| Error::file(folder, e))?;
    let results = serde_json::to_vec_pretty(comparison).map_err(|e| Error::input("results.json", e.to_string(), ""))?;
    let html = report::html(study, comparison, command)?;
    write_file(&folder.join("results.json"), &results)?;
    write_table(&folder.join("trials.parquet"), &trials(study, comparison))?;
    if !study.choices.is_empty() {
        write_table(&folder.join("choices.parquet"), &chosen(&choice_table(study, &comparison.cohort)))?;
    }
    write_file(&folder.join("report.html"), html.as_bytes())
}

/// One row a choice, as `accumbens compare` and `accumbens.choices` read it.
#[must_use]
pub fn chosen(rows: &[Row]) -> Vec<Column> {
    let text = |name: &str, of: fn(&Row) -> String| Column::text(name, rows.iter().map(of).collect());
    let real = |name: &str, of: fn(&Row) -> f64| Column::real(name, rows.iter().map(of).collect());
    vec![
        text("subject", |r| r.subject.clone()),
        text("group", |r| r.group.clone()),
        text("session", |r| r.session.clone()),
        real("trial", |r| r.trial),
        text("choice", |r| r.choice.clone()),
        text("offered", |r| r.offered.join("|")),
        real("outcome", |r| r.outcome),
        real("latency", |r| r.latency),
        real("dopamine", |r| r.dopamine),
    ]
}

/// One row a response: what was observed and what each theory predicts.
#[must_use]
pub fn trials(study: &Study, comparison: &Comparison) -> Vec<Column> {
    let rows = || comparison.cohort.members.iter().flat_map(|m| m.scored.iter().map(move |s| (m, s)));
    let unit = study.scoring.unit(&study.unit);
    let mut columns = vec![
        Column::text("subject", rows().map(|(m, _)| m.name.clone()).collect()),
        Column::text("session", rows().map(|(m, s)| m.session_names[s.session].clone()).collect()),
        Column::text("event", rows().map(|(m, s)| m.log.kinds()[s.response.kind].name.clone()).collect()),
        Column::whole("number", rows().map(|(_, s)| s.number as i64).collect()),
        Column::real("time (s)", rows().map(|(_, s)| s.response.time).collect()),
        Column::real("aligned (s)", rows().map(|(_, s)| s.response.aligned).collect()),
        Column::real("interval (s)", rows().map(|(_, s)| s.response.interval).collect()),
        Column::real(&format!("response ({unit})"), rows().map(|(_, s)| s.response.value).collect()),
    ];
    for theory in &comparison.theories {
        let predicted = theory.subjects.iter().flat_map(|s| s.predicted.iter().copied()).collect();
        columns.push(Column::real(&format!("{} ({unit})", theory.label), predicted));
    }
    let overlap = comparison.cohort.members.iter().flat_map(|m| m.overlap.total(m.scored.len())).collect();
    columns.push(Column::real(&format!("overlap ({unit})"), overlap));
    let described = comparison.described.iter().flat_map(|d| d.predicted.iter().copied()).collect();
    columns.push(Column::real(&format!("description ({unit})"), described));
    columns
}
