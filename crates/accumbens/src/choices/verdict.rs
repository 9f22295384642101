//! Says which model explains choices, or that they do not decide: one rule for the data and for what is simulated.

use crate::fit::selection::{PRIOR_COUNT, Selection, select};
use crate::fit::statistics::{mean, variance};
use serde::Serialize;

/// Probability from which a model is named.
pub(super) const DECISIVE: f64 = 0.95;
/// A lead in which every subject is unanimous, nats.
const UNANIMOUS: f64 = 1e3;

/// What is said of which model explains choices.
#[derive(Clone, Debug, Serialize)]
pub struct Verdict {
    /// The place of the model that leads: the most frequent among subjects.
    #[serde(skip)]
    pub first: usize,
    /// Whether it is named as the one that explains the choices best.
    pub decided: bool,
    /// The protected exceedance probability of the model that leads; of one subject its posterior probability.
    pub probability: f64,
    /// The most that the probability can be with so many subjects and models, were all of one mind.
    pub ceiling: f64,
    /// The family that is named, where a family is decided.
    pub family: Option<String>,
    /// How far the leader's evidence is ahead of the next model's, nats over all subjects; none with one model.
    pub ahead: Option<f64>,
    /// The standard error of that sum over subjects; none with fewer than two.
    pub ahead_error: Option<f64>,
    /// In how many subjects it is ahead.
    pub ahead_in: usize,
}

impl Verdict {
    /// The model that is named, by its place.
    #[must_use]
    pub fn named(&self) -> Option<usize> {
        self.decided.then_some(self.first)
    }
}

/// Random-effects selection: the one place where choices call it.
fn selected(evidence: &[Vec<f64>], families: &[&str]) -> Selection {
    select(evidence, families, PRIOR_COUNT)
}

/// Places of models in the order of a selection: by their frequency among subjects, alike by the sum of evidences.
fn order(selection: &Selection, evidence: &[Vec<f64>]) -> Vec<usize> {
    let sum = |m: usize| evidence.iter().map(|e| e[m]).sum::<f64>();
    let mut order: Vec<usize> = (0..selection.frequency.len()).collect();
    // Rounded, so that the order does not turn on the order in which models were given.
    let frequency = |m: usize| (selection.frequency[m] * 1e9).round();
    order.sort_by(|a, b| frequency(*b).total_cmp(&frequency(*a)).then(sum(*b).total_cmp(&sum(*a))));
    order
}

/// The chance of the best model in a subject by itself, where every model is as likely beforehand.
fn posterior(row: &[f64], m: usize) -> f64 {
    row.iter().map(|l| (l - row[m]).exp()).sum::<f64>().recip()
}

/// Judges log evidences of subjects (rows) under models (columns) of these families. A model is named where its protected
/// exceedance probability is 0.95 or more; of one subject alone where its posterior probability is.
#[must_use]
pub fn judge(evidence: &[Vec<f64>], families: &[&str]) -> (Vec<usize>, Selection, Verdict) {
    let selection = selected(evidence, families);
    let order = order(&selection, evidence);
    let first = order.first().copied().unwrap_or(0);
    let alone = evidence.len() == 1;
    let probability = if alone { posterior(&evidence[0], first) } else { selection.protected[first] };
    let unanimous: Vec<Vec<f64>> =
        evidence.iter().map(|e| (0..e.len()).map(|m| if m == first { UNANIMOUS } else { 0.0 }).collect()).collect();
    let ceiling = if alone { 1.0 } else { selected(&unanimous, families).protected[first] };
    let many = selection.families.len() > 1 && !alone;
    let family = selection.families.iter().find(|f| many && f.protected >= DECISIVE).map(|f| f.name.clone());
    let lead: Option<Vec<f64>> = order.get(1).map(|next| evidence.iter().map(|e| e[first] - e[*next]).collect());
    let n = evidence.len() as f64;
    let verdict = Verdict {
        first,
        decided: families.len() > 1 && probability >= DECISIVE,
        probability,
        ceiling,
        family,
        ahead: lead.as_ref().map(|l| n * mean(l)),
        ahead_error: lead.as_ref().filter(|l| l.len() > 1).map(|l| (n * variance(l)).sqrt()),
        ahead_in: lead.map_or(0, |l| l.iter().filter(|d| **d > 0.0).count()),
    };
    (order, selection, verdict)
}
