//! Learns in one pass which events come before a target more often than they come at all: retrospective contingency with
//! its precision.
//!
//! Each event leaves a trace that decays, E ← E·exp(−Δt/T), E ← E + 1. M(i ← u) is the mean trace of i when u happens: the
//! expected eligibility trace of van Hasselt et al. 2021, and the M of Jeong et al. 2022. M(i) is its mean over time, here
//! in closed form in place of samples. Predecessor contingency is their difference, PRC = M(i ← u) − M(i); successor
//! contingency is PRC·M(u)/M(i), and the net contingency a mixture of both (jeong2022). What they say of a cause is
//! divided by its standard error to z, and shrunk by max(0, 1 − z₀/z²).

use super::estimate::shrinkage;
use accumbens_core::room::numbers;
use accumbens_core::{Error, Result, room};
use serde::{Deserialize, Serialize};

/// Settings.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// Time constant of traces, s (or steps).
    pub time: f64,
    /// Share of what targets taught that each further target leaves.
    pub keep: f64,
    /// Share of successor contingency in the net one.
    pub successor: f64,
    /// z₀ of the shrinkage.
    pub z0: f64,
    /// Traces below this are nothing: their events are no longer active.
    pub least: f64,
    /// When a cause becomes a target itself; never where absent.
    #[serde(default)]
    pub promotion: Option<Promotion>,
}

/// When a cause becomes a target itself, so that its own causes are found: a meaningful causal target (jeong2022).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Promotion {
    /// How much it must be worth: net contingency, after shrinkage, times the magnitude of its target.
    pub threshold: f64,
    /// At how many happenings of targets in a row.
    pub times: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self { time: 10.0, keep: 1.0, successor: 0.5, z0: 1.0, least: 1e-3, promotion: None }
    }
}

/// A trace: its value when last touched, and over all time before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Trace {
    value: f64,
    last: f64,
    /// ∫E² dt until then.
    square: f64,
    /// Events so far, less what episodes that ended cut off their traces.
    count: f64,
    /// Events so far.
    times: f64,
    active: bool,
}

/// What a target taught of one key: sums over targets, as of one of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Cell {
    sum: f64,
    square: f64,
    /// The target's number when it was last touched.
    at: u32,
}

/// A target's column.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Column {
    key: u32,
    /// Weight of its happenings.
    weight: f64,
    /// Weight of their squares, for the effective count.
    weights: f64,
    /// Mean magnitude.
    magnitude: f64,
    number: u32,
    cells: Vec<Cell>,
    /// Whether it was promoted: its magnitude is what it is worth itself.
    promoted: bool,
}

/// Traces of all keys, and columns of the targets alone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Contingencies {
    settings: Settings,
    traces: Vec<Trace>,
    active: Vec<u32>,
    columns: Vec<Column>,
    /// At how many happenings of targets in a row a key was worth enough to be promoted.
    streaks: Vec<u32>,
    start: f64,
    now: f64,
}

/// A contingency.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Net {
    /// PRC = M(i ← u) − M(i).
    pub predecessor: f64,
    /// SRC = PRC·M(u)/M(i).
    pub successor: f64,
    /// Their mixture.
    pub net: f64,
    /// PRC over its standard error.
    pub z: f64,
    /// What its precision leaves: max(0, 1 − z₀/z²).
    pub kept: f64,
}

/// Checks that the columns of so many targets find room.
fn columns_room(keys: usize, targets: usize) -> Result<()> {
    let (keys, targets) = (("keys", keys as f64), ("targets", targets.max(1) as f64));
    room("Contingency", &[keys, targets, ("numbers of each", numbers::<Cell>())]).map(|_| ())
}

impl Contingencies {
    /// Nothing known yet at `start`: `keys` kinds of event, of which `targets` matter.
    ///
    /// # Errors
    /// Where a setting is outside its domain or a target is no key.
    pub fn new(keys: u32, targets: &[u32], settings: Settings, start: f64) -> Result<Self> {
        let fault = |what: &str, value: f64, good: &str| Err(Error::input(what, format!("{value}"), good));
        if !(settings.time.is_finite() && settings.time > 0.0) {
            return fault("time", settings.time, "above 0");
        }
        if !(settings.keep > 0.0 && settings.keep <= 1.0) {
            return fault("keep", settings.keep, "above 0, at most 1");
        }
        if !(0.0..=1.0).contains(&settings.successor) {
            return fault("successor", settings.successor, "0 to 1");
        }
        if !(settings.z0.is_finite() && settings.z0 >= 0.0) {
            return fault("z0", settings.z0, "0 or more");
        }
        if !(settings.least > 0.0 && settings.least < 1.0) {
            return fault("least", settings.least, "above 0 and below 1");
        }
        if !start.is_finite() {
            return fault("start", start, "a finite time");
        }
        if let Some(p) = settings.promotion.filter(|p| !(p.threshold.is_finite() && p.threshold > 0.0 && p.times > 0)) {
            return fault("promotion", p.threshold, "a threshold above 0, once or more in a row");
        }
        if let Some(target) = targets.iter().find(|t| **t >= keys) {
            return fault("target", f64::from(*target), &format!("a key below {keys}"));
        }
        room("Contingency", &[("keys", f64::from(keys)), ("numbers of each", numbers::<Trace>() + 1.0)])?;
        columns_room(keys as usize, targets.len())?;
        let column = |key: &u32| Column { key: *key, cells: vec![Cell::default(); keys as usize], ..Column::default() };
        Ok(Self {
            settings,
            traces: vec![Trace { last: start, ..Trace::default() }; keys as usize],
            active: Vec::with_capacity(keys as usize),
            columns: targets.iter().map(column).collect(),
            streaks: vec![0; if settings.promotion.is_some() { keys as usize } else { 0 }],
            start,
            now: start,
        })
    }

