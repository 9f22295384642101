//! Learning signals for agents and language models: retrospective contingency, precision, several channels; pure
//! functions over trajectories and one estimator underneath.

pub mod adjusted;
pub mod advantage;
pub mod channels;
pub mod contingency;
pub mod estimate;
pub mod group;
pub mod memory;
pub mod reference;
pub mod shaping;
pub mod signal;
pub mod values;

pub use adjusted::Adjusted;
pub use advantage::{Rollout, gae, vtrace};
pub use channels::{conflict, dual, ensemble, fused};
pub use contingency::{Contingencies, Net, Promotion, Settings};
pub use estimate::{Estimate, Prior, shrinkage};
pub use group::{Centre, Group, group_advantages};
pub use memory::Memory;
pub use reference::{Tonic, expected_traces, homeostatic, redistributed, threat};
pub use shaping::shaped;
pub use signal::{Batch, Credit, Mode, Signal};
pub use values::Values;
