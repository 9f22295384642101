//! Reads a table of named columns from CSV or Parquet, as numbers where every cell is one and as words elsewhere.

pub use crate::cells::Cells;
use crate::parquet_columns;
use accumbens_core::{Error, Result};
use std::path::Path;

/// A table.
pub struct Table {
    /// Its columns, in the order of the file.
    pub columns: Vec<(String, Cells)>,
    /// The lines of the file before the first row of cells.
    pub skipped: usize,
}

impl Table {
    /// The column of this name.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&Cells> {
        self.columns.iter().find(|(n, _)| n == name).map(|(_, c)| c)
    }

    /// The numbers of the column of this name.
    #[must_use]
    pub fn numbers(&self, name: &str) -> Option<&[f64]> {
        match self.column(name)? {
            Cells::Numbers(n) => Some(n),
            Cells::Words(_) => None,
        }
    }

    /// The names of the columns.
    #[must_use]
    pub fn names(&self) -> Vec<&str> {
        self.columns.iter().map(|(n, _)| n.as_str()).collect()
    }

    /// How many rows there are.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.columns.first().map_or(0, |(_, c)| c.len())
    }

    /// Reads a table whose header stands behind `skip` lines; without a header, columns are named by their number
    /// from 1.
    ///
    /// # Errors
    /// With the line, where rows are of unequal length or the file is no text.
    pub fn read(path: &Path, skip: usize, header: bool) -> Result<Self> {
        if is_parquet(path) {
            let columns = parquet_columns::columns(path, &path.display().to_string())?;
            return Ok(Self { columns, skipped: 0 });
        }
        let place = path.display().to_string();
        let file = std::fs::File::open(path).map_err(|e| Error::file(path, e))?;
        let mut builder = csv::ReaderBuilder::new();
        let mut reader = builder.trim(csv::Trim::All).has_headers(false).flexible(true).from_reader(file);
        let fault = |e: csv::Error| Error::input(&place, e.to_string(), "text in columns");
        let mut names: Option<Vec<String>> = None;
        let mut columns: Vec<Growing> = Vec::new();
        for (row, record) in reader.records().enumerate() {
            let record = record.map_err(fault)?;
            if row < skip {
                continue;
            }
            let Some(names) = &names else {
                let given = |(i, c): (usize, &str)| match (header, c.trim_start_matches('\u{feff}')) {
                    (true, name) => name.to_owned(),
                    (false, _) => (i + 1).to_string(),
                };
                columns = record.iter().map(|_| Growing::default()).collect();
                if !header {
                    push(&mut columns, &record);
                }
                names = Some(record.iter().enumerate().map(given).collect());
                continue;
            };
            if record.len() != names.len() {
                let line = record.position().map_or(0, csv::Position::line);
                let problem = format!("{} fields where {} are named", record.len(), names.len());
                return Err(Error::input(format!("{place}:{line}"), problem, "as many fields as the header"));
            }
            push(&mut columns, &record);
        }
        let names = names.unwrap_or_default();
        let columns = names.into_iter().zip(columns).map(|(n, c)| (n, c.done())).collect();
        Ok(Self { columns, skipped: skip + usize::from(header) })
    }
}

/// Whether a file is Parquet, by its ending.
#[must_use]
pub fn is_parquet(path: &Path) -> bool {
    path.extension().is_some_and(|e| e == "parquet" || e == "pqt")
}

/// A column while it is read: numbers until a word comes.
#[derive(Default)]
struct Growing {
    numbers: Vec<f64>,
    words: Option<Vec<String>>,
}

impl Growing {
    fn push(&mut self, cell: &str) {
        if let Some(words) = &mut self.words {
            words.push(cell.to_owned());
            return;
        }
        match crate::csv_cells::number(cell).or_else(|| flag(cell)) {
            Some(number) => self.numbers.push(number),
            None => {
                let shown = |x: &f64| if x.is_nan() { String::new() } else { x.to_string() };
                let mut words: Vec<String> = self.numbers.iter().map(shown).collect();
                words.push(cell.to_owned());
                self.words = Some(words);
            }
        }
    }

    fn done(self) -> Cells {
        self.words.map_or(Cells::Numbers(self.numbers), Cells::Words)
    }
}

fn flag(cell: &str) -> Option<f64> {
    match cell {
        "True" | "TRUE" | "true" => Some(1.0),
        "False" | "FALSE" | "false" => Some(0.0),
        _ => None,
    }
}

fn push(columns: &mut [Growing], record: &csv::StringRecord) {
    for (column, cell) in columns.iter_mut().zip(record) {
        column.push(cell);
    }
}
