//! Speed: events or bins a second of each theory, likelihoods a second, and a whole fit.
//!
//! `cargo bench` prints items a second beside the times.

use accumbens::experiment::{catalogue, life, sessions};
use accumbens::findings;
use accumbens::fit::cohort::Cohort;
use accumbens::fit::evidence::{Nuisance, Part, log_evidence, scaled_channels};
use accumbens::fit::infer::{Asked, Budget, Task, Tried, said};
use accumbens::fit::search::Space;
use accumbens::simulated::{Design, study};
use accumbens::theories::{by_name, parse};
use accumbens_core::{EventLog, Seed, Sink, live};
use divan::Bencher;
use divan::counter::ItemsCount;

fn main() {
    divan::main();
}

/// A life of three kinds of event: two cues and an outcome.
fn log() -> EventLog {
    let experiment = catalogue::by_name("jeong2022-acquisition").unwrap_or_else(|e| panic!("{e}"));
    let sessions = sessions(&experiment, None, 1, Seed(1)).unwrap_or_else(|e| panic!("{e}"));
    life(&sessions, "").unwrap_or_else(|e| panic!("{e}")).log
}

fn lives(bencher: Bencher<'_, '_>, theory: &str, items: impl Fn(&EventLog) -> usize) {
    let log = log();
    let mut theory = parse(theory).unwrap_or_else(|e| panic!("{e}"));
    theory.tell(&log);
    let count = ItemsCount::new(items(&log));
    bencher.counter(count).with_inputs(|| theory.start(log.kinds())).bench_local_values(|mut learner| {
        live(learner.as_mut(), &log, &Default::default(), Sink::Discard).unwrap_or_else(|e| panic!("{e}"));
    });
}

/// Theories that answer events: items are events.
#[divan::bench(args = [
    "rescorla_wagner", "anccr", "anccr:exact_mean=yes", "anccr:variant=2026", "td_semi_markov", "successor",
    "expected_trace", "scaled_error", "pearce_hall", "hgf", "delta_p", "rescorla_contingency", "gallistel_contingency",
    "perceived_salience", "threat", "action_error", "constant", "trend",
])]
fn events(bencher: Bencher<'_, '_>, theory: &str) {
    lives(bencher, theory, |log| log.events().len());
}

/// Time-step theories: items are bins.
#[divan::bench(args = [
    "td_csc", "td_csc:lambda=0.9", "td_csc:iti=published", "td_csc+precision", "td_csc+tonic", "td_microstimulus",
    "td_belief", "td_timescales", "td_distributional", "td_features", "td_feedback", "td_forgetting", "kalman_td",
    "state_value", "incentive_salience", "dopamine_gate", "novelty_bonus",
])]
fn bins(bencher: Bencher<'_, '_>, theory: &str) {
    lives(bencher, theory, |log| (log.last_time() / 0.2) as usize);
}

/// The marginal likelihood of 400 responses in eight sessions for one channel: items are likelihoods.
#[divan::bench]
fn likelihoods(bencher: Bencher<'_, '_>) {
    let sessions: Vec<usize> = (0..400).map(|i| i / 50).collect();
    let places: Vec<f64> = (0..400).map(|i| f64::from(i % 50) / 50.0 - 0.5).collect();
    let y: Vec<f64> = (0..400).map(|i| f64::from(i * 7919 % 101) / 50.0 - 1.0).collect();
    let z = scaled_channels(&[(0..400).map(|i| f64::from(i * 104_729 % 97)).collect()]);
    let nuisance = Nuisance::new(&sessions, &places, &[]);
    bencher.counter(ItemsCount::new(1_usize)).bench_local(|| log_evidence(&nuisance, &y, &Part::gains(&z, true)));
}

/// One theory on one finding, three subjects: items are subjects.
#[divan::bench(args = ["td_csc", "td_belief", "anccr"], sample_count = 5, sample_size = 1)]
fn finding(bencher: Bencher<'_, '_>, name: &str) {
    let finding = findings::catalogue::by_name("qian2025-cued").unwrap_or_else(|e| panic!("{e}"));
    let theory = by_name(name).unwrap_or_else(|e| panic!("{e}"));
    bencher
        .counter(ItemsCount::new(3_usize))
        .bench_local(|| findings::table::cell("qian2025-cued", &finding, name, theory.as_ref(), 3, Seed(1)));
}

/// A whole fit of one theory to one simulated subject of seven sessions: design, search, draws.
#[divan::bench(args = ["rescorla_wagner", "td_csc", "td_microstimulus", "anccr"], sample_count = 3, sample_size = 1)]
fn whole_fit(bencher: Bencher<'_, '_>, name: &str) {
    let study = study(&Design { subjects: 1, ..Design::default() }).unwrap_or_else(|e| panic!("{e}"));
    let cohort = Cohort::new(&study).unwrap_or_else(|e| panic!("{e}"));
    let member = &cohort.members[0];
    let (task, theory) = (Task::new(member), by_name(name).unwrap_or_else(|e| panic!("{e}")));
    let space = Space::of(theory.as_ref());
    let budget = Budget::default();
    bencher.bench_local(|| {
        let point = |z: Vec<f64>| said(member, theory.as_ref(), &space, &z).unwrap();
        let design: Vec<Tried> = space.design(budget.design).into_iter().map(point).collect();
        let asked = Asked { member, task: &task, theory: theory.as_ref(), positive: true, design: &design };
        asked.infer(&task.y, budget, Seed(1), "bench").unwrap()
    });
}
