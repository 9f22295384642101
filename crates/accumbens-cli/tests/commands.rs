//! The commands as a user runs them.

use accumbens::simulated::{Design, study};
use accumbens::theories::by_name;
use accumbens_core::{Event, EventKind, EventKindId, EventLog, Schedule, Seed, Sink, live, told};
use accumbens_io::{Column, write_table};
use std::path::Path;
use std::process::{Command, Output};

fn accumbens(words: &[&str], folder: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_accumbens")).args(words).current_dir(folder).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn done(words: &[&str], folder: &Path) -> String {
    let out = accumbens(words, folder);
    assert!(out.status.success(), "{words:?}: {}", text(&out.stderr));
    text(&out.stdout)
}

fn refused(words: &[&str], folder: &Path) -> String {
    let out = accumbens(words, folder);
    assert!(!out.status.success(), "{words:?} was accepted");
    text(&out.stderr)
}

const EVENTS: &str = "time,event,magnitude\n1,tone,0\n2,juice,1\n20.5,tone,0\n21.5,juice,2\n40,tone,0\n41,nothing,0\n";

#[test]
fn the_command_and_the_library_release_the_same_dopamine() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("events.csv"), EVENTS).unwrap();
    let kinds = vec![
        EventKind::cue("tone"),
        EventKind { value: 0.9, ..EventKind::outcome("juice") },
        EventKind::omission("nothing", EventKindId(1)),
    ];
    let rows = [(1.0, 0, 0.0), (2.0, 1, 1.0), (20.5, 0, 0.0), (21.5, 1, 2.0), (40.0, 0, 0.0), (41.0, 2, 0.0)];
    let event = |&(time, kind, magnitude): &(f64, u32, f64)| Event { time, kind: EventKindId(kind), magnitude };
    let log = EventLog::new(kinds, rows.iter().map(event).collect()).unwrap();
    for name in accumbens::theories::names() {
        let mut theory = by_name(name).unwrap();
        let changes = told(theory.as_ref(), std::iter::once((&log, 0.0)));
        theory.tell(&log);
        let mut learner = theory.start(log.kinds());
        let mut samples = Vec::new();
        let schedule = Schedule { end: 46.0, changes, ..Schedule::default() };
        live(learner.as_mut(), &log, &schedule, Sink::Samples(&mut samples)).unwrap();
        let words = [
            "simulate",
            "--events",
            "events.csv",
            "--theory",
            name,
            "--outcome",
            "juice=0.9",
            "--omission",
            "nothing:juice",
        ];
        let printed = done(&words, folder.path());
        let mut lines = printed.lines();
        assert_eq!(lines.next(), Some("time,event,channel,dopamine"));
        let values: Vec<f64> = lines.map(|l| l.rsplit(',').next().unwrap().parse().unwrap()).collect();
        assert_eq!(values, samples.iter().map(|s| s.value).collect::<Vec<_>>(), "{name}");
    }
}

#[test]
fn the_end_state_of_anccr_is_written_as_matrices_by_event_name() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("events.csv"), EVENTS).unwrap();
    let words = "simulate --events events.csv --theory anccr --outcome juice --omission nothing:juice \
                 --set T=10 --change 30:T=20 --clamp 1.5:2.5=-0.3 --out dopamine.parquet --final end.json";
    done(&words.split_whitespace().collect::<Vec<_>>(), folder.path());
    let end: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(folder.path().join("end.json")).unwrap()).unwrap();
    for matrix in ["NC", "PRC", "SRC", "ANCCR", "R"] {
        assert!(end[matrix]["tone"]["juice"].is_number(), "{matrix}");
    }
    assert!(folder.path().join("dopamine.parquet").is_file());
}

