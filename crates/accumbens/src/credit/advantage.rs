//! Advantages from values, at compiled speed: generalised advantage estimation and V-trace.

use accumbens_core::{Error, Result};
use rayon::prelude::*;

/// A rollout of `steps` steps of `lanes` environments, or of `lanes` sequences of `steps` tokens; arrays are row-major.
#[derive(Clone, Copy, Debug)]
pub struct Rollout<'a> {
    /// Rewards of each step.
    pub rewards: &'a [f32],
    /// Values of the state each step began in.
    pub values: &'a [f32],
    /// Values of the state each step led to before any reset; where absent, those of the next step, and `last`.
    pub next_values: Option<&'a [f32]>,
    /// Values of the states after the last step, one a lane.
    pub last: &'a [f32],
    /// Whether a step ended its episode for good (1), so that nothing follows.
    pub terminated: &'a [f32],
    /// Whether a step was the last before a reset without being final (1): its successor has a value, and no advantage of
    /// a later step flows back over it.
    pub truncated: Option<&'a [f32]>,
    /// Whether a step was no step (1): what Gymnasium's next-step autoreset inserts after an end. Its advantage is 0 and
    /// nothing flows over it.
    pub reset: Option<&'a [f32]>,
    /// Lanes.
    pub lanes: usize,
    /// Whether a row is a lane (sequences of tokens); otherwise a row is a step (environments).
    pub lanes_first: bool,
}

/// Lanes that are worked on at once.
const BLOCK: usize = 64;

impl Rollout<'_> {
    /// Steps.
    #[must_use]
    pub fn steps(&self) -> usize {
        self.rewards.len().checked_div(self.lanes).unwrap_or(0)
    }

    fn check(&self) -> Result<()> {
        let cells = self.rewards.len();
        if self.lanes == 0 || !cells.is_multiple_of(self.lanes) {
            let problem = format!("{cells} rewards in {} lanes", self.lanes);
            return Err(Error::input("rollout", problem, "a whole number of steps in 1 lane or more"));
        }
        let same = [
            ("values", Some(self.values)),
            ("next_values", self.next_values),
            ("terminated", Some(self.terminated)),
            ("truncated", self.truncated),
            ("reset", self.reset),
        ];
        for (name, array) in same {
            if let Some(array) = array.filter(|a| a.len() != cells) {
                return Err(Error::input(name, format!("{} numbers", array.len()), format!("{cells}, one a reward")));
            }
        }
        if self.last.len() != self.lanes {
            let problem = format!("{} numbers", self.last.len());
            return Err(Error::input("last", problem, format!("{}, one a lane", self.lanes)));
        }
        Ok(())
    }

    /// Writes `advantages` from the last step to the first: `one` makes a lane's advantage of its
    /// cell, the value that follows and what flows back.
    fn backwards(&self, advantages: &mut [f32], one: impl Fn(usize, f32, f32) -> f32 + Sync) -> Result<()> {
        self.check()?;
        if advantages.len() != self.rewards.len() {
            let problem = format!("room for {} advantages", advantages.len());
            return Err(Error::input("advantages", problem, format!("{}", self.rewards.len())));
        }
        let (steps, lanes) = (self.steps(), self.lanes);
        if steps == 0 {
            return Ok(());
        }
        if self.lanes_first {
            advantages.par_chunks_exact_mut(steps).enumerate().for_each(|(lane, row)| {
                let (mut flow, mut next) = (0.0, self.last[lane]);
                for (t, out) in row.iter_mut().enumerate().rev() {
                    let cell = lane * steps + t;
                    flow = one(cell, self.next_values.map_or(next, |v| v[cell]), flow);
                    next = self.values[cell];
                    *out = flow;
                }
            });
            return Ok(());
        }
        // Rows are cut into blocks of lanes, which are independent of one another.
        let mut blocks: Vec<Vec<&mut [f32]>> = (0..lanes.div_ceil(BLOCK)).map(|_| Vec::with_capacity(steps)).collect();
        for row in advantages.chunks_exact_mut(lanes) {
            row.chunks_mut(BLOCK).zip(&mut blocks).for_each(|(part, block)| block.push(part));
        }
        blocks.into_par_iter().enumerate().for_each(|(b, mut rows)| {
            let (mut flows, from) = ([0.0_f32; BLOCK], b * BLOCK);
            for (t, row) in rows.iter_mut().enumerate().rev() {
                for (j, out) in row.iter_mut().enumerate() {
                    let cell = t * lanes + from + j;
                    let after = match self.next_values {
                        Some(next) => next[cell],
                        None if t + 1 == steps => self.last[from + j],
                        None => self.values[cell + lanes],
                    };
                    flows[j] = one(cell, after, flows[j]);
                    *out = flows[j];
                }
            }
        });
        Ok(())
    }

    fn is(array: Option<&[f32]>, cell: usize) -> f32 {
        array.map_or(0.0, |a| a[cell])
    }
}

/// Generalised advantage estimation (schulman2016): A_t = δ_t + γλ·A_{t+1}, δ_t = r_t + γ·V_{t+1} − V_t.
///
/// # Errors
/// Where the arrays do not fit one another.
pub fn gae(rollout: &Rollout<'_>, gamma: f32, lambda: f32, advantages: &mut [f32]) -> Result<()> {
    let r = *rollout;
    rollout.backwards(advantages, |cell, after, flow| {
        let (ended, real) = (r.terminated[cell], 1.0 - Rollout::is(r.reset, cell));
        let delta = r.rewards[cell] + gamma * after * (1.0 - ended) - r.values[cell];
        let goes_on = (1.0 - ended) * (1.0 - Rollout::is(r.truncated, cell));
        real * (delta + gamma * lambda * goes_on * flow)
    })
}

/// V-trace corrections v_t − V_t (espeholt2018): δ_t with weight ρ_t = min(ρ̄, π/μ), carried back with
/// c_t = λ·min(c̄, π/μ). `ratios` are π(a|s)/μ(a|s).
///
/// # Errors
/// Where the arrays do not fit one another.
pub fn vtrace(
    rollout: &Rollout<'_>,
    ratios: &[f32],
    (gamma, lambda): (f32, f32),
    (most_rho, most_c): (f32, f32),
    corrections: &mut [f32],
) -> Result<()> {
    let r = *rollout;
    if ratios.len() != r.rewards.len() {
        let problem = format!("{} numbers", ratios.len());
        return Err(Error::input("ratios", problem, format!("{}, one a reward", r.rewards.len())));
    }
    rollout.backwards(corrections, |cell, after, flow| {
        let (ended, real) = (r.terminated[cell], 1.0 - Rollout::is(r.reset, cell));
        let delta = r.rewards[cell] + gamma * after * (1.0 - ended) - r.values[cell];
        let goes_on = (1.0 - ended) * (1.0 - Rollout::is(r.truncated, cell));
        real * (ratios[cell].min(most_rho) * delta + gamma * lambda * ratios[cell].min(most_c) * goes_on * flow)
    })
}
