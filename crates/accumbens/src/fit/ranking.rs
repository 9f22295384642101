//! Ranks theories: how far each falls behind the best, and how far each is ahead of having none.

use super::comparison::{Described, Ranked, SubjectFit, TheoryResult};
use super::description;
use super::statistics::{mean, variance};
use super::verdict::Selected;
use accumbens_core::NULL_FAMILY;
use accumbens_core::study::Study;

/// The difference of two accounts' evidences, with its standard error over subjects.
fn difference(a: &[f64], b: &[f64]) -> [f64; 2] {
    let each: Vec<f64> = a.iter().zip(b).map(|(a, b)| a - b).collect();
    let n = each.len() as f64;
    [each.iter().sum(), if n < 2.0 { f64::NAN } else { (n * variance(&each)).sqrt() }]
}

/// Ranks theories and the description by what they predict.
pub fn rank(
    theories: &[TheoryResult],
    described: &[Described],
    selected: &Selected,
    groups: &[usize],
    study: &Study,
) -> Vec<Ranked> {
    let sum = |t: &TheoryResult, f: fn(&SubjectFit) -> f64| t.subjects.iter().map(f).sum::<f64>();
    let average = |t: &TheoryResult, f: fn(&SubjectFit) -> f64| mean(&t.subjects.iter().map(f).collect::<Vec<_>>());
    let of = |t: &TheoryResult| t.subjects.iter().map(|s| s.held_out).collect::<Vec<f64>>();
    let null: Vec<f64> = described.iter().map(|d| d.held_out).collect();
    let all = theories.iter().map(of).chain([null.clone()]);
    let best = all.max_by(|a, b| a.iter().sum::<f64>().total_cmp(&b.iter().sum())).unwrap_or_default();
    let lowest = theories.iter().map(|t| sum(t, |s| s.bic)).fold(f64::INFINITY, f64::min);
    let selection = &selected.selection;
    let line = |(i, t): (usize, &TheoryResult)| {
        let column = selected.column(groups[i]).unwrap_or(selection.frequency.len() - 1);
        let one = (0..theories.len()).filter(|&j| j != i && groups[j] == groups[i]);
        Ranked {
            label: t.label.clone(),
            family: t.family.clone(),
            truth: study.truth.as_ref() == Some(&t.theory),
            one_with: one.map(|j| theories[j].label.clone()).collect(),
            held_out: sum(t, |s| s.held_out),
            difference: difference(&of(t), &best),
            ahead: (t.family != NULL_FAMILY).then(|| difference(&of(t), &null)),
            left_out: sum(t, |s| s.left_out),
            delta_bic: sum(t, |s| s.bic) - lowest,
            frequency: selection.frequency[column],
            exceedance: selection.exceedance[column],
            protected: selection.protected[column],
            r2: average(t, |s| s.r2),
            r2_own: average(t, |s| s.r2_own),
            opposed: t.subjects.iter().filter(|s| s.opposed > 0).count(),
        }
    };
    let mut ranking: Vec<Ranked> = theories.iter().enumerate().map(line).collect();
    let last = selection.frequency.len() - 1;
    let of_described = |f: fn(&Described) -> f64| mean(&described.iter().map(f).collect::<Vec<_>>());
    ranking.push(Ranked {
        label: description::NAME.into(),
        family: NULL_FAMILY.into(),
        truth: false,
        one_with: Vec::new(),
        held_out: null.iter().sum(),
        difference: difference(&null, &best),
        ahead: None,
        left_out: f64::NAN,
        delta_bic: f64::NAN,
        frequency: selection.frequency[last],
        exceedance: selection.exceedance[last],
        protected: selection.protected[last],
        r2: of_described(|d| d.r2),
        r2_own: of_described(|d| d.r2_own),
        opposed: 0,
    });
    ranking.sort_by(|a, b| b.held_out.total_cmp(&a.held_out));
    ranking
}
