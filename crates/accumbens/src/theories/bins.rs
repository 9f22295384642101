//! Keeps the bins of the time-step theories: bin i holds the events of ((i−1)·dt, i·dt] and ends at i·dt.

use accumbens_core::{Event, EventKind};
use serde::{Deserialize, Serialize};

/// What happened in the bin that is still open, and how far time has been ticked.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Bins {
    /// Width of a bin, s.
    pub dt: f64,
    /// The last bin that was ticked; bins count from 1.
    pub done: u64,
    open: u64,
    stimuli: Vec<u32>,
    reward: f64,
    cue_magnitude: f64,
}

/// What a bin held.
#[derive(Clone, Copy, Debug, Default)]
pub struct Held<'a> {
    /// The stimuli, each kind once, in the order of kinds.
    pub stimuli: &'a [u32],
    /// Reward: the sum of magnitude × innate value over its outcomes.
    pub reward: f64,
    /// The largest magnitude of its cues.
    pub cue_magnitude: f64,
}

impl Held<'_> {
    /// The stimulus that counts where only one can: the last in the order of kinds, as in the published code.
    pub fn last(&self) -> Option<u32> {
        self.stimuli.last().copied()
    }
}

impl Bins {
    /// Bins of this width (s) for these kinds, none ticked.
    pub fn new(dt: f64, kinds: usize) -> Self {
        let stimuli = Vec::with_capacity(kinds);
        Self { dt, done: 0, open: 0, stimuli, reward: 0.0, cue_magnitude: 0.0 }
    }

    /// The bin of a time. Bin 1 also holds time 0.
    #[inline]
    pub fn of(&self, time: f64) -> u64 {
        ((time / self.dt).ceil() as u64).max(1)
    }

    /// The end of a bin, s.
    #[inline]
    pub fn end(&self, bin: u64) -> f64 {
        bin as f64 * self.dt
    }

    /// The last bin that a recording of this length holds whole.
    #[inline]
    pub fn last_whole(&self, duration: f64) -> u64 {
        (duration / self.dt).floor() as u64
    }

    /// Puts an event into its bin.
    pub fn put(&mut self, event: &Event, kinds: &[EventKind]) {
        let bin = self.of(event.time);
        if bin != self.open {
            (self.open, self.reward, self.cue_magnitude) = (bin, 0.0, 0.0);
            self.stimuli.clear();
        }
        let kind = &kinds[event.kind.index()];
        if kind.is_stimulus()
            && let Err(place) = self.stimuli.binary_search(&event.kind.0)
        {
            self.stimuli.insert(place, event.kind.0);
        }
        if kind.is_outcome() {
            self.reward += event.magnitude * kind.value;
        } else if kind.is_stimulus() {
            self.cue_magnitude = self.cue_magnitude.max(event.magnitude);
        }
    }

    /// What this bin held, if it is the one events were put into.
    #[inline]
    pub fn held(&self, bin: u64) -> Held<'_> {
        if bin != self.open {
            return Held::default();
        }
        Held { stimuli: &self.stimuli, reward: self.reward, cue_magnitude: self.cue_magnitude }
    }
}

/// The discount of one bin from the two ways to give it: per bin where that is set, else exp(−dt/τ).
#[inline]
pub fn discount(gamma_per_bin: f64, tau: f64, dt: f64) -> f64 {
    if gamma_per_bin.is_nan() { (-dt / tau).exp() } else { gamma_per_bin }
}
