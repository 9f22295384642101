//! The contracts of accumbens: what happened, what a theory is, what a recording is.
//!
//! Everything else in the workspace speaks in these types. Times are seconds, signals carry their unit, and every
//! name is the field's own.

pub mod acting;
pub mod action;
pub mod choices;
pub mod cite;
pub mod clamp;
pub mod cleaning;
pub mod declaration;
pub mod digits;
pub mod dopamine;
pub mod drugs;
pub mod error;
pub mod event;
pub mod format;
pub mod kinds;
pub mod life;
pub mod params;
pub mod patch;
pub mod provenance;
pub mod recording;
pub mod regions;
pub mod room;
pub mod scoring;
pub mod seed;
pub mod sensors;
pub mod soundness;
pub mod stage;
pub mod study;
pub mod theory;
pub mod transmission;
pub mod window;

pub use acting::{Acted, Probe, live_acting};
pub use action::{ActionRule, Choice, Consequence, Deed, Offer};
pub use clamp::{Clamp, EventClamp, Hold};
pub use digits::{counted, digits};
pub use dopamine::{Dopamine, Modulator, Sample, Sink};
pub use error::{Cause, Error, Result};
pub use event::{Event, EventKind, EventKindId, EventLog, Role, WORTH, is_worth};
pub use life::{Change, Schedule, TAIL, live, told};
pub use params::{Domain, Parameter, Params, Prior};
pub use patch::{Course, Patch, Patched};
pub use provenance::Entry;
pub use recording::{Channel, LATE, Recording};
pub use room::room;
pub use seed::Seed;
pub use stage::Stage;
pub use theory::{AnyTheory, ChannelInfo, Drive, Info, Learner, NULL_FAMILY, Theory, Topic};
