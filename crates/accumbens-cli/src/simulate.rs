//! `accumbens simulate`: lets a theory live through events and writes the dopamine it releases.

use crate::{experiments, output};
use accumbens::simulate::{Ahead, Simulated, simulate};
use accumbens::theories::by_name;
use accumbens_core::kinds::{Declared, kinds};
use accumbens_core::params::place_of;
use accumbens_core::{
    AnyTheory, Change, Choice, Clamp, Deed, Error, EventLog, Result, Sample, Schedule, Seed, regions,
};
use accumbens_io::{Column, events_csv, table, write_file, write_table};
use serde_json::json;
use std::path::{Path, PathBuf};

/// What is simulated.
#[derive(clap::Args)]
pub struct Args {
    /// An experiment of the catalogue, or a .toml file.
    #[arg(required_unless_present = "events")]
    experiment: Option<String>,
    /// An events file with the header time,event,magnitude, in place of an experiment.
    #[arg(long, conflicts_with = "experiment")]
    events: Option<PathBuf>,
    /// The theory.
    #[arg(long)]
    theory: String,
    /// Set a parameter.
    #[arg(long = "set", value_name = "PARAM=VALUE")]
    set: Vec<String>,
    /// Change a parameter at a time (s): after the silence up to it and before the events at it.
    #[arg(long = "change", value_name = "TIME:PARAM=VALUE")]
    change: Vec<String>,
    /// Hold dopamine at a value over a closed interval (s).
    #[arg(long = "clamp", value_name = "FROM:TO=VALUE", allow_hyphen_values = true)]
    clamp: Vec<String>,
    /// Hold dopamine at events: a file with the header row,dopamine.
    #[arg(long, value_name = "FILE")]
    clamp_events: Option<PathBuf>,
    /// A name in the events file is an outcome, with this innate value (1 if not given).
    #[arg(long = "outcome", value_name = "NAME[=VALUE]", requires = "events")]
    outcome: Vec<String>,
    /// A name in the events file is the omission of another.
    #[arg(long = "omission", value_name = "NAME:OF", requires = "events")]
    omission: Vec<String>,
    /// Innate value of a name in the events file.
    #[arg(long = "value", value_name = "NAME=V", requires = "events")]
    value: Vec<String>,
    /// The group of the experiment; the first where absent.
    #[arg(long, conflicts_with = "events")]
    group: Option<String>,
    /// The subject of the experiment, from 1.
    #[arg(long, default_value_t = 1, conflicts_with = "events")]
    subject: u32,
    /// The seed of the experiment's random events.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Write dopamine to a .csv or .parquet file; CSV to standard output where absent.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Write what the animal does to a .csv or .parquet file: its choices with latencies, and its conditioned response to
    /// each cue, by the common action rule.
    #[arg(long, value_name = "FILE")]
    behaviour: Option<PathBuf>,
    /// Mix the channels into what a region of catalogue/regions.toml receives.
    #[arg(long, value_name = "REGION")]
    region: Option<String>,
    /// Write the end state as JSON; for anccr its matrices by event name.
    #[arg(long = "final", value_name = "FILE")]
    end_state: Option<PathBuf>,
}

fn pair<'a>(option: &str, text: &'a str, form: &str) -> Result<(&'a str, &'a str)> {
    text.split_once('=').ok_or_else(|| Error::input(option, format!("{text:?}"), form))
}

fn number(option: &str, text: &str, form: &str) -> Result<f64> {
    let value = text.trim().parse().ok().filter(|v: &f64| v.is_finite());
    value.ok_or_else(|| Error::input(option, format!("{text:?} is not a finite number"), form))
}

