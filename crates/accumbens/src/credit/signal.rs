//! Gives each event of a sequence its share of the credit, by what such events were followed by in earlier batches.
//!
//! Three ways, each with what it promises. `potential`: the group's advantage less a baseline Φ of the events that came
//! before; Φ knows earlier batches only, so the policy gradient stays unbiased (up to its scale, which is of earlier batches
//! too after the first where `group.prior` is infinite). `contribution`: the mean outcome after an
//! event less that without knowing of it, J·(E[R | c, a] − E[R | c]), shrunk by its precision: a hindsight coefficient
//! (mesnard2021, meulemans2023), unbiased in the limit where the event tells the outcome. `gate`: the group's advantage
//! spread by how much events matter, its sum kept; bounded and biased, a heuristic.

use super::estimate::{Estimate, Prior, shrinkage};
use super::group::{Group, group_advantages};
use super::memory::Memory;
use super::{channels::fused, conflict};
use accumbens_core::{Error, Result};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// How credit is given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// A baseline of the past.
    #[default]
    Potential,
    /// Hindsight coefficients.
    Contribution,
    /// A gate that keeps the sum.
    Gate,
}

/// Settings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Credit {
    /// How credit is given.
    pub mode: Mode,
    /// How sequences are compared in their group.
    pub group: Group,
    /// Weight of each channel; as many as channels.
    pub weights: Vec<f64>,
    /// Whether channels are weighed by their precision too.
    pub precision: bool,
    /// Prior and forgetting of what events were followed by; one number is one sequence.
    pub prior: Prior,
    /// z₀ of the shrinkage; 0 shrinks nothing.
    pub z0: f64,
    /// How far a gate may open or close: it lies in [1 − k, 1 + k].
    pub gate: f64,
    /// Where events come together, each is asked what it adds to the others: at most so many events in a context, by
    /// recursive least squares over the sequences in which they came. Each is asked alone where absent.
    #[serde(default)]
    pub adjust: Option<usize>,
}

impl Credit {
    /// The usual settings for so many channels.
    #[must_use]
    pub fn new(channels: usize) -> Self {
        Self {
            mode: Mode::default(),
            group: Group { prior: Some(f64::INFINITY), ..Group::default() },
            weights: vec![1.0; channels],
            precision: false,
            prior: Prior { keep: Prior::half_life(512.0), ..Prior::default() },
            z0: 1.0,
            gate: 0.5,
            adjust: None,
        }
    }
}

/// What lies between two means, and the variance of that.
fn apart(prior: &Prior, after: &Estimate, all: &Estimate) -> (f64, f64) {
    (after.mean(prior) - all.mean(prior), after.uncertainty(prior) + all.uncertainty(prior))
}

/// One channel of rows of `channels`.
fn column(rows: &[f64], channel: usize, channels: usize) -> Vec<f64> {
    rows.iter().skip(channel).step_by(channels).copied().collect()
}

/// A batch of `sequences` sequences of `length` events.
#[derive(Clone, Copy, Debug)]
pub struct Batch<'a> {
    /// Events, row by row; negative where there is none to speak of.
    pub events: &'a [i32],
    /// Whether a place belongs to its sequence.
    pub mask: &'a [bool],
    /// Rewards, (sequences, channels), or (sequences, length, channels) row by row; NaN where a channel skips a sequence.
    pub rewards: &'a [f64],
    /// The group of each sequence.
    pub groups: &'a [i64],
    /// The context of each sequence or, as the events, of each place, where events mean different things in different ones:
    /// the state in which an action was taken.
    pub contexts: Option<&'a [u32]>,
    /// Places of a sequence.
    pub length: usize,
}

/// What comes out, row by row as the events.
#[derive(Clone, Debug, PartialEq)]
pub struct Signal {
    /// Advantages.
    pub advantages: Vec<f32>,
    /// What each event is worth after shrinkage, over all channels.
    pub weights: Vec<f32>,
    /// How many standard errors the channel that speaks loudest lies from nothing.
    pub z: Vec<f32>,
    /// Advantage of each sequence, over all channels.
    pub sequences: Vec<f64>,
    /// The weight of each channel in it: the given one times its precision.
    pub channels: Vec<f64>,
    /// Cosines of the channels' advantages.
    pub conflict: Vec<f64>,
}

