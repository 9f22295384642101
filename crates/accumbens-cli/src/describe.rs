//! `accumbens describe`: the model-free facts of a study.

use crate::{compare, output};
use accumbens::concerns::{Concern, concerns};
use accumbens::fit::describe::{Average, Description, SubjectFacts, describe};
use accumbens::fit::statistics::TTest;
use accumbens_core::study::Window;
use accumbens_core::{Result, counted, digits};
use serde::Serialize;
use std::path::PathBuf;

/// What is described.
#[derive(clap::Args)]
pub struct Args {
    /// The study.
    study: PathBuf,
}

/// The facts, with what is to be asked about the study.
#[derive(Serialize)]
struct Described {
    #[serde(flatten)]
    description: Description,
    concerns: Vec<Concern>,
}

pub fn run(args: &Args, json: bool) -> Result<()> {
    let study = compare::load(&args.study)?;
    let (cohort, description) = describe(&study)?;
    let concerns = concerns(&study, Some(&cohort));
    if json {
        return output::json(&Described { description, concerns });
    }
    output::concerns(&concerns)?;
    print(&description, |event| study.scoring.of(event).map(|rule| rule.response))
}

/// A test in words, or why there is none; `of` is the correlation of each subject.
fn test(label: &str, test: Option<TTest>, of: &[f64]) -> String {
    let known = of.iter().filter(|r| r.is_finite()).count();
    let why = match test {
        Some(t) => return format!("{label}: mean r = {:.4}, t({}) = {:.3}, P = {:.2e}", t.mean, t.df, t.t, t.p),
        None if of.len() < 2 => "one subject, so no test over subjects".to_owned(),
        None if known < 2 => format!(
            "r is there in {known} of {} subjects, so no test (without it responses or what they are correlated with do not vary)",
            of.len()
        ),
        None => "the same r in every subject, so no test".to_owned(),
    };
    format!("{label}: {why}")
}

fn number(x: f64) -> String {
    if x.is_finite() { format!("{x:.4}") } else { "–".into() }
}

/// Prints the facts of one kind of event: each subject's, and the tests of both correlations.
fn facts(
    event: &str,
    unit: &str,
    subjects: &[SubjectFacts],
    [number_test, interval_test]: [Option<TTest>; 2],
) -> Result<()> {
    output::line(&format!("responses to {event:?} ({unit})"))?;
    let mut table = output::table(&[
        "subject",
        "sessions scored / all",
        "responses",
        "mean",
        "r(response, number)",
        "of it by tails",
        "r(response, interval)",
        "of it by tails",
        "on a tail, of all kinds",
        "left out: too soon, unaligned, no signal, samples missing",
    ]);
    for s in subjects {
        table.add_row([
            s.subject.clone(),
            format!("{} / {}", s.sessions[0], s.sessions[1]),
            s.responses.to_string(),
            digits(s.mean, 4),
            number(s.r_number),
            number(s.r_overlap[0]),
            number(s.r_interval),
            number(s.r_overlap[1]),
            s.tails.to_string(),
            format!("{}, {}, {}, {}", s.own.too_soon, s.own.unaligned, s.own.no_signal, s.own.uncovered),
        ]);
    }
    output::line(&table.to_string())?;
    let of = |r: fn(&SubjectFacts) -> f64| subjects.iter().map(r).collect::<Vec<f64>>();
    output::line(&test("number of the event over the subject's life", number_test, &of(|s| s.r_number)))?;
    let label = "time since the previous outcome (mean over sessions)";
    output::line(&test(label, interval_test, &of(|s| s.r_interval)))
}

/// Prints the facts as tables; `response` is the response window of a scored event, s.
pub fn print(d: &Description, response: impl Fn(&str) -> Option<Window>) -> Result<()> {
    facts(&d.focus, &d.unit, &d.subjects, [d.number, d.interval])?;
    for beside in &d.beside {
        facts(&beside.event, &d.unit, &beside.subjects, [beside.number, beside.interval])?;
    }
    output::line(
        "on a tail: responses with a window where another response has more than 5 % of its peak; of it by tails: the part of\n\
         the correlation that these tails make, with a constant response to each kind of event",
    )?;
    for average in &d.averages {
        let Some([from, to]) = response(&average.event) else { continue };
        if let Some((i, height)) = peak(average, [from, to]) {
            let band = average.half_width[i];
            let band =
                if band.is_finite() { format!(" ± {} (95 % over animals)", digits(band, 3)) } else { String::new() };
            let (n, at) = (average.animals.len(), average.times[i]);
            let within = format!("highest of the response window, {from} to {to} s");
            output::line(&format!(
                "{}: peak {}{band} {} at {at:+.2} s ({within}), {}",
                average.event,
                digits(height, 3),
                d.signal_unit,
                counted(n, "animal")
            ))?;
        }
    }
    if !d.without.is_empty() {
        output::line(&format!("without responses: {}", d.without.join(", ")))?;
    }
    Ok(())
}

/// Where an average is highest within a window: the place and the height; none where nothing is there.
fn peak(average: &Average, [from, to]: Window) -> Option<(usize, f64)> {
    let within = |i: &usize| average.times[*i] >= from - 1e-9 && average.times[*i] <= to + 1e-9;
    let there = (0..average.times.len()).filter(within).map(|i| (i, average.mean[i]));
    there.filter(|(_, height)| height.is_finite()).max_by(|a, b| a.1.total_cmp(&b.1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_peak_is_sought_in_the_response_window_and_not_before_the_event() {
        let times: Vec<f64> = (-30..=30).map(|i| f64::from(i) / 10.0).collect();
        let bell = |t: f64, at: f64, height: f64| height * (-(t - at).powi(2) / 0.08).exp();
        let mean: Vec<f64> = times.iter().map(|t| bell(*t, -2.9, 9.0) + bell(*t, 0.4, 1.0)).collect();
        let average =
            Average { event: "drop".into(), half_width: vec![0.0; mean.len()], times, mean, animals: Vec::new() };
        let (place, height) = peak(&average, [0.0, 1.0]).unwrap();
        assert!((average.times[place] - 0.4).abs() < 1e-9 && (height - 1.0).abs() < 1e-6);
        assert!(peak(&average, [4.0, 5.0]).is_none());
    }
}
