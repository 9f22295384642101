//! Quality of a session: what a careful reader would look at before believing a trace.
//!
//! The limits beyond which a finding asks for a look are this program's own rules of thumb, not published cut-offs.

use crate::fit::statistics::correlation;
use crate::stages::pieces::{MAD_TO_SD, median_absolute, moments, pieces};
use accumbens_core::Recording;
use serde::Serialize;

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Finding {
    /// What.
    pub what: String,
    /// How much.
    pub value: f64,
    /// Its unit.
    pub unit: &'static str,
    /// Whether it asks for a look.
    pub look: bool,
    /// What it means, and when it asks for a look.
    pub meaning: &'static str,
}

/// The share of a session at its beginning and end over which light is averaged to see how much it faded.
const ENDS: f64 = 0.05;
/// Two events of a kind closer than this are one that was written twice, s.
const TWICE: f64 = 0.001;

fn finding(what: String, value: f64, unit: &'static str, look: bool, meaning: &'static str) -> Finding {
    Finding { what, value, unit, look, meaning }
}

/// Looks at a raw recording: its channels, how signal and reference go together, its events.
#[must_use]
pub fn session(raw: &Recording, signal: &str, reference: Option<&str>) -> Vec<Finding> {
    let mut found = Vec::new();
    let channels = [Some(signal), reference].into_iter().flatten();
    for name in channels {
        if let Some(channel) = raw.channel(name) {
            light(name, &channel.data, &mut found);
        }
    }
    clock(raw, &mut found);
    if let (Some(s), Some(r)) = (raw.channel(signal), reference.and_then(|r| raw.channel(r))) {
        coupling(raw, &s.data, &r.data, &mut found);
    }
    events(raw, &mut found);
    found
}

fn light(name: &str, data: &[f64], found: &mut Vec<Finding>) {
    let n = data.len();
    let missing = data.iter().filter(|x| !x.is_finite()).count() as f64 / n.max(1) as f64;
    found.push(finding(
        format!("{name}: samples missing"),
        100.0 * missing,
        "%",
        missing > 0.01,
        "samples without a value; more than 1 % asks for a look",
    ));
    let end = ((ENDS * n as f64) as usize).max(1).min(n);
    let (first, last) = (moments(&data[..end]).0, moments(&data[n - end..]).0);
    let faded = 100.0 * (1.0 - last / first);
    found.push(finding(
        format!("{name}: bleached"),
        faded,
        "%",
        faded.abs() > 50.0,
        "light lost from the first to the last twentieth of the session; more than half asks for a look",
    ));
    let changes: Vec<f64> = data.windows(2).map(|w| w[1] - w[0]).collect();
    let noise = 100.0 * MAD_TO_SD * median_absolute(&changes) / std::f64::consts::SQRT_2 / moments(data).0.abs();
    found.push(finding(
        format!("{name}: noise"),
        noise,
        "% of light",
        noise > 5.0,
        "standard deviation between neighbouring samples; more than 5 % asks for a look",
    ));
    let (low, high) = data
        .iter()
        .filter(|x| x.is_finite())
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), x| (l.min(*x), h.max(*x)));
    let at = |end: f64| data.iter().filter(|x| **x == end).count() as f64 / n.max(1) as f64;
    let clipped = 100.0 * at(low).max(at(high));
    found.push(finding(
        format!("{name}: at one end of its range"),
        clipped,
        "% of samples",
        clipped > 0.1,
        "a detector that saturates gives its highest value again and again; more than 0.1 % asks for a look",
    ));
}

fn clock(raw: &Recording, found: &mut Vec<Finding>) {
    let gaps = pieces(&raw.times).len().saturating_sub(1) as f64;
    let usual = crate::stages::pieces::usual(&raw.times).unwrap_or(f64::NAN);
    let dropped: f64 =
        raw.times.windows(2).map(|w| ((w[1] - w[0]) / usual).round() - 1.0).filter(|d| *d > 0.0).sum::<f64>().abs();
    found.push(finding("gaps".into(), gaps, "", gaps > 0.0, "places where more than five samples are missing"));
    found.push(finding(
        "samples dropped".into(),
        dropped,
        "",
        dropped > 0.001 * raw.times.len() as f64,
        "samples that the clock says were not taken; more than one in a thousand asks for a look",
    ));
}

/// Means over stretches of so many seconds, less the means of the stretches around them; nothing across a pause.
fn band(times: &[f64], data: &[f64], seconds: f64) -> Vec<f64> {
    let mut bands = Vec::new();
    for run in pieces(times) {
        let (times, data) = (&times[run.clone()], &data[run]);
        let (mut means, mut from) = (Vec::new(), 0);
        while from < times.len() {
            let stretch = ((times[from] - times[0]) / seconds + 1e-9).floor();
            let end = times[0] + (stretch + 1.0) * seconds - 1e-9 * seconds;
            let to = times.partition_point(|t| *t < end).max(from + 1);
            means.push(moments(&data[from..to]).0);
            from = to;
        }
        bands.extend(means.windows(3).map(|w| w[1] - 0.5 * (w[0] + w[2])));
    }
    bands
}

