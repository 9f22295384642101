//! Random-effects Bayesian model selection: how frequent is each theory among animals?
//!
//! Variational Bayes over a Dirichlet of frequencies (Stephan et al. 2009), with the Bayesian omnibus risk that all
//! frequencies are equal and the exceedance probabilities protected by it (Rigoux et al. 2014). Families (Penny et al.
//! 2010) are selected among in the same way on the evidence of a family, the mean of its members' evidences, so that
//! many variants have one vote: prior counts below 1, which would share a family's mass among the members of one
//! Dirichlet, are where the variational approximation breaks down.

use super::statistics::log_mean;
use serde::Serialize;
use statrs::function::gamma::{digamma, gamma_lr, ln_gamma};

/// The outcome of a selection.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Selection {
    /// Parameters of the posterior Dirichlet.
    pub alpha: Vec<f64>,
    /// Expected frequency of each theory.
    pub frequency: Vec<f64>,
    /// Probability that each theory is the most frequent.
    pub exceedance: Vec<f64>,
    /// The same, protected against the chance that none is.
    pub protected: Vec<f64>,
    /// Bayesian omnibus risk: the probability that the frequencies do not differ.
    pub omnibus_risk: f64,
    /// The protected exceedance that a theory reaches where all subjects agree on it beyond doubt: it depends on the numbers of
    /// subjects and theories alone.
    pub ceiling: f64,
    /// Probability that each subject (row) follows each theory (column).
    pub attribution: Vec<Vec<f64>>,
    /// The families, with expected frequency and exceedance probabilities.
    pub families: Vec<Family>,
}

/// A family of theories.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Family {
    /// Its name.
    pub name: String,
    /// Expected frequency.
    pub frequency: f64,
    /// Probability that it is the most frequent family.
    pub exceedance: f64,
    /// The same, protected.
    pub protected: f64,
}

struct Group {
    alpha: Vec<f64>,
    attribution: Vec<Vec<f64>>,
    exceedance: Vec<f64>,
    protected: Vec<f64>,
    omnibus_risk: f64,
}

fn group(evidence: &[Vec<f64>], k: usize, count: f64) -> Group {
    let prior = vec![count; k];
    let (alpha, attribution) = converge(evidence, &prior);
    let exceedance = exceedance(&alpha);
    let null: f64 = evidence.iter().map(|row| log_mean(row)).sum();
    let omnibus_risk = 1.0 / (1.0 + (free_energy(evidence, &prior, &alpha, &attribution) - null).exp());
    let protect = |x: &f64| (1.0 - omnibus_risk) * x + omnibus_risk / k as f64;
    Group { protected: exceedance.iter().map(protect).collect(), alpha, attribution, exceedance, omnibus_risk }
}

/// Prior count of each theory and family: a uniform density of frequencies (stephan2009). The Python package groupBMC
/// takes counts that add up to 1 over theories, and finds frequencies further apart on the same evidences.
pub const PRIOR_COUNT: f64 = 1.0;

/// The protected exceedance of a theory that every one of `subjects` follows beyond doubt, among `theories`.
#[must_use]
pub fn ceiling(subjects: usize, theories: usize, count: f64) -> f64 {
    let row: Vec<f64> = (0..theories).map(|k| if k == 0 { 0.0 } else { -1e6 }).collect();
    group(&vec![row; subjects], theories, count).protected.first().copied().unwrap_or(f64::NAN)
}

/// Selects among theories (columns), and among families of theories, from log evidences of subjects (rows). `families`
/// names the family of each column; `count` is the Dirichlet's prior count of each, [`PRIOR_COUNT`] in comparisons.
#[must_use]
pub fn select(evidence: &[Vec<f64>], families: &[&str], count: f64) -> Selection {
    let theories = group(evidence, families.len(), count);
    let mut names: Vec<&str> = Vec::new();
    for family in families {
        if !names.contains(family) {
            names.push(family);
        }
    }
    let of = |row: &[f64], name: &str| {
        let members: Vec<f64> = row.iter().zip(families).filter(|(_, f)| **f == name).map(|(l, _)| *l).collect();
        log_mean(&members)
    };
    let rows: Vec<Vec<f64>> = evidence.iter().map(|row| names.iter().map(|n| of(row, n)).collect()).collect();
    let among = group(&rows, names.len(), count);
    let total = |alpha: &[f64]| alpha.iter().sum::<f64>();
    let family = |(i, name): (usize, &&str)| Family {
        name: (*name).into(),
        frequency: among.alpha[i] / total(&among.alpha),
        exceedance: among.exceedance[i],
        protected: among.protected[i],
    };
    Selection {
        frequency: theories.alpha.iter().map(|a| a / total(&theories.alpha)).collect(),
        families: names.iter().enumerate().map(family).collect(),
        ceiling: ceiling(evidence.len(), families.len(), count),
        alpha: theories.alpha,
        exceedance: theories.exceedance,
        protected: theories.protected,
        omnibus_risk: theories.omnibus_risk,
        attribution: theories.attribution,
    }
}

