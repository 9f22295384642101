//! Evidence of a subject under columns whose coefficients the other animals say something of ([`super::alike`]), from sums that
//! are made once for all columns.

use super::alike::{Animal, Information};
use super::evidence::{Nuisance, Sums};
use nalgebra::{DMatrix, DVector};

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
        Sums { products, ..self.sums.clone() }
    }

    /// The log evidence with coefficients about 0 of these columns alone.
    #[must_use]
    pub fn alone(&self, columns: &Columns) -> f64 {
        let variances: Vec<f64> = self.fixed.iter().chain(&columns.variances).copied().collect();
        self.of(columns).solve(&variances).map_or(f64::NAN, |s| s.density())
    }
}

/// A subject under some of its columns.
#[derive(Clone, Copy, Debug)]
pub struct Under<'a> {
    /// The subject.
    pub subject: &'a Subject,
    /// The columns.
    pub columns: &'a Columns,
}

impl Animal for Under<'_> {
    fn information(&self) -> Option<Information> {
        let (fixed, k) = (self.subject.fixed.len(), self.columns.places.len());
        let products = self.subject.of(self.columns).products;
        let mut inner = products.view((0, 0), (fixed, fixed)).into_owned();
        self.subject.fixed.iter().enumerate().for_each(|(i, v)| inner[(i, i)] += 1.0 / v);
        let cross = products.view((0, fixed), (fixed, k + 1)).into_owned();
        let left = products.view((fixed, fixed), (k + 1, k + 1)) - cross.tr_mul(&inner.cholesky()?.solve(&cross));
        Some(Information {
            precision: left.view((0, 0), (k, k)).into_owned(),
            vector: left.view((0, k), (k, 1)).column(0).into_owned(),
        })
    }

    fn around(&self, mean: &DVector<f64>, covariance: DMatrix<f64>) -> Option<f64> {
        let (fixed, k) = (self.subject.fixed.len(), mean.len());
        let factor = covariance.cholesky()?.unpack();
        // Coefficients are the mean and the factor times coefficients of unit variance; the mean is taken off the responses.
        let mut turn = DMatrix::identity(fixed + k + 1, fixed + k + 1);
        turn.view_mut((fixed, fixed), (k, k)).copy_from(&factor);
        turn.view_mut((fixed, fixed + k), (k, 1)).copy_from(&(-mean));
        let sums = self.subject.of(self.columns);
        let turned = Sums { products: turn.tr_mul(&(&sums.products * &turn)), ..sums };
        let variances: Vec<f64> = self.subject.fixed.iter().copied().chain(std::iter::repeat_n(1.0, k)).collect();
        turned.solve(&variances).map(|s| s.density())
    }
}

#[cfg(test)]
mod tests {
    use super::super::alike::Row;
    use super::super::evidence::{OFFSET, Part, SESSION, log_evidence};
    use super::*;

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

    fn row(subjects: &[Subject], columns: &Columns, between: f64) -> Row {
        let under: Vec<Under<'_>> = subjects.iter().map(|subject| Under { subject, columns }).collect();
        let animals: Vec<&dyn Animal> = under.iter().map(|u| u as &dyn Animal).collect();
        Row::alike(&animals, &columns.variances, between).unwrap()
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
    fn with_noise_known_the_evidence_is_that_of_the_two_animals_joint_normal_given_the_other() {
        // With sizes of many responses the noise is known; against the conditional of the joint normal of both animals.
        let between = 0.1;
        let (v, n) = (0.8, 6);
        let covariance = |a: usize, b: usize| {
            let (x, z) = (column(a), column(b));
            DMatrix::from_fn(n, n, |i, j| {
                let own = if a == b {
                    let here = SESSIONS[i] == SESSIONS[j];
                    let session = if here { SESSION * (1.0 + PLACES[i] * PLACES[j]) } else { 0.0 };
                    f64::from(u8::from(i == j)) + OFFSET + session + between * v * x[i] * z[j]
                } else {
                    0.0
                };
                own + (1.0 - between) * v * x[i] * z[j]
            })
        };
        let (c11, c12, c22) = (covariance(1, 1), covariance(1, 2), covariance(2, 2));
        let (y1, y2) = (DVector::from_vec(responses(1, 2.0)), DVector::from_vec(responses(2, 2.0)));
        let factor = c22.cholesky().unwrap();
        let residual = &y1 - &c12 * factor.solve(&y2);
        let conditional = &c11 - &c12 * factor.solve(&c12.transpose());
        let subjects: Vec<Subject> = [1, 2]
            .map(|a| {
                let (nuisance, columns, y) = subject(a, 2.0);
                Subject::new(&nuisance, &y, &part(&columns, 1.0)).unwrap()
            })
            .to_vec();
        let columns = Columns { places: vec![0], variances: vec![v] };
        let row = row(&subjects, &columns, between);
        let ours = row.given(0);
        // The Student t of the same location and scale, with the noise's own prior.
        use super::super::evidence::{SCALE, SHAPE};
        use statrs::function::gamma::ln_gamma;
        let quadratic = residual.dot(&conditional.clone().cholesky().unwrap().solve(&residual));
        let (shape, count) = (SHAPE + 0.5 * n as f64, n as f64);
        let dense = SHAPE * SCALE.ln() - shape * (SCALE + 0.5 * quadratic).ln() + ln_gamma(shape)
            - ln_gamma(SHAPE)
            - 0.5 * conditional.determinant().ln()
            - 0.5 * count * std::f64::consts::TAU.ln();
        assert!((ours - dense).abs() < 1e-9, "{ours} {dense}");
        // All together: the first by itself (μ known beforehand alone), then the second given the first.
        assert!((row.joint() - subjects[0].alone(&columns) - row.given(1)).abs() < 1e-9);
    }

    #[test]
    fn what_others_share_is_worth_more_than_the_animal_alone_and_what_they_contradict_less() {
        let evidence = |sizes: [f64; 4]| {
            let subjects: Vec<Subject> = (0..4)
                .map(|a| {
                    let (nuisance, columns, y) = subject(a, sizes[a]);
                    Subject::new(&nuisance, &y, &part(&columns, 1.0)).unwrap()
                })
                .collect();
            let columns = Columns { places: vec![0], variances: vec![1.0] };
            let alone = subjects[0].alone(&columns);
            row(&subjects, &columns, 0.1).given(0) - alone
        };
        let shared = evidence([3.0; 4]);
        assert!(shared > 0.1, "{shared}");
        assert!(evidence([3.0, -3.0, -3.0, -3.0]) < -0.5);
    }
}
