//! What an animal took where it could have taken something else, and what a theory's preferences say of it.
//!
//! The chance of an option is a conditional logit (McFadden 1974): β·preference + the option's bias + κ where it was taken
//! the time before. Preferences are a theory's at the moment before the animal acted, scaled by their spread between the
//! options offered, as dopamine is over responses. With β half normal (sd 2; preference never repels), biases and κ
//! normal (sd 1), the evidence is Laplace's at the maximum, which is one (the likelihood is concave), cut at β = 0. A theory that says
//! nothing of behaviour is left with biases and repetition. [key: mcfadden1974]

use accumbens_core::study::Between;
use accumbens_core::{EventKindId, EventLog, Probe};
use nalgebra::{DMatrix, DVector};
use statrs::distribution::{ContinuousCDF, Normal};

/// Standard deviation of β, for preferences scaled to a spread of one.
pub const WEIGHT: f64 = 2.0;
/// Standard deviation of biases and of κ, log-odds.
pub const HABIT: f64 = 1.0;
/// How long before it acted an animal is asked what it prefers, s.
const BEFORE: f64 = 1e-3;
/// The step of Newton's method after which it is there: what is left is its square.
const SMALL: f64 = 1e-6;
/// Steps of Newton's method at most.
const STEPS: usize = 50;

/// A choice that was made.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Chosen {
    /// When, s on the clock of the subject's life.
    pub time: f64,
    /// Between what: the number of the declaration.
    pub between: usize,
    /// The place of what was taken among the options.
    pub taken: usize,
    /// The place of what was taken the time before in this session.
    pub before: Option<usize>,
    /// When it was open, s, where the declaration says after what.
    pub opened: Option<f64>,
}

/// Every choice of a subject's life.
#[derive(Clone, Debug, Default)]
pub struct Choosing {
    options: Vec<Vec<EventKindId>>,
    /// The column of each option's bias; the first of each declaration has none.
    biases: Vec<Vec<Option<usize>>>,
    /// The choices, in the order of time.
    pub chosen: Vec<Chosen>,
    probes: Vec<Probe>,
    columns: usize,
}

/// What is known of how a subject chose.
#[derive(Clone, Debug, PartialEq)]
pub struct Chooser {
    /// Weight of a preference of one spread, log-odds.
    pub weight: f64,
    /// κ, log-odds.
    pub repeats: f64,
    /// The logarithm of the chance of what was taken, each choice.
    pub chances: Vec<f64>,
    /// The chance of the first option, each choice.
    pub firsts: Vec<f64>,
}

impl Choosing {
    /// Of a life: events on one clock, and the start of each session.
    #[must_use]
    pub fn new(declared: &[Between], log: &EventLog, starts: &[f64]) -> Self {
        let mut all = Self { columns: 2, ..Self::default() };
        for between in declared {
            let options: Vec<EventKindId> = between.options.iter().filter_map(|n| log.kind(n)).collect();
            let mut columns = all.columns..;
            all.biases.push((0..options.len()).map(|i| if i == 0 { None } else { columns.next() }).collect());
            all.columns += options.len().saturating_sub(1);
            all.options.push(options);
        }
        for (number, between) in declared.iter().enumerate() {
            all.find(number, between, log, starts);
        }
        all.chosen.sort_by(|a, b| a.time.total_cmp(&b.time));
        for choice in &all.chosen {
            // Not before what came last: theories do not go back in time.
            let last = log.events().partition_point(|e| e.time < choice.time);
            let time = (choice.time - BEFORE).max(last.checked_sub(1).map_or(0.0, |i| log.events()[i].time));
            all.probes.extend(all.options[choice.between].iter().map(|kind| Probe { time, kind: *kind }));
        }
        all
    }

    fn find(&mut self, number: usize, between: &Between, log: &EventLog, starts: &[f64]) {
        let after = between.after.as_ref().and_then(|n| log.kind(n));
        let (mut before, mut opened, mut session) = (None, None, 0);
        for event in log.events() {
            let now = starts.partition_point(|s| *s <= event.time);
            if now != session {
                (session, before, opened) = (now, None, None);
            }
            if Some(event.kind) == after {
                opened = Some(event.time);
            }
            let taken = self.options[number].iter().position(|k| *k == event.kind);
            if let Some(taken) = taken.filter(|_| after.is_none() || opened.is_some()) {
                self.chosen.push(Chosen { time: event.time, between: number, taken, before, opened });
                (before, opened) = (Some(taken), None);
            }
        }
    }

    /// How many choices were made before a time.
    #[must_use]
    pub fn before(&self, time: f64) -> usize {
        self.chosen.partition_point(|c| c.time < time)
    }

    /// What a theory is asked, one question an option of each choice.
    #[must_use]
    pub fn probes(&self) -> &[Probe] {
        &self.probes
    }

