//! Integrates stiff, autonomous equations of a few variables: the linearly implicit Euler method, extrapolated.
//!
//! A step is made with 1, 2, … sub-steps, each a linear system, and the results are extrapolated to none (Deuflhard's
//! SEULEX, hairer1996). It is L-stable in its first column, asks only that the Jacobian is about right, keeps linear
//! invariants, and has no table of coefficients.

/// Results that a step extrapolates from: the order.
const COLUMNS: usize = 8;
/// Steps before an integration is given up.
const STEPS: usize = 100_000;

/// How exact an integration is: the error of a step is below `relative`·|x| + `absolute` in the root mean square.
#[derive(Clone, Copy, Debug)]
pub struct Tolerance {
    /// The share of each variable.
    pub relative: f64,
    /// What is added to it, in the unit of the variables.
    pub absolute: f64,
}

/// The variables `time` after `start`, where `slope` gives their change per unit of time.
///
/// # Errors
/// Where a step becomes too short or steps too many, with the time reached.
pub fn integrate<const N: usize>(
    slope: &dyn Fn(&[f64; N]) -> [f64; N],
    start: [f64; N],
    time: f64,
    tolerance: Tolerance,
) -> Result<[f64; N], String> {
    let (mut x, mut now, mut step) = (start, 0.0, first_step(&slope(&start), &start, tolerance).min(time));
    for _ in 0..STEPS {
        if now >= time {
            return Ok(x);
        }
        let last = now + step >= time * (1.0 - 1e-12);
        let length = if last { time - now } else { step };
        let jacobian = jacobian(slope, &x);
        // The error grows with the step to the power `COLUMNS`; a tenth is kept back.
        match extrapolated(slope, &jacobian, &x, length, tolerance) {
            Some((next, error)) if error <= 1.0 => {
                x = next;
                now = if last { time } else { now + length };
                step = length * (0.9 * error.max(1e-12).powf(-1.0 / COLUMNS as f64)).clamp(0.2, 5.0);
            }
            Some((_, error)) => step = length * (0.9 * error.powf(-1.0 / COLUMNS as f64)).clamp(0.1, 0.9),
            None => step = 0.1 * length,
        }
        if step.is_nan() || step <= 1e-14 * time {
            return Err(format!("the step vanishes at {now}"));
        }
    }
    Err(format!("{STEPS} steps end at {now}"))
}

/// A first step over which the slope changes the variables by a hundredth of what they are.
fn first_step<const N: usize>(slope: &[f64; N], x: &[f64; N], tolerance: Tolerance) -> f64 {
    let scale = |x: f64| x.abs() + tolerance.absolute / tolerance.relative;
    let fastest = slope.iter().zip(x).map(|(s, x)| (s / scale(*x)).abs()).fold(0.0, f64::max);
    if fastest > 0.0 { 0.01 / fastest } else { f64::INFINITY }
}

/// The Jacobian, by central differences: row i, column j is ∂slopeᵢ/∂xⱼ.
fn jacobian<const N: usize>(slope: &dyn Fn(&[f64; N]) -> [f64; N], x: &[f64; N]) -> [[f64; N]; N] {
    let mut rows = [[0.0; N]; N];
    for (j, at) in x.iter().enumerate() {
        let by = 1e-6 * at.abs().max(1e-3);
        let moved = |by: f64| std::array::from_fn(|i| if i == j { x[i] + by } else { x[i] });
        let (up, down) = (slope(&moved(by)), slope(&moved(-by)));
        for (row, (up, down)) in rows.iter_mut().zip(up.iter().zip(&down)) {
            row[j] = (up - down) / (2.0 * by);
        }
    }
    rows
}

/// The variables after a step, and its error in units of the tolerance; `None` where there is no finite result.
fn extrapolated<const N: usize>(
    slope: &dyn Fn(&[f64; N]) -> [f64; N],
    jacobian: &[[f64; N]; N],
    x: &[f64; N],
    length: f64,
    tolerance: Tolerance,
) -> Option<([f64; N], f64)> {
    // The row of the tableau before: its entry k rests on k + 1 results.
    let mut before: Vec<[f64; N]> = Vec::with_capacity(COLUMNS);
    for parts in 1..=COLUMNS {
        let mut row = vec![by_parts(slope, jacobian, x, length, parts)?];
        for k in 0..parts - 1 {
            let ratio = parts as f64 / (parts - 1 - k) as f64;
            let (this, last) = (row[k], before[k]);
            row.push(std::array::from_fn(|i| this[i] + (this[i] - last[i]) / (ratio - 1.0)));
        }
        before = row;
    }
    let (best, second) = (before[COLUMNS - 1], before[COLUMNS - 2]);
    let squares = (0..N).map(|i| {
        let scale = tolerance.absolute + tolerance.relative * x[i].abs().max(best[i].abs());
        ((best[i] - second[i]) / scale).powi(2)
    });
    let error = (squares.sum::<f64>() / N as f64).sqrt();
    error.is_finite().then_some((best, error))
}

