//! Accounts whose numbers are alike among animals: what the others say of an animal's coefficients or parameters, and what all
//! animals together are worth.
//!
//! Each number of an account has a prior of variance v beforehand. In an animal it is c ~ N(μ, ρv) with μ ~ N(0, (1 − ρ)v), so
//! that beforehand its variance is v whatever ρ is: ρ = 1 is an animal by itself, ρ near 0 one like all others. μ is known
//! from other animals: a meta-analysis by random effects of what they say (DerSimonian & Laird 1986, with the spread between
//! animals given). [key: dersimonian1986] Of all animals together the evidence is that of the first by itself, of the second
//! given the first, and so on, in whatever order. The description and the theories are asked in the same way: what an animal
//! says of the numbers is normal around its own estimate, with the noise that it has by itself.

use super::statistics::log_mean;
use nalgebra::{Cholesky, DMatrix, DVector, Dyn};

/// The share of a number's prior variance that lies between animals, where they are alike.
const BETWEEN: [f64; 2] = [0.1, 0.01];

/// What an animal says of an account's numbers, all else integrated out, and its log evidence with numbers of its own.
#[derive(Clone, Debug)]
pub struct Known {
    log: f64,
    /// What its responses say: precision, and precision times estimate.
    precision: DMatrix<f64>,
    vector: DVector<f64>,
    /// The variances of the numbers beforehand.
    variances: Vec<f64>,
}

fn log_det(m: &Cholesky<f64, Dyn>) -> f64 {
    2.0 * m.l_dirty().diagonal().iter().map(|d| d.ln()).sum::<f64>()
}

fn plus(mut matrix: DMatrix<f64>, precisions: impl Iterator<Item = f64>) -> DMatrix<f64> {
    precisions.enumerate().for_each(|(i, p)| matrix[(i, i)] += p);
    matrix
}

impl Known {
    /// Of an animal whose evidence with numbers of these variances about 0 is `log`, and whose responses say of them
    /// `precision` and `vector` (precision times estimate).
    #[must_use]
    pub fn new(log: f64, precision: DMatrix<f64>, vector: DVector<f64>, variances: Vec<f64>) -> Self {
        Self { log, precision, vector, variances }
    }

    /// Its log evidence with numbers of its own.
    #[must_use]
    pub fn log(&self) -> f64 {
        self.log
    }

    /// From weighted draws of standard scores: their mean and covariance, and how many independent draws they are worth. What few
    /// draws say is believed less: (d + 1)/n of the prior's covariance are added to that of n draws of d numbers, and it is
    /// never wider than the prior's.
    #[must_use]
    pub fn drawn(log: f64, mean: &DVector<f64>, covariance: &DMatrix<f64>, effective: f64) -> Self {
        let d = mean.len();
        let unknown = Self::new(log, DMatrix::zeros(d, d), DVector::zeros(d), vec![1.0; d]);
        let few = d as f64 + 1.0;
        if effective <= few {
            return unknown;
        }
        let spread =
            covariance * (effective / (effective - 1.0)) + DMatrix::from_diagonal_element(d, d, few / effective);
        let eigen = spread.symmetric_eigen();
        let said = eigen.eigenvalues.map(|v| 1.0 / v.clamp(1e-6, 1.0) - 1.0);
        let precision = &eigen.eigenvectors * DMatrix::from_diagonal(&said) * eigen.eigenvectors.transpose();
        if precision.iter().any(|v| !v.is_finite()) {
            return unknown;
        }
        let vector = &precision * mean + mean;
        Self { precision, vector, ..unknown }
    }

    /// What it says of a mean around which the numbers vary with these precisions: precision, and precision times estimate.
    fn of_mean(&self, between: &[f64]) -> Option<(DMatrix<f64>, DVector<f64>)> {
        let kept = plus(self.precision.clone(), between.iter().copied()).cholesky()?;
        let precision = &self.precision - &self.precision * kept.solve(&self.precision);
        Some((precision, &self.vector - &self.precision * kept.solve(&self.vector)))
    }