fn declared(args: &Args) -> Result<Declared> {
    let outcome = |text: &String| match text.split_once('=') {
        Some((name, value)) => Ok((name.into(), number("--outcome", value, "NAME[=VALUE]")?)),
        None => Ok((text.clone(), 1.0)),
    };
    let omission = |text: &String| {
        let parts = text.split_once(':');
        let (name, of) = parts.ok_or_else(|| Error::input("--omission", format!("{text:?}"), "NAME:OF"))?;
        Ok((name.into(), of.into()))
    };
    let value = |text: &String| {
        let (name, value) = pair("--value", text, "NAME=V")?;
        Ok((name.into(), number("--value", value, "NAME=V")?))
    };
    Ok(Declared {
        outcomes: args.outcome.iter().map(outcome).collect::<Result<_>>()?,
        omissions: args.omission.iter().map(omission).collect::<Result<_>>()?,
        values: args.value.iter().map(value).collect::<Result<_>>()?,
    })
}

fn from_file(path: &Path, args: &Args) -> Result<Ahead> {
    let rows = events_csv::read(path)?;
    let names: Vec<String> = rows.iter().map(|r| r.event.clone()).collect();
    let log = events_csv::log(&path.display().to_string(), &rows, &kinds(&names, &declared(args)?)?)?;
    Ahead::try_from(log).map_err(|e| e.within(&path.display().to_string()))
}

fn changes(args: &Args, theory: &dyn AnyTheory, by_hand: &mut Vec<Change>) -> Result<()> {
    const FORM: &str = "TIME:PARAM=VALUE";
    for text in &args.change {
        let parts = text.split_once(':');
        let (time, rest) = parts.ok_or_else(|| Error::input("--change", format!("{text:?}"), FORM))?;
        let (name, value) = pair("--change", rest, FORM)?;
        let parameter = &theory.table()[place_of(theory.table(), name).map_err(|e| e.within("--change"))?];
        let value = parameter.read(value).map_err(|e| e.within("--change"))?;
        by_hand.push(Change { time: number("--change", time, FORM)?, parameter: name.into(), value });
    }
    Ok(())
}

fn clamps(args: &Args, log: &EventLog, schedule: &mut Schedule) -> Result<()> {
    const FORM: &str = "FROM:TO=VALUE";
    for text in &args.clamp {
        let (interval, value) = pair("--clamp", text, FORM)?;
        let parts = interval.split_once(':');
        let (from, to) = parts.ok_or_else(|| Error::input("--clamp", format!("{text:?}"), FORM))?;
        let number = |text| number("--clamp", text, FORM);
        schedule.clamps.push(Clamp::new(number(from)?, number(to)?, number(value)?)?);
    }
    if let Some(path) = &args.clamp_events {
        schedule.event_clamps.extend(events_csv::read_clamps(path, log.events().len())?);
    }
    Ok(())
}

/// One row a choice and a cue, in the order of time.
fn behaviour(simulated: &Simulated, choices: &[Choice]) -> Vec<Column> {
    let choices = Choice::all(choices);
    let name = |kind: accumbens_core::EventKindId| simulated.log.kinds()[kind.index()].name.clone();
    let offered = |d: &Deed| choices[d.choice].options.iter().map(|o| name(o.kind)).collect::<Vec<_>>().join("|");
    let mut rows: Vec<(f64, &str, String, String, f64, f64)> = Vec::new();
    for deed in &simulated.deeds {
        let taken = deed.action.map(name).unwrap_or_default();
        rows.push((deed.offered, "choice", offered(deed), taken, deed.latency, f64::NAN));
    }
    for response in &simulated.responses {
        let (time, kind) = (response.time, name(response.kind));
        rows.push((time, "response", kind, String::new(), f64::NAN, response.probability));
    }
    rows.sort_by(|a, b| a.0.total_cmp(&b.0));
    vec![
        Column::real("time", rows.iter().map(|r| r.0).collect()),
        Column::text("what", rows.iter().map(|r| r.1.to_owned()).collect()),
        Column::text("offered", rows.iter().map(|r| r.2.clone()).collect()),
        Column::text("taken", rows.iter().map(|r| r.3.clone()).collect()),
        Column::real("latency", rows.iter().map(|r| r.4).collect()),
        Column::real("probability", rows.iter().map(|r| r.5).collect()),
    ]
}

