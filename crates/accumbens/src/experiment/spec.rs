//! The declaration of an experiment, as it stands in a TOML file.

use accumbens_core::Hold;
use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;

/// A name in the file, with the place where it stands.
pub type Name = Spanned<String>;

/// An experiment: what happens to each group of subjects, phase after phase.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Experiment {
    /// What it is, in one line.
    pub title: String,
    /// Keys of its sources in `references.bib`.
    pub source: Vec<String>,
    /// What is known, assumed or unverified about the design.
    #[serde(default)]
    pub note: String,
    /// The kinds of event, in the order in which theories see them.
    #[serde(rename = "event")]
    pub events: Vec<EventSpec>,
    /// The groups of subjects; one group that lives through every phase where there are none.
    #[serde(default, rename = "group")]
    pub groups: Vec<GroupSpec>,
    /// The phases, in their order.
    #[serde(rename = "phase")]
    pub phases: Vec<Phase>,
}

/// A kind of event.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EventSpec {
    /// Its name.
    #[schemars(with = "String")]
    pub name: Name,
    /// What it is to the animal.
    #[serde(default)]
    pub role: RoleSpec,
    /// The kind whose offset or omission it is.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub of: Option<Name>,
    /// Innate value; 1 for an outcome and 0 for any other kind where absent.
    #[serde(default)]
    pub value: Option<f64>,
}

/// What an event is to the animal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RoleSpec {
    /// A stimulus without a value of its own.
    #[default]
    Cue,
    /// Something good or bad in itself.
    Outcome,
    /// What the animal does.
    Action,
    /// The end of the kind named in `of`.
    Offset,
    /// The moment at which the kind named in `of` would have come and did not.
    Omission,
}

/// A group of subjects.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GroupSpec {
    /// Its name.
    #[schemars(with = "String")]
    pub name: Name,
    /// What is special about it.
    #[serde(default)]
    pub note: String,
}

/// One or more sessions of the same design. Trials come one after the other; free events come beside them.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Phase {
    /// Its name.
    #[schemars(with = "String")]
    pub name: Name,
    /// Sessions.
    #[serde(default = "one")]
    pub sessions: u32,
    /// The groups that live through it; all where empty.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub groups: Vec<Name>,
    /// Trials a session.
    #[serde(default)]
    pub trials: Option<u32>,
    /// Length of a session, s; up to its last event and 5 s more where absent.
    #[serde(default)]
    pub duration: Option<f64>,
    /// The interval before each trial.
    #[serde(default)]
    pub iti: Option<Interval>,
    /// From where the interval counts: from the last event of the trial before, or, for schedules without trials in
    /// which a cue may fall into another's delay, from that trial's start.
    #[serde(default)]
    pub iti_from: From,
    /// The sorts of trial.
    #[serde(default, rename = "trial")]
    pub trial_types: Vec<TrialType>,
    /// Probabilities that change from trial to trial.
    #[serde(default, rename = "walk")]
    pub walks: Vec<Walk>,
    /// Events at a rate of their own.
    #[serde(default)]
    pub free: Vec<Free>,
    /// Dopamine held at a value (light on the fibre).
    #[serde(default, rename = "clamp")]
    pub clamps: Vec<ClampSpec>,
    /// By what dopamine is multiplied all through the phase: 0 where it is depleted.
    #[serde(default)]
    pub dopamine: Option<f64>,
    /// The groups whose dopamine is multiplied; all where empty.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub dopamine_groups: Vec<Name>,
    /// Parameters of a theory that change as the phase begins.
    #[serde(default, rename = "change")]
    pub changes: Vec<ChangeSpec>,
}

/// From where the interval between trials counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum From {
    /// From the last event of the trial before.
    #[default]
    End,
    /// From the start of the trial before.
    Start,
}

/// A distribution of intervals, s.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Interval {
    /// Always the same.
    Fixed(Fixed),
    /// Uniform over [from, to].
    Uniform(Uniform),
    /// Exponential; what falls outside the limits is set to the limit.
    Exponential(Exponential),
}

/// Always the same interval.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Fixed {
    /// The interval, s.
    pub fixed: f64,
}

/// A uniform interval.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Uniform {
    /// The shortest and the longest, s.
    pub uniform: [f64; 2],
}

/// An exponential interval.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Exponential {
    /// Mean before the limits, s.
    pub exponential: f64,
    /// Lower limit, s.
    #[serde(default)]
    pub min: f64,
    /// Upper limit, s.
    #[serde(default)]
    pub max: Option<f64>,
}

/// A sort of trial.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TrialType {
    /// How often it comes relative to the other sorts.
    #[serde(default = "unit")]
    pub weight: f64,
    /// How often it comes in a session, exactly, in random order; takes the place of `weight` for all sorts.
    #[serde(default)]
    pub count: Option<u32>,
    /// What happens.
    #[serde(default)]
    pub events: Vec<TrialEvent>,
    /// Moments at which the animal may act, with what follows.
    #[serde(default, rename = "choice")]
    pub choices: Vec<ChoiceSpec>,
}

