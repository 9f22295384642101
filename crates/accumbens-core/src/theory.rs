//! The contract of a theory of dopamine, and its object-safe form for registries, fits and other languages.

use crate::dopamine::Dopamine;
use crate::error::{Error, Result};
use crate::event::{Event, EventKind, EventKindId, EventLog, Role};
use crate::params::{Parameter, Params, Prior, place_of};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// The family of theories that say nothing of dopamine: what others are compared with.
pub const NULL_FAMILY: &str = "null";

/// One of a theory's signals.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChannelInfo {
    /// Its name, unique in the theory.
    pub name: String,
    /// Which signal it carries: `dopamine` where the theory has one for all dopamine neurons, else a word of
    /// `catalogue/regions.toml`. Several channels may carry one signal, as cells of one population do.
    pub signal: String,
    /// Its unit.
    pub unit: String,
    /// Whether it is dopamine; liking, associability and acetylcholine are not, and light and drugs on dopamine do not
    /// touch them.
    pub dopamine: bool,
}

impl ChannelInfo {
    /// A channel of dopamine in the theory's own unit.
    pub fn new(name: impl Into<String>, signal: &str) -> Self {
        Self { name: name.into(), signal: signal.into(), unit: "theory's own".into(), dopamine: true }
    }

    /// The same channel, not dopamine.
    #[must_use]
    pub fn aside(mut self) -> Self {
        self.dopamine = false;
        self
    }
}

/// What a theory can be asked about. On what it does not speak of, no finding can contradict it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Topic {
    /// Dopamine in answer to cues.
    Cue,
    /// Dopamine in answer to outcomes.
    Outcome,
    /// Dopamine when an outcome fails to come.
    Omission,
    /// Dopamine from moment to moment between events.
    Moments,
    /// Dopamine at the animal's own actions.
    Action,
    /// Conditioned responses and choices, through the [action rule](crate::action::ActionRule).
    Behaviour,
    /// How fast the animal acts.
    Latency,
    /// Hedonic reactions.
    Liking,
}

impl Topic {
    /// Its word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Cue => "cues",
            Self::Outcome => "outcomes",
            Self::Omission => "omissions",
            Self::Moments => "moments between events",
            Self::Action => "actions",
            Self::Behaviour => "behaviour",
            Self::Latency => "latencies",
            Self::Liking => "liking",
        }
    }
}

/// How an animal is moved to act.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Drive {
    /// What moves it to begin, in units of outcome.
    pub wanting: f64,
    /// By what it prefers this to other options once it acts, in units of outcome.
    pub preference: f64,
}

impl From<f64> for Drive {
    fn from(value: f64) -> Self {
        Self { wanting: value, preference: value }
    }
}

/// What the catalogue says about a theory.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Info {
    /// Its name on the command line.
    pub name: &'static str,
    /// What it says, in one line.
    pub summary: &'static str,
    /// The family under which variants share one vote in a comparison.
    pub family: &'static str,
    /// What counts as dopamine in it.
    pub dopamine: &'static str,
    /// Keys of its papers in `references.bib`.
    pub papers: &'static [&'static str],
    /// What it can be asked about.
    pub speaks: &'static [Topic],
    /// Whether its dopamine is a signed error that it learns from, so that a precision may scale it.
    pub error: bool,
}