fn columns(log: &EventLog, channels: &[String], samples: &[Sample]) -> Vec<Column> {
    vec![
        Column::real("time", samples.iter().map(|s| s.time).collect()),
        Column::text("event", samples.iter().map(|s| s.events(log)).collect()),
        Column::text("channel", samples.iter().map(|s| channels[s.channel as usize].clone()).collect()),
        Column::real("dopamine", samples.iter().map(|s| s.value).collect()),
    ]
}

pub fn run(args: &Args, json: bool) -> Result<()> {
    let mut theory = by_name(&args.theory)?;
    for text in &args.set {
        let (name, value) = pair("--set", text, "PARAM=VALUE")?;
        theory.set_text(name, value).map_err(|e| e.within("--set"))?;
    }
    theory.check()?;
    let mut ahead = match (&args.events, &args.experiment) {
        (Some(path), _) => from_file(path, args)?,
        (None, Some(name)) => {
            let experiment = experiments::read(name)?;
            Ahead::subject(&experiment, theory.as_ref(), args.group.as_deref(), args.subject, Seed(args.seed))?
        }
        (None, None) => return Err(Error::input("simulate", "nothing to simulate", "an experiment or --events FILE")),
    };
    changes(args, theory.as_ref(), &mut ahead.by_hand)?;
    clamps(args, &ahead.log, &mut ahead.schedule)?;
    let region = args.region.as_ref().map(|r| regions::by_name(r)).transpose()?;
    let stream = format!("simulate/choices/{}", args.subject);
    let asked = args.behaviour.is_some();
    let simulated = simulate(theory.as_ref(), &ahead, region.as_ref(), (Seed(args.seed), &stream), asked)?;
    for told in &simulated.told {
        eprintln!("told to {}: {told}", args.theory);
    }
    if let Some(path) = &args.behaviour {
        write_table(path, &behaviour(&simulated, &ahead.choices))?;
    }
    let columns = columns(&simulated.log, &simulated.channels, &simulated.samples);
    match &args.out {
        Some(path) => write_table(path, &columns)?,
        None if json => {}
        None => {
            let mut bytes = Vec::new();
            table::write_csv(&mut bytes, &columns)?;
            output::print(&String::from_utf8_lossy(&bytes))?;
        }
    }
    let parameters: serde_json::Map<_, _> =
        theory.table().iter().enumerate().map(|(i, p)| (p.name.into(), shown(p, theory.get(i)))).collect();
    let mut end = json!({ "theory": args.theory, "parameters": parameters });
    if let (Some(end), serde_json::Value::Object(state)) = (end.as_object_mut(), simulated.end) {
        end.extend(state);
    }
    if let Some(path) = &args.end_state {
        let text = serde_json::to_string_pretty(&end).map_err(|e| Error::input("--final", e.to_string(), ""))?;
        write_file(path, text.as_bytes())?;
    }
    if json {
        let samples = args.out.is_none().then(|| rows(&columns));
        output::json(&json!({ "releases": columns_len(&columns), "dopamine": samples, "final": end }))?;
    }
    Ok(())
}

fn shown(parameter: &accumbens_core::Parameter, value: f64) -> serde_json::Value {
    use accumbens_core::Domain;
    match parameter.domain {
        _ if value.is_nan() => serde_json::Value::Null,
        Domain::Choice(_) => parameter.show(value).into(),
        Domain::Flag => (value == 1.0).into(),
        _ => value.into(),
    }
}

fn columns_len(columns: &[Column]) -> usize {
    match columns.first().map(|c| &c.values) {
        Some(table::Values::Real(v)) => v.len(),
        _ => 0,
    }
}

fn rows(columns: &[Column]) -> Vec<serde_json::Value> {
    let cell = |c: &Column, i: usize| match &c.values {
        table::Values::Real(v) => json!(v[i]),
        table::Values::Whole(v) => json!(v[i]),
        table::Values::Text(v) => json!(v[i]),
    };
    let row = |i| columns.iter().map(|c| (c.name.clone(), cell(c, i))).collect::<serde_json::Map<_, _>>();
    (0..columns_len(columns)).map(|i| row(i).into()).collect()
}
