//! `accumbens book`: writes the sources of the book, for mdBook.

use crate::{output, progress};
use accumbens::findings::{self, Options, catalogue};
use accumbens::{book, theories};
use accumbens_core::{Error, Result, Seed};
use accumbens_io::write_file;
use std::path::PathBuf;

/// The pages that are written by hand, with their titles.
const GUIDES: &[(&str, &str, &str)] = &[
    ("Theories of dopamine", "introduction.md", include_str!("../../../docs/book/introduction.md")),
    ("Findings and verdicts", "findings.md", include_str!("../../../docs/book/findings.md")),
    ("Add your own theory", "own-theory.md", include_str!("../../../docs/book/own-theory.md")),
];
/// The program that the guide shows; the tests compile and run it.
const OWN_THEORY: &str = include_str!("../../accumbens/examples/own_theory.rs");
const BOOK: &str = include_str!("../../../docs/book/book.toml");

/// What is written.
#[derive(clap::Args)]
pub struct Args {
    /// The folder: book.toml and src/ are written there, for `mdbook build`.
    out: PathBuf,
    /// Three simulated subjects a finding in place of twenty.
    #[arg(long)]
    quick: bool,
    /// Ask each theory at so many points of its prior too, in three subjects each: three lives a point and cell more.
    #[arg(long, default_value_t = 0, value_name = "N")]
    prior: u32,
}

/// A guide with what is not written by hand: the program it shows, and what the findings rest on.
fn filled(guide: &str, table: &findings::Table) -> String {
    let grades = format!("{} {}", table.grades.of_findings(), table.grades.of_tests());
    guide.replace("{{own_theory.rs}}", OWN_THEORY.trim_end()).replace("{{evidence}}", &grades)
}

pub fn run(args: &Args) -> Result<()> {
    let source = args.out.join("src");
    for folder in ["theories", "findings"].map(|f| source.join(f)) {
        std::fs::create_dir_all(&folder).map_err(|e| Error::file(&folder, e))?;
    }
    let parse = |label: String| Ok((label.clone(), theories::parse(&label)?));
    let options = Options {
        theories: findings::usual().into_iter().map(parse).collect::<Result<_>>()?,
        findings: catalogue::names().map(Into::into).collect(),
        subjects: if args.quick { crate::findings::QUICK } else { crate::findings::SUBJECTS },
        prior: args.prior,
        seed: Seed(1),
    };
    let bar = progress::bar(findings::steps(&options), "asking theories");
    let tick = || {
        bar.inc(1);
        !progress::stopped()
    };
    let table = findings::table(&options, &tick)?;
    bar.finish_and_clear();
    if table.unasked > 0 {
        return Err(Error::Interrupted);
    }
    let listed: Vec<(&str, &str)> = GUIDES.iter().map(|(title, path, _)| (*title, *path)).collect();
    write_file(&args.out.join("book.toml"), BOOK.as_bytes())?;
    for (path, text) in book::pages(&table, &listed)? {
        write_file(&source.join(path), text.as_bytes())?;
    }
    for (_, path, text) in GUIDES {
        write_file(&source.join(path), filled(text, &table).as_bytes())?;
    }
    output::line(&format!("the sources of the book: {}", source.display()))
}