    /// Its log evidence with numbers of this mean and covariance beforehand.
    fn around(&self, mean: &DVector<f64>, covariance: DMatrix<f64>) -> Option<f64> {
        let own = plus(self.precision.clone(), self.variances.iter().map(|v| 1.0 / v)).cholesky()?;
        let prior = covariance.cholesky()?;
        let precision = prior.inverse();
        let known = (&self.precision + &precision).cholesky()?;
        let vector = &self.vector + &precision * mean;
        let before: f64 = self.variances.iter().map(|v| v.ln()).sum();
        let quadratic = vector.dot(&known.solve(&vector))
            - mean.dot(&(&precision * mean))
            - self.vector.dot(&own.solve(&self.vector));
        Some(self.log + 0.5 * (log_det(&own) + before - log_det(&prior) - log_det(&known) + quadratic))
    }
}

/// What a form of an account says of all animals.
#[derive(Clone, Debug)]
pub struct Row {
    /// The log evidence of each animal given all the others.
    each: Vec<f64>,
    /// That of all together.
    joint: f64,
    /// Whether numbers are each animal's own: what others say is then nothing.
    own: bool,
}

impl Row {
    /// Of animals with numbers of their own.
    #[must_use]
    pub fn own(each: Vec<f64>) -> Self {
        Self { joint: each.iter().sum(), each, own: true }
    }

    /// Of animals that are alike, with the share `between` of the prior variances between them; of their own numbers where that
    /// cannot be computed.
    #[must_use]
    pub fn alike(animals: &[Known], between: f64) -> Self {
        Self::computed(animals, between)
            .unwrap_or_else(|| Self { own: false, ..Self::own(animals.iter().map(|a| a.log).collect()) })
    }

    fn computed(animals: &[Known], between: f64) -> Option<Self> {
        let (n, variances) = (animals.len(), &animals.first()?.variances);
        let k = variances.len();
        let spread: Vec<f64> = variances.iter().map(|v| between * v).collect();
        let precisions: Vec<f64> = spread.iter().map(|v| 1.0 / v).collect();
        let means: Vec<_> = animals.iter().map(|a| a.of_mean(&precisions)).collect::<Option<_>>()?;
        let given = |m: usize, others: &mut dyn Iterator<Item = usize>| {
            let before = variances.iter().map(|v| 1.0 / ((1.0 - between) * v));
            let (mut precision, mut vector) = (plus(DMatrix::zeros(k, k), before), DVector::zeros(k));
            for other in others {
                precision += &means[other].0;
                vector += &means[other].1;
            }
            let factor = precision.cholesky()?;
            animals[m].around(&factor.solve(&vector), plus(factor.inverse(), spread.iter().copied()))
        };
        let joint = (0..n).map(|m| given(m, &mut (0..m))).sum::<Option<f64>>()?;
        let each = (0..n).map(|m| given(m, &mut (0..n).filter(|j| *j != m))).collect::<Option<Vec<f64>>>()?;
        let finite = joint.is_finite() && each.iter().all(|e| e.is_finite());
        finite.then_some(Self { each, joint, own: false })
    }
}

#[cfg(test)]
impl Known {
    /// Precision and vector of the first number.
    pub(super) fn said(&self) -> (f64, f64) {
        (self.precision[(0, 0)], self.vector[0])
    }
}

/// The log evidence of each animal from that of each form, averaged over the forms: half of the weight on a form of its own,
/// half on one that all animals share. What they share is worth the evidence of all together, P(y), which is divided among
/// them: alike, but for how well each is told by the others, P(y) / P(y without it). So a group need not find anew in each
/// animal what all have in common, nothing is counted twice, and an animal that is unlike the others has a form of its own.
#[must_use]
pub fn together(rows: &[Row]) -> Vec<f64> {
    let n = rows.first().map_or(0, |r| r.each.len());
    let all = log_mean(&rows.iter().map(|r| r.joint).collect::<Vec<_>>());
    let given = |m: usize| all - log_mean(&rows.iter().map(|r| r.joint - r.each[m]).collect::<Vec<_>>());
    let given: Vec<f64> = (0..n).map(given).collect();
    let usual = given.iter().sum::<f64>() / n as f64;
    let of = |m: usize| {
        let own = log_mean(&rows.iter().filter(|r| r.own).map(|r| r.each[m]).collect::<Vec<_>>());
        let shared = all / n as f64 + given[m] - usual;
        if shared.is_finite() { log_mean(&[own, shared]) } else { own }
    };
    (0..n).map(of).collect()
}

/// What a form of an account says of animals: with numbers of their own, and with numbers that are alike.
#[must_use]
pub fn rows(animals: &[Known]) -> Vec<Row> {
    let mut rows = vec![Row::own(animals.iter().map(|a| a.log).collect())];
    if animals.len() > 1 && animals.iter().all(|a| !a.variances.is_empty()) {
        rows.extend(BETWEEN.map(|between| Row::alike(animals, between)));
    }
    rows
}

