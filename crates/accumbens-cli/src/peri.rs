//! `accumbens peri`: the signal around events, as trials, averages with bands, kernels and transients.

use crate::{compare, output};
use accumbens::peri::functional::Effect;
use accumbens::peri::kernels::{Design, Kernels, kernels};
use accumbens::peri::transients::{Threshold, find};
use accumbens::peri::{Bands, Cut, Functional, Normalise, Table, Trials, cut, cut_sessions};
use accumbens::report::peri::PeriPage;
use accumbens_core::study::{Session, Study, Window};
use accumbens_core::{Error, Result, Role, Seed, counted, digits};
use accumbens_io::{Column, write_file, write_table};
use serde_json::json;
use std::path::PathBuf;

/// What is looked at.
#[derive(clap::Args)]
pub struct Args {
    /// The study.
    study: PathBuf,
    /// The events; those whose responses the study scores where absent.
    #[arg(long, value_delimiter = ',', value_name = "A,B,...")]
    events: Vec<String>,
    /// From and to, s around the event.
    #[arg(long, value_name = "FROM:TO", value_parser = window, default_value = "-2:6", allow_hyphen_values = true)]
    window: Window,
    /// The baseline, s around the event; the study's where absent, else from the window's start to the event.
    #[arg(long, value_name = "FROM:TO", value_parser = window, allow_hyphen_values = true)]
    baseline: Option<Window>,
    /// Where amplitude, area, peak and latency are measured, s; the study's response window where absent.
    #[arg(long, value_name = "FROM:TO", value_parser = window, allow_hyphen_values = true)]
    response: Option<Window>,
    /// What is done with the baseline of each trial: none, subtract or z.
    #[arg(long, default_value = "subtract", value_parser = normalise)]
    normalise: Normalise,
    /// Samples a second of the result, Hz.
    #[arg(long, default_value_t = 20.0)]
    rate: f64,
    /// Adds the change over trials to the mixed model.
    #[arg(long)]
    by_number: bool,
    /// Raised cosines a kernel; 0 for no kernels.
    #[arg(long, default_value_t = 20)]
    bumps: usize,
    /// What the bands are made of: `animals` (errors between animals, t; holds with few animals) or `fui` (fast
    /// univariate inference as published: errors of the mixed model, normal quantiles; too narrow with few animals).
    #[arg(long, default_value = "animals", value_parser = bands)]
    bands: Bands,
    /// The seed of the joint bands of `fui`; those of `animals` need no chance.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The folder of the page and the tables.
    #[arg(long, value_name = "DIR", default_value = "accumbens-peri")]
    out: PathBuf,
}

fn window(text: &str) -> std::result::Result<Window, String> {
    let (from, to) = text.split_once(':').ok_or_else(|| format!("{text:?}; accepted: FROM:TO in s"))?;
    let number = |t: &str| t.trim().parse::<f64>().map_err(|e| format!("{t:?}: {e}"));
    let (from, to) = (number(from)?, number(to)?);
    if from < to { Ok([from, to]) } else { Err(format!("{text:?}; accepted: FROM:TO in s, from before to")) }
}

fn normalise(text: &str) -> std::result::Result<Normalise, String> {
    match text {
        "none" => Ok(Normalise::None),
        "subtract" => Ok(Normalise::Subtract),
        "z" => Ok(Normalise::Z),
        _ => Err(format!("{text:?}; accepted: none, subtract, z")),
    }
}

fn bands(text: &str) -> std::result::Result<Bands, String> {
    Bands::named(text).map_err(|e| e.to_string())
}

fn how(args: &Args, study: &Study) -> Result<Cut> {
    let events =
        if args.events.is_empty() { study.scoring.events().map(str::to_owned).collect() } else { args.events.clone() };
    let after = [0.0_f64.max(args.window[0]), args.window[1]];
    let before = [args.window[0], 0.0_f64.min(args.window[1])];
    let inside = |w: &Window| w[0] >= args.window[0] && w[1] <= args.window[1];
    let rule = study.scoring.of(study.scoring.focus());
    let baseline = args.baseline.or(rule.and_then(|r| r.baseline).filter(inside)).unwrap_or(before);
    let response = args.response.or(rule.map(|r| r.response).filter(inside)).unwrap_or(after);
    if !inside(&baseline) || !inside(&response) {
        let problem = format!("baseline {baseline:?} or response {response:?} is outside {:?}", args.window);
        return Err(Error::input("--window", problem, "a window that holds both"));
    }
    Ok(Cut { events, window: args.window, baseline, normalise: args.normalise, rate: args.rate, response })
}

