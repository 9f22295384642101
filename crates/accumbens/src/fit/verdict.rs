//! Says in one plain sentence what was found, which may be "none of these".

use super::selection::{Selection, select};
use super::statistics::{mean, variance};
use accumbens_core::NULL_FAMILY;
use serde::Serialize;
use statrs::distribution::{ContinuousCDF, StudentsT};

/// The answer.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Verdict {
    /// The theory that is named, if any is.
    pub winner: Option<String>,
    /// How sure the answer is.
    pub strength: Strength,
    /// The answer in one sentence.
    pub sentence: String,
    /// What qualifies it.
    pub caveats: Vec<String>,
    /// The theory that comes nearest, named or not.
    pub nearest: Option<String>,
    /// The theory that comes nearest, against the description without theory.
    pub against_description: Option<Against>,
    /// The same against the next theory.
    pub against_next: Option<Against>,
}

/// How sure the answer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Strength {
    /// Protected exceedance of 0.95 or more, of the theory and of its family.
    Decisive,
    /// A theory leads and is not alone.
    Leading,
    /// No theory is clearly better than a description without theory.
    None,
}

/// One account against another over animals.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Against {
    /// The account.
    pub account: String,
    /// The other.
    pub other: String,
    /// The group's log Bayes factor: the sum over animals, nats.
    pub log_bayes_factor: f64,
    /// Its standard error over animals, nats; nothing with one animal.
    pub standard_error: Option<f64>,
    /// Standard deviation of the log Bayes factor between animals, nats; nothing with one animal.
    pub heterogeneity: Option<f64>,
    /// Animals that the account explains better, and all.
    pub animals: [usize; 2],
    /// The probability that it explains a new animal better, from a t distribution over animals; nothing with one.
    pub new_animal: Option<f64>,
}

impl Against {
    /// Of two accounts' evidences of each animal.
    #[must_use]
    pub fn new(account: &str, other: &str, a: &[f64], b: &[f64]) -> Self {
        let each: Vec<f64> = a.iter().zip(b).map(|(a, b)| a - b).collect();
        let n = each.len() as f64;
        let spread = (each.len() > 1).then(|| variance(&each).sqrt()).filter(|s| s.is_finite());
        let new = |spread: f64| {
            let t = mean(&each) / (spread * (1.0 + 1.0 / n).sqrt());
            StudentsT::new(0.0, 1.0, n - 1.0).ok().filter(|_| t.is_finite()).map(|d| d.cdf(t))
        };
        Self {
            account: account.into(),
            other: other.into(),
            log_bayes_factor: each.iter().sum(),
            standard_error: spread.map(|s| s * n.sqrt()),
            heterogeneity: spread,
            animals: [each.iter().filter(|d| **d > 0.0).count(), each.len()],
            new_animal: spread.and_then(new),
        }
    }

    /// The factor in words.
    #[must_use]
    pub fn words(&self) -> String {
        let error = self.standard_error.map_or_else(String::new, |e| format!(" ± {e:.1}"));
        let [better, all] = self.animals;
        format!("{:+.1}{error} nats, better in {better} of {all} animals", self.log_bayes_factor)
    }
}

/// Protected exceedance from which an answer is called decisive.
pub const DECISIVE: f64 = 0.95;
/// Of two accounts of three animals or more, the protected exceedance from which one is clearly better, as a share of what
/// animals that all agree reach.
const CLEARLY: f64 = 0.85;
/// The log Bayes factor from which one account is clearly better: 20 to 1 [key: kass1995], and as many times that as
/// theories are asked, the best of which is looked at.
const STRONG: f64 = 3.0;
/// The family of the description: it is asked always, beside null theories that a user may ask.
pub const DESCRIPTION: &str = "description";

/// The evidences that are judged: of each account in each animal.
pub struct Evidences<'a> {
    /// The theories' labels.
    pub labels: Vec<&'a str>,
    /// Their families; [`NULL_FAMILY`] for a null.
    pub families: Vec<&'a str>,
    /// The group of each theory: theories that cannot differ on this design are one. The place of the group's first.
    pub groups: Vec<usize>,
    /// Evidence of each theory (row) in each animal.
    pub theories: Vec<Vec<f64>>,
    /// Standard errors of those.
    pub errors: Vec<Vec<f64>>,
    /// Evidence of each theory of the responses alone.
    pub responses: Vec<Vec<f64>>,
    /// Evidence of the description without theory in each animal.
    pub description: Vec<f64>,
    /// Evidence of offsets, drift and overlap alone in each animal.
    pub nothing: Vec<f64>,
    /// What of both is that of choices.
    pub without_preferences: Vec<f64>,
    /// Prior count of each account among animals.
    pub count: f64,
}

