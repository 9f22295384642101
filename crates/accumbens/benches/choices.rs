//! How fast models of choices live and are fitted, and people are treated.

use accumbens::choices::diffusion::Diffusing;
use accumbens::choices::fit::{Beforehand, alone};
use accumbens::choices::models;
use accumbens::choices::simulate::simulated;
use accumbens::clinic::addiction::{Homeostatic, Lever, Rat, day};
use accumbens_core::Seed;
use accumbens_core::choices::{Choices, Chooser, Trial};
use divan::counter::ItemsCount;

fn main() {
    divan::main();
}

/// Twenty subjects of 200 trials of two options, made by plain prediction errors.
fn table() -> Choices {
    let trial = Trial { session: 0, offer: 0, taken: Some(0), outcome: 1.0, latency: f64::NAN, dopamine: f64::NAN };
    let trials: Vec<Trial> =
        (0..200_u32).map(|t| Trial { taken: Some(t % 2), outcome: f64::from(t / 50 % 2 == t % 2), ..trial }).collect();
    let subject = |s: usize| Chooser { name: s.to_string(), group: String::new(), trials: trials.clone() };
    let subjects = (0..20).map(subject).collect();
    let choices = Choices { options: vec!["a".into(), "b".into()], offers: vec![vec![0, 1]], subjects };
    let model = models::parse("q").unwrap();
    let z = vec![vec![0.0, 0.0]; 20];
    simulated(&choices, model.as_ref(), &z, &z, Seed(1), "bench").unwrap()
}

#[divan::bench(args = ["q", "q_sticky", "opal", "kalman", "rescorla_wagner"])]
fn likelihood_of_200_trials(bencher: divan::Bencher<'_, '_>, name: &str) {
    let (choices, model) = (table(), models::parse(name).unwrap());
    bencher.counter(ItemsCount::new(200_u32)).bench_local(|| model.live(&choices, &choices.subjects[0], None).unwrap());
}

#[divan::bench(args = ["q", "q_dual", "opal"])]
fn twenty_subjects_fitted(bencher: divan::Bencher<'_, '_>, name: &str) {
    let (choices, model) = (table(), models::parse(name).unwrap());
    bencher.bench_local(|| alone(&choices, model.as_ref(), Beforehand::Priors, Seed(1)).unwrap());
}

#[divan::bench]
fn a_day_of_six_hours_of_access(bencher: divan::Bencher<'_, '_>) {
    let mut rng = Seed(1).stream("bench");
    bencher.bench_local(|| day(&mut Rat::new(Homeostatic::default()), 6, Lever::default(), &mut rng));
}

#[divan::bench]
fn twenty_subjects_fitted_with_drift_diffusion(bencher: divan::Bencher<'_, '_>) {
    let mut choices = table();
    let trials = choices.subjects.iter_mut().flat_map(|s| &mut s.trials);
    trials.enumerate().for_each(|(i, t)| t.latency = 0.4 + 0.01 * (i * 37 % 71) as f64);
    let model = Diffusing::new(models::parse("q").unwrap(), &choices).unwrap();
    bencher.bench_local(|| alone(&choices, &model, Beforehand::Priors, Seed(1)).unwrap());
}