fn converge(evidence: &[Vec<f64>], prior: &[f64]) -> (Vec<f64>, Vec<Vec<f64>>) {
    let mut alpha = prior.to_vec();
    let mut attribution = vec![vec![0.0; prior.len()]; evidence.len()];
    for _ in 0..10_000 {
        let total = digamma(alpha.iter().sum());
        let mut next = prior.to_vec();
        for (row, g) in evidence.iter().zip(&mut attribution) {
            let log: Vec<f64> = row.iter().zip(&alpha).map(|(l, a)| l + digamma(*a) - total).collect();
            let top = log.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let sum: f64 = log.iter().map(|l| (l - top).exp()).sum();
            for ((g, l), next) in g.iter_mut().zip(&log).zip(&mut next) {
                *g = (l - top).exp() / sum;
                *next += *g;
            }
        }
        let moved: f64 = next.iter().zip(&alpha).map(|(a, b)| (a - b).abs()).sum();
        alpha = next;
        if moved < 1e-10 {
            break;
        }
    }
    (alpha, attribution)
}

/// The free energy of the frequencies' posterior.
fn free_energy(evidence: &[Vec<f64>], prior: &[f64], alpha: &[f64], attribution: &[Vec<f64>]) -> f64 {
    let total = digamma(alpha.iter().sum());
    let log_r: Vec<f64> = alpha.iter().map(|a| digamma(*a) - total).collect();
    let log_beta = |a: &[f64]| a.iter().map(|x| ln_gamma(*x)).sum::<f64>() - ln_gamma(a.iter().sum());
    let cross = |a: &[f64]| a.iter().zip(&log_r).map(|(a, l)| (a - 1.0) * l).sum::<f64>() - log_beta(a);
    let mut energy = cross(prior) - cross(alpha);
    for (row, g) in evidence.iter().zip(attribution) {
        for ((l, r), g) in row.iter().zip(&log_r).zip(g).filter(|(_, g)| **g > 0.0) {
            energy += g * (l + r - g.ln());
        }
    }
    energy
}

/// P(r_k is the greatest) under a Dirichlet, exactly: independent gamma variables x_k have their greatest at k with
/// probability ∫ f_k(x)·Π_{j≠k} F_j(x) dx, here by the trapezoidal rule in ln x.
#[must_use]
pub fn exceedance(alpha: &[f64]) -> Vec<f64> {
    let least = alpha.iter().copied().fold(f64::INFINITY, f64::min);
    let most = alpha.iter().copied().fold(0.0, f64::max);
    let (from, to) = (-40.0 / least.min(1.0), (most + 12.0 * most.sqrt() + 40.0).ln());
    // A gamma variable of shape α is about 1/√α wide in ln x.
    let steps = ((to - from) * most.max(1.0).sqrt() / 0.2).ceil().max(4000.0) as usize;
    let h = (to - from) / steps as f64;
    let mut probability = vec![0.0; alpha.len()];
    for i in 0..=steps {
        let t = from + h * i as f64;
        let x = t.exp();
        let below: Vec<f64> = alpha.iter().map(|a| if x > 1e-300 { gamma_lr(*a, x) } else { 0.0 }).collect();
        for (k, a) in alpha.iter().enumerate() {
            let others: f64 = below.iter().enumerate().filter(|(j, _)| *j != k).map(|(_, b)| b).product();
            probability[k] += h * (a * t - x - ln_gamma(*a)).exp() * others;
        }
    }
    let total: f64 = probability.iter().sum();
    probability.iter().map(|p| p / total).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exceedance_of_two_theories_is_the_beta_distribution_in_closed_form() {
        // P(r_1 > ½) under Beta(a, b): for b = 1 it is 1 − 2^−a.
        for a in [0.3, 1.0, 2.5, 20.0] {
            let ours = exceedance(&[a, 1.0])[0];
            assert!((ours - (1.0 - 0.5_f64.powf(a))).abs() < 1e-9, "{a}: {ours}");
        }
        // Many animals beside small prior counts need a fine grid: both are nearly normal, and far apart here.
        let many = exceedance(&[130.0, 110.0, 1.0 / 29.0])[0];
        let z = 20.0 / 240.0_f64.sqrt();
        assert!((many - 0.5 * statrs::function::erf::erfc(-z / 2.0_f64.sqrt())).abs() < 0.003, "{many}");
        assert!(exceedance(&[3.0; 4]).iter().all(|p| (p - 0.25).abs() < 1e-12));
    }

    #[test]
    fn the_ceiling_of_exceedance_is_that_of_unanimous_animals() {
        for (subjects, theories, published) in [(5, 6, 0.91), (6, 6, 0.957), (6, 10, 0.94), (6, 29, 0.86)] {
            let ours = ceiling(subjects, theories, PRIOR_COUNT);
            assert!((ours - published).abs() < 0.006, "{subjects} animals, {theories} theories: {ours}");
        }
    }

    #[test]
    fn variants_of_one_theory_do_not_outvote_another() {
        // Five equal variants against one rival that fits as well: the families share the mass alike.
        let evidence = vec![vec![0.0; 6]; 12];
        let selection = select(&evidence, &["td", "td", "td", "td", "td", "anccr"], PRIOR_COUNT);
        assert!((selection.families[0].frequency - 0.5).abs() < 1e-9, "{selection:?}");
        assert!(selection.omnibus_risk > 0.5);
    }
}
