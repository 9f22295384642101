//! Fits a constant and falling exponentials by least squares.
//!
//! For given time constants the amplitudes are a linear problem, solved exactly under the condition that none is
//! negative; only the time constants are searched. The search sees the trace averaged in a few thousand blocks; the
//! amplitudes are at last taken from every sample.

use nalgebra::{DMatrix, DVector};
use rayon::prelude::*;

/// Blocks the search sees.
const BLOCKS: usize = 4096;
/// Samples that are summed together.
const STRETCH: usize = 1 << 16;
/// What is fitted.
pub struct Bounds {
    /// Exponentials.
    pub terms: usize,
    /// The longest time constant, s.
    pub slowest: f64,
    /// The shortest time constant, s.
    pub fastest: f64,
    /// The shortest time constant of the slowest of several terms, s.
    pub slow_at_least: f64,
}

/// How near to a bound the logarithm of a time constant is at it.
const AT: f64 = 1e-4;

/// A fitted curve.
#[derive(Clone, Debug)]
pub struct Fit {
    /// What remains for ever.
    pub constant: f64,
    /// Amplitude and time constant (s) of each term, the slowest first.
    pub terms: Vec<(f64, f64)>,
    /// The time from which terms fall, s.
    start: f64,
}

impl Fit {
    /// The curve.
    #[must_use]
    pub fn curve(&self, times: &[f64]) -> Vec<f64> {
        let taus: Vec<f64> = self.terms.iter().map(|t| t.1).collect();
        let mut curve = vec![0.0; times.len()];
        curve.par_chunks_mut(STRETCH).zip(times.par_chunks(STRETCH)).for_each(|(curve, times)| {
            along(times, self.start, &taus, |i, row| {
                curve[i] = self.terms.iter().zip(&row[1..]).fold(self.constant, |y, ((a, _), x)| y + a * x);
            });
        });
        curve
    }
}

/// Weighted sums of the trace in blocks: time, value, weight.
struct Blocks {
    times: Vec<f64>,
    values: Vec<f64>,
    weights: Vec<f64>,
}

impl Blocks {
    fn new(times: &[f64], data: &[f64], weights: Option<&[f64]>, start: f64) -> Self {
        let size = times.len().div_ceil(BLOCKS).max(1);
        let mut blocks = Self { times: Vec::new(), values: Vec::new(), weights: Vec::new() };
        for from in (0..times.len()).step_by(size) {
            let to = (from + size).min(times.len());
            let (mut sw, mut st, mut sy) = (0.0, 0.0, 0.0);
            for i in from..to {
                if data[i].is_finite() {
                    let w = weights.map_or(1.0, |w| w[i]);
                    sw += w;
                    st += w * (times[i] - start);
                    sy += w * data[i];
                }
            }
            if sw > 0.0 {
                blocks.times.push(st / sw);
                blocks.values.push(sy / sw);
                blocks.weights.push(sw);
            }
        }
        blocks
    }

    /// The best amplitudes for these time constants, and the sum of squares less what no amplitude changes.
    fn solve(&self, taus: &[f64]) -> (f64, [f64; COLUMNS]) {
        let mut normal = Normal::new(taus.len() + 1);
        let rates: Vec<f64> = taus.iter().map(|tau| -1.0 / tau).collect();
        let mut row = [1.0; COLUMNS];
        for ((t, y), w) in self.times.iter().zip(&self.values).zip(&self.weights) {
            row[1..].iter_mut().zip(&rates).for_each(|(x, rate)| *x = (t * rate).exp());
            normal.add(&row, *y, *w);
        }
        normal.non_negative()
    }
}

/// A constant and at most three exponentials.
const COLUMNS: usize = 4;

/// The normal equations of a small linear problem.
struct Normal {
    n: usize,
    products: [[f64; COLUMNS]; COLUMNS],
    targets: [f64; COLUMNS],
}

impl Normal {
    fn new(n: usize) -> Self {
        Self { n, products: [[0.0; COLUMNS]; COLUMNS], targets: [0.0; COLUMNS] }
    }

    #[inline]
    fn add(&mut self, row: &[f64; COLUMNS], y: f64, weight: f64) {
        for i in 0..self.n {
            let a = weight * row[i];
            self.targets[i] += a * y;
            self.products[i].iter_mut().zip(row).take(i + 1).for_each(|(p, b)| *p += a * b);
        }
    }

    fn plus(mut self, other: &Self) -> Self {
        for i in 0..self.n {
            self.targets[i] += other.targets[i];
            for j in 0..=i {
                self.products[i][j] += other.products[i][j];
            }
        }
        self
    }

