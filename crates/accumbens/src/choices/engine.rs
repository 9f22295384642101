//! What is asked of choices, and what data and simulated studies are put through.

use super::fit::Beforehand;
use super::model::AnyModel;
use accumbens_core::Seed;
use serde::Serialize;

/// How latencies are explained.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub enum Latencies {
    /// Their logarithms by how hard a choice was.
    #[default]
    Regression,
    /// By drift diffusion, which has the model's chances.
    Diffusion,
}

/// What is asked.
pub struct Options {
    /// The models, by name; all of choices where empty.
    pub models: Vec<String>,
    /// What is asked of parameters beforehand.
    pub beforehand: Beforehand,
    /// How latencies are explained.
    pub latencies: Latencies,
    /// Simulated studies a model, to see whether models and parameters could be told; 0 for none.
    pub recovery: usize,
    /// The seed.
    pub seed: Seed,
}

/// What data and simulated studies are put through.
pub struct Engine<'a> {
    /// What was asked.
    pub options: &'a Options,
    /// The models.
    pub models: Vec<Box<dyn AnyModel>>,
    /// What they are called.
    pub names: Vec<String>,
}

/// Half the width of a subject's 95 % interval of a standard score with this variance.
pub(super) fn interval(variance: f64) -> f64 {
    1.96 * variance.sqrt()
}
