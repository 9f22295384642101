//! The evidence of responses for a theory's dopamine, with gain, offsets, drift, overlap and noise integrated out exactly.
//!
//! y = a + b_s + c_s·u + Σ_j δ_j·o_j + Σ_k (g_k + g_ks)·z_k + ε, ε ~ N(0, σ²): a the subject's offset, b_s the session's,
//! c_s its slow drift over the session (u from −½ to ½), o_j what other responses add by the kernel of kind j
//! ([`super::overlap`]) and δ_j how far that kernel is wrong, g_k the gain of channel k and g_ks by how much it differs in
//! the session. With a ~ N(0, 10σ²), b_s and c_s ~ N(0, σ²/4), δ_j ~ N(0, σ²/4), g_k ~ N(0, σ²/K) cut to what is above 0
//! (more dopamine is more light), g_ks ~ N(0, σ²/10K) and σ² ~ InvGamma(1, ½), for responses and dopamine scaled to unit
//! variance, the marginal is a multivariate Student t (Gelman et al. 2013, section 14.2) times the probability that the
//! gains are above 0, relative to that beforehand ([`super::positive`]). [key: gelman2013] K is the number of channels
//! that vary: beforehand every theory's dopamine explains as much, however many channels it has.
//!
//! Given what all sessions share, sessions are independent: each is solved by itself, and what is shared from their sums.

use super::positive::{ln_positive, positive_mean};
use nalgebra::{DMatrix, DVector};
use statrs::function::gamma::ln_gamma;

/// Prior variance of the subject's offset, in units of the noise variance.
pub const OFFSET: f64 = 10.0;
/// Prior variance of a session's offset and of its drift.
pub const SESSION: f64 = 0.25;
/// Prior variance of a kernel's error: of what its overlap is multiplied with beyond 1.
pub const KERNEL: f64 = 0.25;
/// Prior variance of the gains of a theory together.
pub const GAIN: f64 = 1.0;
/// Prior variance of a gain's difference in a session, relative to that of the gain.
pub const GAIN_SESSION: f64 = 0.1;
/// Shape of the noise variance's prior.
pub const SHAPE: f64 = 1.0;
/// Scale of the noise variance's prior.
pub const SCALE: f64 = 0.5;

/// The part of the model that no theory changes: offsets, drifts and overlap of a subject's responses.
#[derive(Clone, Debug)]
pub struct Nuisance {
    /// The responses of each session.
    sessions: Vec<Vec<usize>>,
    places: Vec<f64>,
    overlap: Vec<Vec<f64>>,
}

