//! Which choices a recording of an experiment shows.

use super::spec::{ChoiceSpec, Experiment, OptionSpec, RoleSpec, TrialEvent, TrialType};
use accumbens_core::study::Between;

impl Experiment {
    /// The choices between two options or more that leave a trace of what was taken: an action, or the option's own event, after an
    /// event that says that it may be taken. Each is told once.
    #[must_use]
    pub fn betweens(&self) -> Vec<Between> {
        let mut found: Vec<Between> = Vec::new();
        for trial in self.phases.iter().flat_map(|p| &p.trial_types) {
            for choice in &trial.choices {
                self.between(choice, opens(choice, &trial.events), trial, &mut found);
            }
        }
        found
    }

    fn between(&self, choice: &ChoiceSpec, after: Option<String>, trial: &TrialType, found: &mut Vec<Between>) {
        let options: Vec<String> = choice.options.iter().map(|o| o.take.get_ref().clone()).collect();
        let shown = choice.options.iter().all(|o| self.leaves_a_trace(o));
        let given = |name: &String| trial.events.iter().any(|e| e.event.get_ref() == name);
        let plain = after.is_some() && options.len() > 1 && shown && !options.iter().any(given);
        let between = Between { options, after };
        if plain && !found.contains(&between) {
            found.push(between);
        }
        for option in &choice.options {
            for next in &option.choices {
                self.between(next, opens(next, &option.events), trial, found);
            }
        }
    }

    fn leaves_a_trace(&self, option: &OptionSpec) -> bool {
        let name = option.take.get_ref();
        let acts = |e: &super::spec::EventSpec| e.name.get_ref() == name && e.role == RoleSpec::Action;
        self.events.iter().any(acts) || option.events.iter().any(|e| e.event.get_ref() == name && e.probability == 1.0)
    }
}

/// What says that a choice is open: what it is given to, or what came last before it.
fn opens(choice: &ChoiceSpec, events: &[TrialEvent]) -> Option<String> {
    let last = || events.iter().filter(|e| e.at <= choice.at).max_by(|a, b| a.at.total_cmp(&b.at)).map(|e| &e.event);
    choice.given.as_ref().or_else(last).map(|name| name.get_ref().clone())
}
