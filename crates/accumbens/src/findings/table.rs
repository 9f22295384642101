//! Asks every theory about every finding.

use super::answer::Cell;
use super::asked::{Asked, Question};
use super::catalogue;
use super::grades::Grades;
use super::prior;
use super::spec::{Evidence, Finding};
use accumbens_core::{AnyTheory, Error, Result, Seed};
use rayon::prelude::*;
use serde::Serialize;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// What is asked.
pub struct Options {
    /// The theories, each with the label under which it is reported.
    pub theories: Vec<(String, Box<dyn AnyTheory>)>,
    /// The findings by name.
    pub findings: Vec<String>,
    /// Simulated subjects, each with a seed of its own.
    pub subjects: u32,
    /// Points of each theory's prior at which it is asked too, in [`prior::SUBJECTS`] subjects each; 0 for none. A cell
    /// then costs about 3 × `prior` lives more than its `subjects`.
    pub prior: u32,
    /// The seed.
    pub seed: Seed,
}

/// Theory × finding.
#[derive(Clone, Debug, Serialize)]
pub struct Table {
    /// The theories.
    pub theories: Vec<String>,
    /// The findings.
    pub findings: Vec<String>,
    /// The evidence of each finding.
    pub evidence: Vec<Evidence>,
    /// How many findings have which evidence.
    pub grades: Grades,
    /// Simulated subjects.
    pub subjects: u32,
    /// Points of each theory's prior that were asked too.
    pub prior: u32,
    /// The seed.
    pub seed: u64,
    /// The cells, finding after finding.
    pub cells: Vec<Cell>,
    /// Cells that were not asked, as the work was stopped.
    pub unasked: usize,
    /// The theories themselves.
    #[serde(skip)]
    pub of: Vec<Box<dyn AnyTheory>>,
}

impl Table {
    /// One cell.
    #[must_use]
    pub fn cell(&self, finding: usize, theory: usize) -> &Cell {
        &self.cells[finding * self.theories.len() + theory]
    }

    /// How many verdicts of a theory most of its prior contradicts.
    #[must_use]
    pub fn contradicted(&self, theory: usize) -> usize {
        let cells = (0..self.findings.len()).map(|f| self.cell(f, theory));
        cells.filter(|c| c.prior.as_ref().is_some_and(|p| p.contradicts)).count()
    }
}

/// How often `tick` is called.
#[must_use]
pub fn steps(options: &Options) -> u64 {
    (options.theories.len() * options.findings.len()) as u64
}

/// One theory on one finding, at the parameters it has.
///
/// # Errors
/// Where the finding cannot be run at all.
pub fn cell(
    name: &str,
    finding: &Finding,
    label: &str,
    theory: &dyn AnyTheory,
    subjects: u32,
    seed: Seed,
) -> Result<Cell> {
    at_defaults(&Question::new(name, finding, label, seed)?, theory, subjects)
}

fn at_defaults(question: &Question<'_>, theory: &dyn AnyTheory, subjects: u32) -> Result<Cell> {
    let given = match question.given(theory)? {
        Asked::Answer(given) => given,
        Asked::Silence(reason) => return Ok(question.silent(reason)),
    };
    let subjects = match question.subjects(given.as_ref(), subjects)? {
        Asked::Answer(subjects) => subjects,
        Asked::Silence(reason) => return Ok(question.silent(reason)),
    };
    Ok(match question.ask(given.as_ref(), &subjects)? {
        Asked::Answer(cell) => cell,
        Asked::Silence(reason) => question.silent(reason),
    })
}

/// Asks every theory about every finding. `tick` is called after each cell; where it returns false the work stops, and
/// the cells that are left say that they were not asked.
///
/// # Errors
/// Where a finding cannot be run, too many points of priors are asked, or the work was stopped before any cell was done.
pub fn table(options: &Options, tick: &(dyn Fn() -> bool + Sync)) -> Result<Table> {
    if options.prior > prior::MOST {
        let wanted = format!("0 to {} points of the prior", prior::MOST);
        return Err(Error::input("prior", options.prior.to_string(), wanted));
    }
    let findings = options.findings.iter().map(|n| catalogue::by_name(n)).collect::<Result<Vec<_>>>()?;
    let pairs: Vec<(usize, usize)> =
        (0..findings.len()).flat_map(|f| (0..options.theories.len()).map(move |t| (f, t))).collect();
    let (stopped, unasked) = (AtomicBool::new(false), AtomicUsize::new(0));
    let one = |&(f, t): &(usize, usize)| {
        let (name, (label, theory)) = (&options.findings[f], &options.theories[t]);
        let question = Question::new(name, &findings[f], label, options.seed)?;
        if stopped.load(Ordering::Relaxed) {
            unasked.fetch_add(1, Ordering::Relaxed);
            return Ok(question.silent("not asked: the work was stopped".into()));
        }
        let mut made = at_defaults(&question, theory.as_ref(), options.subjects)?;
        made.prior = prior::share(&question, theory.as_ref(), &made, options.prior)?;
        if !tick() {
            stopped.store(true, Ordering::Relaxed);
        }
        Ok(made)
    };
    // The cells differ a thousandfold in cost: each is a task of its own.
    let cells = pairs.par_iter().with_max_len(1).map(one).collect::<Result<Vec<_>>>()?;
    let unasked = unasked.into_inner();
    if unasked == cells.len() && unasked > 0 {
        return Err(Error::Interrupted);
    }
    Ok(Table {
        theories: options.theories.iter().map(|(label, _)| label.clone()).collect(),
        findings: options.findings.clone(),
        evidence: findings.iter().map(|f| f.evidence).collect(),
        grades: Grades::of(&findings),
        subjects: options.subjects,
        prior: options.prior,
        seed: options.seed.0,
        cells,
        unasked,
        of: options.theories.iter().map(|(_, theory)| theory.clone()).collect(),
    })
}
