//! What cannot be is refused or said: each nonsense is made from a study that is sound, and nothing else is changed.

use std::fmt::Write;
use std::path::Path;
use std::process::{Command, Output};

const COMPARE: [&str; 6] = [
    "compare",
    "study.toml",
    "--theories=rescorla_wagner,td_csc,constant",
    "--design=4",
    "--evaluations=4",
    "--recovery=0",
];

fn accumbens(words: &[&str], folder: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_accumbens"));
    command.args(words).current_dir(folder).env_remove("COLUMNS").output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn done(words: &[&str], folder: &Path) -> String {
    let out = accumbens(words, folder);
    assert!(out.status.success(), "{words:?}: {}", text(&out.stderr));
    text(&out.stdout)
}

/// The one error of a command that fails.
fn refused(words: &[&str], folder: &Path) -> String {
    let out = accumbens(words, folder);
    let error = text(&out.stderr);
    assert_eq!(out.status.code(), Some(2), "{words:?}: {}{error}", text(&out.stdout));
    assert!(error.starts_with("error: ") && error.trim().lines().count() == 1, "{words:?}: {error}");
    error
}

/// Both verbs refuse the study for the same reason, in these words.
fn both_refuse(folder: &Path, wanted: &[&str]) {
    for words in [&["inspect", "study.toml"][..], &COMPARE] {
        let error = refused(words, folder);
        assert!(wanted.iter().all(|w| error.contains(w)), "{words:?}: {error}");
    }
}

/// The concern stands in `inspect`, in the terminal of `compare` before its table, in its results and on its page.
fn all_say(folder: &Path, wanted: &[&str]) {
    let says = |text: &str| wanted.iter().all(|w| text.contains(w));
    let inspected = done(&["inspect", "study.toml"], folder);
    assert!(says(&inspected), "{inspected}");
    let described = done(&["describe", "study.toml"], folder);
    assert!(says(&described), "{described}");
    let compared = done(&COMPARE, folder);
    assert!(says(compared.split("exceedance").next().unwrap()), "{compared}");
    let report = folder.join("accumbens-report");
    let results: serde_json::Value =
        serde_json::from_slice(&std::fs::read(report.join("results.json")).unwrap()).unwrap();
    let concerns = results["concerns"].as_array().unwrap();
    let one = |c: &serde_json::Value| format!("{}: {}", c["place"].as_str().unwrap(), c["text"].as_str().unwrap());
    assert!(concerns.iter().any(|c| says(&one(c))), "{concerns:?}");
    let page = std::fs::read_to_string(report.join("report.html")).unwrap();
    let (head, _) = page.split_once("<h2>Ranking</h2>").unwrap();
    assert!(says(&head.replace("&#x2f;", "/").replace("&quot;", "\"")), "{wanted:?} is not on the page");
}

/// Noise that is the same wherever the test runs.
struct Noise(u64);

impl Noise {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64 - 0.5
    }
}

/// A session of which a test changes what it wants before it is written.
struct Day {
    times: Vec<f64>,
    light: Vec<f64>,
    drops: Vec<f64>,
    header: &'static str,
}

impl Day {
    /// 200 s at a rate, a drop about every 10 s, each followed by a response.
    fn new(seed: u64, rate: f64) -> Self {
        let mut noise = Noise(seed);
        let drops: Vec<f64> = (1..20).map(|i| f64::from(i) * 10.0 + noise.next()).collect();
        let times: Vec<f64> = (0..(200.0 * rate) as usize).map(|i| i as f64 / rate).collect();
        let answer = |t: f64| drops.iter().filter(|d| **d <= t).map(|d| (d - t).exp()).sum::<f64>();
        let light = times.iter().map(|t| answer(*t) + noise.next()).collect();
        Self { times, light, drops, header: "time,event,magnitude" }
    }

    fn write(&self, folder: &Path, place: &str) {
        let at = folder.join(place);
        std::fs::create_dir_all(&at).unwrap();
        let mut trace = String::from("time,dff\n");
        self.times.iter().zip(&self.light).for_each(|(t, x)| writeln!(trace, "{t},{x}").unwrap());
        let mut events = format!("{}\n", self.header);
        self.drops.iter().for_each(|t| writeln!(events, "{t},sucrose,1").unwrap());
        std::fs::write(at.join("trace.csv"), trace).unwrap();
        std::fs::write(at.join("events.csv"), events).unwrap();
    }
}

