//! Designs Butterworth filters as second-order sections, by the bilinear transform, and runs them over a trace.
//!
//! Sections, their order and the state in which they begin are SciPy's (`butter(..., output="sos")`, `sosfilt_zi`, `sosfilt`).

use std::ops::{Add, Div, Mul, Neg, Sub};

/// One second-order section: (b0 + b1 z⁻¹ + b2 z⁻²) / (1 + a1 z⁻¹ + a2 z⁻²), and what it remembers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Section {
    /// The numerator.
    pub b: [f64; 3],
    /// The denominator; its first is 1.
    pub a: [f64; 3],
    /// What the last samples left (direct form II, transposed).
    pub memory: [f64; 2],
}

/// A complex number, for the poles.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Complex {
    re: f64,
    im: f64,
}

const ONE: Complex = Complex { re: 1.0, im: 0.0 };

impl Complex {
    fn conjugate(self) -> Self {
        Self { im: -self.im, ..self }
    }

    fn abs(self) -> f64 {
        self.re.hypot(self.im)
    }
}

impl From<f64> for Complex {
    fn from(re: f64) -> Self {
        Self { re, im: 0.0 }
    }
}

impl Add for Complex {
    type Output = Self;
    fn add(self, o: Self) -> Self {
        Self { re: self.re + o.re, im: self.im + o.im }
    }
}

impl Sub for Complex {
    type Output = Self;
    fn sub(self, o: Self) -> Self {
        Self { re: self.re - o.re, im: self.im - o.im }
    }
}

impl Mul for Complex {
    type Output = Self;
    fn mul(self, o: Self) -> Self {
        Self { re: self.re * o.re - self.im * o.im, im: self.re * o.im + self.im * o.re }
    }
}

impl Div for Complex {
    type Output = Self;
    fn div(self, o: Self) -> Self {
        let squared = o.re * o.re + o.im * o.im;
        Self { re: (self.re * o.re + self.im * o.im) / squared, im: (self.im * o.re - self.re * o.im) / squared }
    }
}

impl Neg for Complex {
    type Output = Self;
    fn neg(self) -> Self {
        Self { re: -self.re, im: -self.im }
    }
}

/// The sections of a Butterworth filter of `order` (at least 1) with its half-power frequency at `cutoff`, Hz, for samples
/// at `rate`, Hz; `cutoff` lies between 0 and half of `rate`.
#[must_use]
pub fn design(order: usize, cutoff: f64, high_pass: bool, rate: f64) -> Vec<Section> {
    use std::f64::consts::PI;
    // The analog filter of cut-off 1: poles on the left half of the unit circle.
    let poles = (0..order).map(|i| {
        let angle = PI * (2.0 * i as f64 - (order as f64 - 1.0)) / (2.0 * order as f64);
        -Complex { re: angle.cos(), im: angle.sin() }
    });
    let warped = 4.0 * (PI * (2.0 * cutoff / rate) / 2.0).tan();
    let four = Complex::from(4.0);
    let product = |factors: &mut dyn Iterator<Item = Complex>| factors.fold(ONE, |all, one| all * one);
    let (poles, gain, zeros_at_rest): (Vec<Complex>, f64, usize) = if high_pass {
        let poles: Vec<Complex> = poles.collect();
        let gain = (ONE / product(&mut poles.iter().map(|p| Complex::from(-1.0) * *p))).re;
        (poles.iter().map(|p| Complex::from(warped) / *p).collect(), gain, order)
    } else {
        (poles.map(|p| p * Complex::from(warped)).collect(), warped.powi(order as i32), 0)
    };
    // The bilinear transform: s = 4 (z − 1)/(z + 1).
    let above = product(&mut (0..zeros_at_rest).map(|_| four));
    let gain = gain * (above / product(&mut poles.iter().map(|p| four - *p))).re;
    let zero = if high_pass { 1.0 } else { -1.0 };
    sections(poles.iter().map(|p| (four + *p) / (four - *p)).collect(), zero, gain)
}

/// Pairs poles and zeros into sections as SciPy's "nearest" does, poles nearest to the unit circle last; the gain goes into
/// the first. All zeros are alike; an odd order is padded with a pole and a zero at the origin.
fn sections(poles: Vec<Complex>, zero: f64, gain: f64) -> Vec<Section> {
    let (order, odd) = (poles.len(), poles.len() % 2 == 1);
    let (mut poles, single) = paired(poles);
    let mut zeros = vec![zero; order];
    if odd {
        zeros.insert(if zero < 0.0 { order } else { 0 }, 0.0);
        poles.extend(single);
    }
    let least = |distances: &mut dyn Iterator<Item = f64>| {
        distances.enumerate().min_by(|a, b| a.1.total_cmp(&b.1)).map_or(0, |(i, _)| i)
    };
    let mut sections = Vec::new();
    while !poles.is_empty() {
        let pole = poles.remove(least(&mut poles.iter().map(|p| (1.0 - p.abs()).abs())));
        let mut nearest = || zeros.remove(least(&mut zeros.iter().map(|z| (Complex::from(*z) - pole).abs())));
        let pair = [nearest(), nearest()];
        let other = if pole.im == 0.0 { Complex::from(0.0) } else { pole.conjugate() };
        let (b, a) = (polynomial(pair.map(Complex::from)), polynomial([pole, other]));
        sections.push(Section { b, a, memory: [0.0; 2] });
    }
    sections.reverse();
    if let Some(first) = sections.first_mut() {
        first.b = first.b.map(|b| b * gain);
    }
    sections
}

