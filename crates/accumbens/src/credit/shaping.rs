//! Shapes rewards by a potential of the past alone, which leaves every policy's order as it was.

use accumbens_core::{Error, Result};

/// r'_t = r_t + γ·Φ(h_{t+1}) − Φ(h_t) with Φ = 0 where an episode is over (ng1999): `potentials` has one number more than
/// `rewards` has, the last of which counts only where the episode was cut off.
///
/// # Errors
/// Where the arrays do not fit one another.
pub fn shaped(rewards: &[f64], potentials: &[f64], gamma: f64, terminated: bool) -> Result<Vec<f64>> {
    if potentials.len() != rewards.len() + 1 {
        let problem = format!("{} potentials of {} rewards", potentials.len(), rewards.len());
        return Err(Error::input("potentials", problem, format!("{}", rewards.len() + 1)));
    }
    let last = rewards.len().saturating_sub(1);
    let after = |t: usize| if terminated && t == last { 0.0 } else { potentials[t + 1] };
    Ok(rewards.iter().enumerate().map(|(t, r)| r + gamma * after(t) - potentials[t]).collect())
}
