//! The theories against the outputs of the published MATLAB functions, event by event and bin by bin.

use accumbens::theories::by_name;
use accumbens_core::{
    AnyTheory, Change, Clamp, Event, EventClamp, EventKind, EventKindId, EventLog, Learner, Sample, Schedule, Sink,
    live,
};
use serde_json::Value;
use std::path::PathBuf;

/// The folder of the reference cases, or `None` where the shared folder is absent.
fn cases(prefix: &str) -> Vec<(PathBuf, Value)> {
    let Ok(shared) = std::env::var("ACCUMBENS_SHARED") else {
        skipped("the published code (ACCUMBENS_SHARED is not set)");
        return Vec::new();
    };
    let mut found = Vec::new();
    for entry in std::fs::read_dir(PathBuf::from(shared).join("reference/anccr-matlab")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if name.starts_with(prefix) && name.ends_with(".json") {
            let case = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
            found.push((path.with_extension(""), case));
        }
    }
    found.sort_by(|a, b| a.0.cmp(&b.0));
    assert!(!found.is_empty(), "no case begins with {prefix}");
    found
}

fn numbers(path: &std::path::Path, header: bool) -> Vec<Vec<f64>> {
    let file = std::fs::File::open(path).unwrap();
    let read: Box<dyn std::io::Read> = if path.extension().is_some_and(|e| e == "gz") {
        Box::new(flate2::read::GzDecoder::new(file))
    } else {
        Box::new(file)
    };
    let mut reader = csv::ReaderBuilder::new().has_headers(header).from_reader(read);
    reader.records().map(|r| r.unwrap().iter().map(|x| x.trim().parse().unwrap()).collect()).collect()
}

fn with(base: &std::path::Path, suffix: &str) -> PathBuf {
    PathBuf::from(format!("{}.{suffix}", base.display()))
}

fn number(case: &Value, key: &str) -> Option<f64> {
    case.get(key).and_then(Value::as_f64)
}

fn set(theory: &mut Box<dyn AnyTheory>, case: &Value, pairs: &[(&str, &str)]) {
    for (theirs, ours) in pairs {
        if let Some(value) = number(case, theirs) {
            theory.set_text(ours, &value.to_string()).unwrap();
        }
    }
}

fn log(base: &std::path::Path, kinds: Vec<EventKind>) -> EventLog {
    let rows = numbers(&with(base, "events.csv"), false);
    let event = |r: &Vec<f64>| Event { kind: EventKindId(r[0] as u32 - 1), time: r[1], magnitude: r[2] };
    EventLog::new(kinds, rows.iter().map(event).collect()).unwrap()
}

fn run(theory: &mut dyn AnyTheory, log: &EventLog, schedule: Schedule) -> (Vec<Sample>, Box<dyn Learner>) {
    theory.tell(log);
    theory.check().unwrap();
    let mut learner = theory.start(log.kinds());
    let mut samples = Vec::new();
    live(learner.as_mut(), log, &schedule.sorted(), Sink::Samples(&mut samples)).unwrap();
    (samples, learner)
}

fn close(ours: f64, theirs: f64, relative: f64, absolute: f64) -> bool {
    (ours - theirs).abs() <= absolute.max(relative * theirs.abs())
}

fn anccr_kinds(case: &Value) -> Vec<EventKind> {
    let values: Vec<f64> = case["beta"].as_array().unwrap().iter().map(|b| b.as_f64().unwrap()).collect();
    let mut kinds: Vec<EventKind> = values
        .iter()
        .enumerate()
        .map(|(i, &value)| {
            let name = format!("e{}", i + 1);
            EventKind { value, ..if value > 0.0 { EventKind::outcome(name) } else { EventKind::cue(name) } }
        })
        .collect();
    for pair in case.get("omidx").and_then(Value::as_array).into_iter().flatten() {
        let at = |i: usize| pair[i].as_u64().unwrap() as usize - 1;
        kinds[at(0)] = EventKind::omission(format!("e{}", at(0) + 1), EventKindId(at(1) as u32));
    }
    kinds
}

