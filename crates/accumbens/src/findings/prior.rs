//! Asks a theory about a finding at points of its prior: does the verdict hold for the theory or for its defaults?

use super::answer::{Cell, Share, Verdict};
use super::asked::{Asked, Question};
use crate::fit::search::spread;
use accumbens_core::params::Prior;
use accumbens_core::{AnyTheory, Result};
use rayon::prelude::*;

/// Draws where one finding is asked and no number is named.
pub const DRAWS: u32 = 16;
/// Simulated subjects of each draw: as many as a quick table has.
pub const SUBJECTS: u32 = 3;
/// Draws beyond which a table is refused: a share is then known to a hundredth of a percent.
pub const MOST: u32 = 10_000;

/// The parameters that are drawn: those with a prior that neither the user nor the finding's design has set.
fn places(given: &dyn AnyTheory) -> Vec<(usize, Prior)> {
    let at_default = |i: usize, usual: f64| given.get(i) == usual || (given.get(i).is_nan() && usual.is_nan());
    given.fitted().into_iter().filter(|(i, _)| at_default(*i, given.table()[*i].default)).collect()
}

/// The theory at standard scores of the priors; none where its domain refuses them.
fn at(given: &dyn AnyTheory, places: &[(usize, Prior)], z: &[f64]) -> Option<Box<dyn AnyTheory>> {
    let mut theory = given.boxed();
    for ((place, prior), z) in places.iter().zip(z) {
        theory.set(*place, prior.value(*z)).ok()?;
    }
    theory.check().ok()?;
    Some(theory)
}

/// What a theory says over `draws` points of its prior, the same quasi-random points at which a fit begins; `None` where it
/// does not speak of the finding or has no parameter to draw. `cell` holds its verdict at the defaults.
///
/// # Errors
/// Where the finding cannot be run.
pub fn share(question: &Question<'_>, theory: &dyn AnyTheory, cell: &Cell, draws: u32) -> Result<Option<Share>> {
    let Asked::Answer(given) = question.given(theory)? else { return Ok(None) };
    let places = places(given.as_ref());
    if places.is_empty() || draws == 0 {
        return Ok(None);
    }
    let Asked::Answer(subjects) = question.subjects(given.as_ref(), SUBJECTS)? else { return Ok(None) };
    let one = |z: &Vec<f64>| -> Result<Option<Verdict>> {
        let Some(theory) = at(given.as_ref(), &places, z) else { return Ok(None) };
        Ok(match question.ask(theory.as_ref(), &subjects)? {
            Asked::Answer(cell) => Some(cell.verdict),
            Asked::Silence(_) => None,
        })
    };
    let points = spread(places.len(), draws as usize);
    let verdicts = points.par_iter().with_max_len(1).map(one).collect::<Result<Vec<_>>>()?;
    let drawn = places.iter().map(|(i, _)| given.table()[*i].name.to_owned()).collect();
    Ok(Some(Share::count(drawn, SUBJECTS, &verdicts, cell.verdict)))
}