/// Parameters and laws of change; lives through an event log and releases dopamine.
///
/// Parameters are immutable while it runs, state is explicit. No theory sees the future of the log.
pub trait Theory: Params + Default + Clone + Send + Sync + 'static {
    /// What changes while it lives. Serialised in the middle of a session and restored, it goes on bit-identically.
    type State: Clone + Send + Sync + Serialize + DeserializeOwned + 'static;

    /// What the catalogue says about it.
    const INFO: Info;

    /// Its dopamine signals on a log of these kinds.
    fn channels(&self, kinds: &[EventKind]) -> Vec<ChannelInfo> {
        let _ = kinds;
        vec![ChannelInfo::new("dopamine", "dopamine")]
    }

    /// Takes from the log what the theory has to be told and cannot learn; returns it in words, empty where nothing.
    /// Called before the start, with the log that will be lived through.
    fn tell(&mut self, log: &EventLog) -> Vec<String> {
        let _ = log;
        Vec::new()
    }

    /// What a comparison must tell it at the start of each session, from that session's log: parameters with their
    /// values. Nothing for a theory that learns all it needs.
    fn tell_session(&self, session: &EventLog) -> Vec<(&'static str, f64)> {
        let _ = session;
        Vec::new()
    }

    /// The prior under which a parameter of the table is fitted, with the options as they are set; `None` where it is
    /// not. A parameter that does nothing under an option must not be fitted then: a fit would pay for it.
    fn prior(&self, parameter: &Parameter) -> Option<Prior> {
        parameter.prior
    }

    /// Checks what one parameter's domain cannot.
    ///
    /// # Errors
    /// Where parameters contradict one another.
    fn check(&self) -> Result<()> {
        Ok(())
    }

    /// The state at time 0. The only place where a theory allocates.
    fn start(&self, kinds: &[EventKind]) -> Self::State;

    /// Silence, up to `until` (s). Several calls in a row mean the same as the last of them.
    fn advance(&self, state: &mut Self::State, until: f64, dopamine: &mut Dopamine<'_>);

    /// Simultaneous events, after the silence up to their time.
    fn observe(&self, state: &mut Self::State, now: &[Event], dopamine: &mut Dopamine<'_>);

    /// The recording ends at `until`, which itself belongs to it: what was still held back comes out.
    fn finish(&self, state: &mut Self::State, until: f64, dopamine: &mut Dopamine<'_>) {
        self.advance(state, until, dopamine);
    }

    /// How strongly the animal is moved now: by a cue, to its conditioned response; by an action, to take it (asked
    /// only where the theory speaks of [actions](Topic::Action)). `None` for a theory that says nothing of behaviour.
    fn drive(&self, state: &Self::State, kind: EventKindId) -> Option<Drive> {
        let _ = (state, kind);
        None
    }

    /// The average reward an animal forgoes in a second of sloth, in units of outcome a second; it sets how fast the
    /// animal acts. `None` for a theory that says nothing about latencies.
    fn pace(&self, state: &Self::State) -> Option<f64> {
        let _ = state;
        None
    }

    /// The end state in words a user can read: numbers and tables by event name.
    fn describe(&self, state: &Self::State, kinds: &[EventKind]) -> serde_json::Value {
        let _ = (state, kinds);
        serde_json::Value::Null
    }
}

/// A theory with its parameters, whatever its type.
pub trait AnyTheory: Send + Sync {
    /// What the catalogue says about it; of a theory in wrappers, what it says about the theory.
    fn info(&self) -> Info;
    /// Its name with those of its wrappers, as written on the command line.
    fn name(&self) -> String {
        self.info().name.into()
    }
    /// Keys of its papers and of its wrappers' papers.
    fn papers(&self) -> Vec<&'static str> {
        self.info().papers.to_vec()
    }
    /// What it can be asked about.
    fn speaks(&self) -> Vec<Topic> {
        self.info().speaks.to_vec()
    }
    /// Its parameter table.
    fn table(&self) -> &[Parameter];
    /// The value at a place of the table.
    fn get(&self, place: usize) -> f64;
    /// Sets the value at a place of the table.
    ///
    /// # Errors
    /// Where the value is outside the parameter's domain.
    fn set(&mut self, place: usize, value: f64) -> Result<()>;
    /// A copy of it.
    fn boxed(&self) -> Box<dyn AnyTheory>;
    /// See [`Theory::channels`].
    fn channels(&self, kinds: &[EventKind]) -> Vec<ChannelInfo>;
    /// See [`Theory::tell`].
    fn tell(&mut self, log: &EventLog) -> Vec<String>;
    /// See [`Theory::tell_session`].
    fn tell_session(&self, session: &EventLog) -> Vec<(&'static str, f64)>;
    /// The places of the parameters that are fitted, with the options as they are set, and their priors; see
    /// [`Theory::prior`].
    fn fitted(&self) -> Vec<(usize, Prior)> {
        self.table().iter().enumerate().filter_map(|(place, p)| p.prior.map(|prior| (place, prior))).collect()
    }
    /// See [`Theory::check`].
    ///
    /// # Errors
    /// Where parameters contradict one another.
    fn check(&self) -> Result<()>;
    /// Starts a life.
    fn start(&self, kinds: &[EventKind]) -> Box<dyn Learner>;
}

impl Clone for Box<dyn AnyTheory> {
    fn clone(&self) -> Self {
        self.boxed()
    }
}

impl std::fmt::Debug for dyn AnyTheory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.name())
    }
}

impl dyn AnyTheory {
    /// Sets a parameter by its name from text.
    ///
    /// # Errors
    /// Where no parameter has this name or the value is outside its domain.
    pub fn set_text(&mut self, name: &str, text: &str) -> Result<()> {
        let place = place_of(self.table(), name)?;
        let value = self.table()[place].read(text)?;
        self.set(place, value)
    }
}