    /// Preferences in the order of [`probes`](Self::probes), less their mean in each choice, by their spread; zeros where they
    /// say nothing.
    #[must_use]
    pub fn scaled(&self, preferences: &[f64]) -> Vec<f64> {
        let mut scaled = preferences.to_vec();
        let mut rest = scaled.as_mut_slice();
        for choice in &self.chosen {
            let (own, other) = rest.split_at_mut(self.options[choice.between].len().min(rest.len()));
            let mean = own.iter().sum::<f64>() / own.len() as f64;
            own.iter_mut().for_each(|p| *p -= mean);
            rest = other;
        }
        let spread = (scaled.iter().map(|p| p * p).sum::<f64>() / scaled.len() as f64).sqrt();
        let says = spread.is_finite() && spread > 1e-12;
        scaled.iter_mut().for_each(|p| *p = if says { *p / spread } else { 0.0 });
        scaled
    }

    /// The log evidence of the first `n` choices for scaled preferences; none says nothing.
    #[must_use]
    pub fn log_evidence(&self, scaled: &[f64], n: usize) -> f64 {
        if n == 0 { 0.0 } else { self.summit(scaled, n).1 }
    }

    /// What is known after the first `n` choices.
    #[must_use]
    pub fn chooser(&self, scaled: &[f64], n: usize) -> Chooser {
        let (at, _) = self.summit(scaled, n);
        let (mut chances, mut firsts, mut odds) = (Vec::with_capacity(n), Vec::with_capacity(n), Vec::new());
        for (choice, preferences) in self.asked(scaled, n) {
            self.odds(choice, preferences, &at, &mut odds);
            let sum: f64 = odds.iter().map(|o| o.exp()).sum();
            chances.push(odds[choice.taken] - sum.ln());
            firsts.push(odds[0].exp() / sum);
        }
        Chooser { weight: at[0], repeats: at[1], chances, firsts }
    }

    /// Where the posterior density of the first `n` choices is highest with a weight of 0 or more, and the log evidence.
    fn summit(&self, scaled: &[f64], n: usize) -> (DVector<f64>, f64) {
        let (mut at, mut seen) = self.top(scaled, n);
        let inside = at[0] >= 0.0;
        if !inside {
            // What repels has no weight: the best of what is left, from where the density falls with the weight.
            at = self.top(&[], n).0;
            seen = self.look(scaled, n, &at);
        }
        let prior: f64 = (0..self.columns).map(|c| 0.5 * precision(c).ln()).sum();
        let Some(factor) = seen.curvature.cholesky() else { return (at, f64::NAN) };
        let log_det: f64 = factor.l().diagonal().iter().map(|x| 2.0 * x.ln()).sum();
        // The part above 0 of the normal density in the weight, which is half normal beforehand.
        let spread = factor.inverse()[(0, 0)].sqrt();
        let above = if inside { Normal::standard().cdf(at[0] / spread).ln() } else { ln_tail(-seen.slope[0] * spread) };
        (at, seen.height + prior - 0.5 * log_det + std::f64::consts::LN_2 + above)
    }

    /// The top of the log posterior density of the first `n` choices, and what is seen from there.
    fn top(&self, scaled: &[f64], n: usize) -> (DVector<f64>, Look) {
        let mut at = DVector::zeros(self.columns);
        let mut seen = self.look(scaled, n, &at);
        for _ in 0..STEPS {
            let Some(step) = seen.curvature.clone().cholesky().map(|c| c.solve(&seen.slope)) else { break };
            let (mut share, mut next) = (1.0, self.look(scaled, n, &(&at + &step)));
            // Newton's step overshoots only far from the top of a concave hill; near it, heights differ by rounding.
            while next.height < seen.height - 1e-9 && share > 1e-6 {
                share *= 0.5;
                next = self.look(scaled, n, &(&at + &step * share));
            }
            at += &step * share;
            let small = step.amax() * share < SMALL;
            seen = next;
            if small {
                break;
            }
        }
        (at, seen)
    }

