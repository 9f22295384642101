//! The clinic's studies: what accounts are asked, and the measures that come of it, one set a simulated subject.

pub mod addiction;

use accumbens_core::{Result, Seed};
use std::collections::BTreeMap;

/// The measures of one subject.
pub type Measured = BTreeMap<String, Vec<f64>>;

/// A study.
pub struct Study {
    /// Its name.
    pub name: &'static str,
    /// What is done, in words.
    pub what: &'static str,
    /// The accounts that can be asked.
    pub accounts: &'static [&'static str],
    /// What is measured.
    pub measures: &'static [&'static str],
    /// Does it: account, subjects, seed.
    pub run: fn(&str, u32, Seed) -> Result<Vec<Measured>>,
}

fn measured(all: &[(&str, f64)]) -> Measured {
    all.iter().map(|(name, value)| ((*name).to_owned(), vec![*value])).collect()
}
