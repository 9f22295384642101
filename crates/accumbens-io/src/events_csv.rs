//! Reads events from CSV under the header `time,event,magnitude`.

use crate::csv_cells::{headers, open};
use accumbens_core::{Error, Event, EventClamp, EventKind, EventKindId, EventLog, Result, WORTH, is_worth};
use std::path::Path;

/// An event as it stands in the file.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The line of the file, from 1.
    pub line: u64,
    /// When, s.
    pub time: f64,
    /// The name of its kind.
    pub event: String,
    /// Magnitude; NaN where the file does not say it.
    pub magnitude: f64,
}

/// What an events file holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Events {
    /// Its rows, in the order of the file.
    pub rows: Vec<Row>,
    /// Columns that are not read, by their names.
    pub ignored: Vec<String>,
}

/// The columns that are read.
const READ: [&str; 3] = ["time", "event", "magnitude"];

/// A magnitude as it stands in a cell: NaN where the cell is empty or NA.
fn magnitude(cell: &str) -> Option<f64> {
    match cell {
        "" | "NA" => Some(f64::NAN),
        _ => cell.parse().ok().filter(|m| is_worth(*m)),
    }
}

/// Reads the rows of an events file.
///
/// # Errors
/// As [`read_all`].
pub fn read(path: &Path) -> Result<Vec<Row>> {
    Ok(read_all(path)?.rows)
}

/// Reads an events file: its rows, and what in it is not read.
///
/// # Errors
/// With the line, where a time or magnitude is no number, a name is empty, times go back, or a column stands twice.
pub fn read_all(path: &Path) -> Result<Events> {
    let place = path.display().to_string();
    let mut reader = open(path)?;
    let header = headers(&place, &mut reader)?;
    let column = |name: &str| header.iter().position(|h| h == name);
    let missing = |name: &str| {
        Error::input(
            format!("{place}:1"),
            format!("no column {name:?} among {}", header.join(", ")),
            "time,event,magnitude (time in s; magnitude where it matters)",
        )
    };
    let time = column("time").ok_or_else(|| missing("time"))?;
    let event = column("event").ok_or_else(|| missing("event"))?;
    let amounts = column("magnitude");
    let mut rows: Vec<Row> = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|e| Error::input(&place, e.to_string(), "as many fields as the header"))?;
        let line = record.position().map_or(0, csv::Position::line);
        let fault = |problem: String, accepted: &str| Error::input(format!("{place}:{line}"), problem, accepted);
        let seconds: f64 = record[time]
            .parse()
            .ok()
            .filter(|t: &f64| t.is_finite() && *t >= 0.0)
            .ok_or_else(|| fault(format!("time is {:?}", &record[time]), "a time in s, 0 or later"))?;
        if let Some(before) = rows.last()
            && seconds < before.time
        {
            return Err(fault(
                format!("time {seconds} is before {} on line {}", before.time, before.line),
                "times that never go back",
            ));
        }
        if record[event].is_empty() {
            return Err(fault("event is empty".into(), "the name of an event"));
        }
        let cell = amounts.map_or("", |m| &record[m]);
        let amount = magnitude(cell).ok_or_else(|| {
            fault(format!("magnitude is {cell:?}"), &format!("{WORTH}; nothing where it is the usual one"))
        })?;
        rows.push(Row { line, time: seconds, event: record[event].into(), magnitude: amount });
    }
    let ignored = header.into_iter().filter(|h| !h.is_empty() && !READ.contains(&h.as_str())).collect();
    Ok(Events { rows, ignored })
}

/// Makes a log of rows whose names are all among `kinds`. Where the file gave no magnitude it is 1 for an outcome and
/// 0 for any other kind.
///
/// # Errors
/// Where a name is not among the kinds.
pub fn log(place: &str, rows: &[Row], kinds: &[EventKind]) -> Result<EventLog> {
    let event = |row: &Row| {
        let at = kinds.iter().position(|k| k.name == row.event).ok_or_else(|| {
            let known = kinds.iter().map(|k| k.name.as_str()).collect::<Vec<_>>().join(", ");
            Error::input(format!("{place}:{}", row.line), format!("event {:?} is not declared", row.event), known)
        })?;
        let magnitude = if row.magnitude.is_nan() { kinds[at].usual_magnitude() } else { row.magnitude };
        Ok(Event { time: row.time, kind: EventKindId(at as u32), magnitude })
    };
    EventLog::new(kinds.to_vec(), rows.iter().map(event).collect::<Result<_>>()?).map_err(|e| e.within(place))
}

/// Reads clamps at events under the header `row,dopamine`; rows count from 0 in the events file of `events` rows.
///
/// # Errors
/// With the line, where a row or a value is not a number, or the row is not in the events file.
pub fn read_clamps(path: &Path, events: usize) -> Result<Vec<EventClamp>> {
    let place = path.display().to_string();
    let mut reader = open(path)?;
    let header = headers(&place, &mut reader)?;
    if header != ["row", "dopamine"] {
        return Err(Error::input(format!("{place}:1"), format!("header {}", header.join(",")), "row,dopamine"));
    }
    let mut clamps: Vec<EventClamp> = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|e| Error::input(&place, e.to_string(), "row,dopamine"))?;
        let line = record.position().map_or(0, csv::Position::line);
        let fault = |what: &str, cell: &str, accepted: String| {
            Error::input(format!("{place}:{line}"), format!("{what} is {cell:?}"), accepted)
        };
        let row = record[0].parse().ok().filter(|r: &usize| *r < events);
        let row = row.ok_or_else(|| {
            fault("row", &record[0], format!("a whole number from 0 to {}", events.saturating_sub(1)))
        })?;
        let value = record[1].parse().ok().filter(|v: &f64| v.is_finite());
        let value = value.ok_or_else(|| fault("dopamine", &record[1], "a finite number".into()))?;
        clamps.push(EventClamp { row, value });
    }
    Ok(clamps)
}
