//! Smooth baselines by penalised least squares: asymmetric (Eilers 2003) and adaptive (airPLS, Zhang 2010).

/// Iterations at most.
const ROUNDS: usize = 50;
/// A baseline rests where weights change less than this, relative to themselves.
const RESTS: f64 = 1e-3;

/// The smooth curve that minimises Σ w (y − z)² + λ Σ (Δ²z)²: a symmetric system of five bands, factored in place.
#[must_use]
pub fn smooth(y: &[f64], weights: &[f64], lambda: f64) -> Vec<f64> {
    let n = y.len();
    if n < 3 {
        return y.to_vec();
    }
    // The bands of DᵀD for second differences.
    let main = |i: usize| match i.min(n - 1 - i) {
        0 => 1.0,
        1 if n == 3 => 4.0,
        1 => 5.0,
        _ => 6.0,
    };
    let first = |i: usize| if i == 0 || i == n - 2 { -2.0 } else { -4.0 };
    let (mut d, mut e, mut f) = (vec![0.0; n], vec![0.0; n], vec![0.0; n]);
    let mut z = vec![0.0; n];
    for i in 0..n {
        let (e1, f2) = (if i > 0 { e[i - 1] } else { 0.0 }, if i > 1 { f[i - 2] } else { 0.0 });
        let (d1, d2) = (if i > 0 { d[i - 1] } else { 0.0 }, if i > 1 { d[i - 2] } else { 0.0 });
        d[i] = weights[i] + lambda * main(i) - e1 * e1 * d1 - f2 * f2 * d2;
        let cross = if i > 0 { e1 * f[i - 1] * d1 } else { 0.0 };
        e[i] = if i + 1 < n { (lambda * first(i) - cross) / d[i] } else { 0.0 };
        f[i] = if i + 2 < n { lambda / d[i] } else { 0.0 };
        let before = if i > 0 { e1 * z[i - 1] } else { 0.0 } + if i > 1 { f2 * z[i - 2] } else { 0.0 };
        z[i] = weights[i] * y[i] - before;
    }
    for i in (0..n).rev() {
        let after = if i + 1 < n { e[i] * z[i + 1] } else { 0.0 } + if i + 2 < n { f[i] * z[i + 2] } else { 0.0 };
        z[i] = z[i] / d[i] - after;
    }
    z
}

fn change(old: &[f64], new: &[f64]) -> f64 {
    let norm = |v: &mut dyn Iterator<Item = f64>| v.map(|x| x * x).sum::<f64>().sqrt();
    norm(&mut old.iter().zip(new).map(|(a, b)| a - b)) / norm(&mut old.iter().copied()).max(f64::MIN_POSITIVE)
}

/// Asymmetric least squares: what is above the curve weighs `p`, what is below it 1 − `p`.
#[must_use]
pub fn asls(y: &[f64], lambda: f64, p: f64) -> Vec<f64> {
    let mut weights = vec![1.0; y.len()];
    let mut z = smooth(y, &weights, lambda);
    for _ in 0..ROUNDS {
        let next: Vec<f64> = y.iter().zip(&z).map(|(y, z)| if y > z { p } else { 1.0 - p }).collect();
        let moved = change(&weights, &next);
        weights = next;
        if moved < RESTS {
            break;
        }
        z = smooth(y, &weights, lambda);
    }
    z
}

/// Adaptive iteratively reweighted penalised least squares: what is above the curve counts for nothing, what is below it
/// the more the further below, until nearly nothing is below.
#[must_use]
pub fn airpls(y: &[f64], lambda: f64) -> Vec<f64> {
    let total: f64 = y.iter().map(|x| x.abs()).sum();
    let mut weights = vec![1.0; y.len()];
    let mut z = smooth(y, &weights, lambda);
    for round in 1..=ROUNDS {
        let below: f64 = y.iter().zip(&z).map(|(y, z)| (z - y).max(0.0)).sum();
        if below < RESTS * total {
            break;
        }
        // The exponent is kept within what a number can hold.
        let weight = |(y, z): (&f64, &f64)| if y < z { (round as f64 * (z - y) / below).min(700.0).exp() } else { 0.0 };
        weights = y.iter().zip(&z).map(weight).collect();
        z = smooth(y, &weights, lambda);
    }
    z
}
