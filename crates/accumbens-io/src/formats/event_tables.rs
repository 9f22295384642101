//! Reads tables of events alone: accumbens' own, GuPPy's, pMAT's, digital logs of Neurophotometrics, and bare lists of
//! times with names.

use super::{
    sniff,
    table::{Cells, Table, is_parquet},
};
use crate::loaded::Loaded;
use accumbens_core::format::{EventSeries, Format, Hints, Holdings, PassedOver, Source};
use accumbens_core::{Error, Result};
use std::path::Path;

/// Events in CSV, of any of the layouts that labs use.
pub struct EventTables;

/// How the events of a file are laid out.
#[derive(Clone, Copy)]
enum Layout {
    /// `time,event[,magnitude]`.
    Own,
    /// `timestamps` alone: all of one kind, named by the file.
    Times,
    /// `name,onset[,offset]`.
    Onsets,
    /// Digital lines of Neurophotometrics: a name, a state and a time.
    Lines,
    /// No header; a time and a name.
    Bare,
}

fn layout(path: &Path) -> Option<Layout> {
    let first: Vec<String> = sniff::header(path).iter().map(|c| c.to_lowercase()).collect();
    let named = sniff::stem(path).eq_ignore_ascii_case("events");
    let has = |name: &str| first.iter().any(|c| c == name);
    match first.as_slice() {
        [only] if only == "timestamps" => Some(Layout::Times),
        _ if has("time") && has("event") => Some(Layout::Own),
        _ if has("onset") && first.len() <= 3 && first[0] != "onset" => Some(Layout::Onsets),
        _ if has("digitalioname") && has("digitaliostate") => Some(Layout::Lines),
        [time, name] if time.parse::<f64>().is_ok() && !name.is_empty() => Some(Layout::Bare),
        // A file that is called so, or names what happened, holds events: what it lacks is an error, not another format.
        [_, ..] if named || (has("event") && names_events(path)) => Some(Layout::Own),
        [] if named && path.extension().is_some_and(|e| e.eq_ignore_ascii_case("csv")) => Some(Layout::Own),
        _ => None,
    }
}

/// Whether the first cell under `event` of a CSV file is a word.
fn names_events(path: &Path) -> bool {
    let lines = sniff::lines(path, 2);
    let [header, first] = &lines[..] else { return false };
    let at = header.iter().position(|c| c.eq_ignore_ascii_case("event"));
    let cell = at.and_then(|i| first.get(i));
    cell.is_some_and(|c| !c.is_empty() && c.parse::<f64>().is_err())
}

/// Times by name, in the order in which names come.
struct Series(Vec<EventSeries>);

impl Series {
    fn push(&mut self, name: &str, time: f64, magnitude: f64, duration: f64) {
        let at = self.0.iter().position(|s| s.name == name).unwrap_or_else(|| {
            self.0.push(EventSeries { name: name.into(), ..EventSeries::default() });
            self.0.len() - 1
        });
        self.0[at].times.push(time);
        self.0[at].magnitudes.push(magnitude);
        self.0[at].durations.push(duration);
    }

    fn into_file(self, file: &mut Loaded) {
        for mut series in self.0 {
            for values in [&mut series.magnitudes, &mut series.durations] {
                if values.iter().all(|x| x.is_nan()) {
                    values.clear();
                }
            }
            file.events(series);
        }
    }
}

/// The columns that a layout asks for.
fn accepted(layout: Layout) -> &'static str {
    match layout {
        Layout::Own | Layout::Bare => "time (in s), event and, where it matters, magnitude",
        Layout::Times => "timestamps",
        Layout::Onsets => "a name, onset and, where it matters, offset",
        Layout::Lines => "DigitalIOName, DigitalIOState and a timestamp",
    }
}

