//! From spikes to dopamine: release, uptake, diffusion, receptors, and what autoreceptors make of them.

pub mod lattice;
pub mod mixed;
pub mod receptor;
pub mod sites;
pub mod terminal;
pub mod uptake;

pub use lattice::{Grid, Lattice};
pub use mixed::{Balance, Mixed, Space};
pub use receptor::Receptor;
pub use sites::Sites;
pub use terminal::{NANOMOLAR, Terminal, Used};
pub use uptake::taken_up;
