//! Stages: a recording in, a recording out.

pub mod noise;
pub mod sensor;

pub use noise::Noise;
pub use sensor::SensorStage;
