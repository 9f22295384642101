//! Choices are recordings too: models that learn and choose, fitted to what people and animals took, how long it took them and
//! what dopamine did meanwhile.

pub mod compare;
pub mod diffusion;
pub mod fit;
pub mod model;
pub mod models;
pub mod page;
pub mod theory;

pub use compare::{Compared, Latencies, Options, compare};
pub use fit::Beforehand;
pub use model::{AnyModel, Model};
