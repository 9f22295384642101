//! Studies of learning and choice: rich and lean worlds, volatile worlds, worlds of two steps.

use super::{Measured, measured};
use crate::choices::fit::{self, Beforehand, Fitted};
use crate::choices::{AnyModel, models};
use accumbens_core::choices::{Choices, Chooser, Trial};
use accumbens_core::seed::ChaCha8Rng;
use accumbens_core::{Error, Result, Seed};
use rand::RngExt;
use rayon::prelude::*;

/// Opponent actors in a bandit, with a beta-distributed critic and rates that fall as the world is known (jaskir2023).
struct Star {
    /// How far dopamine's level follows the world; with 0 it is `rho`.
    k: f64,
    rho: f64,
}

/// Learning rate of the actors, inverse temperature, and the constant of annealing: those of the published simulations.
const ACTORS: (f64, f64, f64) = (0.5, 1.0, 10.0);

impl Star {
    /// The share of 250 trials in which the first of two options is taken.
    fn best(&self, right: [f64; 2], rng: &mut ChaCha8Rng) -> f64 {
        const TRIALS: u32 = 250;
        let (alpha, beta, anneal) = ACTORS;
        let (mut go, mut stop, mut counts) = ([1.0_f64; 2], [1.0_f64; 2], [[1.0_f64; 2]; 2]);
        let mut best = 0;
        for _ in 0..TRIALS {
            let (won, lost) = (0.5 * (counts[0][0] + counts[1][0]), 0.5 * (counts[0][1] + counts[1][1]));
            let (mean, n) = (won / (won + lost), won + lost);
            let variance = won * lost / (n * n * (n + 1.0));
            // Dopamine's level follows the world where it is surely better or worse than chance.
            let surely = (mean - 0.5).abs() > variance.sqrt();
            let rho = if self.k > 0.0 { if surely { self.k * (mean - 0.5) } else { 0.0 } } else { self.rho };
            let weigh = |i: usize| (beta * (1.0 + rho)).max(0.0) * go[i] - (beta * (1.0 - rho)).max(0.0) * stop[i];
            let first = 1.0 / (1.0 + (weigh(1) - weigh(0)).exp());
            let taken = usize::from(rng.random::<f64>() >= first);
            best += u32::from(taken == 0);
            let reward = f64::from(u8::from(rng.random::<f64>() < right[taken]));
            let error = reward - counts[taken][0] / (counts[taken][0] + counts[taken][1]);
            counts[taken][0] += reward;
            counts[taken][1] += 1.0 - reward;
            let rate = alpha / (1.0 + 1.0 / (10.0 * variance * anneal));
            go[taken] = (go[taken] * (1.0 + rate * error)).max(0.0);
            stop[taken] = (stop[taken] * (1.0 - rate * error)).max(0.0);
        }
        f64::from(best) / f64::from(TRIALS)
    }
}

/// Rich (.8 against .7) and lean (.3 against .2) worlds: how often the better is taken, over forty bandits a subject.
pub fn rich_lean(account: &str, subjects: u32, seed: Seed) -> Result<Vec<Measured>> {
    let star = match account {
        "opal" => Star { k: 0.0, rho: 0.0 },
        "opal_star" => Star { k: 20.0, rho: 0.0 },
        "opal_high" => Star { k: 0.0, rho: 0.5 },
        "opal_low" => Star { k: 0.0, rho: -0.5 },
        _ => {
            return Err(Error::input(
                "account",
                format!("{account:?} is not known"),
                "opal, opal_star, opal_high, opal_low",
            ));
        }
    };
    let one = |i: u32| {
        // The same worlds for each account.
        let mut rng = seed.stream(&format!("clinic/rich_lean/{i}"));
        let mut mean = |right: [f64; 2]| (0..40).map(|_| star.best(right, &mut rng)).sum::<f64>() / 40.0;
        Ok(measured(&[("rich", mean([0.8, 0.7])), ("lean", mean([0.3, 0.2]))]))
    };
    (1..=subjects).into_par_iter().map(one).collect()
}

/// Two options, one offer.
pub(super) fn bandit(trials: usize) -> Choices {
    let trial = Trial { session: 0, offer: 0, taken: None, outcome: f64::NAN, latency: f64::NAN, dopamine: f64::NAN };
    let subject = Chooser { name: "1".into(), group: String::new(), trials: vec![trial; trials] };
    Choices { options: vec!["a".into(), "b".into()], offers: vec![vec![0, 1]], subjects: vec![subject] }
}

/// The rate and inverse temperature of plain prediction errors that fit a subject's choices best, under their priors.
pub(super) fn plain(choices: &Choices, seed: Seed) -> Result<(f64, f64)> {
    let model = models::parse("q")?;
    let found = fit::alone(choices, model.as_ref(), Beforehand::Priors, seed)?;
    let values = Fitted::of(model.as_ref()).values(&found[0].z);
    Ok((values[0], values[1]))
}

/// Chances of reward in which the better option turns every so many trials.
fn turning(every: usize, at: usize, option: u32) -> f64 {
    if (at / every).is_multiple_of(2) == (option == 0) { 0.8 } else { 0.2 }
}

