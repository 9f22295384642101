//! Reads a trial table: one row a trial, the signal around it in columns.

use crate::csv_cells::{headers, number, open};
use accumbens_core::study::{Session, Subject, Windows};
use accumbens_core::{Error, Event, EventKind, EventKindId, EventLog, Recording, Result, WORTH, is_worth};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::hash_map::Entry::{Occupied, Vacant};
use std::collections::{BTreeMap, HashMap};
use std::path::Path;

/// Which columns of a trial table are what.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TrialTable {
    /// The file, relative to the study file.
    pub file: String,
    /// The column of the subject.
    pub subject: String,
    /// The column of the session; sessions are in the order of their numbers or names.
    pub session: String,
    /// The column that orders the trials of a session.
    pub trial: String,
    /// What the columns of samples begin with; their order in the file is the order in time.
    pub samples: String,
    /// Samples a second.
    pub rate: f64,
    /// The time of the first sample relative to the trial's first event, s.
    pub first: f64,
    /// The column of the time of the trial's first event in the session, s.
    #[serde(default)]
    pub time: Option<String>,
    /// The column of the time since the trial before, s, where there is no time.
    #[serde(default)]
    pub interval: Option<String>,
    /// The time between trials, s, where no column has it.
    #[serde(default)]
    pub spacing: Option<f64>,
    /// What happens in a trial; the first that applies carries the samples.
    #[serde(rename = "event")]
    pub events: Vec<TableEvent>,
}

/// Something that happens in a trial of the table.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TableEvent {
    /// The kind.
    pub event: String,
    /// When, s after the trial's first event.
    #[serde(default)]
    pub at: f64,
    /// Magnitude; 1 for an outcome and 0 for any other kind where absent.
    #[serde(default)]
    pub magnitude: Option<f64>,
    /// Only in trials where these columns have these values.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, serde_json::Value>")]
    pub when: BTreeMap<String, toml::Value>,
}

struct Row {
    line: u64,
    session: String,
    order: f64,
    cells: Vec<String>,
    samples: Vec<f64>,
}

impl TrialTable {
    /// Reads the table.
    ///
    /// # Errors
    /// With the line or column of the fault.
    pub fn read(&self, folder: &Path, kinds: &[EventKind]) -> Result<Vec<Subject>> {
        let path = folder.join(&self.file);
        let place = path.display().to_string();
        if !(self.rate.is_finite() && self.rate > 0.0 && self.first.is_finite()) {
            return Err(Error::input(
                "trials",
                format!("rate {}, first {}", self.rate, self.first),
                "rate above 0, finite first",
            ));
        }
        for event in &self.events {
            if !kinds.iter().any(|k| k.name == event.event) {
                let known = kinds.iter().map(|k| k.name.as_str()).collect::<Vec<_>>().join(", ");
                return Err(Error::input("trials.event", format!("{:?} is not declared", event.event), known));
            }
            if let Some(magnitude) = event.magnitude.filter(|m| !is_worth(*m)) {
                let problem = format!("{:?} has magnitude {magnitude:e}", event.event);
                return Err(Error::input("trials.event", problem, WORTH));
            }
        }
        let mut reader = open(&path)?;
        let header = headers(&place, &mut reader)?;
        let column = |name: &str| {
            header.iter().position(|h| h == name).ok_or_else(|| {
                let names = header.iter().filter(|h| !h.starts_with(&self.samples)).cloned().collect::<Vec<_>>();
                Error::input(format!("{place}:1"), format!("no column {name:?}"), names.join(", "))
            })
        };
        let (subject, session, trial) = (column(&self.subject)?, column(&self.session)?, column(&self.trial)?);
        let samples: Vec<usize> = (0..header.len()).filter(|&i| header[i].starts_with(&self.samples)).collect();
        if samples.is_empty() {
            return Err(Error::input(format!("{place}:1"), format!("no column begins with {:?}", self.samples), ""));
        }
        if let [only] = samples[..] {
            let problem = format!("{:?} is the only column that begins with {:?}", header[only], self.samples);
            return Err(Error::input(format!("{place}:1"), problem, "two samples a trial or more: one is no window"));
        }
        let mut subjects: Vec<(String, Vec<Row>)> = Vec::new();
        for record in reader.records() {
            let record = record.map_err(|e| Error::input(&place, e.to_string(), "as many fields as the header"))?;
            let line = record.position().map_or(0, csv::Position::line);
            let cell = |i: usize| {
                let value = number(&record[i]);
                value.ok_or_else(|| {
                    Error::input(format!("{place}:{line}"), format!("{} is {:?}", header[i], &record[i]), "a number")
                })
            };
            if record[subject].is_empty() {
                let problem = format!("{} is empty", header[subject]);
                return Err(Error::input(format!("{place}:{line}"), problem, "the name of a subject"));
            }
            let row = Row {
                line,
                session: record[session].into(),
                order: cell(trial)?,
                samples: samples.iter().map(|&i| cell(i)).collect::<Result<_>>()?,
                cells: record.iter().take(header.len()).map(Into::into).collect(),
            };
            match subjects.iter_mut().find(|(name, _)| *name == record[subject]) {
                Some((_, rows)) => rows.push(row),
                None => subjects.push((record[subject].into(), vec![row])),
            }
        }
        subjects.iter().try_for_each(|(name, rows)| once(&place, name, rows))?;
        subjects
            .into_iter()
            .map(|(name, rows)| {
                Ok(Subject { sessions: self.sessions(&place, &header, rows, kinds)?, group: String::new(), name })
            })
            .collect()
    }

