//! Reads NWB files by the types of their objects, wherever in the file they stand.

mod devices;
mod events;
mod series;

pub use series::Nwb;
pub(crate) use series::is_hdf5;
