//! Guesses from names what an event is and which sensor was used; a guess says why, and nobody acts on it unasked.

use crate::folder;
use accumbens_core::format::Stream;
use accumbens_core::study::Sensor;
use std::path::Path;

/// What an event could be.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// The role, as it stands in a study file.
    pub role: &'static str,
    /// Innate value, where it is not that of its role.
    pub value: Option<f64>,
    /// Why; nothing where nothing in the name says it.
    pub why: Option<String>,
}

/// The words of a name, in lower case: `Lick3 onset`, `lick_on`, `cs+`, `waterDrop` and `waterdrop` are `lick onset`,
/// `lick on`, `cs`, `water drop` and `water drop`.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = vec![String::new()];
    let mut lower = false;
    for c in name.chars() {
        if !c.is_alphabetic() || (c.is_uppercase() && lower) {
            words.push(String::new());
        }
        if c.is_alphabetic()
            && let Some(word) = words.last_mut()
        {
            word.extend(c.to_lowercase());
        }
        lower = c.is_lowercase();
    }
    words.retain(|w| !w.is_empty());
    let formula = name.split(|c: char| !c.is_alphanumeric()).find(|part| part.eq_ignore_ascii_case(WATER));
    words.into_iter().flat_map(|w| parted(&w)).chain(formula.map(|_| WATER.to_owned())).collect()
}

/// A word, or the two known words that it is made of, as `sessionend` is.
fn parted(word: &str) -> Vec<String> {
    let all = || KNOWN.iter().flat_map(|list| list.split(' '));
    let known = |part: &str| all().any(|k| is(part, k));
    let places = word.char_indices().map(|(i, _)| i).filter(|i| *i >= 2 && word.len() - i >= 2);
    // Two short words make a third too easily.
    let mut parts = places.map(|i| word.split_at(i)).filter(|(a, b)| a.len().max(b.len()) >= LONG);
    let two = if known(word) { None } else { parts.find(|(a, b)| known(a) && known(b)) };
    two.map_or_else(|| vec![word.to_owned()], |(a, b)| vec![a.to_owned(), b.to_owned()])
}

/// Of two words written as one the longer has as many letters or more.
const LONG: usize = 4;
/// Water as chemists write it, which is no word of letters alone.
const WATER: &str = "h2o";

/// Whether a word is a known one, alone or in the plural.
fn is(word: &str, known: &str) -> bool {
    word == known || word.strip_suffix('s') == Some(known)
}

