//! The formats of recordings: one file each, and the one list of them.

pub mod doric;
pub mod doric_csv;
pub mod event_tables;
pub mod mat;
pub mod neurophotometrics;
pub mod nwb;
pub mod ppd;
mod registry;
mod sniff;
pub mod table;
pub mod tables;
pub mod tdt;

pub use registry::{FORMATS, open, recognise};
