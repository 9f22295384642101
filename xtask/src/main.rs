//! The checks of the workspace, in one command: formats, lints, tests, documentation, Python.

use std::path::Path;
use std::process::{Command, ExitCode};

/// Each check: what it is, the program and its words.
type Check<'a> = (&'a str, &'a str, &'a [&'a str]);

const RUST: &[Check<'_>] = &[
    ("format", "cargo", &["fmt", "--all", "--check"]),
    ("lints", "cargo", &["clippy", "--release", "--workspace", "--all-targets", "--quiet", "--", "--deny", "warnings"]),
    ("tests", "cargo", &["test", "--release", "--workspace", "--quiet"]),
];

fn run((what, program, words): &Check<'_>) -> bool {
    println!("== {what}");
    match Command::new(program).args(*words).env("RUSTDOCFLAGS", "-D warnings").status() {
        Ok(status) if status.success() => true,
        Ok(status) => {
            eprintln!("{what} failed: {status}");
            false
        }
        Err(error) => {
            eprintln!("{what}: {program} could not be started: {error}");
            false
        }
    }
}

/// Builds the Python package into a virtual environment under the target folder and runs its tests.
fn python() -> bool {
    let target = Path::new("target").join("python");
    let bin = |name: &str| target.join("bin").join(name).to_string_lossy().into_owned();
    let (python, pip) = (bin("python"), bin("pip"));
    if !Path::new(&python).exists()
        && !run(&("Python environment", "python3", &["-m", "venv", &target.to_string_lossy()]))
    {
        return false;
    }
    run(&("Python package", &pip, &["install", "--quiet", "--disable-pip-version-check", ".[test]"]))
        && run(&("Python tests", &python, &["-m", "pytest", "-q", "python/tests"]))
}

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["test"] => {
            if RUST.iter().all(run) && python() {
                println!("== all checks passed");
                return ExitCode::SUCCESS;
            }
            ExitCode::FAILURE
        }
        _ => {
            eprintln!("usage: cargo xtask test");
            ExitCode::from(2)
        }
    }
}
