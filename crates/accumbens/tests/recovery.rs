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
