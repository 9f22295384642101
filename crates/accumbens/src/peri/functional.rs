//! A mixed model at every lag, with bands that hold at one lag and bands that hold at all of them.
//!
//! Fixed effects: one event's mean, what others add to it, and the change over trials where it is asked for; a random
//! intercept a subject. The joint band is as many standard errors wide as the largest deviation anywhere in the window
//! is in 95 % of samples in which subjects are drawn anew.

use super::mixed::{self, Fitted, Sums};
use super::windows::Trials;
use crate::fit::statistics::{half_width, mean};
use accumbens_core::Seed;
use rand::RngExt;
use rayon::prelude::*;
use serde::Serialize;

/// One effect over lags.
#[derive(Clone, Debug, Serialize)]
pub struct Effect {
    /// What it is.
    pub name: String,
    /// The estimate at each lag, in the unit of the trials.
    pub estimate: Vec<f64>,
    /// Its standard error.
    pub error: Vec<f64>,
    /// Half the width of a 95 % band at one lag.
    pub pointwise: Vec<f64>,
    /// Half the width of a 95 % band at all lags together; empty with fewer than three subjects.
    pub joint: Vec<f64>,
}

/// The fitted models.
#[derive(Clone, Debug, Serialize)]
pub struct Functional {
    /// Lags, s.
    pub lags: Vec<f64>,
    /// The effects.
    pub effects: Vec<Effect>,
    /// Mean over lags of Akaike's criterion.
    pub aic: f64,
    /// Mean over lags of the Bayesian criterion.
    pub bic: f64,
    /// Subjects.
    pub subjects: usize,
    /// Samples of subjects drawn for the joint band.
    pub samples: usize,
}

/// Samples of subjects.
const SAMPLES: usize = 500;

/// A table of responses: for each row its subject, its fixed effects and its values at lags.
pub struct Table<'a> {
    /// The names of the fixed effects.
    pub effects: Vec<String>,
    /// Rows: subject, fixed effects, values.
    pub rows: Vec<(usize, Vec<f64>, &'a [f64])>,
    /// Lags, s.
    pub lags: Vec<f64>,
}

impl<'a> Table<'a> {
    /// The table of trials: the first event's mean, what each other adds, and the change over trial numbers.
    #[must_use]
    pub fn of(trials: &'a Trials, by_number: bool) -> Self {
        let events = &trials.cut.events;
        let mut effects = vec![events[0].clone()];
        effects.extend(events[1..].iter().map(|e| format!("{e} less {}", events[0])));
        if by_number {
            effects.push("change over 100 trials".into());
        }
        let row = |t: &'a super::windows::Trial| {
            let mut x = vec![1.0];
            x.extend((1..events.len()).map(|e| if t.event == e { 1.0 } else { 0.0 }));
            if by_number {
                x.push(t.number as f64 / 100.0);
            }
            (t.subject, x, t.values.as_slice())
        };
        Self { effects, rows: trials.trials.iter().map(row).collect(), lags: trials.lags.clone() }
    }

    /// The sums of each subject at a lag.
    fn sums(&self, lag: usize, subjects: usize) -> Vec<Sums> {
        let mut sums = vec![Sums::new(self.effects.len()); subjects];
        for (subject, x, values) in self.rows.iter().filter(|r| r.2[lag].is_finite()) {
            sums[*subject].add(x, values[lag]);
        }
        sums
    }

    /// Fits the model at every lag.
    #[must_use]
    pub fn fit(&self, seed: Seed) -> Functional {
        let last = self.rows.iter().map(|r| r.0).max().map_or(0, |s| s + 1);
        let present: Vec<usize> = (0..last).filter(|s| self.rows.iter().any(|r| r.0 == *s)).collect();
        let sums: Vec<Vec<Sums>> = (0..self.lags.len()).into_par_iter().map(|l| self.sums(l, last)).collect();
        let fits: Vec<Option<Fitted>> =
            sums.par_iter().map(|at| mixed::fit(&present.iter().map(|&s| &at[s]).collect::<Vec<_>>())).collect();
        let pick = |f: &dyn Fn(&Fitted) -> f64| fits.iter().map(|x| x.as_ref().map_or(f64::NAN, f)).collect::<Vec<_>>();
        // Subjects are the unit, however many trials they have.
        let one = if present.len() > 1 { half_width(1.0, present.len()) } else { f64::NAN };
        let widths = if present.len() < 3 { Vec::new() } else { self.joint(&present, &sums, &fits, seed, one) };
        let effect = |(i, name): (usize, &String)| {
            let error = pick(&|f| f.errors[i]);
            Effect {
                name: name.clone(),
                estimate: pick(&|f| f.beta[i]),
                pointwise: error.iter().map(|e| one * e).collect(),
                joint: widths.get(i).map_or_else(Vec::new, |w| error.iter().map(|e| w * e).collect()),
                error,
            }
        };
        Functional {
            lags: self.lags.clone(),
            effects: self.effects.iter().enumerate().map(effect).collect(),
            aic: mean(&pick(&Fitted::aic)),
            bic: mean(&pick(&Fitted::bic)),
            subjects: present.len(),
            samples: if widths.is_empty() { 0 } else { SAMPLES },
        }
    }

    /// For each effect, the largest deviation in standard errors that 95 % of samples of subjects stay below; never
    /// less than that of one lag.
    fn joint(&self, present: &[usize], sums: &[Vec<Sums>], fits: &[Option<Fitted>], seed: Seed, one: f64) -> Vec<f64> {
        let largest = |sample: usize| {
            let mut rng = seed.stream(&format!("functional/{sample}"));
            let drawn: Vec<usize> = present.iter().map(|_| present[rng.random_range(0..present.len())]).collect();
            let mut most = vec![0.0_f64; self.effects.len()];
            for (at, fitted) in sums.iter().zip(fits) {
                let Some(fitted) = fitted else { continue };
                let chosen: Vec<&Sums> = drawn.iter().map(|&s| &at[s]).collect();
                // The variances stay those of all subjects: what varies is who was drawn.
                let Some(again) = mixed::fit_at(&chosen, fitted.between / fitted.residual) else { continue };
                for (m, ((a, b), e)) in most.iter_mut().zip(again.iter().zip(&fitted.beta).zip(&fitted.errors)) {
                    *m = m.max((a - b).abs() / e);
                }
            }
            most
        };
        let all: Vec<Vec<f64>> = (0..SAMPLES).into_par_iter().map(largest).collect();
        let quantile = |i: usize| {
            let mut column: Vec<f64> = all.iter().map(|m| m[i]).collect();
            column.sort_by(f64::total_cmp);
            column[(0.95 * (SAMPLES - 1) as f64).ceil() as usize].max(one)
        };
        (0..self.effects.len()).map(quantile).collect()
    }
}