/// The variables after so many linearly implicit Euler steps: (1 − hJ) Δx = h·slope(x).
fn by_parts<const N: usize>(
    slope: &dyn Fn(&[f64; N]) -> [f64; N],
    jacobian: &[[f64; N]; N],
    x: &[f64; N],
    length: f64,
    parts: usize,
) -> Option<[f64; N]> {
    let h = length / parts as f64;
    let matrix = std::array::from_fn(|i| std::array::from_fn(|j| f64::from(i == j) - h * jacobian[i][j]));
    let factors = Factors::new(matrix)?;
    let mut x = *x;
    for _ in 0..parts {
        let change = factors.solve(slope(&x).map(|s| h * s));
        x.iter_mut().zip(change).for_each(|(x, c)| *x += c);
    }
    Some(x)
}

/// A matrix as L·U, its rows exchanged.
struct Factors<const N: usize> {
    lower_upper: [[f64; N]; N],
    order: [usize; N],
}

impl<const N: usize> Factors<N> {
    fn new(mut m: [[f64; N]; N]) -> Option<Self> {
        let mut order = std::array::from_fn(|i| i);
        for k in 0..N {
            let pivot = (k..N).max_by(|a, b| m[*a][k].abs().total_cmp(&m[*b][k].abs()))?;
            if m[pivot][k] == 0.0 || !m[pivot][k].is_finite() {
                return None;
            }
            m.swap(k, pivot);
            order.swap(k, pivot);
            let above = m[k];
            for row in &mut m[k + 1..] {
                row[k] /= above[k];
                let factor = row[k];
                row[k + 1..].iter_mut().zip(&above[k + 1..]).for_each(|(x, a)| *x -= factor * a);
            }
        }
        Some(Self { lower_upper: m, order })
    }

    fn solve(&self, right: [f64; N]) -> [f64; N] {
        let m = &self.lower_upper;
        let mut x = self.order.map(|i| right[i]);
        for i in 0..N {
            x[i] -= (0..i).map(|j| m[i][j] * x[j]).sum::<f64>();
        }
        for i in (0..N).rev() {
            x[i] = (x[i] - (i + 1..N).map(|j| m[i][j] * x[j]).sum::<f64>()) / m[i][i];
        }
        x
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FINE: Tolerance = Tolerance { relative: 1e-10, absolute: 1e-12 };

    #[test]
    fn linear_equations_are_solved_as_in_closed_form() {
        // x' = −1000 (x − y), y' = −y: y = e^−t, x = (1000/999) e^−t + (x0 − 1000/999) e^−1000t.
        let slope = |x: &[f64; 2]| [-1000.0 * (x[0] - x[1]), -x[1]];
        for time in [1e-4, 1e-2, 1.0, 20.0] {
            let tolerance = Tolerance { relative: 1e-10, absolute: 1e-18 };
            let [x, y] = integrate(&slope, [0.0, 1.0], time, tolerance).unwrap();
            let slow = (-time).exp();
            assert!((y - slow).abs() < 1e-8 * slow, "{time}: {y}");
            let exact = 1000.0 / 999.0 * (slow - (-1000.0 * time).exp());
            assert!((x - exact).abs() < 1e-8 * exact.abs(), "{time}: {x} for {exact}");
        }
    }

    #[test]
    fn robertsons_reaction_ends_where_the_literature_has_it() {
        // hairer1996: at 40 s; kinetics over nine orders of magnitude.
        let slope = |y: &[f64; 3]| {
            let (a, b, c) = (0.04 * y[0], 1e4 * y[1] * y[2], 3e7 * y[1] * y[1]);
            [b - a, a - b - c, c]
        };
        let tolerance = Tolerance { relative: 1e-10, absolute: 1e-14 };
        let y = integrate(&slope, [1.0, 0.0, 0.0], 40.0, tolerance).unwrap();
        for (found, known) in y.iter().zip([0.715_827_068_7, 0.918_553_476_5e-5, 0.284_163_745_7]) {
            assert!((found / known - 1.0).abs() < 2e-9, "{found}, expected {known}");
        }
        let mass = y.iter().sum::<f64>();
        assert!((mass - 1.0).abs() < 1e-11, "mass is kept: {mass}");
    }

    #[test]
    fn no_time_changes_nothing_and_an_explosion_is_an_error() {
        let square = |x: &[f64; 1]| [x[0] * x[0]];
        assert_eq!(integrate(&square, [1.0], 0.0, FINE).unwrap(), [1.0]);
        let [half_way] = integrate(&square, [1.0], 0.5, FINE).unwrap();
        assert!((half_way - 2.0).abs() < 1e-8);
        assert!(integrate(&square, [1.0], 2.0, FINE).is_err());
    }
}
