//! `accumbens inspect FILE`: what a recording holds, before anyone decides what it means.

use crate::{output, progress};
use accumbens_core::format::{EventSeries, Source, Stream, StreamKind};
use accumbens_core::{Result, digits};
use accumbens_io::roles::{self, Proposed};
use accumbens_io::survey::{Survey, survey};
use serde_json::json;

/// Prints what a source holds.
pub fn print(source: &dyn Source, json: bool) -> Result<()> {
    let held = source.holdings();
    let bar = progress::bar(held.streams.len() as u64, "looking at channels");
    let mut surveys = Vec::new();
    for i in 0..held.streams.len() {
        surveys.push(survey(source, i, || !progress::stopped())?);
        bar.inc(1);
    }
    bar.finish_and_clear();
    let proposed = roles::roles(held);
    if json {
        let stream = |((s, seen), role): ((&Stream, &Survey), &Proposed)| json!({ "stream": s, "survey": seen, "could_be": role });
        let streams: Vec<_> = held.streams.iter().zip(&surveys).zip(&proposed).map(stream).collect();
        return output::json(&json!({
            "format": held.format, "subject": held.subject, "session": held.session, "started": held.started,
            "streams": streams, "events": held.events, "notes": held.notes,
        }));
    }
    let said = [("subject", &held.subject), ("session", &held.session), ("started", &held.started)];
    let said = said.iter().filter_map(|(what, x)| x.as_ref().map(|x| format!("{what} {x}")));
    output::line(&format!("{}\n{}", held.format, said.collect::<Vec<_>>().join(", ")))?;
    streams(&held.streams, &surveys, &proposed)?;
    events(&held.events)?;
    if !held.notes.is_empty() {
        output::line("to know:")?;
        held.notes.iter().try_for_each(|n| output::line(&format!("- {n}")))?;
    }
    output::line("\nWhat a channel could be is a proposal: the study says what it is (`accumbens init FOLDER`).")
}

fn streams(streams: &[Stream], surveys: &[Survey], proposed: &[Proposed]) -> Result<()> {
    if streams.is_empty() {
        return output::line("no channels");
    }
    let header = ["channel", "unit", "samples", "rate (Hz)", "from–to (s)", "gaps", "missing", "range", "could be"];
    let mut table = output::table(&header);
    for ((stream, seen), role) in streams.iter().zip(surveys).zip(proposed) {
        let mut gaps =
            if seen.gaps == 0 { "none".into() } else { format!("{} ({:.1} s)", seen.gaps, seen.gap_seconds) };
        if seen.backwards > 0 {
            gaps = format!("{gaps}, {} times back", seen.backwards);
        }
        let clipped = if seen.clipped > 0.001 && stream.kind != StreamKind::Digital {
            format!(", {:.1} % at an end", 100.0 * seen.clipped)
        } else {
            String::new()
        };
        let range = if seen.lowest <= seen.highest {
            format!("{} to {}{clipped}", digits(seen.lowest, 5), digits(seen.highest, 5))
        } else {
            "none".into()
        };
        let about = stream.about.iter().filter(|(w, _)| matches!(w.as_str(), "location" | "indicator" | "virus"));
        let about: String = about.map(|(w, said)| format!("; {w} {}", short(said))).collect();
        table.add_row([
            stream.name.clone(),
            stream.unit.clone(),
            stream.samples.to_string(),
            format!("{:.4}", seen.rate),
            format!("{:.2}–{:.2}", seen.start, seen.end),
            gaps,
            seen.missing.to_string(),
            range,
            format!("{}: {}{about}", role.role.word(), role.why),
        ]);
    }
    output::line(&table.to_string())
}

fn events(events: &[EventSeries]) -> Result<()> {
    if events.is_empty() {
        return output::line("no events");
    }
    let mut table =
        output::table(&["event", "count", "from–to (s)", "median interval (s)", "median duration (s)", "magnitudes"]);
    for series in events {
        let (first, last) =
            series.times.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), t| (a.min(*t), b.max(*t)));
        let apart: Vec<f64> = series.times.windows(2).map(|w| w[1] - w[0]).collect();
        let number = |x: f64| if x.is_finite() { format!("{x:.3}") } else { String::new() };
        let finite = || series.magnitudes.iter().copied().filter(|m| m.is_finite());
        let (least, most) = finite().fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), m| (a.min(m), b.max(m)));
        table.add_row([
            series.name.clone(),
            series.times.len().to_string(),
            format!("{first:.2}–{last:.2}"),
            number(accumbens::stages::pieces::median(&apart)),
            number(accumbens::stages::pieces::median(&series.durations)),
            if least <= most { format!("{least} to {most}") } else { String::new() },
        ]);
    }
    output::line(&table.to_string())
}

/// The beginning of what is said at length.
fn short(said: &str) -> String {
    match said.char_indices().nth(32) {
        Some((end, _)) => format!("{}…", &said[..end]),
        None => said.to_owned(),
    }
}
