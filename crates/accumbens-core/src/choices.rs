//! Choices of people and animals: what was offered, what was taken, what came of it, how long it took, what dopamine did.

use crate::error::{Error, Result};
use crate::event::{WORTH, is_worth};
use serde::Serialize;
use std::collections::HashMap;
use std::collections::hash_map::Entry::{Occupied, Vacant};

/// One trial.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Trial {
    /// The session, counted from 0 in its subject.
    pub session: u32,
    /// Which of [`Choices::offers`] was offered.
    pub offer: u32,
    /// The place in the offer of what was taken; none where nothing was.
    pub taken: Option<u32>,
    /// What came of it; NaN where nothing was taken.
    pub outcome: f64,
    /// Time to the choice, s; NaN where not recorded.
    pub latency: f64,
    /// Dopamine's answer to the outcome, in any unit; NaN where not recorded.
    pub dopamine: f64,
}

/// One subject's trials, in their order.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Chooser {
    /// Its name.
    pub name: String,
    /// Its group; empty where there are none.
    pub group: String,
    /// The trials.
    pub trials: Vec<Trial>,
}

/// A tidy table of choices.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Choices {
    /// What can be taken: an option, or an option at a stimulus.
    pub options: Vec<String>,
    /// What was offered together: places in `options`.
    pub offers: Vec<Vec<u32>>,
    /// The subjects.
    pub subjects: Vec<Chooser>,
}

/// A row of a tidy table, before options are numbered.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The subject.
    pub subject: String,
    /// Its group.
    pub group: String,
    /// The session.
    pub session: String,
    /// The place of the trial in its session.
    pub trial: f64,
    /// The stimulus; empty where there is one alone.
    pub stimulus: String,
    /// What was taken; empty where nothing was.
    pub choice: String,
    /// What was offered; empty where the table does not say: then all that anyone takes at the stimulus.
    pub offered: Vec<String>,
    /// What came of it.
    pub outcome: f64,
    /// Time to the choice, s.
    pub latency: f64,
    /// Dopamine's answer to the outcome.
    pub dopamine: f64,
}

fn place(all: &mut Vec<String>, name: &str) -> u32 {
    let at = all.iter().position(|n| n == name).unwrap_or_else(|| {
        all.push(name.into());
        all.len() - 1
    });
    at as u32
}

/// The name of what can be taken: the option where offers are declared (it is the same at every stimulus), else the option
/// at its stimulus.
fn named(row: &Row, choice: &str) -> String {
    if row.stimulus.is_empty() || !row.offered.is_empty() {
        choice.into()
    } else {
        format!("{}/{choice}", row.stimulus)
    }
}

/// Whether the numbers of a row can be what they are called.
fn numbers(place: &str, row: &Row) -> Result<()> {
    let wrong = |problem: String, accepted: &str| Err(Error::input(place, problem, accepted));
    if row.subject.is_empty() {
        return wrong("the subject is empty".into(), "the name of a subject");
    }
    if !row.outcome.is_nan() && !is_worth(row.outcome) {
        return wrong(format!("outcome {:e}", row.outcome), WORTH);
    }
    if row.latency < 0.0 || row.latency.is_infinite() {
        return wrong(format!("latency {}", row.latency), "s, 0 or more; nothing where it was not recorded");
    }
    if !row.dopamine.is_nan() && !is_worth(row.dopamine) {
        return wrong(format!("dopamine {:e}", row.dopamine), WORTH);
    }
    Ok(())
}

/// Whether every trial of a subject stands in a table once.
fn once(rows: &[Row]) -> Result<()> {
    let mut known = HashMap::new();
    for (i, row) in rows.iter().enumerate() {
        match known.entry((&row.subject, &row.session, row.trial.to_bits(), &row.stimulus)) {
            Occupied(before) => {
                let problem =
                    format!("trial {} of {:?} stands in row {} already", row.trial, row.subject, before.get() + 1);
                let accepted = "each trial once; a column `session` where trials are counted anew";
                return Err(Error::input(format!("row {}", i + 1), problem, accepted));
            }
            Vacant(new) => _ = new.insert(i),
        }
    }
    Ok(())
}

/// Fewer trials than this repeat by chance.
const FEW: usize = 10;

