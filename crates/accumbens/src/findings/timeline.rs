//! Draws a design: what happens when in each sort of trial of each phase.

use crate::experiment::Experiment;
use crate::experiment::spec::{ChoiceSpec, Interval, Phase, TrialType};
use serde::Serialize;

/// Something in a trial.
#[derive(Clone, Debug, Serialize)]
pub struct Mark {
    /// The kind of event.
    pub event: String,
    /// When, s after the trial's start.
    pub at: f64,
    /// Its magnitude, where declared.
    pub magnitude: Option<f64>,
    /// How probable it is.
    pub probability: f64,
    /// Whether the animal may do it.
    pub choice: bool,
}

/// A sort of trial, or events at a rate of their own.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    /// How often, in words.
    pub often: String,
    /// What happens.
    pub marks: Vec<Mark>,
}

/// A phase.
#[derive(Clone, Debug, Serialize)]
pub struct Panel {
    /// Its name.
    pub phase: String,
    /// Trials, intervals, groups and light in words.
    pub words: String,
    /// Its sorts of trial.
    pub rows: Vec<Row>,
}

fn interval(interval: &Interval) -> String {
    match interval {
        Interval::Fixed(i) => format!("{} s", i.fixed),
        Interval::Uniform(i) => format!("{} to {} s", i.uniform[0], i.uniform[1]),
        Interval::Exponential(i) => format!("about {} s", i.exponential),
    }
}

/// What may be taken, each once: what an action opens comes as early as the action may.
fn offered(choice: &ChoiceSpec, from: f64, marks: &mut Vec<Mark>) {
    let at = from + choice.at;
    for option in &choice.options {
        let event = option.take.get_ref();
        if !marks.iter().any(|m| m.choice && m.event == *event) {
            let event = event.clone();
            marks.push(Mark { event, at, magnitude: None, probability: 1.0, choice: true });
        }
        option.choices.iter().for_each(|c| offered(c, at, marks));
    }
}

fn marks(trial: &TrialType) -> Vec<Mark> {
    let events = trial.events.iter().map(|e| Mark {
        event: e.event.get_ref().clone(),
        at: e.at,
        magnitude: e.magnitude,
        probability: e.probability,
        choice: false,
    });
    let mut marks: Vec<Mark> = events.collect();
    trial.choices.iter().for_each(|c| offered(c, 0.0, &mut marks));
    marks.sort_by(|a, b| a.at.total_cmp(&b.at));
    marks
}

fn words(phase: &Phase) -> String {
    let mut words = Vec::new();
    if phase.sessions > 1 {
        words.push(format!("{} sessions", phase.sessions));
    }
    words.extend(phase.trials.map(|n| format!("{n} trials")));
    words.extend(phase.iti.as_ref().map(|i| format!("interval {}", interval(i))));
    if !phase.groups.is_empty() {
        let names: Vec<&str> = phase.groups.iter().map(|g| g.get_ref().as_str()).collect();
        words.push(format!("group {}", names.join(", ")));
    }
    words.extend(phase.clamps.iter().map(|c| {
        let groups: Vec<&str> = c.groups.iter().map(|g| g.get_ref().as_str()).collect();
        let of = if groups.is_empty() { String::new() } else { format!(" in {}", groups.join(", ")) };
        format!("light at {}{of}", c.event.get_ref())
    }));
    words.extend(phase.dopamine.map(|d| format!("dopamine times {d}")));
    words.extend(phase.changes.iter().map(|c| format!("{} {} = {}", c.theory, c.parameter, c.value)));
    words.join(", ")
}

/// The panels of an experiment, one a phase.
#[must_use]
pub fn panels(experiment: &Experiment) -> Vec<Panel> {
    let panel = |phase: &Phase| {
        let total: f64 = phase.trial_types.iter().map(|t| t.weight).sum();
        let often = |t: &TrialType| match t.count {
            Some(n) => format!("{n} times"),
            None if phase.trial_types.len() == 1 => "each trial".into(),
            None => format!("{:.0} %", 100.0 * t.weight / total),
        };
        let trials = phase.trial_types.iter().map(|t| Row { often: often(t), marks: marks(t) });
        let free = phase.free.iter().map(|f| Row {
            often: format!("every {}", interval(&f.every)),
            marks: vec![Mark {
                event: f.event.get_ref().clone(),
                at: 0.0,
                magnitude: f.magnitude,
                probability: 1.0,
                choice: false,
            }],
        });
        Panel { phase: phase.name.get_ref().clone(), words: words(phase), rows: trials.chain(free).collect() }
    };
    experiment.phases.iter().map(panel).collect()
}

impl Mark {
    /// In words: the event with its magnitude and probability.
    #[must_use]
    pub fn words(&self) -> String {
        let magnitude = self.magnitude.map(|m| format!(" ×{m}")).unwrap_or_default();
        let probability = if self.probability < 1.0 { format!(" (p {})", self.probability) } else { String::new() };
        let choice = if self.choice { "?" } else { "" };
        format!("{}{choice}{magnitude}{probability}", self.event)
    }
}

/// The design as lines of text, one a sort of trial.
#[must_use]
pub fn text(panels: &[Panel]) -> String {
    let mut lines = Vec::new();
    for panel in panels {
        lines.push(format!("  {}: {}", panel.phase, panel.words));
        for row in &panel.rows {
            let mut line = format!("    {:>14}  ", row.often);
            let mut before: Option<f64> = None;
            for mark in &row.marks {
                match before {
                    Some(t) if mark.at > t => {
                        line.push_str(&format!(" ──{} s── ", (1e3 * (mark.at - t)).round() / 1e3))
                    }
                    Some(_) => line.push_str(" + "),
                    None => {}
                }
                line.push_str(&mark.words());
                before = Some(mark.at);
            }
            lines.push(line);
        }
    }
    lines.join("\n")
}