#[test]
fn a_clamp_is_a_closed_interval_and_a_clamp_at_an_event_is_its_row() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("events.csv"), EVENTS).unwrap();
    std::fs::write(folder.path().join("clamps.csv"), "row,dopamine\n3,-0.5\n").unwrap();
    let words =
        "simulate --events events.csv --theory td_csc --outcome juice --clamp 0.4:1.0=7 --clamp-events clamps.csv";
    let printed = done(&words.split_whitespace().collect::<Vec<_>>(), folder.path());
    let rows: Vec<Vec<&str>> = printed.lines().skip(1).map(|l| l.split(',').collect()).collect();
    let held: Vec<f64> = rows.iter().filter(|r| r[3] == "7").map(|r| r[0].parse().unwrap()).collect();
    assert_eq!(held.len(), 4, "0.4, 0.6, 0.8 and 1.0 s: {held:?}");
    let second = rows.iter().filter(|r| r[1] == "juice").nth(1).unwrap();
    assert_eq!(second[3], "-0.5");
}

#[test]
fn bad_input_is_one_clear_error_and_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("events.csv", EVENTS);
    write("back.csv", "time,event,magnitude\n2,tone,0\n1,juice,1\n");
    write("word.csv", "time,event,magnitude\n2,tone,much\n");
    write("header.csv", "t,e\n1,tone\n");
    let cases: &[(&str, &[&str])] = &[
        ("simulate --events back.csv --theory anccr", &["back.csv:3", "before 2"]),
        ("simulate --events word.csv --theory anccr", &["word.csv:2", "much", "number"]),
        ("simulate --events header.csv --theory anccr", &["header.csv:1", "time,event,magnitude"]),
        ("simulate --events none.csv --theory anccr", &["none.csv"]),
        ("simulate --events events.csv --theory ancr", &["ancr", "anccr"]),
        ("simulate --events events.csv --theory anccr --set alpha=2", &["alpha", "2", "0 to 1"]),
        ("simulate --events events.csv --theory anccr --set aplha=0.2", &["aplha", "alpha_r"]),
        ("simulate --events events.csv --theory anccr --omission nothing:wine", &["wine", "juice"]),
        ("simulate --events events.csv --theory td_csc --change 5:dt=0.1", &["dt", "cannot change"]),
        ("simulate --events events.csv --theory td_csc --clamp 5:1=0", &["5:1=0", "FROM:TO=VALUE"]),
        ("simulate nowhere --theory td_csc", &["nowhere", "schultz1997"]),
        ("simulate --events events.csv --theory td_csc --out dopamine.xlsx", &["dopamine.xlsx", ".csv or .parquet"]),
        ("inspect study.toml", &["study.toml"]),
        ("init .", &["events.csv"]),
        ("compare --theories anccr,nobody", &["nobody", "td_csc"]),
        ("simulate schultz1997 --theory td_csc+vigour", &["vigour", "precision"]),
        ("simulate schultz1997 --theory anccr+precision", &["signed error", "td_csc"]),
        (
            "simulate schultz1997 --theory td_csc+precision --set precision_prior=-1",
            &["precision_prior", "-1", "above 0"],
        ),
        ("simulate schultz1997 --theory td_csc --region cortex", &["cortex", "tail of striatum"]),
        ("simulate schultz1997 --theory threat --region nowhere", &["nowhere"]),
        ("findings nothing", &["nothing", "schultz1997-transfer"]),
        ("findings --theory nobody --finding schultz1997-transfer", &["nobody", "td_csc"]),
        ("findings schultz1997-transfer --subjects 1", &["1", "2 or more"]),
        ("findings schultz1997-transfer --prior 4000000000", &["4000000000", "10000"]),
        ("cite nothing", &["nothing", "findings --list"]),
    ];
    let before = std::fs::read_dir(folder.path()).unwrap().count();
    std::fs::remove_file(folder.path().join("events.csv")).unwrap();
    for (line, wanted) in cases {
        if *line != "init ." {
            write("events.csv", EVENTS);
        }
        let words: Vec<&str> = line.split_whitespace().collect();
        let empty = tempfile::tempdir().unwrap();
        let error = refused(&words, if *line == "init ." { empty.path() } else { folder.path() });
        assert!(error.starts_with("error: ") && error.trim().lines().count() == 1, "{line}: {error}");
        assert!(wanted.iter().all(|w| error.contains(w)), "{line}: {error}");
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), before);
}