    /// The best coefficients of which none is negative: of every set of terms that may be above 0 the best is solved,
    /// and the best of those that are feasible is the answer.
    fn non_negative(&self) -> (f64, [f64; COLUMNS]) {
        let mut best = (0.0, [0.0; COLUMNS]);
        for set in 1_usize..1 << self.n {
            let chosen: Vec<usize> = (0..self.n).filter(|i| set >> i & 1 == 1).collect();
            let product = |i: usize, j: usize| self.products[chosen[i].max(chosen[j])][chosen[i].min(chosen[j])];
            let small = DMatrix::from_fn(chosen.len(), chosen.len(), product);
            let target = DVector::from_iterator(chosen.len(), chosen.iter().map(|&i| self.targets[i]));
            let Some(factor) = small.cholesky() else { continue };
            let solution = factor.solve(&target);
            if solution.iter().any(|x| *x < 0.0) {
                continue;
            }
            let gain = -solution.dot(&target);
            if gain < best.0 {
                let mut all = [0.0; COLUMNS];
                chosen.iter().zip(solution.iter()).for_each(|(&i, x)| all[i] = *x);
                best = (gain, all);
            }
        }
        best
    }
}

/// Samples of a run within which equal steps of time are equal factors.
const RUN: usize = 512;

/// The exponentials of a run of samples, row by row, handed to `see`. Where the clock is regular one multiplication a
/// sample does, begun anew with every run so that rounding does not grow.
fn along(times: &[f64], start: f64, taus: &[f64], mut see: impl FnMut(usize, &[f64; COLUMNS])) {
    for from in (0..times.len()).step_by(RUN) {
        let run = &times[from..(from + RUN).min(times.len())];
        let step = (run[run.len() - 1] - run[0]) / (run.len() - 1).max(1) as f64;
        let regular = run.windows(2).all(|w| (w[1] - w[0] - step).abs() < 1e-6 * step);
        let mut row = [1.0; COLUMNS];
        row[1..].iter_mut().zip(taus).for_each(|(x, tau)| *x = (-(run[0] - start) / tau).exp());
        let mut factors = [1.0; COLUMNS];
        factors[1..].iter_mut().zip(taus).for_each(|(x, tau)| *x = (-step / tau).exp());
        for (i, t) in run.iter().enumerate() {
            if !regular {
                row[1..].iter_mut().zip(taus).for_each(|(x, tau)| *x = (-(t - start) / tau).exp());
            }
            see(from + i, &row);
            row.iter_mut().zip(&factors).for_each(|(x, f)| *x *= f);
        }
    }
}

impl Bounds {
    /// Fits a trace, with a weight for each sample where they are given; `from` is where the search begins.
    #[must_use]
    pub fn fit(&self, times: &[f64], data: &[f64], weights: Option<&[f64]>, from: Option<&Fit>) -> Fit {
        let start = times[0];
        let blocks = Blocks::new(times, data, weights, start);
        let place = match from {
            Some(fit) => fit.terms.iter().map(|(_, tau)| tau.ln()).collect(),
            None => self.grid(&blocks),
        };
        let spacing = if from.is_some() { 0.1 } else { 0.5 };
        let taus: Vec<f64> = self.descend(&blocks, place, spacing).iter().map(|x| x.exp()).collect();
        // Amplitudes come from every sample; stretches are summed side by side and put together in their order.
        let sums = (0..times.len()).into_par_iter().step_by(STRETCH).map(|from| {
            let to = (from + STRETCH).min(times.len());
            let mut normal = Normal::new(taus.len() + 1);
            along(&times[from..to], start, &taus, |i, row| {
                let y = data[from + i];
                if y.is_finite() {
                    normal.add(row, y, weights.map_or(1.0, |w| w[from + i]));
                }
            });
            normal
        });
        let sums: Vec<Normal> = sums.collect();
        let (_, amplitudes) = sums.iter().fold(Normal::new(taus.len() + 1), Normal::plus).non_negative();
        let terms = amplitudes[1..=taus.len()].iter().copied().zip(taus).collect();
        Fit { constant: amplitudes[0], terms, start }
    }

    fn lowest(&self, term: usize) -> f64 {
        let slow = if term == 0 && self.terms > 1 { self.slow_at_least } else { 0.0 };
        self.fastest.max(slow)
    }

    /// The terms of a fit whose time constant is at a bound, in words. A term without amplitude has no time constant,
    /// but one that `slow_at_least` holds may be without amplitude because of it.
    #[must_use]
    pub fn hit(&self, fit: &Fit) -> Vec<String> {
        let of = |(i, (amplitude, tau)): (usize, &(f64, f64))| {
            let at = |bound: f64| (tau / bound).ln().abs() < AT;
            let lowest = self.lowest(i);
            let (bound, which) = if lowest > self.fastest && at(lowest) {
                (lowest, "the shortest that slow_at_least allows")
            } else if *amplitude > 0.0 && at(self.slowest) {
                (self.slowest, "the longest that slowest allows: light fades almost in a line")
            } else if *amplitude > 0.0 && at(lowest) {
                (lowest, "the shortest that fastest allows")
            } else {
                return None;
            };
            Some(format!("time constant {} is {bound} s, {which}", i + 1))
        };
        fit.terms.iter().enumerate().filter_map(of).collect()
    }

