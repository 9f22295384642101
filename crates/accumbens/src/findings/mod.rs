//! Findings: what experiments observed, what each theory predicts there, and whether the two agree.

pub mod answer;
mod asked;
pub mod catalogue;
pub(crate) mod expressions;
pub mod grades;
pub mod limits;
mod lived;
mod measure;
pub mod page;
pub mod prior;
pub mod spec;
pub mod table;
pub mod timeline;
pub(crate) mod verdict;

pub use answer::{Cell, Estimate, Scored, Share, Verdict};
pub use grades::Grades;
pub use limits::{Basis, Test};
pub use spec::{Evidence, Finding, schema};
pub use table::{Options, Table, steps, table};

use crate::theories;
use accumbens_core::AnyTheory;

/// The theories that are asked where none are named: all but the nulls, and the serial compound in each wrapper.
#[must_use]
pub fn usual() -> Vec<String> {
    let plain = theories::names().filter(|n| theories::by_name(n).is_ok_and(|t| t.info().family != "null"));
    let wrapped = theories::wrappers().map(|w| format!("td_csc+{}", w.name));
    plain.map(Into::into).chain(wrapped).collect()
}

/// Whether the literature has confronted a theory with a finding; where it has not, what the theory says of it is a
/// prediction that nobody has published.
#[must_use]
pub fn confronted(finding: &Finding, theory: &dyn AnyTheory) -> bool {
    finding.tested.iter().any(|t| *t == theory.name())
}

/// A number in three significant digits.
#[must_use]
pub fn short(value: f64) -> String {
    if value == 0.0 || !value.is_finite() {
        return format!("{value:.0}");
    }
    let digits = (2 - value.abs().log10().floor() as i32).clamp(0, 6) as usize;
    format!("{value:.digits$}")
}
