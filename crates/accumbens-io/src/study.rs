//! Reads `study.toml`: which subjects, sessions, events and windows are analysed.

use crate::sync::Sync;
use crate::{formats, session, trial_table, units};
use accumbens_core::cleaning::{self, Step};
use accumbens_core::declaration;
use accumbens_core::format::{Hints, Holdings, Source};
use accumbens_core::study::{Between, Scores, Sensor, Session, Study, Subject};
use accumbens_core::{
    Entry, Error, Event, EventKind, EventKindId, EventLog, Recording, Result, Role, WORTH, digits, is_worth, sensors,
    soundness,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// Fewer events than this say nothing about units of time.
const FEW: usize = 5;

/// A study, as it stands in a TOML file.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StudyFile {
    /// What it is, in one line.
    pub title: String,
    /// Silence between two sessions on a subject's clock, s.
    #[serde(default)]
    pub session_gap: f64,
    /// What the files do not say themselves.
    #[serde(default)]
    pub read: Hints,
    /// Pulses that map the signal's clock to that of the events, where they are two.
    #[serde(default)]
    pub sync: Option<Sync>,
    /// The signal that is analysed.
    pub signal: Signal,
    /// How it is cleaned, step by step; not at all where absent.
    #[serde(default, rename = "clean")]
    pub cleaning: Vec<Step>,
    /// How responses are scored.
    pub score: Scores,
    /// What the animals chose between: `compare` explains these choices together with dopamine.
    #[serde(default, rename = "choice", skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<Between>,
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
    /// Its channel in the files, as `accumbens inspect FILE` prints it.
    pub channel: String,
    /// The channel of the light that does not depend on what the sensor measures, where one was recorded.
    #[serde(default)]
    pub reference: Option<String>,
    /// Its unit, before it is cleaned; what the files say where absent.
    #[serde(default)]
    pub unit: Option<String>,
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
    /// Its group, for the table of choices.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub group: String,
    /// Its sessions in the order in which they happened, relative to the study file: a recording of any format, or a
    /// folder with the files of one session (`events.csv` with `trace.parquet`, say). A session without any signal is
    /// lived through and not scored.
    pub sessions: Vec<String>,
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
        self.choices.iter().try_for_each(|c| c.check(&names))?;
        let aligning = self.score.0.iter().filter_map(|rule| rule.align.as_ref()).map(|a| a.first.as_str());
        for name in self.score.events().chain(aligning) {
            let event = self.events.iter().find(|e| e.name == name);
            if event.is_some_and(|e| matches!(e.role, StudyRole::End | StudyRole::Ignore)) {
                return Err(Error::input("score", format!("{name:?} is ignored"), "an event with another role"));
            }
        }
        for name in self.score.events() {
            if self.events.iter().any(|e| e.name == name && e.role == StudyRole::Action) {
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
            if subject.name.trim().is_empty() {
                return Err(Error::input("subject", format!("name {:?}", subject.name), "a name"));
            }
            if subject.sessions.is_empty() {
                return Err(Error::input(
                    "subject",
                    format!("{:?} has no session", subject.name),
                    "one or more folders",
                ));
            }
        }
        let reference = self.signal.reference.as_deref();
        if reference == Some(self.signal.channel.as_str()) {
            let problem = format!("{:?} is the signal itself", self.signal.channel);
            return Err(Error::input("signal.reference", problem, "another channel"));
        }
        if let Some(rate) = self.read.rate.filter(|r| !(r.is_finite() && *r > 0.0)) {
            return Err(Error::input("read.rate", rate.to_string(), "above 0 Hz"));
        }
        cleaning::check(&self.cleaning, reference.is_some())?;
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
    /// Where a recording cannot be read, stands in the study twice or cannot be a signal, or reading was stopped.
    pub fn load(&self, folder: &Path, mut tick: impl FnMut() -> bool) -> Result<Study> {
        let kinds = self.kinds()?;
        self.once(folder)?;
        let (mut subjects, mut starts) = (Vec::new(), HashMap::new());
        if let Some(table) = &self.trials {
            subjects = table.read(folder, &kinds)?;
        }
        for subject in &self.subjects {
            let mut sessions = Vec::new();
            for name in &subject.sessions {
                let (session, start) = self.session(&folder.join(name), name, &kinds)?;
                sessions.push(session);
                starts.insert((subject.name.as_str(), name.as_str()), start);
                if !tick() {
                    return Err(Error::Interrupted);
                }
            }
            subjects.push(Subject { name: subject.name.clone(), group: subject.group.clone(), sessions });
        }
        let unit = |s: &Session| s.recording.channels.first().map(|c| c.unit.clone()).filter(|u| !u.is_empty());
        let found = subjects.iter().flat_map(|s: &Subject| &s.sessions).find_map(unit);
        let study = Study {
            title: self.title.clone(),
            subjects,
            channel: self.signal.channel.clone(),
            unit: self.signal.unit.clone().or(found).unwrap_or_else(|| "a.u.".into()),
            reference: self.signal.reference.clone(),
            cleaning: self.cleaning.clone(),
            sensor: self.sensor()?,
            scoring: self.score.clone(),
            choices: self.choices.clone(),
            session_gap: self.session_gap,
            truth: None,
        };
        soundness::check_from(&study, &|subject, session| starts.get(&(subject, session)).copied().unwrap_or(0.0))?;
        Ok(study)
    }

    /// Whether every recording stands in the study once, under whatever name of its path.
    fn once(&self, folder: &Path) -> Result<()> {
        let mut known: HashMap<PathBuf, (&str, &str)> = HashMap::new();
        for subject in &self.subjects {
            for name in &subject.sessions {
                let path = folder.join(name);
                let path = path.canonicalize().unwrap_or(path);
                if let Some((owner, twin)) = known.insert(path, (&subject.name, name)) {
                    let whose = if owner == subject.name { "its own".into() } else { format!("that of {owner:?}") };
                    let problem = format!("its session {name:?} is also {whose}: {twin:?}");
                    return Err(Error::input(format!("subject {:?}", subject.name), problem, "each recording once"));
                }
            }
        }
        Ok(())
    }

    /// A session, and what was taken off its times so that it starts at 0, s.
    fn session(&self, path: &Path, name: &str, kinds: &[EventKind]) -> Result<(Session, f64)> {
        let source = formats::open(path, &self.read)?;
        let mut wanted = Vec::new();
        if !source.holdings().streams.is_empty() {
            wanted.push(self.signal.channel.as_str());
            wanted.extend(self.signal.reference.as_deref());
        }
        let (mut recording, start) =
            session::recording(source.as_ref(), path, &wanted, self.sync.as_ref(), |origin| {
                self.log(&path.display().to_string(), source.as_ref(), kinds, origin)
            })?;
        if let Some(unit) = &self.signal.unit {
            recording.channels.iter_mut().for_each(|c| c.unit.clone_from(unit));
        }
        self.one_unit(&recording).map_err(|e| e.within(&path.display().to_string()))?;
        let looks = self.looks(source.holdings(), &recording);
        if !looks.is_empty() {
            recording.history.insert(0, Entry { looks, ..Entry::new("read", &self.read) });
        }
        Ok((Session { name: name.into(), recording, windows: None }, start))
    }

    /// Whether signal and events both stand in the unit of time that the study says.
    fn one_unit(&self, recording: &Recording) -> Result<()> {
        let events = recording.events.events();
        let (Some(last), true) = (recording.times.last(), events.len() >= FEW) else { return Ok(()) };
        let (said, end) = (self.read.time_unit, recording.events.last_time());
        let Some(which) = said.and_then(|said| units::in_seconds_already(said, *last, end)) else { return Ok(()) };
        let problem = format!(
            "in that unit the signal lasts {} s and the last event comes at {} s: the {which} stood in s already",
            digits(*last, 4),
            digits(end, 4)
        );
        Err(Error::input("read.time_unit", problem, "one unit for both: convert one of the files"))
    }

    /// What asks for a look in how a session was read: columns beside events that were not, and a channel that is there by
    /// name and holds no number.
    fn looks(&self, held: &Holdings, recording: &Recording) -> Vec<String> {
        let ignored = held.passed_over.iter().filter(|p| p.of_events);
        let ignored = ignored.map(|p| format!("column {:?} {}", p.column, p.why));
        let wanted = [Some(&self.signal.channel), self.signal.reference.as_ref()];
        let lost = wanted.into_iter().flatten().filter_map(|name| {
            let lived = "so it is lived through and nothing in it is scored";
            if recording.channel(name).is_some_and(|c| !c.data.is_empty()) {
                return None;
            }
            let words = held.passed_over.iter().find(|p| !p.of_events && p.column == *name);
            let empty = held.streams.iter().find(|s| s.name == *name).map(|_| "has no sample".to_owned());
            let why = words.map(|p| p.why.clone()).or(empty)?;
            Some(format!("its channel {name:?} {why}, {lived}"))
        });
        ignored.chain(lost).collect()
    }

    /// The events of a source that the study knows, and when the session ended, s.
    fn log(&self, place: &str, source: &dyn Source, kinds: &[EventKind], origin: f64) -> Result<(EventLog, f64)> {
        let mut events = Vec::new();
        let mut end = 0.0_f64;
        for series in &source.holdings().events {
            let role = self.events.iter().find(|e| e.name == series.name).map(|e| e.role);
            let kind = kinds.iter().position(|k| k.name == series.name);
            match (role, kind) {
                (Some(StudyRole::Ignore), _) => {}
                (Some(StudyRole::End), _) => end = series.times.iter().map(|t| t - origin).fold(end, f64::max),
                (_, Some(kind)) => {
                    let usual = kinds[kind].usual_magnitude();
                    for (i, time) in series.times.iter().enumerate() {
                        let magnitude = series.magnitudes.get(i).copied().filter(|m| !m.is_nan()).unwrap_or(usual);
                        if !is_worth(magnitude) {
                            let problem = format!("{:?} at {time} s has magnitude {magnitude:e}", series.name);
                            return Err(Error::input(format!("{place}{}", series.place), problem, WORTH));
                        }
                        events.push(Event { time: time - origin, kind: EventKindId(kind as u32), magnitude });
                    }
                }
                _ => {
                    let known = kinds.iter().map(|k| k.name.as_str()).collect::<Vec<_>>().join(", ");
                    let problem = format!("event {:?} is not declared in the study", series.name);
                    let place = format!("{place}{}", series.place);
                    return Err(Error::input(place, problem, format!("an [[event]] for it, or one of {known}")));
                }
            }
        }
        events.sort_by(|a, b| a.time.total_cmp(&b.time).then(a.kind.cmp(&b.kind)));
        let log = EventLog::new(kinds.to_vec(), events).map_err(|e| e.within(place))?;
        Ok((log, end))
    }
}

/// The JSON Schema of a study file, written from the types.
#[must_use]
pub fn schema() -> serde_json::Value {
    schemars::schema_for!(StudyFile).to_value()
}
