//! Findings of the clinic: what was observed, and which accounts say the same. Files of `catalogue/clinic`.

use super::studies::{self, Measured, Study};
use crate::findings::expressions::Expressions;
use crate::findings::spec::{Evidence, Published};
use crate::findings::verdict::{decide, estimate};
use crate::findings::{Estimate, Scored, Test, Verdict};
use accumbens_core::{Error, Result, Seed, declaration, room};
use include_dir::{Dir, include_dir};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

static FILES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../catalogue/clinic");

/// A finding of the clinic: a study, what was observed in it, and what must be true of an account that says the same.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Finding {
    /// What was found, in one line.
    pub title: String,
    /// Keys of its sources in `references.bib`.
    pub source: Vec<String>,
    /// What was observed, with its size where it is known.
    pub observed: String,
    /// On how many animals or people; empty where not known.
    #[serde(default)]
    pub n: String,
    /// On what the description rests.
    pub evidence: Evidence,
    /// What is assumed or unverified about it.
    #[serde(default)]
    pub note: String,
    /// The accounts that the literature has confronted with it; what any other says of it is a prediction.
    #[serde(default)]
    pub tested: Vec<String>,
    /// The study, of [`studies::ALL`].
    pub study: String,
    /// What must be true of its measures.
    pub test: Vec<Test>,
    /// Values that a paper or its code gives for an account.
    #[serde(default)]
    pub published: Vec<Published>,
}

/// The names of all findings of the clinic, in alphabetical order.
pub fn names() -> impl Iterator<Item = &'static str> {
    FILES.files().filter_map(|f| f.path().file_name()?.to_str()?.strip_suffix(".toml"))
}

/// The text of a finding's declaration.
#[must_use]
pub fn text(name: &str) -> Option<&'static str> {
    FILES.get_file(format!("{name}.toml"))?.contents_utf8()
}

/// A finding of the clinic.
///
/// # Errors
/// Where none has this name; the error lists those that exist.
pub fn by_name(name: &str) -> Result<Finding> {
    let text = text(name).ok_or_else(|| {
        let known = names().collect::<Vec<_>>().join(", ");
        Error::input("finding", format!("no finding of the clinic is called {name:?}"), known)
    })?;
    Finding::parse(&format!("catalogue/clinic/{name}.toml"), text)
}

impl Finding {
    /// Reads a finding and checks it against its study; `file` is named in errors.
    ///
    /// # Errors
    /// With the file, the field and what would be accepted.
    pub fn parse(file: &str, text: &str) -> Result<Self> {
        let finding: Self = declaration::read(file, text)?;
        finding.check().map_err(|e| e.within(file))?;
        Ok(finding)
    }

    fn check(&self) -> Result<()> {
        let study = studies::by_name(&self.study)?;
        let measures: Vec<String> = study.measures.iter().map(|m| (*m).to_owned()).collect();
        let expressions = Expressions::new();
        expressions.check(&self.test, &self.published, measures.iter())?;
        let accounts = self.tested.iter().chain(self.published.iter().map(|p| &p.theory));
        for account in accounts {
            if !study.accounts.contains(&account.as_str()) {
                let problem = format!("{account:?} is no account of {}", study.name);
                return Err(Error::input("tested", problem, study.accounts.join(", ")));
            }
        }
        for test in &self.test {
            test.check(false, expressions.names(&test.value)?.iter().any(|n| n == "corr"))?;
        }
        Ok(())
    }
}

/// One account on one finding.
#[derive(Clone, Debug, Serialize)]
pub struct Cell {
    /// The finding.
    pub finding: String,
    /// The account.
    pub account: String,
    /// The verdict.
    pub verdict: Verdict,
    /// Why it cannot be said, empty otherwise.
    pub reason: String,
    /// Whether the literature has confronted the account with it; where not, what it says is a prediction.
    pub confronted: bool,
    /// The tests, in the finding's order.
    pub tests: Vec<Scored>,
    /// The measures by name; none where not defined.
    pub measures: BTreeMap<String, Option<Estimate>>,
    /// Published values beside those computed here.
    pub published: Vec<(f64, Option<Estimate>)>,
}

