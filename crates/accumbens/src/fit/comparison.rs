//! What is compared, and what comes of it: a theory in a subject, a theory over subjects, the whole.

use super::choosing::Chooser;
use super::cohort::Cohort;
use super::describe::Description;
use super::infer::{Budget, Fitted, Task, Tried};
use super::recovery::Recovery;
use super::selection::{PRIOR_COUNT, Selection};
use super::statistics::mean;
use super::verdict::Verdict;
use crate::concerns::Concern;
use accumbens_core::{AnyTheory, Seed};
use serde::Serialize;

/// What is compared, and how thoroughly.
pub struct Options {
    /// The theories, each with the label under which it is reported.
    pub theories: Vec<(String, Box<dyn AnyTheory>)>,
    /// How much is searched, the same for every theory.
    pub budget: Budget,
    /// Simulated studies for each theory; none for no recovery.
    pub recovery: usize,
    /// Prior count of each account among animals: [`PRIOR_COUNT`] (as SPM), or 1 over the number of accounts (as the
    /// Python package groupBMC); see [`Options::count`].
    pub prior_count: Option<f64>,
    /// The seed.
    pub seed: Seed,
}

impl Options {
    /// The usual options for these theories.
    #[must_use]
    pub fn new(theories: Vec<(String, Box<dyn AnyTheory>)>) -> Self {
        Self { theories, budget: Budget::default(), recovery: 5, prior_count: None, seed: Seed(1) }
    }

    /// Prior count of each account among animals.
    #[must_use]
    pub fn count(&self) -> f64 {
        self.prior_count.unwrap_or(PRIOR_COUNT)
    }
}

/// A theory fitted to one subject.
#[derive(Clone, Debug, Serialize)]
pub struct SubjectFit {
    /// The subject.
    pub subject: String,
    /// Log evidence of its responses and choices, with parameters averaged over their priors and what the other subjects
    /// say of them, nats: half of the weight on parameters of its own, half on what all share, whose evidence is divided among the
    /// subjects.
    pub held_out: f64,
    /// The same of its responses alone.
    pub held_out_responses: f64,
    /// Its standard error, from the draws of parameters, nats; 0 without fitted parameters.
    pub held_out_error: f64,
    /// How many independent draws of the posterior that estimate is worth; 1 without fitted parameters.
    pub effective_draws: f64,
    /// Log evidence under parameters that fit the other subjects best; NaN with one subject.
    pub left_out: f64,
    /// Log evidence of all its responses and choices at the fitted parameters, nats.
    pub log_evidence: f64,
    /// Bayesian information criterion over all responses and choices; lower is better.
    pub bic: f64,
    /// Fitted parameters.
    pub parameters: Vec<(String, f64)>,
    /// Gain of each channel, in the responses' unit per standard deviation of the theory's dopamine.
    pub gains: Vec<(String, f64)>,
    /// Gains that would be below 0 if they could.
    pub opposed: usize,
    /// Standard deviation of the noise, in the responses' unit.
    pub noise: f64,
    /// Share of variance explained by theory, offsets, drift and overlap together.
    pub r2: f64,
    /// The same by offsets, drift and overlap alone, without any theory.
    pub r2_without: f64,
    /// The share of what those leave that the theory explains.
    pub r2_own: f64,
    /// The two signature correlations that the fitted theory predicts, noise included.
    pub signatures: [f64; 2],
    /// How it explains choices, where there are any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub choices: Option<ChoiceFit>,
    /// Predicted responses.
    #[serde(skip)]
    pub predicted: Vec<f64>,
    /// The chance of the first option in each choice.
    #[serde(skip)]
    pub chances: Vec<f64>,
}

/// A subject's responses described without theory.
#[derive(Clone, Debug, Serialize)]
pub struct Described {
    /// The subject.
    pub subject: String,
    /// Log predictive density of its responses and choices: of responses by the description, of choices by biases and
    /// repetition alone, nats.
    pub held_out: f64,
    /// Share of variance explained.
    pub r2: f64,
    /// The share of what offsets, drift and overlap leave that the description explains.
    pub r2_own: f64,
    /// Predicted responses.
    #[serde(skip)]
    pub predicted: Vec<f64>,
}

/// How a theory explains a subject's choices.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct ChoiceFit {
    /// Choices.
    pub count: usize,
    /// Their log predictive density given the responses, nats.
    pub held_out: f64,
    /// The mean chance it gives to what was taken (geometric, over all).
    pub chance: f64,
    /// Weight of a preference of one spread, log-odds.
    pub weight: f64,
    /// Log-odds of taking again what was taken the time before, beyond preference.
    pub repeats: f64,
}

