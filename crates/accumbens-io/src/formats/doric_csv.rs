//! Reads the CSV files of Doric Neuroscience Studio: a time column `Time(s)` on the first or second line.

use super::{
    sniff,
    table::{Cells, Table},
};
use crate::edges;
use crate::loaded::Loaded;
use accumbens_core::format::{Format, Hints, Source, StreamKind};
use accumbens_core::{Error, Result};
use std::path::Path;
use std::sync::Arc;

/// Doric, as CSV.
pub struct DoricCsv;

/// The line of the header, if this is such a file.
fn header_line(path: &Path) -> Option<usize> {
    let lines = sniff::lines(path, 2);
    lines.iter().position(|l| l.iter().any(|c| c.eq_ignore_ascii_case("time(s)")))
}

/// Whether the values are those of a line that is high or low.
pub(super) fn is_digital(name: &str, values: &[f64]) -> bool {
    let named = ["dio", "di--o", "di/o", "ttl"].iter().any(|w| name.to_lowercase().contains(w));
    named && values.iter().all(|x| *x == 0.0 || *x == 1.0 || x.is_nan())
}

impl Format for DoricCsv {
    fn name(&self) -> &'static str {
        "Doric (CSV)"
    }

    fn recognises(&self, path: &Path) -> bool {
        header_line(path).is_some()
    }

    fn open(&self, path: &Path, hints: &Hints) -> Result<Box<dyn Source>> {
        let place = path.display().to_string();
        let table = Table::read(path, header_line(path).unwrap_or(0), true)?;
        let is_time = |n: &&str| n.eq_ignore_ascii_case("time(s)");
        let clock = table.names().into_iter().find(is_time).unwrap_or("Time(s)");
        let all = table.numbers(clock).ok_or_else(|| Error::input(&place, "no numbers in the time column", "s"))?;
        let mut file = Loaded::new("Doric CSV");
        for (name, cells) in table.columns.iter().filter(|(n, _)| !n.is_empty() && n != clock) {
            let Cells::Numbers(values) = cells else {
                file.note(format!("column {name:?} holds words and was passed over"));
                continue;
            };
            // Times and values that are not there are left out together: channels have rates of their own.
            let kept = |i: &usize| all[*i].is_finite() && values[*i].is_finite();
            let rows: Vec<usize> = (0..values.len()).filter(kept).collect();
            if rows.is_empty() {
                continue;
            }
            let times = Arc::new(rows.iter().map(|&i| all[i] * hints.scale()).collect::<Vec<_>>());
            let data: Vec<f64> = rows.iter().map(|&i| values[i]).collect();
            let digital = is_digital(name, &data);
            if digital {
                file.events(edges::rising(name, &data, |i| times[i]));
            }
            let own = if rows.len() == all.len() { clock.to_owned() } else { format!("{clock} of {name}") };
            file.stamped(name, &own, &times, data)?.kind =
                if digital { StreamKind::Digital } else { StreamKind::Light };
        }
        Ok(Box::new(file))
    }
}
