//! Recordings in and out: one file format a file.

pub mod cells;
pub mod choices;
mod csv_cells;
pub mod edges;
pub mod events_csv;
pub mod folder;
pub mod formats;
mod guard;
mod guess;
mod hdf5;
mod hdf5_filters;
pub mod loaded;
mod natural;
mod parquet_columns;
pub mod propose;
pub mod provenance;
pub mod roles;
pub mod session;
pub mod session_folder;
pub mod study;
pub mod survey;
pub mod sync;
pub mod table;
pub mod trial_table;
pub mod units;
pub mod write;

pub use study::StudyFile;
pub use table::{Column, Values, write_table, write_table_with};
pub use write::{write_file, write_with};
