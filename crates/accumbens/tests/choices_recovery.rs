//! Recovery of models of choices: intervals hold what they promise, studies are made as the data were, the verdict is one.

use accumbens::choices::diffusion::{Diffusing, Diffusion};
use accumbens::choices::fit::{Fitted, alone};
use accumbens::choices::group::grouped;
use accumbens::choices::model::{AnyModel, Trace};
use accumbens::choices::simulate::simulated;
use accumbens::choices::verdict::judge;
use accumbens::choices::{Beforehand, Compared, Latencies, Options, compare, models};
use accumbens::fit::statistics::{correlation, mean, variance};
use accumbens_core::Seed;
use accumbens_core::choices::{Choices, Chooser, Trial};
use rand::RngExt;
use rand_distr::{Distribution, StandardNormal};

/// Trials of two options that turn every 40: what is taken and what comes of it are there to be simulated from.
fn design(subjects: usize, trials: usize, seed: u64) -> Choices {
    let mut rng = Seed(seed).stream("design");
    let mut trial = |t: usize| {
        let taken = rng.random_range(0..2_u32);
        let good = (t / 40) as u32 % 2 == taken;
        let outcome = f64::from(u8::from(rng.random::<f64>() < if good { 0.8 } else { 0.2 }));
        Trial { session: 0, offer: 0, taken: Some(taken), outcome, latency: f64::NAN, dopamine: f64::NAN }
    };
    let mut subject = |s: usize| Chooser {
        name: format!("s{s:02}"),
        group: String::new(),
        trials: (0..trials).map(&mut trial).collect(),
    };
    let subjects = (0..subjects).map(&mut subject).collect();
    Choices { options: vec!["a".into(), "b".into()], offers: vec![vec![0, 1]], subjects }
}

/// Choices of subjects whose standard scores are normal around a mean.
fn world(model: &dyn AnyModel, mean: &[f64], sd: f64, of: &Choices, seed: u64) -> (Choices, Vec<Vec<f64>>) {
    let mut rng = Seed(seed).stream("truth");
    let mut one = |m: &f64| {
        let chance: f64 = StandardNormal.sample(&mut rng);
        m + sd * chance
    };
    let truth: Vec<Vec<f64>> = of.subjects.iter().map(|_| mean.iter().map(&mut one).collect()).collect();
    (simulated(of, model, &truth, &truth, Seed(seed), "world").unwrap(), truth)
}

fn compared(choices: &Choices, names: &[&str], beforehand: Beforehand, recovery: usize) -> Compared {
    let models = names.iter().map(|n| (*n).to_owned()).collect();
    let options = Options { models, beforehand, latencies: Latencies::default(), recovery, seed: Seed(1) };
    compare(choices, &options, &|| true).unwrap()
}

#[test]
fn intervals_hold_the_truth_where_each_subject_says_less_than_its_group() {
    // Sixty groups of ten who differ little (a third of the prior's spread) in sixty trials each, away from the prior's middle.
    let model = models::parse("q").unwrap();
    let (worlds, middle) = (60, [0.6, -0.5]);
    let (mut means, mut subjects) = ([0; 2], [0; 2]);
    for k in 0..worlds {
        let (choices, truth) = world(model.as_ref(), &middle, 0.33, &design(10, 60, k), k);
        let found = alone(&choices, model.as_ref(), Beforehand::Priors, Seed(1)).unwrap();
        let (groups, found) = grouped(&choices, model.as_ref(), &found, Seed(1)).unwrap();
        for j in 0..2 {
            let off = (groups[0].population.mean[j] - middle[j]).abs();
            means[j] += usize::from(off <= groups[0].half_width(j));
            let held = truth.iter().zip(&found).filter(|(t, f)| (t[j] - f.z[j]).abs() <= 1.96 * f.variance[j].sqrt());
            subjects[j] += held.count();
        }
    }
    // Of sixty that promise 95 %, 53 or fewer would come in one of fifty; of six hundred, fewer than 555.
    assert!(means.iter().all(|m| *m >= 54), "{means:?} of 60");
    assert!(subjects.iter().all(|s| *s >= 555), "{subjects:?} of 600");
}