    /// The first `n` choices, each with its scaled preferences; with none where they say nothing.
    fn asked<'a>(&'a self, scaled: &'a [f64], n: usize) -> impl Iterator<Item = (&'a Chosen, &'a [f64])> {
        let mut from = 0;
        self.chosen[..n].iter().map(move |choice| {
            let count = self.biases[choice.between].len();
            let preferences = scaled.get(from..from + count).unwrap_or(&[]);
            from += count;
            (choice, preferences)
        })
    }

    /// The columns of an option that are not 0.
    fn columns(&self, choice: &Chosen, preferences: &[f64], option: usize) -> impl Iterator<Item = (usize, f64)> {
        let preference = preferences.get(option).map(|p| (0, *p));
        let repeats = (choice.before == Some(option)).then_some((1, 1.0));
        let bias = self.biases[choice.between][option].map(|c| (c, 1.0));
        [preference, repeats, bias].into_iter().flatten()
    }

    /// The log-odds of each option, less the greatest.
    fn odds(&self, choice: &Chosen, preferences: &[f64], at: &DVector<f64>, odds: &mut Vec<f64>) {
        let one = |o: usize| self.columns(choice, preferences, o).map(|(c, x)| at[c] * x).sum::<f64>();
        odds.clear();
        odds.extend((0..self.biases[choice.between].len()).map(one));
        let top = odds.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        odds.iter_mut().for_each(|o| *o -= top);
    }

    /// The log posterior density at a point up to its constant, its slope, and the curvature turned over.
    fn look(&self, scaled: &[f64], n: usize, at: &DVector<f64>) -> Look {
        let precision = DVector::from_fn(self.columns, |c, _| precision(c));
        let mut look = Look {
            height: -0.5 * at.component_mul(at).dot(&precision),
            slope: -at.component_mul(&precision),
            curvature: DMatrix::from_diagonal(&precision),
        };
        let (mut odds, mut mean) = (Vec::new(), DVector::zeros(self.columns));
        // Of two options the difference says all: sums over a declaration of the height, the slope and the curvature in
        // preference, repetition and bias.
        let mut pairs = vec![[0.0; 10]; self.biases.len()];
        for (choice, preferences) in self.asked(scaled, n) {
            if let [None, Some(bias)] = self.biases[choice.between][..] {
                let repeats = choice.before.map_or(0.0, |b| if b == 1 { 1.0 } else { -1.0 });
                let x = [preferences.get(1).map_or(0.0, |p| p - preferences[0]), repeats, 1.0];
                add(&mut pairs[choice.between], x, at[0] * x[0] + at[1] * x[1] + at[bias], choice.taken == 1);
                continue;
            }
            self.odds(choice, preferences, at, &mut odds);
            let sum: f64 = odds.iter().map(|o| o.exp()).sum();
            look.height += odds[choice.taken] - sum.ln();
            mean.fill(0.0);
            for (o, odd) in odds.iter().enumerate() {
                let p = odd.exp() / sum;
                for (i, x) in self.columns(choice, preferences, o) {
                    mean[i] += p * x;
                    for (j, y) in self.columns(choice, preferences, o) {
                        look.curvature[(i, j)] += p * x * y;
                    }
                }
            }
            self.columns(choice, preferences, choice.taken).for_each(|(i, x)| look.slope[i] += x);
            look.slope -= &mean;
            look.curvature.ger(-1.0, &mean, &mean, 1.0);
        }
        for (sums, biases) in pairs.iter().zip(&self.biases) {
            let [None, Some(bias)] = biases[..] else { continue };
            let columns = [0, 1, bias];
            look.height += sums[0];
            for (k, &i) in columns.iter().enumerate() {
                look.slope[i] += sums[1 + k];
            }
            for (k, &(a, b)) in PAIRS.iter().enumerate() {
                let (i, j) = (columns[a], columns[b]);
                look.curvature[(i, j)] += sums[4 + k];
                if i != j {
                    look.curvature[(j, i)] += sums[4 + k];
                }
            }
        }
        look
    }
}

/// Places in the curvature of preference, repetition and bias.
const PAIRS: [(usize, usize); 6] = [(0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2)];

/// Adds a choice of two: the logarithm of its chance, its slope and its curvature in the differences `x`.
fn add(sums: &mut [f64; 10], x: [f64; 3], odds: f64, second: bool) {
    let e = (-odds.abs()).exp();
    let (more, less) = (1.0 / (1.0 + e), e / (1.0 + e));
    let p = if odds >= 0.0 { more } else { less };
    sums[0] += (if second { odds } else { -odds }).min(0.0) - e.ln_1p();
    let (residual, spread) = (f64::from(u8::from(second)) - p, more * less);
    for (k, x) in x.iter().enumerate() {
        sums[1 + k] += residual * x;
    }
    for (k, (a, b)) in PAIRS.iter().enumerate() {
        sums[4 + k] += spread * x[*a] * x[*b];
    }
}

/// Prior precision of a column: β's, or a habit's.
fn precision(column: usize) -> f64 {
    if column == 0 { WEIGHT.powi(-2) } else { HABIT.powi(-2) }
}

/// ln Φ(−t) + t²/2 for t of 0 or more.
fn ln_tail(t: f64) -> f64 {
    if t < 6.0 {
        return Normal::standard().cdf(-t).ln() + 0.5 * t * t;
    }
    // Mills' ratio (Abramowitz & Stegun 26.2.12).
    let q = t.powi(-2);
    (1.0 - q + 3.0 * q * q - 15.0 * q.powi(3)).ln() - (t * std::f64::consts::TAU.sqrt()).ln()
}

struct Look {
    height: f64,
    slope: DVector<f64>,
    curvature: DMatrix<f64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tail_is_continuous_where_its_series_begins() {
        assert!(
            (ln_tail(6.0 - 1e-9) - ln_tail(6.0)).abs() < 1e-4 && (ln_tail(0.0) + std::f64::consts::LN_2).abs() < 1e-12
        );
    }
}