const STUDY: &str = r#"
title = "Drops"
[signal]
channel = "dff"
unit = "% dF/F"
[score]
events = ["sucrose"]
response = [0.0, 1.0]
baseline = [-1.0, 0.0]
statistic = "mean"
[[event]]
name = "sucrose"
role = "outcome"
"#;

/// The sound study of two mice with two days each, and a change to the first day of the first.
fn lab(change: impl Fn(&mut Day)) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (seed, place) in ["m1/day1", "m1/day2", "m2/day1", "m2/day2"].into_iter().enumerate() {
        let mut day = Day::new(seed as u64 + 1, 20.0);
        if seed == 0 {
            change(&mut day);
        }
        day.write(folder.path(), place);
    }
    study(folder.path(), STUDY, &[("m1", &["m1/day1", "m1/day2"]), ("m2", &["m2/day1", "m2/day2"])]);
    folder
}

fn study(folder: &Path, text: &str, subjects: &[(&str, &[&str])]) {
    let subject = |(name, days): &(&str, &[&str])| format!("[[subject]]\nname = {name:?}\nsessions = {days:?}\n");
    let subjects: String = subjects.iter().map(subject).collect();
    std::fs::write(folder.join("study.toml"), format!("{text}{subjects}")).unwrap();
}

#[test]
fn a_sound_study_raises_no_concern() {
    let folder = lab(|_| {});
    assert!(done(&["inspect", "study.toml"], folder.path()).contains("nothing wrong was found"));
    let compared = done(&COMPARE, folder.path());
    assert!(!compared.contains("to look at"), "{compared}");
}

#[test]
fn a_study_without_an_outcome_is_said_by_inspect_described_and_not_compared() {
    let folder = lab(|_| {});
    let days: [(&str, &[&str]); 2] = [("m1", &["m1/day1", "m1/day2"]), ("m2", &["m2/day1", "m2/day2"])];
    for role in ["role = \"cue\"", "role = \"outcome\"\nvalue = 0.0"] {
        study(folder.path(), &STUDY.replace("role = \"outcome\"", role), &days);
        for verb in ["inspect", "describe"] {
            assert!(done(&[verb, "study.toml"], folder.path()).contains("learn"), "{verb} {role}");
        }
        let error = refused(&COMPARE, folder.path());
        assert!(error.contains("learn") && error.contains("role = \"outcome\""), "{error}");
    }
    // A theory that answers cues for their novelty has something to say of them.
    study(folder.path(), &STUDY.replace("\"outcome\"", "\"cue\""), &days);
    let words = "compare study.toml --theories novelty_bonus,constant --design 4 --evaluations 4 --recovery 0";
    let compared = done(&words.split_whitespace().collect::<Vec<_>>(), folder.path());
    assert!(compared.contains("no event that happens is an outcome"), "{compared}");
}

#[test]
fn one_recording_stands_in_a_study_once_by_its_path_and_by_its_samples() {
    let folder = lab(|_| {});
    let at = folder.path();
    study(at, STUDY, &[("m1", &["m1/day1", "m1/day1"])]);
    both_refuse(at, &["\"m1\"", "m1/day1", "each recording once"]);
    study(at, STUDY, &[("m1", &["m1/day1", "m1/day2"]), ("m2", &["m2/../m1/day2"])]);
    both_refuse(at, &["\"m2\"", "m2/../m1/day2", "m1/day2", "\"m1\""]);
    // A copy under another name, with events that were shifted.
    let mut copy = Day::new(1, 20.0);
    copy.drops.iter_mut().for_each(|t| *t += 0.5);
    copy.write(at, "m3/day9");
    study(at, STUDY, &[("m1", &["m1/day1", "m1/day2"]), ("m3", &["m3/day9"])]);
    both_refuse(at, &["\"m3\"", "m3/day9", "m1/day1", "holds the same samples"]);
    copy.light[1234] += 0.5;
    copy.write(at, "m3/day9");
    both_refuse(at, &["\"m3\"", "m3/day9", "m1/day1", "nearly the same samples (1 of 4000 differ)"]);
}

