//! Looks through a folder of sessions and proposes a study: every guess is written down as one.

use crate::events_csv;
use crate::formats::read_trace;
use crate::study::trace_in;
use accumbens_core::{Error, Result};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// A proposed study: the text of `study.toml`, and what was guessed.
#[derive(Clone, Debug)]
pub struct Proposal {
    /// The file's text.
    pub text: String,
    /// Each guess, in words.
    pub guesses: Vec<String>,
}

#[derive(Default)]
struct Found {
    subjects: BTreeMap<String, Vec<(Vec<Piece>, String, bool)>>,
    counts: BTreeMap<String, (usize, f64)>,
    channels: BTreeMap<String, usize>,
    clocks: BTreeMap<String, usize>,
}

/// A part of a name: digits compare as numbers, so that `day2` stands before `day10`.
#[derive(PartialEq, Eq, PartialOrd, Ord, Clone)]
enum Piece {
    Number(u64),
    Word(String),
}

fn pieces(name: &str) -> Vec<Piece> {
    let digits = |c: &char| c.is_ascii_digit();
    let chars: Vec<char> = name.chars().collect();
    let runs = chars.chunk_by(|a, b| digits(a) == digits(b));
    runs.map(|run| {
        let text: String = run.iter().collect();
        text.parse().map_or(Piece::Word(text), Piece::Number)
    })
    .collect()
}

/// What sorts sessions of one subject: the last number in the name (a day or a date), then the name.
fn order(name: &str) -> Vec<Piece> {
    let parts = pieces(name);
    let last = parts.iter().rev().find(|p| matches!(p, Piece::Number(_))).cloned();
    last.into_iter().chain(parts).collect()
}

fn walk(folder: &Path, depth: usize, found: &mut Vec<PathBuf>) -> Result<()> {
    if folder.join("events.csv").is_file() {
        found.push(folder.to_owned());
        return Ok(());
    }
    if depth == 0 {
        return Ok(());
    }
    let entries = std::fs::read_dir(folder).map_err(|e| Error::file(folder, e))?;
    let mut folders: Vec<PathBuf> = entries.filter_map(|e| e.ok().map(|e| e.path())).filter(|p| p.is_dir()).collect();
    folders.sort();
    folders.iter().try_for_each(|f| walk(f, depth - 1, found))
}

/// Proposes a study of the sessions under `folder`: folders that hold `events.csv`, the folder above each its subject.
/// Sessions are named relative to `folder`, or under `prefix` where there is one.
///
/// # Errors
/// Where there is no session, or one cannot be read.
pub fn propose(folder: &Path, prefix: Option<&Path>) -> Result<Proposal> {
    let mut sessions = Vec::new();
    walk(folder, 4, &mut sessions)?;
    if sessions.is_empty() {
        return Err(Error::input(
            folder.display().to_string(),
            "no session in it",
            "folders that hold events.csv, and beside it trace.parquet or trace.csv",
        ));
    }
    let mut found = Found::default();
    for session in &sessions {
        look(folder, prefix, session, &mut found)?;
    }
    Ok(write(folder, found))
}

fn look(folder: &Path, prefix: Option<&Path>, session: &Path, found: &mut Found) -> Result<()> {
    let relative = session.strip_prefix(folder).unwrap_or(session);
    let name = prefix.map_or_else(|| relative.to_owned(), |p| p.join(relative));
    let name = name.to_string_lossy().replace('\\', "/");
    let subject = relative.parent().filter(|p| !p.as_os_str().is_empty());
    let subject = subject.map_or_else(|| "subject".into(), |p| p.to_string_lossy().replace('\\', "/"));
    for row in events_csv::read(&session.join("events.csv"))? {
        let count = found.counts.entry(row.event).or_default();
        count.0 += 1;
        count.1 += if row.magnitude.is_nan() { 0.0 } else { row.magnitude.abs() };
    }
    let trace = trace_in(session);
    if let Some(path) = &trace {
        for clock in ["time", "Time", "timestamps", "t", "time_s", "Time(s)"] {
            if let Ok(read) = read_trace(path, clock) {
                *found.clocks.entry(clock.into()).or_default() += 1;
                for channel in read.channels {
                    *found.channels.entry(channel.name).or_default() += 1;
                }
                break;
            }
        }
    }
    let last = name.rsplit('/').next().unwrap_or(&name).to_owned();
    found.subjects.entry(subject).or_default().push((order(&last), name, trace.is_some()));
    Ok(())
}

