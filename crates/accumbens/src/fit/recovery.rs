//! Asks what would be said of this study if each theory in turn were the truth, at the size at which it was fitted.
//!
//! On the subjects' own events each theory, and the description without theory, makes studies: its fitted part at its fitted
//! gain, the fitted overlap, the fitted offsets and drifts permuted among sessions (in their order they hold what the truth
//! of the recording made of them), and its own residuals, turned round within each session and kind of event: their slow
//! changes stay, what they had to do with the events does not. Every theory is then searched anew as in the comparison,
//! with a smaller budget, and the verdict noted (Wilson & Collins 2019): what counts is what would have been said, "none of
//! these" included. [key: wilson2019] Two things are not quite as in the recording: residuals of a fit are a little smaller
//! than the noise, and a smaller budget leaves theories, not the description, less evidence: of parameters that animals
//! share most of all. What is said errs towards "none of these".

use super::alike::of_theory;
use super::description::{self, Description};
use super::infer::{Asked, Budget, Fitted, Tried};
use super::verdict::{Evidences, Strength};
use accumbens_core::{NULL_FAMILY, Result, Seed};
use rand::seq::SliceRandom;
use rand::{Rng, RngExt};
use rayon::prelude::*;
use serde::Serialize;

/// What would be said of simulated studies.
#[derive(Clone, Debug, Serialize)]
pub struct Recovery {
    /// Simulated studies of each truth.
    pub studies: usize,
    /// The truths: each theory, and `description` for none.
    pub truths: Vec<String>,
    /// What can be said: each theory, and `none`.
    pub answers: Vec<String>,
    /// `said[truth][answer]`, as numbers of studies: the theory that was named, decided or leading.
    pub said: Vec<Vec<usize>>,
    /// The same, of decisive answers alone.
    pub decided: Vec<Vec<usize>>,
    /// How large each truth's own part was: its share of what offsets, drift and overlap leave, mean over subjects.
    pub sizes: Vec<f64>,
    /// For each truth: the answers that are right. Theories that are one on this design are right for one another.
    #[serde(skip)]
    right: Vec<Vec<bool>>,
}

impl Recovery {
    /// Studies of a truth of which the right thing was said.
    #[must_use]
    pub fn right(&self, truth: usize) -> usize {
        self.said[truth].iter().zip(&self.right[truth]).filter(|(_, right)| **right).map(|(n, _)| n).sum()
    }

    /// Studies of all theories (the description is none) whose truth was named, and how many there were.
    #[must_use]
    pub fn named(&self) -> [usize; 2] {
        let theories = self.truths.len() - 1;
        [(0..theories).map(|t| self.right(t)).sum(), theories * self.studies]
    }

    /// Studies in which a theory was named that was not the truth, those without any theory among them; and all.
    #[must_use]
    pub fn wrong(&self) -> [usize; 2] {
        self.wrongly(&self.said)
    }

    /// The same of decisive answers.
    #[must_use]
    pub fn wrongly_decided(&self) -> [usize; 2] {
        self.wrongly(&self.decided)
    }

    fn wrongly(&self, said: &[Vec<usize>]) -> [usize; 2] {
        let none = self.answers.len() - 1;
        let of = |(row, right): (&Vec<usize>, &Vec<bool>)| -> usize {
            row.iter().zip(right).take(none).filter(|(_, right)| !**right).map(|(n, _)| *n).sum()
        };
        [said.iter().zip(&self.right).map(of).sum(), self.truths.len() * self.studies]
    }

    /// The probability that each truth made a study of which `answer` was said, with every truth as likely beforehand.
    #[must_use]
    pub fn inversion(&self, answer: usize) -> Vec<f64> {
        let total: usize = self.said.iter().map(|row| row[answer]).sum();
        self.said.iter().map(|row| row[answer] as f64 / total.max(1) as f64).collect()
    }

    /// The standard error of a share of `of` studies.
    #[must_use]
    pub fn standard_error(count: usize, of: usize) -> f64 {
        // Agresti & Coull's two successes and two failures more, so that 0 of 5 is not certain.
        let (n, p) = (of as f64 + 4.0, (count as f64 + 2.0) / (of as f64 + 4.0));
        (p * (1.0 - p) / n).sqrt()
    }
}

/// Fewer residuals of a kind in a session than this are turned round together with those of its other sessions.
const FEW: usize = 5;

