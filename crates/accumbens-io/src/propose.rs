//! Looks through a folder of sessions and proposes a study: every guess is written down as one.

use crate::folder;
use crate::formats::{self, FORMATS};
use crate::guess;
use crate::natural::{Piece, order};
use crate::roles::{self, ChannelRole};
use accumbens_core::format::Hints;
use accumbens_core::study::Sensor;
use accumbens_core::{Error, Result, sensors};
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
    subjects: BTreeMap<String, Vec<Seen>>,
    /// Each event: how often it happens, and the sum of how much it was.
    counts: BTreeMap<String, (usize, f64)>,
    channels: BTreeMap<String, Channel>,
    /// The signal and the reference that each session proposes, with how often.
    pairs: BTreeMap<(String, Option<String>), usize>,
    notes: Vec<String>,
}

/// A session.
struct Seen {
    order: Vec<Piece>,
    name: String,
    channels: Vec<String>,
    events: usize,
}

/// A channel of some sessions.
struct Channel {
    sessions: usize,
    unit: String,
    could_be: roles::Proposed,
    /// Sensors of the catalogue that the files or their names name, each with where they do.
    sensors: BTreeMap<String, String>,
}

/// A kind of event.
struct Kind {
    name: String,
    count: usize,
    guess: guess::Event,
}

impl Kind {
    fn is(&self, role: &str) -> bool {
        self.guess.role == role
    }

