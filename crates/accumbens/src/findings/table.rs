//! Asks every theory about every finding.

use super::catalogue;
use super::lived::{self, Mixtures};
use super::measure::measure;
use super::spec::Finding;
use super::verdict::{Expressions, Measured, decide, estimate, topics};
use crate::experiment::Experiment;
use accumbens_core::{AnyTheory, Error, Result, Seed, Topic};
use rayon::prelude::*;
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// What a theory says of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Every test holds, with confidence.
    Agrees,
    /// A test fails, with confidence.
    Disagrees,
    /// The theory does not speak of it, or the simulated subjects leave it open.
    CannotSay,
}

impl Verdict {
    /// Its words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Agrees => "agrees",
            Self::Disagrees => "disagrees",
            Self::CannotSay => "cannot say",
        }
    }
}

/// A mean over simulated subjects.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Estimate {
    /// Mean.
    pub mean: f64,
    /// Lower end of the 95 % confidence interval of the mean.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// Standard deviation over subjects.
    pub sd: f64,
    /// Subjects for which it is defined.
    pub n: usize,
}

/// A test of one theory.
#[derive(Clone, Debug, Serialize)]
pub struct Scored {
    /// Its value; none where it is not defined.
    pub estimate: Option<Estimate>,
    /// The verdict.
    pub verdict: Verdict,
    /// Why it cannot be said, empty otherwise.
    pub reason: String,
}

/// One theory on one finding.
#[derive(Clone, Debug, Serialize)]
pub struct Cell {
    /// The finding.
    pub finding: String,
    /// The theory, as it was named.
    pub theory: String,
    /// The verdict.
    pub verdict: Verdict,
    /// Why it cannot be said, empty otherwise.
    pub reason: String,
    /// The tests, in the finding's order.
    pub tests: Vec<Scored>,
    /// The measures by name; none where not defined. A measure of cells shows its mean.
    pub measures: BTreeMap<String, Option<Estimate>>,
    /// Published values of this theory beside those computed here.
    pub published: Vec<(f64, Option<Estimate>)>,
}

/// What is asked.
pub struct Options {
    /// The theories, each with the label under which it is reported.
    pub theories: Vec<(String, Box<dyn AnyTheory>)>,
    /// The findings by name.
    pub findings: Vec<String>,
    /// Simulated subjects, each with a seed of its own.
    pub subjects: u32,
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
    /// Simulated subjects.
    pub subjects: u32,
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
}

/// How often `tick` is called.
#[must_use]
pub fn steps(options: &Options) -> u64 {
    (options.theories.len() * options.findings.len()) as u64
}

/// Which topics a finding touches of which a theory does not speak.
fn unspoken(finding: &Finding, experiment: &Experiment, theory: &dyn AnyTheory) -> Result<Vec<Topic>> {
    let speaks = theory.speaks();
    let mut missing = Vec::new();
    for m in finding.measure.values() {
        missing.extend(topics(m, experiment)?.into_iter().filter(|t| !speaks.contains(t)));
    }
    missing.sort_by_key(|t| t.word());
    missing.dedup();
    Ok(missing)
}

fn silent(finding: &Finding, name: &str, label: &str, reason: String) -> Cell {
    let unsaid = Scored { estimate: None, verdict: Verdict::CannotSay, reason: String::new() };
    Cell {
        finding: name.into(),
        theory: label.into(),
        verdict: Verdict::CannotSay,
        reason,
        tests: vec![unsaid; finding.test.len()],
        measures: finding.measure.keys().map(|k| (k.clone(), None)).collect(),
        published: Vec::new(),
    }
}

fn measured(
    finding: &Finding,
    experiment: &Experiment,
    theory: &dyn AnyTheory,
    mixtures: &Mixtures,
    number: u32,
    seed: Seed,
) -> Result<Measured> {
    let subject = lived::subject(finding, experiment, theory.info().name, number, seed)?;
    let lives = lived::lives(finding, experiment, theory, &subject, mixtures, seed)?;
    let usual = experiment.group_names()[0];
    let one = |((name, m), of): ((&String, &super::spec::Measure), &Option<(usize, usize)>)| {
        let group = m.group.as_deref().unwrap_or(usual);
        let place = subject.groups.iter().position(|b| b.group == group).unwrap_or(0);
        (name.clone(), measure(&lives[place], m, *of))
    };
    Ok(finding.measure.iter().zip(&mixtures.of).map(one).collect())
}