#[test]
fn what_an_animal_does_is_written_beside_its_dopamine() {
    let folder = tempfile::tempdir().unwrap();
    let line = "simulate greenstreet2025 --theory action_error --behaviour did.csv --out dopamine.csv";
    done(&line.split_whitespace().collect::<Vec<_>>(), folder.path());
    let did = std::fs::read_to_string(folder.path().join("did.csv")).unwrap();
    let choices: Vec<&str> = did.lines().filter(|l| l.contains(",choice,")).collect();
    assert_eq!(choices.len(), 660);
    assert!(choices.iter().all(|l| l.contains(",left,") || l.contains(",right,")));
    assert_eq!(did.lines().filter(|l| l.contains(",response,")).count(), 660);
    // Every action it took stands in the log that dopamine answers.
    let dopamine = std::fs::read_to_string(folder.path().join("dopamine.csv")).unwrap();
    let actions = dopamine.lines().filter(|l| l.contains(",left,action") || l.contains(",right,action")).count();
    assert_eq!(actions, 660);
    let line = "simulate greenstreet2025 --theory action_error --region";
    let mut words: Vec<&str> = line.split_whitespace().collect();
    words.push("tail of striatum");
    let tail = done(&words, folder.path());
    assert!(tail.lines().skip(1).all(|l| l.contains(",tail of striatum,")));
}

#[test]
fn a_finding_is_shown_with_its_design_its_observation_and_a_plot_and_the_page_is_whole() {
    let folder = tempfile::tempdir().unwrap();
    let line = "findings robinson2013-salt --theory incentive_salience,td_csc --quick --html salt.html";
    let shown = done(&line.split_whitespace().collect::<Vec<_>>(), folder.path());
    for word in ["observed:", "design", "lever", "salt", "incentive_salience", "●", "Robinson"] {
        assert!(shown.contains(word), "{word} in {shown}");
    }
    let page = std::fs::read_to_string(folder.path().join("salt.html")).unwrap();
    assert!(page.contains("robinson2013-salt") && page.trim_end().ends_with("</html>") && !page.contains("src=\"http"));
    let bibtex = done(&["cite", "robinson2013-salt", "incentive_salience"], folder.path());
    assert!(bibtex.matches("@article{").count() >= 3 && bibtex.contains("zhang2009"));
}

#[test]
fn findings_say_what_they_rest_on_and_how_much_of_the_prior_agrees() {
    let folder = tempfile::tempdir().unwrap();
    let words = |line: &str| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let shown = |line: &str| done(&words(line).iter().map(String::as_str).collect::<Vec<_>>(), folder.path());
    let list = shown("findings --list");
    assert!(list.contains("unverified") && list.contains("Evidence of ") && list.contains("Observed numbers in "));
    // One finding is asked over the prior, a quick one only on request.
    let one = "findings robinson2013-salt --theory incentive_salience,td_csc";
    let asked = shown(&format!("{one} --subjects 2 --prior 4 --html salt.html"));
    for word in ["evidence: read", "over the prior, 4 points", "agrees 100 %"] {
        assert!(asked.contains(word), "{word} in {asked}");
    }
    let page = std::fs::read_to_string(folder.path().join("salt.html")).unwrap();
    assert!(page.contains("Evidence of 1 finding: 0 data") && page.contains("4 quasi-random points"));
    assert!(page.contains("--prior 4"));
    assert!(!shown(&format!("{one} --quick")).contains("over the prior"));
    let json: serde_json::Value = serde_json::from_str(&shown(&format!("{one} --quick --json"))).unwrap();
    assert_eq!((&json["prior"], &json["cells"][0]["prior"]), (&0.into(), &serde_json::Value::Null));
    assert_eq!((&json["evidence"][0], &json["grades"]["read"]), (&"read".into(), &1.into()));
    let table =
        shown("findings --finding schultz1997-transfer,waelti2001-blocking --theory td_csc --subjects 2 --prior 2");
    for word in ["unverified", "(prior ✓", "prior says the opposite", "Evidence of 2 findings"] {
        assert!(table.contains(word), "{word} in {table}");
    }
}

