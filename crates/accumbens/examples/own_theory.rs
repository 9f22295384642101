//! A theory of one's own: dopamine answers change, whatever its sign.

use accumbens_core::{
    AnyTheory, Domain, Dopamine, Event, EventKind, EventKindId, EventLog, Info, Result, Schedule, Sink, Theory, Topic,
    live, parameters,
};
use serde::{Deserialize, Serialize};

parameters! {
    /// Dopamine as unsigned surprise.
    pub struct Surprise {
        /// Learning rate of what is expected after each cue.
        alpha: 0.1 => .domain(Domain::UNIT).logit_normal(0.1, 1.5);
    }
}

/// What is expected after each cue, and the cue that came last.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct State {
    expected: Vec<f64>,
    cue: Option<usize>,
    kinds: Vec<EventKind>,
}

impl Theory for Surprise {
    type State = State;

    const INFO: Info = Info {
        name: "surprise",
        summary: "dopamine is unsigned surprise",
        family: "salience",
        dopamine: "the size of the difference between outcome and expectation",
        papers: &[],
        speaks: &[Topic::Outcome],
        error: false,
    };

    // The only place where a theory allocates.
    fn start(&self, kinds: &[EventKind]) -> State {
        State { expected: vec![0.0; kinds.len()], cue: None, kinds: kinds.to_vec() }
    }

    // Nothing happens in silence here; a theory of time would tick its bins up to `until`.
    fn advance(&self, _: &mut State, _: f64, _: &mut Dopamine<'_>) {}

    fn observe(&self, state: &mut State, now: &[Event], dopamine: &mut Dopamine<'_>) {
        for event in now {
            let kind = &state.kinds[event.kind.index()];
            if !kind.is_outcome() {
                state.cue = Some(event.kind.index());
                dopamine.respond(event.time, 0, 0.0);
                continue;
            }
            let outcome = event.magnitude * kind.value;
            let expected = state.cue.map_or(0.0, |cue| state.expected[cue]);
            // What came out may be held by light: the size of the error is learnt from, its sign is known.
            let out = dopamine.respond(event.time, 0, (outcome - expected).abs());
            if let Some(cue) = state.cue.take() {
                state.expected[cue] += self.alpha * out * (outcome - expected).signum();
            }
        }
    }
}

/// Lives through fifty trials and checks a closed form.
pub fn main() -> Result<()> {
    let kinds = vec![EventKind::cue("tone"), EventKind::outcome("juice")];
    let event = |time, kind, magnitude| Event { time, kind: EventKindId(kind), magnitude };
    let trial = |i: u32| [event(20.0 * f64::from(i), 0, 0.0), event(20.0 * f64::from(i) + 2.0, 1, 1.0)];
    let log = EventLog::new(kinds, (0..50).flat_map(trial).collect())?;

    // Any theory behind the trait is led through a life in the same way.
    let mut theory: Box<dyn AnyTheory> = Box::new(Surprise::default());
    theory.set_text("alpha", "0.2")?;
    let mut samples = Vec::new();
    live(theory.start(log.kinds()).as_mut(), &log, &Schedule::default(), Sink::Samples(&mut samples))?;

    let rewards: Vec<f64> = samples.iter().filter(|s| s.events(&log) == "juice").map(|s| s.value).collect();
    assert!((rewards[49] - 0.8_f64.powi(49)).abs() < 1e-12, "the surprise dies out geometrically");
    println!("first {:.3}, tenth {:.3}, last {:.6}", rewards[0], rewards[9], rewards[49]);
    Ok(())
}