/// A theory in the middle of its life.
pub trait Learner: Send {
    /// See [`Theory::advance`].
    fn advance(&mut self, until: f64, dopamine: &mut Dopamine<'_>);
    /// See [`Theory::observe`].
    fn observe(&mut self, now: &[Event], dopamine: &mut Dopamine<'_>);
    /// See [`Theory::finish`].
    fn finish(&mut self, until: f64, dopamine: &mut Dopamine<'_>);
    /// Changes a parameter from now on.
    ///
    /// # Errors
    /// Where the parameter is unknown, shapes the state, or the value is outside its domain.
    fn change(&mut self, name: &str, value: f64) -> Result<()>;
    /// The state, to be restored later.
    ///
    /// # Errors
    /// Where the state cannot be serialised.
    fn save(&self) -> Result<serde_json::Value>;
    /// Goes back to a saved state.
    ///
    /// # Errors
    /// Where it is not the state of this theory.
    fn restore(&mut self, saved: serde_json::Value) -> Result<()>;
    /// See [`Theory::drive`].
    fn drive(&self, kind: EventKindId) -> Option<Drive>;
    /// See [`Theory::pace`].
    fn pace(&self) -> Option<f64>;
    /// See [`Theory::describe`].
    fn describe(&self) -> serde_json::Value;
    /// What broke where no door stood open to say it: in what it was asked about wanting, pace or its end state. Nothing
    /// of a theory whose code cannot break.
    fn fault(&self) -> Option<Error> {
        None
    }
}

impl<T: Theory> AnyTheory for T {
    fn info(&self) -> Info {
        T::INFO
    }
    fn table(&self) -> &[Parameter] {
        T::table()
    }
    fn get(&self, place: usize) -> f64 {
        Params::get(self, place)
    }
    fn set(&mut self, place: usize, value: f64) -> Result<()> {
        let value = T::table()[place].check(value)?;
        self.put(place, value);
        Ok(())
    }
    fn boxed(&self) -> Box<dyn AnyTheory> {
        Box::new(self.clone())
    }
    fn channels(&self, kinds: &[EventKind]) -> Vec<ChannelInfo> {
        Theory::channels(self, kinds)
    }
    fn tell(&mut self, log: &EventLog) -> Vec<String> {
        Theory::tell(self, log)
    }
    fn tell_session(&self, session: &EventLog) -> Vec<(&'static str, f64)> {
        Theory::tell_session(self, session)
    }
    fn fitted(&self) -> Vec<(usize, Prior)> {
        let fitted = |(place, p)| self.prior(p).map(|prior| (place, prior));
        T::table().iter().enumerate().filter_map(fitted).collect()
    }
    fn check(&self) -> Result<()> {
        Theory::check(self)
    }
    fn start(&self, kinds: &[EventKind]) -> Box<dyn Learner> {
        let state = Theory::start(self, kinds);
        Box::new(Living { theory: self.clone(), state, kinds: kinds.to_vec() })
    }
}

struct Living<T: Theory> {
    theory: T,
    state: T::State,
    kinds: Vec<EventKind>,
}

impl<T: Theory> Learner for Living<T> {
    fn advance(&mut self, until: f64, dopamine: &mut Dopamine<'_>) {
        self.theory.advance(&mut self.state, until, dopamine);
    }
    fn observe(&mut self, now: &[Event], dopamine: &mut Dopamine<'_>) {
        self.theory.observe(&mut self.state, now, dopamine);
    }
    fn finish(&mut self, until: f64, dopamine: &mut Dopamine<'_>) {
        self.theory.finish(&mut self.state, until, dopamine);
    }
    fn change(&mut self, name: &str, value: f64) -> Result<()> {
        let place = place_of(T::table(), name)?;
        let parameter = &T::table()[place];
        if parameter.fixed {
            let problem = format!("{name} shapes the state of {} and cannot change while it runs", T::INFO.name);
            return Err(Error::input("change", problem, "a parameter that does not"));
        }
        let mut changed = self.theory.clone();
        changed.put(place, parameter.check(value)?);
        Theory::check(&changed)?;
        self.theory = changed;
        Ok(())
    }
    fn save(&self) -> Result<serde_json::Value> {
        serde_json::to_value(&self.state).map_err(|e| Error::input("state", e.to_string(), ""))
    }
    fn restore(&mut self, saved: serde_json::Value) -> Result<()> {
        let what = format!("a state of {}", T::INFO.name);
        self.state = serde_json::from_value(saved).map_err(|e| Error::input("state", e.to_string(), what))?;
        Ok(())
    }
    fn drive(&self, kind: EventKindId) -> Option<Drive> {
        // A theory that does not speak of actions has nothing to choose them by.
        let action = self.kinds[kind.index()].role == Role::Action;
        if action && !T::INFO.speaks.contains(&Topic::Action) {
            return None;
        }
        self.theory.drive(&self.state, kind)
    }
    fn pace(&self) -> Option<f64> {
        self.theory.pace(&self.state)
    }
    fn describe(&self) -> serde_json::Value {
        self.theory.describe(&self.state, &self.kinds)
    }
}