    fn why(&self) -> &str {
        self.guess.why.as_deref().unwrap_or("nothing in its name says what it is: say it, or ignore it")
    }
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
/// Where there is no session, no event that could be scored, or a session cannot be read.
pub fn propose(folder: &Path, prefix: Option<&Path>) -> Result<Proposal> {
    let mut sessions = Vec::new();
    walk(folder, 4, &mut sessions)?;
    if sessions.is_empty() {
        let names = FORMATS.iter().map(|f| f.name()).collect::<Vec<_>>().join("; ");
        return Err(Error::input(folder.display().to_string(), "no session in it", names));
    }
    let (mut found, catalogue) = (Found::default(), sensors::all()?);
    for session in &sessions {
        look(folder, prefix, session, &catalogue, &mut found)?;
    }
    write(folder, found)
}

fn look(folder: &Path, prefix: Option<&Path>, session: &Path, catalogue: &[Sensor], found: &mut Found) -> Result<()> {
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
    for (stream, could_be) in held.streams.iter().zip(roles::roles(held)) {
        let unit = stream.unit.clone();
        let new = Channel { sessions: 0, unit, could_be, sensors: BTreeMap::new() };
        let channel = found.channels.entry(stream.name.clone()).or_insert(new);
        channel.sessions += 1;
        let called =
            || Some((guess::named(&stream.name, catalogue)?, format!("its channel is called {:?}", stream.name)));
        let placed = || guess::by_place(folder, session, catalogue);
        channel.sensors.extend(guess::sensor(stream, catalogue).or_else(called).or_else(placed));
    }
    let named = |i: usize| held.streams[i].name.clone();
    if let (Some(signal), reference) = roles::pair(held) {
        *found.pairs.entry((named(signal), reference.map(named))).or_default() += 1;
    }
    found.notes.extend(held.notes.iter().map(|n| format!("{name}: {n}")));
    let order = order(name.rsplit('/').next().unwrap_or(&name));
    let channels = held.streams.iter().map(|s| s.name.clone()).collect();
    let events = held.events.iter().map(|e| e.times.len()).sum();
    found.subjects.entry(subject).or_default().push(Seen { order, name, channels, events });
    Ok(())
}

/// The signal and its reference: the pair that most sessions propose, else the channel that most have.
fn pair(found: &Found) -> Option<(String, Option<String>)> {
    let usual = found.pairs.iter().max_by_key(|(_, n)| **n).map(|(pair, _)| pair.clone());
    let held = found.channels.iter().max_by_key(|(_, c)| c.sessions);
    usual.or_else(|| held.map(|(name, _)| (name.clone(), None)))
}

/// The signal, its reference, and how it is cleaned; returns the names of the channels that are wanted.
fn signal(found: &Found, text: &mut String, guesses: &mut Vec<String>) -> Vec<String> {
    let Some((channel, reference)) = pair(found) else {
        guesses
            .push("no session holds a channel: the signal must be added to the sessions, or nothing is scored".into());
        text.push_str(
            "[signal]\nchannel = \"dff\"  # GUESS: no session holds a channel yet\nunit = \"% dF/F\"  # GUESS\n\n",
        );
        return Vec::new();
    };
    let Channel { unit, could_be, .. } = &found.channels[&channel];
    let why = &could_be.why;
    guesses.push(format!("the signal is {channel:?} ({why})"));
    let _ = writeln!(text, "[signal]\nchannel = {}  # GUESS, {why}", quoted(&channel));
    for (name, Channel { unit, could_be, .. }) in found.channels.iter().filter(|(n, _)| **n != channel) {
        let _ = writeln!(text, "#   also there: {name:?} ({unit}): {}, {}", could_be.role.word(), could_be.why);
    }
    if let Some(reference) = &reference {
        let why = found.channels.get(reference).map_or("", |c| c.could_be.why.as_str());
        guesses.push(format!("its reference is {reference:?} ({why})"));
        let _ = writeln!(text, "reference = {}  # GUESS, {why}", quoted(reference));
    }
    let processed = could_be.role == ChannelRole::Processed;
    if unit.is_empty() {
        let unit = if processed { "% dF/F" } else { "a.u." };
        let _ = writeln!(text, "unit = {unit:?}  # GUESS: the files do not say it");
    }
    sensor(found, &channel, text, guesses);
    if !processed {
        cleaning(reference.is_some(), text, guesses);
    }
    std::iter::once(channel).chain(reference).collect()
}

/// The sensor that the files name for the channel, or for all channels alike.
fn sensor(found: &Found, channel: &str, text: &mut String, guesses: &mut Vec<String>) {
    let mut named = found.channels[channel].sensors.clone();
    if named.is_empty() {
        found.channels.values().for_each(|c| named.extend(c.sensors.clone()));
    }
    let mut each = named.iter();
    match (each.next(), each.next()) {
        (Some((sensor, said)), None) => {
            guesses.push(format!("the sensor is {sensor}: {said}"));
            let _ = writeln!(text, "sensor = {sensor:?}  # GUESS, {}\n", said.replace(char::is_control, " "));
        }
        (Some(_), Some(_)) => {
            let names = named.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
            guesses.push(format!("the sensor is not guessed: the files name {names}"));
            let _ = writeln!(text, "# sensor: the files name {names}; name the one of this channel\n");
        }
        (None, _) => {
            guesses
                .push("the sensor is unknown: neither what the files say nor a name has one of the catalogue".into());
            text.push_str("# sensor = \"dLight1.3b\"  # name it if you know it: see `accumbens inspect`\n\n");
        }
    }
}

fn cleaning(reference: bool, text: &mut String, guesses: &mut Vec<String>) {
    guesses.push(
        "the signal is raw: it is cleaned by a low-pass, bleaching, the reference where there is one, and ΔF/F".into(),
    );
    text.push_str(
        "# How the signal is cleaned, step by step; every parameter is explained by `accumbens clean --help`.\n\
         [[clean]]  # GUESS\nstep = \"low_pass\"\ncutoff = 10.0  # Hz\n\n\
         [[clean]]  # GUESS\nstep = \"bleaching\"\nmethod = \"exponential\"\nterms = 2\n\n",
    );
    if reference {
        text.push_str("[[clean]]  # GUESS\nstep = \"reference\"\nmethod = \"robust\"\nnon_negative = true\n\n");
    }
    text.push_str("[[clean]]  # GUESS\nstep = \"dff\"\nover = \"bleaching\"\n\n");
}

/// What each event could be. Where nothing could be scored, the most frequent event of no known use is taken for a cue.
fn kinds(folder: &Path, found: &Found) -> Result<Vec<Kind>> {
    let kind = |(name, (count, magnitudes)): (&String, &(usize, f64))| Kind {
        name: name.clone(),
        count: *count,
        guess: guess::event(name, *magnitudes),
    };
    let mut kinds: Vec<Kind> = found.counts.iter().map(kind).collect();
    let place = || folder.display().to_string();
    if kinds.is_empty() {
        let accepted = "events.csv (time,event,magnitude) beside each trace, or recordings that hold events";
        return Err(Error::input(place(), "no event in any session", accepted));
    }
    if kinds.iter().any(|k| k.is("cue") || k.is("outcome")) {
        return Ok(kinds);
    }
    let open = |k: &&mut Kind| k.is("ignore") && (k.guess.why.is_none() || guess::is_line(&k.name));
    let unknown = kinds.iter_mut().filter(open).max_by_key(|k| (k.guess.why.is_none(), k.count));
    let Some(unknown) = unknown else {
        let names = kinds.iter().map(|k| k.name.as_str()).collect::<Vec<_>>().join(", ");
        let problem = format!("no event that could be a cue or an outcome among {names}");
        return Err(Error::input(place(), problem, "sessions that hold cues or outcomes too"));
    };
    unknown.guess = guess::Event { role: "cue", value: None, why: Some("nothing else could be scored".into()) };
    Ok(kinds)
}

/// How responses are scored: outcomes, and beside them the cues that announce them.
fn score(kinds: &[Kind], text: &mut String, guesses: &mut Vec<String>) {
    // Of as many the first.
    let most = |wanted: &dyn Fn(&&Kind) -> bool| kinds.iter().rev().filter(wanted).max_by_key(|k| k.count);
    let outcome = most(&|k| k.is("outcome") && k.guess.value.is_none()).or_else(|| most(&|k| k.is("outcome")));
    let cues: Vec<&Kind> = match outcome {
        Some(_) => kinds.iter().filter(|k| k.is("cue") && k.guess.why.is_some() && guess::is_paired(&k.name)).collect(),
        None => most(&|k| k.is("cue")).into_iter().collect(),
    };
    let lick = most(&|k| k.is("action") && k.name.to_lowercase().contains("lick")).map(|k| &k.name);
    let names = |of: &[&Kind]| of.iter().map(|k| quoted(&k.name)).collect::<Vec<_>>().join(", ");
    if let Some(outcome) = outcome {
        let name = names(&[outcome]);
        let _ = writeln!(text, "[[score]]\nevents = [{name}]  # GUESS");
        let around = lick.map_or_else(String::new, |lick| format!(" around the first {lick:?} after it"));
        if let Some(lick) = lick {
            let _ = writeln!(
                text,
                "align = {{ first = {} }}  # GUESS; remove it to align to the event itself",
                quoted(lick)
            );
        }
        guesses.push(format!(
            "responses to {name} are scored: integral over [-0.5, 1] s less that over [-2, -0.5] s{around}"
        ));
        text.push_str("response = [-0.5, 1.0]  # s; GUESS\nbaseline = [-2.0, -0.5]  # s; GUESS\n");
        text.push_str("statistic = \"sum\"  # integral over time; `mean`, or `samples` for a sum over samples\n");
        text.push_str("min_interval = 3.0  # s; events closer to the last than this are left out; GUESS\n\n");
    }
    if !cues.is_empty() {
        let name = names(&cues);
        guesses.push(format!("responses to {name} are scored: integral over [0, 1] s less that over [-1, 0] s"));
        let _ = writeln!(text, "[[score]]\nevents = [{name}]  # GUESS");
        text.push_str("response = [0.0, 1.0]  # s; GUESS\nbaseline = [-1.0, 0.0]  # s; GUESS\nstatistic = \"sum\"\n\n");
    }
    if outcome.is_none() {
        guesses.push("no event could be an outcome: `compare` needs one, so say which event the animal gets".into());
    }
}

/// The kinds of event, by role.
fn events(kinds: &[Kind], text: &mut String, guesses: &mut Vec<String>) {
    for wanted in ["cue", "outcome", "action", "end", "ignore"] {
        for kind in kinds.iter().filter(|k| k.is(wanted)) {
            let Kind { name, count, guess } = kind;
            let (role, why) = (guess.role, kind.why());
            guesses.push(format!("{name:?} ({count} times) is {role}: {why}"));
            let _ =
                writeln!(text, "[[event]]\nname = {}  # {count} times\nrole = {role:?}  # GUESS, {why}", quoted(name));
            if let Some(value) = guess.value {
                let _ = writeln!(text, "value = {value:?}  # GUESS");
            }
            text.push('\n');
        }
    }
}

/// The subjects with their sessions in order. A session that lacks a wanted channel but has others is not analysed, and
/// said.
fn subjects(found: Found, wanted: &[String], text: &mut String, guesses: &mut Vec<String>) {
    for (subject, mut sessions) in found.subjects {
        sessions.sort_by(|a, b| (&a.order, &a.name).cmp(&(&b.order, &b.name)));
        let lacks = |s: &Seen| wanted.iter().find(|w| !s.channels.is_empty() && !s.channels.contains(w)).cloned();
        let without = sessions.iter().filter(|s| s.channels.is_empty()).count();
        let (all, lacking) = (sessions.len(), sessions.iter().filter(|s| lacks(s).is_some()).count());
        let lacking = if lacking > 0 { format!(", {lacking} left out") } else { String::new() };
        guesses.push(format!(
            "{subject}: {all} session{}, {without} without any signal{lacking}, in the order of the last number in their names",
            if all == 1 { "" } else { "s" }
        ));
        let mut list = String::new();
        for session in &sessions {
            let name = &session.name;
            if session.events == 0 {
                guesses.push(format!("{name:?} holds no event"));
            }
            match lacks(session) {
                None => _ = writeln!(list, "  {},", quoted(name)),
                Some(channel) => {
                    guesses.push(format!("{name:?} has no channel {channel:?}, so it is left out"));
                    let _ = writeln!(list, "  # {name:?},  # has no channel {channel:?}");
                }
            }
        }
        let left = sessions.iter().any(|s| lacks(s).is_none());
        let comment = if left { "" } else { "# " };
        let block =
            format!("[[subject]]\nname = {}\nsessions = [  # in this order: GUESS\n{list}]\n", quoted(&subject));
        block.lines().for_each(|line| _ = writeln!(text, "{comment}{line}"));
        text.push('\n');
    }
}

/// A text as TOML writes it.
fn quoted(text: &str) -> String {
    toml::Value::from(text).to_string()
}

fn write(folder: &Path, mut found: Found) -> Result<Proposal> {
    let mut guesses = Vec::new();
    let mut text = String::from(
        "# Proposed by `accumbens init` from the files below it. Lines marked GUESS were not in the files: check them,\n# \
         then run `accumbens inspect study.toml`.\n\n",
    );
    let kinds = kinds(folder, &found)?;
    let folder = &std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    let title = folder.file_name().map_or_else(|| "study".into(), |n| n.to_string_lossy().into_owned());
    let _ = writeln!(text, "title = {}\nsession_gap = 0.0  # s of silence between sessions; GUESS\n", quoted(&title));
    let wanted = signal(&found, &mut text, &mut guesses);
    score(&kinds, &mut text, &mut guesses);
    events(&kinds, &mut text, &mut guesses);
    let notes = std::mem::take(&mut found.notes);
    subjects(found, &wanted, &mut text, &mut guesses);
    guesses.extend(notes);
    Ok(Proposal { text, guesses })
}
