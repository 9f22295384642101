//! Reads a tidy table of choices, CSV or Parquet: one row a trial.
//!
//! Columns: `subject`, `choice`, `outcome`; and where there are any `group`, `session`, `trial` (its order; that of the rows
//! where absent), `stimulus`, `offered` (`A|B`), `latency` (s), `dopamine`. Usual names of other programs are known too.

use crate::formats::table::{Cells, Table};
use accumbens_core::choices::{Choices, Row};
use accumbens_core::{Error, Result};
use std::path::Path;

/// Each column with the names under which it is known, the first being ours.
const COLUMNS: [(&str, &[&str]); 10] = [
    ("subject", &["subject", "subjID", "participant", "ppt", "animal"]),
    ("choice", &["choice", "response"]),
    ("outcome", &["outcome", "reward", "feedback"]),
    ("group", &["group"]),
    ("session", &["session", "block"]),
    ("trial", &["trial"]),
    ("stimulus", &["stimulus", "state"]),
    ("offered", &["offered"]),
    ("latency", &["latency", "rt", "RT"]),
    ("dopamine", &["dopamine"]),
];

fn found<'a>(table: &'a Table, name: &str) -> Option<&'a Cells> {
    let known = COLUMNS.iter().find(|(n, _)| *n == name)?.1;
    known.iter().find_map(|n| table.column(n))
}

/// Whether a file is named as a table of choices is: a study is TOML.
#[must_use]
pub fn is_named(path: &Path) -> bool {
    path.extension().is_some_and(|e| ["csv", "parquet"].iter().any(|k| e.eq_ignore_ascii_case(k)))
}

fn word(cells: Option<&Cells>, row: usize) -> String {
    match cells {
        None => String::new(),
        Some(Cells::Words(words)) => match words[row].as_str() {
            "NA" | "NaN" | "nan" => String::new(),
            word => word.into(),
        },
        Some(Cells::Numbers(numbers)) => {
            if numbers[row].is_nan() {
                String::new()
            } else {
                numbers[row].to_string()
            }
        }
    }
}

/// Reads a table of choices.
///
/// # Errors
/// With the file and the row or column, where it is none.
pub fn read(path: &Path) -> Result<Choices> {
    of(&Table::read(path, 0, true)?).map_err(|e| e.within(&path.display().to_string()))
}

/// The choices that a table holds, by the names of its columns.
///
/// # Errors
/// With the row or column, where it holds none.
pub fn of(table: &Table) -> Result<Choices> {
    for needed in ["subject", "choice", "outcome"] {
        if found(table, needed).is_none() {
            let problem = format!("no column {needed:?} among {}", table.names().join(", "));
            return Err(Error::input("columns", problem, "columns subject, choice and outcome"));
        }
    }
    crate::csv_cells::once(&table.names())?;
    if let Some((name, column)) = table.columns.iter().find(|(_, c)| c.len() != table.rows()) {
        let problem = format!("{} cells beside {} in {}", column.len(), table.rows(), table.names()[0]);
        return Err(Error::input(format!("column {name:?}"), problem, "columns of one length"));
    }
    let number = |name: &str, row: usize| -> Result<f64> {
        match found(table, name) {
            None => Ok(f64::NAN),
            Some(Cells::Numbers(numbers)) => Ok(numbers[row]),
            Some(Cells::Words(words)) => crate::csv_cells::number(&words[row]).ok_or_else(|| {
                let problem = format!("{name} {:?}", words[row]);
                Error::input(format!("row {}", row + 1), problem, "a number, or nothing")
            }),
        }
    };
    let row = |i: usize| -> Result<Row> {
        let trial = number("trial", i)?;
        let offered = word(found(table, "offered"), i);
        Ok(Row {
            subject: word(found(table, "subject"), i),
            group: word(found(table, "group"), i),
            session: word(found(table, "session"), i),
            trial: if trial.is_nan() { i as f64 } else { trial },
            stimulus: word(found(table, "stimulus"), i),
            choice: word(found(table, "choice"), i),
            offered: offered.split('|').map(str::trim).filter(|o| !o.is_empty()).map(Into::into).collect(),
            outcome: number("outcome", i)?,
            latency: number("latency", i)?,
            dopamine: number("dopamine", i)?,
        })
    };
    let rows = (0..table.rows()).map(row).collect::<Result<Vec<_>>>()?;
    Choices::of(rows)
}
