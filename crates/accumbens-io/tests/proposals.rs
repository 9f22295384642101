//! What `init` proposes for folders as labs have them: always a study that is accepted, every guess marked.

use accumbens_core::format::Hints;
use accumbens_io::formats::open;
use accumbens_io::propose::{Proposal, propose};
use accumbens_io::{StudyFile, session_folder};
use std::path::Path;

/// A session of `events` (names, each ten times) and a trace of noise.
fn session(folder: &Path, place: &str, channel: &str, events: &[&str]) {
    let at = folder.join(place);
    std::fs::create_dir_all(&at).unwrap();
    let name = |i: usize| events[i % events.len()].replace('"', "\"\"");
    let rows: String = (0..10 * events.len()).map(|i| format!("{i},\"{}\"\n", name(i))).collect();
    let seed = place.bytes().map(u32::from).sum::<u32>();
    let trace: String = (0..2000).map(|i: u32| format!("{},{}\n", f64::from(i) / 20.0, (i * seed) % 97)).collect();
    std::fs::write(at.join("trace.csv"), format!("time,{channel}\n{trace}")).unwrap();
    if !events.is_empty() {
        std::fs::write(at.join("events.csv"), format!("time,event\n{rows}")).unwrap();
    }
}

/// What is proposed, and the study that it is; read and loaded, so that nothing in it can be refused.
fn accepted(folder: &Path) -> (Proposal, StudyFile) {
    let proposal = propose(folder, None).unwrap();
    let path = folder.join("study.toml");
    std::fs::write(&path, &proposal.text).unwrap();
    let file = StudyFile::read(&path).unwrap_or_else(|e| panic!("{e}\n{}", proposal.text));
    file.load(folder, || true).unwrap_or_else(|e| panic!("{e}\n{}", proposal.text));
    std::fs::remove_file(path).unwrap();
    (proposal, file)
}

#[test]
fn an_event_that_could_be_a_reward_is_an_outcome_and_is_marked_as_a_guess() {
    for name in ["Background solenoid", "valve", "pump 2", "pellet", "water", "Juice", "drop", "sucrose", "Food"] {
        let folder = tempfile::tempdir().unwrap();
        session(folder.path(), "m1/day1", "dff", &[name, "session end"]);
        let (proposal, file) = accepted(folder.path());
        assert_eq!(file.score.events().collect::<Vec<_>>(), [name]);
        let role = |name: &str| format!("{:?}", file.events.iter().find(|e| e.name == name).unwrap().role);
        assert_eq!((role(name).as_str(), role("session end").as_str()), ("Outcome", "End"));
        let at = proposal.text.find(&format!("name = \"{name}\"")).unwrap();
        let role = proposal.text[at..].lines().nth(1).unwrap();
        assert!(role.starts_with("role = \"outcome\"") && role.contains("GUESS"), "{role}");
        assert!(proposal.guesses.iter().any(|g| g.contains(name) && g.contains("outcome")), "{:?}", proposal.guesses);
    }
}

#[test]
fn what_hurts_has_the_value_minus_one_and_what_rewards_is_scored_before_it() {
    let folder = tempfile::tempdir().unwrap();
    session(folder.path(), "m1/day1", "dff", &["airpuff", "water"]);
    let (proposal, file) = accepted(folder.path());
    assert_eq!(file.events.iter().find(|e| e.name == "airpuff").unwrap().value, Some(-1.0));
    assert_eq!(file.score.events().collect::<Vec<_>>(), ["water"]);
    assert!(proposal.text.contains("value = -1.0  # GUESS"), "{}", proposal.text);
}

#[test]
fn cues_are_scored_beside_outcomes_at_their_onset_and_outcomes_at_the_first_lick() {
    let folder = tempfile::tempdir().unwrap();
    session(folder.path(), "m1/day1", "dff", &["sucrose", "cs_plus", "cs_minus", "lick_on", "lick_off"]);
    let (_, file) = accepted(folder.path());
    assert_eq!(file.score.events().collect::<Vec<_>>(), ["sucrose", "cs_plus"]);
    assert_eq!(file.score.of("cs_plus").unwrap().align, None);
    assert_eq!(file.score.of("sucrose").unwrap().align.as_ref().unwrap().first, "lick_on");
    let folder = tempfile::tempdir().unwrap();
    session(folder.path(), "m1/day1", "dff", &["sucrose", "lick_on", "lick_off"]);
    let (_, file) = accepted(folder.path());
    assert_eq!(file.score.events().collect::<Vec<_>>(), ["sucrose"]);
    assert_eq!(file.score.of("sucrose").unwrap().align.as_ref().unwrap().first, "lick_on");
}

