//! Asks whether this design, these events and this noise could tell the theories apart at all.
//!
//! Each theory in turn makes responses on the subjects' own events, with parameters drawn from its prior and its share
//! of variance set to a declared value; every theory is then fitted and the winner noted (Wilson & Collins 2019).
//! Parameters of the truth are never among the points that are fitted. The fits here search the shared design alone,
//! so that a whole matrix costs less than one comparison.

use super::cohort::Member;
use super::evidence::Scale;
use super::holdout::{Task, Tried};
use super::selection::{PRIOR_COUNT, select};
use accumbens_core::Seed;
use rand::RngExt;
use rand_distr::{Distribution, StandardNormal};
use rayon::prelude::*;
use serde::Serialize;

/// How often each theory won the data of each.
#[derive(Clone, Debug, Serialize)]
pub struct Recovery {
    /// Simulated studies for each theory.
    pub studies: usize,
    /// Share of the responses' variance that the true theory was given.
    pub share: f64,
    /// `wins[truth][winner]`, as numbers of studies.
    pub wins: Vec<Vec<usize>>,
}

/// The points of one theory on all subjects: `points[subject][point]`. Even points are fitted, odd ones are truths.
pub struct Design<'a> {
    /// The points.
    pub points: Vec<&'a [Tried]>,
    /// Log prior of each point.
    pub log_prior: Vec<f64>,
}

impl Recovery {
    /// The probability that a theory is the truth where `winner` won, with every theory as likely beforehand.
    #[must_use]
    pub fn inversion(&self, winner: usize) -> Vec<f64> {
        let total: usize = self.wins.iter().map(|row| row[winner]).sum();
        self.wins.iter().map(|row| row[winner] as f64 / total.max(1) as f64).collect()
    }

    /// The share of studies whose truth won.
    #[must_use]
    pub fn accuracy(&self) -> f64 {
        let right: usize = self.wins.iter().enumerate().map(|(i, row)| row[i]).sum();
        let all: usize = self.wins.iter().flatten().sum();
        right as f64 / all.max(1) as f64
    }
}

/// Simulates `studies` studies for each theory and lets all compete.
#[must_use]
pub fn recover(
    members: &[(&Member, &Task)],
    designs: &[Design<'_>],
    families: &[&str],
    studies: usize,
    share: f64,
    seed: Seed,
    tick: &(dyn Fn() -> bool + Sync),
) -> Option<Recovery> {
    let jobs: Vec<(usize, usize)> = (0..designs.len()).flat_map(|t| (0..studies).map(move |s| (t, s))).collect();
    let winners: Vec<Option<(usize, usize)>> = jobs
        .into_par_iter()
        .map(|(truth, study)| {
            let evidence: Vec<Vec<f64>> = members
                .iter()
                .enumerate()
                .map(|(i, (member, task))| {
                    let stream = format!("recovery/{truth}/{study}/{}", member.name);
                    let y = responses(designs[truth].points[i], study, member, share, seed, &stream);
                    designs.iter().map(|d| forward(d, i, task, &y)).collect()
                })
                .collect();
            let selection = select(&evidence, families, PRIOR_COUNT);
            let winner = (0..families.len()).max_by(|a, b| {
                // Ties of exceedance, at 0 or 1 to the last digit, go by expected frequency.
                let key = |k: usize| (selection.exceedance[k], selection.frequency[k]);
                key(*a).partial_cmp(&key(*b)).unwrap_or(std::cmp::Ordering::Equal)
            })?;
            tick().then_some((truth, winner))
        })
        .collect();
    let mut wins = vec![vec![0; designs.len()]; designs.len()];
    for pair in winners {
        let (truth, winner) = pair?;
        wins[truth][winner] += 1;
    }
    Some(Recovery { studies, share, wins })
}

/// Responses of one subject under a theory: its dopamine, session offsets and noise.
fn responses(points: &[Tried], study: usize, member: &Member, share: f64, seed: Seed, stream: &str) -> Vec<f64> {
    let mut rng = seed.stream(stream);
    // Odd points with dopamine that varies; one point for all subjects of a study would be the same animal again.
    let varies = |t: &&Tried| t.channels.iter().flatten().any(|v| *v != 0.0);
    let odd: Vec<&Tried> = points.iter().skip(1).step_by(2).filter(varies).collect();
    let truth =
        if odd.is_empty() { points.get(study % points.len()) } else { Some(odd[rng.random_range(0..odd.len())]) };
    let n = member.scored.len();
    let mut signal = vec![0.0; n];
    for channel in truth.iter().flat_map(|t| &t.channels) {
        let gain: f64 = if truth.is_some_and(|t| t.channels.len() > 1) { StandardNormal.sample(&mut rng) } else { 1.0 };
        signal.iter_mut().zip(channel).for_each(|(s, z)| *s += gain * z);
    }
    let signal = if signal.iter().all(|s| *s == 0.0) { signal } else { Scale::of(&signal).apply(&signal) };
    let mut offset = 0.0;
    let mut session = usize::MAX;
    let noise = (1.0 - share).sqrt();
    let one = |(i, s): (usize, f64)| {
        if member.scored[i].session != session {
            session = member.scored[i].session;
            let z: f64 = StandardNormal.sample(&mut rng);
            offset = 0.25 * noise * z;
        }
        let z: f64 = StandardNormal.sample(&mut rng);
        share.sqrt() * s + offset + noise * z
    };
    signal.into_iter().enumerate().map(one).collect()
}

/// The forward score of a theory from its design alone.
fn forward(design: &Design<'_>, member: usize, task: &Task, y: &[f64]) -> f64 {
    let points = design.points[member];
    let fitted = || (0..points.len()).step_by(2);
    let of = |fold: &super::holdout::Fold| {
        let score = |k: usize| fold.past(y, &points[k].channels) + design.log_prior[k];
        let best = fitted().map(|k| (k, score(k))).filter(|(_, s)| !s.is_nan()).max_by(|a, b| a.1.total_cmp(&b.1));
        best.map_or(f64::NEG_INFINITY, |(k, _)| fold.future(y, &points[k].channels))
    };
    task.folds.iter().map(of).sum()
}