/// How the rows of every subject repeat themselves without their numbers, where they do: row by row, or as a block.
fn repeated(rows: &[Row]) -> Option<&'static str> {
    let mut subjects: HashMap<&String, Vec<String>> = HashMap::new();
    for row in rows {
        let said = format!("{:?}", Row { trial: 0.0, ..row.clone() });
        subjects.entry(&row.subject).or_default().push(said);
    }
    let all = |of: fn(&[String]) -> bool| subjects.values().all(|rows| of(rows));
    if all(|rows| rows.len() >= 2 * FEW && rows.len().is_multiple_of(2) && in_pairs(rows)) {
        return Some("every row stands twice, one after the other");
    }
    all(|rows| rows.len() >= 2 * FEW && rows.len().is_multiple_of(2) && in_halves(rows))
        .then_some("all rows stand twice, once more behind the others")
}

/// Whether each row is that before it again, where the rows themselves do not go round.
fn in_pairs(rows: &[String]) -> bool {
    let single: Vec<&String> = rows.iter().step_by(2).collect();
    rows.chunks(2).all(|pair| pair[0] == pair[1]) && !goes_round(&single)
}

/// Whether the second half is the first again, where the first does not go round itself.
fn in_halves(rows: &[String]) -> bool {
    let (first, second) = rows.split_at(rows.len() / 2);
    first == second && !goes_round(&first.iter().collect::<Vec<_>>())
}

/// Whether rows repeat a pattern of at most half their number: an animal that always does the same.
fn goes_round(rows: &[&String]) -> bool {
    (1..=rows.len() / 2).any(|period| rows.iter().zip(&rows[period..]).all(|(a, b)| a == b))
}

impl Choices {
    /// From the rows of a tidy table. Trials of a subject are put in the order of sessions (as they first stand) and trials.
    ///
    /// # Errors
    /// Where a choice is not among what was offered, an outcome is missing, a number cannot be what it is called, trials
    /// stand twice, or nothing can be chosen.
    pub fn of(rows: Vec<Row>) -> Result<Self> {
        for (i, row) in rows.iter().enumerate() {
            numbers(&format!("row {}", i + 1), row)?;
        }
        once(&rows)?;
        if let Some(problem) = repeated(&rows) {
            return Err(Error::input("rows", problem, "each trial once"));
        }
        let mut all = Self::default();
        let mut names: Vec<String> = rows.iter().map(|r| r.choice.clone()).filter(|c| !c.is_empty()).collect();
        names.sort_unstable();
        names.dedup();
        // What anyone takes at a stimulus, in the order of names.
        let mut at: Vec<(String, Vec<String>)> = Vec::new();
        for row in rows.iter().filter(|r| r.offered.is_empty() && !r.choice.is_empty()) {
            match at.iter_mut().find(|(s, _)| *s == row.stimulus) {
                Some((_, taken)) if !taken.contains(&row.choice) => taken.push(row.choice.clone()),
                Some(_) => {}
                None => at.push((row.stimulus.clone(), vec![row.choice.clone()])),
            }
        }
        at.iter_mut().for_each(|(_, taken)| taken.sort_unstable());
        let mut sessions: Vec<Vec<String>> = Vec::new();
        let mut keyed: Vec<Vec<(u32, f64, Trial)>> = Vec::new();
        for (i, row) in rows.iter().enumerate() {
            let wrong = |problem: String, accepted: String| Error::input(format!("row {}", i + 1), problem, accepted);
            let known = at.iter().find(|(s, _)| *s == row.stimulus);
            let offered = if row.offered.is_empty() { known.map_or(&[][..], |(_, t)| t) } else { &row.offered };
            if offered.len() < 2 {
                let problem = format!("{} option at stimulus {:?}", offered.len(), row.stimulus);
                return Err(wrong(problem, "two or more, as taken by someone or in a column `offered` (A|B)".into()));
            }
            let taken = offered.iter().position(|o| *o == row.choice);
            if taken.is_none() && !row.choice.is_empty() {
                return Err(wrong(format!("choice {:?} was not offered", row.choice), offered.join(", ")));
            }
            if taken.is_some() && !row.outcome.is_finite() {
                return Err(wrong("a choice without an outcome".into(), "a number".into()));
            }
            let keys: Vec<u32> = offered.iter().map(|o| place(&mut all.options, &named(row, o))).collect();
            let offer = all.offers.iter().position(|o| *o == keys).unwrap_or_else(|| {
                all.offers.push(keys);
                all.offers.len() - 1
            });
            let subject = all.subjects.iter().position(|s| s.name == row.subject).unwrap_or_else(|| {
                all.subjects.push(Chooser { name: row.subject.clone(), group: row.group.clone(), trials: Vec::new() });
                sessions.push(Vec::new());
                keyed.push(Vec::new());
                all.subjects.len() - 1
            });
            if all.subjects[subject].group != row.group {
                let problem =
                    format!("{} stands in groups {:?} and {:?}", row.subject, all.subjects[subject].group, row.group);
                return Err(wrong(problem, "one group a subject".into()));
            }
            let session = place(&mut sessions[subject], &row.session);
            let trial = Trial {
                session,
                offer: offer as u32,
                taken: taken.map(|t| t as u32),
                outcome: row.outcome,
                latency: row.latency,
                dopamine: row.dopamine,
            };
            keyed[subject].push((session, row.trial, trial));
        }
        for (subject, mut trials) in all.subjects.iter_mut().zip(keyed) {
            trials.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
            subject.trials = trials.into_iter().map(|t| t.2).collect();
        }
        if all.subjects.iter().all(|s| s.trials.iter().all(|t| t.taken.is_none())) {
            return Err(Error::input("choices", "nothing was chosen", "rows with a choice"));
        }
        Ok(all)
    }

