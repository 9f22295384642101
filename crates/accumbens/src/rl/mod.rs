//! Experiments as environments, step by step, and agents that any theory's dopamine teaches.

pub mod agent;
pub mod environment;
pub mod features;
pub mod lanes;
pub mod mind;

pub use agent::{Lesson, teach};
pub use environment::{Design, Happening, Lane};
pub use features::Features;
pub use lanes::{Autoreset, Lanes, Stepped};
pub use mind::{Agent, Rule};