pub fn run(args: &Args, json: bool) -> Result<()> {
    if args.out.is_file() {
        return Err(Error::input("--out", format!("{} is a file", args.out.display()), "a folder"));
    }
    let study = compare::load(&args.study)?;
    let trials = cut(&study, &how(args, &study)?)?;
    let models = Table::of(&trials, args.by_number).fit(args.bands, Seed(args.seed));
    let kernels = fitted(args, &study)?;
    let transients = transients(&study);
    let names: Vec<String> = study.subjects.iter().map(|s| s.name.clone()).collect();
    let file = args.study.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
    let page = PeriPage {
        title: &study.title,
        subjects: &names,
        trials: &trials,
        models: &models,
        kernels: &kernels,
        transients: &transients,
        command: &format!("accumbens peri {file}"),
    };
    std::fs::create_dir_all(&args.out).map_err(|e| Error::file(&args.out, e))?;
    write_table(&args.out.join("trials.parquet"), &rows(&study, &trials))?;
    write_table(&args.out.join("effects.csv"), &effects(&models))?;
    write_file(&args.out.join("peri.html"), page.html()?.as_bytes())?;
    if json {
        return output::json(
            &json!({ "trials": trials, "models": models, "kernels": kernels, "transients": transients }),
        );
    }
    print(&study, &trials, &models)?;
    output::line(&format!("\nthe page: {}", args.out.join("peri.html").display()))?;
    output::line("beside it: trials.parquet (one row a trial), effects.csv")
}

/// The kernels of each subject: of every event theories see, and of those looked at.
fn fitted(args: &Args, study: &Study) -> Result<Vec<(String, Kernels)>> {
    let mut all = Vec::new();
    for subject in study.subjects.iter().filter(|_| args.bumps > 0) {
        let recorded = || subject.sessions.iter().filter(|s| s.recording.channel(&study.channel).is_some());
        let Some(first) = recorded().next() else { continue };
        let happens = |k: usize| recorded().any(|s| s.recording.events.events().iter().any(|e| e.kind.index() == k));
        let kinds = first.recording.events.kinds().iter().enumerate();
        let asked = |name: &String| args.events.contains(name);
        let wanted = kinds.filter(|(k, kind)| happens(*k) && (kind.role != Role::Action || asked(&kind.name)));
        let events: Vec<String> = wanted.map(|(_, kind)| kind.name.clone()).collect();
        if events.is_empty() {
            continue;
        }
        let design = Design {
            events,
            window: args.window,
            bumps: args.bumps,
            rate: args.rate,
            until: Vec::new(),
            from: Vec::new(),
        };
        all.push((subject.name.clone(), kernels(&subject.sessions, &study.channel, &design)?));
    }
    Ok(all)
}

fn transients(study: &Study) -> Vec<(String, String, f64, f64)> {
    let sessions = study.subjects.iter().flat_map(|s| s.sessions.iter().map(move |x| (s, x)));
    sessions
        .filter_map(|(subject, session)| {
            let channel = session.recording.channel(&study.channel)?;
            let found = find(&session.recording.times, &channel.data, &Threshold::default());
            Some((subject.name.clone(), session.name.clone(), found.rate, found.amplitude))
        })
        .collect()
}

/// One row a trial: what was measured, and the signal at each lag.
fn rows(study: &Study, trials: &Trials) -> Vec<Column> {
    let of = |f: &dyn Fn(&accumbens::peri::Trial) -> f64| trials.trials.iter().map(f).collect::<Vec<f64>>();
    let text = |f: &dyn Fn(&accumbens::peri::Trial) -> String| trials.trials.iter().map(f).collect::<Vec<_>>();
    let unit = &trials.unit;
    let mut columns = vec![
        Column::text("subject", text(&|t| study.subjects[t.subject].name.clone())),
        Column::text("session", text(&|t| study.subjects[t.subject].sessions[t.session].name.clone())),
        Column::text("event", text(&|t| trials.cut.events[t.event].clone())),
        Column::whole("number", trials.trials.iter().map(|t| t.number as i64).collect()),
        Column::real("time (s)", of(&|t| t.time)),
        Column::real(&format!("baseline ({})", study.unit), of(&|t| t.baseline)),
        Column::real(&format!("baseline sd ({})", study.unit), of(&|t| t.spread)),
        Column::real(&format!("amplitude ({unit})"), of(&|t| t.amplitude)),
        Column::real(&format!("area ({unit} s)"), of(&|t| t.area)),
        Column::real(&format!("peak ({unit})"), of(&|t| t.peak)),
        Column::real("latency of peak (s)", of(&|t| t.latency)),
    ];
    for (i, lag) in trials.lags.iter().enumerate() {
        columns.push(Column::real(&format!("{lag:.3} s"), of(&|t| t.values[i])));
    }
    columns
}

