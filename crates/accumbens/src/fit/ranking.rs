//! Ranks theories: how far each falls behind the best, and how far each is ahead of having none.

use super::compare::{SubjectFit, TheoryResult};
use super::selection::Selection;
use super::statistics::{mean, variance};
use accumbens_core::study::Study;
use serde::Serialize;

/// A line of the ranking.
#[derive(Clone, Debug, Serialize)]
pub struct Ranked {
    /// The theory's label.
    pub label: String,
    /// Its family.
    pub family: String,
    /// Whether it made the data, where they are simulated.
    pub truth: bool,
    /// Held-out log predictive density over all subjects, nats.
    pub held_out: f64,
    /// Its difference to the best of the ranking, with the standard error of that difference over subjects.
    pub difference: [f64; 2],
    /// Its difference to what predicts best without a theory of dopamine (a null theory, or offsets and drift alone),
    /// with the standard error over subjects; none for the null theories.
    pub ahead: Option<[f64; 2]>,
    /// Left-out-subject log evidence over all subjects, nats.
    pub left_out: f64,
    /// BIC over all subjects, as the difference to the lowest.
    pub delta_bic: f64,
    /// Expected frequency among animals.
    pub frequency: f64,
    /// Exceedance probability.
    pub exceedance: f64,
    /// Protected exceedance probability.
    pub protected: f64,
    /// Share of variance explained, mean over subjects.
    pub r2: Option<f64>,
    /// Noise ceiling, mean over subjects.
    pub ceiling: Option<f64>,
    /// Subjects in whom the gain of a theory with one channel is negative.
    pub gain_negative: usize,
}

/// The family of the null theories.
pub const NULL: &str = "null";

/// The difference of two theories' held-out densities, with its standard error over subjects.
fn difference(a: &TheoryResult, b: &[f64]) -> [f64; 2] {
    let each: Vec<f64> = a.subjects.iter().zip(b).map(|(a, b)| a.held_out - b).collect();
    let n = each.len() as f64;
    [each.iter().sum(), if n < 2.0 { f64::NAN } else { (n * variance(&each)).sqrt() }]
}

/// Ranks theories by what they have not seen; `without` is each subject's density without any dopamine.
pub fn rank(
    theories: &[TheoryResult],
    selection: &Selection,
    ceilings: &[Option<f64>],
    without: &[f64],
    study: &Study,
) -> Vec<Ranked> {
    let sum = |t: &TheoryResult, f: fn(&SubjectFit) -> f64| t.subjects.iter().map(f).sum::<f64>();
    let best = theories.iter().max_by(|a, b| sum(a, |s| s.held_out).total_cmp(&sum(b, |s| s.held_out)));
    let lowest = theories.iter().map(|t| sum(t, |s| s.bic)).fold(f64::INFINITY, f64::min);
    let ceilings: Vec<f64> = ceilings.iter().copied().flatten().collect();
    let densities = |t: &TheoryResult| t.subjects.iter().map(|s| s.held_out).collect::<Vec<_>>();
    let nulls = theories.iter().filter(|t| t.family == NULL).map(densities).chain([without.to_vec()]);
    let null = nulls.max_by(|a, b| a.iter().sum::<f64>().total_cmp(&b.iter().sum())).unwrap_or_default();
    let line = |(i, t): (usize, &TheoryResult)| {
        let negative = |s: &&SubjectFit| s.gains.len() == 1 && s.gains[0].1 < 0.0;
        Ranked {
            label: t.label.clone(),
            family: t.family.clone(),
            truth: study.truth.as_ref() == Some(&t.theory),
            held_out: sum(t, |s| s.held_out),
            difference: best.map_or([f64::NAN; 2], |b| difference(t, &densities(b))),
            ahead: (t.family != NULL).then(|| difference(t, &null)),
            left_out: sum(t, |s| s.left_out),
            delta_bic: sum(t, |s| s.bic) - lowest,
            frequency: selection.frequency[i],
            exceedance: selection.exceedance[i],
            protected: selection.protected[i],
            r2: Some(mean(&t.subjects.iter().map(|s| s.r2).collect::<Vec<_>>())),
            ceiling: (!ceilings.is_empty()).then(|| mean(&ceilings)),
            gain_negative: t.subjects.iter().filter(negative).count(),
        }
    };
    let mut ranking: Vec<Ranked> = theories.iter().enumerate().map(line).collect();
    ranking.sort_by(|a, b| b.held_out.total_cmp(&a.held_out));
    ranking
}
