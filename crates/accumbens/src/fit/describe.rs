//! The model-free facts: responses, their correlation with experience and with time, averages over animals.

use super::cohort::{Cohort, Member};
use super::overlap::Source;
use super::response::{Tally, around, tally};
use super::statistics::{TTest, correlation, correlation_part, half_width, mean, t_test, variance};
use accumbens_core::Result;
use accumbens_core::study::{Study, Subject};
use serde::Serialize;

/// Times of a peri-event average.
const POINTS: usize = 81;

/// The facts of one subject.
#[derive(Clone, Debug, Serialize)]
pub struct SubjectFacts {
    /// Its name.
    pub subject: String,
    /// Sessions that were scored, of all.
    pub sessions: [usize; 2],
    /// Responses to the event.
    pub responses: usize,
    /// Their mean, in the signal's unit.
    pub mean: f64,
    /// Their correlation with the event's number over the subject's life.
    pub r_number: f64,
    /// Their correlation with the time since the previous outcome: mean over sessions.
    pub r_interval: f64,
    /// The part of both correlations (with number, with interval) that the tails of other responses make by themselves, with
    /// a constant response to each kind of event; NaN where no kernel could be taken from a trace.
    pub r_overlap: [f64; 2],
    /// Responses with a window on the tail of another response.
    pub tails: usize,
    /// What became of the scored events of every kind.
    pub tally: Total,
    /// What became of the events of this kind.
    pub own: Total,
}

/// The facts of a kind of event that is scored beside the focus.
#[derive(Clone, Debug, Serialize)]
pub struct Beside {
    /// The kind.
    pub event: String,
    /// Each subject.
    pub subjects: Vec<SubjectFacts>,
    /// The group's correlation with the event's number against zero.
    pub number: Option<TTest>,
    /// The group's correlation with the time since the previous outcome against zero.
    pub interval: Option<TTest>,
}

/// What became of the scored events of a subject.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Total {
    /// Scored.
    pub scored: usize,
    /// Left out: too soon after the one before.
    pub too_soon: usize,
    /// Left out: nothing to align to.
    pub unaligned: usize,
    /// Left out in sessions with a signal: a window reaches beyond it.
    pub no_signal: usize,
    /// Left out: more samples of a window are missing than the study allows.
    pub uncovered: usize,
}

/// A peri-event average.
#[derive(Clone, Debug, Serialize)]
pub struct Average {
    /// The kind of event.
    pub event: String,
    /// Times around the aligning event, s.
    pub times: Vec<f64>,
    /// Mean over animals of each animal's mean signal.
    pub mean: Vec<f64>,
    /// Half the width of its 95 % interval over animals; NaN with one animal.
    pub half_width: Vec<f64>,
    /// Each animal's mean.
    pub animals: Vec<(String, Vec<f64>)>,
}

/// The facts of a study.
#[derive(Clone, Debug, Serialize)]
pub struct Description {
    /// The event whose responses are correlated.
    pub focus: String,
    /// The unit of responses.
    pub unit: String,
    /// The unit of the signal, in which averages are.
    pub signal_unit: String,
    /// Each subject.
    pub subjects: Vec<SubjectFacts>,
    /// The group's correlation with the event's number against zero.
    pub number: Option<TTest>,
    /// The group's correlation with the time since the previous outcome against zero.
    pub interval: Option<TTest>,
    /// The kinds of event that are scored beside the focus.
    pub beside: Vec<Beside>,
    /// Peri-event averages of each scored kind.
    pub averages: Vec<Average>,
    /// Subjects without responses.
    pub without: Vec<String>,
}

/// The two correlations of values at the focus event: with its number over life, and with the interval (mean over
/// sessions). These are the signatures by which theories are told apart (Jeong et al. 2022).
#[must_use]
pub fn signatures(member: &Member, focus: usize, values: &[f64]) -> [f64; 2] {
    both(member, focus, &|x, at| correlation(x, &at.iter().map(|&i| values[i]).collect::<Vec<_>>()))
}

/// The parts of the two correlations of responses that `part`, which is added up in them, makes.
#[must_use]
pub fn signature_parts(member: &Member, focus: usize, part: &[f64]) -> [f64; 2] {
    let values = member.values();
    both(member, focus, &|x, at| {
        let of = |v: &[f64]| at.iter().map(|&i| v[i]).collect::<Vec<f64>>();
        correlation_part(x, &of(&values), &of(part))
    })
}

/// A measure against the focus event's number over life, and against the interval, the mean over sessions.
fn both(member: &Member, focus: usize, measure: &dyn Fn(&[f64], &[usize]) -> f64) -> [f64; 2] {
    let at: Vec<usize> = (0..member.scored.len()).filter(|&i| member.scored[i].response.kind == focus).collect();
    let numbers: Vec<f64> = at.iter().map(|&i| member.scored[i].number as f64).collect();
    let sessions = at.chunk_by(|a, b| member.scored[*a].session == member.scored[*b].session);
    let of_session = |part: &[usize]| {
        let x: Vec<f64> = part.iter().map(|&i| member.scored[i].response.interval).collect();
        measure(&x, part)
    };
    let intervals: Vec<f64> = sessions.map(of_session).collect();
    [measure(&numbers, &at), mean(&intervals)]
}

