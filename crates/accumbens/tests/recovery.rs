//! Data simulated from each theory on the same event streams are won by that theory.

use accumbens::fit::choosing::{Choosing, Chosen, HABIT, WEIGHT};
use accumbens::fit::infer::Budget;
use accumbens::fit::{Options, compare::compare};
use accumbens::simulated::{Design, study};
use accumbens::theories::{COMPARED, by_name};
use accumbens_core::study::Between;
use accumbens_core::{Event, EventKind, EventKindId, EventLog, Role, Seed};

fn options(budget: Budget, recovery: usize) -> Options {
    let theories = COMPARED.iter().copied().map(|n| (n.to_owned(), by_name(n).unwrap())).collect();
    Options { budget, recovery, ..Options::new(theories) }
}

#[test]
fn recovery_names_the_truth_of_a_study_at_its_size_says_none_without_theory_and_decides_on_no_other() {
    let study = study(&Design::default()).unwrap();
    let budget = Budget { design: 96, starts: 1, evaluations: 20, draws: 16, rounds: 2 };
    let comparison = compare(&study, &options(budget, 5), &|| true).unwrap();
    let recovery = comparison.recovery.unwrap();
    assert_eq!(recovery.truths, ["rescorla_wagner", "td_csc", "td_microstimulus", "anccr", "description"]);
    assert_eq!(recovery.answers.last().map(String::as_str), Some("none"));
    assert!(recovery.wrong()[0] <= 1 && recovery.wrongly_decided()[0] == 0, "{:?}", recovery.said);
    // The truth of this study is as large as it was made. The others are what little of it they could fit, among residuals that
    // hold the rest of the truth: of such studies "none of these" may be said.
    let truth = recovery.truths.iter().position(|t| t == "anccr").unwrap();
    assert!(recovery.named()[1] == 20 && recovery.right(truth) >= 4, "{:?}", recovery.said);
    assert!(recovery.right(4) >= 4, "{:?}", recovery.said);
}

#[test]
fn the_whole_way_from_theory_through_sensor_and_noise_back_to_the_theory() {
    for truth in ["anccr", "td_csc", "td_microstimulus", "rescorla_wagner"] {
        let design = Design { truth: truth.into(), seed: Seed(3), ..Design::default() };
        let budget = Budget { design: 64, starts: 1, evaluations: 30, draws: 24, rounds: 2 };
        let comparison = compare(&study(&design).unwrap(), &options(budget, 0), &|| true).unwrap();
        assert_eq!(comparison.verdict.winner.as_deref(), Some(truth), "{}", comparison.verdict.sentence);
        assert!(comparison.ranking[0].truth);
    }
}

#[test]
fn data_without_any_dopamine_in_them_are_none_of_these() {
    let design = Design { truth: "constant".into(), seed: Seed(4), gain: 0.0, ..Design::default() };
    let budget = Budget { design: 48, starts: 1, evaluations: 20, draws: 16, rounds: 2 };
    let comparison = compare(&study(&design).unwrap(), &options(budget, 0), &|| true).unwrap();
    assert_eq!(comparison.verdict.winner, None, "{}", comparison.verdict.sentence);
    assert!(comparison.verdict.sentence.starts_with("None of these"));
}

#[test]
fn results_are_the_same_bytes_on_one_thread_and_on_two() {
    let study = study(&Design { subjects: 2, ..Design::default() }).unwrap();
    let run = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let budget = Budget { design: 16, starts: 2, evaluations: 12, draws: 8, rounds: 2 };
        let comparison = pool.install(|| compare(&study, &options(budget, 2), &|| true)).unwrap();
        serde_json::to_string(&comparison).unwrap()
    };
    assert_eq!(run(1), run(2));
}

#[test]
fn a_stopped_comparison_keeps_the_subjects_that_were_finished() {
    let study = study(&Design { subjects: 4, ..Design::default() }).unwrap();
    let budget = Budget { design: 8, starts: 1, evaluations: 8, draws: 4, rounds: 2 };
    let whole = compare(&study, &options(budget, 0), &|| true).unwrap();
    let left = std::sync::atomic::AtomicI32::new(13);
    let go_on = || left.fetch_sub(1, std::sync::atomic::Ordering::SeqCst) > 1;
    let stopped = compare(&study, &options(budget, 0), &go_on).unwrap();
    assert!(!stopped.unfinished.is_empty() && stopped.unfinished.len() < 4, "{:?}", stopped.unfinished);
    for (a, b) in stopped.theories.iter().zip(&whole.theories) {
        // The evidence of a subject depends on the others; its fit does not.
        assert_eq!(a.subjects[0].log_evidence, b.subjects[0].log_evidence, "{}", a.label);
    }
    let at_once = compare(&study, &options(budget, 0), &|| false);
    assert!(matches!(at_once, Err(accumbens_core::Error::Interrupted)));
}