/// One pole of each conjugate pair, by real part, the two averaged; and the real pole of an odd order.
fn paired(mut poles: Vec<Complex>) -> (Vec<Complex>, Option<Complex>) {
    poles.sort_by(|a, b| a.re.total_cmp(&b.re).then(a.im.abs().total_cmp(&b.im.abs())));
    let near_real = |p: &Complex| p.im.abs() <= 100.0 * f64::EPSILON * p.abs();
    let single = poles.iter().copied().find(near_real);
    let of = |sign: f64| poles.iter().copied().filter(move |p| !near_real(p) && sign * p.im > 0.0);
    let pairs = of(1.0).zip(of(-1.0));
    let mean = |a: Complex, b: Complex| Complex { re: (a.re + b.re) / 2.0, im: (a.im - b.im) / 2.0 };
    (pairs.map(|(up, down)| mean(up, down)).collect(), single)
}

/// The coefficients of (x − r₁)(x − r₂), the highest power first; the roots are real or conjugate.
fn polynomial([r, s]: [Complex; 2]) -> [f64; 3] {
    [1.0, (-s - r).re, (r * s).re]
}

/// Sets what each section remembers to what a constant 1 would have left.
pub fn rest(sections: &mut [Section]) {
    let mut scale = 1.0;
    for Section { b, a, memory } in sections {
        let first = ((b[1] - a[1] * b[0]) + (b[2] - a[2] * b[0])) / ((1.0 + a[1]) + a[2]);
        let second = (1.0 + a[1]) * first - (b[1] - a[1] * b[0]);
        *memory = [scale * first, scale * second];
        scale *= (b[0] + b[1] + b[2]) / (a[0] + a[1] + a[2]);
    }
}

/// Runs the sections over samples; they remember.
pub fn run(x: impl Iterator<Item = f64>, sections: &mut [Section]) -> Vec<f64> {
    let through = |x: f64, Section { b, a, memory }: &mut Section| {
        let y = b[0] * x + memory[0];
        *memory = [b[1] * x - a[1] * y + memory[1], b[2] * x - a[2] * y];
        y
    };
    x.map(|x| sections.iter_mut().fold(x, through)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(found: &[Section], expected: &[[f64; 6]], share: f64) {
        assert_eq!(found.len(), expected.len());
        for (s, e) in found.iter().zip(expected) {
            for (x, e) in s.b.iter().chain(&s.a).zip(e) {
                assert!((x - e).abs() <= share * e.abs().max(1e-12), "{s:?}, expected {e:?}");
            }
        }
    }

    #[test]
    fn the_sections_are_scipys() {
        // SciPy 1.17.1: butter(5, [2], btype="hp", output="sos", fs=600) and butter(2, 10, output="sos", fs=130).
        let high = [
            [0.966679, -0.966679, 0.0, 1.0, -0.97927235, 0.0],
            [1.0, -2.0, 1.0, 1.0, -1.96624768, 0.966679],
            [1.0, -2.0, 1.0, 1.0, -1.98670428, 0.9871401],
        ];
        close(&design(5, 2.0, true, 600.0), &high, 1e-6);
        let low = [[0.0431067313, 0.0862134627, 0.0431067313, 1.0, -1.3329069547, 0.50533388]];
        close(&design(2, 10.0, false, 130.0), &low, 2e-9);
    }

    #[test]
    fn every_order_halves_the_power_at_the_cut_off() {
        let (rate, cutoff) = (100.0, 7.0);
        for (order, high_pass) in (1..=8).flat_map(|n| [(n, false), (n, true)]) {
            let turn = std::f64::consts::TAU * cutoff / rate;
            let z = Complex { re: turn.cos(), im: -turn.sin() };
            let at = |c: &[f64; 3]| Complex::from(c[0]) + Complex::from(c[1]) * z + Complex::from(c[2]) * z * z;
            let response = design(order, cutoff, high_pass, rate).iter().fold(ONE, |h, s| h * at(&s.b) / at(&s.a));
            assert!((response.abs() - 0.5_f64.sqrt()).abs() < 1e-9, "{order} {high_pass}: {response:?}");
        }
    }

    #[test]
    fn a_constant_passes_a_rested_low_pass_unchanged_and_a_rested_high_pass_not_at_all() {
        for order in 1..=8 {
            for high_pass in [false, true] {
                let mut sections = design(order, 3.0, high_pass, 50.0);
                rest(&mut sections);
                let passed = run(std::iter::repeat_n(1.0, 200), &mut sections);
                let expected = if high_pass { 0.0 } else { 1.0 };
                assert!(passed.iter().all(|y| (y - expected).abs() < 1e-7), "{order} {high_pass}");
            }
        }
    }
}