/// Turns residuals round: in each group of one key they begin at a place of chance, and run backwards half of the time.
/// `key` is (kind, session).
fn turn(residuals: &mut [f64], key: impl Fn(usize) -> (usize, usize), rng: &mut impl Rng) {
    let mut order: Vec<usize> = (0..residuals.len()).collect();
    order.sort_by_key(|&i| key(i));
    for kind in order.chunk_by(|a, b| key(*a).0 == key(*b).0) {
        let sessions: Vec<&[usize]> = kind.chunk_by(|a, b| key(*a) == key(*b)).collect();
        let few = sessions.iter().any(|s| s.len() < FEW);
        for group in if few { vec![kind] } else { sessions } {
            let mut values: Vec<f64> = group.iter().map(|&i| residuals[i]).collect();
            let first = rng.random_range(0..values.len());
            values.rotate_left(first);
            if rng.random_bool(0.5) {
                values.reverse();
            }
            group.iter().zip(values).for_each(|(&i, v)| residuals[i] = v);
        }
    }
}

/// What a truth says of a subject: fitted responses, and which part of them is its own; and what it leaves.
pub struct Made {
    /// Fitted responses, overlap taken off, in the responses' unit.
    pub fitted: Vec<f64>,
    /// Offset and drift of each session among them.
    pub effects: Vec<[f64; 2]>,
    /// The share of its own part in what offsets, drift and overlap leave.
    pub share: f64,
}

/// What is needed to simulate and judge studies.
pub struct World<'a> {
    /// Each theory on each subject: `asked[theory][subject]`.
    pub asked: &'a [Vec<Asked<'a>>],
    /// What each truth made of each subject: `made[truth][subject]`, the description last.
    pub made: Vec<Vec<Made>>,
    /// The description of each subject.
    pub descriptions: &'a [Description],
    /// Labels of the theories.
    pub labels: Vec<&'a str>,
    /// Families of the theories.
    pub families: Vec<&'a str>,
    /// Groups of theories that are one on this design.
    pub groups: &'a [usize],
    /// Prior count of each account among animals.
    pub count: f64,
    /// How much is searched in each simulated study.
    pub budget: Budget,
    /// The seed.
    pub seed: Seed,
}

