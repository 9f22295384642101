//! Reference signals of the literature, at compiled speed: expected traces, redistributed returns, the average reward, and
//! drives and threats as potentials.

use super::estimate::{Estimate, Prior};
use accumbens_core::{Error, Result, room};
use serde::{Deserialize, Serialize};

/// Expected eligibility traces (van Hasselt et al. 2021) of a stream of `states` below `count`: z(s) = E[e_t | S_t = s], with
/// e_t = keep·e_{t−1} + 1(S_t), keep = γ·λ. Rows are s. `restart` marks states with which an episode begins. Each visit
/// moves z by `rate`, or by one over the number of visits where that is `None`: then it is the mean.
///
/// # Errors
/// Where a state is unknown, or arrays do not fit one another, or a number is outside its domain.
pub fn expected_traces(
    states: &[u32],
    restart: Option<&[bool]>,
    count: usize,
    keep: f64,
    rate: Option<f64>,
) -> Result<Vec<f64>> {
    if !(0.0..=1.0).contains(&keep) {
        return Err(Error::input("keep", keep.to_string(), "0 to 1, gamma times lambda"));
    }
    if let Some(rate) = rate.filter(|r| !(*r > 0.0 && *r <= 1.0)) {
        return Err(Error::input("rate", rate.to_string(), "above 0, at most 1"));
    }
    if let Some(state) = states.iter().find(|s| **s as usize >= count) {
        return Err(Error::input("states", state.to_string(), format!("below {count}")));
    }
    if let Some(restart) = restart.filter(|r| r.len() != states.len()) {
        return Err(Error::input("restart", restart.len().to_string(), format!("{}, one a state", states.len())));
    }
    let cells = room("expected_traces", &[("count", count as f64), ("count", count as f64)])?;
    let (mut z, mut trace, mut visits) = (vec![0.0; cells], vec![0.0; count], vec![0.0_f64; count]);
    for (t, state) in states.iter().map(|s| *s as usize).enumerate() {
        let kept = if restart.is_some_and(|r| r[t]) { 0.0 } else { keep };
        trace.iter_mut().for_each(|e| *e *= kept);
        trace[state] += 1.0;
        visits[state] += 1.0;
        let step = rate.unwrap_or(1.0 / visits[state]);
        let row = &mut z[state * count..(state + 1) * count];
        row.iter_mut().zip(&trace).for_each(|(z, e)| *z += step * (e - *z));
    }
    Ok(z)
}

/// Rewards redistributed by how predictions of the return change (RUDDER, Arjona-Medina et al. 2019): r'_t = g_t − g_{t−1},
/// where `predictions` g_t are made after each step, and what they miss of the return is spread over all steps alike, so
/// that the sum is that of `rewards`.
///
/// # Errors
/// Where there are not as many predictions as rewards.
pub fn redistributed(rewards: &[f64], predictions: &[f64]) -> Result<Vec<f64>> {
    if predictions.len() != rewards.len() {
        let problem = format!("{} predictions of {} rewards", predictions.len(), rewards.len());
        return Err(Error::input("predictions", problem, "one after each step"));
    }
    let missed = rewards.iter().sum::<f64>() - predictions.last().copied().unwrap_or(0.0);
    let share = missed / rewards.len().max(1) as f64;
    let before = std::iter::once(0.0).chain(predictions.iter().copied());
    Ok(predictions.iter().zip(before).map(|(now, before)| now - before + share).collect())
}

/// Potentials of bodily states: Φ = −D, D = (Σ w·|set point − level|ⁿ)^(1/m), the drive of Keramati & Gutkin 2014, whose
/// reward is how much the drive falls. `levels` are rows of as many numbers as `set_points`.
///
/// # Errors
/// Where arrays do not fit one another or an exponent is not above 0.
pub fn homeostatic(levels: &[f64], set_points: &[f64], weights: &[f64], n: f64, m: f64) -> Result<Vec<f64>> {
    let width = set_points.len();
    if width == 0 || !levels.len().is_multiple_of(width) || weights.len() != width {
        let problem = format!("{} levels, {width} set points, {} weights", levels.len(), weights.len());
        return Err(Error::input("levels", problem, "rows of one level a set point, and a weight each"));
    }
    if !(n > 0.0 && m > 0.0 && n.is_finite() && m.is_finite()) {
        return Err(Error::input("exponents", format!("n = {n}, m = {m}"), "above 0"));
    }
    let away = |row: &[f64]| -> f64 {
        row.iter().zip(set_points).zip(weights).map(|((l, s), w)| w * (s - l).abs().powf(n)).sum()
    };
    Ok(levels.chunks_exact(width).map(|row| -away(row).powf(1.0 / m)).collect())
}

/// Potentials of threat: Φ_t = −(decaying trace of the threats so far), E_t = keep·E_{t−1} + threat_t.
///
/// # Errors
/// Where `keep` is outside 0 to 1.
pub fn threat(threats: &[f64], keep: f64) -> Result<Vec<f64>> {
    if !(0.0..=1.0).contains(&keep) {
        return Err(Error::input("keep", keep.to_string(), "0 to 1"));
    }
    let decayed = threats.iter().scan(0.0, |trace, threat| {
        *trace = keep * *trace + threat;
        Some(-*trace)
    });
    Ok(decayed.collect())
}

/// The average reward of a step, with its precision: the tonic signal, subtracted from each reward where there is no
/// discounting (Schwartz 1993; Niv et al. 2007).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tonic {
    prior: Prior,
    known: Estimate,
}

impl Tonic {
    /// Nothing known yet; after `half_life` steps half of what was learnt is gone.
    ///
    /// # Errors
    /// Where the half-life is not above 0.
    pub fn new(half_life: f64) -> Result<Self> {
        if half_life.is_nan() || half_life <= 0.0 {
            return Err(Error::input("half_life", half_life.to_string(), "above 0 steps, or infinity"));
        }
        let prior = Prior { keep: Prior::half_life(half_life), ..Prior::default() };
        Ok(Self { prior, known: Estimate::default() })
    }

    /// Takes the reward of a step in.
    pub fn learn(&mut self, reward: f64) {
        self.known.learn(&self.prior, reward);
    }

    /// The average reward of a step, and its standard error.
    #[must_use]
    pub fn average(&self) -> (f64, f64) {
        (self.known.mean(&self.prior), self.known.uncertainty(&self.prior).sqrt())
    }
}
