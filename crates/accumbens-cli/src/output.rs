//! Prints tables for people and JSON for programs.

use accumbens_core::{Error, Result};
use comfy_table::{ContentArrangement, Table, presets};
use std::io::Write;

/// Writes to standard output; a reader that has gone away (`| head`) ends the program quietly.
pub fn print(text: &str) -> Result<()> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(e) if e.kind() == std::io::ErrorKind::BrokenPipe => std::process::exit(0),
        Err(e) => Err(Error::input("standard output", e.to_string(), "")),
        Ok(()) => Ok(()),
    }
}

/// Writes a line.
pub fn line(text: &str) -> Result<()> {
    print(&format!("{text}\n"))
}

/// Writes JSON.
pub fn json(value: &impl serde::Serialize) -> Result<()> {
    let text = serde_json::to_string_pretty(value).map_err(|e| Error::input("json", e.to_string(), ""))?;
    line(&text)
}

/// A table under a header.
pub fn table(header: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_HORIZONTAL_ONLY).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(width());
    table.set_header(header.to_vec());
    table
}

fn width() -> u16 {
    std::env::var("COLUMNS").ok().and_then(|c| c.parse().ok()).unwrap_or(118)
}
