//! `accumbens inspect`: what a recording holds, or what a study will analyse and what is wrong with it.

use crate::convert::Said;
use crate::{compare, file, output};
use accumbens::concerns::{Concern, concerns, taken};
use accumbens::fit::response::{Tally, tally};
use accumbens::fit::{Cohort, Member};
use accumbens_core::study::{Session, Study};
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
    let counts = counts(&study)?;
    if json {
        return as_json(&study, members, &counts, &concerns);
    }
    print(&study, members, &counts, &concerns)
}

/// What became of the scored events of one kind in one session.
struct Count<'a> {
    subject: &'a str,
    session: &'a Session,
    event: &'a str,
    tally: Tally,
}

/// What became of the scored events of each session and kind, of subjects that are left out too.
fn counts(study: &Study) -> Result<Vec<Count<'_>>> {
    let sessions = study.subjects.iter().flat_map(|s| s.sessions.iter().map(|x| (s.name.as_str(), x)));
    let kinds = sessions.flat_map(|(s, x)| study.scoring.events().map(move |event| (s, x, event)));
    let one = |(subject, session, event)| {
        Ok(Count { subject, session, event, tally: tally(session, &study.channel, &study.scoring, event)? })
    };
    kinds.map(one).collect()
}

fn as_json(study: &Study, members: &[Member], counts: &[Count<'_>], concerns: &[Concern]) -> Result<()> {
    let session = |subject: &str, session: &Session| {
        let own = counts.iter().filter(|c| c.subject == subject && c.session.name == session.name);
        let kinds: serde_json::Map<String, serde_json::Value> =
            own.map(|c| (c.event.to_owned(), json!(c.tally))).collect();
        json!({ "session": session.name, "events": kinds })
    };
    let subject = |s: &accumbens_core::study::Subject| {
        let member = members.iter().find(|m| m.name == s.name);
        let taken = |m: &Member| -> Vec<_> {
            study.choices.iter().enumerate().map(|(i, c)| taken(m, i, c.options.len())).collect()
        };
        let scored: usize = counts.iter().filter(|c| c.subject == s.name).map(|c| c.tally.scored).sum();
        let sessions: Vec<_> = s.sessions.iter().map(|x| session(&s.name, x)).collect();
        json!({
            "subject": s.name, "responses": scored, "left_out": member.is_none(), "overlap": member.map(|m| &m.overlap),
            "taken": member.map(taken).unwrap_or_default(), "sessions": sessions,
        })
    };
    output::json(&json!({
        "title": study.title, "channel": study.channel, "unit": study.unit, "sensor": study.sensor,
        "score": study.scoring, "choices": study.choices, "subjects": study.subjects.iter().map(subject).collect::<Vec<_>>(),
        "concerns": concerns,
    }))
}

fn print(study: &Study, members: &[Member], counts: &[Count<'_>], concerns: &[Concern]) -> Result<()> {
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
    rules(study)?;
    let several = if study.scoring.events().count() > 1 { " to all kinds of event" } else { "" };
    for member in members.iter().filter(|m| m.overlap.tails > 0) {
        output::line(&format!(
            "{}: {} of {} responses{several} have a window on the tail of another response (`accumbens describe` says what \
             that makes)",
            member.name,
            member.overlap.tails,
            member.scored.len()
        ))?;
    }
    choices(study, members)?;
    table(counts)?;
    if concerns.is_empty() {
        return output::line("nothing wrong was found");
    }
    output::concerns(concerns)
}

/// How each kind of event is scored, a line a rule.
fn rules(study: &Study) -> Result<()> {
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
    Ok(())
}

/// How often each animal took what the study says it chose between.
fn choices(study: &Study, members: &[Member]) -> Result<()> {
    for (number, between) in study.choices.iter().enumerate() {
        let after = between.after.as_ref().map_or_else(String::new, |a| format!(", after {a}"));
        let one = |m: &Member| {
            let counts: Vec<String> = taken(m, number, between.options.len()).iter().map(ToString::to_string).collect();
            format!("{} {}", m.name, counts.join("/"))
        };
        let counts: Vec<String> = members.iter().map(one).collect();
        output::line(&format!("choices between {}{after}: {}", between.options.join(", "), counts.join(", ")))?;
    }
    Ok(())
}

/// One row a subject, session and scored kind.
fn table(counts: &[Count<'_>]) -> Result<()> {
    let header = [
        "subject",
        "session",
        "length (s)",
        "signal",
        "event",
        "scored",
        "too soon",
        "unaligned",
        "no signal",
        "samples missing",
    ];
    let mut table = output::table(&header);
    for Count { subject, session, event, tally } in counts {
        let recording = &session.recording;
        let signal = match (&session.windows, recording.interval()) {
            (Some(w), _) => format!("{} trials", w.rows.len()),
            (None, Some(dt)) => format!("{:.1} Hz", 1.0 / dt),
            (None, None) => "none: lived through".into(),
        };
        table.add_row([
            (*subject).to_owned(),
            session.name.clone(),
            format!("{:.0}", recording.duration),
            signal,
            (*event).to_owned(),
            tally.scored.to_string(),
            tally.too_soon.to_string(),
            tally.unaligned.to_string(),
            tally.no_signal.to_string(),
            tally.uncovered.to_string(),
        ]);
    }
    output::line(&table.to_string())
}
