//! `accumbens inspect`: what a recording holds, or what a study will analyse and what is wrong with it.

use crate::convert::Said;
use crate::{compare, file, output};
use accumbens::concerns::{Concern, concerns, taken};
use accumbens::fit::{Cohort, Member};
use accumbens_core::study::Study;
use accumbens_core::{Result, sensors};
use accumbens_io::formats;
use accumbens_io::study::schema;
use serde_json::json;
use std::path::PathBuf;

/// What is inspected.
#[derive(clap::Args)]
pub struct Args {
    /// A study file (`.toml`), or a recording: a file of any format, a TDT block, a folder with a session's files.
    #[arg(required_unless_present = "schema")]
    path: Option<PathBuf>,
    #[command(flatten)]
    said: Said,
    /// Print the JSON Schema of study files.
    #[arg(long)]
    schema: bool,
}

pub fn run(args: &Args, json: bool) -> Result<()> {
    let Some(path) = args.path.as_ref().filter(|_| !args.schema) else {
        return output::json(&schema());
    };
    if path.extension().is_none_or(|e| e != "toml") {
        let source = formats::open(path, &args.said.hints())?;
        return file::print(source.as_ref(), json);
    }
    let study = compare::load(path)?;
    let cohort = Cohort::new(&study);
    let mut concerns = concerns(&study, cohort.as_ref().ok());
    if let Err(error) = &cohort {
        concerns.push(Concern::new("comparison", error.to_string()));
    }
    let members = cohort.as_ref().map(|c| c.members.as_slice()).unwrap_or_default();
    if json {
        let subject = |m: &Member| {
            let sessions: Vec<_> =
                m.session_names.iter().zip(&m.tallies).map(|(n, t)| json!({ "session": n, "events": t })).collect();
            let choices = study.choices.iter().enumerate().map(|(i, c)| taken(m, i, c.options.len()));
            let choices: Vec<_> = choices.collect();
            json!({ "subject": m.name, "responses": m.scored.len(), "overlap": m.overlap, "taken": choices, "sessions": sessions })
        };
        return output::json(&json!({
            "title": study.title, "channel": study.channel, "unit": study.unit, "sensor": study.sensor,
            "score": study.scoring, "choices": study.choices, "subjects": members.iter().map(subject).collect::<Vec<_>>(), "concerns": concerns,
        }));
    }
    print(&study, members, &concerns)
}

fn print(study: &Study, members: &[Member], concerns: &[Concern]) -> Result<()> {
    output::line(&format!("{}\nsignal: {} ({})", study.title, study.channel, study.unit))?;
    match &study.sensor {
        Some(s) => {
            let doubt = if s.unverified.is_empty() { String::new() } else { format!("; unverified: {}", s.unverified) };
            output::line(&format!("sensor: {}, rise {} s, decay {} s{doubt}", s.name, s.rise, s.decay))?;
        }
        None => {
            let names = sensors::all()?.into_iter().map(|s| s.name).collect::<Vec<_>>().join(", ");
            output::line(&format!("sensor: not named (the catalogue has {names})"))?;
        }
    }
    for s in &study.scoring.0 {
        let aligned = s.align.as_ref().map_or("the event".into(), |a| format!("the first {:?} after it", a.first));
        let baseline = s.baseline.map_or("nothing".into(), |b| format!("[{}, {}] s", b[0], b[1]));
        output::line(&format!(
            "response to {} ({}): {:?} over [{}, {}] s less {baseline} around {aligned}; events closer than {} s left out; \
             at least {:.0} % of a window's samples",
            s.events.join(", "),
            s.unit(&study.unit),
            s.statistic,
            s.response[0],
            s.response[1],
            s.min_interval,
            100.0 * s.coverage
        ))?;
    }
    for member in members.iter().filter(|m| m.overlap.tails > 0) {
        output::line(&format!(
            "{}: {} of {} responses have a window on the tail of another response (`accumbens describe` says what that makes)",
            member.name,
            member.overlap.tails,
            member.scored.len()
        ))?;
    }
    for (number, between) in study.choices.iter().enumerate() {
        let after = between.after.as_ref().map_or_else(String::new, |a| format!(", after {a}"));
        let one = |m: &Member| {
            let counts: Vec<String> = taken(m, number, between.options.len()).iter().map(ToString::to_string).collect();
            format!("{} {}", m.name, counts.join("/"))
        };
        let counts: Vec<String> = members.iter().map(one).collect();
        output::line(&format!("choices between {}{after}: {}", between.options.join(", "), counts.join(", ")))?;
    }
    let header = [
        "subject",
        "session",
        "length (s)",
        "signal",
        "scored",
        "too soon",
        "unaligned",
        "no signal",
        "samples missing",
    ];
    let mut table = output::table(&header);
    for member in members {
        let Some(subject) = study.subjects.iter().find(|s| s.name == member.name) else { continue };
        for (session, tally) in subject.sessions.iter().zip(&member.tallies) {
            let recording = &session.recording;
            let signal = match (&session.windows, recording.interval()) {
                (Some(w), _) => format!("{} trials", w.rows.len()),
                (None, Some(dt)) => format!("{:.1} Hz", 1.0 / dt),
                (None, None) => "none: lived through".into(),
            };
            table.add_row([
                member.name.clone(),
                session.name.clone(),
                format!("{:.0}", recording.duration),
                signal,
                tally.scored.to_string(),
                tally.too_soon.to_string(),
                tally.unaligned.to_string(),
                tally.no_signal.to_string(),
                tally.uncovered.to_string(),
            ]);
        }
    }
    output::line(&table.to_string())?;
    if concerns.is_empty() {
        return output::line("nothing wrong was found");
    }
    output::concerns(concerns)
}
