//! Guesses from names what an event is and which sensor was used; a guess says why, and nobody acts on it unasked.

use accumbens_core::format::Stream;
use accumbens_core::study::Sensor;

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

/// The words of a name, in lower case: `Lick3 onset`, `lick_on`, `cs+` and `waterDrop` are `lick onset`, `lick on`, `cs`
/// and `water drop`.
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
    words
}

/// The first of the `known` words that is among `words`: alone, in the plural, or, where it is long enough to mean nothing else,
/// at either end of a longer word.
fn among(words: &[String], known: &'static str) -> Option<&'static str> {
    let long = |k: &str| k.len() >= 4;
    let is = |w: &str, k: &str| w == k || w.strip_suffix('s') == Some(k);
    let within = |w: &str, k: &str| long(k) && (w.starts_with(k) || w.ends_with(k));
    known.split(' ').find(|k| words.iter().any(|w| is(w, k) || within(w, k)))
}

const SESSION: &str = "session recording experiment task";
const OVER: &str = "end ended over stop finish finished";
const BEGIN: &str = "start begin started";
const MACHINE: &str = "code ttl sync camera frame clock";
const NOTHING: &str = "no omission omit omitted unrewarded without";
const ENDS: &str = "off offset end stop";
/// What delivers rewards: named before licks, for a valve at the lick port is no lick.
const DEVICES: &str = "solenoid valve pump dispenser feeder";
const ACTIONS: &str = "lick press poke nosepoke choice run running wheel entry lever";
/// Bad in itself. Declared, as in the catalogue of experiments, as an outcome of value −1.
const AVERSIVE: &str = "airpuff puff shock footshock tailshock quinine punishment aversive";
const REWARDS: &str = "reward sucrose juice water drop pellet food liquid milk chocolate us outcome droplet";
const CUES: &str = "cs csplus csminus cue tone odor odour light sound stimulus";
/// A cue after which nothing comes.
const MINUS: &str = "minus csminus neutral unpaired";

/// What an event of this name could be; `magnitudes` is the sum of what its events say of how much they were.
#[must_use]
pub fn event(name: &str, magnitudes: f64) -> Event {
    let words = words(name);
    let said = |role, word: &str| Event { role, value: None, why: Some(format!("{word:?} in its name")) };
    let any = |known: &'static str| among(&words, known);
    let over = any(OVER).or_else(|| words.iter().any(|w| w.ends_with("end")).then_some("end"));
    if let Some(word) = over.filter(|_| words.len() == 1 && any("end stop").is_some() || any(SESSION).is_some()) {
        return said("end", word);
    }
    if any(SESSION).is_some()
        && let Some(word) = any(BEGIN)
    {
        return said("ignore", word);
    }
    for known in [MACHINE, NOTHING, ENDS] {
        if let Some(word) = any(known) {
            return said("ignore", word);
        }
    }
    if let Some(word) = any(AVERSIVE) {
        let why = format!("{word:?} in its name: bad in itself, so of value -1");
        return Event { role: "outcome", value: Some(-1.0), why: Some(why) };
    }
    if let Some(word) = any(DEVICES) {
        return Event { role: "outcome", value: None, why: Some(format!("{word:?} in its name could give a reward")) };
    }
    let roles = [("action", ACTIONS), ("outcome", REWARDS), ("cue", CUES)];
    if let Some((role, word)) = roles.into_iter().find_map(|(role, known)| any(known).map(|word| (role, word))) {
        return said(role, word);
    }
    Event { role: if magnitudes > 0.0 { "outcome" } else { "ignore" }, value: None, why: None }
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
    let red = |at: usize| at > 0 && text[at - 1].1 == 'r' && text[at - 1].0 + 1 == text[at].0;
    let longer =
        |end: usize| text.get(end).is_some_and(|next| next.1.is_ascii_digit() && next.0 == text[end - 1].0 + 1);
    starts.into_iter().any(|at| !red(at) && !longer(at + sensor.len()))
}

/// The sensor of the catalogue that a stream's file names, with the words in which it does.
#[must_use]
pub fn sensor(stream: &Stream, catalogue: &[Sensor]) -> Option<(String, String)> {
    labels(stream).find_map(|said| {
        let sensor = catalogue.iter().find(|s| names(said, &s.name))?;
        Some((sensor.name.clone(), said.to_owned()))
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
        ];
        wanted.iter().for_each(|(name, wanted)| assert_eq!(role(name), *wanted, "{name}"));
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
            ("dLight1.3", None),
            ("tdTomato", None),
        ];
        wanted.iter().for_each(|(said, sensor)| assert_eq!(named(said).as_deref(), *sensor, "{said}"));
    }
}
