//! The probability that coefficients are all above 0, by which a sign that a theory fixes enters the evidence.
//!
//! Of one coefficient it is Student's distribution function, here in logarithms far into its tail. Of several it is the
//! integral of a multivariate t over the positive orthant, one variable after the other (Genz & Bretz 2002) on a lattice of
//! fixed points: given those before, the next is a t of one degree of freedom more. [key: genz2002] What is drawn comes from
//! Wallace's normal score of a t (1959) and is weighed by the exact density. [key: wallace1959]

use nalgebra::DMatrix;
use statrs::distribution::{Continuous, ContinuousCDF, Normal, StudentsT};
use statrs::function::beta::ln_beta;
use statrs::function::erf::erfc;

/// Points of the lattice.
const POINTS: usize = 256;
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

/// A normal score below `limit`, at a share of what lies there, and ln of its density there.
fn below(normal: &Normal, limit: f64, share: f64) -> (f64, f64) {
    let p = share * normal.cdf(limit);
    if p > 1e-290 {
        let z = normal.inverse_cdf(p);
        return (z, -0.5 * (z * z + std::f64::consts::TAU.ln()) - ln_normal(limit));
    }
    // In the far tail what lies below a limit is exponential in its distance from it.
    let rate = (-limit).max(1.0);
    (limit + share.ln() / rate, rate.ln() + share.ln())
}

/// Wallace's normal score of a t with `df` degrees of freedom.
fn score(t: f64, df: f64) -> f64 {
    wallace(df) * (df * (t * t / df).ln_1p()).sqrt().copysign(t)
}

fn wallace(df: f64) -> f64 {
    (8.0 * df + 1.0) / (8.0 * df + 3.0)
}

/// The t of a normal score, and ln of the score's derivative there.
fn unscore(z: f64, df: f64) -> (f64, f64) {
    let c = wallace(df);
    let s = z / c;
    let t = (df * (s * s / df).exp_m1()).sqrt().copysign(z);
    let slope = if s.abs() < 1e-8 { c } else { c * t / ((1.0 + t * t / df) * s) };
    (t, slope.ln())
}

/// ln of Student's density.
fn ln_density(t: f64, df: f64) -> f64 {
    -0.5 * df.ln() - ln_beta(0.5 * df, 0.5) - 0.5 * (df + 1.0) * (t * t / df).ln_1p()
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
    // The least likely first: then the others are drawn where the integral lies, and the order given does not matter.
    let far = |i: usize| location[i] / scale[(i, i)].sqrt();
    let mut order: Vec<usize> = (0..k).collect();
    order.sort_by(|a, b| far(*a).total_cmp(&far(*b)));
    let sorted = DMatrix::from_fn(k, k, |i, j| scale[(order[i], order[j])]);
    let Some(factor) = sorted.cholesky() else { return f64::NAN };
    let (l, normal) = (factor.l(), Normal::standard());
    // The additive recurrence of the generalised golden ratio.
    let phi = (0..64).fold(2.0_f64, |phi, _| (1.0 + phi).powf(1.0 / k as f64));
    let mut logs = [0.0; POINTS];
    let mut y = vec![0.0; k];
    for (point, log) in logs.iter_mut().enumerate() {
        let share = |j: usize| (0.5 + (point + 1) as f64 * phi.powi(-(j as i32 + 1))).fract().clamp(1e-12, 1.0 - 1e-12);
        let mut squares = 0.0;
        *log = 0.0;
        for i in 0..k {
            // x_i = −(coefficient i − location) must stay below the location. Given those before, y_i times `widen` is a t.
            let known: f64 = (0..i).map(|j| l[(i, j)] * y[j]).sum();
            let own = df + i as f64;
            let widen = (own / (df + squares)).sqrt();
            let limit = (location[order[i]] - known) / l[(i, i)] * widen;
            if i + 1 == k {
                *log += ln_student(limit, own);
                break;
            }
            let (z, drawn) = below(&normal, score(limit, own), share(i));
            let (t, slope) = unscore(z, own);
            *log += ln_density(t, own) - drawn - slope;
            y[i] = t / widen;
            squares += y[i] * y[i];
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
    fn a_coefficient_far_below_zero_beside_one_far_above_has_students_tail_and_no_order_matters() {
        for (df, t) in [(50.0, -8.0), (50.0, -10.0), (200.0, -10.0), (200.0, -20.0), (1000.0, -15.0), (1000.0, -30.0)] {
            let unit = DMatrix::identity(2, 2);
            for location in [[t, 1e4], [1e4, t]] {
                let ours = ln_positive(&location, &unit, df);
                assert!((ours - ln_student(t, df)).abs() < 0.02, "{df} {t}: {ours} {}", ln_student(t, df));
            }
        }
        // Four that hang together: every order gives the same, and plain simulation agrees (−6.59 of 40 million draws).
        let scale = DMatrix::from_fn(4, 4, |i, j| if i == j { 1.0 } else { 0.9 });
        let one = ln_positive(&[2.0, -3.0, 4.0, 0.0], &scale, 1000.0);
        assert!((one - ln_positive(&[0.0, 4.0, -3.0, 2.0], &scale, 1000.0)).abs() < 1e-12);
        assert!((one - ln_student(-3.0, 1000.0)).abs() < 0.05, "{one}");
    }

    #[test]
    fn the_mean_above_zero_is_that_of_a_half_normal_where_the_location_is_zero() {
        assert!((positive_mean(0.0, 2.0, 1e7) - 2.0 * (2.0 / std::f64::consts::PI).sqrt()).abs() < 1e-4);
        assert!((positive_mean(9.0, 1.0, 1e3) - 9.0).abs() < 1e-9);
        let far = positive_mean(-20.0, 1.0, 1e3);
        assert!(far > 0.0 && far < 0.2, "{far}");
    }
}