/// Mice that choose on a bandit, with light as bright as `gain` says.
fn choosing(truth: &str, gain: f64) -> accumbens_core::study::Study {
    let scoring = accumbens_core::study::Scoring {
        events: vec!["reward".into(), "nothing".into()],
        min_interval: 0.0,
        ..accumbens::simulated::scoring().0[0].clone()
    };
    let scoring = scoring.into();
    let between = vec!["left".to_owned(), "right".to_owned()];
    let choices = vec![Between { options: between, after: Some("offer".into()) }];
    let (experiment, truth) = ("behrens2007".to_owned(), truth.to_owned());
    study(&Design { experiment, scoring, choices, truth, gain, subjects: 4, seed: Seed(6), ..Design::default() })
        .unwrap()
}

#[test]
fn choices_and_dopamine_are_explained_by_one_set_of_parameters() {
    let budget = Budget { design: 48, starts: 1, evaluations: 20, draws: 16, rounds: 2 };
    let options = |names: &[&str]| {
        let theories = names.iter().map(|n| ((*n).to_owned(), by_name(n).unwrap())).collect();
        Options { budget, recovery: 0, ..Options::new(theories) }
    };
    let rivals = options(&["rescorla_wagner", "td_csc", "anccr", "constant"]);
    let over = |c: &accumbens::fit::Comparison, label: &str| {
        let theory = c.theories.iter().find(|t| t.label == label).unwrap();
        let held: f64 = theory.subjects.iter().map(|s| s.choices.unwrap().held_out).sum();
        held - c.without_preferences.iter().sum::<f64>()
    };
    // With light the truth wins; without any it is found by what was taken alone.
    for gain in [4.0, 0.0] {
        let comparison = compare(&choosing("rescorla_wagner", gain), &rivals, &|| true).unwrap();
        assert_eq!(comparison.ranking[0].label, "rescorla_wagner", "{}", comparison.verdict.sentence);
        assert!(over(&comparison, "rescorla_wagner") > 20.0, "{}", over(&comparison, "rescorla_wagner"));
        // What says nothing of behaviour is left with habits.
        assert_eq!(over(&comparison, "constant"), 0.0);
        let fits = comparison.theories.iter().flat_map(|t| &t.subjects).filter_map(|s| s.choices);
        for fit in fits {
            assert!(fit.count > 100 && fit.weight >= 0.0 && fit.chance > 0.4 && fit.chance < 1.0, "{fit:?}");
        }
    }
    // The evidence counts both, and without choices it is that of dopamine.
    let with = choosing("rescorla_wagner", 4.0);
    let without = accumbens_core::study::Study { choices: Vec::new(), ..with.clone() };
    let nothing = options(&["constant"]);
    let (with, without) = (compare(&with, &nothing, &|| true).unwrap(), compare(&without, &nothing, &|| true).unwrap());
    for ((a, b), habit) in
        with.theories[0].subjects.iter().zip(&without.theories[0].subjects).zip(&with.without_preferences)
    {
        assert!(b.choices.is_none() && (a.held_out - b.held_out - habit).abs() < 1e-9);
    }
}

/// A life of offers and what was taken of `options`, with preferences that are followed loosely; two sessions.
fn taking(options: usize, n: usize) -> (Choosing, Vec<f64>) {
    let names = ["left", "right", "middle"];
    let action = |name: &&str| EventKind { role: Role::Action, ..EventKind::cue(*name) };
    let kinds = std::iter::once(EventKind::cue("offer")).chain(names[..options].iter().map(action)).collect();
    let (mut events, mut preferences, mut x) = (Vec::new(), Vec::new(), 0.37_f64);
    for i in 0..n {
        x = 3.9 * x * (1.0 - x);
        let time = 10.0 * i as f64;
        // What is taken follows x by a rule of another sort.
        let y = x + 0.3 * (i as f64).sin();
        let taken = if options > 2 && y < 0.2 { 3 } else { 1 + u32::from(y > 0.55) };
        events.push(Event { time, kind: EventKindId(0), magnitude: 0.0 });
        events.push(Event { time: time + 1.0, kind: EventKindId(taken), magnitude: 0.0 });
        events.push(Event { time: time + 1.5, kind: EventKindId(taken), magnitude: 0.0 });
        preferences.extend_from_slice(&[0.5, 0.5 + x, 0.9 - x][..options]);
    }
    let log = EventLog::new(kinds, events).unwrap();
    let options = names[..options].iter().map(|n| (*n).to_owned()).collect();
    let between = Between { options, after: Some("offer".into()) };
    (Choosing::new(&[between], &log, &[0.0, 10.0 * (n / 2) as f64]), preferences)
}

