//! From spikes to dopamine: release, uptake, diffusion, receptors, and what autoreceptors make of them.

pub mod binding;
pub mod bursts;
pub mod cell;
pub mod conductance;
pub mod drug;
pub mod fibre;
pub mod firing;
pub mod lattice;
pub mod light;
pub mod mixed;
mod ode;
pub mod receptor;
pub mod release;
pub mod sites;
pub mod stages;
pub mod synthesis;
pub mod terminal;
pub mod uptake;

pub use binding::{Binding, BindingStage};
/// How many ticks parameters under patches stay the same.
const CONTROL: usize = 10;
/// How many ticks pass before long work asks again whether it is to stop.
const ASKED: usize = 4096;

pub use bursts::Bursts;
pub use cell::Cell;
pub use conductance::{Conductances, Synapses};
pub use fibre::{Fibre, FibreStage};
pub use firing::{Firing, Population};
pub use lattice::{FIELDS, Grid, Lattice};
pub use light::LightStage;
pub use mixed::{Balance, Buffer, Mixed, Space};
pub use receptor::Receptor;
pub use release::Release;
pub use sites::Sites;
pub use stages::{FiringStage, ReleaseStage, TransmissionStage};
pub use synthesis::{Pools, Synthesis};
pub use terminal::{NANOMOLAR, Terminal, Used};
pub use uptake::taken_up;
