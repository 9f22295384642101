//! Adds a tonic signal to any theory: `THEORY+tonic` tracks the average reward, and with it how fast it pays to act.
//!
//! R̄ is reward a second over an exponential window: between events dR̄/dt = −R̄/τ, at an outcome R̄ ← R̄ + r/τ. Its
//! channel `tonic` is released beside every answer of the theory. An animal that takes t to act pays C/t for vigour
//! and forgoes R̄·t by waiting, so that the best latency is √(C/R̄) (Niv, Daw, Joel & Dayan 2007; the window is ours).
//!
//! Dopamine is the theory's own, and on the channel `tonic` the average reward.

use super::wrap::Wrapper;
use accumbens_core::{ChannelInfo, Domain, Event, EventKind, Modulator, Topic, parameters};
use serde::{Deserialize, Serialize};

parameters! {
    /// An average reward beside a theory.
    pub struct Tonic {
        /// Time constant of the average.
        tonic_window: 300.0 => .domain(Domain::Positive).unit("s").log_normal(300.0, 1.0);
    }
}

/// The average reward.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct State {
    worth: Vec<f64>,
    /// Average reward at the last event, in units of outcome a second.
    pub rate: f64,
    last: f64,
    window: f64,
    channel: usize,
}

impl State {
    fn at(&self, time: f64) -> f64 {
        self.rate * (-(time - self.last).max(0.0) / self.window).exp()
    }
}

impl Modulator for State {
    fn pass(&mut self, _: usize, _: u32, value: f64) -> f64 {
        value
    }

    fn beside(&mut self, time: f64) -> Option<(usize, f64)> {
        Some((self.channel, self.at(time)))
    }

    fn any(self: Box<Self>) -> Box<dyn std::any::Any> {
        self
    }
}

impl Wrapper for Tonic {
    const NAME: &'static str = "tonic";
    const SUMMARY: &'static str = "adds a tonic channel, the average reward, which sets vigour";
    const PAPERS: &'static [&'static str] = &["niv2007"];
    const SPEAKS: &'static [Topic] = &[Topic::Latency];
    type State = State;

    fn adds(&self) -> Vec<ChannelInfo> {
        vec![ChannelInfo { unit: "outcome/s".into(), ..ChannelInfo::new("tonic", "tonic") }]
    }

    fn start(&self, kinds: &[EventKind], channels: usize) -> State {
        let worth = kinds.iter().map(|k| if k.is_outcome() { k.value } else { 0.0 }).collect();
        State { worth, rate: 0.0, last: 0.0, window: self.tonic_window, channel: channels }
    }

    fn observe(&self, state: &mut State, now: &[Event]) {
        for event in now {
            state.rate = state.at(event.time) + event.magnitude * state.worth[event.kind.index()] / state.window;
            state.last = event.time.max(state.last);
        }
    }

    fn changed(&self, state: &mut State) {
        state.window = self.tonic_window;
    }

    fn pace(&self, state: &State) -> Option<f64> {
        Some(state.rate)
    }

    fn describe(&self, state: &State, _: &[EventKind]) -> serde_json::Value {
        serde_json::json!({ "average reward": state.rate })
    }
}
