//! `accumbens convert`: a recording of any format as a folder that accumbens reads, a table, or NWB.

use crate::{Hooks, output};
use accumbens_core::format::{Hints, TimeUnit};
use accumbens_core::{Error, Result};
use accumbens_io::{formats, session_folder, write_table};
use std::path::{Path, PathBuf};

/// From what to what.
#[derive(clap::Args)]
pub struct Args {
    /// The recording: a file of any format, a TDT block, or a folder with the files of one session.
    from: PathBuf,
    /// A new folder; or a `.csv` or `.parquet` file of the channels of one clock; or an `.nwb` file.
    to: PathBuf,
    #[command(flatten)]
    said: Said,
}

/// What the file does not say itself.
#[derive(clap::Args)]
pub struct Said {
    /// The column that is the clock, in tables.
    #[arg(long, value_name = "COLUMN")]
    time: Option<String>,
    /// The unit of times in the file: s, ms or us.
    #[arg(long, value_name = "UNIT", value_parser = unit)]
    time_unit: Option<TimeUnit>,
    /// Samples a second, Hz, in files without a clock.
    #[arg(long, value_name = "HZ")]
    rate: Option<f64>,
    /// Channels that the device takes one after another stand each at its own time.
    #[arg(long)]
    stagger: bool,
}

fn unit(word: &str) -> std::result::Result<TimeUnit, String> {
    accumbens_io::units::claimed(word).ok_or_else(|| format!("{word:?}; accepted: s, ms, us"))
}

impl Said {
    /// As the readers take it.
    pub fn hints(&self) -> Hints {
        Hints { time: self.time.clone(), time_unit: self.time_unit, rate: self.rate, stagger: self.stagger }
    }
}

pub fn run(args: &Args, hooks: &Hooks<'_>) -> Result<()> {
    let source = formats::open(&args.from, &args.said.hints())?;
    let ending = args.to.extension().map(|e| e.to_string_lossy().to_lowercase());
    match ending.as_deref() {
        Some("nwb") => {
            let write = hooks.write_nwb.ok_or_else(no_nwb)?;
            write(source.as_ref(), &args.to)?;
        }
        Some("csv" | "parquet") => table(source.as_ref(), &args.to)?,
        None => session_folder::write(source.as_ref(), &args.to)?,
        Some(other) => {
            return Err(Error::input("TO", format!("a .{other} file"), "a folder, .csv, .parquet or .nwb"));
        }
    }
    source.holdings().notes.iter().try_for_each(|n| output::line(&format!("note: {n}")))?;
    output::line(&format!("wrote {}", args.to.display()))
}

/// Why this program writes no NWB.
pub fn no_nwb() -> Error {
    let problem = "this program reads NWB and does not write it";
    Error::input("TO", problem, "the command of the Python package, which does: pip install 'accumbens[nwb]'")
}

fn table(source: &dyn accumbens_core::format::Source, to: &Path) -> Result<()> {
    let traces = session_folder::traces(source)?;
    match traces.as_slice() {
        [(_, columns)] => write_table(to, columns),
        [] => Err(Error::input("FROM", "it has no channels", "a recording with channels")),
        several => {
            let problem = format!("its channels have {} clocks, and a table has one", several.len());
            Err(Error::input("TO", problem, "a folder, which holds a table for each"))
        }
    }
}
