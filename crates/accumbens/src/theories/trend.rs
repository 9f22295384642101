//! The null theory that dopamine drifts with experience and recovers with time: any theory must beat it.
//!
//! Linear in the event's number (of its own kind, over the subject's life) and in the time since the last outcome.

use accumbens_core::{ChannelInfo, Dopamine, Event, EventKind, Info, Theory, parameters};
use serde::{Deserialize, Serialize};

parameters! {
    /// Linear in the event's number and in the time since the last outcome.
    pub struct Trend {}
}

/// Counts and the last outcome.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct State {
    counts: Vec<f64>,
    outcomes: Vec<bool>,
    last_outcome: f64,
}

impl Theory for Trend {
    type State = State;

    const INFO: Info = Info {
        name: "trend",
        summary: "null: linear in the event's number and in the time since the last outcome",
        family: "null",
        dopamine: "two channels: the event's number, and the time since the last outcome (s)",
        papers: &[],
        speaks: &[],
        error: false,
    };

    fn channels(&self, _: &[EventKind]) -> Vec<ChannelInfo> {
        let channel = |name: &str, unit: &str| ChannelInfo { unit: unit.into(), ..ChannelInfo::new(name, "dopamine") };
        vec![channel("number", "1"), channel("interval", "s")]
    }

    fn start(&self, kinds: &[EventKind]) -> State {
        State {
            counts: vec![0.0; kinds.len()],
            outcomes: kinds.iter().map(EventKind::is_outcome).collect(),
            last_outcome: 0.0,
        }
    }

    fn advance(&self, _: &mut State, _: f64, _: &mut Dopamine<'_>) {}

    fn observe(&self, state: &mut State, now: &[Event], dopamine: &mut Dopamine<'_>) {
        for event in now {
            let kind = event.kind.index();
            state.counts[kind] += 1.0;
            dopamine.respond(event.time, 0, state.counts[kind]);
            dopamine.respond(event.time, 1, event.time - state.last_outcome);
            if state.outcomes[kind] {
                state.last_outcome = event.time;
            }
        }
    }
}
