//! Marks samples that are no light: sudden jumps, saturation, lost light, and times the user knows of.

use super::pieces::{MAD_TO_SD, median_absolute};
use accumbens_core::cleaning::Artefacts;
use accumbens_core::{Entry, Recording, Result, Stage};

/// Artefacts of some channels. What is found in one channel is marked in all.
pub struct ArtefactStage {
    /// What counts as one.
    pub artefacts: Artefacts,
    /// The channels.
    pub channels: Vec<String>,
}

impl ArtefactStage {
    /// Marks what is wrong in one channel; returns how many jumps and saturated samples there are.
    fn mark(&self, data: &[f64], bad: &mut [bool]) -> (usize, usize) {
        let (mut jumps, mut saturated) = (0, 0);
        if self.artefacts.jump > 0.0 {
            let changes: Vec<f64> = data.windows(2).map(|w| w[1] - w[0]).collect();
            let far = self.artefacts.jump * MAD_TO_SD * median_absolute(&changes);
            for (i, change) in changes.iter().enumerate().filter(|(_, c)| c.abs() > far && far > 0.0) {
                jumps += usize::from(change.is_finite());
                (bad[i], bad[i + 1]) = (true, true);
            }
        }
        for (i, x) in data.iter().enumerate() {
            if self.artefacts.above.is_some_and(|a| *x >= a) || self.artefacts.below.is_some_and(|b| *x <= b) {
                saturated += 1;
                bad[i] = true;
            }
        }
        (jumps, saturated)
    }
}

impl Stage for ArtefactStage {
    fn name(&self) -> &'static str {
        "artefacts"
    }

    fn apply(&self, mut recording: Recording) -> Result<Recording> {
        let mut entry = Entry::new(self.name(), &self.artefacts);
        let times = std::mem::take(&mut recording.times);
        let mut bad = vec![false; times.len()];
        for name in &self.channels {
            let (jumps, saturated) = self.mark(&recording.channel_mut(self.name(), name)?.data, &mut bad);
            entry.found(format!("{name}: jumps"), jumps as f64);
            entry.found(format!("{name}: saturated or lost samples"), saturated as f64);
        }
        let mut marked = vec![false; times.len()];
        let mut mark = |from: f64, to: f64| {
            let rows = times.partition_point(|t| *t < from)..times.partition_point(|t| *t <= to);
            marked[rows].fill(true);
        };
        self.artefacts.times.iter().for_each(|[from, to]| mark(*from, *to));
        let pad = self.artefacts.pad;
        // Runs of bad samples are padded together, so that a long one costs no more than a short one.
        let mut i = 0;
        while i < bad.len() {
            if !bad[i] {
                i += 1;
                continue;
            }
            let from = i;
            while i < bad.len() && bad[i] {
                i += 1;
            }
            mark(times[from] - pad, times[i - 1] + pad);
        }
        for name in &self.channels {
            let data = &mut recording.channel_mut(self.name(), name)?.data;
            data.iter_mut().zip(&marked).filter(|(_, m)| **m).for_each(|(x, _)| *x = f64::NAN);
        }
        let share = marked.iter().filter(|m| **m).count() as f64 / marked.len().max(1) as f64;
        entry.found("marked (% of samples)", 100.0 * share);
        recording.times = times;
        recording.history.push(entry);
        Ok(recording)
    }
}
