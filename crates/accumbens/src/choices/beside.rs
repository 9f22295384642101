//! Latencies and dopamine's answers beside choices: their evidence given what a model says, and what a model would have made.
//!
//! Both are a regression with offsets, drift over a session, gain and noise integrated out ([`crate::fit::evidence`]).

use crate::fit::evidence::{GAIN, Nuisance, Part, Scale, log_evidence, posterior, says, scaled_channels};
use accumbens_core::choices::{Chooser, Trial};
use rand::Rng;
use rand_distr::{Distribution, StandardNormal};

/// The fewest latencies or answers of dopamine that are fitted.
const FEWEST: usize = 8;

/// The slope on what a model says: of any sign.
fn part(said: &[f64]) -> Part<'_> {
    Part { shared: vec![(said, GAIN)], ..Part::default() }
}

/// Numbers beside choices that a model must explain: scaled, with the trials they belong to.
pub(super) struct Beside {
    trials: Vec<usize>,
    numbers: Vec<f64>,
    scale: Scale,
    nuisance: Nuisance,
}

impl Beside {
    /// Logarithms of latencies (of s).
    pub(super) fn latencies(subject: &Chooser) -> Option<Self> {
        Self::of(subject, |t| if t.latency > 0.0 { t.latency.ln() } else { f64::NAN })
    }

    /// Dopamine's answers, in their unit.
    pub(super) fn dopamine(subject: &Chooser) -> Option<Self> {
        Self::of(subject, |t| if t.taken.is_some() { t.dopamine } else { f64::NAN })
    }

    fn of(subject: &Chooser, pick: impl Fn(&Trial) -> f64) -> Option<Self> {
        let trials: Vec<usize> = (0..subject.trials.len()).filter(|i| pick(&subject.trials[*i]).is_finite()).collect();
        if trials.len() < FEWEST {
            return None;
        }
        let raw: Vec<f64> = trials.iter().map(|i| pick(&subject.trials[*i])).collect();
        let scale = Scale::of(&raw);
        let sessions: Vec<usize> = trials.iter().map(|i| subject.trials[*i].session as usize).collect();
        let of = |s: usize| sessions.iter().filter(|x| **x == s).count();
        let mut seen = std::collections::BTreeMap::new();
        let places: Vec<f64> = sessions
            .iter()
            .map(|s| {
                let at = seen.entry(*s).or_insert(0_usize);
                *at += 1;
                (*at as f64 - 0.5) / of(*s) as f64 - 0.5
            })
            .collect();
        Some(Self { trials, numbers: scale.apply(&raw), scale, nuisance: Nuisance::new(&sessions, &places, &[]) })
    }

    /// The numbers in their own unit.
    fn raw(&self) -> Vec<f64> {
        self.numbers.iter().map(|x| self.scale.mean + self.scale.sd * x).collect()
    }

    /// What a model says of these trials.
    fn said(&self, all: &[f64]) -> Vec<f64> {
        self.trials.iter().map(|i| all[*i]).collect()
    }

    /// The log evidence of the numbers given what a model says of every trial.
    pub(super) fn evidence(&self, said: &[f64]) -> f64 {
        let said = scaled_channels(&[self.said(said)]);
        log_evidence(&self.nuisance, &self.numbers, &part(&said[0]))
    }

    /// How the numbers come about where a model says this of every trial: the world of which more can be made.
    pub(super) fn world(&self, said: &[f64]) -> World {
        let raw = self.said(said);
        let scaled = scaled_channels(std::slice::from_ref(&raw));
        let by = Scale::of(&raw);
        let mut world =
            World { trials: self.trials.clone(), without: self.raw(), middle: by.mean, slope: 0.0, noise: 0.0 };
        if let Some(known) = posterior(&self.nuisance, &self.numbers, &part(&scaled[0]), self.scale) {
            // What never varies says nothing, and has no slope.
            world.slope = if says(&scaled[0]) { known.shared[0] / by.sd } else { 0.0 };
            world.without = known.fitted.iter().zip(&known.own).map(|(f, o)| f - o).collect();
            world.noise = known.noise;
        }
        world
    }
}

/// A regression that was fitted: offsets and drift, slope and noise, in the unit of the numbers.
pub(super) struct World {
    trials: Vec<usize>,
    without: Vec<f64>,
    middle: f64,
    slope: f64,
    noise: f64,
}

impl World {
    /// Numbers as they would have been where a model says this of every trial: the trial and its number.
    pub(super) fn draw<'a>(
        &'a self,
        said: &'a [f64],
        rng: &'a mut impl Rng,
    ) -> impl Iterator<Item = (usize, f64)> + 'a {
        self.trials.iter().zip(&self.without).map(move |(i, without)| {
            let chance: f64 = StandardNormal.sample(rng);
            (*i, without + self.slope * (said[*i] - self.middle) + self.noise * chance)
        })
    }
}
