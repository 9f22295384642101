//! Reads `study.toml`: which subjects, sessions, events and windows are analysed.

use crate::{events_csv, formats, trial_table};
use accumbens_core::declaration;
use accumbens_core::study::{Scoring, Sensor, Session, Study, Subject};
use accumbens_core::{Channel, Error, EventKind, EventKindId, EventLog, Recording, Result, Role, sensors};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// A study, as it stands in a TOML file.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StudyFile {
    /// What it is, in one line.
    pub title: String,
    /// Silence between two sessions on a subject's clock, s.
    #[serde(default)]
    pub session_gap: f64,
    /// The signal that is analysed.
    pub signal: Signal,
    /// How responses are scored.
    pub score: Scoring,
    /// The kinds of event in the files, in the order in which theories see them.
    #[serde(rename = "event")]
    pub events: Vec<StudyEvent>,
    /// The subjects.
    #[serde(default, rename = "subject")]
    pub subjects: Vec<StudySubject>,
    /// A table of one row a trial, in place of subjects with sessions.
    #[serde(default)]
    pub trials: Option<trial_table::TrialTable>,
}

/// The signal that is analysed.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Signal {
    /// Its channel in the trace.
    pub channel: String,
    /// Its unit.
    pub unit: String,
    /// The column of the trace that is its clock, in s on the events' clock.
    #[serde(default = "time")]
    pub time: String,
    /// The sensor: a name in the catalogue, or its own constants.
    #[serde(default)]
    pub sensor: Option<SensorName>,
}

/// A sensor of the catalogue, or one with constants of its own.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum SensorName {
    /// A name in the catalogue.
    Named(String),
    /// Its own constants.
    Given(Sensor),
}

/// A kind of event in the files.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StudyEvent {
    /// Its name in the files.
    pub name: String,
    /// What it is.
    pub role: StudyRole,
    /// The kind whose offset or omission it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
    /// Innate value; 1 for an outcome and 0 for any other kind where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
}

/// What an event in a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum StudyRole {
    /// A stimulus without a value of its own.
    Cue,
    /// Something good or bad in itself.
    Outcome,
    /// What the animal does, for example a lick. Theories do not see it; responses can be aligned to it.
    Action,
    /// The end of the kind named in `of`.
    Offset,
    /// The moment at which the kind named in `of` would have come and did not.
    Omission,
    /// The end of the session; no event.
    End,
    /// Passed over.
    Ignore,
}

/// A subject and its sessions.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StudySubject {
    /// Its name.
    pub name: String,
    /// Folders with `events.csv` and `trace.parquet` or `trace.csv`, in the order in which the sessions happened,
    /// relative to the study file. A session without a trace is lived through and not scored.
    pub sessions: Vec<String>,
}

fn time() -> String {
    "time".into()
}

/// The trace in a session's folder, if there is one.
#[must_use]
pub fn trace_in(folder: &Path) -> Option<PathBuf> {
    ["trace.parquet", "trace.csv"].iter().map(|n| folder.join(n)).find(|p| p.is_file())
}

