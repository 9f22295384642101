//! The `accumbens` command: which theory of dopamine explains a recording?
//!
//! It is a library so that the Python package carries the same command.

mod book;
mod choices;
mod cite;
mod clean;
mod clinic;
mod compare;
mod convert;
mod describe;
mod experiments;
mod file;
mod findings;
mod init;
mod inspect;
mod output;
mod peri;
mod progress;
mod ranked;
mod record;
mod simulate;
mod theories;
mod treat;

pub use compare::{chosen, trials};

use accumbens_core::Error;
use accumbens_core::format::Source;
use clap::{Parser, Subcommand};
use std::ffi::OsString;
use std::path::Path;

/// Writes what a source holds to an NWB file.
pub type WriteNwb<'a> = &'a dyn Fn(&dyn Source, &Path) -> accumbens_core::Result<()>;

/// What the command can do only where something else lends a hand.
#[derive(Clone, Copy, Default)]
pub struct Hooks<'a> {
    /// Writes NWB: the Python package, through pynwb.
    pub write_nwb: Option<WriteNwb<'a>>,
    /// Prints where in its own language a theory broke, where the error knows: the Python package, its traceback.
    pub trace: Option<&'a dyn Fn(&Error)>,
}

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
    /// Ask accounts of disorders about what studies of the clinic found.
    Clinic(clinic::Args),
    /// Write the sources of the book: a page a theory and a finding, from the registry.
    Book(book::Args),
    /// Print BibTeX of the papers behind theories and findings.
    Cite(cite::Args),
    /// Let a theory live through an experiment or an events file and write its dopamine.
    Simulate(Box<simulate::Args>),
    /// Record what a fibre would see if a theory were true: neurons, release, receptors, an indicator, drugs, noise.
    Record(Box<record::Args>),
    /// Look through a folder of sessions and propose a study.toml.
    Init(init::Args),
    /// Print what a recording holds, or what a study will analyse and what is wrong with it.
    Inspect(inspect::Args),
    /// Write a recording of any format as a folder, a table or NWB.
    Convert(convert::Args),
    /// Clean every session of a study as the study says, and write what was done.
    Clean(clean::Args),
    /// Show the signal around events: trials, mixed models with bands, event kernels, transients.
    Peri(peri::Args),
    /// Print the model-free facts of a study.
    Describe(describe::Args),
    /// Compare theories on a study or a table of choices, or on a simulated study where none is named.
    Compare(compare::Args),
    /// Treat simulated people, account by account of a disorder: what gets better, and what it costs elsewhere.
    Treat(treat::Args),
}

/// Runs the command with these words (the first is the program's name); returns its exit status.
pub fn run(words: impl IntoIterator<Item = OsString>, hooks: &Hooks<'_>) -> u8 {
    let cli = match Cli::try_parse_from(words) {
        Ok(cli) => cli,
        Err(error) => {
            let _ = error.print();
            return u8::try_from(error.exit_code()).unwrap_or(2);
        }
    };
    progress::listen();
    let result = match cli.verb {
        Verb::Theories(args) => theories::run(&args, cli.json),
        Verb::Experiments(args) => experiments::run(&args, cli.json),
        Verb::Findings(args) => findings::run(&args, cli.json),
        Verb::Clinic(args) => clinic::run(&args, cli.json),
        Verb::Book(args) => book::run(&args),
        Verb::Cite(args) => cite::run(&args, cli.json),
        Verb::Simulate(args) => simulate::run(&args, cli.json),
        Verb::Record(args) => record::run(&args, cli.json, hooks),
        Verb::Init(args) => init::run(&args, cli.json),
        Verb::Inspect(args) => inspect::run(&args, cli.json),
        Verb::Convert(args) => convert::run(&args, hooks),
        Verb::Clean(args) => clean::run(&args, cli.json),
        Verb::Peri(args) => peri::run(&args, cli.json),
        Verb::Describe(args) => describe::run(&args, cli.json),
        Verb::Compare(args) => compare::run(&args, cli.json),
        Verb::Treat(args) => treat::run(&args, cli.json),
    };
    match result {
        Ok(()) => 0,
        Err(stopped @ (Error::Interrupted | Error::CutOff(_))) => {
            eprintln!("{stopped}");
            130
        }
        Err(error) => {
            if let Some(trace) = hooks.trace {
                trace(&error);
            }
            eprintln!("error: {error}");
            2
        }
    }
}