impl ChoiceFit {
    /// The fit, and the chance of the first option in each choice.
    pub(super) fn of(task: &Task, fitted: &Fitted) -> (Option<Self>, Vec<f64>) {
        let count = task.choosing.chosen.len();
        let Chooser { weight, repeats, chances, firsts } = task.choosing.chooser(&fitted.best.preferences, count);
        let held_out = fitted.choices;
        ((count > 0).then(|| Self { count, held_out, chance: mean(&chances).exp(), weight, repeats }), firsts)
    }
}

/// A theory over all subjects.
#[derive(Clone, Debug, Serialize)]
pub struct TheoryResult {
    /// Its label.
    pub label: String,
    /// Its name in the catalogue.
    pub theory: String,
    /// Its family.
    pub family: String,
    /// What it was told and could not learn.
    pub told: Vec<String>,
    /// Its fitted parameters with their priors, in words.
    pub fitted: Vec<(String, String)>,
    /// Points of its parameters that were tried, over all subjects.
    pub tried_points: usize,
    /// Those with which it could not live: its dopamine was no finite number. They count as the worst.
    pub failed_points: usize,
    /// Each subject.
    pub subjects: Vec<SubjectFit>,
    /// The theory itself, as it was before it was fitted.
    #[serde(skip)]
    pub of: Box<dyn AnyTheory>,
}

/// A line of the ranking.
#[derive(Clone, Debug, Serialize)]
pub struct Ranked {
    /// The theory's label, or `description` for the description without theory.
    pub label: String,
    /// Its family.
    pub family: String,
    /// Whether it made the data, where they are simulated.
    pub truth: bool,
    /// Other theories that say the same on this design: they share one vote.
    pub one_with: Vec<String>,
    /// Log evidence over all subjects, parameters averaged over their priors, nats.
    pub held_out: f64,
    /// Its difference to the best of the ranking, with the standard error of that difference over subjects; NaN with one.
    pub difference: [f64; 2],
    /// Its difference to the description without theory, with the standard error over subjects; none for the nulls.
    pub ahead: Option<[f64; 2]>,
    /// Left-out-subject log evidence over all subjects, nats; NaN for the description.
    pub left_out: f64,
    /// BIC over all subjects, as the difference to the lowest; NaN for the description.
    pub delta_bic: f64,
    /// Expected frequency among animals.
    pub frequency: f64,
    /// Exceedance probability.
    pub exceedance: f64,
    /// Protected exceedance probability.
    pub protected: f64,
    /// Share of variance explained by everything together, mean over subjects.
    pub r2: f64,
    /// Share of what offsets, drift and overlap leave that the theory's own part explains, mean over subjects.
    pub r2_own: f64,
    /// Subjects in whom a gain would be below 0 if it could: the light falls where the theory says it rises.
    pub opposed: usize,
}

/// A whole comparison.
#[derive(Debug, Serialize)]
pub struct Comparison {
    /// The answer.
    pub verdict: Verdict,
    /// The theory that made the data, where they are simulated.
    pub truth: Option<String>,
    /// The ranking, best first.
    pub ranking: Vec<Ranked>,
    /// The group's selection, in the order of `theories`.
    pub selection: Selection,
    /// The theories.
    pub theories: Vec<TheoryResult>,
    /// The description without theory of each subject.
    pub described: Vec<Described>,
    /// Log predictive density of each subject for offsets, drift and overlap alone, nats.
    pub without_dopamine: Vec<f64>,
    /// The same of each subject's choices alone, for biases and repetition alone, nats; 0 without choices.
    pub without_preferences: Vec<f64>,
    /// Noise ceiling of each subject: what could be explained of what offsets, drift and overlap leave.
    pub ceilings: Vec<Option<f64>>,
    /// The model-free facts.
    pub description: Description,
    /// What would have been said of this study under each truth.
    pub recovery: Option<Recovery>,
    /// How much was searched.
    pub budget: Budget,
    /// The seed.
    pub seed: Seed,
    /// What was not finished when the user stopped: subjects, the left-out subjects, recovery.
    pub unfinished: Vec<String>,
    /// What is to be asked about the study before the answer is believed.
    pub concerns: Vec<Concern>,
    /// The subjects as they were fitted.
    #[serde(skip)]
    pub cohort: Cohort,
}

/// What was tried of a theory's design in a subject, and the fit.
pub(super) type Fit = (Vec<Tried>, Fitted);
