//! Says which model explains choices, or that they do not decide: one rule for the data and for what is simulated.

use super::result::{Compared, Difference};
use crate::fit::selection::{PRIOR_COUNT, Selection, select};
use crate::fit::statistics::{mean, variance};
use accumbens_core::counted;
use serde::Serialize;

/// Probability from which a model is named.
const DECISIVE: f64 = 0.95;
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

impl Compared {
    /// The answer in a few sentences.
    pub(super) fn sentences(&self) -> String {
        let concerns: String = self.concerns.iter().map(|c| format!("To look at: {}. ", c.text)).collect();
        [concerns, self.which(), self.groups_differ(), self.found_again()].concat()
    }

    /// Which model, and how sure that is.
    fn which(&self) -> String {
        let Some(best) = self.models.first() else { return String::new() };
        let (v, n) = (&self.verdict, self.selection.attribution.len());
        let Some(next) = self.models.get(1) else {
            return format!("{} was the only model (pseudo-R² {:.2}).", best.model, best.pseudo_r2);
        };
        let error = v.ahead_error.map_or_else(String::new, |e| format!(" ± {e:.1}"));
        let ahead = format!(
            "{:+.1}{error} nats against {}, ahead of it in {} of {n} subjects; pseudo-R² {:.2}",
            v.ahead.unwrap_or(f64::NAN),
            next.model,
            v.ahead_in,
            best.pseudo_r2
        );
        if n == 1 {
            let sure = format!("posterior probability {:.2}, {ahead}", v.probability);
            return if v.decided {
                format!(
                    "{} explains this subject's choices best ({sure}); one subject says nothing of others.",
                    best.model
                )
            } else {
                format!("No decision: {} leads in this one subject ({sure}).", best.model)
            };
        }
        let sure = format!("protected exceedance probability {:.2}, {ahead}", v.probability);
        if v.decided {
            let null = if best.family == "null" { "; it is a null: no model that learns does better" } else { "" };
            return format!("{} explains these choices best ({sure}){null}.", best.model);
        }
        let family = v.family.as_ref().map_or_else(String::new, |f| format!(" Its family is decided: {f}."));
        let ceiling = if v.ceiling < DECISIVE {
            format!(
                " {n} subjects and {} models cannot decide: were all of one mind it would be {:.2}.",
                self.models.len(),
                v.ceiling
            )
        } else {
            String::new()
        };
        format!("No decision: {} leads ({sure}).{family}{ceiling}", best.model)
    }

    /// How groups differ in the parameters of the leader, as far as that can be read.
    fn groups_differ(&self) -> String {
        let Some(best) = self.models.first().filter(|m| !m.differences.is_empty()) else { return String::new() };
        let seen = best.differences.iter().filter(|d| d.low > 0.0 || d.high < 0.0);
        let (read, unread): (Vec<&Difference>, Vec<&Difference>) =
            seen.partition(|d| d.recovery.as_ref().is_none_or(|r| r.readable));
        let of = |d: &&Difference| format!("{} is {} in {} than in {}", d.parameter, side(d), d.group, d.against);
        let mut said = if read.is_empty() {
            " Its parameters do not differ measurably between groups.".to_owned()
        } else {
            format!(" {}.", read.iter().map(of).collect::<Vec<_>>().join("; "))
        };
        if !unread.is_empty() {
            let names: Vec<String> =
                unread.iter().map(|d| format!("{} ({} against {})", d.parameter, d.group, d.against)).collect();
            said += &format!(" Not to be read, by recovery: {}.", names.join(", "));
        }
        if self.confusion.is_empty() {
            said += " Recovery was not run.";
        }
        said
    }

    /// What recovery says of the verdict itself.
    fn found_again(&self) -> String {
        let own = self.confusion.iter().map(|c| (c, c.own()));
        let Some((worst, own)) = own.min_by(|a, b| a.1.share.total_cmp(&b.1.share)) else { return String::new() };
        let best = &self.confusion[0];
        let mut said = format!(
            " Of {} made by {} the verdict would name it in {}.",
            counted(best.studies, "simulated study"),
            best.truth,
            best.own().percent()
        );
        if worst.truth != best.truth {
            said += &format!(" Worst recovered: {}, named in {} of its own.", worst.truth, own.percent());
        }
        let others = self.confusion.iter().filter(|c| c.truth != best.truth);
        let wrong = others.filter_map(|c| c.named.iter().find(|n| n.model == best.truth).map(|n| (c, n.share)));
        if let Some((from, share)) = wrong.max_by(|a, b| a.1.share.total_cmp(&b.1.share)).filter(|w| w.1.share > 0.0) {
            said +=
                &format!(" {} is named by mistake in up to {} (data of {}).", best.truth, share.percent(), from.truth);
        }
        said
    }
}

/// Which way a difference goes.
#[must_use]
pub fn side(d: &Difference) -> &'static str {
    if d.difference > 0.0 { "higher" } else { "lower" }
}
