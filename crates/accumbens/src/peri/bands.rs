//! Bands around a curve: those that hold at one lag, and those that hold at all lags together.
//!
//! With few animals a curve that is divided by its error between animals is a process of t's, whose tails are heavy and
//! whose correlations over lags nobody can estimate from four curves. What can be estimated without bias from as few are
//! the angles by which the animals' deviations turn from one lag to the next. They suffice: at lag k the animals' values
//! are one direction in a space of as many dimensions, under no effect each direction is as likely, and |t| is beyond u
//! where the direction lies within an angle of the diagonal. The chance that a lag is beyond its bound while the one
//! before it is not is therefore the part of one spherical cap that lies outside another, turned by that angle. The sum
//! over lags bounds the chance that any lag is beyond: with small angles it is the Gaussian kinematic formula for fields
//! of t's (Telschow and Schwartzman 2022 [telschow2022]), with large ones Bonferroni's.

use super::mixed::Between;
use accumbens_core::Seed;
use rand_distr::{Distribution, StandardNormal};
use rayon::prelude::*;
use serde::Serialize;
use statrs::distribution::{ContinuousCDF, StudentsT};
use std::f64::consts::{FRAC_PI_2, PI};

/// What the bands of an effect are made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Bands {
    /// Animals are the unit: errors between animals, quantiles of t, and the bound above.
    #[default]
    Animals,
    /// Fast univariate inference (Cui et al. 2022 [cui2022], as fastFMM does it), but for its smoothing over lags: the
    /// mixed model's errors, quantiles of the normal distribution, and a joint band from normal draws. Too narrow
    /// where animals are few or differ in more than their mean.
    Fui,
}

/// Half the widths of 95 % bands of one effect.
pub(super) struct Widths {
    /// At one lag.
    pub pointwise: Vec<f64>,
    /// At all lags together.
    pub joint: Vec<f64>,
}

/// The chance of being outside.
const OUTSIDE: f64 = 0.05;
/// Draws of a joint band of [`Bands::Fui`].
const DRAWS: usize = 2000;
/// Numbers of animals of the simulations that `examples/perievent_bands.rs` runs.
const HELD_FOR: [usize; 3] = [4, 8, 20];
/// How often the truth of the contrast was within the bands there, at one lag and at all of them, %: the mean of both
/// worlds of docs/perievent.md.
const HELD_ANIMALS: [[f64; 2]; 3] = [[95.0, 96.0], [95.0, 95.0], [95.0, 96.0]];
/// The same of [`Bands::Fui`].
const HELD_FUI: [[f64; 2]; 3] = [[79.0, 45.0], [80.0, 49.0], [80.0, 52.0]];
/// Steps of a numerical integral.
const STEPS: usize = 32;

impl Bands {
    /// The name, as the command line and Python take it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Animals => "animals",
            Self::Fui => "fui",
        }
    }

    /// The bands of this name.
    ///
    /// # Errors
    /// Where there are none.
    pub fn named(name: &str) -> accumbens_core::Result<Self> {
        let known = [Self::Animals, Self::Fui];
        let found = known.into_iter().find(|b| b.name() == name);
        found.ok_or_else(|| accumbens_core::Error::input("bands", format!("{name:?}"), "animals, fui"))
    }

    /// The bands of an effect from what each lag says of it: the model's error and what animals add.
    pub(super) fn widths(self, lags: &[Option<(f64, Between)>], effect: &str, seed: Seed) -> Widths {
        match self {
            Self::Animals => animals(lags),
            Self::Fui => normal(lags, effect, seed),
        }
    }

    /// What the bands are, in words, for so many animals.
    #[must_use]
    pub fn about(self, animals: usize) -> String {
        let few = if animals < 3 { "; with fewer than three there is no band for all lags together" } else { "" };
        let held = |of: [[f64; 2]; 3]| {
            let one = |(n, [one, all]): (usize, [f64; 2])| format!("{one} % and {all} % with {n} animals");
            HELD_FOR.into_iter().zip(of).map(one).collect::<Vec<_>>().join(", ")
        };
        match self {
            Self::Animals => format!(
                "95 % bands over {animals} animals{few}. The error is that between animals, however many trials each \
                 has; one lag goes by t, all lags together by a bound on the largest t anywhere (Telschow and \
                 Schwartzman 2022). With few animals the joint band is wide: with four it is about 18 errors wide and can \
                 show little; a question about one window is better asked of the amplitudes there. In simulations \
                 whose truth is known the bands at one lag and at all held: {}.",
                held(HELD_ANIMALS)
            ),
            Self::Fui => format!(
                "Fast univariate inference (Cui et al. 2022) over {animals} animals{few}: errors of the mixed model and \
                 quantiles of the normal distribution, said to be 95 %. They are too narrow where animals are few or \
                 differ in their response: in simulations whose truth is known the bands at one lag and at all held: {}.",
                held(HELD_FUI)
            ),
        }
    }
}

fn t(df: f64) -> Option<StudentsT> {
    StudentsT::new(0.0, 1.0, df).ok()
}

/// How far from 0 a t is that is exceeded, on one side, with this chance.
fn quantile(df: f64, tail: f64) -> f64 {
    // By symmetry the lower quantile, where no digit is lost for small chances.
    t(df).map_or(f64::NAN, |t| -t.inverse_cdf(tail))
}

