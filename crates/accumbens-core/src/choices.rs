//! Choices of people and animals: what was offered, what was taken, what came of it, how long it took, what dopamine did.

use crate::error::{Error, Result};
use serde::Serialize;

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

impl Choices {
    /// From the rows of a tidy table. Trials of a subject are put in the order of sessions (as they first stand) and trials.
    ///
    /// # Errors
    /// Where a choice is not among what was offered, an outcome is missing, or nothing can be chosen.
    pub fn of(rows: Vec<Row>) -> Result<Self> {
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

    /// The groups, in the order of their names.
    #[must_use]
    pub fn groups(&self) -> Vec<String> {
        let mut groups: Vec<String> = self.subjects.iter().map(|s| s.group.clone()).collect();
        groups.sort_unstable();
        groups.dedup();
        groups
    }
}
