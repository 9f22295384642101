//! The `accumbens` command: which theory of dopamine explains a recording?

mod book;
mod cite;
mod compare;
mod describe;
mod experiments;
mod findings;
mod init;
mod inspect;
mod output;
mod progress;
mod simulate;
mod theories;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// Which theory of dopamine explains this recording?
#[derive(Parser)]
#[command(name = "accumbens", version, about, propagate_version = true)]
struct Cli {
    /// Print machine-readable JSON in place of tables.
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// List the theories, or print one theory's parameters and papers.
    Theories(theories::Args),
    /// List the experiments, or print one experiment's declaration.
    Experiments(experiments::Args),
    /// Ask theories about what experiments found, and print the table of theory × finding.
    Findings(findings::Args),
    /// Write the sources of the book: a page a theory and a finding, from the registry.
    Book(book::Args),
    /// Print BibTeX of the papers behind theories and findings.
    Cite(cite::Args),
    /// Let a theory live through an experiment or an events file and write its dopamine.
    Simulate(Box<simulate::Args>),
    /// Look through a folder of sessions and propose a study.toml.
    Init(init::Args),
    /// Print what a study will analyse, and what is wrong with it.
    Inspect(inspect::Args),
    /// Print the model-free facts of a study.
    Describe(describe::Args),
    /// Compare theories on a study, or on a simulated study where none is named.
    Compare(compare::Args),
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    progress::listen();
    let result = match cli.verb {
        Verb::Theories(args) => theories::run(&args, cli.json),
        Verb::Experiments(args) => experiments::run(&args, cli.json),
        Verb::Findings(args) => findings::run(&args, cli.json),
        Verb::Book(args) => book::run(&args),
        Verb::Cite(args) => cite::run(&args, cli.json),
        Verb::Simulate(args) => simulate::run(&args, cli.json),
        Verb::Init(args) => init::run(&args, cli.json),
        Verb::Inspect(args) => inspect::run(&args, cli.json),
        Verb::Describe(args) => describe::run(&args, cli.json),
        Verb::Compare(args) => compare::run(&args, cli.json),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(accumbens_core::Error::Interrupted) => {
            eprintln!("{}", accumbens_core::Error::Interrupted);
            ExitCode::from(130)
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}