/// The chance that t is above `u` at a lag and was not at the lag before, from which the direction has turned by
/// `angle`.
fn newly_above(angle: f64, u: f64, df: f64) -> f64 {
    let cosine = u * u / (df + u * u);
    let cap = cosine.sqrt().acos();
    let end = (0.5 * angle / cap).min(1.0).asin();
    // The cap's edge is reached where the sine is 1, so that the integrand ends smoothly.
    let value = |s: f64| {
        let inside = 1.0 - cosine / (cap * s.sin()).cos().powi(2);
        inside.max(0.0).powf(0.5 * (df - 1.0).max(0.0)) * cap * s.cos()
    };
    let step = end / STEPS as f64;
    let simpson = |i: usize| {
        let weight = if i == 0 || i == STEPS { 1.0 } else { [2.0, 4.0][i % 2] };
        weight * value(i as f64 * step)
    };
    (0..=STEPS).map(simpson).sum::<f64>() * step / 3.0 / PI
}

/// The angle between two directions; a right one where either is none.
fn angle(a: &[f64], b: &[f64]) -> f64 {
    let dot = |x: &[f64], y: &[f64]| x.iter().zip(y).map(|(x, y)| x * y).sum::<f64>();
    let cosine = dot(a, b) / (dot(a, a) * dot(b, b)).sqrt();
    if cosine.is_finite() { cosine.clamp(-1.0, 1.0).acos() } else { FRAC_PI_2 }
}

fn animals(lags: &[Option<(f64, Between)>]) -> Widths {
    let usable = |at: &Option<(f64, Between)>| at.as_ref().is_some_and(|(_, b)| b.df.is_finite() && b.df > 0.0);
    let known: Vec<&Between> = lags.iter().filter(|l| usable(l)).flatten().map(|(_, b)| b).collect();
    let angles: Vec<f64> = known.windows(2).map(|w| angle(&w[0].deviations, &w[1].deviations)).collect();
    // The same chance at every lag; as many standard errors as its degrees of freedom ask.
    let outside = |tail: f64| {
        let later = angles.iter().zip(known.iter().skip(1)).map(|(a, b)| newly_above(*a, quantile(b.df, tail), b.df));
        2.0 * (tail + later.sum::<f64>())
    };
    let (mut low, mut high) = ((0.5 * OUTSIDE / known.len().max(1) as f64).ln(), (0.5 * OUTSIDE).ln());
    for _ in 0..30 {
        let middle = 0.5 * (low + high);
        if outside(middle.exp()) < OUTSIDE { low = middle } else { high = middle }
    }
    let wide = |tail: f64| {
        let one = |at: &Option<(f64, Between)>| match at {
            Some((_, b)) if usable(at) => quantile(b.df, tail) * b.error(),
            _ => f64::NAN,
        };
        lags.iter().map(one).collect::<Vec<f64>>()
    };
    Widths {
        pointwise: wide(0.5 * OUTSIDE),
        joint: if known.is_empty() { vec![f64::NAN; lags.len()] } else { wide(low.exp()) },
    }
}

/// Normal draws whose lags are correlated as far as subjects' intercepts make the error, and independent beyond.
fn normal(lags: &[Option<(f64, Between)>], effect: &str, seed: Seed) -> Widths {
    let known: Vec<&Between> = lags.iter().flatten().map(|(_, b)| b).collect();
    let largest = |draw: usize| {
        let mut rng = seed.stream(&format!("bands/{effect}/{draw}"));
        let mut one = || -> f64 { StandardNormal.sample(&mut rng) };
        let subjects: Vec<f64> = (0..known.first().map_or(0, |b| b.deviations.len())).map(|_| one()).collect();
        let at = |b: &&Between| {
            let shared: f64 = b.deviations.iter().zip(&subjects).map(|(d, z)| d * z).sum::<f64>() / b.error();
            (b.intercepts.sqrt() * shared + (1.0 - b.intercepts).sqrt() * one()).abs()
        };
        known.iter().map(at).fold(0.0, f64::max)
    };
    let mut all: Vec<f64> = (0..DRAWS).into_par_iter().map(largest).collect();
    all.sort_by(f64::total_cmp);
    let many = all[((1.0 - OUTSIDE) * (DRAWS - 1) as f64).ceil() as usize];
    let wide = |z: f64| lags.iter().map(|at| at.as_ref().map_or(f64::NAN, |(e, _)| z * e)).collect::<Vec<f64>>();
    Widths { pointwise: wide(1.959_963_984_540_054), joint: wide(many) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lag_at_a_right_angle_or_more_counts_as_bonferroni_counts_it() {
        for (df, u) in [(2.0, 6.0), (3.0, 18.0), (7.0, 6.0), (19.0, 4.0), (80.0, 3.0)] {
            let tail = t(df).unwrap().sf(u);
            let (whole, close) = (newly_above(PI, u, df), newly_above(1e-3, u, df));
            assert!((whole / tail - 1.0).abs() < 1e-5, "{df}: {whole} {tail}");
            // The density of upcrossings of a process of t's (Worsley 1994).
            let rate = 1e-3 / (2.0 * PI) * (1.0 + u * u / df).powf(-0.5 * (df - 1.0));
            assert!((close / rate - 1.0).abs() < 1e-4, "{df}: {close} {rate}");
        }
    }
}
