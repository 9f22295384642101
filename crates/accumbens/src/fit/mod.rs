//! From recordings to an honest comparison: responses, overlap, evidence, search, selection, recovery.

pub mod alike;
pub mod ceiling;
pub mod choice_table;
pub mod choosing;
pub mod cohort;
pub mod compare;
pub mod comparison;
pub mod describe;
pub mod description;
pub mod evidence;
pub mod infer;
pub mod left_out;
pub mod overlap;
pub mod positive;
mod proposal;
pub mod ranking;
pub mod recovery;
pub mod response;
mod results;
pub mod search;
pub mod selection;
pub mod shared;
pub mod statistics;
pub mod verdict;

pub use choice_table::choice_table;
pub use cohort::{Cohort, Member};
pub use compare::compare;
pub use comparison::{Comparison, Options};
