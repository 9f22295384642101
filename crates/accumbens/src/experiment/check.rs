//! Reads an experiment file and refuses what cannot be run, with the line of the fault.

use super::spec::{ClampSpec, Experiment, Interval, Name, Phase, RoleSpec, TrialType, Walk};
use accumbens_core::declaration::{self, line};
use accumbens_core::room::numbers;
use accumbens_core::{Error, Event, EventKind, EventKindId, Hold, Result, Role, room};

/// The shortest interval that is accepted, s: a schedule cannot come to nothing but events.
const SHORTEST: f64 = 1e-3;

struct Checker<'a> {
    file: &'a str,
    text: &'a str,
    kinds: Vec<&'a str>,
    groups: Vec<&'a str>,
}

impl Checker<'_> {
    fn fault(&self, at: &Name, problem: impl Into<String>, accepted: impl Into<String>) -> Error {
        Error::input(format!("{}:{}", self.file, line(self.text, at.span().start)), problem, accepted)
    }

    fn known(&self, what: &str, name: &Name, names: &[&str]) -> Result<()> {
        if names.contains(&name.get_ref().as_str()) {
            return Ok(());
        }
        Err(self.fault(name, format!("no {what} is called {:?}", name.get_ref()), names.join(", ")))
    }

    fn groups(&self, names: &[Name]) -> Result<()> {
        names.iter().try_for_each(|g| self.known("group", g, &self.groups))
    }

    fn interval(&self, at: &Name, interval: &Interval) -> Result<()> {
        let (good, shown) = match *interval {
            Interval::Fixed(i) => (i.fixed >= SHORTEST, format!("fixed = {}", i.fixed)),
            Interval::Uniform(i) => (
                0.0 <= i.uniform[0] && i.uniform[0] < i.uniform[1] && i.uniform[1] >= SHORTEST,
                format!("{:?}", i.uniform),
            ),
            Interval::Exponential(i) => {
                let max = i.max.unwrap_or(f64::MAX);
                (i.exponential >= SHORTEST && 0.0 <= i.min && i.min < max, format!("exponential = {}", i.exponential))
            }
        };
        if good {
            return Ok(());
        }
        let accepted = "fixed, uniform = [from, to] or exponential with 0 <= min < max, in s, 0.001 or more";
        Err(self.fault(at, format!("interval {shown}"), accepted))
    }

    fn probability(&self, at: &Name, p: f64) -> Result<()> {
        if (0.0..=1.0).contains(&p) {
            return Ok(());
        }
        Err(self.fault(at, format!("probability {p}"), "0 to 1"))
    }

    fn clamp(&self, clamp: &ClampSpec) -> Result<()> {
        self.known("event", &clamp.event, &self.kinds)?;
        self.probability(&clamp.event, clamp.probability)?;
        self.groups(&clamp.groups)?;
        match clamp.over {
            None if clamp.hold != Hold::At => Err(self.fault(
                &clamp.event,
                "dopamine can be multiplied or raised over a window only",
                "over = [from, to]",
            )),
            Some([from, to]) if !(from.is_finite() && to.is_finite() && from <= to) => {
                Err(self.fault(&clamp.event, format!("over = [{from}, {to}]"), "[from, to] in s, from not after to"))
            }
            _ => Ok(()),
        }
    }

    /// Checks that what happens in a phase finds room, as far as its declaration says how much that is.
    fn room(&self, phase: &Phase) -> Result<()> {
        let fits = |interval: &Interval| match *interval {
            Interval::Fixed(i) => i.fixed,
            Interval::Uniform(i) => 0.5 * (i.uniform[0] + i.uniform[1]),
            Interval::Exponential(i) => i.exponential.max(i.min).min(i.max.unwrap_or(f64::MAX)),
        };
        let within = |interval: &Interval, count: Option<f64>| {
            let fitting = phase.duration.map_or(f64::INFINITY, |d| d / fits(interval));
            count.unwrap_or(f64::INFINITY).min(fitting)
        };
        let sessions = ("sessions", f64::from(phase.sessions));
        let numbers = ("numbers of each", numbers::<Event>());
        let counted: f64 = phase.trial_types.iter().filter_map(|t| t.count).map(f64::from).sum();
        let declared = if counted > 0.0 { Some(counted) } else { phase.trials.map(f64::from) };
        if let Some(iti) = phase.iti.as_ref().filter(|_| !phase.trial_types.is_empty()) {
            let most = phase.trial_types.iter().map(|t| t.all_events().count()).max().unwrap_or(0).max(1) as f64;
            room("trials", &[("trials", within(iti, declared)), ("events of each", most), sessions, numbers])?;
        }
        // Without a duration free events end with the last trial.
        let lasts = phase.duration.unwrap_or_else(|| {
            let iti = phase.iti.as_ref().filter(|_| !phase.trial_types.is_empty());
            let last = phase.trial_types.iter().flat_map(TrialType::all_events).map(|e| e.at).fold(0.0, f64::max);
            iti.map_or(f64::INFINITY, |iti| within(iti, declared) * (fits(iti) + last))
        });
        for free in &phase.free {
            let count = free.count.map_or(f64::INFINITY, f64::from).min(lasts / fits(&free.every));
            room("free", &[("events", count), sessions, numbers])?;
        }
        Ok(())
    }

    fn phase(&self, phase: &Phase) -> Result<()> {
        self.groups(&phase.groups)?;
        let fault = |problem: &str, accepted: &str| {
            let problem = format!("phase {:?}: {problem}", phase.name.get_ref());
            Err(self.fault(&phase.name, problem, accepted))
        };
        if phase.sessions == 0 {
            return fault("no session", "sessions = 1 or more");
        }
        if phase.trial_types.is_empty() && phase.free.is_empty() {
            return fault("nothing happens", "a [[phase.trial]] or a [[phase.free]]");
        }
        if phase.duration.is_some_and(|d| !(d.is_finite() && d > 0.0)) {
            return fault("its duration is not above 0", "duration in s");
        }
        if !phase.trial_types.is_empty() {
            let Some(iti) = &phase.iti else {
                return fault("trials without an interval", "iti = { exponential = 30 }");
            };
            self.interval(&phase.name, iti)?;
            let counted = phase.trial_types.iter().filter(|t| t.count.is_some()).count();
            if counted > 0 && counted < phase.trial_types.len() {
                return fault("some trials have a count and some a weight", "one of the two for all");
            }
            if counted == 0 && phase.trials.is_none() && phase.duration.is_none() {
                return fault("it never ends", "trials, duration or a count for each sort of trial");
            }
            if phase.trial_types.iter().any(|t| !(t.weight.is_finite() && t.weight > 0.0)) {
                return fault("a trial's weight is not above 0", "a weight above 0");
            }
        } else if phase.duration.is_none() && phase.free.iter().any(|f| f.count.is_none()) {
            return fault("it never ends", "duration, or a count for each [[phase.free]]");
        }
        for choice in phase.trial_types.iter().flat_map(TrialType::all_choices) {
            if choice.options.is_empty() || !(choice.at >= 0.0 && choice.within > 0.0 && choice.within.is_finite()) {
                return fault("a choice without options or time", "options, at 0 s or later and within above 0 s");
            }
            if let Some(given) = &choice.given {
                self.known("event", given, &self.kinds)?;
            }
            for option in &choice.options {
                if !(option.effort.is_finite() && option.effort >= 0.0) {
                    return Err(self.fault(&option.take, format!("effort = {}", option.effort), "0 or more"));
                }
                self.known("event", &option.take, &self.kinds)?;
            }
        }
        if phase.dopamine.is_some_and(|d| !(0.0..=100.0).contains(&d)) {
            return fault("dopamine is multiplied by what is no factor", "dopamine = 0 to 100");
        }
        self.groups(&phase.dopamine_groups)?;
        for Walk { name, start, sd, between: [low, high] } in &phase.walks {
            let within = 0.0 <= *low && low < high && *high <= 1.0 && start.is_none_or(|s| (*low..=*high).contains(&s));
            if !(within && *sd > 0.0 && *sd < high - low) {
                let problem = format!("a walk by {sd} between {low} and {high}");
                return Err(self.fault(
                    name,
                    problem,
                    "limits in 0 to 1, sd above 0 and within them, start between them",
                ));
            }
        }
        for event in phase.trial_types.iter().flat_map(TrialType::all_events) {
            self.known("event", &event.event, &self.kinds)?;
            self.probability(&event.event, event.probability)?;
            if let Some(walk) = &event.walk {
                let walks: Vec<&str> = phase.walks.iter().map(|w| w.name.get_ref().as_str()).collect();
                self.known("walk of this phase", walk, &walks)?;
            }
            if let Some(otherwise) = &event.otherwise {
                self.known("event", otherwise, &self.kinds)?;
            }
            if !(event.at.is_finite() && event.at >= 0.0) {
                return Err(self.fault(&event.event, format!("at = {}", event.at), "0 s or later"));
            }
        }
        for free in &phase.free {
            self.known("event", &free.event, &self.kinds)?;
            self.interval(&free.event, &free.every)?;
            for window in &free.exclude {
                self.known("event", &window.event, &self.kinds)?;
                if !(window.before >= 0.0 && window.after >= 0.0) {
                    return Err(self.fault(&window.event, "a negative exclusion window", "0 s or more"));
                }
            }
        }
        self.room(phase).map_err(|e| e.within(&format!("{}: phase {:?}", self.file, phase.name.get_ref())))?;
        phase.clamps.iter().try_for_each(|c| self.clamp(c))?;
        phase.changes.iter().try_for_each(|c| self.groups(&c.groups))
    }
}