    fn sessions(
        &self,
        place: &str,
        header: &[String],
        mut rows: Vec<Row>,
        kinds: &[EventKind],
    ) -> Result<Vec<Session>> {
        let number = |r: &Row| r.session.parse::<f64>().ok();
        rows.sort_by(|a, b| {
            let sessions = match (number(a), number(b)) {
                (Some(a), Some(b)) => a.total_cmp(&b),
                _ => a.session.cmp(&b.session),
            };
            sessions.then(a.order.total_cmp(&b.order))
        });
        let parts = rows.chunk_by(|a, b| a.session == b.session);
        parts.map(|part| self.session(place, header, part, kinds)).collect()
    }

    /// The time of each trial of a session, s.
    fn times(&self, place: &str, header: &[String], rows: &[Row]) -> Result<Vec<f64>> {
        let cell = |row: &Row, name: &str| {
            let at = header.iter().position(|h| h == name);
            let value = at.and_then(|i| row.cells[i].parse::<f64>().ok()).filter(|v| v.is_finite() && *v >= 0.0);
            value.ok_or_else(|| {
                Error::input(format!("{place}:{}", row.line), format!("column {name:?} has no time"), "s, 0 or more")
            })
        };
        let mut clock = 0.0;
        let mut time = |row: &Row| match (&self.time, &self.interval, self.spacing) {
            (Some(name), _, _) => cell(row, name),
            (None, Some(name), _) => {
                clock += cell(row, name)?;
                Ok(clock)
            }
            (None, None, Some(spacing)) => {
                clock += spacing;
                Ok(clock)
            }
            (None, None, None) => Err(Error::input(
                "trials",
                "nothing says when a trial was",
                "a column `time` or `interval`, or `spacing` in s",
            )),
        };
        rows.iter().map(&mut time).collect()
    }

    fn session(&self, place: &str, header: &[String], rows: &[Row], kinds: &[EventKind]) -> Result<Session> {
        let times = self.times(place, header, rows)?;
        let mut events: Vec<(Event, Option<usize>)> = Vec::new();
        for (trial, (row, start)) in rows.iter().zip(&times).enumerate() {
            let mut carries = Some(trial);
            for spec in self.events.iter().filter(|e| applies(e, header, row)) {
                let at = kinds.iter().position(|k| k.name == spec.event).unwrap_or(0);
                let magnitude = spec.magnitude.unwrap_or(kinds[at].usual_magnitude());
                events.push((Event { time: start + spec.at, kind: EventKindId(at as u32), magnitude }, carries.take()));
            }
        }
        events.sort_by(|a, b| a.0.time.total_cmp(&b.0.time));
        let window = |(i, trial): (usize, &Option<usize>)| trial.map(|t| (i, rows[t].samples.clone()));
        let windows = events.iter().map(|(_, t)| t).enumerate().filter_map(window).collect();
        let log =
            EventLog::new(kinds.to_vec(), events.iter().map(|(e, _)| *e).collect()).map_err(|e| e.within(place))?;
        // The session lasts at least as long as the signal around its last trial.
        let samples = rows.first().map_or(0, |r| r.samples.len());
        let duration = log.last_time() + (self.first + samples as f64 / self.rate).max(0.0);
        Ok(Session {
            name: rows[0].session.clone(),
            recording: Recording::new(Vec::new(), Vec::new(), log, duration)?,
            windows: Some(Windows { first: self.first, interval: 1.0 / self.rate, rows: windows }),
        })
    }
}

/// Whether every row of a subject stands in the table once: noise does not repeat itself.
fn once(place: &str, subject: &str, rows: &[Row]) -> Result<()> {
    let mut known: HashMap<&[String], u64> = HashMap::new();
    let (mut twice, mut first) = (0_usize, None);
    for row in rows.iter().filter(|r| r.samples.iter().any(|x| x.is_finite())) {
        match known.entry(&row.cells) {
            Occupied(before) => {
                twice += 1;
                first = first.or(Some((row.line, *before.get())));
            }
            Vacant(new) => _ = new.insert(row.line),
        }
    }
    let Some((line, before)) = first else { return Ok(()) };
    let problem =
        format!("the row is that of line {before} again; {twice} of {} rows of {subject:?} stand twice", rows.len());
    Err(Error::input(format!("{place}:{line}"), problem, "each trial once"))
}

fn applies(event: &TableEvent, header: &[String], row: &Row) -> bool {
    event.when.iter().all(|(column, wanted)| {
        let Some(cell) = header.iter().position(|h| h == column).map(|i| row.cells[i].as_str()) else { return false };
        match wanted {
            toml::Value::String(s) => cell == s,
            toml::Value::Integer(i) => cell.parse() == Ok(*i as f64),
            toml::Value::Float(f) => cell.parse() == Ok(*f),
            toml::Value::Boolean(b) => cell.eq_ignore_ascii_case(&b.to_string()),
            _ => false,
        }
    })
}
