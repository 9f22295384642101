//! Asks a theory about a finding at points of its prior: does the verdict hold for the theory or for its defaults?

use super::asked::{Asked, Question};
use super::table::{Cell, Verdict};
use crate::fit::search::spread;
use accumbens_core::params::Prior;
use accumbens_core::{AnyTheory, Result};
use rayon::prelude::*;
use serde::Serialize;

/// Draws where one finding is asked and no number is named.
pub const DRAWS: u32 = 16;
/// Simulated subjects of each draw: as many as a quick table has.
pub const SUBJECTS: u32 = 3;
/// Draws beyond which a table is refused: a share is then known to a hundredth of a percent.
pub const MOST: u32 = 10_000;

/// What a theory says of a finding over its prior.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Share {
    /// Parameters that were drawn from their priors; the others stand as in the cell itself.
    pub drawn: Vec<String>,
    /// Draws.
    pub draws: usize,
    /// Simulated subjects of each.
    pub subjects: u32,
    /// Draws at which it agrees with the finding.
    pub agrees: usize,
    /// At which it disagrees.
    pub disagrees: usize,
    /// At which the subjects leave it open.
    pub cannot_say: usize,
    /// At which it could not live through the design, or which its own domain refuses.
    pub failed: usize,
    /// Whether more than half of the draws say the opposite of the verdict at the defaults.
    pub contradicts: bool,
}

impl Share {
    /// The part of the draws with this verdict, in %.
    #[must_use]
    pub fn percent(&self, verdict: Verdict) -> f64 {
        let count = match verdict {
            Verdict::Agrees => self.agrees,
            Verdict::Disagrees => self.disagrees,
            Verdict::CannotSay => self.cannot_say,
        };
        100.0 * count as f64 / self.draws as f64
    }

    /// The share in words.
    #[must_use]
    pub fn words(&self) -> String {
        let part = |v: Verdict| format!("{} {:.0} %", v.words(), self.percent(v));
        let failed = match self.failed {
            0 => String::new(),
            n => format!(", {n} of {} draws could not be lived", self.draws),
        };
        let [agrees, disagrees, open] = [Verdict::Agrees, Verdict::Disagrees, Verdict::CannotSay].map(part);
        format!("{agrees}, {disagrees}, {open}{failed}")
    }

    fn count(drawn: Vec<String>, verdicts: &[Option<Verdict>], at_defaults: Verdict) -> Self {
        let of = |wanted| verdicts.iter().filter(|v| **v == wanted).count();
        let [agrees, disagrees, cannot_say] =
            [Verdict::Agrees, Verdict::Disagrees, Verdict::CannotSay].map(|v| of(Some(v)));
        let opposite = match at_defaults {
            Verdict::Agrees => disagrees,
            Verdict::Disagrees => agrees,
            Verdict::CannotSay => 0,
        };
        let (draws, failed) = (verdicts.len(), of(None));
        let contradicts = 2 * opposite > draws;
        Self { drawn, draws, subjects: SUBJECTS, agrees, disagrees, cannot_say, failed, contradicts }
    }
}

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
    Ok(Some(Share::count(drawn, &verdicts, cell.verdict)))
}
