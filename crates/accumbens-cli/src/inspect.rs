//! `accumbens inspect`: what a recording holds, or what a study will analyse and what is wrong with it.

use crate::convert::Said;
use crate::{compare, file, output};
use accumbens::fit::Cohort;
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

/// A gap in a clock is called one when it is longer than this many samples.
const GAP: f64 = 5.0;

fn problems(study: &Study) -> Vec<String> {
    let mut problems = Vec::new();
    let kinds = study.subjects.first().and_then(|s| s.sessions.first()).map(|s| s.recording.events.kinds().to_vec());
    let all = || study.subjects.iter().flat_map(|s| s.sessions.iter().map(move |x| (s, x)));
    for (i, kind) in kinds.unwrap_or_default().iter().enumerate() {
        let happens = |log: &accumbens_core::EventLog| log.events().iter().any(|e| e.kind.index() == i);
        if !all().any(|(_, s)| happens(&s.recording.events)) {
            problems.push(format!("event {:?} is declared and never happens", kind.name));
        }
    }
    for (subject, session) in all() {
        let place = format!("{}/{}", subject.name, session.name);
        let recording = &session.recording;
        if recording.times.is_empty() && session.windows.is_none() {
            continue;
        }
        if let Some(interval) = recording.interval() {
            let gaps = recording.times.windows(2).filter(|w| w[1] - w[0] > GAP * interval).count();
            if gaps > 0 {
                problems.push(format!("{place}: {gaps} gaps of more than {GAP} samples in the clock"));
            }
        }
        for channel in &recording.channels {
            let missing = channel.data.iter().filter(|x| !x.is_finite()).count();
            if missing > 0 {
                problems.push(format!(
                    "{place}: {missing} of {} samples of {:?} are missing",
                    channel.data.len(),
                    channel.name
                ));
            }
        }
        let last = recording.times.last().copied().unwrap_or(f64::INFINITY);
        let late = recording.events.events().iter().filter(|e| e.time > last + 1.0).count();
        if late > 0 {
            problems.push(format!("{place}: {late} events more than 1 s after the last sample"));
        }
    }
    problems
}

/// How often a subject took each option of a declared choice.
fn taken(member: &accumbens::fit::Member, between: usize, options: usize) -> Vec<usize> {
    let chosen = member.choosing.chosen.iter().filter(|c| c.between == between);
    let mut counts = vec![0; options];
    chosen.for_each(|c| counts[c.taken] += 1);
    counts
}

/// What is odd about the choices that the study declares.
fn unchosen(study: &Study, members: &[accumbens::fit::Member]) -> Vec<String> {
    let mut odd = Vec::new();
    for (number, between) in study.choices.iter().enumerate() {
        for member in members {
            let counts = taken(member, number, between.options.len());
            let never = between.options.iter().zip(&counts).filter(|(_, n)| **n == 0);
            let never: Vec<&str> = never.map(|(name, _)| name.as_str()).collect();
            if !never.is_empty() {
                odd.push(format!("{}: never took {}", member.name, never.join(", ")));
            }
        }
    }
    odd
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
    let mut problems = problems(&study);
    let cohort = Cohort::new(&study);
    if let Err(error) = &cohort {
        problems.push(error.to_string());
    }
    let members = cohort.as_ref().map(|c| c.members.as_slice()).unwrap_or_default();
    if let Ok(cohort) = &cohort
        && !cohort.without.is_empty()
    {
        problems.push(format!("without responses, so left out: {}", cohort.without.join(", ")));
    }
    problems.extend(unchosen(&study, members));
    if json {
        let subject = |m: &accumbens::fit::Member| {
            let sessions: Vec<_> =
                m.session_names.iter().zip(&m.tallies).map(|(n, t)| json!({ "session": n, "events": t })).collect();
            let choices = study.choices.iter().enumerate().map(|(i, c)| taken(m, i, c.options.len()));
            let choices: Vec<_> = choices.collect();
            json!({ "subject": m.name, "responses": m.scored.len(), "overlap": m.overlap, "taken": choices, "sessions": sessions })
        };
        return output::json(&json!({
            "title": study.title, "channel": study.channel, "unit": study.unit, "sensor": study.sensor,
            "score": study.scoring, "choices": study.choices, "subjects": members.iter().map(subject).collect::<Vec<_>>(), "problems": problems,
        }));
    }
    print(&study, members, &problems)
}

fn print(study: &Study, members: &[accumbens::fit::Member], problems: &[String]) -> Result<()> {
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
        let one = |m: &accumbens::fit::Member| {
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
    if problems.is_empty() {
        return output::line("nothing wrong was found");
    }
    output::line("to look at:")?;
    problems.iter().try_for_each(|p| output::line(&format!("- {p}")))
}
