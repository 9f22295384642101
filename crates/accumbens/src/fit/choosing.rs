//! What an animal took where it could have taken something else, and what a theory's preferences say of it.
//!
//! The chance of an option is a conditional logit (McFadden 1974): β·preference + the option's bias + κ where it was taken
//! the time before. Preferences are a theory's at the moment before the animal acted, scaled by their spread between the
//! options offered, as dopamine is over responses. With β half normal (sd 2; preference never repels), biases and κ
//! normal (sd 1), the evidence is Laplace's at the maximum, which is one (the likelihood is concave), cut at β = 0. A theory that says
//! nothing of behaviour is left with biases and repetition. [key: mcfadden1974]

use accumbens_core::study::Between;
use accumbens_core::{Event, EventKindId, EventLog, Probe};
use nalgebra::{DMatrix, DVector};
use statrs::distribution::{ContinuousCDF, Normal};

/// Standard deviation of β, for preferences scaled to a spread of one.
pub const WEIGHT: f64 = 2.0;
/// Standard deviation of biases and of κ, log-odds.
pub const HABIT: f64 = 1.0;
/// How long before it acted an animal is asked what it prefers, s.
const BEFORE: f64 = 1e-3;
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
    /// The time at which preferences are asked, s.
    asked: f64,
}

/// Every choice of a subject's life.
#[derive(Clone, Debug, Default)]
pub struct Choosing {
    options: Vec<Vec<EventKindId>>,
    /// The column of each option's bias; the first of each declaration has none.
    biases: Vec<Vec<Option<usize>>>,
    /// The choices, in the order of time.
    pub chosen: Vec<Chosen>,
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
    /// The log evidence of the choices.
    pub log_evidence: f64,
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
        all
    }

    fn find(&mut self, number: usize, between: &Between, log: &EventLog, starts: &[f64]) {
        let after = between.after.as_ref().and_then(|n| log.kind(n));
        let (mut before, mut opened, mut session) = (None, None, 0);
        let mut last: Option<&Event> = None;
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
                // Not before what came last: theories do not go back in time.
                let asked = (event.time - BEFORE).max(last.map_or(0.0, |e| e.time));
                self.chosen.push(Chosen { time: event.time, between: number, taken, before, opened, asked });
                (before, opened) = (Some(taken), None);
            }
            last = Some(event);
        }
    }

    /// How many choices were made before a time.
    #[must_use]
    pub fn before(&self, time: f64) -> usize {
        self.chosen.partition_point(|c| c.time < time)
    }

    /// What a theory is asked, one question an option of each choice.
    #[must_use]
    pub fn probes(&self) -> Vec<Probe> {
        let one = |c: &Chosen| {
            let asked = c.asked;
            self.options[c.between].iter().map(move |kind| Probe { time: asked, kind: *kind })
        };
        self.chosen.iter().flat_map(one).collect()
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
        if n == 0 { 0.0 } else { self.chooser(scaled, n).log_evidence }
    }

    /// What is known after the first `n` choices.
    #[must_use]
    pub fn chooser(&self, scaled: &[f64], n: usize) -> Chooser {
        let (mut at, mut seen) = self.top(scaled, n);
        let inside = at[0] >= 0.0;
        if !inside {
            // What repels has no weight: the best of what is left, from where the density falls with the weight.
            at = self.top(&[], n).0;
            seen = self.look(scaled, n, &at);
        }
        let prior: f64 = (0..self.columns).map(|c| 0.5 * precision(c).ln()).sum();
        let Some(factor) = seen.curvature.clone().cholesky() else {
            return Chooser { weight: 0.0, repeats: 0.0, chances: vec![], firsts: vec![], log_evidence: f64::NAN };
        };
        let log_det: f64 = factor.l().diagonal().iter().map(|x| 2.0 * x.ln()).sum();
        // The part above 0 of the normal density in the weight, which is half normal beforehand.
        let spread = factor.inverse()[(0, 0)].sqrt();
        let above = if inside { Normal::standard().cdf(at[0] / spread).ln() } else { ln_tail(-seen.slope[0] * spread) };
        let log_evidence = seen.height + prior - 0.5 * log_det + std::f64::consts::LN_2 + above;
        let Look { chances, firsts, .. } = seen;
        Chooser { weight: at[0], repeats: at[1], chances, firsts, log_evidence }
    }

    /// The top of the log posterior density of the first `n` choices, and what is seen from there.
    fn top(&self, scaled: &[f64], n: usize) -> (DVector<f64>, Look) {
        let mut at = DVector::zeros(self.columns);
        let mut seen = self.look(scaled, n, &at);
        for _ in 0..STEPS {
            let Some(step) = seen.curvature.clone().cholesky().map(|c| c.solve(&seen.slope)) else { break };
            let (mut share, mut next) = (1.0, self.look(scaled, n, &(&at + &step)));
            // Newton's step overshoots only far from the top of a concave hill.
            while next.height < seen.height && share > 1e-6 {
                share *= 0.5;
                next = self.look(scaled, n, &(&at + &step * share));
            }
            at += &step * share;
            let small = step.amax() * share < 1e-9;
            seen = next;
            if small {
                break;
            }
        }
        (at, seen)
    }

    /// The log posterior density at a point up to its constant, its slope, and the curvature turned over.
    fn look(&self, scaled: &[f64], n: usize, at: &DVector<f64>) -> Look {
        let d = self.columns;
        let precision = DVector::from_fn(d, |c, _| precision(c));
        let mut look = Look {
            height: -0.5 * at.component_mul(at).dot(&precision),
            slope: -at.component_mul(&precision),
            curvature: DMatrix::from_diagonal(&precision),
            chances: Vec::with_capacity(n),
            firsts: Vec::with_capacity(n),
        };
        let (mut odds, mut mean) = (Vec::new(), DVector::zeros(d));
        let mut from = 0;
        for choice in &self.chosen[..n] {
            let biases = &self.biases[choice.between];
            let preferences = scaled.get(from..from + biases.len()).unwrap_or(&[]);
            from += biases.len();
            // The columns of an option that are not 0.
            let columns = |o: usize| {
                let preference = preferences.get(o).map(|p| (0, *p));
                let repeats = (choice.before == Some(o)).then_some((1, 1.0));
                [preference, repeats, biases[o].map(|c| (c, 1.0))].into_iter().flatten()
            };
            odds.clear();
            odds.extend((0..biases.len()).map(|o| columns(o).map(|(c, x)| at[c] * x).sum::<f64>()));
            let top = odds.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let sum: f64 = odds.iter().map(|o| (o - top).exp()).sum();
            let chance = odds[choice.taken] - top - sum.ln();
            look.height += chance;
            look.chances.push(chance);
            look.firsts.push((odds[0] - top).exp() / sum);
            mean.fill(0.0);
            for (o, odd) in odds.iter().enumerate() {
                let p = (odd - top).exp() / sum;
                for (i, x) in columns(o) {
                    mean[i] += p * x;
                    for (j, y) in columns(o) {
                        look.curvature[(i, j)] += p * x * y;
                    }
                }
            }
            columns(choice.taken).for_each(|(i, x)| look.slope[i] += x);
            look.slope -= &mean;
            look.curvature.ger(-1.0, &mean, &mean, 1.0);
        }
        look
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
    chances: Vec<f64>,
    firsts: Vec<f64>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use accumbens_core::{EventKind, Role};

    fn life(n: usize) -> (Choosing, Vec<f64>) {
        let action = |name: &str| EventKind { role: Role::Action, ..EventKind::cue(name) };
        let kinds = vec![EventKind::cue("offer"), action("left"), action("right")];
        let mut events = Vec::new();
        let mut preferences = Vec::new();
        let mut x = 0.37_f64;
        for i in 0..n {
            x = 3.9 * x * (1.0 - x);
            let time = 10.0 * i as f64;
            // Right is taken the more likely the higher x is, by a rule of another sort.
            let taken = 1 + u32::from(x + 0.3 * (i as f64).sin() > 0.55);
            events.push(Event { time, kind: EventKindId(0), magnitude: 0.0 });
            events.push(Event { time: time + 1.0, kind: EventKindId(taken), magnitude: 0.0 });
            events.push(Event { time: time + 1.5, kind: EventKindId(taken), magnitude: 0.0 });
            preferences.extend([0.5, 0.5 + x]);
        }
        let log = EventLog::new(kinds, events).unwrap();
        let between = Between { options: vec!["left".into(), "right".into()], after: Some("offer".into()) };
        (Choosing::new(&[between], &log, &[0.0, 10.0 * (n / 2) as f64]), preferences)
    }

    #[test]
    fn only_the_first_after_an_offer_is_a_choice_and_repetition_begins_anew_each_session() {
        let (choosing, _) = life(40);
        assert_eq!(choosing.chosen.len(), 40);
        for (i, pair) in choosing.chosen.windows(2).enumerate() {
            assert_eq!(pair[1].before, (i + 1 != 20).then_some(pair[0].taken), "{i}");
        }
        assert_eq!((choosing.before(195.0), choosing.probes().len()), (20, 80));
        assert!(choosing.probes().iter().all(|p| (p.time % 10.0 - 0.999).abs() < 1e-9));
    }

    #[test]
    fn the_tail_is_continuous_where_its_series_begins() {
        assert!(
            (ln_tail(6.0 - 1e-9) - ln_tail(6.0)).abs() < 1e-4 && (ln_tail(0.0) + std::f64::consts::LN_2).abs() < 1e-12
        );
    }

    #[test]
    fn the_evidence_is_the_integral_over_weight_bias_and_repetition() {
        let (choosing, preferences) = life(60);
        let scaled = choosing.scaled(&preferences);
        assert!((scaled.iter().map(|p| p * p).sum::<f64>() / 120.0 - 1.0).abs() < 1e-12);
        let density = |x: f64, sd: f64| (-0.5 * (x / sd).powi(2)).exp() / (sd * std::f64::consts::TAU.sqrt());
        let likelihood = |beta: f64, kappa: f64, bias: f64| -> f64 {
            let one = |(i, c): (usize, &Chosen)| {
                let repeat = |o| if c.before == Some(o) { kappa } else { 0.0 };
                let odds = beta * (scaled[2 * i + 1] - scaled[2 * i]) + bias + repeat(1) - repeat(0);
                let p = 1.0 / (1.0 + (-odds).exp());
                if c.taken == 1 { p } else { 1.0 - p }
            };
            choosing.chosen.iter().enumerate().map(one).product()
        };
        let integral = |sign: f64| -> f64 {
            let (fine, h, mut sum) = (0.02, 0.2, 0.0_f64);
            for b in 0..400 {
                for k in -20..=20 {
                    for s in -20..=20 {
                        let (beta, kappa, bias) = (fine * (f64::from(b) + 0.5), h * f64::from(k), h * f64::from(s));
                        let prior = 2.0 * density(beta, WEIGHT) * density(kappa, HABIT) * density(bias, HABIT);
                        sum += fine * h * h * prior * likelihood(sign * beta, kappa, bias);
                    }
                }
            }
            sum.ln()
        };
        let (ours, truth) = (choosing.log_evidence(&scaled, 60), integral(1.0));
        assert!((ours - truth).abs() < 0.05, "{ours} against {truth}");
        // Preferences against what was taken are worse than none.
        let opposite: Vec<f64> = scaled.iter().map(|p| -p).collect();
        let (against, truth) = (choosing.log_evidence(&opposite, 60), integral(-1.0));
        assert!((against - truth).abs() < 0.05, "{against} against {truth}");
        let none = choosing.log_evidence(&[], 60);
        assert!(ours > none + 3.0 && against < none - 1.0, "{ours} {none} {against}");
        assert!((choosing.log_evidence(&vec![0.0; 120], 60) - none).abs() < 1e-9);
    }
}
