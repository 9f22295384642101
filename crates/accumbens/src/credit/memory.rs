//! What earlier batches taught.

use super::adjusted::Adjusted;
use super::estimate::Estimate;
use accumbens_core::{Error, Result};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What earlier batches taught; starts empty.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Memory {
    /// Outcome in its group after an event, by context, event and channel.
    pub(super) after: BTreeMap<u32, BTreeMap<u32, Vec<Estimate>>>,
    /// Outcome in its group, by context and channel.
    pub(super) all: BTreeMap<u32, Vec<Estimate>>,
    /// Spread in groups, by channel.
    pub(super) spread: Vec<Estimate>,
    /// What each event adds to the others, by context.
    #[serde(default)]
    pub(super) together: BTreeMap<u32, Together>,
}

/// Events of a context that come together: their places, how often each came, and what it adds in each channel.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Together {
    pub(super) places: BTreeMap<u32, u32>,
    pub(super) came: Vec<f64>,
    pub(super) sequences: f64,
    pub(super) channels: Vec<Adjusted>,
}

/// How strongly what an event adds is held at nothing, in sequences that had it.
const RIDGE: f64 = 1.0;

impl Memory {
    /// Checks that it knows so many channels, or nothing yet.
    ///
    /// # Errors
    /// Where it was taught by other ones.
    pub fn check(&self, channels: usize) -> Result<()> {
        let mut all = self.all.values().chain(self.after.values().flat_map(BTreeMap::values)).chain([&self.spread]);
        match all.find(|of| !of.is_empty() && of.len() != channels) {
            Some(of) => {
                let problem = format!("it was taught by {} channels", of.len());
                Err(Error::input("memory", problem, format!("{channels}, as the weights")))
            }
            None => Ok(()),
        }
    }
}

impl Together {
    /// Counts the events of a sequence and gives their places, with new ones for those that never came before.
    pub(super) fn find(
        &mut self,
        events: &BTreeSet<u32>,
        most: usize,
        channels: usize,
        keep: f64,
    ) -> Result<Vec<(u32, f64)>> {
        if self.channels.is_empty() {
            let one = |_| Adjusted::new(most, keep, RIDGE);
            self.channels = (0..channels).map(one).collect::<Result<_>>()?;
            self.came = vec![0.0; most];
        }
        self.sequences = keep * self.sequences + 1.0;
        self.came.iter_mut().for_each(|n| *n *= keep);
        let mut found = Vec::with_capacity(events.len());
        for event in events {
            let next = self.places.len();
            let place = *self.places.entry(*event).or_insert(next as u32);
            if place as usize >= self.came.len() {
                let problem = format!("more than {} events in a context", self.came.len());
                return Err(Error::input("adjust", problem, "room for every event of a context, at most 1024"));
            }
            self.came[place as usize] += 1.0;
            found.push((place, 1.0));
        }
        Ok(found)
    }
}