impl Batch<'_> {
    /// The context of a place.
    fn context(&self, cell: usize) -> u32 {
        self.contexts.map_or(0, |c| if c.len() == self.groups.len() { c[cell / self.length] } else { c[cell] })
    }

    /// The contexts of a sequence, and the events that it had in them.
    fn had(&self, b: usize) -> (BTreeSet<u32>, BTreeSet<(u32, u32)>) {
        let cells = (b * self.length..(b + 1) * self.length).filter(|c| self.mask[*c]);
        let mut contexts: BTreeSet<u32> = cells.clone().map(|c| self.context(c)).collect();
        if self.contexts.is_none_or(|c| c.len() == self.groups.len()) {
            contexts.insert(self.contexts.map_or(0, |c| c[b]));
        }
        let event = |c: usize| Some((self.context(c), u32::try_from(self.events[c]).ok()?));
        (contexts, cells.filter_map(event).collect())
    }

    /// The sum of each sequence's rewards, by channel.
    fn totals(&self, channels: usize) -> Result<Vec<f64>> {
        let (sequences, cells) = (self.groups.len(), self.events.len());
        let fault = |what: &str, found: usize, good: String| Err(Error::input(what, format!("{found} numbers"), good));
        if cells != sequences * self.length {
            return fault("events", cells, format!("{sequences} sequences of {}", self.length));
        }
        if self.mask.len() != cells {
            return fault("mask", self.mask.len(), format!("{cells}, one an event"));
        }
        if let Some(contexts) = self.contexts.filter(|c| c.len() != sequences && c.len() != cells) {
            return fault("context", contexts.len(), format!("{sequences} or {cells}: one a sequence or a place"));
        }
        if self.rewards.len() == sequences * channels {
            return Ok(self.rewards.to_vec());
        }
        if self.rewards.len() != cells * channels {
            let good =
                format!("{} or {}: one a sequence or a place, and channel", sequences * channels, cells * channels);
            return fault("rewards", self.rewards.len(), good);
        }
        let mut totals = vec![0.0; sequences * channels];
        for (cell, row) in self.rewards.chunks_exact(channels).enumerate().filter(|(cell, _)| self.mask[*cell]) {
            let sequence = cell / self.length;
            row.iter().enumerate().for_each(|(k, r)| totals[sequence * channels + k] += r);
        }
        Ok(totals)
    }
}

impl Credit {
    /// Checks the settings.
    ///
    /// # Errors
    /// Where one is outside its domain.
    pub fn check(&self) -> Result<()> {
        self.group.check()?;
        self.prior.check()?;
        if self.weights.is_empty() || self.weights.iter().any(|w| !w.is_finite()) {
            return Err(Error::input("weights", format!("{:?}", self.weights), "a finite number a channel"));
        }
        if !(self.z0.is_finite() && self.z0 >= 0.0) {
            return Err(Error::input("z0", format!("{}", self.z0), "0 or more"));
        }
        if self.adjust == Some(0) {
            return Err(Error::input("adjust", "0", "1 event or more"));
        }
        if !(0.0..=1.0).contains(&self.gate) {
            return Err(Error::input("gate", format!("{}", self.gate), "0 to 1"));
        }
        Ok(())
    }

    /// What an event of a context was worth in earlier batches: over all channels after shrinkage, and the largest z.
    fn worth(&self, memory: &Memory, context: u32, event: i32, channels: &[f64], scale: &[f64]) -> (f64, f64) {
        if self.adjust.is_some() {
            return self.added(memory, context, event, channels, scale);
        }
        let known = u32::try_from(event).ok().and_then(|e| memory.after.get(&context)?.get(&e));
        let (Some(after), Some(all)) = (known, memory.all.get(&context)) else { return (0.0, 0.0) };
        let mut worth = 0.0;
        let mut loudest = 0.0_f64;
        for (k, weight) in channels.iter().enumerate() {
            if after[k].count == 0.0 {
                continue;
            }
            let (difference, variance) = apart(&self.prior, &after[k], &all[k]);
            let z = difference / variance.sqrt();
            let kept = if self.z0 == 0.0 { 1.0 } else { shrinkage(z, self.z0) };
            worth += weight * kept * difference / scale[k];
            loudest = if z.abs() > loudest.abs() { z } else { loudest };
        }
        (worth, loudest)
    }

