//! Says which of a theory's signals a region of the brain receives: named mixtures from `catalogue/regions.toml`.

use crate::declaration;
use crate::error::Result;
use crate::theory::ChannelInfo;
use serde::Deserialize;
use std::collections::BTreeMap;

const CATALOGUE: &str = include_str!("../../../catalogue/regions.toml");

/// A region, as a mixture of signals.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Region {
    /// Its name.
    pub name: String,
    /// What it is, in words.
    pub what: String,
    /// Keys of the sources in `references.bib`.
    pub source: Vec<String>,
    /// The weight of each signal.
    pub signals: BTreeMap<String, f64>,
}

#[derive(Deserialize)]
struct File {
    region: Vec<Region>,
}

/// All regions.
///
/// # Errors
/// Where the catalogue is broken.
pub fn all() -> Result<Vec<Region>> {
    Ok(declaration::read::<File>("catalogue/regions.toml", CATALOGUE)?.region)
}

/// The region of this name.
///
/// # Errors
/// Where none has it; the error lists those that exist.
pub fn by_name(name: &str) -> Result<Region> {
    declaration::named(all()?, |r| &r.name, name, ["region", "no region"])
}

impl Region {
    /// The weight of each of a theory's channels in this region. Channels that carry one signal share its weight. The
    /// signal `dopamine`, one for all neurons, reaches every region alike; `None` for a theory none of whose signals
    /// comes here.
    #[must_use]
    pub fn weights(&self, channels: &[ChannelInfo]) -> Option<Vec<f64>> {
        let share = |c: &ChannelInfo| channels.iter().filter(|o| o.dopamine && o.signal == c.signal).count() as f64;
        let weight = |c: &ChannelInfo| match self.signals.get(&c.signal) {
            _ if !c.dopamine => 0.0,
            _ if c.signal == "dopamine" => 1.0 / share(c),
            Some(w) => w / share(c),
            None => 0.0,
        };
        let weights: Vec<f64> = channels.iter().map(weight).collect();
        weights.iter().any(|w| *w != 0.0).then_some(weights)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signal_reaches_its_region_and_a_broadcast_reaches_all() {
        let tail = by_name("tail of striatum").unwrap();
        let value = ChannelInfo::new("value", "value");
        let threat = ChannelInfo::new("threat", "threat");
        assert_eq!(tail.weights(&[value.clone(), threat]), Some(vec![0.0, 1.0]));
        assert_eq!(tail.weights(std::slice::from_ref(&value)), None);
        let cells = [ChannelInfo::new("1", "dopamine"), ChannelInfo::new("2", "dopamine")];
        assert_eq!(tail.weights(&cells), Some(vec![0.5, 0.5]));
        let liking = ChannelInfo::new("liking", "liking").aside();
        assert_eq!(tail.weights(&[ChannelInfo::new("1", "dopamine"), liking]), Some(vec![1.0, 0.0]));
        assert!(by_name("cerebellum").is_err());
    }

    #[test]
    fn every_source_of_a_region_stands_in_the_bibliography() {
        for region in all().unwrap() {
            assert!(region.source.iter().all(|key| crate::cite::reference(key).is_ok()), "{}", region.name);
        }
    }
}
