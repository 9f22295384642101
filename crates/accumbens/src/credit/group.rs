//! Advantages of sequences that answer one prompt: centred in their group, scaled by a spread that is shrunk between the
//! group's own and that of all.

use accumbens_core::{Error, Result};
use serde::{Deserialize, Serialize};

/// What is taken from a reward.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Centre {
    /// The mean of the others in its group: leaves the policy gradient unbiased.
    #[default]
    LeaveOneOut,
    /// The mean of its group, itself included, as GRPO does: n/(n − 1) times smaller.
    Mean,
}

/// How groups are centred and scaled.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Group {
    /// The centre.
    pub centre: Centre,
    /// How many rewards the spread of all is worth beside the group's own: 0 is the standard deviation of GRPO (shao2024), infinity one
    /// scale for all; none does not scale.
    pub prior: Option<f64>,
}

impl Default for Group {
    fn default() -> Self {
        Self { centre: Centre::LeaveOneOut, prior: Some(8.0) }
    }
}

/// The least spread that is divided by, as GRPO's implementations have it.
const LEAST: f64 = 1e-4;

impl Group {
    /// Checks it.
    ///
    /// # Errors
    /// Where the prior is below 0.
    pub fn check(&self) -> Result<()> {
        match self.prior {
            Some(n) if n.is_nan() || n < 0.0 => Err(Error::input("prior", format!("{n}"), "0 or more, or none")),
            _ => Ok(()),
        }
    }
}

/// The advantage of each reward in its group, NaN where the reward is (a channel that skips a sequence).
///
/// (r − centre)/√((n·s² + n₀·τ²)/(n + n₀)), s² the group's variance with n − 1 below the line, τ² `pooled`: the variance of
/// all as known before this batch, that of the batch's groups together where absent.
///
/// # Errors
/// Where there are not as many groups as rewards.
pub fn group_advantages(rewards: &[f64], groups: &[i64], rule: &Group, pooled: Option<f64>) -> Result<Vec<f64>> {
    rule.check()?;
    if rewards.len() != groups.len() {
        let problem = format!("{} groups of {} rewards", groups.len(), rewards.len());
        return Err(Error::input("group", problem, "as many of each"));
    }
    let mut order: Vec<usize> = (0..rewards.len()).filter(|i| !rewards[*i].is_nan()).collect();
    order.sort_by_key(|i| groups[*i]);
    let of = |part: &[usize]| {
        let n = part.len() as f64;
        let mean = part.iter().map(|i| rewards[*i]).sum::<f64>() / n;
        let squares = part.iter().map(|i| (rewards[*i] - mean) * (rewards[*i] - mean)).sum::<f64>();
        (n, mean, squares)
    };
    let parts: Vec<&[usize]> = order.chunk_by(|a, b| groups[*a] == groups[*b]).collect();
    let (squares, free) = parts.iter().map(|p| of(p)).fold((0.0, 0.0), |(s, f), (n, _, q)| (s + q, f + n - 1.0));
    let pooled = pooled.unwrap_or(if free > 0.0 { squares / free } else { 0.0 });
    let mut out = vec![f64::NAN; rewards.len()];
    for part in parts {
        let (n, mean, squares) = of(part);
        let own = if n > 1.0 { squares / (n - 1.0) } else { 0.0 };
        let scale = rule.prior.map_or(1.0, |prior| {
            let share = if prior.is_infinite() { 1.0 } else { prior / (n + prior) };
            ((1.0 - share) * own + share * pooled).sqrt() + LEAST
        });
        // r less the mean of the others is n/(n − 1) times r less the mean of all.
        let wide = match rule.centre {
            Centre::LeaveOneOut if n > 1.0 => n / (n - 1.0),
            _ => 1.0,
        };
        part.iter().for_each(|i| out[*i] = wide * (rewards[*i] - mean) / scale);
    }
    Ok(out)
}