/// The role a name suggests, and whether anything in it suggests one.
fn role(name: &str, counts: (usize, f64)) -> (&'static str, bool) {
    let lower = name.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|w| lower.contains(w));
    if has(&["session_end", "end_of_session", "stop"]) {
        ("end", true)
    } else if has(&["code_", "ttl", "sync", "camera", "frame", "off"]) {
        ("ignore", true)
    } else if has(&["lick", "press", "poke", "nosepoke", "choice", "run"]) {
        ("action", true)
    } else if lower.starts_with("no_") || has(&["omission", "omit", "unrewarded"]) {
        ("ignore", true)
    } else if has(&["reward", "sucrose", "juice", "water", "drop", "pellet", "shock", "puff", "outcome", "food"]) {
        ("outcome", true)
    } else if has(&["cs", "cue", "tone", "odor", "odour", "light", "sound"]) {
        ("cue", true)
    } else {
        (if counts.1 > 0.0 { "outcome" } else { "ignore" }, false)
    }
}

fn write(folder: &Path, found: Found) -> Proposal {
    let mut guesses = Vec::new();
    let mut text = String::from(
        "# Proposed by `accumbens init` from the files below it. Lines marked GUESS were not in the files: check them,\n# \
         then run `accumbens inspect study.toml`.\n\n",
    );
    let title = folder.file_name().map_or_else(|| "study".into(), |n| n.to_string_lossy().into_owned());
    let _ = writeln!(text, "title = {title:?}\nsession_gap = 0.0  # s of silence between sessions; GUESS\n");
    let most = |m: &BTreeMap<String, usize>| m.iter().max_by_key(|(_, n)| **n).map(|(k, _)| k.clone());
    let dff = found.channels.keys().find(|k| k.to_lowercase().contains("df")).cloned();
    let channel = dff.or_else(|| most(&found.channels)).unwrap_or_else(|| "dff".into());
    let channels = found.channels.keys().cloned().collect::<Vec<_>>().join(", ");
    guesses.push(format!("the signal is {channel:?} (channels found: {channels}), in % dF/F; the sensor is unknown"));
    let _ = writeln!(text, "[signal]\nchannel = {channel:?}  # GUESS; channels found: {channels}");
    let _ =
        writeln!(text, "unit = \"% dF/F\"  # GUESS\ntime = {:?}", most(&found.clocks).unwrap_or_else(|| "time".into()));
    let _ = writeln!(text, "# sensor = \"dLight1.3b\"  # name it if you know it: see `accumbens inspect`\n");
    let roles: Vec<(&String, &'static str, bool, usize)> = found
        .counts
        .iter()
        .map(|(name, counts)| {
            let (role, named) = role(name, *counts);
            (name, role, named, counts.0)
        })
        .collect();
    let first = |wanted: &str| roles.iter().filter(|r| r.1 == wanted).max_by_key(|r| r.3).map(|r| r.0.clone());
    let scored = first("outcome")
        .or_else(|| first("cue"))
        .unwrap_or_else(|| found.counts.keys().next().cloned().unwrap_or_default());
    guesses.push(format!("responses to {scored:?} are scored: sum over [-0.5, 1] s less the sum over [-2, -0.5] s"));
    let _ = writeln!(text, "[score]\nevents = [{scored:?}]  # GUESS");
    if let Some(lick) = roles.iter().find(|r| r.1 == "action" && r.0.to_lowercase().contains("lick")).map(|r| r.0) {
        guesses.push(format!("responses are aligned to the first {lick:?} after {scored:?}"));
        let _ = writeln!(text, "align = {{ first = {lick:?} }}  # GUESS; remove it to align to the event itself");
    }
    text.push_str("response = [-0.5, 1.0]  # s; GUESS\nbaseline = [-2.0, -0.5]  # s; GUESS\nstatistic = \"sum\"\n");
    text.push_str("min_interval = 3.0  # s; events closer to the last than this are left out; GUESS\n\n");
    for wanted in ["cue", "outcome", "action", "end", "ignore"] {
        for (name, role, named, count) in roles.iter().filter(|r| r.1 == wanted) {
            let why = if *named { "from its name" } else { "nothing in its name says what it is" };
            guesses.push(format!("{name:?} ({count} times) is {role}: {why}"));
            let _ = writeln!(text, "[[event]]\nname = {name:?}  # {count} times\nrole = {role:?}  # GUESS, {why}\n");
        }
    }
    for (subject, mut sessions) in found.subjects {
        sessions.sort_by(|a, b| a.0.cmp(&b.0));
        let without = sessions.iter().filter(|s| !s.2).count();
        let names: Vec<&str> = sessions.iter().map(|s| s.1.as_str()).collect();
        guesses.push(format!(
            "{subject}: {} sessions, {without} without a trace, in the order of the last number in their names",
            names.len()
        ));
        let list = names.iter().map(|n| format!("  {n:?},\n")).collect::<String>();
        let _ = writeln!(text, "[[subject]]\nname = {subject:?}\nsessions = [  # in this order: GUESS\n{list}]\n");
    }
    Proposal { text, guesses }
}
