//! What comes of a comparison of models of choices: plain data, for the terminal, the page, JSON and Python alike.

use super::recovered::{Confusion, Read, Recovered};
use super::verdict::Verdict;
use crate::concerns::Concern;
use crate::fit::selection::Selection;
use serde::Serialize;

/// A parameter of a subject.
#[derive(Clone, Debug, Serialize)]
pub struct Value {
    /// Its name.
    pub name: String,
    /// Its value by itself, under the prior or none.
    pub alone: f64,
    /// Its value given its group; none at maximum likelihood.
    pub grouped: Option<f64>,
    /// The lower end of the 95 % interval of its value given its group, or at maximum likelihood by itself.
    pub low: f64,
    /// The upper end.
    pub high: f64,
    /// What recovery says of subjects' intervals of this parameter; none where it was not run.
    pub recovery: Option<Read>,
    /// The same in words.
    pub note: String,
}

/// A subject under a model.
#[derive(Clone, Debug, Serialize)]
pub struct SubjectFit {
    /// The subject.
    pub subject: String,
    /// Its group.
    pub group: String,
    /// Choices that were made.
    pub choices: usize,
    /// Log-likelihood of the choices at the best point.
    pub log_likelihood: f64,
    /// Log evidence of latencies given how hard choices were; 0 where there are none.
    pub latencies: f64,
    /// Log evidence of dopamine given errors of prediction; 0 where there is none.
    pub dopamine: f64,
    /// Log evidence of all (Laplace); at maximum likelihood minus half of BIC.
    pub evidence: f64,
    /// Its parameters.
    pub parameters: Vec<Value>,
}

/// A parameter of a group.
#[derive(Clone, Debug, Serialize)]
pub struct GroupValue {
    /// The group.
    pub group: String,
    /// Its subjects.
    pub n: usize,
    /// The parameter.
    pub parameter: String,
    /// The value of the group's mean.
    pub value: f64,
    /// The lower end of its 95 % interval; NaN for a group of one subject, of which no error is known.
    pub low: f64,
    /// The upper end.
    pub high: f64,
    /// The standard error of the mean in standard deviations of the parameter's prior; near 1 where the data say little.
    pub error: f64,
    /// What recovery says of intervals of group means of this parameter; none where it was not run.
    pub recovery: Option<Read>,
    /// The same in words.
    pub note: String,
}

/// How two groups differ in a parameter, in standard deviations of its prior.
#[derive(Clone, Debug, Serialize)]
pub struct Difference {
    /// The parameter.
    pub parameter: String,
    /// The one group.
    pub group: String,
    /// The other.
    pub against: String,
    /// The difference of their means.
    pub difference: f64,
    /// The lower end of its 95 % interval; NaN where a group has one subject.
    pub low: f64,
    /// The upper end.
    pub high: f64,
    /// Its standard error.
    pub error: f64,
    /// What recovery says of intervals of differences of this parameter; none where it was not run.
    pub recovery: Option<Read>,
    /// The same in words.
    pub note: String,
}

/// What came of a model.
#[derive(Clone, Debug, Serialize)]
pub struct ModelResult {
    /// The model.
    pub model: String,
    /// What it says.
    pub summary: String,
    /// Its family.
    pub family: String,
    /// The sum of log evidences.
    pub evidence: f64,
    /// The sum of log-likelihoods of choices at the best points.
    pub log_likelihood: f64,
    /// 1 − the log-likelihood of choices over that of tosses.
    pub pseudo_r2: f64,
    /// Subjects.
    pub subjects: Vec<SubjectFit>,
    /// Groups.
    pub groups: Vec<GroupValue>,
    /// Differences between groups.
    pub differences: Vec<Difference>,
    /// How well its parameters are found again; empty without recovery.
    pub recovery: Vec<Recovered>,
}

/// What came of a comparison.
#[derive(Clone, Debug, Serialize)]
pub struct Compared {
    /// Models in the order of the selection, the most frequent among subjects first.
    pub models: Vec<ModelResult>,
    /// Selection over subjects, in the order of `models`.
    pub selection: Selection,
    /// What is said of which model.
    pub verdict: Verdict,
    /// What is to be asked about the table before its answer is believed.
    pub concerns: Vec<Concern>,
    /// The answer in a few sentences.
    pub answer: String,
    /// What the same verdict would say of data made by each model, in the order of `models`; empty without recovery.
    pub confusion: Vec<Confusion>,
    /// Trials with a choice.
    pub trials: usize,
    /// Trials with a latency.
    pub latencies: usize,
    /// Trials with dopamine.
    pub dopamine: usize,
}
