//! What an agent makes of the stream of events: a state of a table, or traces.

use super::environment::Happening;
use accumbens_core::EventKind;

/// How an agent sees where it is.
#[derive(Clone, Debug, PartialEq)]
pub enum Features {
    /// A table: the last stimulus, for so many seconds, or none.
    Last {
        /// For how long it is remembered, s.
        memory: f64,
    },
    /// Decaying traces of every stimulus, one at each time constant, and a constant.
    Traces {
        /// Time constants, s.
        time_constants: Vec<f64>,
    },
}

impl Default for Features {
    fn default() -> Self {
        Self::Last { memory: 10.0 }
    }
}

/// Features in the middle of a life.
#[derive(Clone, Debug)]
pub struct Seen {
    features: Features,
    /// Which kinds are perceived.
    stimuli: Vec<bool>,
    left: f64,
    /// The features: one-hot of a table, or traces.
    pub now: Vec<f64>,
}

impl Seen {
    /// Nothing has been seen.
    #[must_use]
    pub fn new(features: &Features, kinds: &[EventKind]) -> Self {
        let width = match features {
            Features::Last { .. } => kinds.len() + 1,
            Features::Traces { time_constants } => kinds.len() * time_constants.len() + 1,
        };
        let mut now = vec![0.0; width];
        now[width - 1] = 1.0;
        let stimuli = kinds.iter().map(EventKind::is_stimulus).collect();
        Self { features: features.clone(), stimuli, left: 0.0, now }
    }

    /// A step of so many seconds passed, in which this happened.
    pub fn pass(&mut self, step: f64, happened: &[Happening]) {
        let width = self.now.len();
        match &self.features {
            Features::Last { memory } => {
                self.left -= step;
                if self.left <= 0.0 {
                    self.now.fill(0.0);
                    self.now[width - 1] = 1.0;
                }
                let seen = happened.iter().rev().find(|h| self.stimuli[h.event.kind.index()]);
                if let Some(Happening { event, .. }) = seen {
                    self.now.fill(0.0);
                    self.now[event.kind.index()] = 1.0;
                    self.left = *memory;
                }
            }
            Features::Traces { time_constants } => {
                let kinds = self.stimuli.len();
                for (t, tau) in time_constants.iter().enumerate() {
                    let keep = (-step / tau).exp();
                    let traces = &mut self.now[t * kinds..(t + 1) * kinds];
                    traces.iter_mut().for_each(|x| *x *= keep);
                    for Happening { event, .. } in happened.iter().filter(|h| self.stimuli[h.event.kind.index()]) {
                        traces[event.kind.index()] += 1.0;
                    }
                }
            }
        }
    }
}