impl StudyFile {
    /// Reads and checks a study file, but not yet the recordings it names.
    ///
    /// # Errors
    /// With the line, or the field, of the fault.
    pub fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).map_err(|e| Error::file(path, e))?;
        let place = path.display().to_string();
        let file: Self = declaration::read(&place, &text)?;
        file.check().map_err(|e| e.within(&place))?;
        Ok(file)
    }

    fn check(&self) -> Result<()> {
        self.kinds()?;
        let names: Vec<&str> = self.events.iter().map(|e| e.name.as_str()).collect();
        self.score.check(&names)?;
        for name in self.score.events.iter().chain(self.score.align.iter().map(|a| &a.first)) {
            let event = self.events.iter().find(|e| e.name == *name);
            if event.is_some_and(|e| matches!(e.role, StudyRole::End | StudyRole::Ignore)) {
                return Err(Error::input("score", format!("{name:?} is ignored"), "an event with another role"));
            }
        }
        for name in &self.score.events {
            if self.events.iter().any(|e| e.name == *name && e.role == StudyRole::Action) {
                let problem = format!("{name:?} is an action, and theories here do not answer actions");
                return Err(Error::input("score.events", problem, "a cue, outcome, offset or omission"));
            }
        }
        if !(self.session_gap.is_finite() && self.session_gap >= 0.0) {
            return Err(Error::input("session_gap", self.session_gap.to_string(), "0 s or more"));
        }
        if self.subjects.is_empty() == self.trials.is_none() {
            let problem = "the study has no subjects, or both subjects and a trial table";
            return Err(Error::input("subject", problem, "[[subject]] with sessions, or [trials]"));
        }
        for (i, subject) in self.subjects.iter().enumerate() {
            if self.subjects[..i].iter().any(|s| s.name == subject.name) {
                return Err(Error::input("subject", format!("{:?} stands twice", subject.name), "each subject once"));
            }
            if subject.sessions.is_empty() {
                return Err(Error::input(
                    "subject",
                    format!("{:?} has no session", subject.name),
                    "one or more folders",
                ));
            }
        }
        self.sensor()?;
        Ok(())
    }

    /// The sensor, where the study names one.
    ///
    /// # Errors
    /// Where the catalogue has no sensor of this name, or its constants are not above 0.
    pub fn sensor(&self) -> Result<Option<Sensor>> {
        let sensor = match &self.signal.sensor {
            None => return Ok(None),
            Some(SensorName::Named(name)) => sensors::by_name(name).map_err(|e| e.within("signal.sensor"))?,
            Some(SensorName::Given(sensor)) => sensor.clone(),
        };
        if !(sensor.rise > 0.0 && sensor.decay > sensor.rise && sensor.decay.is_finite()) {
            let problem = format!("rise {} s, decay {} s", sensor.rise, sensor.decay);
            return Err(Error::input("signal.sensor", problem, "0 < rise < decay, in s"));
        }
        Ok(Some(sensor))
    }

    /// The kinds that are kept, in the order of the file.
    ///
    /// # Errors
    /// Where a name stands twice or `of` names no kept kind.
    pub fn kinds(&self) -> Result<Vec<EventKind>> {
        let kept: Vec<&StudyEvent> =
            self.events.iter().filter(|e| !matches!(e.role, StudyRole::End | StudyRole::Ignore)).collect();
        let of = |e: &StudyEvent| {
            let at = e.of.as_ref().and_then(|of| kept.iter().position(|k| k.name == *of));
            at.map(|i| EventKindId(i as u32)).ok_or_else(|| {
                let names = kept.iter().map(|k| k.name.as_str()).collect::<Vec<_>>().join(", ");
                Error::input(format!("event {:?}", e.name), format!("of = {:?}", e.of), names)
            })
        };
        let kind = |e: &&StudyEvent| {
            let (role, usual) = match e.role {
                StudyRole::Outcome => (Role::Outcome, 1.0),
                StudyRole::Action => (Role::Action, 0.0),
                StudyRole::Offset => (Role::Offset(of(e)?), 0.0),
                StudyRole::Omission => (Role::Omission(of(e)?), 0.0),
                StudyRole::Cue | StudyRole::End | StudyRole::Ignore => (Role::Cue, 0.0),
            };
            Ok(EventKind { name: e.name.clone(), role, value: e.value.unwrap_or(usual) })
        };
        let kinds: Vec<EventKind> = kept.iter().map(kind).collect::<Result<_>>()?;
        EventLog::new(kinds.clone(), Vec::new())?;
        Ok(kinds)
    }

    /// The same file with its scoring checked against the kinds, and every recording read. `tick` is called after each
    /// session; where it returns false, reading stops.
    ///
    /// # Errors
    /// Where a recording cannot be read, or reading was stopped.
    pub fn load(&self, folder: &Path, mut tick: impl FnMut() -> bool) -> Result<Study> {
        let kinds = self.kinds()?;
        let mut subjects = Vec::new();
        if let Some(table) = &self.trials {
            subjects = table.read(folder, &kinds)?;
        }
        for subject in &self.subjects {
            let mut sessions = Vec::new();
            for name in &subject.sessions {
                let session = self.session(&folder.join(name), name, &kinds)?;
                sessions.push(session);
                if !tick() {
                    return Err(Error::Interrupted);
                }
            }
            subjects.push(Subject { name: subject.name.clone(), sessions });
        }
        Ok(Study {
            title: self.title.clone(),
            subjects,
            channel: self.signal.channel.clone(),
            unit: self.signal.unit.clone(),
            sensor: self.sensor()?,
            scoring: self.score.clone(),
            session_gap: self.session_gap,
            truth: None,
        })
    }

    fn session(&self, folder: &Path, name: &str, kinds: &[EventKind]) -> Result<Session> {
        let path = folder.join("events.csv");
        let place = path.display().to_string();
        let rows = events_csv::read(&path)?;
        let role = |name: &str| self.events.iter().find(|e| e.name == name).map(|e| e.role);
        let mut kept = Vec::with_capacity(rows.len());
        let mut end = 0.0_f64;
        for row in rows {
            match role(&row.event) {
                Some(StudyRole::End) => end = end.max(row.time),
                Some(StudyRole::Ignore) => {}
                _ => kept.push(row),
            }
        }
        let events = events_csv::log(&place, &kept, kinds).map_err(|e| match e {
            Error::Input { place, problem, accepted } => Error::input(
                place,
                format!("{problem} in the study"),
                format!("an [[event]] for it, or one of {accepted}"),
            ),
            other => other,
        })?;
        let (times, channels) = match trace_in(folder) {
            None => (Vec::new(), Vec::new()),
            Some(trace) => {
                let read = formats::read_trace(&trace, &self.signal.time)?;
                let names = read.channels.iter().map(|c| c.name.clone()).collect::<Vec<_>>().join(", ");
                let unit = &self.signal.unit;
                let wanted = read.channels.into_iter().find(|c| c.name == self.signal.channel);
                let channel = wanted.map(|c| Channel { unit: unit.clone(), ..c }).ok_or_else(|| {
                    let problem = format!("no channel {:?}", self.signal.channel);
                    Error::input(trace.display().to_string(), problem, names)
                })?;
                (read.times, vec![channel])
            }
        };
        let recording = Recording::new(times, channels, events, end).map_err(|e| e.within(name))?;
        Ok(Session { name: name.into(), recording, windows: None })
    }
}

/// The JSON Schema of a study file, written from the types.
#[must_use]
pub fn schema() -> serde_json::Value {
    schemars::schema_for!(StudyFile).to_value()
}
