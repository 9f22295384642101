//! The page of a session: quality, what cleaning did, and a first look at responses.

use super::page::{Page, short, shorts, thinned};
use crate::fit::statistics;
use crate::peri::{Normalise, Trials};
use crate::qc::Finding;
use crate::stages::spectrum::Spectrum;
use crate::stages::{baseline_name, pieces::fill, reference::fit_name};
use accumbens_core::{Recording, Result};
use serde_json::{Value, json};

/// What the page shows.
pub struct SessionPage<'a> {
    /// Subject and session.
    pub title: String,
    /// Before cleaning.
    pub raw: &'a Recording,
    /// After it.
    pub cleaned: &'a Recording,
    /// The signal's channel.
    pub signal: &'a str,
    /// The reference's channel.
    pub reference: Option<&'a str>,
    /// What was found.
    pub quality: &'a [Finding],
    /// The responses of the session, where there are any.
    pub trials: Option<&'a Trials>,
    /// The command that makes it again.
    pub command: &'a str,
}

/// Points of a line.
const POINTS: usize = 1600;
/// Points of a cloud.
const CLOUD: usize = 1500;
/// The length of the close look, s.
const CLOSE: f64 = 60.0;

/// A line of at most so many points as a page draws.
pub(super) fn line(name: &str, times: &[f64], data: &[f64]) -> Value {
    let (x, y) = thinned(times, data, POINTS);
    json!({ "name": name, "x": x, "y": y })
}

/// The samples of the minute in which most happens, and the events of each kind in it.
pub(super) fn busiest(recording: &Recording) -> (std::ops::Range<usize>, Vec<Value>) {
    let (times, events) = (&recording.times, recording.events.events());
    let happened: Vec<f64> = events.iter().map(|e| e.time).collect();
    let count = |start: f64| happened.iter().filter(|t| (start..start + CLOSE).contains(*t)).count();
    let stride = (happened.len() / 200).max(1);
    let start = happened.iter().copied().step_by(stride).max_by_key(|t| count(*t)).unwrap_or(0.0) - 2.0;
    let rows = times.partition_point(|t| *t < start)..times.partition_point(|t| *t < start + CLOSE);
    let kinds = recording.events.kinds().iter().enumerate().map(|(k, kind)| {
        let here = events.iter().filter(|e| e.kind.index() == k).map(|e| e.time);
        let here: Vec<f64> = here.filter(|t| (start..start + CLOSE).contains(t)).collect();
        json!({ "name": kind.name, "x": shorts(&here) })
    });
    (rows, kinds.collect())
}