#[test]
fn a_channel_that_cannot_be_a_signal_is_refused_with_its_session_and_value() {
    let flat = lab(|day| day.light.fill(0.25));
    both_refuse(flat.path(), &["m1/day1", "\"dff\"", "all its 4000 samples are 0.25"]);
    let one = lab(|day| {
        day.light.truncate(1);
        day.times.truncate(1);
    });
    both_refuse(one.path(), &["m1/day1", "\"dff\"", "one sample"]);
    for (value, said) in [(1e308, "1e308"), (-2e31, "-2e31"), (f64::INFINITY, "inf")] {
        let folder = lab(|day| day.light[7] = value);
        both_refuse(folder.path(), &["m1/day1", "\"dff\"", "sample 8 at 0.35 s", said, "1e30"]);
    }
}

#[test]
fn times_in_ms_beside_times_in_s_are_refused_either_way() {
    let slow = lab(|day| day.times.iter_mut().for_each(|t| *t *= 1000.0));
    both_refuse(slow.path(), &["m1/day1", "199950.0 s at 0.0200 Hz", "ms"]);
    let late = lab(|day| day.drops.iter_mut().for_each(|t| *t *= 1000.0));
    both_refuse(late.path(), &["m1/day1", "to 199.9 s", "ms"]);
    let apart = lab(|day| day.times.iter_mut().for_each(|t| *t += 80_000.0));
    both_refuse(apart.path(), &["m1/day1", "lasts from 80000.0 to 80199.9", "do not overlap"]);
    // Said to be in ms, and one of the two is not.
    let days: [(&str, &[&str]); 1] = [("m1", &["m1/day1"])];
    let said = STUDY.replace("[signal]", "[read]\ntime_unit = \"ms\"\n[signal]");
    for (folder, which) in [(&slow, "the events stood in s already"), (&late, "the signal stood in s already")] {
        study(folder.path(), &said, &days);
        both_refuse(folder.path(), &["m1/day1", "read.time_unit", which]);
    }
    // Both in ms: nothing differs between the two, but no window holds two samples.
    let both = lab(|day| day.times.iter_mut().chain(&mut day.drops).for_each(|t| *t *= 1000.0));
    both_refuse(both.path(), &["m1/day1", "score.response", "at most one sample", "0.02", "time_unit"]);
}

#[test]
fn a_rate_that_differs_between_sessions_and_one_too_coarse_for_the_windows_are_said() {
    let folder = lab(|day| *day = Day::new(1, 15.5));
    all_say(folder.path(), &["sampling rate", "15.50 Hz in m1/day1 (1 of 4", "20.00 Hz in m", "(3)"]);
    let coarse = lab(|day| *day = Day::new(1, 1.5));
    all_say(coarse.path(), &["m1/day1", "score.response", "fewer than three samples at 1.50 Hz"]);
}

#[test]
fn gaps_missing_samples_and_events_outside_the_signal_are_said_with_their_size() {
    let gap = lab(|day| day.times.iter_mut().skip(2000).for_each(|t| *t += 5.0));
    all_say(gap.path(), &["m1/day1", "1 gap ", "5.0 s"]);
    let missing = lab(|day| day.light[100..500].fill(f64::NAN));
    all_say(missing.path(), &["m1/day1", "400 of 4000 samples", "10.0 %"]);
    let outside = lab(|day| day.drops.extend([300.0, 310.0]));
    all_say(outside.path(), &["m1/day1", "2 of 21 events lie outside the signal", "110."]);
    let silent = lab(|day| day.drops.clear());
    all_say(silent.path(), &["m1/day1", "no event"]);
}

#[test]
fn events_that_stand_twice_and_columns_beside_them_that_nobody_reads_are_said() {
    let twice = lab(|day| day.drops = day.drops.iter().flat_map(|t| [*t, *t]).collect());
    all_say(twice.path(), &["m1/day1", "19 of 38 events stand twice"]);
    let unread = lab(|day| day.header = "time,event,mag");
    all_say(unread.path(), &["m1/day1", "\"mag\" is not read"]);
    let repeated = lab(|day| day.header = "time,event,event");
    both_refuse(repeated.path(), &["events.csv:1", "\"event\" stands twice"]);
}

