//! `accumbens compare`: which theory explains the recordings?

use crate::{choices, output, progress};
use accumbens::choices::Latencies;
use accumbens::fit::choice_table;
use accumbens::fit::compare::{Comparison, Options, compare, steps};
use accumbens::fit::infer::Budget;
use accumbens::fit::ranking::Ranked;
use accumbens::fit::recovery::Recovery;
use accumbens::fit::statistics::mean;
use accumbens::simulated::{self, Design};
use accumbens::stages::clean_study;
use accumbens::{report, theories};
use accumbens_core::choices::Row;
use accumbens_core::study::Study;
use accumbens_core::{Error, Result, Seed, counted, room};
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
    print(&study, &comparison)?;
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

/// A value with its standard error over animals; one animal has none.
fn with_error([value, error]: [f64; 2]) -> String {
    if error.is_finite() { format!("{value:.1} ± {error:.1}") } else { format!("{value:.1} (no s.e.)") }
}

fn print(study: &Study, comparison: &Comparison) -> Result<()> {
    let members = &comparison.cohort.members;
    let responses: usize = members.iter().map(|m| m.scored.len()).sum();
    output::line(&format!(
        "{}: {}, {}",
        study.title,
        counted(members.len(), "subject"),
        counted(responses, "response")
    ))?;
    output::concerns(&comparison.concerns)?;
    let header =
        ["theory", "evidence", "Δ to best", "left-out", "ΔBIC", "frequency", "exceedance", "R²", "own R²", "opposed"];
    let mut table = output::table(&header);
    comparison.ranking.iter().for_each(|r| {
        table.add_row(row(r));
    });
    output::line(&table.to_string())?;
    output::line(
        "evidence: of all responses, parameters averaged over their priors and what the other animals say, nats;\n\
         Δ to best: ± its standard error over animals; left-out: of each animal under what fits the others best;\n\
         exceedance is protected, in brackets unprotected; own R²: of what offsets, drift and overlap leave;\n\
         opposed: animals in which the light falls where the theory says that it rises; description: means, smooth trends,\n\
         overlap, without any theory",
    )?;
    let without: f64 = comparison.without_dopamine.iter().sum();
    output::line(&format!("offsets, drift and overlap alone, without any dopamine: {without:.1}"))?;
    evidence(comparison)?;
    let chosen = report::choices(study, comparison);
    if let Some(rows) = chosen["rows"].as_array() {
        let mut table = output::table(&["theory", "choices over habit", "mean chance", "weight", "repeats"]);
        let word = |v: &serde_json::Value| v.as_str().unwrap_or_default().to_owned();
        for r in rows {
            let silent = if r["speaks"] == true { "" } else { " (says nothing of behaviour)" };
            let label = format!("{}{silent}", word(&r["label"]));
            let cells = ["over", "chance", "weight", "repeats"].map(|k| word(&r[k]));
            table.add_row(std::iter::once(label).chain(cells));
        }
        output::line(&format!("{} choices, in nats over side biases and repetition alone:", chosen["count"]))?;
        output::line(&table.to_string())?;
    }
    let ceilings: Vec<f64> = comparison.ceilings.iter().copied().flatten().collect();
    if !ceilings.is_empty() {
        output::line(&format!("noise ceiling of own R²: about {:.2}", mean(&ceilings)))?;
    }
    for family in &comparison.selection.families {
        output::line(&format!(
            "family {}: frequency {:.2}, protected exceedance {:.2}",
            family.name, family.frequency, family.protected
        ))?;
    }
    for theory in comparison.theories.iter().filter(|t| !t.told.is_empty()) {
        output::line(&format!("{} was told: {}", theory.label, theory.told.join("; ")))?;
    }
    for theory in comparison.theories.iter().filter(|t| t.failed_points > 0) {
        output::line(&format!(
            "{} could not go on with {} of {} points of its parameters (its dopamine was no finite number, or beyond 1e12); they count as the worst",
            theory.label, theory.failed_points, theory.tried_points
        ))?;
    }
    if let Some(recovery) = &comparison.recovery {
        recovered(recovery)?;
    }
    output::line(&format!("\n{}", comparison.verdict.sentence))?;
    comparison.verdict.caveats.iter().try_for_each(|c| output::line(&format!("- {c}.")))
}

fn row(r: &Ranked) -> [String; 10] {
    let truth = if r.truth { " (the truth)" } else { "" };
    let one = if r.one_with.is_empty() { String::new() } else { format!(" = {}", r.one_with.join(" = ")) };
    let number = |x: f64, digits: usize| if x.is_finite() { format!("{x:.digits$}") } else { "–".into() };
    [
        format!("{}{one}{truth}", r.label),
        number(r.held_out, 1),
        with_error(r.difference),
        number(r.left_out, 1),
        number(r.delta_bic, 1),
        number(r.frequency, 2),
        format!("{:.2} ({:.2})", r.protected, r.exceedance),
        number(r.r2, 2),
        number(r.r2_own, 2),
        r.opposed.to_string(),
    ]
}

/// The nearest theory against the description and against the next, and how far exceedance can go.
fn evidence(comparison: &Comparison) -> Result<()> {
    let verdict = &comparison.verdict;
    for against in verdict.against_description.iter().chain(&verdict.against_next) {
        let new = against.new_animal.map_or_else(
            || "one animal has no error over animals".to_owned(),
            |p| {
                format!(
                    "spread between animals {:.1}, P(better in a new animal) {p:.2}",
                    against.heterogeneity.unwrap_or(f64::NAN)
                )
            },
        );
        output::line(&format!("{} against {}: {}; {new}", against.account, against.other, against.words()))?;
    }
    let (animals, accounts) = (comparison.described.len(), comparison.selection.frequency.len());
    output::line(&format!(
        "with {} and {} protected exceedance reaches {:.2} at most",
        counted(animals, "animal"),
        counted(accounts, "account"),
        comparison.selection.ceiling
    ))
}

/// What would have been said under each truth.
fn recovered(recovery: &Recovery) -> Result<()> {
    let share = |count: usize, of: usize| {
        let error = 100.0 * Recovery::standard_error(count, of);
        format!("{:.0} % (± {error:.0}) of {of}", 100.0 * count as f64 / of.max(1) as f64)
    };
    let [named, of] = recovery.named();
    let ([wrong, all], [decided, _]) = (recovery.wrong(), recovery.wrongly_decided());
    output::line(&format!(
        "recovery, each truth at its fitted size: the theory that made the data was named in {}; another was named in {}, \
         decisively in {decided}",
        share(named, of),
        share(wrong, all)
    ))?;
    let mut header = vec!["truth", "own R²"];
    header.extend(recovery.answers.iter().map(String::as_str));
    let mut table = output::table(&header);
    for (t, truth) in recovery.truths.iter().enumerate() {
        let size = format!("{:.2}", recovery.sizes[t]);
        let said = |(n, d): (&usize, &usize)| if *d > 0 { format!("{n} ({d} decisive)") } else { n.to_string() };
        let cells = recovery.said[t].iter().zip(&recovery.decided[t]).map(said);
        table.add_row([truth.clone(), size].into_iter().chain(cells));
    }
    output::line(&format!("what would be said of {} that each made:", counted(recovery.studies, "study")))?;
    output::line(&table.to_string())
}