impl SessionPage<'_> {
    /// The page as HTML.
    ///
    /// # Errors
    /// Where it cannot be filled.
    pub fn html(&self) -> Result<String> {
        let cleaning: usize = self.cleaned.history.iter().map(|e| e.looks.len()).sum();
        let looks = self.quality.iter().filter(|f| f.look).count() + cleaning;
        let lead = match looks {
            0 => "Nothing here asks for a look before the trace is used.".to_owned(),
            1 => "One thing asks for a look before the trace is used.".to_owned(),
            n => format!("{n} things ask for a look before the trace is used."),
        };
        let raw = self.raw;
        let span = raw.times.last().zip(raw.times.first()).map_or(0.0, |(b, a)| b - a);
        let rate = raw.interval().map_or_else(String::new, |i| format!("{:.2} Hz", 1.0 / i));
        let mut sections = vec![self.quality(), self.raw()];
        sections.extend([self.steps(), self.clean()]);
        sections.extend(self.coupling());
        sections.extend(self.trials.map(responses));
        Page {
            eyebrow: "accumbens · one session".into(),
            title: self.title.clone(),
            lead,
            facts: vec![
                ("length".into(), format!("{span:.0} s")),
                ("rate".into(), rate),
                ("events".into(), raw.events.events().len().to_string()),
                ("steps of cleaning".into(), self.cleaned.history.len().to_string()),
            ],
            sections,
            command: self.command.into(),
        }
        .html()
    }

    fn quality(&self) -> Value {
        let row = |f: &Finding| {
            let verdict = if f.look { "look" } else { "fine" };
            json!([f.what, format!("{:.3} {}", f.value, f.unit), verdict, f.meaning])
        };
        let mut rows: Vec<Value> = self.quality.iter().map(row).collect();
        for step in &self.cleaned.history {
            rows.extend(step.looks.iter().map(|l| json!([step.stage, "", "look", l])));
        }
        let tables = [json!({ "header": ["quality", "found", "verdict", "meaning"], "rows": rows })];
        json!({ "heading": "Quality", "text": "The limits are this program's rules of thumb.", "tables": tables })
    }

    fn raw(&self) -> Value {
        let mut figures = Vec::new();
        for (i, name) in [Some(self.signal), self.reference].into_iter().flatten().enumerate() {
            let Some(channel) = self.raw.channel(name) else { continue };
            let mut series = vec![line(name, &self.raw.times, &channel.data)];
            if let Some(curve) = self.cleaned.channel(&baseline_name(name)) {
                let mut fitted = line("bleaching", &self.cleaned.times, &curve.data);
                fitted["wide"] = json!(true);
                series.push(fitted);
            }
            let caption = format!("{name} as recorded, averaged to at most {POINTS} points");
            figures.push(json!({
                "id": format!("fig-raw-{i}"), "kind": "lines", "x": "time (s)", "y": format!("{name} ({})", channel.unit),
                "series": series, "caption": caption, "height": 220,
            }));
        }
        json!({ "heading": "As recorded", "figures": figures })
    }

    fn steps(&self) -> Value {
        let row = |e: &accumbens_core::Entry| {
            let found = e.results.iter().map(|(what, x)| format!("{what} {x:.6}")).collect::<Vec<_>>().join("; ");
            let said = e.parameters.as_object().into_iter().flatten().filter(|(_, x)| !x.is_null());
            let word = |x: &Value| x.as_str().map_or_else(|| x.to_string(), Into::into);
            let said = said.map(|(what, x)| format!("{what} {}", word(x))).collect::<Vec<_>>().join("; ");
            json!([e.stage, said, found])
        };
        let rows: Vec<Value> = self.cleaned.history.iter().map(row).collect();
        let tables = [json!({ "header": ["step", "parameters", "found"], "rows": rows })];
        json!({ "heading": "What cleaning did", "tables": tables })
    }

    fn clean(&self) -> Value {
        let Some(channel) = self.cleaned.channel(self.signal) else { return json!({ "heading": "Cleaned" }) };
        let times = &self.cleaned.times;
        let unit = format!("{} ({})", self.signal, channel.unit);
        let whole = json!({
            "id": "fig-clean", "kind": "lines", "x": "time (s)", "y": unit, "height": 220,
            "series": [line(self.signal, times, &channel.data)], "caption": "The cleaned signal over the session",
        });
        let (rows, kinds) = busiest(self.cleaned);
        let close = json!({
            "id": "fig-close", "kind": "lines", "x": "time (s)", "y": unit, "height": 240, "events_named": true,
            "series": [line(self.signal, &times[rows.clone()], &channel.data[rows])], "events": kinds,
            "caption": format!("The {CLOSE} seconds in which most happened; upright lines are events"),
        });
        json!({ "heading": "Cleaned", "figures": [whole, close] })
    }

    /// Signal against reference, and the spectra.
    fn coupling(&self) -> Option<Value> {
        let rate = 1.0 / self.raw.interval()?;
        let spectrum = |name: &str, recording: &Recording| {
            let mut data = recording.channel(name)?.data.clone();
            fill(&mut data).then(|| {
                let s = Spectrum::new(&data, rate);
                json!({ "name": name, "x": shorts(&s.frequencies[1..]), "y": shorts(&s.power[1..]) })
            })
        };
        let mut series: Vec<Value> = spectrum(self.signal, self.raw).into_iter().collect();
        let mut figures = Vec::new();
        if let Some(reference) = self.reference {
            series.extend(spectrum(reference, self.raw));
            let (x, y) = (self.raw.channel(reference)?, self.raw.channel(self.signal)?);
            let stride = (x.data.len() / CLOUD).max(1);
            let pick = |v: &[f64]| shorts(&v.iter().copied().step_by(stride).collect::<Vec<_>>());
            let fitted = self.cleaned.channel(&fit_name(self.signal)).is_some();
            figures.push(json!({
                "id": "fig-cloud", "kind": "cloud", "x": format!("{reference} ({})", x.unit),
                "y": format!("{} ({})", self.signal, y.unit), "points": { "x": pick(&x.data), "y": pick(&y.data) },
                "caption": if fitted { "Signal against reference, as recorded; the fitted slope stands in the table above" } else { "Signal against reference, as recorded" },
            }));
        }
        figures.push(json!({
            "id": "fig-spectrum", "kind": "lines", "log": true, "x": "frequency (Hz)", "y": "power (unit²/Hz)",
            "series": series, "caption": "Power spectral densities as recorded (Welch, Hann windows)",
        }));
        Some(json!({ "heading": "Signal, reference and noise", "figures": figures }))
    }
}

/// The mean responses of one session.
fn responses(trials: &Trials) -> Value {
    let series: Vec<Value> = (0..trials.cut.events.len()).filter_map(|event| mean(trials, event)).collect();
    let what = match trials.cut.normalise {
        Normalise::None => "as it is",
        _ => "less its baseline",
    };
    let caption = format!("Mean over trials with its standard error, {what}");
    json!({ "heading": "Around events", "figures": [{
        "id": "fig-peri", "kind": "band", "x": "time from event (s)", "y": trials.unit, "series": series, "caption": caption,
    }] })
}

fn mean(trials: &Trials, event: usize) -> Option<Value> {
    let of: Vec<&crate::peri::Trial> = trials.trials.iter().filter(|t| t.event == event).collect();
    if of.is_empty() {
        return None;
    }
    let (mut y, mut low, mut high) = (Vec::new(), Vec::new(), Vec::new());
    for lag in 0..trials.lags.len() {
        let values: Vec<f64> = of.iter().map(|t| t.values[lag]).filter(|x| x.is_finite()).collect();
        let mean = statistics::mean(&values);
        let sem = (statistics::variance(&values) / values.len() as f64).sqrt();
        y.push(short(mean));
        low.push(short(mean - sem));
        high.push(short(mean + sem));
    }
    let name = format!("{} ({})", trials.cut.events[event], of.len());
    Some(json!({ "name": name, "x": shorts(&trials.lags), "y": y, "low": low, "high": high }))
}
