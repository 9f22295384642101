//! People who choose, what their disorders may be, and what treatments do: broadly, or in one circuit.
//!
//! A person is a chooser ([`chooser`]) whose learning, choice and vigour hang on what dopamine does at receptors in three
//! projections ([`reach`]: the whole forward chain, with every drug and lesion acting where it acts). A disorder has several
//! rival accounts, each a set of patches; a treatment is a drug at a dose, a patch of one projection, or a rule of the task
//! ([`catalogue`]). People do tasks ([`tasks`]), and [`treat()`] compares measures with and without, account by account.
//!
//! It is a model of accounts, not of patients: see `docs/clinic.md` for what it is, is not, and that it is no medical advice.

pub mod addiction;
pub mod catalogue;
pub mod chooser;
pub mod claim;
pub mod findings;
pub mod page;
pub mod reach;
pub mod studies;

pub mod tasks;
pub mod treat;

pub use catalogue::{Account, Disorder, Treatment};
pub use chooser::{Chooser, Person};
pub use claim::{Chosen, Claim};
pub use reach::{Reach, Tone};
pub use treat::{Effect, Plan, Treated, treat};
