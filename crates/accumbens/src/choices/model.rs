//! What a model of choices is, and how it lives through a subject's trials.

use accumbens_core::choices::{Choices, Chooser};
use accumbens_core::{Parameter, Params, Result};

/// What the catalogue says about a model of choices.
#[derive(Clone, Copy, Debug, serde::Serialize)]
pub struct About {
    /// Its name.
    pub name: &'static str,
    /// What it says, in one line.
    pub summary: &'static str,
    /// The family under which variants share one vote.
    pub family: &'static str,
    /// Keys of its sources.
    pub papers: &'static [&'static str],
}

/// A model of choices: preferences that it learns, trial by trial.
pub trait Model: Params + Clone + Send + Sync + 'static {
    /// What is learnt.
    type State;

    /// What the catalogue says of it.
    const ABOUT: About;

    /// Before any trial, for so many options.
    fn start(&self, options: usize) -> Self::State;

    /// The log-odds of each of the offered, up to a constant.
    fn prefer(&self, state: &Self::State, offered: &[u32], into: &mut [f64]);

    /// Learns from an outcome; returns the error of prediction, which dopamine may say.
    fn learn(&self, state: &mut Self::State, offered: &[u32], taken: usize, outcome: f64) -> f64;

    /// The share of choices made at random.
    fn lapse(&self) -> f64 {
        0.0
    }
}

/// What a model says of every trial of a subject, in their order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Trace {
    /// The chance of what was taken; 1 where nothing was.
    pub chance: Vec<f64>,
    /// How hard the choice was: the entropy of the chances, nats.
    pub hard: Vec<f64>,
    /// The error of prediction at the outcome; 0 where nothing was taken.
    pub error: Vec<f64>,
}

impl Trace {
    pub(super) fn clear(&mut self) {
        self.chance.clear();
        self.hard.clear();
        self.error.clear();
    }

    /// A trial: the chances, what was taken, the error at its outcome.
    pub(super) fn see(&mut self, chances: &[f64], taken: Option<usize>, error: f64) {
        self.chance.push(taken.map_or(1.0, |t| chances[t]));
        self.hard.push(chances.iter().map(|p| if *p > 0.0 { -p * p.ln() } else { 0.0 }).sum());
        self.error.push(error);
    }
}

/// A model of any sort.
pub trait AnyModel: Send + Sync {
    /// What the catalogue says of it.
    fn about(&self) -> About;
    /// Its parameters.
    fn table(&self) -> &[Parameter];
    /// The value of the parameter at a place.
    fn get(&self, place: usize) -> f64;
    /// Sets it.
    fn put(&mut self, place: usize, value: f64);
    /// A copy.
    fn boxed(&self) -> Box<dyn AnyModel>;
    /// How latencies come about, where it says that; they are a regression on difficulty elsewhere.
    fn diffusion(&self) -> Option<super::drift::Diffusion> {
        None
    }
    /// Lives through a subject's trials: the log-likelihood of the choices, and where wanted every trial.
    ///
    /// # Errors
    /// Where it cannot go on.
    fn live(&self, choices: &Choices, subject: &Chooser, trace: Option<&mut Trace>) -> Result<f64>;
    /// Chooses in a subject's trials itself: `chosen` is given the trial and the chances, and says what is taken, if anything;
    /// `given` what comes of an option.
    ///
    /// # Errors
    /// Where it cannot go on.
    fn act(
        &self,
        choices: &Choices,
        subject: &Chooser,
        chosen: &mut dyn FnMut(usize, &[f64]) -> Option<usize>,
        given: &mut dyn FnMut(usize, u32) -> f64,
    ) -> Result<Chooser>;
}

/// Chances of several by their log-odds, in place, with a share at random.
pub(super) fn chances(odds: &mut [f64], lapse: f64) {
    if let [a, b] = odds {
        // Of two one exponential says all.
        let e = (-(*b - *a).abs()).exp();
        let (more, less) = ((1.0 - lapse) / (1.0 + e), (1.0 - lapse) * e / (1.0 + e));
        let swapped = *b > *a;
        (*a, *b) = if swapped { (less, more) } else { (more, less) };
        *a += 0.5 * lapse;
        *b += 0.5 * lapse;
        return;
    }
    let top = odds.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    odds.iter_mut().for_each(|o| *o = (*o - top).exp());
    let sum: f64 = odds.iter().sum();
    let even = lapse / odds.len() as f64;
    odds.iter_mut().for_each(|o| *o = (1.0 - lapse) * *o / sum + even);
}

/// The most that may be offered together.
const MOST: usize = 16;

fn offered<'a>(choices: &'a Choices, offer: u32, room: &'a mut [f64; MOST]) -> Result<(&'a [u32], &'a mut [f64])> {
    let offered = &choices.offers[offer as usize];
    let room = room.get_mut(..offered.len()).ok_or_else(|| {
        accumbens_core::Error::input(
            "choices",
            format!("{} options at once", offered.len()),
            format!("{MOST} or fewer"),
        )
    })?;
    Ok((offered, room))
}

impl<M: Model> AnyModel for M {
    fn about(&self) -> About {
        M::ABOUT
    }

    fn table(&self) -> &[Parameter] {
        M::table()
    }

    fn get(&self, place: usize) -> f64 {
        Params::get(self, place)
    }

    fn put(&mut self, place: usize, value: f64) {
        Params::put(self, place, value);
    }

    fn boxed(&self) -> Box<dyn AnyModel> {
        Box::new(self.clone())
    }

    fn live(&self, choices: &Choices, subject: &Chooser, mut trace: Option<&mut Trace>) -> Result<f64> {
        let (mut state, lapse, mut room) = (self.start(choices.options.len()), self.lapse(), [0.0; MOST]);
        // Products of chances, folded into a logarithm before they vanish: one logarithm for many trials.
        let (mut total, mut product) = (0.0, 1.0_f64);
        if let Some(trace) = &mut trace {
            trace.clear();
        }
        for trial in &subject.trials {
            let (offered, odds) = offered(choices, trial.offer, &mut room)?;
            let mut error = 0.0;
            self.prefer(&state, offered, odds);
            chances(odds, lapse);
            let taken = trial.taken.map(|t| t as usize);
            if let Some(taken) = taken {
                product *= odds[taken];
                if product < 1e-200 {
                    total += product.max(f64::MIN_POSITIVE).ln();
                    product = 1.0;
                }
                error = self.learn(&mut state, offered, taken, trial.outcome);
            }
            if let Some(trace) = &mut trace {
                trace.see(odds, taken, error);
            }
        }
        Ok(total + product.ln())
    }

    fn act(
        &self,
        choices: &Choices,
        subject: &Chooser,
        chosen: &mut dyn FnMut(usize, &[f64]) -> Option<usize>,
        given: &mut dyn FnMut(usize, u32) -> f64,
    ) -> Result<Chooser> {
        let (mut state, lapse, mut room) = (self.start(choices.options.len()), self.lapse(), [0.0; MOST]);
        let mut acted = subject.clone();
        for (i, trial) in acted.trials.iter_mut().enumerate() {
            let (offered, odds) = offered(choices, trial.offer, &mut room)?;
            self.prefer(&state, offered, odds);
            chances(odds, lapse);
            let Some(taken) = chosen(i, odds) else {
                (trial.taken, trial.outcome) = (None, f64::NAN);
                continue;
            };
            trial.outcome = given(i, offered[taken]);
            trial.taken = Some(taken as u32);
            self.learn(&mut state, offered, taken, trial.outcome);
        }
        Ok(acted)
    }
}
