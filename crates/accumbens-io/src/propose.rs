//! Looks through a folder of sessions and proposes a study: every guess is written down as one.

use crate::folder;
use crate::formats::{self, FORMATS};
use crate::roles::{self, ChannelRole};
use accumbens_core::format::Hints;
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

/// What the sessions hold together.
#[derive(Default)]
struct Found {
    subjects: BTreeMap<String, Vec<(Vec<Piece>, String, bool)>>,
    counts: BTreeMap<String, (usize, f64)>,
    /// Each channel: how many sessions have it, its unit, and what it could be.
    channels: BTreeMap<String, (usize, String, roles::Proposed)>,
    /// The signal and the reference that each session proposes, with how often.
    pairs: BTreeMap<(String, Option<String>), usize>,
    formats: Vec<String>,
    notes: Vec<String>,
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

/// Formats of which every file is a session of its own.
const WHOLE: [&str; 4] =
    ["NWB (.nwb)", "pyPhotometry (.ppd)", "Doric (.doric)", "TDT (a block: .tsq with .tev or .sev)"];
/// Formats of which several files in a folder are several sessions, unless files of events lie beside them.
const LIGHT: [&str; 2] = ["Neurophotometrics (CSV, Parquet)", "Doric (CSV)"];

/// The sessions under a folder: files and folders.
fn walk(folder: &Path, depth: usize, found: &mut Vec<PathBuf>) -> Result<()> {
    if formats::recognise(folder).is_some() {
        found.push(folder.to_owned());
        return Ok(());
    }
    // What accumbens itself wrote is no recording.
    if folder.join("results.json").is_file() {
        return Ok(());
    }
    let files = folder::files(folder);
    let format = |p: &PathBuf| formats::recognise(p).map_or("", |f| f.name());
    let whole: Vec<&PathBuf> = files.iter().filter(|p| WHOLE.contains(&format(p))).collect();
    let light = files.iter().all(|p| LIGHT.contains(&format(p)));
    if !whole.is_empty() {
        found.extend(whole.into_iter().cloned());
    } else if light {
        found.extend(files);
    } else if !files.is_empty() {
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

/// Proposes a study of the sessions under `folder`: recordings of any format, or folders with the files of one session.
/// The subject is the one a recording names, else the folder above. Sessions are named relative to `folder`, or under
/// `prefix` where there is one.
///
/// # Errors
/// Where there is no session, or one cannot be read.
pub fn propose(folder: &Path, prefix: Option<&Path>) -> Result<Proposal> {
    let mut sessions = Vec::new();
    walk(folder, 4, &mut sessions)?;
    if sessions.is_empty() {
        let names = FORMATS.iter().map(|f| f.name()).collect::<Vec<_>>().join("; ");
        return Err(Error::input(folder.display().to_string(), "no session in it", names));
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
    let source = formats::open(session, &Hints::default())?;
    let held = source.holdings();
    let above = relative.parent().filter(|p| !p.as_os_str().is_empty());
    let above = above.map(|p| p.to_string_lossy().replace('\\', "/"));
    let subject = held.subject.clone().or(above).unwrap_or_else(|| "subject".into());
    for series in &held.events {
        let count = found.counts.entry(series.name.clone()).or_default();
        count.0 += series.times.len();
        count.1 += series.magnitudes.iter().filter(|m| m.is_finite()).map(|m| m.abs()).sum::<f64>();
    }
    for (stream, role) in held.streams.iter().zip(roles::roles(held)) {
        found.channels.entry(stream.name.clone()).or_insert((0, stream.unit.clone(), role)).0 += 1;
    }
    let named = |i: usize| held.streams[i].name.clone();
    if let (Some(signal), reference) = roles::pair(held) {
        *found.pairs.entry((named(signal), reference.map(named))).or_default() += 1;
    }
    if !found.formats.contains(&held.format) {
        found.formats.push(held.format.clone());
    }
    found.notes.extend(held.notes.iter().map(|n| format!("{name}: {n}")));
    let last = name.rsplit('/').next().unwrap_or(&name).to_owned();
    found.subjects.entry(subject).or_default().push((order(&last), name, !held.streams.is_empty()));
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

/// The signal, its reference, and how it is cleaned.
fn signal(found: &Found, text: &mut String, guesses: &mut Vec<String>) {
    let usual = found.pairs.iter().max_by_key(|(_, n)| **n).map(|(pair, _)| pair.clone());
    let (channel, reference) = usual.unwrap_or_else(|| ("dff".into(), None));
    let unit = found.channels.get(&channel).map(|c| c.1.clone()).unwrap_or_default();
    let why = found.channels.get(&channel).map_or("", |c| c.2.why.as_str());
    guesses.push(format!("the signal is {channel:?} ({why}); the sensor is unknown"));
    let _ = writeln!(text, "[signal]\nchannel = {channel:?}  # GUESS, {why}");
    for (name, (_, unit, role)) in found.channels.iter().filter(|(n, _)| **n != channel) {
        let _ = writeln!(text, "#   also there: {name:?} ({unit}): {}, {}", role.role.word(), role.why);
    }
    if let Some(reference) = &reference {
        let why = found.channels.get(reference).map_or("", |c| c.2.why.as_str());
        guesses.push(format!("its reference is {reference:?} ({why})"));
        let _ = writeln!(text, "reference = {reference:?}  # GUESS, {why}");
    }
    let processed = found.channels.get(&channel).is_none_or(|c| c.2.role == ChannelRole::Processed);
    if unit.is_empty() {
        let unit = if processed { "% dF/F" } else { "a.u." };
        let _ = writeln!(text, "unit = {unit:?}  # GUESS: the files do not say it");
    }
    text.push_str("# sensor = \"dLight1.3b\"  # name it if you know it: see `accumbens inspect`\n\n");
    if processed {
        return;
    }
    guesses.push(
        "the signal is raw: it is cleaned by a low-pass, bleaching, the reference where there is one, and ΔF/F".into(),
    );
    text.push_str(
        "# How the signal is cleaned, step by step; every parameter is explained by `accumbens clean --help`.\n\
         [[clean]]  # GUESS\nstep = \"low_pass\"\ncutoff = 10.0  # Hz\n\n\
         [[clean]]  # GUESS\nstep = \"bleaching\"\nmethod = \"exponential\"\nterms = 2\n\n",
    );
    if reference.is_some() {
        text.push_str("[[clean]]  # GUESS\nstep = \"reference\"\nmethod = \"robust\"\nnon_negative = true\n\n");
    }
    text.push_str("[[clean]]  # GUESS\nstep = \"dff\"\nover = \"bleaching\"\n\n");
}

fn write(folder: &Path, found: Found) -> Proposal {
    let mut guesses = Vec::new();
    let mut text = String::from(
        "# Proposed by `accumbens init` from the files below it. Lines marked GUESS were not in the files: check them,\n# \
         then run `accumbens inspect study.toml`.\n\n",
    );
    let folder = &std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    let title = folder.file_name().map_or_else(|| "study".into(), |n| n.to_string_lossy().into_owned());
    let _ = writeln!(text, "title = {title:?}\nsession_gap = 0.0  # s of silence between sessions; GUESS\n");
    signal(&found, &mut text, &mut guesses);
    let mut roles: Vec<(&String, &'static str, bool, usize)> = found
        .counts
        .iter()
        .map(|(name, counts)| {
            let (role, named) = role(name, *counts);
            (name, role, named, counts.0)
        })
        .collect();
    // Where no name says what anything is, the first event is scored, and so it must be something.
    if roles.iter().all(|r| !matches!(r.1, "cue" | "outcome"))
        && let Some(first) = roles.iter_mut().find(|r| !r.2)
    {
        first.1 = "cue";
    }
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
            "{subject}: {} sessions, {without} without a signal, in the order of the last number in their names",
            names.len()
        ));
        let list = names.iter().map(|n| format!("  {n:?},\n")).collect::<String>();
        let _ = writeln!(text, "[[subject]]\nname = {subject:?}\nsessions = [  # in this order: GUESS\n{list}]\n");
    }
    guesses.extend(found.notes);
    Proposal { text, guesses }
}