/// One theory on one finding.
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
    let experiment = finding.design()?;
    let missing = unspoken(finding, &experiment, theory)?;
    if !missing.is_empty() {
        let words: Vec<&str> = missing.iter().map(|t| t.word()).collect();
        return Ok(silent(finding, name, label, format!("it does not speak of {}", words.join(", "))));
    }
    let theory = lived::given(finding, theory)?;
    let mixtures = lived::mixtures(finding, &theory.channels(&experiment.kinds()?))?;
    let dopamine = |m: &super::spec::Measure| m.ask == super::spec::Ask::Dopamine;
    if finding.measure.values().zip(&mixtures.of).any(|(m, of)| dopamine(m) && of.is_none()) {
        return Ok(silent(finding, name, label, "its signals do not reach what was recorded".into()));
    }
    let mut all = Vec::new();
    for number in 1..=subjects {
        match measured(finding, &experiment, theory.as_ref(), &mixtures, number, seed) {
            Ok(measured) => all.push(measured),
            Err(Error::Life { place, problem, .. }) => {
                return Ok(silent(finding, name, label, format!("it could not live through it: {place}: {problem}")));
            }
            Err(other) => return Err(other.within(&format!("subject {number}")).within(name)),
        }
    }
    score(finding, name, label, &all)
}

fn score(finding: &Finding, name: &str, label: &str, all: &[Measured]) -> Result<Cell> {
    let expressions = Expressions::new();
    let values = |expression: &str| -> Result<Vec<f64>> {
        all.iter().map(|m| expressions.evaluate(expression, m).map_err(|e| e.within(name))).collect()
    };
    let mut tests = Vec::with_capacity(finding.test.len());
    for test in &finding.test {
        tests.push(decide(test, &values(&test.value)?));
    }
    let measures = finding.measure.keys().map(|key| {
        let means: Vec<f64> = all.iter().map(|m| crate::fit::statistics::mean(&m[key])).collect();
        (key.clone(), estimate(&means))
    });
    let mut published = Vec::new();
    // A published value belongs to the theory as it was published.
    for value in finding.published.iter().filter(|p| p.theory == label) {
        published.push((value.is, estimate(&values(&value.value)?)));
    }
    let any = |verdict| tests.iter().any(|t: &Scored| t.verdict == verdict);
    let verdict = if any(Verdict::Disagrees) {
        Verdict::Disagrees
    } else if any(Verdict::CannotSay) {
        Verdict::CannotSay
    } else {
        Verdict::Agrees
    };
    let unsaid = tests.iter().find(|t| t.verdict == Verdict::CannotSay && verdict == Verdict::CannotSay);
    let reason = unsaid.map(|t| t.reason.clone()).unwrap_or_default();
    Ok(Cell {
        finding: name.into(),
        theory: label.into(),
        verdict,
        reason,
        tests,
        measures: measures.collect(),
        published,
    })
}

/// Asks every theory about every finding. `tick` is called after each cell; where it returns false the work stops, and
/// the cells that are left say that they were not asked.
///
/// # Errors
/// Where a finding cannot be run, or the work was stopped before any cell was done.
pub fn table(options: &Options, tick: &(dyn Fn() -> bool + Sync)) -> Result<Table> {
    let findings = options.findings.iter().map(|n| catalogue::by_name(n)).collect::<Result<Vec<_>>>()?;
    let pairs: Vec<(usize, usize)> =
        (0..findings.len()).flat_map(|f| (0..options.theories.len()).map(move |t| (f, t))).collect();
    let (stopped, unasked) = (AtomicBool::new(false), AtomicUsize::new(0));
    let one = |&(f, t): &(usize, usize)| {
        let (name, (label, theory)) = (&options.findings[f], &options.theories[t]);
        if stopped.load(Ordering::Relaxed) {
            unasked.fetch_add(1, Ordering::Relaxed);
            return Ok(silent(&findings[f], name, label, "not asked: the work was stopped".into()));
        }
        let made = cell(name, &findings[f], label, theory.as_ref(), options.subjects, options.seed)?;
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
        subjects: options.subjects,
        seed: options.seed.0,
        cells,
        unasked,
        of: options.theories.iter().map(|(_, theory)| theory.clone()).collect(),
    })
}