#[test]
fn a_parameter_of_which_the_data_say_nothing_keeps_its_priors_interval_and_is_not_to_be_read() {
    // Every outcome is a gain: the rate of losses is never used.
    let mut of = design(8, 60, 1);
    of.subjects.iter_mut().flat_map(|s| &mut s.trials).for_each(|t| t.outcome = [0.4, 1.0][t.taken.unwrap() as usize]);
    let model = models::parse("q_dual").unwrap();
    let (choices, _) = world(model.as_ref(), &[0.0; 3], 0.3, &of, 2);
    let found = compared(&choices, &["q_dual"], Beforehand::Priors, 4);
    let group = found.models[0].groups.iter().find(|g| g.parameter == "alpha_loss").unwrap();
    // Logit-normal around .3 with a spread of 1.5: the middle 95 % of the prior itself.
    let ends = [-1.96, 1.96].map(|z: f64| 1.0 / (1.0 + (-((0.3_f64 / 0.7).ln() + 1.5 * z)).exp()));
    assert!(group.low <= ends[0] && group.high >= ends[1] && group.error > 0.95, "{group:?} {ends:?}");
    assert!(group.note.starts_with("NOT TO BE READ") && !group.recovery.unwrap().readable, "{}", group.note);
    let subject = found.models[0].subjects[0].parameters.iter().find(|p| p.name == "alpha_loss").unwrap();
    assert!(subject.note.contains("subjects' values do not come back"), "{}", subject.note);
}

#[test]
fn without_recovery_every_interval_says_so_and_with_it_every_interval_has_its_own() {
    let model = models::parse("q").unwrap();
    let mut of = design(8, 80, 3);
    of.subjects.iter_mut().enumerate().for_each(|(i, s)| s.group = ["a", "b"][i % 2].into());
    let (choices, _) = world(model.as_ref(), &[0.3, 0.3], 0.5, &of, 3);
    let notes = |recovery: usize| -> Vec<String> {
        let found = compared(&choices, &["q", "random"], Beforehand::Priors, recovery);
        let best = found.models.iter().find(|m| m.model == "q").unwrap().clone();
        let groups = best.groups.into_iter().map(|g| g.note).chain(best.differences.into_iter().map(|d| d.note));
        groups.chain(best.subjects.into_iter().flat_map(|s| s.parameters).map(|p| p.note)).collect()
    };
    let (without, with) = (notes(0), notes(3));
    assert_eq!(without.len(), 4 + 2 + 16);
    assert!(without.iter().all(|n| n == "recovery not run"));
    assert!(with.iter().all(|n| n.contains("r ") && n.contains("held in") && n.contains("(3 studies)")), "{with:?}");
    assert!(compared(&choices, &["q", "random"], Beforehand::Priors, 0).answer.ends_with("Recovery was not run."));
}

/// Data with latencies in three trials of four, dopamine in two of three, and no choice in one of ten.
fn beside(seed: u64) -> (Choices, Vec<Vec<f64>>) {
    let model = models::parse("q").unwrap();
    let mut of = design(4, 400, seed);
    let trials = of.subjects.iter_mut().flat_map(|s| s.trials.iter_mut().enumerate());
    trials.filter(|(t, _)| t % 10 == 7).for_each(|(_, trial)| (trial.taken, trial.outcome) = (None, f64::NAN));
    let (mut choices, truth) = world(model.as_ref(), &[0.3, 0.2], 0.2, &of, seed);
    let mut rng = Seed(seed).stream("beside");
    for (s, z) in truth.iter().enumerate() {
        let (mut trace, mut model) = (Trace::default(), model.boxed());
        Fitted::of(model.as_ref()).put(model.as_mut(), z);
        model.live(&choices, &choices.subjects[s], Some(&mut trace)).unwrap();
        for (t, trial) in choices.subjects[s].trials.iter_mut().enumerate().filter(|(_, t)| t.taken.is_some()) {
            let mut noise = || -> f64 { StandardNormal.sample(&mut rng) };
            if t % 4 != 0 {
                trial.latency = (-0.7 + 1.2 * trace.hard[t] + 0.25 * noise()).exp();
            }
            if t % 3 != 0 {
                trial.dopamine = 20.0 + 6.0 * trace.error[t] + 3.0 * noise();
            }
        }
    }
    (choices, truth)
}

/// The mean of a regression's numbers, its slope and the spread around it.
fn line(x: &[f64], y: &[f64]) -> [f64; 3] {
    let slope = correlation(x, y) * (variance(y) / variance(x)).sqrt();
    let at = mean(y) - slope * mean(x);
    let left: Vec<f64> = x.iter().zip(y).map(|(x, y)| y - at - slope * x).collect();
    [at, slope, variance(&left).sqrt()]
}