/// Findings and accounts.
#[derive(Clone, Debug, Serialize)]
pub struct Asked {
    /// Simulated subjects.
    pub subjects: u32,
    /// The seed.
    pub seed: u64,
    /// The cells, finding after finding.
    pub cells: Vec<Cell>,
}

/// The studies that findings need, with their accounts.
fn runs(findings: &[(String, Finding)]) -> Result<Vec<(&'static Study, &'static str)>> {
    let mut all: Vec<(&Study, &str)> = Vec::new();
    for (_, finding) in findings {
        let study = studies::by_name(&finding.study)?;
        if !all.iter().any(|(s, _)| s.name == study.name) {
            all.extend(study.accounts.iter().map(|a| (study, *a)));
        }
    }
    Ok(all)
}

fn read(names: &[String]) -> Result<Vec<(String, Finding)>> {
    let chosen: Vec<String> = if names.is_empty() { self::names().map(Into::into).collect() } else { names.to_vec() };
    chosen.into_iter().map(|n| by_name(&n).map(|f| (n, f))).collect()
}

/// How often `tick` is called for findings (all where none are named).
///
/// # Errors
/// Where a name is unknown.
pub fn steps(names: &[String]) -> Result<u64> {
    Ok(runs(&read(names)?)?.len() as u64)
}

/// Numbers that a subject's measures hold with their names, about.
const MEASURED: f64 = 64.0;

/// Asks every account of each finding's study (all findings where none are named). `tick` is called after each account of
/// each study; where it returns false the work stops.
///
/// # Errors
/// Where a finding is unknown or its study cannot be done, or the work was stopped.
pub fn ask(names: &[String], subjects: u32, seed: Seed, tick: &(dyn Fn() -> bool + Sync)) -> Result<Asked> {
    if subjects < 2 {
        return Err(Error::input("subjects", subjects.to_string(), "2 or more, for a confidence interval"));
    }
    room("clinic", &[("subjects", f64::from(subjects)), ("numbers of each", MEASURED)])?;
    let findings = read(names)?;
    let runs = runs(&findings)?;
    let one = |(study, account): &(&Study, &str)| {
        let measured =
            (study.run)(account, subjects, seed).map_err(|e| e.within(&format!("{} of {account}", study.name)))?;
        if tick() { Ok(measured) } else { Err(Error::Interrupted) }
    };
    let measured = runs.par_iter().with_max_len(1).map(one).collect::<Result<Vec<Vec<Measured>>>>()?;
    let mut cells = Vec::new();
    for (name, finding) in &findings {
        for ((_, account), all) in runs.iter().zip(&measured).filter(|((s, _), _)| s.name == finding.study) {
            cells.push(score(name, finding, account, all)?);
        }
    }
    Ok(Asked { subjects, seed: seed.0, cells })
}

fn score(name: &str, finding: &Finding, account: &str, all: &[Measured]) -> Result<Cell> {
    let expressions = Expressions::new();
    let values = |expression: &str| -> Result<Vec<f64>> {
        all.iter().map(|m| expressions.evaluate(expression, m).map_err(|e| e.within(name))).collect()
    };
    let tests = finding.test.iter().map(|t| Ok(decide(t, &values(&t.value)?))).collect::<Result<Vec<Scored>>>()?;
    let worst = |v: Verdict| tests.iter().find(|t| t.verdict == v);
    let (verdict, reason) = match (worst(Verdict::Disagrees), worst(Verdict::CannotSay)) {
        (Some(_), _) => (Verdict::Disagrees, String::new()),
        (None, Some(test)) => (Verdict::CannotSay, test.reason.clone()),
        (None, None) => (Verdict::Agrees, String::new()),
    };
    let keys = all.first().into_iter().flat_map(BTreeMap::keys);
    let of = |key: &String| all.iter().map(|m| m[key][0]).collect::<Vec<f64>>();
    let mine = finding.published.iter().filter(|p| p.theory == account);
    Ok(Cell {
        finding: name.into(),
        account: account.into(),
        verdict,
        reason,
        confronted: finding.tested.iter().any(|t| t == account),
        measures: keys.map(|k| (k.clone(), estimate(&of(k)))).collect(),
        published: mine.map(|p| Ok((p.is, estimate(&values(&p.value)?)))).collect::<Result<_>>()?,
        tests,
    })
}