fn effects(models: &Functional) -> Vec<Column> {
    let each = || models.effects.iter().flat_map(|e| (0..models.lags.len()).map(move |l| (e, l)));
    let of = |f: &dyn Fn(&Effect, usize) -> f64| each().map(|(e, l)| f(e, l)).collect::<Vec<f64>>();
    vec![
        Column::text("effect", each().map(|(e, _)| e.name.clone()).collect()),
        Column::real("lag (s)", of(&|_, l| models.lags[l])),
        Column::real("estimate", of(&|e, l| e.estimate[l])),
        Column::real("standard error", of(&|e, l| e.error[l])),
        Column::real("degrees of freedom", of(&|e, l| e.df[l])),
        Column::real("half width at one lag", of(&|e, l| e.pointwise[l])),
        Column::real("half width at all lags", of(&|e, l| e.joint.get(l).copied().unwrap_or(f64::NAN))),
    ]
}

fn print(study: &Study, trials: &Trials, models: &Functional) -> Result<()> {
    output::line(&format!(
        "{}: {}, {}",
        study.title,
        counted(models.subjects, "subject"),
        counted(trials.trials.len(), "trial")
    ))?;
    let mut table =
        output::table(&["effect", "largest", "at (s)", "95 % there", "95 % anywhere", "differs from 0 at (s)"]);
    let [from, to] = trials.cut.response;
    for effect in &models.effects {
        let within = |l: &usize| models.lags[*l] >= from - 1e-9 && models.lags[*l] <= to + 1e-9;
        let largest = (0..models.lags.len()).filter(within).filter(|&l| effect.estimate[l].is_finite());
        let largest = largest.max_by(|a, b| effect.estimate[*a].abs().total_cmp(&effect.estimate[*b].abs()));
        let Some(l) = largest else { continue };
        let number =
            |x: Option<f64>| x.filter(|x| x.is_finite()).map_or_else(|| "–".into(), |x| format!("± {}", digits(x, 4)));
        table.add_row([
            effect.name.clone(),
            format!("{} {}", digits(effect.estimate[l], 4), trials.unit),
            format!("{:.2}", models.lags[l]),
            number(Some(effect.pointwise[l])),
            number(effect.joint.get(l).copied()),
            spans(&models.lags, effect),
        ]);
    }
    output::line(&table.to_string())?;
    output::line(&format!("largest within the response window, {from} to {to} s. {}", models.about))?;
    trials.omitted().map_or(Ok(()), |omitted| output::line(&omitted))
}

/// The spans of lags at which the joint band excludes 0.
fn spans(lags: &[f64], effect: &Effect) -> String {
    if effect.joint.is_empty() {
        return "fewer than 3 subjects".into();
    }
    let away: Vec<usize> = (0..lags.len()).filter(|&l| effect.estimate[l].abs() > effect.joint[l]).collect();
    let runs = away.chunk_by(|a, b| b - a == 1).map(|r| format!("{:.2}–{:.2}", lags[r[0]], lags[r[r.len() - 1]]));
    let runs: Vec<String> = runs.collect();
    if runs.is_empty() { "nowhere".into() } else { runs.join(", ") }
}

/// The trials of one session, for its page; none where it has none.
pub fn of_session(study: &Study, session: &Session) -> Option<Trials> {
    let how = Cut {
        events: study.scoring.events().map(str::to_owned).collect(),
        window: [-2.0, 6.0],
        baseline: [-2.0, 0.0],
        normalise: Normalise::Subtract,
        rate: 20.0,
        response: [0.0, 2.0],
    };
    cut_sessions(&[std::slice::from_ref(session)], &study.channel, &study.unit, &how).ok()
}
