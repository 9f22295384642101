//! Evidence of a subject under columns whose coefficients the other animals say something of ([`super::alike`]), from sums that
//! are made once for all columns.

use super::alike::Known;
use super::evidence::{Nuisance, SCALE, Solved, Sums};
use nalgebra::DMatrix;

/// Columns of a part, by their places in it, with the prior variance of each coefficient.
#[derive(Clone, Debug, Default)]
pub struct Columns {
    /// Their places among the part's columns.
    pub places: Vec<usize>,
    /// Prior variances, in units of the noise variance.
    pub variances: Vec<f64>,
}

/// A subject's sums, and how many of their first columns are no part's.
#[derive(Clone, Debug)]
pub struct Subject {
    sums: Sums,
    fixed: Vec<f64>,
}

impl Subject {
    /// Of scaled responses `y` with all columns of a part; nothing where they are no numbers.
    #[must_use]
    pub fn new(nuisance: &Nuisance, y: &[f64], part: &super::evidence::Part<'_>) -> Option<Self> {
        Some(Self { sums: nuisance.sums(y, part)?, fixed: nuisance.variances() })
    }

    /// The sums of these columns alone.
    fn of(&self, columns: &Columns) -> Sums {
        let fixed = self.fixed.len();
        let last = self.sums.products.nrows() - 1;
        let kept: Vec<usize> = (0..fixed).chain(columns.places.iter().map(|c| fixed + c)).chain([last]).collect();
        let products = DMatrix::from_fn(kept.len(), kept.len(), |i, j| self.sums.products[(kept[i], kept[j])]);
        Sums { products, log_det: self.sums.log_det, count: self.sums.count }
    }

    /// The log evidence with coefficients about 0 of these columns alone.
    #[must_use]
    pub fn alone(&self, columns: &Columns) -> f64 {
        self.solved(columns).map_or(f64::NAN, |(s, _)| s.density())
    }

    fn solved(&self, columns: &Columns) -> Option<(Solved, Sums)> {
        let variances: Vec<f64> = self.fixed.iter().chain(&columns.variances).copied().collect();
        let sums = self.of(columns);
        Some((sums.solve(&variances)?, sums))
    }