/// The time that was recorded, pauses left out, s.
fn recorded(times: &[f64]) -> f64 {
    pieces(times).into_iter().filter(|r| !r.is_empty()).map(|r| times[r.end - 1] - times[r.start]).sum()
}

fn coupling(raw: &Recording, signal: &[f64], reference: &[f64], found: &mut Vec<Finding>) {
    for (what, seconds, meaning) in [
        (
            "signal and reference, fast",
            0.5,
            "correlation within seconds; above 0.5 either motion or cross-talk moves both",
        ),
        (
            "signal and reference, slow",
            20.0,
            "correlation over a minute, bleaching taken off; above 0.9 little but the common part is left",
        ),
    ] {
        let r = correlation(&band(&raw.times, signal, seconds), &band(&raw.times, reference, seconds));
        let limit = if seconds < 1.0 { 0.5 } else { 0.9 };
        found.push(finding(what.into(), r, "r", r.abs() > limit, meaning));
    }
    let jumps = |data: &[f64]| {
        let changes = band(&raw.times, data, 0.5);
        let far = 6.0 * MAD_TO_SD * median_absolute(&changes);
        changes.iter().filter(|c| c.abs() > far).count() as f64
    };
    let rate = jumps(reference) / (recorded(&raw.times) / 60.0);
    found.push(finding(
        "motion".into(),
        rate,
        "/min",
        rate > 2.0,
        "excursions of the reference beyond six robust standard deviations; more than two a minute ask for a look",
    ));
}

fn events(raw: &Recording, found: &mut Vec<Finding>) {
    let log = &raw.events;
    let (first, last) = (raw.times.first().copied().unwrap_or(0.0), raw.times.last().copied().unwrap_or(0.0));
    let outside = log.events().iter().filter(|e| e.time < first || e.time > last).count() as f64;
    let all = log.events().len();
    found.push(finding(
        "events outside the signal".into(),
        outside,
        "",
        outside > 0.05 * all as f64,
        "events before the first or after the last sample; more than 5 % ask whether the clocks are one",
    ));
    for (k, kind) in log.kinds().iter().enumerate() {
        let times: Vec<f64> = log.events().iter().filter(|e| e.kind.index() == k).map(|e| e.time).collect();
        let twice = times.windows(2).filter(|w| w[1] - w[0] < TWICE).count() as f64;
        if twice > 0.0 {
            let meaning = "events of a kind within a millisecond: written twice, or bouncing";
            found.push(finding(format!("{}: twice", kind.name), twice, "", true, meaning));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use accumbens_core::{Channel, EventLog};

    #[test]
    fn a_pause_and_another_sampling_rate_change_neither_motion_a_minute_nor_the_coupling() {
        let light = |t: f64| {
            let jerk = if t % 20.0 < 0.5 { 30.0 } else { 0.0 };
            // Slow waves: one common, one of the signal alone.
            let (common, own) = (2.0 * (0.05 * t).sin(), 2.0 * (0.071 * t).sin());
            (100.0 + jerk + common + own + 3.0 * (2.3 * t).sin(), 100.0 + jerk + common)
        };
        let found = |rate: f64, pause: f64| {
            let local: Vec<f64> = (0..(2400.0 * rate) as usize).map(|i| i as f64 / rate).collect();
            let times = local.iter().map(|t| if *t < 1200.0 { *t } else { t + pause }).collect();
            let of = |name: &str, pick: fn((f64, f64)) -> f64| {
                let data = local.iter().map(|t| pick(light(*t))).collect();
                Channel { name: name.into(), unit: "V".into(), data }
            };
            let channels = vec![of("signal", |x| x.0), of("reference", |x| x.1)];
            let raw = Recording::new(times, channels, EventLog::default(), 0.0).unwrap();
            let all = session(&raw, "signal", Some("reference"));
            ["motion", "signal and reference, fast", "signal and reference, slow"]
                .map(|what| all.iter().find(|f| f.what == what).unwrap().value)
        };
        let plain = found(40.0, 0.0);
        assert!(plain[0] > 2.0, "{plain:?}");
        for other in [found(40.0, 1800.0), found(25.0, 0.0), found(25.0, 1800.0)] {
            let same = plain.iter().zip(other).all(|(a, b)| (a - b).abs() < 0.03 * a.abs().max(1.0));
            assert!(same, "{plain:?} {other:?}");
        }
    }
}