    /// The same where events come together: what the event adds to the others, less what it adds on average.
    fn added(&self, memory: &Memory, context: u32, event: i32, channels: &[f64], scale: &[f64]) -> (f64, f64) {
        let of = memory.together.get(&context);
        let Some((of, place)) = of.and_then(|t| Some((t, *t.places.get(&u32::try_from(event).ok()?)?))) else {
            return (0.0, 0.0);
        };
        let rest = 1.0 - of.came[place as usize] / of.sequences.max(1.0);
        let (mut worth, mut loudest) = (0.0, 0.0_f64);
        for (k, weight) in channels.iter().enumerate() {
            let (adds, error) = of.channels[k].weight(place);
            let z = if error > 0.0 && error.is_finite() { adds / error } else { 0.0 };
            let kept = if self.z0 == 0.0 { 1.0 } else { shrinkage(z, self.z0) };
            worth += weight * kept * adds * rest / scale[k];
            loudest = if z.abs() > loudest.abs() { z } else { loudest };
        }
        (worth, loudest)
    }

    /// What events of a context are worth by what earlier batches taught, and the largest z of each; nothing is learnt.
    ///
    /// # Errors
    /// Where the settings or the memory do not fit.
    pub fn known(&self, memory: &Memory, context: u32, events: &[i32]) -> Result<Vec<(f64, f64)>> {
        self.check()?;
        let count = self.weights.len();
        memory.check(count)?;
        let (channels, scale) = (self.channels(memory), self.scale(memory));
        Ok(events.iter().map(|e| self.worth(memory, context, *e, &channels, &scale)).collect())
    }

    /// What one of each channel is divided by: its spread in groups, as earlier batches had it.
    fn scale(&self, memory: &Memory) -> Vec<f64> {
        let known = |k: usize| memory.spread.get(k).filter(|s| s.count > 0.0).map(|s| s.seen);
        let scale = |k| if self.group.prior.is_some() { known(k).map_or(1.0, |s| s.sqrt().max(1e-4)) } else { 1.0 };
        (0..self.weights.len()).map(scale).collect()
    }

    /// The weight of each channel, its precision included.
    fn channels(&self, memory: &Memory) -> Vec<f64> {
        let count = self.weights.len();
        let precision = if self.precision { self.trusted(memory, count) } else { vec![1.0; count] };
        self.weights.iter().zip(&precision).map(|(w, p)| w * p).collect()
    }

    /// The signal of a batch, from what earlier ones taught; then `memory` learns this one.
    ///
    /// # Errors
    /// Where arrays do not fit one another or a setting is outside its domain.
    pub fn give(&self, batch: &Batch<'_>, memory: &mut Memory) -> Result<Signal> {
        self.check()?;
        let count = self.weights.len();
        let totals = batch.totals(count)?;
        memory.check(count)?;
        memory.spread.resize(count, Estimate::default());
        let known = |k: usize| (memory.spread[k].count > 0.0).then(|| memory.spread[k].seen);
        let scale = self.scale(memory);
        let mut advantages = vec![0.0; totals.len()];
        for k in 0..count {
            let column = group_advantages(&column(&totals, k, count), batch.groups, &self.group, known(k))?;
            column.into_iter().enumerate().for_each(|(b, a)| advantages[b * count + k] = a);
        }
        let channels = self.channels(memory);
        let row = |row: &[f64]| row.iter().zip(&channels).filter(|(a, _)| !a.is_nan()).map(|(a, w)| a * w).sum();
        let sequences: Vec<f64> = advantages.chunks_exact(count).map(row).collect();
        let mut signal = Signal {
            advantages: vec![0.0; batch.events.len()],
            weights: vec![0.0; batch.events.len()],
            z: vec![0.0; batch.events.len()],
            conflict: conflict(&advantages, count),
            sequences,
            channels,
        };
        for b in 0..batch.groups.len() {
            self.sequence(batch, memory, b, &scale, &mut signal);
        }
        self.learn(batch, memory, &totals)?;
        Ok(signal)
    }