/// A moment at which the animal may act.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChoiceSpec {
    /// From when it may act, s after the trial's start.
    pub at: f64,
    /// For how long, s.
    #[serde(default = "five")]
    pub within: f64,
    /// Only where this kind of event has come: in the trial, or after the option that opened the choice.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub given: Option<Name>,
    /// Whether it must take one of the options.
    #[serde(default)]
    pub forced: bool,
    /// Whether it turns to the next option where it does not get itself to begin the one that it likes best.
    #[serde(default)]
    pub turns: bool,
    /// What it may do.
    pub options: Vec<OptionSpec>,
}

/// Something the animal may do.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OptionSpec {
    /// The action it may take, or the cue it may approach.
    #[schemars(with = "String")]
    pub take: Name,
    /// What beginning it costs beyond the cost of any action, in units of outcome.
    #[serde(default)]
    pub effort: f64,
    /// What follows; `at` counts from the action.
    #[serde(default)]
    pub events: Vec<TrialEvent>,
    /// Moments at which it may act again because it took this; `at` counts from the action.
    #[serde(default, rename = "choice")]
    pub choices: Vec<ChoiceSpec>,
}

impl ChoiceSpec {
    /// It and every choice that it may open.
    pub fn all(&self) -> Vec<&Self> {
        let opened = self.options.iter().flat_map(|o| &o.choices).flat_map(Self::all);
        std::iter::once(self).chain(opened).collect()
    }
}

impl TrialType {
    /// Every moment at which the animal may act, those that its own actions open among them.
    pub fn all_choices(&self) -> impl Iterator<Item = &ChoiceSpec> {
        self.choices.iter().flat_map(ChoiceSpec::all)
    }

    /// Every event that may come, what follows an action among them.
    pub fn all_events(&self) -> impl Iterator<Item = &TrialEvent> {
        self.events.iter().chain(self.all_choices().flat_map(|c| &c.options).flat_map(|o| &o.events))
    }
}

/// Something that happens in a trial.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TrialEvent {
    /// The kind.
    #[schemars(with = "String")]
    pub event: Name,
    /// When, s after the trial's start.
    pub at: f64,
    /// Magnitude; 1 for an outcome and 0 for any other kind where absent.
    #[serde(default)]
    pub magnitude: Option<f64>,
    /// How probable it is.
    #[serde(default = "unit")]
    pub probability: f64,
    /// The walk of the phase that is its probability from trial to trial, in place of `probability`.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub walk: Option<Name>,
    /// What comes in its place where it does not come, for example an omission state.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub otherwise: Option<Name>,
}

/// A probability that changes by chance, one step a trial.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Walk {
    /// Its name.
    #[schemars(with = "String")]
    pub name: Name,
    /// Where it begins each session; anywhere between its limits where absent.
    #[serde(default)]
    pub start: Option<f64>,
    /// Standard deviation of a step.
    pub sd: f64,
    /// The limits, at which it turns back.
    pub between: [f64; 2],
}

/// Events at a rate of their own.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Free {
    /// The kind.
    #[schemars(with = "String")]
    pub event: Name,
    /// Magnitude; 1 for an outcome and 0 for any other kind where absent.
    #[serde(default)]
    pub magnitude: Option<f64>,
    /// The interval from one to the next; exponential for a Poisson process.
    pub every: Interval,
    /// How many a session; as long as the session lasts where absent.
    #[serde(default)]
    pub count: Option<u32>,
    /// Windows in which they do not come.
    #[serde(default)]
    pub exclude: Vec<Exclusion>,
}

/// A window around events of a kind in which free events do not come.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Exclusion {
    /// The kind.
    #[schemars(with = "String")]
    pub event: Name,
    /// How long before it, s.
    #[serde(default)]
    pub before: f64,
    /// How long after it, s.
    #[serde(default)]
    pub after: f64,
}

/// Dopamine held at a value around, or in answer to, each event of a kind.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ClampSpec {
    /// The kind.
    #[schemars(with = "String")]
    pub event: Name,
    /// What dopamine is held at.
    pub value: f64,
    /// Whether dopamine is held at the value, multiplied by it or raised by it; the latter two need `over`.
    #[serde(default)]
    pub hold: Hold,
    /// The interval [from, to], s after the event; only the answer to the event where absent.
    #[serde(default)]
    pub over: Option<[f64; 2]>,
    /// In what part of the events.
    #[serde(default = "unit")]
    pub probability: f64,
    /// In which groups; in all where empty.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub groups: Vec<Name>,
}

/// A parameter of a theory that changes as the phase begins.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeSpec {
    /// The theory; others are not touched.
    pub theory: String,
    /// The parameter.
    pub parameter: String,
    /// Its new value.
    pub value: f64,
    /// In which groups; in all where empty.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub groups: Vec<Name>,
}

fn one() -> u32 {
    1
}

fn five() -> f64 {
    5.0
}

fn unit() -> f64 {
    1.0
}

/// The JSON Schema of an experiment file, written from the types.
#[must_use]
pub fn schema() -> serde_json::Value {
    schemars::schema_for!(Experiment).to_value()
}
