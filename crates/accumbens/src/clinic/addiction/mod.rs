//! Addiction: rival accounts of what a drug does to learning and wanting, in one chamber.

pub mod chamber;
pub mod homeostatic;
pub mod seeker;

pub use chamber::{Animal, Lever, day, home, session};
pub use homeostatic::{Homeostatic, Rat};
pub use seeker::{Known, Moved, Seeker, Seeking};

use accumbens_core::{Error, Result};

/// The accounts, each one difference from errors of prediction; `homeostatic` is the published model with its planning.
pub const ACCOUNTS: &[&str] = &["prediction_error", "surplus", "threshold", "wanting", "set_point", "homeostatic"];

/// The seeker of an account, with the sizes of its source where it gives one.
///
/// # Errors
/// Where no seeker is called so.
pub fn seeker(account: &str) -> Result<Seeker> {
    let of = Seeker::default();
    Ok(match account {
        "prediction_error" => of,
        "surplus" => Seeker { surplus: 0.5, ..of },
        "threshold" => Seeker { surplus: 0.5, ceiling: 0.5, ..of },
        "wanting" => Seeker { sensitises: 0.001, ..of },
        "set_point" => Seeker { regulated: 1.0, shift: 0.0018, ..of },
        _ => return Err(Error::input("account", format!("no seeker is called {account:?}"), ACCOUNTS.join(", "))),
    })
}
