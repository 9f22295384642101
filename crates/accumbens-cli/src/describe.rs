//! `accumbens describe`: the model-free facts of a study.

use crate::{compare, output};
use accumbens::concerns::{Concern, concerns};
use accumbens::fit::describe::{Description, describe};
use accumbens::fit::statistics::TTest;
use accumbens_core::Result;
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
    print(&description)
}

fn test(label: &str, test: Option<TTest>) -> String {
    match test {
        Some(t) => format!("{label}: mean r = {:.4}, t({}) = {:.3}, P = {:.2e}", t.mean, t.df, t.t, t.p),
        None => format!("{label}: too few subjects for a test"),
    }
}

/// Prints the facts as tables.
pub fn print(d: &Description) -> Result<()> {
    output::line(&format!("responses to {:?} ({})", d.focus, d.unit))?;
    let mut table = output::table(&[
        "subject",
        "sessions scored / all",
        "responses",
        "mean",
        "r(response, number)",
        "r(response, interval)",
        "left out: too soon, unaligned, no signal",
    ]);
    for s in &d.subjects {
        table.add_row([
            s.subject.clone(),
            format!("{} / {}", s.sessions[0], s.sessions[1]),
            s.responses.to_string(),
            format!("{:.3}", s.mean),
            format!("{:.4}", s.r_number),
            format!("{:.4}", s.r_interval),
            format!("{}, {}, {}", s.tally.too_soon, s.tally.unaligned, s.tally.no_signal),
        ]);
    }
    output::line(&table.to_string())?;
    output::line(&test("number of the event over the subject's life", d.number))?;
    output::line(&test("time since the previous outcome (mean over sessions)", d.interval))?;
    for average in &d.averages {
        let peak =
            average.mean.iter().copied().enumerate().filter(|(_, v)| v.is_finite()).max_by(|a, b| a.1.total_cmp(&b.1));
        if let Some((i, height)) = peak {
            let band = average.half_width[i];
            let band = if band.is_finite() { format!(" ± {band:.2} (95 % over animals)") } else { String::new() };
            let (n, at) = (average.animals.len(), average.times[i]);
            output::line(&format!("{}: peak {height:.2}{band} {} at {at:+.2} s, {n} animals", average.event, d.unit))?;
        }
    }
    if !d.without.is_empty() {
        output::line(&format!("without responses: {}", d.without.join(", ")))?;
    }
    Ok(())
}