    /// How many keys there are.
    #[must_use]
    pub fn keys(&self) -> u32 {
        self.traces.len() as u32
    }

    /// How many targets there are.
    #[must_use]
    pub fn targets(&self) -> usize {
        self.columns.len()
    }

    /// Something happens: it leaves a trace, and where it is a target it teaches what came before it.
    ///
    /// # Errors
    /// Where time runs back, the key is unknown, or a new target finds no room.
    #[inline]
    pub fn event(&mut self, key: u32, time: f64, magnitude: f64) -> Result<()> {
        if !(time >= self.now && time.is_finite() && magnitude.is_finite()) || key as usize >= self.traces.len() {
            let found = format!("event {key} of size {magnitude} at {time}");
            let good = format!("keys below {}, not before {}", self.traces.len(), self.now);
            return Err(Error::input("event", found, good));
        }
        self.now = time;
        if let Some(target) = self.columns.iter().position(|c| c.key == key) {
            let own = self.columns[target].promoted.then(|| self.worth(key));
            self.teach(target, time, own.unwrap_or(magnitude));
            if let Some(promotion) = self.settings.promotion {
                self.promote(target, promotion)?;
            }
        }
        let trace = &mut self.traces[key as usize];
        let decay = (-(time - trace.last) / self.settings.time).exp();
        // ∫E² over the silence: E decays twice as fast when squared.
        trace.square += 0.5 * self.settings.time * trace.value * trace.value * (1.0 - decay * decay);
        trace.value = trace.value * decay + 1.0;
        trace.last = time;
        trace.count += 1.0;
        trace.times += 1.0;
        if !trace.active {
            trace.active = true;
            self.active.push(key);
        }
        Ok(())
    }

    fn teach(&mut self, target: usize, time: f64, magnitude: f64) {
        let Settings { time: constant, keep, least, .. } = self.settings;
        let column = &mut self.columns[target];
        column.number += 1;
        column.weight = keep * column.weight + 1.0;
        column.weights = keep * keep * column.weights + 1.0;
        column.magnitude += (magnitude - column.magnitude) / column.weight;
        let (number, traces) = (column.number, &mut self.traces);
        self.active.retain(|key| {
            let trace = &mut traces[*key as usize];
            let value = trace.value * (-(time - trace.last) / constant).exp();
            if value < least {
                trace.active = false;
                return false;
            }
            let cell = &mut column.cells[*key as usize];
            let kept = if keep == 1.0 { 1.0 } else { keep.powi((number - cell.at) as i32) };
            *cell = Cell { sum: kept * cell.sum + value, square: kept * cell.square + value * value, at: number };
            true
        });
    }

    /// What a key is worth: over all targets, the net contingency after shrinkage times the target's magnitude.
    #[must_use]
    pub fn worth(&self, key: u32) -> f64 {
        let of = |u: usize| {
            let net = self.net(key, u);
            net.net * net.kept * self.columns[u].magnitude
        };
        (0..self.columns.len()).filter(|u| self.columns[*u].key != key).map(of).sum()
    }

    /// Makes targets of those causes of a target that have been worth enough for long enough.
    fn promote(&mut self, target: usize, promotion: Promotion) -> Result<()> {
        for i in 0..self.active.len() {
            let key = self.active[i];
            if self.columns.iter().any(|c| c.key == key) {
                continue;
            }
            let net = self.net(key, target);
            let enough = (net.net * net.kept * self.columns[target].magnitude).abs() > promotion.threshold;
            let streak = &mut self.streaks[key as usize];
            *streak = if enough { *streak + 1 } else { 0 };
            if *streak >= promotion.times {
                columns_room(self.traces.len(), self.columns.len() + 1)?;
                let cells = vec![Cell::default(); self.traces.len()];
                self.columns.push(Column { key, cells, promoted: true, ..Column::default() });
            }
        }
        Ok(())
    }

    /// The keys of the targets, those that were promoted last.
    pub fn target_keys(&self) -> impl Iterator<Item = u32> {
        self.columns.iter().map(|c| c.key)
    }