/// The first of the `known` words that is among `words`, or that all of them together are, as in `drop out`.
fn among(words: &[String], known: &'static str) -> Option<&'static str> {
    let whole = words.concat();
    known.split(' ').find(|k| words.iter().any(|w| is(w, k)) || is(&whole, k))
}

const SESSION: &str = "session recording experiment task";
const OVER: &str = "end ended over stop finish finished";
const BEGIN: &str = "start begin started";
const MACHINE: &str = "code ttl sync camera frame clock dropout";
const NOTHING: &str = "no non omission omit omitted unrewarded nonrewarded without";
const ENDS: &str = "off offset end stop close closed";
/// What delivers rewards: named before licks, for a valve at the lick port is no lick.
const DEVICES: &str = "solenoid valve pump dispenser feeder";
const ACTIONS: &str = "lick licking press poke nosepoke choice run running wheel entry entries lever";
/// Bad in itself. Declared, as in the catalogue of experiments, as an outcome of value −1.
const AVERSIVE: &str = "airpuff puff shock footshock tailshock quinine punishment aversive";
const REWARDS: &str =
    "reward rewarded sucrose saccharin juice water h2o drop pellet food chow liquid milk chocolate us outcome droplet";
/// What says that the rest of a name is announced, not given.
const ANNOUNCED: &str = "cue";
const CUES: &str = "cs csplus csminus cue tone odor odour light sound stimulus";
/// A cue after which nothing comes.
const MINUS: &str = "minus csminus neutral unpaired";
/// Words that say nothing of what an event is, beside those that do.
const BESIDE: &str = "on onset port spout box house trial plus";
/// Every word of which two may be written as one.
const KNOWN: [&str; 12] =
    [SESSION, OVER, BEGIN, MACHINE, NOTHING, ENDS, DEVICES, ACTIONS, AVERSIVE, REWARDS, CUES, BESIDE];

/// What an event of this name could be; `magnitudes` is the sum of what its events say of how much they were. Of what
/// nothing is known, what was of some size is a cue, never an outcome.
#[must_use]
pub fn event(name: &str, magnitudes: f64) -> Event {
    let words = words(name);
    let said = |role, word: &str| Event { role, value: None, why: Some(format!("{word:?} in its name")) };
    let any = |known: &'static str| among(&words, known);
    let ends = words.len() == 1 && any("end stop").is_some() || any(SESSION).is_some();
    if let Some(word) = any(OVER).filter(|_| ends) {
        return said("end", word);
    }
    for known in [MACHINE, NOTHING, ENDS] {
        if let Some(word) = any(known) {
            return said("ignore", word);
        }
    }
    if let Some(word) = any(ANNOUNCED) {
        return said("cue", word);
    }
    if let Some(word) = any(AVERSIVE) {
        let why = format!("{word:?} in its name: bad in itself, so of value -1");
        return Event { role: "outcome", value: Some(-1.0), why: Some(why) };
    }
    if let Some(word) = any(DEVICES) {
        return Event { role: "outcome", value: None, why: Some(format!("{word:?} in its name could give a reward")) };
    }
    let roles = [("action", ACTIONS), ("outcome", REWARDS), ("cue", CUES), ("ignore", BEGIN)];
    if let Some((role, word)) = roles.into_iter().find_map(|(role, known)| any(known).map(|word| (role, word))) {
        return said(role, word);
    }
    Event { role: if magnitudes > 0.0 { "cue" } else { "ignore" }, value: None, why: None }
}

/// Whether a name is that of a line of a machine, which may carry anything.
#[must_use]
pub fn is_line(name: &str) -> bool {
    let words = words(name);
    among(&words, MACHINE).is_some() && among(&words, ENDS).is_none()
}

/// Whether a cue of this name is one after which something comes, as far as the name says.
#[must_use]
pub fn is_paired(cue: &str) -> bool {
    !cue.trim_end().ends_with('-') && among(&words(cue), MINUS).is_none()
}

/// What a stream says of its sensor, in the words of its file.
fn labels(stream: &Stream) -> impl Iterator<Item = &str> {
    let where_named = ["indicator", "virus", "fluorophores", "fluorophore", "label", "description"];
    stream.about.iter().filter(move |(what, _)| where_named.contains(&what.as_str())).map(|(_, said)| said.as_str())
}

/// Letters and digits alone, in lower case, with the place of each in the text; `jGCaMP` is written `GCaMP` too.
fn bare(text: &str) -> Vec<(usize, char)> {
    let chars: Vec<char> = text.to_lowercase().chars().collect();
    let j = |i: usize| chars[i] == 'j' && chars[i + 1..].starts_with(&['g', 'c', 'a', 'm', 'p']);
    (0..chars.len()).filter(|&i| chars[i].is_alphanumeric() && !j(i)).map(|i| (i, chars[i])).collect()
}

/// Whether a text names a sensor: `AAV9-hSyn-dLight1.3b` names dLight1.3b, `rGRAB_DA2m` is another than GRAB_DA2m.
fn names(text: &str, sensor: &str) -> bool {
    let (text, sensor) = (bare(text), bare(sensor));
    let found = |at: usize| text[at..at + sensor.len()].iter().zip(&sensor).all(|(a, b)| a.1 == b.1);
    let starts = (0..(text.len() + 1).saturating_sub(sensor.len())).filter(|&at| found(at));
    // What stands right before or behind it, with nothing between, can make another sensor of it.
    let word = |at: usize| at >= 3 && text[at - 3..at].iter().map(|(_, c)| *c).eq("red".chars());
    let red = |at: usize| word(at) || at > 0 && text[at - 1].1 == 'r' && text[at - 1].0 + 1 == text[at].0;
    let longer =
        |end: usize| text.get(end).is_some_and(|next| next.1.is_ascii_digit() && next.0 == text[end - 1].0 + 1);
    starts.into_iter().any(|at| !red(at) && !longer(at + sensor.len()))
}

/// The sensor of the catalogue that a stream's file names, with the words in which it does.
#[must_use]
pub fn sensor(stream: &Stream, catalogue: &[Sensor]) -> Option<(String, String)> {
    labels(stream).find_map(|said| Some((named(said, catalogue)?, format!("the files say {said:?}"))))
}

/// The sensor of the catalogue that a name contains: of a channel, a file, a folder.
#[must_use]
pub fn named(name: &str, catalogue: &[Sensor]) -> Option<String> {
    catalogue.iter().find(|s| names(name, &s.name)).map(|s| s.name.clone())
}

/// The sensor that the name of a session under a folder, of a folder around it or of a file in it contains, and which name
/// that is.
#[must_use]
pub fn by_place(folder: &Path, session: &Path, catalogue: &[Sensor]) -> Option<(String, String)> {
    let whole = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    let inside = session.strip_prefix(folder).unwrap_or(session);
    let mut names: Vec<String> = inside.iter().rev().map(|p| p.to_string_lossy().into_owned()).collect();
    names.extend(whole.file_name().map(|n| n.to_string_lossy().into_owned()));
    if session.is_dir() {
        let files = folder::files(session);
        names.extend(files.iter().filter_map(|f| Some(f.file_name()?.to_string_lossy().into_owned())));
    }
    names.into_iter().find_map(|name| {
        let sensor = named(&name, catalogue)?;
        Some((sensor, format!("a file or folder is called {name:?}")))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use accumbens_core::format::Clock;
    use accumbens_core::sensors;

    #[test]
    fn what_could_be_a_reward_is_an_outcome_whatever_the_spelling_and_what_only_sounds_like_one_is_not() {
        let role = |name: &str| event(name, 0.0).role;
        let outcomes = ["Background solenoid", "Valve_1", "pumpOn", "Pellets", "water", "JUICE", "sucrose drop", "US"];
        outcomes.iter().for_each(|name| assert_eq!(role(name), "outcome", "{name}"));
        let wanted = [
            ("Lick3 onset", "action"),
            ("Lick3 offset", "ignore"),
            ("session end", "end"),
            ("session_end", "end"),
            ("end", "end"),
            ("sessionEnd", "end"),
            ("sessionend", "end"),
            ("End of session", "end"),
            ("trial end", "ignore"),
            ("session start", "ignore"),
            ("photometry ttl", "ignore"),
            ("dropped frames", "ignore"),
            ("lickport solenoid", "outcome"),
            ("valve off", "ignore"),
            ("no_reward", "ignore"),
            ("reward omission", "ignore"),
            ("CS+", "cue"),
            ("cs_plus", "cue"),
            ("houseLight", "cue"),
            ("focus", "ignore"),
            ("physics", "ignore"),
            ("status", "ignore"),
            ("drunk", "ignore"),
            ("reward cue", "cue"),
            ("water_cue", "cue"),
            ("reward_cue_onset", "cue"),
            ("valve_close", "ignore"),
            ("valve open", "outcome"),
            ("drop_out", "ignore"),
            ("nonreward", "ignore"),
            ("foodless", "ignore"),
            ("backdrop", "ignore"),
            ("waterfall", "ignore"),
            ("eyedrop", "ignore"),
            ("start", "ignore"),
            ("tone start", "cue"),
            ("reward_port_entry", "action"),
            ("licking_spout_water", "action"),
            ("waterreward", "outcome"),
            ("H2O", "outcome"),
            ("chow", "outcome"),
        ];
        wanted.iter().for_each(|(name, wanted)| assert_eq!(role(name), *wanted, "{name}"));
    }

    #[test]
    fn an_event_of_some_size_whose_name_says_nothing_is_a_cue_and_no_outcome() {
        for name in ["backdrop", "foodless", "PC0/", "laser"] {
            let guess = event(name, 20.0);
            assert_eq!((guess.role, guess.why), ("cue", None), "{name}");
        }
        assert_eq!(event("start", 20.0).role, "ignore");
    }

    #[test]
    fn what_hurts_is_an_outcome_of_value_minus_one_as_in_the_catalogue_of_experiments() {
        for name in ["airpuff", "Air puff", "footshock", "shock_1"] {
            let guess = event(name, 0.0);
            assert_eq!((guess.role, guess.value), ("outcome", Some(-1.0)), "{name}");
        }
        assert_eq!(event("water", 0.0).value, None);
    }

    #[test]
    fn a_cue_that_says_minus_is_not_one_after_which_something_comes() {
        assert!(is_paired("cs_plus") && is_paired("CS+") && is_paired("tone A"));
        assert!(!is_paired("cs_minus") && !is_paired("CS-") && !is_paired("csminus"));
    }

    #[test]
    fn a_virus_names_its_sensor_and_a_red_or_unknown_one_is_not_taken_for_another() {
        let catalogue = sensors::all().unwrap();
        let named = |said: &str| {
            let mut stream = Stream::new("a", 1, Clock::Stamped, "c");
            stream.about.push(("virus".into(), said.into()));
            sensor(&stream, &catalogue).map(|s| s.0)
        };
        let wanted = [
            ("dLight1.3b", Some("dLight1.3b")),
            ("AAV9-hSyn-dLight1.3b", Some("dLight1.3b")),
            ("AAV5-CAG-dLight1.1 (Addgene 111067)", Some("dLight1.1")),
            ("pAAV.hSyn.GRAB_DA2m", Some("GRAB_DA2m")),
            ("GRAB-DA1h", Some("GRAB_DA1h")),
            ("AAV1-syn-jGCaMP8m-WPRE", Some("jGCaMP8m")),
            ("axon-GCaMP6f", Some("GCaMP6f")),
            ("GCaMP8s", Some("jGCaMP8s")),
            ("rGRAB_DA2m", None),
            ("RdLight1", None),
            ("red-dLight1.3b", None),
            ("dLight1.3", None),
            ("tdTomato", None),
        ];
        wanted.iter().for_each(|(said, sensor)| assert_eq!(named(said).as_deref(), *sensor, "{said}"));
    }
}