    /// Whether logarithms of time constants are within bounds, the slowest first.
    fn allowed(&self, place: &[f64]) -> bool {
        let inside = |(i, x): (usize, &f64)| *x >= self.lowest(i).ln() - 1e-12 && *x <= self.slowest.ln() + 1e-12;
        place.iter().enumerate().all(inside) && place.windows(2).all(|w| w[1] <= w[0])
    }

    /// The best of a grid of time constants.
    fn grid(&self, blocks: &Blocks) -> Vec<f64> {
        let points: usize = [40, 20, 10][self.terms - 1];
        let (low, high) = (self.fastest.ln(), self.slowest.ln());
        let at = |i: usize| low + (high - low) * i as f64 / (points - 1) as f64;
        let mut best = (f64::INFINITY, vec![high; self.terms]);
        let combinations = points.pow(self.terms as u32);
        for code in 0..combinations {
            let place: Vec<f64> = (0..self.terms).map(|t| at(code / points.pow(t as u32) % points)).collect();
            if !self.allowed(&place) {
                continue;
            }
            let taus: Vec<f64> = place.iter().map(|x| x.exp()).collect();
            let (value, _) = blocks.solve(&taus);
            if value < best.0 {
                best = (value, place);
            }
        }
        best.1
    }

    /// Descends from a place: tries every neighbour at a distance, halves the distance where none is better.
    fn descend(&self, blocks: &Blocks, mut place: Vec<f64>, mut step: f64) -> Vec<f64> {
        let value = |p: &[f64]| blocks.solve(&p.iter().map(|x| x.exp()).collect::<Vec<_>>()).0;
        let (low, high) =
            (0..self.terms).map(|i| (self.lowest(i).ln(), self.slowest.ln())).unzip::<_, _, Vec<_>, Vec<_>>();
        let mut best = value(&place);
        while step > 1e-6 {
            let mut better = None;
            for code in 0..3_usize.pow(self.terms as u32) {
                let mut near = place.clone();
                for (t, x) in near.iter_mut().enumerate() {
                    let way = code / 3_usize.pow(t as u32) % 3;
                    *x = (*x + (way as f64 - 1.0) * step).clamp(low[t], high[t]);
                }
                if near == place || !self.allowed(&near) {
                    continue;
                }
                let here = value(&near);
                if here < best {
                    best = here;
                    better = Some(near);
                }
            }
            match better {
                Some(near) => place = near,
                None => step *= 0.5,
            }
        }
        place
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trace(taus: [f64; 2]) -> (Vec<f64>, Vec<f64>) {
        let times: Vec<f64> = (0..40_000).map(|i| f64::from(i) / 40.0).collect();
        let data = times.iter().map(|t| 1.0 + 0.3 * (-t / taus[0]).exp() + 0.2 * (-t / taus[1]).exp()).collect();
        (times, data)
    }

    #[test]
    fn light_that_fades_within_minutes_is_found_and_a_bound_that_forbids_it_is_told() {
        let (times, data) = trace([150.0, 12.0]);
        let free = Bounds { terms: 2, slowest: 36_000.0, fastest: 1.0, slow_at_least: 0.0 };
        let fit = free.fit(&times, &data, None, None);
        assert!((fit.terms[0].1 / 150.0 - 1.0).abs() < 0.01 && (fit.terms[1].1 / 12.0 - 1.0).abs() < 0.01, "{fit:?}");
        assert!(free.hit(&fit).is_empty());
        let bound = Bounds { slow_at_least: 600.0, ..free };
        let held = bound.fit(&times, &data, None, None);
        let said = bound.hit(&held);
        assert!(said.len() == 1 && said[0].contains("600 s") && said[0].contains("slow_at_least"), "{said:?} {held:?}");
    }

    #[test]
    fn a_time_constant_beyond_the_longest_or_the_shortest_allowed_is_told() {
        let (times, data) = trace([150.0, 12.0]);
        let told = |slowest: f64, fastest: f64| {
            let bounds = Bounds { terms: 2, slowest, fastest, slow_at_least: 0.0 };
            bounds.hit(&bounds.fit(&times, &data, None, None)).join(" ")
        };
        assert!(told(100.0, 1.0).contains("slowest") && told(36_000.0, 30.0).contains("fastest"));
    }
}
