//! Evokes microstimuli: each event leaves a decaying memory trace that coarse, overlapping fields read out.
//!
//! With n bins since the last onset of kind s: y = decay^n and x_k = (1/√2π)·exp(−(y − k/m)²/2σ²)·y for k = 1…m
//! (ludvig2008).

use super::bins::Held;
use serde::{Deserialize, Serialize};

/// Beyond this many bins after an onset a microstimulus is computed anew each time.
const TABLE: usize = 4096;
const SILENT: u64 = u64::MAX;

/// Levels of all kinds' microstimuli.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Microstimuli {
    m: usize,
    sigma: f64,
    decay: f64,
    onset: Vec<u64>,
    /// The levels, kind after kind.
    pub level: Vec<f64>,
    /// Levels by bins since onset, filled as they are needed; not part of what is saved.
    #[serde(skip)]
    table: Vec<f64>,
    #[serde(skip)]
    filled: usize,
}

impl Microstimuli {
    /// Nothing evoked yet.
    pub fn new(kinds: usize, m: usize, sigma: f64, decay: f64) -> Self {
        let (onset, level) = (vec![SILENT; kinds], vec![0.0; kinds * m]);
        Self { m, sigma, decay, onset, level, table: vec![0.0; TABLE * m], filled: 0 }
    }

    /// The level of microstimulus `k`, from 0, at height `y` of the memory trace.
    #[inline]
    pub fn at(&self, k: usize, y: f64) -> f64 {
        let distance = (y - (k + 1) as f64 / self.m as f64) / self.sigma;
        (-0.5 * distance * distance).exp() * y / std::f64::consts::TAU.sqrt()
    }

    /// The microstimuli of one kind.
    #[inline]
    pub fn of(&self, kind: usize) -> std::ops::Range<usize> {
        kind * self.m..(kind + 1) * self.m
    }

    /// The onsets of a bin.
    #[inline]
    pub fn start(&mut self, held: &Held<'_>, bin: u64) {
        for kind in held.stimuli {
            self.onset[*kind as usize] = bin;
        }
    }

    /// The onsets of a bin, of the kinds that evoke anything.
    #[inline]
    pub fn start_where(&mut self, held: &Held<'_>, bin: u64, evokes: impl Fn(usize) -> bool) {
        for kind in held.stimuli {
            if evokes(*kind as usize) {
                self.onset[*kind as usize] = bin;
            }
        }
    }

    /// Ends all traces, as if nothing had come yet.
    pub fn end(&mut self) {
        self.onset.fill(SILENT);
        self.level.fill(0.0);
    }

    /// How many bins ago a kind came last.
    #[inline]
    pub fn since(&self, kind: usize, bin: u64) -> Option<u64> {
        (self.onset[kind] != SILENT).then(|| bin - self.onset[kind])
    }

    fn fill(&self, since: u64, out: &mut [f64]) {
        let y = self.decay.powi(since.min(i32::MAX as u64) as i32);
        for (k, x) in out.iter_mut().enumerate() {
            *x = self.at(k, y);
        }
    }

    /// Evokes the levels of a kind `since` bins after its onset.
    #[inline]
    pub fn evoke(&mut self, kind: usize, since: u64) {
        let m = self.m;
        let row = since as usize;
        let here = self.of(kind);
        if row >= TABLE {
            let mut level = std::mem::take(&mut self.level);
            self.fill(since, &mut level[here]);
            self.level = level;
            return;
        }
        let mut table = std::mem::take(&mut self.table);
        if table.is_empty() {
            table = vec![0.0; TABLE * m];
        }
        while self.filled <= row {
            let at = self.filled * m;
            self.fill(self.filled as u64, &mut table[at..at + m]);
            self.filled += 1;
        }
        self.level[here].copy_from_slice(&table[row * m..(row + 1) * m]);
        self.table = table;
    }

    /// Evokes the levels of all kinds in a bin.
    pub fn evoke_all(&mut self, bin: u64) {
        self.evoke_where(bin, |_| true);
    }

    /// Evokes the levels of some kinds in a bin.
    pub fn evoke_where(&mut self, bin: u64, evokes: impl Fn(usize) -> bool) {
        for kind in 0..self.onset.len() {
            if let Some(since) = self.since(kind, bin).filter(|_| evokes(kind)) {
                self.evoke(kind, since);
            }
        }
    }

    /// What a kind's weights make of its microstimuli one bin after its onset.
    pub fn at_onset(&self, weights: &[f64], kind: usize) -> f64 {
        weights[self.of(kind)].iter().enumerate().map(|(k, w)| w * self.at(k, self.decay)).sum()
    }
}
