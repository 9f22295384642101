//! Counts on what findings and the observed numbers of their tests rest.

use super::limits::Basis;
use super::spec::{Evidence, Finding};
use serde::Serialize;

/// How many findings have which grade of evidence, and how many tests an observed number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Grades {
    /// Findings.
    pub findings: usize,
    /// Of these, with their recordings analysed again.
    pub data: usize,
    /// Read in an abstract, a caption or the methods.
    pub read: usize,
    /// Known from published simulations alone.
    pub code: usize,
    /// From the literature by memory.
    pub unverified: usize,
    /// Tests.
    pub tests: usize,
    /// Of these, with an observed number that was measured.
    pub measured: usize,
    /// With one that the finding's words imply.
    pub implied: usize,
    /// With one by memory.
    pub memory: usize,
}

impl Grades {
    /// Of these findings.
    #[must_use]
    pub fn of<'a>(findings: impl IntoIterator<Item = &'a Finding>) -> Self {
        let mut all = Self::default();
        for finding in findings {
            all.findings += 1;
            match finding.evidence {
                Evidence::Data => all.data += 1,
                Evidence::Read => all.read += 1,
                Evidence::Code => all.code += 1,
                Evidence::Unverified => all.unverified += 1,
            }
            all.tests += finding.test.len();
            for basis in finding.test.iter().filter_map(|t| t.basis) {
                match basis {
                    Basis::Measured => all.measured += 1,
                    Basis::Implied => all.implied += 1,
                    Basis::Memory => all.memory += 1,
                }
            }
        }
        all
    }

    /// On what the findings rest, in a sentence.
    #[must_use]
    pub fn of_findings(&self) -> String {
        let Self { data, read, code, unverified, .. } = self;
        format!(
            "Evidence of {}: {data} data (public recordings analysed again), {read} read (an abstract, a caption or the \
             methods), {code} code (known from published simulations alone), {unverified} unverified (from the literature \
             by memory).",
            counted(self.findings, "finding")
        )
    }

    /// On what the observed numbers of the tests rest, in a sentence.
    #[must_use]
    pub fn of_tests(&self) -> String {
        let Self { measured, implied, memory, .. } = self;
        let none = self.tests - measured - implied - memory;
        format!(
            "Observed numbers in {}: {measured} measured, {implied} implied by the finding's words, {memory} from memory, \
             {none} without one (a direction or an order was observed). The limits are ours.",
            counted(self.tests, "test")
        )
    }
}

fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}
