//! The probability that coefficients are all above 0, by which a sign that a theory fixes enters the evidence.
//!
//! Of one coefficient it is Student's distribution function, here in logarithms far into its tail. Of several it is the
//! integral of a multivariate t over the positive orthant, by separation of variables (Genz & Bretz 2002) on a lattice of
//! fixed points. [key: genz2002]

use nalgebra::DMatrix;
use statrs::distribution::{Continuous, ContinuousCDF, Normal, StudentsT};
use statrs::function::beta::ln_beta;
use statrs::function::erf::erfc;

/// Points of the lattice.
const POINTS: usize = 128;
/// Below this Student's distribution function is taken from its continued fraction.
const FAR: f64 = -4.0;

/// ln P(T ≤ t) of Student's t.
#[must_use]
pub fn ln_student(t: f64, df: f64) -> f64 {
    if t > FAR {
        return StudentsT::new(0.0, 1.0, df).map_or(f64::NAN, |d| d.cdf(t).ln());
    }
    // ½·I_x(ν/2, ½) with x = ν/(ν + t²), by Lentz's method (Press et al. 2007, section 6.4), in logarithms.
    let (a, b, x) = (0.5 * df, 0.5, df / (df + t * t));
    let rest = t * t / (df + t * t);
    let mut fraction = 1.0_f64;
    let (mut c, mut d) = (1.0_f64, 1.0 / (1.0 - (a + b) * x / (a + 1.0)));
    fraction *= d;
    for m in 1..=500 {
        let m = f64::from(m);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        let mut step = 1.0;
        for term in [even, odd] {
            d = 1.0 / (1.0 + term * d);
            c = 1.0 + term / c;
            step = c * d;
            fraction *= step;
        }
        if (step - 1.0).abs() < 1e-13 {
            break;
        }
    }
    0.5_f64.ln() + a * x.ln() + b * rest.ln() - ln_beta(a, b) - a.ln() + fraction.ln()
}

/// ln Φ(x), far into the tail too.
fn ln_normal(x: f64) -> f64 {
    if x > -30.0 {
        return (0.5 * erfc(-x * std::f64::consts::FRAC_1_SQRT_2)).ln();
    }
    // Mills' ratio (Abramowitz & Stegun 26.2.12).
    let q = x.powi(-2);
    -0.5 * (x * x + std::f64::consts::TAU.ln()) - (-x).ln() + (-q).ln_1p()
}

/// A normal score above 0 of a variable that is standard normal and less than `limit`, at a share of what lies there.
fn below(normal: &Normal, limit: f64, share: f64) -> f64 {
    let p = share * normal.cdf(limit);
    if p > 1e-290 {
        normal.inverse_cdf(p)
    } else {
        // In the far tail what lies below a limit is exponential in its distance from it.
        limit + share.ln() / (-limit).max(1.0)
    }
}

/// ln P(all coefficients are above 0) of a multivariate t with this location, scale matrix (its square root is the
/// spread) and degrees of freedom. 0 coefficients give 0.
#[must_use]
pub fn ln_positive(location: &[f64], scale: &DMatrix<f64>, df: f64) -> f64 {
    let k = location.len();
    match k {
        0 => return 0.0,
        1 => return ln_student(location[0] / scale[(0, 0)].sqrt(), df),
        _ => {}
    }
    let Some(factor) = scale.clone().cholesky() else { return f64::NAN };
    let (l, normal) = (factor.l(), Normal::standard());
    // The additive recurrence of the generalised golden ratio.
    let phi = (0..64).fold(2.0_f64, |phi, _| (1.0 + phi).powf(1.0 / (k as f64 + 1.0)));
    let mut logs = [0.0; POINTS];
    let mut y = vec![0.0; k];
    for (point, log) in logs.iter_mut().enumerate() {
        let share = |j: usize| (0.5 + (point + 1) as f64 * phi.powi(-(j as i32 + 1))).fract().clamp(1e-12, 1.0 - 1e-12);
        // χ²/ν by Wilson & Hilferty's cube.
        let third = 2.0 / (9.0 * df);
        let radius = (1.0 - third + normal.inverse_cdf(share(0)) * third.sqrt()).max(1e-3).powf(1.5);
        *log = 0.0;
        for i in 0..k {
            // x_i = −(coefficient i − location) must stay below the location.
            let known: f64 = (0..i).map(|j| l[(i, j)] * y[j]).sum();
            let limit = (location[i] * radius - known) / l[(i, i)];
            *log += ln_normal(limit);
            if i + 1 < k {
                y[i] = below(&normal, limit, share(i + 1));
            }
        }
    }
    let top = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    top + (logs.iter().map(|x| (x - top).exp()).sum::<f64>() / POINTS as f64).ln()
}

