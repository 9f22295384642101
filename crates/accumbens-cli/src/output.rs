//! Prints tables for people and JSON for programs.

use accumbens::concerns::Concern;
use accumbens_core::{Error, Result};
use comfy_table::{ColumnConstraint, ContentArrangement, Width, presets};
use std::fmt;
use std::io::{IsTerminal, Write};

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

/// What is to be asked about a study, one a line; nothing where there is nothing.
pub fn concerns(concerns: &[Concern]) -> Result<()> {
    if concerns.is_empty() {
        return Ok(());
    }
    line("to look at:")?;
    concerns.iter().try_for_each(|c| line(&format!("- {c}")))
}

/// A table under a header. In a terminal it is as wide as that; anywhere else a row is a line, however long.
pub struct Table {
    header: Vec<String>,
    rows: Vec<Vec<String>>,
}

/// A table under a header.
pub fn table(header: &[&str]) -> Table {
    Table { header: header.iter().map(|h| (*h).to_owned()).collect(), rows: Vec::new() }
}

/// Columns of a terminal that does not say how many it has.
const USUAL: u16 = 118;
/// Words up to so many characters are not broken.
const WORD: usize = 24;
/// The space around a cell, and between two, in characters.
const PADDING: usize = 2;
const BETWEEN: usize = 1;

/// Columns to be filled: `COLUMNS` where it is set, else those of the terminal; none where there is no terminal.
fn width() -> Option<u16> {
    let said = std::env::var("COLUMNS").ok().and_then(|c| c.parse().ok());
    let measured = || console::Term::stdout().size_checked().map_or(USUAL, |(_, columns)| columns);
    said.or_else(|| std::io::stdout().is_terminal().then(measured))
}

impl Table {
    /// Adds a row.
    pub fn add_row(&mut self, cells: impl IntoIterator<Item = impl fmt::Display>) {
        self.rows.push(cells.into_iter().map(|c| c.to_string()).collect());
    }

    fn cells(&self, column: usize) -> impl Iterator<Item = &str> {
        std::iter::once(&self.header).chain(&self.rows).filter_map(move |row| row.get(column)).map(String::as_str)
    }

    /// The least width in which a column can be read: that of its longest word, and the space around it.
    fn least(&self, column: usize) -> usize {
        let words = self.cells(column).flat_map(str::split_whitespace).map(|word| word.chars().count().min(WORD));
        words.max().unwrap_or(0) + PADDING
    }

    /// Whether a column holds names and numbers alone; text gets what they leave.
    fn is_short(&self, column: usize) -> bool {
        self.cells(column).all(|cell| cell.chars().count() <= WORD)
    }

    /// The columns of each block: where not all can be read side by side, the first stands before each part of the others.
    fn blocks(&self, width: usize) -> Vec<Vec<usize>> {
        let first = self.least(0) + BETWEEN;
        let (mut blocks, mut used) = (vec![vec![0]], first);
        for column in 1..self.header.len() {
            let least = self.least(column) + BETWEEN;
            if used + least > width && blocks.last().is_some_and(|b| b.len() > 1) {
                blocks.push(vec![0]);
                used = first;
            }
            if let Some(block) = blocks.last_mut() {
                block.push(column);
            }
            used += least;
        }
        blocks
    }

    fn render(&self, width: Option<u16>) -> String {
        let block = |columns: &[usize]| {
            let pick = |row: &Vec<String>| -> Vec<String> {
                columns.iter().map(|&c| row.get(c).cloned().unwrap_or_default()).collect()
            };
            let mut table = comfy_table::Table::new();
            match width {
                Some(width) => {
                    table.load_style(presets::UTF8_HORIZONTAL_ONLY);
                    table.set_content_arrangement(ContentArrangement::Dynamic).set_width(width);
                }
                None => _ = table.load_style(presets::NOTHING),
            }
            table.set_header(pick(&self.header));
            self.rows.iter().for_each(|row| _ = table.add_row(pick(row)));
            if width.is_none() {
                return table.trim_fmt();
            }
            for (place, column) in columns.iter().enumerate().filter(|(_, c)| self.is_short(**c)) {
                let least = u16::try_from(self.least(*column)).unwrap_or(u16::MAX);
                if let Some(shown) = table.column_mut(place) {
                    shown.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(least)));
                }
            }
            table.to_string()
        };
        let all = || vec![(0..self.header.len()).collect()];
        let blocks = width.map_or_else(all, |w| self.blocks(usize::from(w)));
        blocks.iter().map(|b| block(b)).collect::<Vec<_>>().join("\n")
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(width()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_beside_names_is_broken_between_its_words_and_the_names_are_not_broken() {
        let mut table = table(&["session", "signal", "what it says"]);
        let text = "temporal-difference error over states of variable duration, against the average reward";
        table.add_row(["m2/day1", "20.0 Hz", text]);
        let shown = table.render(Some(50));
        assert!(shown.lines().all(|l| l.chars().count() <= 50), "{shown}");
        assert!(
            ["m2/day1", "20.0 Hz", "temporal-difference", "duration,"].iter().all(|w| shown.contains(w)),
            "{shown}"
        );
    }

    fn wide() -> Table {
        let heads: Vec<String> = (1..=30).map(|i| format!("theory_{i}")).collect();
        let mut table = table(&std::iter::once("finding").chain(heads.iter().map(String::as_str)).collect::<Vec<_>>());
        for finding in ["schultz1997-transfer", "jeong2022-interval"] {
            table.add_row(std::iter::once(finding.to_owned()).chain((0..30).map(|_| "✓ 0.25".to_owned())));
        }
        table
    }

    #[test]
    fn where_there_is_no_terminal_a_row_is_a_line() {
        let text = wide().render(None);
        assert_eq!(text.lines().count(), 3);
        assert!(text.lines().nth(1).unwrap().contains("schultz1997-transfer"), "{text}");
        assert_eq!(text.lines().next().unwrap().split_whitespace().count(), 31);
    }

    #[test]
    fn a_table_wider_than_the_terminal_is_split_and_no_word_of_it_is_broken() {
        for width in [60, 80, 118] {
            let text = wide().render(Some(width));
            assert!(text.lines().all(|l| l.chars().count() <= usize::from(width)), "{text}");
            for i in 1..=30 {
                assert!(text.split_whitespace().any(|w| w == format!("theory_{i}")), "{width}: theory_{i}\n{text}");
            }
            assert!(text.lines().filter(|l| l.contains("schultz1997-transfer")).count() > 1);
        }
    }
}