#[test]
fn json_is_json_everywhere() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("events.csv"), EVENTS).unwrap();
    let lines = [
        "theories --json",
        "theories anccr --json",
        "experiments --json",
        "experiments schultz1997 --json",
        "experiments --schema",
        "inspect --schema",
        "simulate --events events.csv --theory td_csc --outcome juice --json",
        "simulate niv2007 --theory td_semi_markov --json",
        "theories td_csc+precision+tonic --json",
        "findings --list --json",
        "findings --schema",
        "findings cannon2003-preference --theory incentive_salience,td_csc --quick --json",
        "cite td_belief jeong2022-growth schultz1997 --json",
    ];
    for line in lines {
        let printed = done(&line.split_whitespace().collect::<Vec<_>>(), folder.path());
        assert!(serde_json::from_str::<serde_json::Value>(&printed).is_ok(), "{line}");
    }
}

/// A folder of sessions as a lab has them: simulated, but read back as if real.
fn lab(folder: &Path) {
    let design = Design { subjects: 3, seed: Seed(7), ..Design::default() };
    for subject in study(&design).unwrap().subjects {
        for (day, session) in subject.sessions.iter().enumerate() {
            let at = folder.join(subject.name.replace(' ', "-")).join(format!("{}-day{}", session.name, day + 1));
            std::fs::create_dir_all(&at).unwrap();
            let log = &session.recording.events;
            let mut rows: Vec<String> =
                log.events().iter().map(|e| format!("{},{},{}", e.time, log.name(e), e.magnitude)).collect();
            rows.push(format!("{},session_end,0", session.recording.duration));
            std::fs::write(at.join("events.csv"), format!("time,event,magnitude\n{}\n", rows.join("\n"))).unwrap();
            let trace = [
                Column::real("time", session.recording.times.clone()),
                Column::real("dff", session.recording.channels[0].data.clone()),
            ];
            let name = if day % 2 == 0 { "trace.parquet" } else { "trace.csv" };
            write_table(&at.join(name), &trace).unwrap();
        }
    }
}