/// The group's selection among accounts, and which column is whose.
pub struct Selected {
    /// The selection; its last column is the description.
    pub selection: Selection,
    /// The group of each column but the last.
    pub columns: Vec<usize>,
}

impl Selected {
    /// The column of a theory.
    #[must_use]
    pub fn column(&self, group: usize) -> Option<usize> {
        self.columns.iter().position(|c| *c == group)
    }
}

impl Evidences<'_> {
    /// Selects among the theories and the description; theories that are one have one column, with the mean of their
    /// evidences.
    #[must_use]
    pub fn select(&self) -> Selected {
        let columns: Vec<usize> = (0..self.labels.len()).filter(|&t| self.groups[t] == t).collect();
        let animals = self.description.len();
        let of = |column: usize, m: usize| {
            let members = (0..self.labels.len()).filter(|&t| self.groups[t] == column);
            super::statistics::log_mean(&members.map(|t| self.theories[t][m]).collect::<Vec<_>>())
        };
        let row = |m: usize| columns.iter().map(|&c| of(c, m)).chain([self.description[m]]).collect::<Vec<f64>>();
        let rows: Vec<Vec<f64>> = (0..animals).map(row).collect();
        let families: Vec<&str> =
            columns.iter().map(|&c| self.families[self.speaker(c)]).chain([DESCRIPTION]).collect();
        Selected { selection: select(&rows, &families, self.count), columns }
    }

    /// An account whose evidence is no number, where there is one.
    #[must_use]
    pub fn unknown(&self) -> Option<String> {
        let nan = |row: &Vec<f64>| row.iter().any(|e| e.is_nan());
        let theory = self.labels.iter().zip(&self.theories).find(|(_, row)| nan(row)).map(|(l, _)| (*l).to_owned());
        let without = nan(&self.description) || nan(&self.nothing);
        theory.or_else(|| without.then(|| super::description::NAME.into()))
    }

    /// The theory that speaks for a group, wherever it was named: of the shortest label, the first of the alphabet.
    fn speaker(&self, group: usize) -> usize {
        let members = (0..self.labels.len()).filter(|&t| self.groups[t] == group);
        members.min_by_key(|&t| (self.labels[t].len(), self.labels[t])).unwrap_or(group)
    }

    fn is_null(&self, theory: usize) -> bool {
        self.families[theory] == NULL_FAMILY
    }

    /// Whether an account is clearly better than another by these differences: by a Bayes factor of 20 for each theory asked, over
    /// all animals and beyond two standard errors of the estimate, and in three animals or more as the more frequent of the two;
    /// in fewer, in each of them.
    fn clearly(&self, each: &[f64], error: f64) -> bool {
        let asked = (0..self.labels.len()).filter(|&t| self.groups[t] == t && !self.is_null(t)).count();
        let sum = each.iter().sum::<f64>() - 2.0 * error;
        if sum.partial_cmp(&(STRONG + (asked.max(1) as f64).ln())) != Some(std::cmp::Ordering::Greater) {
            return false;
        }
        if each.len() < 3 {
            return each.iter().all(|d| *d > STRONG);
        }
        let rows: Vec<Vec<f64>> = each.iter().map(|d| vec![*d, 0.0]).collect();
        let selection = select(&rows, &["a", "b"], super::selection::PRIOR_COUNT);
        selection.protected[0] >= CLEARLY * selection.ceiling
    }

    /// Whether a theory is clearly better than every account without theory, of everything and of the responses alone: a theory
    /// of dopamine is not named for what it says of choices.
    fn beats_nulls(&self, theory: usize) -> bool {
        let less = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a - b).collect::<Vec<f64>>();
        let error = self.errors[theory].iter().map(|e| e * e).sum::<f64>().sqrt();
        let own = &self.theories[theory];
        let nulls = (0..self.labels.len()).filter(|&t| self.is_null(t)).map(|t| &self.theories[t]);
        let mut all = nulls.chain([&self.description, &self.nothing]);
        let without = |null: &[f64]| less(&self.responses[theory], &less(null, &self.without_preferences));
        all.all(|null| self.clearly(&less(own, null), error))
            && [&self.description, &self.nothing].into_iter().all(|null| self.clearly(&without(null), error))
    }

    /// The theory that leads, and whether it beats every account without theory: among those that do, or among all where none
    /// does, the most frequent among animals, its evidence deciding between equals.
    fn leader(&self, selected: &Selected) -> Option<(usize, bool)> {
        let key = |t: usize| {
            let column = selected.column(self.groups[t]).map_or(0.0, |c| selected.selection.frequency[c]);
            ((column * 1000.0).round(), self.sum(t))
        };
        let speakers: Vec<usize> =
            selected.columns.iter().map(|&c| self.speaker(c)).filter(|&t| !self.is_null(t)).collect();
        let beating: Vec<usize> = speakers.iter().copied().filter(|&t| self.beats_nulls(t)).collect();
        let among = if beating.is_empty() { &speakers } else { &beating };
        let order = |a: &usize, b: &usize| {
            let names = self.labels[*b].cmp(self.labels[*a]);
            key(*a).partial_cmp(&key(*b)).unwrap_or(std::cmp::Ordering::Equal).then(names)
        };
        among.iter().copied().max_by(order).map(|t| (t, !beating.is_empty()))
    }

    /// The answer.
    #[must_use]
    pub fn judge(&self, selected: &Selected) -> Verdict {
        let mut verdict = Verdict {
            winner: None,
            strength: Strength::None,
            sentence: "Only null theories were compared, so nothing can be said about dopamine.".into(),
            caveats: Vec::new(),
            nearest: None,
            against_description: None,
            against_next: None,
        };
        let Some((best, beaten)) = self.leader(selected) else { return verdict };
        verdict.nearest = Some(self.labels[best].to_owned());
        let label = self.named(best);
        let against = Against::new(&label, super::description::NAME, &self.theories[best], &self.description);
        let next = (0..self.labels.len())
            .filter(|&t| self.groups[t] != self.groups[best] && !self.is_null(t))
            .max_by(|a, b| self.sum(*a).total_cmp(&self.sum(*b)));
        verdict.against_next =
            next.map(|n| Against::new(&label, self.labels[n], &self.theories[best], &self.theories[n]));
        let selection = &selected.selection;
        let place = selected.column(self.groups[best]);
        let p = place.map_or(f64::NAN, |c| selection.protected[c]);
        if beaten {
            let family = selection.families.iter().find(|f| f.name == self.families[best]);
            let p_family = family.map_or(0.0, |f| f.protected);
            let over = animals(self.description.len());
            let (strength, words) = if p >= DECISIVE && p_family >= DECISIVE {
                (Strength::Decisive, "explains these recordings best".to_owned())
            } else if p_family >= DECISIVE {
                let words = format!(
                    "leads, and its family ({}) is decided ({p_family:.2}), but not the member",
                    self.families[best]
                );
                (Strength::Leading, words)
            } else {
                (Strength::Leading, "leads, but these recordings do not decide".to_owned())
            };
            verdict.strength = strength;
            verdict.winner = Some(self.labels[best].to_owned());
            verdict.sentence = format!(
                "{label} {words}: protected exceedance probability {p:.2} over {over}; against a description without \
                 theory {}.",
                against.words()
            );
        } else {
            verdict.sentence = format!(
                "None of these: no theory is clearly better than a description without theory (means, smooth trends, \
                 overlap). {label} comes closest: {} against it{}.",
                against.words(),
                self.by_choices(best)
            );
        }
        verdict.against_description = Some(against);
        self.caveats(best, selected, &mut verdict);
        verdict
    }

    /// What of a theory's lead is that of choices, where there are any.
    fn by_choices(&self, theory: usize) -> String {
        let choices: Vec<f64> = self.theories[theory].iter().zip(&self.responses[theory]).map(|(a, b)| a - b).collect();
        let gained: f64 = choices.iter().zip(&self.without_preferences).map(|(a, b)| a - b).sum();
        if choices.iter().all(|c| *c == 0.0) {
            String::new()
        } else {
            format!(", of which {gained:+.1} nats are of choices")
        }
    }

    fn sum(&self, theory: usize) -> f64 {
        self.theories[theory].iter().sum()
    }

    /// The label of a theory, with those that are one with it.
    fn named(&self, theory: usize) -> String {
        let others = (0..self.labels.len()).filter(|&t| t != theory && self.groups[t] == self.groups[theory]);
        let others: Vec<&str> = others.map(|t| self.labels[t]).collect();
        let label = self.labels[theory];
        if others.is_empty() {
            label.into()
        } else {
            format!("{label} (on this design one with {})", others.join(", "))
        }
    }

    fn caveats(&self, best: usize, selected: &Selected, verdict: &mut Verdict) {
        let selection = &selected.selection;
        let frequency = |t: usize| selected.column(self.groups[t]).map_or(f64::NAN, |c| selection.frequency[c]);
        let first = (0..self.labels.len()).max_by(|a, b| self.sum(*a).total_cmp(&self.sum(*b)));
        let other = |f: &usize| self.groups[*f] != self.groups[best] && (frequency(best) - frequency(*f)) > 0.005;
        if let Some(first) = first.filter(other) {
            let against =
                Against::new(self.labels[first], self.labels[best], &self.theories[first], &self.theories[best]);
            verdict.caveats.push(format!(
                "the table's first, {}, has the higher sum ({}), but {} is the more frequent among animals ({:.2} against \
                 {:.2}), and that decides: one animal can carry a sum",
                self.labels[first],
                against.words(),
                self.labels[best],
                frequency(best),
                frequency(first)
            ));
        }
        let count = self.description.len();
        if verdict.strength == Strength::Leading && selection.ceiling < DECISIVE {
            verdict.caveats.push(format!(
                "{} and {} accounts cannot be decided at {DECISIVE}: protected exceedance reaches {:.2} at most, where all \
                 animals agree",
                animals(count),
                selection.frequency.len(),
                selection.ceiling
            ));
        }
        if count < 5 {
            verdict
                .caveats
                .push(format!("{}: a statement about these animals more than about animals", animals(count)));
        }
    }
}

