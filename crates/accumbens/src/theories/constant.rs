//! The null theory that dopamine answers each kind of event always alike: any theory must beat it.
//!
//! One channel a kind, 1 at each event of the kind; the observation model gives each channel its gain.

use accumbens_core::{ChannelInfo, Dopamine, Event, EventKind, Info, Theory, parameters};

parameters! {
    /// A mean response to each kind of event.
    pub struct Constant {}
}

impl Theory for Constant {
    type State = u32;

    const INFO: Info = Info {
        name: "constant",
        summary: "null: a mean response to each kind of event",
        family: "null",
        dopamine: "one channel a kind of event, 1 at each event of that kind",
        papers: &[],
        speaks: &[],
        error: false,
    };

    fn channels(&self, kinds: &[EventKind]) -> Vec<ChannelInfo> {
        kinds.iter().map(|k| ChannelInfo { unit: "1".into(), ..ChannelInfo::new(&k.name, "dopamine") }).collect()
    }

    fn start(&self, kinds: &[EventKind]) -> u32 {
        kinds.len() as u32
    }

    fn advance(&self, _: &mut u32, _: f64, _: &mut Dopamine<'_>) {}

    fn observe(&self, kinds: &mut u32, now: &[Event], dopamine: &mut Dopamine<'_>) {
        for event in now {
            for kind in 0..*kinds {
                let here = f64::from(u8::from(kind == event.kind.0));
                dopamine.respond(event.time, kind as usize, here);
            }
        }
    }
}