/// What is to explain responses beyond offsets, drift and overlap: columns with the prior variance of each coefficient, in
/// units of the noise variance.
#[derive(Clone, Debug, Default)]
pub struct Part<'a> {
    /// Columns with one coefficient over all sessions.
    pub shared: Vec<(&'a [f64], f64)>,
    /// Columns with a coefficient of each session, about 0.
    pub varying: Vec<(&'a [f64], f64)>,
    /// Whether the shared coefficients are above 0.
    pub positive: bool,
}

impl<'a> Part<'a> {
    /// The gains of a theory's scaled dopamine, above 0 where the theory fixes the sign. A channel that says nothing (all
    /// 0) has none.
    #[must_use]
    pub fn gains(channels: &'a [Vec<f64>], positive: bool) -> Self {
        let saying: Vec<&[f64]> = channels.iter().map(Vec::as_slice).filter(|z| says(z)).collect();
        let variance = GAIN / saying.len().max(1) as f64;
        Self {
            shared: saying.iter().map(|z| (*z, variance)).collect(),
            varying: saying.iter().map(|z| (*z, GAIN_SESSION * variance)).collect(),
            positive,
        }
    }
}

/// Whether a scaled channel says anything.
#[must_use]
pub fn says(channel: &[f64]) -> bool {
    channel.iter().any(|v| *v != 0.0)
}

/// What is known of the coefficients after the responses.
#[derive(Clone, Debug)]
pub struct Posterior {
    /// Mean of each shared coefficient, in the responses' unit; above 0 where that was asked.
    pub shared: Vec<f64>,
    /// How many shared coefficients would be below 0 if they could.
    pub opposed: usize,
    /// Fitted responses.
    pub fitted: Vec<f64>,
    /// What the part adds to them.
    pub own: Vec<f64>,
    /// What each session's offset and drift add to them, in the order of [`Nuisance::sessions`]: [offset, drift].
    pub effects: Vec<[f64; 2]>,
    /// Posterior mean of the noise's standard deviation, in the responses' unit.
    pub noise: f64,
}

/// One session: what it knows of its own coefficients (offset, drift, varying).
struct Block {
    /// The Cholesky factor of D⁻¹ + BᵀB, with B the columns of the session's own coefficients.
    factor: nalgebra::Cholesky<f64, nalgebra::Dyn>,
    /// Bᵀ·[shared columns, y].
    cross: DMatrix<f64>,
}

/// Sums over sessions: Xᵀ·V⁻¹·X of the shared columns and y, and ln |V|. From them the evidence follows without the
/// responses, whatever is asked of the shared coefficients beforehand ([`super::shared`]).
#[derive(Clone, Debug)]
pub struct Sums {
    pub(super) products: DMatrix<f64>,
    pub(super) log_det: f64,
    pub(super) count: usize,
}

pub(super) struct Solved {
    coefficients: DVector<f64>,
    /// (Λ⁻¹ + Xᵀ·V⁻¹·X)⁻¹.
    covariance: DMatrix<f64>,
    pub(super) quadratic: f64,
    log_det: f64,
    pub(super) shape: f64,
    count: f64,
}

impl Nuisance {
    /// For responses in these sessions at these places (−½ to ½), with what the kernel of each kind adds to each.
    #[must_use]
    pub fn new(sessions: &[usize], places: &[f64], overlap: &[Vec<f64>]) -> Self {
        let mut found: Vec<Vec<usize>> = Vec::new();
        for i in 0..sessions.len() {
            match found.iter_mut().find(|s| sessions[s[0]] == sessions[i]) {
                Some(session) => session.push(i),
                None => found.push(vec![i]),
            }
        }
        let overlap = overlap.iter().filter(|o| says(o)).cloned().collect();
        Self { sessions: found, places: places.to_vec(), overlap }
    }

    /// The responses of each session.
    #[must_use]
    pub fn sessions(&self) -> &[Vec<usize>] {
        &self.sessions
    }

    /// Offsets and drifts of sessions at each response: `effects[session]` is [offset, drift].
    #[must_use]
    pub fn laid_out(&self, effects: &[[f64; 2]]) -> Vec<f64> {
        let mut all = vec![0.0; self.places.len()];
        for (session, [offset, drift]) in self.sessions.iter().zip(effects) {
            session.iter().for_each(|&i| all[i] = offset + drift * self.places[i]);
        }
        all
    }

    /// Prior variances of the shared coefficients that are no part's: offset and overlap.
    pub(super) fn variances(&self) -> Vec<f64> {
        std::iter::once(OFFSET).chain(self.overlap.iter().map(|_| KERNEL)).collect()
    }

    /// Prior variances of all shared coefficients: those, and the part's.
    fn all_variances(&self, part: &Part<'_>) -> Vec<f64> {
        self.variances().into_iter().chain(part.shared.iter().map(|s| s.1)).collect()
    }

    /// The sums of all sessions; nothing where responses are no numbers.
    pub(super) fn sums(&self, y: &[f64], part: &Part<'_>) -> Option<Sums> {
        let mut sums = self.nothing(part);
        self.sessions.iter().try_for_each(|session| self.block(session, y, part, &mut sums).map(drop))?;
        Some(sums)
    }

    fn block(&self, session: &[usize], y: &[f64], part: &Part<'_>, sums: &mut Sums) -> Option<Block> {
        let (own, n) = (2 + part.varying.len(), session.len());
        let shared = 1 + self.overlap.len() + part.shared.len() + 1;
        let column = |c: usize, i: usize| match c {
            0 => 1.0,
            1 => self.places[i],
            c if c < own => part.varying[c - 2].0[i],
            c if c == own => 1.0,
            c if c <= own + self.overlap.len() => self.overlap[c - own - 1][i],
            c if c + 1 < own + shared => part.shared[c - own - 1 - self.overlap.len()].0[i],
            _ => y[i],
        };
        let all = DMatrix::from_fn(n, own + shared, |row, c| column(c, session[row]));
        let gram = all.tr_mul(&all);
        let mut inner = gram.view((0, 0), (own, own)).into_owned();
        let variances = [SESSION, SESSION].into_iter().chain(part.varying.iter().map(|v| v.1));
        for (i, variance) in variances.enumerate() {
            inner[(i, i)] += 1.0 / variance;
            sums.log_det += variance.ln();
        }
        let factor = inner.cholesky()?;
        sums.log_det += 2.0 * factor.l_dirty().diagonal().iter().map(|d| d.ln()).sum::<f64>();
        let cross = gram.view((0, own), (own, shared)).into_owned();
        let mut half = cross.clone();
        factor.l_dirty().solve_lower_triangular_mut(&mut half);
        sums.products += gram.view((own, own), (shared, shared)) - half.tr_mul(&half);
        sums.count += n;
        Some(Block { factor, cross })
    }

    fn nothing(&self, part: &Part<'_>) -> Sums {
        let shared = 1 + self.overlap.len() + part.shared.len() + 1;
        Sums { products: DMatrix::zeros(shared, shared), log_det: 0.0, count: 0 }
    }

    /// The logarithm of the marginal density after the sessions in `sums`.
    fn density(&self, sums: &Sums, part: &Part<'_>) -> f64 {
        let Some(solved) = sums.solve(&self.all_variances(part)) else { return f64::NAN };
        let ln = solved.density();
        if part.positive { ln + solved.positive(part.shared.len()) } else { ln }
    }
}

impl Sums {
    /// What is shared, under prior variances of the coefficients.
    pub(super) fn solve(&self, variances: &[f64]) -> Option<Solved> {
        let p = variances.len();
        let mut matrix = self.products.view((0, 0), (p, p)).into_owned();
        variances.iter().enumerate().for_each(|(i, v)| matrix[(i, i)] += 1.0 / v);
        let vector = self.products.view((0, p), (p, 1)).column(0).into_owned();
        let factor = matrix.cholesky()?;
        let coefficients = factor.solve(&vector);
        let prior: f64 = variances.iter().map(|v| v.ln()).sum();
        Some(Solved {
            quadratic: self.products[(p, p)] - vector.dot(&coefficients),
            log_det: self.log_det + 2.0 * factor.l_dirty().diagonal().iter().map(|d| d.ln()).sum::<f64>() + prior,
            covariance: factor.inverse(),
            shape: SHAPE + 0.5 * self.count as f64,
            count: self.count as f64,
            coefficients,
        })
    }
}

impl Solved {
    /// The logarithm of the marginal density.
    pub(super) fn density(&self) -> f64 {
        SHAPE * SCALE.ln() - self.shape * (SCALE + 0.5 * self.quadratic).ln() + ln_gamma(self.shape)
            - ln_gamma(SHAPE)
            - 0.5 * self.log_det
            - 0.5 * self.count * std::f64::consts::TAU.ln()
    }

    /// The location and scale of the part's coefficients: the last `k` of the shared ones.
    fn part(&self, k: usize) -> (Vec<f64>, DMatrix<f64>) {
        let from = self.coefficients.len() - k;
        let variance = (SCALE + 0.5 * self.quadratic) / self.shape;
        let scale = self.covariance.view((from, from), (k, k)) * variance;
        (self.coefficients.iter().skip(from).copied().collect(), scale)
    }

    /// ln of the probability that all `k` coefficients of the part are above 0, relative to that beforehand.
    fn positive(&self, k: usize) -> f64 {
        let (location, scale) = self.part(k);
        k as f64 * std::f64::consts::LN_2 + ln_positive(&location, &scale, 2.0 * self.shape)
    }
}

/// The logarithm of the marginal density of scaled responses `y` after each session, given all before: their sum is that
/// of all responses together.
#[must_use]
pub fn log_evidences(nuisance: &Nuisance, y: &[f64], part: &Part<'_>) -> Vec<f64> {
    let mut sums = nuisance.nothing(part);
    let mut before = 0.0;
    let session = |session: &Vec<usize>| {
        nuisance.block(session, y, part, &mut sums);
        let now = nuisance.density(&sums, part);
        let step = now - before;
        before = now;
        step
    };
    nuisance.sessions.iter().map(session).collect()
}

/// The logarithm of the marginal density of scaled responses `y`.
#[must_use]
pub fn log_evidence(nuisance: &Nuisance, y: &[f64], part: &Part<'_>) -> f64 {
    nuisance.sums(y, part).map_or(f64::NAN, |sums| nuisance.density(&sums, part))
}

/// What is known after scaled responses `y`, in the responses' own unit; nothing where they are no numbers.
#[must_use]
pub fn posterior(nuisance: &Nuisance, y: &[f64], part: &Part<'_>, scale: Scale) -> Option<Posterior> {
    let mut sums = nuisance.nothing(part);
    let blocks: Vec<Block> =
        nuisance.sessions.iter().map(|r| nuisance.block(r, y, part, &mut sums)).collect::<Option<_>>()?;
    let solved = sums.solve(&nuisance.all_variances(part))?;
    let k = part.shared.len();
    let (location, spread) = solved.part(k);
    let mut shared = solved.coefficients.clone();
    let from = shared.len() - k;
    let mut quadratic = solved.quadratic;
    if part.positive && k > 0 {
        let cut = |(i, at): (usize, &f64)| positive_mean(*at, spread[(i, i)].sqrt(), 2.0 * solved.shape) - at;
        let moved = DVector::from_iterator(k, location.iter().enumerate().map(cut));
        // All else moves with the gains as far as it was estimated together with them.
        let factor = solved.covariance.view((from, from), (k, k)).into_owned().cholesky()?;
        let along = factor.solve(&moved);
        shared += solved.covariance.view((0, from), (from + k, k)) * &along;
        quadratic += moved.dot(&along);
    }
    let variance = (SCALE + 0.5 * quadratic) / (solved.shape - 1.0).max(0.5);
    let (mut fitted, mut own) = (vec![0.0; y.len()], vec![0.0; y.len()]);
    let mut effects = Vec::with_capacity(blocks.len());
    for (session, block) in nuisance.sessions.iter().zip(&blocks) {
        let p = shared.len();
        let residual = block.cross.column(p) - block.cross.columns(0, p) * &shared;
        let varying = block.factor.solve(&residual);
        effects.push([varying[0] * scale.sd, varying[1] * scale.sd]);
        for &i in session {
            let gains = part.shared.iter().enumerate().map(|(k, (z, _))| shared[from + k] * z[i]);
            let moved = part.varying.iter().enumerate().map(|(k, (z, _))| varying[2 + k] * z[i]);
            let part: f64 = gains.chain(moved).sum();
            let overlap: f64 = nuisance.overlap.iter().enumerate().map(|(j, o)| shared[1 + j] * o[i]).sum();
            own[i] = part * scale.sd;
            fitted[i] =
                scale.mean + scale.sd * (part + overlap + shared[0] + varying[0] + varying[1] * nuisance.places[i]);
        }
    }
    Some(Posterior {
        shared: shared.iter().skip(from).map(|g| g * scale.sd).collect(),
        opposed: location.iter().filter(|g| **g < 0.0).count(),
        fitted,
        own,
        effects,
        noise: variance.sqrt() * scale.sd,
    })
}

/// A mean and a standard deviation by which numbers are scaled.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    /// The mean.
    pub mean: f64,
    /// The standard deviation; 1 for numbers without any.
    pub sd: f64,
}

