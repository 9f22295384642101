//! The page of a simulated session: what each stage between a theory and its light made of the one before.

use super::page::{Page, short, shorts};
use super::session::{busiest, line};
use accumbens_core::{Recording, Result};
use serde_json::{Value, json};

/// What the page shows.
pub struct ChainPage<'a> {
    /// Subject and session.
    pub title: String,
    /// Which theory, and through what.
    pub lead: String,
    /// The channels, in the order of the chain.
    pub recording: &'a Recording,
    /// The command that makes it again.
    pub command: &'a str,
}

/// Around an event: from, to and the width of a bin, s.
const AROUND: (f64, f64, f64) = (-1.0, 3.0, 0.05);

impl ChainPage<'_> {
    /// The page as HTML.
    ///
    /// # Errors
    /// Where it cannot be filled.
    pub fn html(&self) -> Result<String> {
        let recording = self.recording;
        let facts = vec![
            ("length".into(), format!("{:.0} s", recording.duration)),
            ("events".into(), recording.events.events().len().to_string()),
            ("channels".into(), recording.channels.len().to_string()),
        ];
        let (eyebrow, command) = ("accumbens · from a theory to its light".into(), self.command.into());
        let sections = vec![self.close(), self.around()];
        Page { eyebrow, title: self.title.clone(), lead: self.lead.clone(), facts, sections, command }.html()
    }

    /// The channels in the order of the chain: what the fibre sees comes last.
    fn channels(&self) -> impl Iterator<Item = (usize, &accumbens_core::Channel)> {
        let seen = |c: &&accumbens_core::Channel| ["signal", "isosbestic"].contains(&c.name.as_str());
        let all = &self.recording.channels;
        all.iter().filter(move |c| !seen(c)).chain(all.iter().filter(seen)).enumerate()
    }

    fn close(&self) -> Value {
        let recording = self.recording;
        let (rows, events) = busiest(recording);
        let figure = |(i, channel): (usize, &accumbens_core::Channel)| {
            json!({
                "id": format!("fig-close-{i}"), "kind": "lines", "x": "time (s)", "events_named": i == 0, "height": 150,
                "y": format!("{} ({})", channel.name, channel.unit), "events": events, "caption": "",
                "series": [line(&channel.name, &recording.times[rows.clone()], &channel.data[rows.clone()])],
            })
        };
        let figures: Vec<Value> = self.channels().map(figure).collect();
        let text = "The minute in which most happened; upright lines are events. Each curve is made of those above it.";
        json!({ "heading": "Stage by stage", "text": text, "figures": figures })
    }

    fn around(&self) -> Value {
        let recording = self.recording;
        let figure = |(i, channel): (usize, &accumbens_core::Channel)| {
            let means = (0..recording.events.kinds().len()).filter_map(|kind| mean(recording, &channel.data, kind));
            json!({
                "id": format!("fig-around-{i}"), "kind": "band", "x": "time from event (s)", "height": 190,
                "y": format!("{} ({})", channel.name, channel.unit), "caption": "", "series": means.collect::<Vec<_>>(),
            })
        };
        let figures: Vec<Value> = self.channels().map(figure).collect();
        let text = "Means over the events of each kind, less the second before them, and their standard errors, in bins of 50 ms.";
        json!({ "heading": "Around events", "text": text, "figures": figures })
    }
}

/// The mean of a channel around the events of a kind.
fn mean(recording: &Recording, data: &[f64], kind: usize) -> Option<Value> {
    let (from, to, width) = AROUND;
    let (bins, interval) = (((to - from) / width).round() as usize, recording.interval()?);
    let first = *recording.times.first()?;
    let before = (-from / width).round() as usize;
    let (mut sum, mut squares, mut count) = (vec![0.0; bins], vec![0.0; bins], 0.0);
    for event in recording.events.events().iter().filter(|e| e.kind.index() == kind) {
        let edge = |bin: usize| ((event.time + from + bin as f64 * width - first) / interval).round();
        if edge(0) < 0.0 || edge(bins) > data.len() as f64 {
            continue;
        }
        count += 1.0;
        let before = edge(0) as usize..(edge(before) as usize).max(edge(0) as usize + 1);
        let baseline = data[before.clone()].iter().sum::<f64>() / before.len() as f64;
        for bin in 0..bins {
            // A clock slower than the bins gives each bin its nearest sample.
            let end = (edge(bin + 1) as usize).max(edge(bin) as usize + 1).min(data.len());
            let start = (edge(bin) as usize).min(end - 1);
            let value = data[start..end].iter().sum::<f64>() / (end - start) as f64 - baseline;
            sum[bin] += value;
            squares[bin] += value * value;
        }
    }
    if count == 0.0 {
        return None;
    }
    let lags: Vec<f64> = (0..bins).map(|i| from + (i as f64 + 0.5) * width).collect();
    let at = |i: usize| {
        let mean = sum[i] / count;
        let error =
            if count > 1.0 { ((squares[i] / count - mean * mean).max(0.0) / (count - 1.0)).sqrt() } else { 0.0 };
        (mean, error)
    };
    let of = |sign: f64| (0..bins).map(|i| short(at(i).0 + sign * at(i).1)).collect::<Vec<_>>();
    let name = format!("{} ({count})", recording.events.kinds()[kind].name);
    Some(json!({ "name": name, "x": shorts(&lags), "y": of(0.0), "low": of(-1.0), "high": of(1.0) }))
}
