//! A mixed model at every lag, with bands that hold at one lag and bands that hold at all of them.
//!
//! Fixed effects: one event's mean, what others add to it, and the change over trials where it is asked for; a random
//! intercept a subject. What the bands are made of is [`Bands`].

use super::bands::Bands;
use super::mixed::{self, Between, Fitted, Sums};
use super::windows::Trials;
use crate::fit::statistics::mean;
use accumbens_core::Seed;
use rayon::prelude::*;
use serde::Serialize;

/// One effect over lags.
#[derive(Clone, Debug, Serialize)]
pub struct Effect {
    /// What it is.
    pub name: String,
    /// The estimate at each lag, in the unit of the trials.
    pub estimate: Vec<f64>,
    /// Its standard error: between animals, or that of the mixed model, as the bands are.
    pub error: Vec<f64>,
    /// Degrees of freedom of the error between animals at each lag.
    pub df: Vec<f64>,
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
    /// What the bands are made of.
    pub bands: Bands,
    /// What the bands are, for how many animals, and how often they held in simulations.
    pub about: String,
}

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
    /// The table of trials: the mean of the first event that has any, what each other adds, and the change over trial
    /// numbers.
    #[must_use]
    pub fn of(trials: &'a Trials, by_number: bool) -> Self {
        let happened = |e: &usize| trials.trials.iter().any(|t| t.event == *e);
        let events: Vec<usize> = (0..trials.cut.events.len()).filter(happened).collect();
        let names: Vec<&String> = events.iter().map(|e| &trials.cut.events[*e]).collect();
        let mut effects: Vec<String> = names.iter().take(1).map(|n| (*n).clone()).collect();
        effects.extend(names.iter().skip(1).map(|e| format!("{e} less {}", names[0])));
        if by_number {
            effects.push("change over 100 trials".into());
        }
        let row = |t: &'a super::windows::Trial| {
            let mut x = vec![1.0];
            x.extend(events.iter().skip(1).map(|e| if t.event == *e { 1.0 } else { 0.0 }));
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

    /// Fits the model at every lag. Chance is in the joint bands of [`Bands::Fui`] alone.
    #[must_use]
    pub fn fit(&self, bands: Bands, seed: Seed) -> Functional {
        let last = self.rows.iter().map(|r| r.0).max().map_or(0, |s| s + 1);
        let present: Vec<usize> = (0..last).filter(|s| self.rows.iter().any(|r| r.0 == *s)).collect();
        let at = |lag: usize| {
            let sums = self.sums(lag, last);
            let subjects: Vec<&Sums> = present.iter().map(|&s| &sums[s]).collect();
            let fitted = mixed::fit(&subjects)?;
            let between = if present.len() > 1 { mixed::between(&subjects, &fitted) } else { Vec::new() };
            Some((fitted, between))
        };
        let fits: Vec<Option<(Fitted, Vec<Option<Between>>)>> = (0..self.lags.len()).into_par_iter().map(at).collect();
        let pick = |f: &dyn Fn(&Fitted) -> f64| {
            fits.iter().map(|x| x.as_ref().map_or(f64::NAN, |x| f(&x.0))).collect::<Vec<_>>()
        };
        let effect = |(i, name): (usize, &String)| {
            let lag = |x: &Option<(Fitted, Vec<Option<Between>>)>| {
                let (fitted, between) = x.as_ref()?;
                Some((fitted.errors[i], between.get(i)?.clone()?))
            };
            let of: Vec<Option<(f64, Between)>> = fits.iter().map(lag).collect();
            let widths = bands.widths(&of, name, seed);
            let each = |f: &dyn Fn(&(f64, Between)) -> f64| of.iter().map(|x| x.as_ref().map_or(f64::NAN, f)).collect();
            Effect {
                name: name.clone(),
                estimate: pick(&|f| f.beta[i]),
                error: match bands {
                    Bands::Animals => each(&|x| x.1.error()),
                    Bands::Fui => pick(&|f| f.errors[i]),
                },
                df: each(&|x| x.1.df),
                pointwise: widths.pointwise,
                joint: if present.len() < 3 { Vec::new() } else { widths.joint },
            }
        };
        Functional {
            lags: self.lags.clone(),
            effects: self.effects.iter().enumerate().map(effect).collect(),
            aic: mean(&pick(&Fitted::aic)),
            bic: mean(&pick(&Fitted::bic)),
            subjects: present.len(),
            bands,
            about: bands.about(present.len()),
        }
    }
}