    /// What a target says of a choice where it was made: of `rivals`, the keys among which the choice lay (itself among
    /// them), p(key | u)/p(key) − 1 as `predecessor` and `net`, with z and what it keeps. `policy` is the exact p(key) where
    /// it is known; counts stand for it where not. This is the hindsight coefficient of COCOA (Meulemans et al. 2023).
    #[must_use]
    pub fn among(&self, key: u32, target: usize, rivals: &[u32], policy: Option<f64>) -> Net {
        let column = &self.columns[target];
        let left = |key: u32| {
            let cell = &column.cells[key as usize];
            let kept = self.settings.keep.powi((column.number - cell.at) as i32);
            (kept * cell.sum, kept * cell.square)
        };
        let (mut all, mut squares, mut count) = (0.0, 0.0, 0.0);
        for rival in rivals {
            let (sum, square) = left(*rival);
            (all, squares, count) = (all + sum, squares + square, count + self.traces[*rival as usize].times);
        }
        let (own, _) = left(key);
        let usual = policy.unwrap_or(self.traces[key as usize].times / count.max(1.0));
        if all <= 0.0 || squares <= 0.0 || usual <= 0.0 || usual > 1.0 {
            return Net::default();
        }
        let seen = own / all;
        // As many independent choices as the traces are worth, and the counts of the policy where it was not given.
        let chosen = all * all / squares;
        let spread = usual * (1.0 - usual);
        let error = spread / chosen + if policy.is_some() { 0.0 } else { spread / count };
        let z = if error > 0.0 { (seen - usual) / error.sqrt() } else { 0.0 };
        let lift = seen / usual - 1.0;
        Net { predecessor: lift, successor: 0.0, net: lift, z, kept: shrinkage(z, self.settings.z0) }
    }

    /// M(i): the mean of a key's trace since the beginning, in closed form, and its variance over time.
    #[must_use]
    pub fn base(&self, key: u32) -> (f64, f64) {
        let (trace, elapsed) = (&self.traces[key as usize], self.now - self.start);
        if elapsed <= 0.0 {
            return (0.0, 0.0);
        }
        let constant = self.settings.time;
        let decay = (-(self.now - trace.last) / constant).exp();
        let value = trace.value * decay;
        // Each event adds T in all; what is still there has not been added yet.
        let mean = constant * (trace.count - value) / elapsed;
        let square = trace.square + 0.5 * constant * trace.value * trace.value * (1.0 - decay * decay);
        (mean, (square / elapsed - mean * mean).max(0.0))
    }

    /// M(i ← u) of a target (by its place among the targets): mean and variance of the trace when it happens.
    #[must_use]
    pub fn before(&self, key: u32, target: usize) -> (f64, f64) {
        let column = &self.columns[target];
        if column.weight == 0.0 {
            return (0.0, 0.0);
        }
        let cell = &column.cells[key as usize];
        let kept = self.settings.keep.powi((column.number - cell.at) as i32);
        let mean = kept * cell.sum / column.weight;
        (mean, (kept * cell.square / column.weight - mean * mean).max(0.0))
    }

    /// The contingency of a target on a key.
    ///
    /// The standard error takes the target's happenings as independent, and of the trace's mean over time one sample in
    /// two time constants, for a trace remembers so long.
    #[must_use]
    pub fn net(&self, key: u32, target: usize) -> Net {
        let ((before, spread), (base, variance)) = (self.before(key, target), self.base(key));
        let column = &self.columns[target];
        let predecessor = before - base;
        let (of_target, _) = self.base(column.key);
        let successor = if base > 0.0 { predecessor * of_target / base } else { 0.0 };
        let effective = if column.weights > 0.0 { column.weight * column.weight / column.weights } else { 0.0 };
        let samples = (self.now - self.start) / (2.0 * self.settings.time);
        let error = spread / effective.max(1.0) + variance / samples.max(1.0);
        let z = if error > 0.0 && effective > 1.0 { predecessor / error.sqrt() } else { 0.0 };
        let share = self.settings.successor;
        let net = share * successor + (1.0 - share) * predecessor;
        Net { predecessor, successor, net, z, kept: shrinkage(z, self.settings.z0) }
    }

    /// The mean magnitude of a target.
    #[must_use]
    pub fn magnitude(&self, target: usize) -> f64 {
        self.columns[target].magnitude
    }

    /// Ends an episode: no trace lives on into the next, which begins at `time`.
    pub fn reset(&mut self, time: f64) {
        for key in self.active.drain(..) {
            let trace = &mut self.traces[key as usize];
            // What had not been added yet never will be.
            let left = trace.value * (-(self.now - trace.last) / self.settings.time).exp();
            let decay = left / trace.value;
            trace.square += 0.5 * self.settings.time * trace.value * trace.value * (1.0 - decay * decay);
            trace.count -= left;
            (trace.value, trace.active) = (0.0, false);
        }
        let passed = time.max(self.now) - self.now;
        // The time between episodes is no time.
        self.start += passed;
        self.now += passed;
        self.traces.iter_mut().for_each(|t| t.last = self.now);
    }
}