#[test]
fn a_folder_of_sessions_is_proposed_inspected_described_and_compared() {
    let folder = tempfile::tempdir().unwrap();
    lab(folder.path());
    let proposed = done(&["init", "."], folder.path());
    assert!(proposed.contains("\"sucrose\" (1020 times) is outcome"), "{proposed}");
    assert!(refused(&["init", "."], folder.path()).contains("--force"));
    let path = folder.path().join("study.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    // What the proposal guessed for other recordings, corrected by the user for these.
    let corrected = text
        .replace("response = [-0.5, 1.0]", "response = [0.0, 0.8]")
        .replace("baseline = [-2.0, -0.5]", "baseline = [-1.0, -0.1]")
        .replace("min_interval = 3.0", "min_interval = 2.0")
        .replace("statistic = \"sum\"", "statistic = \"mean\"");
    std::fs::write(&path, corrected).unwrap();
    assert!(done(&["inspect", "study.toml"], folder.path()).contains("nothing wrong was found"));
    let facts: serde_json::Value =
        serde_json::from_str(&done(&["describe", "study.toml", "--json"], folder.path())).unwrap();
    assert_eq!(facts["subjects"].as_array().unwrap().len(), 3);
    let words = "compare study.toml --design 32 --evaluations 20 --recovery 1 --out report --json";
    let results: serde_json::Value =
        serde_json::from_str(&done(&words.split_whitespace().collect::<Vec<_>>(), folder.path())).unwrap();
    // Reading the recordings back loses nothing: the same study compared without files has the same densities.
    let design = Design { subjects: 3, seed: Seed(7), ..Design::default() };
    assert_eq!(results["ranking"][0]["label"], design.truth, "{}", results["verdict"]["sentence"]);
    let html = std::fs::read_to_string(folder.path().join("report/report.html")).unwrap();
    assert!(html.len() < 3_000_000 && html.contains("The signal around events"));
    assert!(!html.contains("src=\"http") && !html.contains("@import") && !html.contains("<link"));
    for name in ["results.json", "trials.parquet"] {
        assert!(folder.path().join("report").join(name).is_file());
    }
}

#[test]
fn an_event_that_the_study_does_not_declare_is_refused_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    lab(folder.path());
    done(&["init", "."], folder.path());
    let path = folder.path().join("study.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    // The cue is not scored either, or that would be refused first.
    let cue = text.rfind("[[score]]").unwrap();
    let text = format!("{}{}", &text[..cue], &text[cue + text[cue..].find("[[event]]").unwrap()..]);
    let from = text.find("[[event]]\nname = \"cs_plus\"").unwrap();
    let to = from + text[from + 1..].find("[[").unwrap() + 1;
    std::fs::write(&path, format!("{}{}", &text[..from], &text[to..])).unwrap();
    let error = refused(&["inspect", "study.toml"], folder.path());
    assert!(error.contains("events.csv:") && error.contains("cs_plus") && error.contains("[[event]]"), "{error}");
    std::fs::write(&path, text.replace("[signal]", "[signal]\nchanel = 1")).unwrap();
    let error = refused(&["inspect", "study.toml"], folder.path());
    assert!(error.contains("study.toml:") && error.contains("chanel"), "{error}");
}

#[test]
fn a_trial_table_is_scored_from_its_columns() {
    let folder = tempfile::tempdir().unwrap();
    let mut table = String::from("id,session,trial,cs,s.1,s.2,s.3,s.4\n");
    for session in 1..=2 {
        for trial in 1..=10 {
            let cs = trial % 2;
            table += &format!("m1,{session},{trial},{cs},0,1,{},3\n", trial * session);
        }
    }
    std::fs::write(folder.path().join("trials.csv"), table).unwrap();
    let study = r#"
title = "a trial table"
[signal]
channel = "s"
unit = "%"
[score]
events = ["plus", "minus"]
statistic = "samples"
response = [0.0, 1.0]
baseline = [-2.0, -1.0]
[[event]]
name = "plus"
role = "cue"
[[event]]
name = "minus"
role = "cue"
[[event]]
name = "drop"
role = "outcome"
[trials]
file = "trials.csv"
subject = "id"
session = "session"
trial = "trial"
samples = "s."
rate = 1.0
first = -2.0
spacing = 30.0
[[trials.event]]
event = "plus"
when = { cs = 1 }
[[trials.event]]
event = "minus"
when = { cs = 0 }
[[trials.event]]
event = "drop"
at = 3.0
when = { cs = 1 }
"#;
    std::fs::write(folder.path().join("study.toml"), study).unwrap();
    let facts: serde_json::Value =
        serde_json::from_str(&done(&["describe", "study.toml", "--json"], folder.path())).unwrap();
    let subject = &facts["subjects"][0];
    // Sum of samples at 0 and 1 s less those at −2 and −1 s: trial·session + 3 − 1, over the odd trials.
    assert_eq!(subject["responses"], 10);
    assert_eq!(subject["mean"].as_f64().unwrap(), 5.0 * 1.5 + 2.0);
    // Every theory answers every event, also the last of the last session: none is silenced by a missing number.
    // (Ten pairings do not reach the cue through a chain of fifteen states without eligibility.)
    let words = "compare study.toml --design 8 --evaluations 8 --recovery 0 --json \
                 --theories rescorla_wagner,td_csc:lambda=0.9,td_microstimulus,anccr,constant,trend";
    let words: Vec<&str> = words.split_whitespace().collect();
    let results: serde_json::Value = serde_json::from_str(&done(&words, folder.path())).unwrap();
    for theory in results["theories"].as_array().unwrap() {
        let gains = theory["subjects"][0]["gains"].as_array().unwrap();
        assert!(gains.iter().any(|g| g[1] != 0.0), "{}", theory["label"]);
    }
}

#[test]
fn what_record_writes_is_a_study_that_the_other_verbs_take() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let words = ["record", "random-then-cued", "--theory", "anccr", "--sessions", "2", "--truth", "--out", "recorded"];
    done(&words, at);
    for verb in ["inspect", "describe"] {
        assert!(done(&[verb, "recorded/study.toml"], at).contains("mouse-1"), "{verb}");
    }
    let page = std::fs::read_to_string(at.join("recorded/mouse-1/stages.html")).unwrap();
    assert!(["teaching", "spikes", "dopamine", "light", "isosbestic"].iter().all(|stage| page.contains(stage)));
    assert!(refused(&words, at).contains("already there"));
    let words =
        ["record", "amo2022", "--theory", "anccr", "--sessions", "1", "--drug", "cocaine:0.5:iv", "--out", "drugged"];
    done(&words, at);
}

