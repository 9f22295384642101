//! Computes temporal-difference errors over a complete serial compound, for the theories that build on them.

use super::chains::{Chains, Tick, learn, value};
use accumbens_core::{Drive, EventKind, EventKindId};
use serde::{Deserialize, Serialize};

/// Values of the states of all chains.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Td {
    /// The chains.
    pub chains: Chains,
    /// Value of each state, chain after chain.
    pub values: Vec<f64>,
}

impl Td {
    /// Nothing learnt, over chains that span `seconds` in bins of `dt` seconds.
    pub fn new(dt: f64, kinds: &[EventKind], seconds: f64) -> Self {
        let chains = Chains::spanning(dt, kinds, seconds);
        let values = vec![0.0; chains.states()];
        Self { chains, values }
    }

    /// Ticks one bin: what it held, the value of the state left and of the state reached.
    #[inline]
    pub fn tick(&mut self) -> (Tick, f64, f64) {
        let tick = self.chains.tick();
        (tick, value(&self.values, &self.chains.before), value(&self.values, &self.chains.now))
    }

    /// Raises the value of the state left.
    #[inline]
    pub fn learn(&mut self, step: f64) {
        learn(&mut self.values, &self.chains.before, step);
    }

    /// The value of a kind's onset.
    pub fn drive(&self, kind: EventKindId) -> Option<Drive> {
        Some(self.values[self.chains.onset(kind.index())].into())
    }

    /// Values by kind, in words a user can read.
    pub fn describe(&self, kinds: &[EventKind]) -> serde_json::Value {
        let chain = |k: usize| {
            let from = self.chains.onset(k);
            let chain = &self.values[from..from + self.chains.length[k] as usize];
            let used = chain.iter().rposition(|v| *v != 0.0).map_or(0, |i| i + 1);
            serde_json::json!(chain[..used])
        };
        let rows = kinds.iter().enumerate().map(|(k, kind)| (kind.name.clone(), chain(k)));
        serde_json::json!({ "dt": self.chains.bins.dt, "value": rows.collect::<serde_json::Map<_, _>>() })
    }
}