#[test]
fn a_folder_of_sessions_always_gets_a_study_that_is_accepted_or_one_error() {
    let names =
        [&["TTL_1", "code_3"][..], &["PC0/"], &["lick", "ttl"], &["tone \"A\"\\", "trial end"], &["end", "\u{200b}x"]];
    for events in names {
        let folder = tempfile::tempdir().unwrap();
        session(folder.path(), "m'1/day1", "dff", &[]);
        session(folder.path(), "m'1/day2", "dff", events);
        accepted(folder.path());
    }
    let folder = tempfile::tempdir().unwrap();
    session(folder.path(), "m1/day1", "dff", &[]);
    let error = propose(folder.path(), None).unwrap_err().to_string();
    assert!(error.contains("no event in any session") && error.contains("events.csv"), "{error}");
    session(folder.path(), "m1/day2", "dff", &["lick on", "lick off", "session end"]);
    let error = propose(folder.path(), None).unwrap_err().to_string();
    assert!(error.contains("lick off, lick on, session end"), "{error}");
}

#[test]
fn a_session_without_the_channel_of_the_others_is_left_out_and_said() {
    let folder = tempfile::tempdir().unwrap();
    for day in ["m1/day1", "m1/day2"] {
        session(folder.path(), day, "dff", &["sucrose"]);
    }
    session(folder.path(), "m1/day3", "_465A", &["sucrose"]);
    let (proposal, file) = accepted(folder.path());
    assert_eq!(file.subjects[0].sessions, ["m1/day1", "m1/day2"]);
    assert!(proposal.guesses.iter().any(|g| g.contains("m1/day3") && g.contains("left out")), "{:?}", proposal.guesses);
}

#[test]
fn the_sensor_that_a_file_names_is_proposed() {
    let folder = tempfile::tempdir().unwrap();
    let stored = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/ndx-fiber-photometry-0.1.nwb");
    let day = folder.path().join("m1/day1");
    std::fs::create_dir_all(folder.path().join("m1")).unwrap();
    session_folder::write(open(&stored, &Hints::default()).unwrap().as_ref(), &day).unwrap();
    std::fs::write(day.join("events.csv"), "time,event\n3.5,sucrose\n").unwrap();
    let proposal = propose(folder.path(), None).unwrap();
    assert!(proposal.text.contains("sensor = \"dLight1.1\"  # GUESS"), "{}", proposal.text);
    assert!(proposal.guesses.iter().any(|g| g.contains("dLight1.1")), "{:?}", proposal.guesses);
}

#[test]
fn a_sensor_in_the_name_of_a_channel_or_a_folder_is_proposed_and_says_where_it_stands() {
    for (place, channel, sensor) in [
        ("m1/day1", "dLight1.3b", "dLight1.3b"),
        ("m1/day1", "GRAB_DA2m", "GRAB_DA2m"),
        ("AAV9-hSyn-dLight1.3b_mouse1/day1", "dff", "dLight1.3b"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        session(folder.path(), place, channel, &["sucrose"]);
        let (proposal, _) = accepted(folder.path());
        assert!(proposal.text.contains(&format!("sensor = \"{sensor}\"  # GUESS")), "{}", proposal.text);
    }
    let folder = tempfile::tempdir().unwrap();
    session(folder.path(), "m1/day1", "dff", &["sucrose"]);
    assert!(accepted(folder.path()).0.guesses.iter().any(|g| g.contains("sensor is unknown")));
}

#[test]
fn rewards_are_aligned_to_the_licks_that_happen_most() {
    let folder = tempfile::tempdir().unwrap();
    session(folder.path(), "m1/day1", "dff", &["sucrose", "lick_on", "lick_left", "lick_on"]);
    let (_, file) = accepted(folder.path());
    assert_eq!(file.score.of("sucrose").unwrap().align.as_ref().unwrap().first, "lick_on");
}
