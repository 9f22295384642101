//! Accounts whose numbers are alike among animals: what the others say of an animal's coefficients or parameters, and what all
//! animals together are worth.
//!
//! Each number of an account has a prior of variance v beforehand. In an animal it is c ~ N(μ, ρv) with μ ~ N(0, (1 − ρ)v), so
//! that beforehand its variance is v whatever ρ is: ρ = 1 is an animal by itself, ρ near 0 one like all others. μ is known
//! from other animals: a meta-analysis by random effects of what they say (DerSimonian & Laird 1986, with the spread between
//! animals given). [key: dersimonian1986] Of all animals together the evidence is that of the first by itself, of the second
//! given the first, and so on. The description and the theories are asked in the same way.

use super::statistics::log_mean;
use nalgebra::{DMatrix, DVector};

/// The share of a number's prior variance that lies between animals, where they are alike.
pub const BETWEEN: [f64; 2] = [0.1, 0.01];

/// What an animal says of numbers, all else integrated out: precision, and precision times estimate.
#[derive(Clone, Debug)]
pub struct Information {
    /// Precision.
    pub precision: DMatrix<f64>,
    /// Precision times estimate.
    pub vector: DVector<f64>,
}

impl Information {
    /// The same of a mean around which the numbers vary with these precisions.
    fn of_mean(&self, between: &[f64]) -> Option<Self> {
        let mut inner = self.precision.clone();
        between.iter().enumerate().for_each(|(i, p)| inner[(i, i)] += p);
        let kept = inner.cholesky()?;
        Some(Self {
            precision: &self.precision - &self.precision * kept.solve(&self.precision),
            vector: &self.vector - &self.precision * kept.solve(&self.vector),
        })
    }
}

/// An animal under an account with numbers.
pub trait Animal {
    /// What it says of them.
    fn information(&self) -> Option<Information>;
    /// Its log evidence with numbers of this mean and covariance beforehand, in units of their own.
    fn around(&self, mean: &DVector<f64>, covariance: DMatrix<f64>) -> Option<f64>;
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

    /// Of animals that are alike, with the share `between` of the prior variances between them; nothing where that cannot be
    /// computed.
    #[must_use]
    pub fn alike(animals: &[&dyn Animal], variances: &[f64], between: f64) -> Option<Self> {
        let (n, k) = (animals.len(), variances.len());
        let spread: Vec<f64> = variances.iter().map(|v| between * v).collect();
        let precisions: Vec<f64> = spread.iter().map(|v| 1.0 / v).collect();
        let say = |a: &&dyn Animal| a.information()?.of_mean(&precisions);
        let means: Vec<Information> = animals.iter().map(say).collect::<Option<_>>()?;
        let before = DVector::from_iterator(k, variances.iter().map(|v| 1.0 / ((1.0 - between) * v)));
        let given = |m: usize, others: &mut dyn Iterator<Item = usize>| {
            let mut all = Information { precision: DMatrix::from_diagonal(&before), vector: DVector::zeros(k) };
            for other in others {
                all.precision += &means[other].precision;
                all.vector += &means[other].vector;
            }
            let factor = all.precision.cholesky()?;
            let (mean, mut covariance) = (factor.solve(&all.vector), factor.inverse());
            spread.iter().enumerate().for_each(|(i, v)| covariance[(i, i)] += v);
            animals[m].around(&mean, covariance)
        };
        let joint = (0..n).map(|m| given(m, &mut (0..m))).sum::<Option<f64>>()?;
        let each = (0..n).map(|m| given(m, &mut (0..n).filter(|j| *j != m))).collect::<Option<Vec<f64>>>()?;
        let finite = joint.is_finite() && each.iter().all(|e| e.is_finite());
        finite.then_some(Self { each, joint, own: false })
    }
}

#[cfg(test)]
impl Row {
    pub(super) fn given(&self, animal: usize) -> f64 {
        self.each[animal]
    }