#[test]
fn a_simulated_study_has_the_latencies_and_the_dopamine_that_were_fitted_in_the_same_trials() {
    let (choices, truth) = beside(5);
    let model = models::parse("q").unwrap();
    let made = simulated(&choices, model.as_ref(), &truth, &truth, Seed(2), "again").unwrap();
    let (mut hard, mut logs, mut errors, mut answers) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (s, z) in truth.iter().enumerate() {
        let (mut trace, mut model) = (Trace::default(), model.boxed());
        Fitted::of(model.as_ref()).put(model.as_mut(), z);
        model.live(&made, &made.subjects[s], Some(&mut trace)).unwrap();
        for (t, (new, old)) in made.subjects[s].trials.iter().zip(&choices.subjects[s].trials).enumerate() {
            assert_eq!(new.taken.is_some(), old.taken.is_some());
            assert_eq!(new.latency > 0.0, old.latency > 0.0);
            assert_eq!(new.dopamine.is_finite(), old.dopamine.is_finite());
            if new.latency > 0.0 {
                hard.push(trace.hard[t]);
                logs.push(new.latency.ln());
            }
            if new.dopamine.is_finite() {
                errors.push(trace.error[t]);
                answers.push(new.dopamine);
            }
        }
    }
    // The slopes, offsets and noise of the world, within four standard errors of a thousand trials.
    for (found, truth, x) in
        [(line(&hard, &logs), [-0.7, 1.2, 0.25], &hard), (line(&errors, &answers), [20.0, 6.0, 3.0], &errors)]
    {
        let by = truth[2] / (x.len() as f64).sqrt();
        let of_slope = by / variance(x).sqrt();
        // Twice an error of regression: once in what was fitted, once in what was made.
        assert!((found[1] - truth[1]).abs() < 4.0 * 1.5 * of_slope, "{found:?} {truth:?}");
        assert!((found[0] - truth[0]).abs() < 4.0 * 1.5 * (by + of_slope * mean(x).abs()), "{found:?} {truth:?}");
        assert!((found[2] / truth[2] - 1.0).abs() < 0.12, "{found:?} {truth:?}");
    }
}

#[test]
fn what_is_fitted_beside_choices_makes_recovery_better_than_choices_alone() {
    // Dopamine that says errors nearly without noise tells the learning rate; recovery must know that.
    let (with, _) = beside(6);
    let mut without = with.clone();
    let trials = without.subjects.iter_mut().flat_map(|s| &mut s.trials);
    trials.for_each(|t| (t.latency, t.dopamine) = (f64::NAN, f64::NAN));
    let own = |choices: &Choices| {
        let found = compared(choices, &["q", "associability", "kalman"], Beforehand::Priors, 6);
        let c = found.confusion.iter().find(|c| c.truth == "q").unwrap().clone();
        let alpha = found.models.iter().find(|m| m.model == "q").unwrap().recovery[0].clone();
        (c, alpha)
    };
    let ((_, told), (_, untold)) = (own(&with), own(&without));
    assert!(told.correlation > untold.correlation, "{told:?} {untold:?}");
}

#[test]
fn simulated_drift_diffusion_has_the_slips_that_its_likelihood_supposes() {
    let model = models::parse("q").unwrap();
    let (mut choices, truth) = world(model.as_ref(), &[0.5, 1.0], 0.1, &design(4, 500, 9), 9);
    let (mut rng, walk) = (Seed(1).stream("walk"), Diffusion { threshold: 1.2, nondecision: 0.3 });
    let trials = choices.subjects.iter_mut().flat_map(|s| &mut s.trials);
    trials.for_each(|t| t.latency = walk.draw(0.7, &mut rng).min(3.0));
    let model = Diffusing::new(model, &choices).unwrap();
    let scores: Vec<Vec<f64>> = truth.iter().map(|z| [z.as_slice(), &[-0.32, 0.0]].concat()).collect();
    let made = simulated(&choices, &model, &scores, &scores, Seed(4), "again").unwrap();
    let latencies: Vec<f64> = made.subjects.iter().flat_map(|s| &s.trials).map(|t| t.latency).collect();
    assert!(latencies.iter().all(|l| *l > 0.0));
    // No walk ends before the time that is not spent on deciding: a tenth (0.3 of 3 s) of one in twenty are slips there.
    let longest = choices.subjects.iter().map(|s| s.trials.iter().map(|t| t.latency).fold(0.0, f64::max));
    let expected: f64 = longest.map(|l| 500.0 * 0.05 * 0.3 / l).sum();
    let early = latencies.iter().filter(|l| **l < 0.3).count() as f64;
    assert!((early - expected).abs() < 4.0 * expected.sqrt() && early > 0.0, "{early} {expected}");
}