    fn sequence(&self, batch: &Batch<'_>, memory: &Memory, b: usize, scale: &[f64], signal: &mut Signal) {
        let range = b * batch.length..(b + 1) * batch.length;
        let whole = signal.sequences[b];
        let (mut seen, mut potential) = (BTreeSet::new(), 0.0);
        for cell in range.clone().filter(|c| batch.mask[*c]) {
            let (context, event) = (batch.context(cell), batch.events[cell]);
            let (worth, z) = self.worth(memory, context, event, &signal.channels, scale);
            (signal.weights[cell], signal.z[cell]) = (worth as f32, z as f32);
            signal.advantages[cell] = match self.mode {
                Mode::Potential => (whole - potential) as f32,
                Mode::Contribution => worth as f32,
                Mode::Gate => whole as f32,
            };
            if event >= 0 && seen.insert((context, event)) {
                potential += worth;
            }
        }
        if self.mode == Mode::Gate {
            let places = || range.clone().filter(|c| batch.mask[*c]);
            let strength = |c: usize| f64::from(signal.weights[c].abs());
            let mean = places().map(strength).sum::<f64>() / places().count().max(1) as f64;
            let most = places().map(|c| (strength(c) - mean).abs()).fold(0.0, f64::max);
            if most > 0.0 {
                let gates: Vec<(usize, f64)> =
                    places().map(|c| (c, 1.0 + self.gate * (strength(c) - mean) / most)).collect();
                gates.into_iter().for_each(|(c, gate)| signal.advantages[c] = (whole * gate) as f32);
            }
        }
    }

    /// Weights of channels by what of their outcomes events explain: a channel of pure noise has contingencies that all
    /// lie about one standard error from nothing.
    fn trusted(&self, memory: &Memory, count: usize) -> Vec<f64> {
        let excess = |k: usize| {
            let (mut sum, mut number) = (0.0, 0.0);
            let all = |context: &u32| memory.all.get(context).map(|all| &all[k]);
            let known = memory.after.iter().filter_map(|(context, events)| Some((all(context)?, events.values())));
            for (all, after) in known.flat_map(|(all, events)| events.map(move |after| (all, &after[k]))) {
                if after.count < 2.0 {
                    continue;
                }
                let (difference, variance) = apart(&self.prior, after, all);
                sum += difference * difference / variance;
                number += 1.0;
            }
            if number > 0.0 { sum / number } else { 1.0 }
        };
        // Where nothing stands out there is nothing to weigh by.
        let noise: Vec<f64> = (0..count).map(|k| 1.0 / excess(k).max(1.0)).collect();
        fused(&noise, 0.05, 10.0)
    }

    /// Learns outcomes less the mean of the others in the group, for each event that a sequence had.
    fn learn(&self, batch: &Batch<'_>, memory: &mut Memory, totals: &[f64]) -> Result<()> {
        let (count, rule) = (self.weights.len(), Group { prior: None, ..Group::default() });
        let had: Vec<_> = (0..batch.groups.len()).map(|b| batch.had(b)).collect();
        let mut places: Vec<Vec<(u32, f64)>> = Vec::new();
        if let Some(most) = self.adjust {
            for (contexts, events) in &had {
                let [context] = contexts.iter().copied().collect::<Vec<_>>()[..] else {
                    let problem = "a sequence of several contexts";
                    return Err(Error::input("adjust", problem, "one context a sequence, where events are adjusted"));
                };
                let events = events.iter().map(|(_, event)| *event).collect();
                places.push(memory.together.entry(context).or_default().find(&events, most, count, self.prior.keep)?);
            }
        }
        for k in 0..count {
            let column = column(totals, k, count);
            let mut sizes: BTreeMap<i64, f64> = BTreeMap::new();
            for (group, _) in batch.groups.iter().zip(&column).filter(|(_, r)| !r.is_nan()) {
                *sizes.entry(*group).or_default() += 1.0;
            }
            let centred = group_advantages(&column, batch.groups, &rule, None)?;
            for (b, outcome) in centred.into_iter().enumerate().filter(|(_, x)| !x.is_nan()) {
                let new = || vec![Estimate::default(); count];
                for context in &had[b].0 {
                    memory.all.entry(*context).or_insert_with(new)[k].learn(&self.prior, outcome);
                    if let Some(together) = memory.together.get_mut(context).filter(|_| self.adjust.is_some()) {
                        together.channels[k].learn(&places[b], outcome)?;
                    }
                }
                // Less the mean of n − 1 others a reward varies n/(n − 1) times as much as by itself.
                let size = sizes.get(&batch.groups[b]).copied().unwrap_or(1.0);
                if size > 1.0 {
                    memory.spread[k].learn(&self.prior, outcome * outcome * (size - 1.0) / size);
                }
                for (context, event) in &had[b].1 {
                    memory.after.entry(*context).or_default().entry(*event).or_insert_with(new)[k]
                        .learn(&self.prior, outcome);
                }
            }
        }
        Ok(())
    }
}