#[test]
fn what_record_cannot_do_is_one_clear_error_and_nothing_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let wrong = [
        ("--patch", "terminal.probabilty=1", "probability"),
        ("--patch", "terminal.probability=2", "0 to 1"),
        ("--patch", "firing.cells=5", "cannot change"),
        ("--drug", "aspirin:1", "cocaine"),
        ("--sensor", "dLight9", "dLight1.3b"),
        ("--set", "space.vmaxx=1", "vmax"),
        ("--set", "axon.length=1", "terminal"),
        ("--projection", "vta-moon", "vta-core"),
        ("--knock-out", "GFP", "RIM"),
        ("--lattice", "2", "4 to 1000"),
        ("--set", "synapses.noise=1", "--neurons conductance"),
        ("--patch", "cell.nmda=1", "--neurons conductance"),
    ];
    for (option, value, word) in wrong {
        let words = ["record", "amo2022", "--theory", "td_csc", "--sessions", "1", option, value, "--out", "none"];
        let told = refused(&words, folder.path());
        assert!(told.contains(word), "{option} {value}: {told}");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "{option} {value}");
    }
}

#[test]
fn a_table_of_choices_is_compared_where_a_study_would_be_and_says_what_is_wrong_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut table = String::from("subjID,group,choice,outcome,rt\n");
    // What won is taken again: a subject a group, thirty trials each.
    for (subject, group) in [("1", "well"), ("2", "well"), ("3", "ill"), ("4", "ill")] {
        for trial in 0..30 {
            let choice = if trial / 10 % 2 == 0 { "left" } else { "right" };
            let outcome = u8::from(trial % 10 != 9);
            table += &format!("{subject},{group},{choice},{outcome},0.{}\n", 4 + trial % 3);
        }
    }
    std::fs::write(folder.path().join("choices.csv"), &table).unwrap();
    let words = ["compare", "choices.csv", "--theories", "q,win_stay,random", "--recovery", "1", "--out", "report"];
    let printed = done(&words, folder.path());
    // Four of one mind cannot decide among three models, and a study that cannot decide says so.
    assert!(printed.contains("No decision: win_stay leads"), "{printed}");
    assert!(printed.contains("4 subjects and 3 models cannot decide"), "{printed}");
    assert!(
        printed.contains("(1 study)") && printed.contains("what the verdict would say of 1 simulated"),
        "{printed}"
    );
    assert!(printed.contains("120 choices, 120 latencies, 0 answers of dopamine"), "{printed}");
    for file in ["report.html", "results.json", "parameters.parquet"] {
        assert!(folder.path().join("report").join(file).exists(), "{file}");
    }
    std::fs::write(folder.path().join("broken.csv"), table.replacen("left,1", "left,much", 1)).unwrap();
    let error = refused(&["compare", "broken.csv", "--out", "none"], folder.path());
    assert!(error.contains("broken.csv: row 1: outcome \"much\"") || error.contains("row 1"), "{error}");
    assert!(!folder.path().join("none").exists());
    std::fs::write(folder.path().join("other.csv"), "time,event\n1,tone\n").unwrap();
    let error = refused(&["compare", "other.csv", "--out", "none"], folder.path());
    assert!(error.contains("other.csv") && error.contains("no column \"subject\" among time, event"), "{error}");
    let error = refused(&["compare", "choices.csv", "--theories", "nothing", "--out", "none"], folder.path());
    assert!(error.contains("kalman") && !folder.path().join("none").exists(), "{error}");
}

