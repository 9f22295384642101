//! From spikes to dopamine: release, uptake and what autoreceptors make of both.

pub mod mixed;
pub mod terminal;
pub mod uptake;

pub use mixed::{Balance, Mixed, Space};
pub use terminal::{NANOMOLAR, Terminal};
pub use uptake::taken_up;