/// The log evidence of each animal under a theory, with parameters that may be alike.
#[must_use]
pub fn of_theory(animals: &[Known]) -> Vec<f64> {
    together(&rows(animals))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_that_all_share_costs_its_prior_once_and_one_animal_alone_pays_it_whole() {
        let forms = 40;
        let say = |form: usize, best: usize| if form == best { 0.0 } else { -60.0 };
        let rows = |best: &[usize]| -> Vec<Row> {
            (0..forms).map(|f| Row::own(best.iter().map(|b| say(f, *b)).collect())).collect()
        };
        let cost = (forms as f64).ln();
        assert!((together(&rows(&[7]))[0] + cost).abs() < 1e-9);
        let all = together(&rows(&[7; 6]));
        let expected = log_mean(&[-cost / 6.0, -cost]);
        assert!(all.iter().all(|e| (e - expected).abs() < 1e-9), "{all:?}");
        // An animal whom the others mislead pays no more than twice its own chance.
        let mixed = together(&rows(&[7, 7, 3]));
        assert!(mixed[2] > -cost - std::f64::consts::LN_2 - 1e-9, "{mixed:?}");
    }

    /// An animal whose one parameter is seen as `at` with the noise `sd`: ln N(at; z, sd²) integrated over z ~ N(0, 1).
    fn seen(at: f64, sd: f64) -> Known {
        let (v, posterior) = (sd * sd, 1.0 / (1.0 + 1.0 / (sd * sd)));
        let log = -0.5 * (at * at / (1.0 + v) + (std::f64::consts::TAU * (1.0 + v)).ln());
        let mean = DVector::from_element(1, posterior * at / v);
        Known::drawn(log, &mean, &DMatrix::from_element(1, 1, posterior), 1e12)
    }

    #[test]
    fn parameters_that_are_alike_have_the_joint_normal_evidence_of_what_is_seen_of_them() {
        let (at, sd, between) = ([0.9, 1.4, 0.7], 0.3, 0.1);
        let animals = at.map(|a| seen(a, sd));
        let row = Row::alike(&animals, between);
        let covariance = DMatrix::from_fn(3, 3, |i, j| (1.0 - between) + if i == j { between + sd * sd } else { 0.0 });
        let density = |rows: &[usize]| {
            let c = DMatrix::from_fn(rows.len(), rows.len(), |i, j| covariance[(rows[i], rows[j])]);
            let y = DVector::from_iterator(rows.len(), rows.iter().map(|i| at[*i]));
            let n = rows.len() as f64 * std::f64::consts::TAU.ln();
            -0.5 * (n + c.determinant().ln() + y.dot(&c.cholesky().unwrap().solve(&y)))
        };
        assert!((row.joint - density(&[0, 1, 2])).abs() < 1e-6, "{} {}", row.joint, density(&[0, 1, 2]));
        let turned = [animals[2].clone(), animals[0].clone(), animals[1].clone()];
        assert!((Row::alike(&turned, between).joint - row.joint).abs() < 1e-9);
        for (m, others) in [[1, 2], [0, 2], [0, 1]].iter().enumerate() {
            assert!((row.each[m] - (density(&[0, 1, 2]) - density(others))).abs() < 1e-6);
        }
    }

    #[test]
    fn few_draws_say_nothing_and_animals_that_differ_keep_parameters_of_their_own() {
        let d = DVector::from_element(2, 1.0);
        let few = Known::drawn(-5.0, &d, &DMatrix::from_diagonal_element(2, 2, 0.01), 3.0);
        assert!(of_theory(&[few.clone(), few]).iter().all(|e| (e + 5.0).abs() < 1e-9));
        let apart = [seen(-1.5, 0.1), seen(1.5, 0.1), seen(0.0, 0.1)];
        let own: f64 = apart.iter().map(|a| a.log).sum();
        let ours: f64 = of_theory(&apart).iter().sum();
        assert!(ours < own && ours > own - 3.0 * std::f64::consts::LN_2 - 3.0, "{ours} {own}");
        let alike = [seen(1.5, 0.1), seen(1.5, 0.1), seen(1.45, 0.1)];
        assert!(of_theory(&alike).iter().sum::<f64>() > alike.iter().map(|a| a.log).sum::<f64>() + 1.0);
    }
}