    pub(super) fn joint(&self) -> f64 {
        self.joint
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

/// An animal under a theory, as far as draws of its parameters tell: the evidence, and the posterior in standard scores.
#[derive(Clone, Debug)]
pub struct Known {
    log: f64,
    /// Λ, the posterior's precision; the likelihood's is Λ − 1.
    precision: DMatrix<f64>,
    vector: DVector<f64>,
}

impl Known {
    /// From weighted draws: their mean and covariance, and how many independent draws they are worth. What few draws say is
    /// believed less: the covariance is that of the draws and a share of the prior's, one over their number, and never
    /// wider than the prior's.
    #[must_use]
    pub fn new(log: f64, mean: &DVector<f64>, covariance: &DMatrix<f64>, effective: f64) -> Self {
        let d = mean.len();
        let unknown = Self { log, precision: DMatrix::identity(d, d), vector: DVector::zeros(d) };
        if effective < d as f64 + 2.0 {
            return unknown;
        }
        let spread =
            covariance * (effective / (effective - 1.0)) + DMatrix::from_diagonal_element(d, d, effective.recip());
        let eigen = spread.symmetric_eigen();
        let inverse = eigen.eigenvalues.map(|v| 1.0 / v.clamp(1e-6, 1.0));
        let precision = &eigen.eigenvectors * DMatrix::from_diagonal(&inverse) * eigen.eigenvectors.transpose();
        if precision.iter().any(|v| !v.is_finite()) {
            return unknown;
        }
        Self { log, vector: &precision * mean, precision }
    }

    fn likelihood(&self) -> DMatrix<f64> {
        let d = self.vector.len();
        &self.precision - DMatrix::<f64>::identity(d, d)
    }
}

impl Animal for Known {
    fn information(&self) -> Option<Information> {
        Some(Information { precision: self.likelihood(), vector: self.vector.clone() })
    }

    fn around(&self, mean: &DVector<f64>, covariance: DMatrix<f64>) -> Option<f64> {
        // The likelihood is proportional to the posterior over the prior: normal in z, and integrated in closed form.
        let log_det = |m: &nalgebra::Cholesky<f64, nalgebra::Dyn>| {
            2.0 * m.l_dirty().diagonal().iter().map(|d| d.ln()).sum::<f64>()
        };
        let own = self.precision.clone().cholesky()?;
        let prior = covariance.cholesky()?;
        let precision = prior.inverse();
        let known = (self.likelihood() + &precision).cholesky()?;
        let vector = &self.vector + &precision * mean;
        let quadratic = vector.dot(&known.solve(&vector))
            - mean.dot(&(&precision * mean))
            - self.vector.dot(&own.solve(&self.vector));
        Some(self.log + 0.5 * (log_det(&own) - log_det(&prior) - log_det(&known) + quadratic))
    }
}

/// The log evidence of each animal under a theory, with parameters that may be alike.
#[must_use]
pub fn of_theory(animals: &[Known]) -> Vec<f64> {
    let mut rows = vec![Row::own(animals.iter().map(|a| a.log).collect())];
    let d = animals.first().map_or(0, |a| a.vector.len());
    if animals.len() > 1 && d > 0 {
        let all: Vec<&dyn Animal> = animals.iter().map(|a| a as &dyn Animal).collect();
        rows.extend(BETWEEN.iter().filter_map(|between| Row::alike(&all, &vec![1.0; d], *between)));
    }
    together(&rows)
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
        Known::new(log, &mean, &DMatrix::from_element(1, 1, posterior), 1e12)
    }

    #[test]
    fn parameters_that_are_alike_have_the_joint_normal_evidence_of_what_is_seen_of_them() {
        let (at, sd, between) = ([0.9, 1.4, 0.7], 0.3, 0.1);
        let animals = at.map(|a| seen(a, sd));
        let all: Vec<&dyn Animal> = animals.iter().map(|a| a as &dyn Animal).collect();
        let row = Row::alike(&all, &[1.0], between).unwrap();
        let covariance = DMatrix::from_fn(3, 3, |i, j| (1.0 - between) + if i == j { between + sd * sd } else { 0.0 });
        let density = |rows: &[usize]| {
            let c = DMatrix::from_fn(rows.len(), rows.len(), |i, j| covariance[(rows[i], rows[j])]);
            let y = DVector::from_iterator(rows.len(), rows.iter().map(|i| at[*i]));
            let n = rows.len() as f64 * std::f64::consts::TAU.ln();
            -0.5 * (n + c.determinant().ln() + y.dot(&c.cholesky().unwrap().solve(&y)))
        };
        assert!((row.joint - density(&[0, 1, 2])).abs() < 1e-6, "{} {}", row.joint, density(&[0, 1, 2]));
        for (m, others) in [[1, 2], [0, 2], [0, 1]].iter().enumerate() {
            assert!((row.each[m] - (density(&[0, 1, 2]) - density(others))).abs() < 1e-6);
        }
    }

    #[test]
    fn few_draws_say_nothing_and_animals_that_differ_keep_parameters_of_their_own() {
        let d = DVector::from_element(2, 1.0);
        let few = Known::new(-5.0, &d, &DMatrix::from_diagonal_element(2, 2, 0.01), 3.0);
        assert!(of_theory(&[few.clone(), few]).iter().all(|e| (e + 5.0).abs() < 1e-9));
        let apart = [seen(-1.5, 0.1), seen(1.5, 0.1), seen(0.0, 0.1)];
        let own: f64 = apart.iter().map(|a| a.log).sum();
        let ours: f64 = of_theory(&apart).iter().sum();
        assert!(ours < own && ours > own - 3.0 * std::f64::consts::LN_2 - 3.0, "{ours} {own}");
        let alike = [seen(1.5, 0.1), seen(1.5, 0.1), seen(1.45, 0.1)];
        assert!(of_theory(&alike).iter().sum::<f64>() > alike.iter().map(|a| a.log).sum::<f64>() + 1.0);
    }
}