impl Format for EventTables {
    fn name(&self) -> &'static str {
        "events (events.csv, GuPPy, pMAT, lists of times)"
    }

    fn recognises(&self, path: &Path) -> bool {
        path.is_file() && layout(path).is_some()
    }

    fn open(&self, path: &Path, hints: &Hints) -> Result<Box<dyn Source>> {
        let layout = layout(path).unwrap_or(Layout::Own);
        let place = path.display().to_string();
        let mut file = Loaded::new("events CSV");
        let mut series = Series(Vec::new());
        let scale = hints.scale();
        if let (Layout::Own, false) = (layout, is_parquet(path)) {
            let events = crate::events_csv::read_all(path)?;
            for column in events.ignored {
                file.pass_over(PassedOver::events(&column));
            }
            for row in events.rows {
                series.push(&row.event, row.time * scale, row.magnitude, f64::NAN);
                if let Some(new) = series.0.last_mut().filter(|s| s.place.is_empty()) {
                    new.place = format!(":{}", row.line);
                }
            }
            series.into_file(&mut file);
            return Ok(Box::new(file));
        }
        let table = Table::read(path, 0, !matches!(layout, Layout::Bare))?;
        let column = |name: &str| {
            let at = table.columns.iter().position(|(n, _)| n.eq_ignore_ascii_case(name));
            at.map(|i| &table.columns[i].1).ok_or_else(|| {
                let problem = format!("no column {name:?} among {}", table.names().join(", "));
                Error::input(format!("{place}:1"), problem, accepted(layout))
            })
        };
        let number = |cells: &Cells, row: usize| match cells {
            Cells::Numbers(n) => Ok(n[row]),
            Cells::Words(w) => Err(Error::input(
                format!("{place}:{}", row + 1 + table.skipped),
                format!("the time is {:?}", w[row]),
                "a number",
            )),
        };
        match layout {
            Layout::Own => {
                let (time, event) = (column("time")?, column("event")?);
                let (magnitude, duration) = (column("magnitude").ok(), column("duration").ok());
                for name in table.names() {
                    if !["time", "event", "magnitude", "duration"].iter().any(|n| name.eq_ignore_ascii_case(n)) {
                        file.pass_over(PassedOver::events(name));
                    }
                }
                for row in 0..table.rows() {
                    let known = |cells: Option<&Cells>| cells.map_or(Ok(f64::NAN), |c| number(c, row));
                    let lasted = known(duration)? * scale;
                    series.push(&word(event, row), number(time, row)? * scale, known(magnitude)?, lasted);
                }
            }
            Layout::Times => {
                let times = column("timestamps")?;
                for row in 0..table.rows() {
                    series.push(&sniff::stem(path), number(times, row)? * scale, f64::NAN, f64::NAN);
                }
            }
            Layout::Onsets => {
                let (onset, offset) = (column("onset")?, column("offset").ok());
                for row in 0..table.rows() {
                    let time = number(onset, row)? * scale;
                    let end = offset.map(|o| number(o, row)).transpose()?.unwrap_or(f64::NAN) * scale;
                    series.push(&word(&table.columns[0].1, row), time, f64::NAN, end - time);
                }
            }
            Layout::Lines => lines(&table, scale, &mut series),
            Layout::Bare => {
                for row in 0..table.rows() {
                    let time = number(&table.columns[0].1, row)? * scale;
                    series.push(&word(&table.columns[1].1, row), time, f64::NAN, f64::NAN);
                }
            }
        }
        series.into_file(&mut file);
        Ok(Box::new(file))
    }
}

fn word(cells: &Cells, row: usize) -> String {
    match cells {
        Cells::Numbers(n) => n[row].to_string(),
        Cells::Words(w) => w[row].clone(),
    }
}

/// A line that goes up is an event; when it goes down is how long it lasted.
fn lines(table: &Table, scale: f64, series: &mut Series) {
    let find = |wanted: &str| table.columns.iter().find(|(n, _)| n.to_lowercase().contains(wanted)).map(|(_, c)| c);
    let (Some(names), Some(states), Some(Cells::Numbers(times))) =
        (find("digitalioname"), find("digitaliostate"), find("timestamp"))
    else {
        return;
    };
    let up = |row: usize| matches!(word(states, row).to_lowercase().as_str(), "1" | "true" | "high");
    for (row, time) in times.iter().enumerate() {
        let name = word(names, row);
        if up(row) {
            series.push(&name, time * scale, f64::NAN, f64::NAN);
        } else if let Some(open) = series.0.iter_mut().find(|s| s.name == name)
            && let (Some(start), Some(lasted)) = (open.times.last(), open.durations.last_mut())
        {
            *lasted = time * scale - start;
        }
    }
}

/// GuPPy's streams: `timestamps,data,sampling_rate`, of which only the first row has the rate.
pub struct Guppy;

impl Format for Guppy {
    fn name(&self) -> &'static str {
        "GuPPy (CSV)"
    }

    fn recognises(&self, path: &Path) -> bool {
        let header: Vec<String> = sniff::lines(path, 1).into_iter().flatten().collect();
        header == ["timestamps", "data", "sampling_rate"]
    }

    fn open(&self, path: &Path, hints: &Hints) -> Result<Box<dyn Source>> {
        let table = Table::read(path, 0, true)?;
        let missing =
            |name: &str| Error::input(path.display().to_string(), format!("no numbers in {name:?}"), "numbers");
        let times = table.numbers("timestamps").ok_or_else(|| missing("timestamps"))?;
        let data = table.numbers("data").ok_or_else(|| missing("data"))?;
        let mut file = Loaded::new("GuPPy CSV");
        let stamps = std::sync::Arc::new(times.iter().map(|t| t * hints.scale()).collect::<Vec<_>>());
        let name = sniff::stem(path);
        let stream = file.stamped(&name, "timestamps", &stamps, data.to_vec())?;
        stream.kind = accumbens_core::format::StreamKind::Light;
        stream.excitation = crate::roles::wavelength(&name);
        let Holdings { notes, .. } = file.holdings_mut();
        if let Some(rate) = table.numbers("sampling_rate").and_then(|r| r.first().copied()).filter(|r| r.is_finite()) {
            notes.push(format!("the file says {rate} Hz"));
        }
        Ok(Box::new(file))
    }
}