impl Scale {
    /// Of these numbers.
    #[must_use]
    pub fn of(values: &[f64]) -> Self {
        let n = values.len().max(1) as f64;
        let mean = values.iter().sum::<f64>() / n;
        let sd = (values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / n).sqrt();
        // A spread of rounding alone is none.
        let sd = if sd.is_finite() && sd > 1e-12 * mean.abs().max(1e-300) { sd } else { 1.0 };
        Self { mean, sd }
    }

    /// The numbers, scaled.
    #[must_use]
    pub fn apply(&self, values: &[f64]) -> Vec<f64> {
        values.iter().map(|v| (v - self.mean) / self.sd).collect()
    }
}

/// Dopamine beyond this has diverged.
pub const DIVERGED: f64 = 1e12;

/// Dopamine scaled over all scored events of a subject: a property of the design, not of the responses. A channel that
/// never varies, has diverged or is not a number says nothing and becomes zero.
#[must_use]
pub fn scaled_channels(channels: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let scale = |z: &Vec<f64>| {
        if z.iter().any(|v| v.is_nan() || v.abs() > DIVERGED) {
            return vec![0.0; z.len()];
        }
        let s = Scale::of(z);
        if s.sd == 1.0 && z.iter().all(|v| (v - s.mean).abs() < 1e-9 * s.mean.abs().max(1e-300)) {
            return vec![0.0; z.len()];
        }
        s.apply(z)
    };
    channels.iter().map(scale).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SESSIONS: [usize; 9] = [0, 0, 0, 1, 1, 2, 2, 2, 2];
    const PLACES: [f64; 9] = [-0.4, 0.0, 0.3, -0.2, 0.45, -0.5, -0.1, 0.2, 0.4];
    const Y: [f64; 9] = [0.3, -1.2, 0.8, 1.9, -0.4, 0.1, 0.6, -0.9, -1.1];

    fn channels() -> Vec<Vec<f64>> {
        vec![
            vec![1.0, 0.2, -0.7, 0.4, 0.9, -1.3, 0.8, 0.1, -0.6],
            vec![0.5, -0.1, 0.3, -1.4, 0.2, 1.0, -0.8, 0.6, -0.2],
        ]
    }

    fn overlap() -> Vec<Vec<f64>> {
        vec![vec![0.0, 0.3, 0.1, -0.2, 0.5, 0.0, 0.4, 0.2, -0.1]]
    }

    /// The same density from its definition: a multivariate Student t with its full covariance matrix, of the first `n`.
    fn dense(n: usize, part: &Part<'_>) -> f64 {
        let mut v = DMatrix::identity(n, n);
        for i in 0..n {
            for j in 0..n {
                v[(i, j)] += OFFSET;
                let mut add = |same: bool, variance: f64, a: f64, b: f64| {
                    if same {
                        v[(i, j)] += variance * a * b;
                    }
                };
                let here = SESSIONS[i] == SESSIONS[j];
                add(here, SESSION, 1.0, 1.0);
                add(here, SESSION, PLACES[i], PLACES[j]);
                overlap().iter().for_each(|o| add(true, KERNEL, o[i], o[j]));
                part.shared.iter().for_each(|(z, variance)| add(true, *variance, z[i], z[j]));
                part.varying.iter().for_each(|(z, variance)| add(here, *variance, z[i], z[j]));
            }
        }
        let (df, location) = (2.0 * SHAPE, DVector::from_column_slice(&Y[..n]));
        let c = (v * (SCALE / SHAPE)).cholesky().unwrap();
        let log_det: f64 = c.l().diagonal().iter().map(|d| 2.0 * d.ln()).sum();
        let quadratic = location.dot(&c.solve(&location));
        let n = n as f64;
        ln_gamma(0.5 * (df + n))
            - ln_gamma(0.5 * df)
            - 0.5 * n * (df * std::f64::consts::PI).ln()
            - 0.5 * log_det
            - 0.5 * (df + n) * (quadratic / df).ln_1p()
    }

    #[test]
    fn the_evidence_is_the_multivariate_t_density_of_its_definition_session_by_session() {
        let nuisance = Nuisance::new(&SESSIONS, &PLACES, &overlap());
        let channels = channels();
        for count in 0..=2 {
            let part = Part::gains(&channels[..count], false);
            let ours = log_evidence(&nuisance, &Y, &part);
            assert!((ours - dense(9, &part)).abs() < 1e-10, "{ours} against {}", dense(9, &part));
            let steps = log_evidences(&nuisance, &Y, &part);
            for (steps, n) in [(&steps[..1], 3), (&steps[..2], 5), (&steps[..3], 9)] {
                let sum: f64 = steps.iter().sum();
                assert!((sum - dense(n, &part)).abs() < 1e-10, "{n}: {sum}");
            }
        }
    }

    #[test]
    fn a_gain_that_must_be_above_zero_has_the_evidence_of_its_half_of_the_integral() {
        // The halves of z and of −z together are twice the whole.
        let nuisance = Nuisance::new(&SESSIONS, &PLACES, &overlap());
        let up = channels()[..1].to_vec();
        let down = vec![up[0].iter().map(|z| -z).collect::<Vec<f64>>()];
        let whole = log_evidence(&nuisance, &Y, &Part::gains(&up, false)).exp();
        let halves = [&up, &down].map(|z| log_evidence(&nuisance, &Y, &Part::gains(z, true)).exp());
        assert!((0.5 * (halves[0] + halves[1]) - whole).abs() < 1e-9 * whole, "{halves:?} {whole}");
        assert!(halves[0] != halves[1]);
        // And of two channels the four quadrants are four times the whole.
        let both = channels();
        let whole = log_evidence(&nuisance, &Y, &Part::gains(&both, false)).exp();
        let quadrant = |signs: [f64; 2]| {
            let turned: Vec<Vec<f64>> =
                both.iter().zip(signs).map(|(z, s)| z.iter().map(|v| s * v).collect()).collect();
            log_evidence(&nuisance, &Y, &Part::gains(&turned, true)).exp()
        };
        let sum: f64 = [[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0]].map(quadrant).iter().sum();
        assert!((0.25 * sum / whole - 1.0).abs() < 0.01, "{sum} {whole}");
    }

    #[test]
    fn the_posterior_fits_what_has_no_noise_and_never_turns_a_gain_over() {
        let n = 90;
        let sessions: Vec<usize> = (0..n).map(|i| i / 30).collect();
        let places: Vec<f64> = (0..n).map(|i| (i % 30) as f64 / 29.0 - 0.5).collect();
        let z: Vec<Vec<f64>> = vec![(0..n).map(|i| (i as f64 * 1.7).sin()).collect()];
        let nuisance = Nuisance::new(&sessions, &places, &[]);
        for sign in [1.0, -1.0] {
            let y: Vec<f64> = z[0].iter().map(|z| 5.0 + 3.0 * sign * z).collect();
            let scale = Scale::of(&y);
            let known = posterior(&nuisance, &scale.apply(&y), &Part::gains(&z, true), scale).unwrap();
            if sign > 0.0 {
                // Shrunk by the prior of the gain (Σz² = 45 against 1), and one part in 31 goes to the three sessions.
                let expected = 3.0 * (45.0 / 46.0) * (30.0 / 31.0);
                assert!((known.shared[0] - expected).abs() < 0.02 && known.opposed == 0, "{:?}", known.shared);
                assert!(known.fitted.iter().zip(&y).all(|(f, y)| (f - y).abs() < 0.2));
            } else {
                assert!(known.shared[0] >= 0.0 && known.shared[0] < 0.5 && known.opposed == 1, "{:?}", known.shared);
            }
        }
    }
}
