//! The `accumbens` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(accumbens_cli::run(std::env::args_os(), &accumbens_cli::Hooks::default()))
}
