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

/// Cells that are worked on at once.
const BLOCK: usize = 64;

/// Lanes whose sequences are followed at once.
const ABREAST: usize = 4;

/// Nothing, for a block of cells of which something is not said.
const NONE: [f32; BLOCK] = [0.0; BLOCK];

/// What is said of one cell, and the value that follows it.
#[derive(Clone, Copy)]
struct Cell {
    reward: f32,
    value: f32,
    after: f32,
    ended: f32,
    truncated: f32,
    reset: f32,
    ratio: f32,
}

impl Cell {
    /// The error of the value's prediction.
    fn error(self, gamma: f32) -> f32 {
        self.reward + gamma * self.after * (1.0 - self.ended) - self.value
    }

    /// Whether what follows flows back over it, and whether it is a step.
    fn goes_on(self) -> (f32, f32) {
        ((1.0 - self.ended) * (1.0 - self.truncated), 1.0 - self.reset)
    }
}

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

    /// What is added in each of a block of adjoining cells, and the share that flows back over it.
    fn block(
        &self,
        from: usize,
        after: &[f32],
        ratios: Option<&[f32]>,
        one: &impl Fn(Cell) -> (f32, f32),
        (added, kept): (&mut [f32; BLOCK], &mut [f32; BLOCK]),
    ) {
        let n = after.len();
        let (rewards, values) = (&self.rewards[from..from + n], &self.values[from..from + n]);
        let ended = &self.terminated[from..from + n];
        let truncated = self.truncated.map_or(&NONE[..n], |a| &a[from..from + n]);
        let reset = self.reset.map_or(&NONE[..n], |a| &a[from..from + n]);
        let ratio = ratios.map_or(&NONE[..n], |a| &a[from..from + n]);
        let (added, kept) = (&mut added[..n], &mut kept[..n]);
        for j in 0..n {
            (added[j], kept[j]) = one(Cell {
                reward: rewards[j],
                value: values[j],
                after: after[j],
                ended: ended[j],
                truncated: truncated[j],
                reset: reset[j],
                ratio: ratio[j],
            });
        }
    }

    /// Writes `advantages` from the last step to the first: `one` says what a cell adds, and the share of what follows that
    /// flows back over it.
    fn backwards(
        &self,
        advantages: &mut [f32],
        ratios: Option<&[f32]>,
        one: impl Fn(Cell) -> (f32, f32) + Sync,
    ) -> Result<()> {
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
            let several = advantages.par_chunks_mut(ABREAST * steps).enumerate();
            several.for_each(|(i, rows)| self.sequences(i * ABREAST, rows, ratios, &one));
            return Ok(());
        }
        // Rows are cut into as many parts of lanes as there are threads: lanes are independent of one another.
        let width = lanes.div_ceil(rayon::current_num_threads()).next_multiple_of(BLOCK);
        let mut parts: Vec<Vec<&mut [f32]>> = (0..lanes.div_ceil(width)).map(|_| Vec::with_capacity(steps)).collect();
        for row in advantages.chunks_exact_mut(lanes) {
            row.chunks_mut(width).zip(&mut parts).for_each(|(part, all)| all.push(part));
        }
        parts.into_par_iter().enumerate().for_each(|(i, rows)| self.environments(i * width, rows, ratios, &one));
        Ok(())
    }

    /// The lanes from one on, step by step; `rows` are their cells of each step.
    fn environments(
        &self,
        first: usize,
        mut rows: Vec<&mut [f32]>,
        ratios: Option<&[f32]>,
        one: &impl Fn(Cell) -> (f32, f32),
    ) {
        let (steps, lanes) = (rows.len(), self.lanes);
        let mut flows = vec![0.0_f32; rows[0].len()];
        let (mut added, mut kept) = (NONE, NONE);
        for (t, row) in rows.iter_mut().enumerate().rev() {
            for (k, (out, flows)) in row.chunks_mut(BLOCK).zip(flows.chunks_mut(BLOCK)).enumerate() {
                let lane = first + k * BLOCK;
                let from = t * lanes + lane;
                let after = match self.next_values {
                    Some(next) => &next[from..from + out.len()],
                    None if t + 1 == steps => &self.last[lane..lane + out.len()],
                    None => &self.values[from + lanes..from + lanes + out.len()],
                };
                self.block(from, after, ratios, one, (&mut added, &mut kept));
                for (((out, flow), added), kept) in out.iter_mut().zip(flows).zip(&added).zip(&kept) {
                    *flow = added + kept * *flow;
                    *out = *flow;
                }
            }
        }
    }

    /// The lanes from one on, abreast; `rows` are all their cells.
    fn sequences(&self, first: usize, rows: &mut [f32], ratios: Option<&[f32]>, one: &impl Fn(Cell) -> (f32, f32)) {
        let steps = self.steps();
        let count = rows.len() / steps;
        let mut flows = [0.0_f32; ABREAST];
        let (mut added, mut kept, mut shifted) = ([NONE; ABREAST], [NONE; ABREAST], NONE);
        for start in (0..steps).step_by(BLOCK).rev() {
            let n = BLOCK.min(steps - start);
            for lane in 0..count {
                let from = (first + lane) * steps + start;
                let after = self.next_values.map_or_else(
                    || {
                        let end = start + n == steps;
                        let within = n - usize::from(end);
                        shifted[..within].copy_from_slice(&self.values[from + 1..from + 1 + within]);
                        if end {
                            shifted[within] = self.last[first + lane];
                        }
                        &shifted[..n]
                    },
                    |next| &next[from..from + n],
                );
                self.block(from, after, ratios, one, (&mut added[lane], &mut kept[lane]));
            }
            // One sequence waits for itself at every step; several abreast do not.
            for i in (0..n).rev() {
                for lane in 0..ABREAST {
                    flows[lane] = added[lane][i] + kept[lane][i] * flows[lane];
                    added[lane][i] = flows[lane];
                }
            }
            for (row, added) in rows.chunks_exact_mut(steps).zip(&added) {
                row[start..start + n].copy_from_slice(&added[..n]);
            }
        }
    }
}

/// Generalised advantage estimation (schulman2016): A_t = δ_t + γλ·A_{t+1}, δ_t = r_t + γ·V_{t+1} − V_t.
///
/// # Errors
/// Where the arrays do not fit one another.
pub fn gae(rollout: &Rollout<'_>, gamma: f32, lambda: f32, advantages: &mut [f32]) -> Result<()> {
    rollout.backwards(advantages, None, |cell| {
        let (goes_on, real) = cell.goes_on();
        (real * cell.error(gamma), real * (gamma * lambda * goes_on))
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
    if ratios.len() != rollout.rewards.len() {
        let problem = format!("{} numbers", ratios.len());
        return Err(Error::input("ratios", problem, format!("{}, one a reward", rollout.rewards.len())));
    }
    rollout.backwards(corrections, Some(ratios), |cell| {
        let (goes_on, real) = cell.goes_on();
        let carried = gamma * lambda * cell.ratio.min(most_c) * goes_on;
        (real * (cell.ratio.min(most_rho) * cell.error(gamma)), real * carried)
    })
}
