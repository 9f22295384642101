//! Asks one theory about one finding, with any parameters.

use super::answer::{Cell, Scored, Verdict};
use super::expressions::{Expressions, Measured};
use super::lived::{self, Mixtures, Subject};
use super::measure::measure;
use super::spec::{Ask, Finding, Measure};
use super::verdict::{decide, estimate, topics};
use crate::experiment::Experiment;
use accumbens_core::{AnyTheory, Error, Result, Seed, Topic};

/// What a theory is asked.
pub struct Question<'a> {
    /// The finding's name.
    pub name: &'a str,
    /// The finding.
    pub finding: &'a Finding,
    /// Its experiment.
    pub experiment: Experiment,
    /// The theory, as it was named.
    pub label: &'a str,
    /// The seed.
    pub seed: Seed,
}

/// What came of asking.
pub enum Asked<T> {
    /// This.
    Answer(T),
    /// Nothing, and why.
    Silence(String),
}

impl<'a> Question<'a> {
    /// Of this finding to the theory of this label.
    ///
    /// # Errors
    /// Where the finding's experiment does not exist.
    pub fn new(name: &'a str, finding: &'a Finding, label: &'a str, seed: Seed) -> Result<Self> {
        Ok(Self { name, finding, experiment: finding.design()?, label, seed })
    }

    /// Which topics the finding touches of which a theory does not speak.
    fn unspoken(&self, theory: &dyn AnyTheory) -> Result<Vec<Topic>> {
        let speaks = theory.speaks();
        let mut missing = Vec::new();
        for m in self.finding.measure.values() {
            missing.extend(topics(m, &self.experiment)?.into_iter().filter(|t| !speaks.contains(t)));
        }
        missing.sort_by_key(|t| t.word());
        missing.dedup();
        Ok(missing)
    }

    fn mixtures(&self, theory: &dyn AnyTheory) -> Result<Mixtures> {
        lived::mixtures(self.finding, &theory.channels(&self.experiment.kinds()?))
    }

    /// The theory as the finding's design gives it, where it speaks of what the finding measures.
    ///
    /// # Errors
    /// Where the finding cannot be run.
    pub fn given(&self, theory: &dyn AnyTheory) -> Result<Asked<Box<dyn AnyTheory>>> {
        let missing = self.unspoken(theory)?;
        if !missing.is_empty() {
            let words: Vec<&str> = missing.iter().map(|t| t.word()).collect();
            return Ok(Asked::Silence(format!("it does not speak of {}", words.join(", "))));
        }
        let theory = lived::given(self.finding, theory)?;
        let of = self.mixtures(theory.as_ref())?.of;
        let unreached = |(m, of): (&Measure, &Option<_>)| m.ask == Ask::Dopamine && of.is_none();
        if self.finding.measure.values().zip(&of).any(unreached) {
            return Ok(Asked::Silence("its signals do not reach what was recorded".into()));
        }
        Ok(Asked::Answer(theory))
    }

    /// What happens to so many subjects before the theory lives it.
    ///
    /// # Errors
    /// Where the finding cannot be run.
    pub fn subjects(&self, theory: &dyn AnyTheory, count: u32) -> Result<Asked<Vec<Subject>>> {
        let one = |n| lived::subject(self.finding, &self.experiment, theory.info().name, n, self.seed);
        self.lived((1..=count).map(one).collect())
    }

    /// What the theory says of the finding in these subjects.
    ///
    /// # Errors
    /// Where the finding cannot be run.
    pub fn ask(&self, theory: &dyn AnyTheory, subjects: &[Subject]) -> Result<Asked<Cell>> {
        let mixtures = self.mixtures(theory)?;
        let all: Result<Vec<Measured>> = subjects.iter().map(|s| self.measured(theory, &mixtures, s)).collect();
        Ok(match self.lived(all)? {
            Asked::Answer(all) => Asked::Answer(self.score(&all)?),
            Asked::Silence(reason) => Asked::Silence(reason),
        })
    }

    /// A life that could not go on is something to say of the theory; any other fault is the finding's.
    fn lived<T>(&self, made: Result<T>) -> Result<Asked<T>> {
        match made {
            Ok(made) => Ok(Asked::Answer(made)),
            Err(Error::Life { place, problem, .. }) => {
                Ok(Asked::Silence(format!("it could not live through it: {place}: {problem}")))
            }
            Err(other) => Err(other.within(self.name)),
        }
    }

    fn measured(&self, theory: &dyn AnyTheory, mixtures: &Mixtures, subject: &Subject) -> Result<Measured> {
        let lives = lived::lives(self.finding, &self.experiment, theory, subject, mixtures, self.seed)?;
        let usual = self.experiment.group_names()[0];
        let one = |((name, m), of): ((&String, &Measure), &Option<(usize, usize)>)| {
            let group = m.group.as_deref().unwrap_or(usual);
            // Every group that a measure names was lived: `lived::subject` makes them of the measures.
            let life = subject.groups.iter().zip(&lives).find(|(before, _)| before.group == group);
            (name.clone(), life.map_or_else(|| vec![f64::NAN], |(_, life)| measure(life, m, *of)))
        };
        Ok(self.finding.measure.iter().zip(&mixtures.of).map(one).collect())
    }

    /// A cell that says nothing.
    #[must_use]
    pub fn silent(&self, reason: String) -> Cell {
        let unsaid = Scored { estimate: None, verdict: Verdict::CannotSay, reason: String::new() };
        Cell {
            finding: self.name.into(),
            theory: self.label.into(),
            verdict: Verdict::CannotSay,
            reason,
            tests: vec![unsaid; self.finding.test.len()],
            measures: self.finding.measure.keys().map(|k| (k.clone(), None)).collect(),
            published: Vec::new(),
            prior: None,
        }
    }

    fn score(&self, all: &[Measured]) -> Result<Cell> {
        let expressions = Expressions::new();
        let values = |expression: &str| -> Result<Vec<f64>> {
            all.iter().map(|m| expressions.evaluate(expression, m).map_err(|e| e.within(self.name))).collect()
        };
        let mut tests = Vec::with_capacity(self.finding.test.len());
        for test in &self.finding.test {
            tests.push(decide(test, &values(&test.value)?));
        }
        let measures = self.finding.measure.keys().map(|key| {
            let means: Vec<f64> = all.iter().map(|m| crate::fit::statistics::mean(&m[key])).collect();
            (key.clone(), estimate(&means))
        });
        let mut published = Vec::new();
        // A published value belongs to the theory as it was published.
        for value in self.finding.published.iter().filter(|p| p.theory == self.label) {
            published.push((value.is, estimate(&values(&value.value)?)));
        }
        let first = |verdict| tests.iter().find(|t: &&Scored| t.verdict == verdict);
        let (verdict, reason) = match (first(Verdict::Disagrees), first(Verdict::CannotSay)) {
            (Some(_), _) => (Verdict::Disagrees, String::new()),
            (None, Some(test)) => (Verdict::CannotSay, test.reason.clone()),
            (None, None) => (Verdict::Agrees, String::new()),
        };
        Ok(Cell {
            finding: self.name.into(),
            theory: self.label.into(),
            verdict,
            reason,
            measures: measures.collect(),
            tests,
            published,
            prior: None,
        })
    }
}
