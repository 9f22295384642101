//! Choices are recordings too: models that learn and choose, fitted to what people and animals took, how long it took them and
//! what dopamine did meanwhile.

mod answer;
mod beside;
pub mod compare;
pub mod diffusion;
mod drift;
pub mod engine;
pub mod fit;
pub mod group;
pub mod model;
pub mod models;
pub mod page;
pub mod recovered;
pub mod recovery;
pub mod result;
pub mod simulate;
pub mod theory;
pub mod verdict;

pub use compare::compare;
pub use engine::{Latencies, Options};
pub use fit::Beforehand;
pub use model::{AnyModel, Model};
pub use result::Compared;
