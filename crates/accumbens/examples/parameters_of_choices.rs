//! How well do parameters of models of choices come back, and do their 95 % intervals hold the truth as often as they say?
//!
//! Worlds whose truth is known: a bandit of two options that turns every 40 trials; in each world a group whose mean is drawn
//! around the prior's middle, its subjects around that mean. `cargo run --release --example parameters_of_choices -- WORLDS SUBJECTS
//! TRIALS [MODEL,...]`, 20 12 200 and all models where absent.

use accumbens::choices::fit::{Beforehand, Fitted, alone};
use accumbens::choices::group::grouped;
use accumbens::choices::model::AnyModel;
use accumbens::choices::models;
use accumbens::choices::simulate::simulated;
use accumbens::fit::statistics::{correlation, half_width, mean};
use accumbens_core::choices::{Choices, Chooser, Trial};
use accumbens_core::{Result, Seed};
use rand::RngExt;
use rand_distr::{Distribution, StandardNormal};

/// Spread of the means of groups, and of subjects around them, in standard deviations of the prior.
const SPREAD: [f64; 2] = [0.7, 0.5];

/// Trials whose outcomes a simulated subject finds: both options, taken by turns at random.
fn design(subjects: usize, trials: usize, seed: Seed) -> Choices {
    let mut rng = seed.stream("design");
    let mut trial = |t: usize| {
        let taken = rng.random_range(0..2_u32);
        let good = (t / 40) as u32 % 2 == taken;
        let outcome = f64::from(u8::from(rng.random::<f64>() < if good { 0.8 } else { 0.2 }));
        Trial { session: 0, offer: 0, taken: Some(taken), outcome, latency: f64::NAN, dopamine: f64::NAN }
    };
    let mut subject = |s: usize| Chooser {
        name: format!("{s}"),
        group: String::new(),
        trials: (0..trials).map(&mut trial).collect(),
    };
    let subjects = (0..subjects).map(&mut subject).collect();
    Choices { options: vec!["a".into(), "b".into()], offers: vec![vec![0, 1]], subjects }
}

/// What came of a parameter: pairs within worlds, how often intervals of subjects and of means held the truth.
#[derive(Default)]
struct Tally {
    put: Vec<f64>,
    found: Vec<f64>,
    subjects: Vec<f64>,
    means: Vec<f64>,
}

fn world(model: &dyn AnyModel, subjects: usize, trials: usize, seed: Seed, tallies: &mut [Tally]) -> Result<()> {
    let mut rng = seed.stream("world");
    let mut normal = || -> f64 { StandardNormal.sample(&mut rng) };
    let middle: Vec<f64> = tallies.iter().map(|_| SPREAD[0] * normal()).collect();
    let truth: Vec<Vec<f64>> =
        (0..subjects).map(|_| middle.iter().map(|m| m + SPREAD[1] * normal()).collect()).collect();
    let choices = design(subjects, trials, seed);
    let choices = simulated(&choices, model, &truth, &truth, seed, "world")?;
    let found = alone(&choices, model, Beforehand::Priors, seed)?;
    let (groups, found) = grouped(&choices, model, &found, seed)?;
    for (j, tally) in tallies.iter_mut().enumerate() {
        let (put, got): (Vec<f64>, Vec<f64>) = truth.iter().zip(&found).map(|(t, f)| (t[j], f.z[j])).unzip();
        let (x, y) = (mean(&put), mean(&got));
        tally.put.extend(put.iter().map(|v| v - x));
        tally.found.extend(got.iter().map(|v| v - y));
        let held = truth.iter().zip(&found).map(|(t, f)| (t[j] - f.z[j]).abs() <= 1.96 * f.variance[j].sqrt());
        tally.subjects.extend(held.map(|h| f64::from(u8::from(h))));
        let off = (groups[0].population.mean[j] - middle[j]).abs();
        tally.means.push(f64::from(u8::from(off <= half_width(groups[0].error[j], subjects))));
    }
    Ok(())
}

fn main() -> Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let number = |i: usize, or: usize| args.get(i).and_then(|a| a.parse().ok()).unwrap_or(or);
    let (worlds, subjects, trials) = (number(0, 20), number(1, 12), number(2, 200));
    let all: Vec<String> = match args.get(3) {
        Some(names) => names.split(',').map(str::to_owned).collect(),
        None => models::all().iter().map(|m| m.about().name.to_owned()).collect(),
    };
    println!("{worlds} worlds of {subjects} subjects and {trials} trials");
    println!("| model | parameter | r | subjects' 95 % intervals hold | group means' hold |\n|---|---|---|---|---|");
    for name in all {
        let model = models::parse(&name)?;
        let of = Fitted::of(model.as_ref());
        let mut tallies: Vec<Tally> = of.rows.iter().map(|_| Tally::default()).collect();
        for k in 0..worlds {
            world(model.as_ref(), subjects, trials, Seed(1000 + k as u64), &mut tallies)?;
        }
        for (row, t) in of.rows.iter().zip(&tallies) {
            let r = correlation(&t.put, &t.found);
            println!("| {name} | {} | {r:.2} | {:.3} | {:.2} |", row.name, mean(&t.subjects), mean(&t.means));
        }
    }
    Ok(())
}