fn animals(count: usize) -> String {
    if count == 1 { "1 animal".into() } else { format!("{count} animals") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn evidences<'a>(labels: &[&'a str], families: &[&'a str], theories: &[Vec<f64>]) -> Evidences<'a> {
        let animals = theories[0].len();
        let zero = vec![vec![0.0; animals]; theories.len()];
        Evidences {
            labels: labels.to_vec(),
            families: families.to_vec(),
            groups: (0..labels.len()).collect(),
            theories: theories.to_vec(),
            errors: zero,
            responses: theories.to_vec(),
            description: vec![0.0; animals],
            nothing: vec![-50.0; animals],
            without_preferences: vec![0.0; animals],
            count: super::super::selection::PRIOR_COUNT,
        }
    }

    #[test]
    fn a_theory_that_beats_the_description_is_named_though_one_that_does_not_is_more_frequent() {
        let split = [vec![20.0; 5], vec![-20.0; 3]].concat();
        let all = evidences(&["split", "steady"], &["a", "b"], &[split, vec![10.0; 8]]);
        let verdict = all.judge(&all.select());
        assert_eq!(verdict.winner.as_deref(), Some("steady"), "{}", verdict.sentence);
    }

    #[test]
    fn the_order_in_which_theories_are_asked_changes_nothing() {
        let rows = [vec![30.0; 8], vec![30.2; 8], vec![5.0; 8]];
        let mut one = evidences(&["td_csc", "dopamine_gate", "anccr"], &["rpe", "gate", "look back"], &rows);
        one.groups = vec![0, 0, 2];
        let turned = [rows[2].clone(), rows[1].clone(), rows[0].clone()];
        let mut other = evidences(&["anccr", "dopamine_gate", "td_csc"], &["look back", "gate", "rpe"], &turned);
        other.groups = vec![0, 1, 1];
        let (a, b) = (one.judge(&one.select()), other.judge(&other.select()));
        assert_eq!((a.winner, a.strength, a.sentence), (b.winner, b.strength, b.sentence));
    }

    #[test]
    fn what_an_estimate_does_not_know_and_what_choices_alone_say_name_no_theory() {
        let mut all = evidences(&["q"], &["a"], &[vec![1.5; 6]]);
        assert!(all.judge(&all.select()).winner.is_some());
        all.errors = vec![vec![1.5; 6]];
        assert_eq!(all.judge(&all.select()).winner, None);
        all.errors = vec![vec![0.0; 6]];
        all.theories = vec![vec![10.0; 6]];
        all.responses = vec![vec![0.0; 6]];
        let verdict = all.judge(&all.select());
        assert_eq!(verdict.winner, None);
        assert!(verdict.sentence.contains("of which +60.0 nats are of choices"), "{}", verdict.sentence);
    }
}
