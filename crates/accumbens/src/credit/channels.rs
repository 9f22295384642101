//! Several rewards at once: weights by precision, constraints, and where channels contradict one another.

/// Weights of channels by the noise of each, 1/(s² + ξ), with mean 1 and none above `most` times the least of them. The
/// variances should come from earlier batches: a weight that depends on the reward it weighs biases the gradient.
#[must_use]
pub fn fused(noise: &[f64], xi: f64, most: f64) -> Vec<f64> {
    let raw: Vec<f64> =
        noise.iter().map(|s| 1.0 / (s.max(0.0) + xi)).map(|w| if w.is_finite() { w } else { 0.0 }).collect();
    let least = raw.iter().copied().filter(|w| *w > 0.0).fold(f64::INFINITY, f64::min);
    let capped: Vec<f64> = raw.iter().map(|w| w.min(most * least)).collect();
    let mean = capped.iter().sum::<f64>() / capped.len().max(1) as f64;
    capped.iter().map(|w| if mean > 0.0 { w / mean } else { 1.0 }).collect()
}

/// Lagrange multipliers of constraints "channel k is at least `floors[k]` on average", after one batch: w ← max(0, w +
/// rate·(floor − mean)).
#[must_use]
pub fn dual(weights: &[f64], floors: &[f64], means: &[f64], rate: f64) -> Vec<f64> {
    let step = |((w, floor), mean): ((&f64, &f64), &f64)| (w + rate * (floor - mean)).max(0.0);
    weights.iter().zip(floors).zip(means).map(step).collect()
}

/// The cosines of the channels' advantages, `channels` columns of `advantages`: below 0 two channels pull apart. Rows where
/// either is NaN do not count.
#[must_use]
pub fn conflict(advantages: &[f64], channels: usize) -> Vec<f64> {
    let cosine = |a: usize, b: usize| {
        let (mut product, mut first, mut second) = (0.0, 0.0, 0.0);
        for row in advantages.chunks_exact(channels).filter(|r| !(r[a].is_nan() || r[b].is_nan())) {
            product += row[a] * row[b];
            first += row[a] * row[a];
            second += row[b] * row[b];
        }
        if first > 0.0 && second > 0.0 { product / (first * second).sqrt() } else { f64::NAN }
    };
    (0..channels * channels).map(|i| cosine(i / channels, i % channels)).collect()
}

/// One reward of an ensemble of reward models: −β·ln mean exp(−r/β), which is their mean where β is large and their least
/// where it is small.
#[must_use]
pub fn ensemble(rewards: &[f64], beta: f64) -> f64 {
    let least = rewards.iter().copied().fold(f64::INFINITY, f64::min);
    if !least.is_finite() || beta <= 0.0 {
        return least;
    }
    let sum: f64 = rewards.iter().map(|r| (-(r - least) / beta).exp()).sum();
    least - beta * (sum / rewards.len() as f64).ln()
}