#[test]
fn a_magnitude_that_is_no_amount_is_refused_with_its_line() {
    for word in ["nan", "inf", "1e300"] {
        let folder = lab(|_| {});
        let path = folder.path().join("m1/day1/events.csv");
        let text = std::fs::read_to_string(&path).unwrap().replacen("sucrose,1", &format!("sucrose,{word}"), 1);
        std::fs::write(path, text).unwrap();
        both_refuse(folder.path(), &["events.csv:2", word, "-1e12 to 1e12"]);
    }
}

#[test]
fn a_session_whose_channel_holds_a_word_or_no_sample_is_said_with_the_channel() {
    let lab = lab(|_| {});
    let path = lab.path().join("m1/day1/trace.csv");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replacen("\n0.05,", "\n0.05,hello", 1)).unwrap();
    all_say(lab.path(), &["m1/day1", "\"dff\" holds words", "row 2", "nothing in it is scored"]);
    std::fs::write(&path, "time,dff\n").unwrap();
    all_say(lab.path(), &["m1/day1", "\"dff\" has no sample", "nothing in it is scored"]);
}

#[test]
fn the_events_of_one_session_in_two_are_said_where_no_samples_can_be_compared() {
    let lab = lab(|_| {});
    std::fs::create_dir(lab.path().join("m1/day3")).unwrap();
    std::fs::copy(lab.path().join("m1/day1/events.csv"), lab.path().join("m1/day3/events.csv")).unwrap();
    let days: [(&str, &[&str]); 2] = [("m1", &["m1/day1", "m1/day2", "m1/day3"]), ("m2", &["m2/day1", "m2/day2"])];
    study(lab.path(), STUDY, &days);
    all_say(lab.path(), &["m1/day3", "the same 19 events as m1/day1"]);
}

#[test]
fn responses_that_are_all_the_same_are_said_and_compared_with_nothing() {
    let folder = lab(|_| {});
    for (more, day) in ["m1/day1", "m1/day2", "m2/day1", "m2/day2"].into_iter().enumerate() {
        // Some samples more each, or they would be one recording.
        let light = |i: usize| format!("{},{}\n", i as f64 / 20.0, u8::from(i > 0));
        let trace: String = (0..4000 + more).map(light).collect();
        std::fs::write(folder.path().join(day).join("trace.csv"), format!("time,dff\n{trace}")).unwrap();
    }
    let inspected = done(&["inspect", "study.toml"], folder.path());
    assert!(inspected.contains("m1: all 38 scored responses are the same (0)"), "{inspected}");
    let described = done(&["describe", "study.toml"], folder.path());
    assert!(described.contains("in 0 of 2 subjects") && !described.contains("too few"), "{described}");
    assert!(refused(&COMPARE, folder.path()).contains("all scored responses of m1, m2 are the same"));
}

#[test]
fn counts_are_shown_of_each_kind_and_of_subjects_that_are_left_out() {
    let folder = lab(|_| {});
    let days: [(&str, &[&str]); 2] = [("m1", &["m1/day1", "m1/day2"]), ("m2", &["m2/day1", "m2/day2"])];
    study(folder.path(), &STUDY.replace("[score]", "[score]\nmin_interval = 300.0"), &days);
    let inspected = done(&["inspect", "study.toml"], folder.path());
    let row = inspected.lines().find(|l| l.contains("m2/day2")).unwrap();
    let cells: Vec<&str> = row.split_whitespace().collect();
    assert_eq!(cells[5..], ["sucrose", "1", "18", "0", "0", "0"], "{row}");
    assert!(inspected.contains("no subject has more than five"), "{inspected}");
}

#[test]
fn an_events_file_without_a_time_column_names_the_columns_found_and_those_accepted() {
    for header in ["timestamp,event,magnitude", "t,event,magnitude", "Seconds,What,magnitude"] {
        let folder = lab(|day| day.header = header);
        both_refuse(folder.path(), &["events.csv:1", &header.replace(',', ", "), "time,event,magnitude"]);
    }
}

