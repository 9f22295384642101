//! Data simulated from each theory on the same event streams are won by that theory.

use accumbens::fit::compare::{Options, compare};
use accumbens::fit::holdout::Budget;
use accumbens::simulated::{Design, study};
use accumbens::theories::{COMPARED, by_name};
use accumbens_core::Seed;

fn options(budget: Budget, recovery: usize) -> Options {
    let theories = COMPARED.iter().copied().map(|n| (n.to_owned(), by_name(n).unwrap())).collect();
    Options { theories, budget, recovery, seed: Seed(1) }
}

#[test]
fn every_theory_wins_most_of_the_studies_it_made() {
    let study = study(&Design::default()).unwrap();
    let budget = Budget { design: 96, starts: 1, evaluations: 10 };
    let comparison = compare(&study, &options(budget, 5), &|| true).unwrap();
    let recovery = comparison.recovery.unwrap();
    assert!(recovery.wins.iter().flatten().sum::<usize>() >= 20);
    for (truth, row) in recovery.wins.iter().enumerate() {
        let best = row.iter().max().unwrap();
        assert_eq!(row[truth], *best, "{} made {row:?}", comparison.theories[truth].label);
    }
    assert!(recovery.accuracy() > 0.8, "{:?}", recovery.wins);
}

#[test]
fn the_whole_way_from_theory_through_sensor_and_noise_back_to_the_theory() {
    for truth in ["anccr", "td_csc", "td_microstimulus", "rescorla_wagner"] {
        let design = Design { truth: truth.into(), seed: Seed(3), ..Design::default() };
        let budget = Budget { design: 64, starts: 1, evaluations: 30 };
        let comparison = compare(&study(&design).unwrap(), &options(budget, 0), &|| true).unwrap();
        assert_eq!(comparison.verdict.winner.as_deref(), Some(truth), "{}", comparison.verdict.sentence);
        assert!(comparison.ranking[0].truth);
    }
}

#[test]
fn data_without_any_dopamine_in_them_are_none_of_these() {
    let design = Design { truth: "constant".into(), seed: Seed(4), gain: 0.0, ..Design::default() };
    let budget = Budget { design: 48, starts: 1, evaluations: 20 };
    let comparison = compare(&study(&design).unwrap(), &options(budget, 0), &|| true).unwrap();
    assert_eq!(comparison.verdict.winner, None, "{}", comparison.verdict.sentence);
    assert!(comparison.verdict.sentence.starts_with("None of these"));
}

#[test]
fn results_are_the_same_bytes_on_one_thread_and_on_two() {
    let study = study(&Design { subjects: 2, ..Design::default() }).unwrap();
    let run = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let budget = Budget { design: 16, starts: 2, evaluations: 12 };
        let comparison = pool.install(|| compare(&study, &options(budget, 2), &|| true)).unwrap();
        serde_json::to_string(&comparison).unwrap()
    };
    assert_eq!(run(1), run(2));
}

#[test]
fn a_stopped_comparison_keeps_the_subjects_that_were_finished() {
    let study = study(&Design { subjects: 4, ..Design::default() }).unwrap();
    let budget = Budget { design: 8, starts: 1, evaluations: 8 };
    let whole = compare(&study, &options(budget, 0), &|| true).unwrap();
    let left = std::sync::atomic::AtomicI32::new(13);
    let go_on = || left.fetch_sub(1, std::sync::atomic::Ordering::SeqCst) > 1;
    let stopped = compare(&study, &options(budget, 0), &go_on).unwrap();
    assert!(!stopped.unfinished.is_empty() && stopped.unfinished.len() < 4, "{:?}", stopped.unfinished);
    for (a, b) in stopped.theories.iter().zip(&whole.theories) {
        assert_eq!(a.subjects[0].held_out, b.subjects[0].held_out, "{}", a.label);
    }
    let at_once = compare(&study, &options(budget, 0), &|| false);
    assert!(matches!(at_once, Err(accumbens_core::Error::Interrupted)));
}

/// Mice that choose on a bandit, with light as bright as `gain` says.
fn choosing(truth: &str, gain: f64) -> accumbens_core::study::Study {
    let scoring = accumbens_core::study::Scoring {
        events: vec!["reward".into(), "nothing".into()],
        min_interval: 0.0,
        ..accumbens::simulated::scoring()
    };
    let between = vec!["left".to_owned(), "right".to_owned()];
    let choices = vec![accumbens_core::study::Between { options: between, after: Some("offer".into()) }];
    let (experiment, truth) = ("behrens2007".to_owned(), truth.to_owned());
    study(&Design { experiment, scoring, choices, truth, gain, subjects: 4, seed: Seed(6), ..Design::default() })
        .unwrap()
}

#[test]
fn choices_and_dopamine_are_explained_by_one_set_of_parameters() {
    let budget = Budget { design: 48, starts: 1, evaluations: 20 };
    let options = |names: &[&str]| {
        let theories = names.iter().map(|n| ((*n).to_owned(), by_name(n).unwrap())).collect();
        Options { theories, budget, recovery: 0, seed: Seed(1) }
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
    // The held-out density counts both, and without choices it is that of dopamine.
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
