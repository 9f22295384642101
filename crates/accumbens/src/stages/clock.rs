//! Changes the clock: keeps a part of the session, or puts it on a regular grid.

use accumbens_core::cleaning::{Resample, Trim};
use accumbens_core::{Entry, Error, Recording, Result, Stage, room};

/// Keeps a part of the session.
pub struct TrimStage(
    /// The part.
    pub Trim,
);

/// Puts every channel on a regular grid.
pub struct ResampleStage(
    /// The grid.
    pub Resample,
);

impl Stage for TrimStage {
    fn name(&self) -> &'static str {
        "trim"
    }

    fn apply(&self, mut recording: Recording) -> Result<Recording> {
        let (Some(first), Some(last)) = (recording.times.first().copied(), recording.times.last().copied()) else {
            return Ok(recording);
        };
        let from = recording.times.partition_point(|t| *t < first + self.0.start);
        let to = recording.times.partition_point(|t| *t <= last - self.0.end);
        if from >= to {
            let problem = format!("{} s and {} s of a session of {} s", self.0.start, self.0.end, last - first);
            return Err(Error::input("trim", problem, "less than the session"));
        }
        recording.times = recording.times[from..to].to_vec();
        recording.channels.iter_mut().for_each(|c| c.data = c.data[from..to].to_vec());
        recording.history.push(Entry::new(self.name(), &self.0));
        Ok(recording)
    }
}

impl Stage for ResampleStage {
    fn name(&self) -> &'static str {
        "resample"
    }

    fn apply(&self, mut recording: Recording) -> Result<Recording> {
        let (Some(first), Some(own)) = (recording.times.first().copied(), recording.interval()) else {
            return Err(Error::input("resample", "a recording without samples", "two or more samples"));
        };
        let (step, channels) = (1.0 / self.0.rate, recording.channels.len().max(1) as f64);
        let last = recording.times[recording.times.len() - 1];
        room("resample", &[("rate (Hz)", self.0.rate), ("seconds", last - first), ("channels", channels)])?;
        let count = ((last - first) / step).floor() as usize + 1;
        let grid: Vec<f64> = (0..count).map(|i| first + i as f64 * step).collect();
        let times = std::mem::take(&mut recording.times);
        for channel in &mut recording.channels {
            channel.data = if step > own {
                averages(&times, &channel.data, first, step, count)
            } else {
                lines(&times, &channel.data, &grid, 5.0 * own)
            };
        }
        recording.times = grid;
        let mut entry = Entry::new(self.name(), &self.0);
        entry.found("rate before (Hz)", 1.0 / own);
        recording.history.push(entry);
        Ok(recording)
    }
}

/// The mean of the samples nearest to each time of the grid.
fn averages(times: &[f64], data: &[f64], first: f64, step: f64, count: usize) -> Vec<f64> {
    let (mut sums, mut counts) = (vec![0.0; count], vec![0.0; count]);
    for (t, x) in times.iter().zip(data).filter(|(_, x)| x.is_finite()) {
        let bin = ((t - first) / step).round() as usize;
        if bin < count {
            sums[bin] += x;
            counts[bin] += 1.0;
        }
    }
    sums.iter().zip(counts).map(|(s, n)| s / n).collect()
}

/// Values at the times of the grid by lines between samples, where those are at most `reach` apart.
fn lines(times: &[f64], data: &[f64], grid: &[f64], reach: f64) -> Vec<f64> {
    let mut at = 0;
    let value = |t: &f64| {
        while at + 2 < times.len() && times[at + 1] <= *t {
            at += 1;
        }
        let (t0, t1) = (times[at], times[at + 1]);
        if t1 - t0 > reach { f64::NAN } else { data[at] + (data[at + 1] - data[at]) * (t - t0) / (t1 - t0) }
    };
    grid.iter().map(value).collect()
}