#[test]
fn no_threads_are_refused_and_one_animal_has_no_error_instead_of_nan() {
    let folder = lab(|_| {});
    let words: Vec<&str> = COMPARE.into_iter().chain(["--threads", "0"]).collect();
    assert!(refused(&words, folder.path()).contains("--threads"));
    study(folder.path(), STUDY, &[("m1", &["m1/day1", "m1/day2"])]);
    let compared = done(&COMPARE, folder.path());
    assert!(
        compared.contains("no s.e.") && compared.contains("the only animal") && !compared.contains("NaN"),
        "{compared}"
    );
    all_say(folder.path(), &["m1: the only animal", "no", "error over animals"]);
}

#[test]
fn a_trial_table_with_one_sample_a_trial_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let rows: String = (1..=20).map(|t| format!("m1,1,{t},{}\n", t * t % 7)).collect();
    std::fs::write(folder.path().join("trials.csv"), format!("id,session,trial,s.1\n{rows}")).unwrap();
    let table = "[trials]\nfile = \"trials.csv\"\nsubject = \"id\"\nsession = \"session\"\ntrial = \"trial\"\n\
                 samples = \"s.\"\nrate = 20.0\nfirst = 0.0\nspacing = 30.0\n[[trials.event]]\nevent = \"sucrose\"\n";
    std::fs::write(folder.path().join("study.toml"), format!("{STUDY}{table}")).unwrap();
    both_refuse(folder.path(), &["trials.csv:1", "\"s.1\"", "two samples a trial"]);
}

#[test]
fn a_trial_table_whose_rows_stand_twice_is_refused_with_both_lines_and_has_nothing_to_clean() {
    let folder = tempfile::tempdir().unwrap();
    let mut noise = Noise(1);
    let mut cells = || (0..61).map(|_| format!(",{:.4}", noise.next())).collect::<String>();
    let rows: String = (1..=20).map(|t| format!("m1,1,{t}{}\n", cells())).collect();
    let samples: String = (1..=61).map(|s| format!(",s.{s}")).collect();
    let write = |rows: &str| {
        std::fs::write(folder.path().join("trials.csv"), format!("id,session,trial{samples}\n{rows}")).unwrap();
    };
    let table = "[trials]\nfile = \"trials.csv\"\nsubject = \"id\"\nsession = \"session\"\ntrial = \"trial\"\n\
                 samples = \"s.\"\nrate = 20.0\nfirst = -1.5\nspacing = 30.0\n[[trials.event]]\nevent = \"sucrose\"\n";
    std::fs::write(folder.path().join("study.toml"), format!("{STUDY}{table}")).unwrap();
    write(&rows);
    done(&["inspect", "study.toml"], folder.path());
    assert!(refused(&["clean", "study.toml"], folder.path()).contains("no continuous signal"));
    write(&format!("{rows}{rows}"));
    both_refuse(folder.path(), &["trials.csv:22", "line 2 again", "20 of 40 rows of \"m1\" stand twice"]);
}

#[test]
fn a_folder_without_events_gets_one_clear_error_and_no_study() {
    let folder = lab(|_| {});
    std::fs::remove_file(folder.path().join("study.toml")).unwrap();
    for day in ["m1/day1", "m1/day2", "m2/day1", "m2/day2"] {
        std::fs::remove_file(folder.path().join(day).join("events.csv")).unwrap();
    }
    let error = refused(&["init", "."], folder.path());
    assert!(error.contains("no event in any session") && error.contains("events.csv"), "{error}");
    assert!(!folder.path().join("study.toml").exists());
}

#[test]
fn a_table_in_a_file_has_a_line_a_row_however_wide() {
    let folder = tempfile::tempdir().unwrap();
    let words = ["findings", "--quick", "--finding", "schultz1997-transfer,schultz1997-omission"];
    let table = done(&words, folder.path());
    let theories = table.lines().next().unwrap().split_whitespace().count() - 1;
    assert!(theories > 10, "{table}");
    for finding in ["schultz1997-transfer", "schultz1997-omission"] {
        let row = table.lines().find(|l| l.contains(finding)).unwrap();
        assert_eq!(row.split_whitespace().count(), theories + 1, "{row}");
    }
    // Two findings, a line a theory, and a few that explain: nothing is broken over lines.
    assert!(table.lines().count() < theories + 10, "{table}");
}