/// The mean of a Student's t cut to what is above 0.
#[must_use]
pub fn positive_mean(location: f64, spread: f64, df: f64) -> f64 {
    let t = location / spread;
    let Ok(student) = StudentsT::new(0.0, 1.0, df) else { return f64::NAN };
    // E[T | T > −t] = f(t)·(ν + t²)/(ν − 1)/F(t).
    let ratio = (student.ln_pdf(t) - ln_student(t, df)).exp() * (df + t * t) / (df - 1.0);
    (location + spread * ratio).max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn students_tail_is_its_closed_form_for_two_degrees_of_freedom_and_continuous_elsewhere() {
        // F(t) of ν = 2 is ½ + t/(2·√(2 + t²)).
        for t in [-3.0_f64, -10.0, -1e3, -1e6] {
            // For large −t as (1 − 1/√(1 + 2/t²))/2, without cancellation.
            let q = 2.0 / (t * t);
            let exact = (0.5 * q / (1.0 + q).sqrt() / (1.0 + (1.0 + q).sqrt())).ln();
            assert!((ln_student(t, 2.0) - exact).abs() < 1e-9, "{t}: {} {exact}", ln_student(t, 2.0));
        }
        for df in [3.0, 50.0, 2000.0] {
            assert!((ln_student(FAR - 1e-9, df) - ln_student(FAR + 1e-9, df)).abs() < 1e-6);
        }
        assert!(ln_student(-60.0, 2000.0).is_finite() && ln_student(-60.0, 2000.0) < -900.0);
    }

    #[test]
    fn orthants_around_the_origin_have_sheppards_probabilities() {
        // Any elliptical distribution: ¼ + asin ρ/2π of two, ⅛ + Σ asin ρ/4π of three.
        let two = |r: f64| DMatrix::from_row_slice(2, 2, &[1.0, r, r, 1.0]);
        for r in [-0.8_f64, 0.0, 0.3, 0.9] {
            let exact = 0.25 + r.asin() / std::f64::consts::TAU;
            let ours = ln_positive(&[0.0, 0.0], &two(r), 7.0).exp();
            assert!((ours - exact).abs() < 0.005, "{r}: {ours} {exact}");
        }
        let (a, b, c) = (0.2_f64, 0.5_f64, -0.3_f64);
        let three = DMatrix::from_row_slice(3, 3, &[1.0, a, b, a, 1.0, c, b, c, 1.0]);
        let exact = 0.125 + (a.asin() + b.asin() + c.asin()) / (2.0 * std::f64::consts::TAU);
        let ours = ln_positive(&[0.0; 3], &three, 30.0).exp();
        assert!((ours - exact).abs() < 0.005, "{ours} {exact}");
    }

    #[test]
    fn independent_coefficients_far_from_zero_multiply_their_normal_tails() {
        let unit = DMatrix::identity(2, 2);
        let ours = ln_positive(&[-3.0, 1.0], &unit, 1e9);
        let exact = ln_normal(-3.0) + ln_normal(1.0);
        assert!((ours - exact).abs() < 0.02, "{ours} {exact}");
    }

    #[test]
    fn the_mean_above_zero_is_that_of_a_half_normal_where_the_location_is_zero() {
        assert!((positive_mean(0.0, 2.0, 1e7) - 2.0 * (2.0 / std::f64::consts::PI).sqrt()).abs() < 1e-4);
        assert!((positive_mean(9.0, 1.0, 1e3) - 9.0).abs() < 1e-9);
        let far = positive_mean(-20.0, 1.0, 1e3);
        assert!(far > 0.0 && far < 0.2, "{far}");
    }
}