#[test]
fn only_the_first_after_an_offer_is_a_choice_and_repetition_begins_anew_each_session() {
    let (choosing, _) = taking(2, 40);
    assert_eq!(choosing.chosen.len(), 40);
    for (i, pair) in choosing.chosen.windows(2).enumerate() {
        assert_eq!(pair[1].before, (i + 1 != 20).then_some(pair[0].taken), "{i}");
    }
    assert_eq!((choosing.before(195.0), choosing.probes().len()), (20, 80));
    assert!(choosing.probes().iter().all(|p| (p.time % 10.0 - 0.999).abs() < 1e-9));
}

/// The log evidence of choices by summing over weight, repetition and biases on a grid.
fn summed(choosing: &Choosing, scaled: &[f64], options: usize, [fine, coarse]: [f64; 2]) -> f64 {
    let density = |x: f64, sd: f64| (-0.5 * (x / sd).powi(2)).exp() / (sd * std::f64::consts::TAU.sqrt());
    let likelihood = |beta: f64, kappa: f64, biases: [f64; 3]| -> f64 {
        let one = |(i, c): (usize, &Chosen)| {
            let repeat = |o| if c.before == Some(o) { kappa } else { 0.0 };
            let odds = |o: usize| (beta * scaled[options * i + o] + biases[o] + repeat(o)).exp();
            odds(c.taken) / (0..options).map(odds).sum::<f64>()
        };
        choosing.chosen.iter().enumerate().map(one).product()
    };
    let (steps, habits) = ((8.0 / fine) as i32, (4.0 / coarse) as i32);
    let third = if options > 2 { habits } else { 0 };
    let mut sum = 0.0_f64;
    for b in 0..steps {
        for k in -habits..=habits {
            for s in -habits..=habits {
                for t in -third..=third {
                    let at = [fine * (f64::from(b) + 0.5), coarse * f64::from(k), coarse * f64::from(s)];
                    let other = coarse * f64::from(t);
                    let mut prior = 2.0 * density(at[0], WEIGHT) * density(at[1], HABIT) * density(at[2], HABIT);
                    prior *= fine * coarse * coarse;
                    if options > 2 {
                        prior *= coarse * density(other, HABIT);
                    }
                    sum += prior * likelihood(at[0], at[1], [0.0, at[2], other]);
                }
            }
        }
    }
    sum.ln()
}

#[test]
fn the_evidence_of_choices_is_the_integral_over_weight_biases_and_repetition() {
    let (choosing, preferences) = taking(2, 60);
    let scaled = choosing.scaled(&preferences);
    assert!((scaled.iter().map(|p| p * p).sum::<f64>() / 120.0 - 1.0).abs() < 1e-12);
    // Preferences against what was taken are worse than none; there the density falls from a weight of 0.
    let opposite: Vec<f64> = scaled.iter().map(|p| -p).collect();
    for said in [&scaled, &opposite] {
        let (ours, truth) = (choosing.log_evidence(said, 60), summed(&choosing, said, 2, [0.02, 0.2]));
        assert!((ours - truth).abs() < 0.05, "{ours} against {truth}");
    }
    let none = choosing.log_evidence(&[], 60);
    let (with, against) = (choosing.log_evidence(&scaled, 60), choosing.log_evidence(&opposite, 60));
    assert!(with > none + 3.0 && against < none - 1.0, "{with} {none} {against}");
    assert!((choosing.log_evidence(&[0.0; 120], 60) - none).abs() < 1e-9);
    let known = choosing.chooser(&scaled, 60);
    let toss = |c: &Chosen, first: f64| if c.taken == 0 { first } else { 1.0 - first };
    for (i, c) in choosing.chosen.iter().enumerate() {
        assert!((known.chances[i].exp() - toss(c, known.firsts[i])).abs() < 1e-12);
    }
    // Of three options too.
    let (choosing, preferences) = taking(3, 40);
    let scaled = choosing.scaled(&preferences);
    let (ours, truth) = (choosing.log_evidence(&scaled, 40), summed(&choosing, &scaled, 3, [0.1, 0.5]));
    assert!((ours - truth).abs() < 0.1, "{ours} against {truth}");
}
