//! Stages: a recording in, a recording out.

pub mod artefacts;
pub mod bleaching;
pub mod butterworth;
pub mod chain;
pub mod clock;
mod companion;
pub mod event_steps;
pub mod exponentials;
pub mod filter;
pub mod noise;
pub mod normalise;
pub mod penalised;
pub mod pieces;
pub mod reference;
pub mod sensor;
pub mod spectrum;

pub use artefacts::ArtefactStage;
pub use bleaching::BleachingStage;
pub use chain::{clean, clean_study};
pub use clock::{ResampleStage, TrimStage};
pub use companion::{baseline_name, keep};
pub use event_steps::{BoutStage, DebounceStage};
pub use filter::{Butterworth, MovingAverage};
pub use noise::Noise;
pub use normalise::{DffStage, ZScoreStage};
pub use reference::ReferenceStage;
pub use sensor::SensorStage;