/// Describes a study.
///
/// # Errors
/// Where the scoring does not fit, or no subject has a response.
pub fn describe(study: &Study) -> Result<(Cohort, Description)> {
    let cohort = Cohort::new(study)?;
    let focus = study.scoring.focus();
    let subjects = facts(study, &cohort, focus)?;
    let beside = study.scoring.events().filter(|e| *e != focus).map(|event| {
        let subjects = facts(study, &cohort, event)?;
        let test = |f: fn(&SubjectFacts) -> f64| t_test(&subjects.iter().map(f).collect::<Vec<_>>());
        let (number, interval) = (test(|s| s.r_number), test(|s| s.r_interval));
        Ok(Beside { event: event.into(), number, interval, subjects })
    });
    let beside = beside.collect::<Result<Vec<_>>>()?;
    let column = |f: fn(&SubjectFacts) -> f64| subjects.iter().map(f).collect::<Vec<_>>();
    let description = Description {
        focus: focus.into(),
        unit: study.scoring.unit(&study.unit),
        signal_unit: study.unit.clone(),
        number: t_test(&column(|s| s.r_number)),
        interval: t_test(&column(|s| s.r_interval)),
        beside,
        averages: study.scoring.events().map(|e| average(study, &cohort, e)).collect(),
        without: cohort.without.clone(),
        subjects,
    };
    Ok((cohort, description))
}

/// The facts of each subject about one scored kind.
fn facts(study: &Study, cohort: &Cohort, event: &str) -> Result<Vec<SubjectFacts>> {
    let facts = |member: &Member| {
        let kind = member.log.kind(event).map_or(0, |k| k.index());
        let values = member.values();
        let here: Vec<f64> =
            member.scored.iter().filter(|s| s.response.kind == kind).map(|s| s.response.value).collect();
        let [r_number, r_interval] = signatures(member, kind, &values);
        let scored_sessions = member.tallies.iter().filter(|t| t.scored > 0).count();
        let sessions = subject(study, member).into_iter().flat_map(|s| &s.sessions);
        let own = sessions.map(|s| tally(s, &study.channel, &study.scoring, event)).collect::<Result<Vec<_>>>()?;
        Ok(SubjectFacts {
            subject: member.name.clone(),
            sessions: [scored_sessions, member.tallies.len()],
            responses: here.len(),
            mean: mean(&here),
            r_number,
            r_interval,
            r_overlap: match member.overlap.source {
                Source::Trace => signature_parts(member, kind, &member.overlap.total(values.len())),
                Source::Sensor | Source::None => [f64::NAN; 2],
            },
            tails: member.overlap.tails,
            tally: total(&member.tallies),
            own: total(&own),
        })
    };
    cohort.members.iter().map(facts).collect()
}

fn total(tallies: &[Tally]) -> Total {
    let mut sum = Total::default();
    for t in tallies {
        sum.scored += t.scored;
        sum.too_soon += t.too_soon;
        sum.unaligned += t.unaligned;
        // A session without any signal is lived through on purpose; its events were not lost.
        if t.scored > 0 {
            sum.no_signal += t.no_signal;
            sum.uncovered += t.uncovered;
        }
    }
    sum
}

fn subject<'a>(study: &'a Study, member: &Member) -> Option<&'a Subject> {
    study.subjects.iter().find(|s| s.name == member.name)
}

/// The signal around each response of a kind, row by row in the order of life; with the times of its columns.
#[must_use]
pub fn heat(study: &Study, member: &Member, event: &str) -> (Vec<f64>, Vec<Vec<f64>>) {
    let (from, to) = span(study);
    let times = (0..POINTS).map(|i| from + (to - from) * i as f64 / (POINTS - 1) as f64).collect();
    let kind = member.log.kind(event).map_or(usize::MAX, |k| k.index());
    let Some(subject) = subject(study, member) else { return (times, Vec::new()) };
    let rows = subject.sessions.iter().enumerate().flat_map(|(number, session)| {
        let of = member.scored.iter().filter(|s| s.session == number && s.response.kind == kind).map(|s| &s.response);
        around(session, &study.channel, &of.collect::<Vec<_>>(), from, to, POINTS)
    });
    (times, rows.collect())
}

/// From a little before the first window to a little after the last, s.
fn span(study: &Study) -> (f64, f64) {
    let [from, to] = study.scoring.span();
    (from - 1.0, to + 2.0)
}

fn average(study: &Study, cohort: &Cohort, event: &str) -> Average {
    let mut times = Vec::new();
    let mut animals = Vec::new();
    for member in &cohort.members {
        let (columns, rows) = heat(study, member, event);
        if !rows.is_empty() {
            let at = |i: usize| mean(&rows.iter().map(|r| r[i]).collect::<Vec<_>>());
            animals.push((member.name.clone(), (0..columns.len()).map(at).collect::<Vec<f64>>()));
        }
        times = columns;
    }
    let column = |i: usize| animals.iter().map(|(_, a)| a[i]).filter(|v| v.is_finite()).collect::<Vec<_>>();
    let width = |i: usize| {
        let values = column(i);
        if values.len() < 2 {
            f64::NAN
        } else {
            half_width((variance(&values) / values.len() as f64).sqrt(), values.len())
        }
    };
    Average {
        event: event.into(),
        mean: (0..times.len()).map(|i| mean(&column(i))).collect(),
        half_width: (0..times.len()).map(width).collect(),
        times,
        animals,
    }
}
