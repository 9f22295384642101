//! Prepares subjects for fitting: one life each, and the responses to be explained.

use super::choosing::Choosing;
use super::overlap::{Overlap, overlap};
use super::response::{Response, Tally, responses};
use accumbens_core::study::{Study, Subject};
use accumbens_core::{
    ActionRule, AnyTheory, Change, Event, EventLog, Result, Role, Schedule, Seed, Sink, TAIL, live, live_acting,
    soundness, told,
};
use serde::Serialize;

/// A response with its place in the subject's life.
#[derive(Clone, Debug, Serialize)]
pub struct Scored {
    /// The response.
    pub response: Response,
    /// The session, counted from 0.
    pub session: usize,
    /// The event in the life's log, counted from 0.
    pub row: usize,
    /// Its number among events of its kind over the subject's life, from 1.
    pub number: usize,
    /// Its place in the session, from −½ to ½.
    pub place: f64,
}

/// One subject, ready to be fitted.
#[derive(Clone, Debug)]
pub struct Member {
    /// Its name.
    pub name: String,
    /// Everything it lived through that theories see, on one clock.
    pub log: EventLog,
    /// The start of each session on that clock, s.
    pub starts: Vec<f64>,
    /// Each session's own log, on its own clock: from these theories are told what they must be told.
    pub sessions: Vec<EventLog>,
    /// Names of the sessions.
    pub session_names: Vec<String>,
    /// The end of its life, s.
    pub end: f64,
    /// The responses, in the order of time.
    pub scored: Vec<Scored>,
    /// What became of the scored events.
    pub tallies: Vec<Tally>,
    /// What it chose between, and what it took.
    pub choosing: Choosing,
    /// What responses to other events add to its responses.
    pub overlap: Overlap,
}

/// All subjects of a study.
#[derive(Clone, Debug)]
pub struct Cohort {
    /// The subjects that have any response.
    pub members: Vec<Member>,
    /// Subjects without a single response.
    pub without: Vec<String>,
}

impl Cohort {
    /// Prepares every subject of a study.
    ///
    /// # Errors
    /// Where the study cannot be what it says it is, the scoring does not fit, or no subject has a response.
    pub fn new(study: &Study) -> Result<Self> {
        soundness::check(study)?;
        let members = study.subjects.iter().map(|s| Member::new(s, study)).collect::<Result<Vec<_>>>()?;
        let (members, without): (Vec<_>, Vec<_>) = members.into_iter().partition(|m| m.scored.len() > 5);
        let without: Vec<String> = without.into_iter().map(|m| m.name).collect();
        if members.is_empty() {
            return Err(accumbens_core::Error::input(
                "score",
                "no subject has more than five scored responses",
                "events, windows and alignment that the recordings hold (see `accumbens inspect`)",
            ));
        }
        Ok(Self { members, without })
    }
}

impl Member {
    fn new(subject: &Subject, study: &Study) -> Result<Self> {
        let kinds = subject.sessions.first().map(|s| s.recording.events.kinds().to_vec()).unwrap_or_default();
        let mut member = Self {
            name: subject.name.clone(),
            log: EventLog::default(),
            starts: Vec::new(),
            sessions: Vec::new(),
            session_names: Vec::new(),
            end: 0.0,
            scored: Vec::new(),
            tallies: Vec::new(),
            choosing: Choosing::default(),
            overlap: Overlap::default(),
        };
        // Theories see no actions but those that are chosen; rows are those of the log without the others.
        let chosen = |name: &String| study.choices.iter().any(|c| c.options.contains(name));
        let shown: Vec<bool> = kinds.iter().map(|k| k.role != Role::Action || chosen(&k.name)).collect();
        let mut events: Vec<Event> = Vec::new();
        let mut counts = vec![0; kinds.len()];
        for (number, session) in subject.sessions.iter().enumerate() {
            let log = &session.recording.events;
            let (found, tally) = responses(session, &study.channel, &study.scoring)?;
            let mut seen = Vec::with_capacity(log.events().len());
            let mut row_of = vec![usize::MAX; log.events().len()];
            for (row, event) in log.events().iter().enumerate() {
                if shown[event.kind.index()] {
                    row_of[row] = events.len() + seen.len();
                    seen.push(*event);
                }
            }
            let start = member.end;
            let length = session.recording.duration.max(1e-9);
            for response in found {
                let before: usize = counts[response.kind];
                member.scored.push(Scored {
                    session: number,
                    row: row_of[response.row],
                    number: before + response.number,
                    place: response.time / length - 0.5,
                    response,
                });
            }
            for event in &seen {
                counts[event.kind.index()] += 1;
            }
            events.extend(seen.iter().map(|e| Event { time: e.time + start, ..*e }));
            member.sessions.push(EventLog::new(log.kinds().to_vec(), seen)?);
            member.session_names.push(session.name.clone());
            member.starts.push(start);
            member.tallies.push(tally);
            member.end += session.recording.duration + study.session_gap;
        }
        member.log = EventLog::new(kinds, events)?;
        member.choosing = Choosing::new(&study.choices, &member.log, &member.starts);
        let responses: Vec<(usize, &Response)> = member.scored.iter().map(|s| (s.session, &s.response)).collect();
        member.overlap = overlap(study, subject, &member.log, &responses);
        Ok(member)
    }

    /// What a theory is told at the start of each session, as changes of its parameters.
    #[must_use]
    pub fn told(&self, theory: &dyn AnyTheory) -> Vec<Change> {
        told(theory, self.sessions.iter().zip(self.starts.iter().copied()))
    }

    /// Leads a theory through this life, told what it must be told; what it prefers before each choice, option by option
    /// (NaN where it says nothing).
    ///
    /// # Errors
    /// Where the theory refuses what it is told.
    pub fn live(&self, theory: &dyn AnyTheory, sink: Sink<'_>) -> Result<Vec<f64>> {
        let schedule = Schedule { changes: self.told(theory), end: self.end + TAIL, ..Schedule::default() };
        let mut theory = theory.boxed();
        theory.tell(&self.log);
        let mut learner = theory.start(self.log.kinds());
        let probes = self.choosing.probes();
        if probes.is_empty() {
            live(learner.as_mut(), &self.log, &schedule, sink)?;
            return Ok(Vec::new());
        }
        // Nothing is left to chance: what was taken is known.
        let (rule, mut rng) = (ActionRule::default(), Seed(0).stream("choosing"));
        let lived = live_acting(learner.as_mut(), &self.log, &schedule, &[], probes, &rule, &mut rng, sink)?;
        Ok(lived.drives.into_iter().map(|d| d.map_or(f64::NAN, |d| d.preference)).collect())
    }

    /// The theory's dopamine at each scored response, one vector a channel of dopamine; and what it prefers before each
    /// choice, option by option.
    ///
    /// # Errors
    /// Where the theory refuses what it is told.
    pub fn dopamine(&self, theory: &dyn AnyTheory) -> Result<(Vec<Vec<f64>>, Vec<f64>)> {
        let kinds = theory.channels(self.log.kinds());
        let channels = kinds.len();
        let mut values = vec![f64::NAN; self.log.events().len() * channels];
        let preferences = self.live(theory, Sink::Rows { values: &mut values, channels })?;
        let at = |c: usize| self.scored.iter().map(|s| values[s.row * channels + c]).collect();
        Ok(((0..channels).filter(|c| kinds[*c].dopamine).map(at).collect(), preferences))
    }

    /// The responses.
    #[must_use]
    pub fn values(&self) -> Vec<f64> {
        self.scored.iter().map(|s| s.response.value).collect()
    }
}
