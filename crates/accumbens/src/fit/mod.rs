//! From recordings to an honest comparison: responses, predictions, evidence, search, selection, recovery.

pub mod ceiling;
pub mod choice_table;
pub mod choosing;
pub mod cohort;
pub mod compare;
pub mod describe;
pub mod evidence;
pub mod holdout;
pub mod ranking;
pub mod recovery;
pub mod response;
pub mod search;
pub mod selection;
pub mod statistics;
pub mod verdict;

pub use choice_table::choice_table;
pub use cohort::{Cohort, Member};
pub use compare::{Comparison, Options, compare};