#[test]
fn anccr_equals_the_published_code_at_every_event_and_in_its_final_matrices() {
    for (base, case) in cases("anccr_") {
        let mut theory = by_name("anccr").unwrap();
        let same = ["T", "alpha", "k", "sampling_interval", "w", "threshold", "minimum_rate", "alpha_r", "exact_mean"];
        set(&mut theory, &case, &same.map(|p| (p, p)));
        if let Some(schedule) = case.get("alpha_schedule") {
            set(&mut theory, schedule, &[("init", "alpha_init"), ("min", "alpha_min"), ("exponent", "alpha_exponent")]);
        }
        let log = log(&base, anccr_kinds(&case));
        let mut schedule = Schedule::default();
        if case.get("opto").is_some() {
            let rows = numbers(&with(&base, "opto.csv"), false);
            let held = rows.iter().enumerate().filter(|(_, r)| r[0] == 1.0);
            schedule.event_clamps = held.map(|(row, r)| EventClamp { row, value: r[1] }).collect();
        }
        if case.get("T_vector").is_some() {
            let times = log.events().iter().map(|e| e.time);
            let constants = numbers(&with(&base, "T.csv"), false);
            let change = |(time, r): (f64, &Vec<f64>)| Change { time, parameter: "T".into(), value: r[0] };
            schedule.changes = times.zip(&constants).map(change).collect();
        }
        let (samples, learner) = run(theory.as_mut(), &log, schedule);
        let theirs = numbers(&with(&base, "dopamine.csv"), true);
        assert_eq!(samples.len(), theirs.len());
        for (row, (ours, theirs)) in samples.iter().zip(&theirs).enumerate() {
            let agrees = close(ours.value, theirs[0], 1e-9, 1e-12);
            assert!(agrees, "{}: event {row}: {} against {}", base.display(), ours.value, theirs[0]);
        }
        let end = learner.describe();
        let n = log.kinds().len();
        let matrices = numbers(&with(&base, "final.csv"), false);
        for (name, theirs) in ["NC", "PRC", "SRC", "ANCCR", "R"].iter().zip(&matrices) {
            for i in 0..n {
                for j in 0..n {
                    let (row, column) = (&log.kinds()[i].name, &log.kinds()[j].name);
                    let ours = end[name][row][column].as_f64().unwrap();
                    let theirs = theirs[j * n + i];
                    let place = base.display();
                    assert!(
                        close(ours, theirs, 1e-9, 1e-12),
                        "{place}: {name}[{row}][{column}]: {ours} against {theirs}"
                    );
                }
            }
        }
    }
}

fn time_step_kinds(base: &std::path::Path, case: &Value) -> Vec<EventKind> {
    let reward = number(case, "reward").unwrap() as usize;
    let rows = numbers(&with(base, "events.csv"), false);
    let n = rows.iter().map(|r| r[0] as usize).max().unwrap();
    let kind =
        |i: usize| if i == reward { EventKind::outcome(format!("e{i}")) } else { EventKind::cue(format!("e{i}")) };
    (1..=n).map(kind).collect()
}

fn compare_bins(name: &str, base: &std::path::Path, case: &Value, theory: &mut Box<dyn AnyTheory>) {
    set(
        theory,
        case,
        &[
            ("statesize", "dt"),
            ("alpha", "alpha"),
            ("gamma", "gamma_per_bin"),
            ("lambda", "lambda"),
            ("maxstatelength", "max_state"),
        ],
    );
    let log = log(base, time_step_kinds(base, case));
    let mut schedule = Schedule { end: log.last_time() + 5.0, ..Schedule::default() };
    if case.get("inhibition").is_some() {
        let rows = numbers(&with(base, "inh.csv"), false);
        schedule.clamps = rows.iter().map(|r| Clamp::new(r[0], r[1], r[2]).unwrap()).collect();
    }
    let (samples, _) = run(theory.as_mut(), &log, schedule);
    let theirs = numbers(&with(base, "timeline.csv.gz"), true);
    assert_eq!(samples.len(), theirs.len(), "{name}");
    for (bin, (ours, theirs)) in samples.iter().zip(&theirs).enumerate() {
        // The reference is written with 12 significant digits.
        let agrees = close(ours.value, theirs[0], 1e-9, 1e-12);
        assert!(agrees, "{}: bin {}: {} against {}", base.display(), bin + 1, ours.value, theirs[0]);
    }
}

#[test]
fn the_serial_compound_equals_the_published_code_in_every_bin() {
    for (base, case) in cases("csc_") {
        let mut theory = by_name("td_csc").unwrap();
        if number(&case, "with_iti_states") == Some(0.0) {
            theory.set_text("iti", "none").unwrap();
            theory.set_text("cue_to_iti", &case["cue_to_iti"][0].to_string()).unwrap();
        } else {
            theory.set_text("iti", "published").unwrap();
        }
        compare_bins("td_csc", &base, &case, &mut theory);
    }
}

#[test]
fn microstimuli_equal_the_published_code_in_every_bin() {
    for (base, case) in cases("microstimulus_") {
        let mut theory = by_name("td_microstimulus").unwrap();
        set(&mut theory, &case, &[("n", "n"), ("sigma", "sigma"), ("d", "decay")]);
        compare_bins("td_microstimulus", &base, &case, &mut theory);
    }
}

/// Reports a skipped test past the harness, which keeps what passing tests print to itself.
fn skipped(what: &str) {
    use std::io::Write;
    let _ = writeln!(std::io::stderr(), "skipped: {what}");
}
