//! More data like those that were fitted: choices, latencies and dopamine's answers as a model would have made them.

use super::drift::SLIPS;
use super::fit::{Fitted, Task};
use super::model::{AnyModel, Trace};
use accumbens_core::choices::{Choices, Chooser};
use accumbens_core::seed::pick;
use accumbens_core::{Result, Seed};
use rand::{Rng, RngExt};

/// What comes of an option: what came of it in the nearest trial in which this subject took it; where it never did, in the
/// nearest trial in which anyone took it; of what nobody ever took nothing is known, and 0 comes of it.
struct Outcomes {
    mine: Vec<Vec<(usize, f64)>>,
    anyones: Vec<Vec<(usize, f64)>>,
}

fn outcomes<'a>(choices: &Choices, of: impl Iterator<Item = &'a Chooser>) -> Vec<Vec<(usize, f64)>> {
    let mut all = vec![Vec::new(); choices.options.len()];
    for (i, trial) in of.flat_map(|s| s.trials.iter().enumerate()) {
        if let Some(taken) = trial.taken {
            all[choices.offers[trial.offer as usize][taken as usize] as usize].push((i, trial.outcome));
        }
    }
    all
}

impl Outcomes {
    fn of(choices: &Choices, subject: &Chooser) -> Self {
        let mine = outcomes(choices, std::iter::once(subject));
        Self { mine, anyones: outcomes(choices, choices.subjects.iter()) }
    }

    fn given(&self, trial: usize, option: u32) -> f64 {
        let near =
            |all: &Vec<(usize, f64)>| all.iter().min_by_key(|(at, _)| at.abs_diff(trial)).map(|(_, outcome)| *outcome);
        near(&self.mine[option as usize]).or_else(|| near(&self.anyones[option as usize])).unwrap_or(0.0)
    }
}

/// Data that a model would have made of the same trials, with standard scores `z` of its subjects. A trial without a choice has
/// none again. Latencies and dopamine's answers are made where the data have so many that they are fitted, in the same trials:
/// with the offsets, drift, slope and noise that the data have at the standard scores `fitted`, or by drift diffusion with its
/// slips.
///
/// # Errors
/// Where the model cannot go on.
pub fn simulated(
    choices: &Choices,
    model: &dyn AnyModel,
    fitted: &[Vec<f64>],
    z: &[Vec<f64>],
    seed: Seed,
    name: &str,
) -> Result<Choices> {
    let subjects = choices.subjects.iter().zip(fitted).zip(z);
    let one = |((s, fitted), z): ((&Chooser, &Vec<f64>), &Vec<f64>)| {
        let mut rng = seed.stream(&format!("choices/{name}/{}", s.name));
        subject(choices, s, model, fitted, z, &mut rng)
    };
    let subjects = subjects.map(one).collect::<Result<_>>()?;
    Ok(Choices { subjects, ..choices.clone() })
}

fn subject(
    choices: &Choices,
    s: &Chooser,
    model: &dyn AnyModel,
    fitted: &[f64],
    z: &[f64],
    rng: &mut impl Rng,
) -> Result<Chooser> {
    let (of, task, mut mine) = (Fitted::of(model), Task::new(choices, s), model.boxed());
    let mut trace = Trace::default();
    of.put(mine.as_mut(), fitted);
    mine.live(choices, s, Some(&mut trace))?;
    let latencies = task.latencies.as_ref().map(|b| b.world(&trace.hard));
    let dopamine = task.dopamine.as_ref().map(|b| b.world(&trace.error));
    of.put(mine.as_mut(), z);
    let diffusion = mine.diffusion();
    let walks = |i: usize| diffusion.is_some() && s.trials[i].taken.is_some() && s.trials[i].latency > 0.0;
    let slips: Vec<bool> = (0..s.trials.len()).map(|i| walks(i) && rng.random::<f64>() < SLIPS).collect();
    let known = Outcomes::of(choices, s);
    let mut chosen = |i: usize, chances: &[f64]| {
        s.trials[i].taken?;
        if slips[i] {
            return Some(rng.random_range(0..chances.len()));
        }
        Some(pick(chances.iter().copied(), 1.0, rng).unwrap_or(chances.len() - 1))
    };
    let mut acted = mine.act(choices, s, &mut chosen, &mut |i, option| known.given(i, option))?;
    mine.live(choices, &acted, Some(&mut trace))?;
    acted.trials.iter_mut().for_each(|t| (t.latency, t.dopamine) = (f64::NAN, f64::NAN));
    if let Some(diffusion) = diffusion {
        for i in (0..s.trials.len()).filter(|i| walks(*i)) {
            let slip = slips[i].then(|| task.longest * (1.0 - rng.random::<f64>()));
            acted.trials[i].latency = slip.unwrap_or_else(|| diffusion.draw(trace.chance[i], rng));
        }
    } else if let Some(latencies) = latencies {
        latencies.draw(&trace.hard, rng).for_each(|(i, log)| acted.trials[i].latency = log.exp());
    }
    if let Some(dopamine) = dopamine {
        dopamine.draw(&trace.error, rng).for_each(|(i, answer)| acted.trials[i].dopamine = answer);
    }
    Ok(acted)
}