#[test]
fn the_verdict_goes_by_subjects_and_not_by_one_subjects_evidence() {
    // Eleven of twelve follow the first by four nats, one the second by a hundred.
    let evidence: Vec<Vec<f64>> = (0..12).map(|i| if i == 0 { vec![0.0, 100.0] } else { vec![4.0, 0.0] }).collect();
    let (order, _, verdict) = judge(&evidence, &["x", "y"]);
    assert!(order == [0, 1] && verdict.named() == Some(0), "{verdict:?}");
    assert!(verdict.ahead.unwrap() < 0.0 && verdict.ahead_in == 11);
    // Where subjects are divided, or the models alike, nothing is named.
    let divided: Vec<Vec<f64>> = (0..12).map(|i| vec![f64::from(i % 2) * 10.0, f64::from(1 - i % 2) * 10.0]).collect();
    assert_eq!(judge(&divided, &["x", "y"]).2.named(), None);
    assert_eq!(judge(&vec![vec![0.0, 0.01]; 12], &["x", "y"]).2.named(), None);
    // Two of one mind among eight models cannot decide, and the ceiling says so.
    let few: Vec<Vec<f64>> = (0..2).map(|_| (0..8).map(|m| if m == 3 { 50.0 } else { 0.0 }).collect()).collect();
    let (_, _, verdict) = judge(&few, &["x"; 8]);
    assert!(verdict.named().is_none() && verdict.ceiling < 0.95 && verdict.first == 3, "{verdict:?}");
}

#[test]
fn recovery_says_how_often_the_verdict_would_be_right_and_names_the_worst_model() {
    // Models that say nearly the same in a short study: the verdict must not decide, and recovery must say so.
    let model = models::parse("q").unwrap();
    let (choices, _) = world(model.as_ref(), &[0.0, 0.0], 0.3, &design(10, 60, 11), 11);
    let found = compared(&choices, &["q", "q_dual", "random"], Beforehand::Priors, 5);
    for row in &found.confusion {
        let all: f64 = row.named.iter().map(|n| n.share.share).sum::<f64>() + row.undecided.share;
        assert!((all - 1.0).abs() < 1e-12 && row.named.iter().all(|n| n.share.error > 0.0));
    }
    let worst = found.confusion.iter().min_by(|a, b| a.own().share.total_cmp(&b.own().share)).unwrap();
    assert!(worst.own().share < 0.5, "{worst:?}");
    assert!(found.answer.contains(&worst.truth), "{}", found.answer);
    assert!(found.answer.contains("the verdict would name it in"), "{}", found.answer);
    // One subject has a posterior probability of its own and says nothing of others.
    let one = Choices { subjects: choices.subjects[..1].to_vec(), ..choices };
    let alone = compared(&one, &["q", "random"], Beforehand::Priors, 0);
    assert!(alone.answer.contains("one subject"), "{}", alone.answer);
    assert!(alone.models[0].groups.iter().all(|g| g.low.is_nan() && g.note == "no interval: one subject"));
}

#[test]
fn at_maximum_likelihood_a_flat_likelihood_has_an_interval_over_all_values() {
    let model = models::parse("q_dual").unwrap();
    let mut of = design(2, 60, 1);
    of.subjects.iter_mut().flat_map(|s| &mut s.trials).for_each(|t| t.outcome = [0.4, 1.0][t.taken.unwrap() as usize]);
    let (choices, _) = world(model.as_ref(), &[0.0; 3], 0.3, &of, 2);
    let found = compared(&choices, &["q_dual"], Beforehand::Nothing, 2);
    let p = found.models[0].subjects[0].parameters.iter().find(|p| p.name == "alpha_loss").unwrap();
    assert!(p.low < 1e-6 && p.high > 1.0 - 1e-6, "{p:?}");
}
