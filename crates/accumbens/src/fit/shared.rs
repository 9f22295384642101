//! Evidence of coefficients of which the other animals say something: those of each animal lie around a mean of the group.
//!
//! In units of the noise a coefficient is c ~ N(μ, ρv) in each animal with μ ~ N(0, (1 − ρ)v), so that beforehand it has the
//! variance v whatever ρ is: ρ = 1 is an animal by itself, ρ near 0 one like all others. μ is known from the other animals
//! alone, never from the animal whose evidence it is: a meta-analysis by random effects of what they say
//! (DerSimonian & Laird 1986, with the spread between animals given), leaving one out. [key: dersimonian1986] Of all
//! animals together the evidence is that of the first by itself, of the second given the first, and so on.

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

/// What a subject's responses say of coefficients, all else integrated out: precision, and precision times estimate.
struct Information {
    precision: DMatrix<f64>,
    vector: DVector<f64>,
}

impl Information {
    /// The same of a mean around which the coefficients vary with these precisions.
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

    /// The log evidence with coefficients of this mean and covariance (in units of the noise variance).
    fn around(&self, columns: &Columns, mean: &DVector<f64>, covariance: DMatrix<f64>) -> Option<f64> {
        let (fixed, k) = (self.fixed.len(), mean.len());
        let factor = covariance.cholesky()?.unpack();
        // Coefficients are the mean and the factor times coefficients of unit variance; the mean is taken off the responses.
        let mut turn = DMatrix::identity(fixed + k + 1, fixed + k + 1);
        turn.view_mut((fixed, fixed), (k, k)).copy_from(&factor);
        turn.view_mut((fixed, fixed + k), (k, 1)).copy_from(&(-mean));
        let sums = self.of(columns);
        let turned = Sums { products: turn.tr_mul(&(&sums.products * &turn)), ..sums };
        let variances: Vec<f64> = self.fixed.iter().copied().chain(std::iter::repeat_n(1.0, k)).collect();
        turned.solve(&variances).map(|s| s.density())
    }

    fn information(&self, columns: &Columns) -> Option<Information> {
        let (fixed, k) = (self.fixed.len(), columns.places.len());
        let products = self.of(columns).products;
        let mut inner = products.view((0, 0), (fixed, fixed)).into_owned();
        self.fixed.iter().enumerate().for_each(|(i, v)| inner[(i, i)] += 1.0 / v);
        let cross = products.view((0, fixed), (fixed, k + 1)).into_owned();
        let left = products.view((fixed, fixed), (k + 1, k + 1)) - cross.tr_mul(&inner.cholesky()?.solve(&cross));
        Some(Information {
            precision: left.view((0, 0), (k, k)).into_owned(),
            vector: left.view((0, k), (k, 1)).column(0).into_owned(),
        })
    }
}

/// Evidences of subjects whose coefficients are alike.
#[derive(Clone, Debug)]
pub struct Led {
    /// The log evidence of each, given all the others.
    pub given_others: Vec<f64>,
    /// That of all together.
    pub joint: f64,
}

/// The evidences of subjects, with the share `between` of the prior variance between subjects; nothing where they cannot be
/// computed.
#[must_use]
pub fn led(subjects: &[&Subject], columns: &Columns, between: f64) -> Option<Led> {
    let k = columns.places.len();
    let spread: Vec<f64> = columns.variances.iter().map(|v| between * v).collect();
    let precisions: Vec<f64> = spread.iter().map(|v| 1.0 / v).collect();
    let say = |s: &&Subject| s.information(columns)?.of_mean(&precisions);
    let means: Vec<Information> = subjects.iter().map(say).collect::<Option<_>>()?;
    let before = DVector::from_iterator(k, columns.variances.iter().map(|v| 1.0 / ((1.0 - between) * v)));
    let given = |m: usize, others: &mut dyn Iterator<Item = usize>| {
        let mut all = Information { precision: DMatrix::from_diagonal(&before), vector: DVector::zeros(k) };
        for other in others {
            all.precision += &means[other].precision;
            all.vector += &means[other].vector;
        }
        let factor = all.precision.cholesky()?;
        let (mean, mut covariance) = (factor.solve(&all.vector), factor.inverse());
        spread.iter().enumerate().for_each(|(i, v)| covariance[(i, i)] += v);
        subjects[m].around(columns, &mean, covariance)
    };
    let n = subjects.len();
    let chain = (0..n).map(|m| given(m, &mut (0..m))).sum::<Option<f64>>()?;
    let given_others = (0..n).map(|m| given(m, &mut (0..n).filter(|j| *j != m))).collect::<Option<Vec<f64>>>()?;
    let finite = chain.is_finite() && given_others.iter().all(|e| e.is_finite());
    finite.then_some(Led { given_others, joint: chain })
}

#[cfg(test)]
mod tests {
    use super::super::evidence::{OFFSET, Part, SESSION, log_evidence};
    use super::*;

    const PLACES: [f64; 6] = [-0.4, -0.1, 0.3, -0.2, 0.1, 0.45];
    const SESSIONS: [usize; 6] = [0, 0, 0, 1, 1, 1];

    fn column(animal: usize) -> Vec<f64> {
        (0..6).map(|i| ((i * 7 + animal * 3) as f64 * 0.9).sin()).collect()
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
        let led = led(&subjects.iter().collect::<Vec<_>>(), &columns, between).unwrap();
        let ours = led.given_others[0];
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
        assert!((led.joint - subjects[0].alone(&columns) - led.given_others[1]).abs() < 1e-9);
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
            led(&subjects.iter().collect::<Vec<_>>(), &columns, 0.1).unwrap().given_others[0] - alone
        };
        assert!(evidence([1.5; 4]) > 0.1);
        assert!(evidence([1.5, -1.5, -1.5, -1.5]) < -0.5);
    }
}
