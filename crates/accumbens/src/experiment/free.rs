//! Draws intervals, and places free events around the windows in which they may not come.

use super::spec::{Free, Interval};
use accumbens_core::Event;
use rand::{Rng, RngExt};
use rand_distr::{Distribution, Exp};

/// One interval, s.
pub fn draw(interval: &Interval, rng: &mut impl Rng) -> f64 {
    match *interval {
        Interval::Fixed(i) => i.fixed,
        Interval::Uniform(i) => rng.random_range(i.uniform[0]..=i.uniform[1]),
        Interval::Exponential(i) => {
            let drawn = Exp::new(1.0 / i.exponential).map_or(i.exponential, |e| e.sample(rng));
            drawn.clamp(i.min, i.max.unwrap_or(f64::MAX))
        }
    }
}

/// Times of free events up to `end`, s. An event that falls into an excluded window is not moved but dropped, so that
/// outside the windows a Poisson process stays one; `count`, where given, counts those that come.
pub fn times(free: &Free, excluded: &[(f64, f64)], end: f64, rng: &mut impl Rng) -> Vec<f64> {
    let mut times = Vec::new();
    let mut time = 0.0;
    loop {
        time += draw(&free.every, rng);
        if time > end || free.count.is_some_and(|n| times.len() >= n as usize) {
            return times;
        }
        if !excluded.iter().any(|&(from, to)| (from..=to).contains(&time)) {
            times.push(time);
        }
    }
}

/// The windows of a free event around what has been placed.
pub fn windows(free: &Free, placed: &[Event], index: impl Fn(&str) -> usize) -> Vec<(f64, f64)> {
    let around = |x: &super::spec::Exclusion| {
        let kind = index(x.event.get_ref());
        let (before, after) = (x.before, x.after);
        placed.iter().filter(move |e| e.kind.index() == kind).map(move |e| (e.time - before, e.time + after))
    };
    free.exclude.iter().flat_map(around).collect()
}
