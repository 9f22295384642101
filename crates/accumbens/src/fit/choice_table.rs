//! The choices of a study as the tidy table that models of choices are fitted to, group by group.

use super::cohort::{Cohort, Member};
use accumbens_core::choices::Row;
use accumbens_core::study::Study;
use accumbens_core::{Event, Role};

/// One row a choice: what was taken, the worth of outcomes up to the next choice of the session, the time since the choice was
/// open (s; NaN where the study does not say), and the response to the first scored outcome or omission among them.
#[must_use]
pub fn choice_table(study: &Study, cohort: &Cohort) -> Vec<Row> {
    cohort.members.iter().flat_map(|m| rows(study, m)).collect()
}

fn rows(study: &Study, member: &Member) -> Vec<Row> {
    let group = study.subjects.iter().find(|s| s.name == member.name).map(|s| s.group.clone()).unwrap_or_default();
    let (chosen, log) = (&member.choosing.chosen, &member.log);
    let mut trials = vec![0.0; member.starts.len()];
    let row = |(i, choice): (usize, &super::choosing::Chosen)| {
        let session = member.starts.partition_point(|s| *s <= choice.time).saturating_sub(1);
        let end = member.starts.get(session + 1).copied().unwrap_or(f64::INFINITY);
        let until = chosen.get(i + 1).map_or(end, |c| c.time.min(end));
        let within = |time: f64| time > choice.time && time < until;
        let first = log.events().partition_point(|e| e.time <= choice.time);
        let followed = log.events()[first..].iter().take_while(|e| e.time < until);
        let worth = |e: &Event| {
            let kind = &log.kinds()[e.kind.index()];
            if kind.is_outcome() { e.magnitude * kind.value } else { 0.0 }
        };
        let answers = |kind: usize| matches!(log.kinds()[kind].role, Role::Outcome | Role::Omission(_));
        let from = member.scored.partition_point(|s| member.starts[s.session] + s.response.time <= choice.time);
        let answer = member.scored[from..].iter().take_while(|s| within(member.starts[s.session] + s.response.time));
        let answer = answer.filter(|s| answers(s.response.kind)).map(|s| s.response.value).next();
        trials[session] += 1.0;
        let options = &study.choices[choice.between].options;
        Row {
            subject: member.name.clone(),
            group: group.clone(),
            session: member.session_names[session].clone(),
            trial: trials[session],
            stimulus: String::new(),
            choice: options[choice.taken].clone(),
            offered: options.clone(),
            outcome: followed.map(worth).sum(),
            latency: choice.opened.map_or(f64::NAN, |t| choice.time - t),
            dopamine: answer.unwrap_or(f64::NAN),
        }
    };
    chosen.iter().enumerate().map(row).collect()
}