    /// What it says of the coefficients in units of its noise, with the noise at what it is with coefficients of its own.
    #[must_use]
    pub fn known(&self, columns: &Columns) -> Option<Known> {
        let (fixed, k) = (self.fixed.len(), columns.places.len());
        let (solved, Sums { products, .. }) = self.solved(columns)?;
        let mut inner = products.view((0, 0), (fixed, fixed)).into_owned();
        self.fixed.iter().enumerate().for_each(|(i, v)| inner[(i, i)] += 1.0 / v);
        let cross = products.view((0, fixed), (fixed, k + 1)).into_owned();
        let left = products.view((fixed, fixed), (k + 1, k + 1)) - cross.tr_mul(&inner.cholesky()?.solve(&cross));
        let noise = ((SCALE + 0.5 * solved.quadratic) / solved.shape).sqrt();
        let vector = left.view((0, k), (k, 1)).column(0) / noise;
        Some(Known::new(solved.density(), left.view((0, 0), (k, k)).into_owned(), vector, columns.variances.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::super::alike::of_theory;
    use super::super::evidence::{OFFSET, Part, SESSION, SHAPE, log_evidence};
    use super::*;
    use nalgebra::DVector;

    const PLACES: [f64; 6] = [-0.4, -0.1, 0.3, -0.2, 0.1, 0.45];
    const SESSIONS: [usize; 6] = [0, 0, 0, 1, 1, 1];

    fn column(animal: usize) -> Vec<f64> {
        (0..6).map(|i| ((i * 5 + animal * 3) as f64 * 0.8).sin()).collect()
    }

    fn responses(animal: usize, size: f64) -> Vec<f64> {
        let noise = |i: usize| ((i * 5 + animal * 11) as f64 * 1.3).cos();
        column(animal).iter().enumerate().map(|(i, x)| size * x + noise(i)).collect()
    }

    fn subject(animal: usize, size: f64) -> (Nuisance, Vec<Vec<f64>>, Vec<f64>) {
        (Nuisance::new(&SESSIONS, &PLACES, &[]), vec![column(animal)], responses(animal, size))
    }

    fn part(columns: &[Vec<f64>], variance: f64) -> Part<'_> {
        Part { shared: columns.iter().map(|c| (c.as_slice(), variance)).collect(), ..Part::default() }
    }

    fn known(animal: usize, size: f64, columns: &Columns) -> Known {
        let (nuisance, column, y) = subject(animal, size);
        Subject::new(&nuisance, &y, &part(&column, 1.0)).unwrap().known(columns).unwrap()
    }

    #[test]
    fn an_animal_by_itself_has_the_evidence_of_its_columns_and_columns_left_out_do_not_enter() {
        let (nuisance, mut columns, y) = subject(1, 1.0);
        columns.push(column(9));
        columns.push(vec![0.0; 6]);
        let all = Subject::new(&nuisance, &y, &part(&columns, 1.0)).unwrap();
        let alone = all.alone(&Columns { places: vec![0], variances: vec![0.7] });
        assert!((alone - log_evidence(&nuisance, &y, &part(&columns[..1], 0.7))).abs() < 1e-10);
        // A column of zeros says nothing and costs nothing.
        let with = all.alone(&Columns { places: vec![0, 2], variances: vec![0.7, 3.0] });
        assert!((alone - with).abs() < 1e-10);
    }

    #[test]
    fn what_is_known_of_a_coefficient_is_its_regression_and_its_evidence_is_that_alone() {
        // Without sessions or offset to speak of: y on one column, in units of the noise.
        let (nuisance, columns, y) = subject(1, 2.0);
        let columns_all = Columns { places: vec![0], variances: vec![0.8] };
        let subject = Subject::new(&nuisance, &y, &part(&columns, 1.0)).unwrap();
        let known = subject.known(&columns_all).unwrap();
        assert!((of_theory(std::slice::from_ref(&known))[0] - subject.alone(&columns_all)).abs() < 1e-12);
        // Precision and vector from the full covariance of all but the coefficient.
        let n = y.len();
        let covariance = DMatrix::from_fn(n, n, |i, j| {
            let here = SESSIONS[i] == SESSIONS[j];
            let session = if here { SESSION * (1.0 + PLACES[i] * PLACES[j]) } else { 0.0 };
            f64::from(u8::from(i == j)) + OFFSET + session
        });
        let factor = covariance.clone().cholesky().unwrap();
        let x = DVector::from_vec(columns[0].clone());
        let response = DVector::from_vec(y);
        let precision = x.dot(&factor.solve(&x));
        let whole = &covariance + &x * x.transpose() * 0.8;
        let quadratic = response.dot(&whole.cholesky().unwrap().solve(&response));
        let noise = ((SCALE + 0.5 * quadratic) / (SHAPE + 0.5 * n as f64)).sqrt();
        let vector = x.dot(&factor.solve(&response)) / noise;
        assert!((known.said().0 - precision).abs() < 1e-9 && (known.said().1 - vector).abs() < 1e-9);
    }

    #[test]
    fn what_others_share_is_worth_more_than_the_animal_alone_and_what_they_contradict_less() {
        let columns = Columns { places: vec![0], variances: vec![1.0] };
        let gain = |sizes: [f64; 4]| {
            let all: Vec<Known> = (0..4).map(|a| known(a, sizes[a], &columns)).collect();
            let alone: f64 = all.iter().map(|k| of_theory(std::slice::from_ref(k))[0]).sum();
            of_theory(&all).iter().sum::<f64>() - alone
        };
        let (same, split) = (gain([3.0; 4]), gain([3.0, -3.0, 3.0, -3.0]));
        assert!(same > 0.3 && split < 0.0, "{same} {split}");
    }
}
