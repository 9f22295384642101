//! Reads plain tables: a column of times with channels beside it, as CSV or Parquet.

use super::{
    sniff,
    table::{Cells, Table, is_parquet},
};
use crate::csv_cells::{CLOCKS, number};
use crate::loaded::Loaded;
use accumbens_core::format::{Format, Hints, PassedOver, Source, StreamKind};
use accumbens_core::{Error, Result};
use std::path::Path;
use std::sync::Arc;

/// A clock and channels, in columns under a header.
pub struct Tables;

/// What accumbens wrote beside a trace comes back with it.
fn restore(path: &Path, file: &mut Loaded) {
    let said = if is_parquet(path) { crate::parquet_columns::about(path, crate::session_folder::ABOUT) } else { None };
    let Some(about) = said.and_then(|s| serde_json::from_str::<crate::session_folder::About>(&s).ok()) else { return };
    let held = file.holdings_mut();
    (held.subject, held.session, held.started) = (about.subject, about.session, about.started);
    for stream in &mut held.streams {
        if let Some(known) = about.streams.iter().find(|s| s.name == stream.name) {
            stream.unit.clone_from(&known.unit);
            stream.kind = known.kind;
            (stream.excitation, stream.emission) = (known.excitation, known.emission);
            stream.about.clone_from(&known.about);
        }
    }
}

/// The column that is the clock: the one the user names, else the first with a usual name.
fn clock<'a>(names: &[&'a str], hints: &'a Hints) -> Option<&'a str> {
    match &hints.time {
        Some(wanted) => names.iter().copied().find(|n| n == wanted),
        None => CLOCKS.iter().find_map(|c| names.iter().copied().find(|n| n == c)),
    }
}

impl Format for Tables {
    fn name(&self) -> &'static str {
        "CSV or Parquet (a time column and channels)"
    }

    fn recognises(&self, path: &Path) -> bool {
        path.is_file() && (is_parquet(path) || path.extension().is_some_and(|e| e.eq_ignore_ascii_case("csv")))
    }

    fn open(&self, path: &Path, hints: &Hints) -> Result<Box<dyn Source>> {
        let place = path.display().to_string();
        let table = Table::read(path, 0, true)?;
        let names = table.names();
        let clock = clock(&names, hints);
        let all = match (clock, hints.rate) {
            (Some(clock), _) => {
                let numbers = table
                    .numbers(clock)
                    .ok_or_else(|| Error::input(&place, format!("column {clock:?} of times holds words"), "numbers"))?;
                numbers.iter().map(|t| t * hints.scale()).collect::<Vec<_>>()
            }
            (None, Some(rate)) if rate > 0.0 && hints.time.is_none() => {
                (0..table.rows()).map(|i| i as f64 / rate).collect()
            }
            _ => {
                let problem = match &hints.time {
                    _ if names.is_empty() => {
                        return Err(Error::input(
                            &place,
                            "the file is empty",
                            "a column of times and channels beside it",
                        ));
                    }
                    Some(name) => format!("no column {name:?} for the clock"),
                    None => "no column is called as clocks are".into(),
                };
                return Err(Error::input(&place, problem, format!("the name of one of {}", names.join(", "))));
            }
        };
        let mut file = Loaded::new(if is_parquet(path) { "Parquet" } else { "CSV" });
        let kept: Vec<usize> = (0..all.len()).filter(|&i| all[i].is_finite()).collect();
        if kept.len() < all.len() {
            file.note(format!("{} rows without a time were left out", all.len() - kept.len()));
        }
        let times = Arc::new(kept.iter().map(|&i| all[i]).collect::<Vec<_>>());
        for (name, cells) in &table.columns {
            match cells {
                _ if Some(name.as_str()) == clock || name.is_empty() => {}
                Cells::Words(words) => {
                    let first = words.iter().position(|w| number(w).is_none()).unwrap_or(0);
                    let word = words.get(first).map_or("", String::as_str);
                    file.pass_over(PassedOver::words(name, word, first + 1));
                }
                Cells::Numbers(values) => {
                    let data = kept.iter().map(|&i| values[i]).collect();
                    file.stamped(name, clock.unwrap_or("rows"), &times, data)?.kind = StreamKind::Light;
                }
            }
        }
        file.holdings_mut().session = Some(sniff::stem(path));
        restore(path, &mut file);
        Ok(Box::new(file))
    }
}