fn lived(model: &dyn AnyModel, every: usize, trials: usize, name: &str, seed: Seed) -> Result<Choices> {
    let mut choices = bandit(trials);
    let (mut rng, mut luck) = (seed.stream(name), seed.stream(&format!("{name}/luck")));
    let mut chosen = |_: usize, chances: &[f64]| Some(usize::from(rng.random::<f64>() >= chances[0]));
    let mut given = |i: usize, option: u32| f64::from(u8::from(luck.random::<f64>() < turning(every, i, option)));
    let acted = model.act(&choices, &choices.subjects[0].clone(), &mut chosen, &mut given)?;
    choices.subjects[0] = acted;
    Ok(choices)
}

/// A world that turns every 20 trials against one that never does: the rate that fits each best, as the logarithm of their
/// ratio, and how often the better option is taken in both.
pub fn volatile(account: &str, subjects: u32, seed: Seed) -> Result<Vec<Measured>> {
    const TRIALS: usize = 320;
    let model = models::parse(account)?;
    let one = |i: u32| {
        let mut all = Vec::new();
        let mut rates = [0.0; 2];
        for (k, (every, right)) in [(TRIALS, "stable"), (20, "volatile")].into_iter().enumerate() {
            let name = format!("clinic/volatile/{account}/{every}/{i}");
            let choices = lived(model.as_ref(), every, TRIALS, &name, seed)?;
            rates[k] = plain(&choices, seed)?.0;
            let trials = choices.subjects[0].trials.iter().enumerate();
            let best = trials.filter(|(at, t)| turning(every, *at, t.taken.unwrap_or(0)) > 0.5).count();
            all.push((right, best as f64 / TRIALS as f64));
        }
        all.push(("ratio", (rates[1] / rates[0]).ln()));
        Ok(measured(&all))
    };
    (1..=subjects).into_par_iter().map(one).collect()
}

/// The two-step task (daw2011): what a first choice leads to commonly (70%) and rarely; rewards drift. How much more often
/// the first choice is repeated after a reward (its main effect), and how much that depends on whether the way was common.
pub fn two_step(account: &str, subjects: u32, seed: Seed) -> Result<Vec<Measured>> {
    let weight = match account {
        "model_free" => 0.0,
        "model_based" => 1.0,
        "hybrid" => 0.5,
        _ => {
            return Err(Error::input(
                "account",
                format!("{account:?} is not known"),
                "model_free, model_based, hybrid",
            ));
        }
    };
    let one = |i: u32| Ok(stays(weight, &mut seed.stream(&format!("clinic/two_step/{account}/{i}"))));
    (1..=subjects).into_par_iter().map(one).collect()
}

/// Two-step: 201 trials as in the source, rates of .5, inverse temperature 5, an eligibility trace of .6 (ours, near its fits).
fn stays(weight: f64, rng: &mut ChaCha8Rng) -> Measured {
    const COMMON: f64 = 0.7;
    let (alpha, beta, lambda) = (0.5, 5.0, 0.6);
    let mut chance: [f64; 4] = std::array::from_fn(|_| rng.random_range(0.25..0.75));
    let (mut first, mut second) = ([0.0_f64; 2], [0.0_f64; 4]);
    let mut toss = |p: f64| rng.random::<f64>() < p;
    let odds = |a: f64, b: f64| 1.0 / (1.0 + (beta * (b - a)).exp());
    // Stays and cases: rewarded or not, by common or rare ways.
    let mut counts = [[0.0_f64; 2]; 4];
    let mut before: Option<(usize, usize)> = None;
    for _ in 0..201 {
        let worth = |state: usize, second: &[f64; 4]| second[2 * state].max(second[2 * state + 1]);
        let planned: [f64; 2] =
            std::array::from_fn(|a| COMMON * worth(a, &second) + (1.0 - COMMON) * worth(1 - a, &second));
        let value: [f64; 2] = std::array::from_fn(|a| weight * planned[a] + (1.0 - weight) * first[a]);
        let act = usize::from(!toss(odds(value[0], value[1])));
        if let Some((last, case)) = before {
            counts[case][0] += f64::from(u8::from(act == last));
            counts[case][1] += 1.0;
        }
        let common = toss(COMMON);
        let state = if common { act } else { 1 - act };
        let lower = 2 * state + usize::from(!toss(odds(second[2 * state], second[2 * state + 1])));
        let reward = toss(chance[lower]);
        let error = f64::from(u8::from(reward)) - second[lower];
        first[act] += alpha * (second[lower] - first[act]) + alpha * lambda * error;
        second[lower] += alpha * error;
        before = Some((act, 2 * usize::from(!reward) + usize::from(!common)));
        for c in &mut chance {
            // Reflected between the source's bounds.
            let next = *c + if toss(0.5) { 0.025 } else { -0.025 };
            *c = if (0.25..=0.75).contains(&next) { next } else { 2.0 * *c - next };
        }
    }
    let [rewarded, rewarded_rare, lost, lost_rare] =
        counts.map(|[stays, n]| if n > 0.0 { stays / n } else { f64::NAN });
    measured(&[
        ("reward", 0.5 * (rewarded + rewarded_rare) - 0.5 * (lost + lost_rare)),
        ("interaction", (rewarded - rewarded_rare) - (lost - lost_rare)),
    ])
}
