//! Says in one plain sentence what was found, which may be "none of these".

use super::selection::{Selection, select};
use super::statistics::{mean, variance};
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
/// The log Bayes factor from which one account is clearly better: 20 to 1 [key: kass1995].
const STRONG: f64 = 3.0;

/// The evidences that are judged: of each account in each animal.
pub struct Evidences<'a> {
    /// The theories' labels.
    pub labels: Vec<&'a str>,
    /// Their families; [`super::ranking::NULL`] for a null.
    pub families: Vec<&'a str>,
    /// The group of each theory: theories that cannot differ on this design are one. The place of the group's first.
    pub groups: Vec<usize>,
    /// Evidence of each theory (row) in each animal.
    pub theories: Vec<Vec<f64>>,
    /// Evidence of the description without theory in each animal.
    pub description: Vec<f64>,
    /// Evidence of offsets, drift and overlap alone in each animal.
    pub nothing: Vec<f64>,
    /// Prior count of each account among animals.
    pub count: f64,
}

/// The group's selection among accounts, and which column is whose.
pub struct Selected {
    /// The selection; its last column is the description.
    pub selection: Selection,
    /// The first theory of each column but the last.
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
        let families: Vec<&str> = columns.iter().map(|&c| self.families[c]).chain([super::ranking::NULL]).collect();
        Selected { selection: select(&rows, &families, self.count), columns }
    }

    /// Whether account `a` is clearly better than `b`: by a Bayes factor of 20 over all animals, and in three animals or more as
    /// the more frequent of the two; in fewer, in each of them.
    fn clearly(&self, a: &[f64], b: &[f64]) -> bool {
        let each: Vec<f64> = a.iter().zip(b).map(|(a, b)| a - b).collect();
        if each.iter().sum::<f64>().partial_cmp(&STRONG) != Some(std::cmp::Ordering::Greater) {
            return false;
        }
        if each.len() < 3 {
            return each.iter().all(|d| *d > STRONG);
        }
        let rows: Vec<Vec<f64>> = each.iter().map(|d| vec![*d, 0.0]).collect();
        let selection = select(&rows, &["a", "b"], super::selection::PRIOR_COUNT);
        selection.protected[0] >= CLEARLY * selection.ceiling
    }

    /// The theory that leads: the most frequent among animals, its evidence deciding between equals.
    fn leader(&self, selected: &Selected) -> Option<usize> {
        let family = |t: usize| self.families[t] != super::ranking::NULL;
        let key = |t: &usize| {
            let column = selected.column(self.groups[*t]).map_or(0.0, |c| selected.selection.frequency[c]);
            (column, self.theories[*t].iter().sum::<f64>())
        };
        (0..self.labels.len())
            .filter(|t| family(*t))
            .max_by(|a, b| key(a).partial_cmp(&key(b)).unwrap_or(std::cmp::Ordering::Equal))
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
        let Some(best) = self.leader(selected) else { return verdict };
        verdict.nearest = Some(self.labels[best].to_owned());
        let label = self.named(best);
        let against = Against::new(&label, super::description::NAME, &self.theories[best], &self.description);
        let next = (0..self.labels.len())
            .filter(|&t| self.groups[t] != self.groups[best] && self.families[t] != super::ranking::NULL)
            .max_by(|a, b| self.sum(*a).total_cmp(&self.sum(*b)));
        verdict.against_next =
            next.map(|n| Against::new(&label, self.labels[n], &self.theories[best], &self.theories[n]));
        let nulls = (0..self.labels.len()).filter(|&t| self.families[t] == super::ranking::NULL);
        let beaten = nulls
            .map(|t| &self.theories[t])
            .chain([&self.description, &self.nothing])
            .all(|null| self.clearly(&self.theories[best], null));
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
                 overlap). {label} comes closest: {} against it.",
                against.words()
            );
        }
        verdict.against_description = Some(against);
        self.caveats(best, selection, &mut verdict);
        verdict
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

    fn caveats(&self, best: usize, selection: &Selection, verdict: &mut Verdict) {
        let first = (0..self.labels.len()).max_by(|a, b| self.sum(*a).total_cmp(&self.sum(*b)));
        if let Some(first) = first.filter(|f| self.groups[*f] != self.groups[best]) {
            let against =
                Against::new(self.labels[first], self.labels[best], &self.theories[first], &self.theories[best]);
            verdict.caveats.push(format!(
                "the table's first, {}, has the higher sum ({}), but {} explains more animals: the frequency among animals \
                 decides, not the sum, which one animal can carry",
                self.labels[first],
                against.words(),
                self.labels[best]
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