impl Experiment {
    /// Reads an experiment; `file` is named in errors.
    ///
    /// # Errors
    /// With the line of the fault.
    pub fn parse(file: &str, text: &str) -> Result<Self> {
        let experiment: Self = declaration::read(file, text)?;
        let kinds: Vec<&str> = experiment.events.iter().map(|e| e.name.get_ref().as_str()).collect();
        let groups: Vec<&str> = experiment.groups.iter().map(|g| g.name.get_ref().as_str()).collect();
        let checker = Checker { file, text, kinds, groups };
        for event in &experiment.events {
            let related = matches!(event.role, RoleSpec::Offset | RoleSpec::Omission);
            if related != event.of.is_some() {
                let problem =
                    format!("event {:?}: an offset or omission, and no other, has `of`", event.name.get_ref());
                return Err(checker.fault(&event.name, problem, "of = \"KIND\""));
            }
            if let Some(of) = &event.of {
                checker.known("event", of, &checker.kinds)?;
            }
        }
        experiment.phases.iter().try_for_each(|p| checker.phase(p))?;
        experiment.kinds().map_err(|e| e.within(file))?;
        Ok(experiment)
    }

    /// Its kinds of event.
    ///
    /// # Errors
    /// Where a name is declared twice or refers to itself.
    pub fn kinds(&self) -> Result<Vec<EventKind>> {
        let id = |name: &Option<Name>| {
            let at = name.as_ref().and_then(|n| self.events.iter().position(|e| e.name.get_ref() == n.get_ref()));
            EventKindId(at.unwrap_or(usize::MAX) as u32)
        };
        let kind = |e: &super::spec::EventSpec| {
            let (role, value) = match e.role {
                RoleSpec::Cue => (Role::Cue, 0.0),
                RoleSpec::Outcome => (Role::Outcome, 1.0),
                RoleSpec::Action => (Role::Action, 0.0),
                RoleSpec::Offset => (Role::Offset(id(&e.of)), 0.0),
                RoleSpec::Omission => (Role::Omission(id(&e.of)), 0.0),
            };
            EventKind { name: e.name.get_ref().clone(), role, value: e.value.unwrap_or(value) }
        };
        let kinds: Vec<_> = self.events.iter().map(kind).collect();
        accumbens_core::EventLog::new(kinds.clone(), Vec::new())?;
        Ok(kinds)
    }

    /// The names of its groups; one, `all`, where it declares none.
    #[must_use]
    pub fn group_names(&self) -> Vec<&str> {
        if self.groups.is_empty() {
            return vec!["all"];
        }
        self.groups.iter().map(|g| g.name.get_ref().as_str()).collect()
    }
}
