//! Keeps a complete serial compound: every stimulus starts a chain of states, one a bin, until the next stimulus.
//!
//! Stimuli of one bin start their chains together, and their values add. Before the first stimulus the chain of the
//! first outcome runs. A chain's last state repeats.

use super::bins::{Bins, Held};
use accumbens_core::{Event, EventKind};
use serde::{Deserialize, Serialize};

/// Chains of states, and those that run.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Chains {
    /// The bins under the chains.
    pub bins: Bins,
    /// The kinds of event, one chain each.
    pub kinds: Vec<EventKind>,
    /// The first state of each chain.
    pub first: Vec<u32>,
    /// The number of states of each chain.
    pub length: Vec<u32>,
    running: Vec<u32>,
    began: u64,
    /// The states of the bin last ticked.
    pub now: Vec<u32>,
    /// The states of the bin before it.
    pub before: Vec<u32>,
}

/// One bin.
#[derive(Clone, Copy, Debug)]
pub struct Tick {
    /// The end of the bin, s.
    pub time: f64,
    /// Reward in it.
    pub reward: f64,
    /// The largest magnitude of its cues.
    pub cue_magnitude: f64,
    /// Whether a stimulus came.
    pub onset: bool,
}

impl Chains {
    /// Chains of these lengths, in states of `dt` seconds.
    pub fn new(dt: f64, kinds: &[EventKind], length: Vec<u32>) -> Self {
        let first = length.iter().scan(0, |at, n| Some(std::mem::replace(at, *at + n))).collect();
        let n = kinds.len();
        let mut running = Vec::with_capacity(n);
        running.extend(kinds.iter().position(EventKind::is_outcome).or((n > 0).then_some(0)).map(|k| k as u32));
        Self {
            bins: Bins::new(dt, n),
            kinds: kinds.to_vec(),
            first,
            length,
            running,
            began: 1,
            now: Vec::with_capacity(n + 1),
            before: Vec::with_capacity(n + 1),
        }
    }

    /// Chains that all span `seconds`.
    pub fn spanning(dt: f64, kinds: &[EventKind], seconds: f64) -> Self {
        let states = ((seconds / dt).ceil() as u32).max(1);
        Self::new(dt, kinds, vec![states; kinds.len()])
    }

    /// How many states there are.
    pub fn states(&self) -> usize {
        self.length.iter().sum::<u32>() as usize
    }

    /// The chains that run.
    #[inline]
    pub fn running(&self) -> &[u32] {
        &self.running
    }

    /// Ends what runs and starts one chain in this bin.
    pub fn start(&mut self, kind: u32, bin: u64) {
        self.running.clear();
        self.running.push(kind);
        self.began = bin;
    }

    /// Whether a chain repeats its last state, having run out.
    #[inline]
    pub fn stays(&self) -> bool {
        let last = |c: &u32| self.first[*c as usize] + self.length[*c as usize] - 1;
        self.now == self.before
            && self.running.len() == self.now.len()
            && self.running.iter().map(last).eq(self.now.iter().copied())
    }

    /// Ticks one bin; `starts` says which of its stimuli start chains, `place` where chain `k` stands `n` bins after
    /// its start (`None` where it has no state then).
    #[inline]
    pub fn step(
        &mut self,
        starts: impl Fn(&Held<'_>) -> std::ops::Range<usize>,
        place: impl Fn(&Self, u32, u64) -> Option<u32>,
    ) -> Tick {
        let bin = self.bins.done + 1;
        let held = self.bins.held(bin);
        let tick = Tick {
            time: self.bins.end(bin),
            reward: held.reward,
            cue_magnitude: held.cue_magnitude,
            onset: !held.stimuli.is_empty(),
        };
        let started = &held.stimuli[starts(&held)];
        if !started.is_empty() {
            self.running.clear();
            self.running.extend_from_slice(started);
            self.began = bin;
        }
        self.bins.done = bin;
        std::mem::swap(&mut self.now, &mut self.before);
        let mut now = std::mem::take(&mut self.now);
        now.clear();
        now.extend(self.running.iter().filter_map(|k| place(self, *k, bin - self.began)));
        self.now = now;
        tick
    }

    /// Ticks one bin in which every stimulus starts its chain.
    #[inline]
    pub fn tick(&mut self) -> Tick {
        self.step(|held| 0..held.stimuli.len(), |chains, k, n| Some(chains.state(k, n)))
    }

    /// The state of chain `k`, `n` bins after its start.
    #[inline]
    pub fn state(&self, k: u32, n: u64) -> u32 {
        let k = k as usize;
        self.first[k] + n.min(u64::from(self.length[k]) - 1) as u32
    }

    /// The first state of a kind's chain: its value is that of the kind's onset.
    #[inline]
    pub fn onset(&self, kind: usize) -> usize {
        self.first[kind] as usize
    }

    /// Puts events into their bin.
    pub fn put(&mut self, now: &[Event]) {
        for event in now {
            self.bins.put(event, &self.kinds);
        }
    }

    /// The last bin that ends before `until`, the time of what comes next; 0 where there are no kinds.
    #[inline]
    pub fn before(&self, until: f64) -> u64 {
        if self.kinds.is_empty() { 0 } else { self.bins.of(until) - 1 }
    }

    /// The last bin of a recording that ends at `until`; 0 where there are no kinds.
    #[inline]
    pub fn at_end(&self, until: f64) -> u64 {
        if self.kinds.is_empty() { 0 } else { self.bins.last_whole(until) }
    }
}

/// The summed value of states.
#[inline]
pub fn value(values: &[f64], states: &[u32]) -> f64 {
    match states {
        [one] => values[*one as usize],
        many => many.iter().map(|s| values[*s as usize]).sum(),
    }
}

/// Raises the value of states.
#[inline]
pub fn learn(values: &mut [f64], states: &[u32], step: f64) {
    for s in states {
        values[*s as usize] += step;
    }
}
