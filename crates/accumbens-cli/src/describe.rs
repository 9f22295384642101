//! `accumbens describe`: the model-free facts of a study.

use crate::{compare, output};
use accumbens::fit::describe::{Description, describe};
use accumbens::fit::statistics::TTest;
use accumbens_core::Result;
use std::path::PathBuf;

/// What is described.
#[derive(clap::Args)]
pub struct Args {
    /// The study.
    study: PathBuf,
}

pub fn run(args: &Args, json: bool) -> Result<()> {
    let study = compare::load(&args.study)?;
    let (_, description) = describe(&study)?;
    if json {
        return output::json(&description);
    }
    print(&description)
}

fn test(label: &str, test: Option<TTest>) -> String {
    match test {
        Some(t) => format!("{label}: mean r = {:.4}, t({}) = {:.3}, P = {:.2e}", t.mean, t.df, t.t, t.p),
        None => format!("{label}: too few subjects for a test"),
    }
}

fn number(x: f64) -> String {
    if x.is_finite() { format!("{x:.4}") } else { "–".into() }
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
        "of it by tails",
        "r(response, interval)",
        "of it by tails",
        "on a tail",
        "left out: too soon, unaligned, no signal, samples missing",
    ]);
    for s in &d.subjects {
        table.add_row([
            s.subject.clone(),
            format!("{} / {}", s.sessions[0], s.sessions[1]),
            s.responses.to_string(),
            format!("{:.3}", s.mean),
            format!("{:.4}", s.r_number),
            number(s.r_overlap[0]),
            format!("{:.4}", s.r_interval),
            number(s.r_overlap[1]),
            s.tails.to_string(),
            format!("{}, {}, {}, {}", s.tally.too_soon, s.tally.unaligned, s.tally.no_signal, s.tally.uncovered),
        ]);
    }
    output::line(&table.to_string())?;
    output::line(&test("number of the event over the subject's life", d.number))?;
    output::line(&test("time since the previous outcome (mean over sessions)", d.interval))?;
    output::line(
        "on a tail: responses with a window where another response has more than 5 % of its peak; of it by tails: the part of\n\
         the correlation that these tails make, with a constant response to each kind of event",
    )?;
    for average in &d.averages {
        let peak =
            average.mean.iter().copied().enumerate().filter(|(_, v)| v.is_finite()).max_by(|a, b| a.1.total_cmp(&b.1));
        if let Some((i, height)) = peak {
            let band = average.half_width[i];
            let band = if band.is_finite() { format!(" ± {band:.2} (95 % over animals)") } else { String::new() };
            let (n, at) = (average.animals.len(), average.times[i]);
            output::line(&format!(
                "{}: peak {height:.2}{band} {} at {at:+.2} s, {n} animals",
                average.event, d.signal_unit
            ))?;
        }
    }
    if !d.without.is_empty() {
        output::line(&format!("without responses: {}", d.without.join(", ")))?;
    }
    Ok(())
}
