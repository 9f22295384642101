//! Scores a theory on a left-out subject, with the parameters that fit all others best together.

use super::infer::{Asked, Budget, Tried, said_anywhere};
use super::search::{Space, maximise};
use accumbens_core::{Error, Result, Seed};

/// First step of CMA-ES, in standard scores of the priors.
const STEP: f64 = 0.4;

/// The log evidence of the subject `out` under the parameters that fit all others best, together.
///
/// # Errors
/// Where the theory refuses what it is told, or its code fails.
pub fn left_out(asked: &[Asked<'_>], out: usize, budget: Budget, seed: Seed) -> Result<f64> {
    let theory = asked[out].theory;
    let space = Space::of(theory);
    let others: Vec<usize> = (0..asked.len()).filter(|i| *i != out).collect();
    let evidence = |i: usize, said: &Tried| -> f64 {
        asked[i].task.evidence(&asked[i].task.y, said, asked[i].positive).iter().sum()
    };
    let number = |x: f64| if x.is_nan() { f64::NEG_INFINITY } else { x };
    let design = asked[out].design;
    let score = |k: usize| {
        let sum: f64 = others.iter().map(|&i| evidence(i, &asked[i].design[k])).sum();
        number(sum + space.log_prior(&design[k].z))
    };
    let scores: Vec<f64> = (0..design.len()).map(score).collect();
    let first = (0..scores.len()).fold(0, |best, k| if scores[k] > scores[best] { k } else { best });
    let mut best = design[first].z.clone();
    if !best.is_empty() {
        let mut fault: Option<Error> = None;
        let objective = |z: &[f64]| {
            let together = others.iter().map(|&i| Ok(evidence(i, &said_anywhere(asked[i].member, theory, &space, z)?)));
            match together.sum::<Result<f64>>() {
                Ok(sum) => number(sum + space.log_prior(z)),
                Err(error) => {
                    fault.get_or_insert(error);
                    f64::NEG_INFINITY
                }
            }
        };
        let mut rng = seed.stream(&format!("left out/{out}/{}", theory.name()));
        let found = maximise(objective, &design[first].z, STEP, budget.evaluations, &mut rng);
        if let Some(fault) = fault {
            return Err(fault);
        }
        if found.1 > scores[first] {
            best = found.0;
        }
    }
    let said = said_anywhere(asked[out].member, theory, &space, &best)?;
    Ok(evidence(out, &said))
}
