//! The checks of the workspace, in one command: formats, lints, tests, documentation, Python, the book.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

/// Each check: what it is, the program and its words.
type Check<'a> = (&'a str, &'a str, &'a [&'a str]);

const RUST: &[Check<'_>] = &[
    ("format", "cargo", &["fmt", "--all", "--check"]),
    ("lints", "cargo", &["clippy", "--release", "--workspace", "--all-targets", "--quiet", "--", "--deny", "warnings"]),
    ("tests", "cargo", &["test", "--release", "--workspace", "--quiet"]),
];

/// The most lines that a file may have before its tests.
const LINES: usize = 410;

/// The sources of a folder.
fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for path in entries.flatten().map(|e| e.path()) {
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
}

/// Files that are too long before their tests.
fn lengths() -> bool {
    println!("== lengths of files");
    let mut found = Vec::new();
    sources(Path::new("crates"), &mut found);
    let before_tests = |text: &str| text.lines().take_while(|l| !l.starts_with("#[cfg(test)]")).count();
    let mut short = true;
    for path in found.iter().filter(|p| p.components().any(|c| c.as_os_str() == "src")) {
        let count = std::fs::read_to_string(path).map_or(0, |text| before_tests(&text));
        if count > LINES {
            eprintln!("{}: {count} lines before its tests; accepted: at most {LINES}", path.display());
            short = false;
        }
    }
    short
}

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

/// Builds the Python package into a virtual environment under the target folder and checks and tests it.
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
        && run(&("Python lints", &python, &["-m", "ruff", "check", "--quiet", "python", "examples", "benchmarks"]))
        && run(&("Python types", &bin("basedpyright"), &["--pythonpath", &python]))
        && run(&("Python tests", &python, &["-m", "pytest", "-q", "python/tests"]))
}

/// The version of mdBook that builds the book.
const MDBOOK: &str = "0.5.4";

/// Writes the pages of the book from the registry and builds it; mdBook is installed under the target folder.
fn book() -> bool {
    let (tools, book) = (Path::new("target").join("tools"), Path::new("target").join("book"));
    let mdbook = tools.join("bin").join("mdbook").to_string_lossy().into_owned();
    let (root, out) = (tools.to_string_lossy(), book.to_string_lossy());
    let install =
        ["install", "mdbook", "--version", MDBOOK, "--locked", "--no-default-features", "--quiet", "--root", &root];
    let pages = ["run", "--release", "--quiet", "--package", "accumbens-cli", "--", "book", &out, "--quick"];
    (Path::new(&mdbook).exists() || run(&("mdBook", "cargo", &install)))
        && run(&("pages of the book", "cargo", &pages))
        && run(&("book", &mdbook, &["build", &out]))
}

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["test"] => {
            if lengths() && RUST.iter().all(run) && python() && book() {
                println!("== all checks passed");
                return ExitCode::SUCCESS;
            }
            ExitCode::FAILURE
        }
        ["book"] => {
            if book() {
                println!("the book: target/book/book/index.html");
                return ExitCode::SUCCESS;
            }
            ExitCode::FAILURE
        }
        _ => {
            eprintln!("usage: cargo xtask test | book");
            ExitCode::from(2)
        }
    }
}