impl World<'_> {
    /// Responses of a subject under a truth: what it made, and its residuals turned round.
    fn responses(&self, truth: usize, study: usize, subject: usize) -> Vec<f64> {
        let (made, asked) = (&self.made[truth][subject], &self.asked[0][subject]);
        let (member, y) = (asked.member, &asked.task.y);
        let label = self.labels.get(truth).map_or(description::NAME, |l| *l);
        let mut rng = self.seed.stream(&format!("recovery/{label}/{study}/{}", member.name));
        let mut residuals: Vec<f64> = y.iter().zip(&made.fitted).map(|(y, f)| y - f).collect();
        turn(&mut residuals, |i| (member.scored[i].response.kind, member.scored[i].session), &mut rng);
        let mut effects = made.effects.clone();
        effects.shuffle(&mut rng);
        let nuisance = &asked.task.nuisance;
        let (before, after) = (nuisance.laid_out(&made.effects), nuisance.laid_out(&effects));
        (0..y.len()).map(|i| made.fitted[i] - before[i] + after[i] + residuals[i]).collect()
    }

    /// What is said of one simulated study: the place of the theory that is named, and whether that is decisive.
    fn verdict(&self, truth: usize, study: usize) -> Result<(Option<usize>, bool)> {
        let subjects = self.descriptions.len();
        let label = self.labels.get(truth).map_or(description::NAME, |l| *l);
        let ys: Vec<Vec<f64>> = (0..subjects).map(|m| self.responses(truth, study, m)).collect();
        let of = |t: usize, m: usize| {
            let asked = &self.asked[t][m];
            let stream = format!("recovery/{label}/{study}/{}/{}", asked.member.name, self.labels[t]);
            asked.infer(&ys[m], self.budget, self.seed, &stream)
        };
        let fits: Vec<Vec<Fitted>> = (0..self.labels.len())
            .map(|t| (0..subjects).map(|m| of(t, m)).collect::<Result<_>>())
            .collect::<Result<_>>()?;
        let known = |row: &Vec<Fitted>| of_theory(&row.iter().map(|f| f.known.clone()).collect::<Vec<_>>());
        let theories: Vec<Vec<f64>> = fits.iter().map(known).collect();
        let nuisances: Vec<_> = self.asked[0].iter().map(|a| &a.task.nuisance).collect();
        let all: Vec<&[f64]> = ys.iter().map(Vec::as_slice).collect();
        let nothing = |m: usize| self.asked[0][m].task.evidence(&ys[m], &Tried::default(), false)[0];
        let evidences = Evidences {
            labels: self.labels.clone(),
            families: self.families.clone(),
            groups: self.groups.to_vec(),
            responses: theories.clone(),
            theories,
            errors: fits.iter().map(|row| row.iter().map(|f| f.error).collect()).collect(),
            without_preferences: vec![0.0; subjects],
            description: description::log_evidences(self.descriptions, &nuisances, &all),
            nothing: (0..subjects).map(nothing).collect(),
            count: self.count,
        };
        let verdict = evidences.judge(&evidences.select());
        let named = verdict.winner.and_then(|w| self.labels.iter().position(|l| *l == w));
        Ok((named, verdict.strength == Strength::Decisive))
    }

    /// Simulates `studies` studies of each truth and judges them; nothing where `go_on` said to stop.
    ///
    /// # Errors
    /// Where a theory's code fails.
    pub fn recover(&self, studies: usize, go_on: &(dyn Fn() -> bool + Sync)) -> Result<Option<Recovery>> {
        let theories = self.labels.len();
        let is_null = |t: usize| self.families.get(t).is_none_or(|f| *f == NULL_FAMILY);
        let truths: Vec<usize> = (0..=theories).filter(|&t| t == theories || !is_null(t)).collect();
        let jobs: Vec<(usize, usize)> = truths.iter().flat_map(|t| (0..studies).map(move |s| (*t, s))).collect();
        let one = |&(truth, study): &(usize, usize)| -> Result<Option<(Option<usize>, bool)>> {
            if !go_on() {
                return Ok(None);
            }
            self.verdict(truth, study).map(Some)
        };
        let verdicts = jobs.par_iter().with_max_len(1).map(one).collect::<Result<Vec<_>>>()?;
        let name = |t: usize| self.labels.get(t).map_or(description::NAME, |l| *l).to_owned();
        let answers: Vec<usize> = truths.iter().copied().filter(|t| *t < theories).collect();
        let right = |truth: usize| {
            let one = |a: &usize| truth < theories && self.groups[*a] == self.groups[truth];
            answers.iter().map(one).chain([truth == theories]).collect()
        };
        let zero = vec![vec![0; answers.len() + 1]; truths.len()];
        let (mut said, mut decided) = (zero.clone(), zero);
        for ((truth, _), verdict) in jobs.iter().zip(verdicts) {
            let Some((named, decisive)) = verdict else { return Ok(None) };
            let row = truths.iter().position(|t| t == truth).unwrap_or(theories);
            let column = named.and_then(|n| answers.iter().position(|a| *a == n)).unwrap_or(answers.len());
            said[row][column] += 1;
            decided[row][column] += usize::from(decisive);
        }
        let share = |t: &usize| self.made[*t].iter().map(|m| m.share).sum::<f64>() / self.made[*t].len() as f64;
        Ok(Some(Recovery {
            studies,
            answers: answers.iter().map(|t| name(*t)).chain(["none".into()]).collect(),
            right: truths.iter().map(|t| right(*t)).collect(),
            sizes: truths.iter().map(share).collect(),
            truths: truths.into_iter().map(name).collect(),
            said,
            decided,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use accumbens_core::Seed;

    #[test]
    fn residuals_are_turned_within_session_and_kind_neighbours_stay_neighbours_and_few_are_pooled() {
        let mut rng = Seed(3).stream("turn");
        let before: Vec<f64> = (0..24).map(f64::from).collect();
        let mut after = before.clone();
        turn(&mut after, |i| (0, i / 12), &mut rng);
        assert_ne!(after, before);
        for (session, first) in [(&after[..12], 0.0), (&after[12..], 12.0)] {
            assert!(session.iter().all(|v| (first..first + 12.0).contains(v)));
            let steps = session.windows(2).filter(|w| (w[1] - w[0]).abs() == 1.0).count();
            assert!(steps >= 10, "{session:?}");
        }
        // One of a kind in each session: over sessions.
        let moved = (0..20).any(|_| {
            let mut after: Vec<f64> = before[..6].to_vec();
            turn(&mut after, |i| (0, i), &mut rng);
            after != before[..6]
        });
        assert!(moved);
    }
}