    /// The one outcome that every choice had; none where outcomes differ.
    #[must_use]
    pub fn only_outcome(&self) -> Option<f64> {
        let mut outcomes =
            self.subjects.iter().flat_map(|s| &s.trials).filter(|t| t.taken.is_some()).map(|t| t.outcome);
        let first = outcomes.next()?;
        outcomes.all(|x| x == first).then_some(first)
    }

    /// The groups, in the order of their names.
    #[must_use]
    pub fn groups(&self) -> Vec<String> {
        let mut groups: Vec<String> = self.subjects.iter().map(|s| s.group.clone()).collect();
        groups.sort_unstable();
        groups.dedup();
        groups
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Thirty choices of a subject, with no pattern in them and trials numbered as they stand.
    fn rows(subject: &str) -> Vec<Row> {
        let row = |i: usize| Row {
            subject: subject.into(),
            group: String::new(),
            session: String::new(),
            trial: i as f64,
            stimulus: String::new(),
            choice: ["a", "b"][i * i * 7 / 5 % 2].into(),
            offered: Vec::new(),
            outcome: (i * i * 3 / 4 % 2) as f64,
            latency: f64::NAN,
            dopamine: f64::NAN,
        };
        (0..30).map(row).collect()
    }

    fn numbered(mut rows: Vec<Row>) -> Result<Choices> {
        rows.iter_mut().enumerate().for_each(|(i, r)| r.trial = i as f64);
        Choices::of(rows)
    }

    #[test]
    fn a_table_that_holds_its_rows_twice_is_refused_and_an_animal_that_always_does_the_same_is_not() {
        let (one, two) = (rows("1"), rows("2"));
        let all = || one.iter().chain(&two).cloned().collect::<Vec<Row>>();
        numbered(all()).unwrap();
        let behind = all().into_iter().chain(all()).collect();
        assert!(numbered(behind).unwrap_err().to_string().contains("stand twice, once more behind"));
        let pairs = all().into_iter().flat_map(|r| [r.clone(), r]).collect();
        assert!(numbered(pairs).unwrap_err().to_string().contains("one after the other"));
        // With the numbers of trials each row says itself that it is another's.
        let twice = Choices::of(all().into_iter().chain(all()).collect()).unwrap_err().to_string();
        assert!(twice.contains("row 61") && twice.contains("row 1 already"), "{twice}");
        let habit = all().into_iter().enumerate();
        let habit = habit.map(|(i, r)| Row { choice: ["a", "b"][i % 2].into(), outcome: 1.0, ..r }).collect();
        assert_eq!(numbered(habit).unwrap().only_outcome(), Some(1.0));
    }

    #[test]
    fn numbers_that_cannot_be_outcomes_latencies_or_dopamine_are_refused_with_their_row() {
        let fault = |change: fn(&mut Row)| {
            let mut rows = rows("1");
            change(&mut rows[3]);
            Choices::of(rows).unwrap_err().to_string()
        };
        assert!(fault(|r| r.outcome = 1e300).contains("row 4: outcome 1e300"));
        assert!(fault(|r| r.latency = -0.3).contains("row 4: latency -0.3"));
        assert!(fault(|r| r.dopamine = f64::INFINITY).contains("row 4: dopamine inf"));
        assert!(fault(|r| r.subject = String::new()).contains("row 4: the subject"));
        assert_eq!(Choices::of(rows("1")).unwrap().only_outcome(), None);
    }
}