#[test]
fn latencies_by_drift_diffusion_need_two_options_and_latencies() {
    let folder = tempfile::tempdir().unwrap();
    let row =
        |i: usize| format!("s{},{},{},{}\n", i % 2, ["a", "b"][i / 2 % 2], i / 3 % 2, 0.4 + 0.01 * (i % 37) as f64);
    let rows: String = (0..80).map(row).collect();
    std::fs::write(folder.path().join("timed.csv"), format!("subject,choice,outcome,latency\n{rows}")).unwrap();
    let words = ["compare", "timed.csv", "--theories", "q,random", "--latencies", "diffusion", "--recovery", "0"];
    let printed = done(&words, folder.path());
    assert!(printed.contains("threshold") && printed.contains("nondecision"), "{printed}");
    std::fs::write(folder.path().join("untimed.csv"), "subject,choice,outcome\n1,a,1\n1,b,0\n").unwrap();
    let error = refused(&["compare", "untimed.csv", "--latencies", "diffusion", "--out", "none"], folder.path());
    assert!(error.contains("latency: 1 has none") && !folder.path().join("none").exists(), "{error}");
}

#[test]
fn a_recorded_experiment_says_what_was_chosen_between_and_its_choices_are_explained() {
    let folder = tempfile::tempdir().unwrap();
    let words = ["record", "behrens2007", "--theory", "rescorla_wagner", "--subjects", "1", "--out", "recorded"];
    done(&words, folder.path());
    let study = folder.path().join("recorded/study.toml");
    let text = std::fs::read_to_string(&study).unwrap();
    assert!(text.contains("[[choice]]\nbetween = [\"left\", \"right\"]\nafter = \"offer\"\n"), "{text}");
    let said = done(&["inspect", "recorded/study.toml"], folder.path());
    assert!(said.contains("choices between left, right, after offer: mouse-1 "), "{said}");
    let json: serde_json::Value =
        serde_json::from_str(&done(&["inspect", "recorded/study.toml", "--json"], folder.path())).unwrap();
    let counts = json["subjects"][0]["taken"][0].as_array().unwrap();
    assert_eq!(counts.iter().map(|n| n.as_u64().unwrap()).sum::<u64>(), 120);
    let asked = ["compare", "recorded/study.toml", "--theories", "rescorla_wagner,constant", "--recovery", "0"];
    let budget = ["--design", "16", "--evaluations", "8", "--out", "report"];
    let printed = done(&[&asked[..], &budget[..]].concat(), folder.path());
    assert!(printed.contains("120 choices") && printed.contains("constant (says nothing of behaviour)"), "{printed}");
    let report = std::fs::read_to_string(folder.path().join("report/report.html")).unwrap();
    assert!(report.contains("120 choices are explained together with dopamine"));
    // The choices beside the report are a tidy table, with the groups that the study names.
    let table = ["compare", "report/choices.parquet", "--theories", "q,random", "--recovery", "0", "--out", "tidy"];
    let tidy = done(&table, folder.path());
    assert!(tidy.contains("1 subject, 120 choices, 120 latencies") && tidy.contains("q explains"), "{tidy}");
    std::fs::write(&study, text.replace("\"right\"]", "\"port\"]")).unwrap();
    let error = refused(&["compare", "recorded/study.toml", "--out", "none"], folder.path());
    assert!(error.contains("no event is called \"port\"") && !folder.path().join("none").exists(), "{error}");
}

#[test]
fn the_clinic_lists_asks_and_cites_its_findings() {
    let folder = tempfile::tempdir().unwrap();
    assert!(done(&["clinic", "--list"], folder.path()).contains("panlilio2007-blocking"));
    let words = ["clinic", "redish2004-unbounded", "--subjects", "2", "--html", "clinic.html"];
    let printed = done(&words, folder.path());
    assert!(printed.contains("published of surplus: drug200 = 10.5, here 10.5"), "{printed}");
    assert!(std::fs::read_to_string(folder.path().join("clinic.html")).unwrap().contains("grows without bound"));
    assert!(done(&["cite", "ahmed1998-escalation"], folder.path()).contains("@article{keramati2017"));
    assert!(refused(&["clinic", "nothing"], folder.path()).contains("ahmed1998-escalation"));
    assert!(refused(&["clinic", "--subjects", "1"], folder.path()).contains("2 or more"));
}
