//! Recordings in and out: one file format a file.

pub mod events_csv;
pub mod formats;
pub mod propose;
pub mod study;
pub mod table;
pub mod trace_csv;
pub mod trace_parquet;
pub mod trial_table;
pub mod write;

pub use study::StudyFile;
pub use table::{Column, Values, write_table};
pub use write::{write_file, write_with};
