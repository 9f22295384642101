//! Draws an example: a stretch of the recording, and the light that the leading theories predict there.

use super::page::drawn;
use crate::fit::Comparison;
use crate::stages::SensorStage;
use accumbens_core::study::{Sensor, Study};
use accumbens_core::{Channel, EventLog, Recording, Result, Role, Sink, Stage};
use serde_json::{Value, json};

/// Length of the example, s.
const LENGTH: f64 = 60.0;
/// Points that are drawn.
const POINTS: usize = 600;
/// Theories that are drawn.
const THEORIES: usize = 3;

/// The stretch of a session with the most scored events, late in the life of the first subject that has a trace; the
/// theories' dopamine there goes through the sensor and is scaled and shifted to the trace by least squares.
pub fn example(study: &Study, comparison: &Comparison) -> Result<Value> {
    let Some((m, session)) = place(study, comparison) else { return Ok(Value::Null) };
    let member = &comparison.cohort.members[m];
    let Some(subject) = study.subjects.iter().find(|s| s.name == member.name) else { return Ok(Value::Null) };
    let recording = &subject.sessions[session].recording;
    let Some(channel) = recording.channel(&study.channel) else { return Ok(Value::Null) };
    let from = busiest(member.scored.iter().filter(|s| s.session == session).map(|s| s.response.aligned));
    let inside = |t: f64| t >= from && t <= from + LENGTH;
    let first = recording.times.partition_point(|&t| t < from);
    let last = recording.times.partition_point(|&t| t <= from + LENGTH);
    let step = ((last - first) / POINTS).max(1);
    let ticks: Vec<usize> = (first..last).step_by(step).collect();
    let sensor = study.sensor.clone().unwrap_or(Sensor {
        name: "unknown sensor".into(),
        rise: 0.01,
        decay: 0.1,
        half: None,
        greatest: None,
        spike: None,
        source: String::new(),
        unverified: "the study names no sensor".into(),
    });
    let mut lines: Vec<Value> = ticks
        .iter()
        .map(|&i| json!({ "t": drawn(recording.times[i]), "y": drawn(channel.data[i]), "who": "observed" }))
        .collect();
    for ranked in comparison.ranking.iter().filter(|r| r.family != "null").take(THEORIES) {
        let light = light(comparison, m, &ranked.label, member.starts[session], recording, &sensor)?;
        let Some((shift, scale)) = regress(&light[first..last], &channel.data[first..last]) else { continue };
        let point = |&i: &usize| json!({ "t": drawn(recording.times[i]), "y": drawn(shift + scale * light[i]), "who": ranked.label });
        lines.extend(ticks.iter().map(point));
    }
    let log = &recording.events;
    let shown = log.events().iter().filter(|e| inside(e.time) && log.kinds()[e.kind.index()].role != Role::Action);
    let events: Vec<Value> = shown.map(|e| json!({ "t": drawn(e.time), "event": log.name(e) })).collect();
    Ok(json!({
        "subject": member.name, "session": member.session_names[session], "sensor": sensor.name, "lines": lines,
        "events": events,
    }))
}

fn place(study: &Study, comparison: &Comparison) -> Option<(usize, usize)> {
    for (m, member) in comparison.cohort.members.iter().enumerate() {
        let Some(subject) = study.subjects.iter().find(|s| s.name == member.name) else { continue };
        let traced = |s: &usize| !subject.sessions[*s].recording.times.is_empty() && member.tallies[*s].scored > 0;
        if let Some(session) = (0..subject.sessions.len()).rev().find(traced) {
            return Some((m, session));
        }
    }
    None
}

/// The start of the window with the most of these times in it.
fn busiest(times: impl Iterator<Item = f64>) -> f64 {
    let times: Vec<f64> = times.collect();
    let count = |start: f64| times.iter().filter(|t| **t >= start && **t <= start + LENGTH - 6.0).count();
    let best = times.iter().copied().max_by_key(|t| count(*t)).unwrap_or(0.0);
    (best - 3.0).max(0.0)
}

/// The light a fitted theory predicts over a session.
fn light(
    comparison: &Comparison,
    m: usize,
    label: &str,
    start: f64,
    recording: &Recording,
    sensor: &Sensor,
) -> Result<Vec<f64>> {
    let member = &comparison.cohort.members[m];
    let Some(result) = comparison.theories.iter().find(|t| t.label == label) else { return Ok(Vec::new()) };
    let mut theory = result.of.clone();
    for (name, value) in &result.subjects[m].parameters {
        let place = accumbens_core::params::place_of(theory.table(), name)?;
        theory.set(place, *value)?;
    }
    let mut samples = Vec::new();
    member.live(theory.as_ref(), Sink::Samples(&mut samples))?;
    let mut data = vec![0.0; recording.times.len()];
    for sample in samples.iter().filter(|s| s.channel == 0 && s.time > start) {
        let tick = recording.times.partition_point(|&t| t < sample.time - start);
        if let Some(place) = data.get_mut(tick) {
            *place += sample.value;
        }
    }
    let impulses = Channel { name: "dopamine".into(), unit: "theory's own".into(), data };
    let bare = Recording::new(recording.times.clone(), vec![impulses], EventLog::default(), recording.duration)?;
    let (from, to, unit) = ("dopamine".into(), "light".into(), "theory's own".into());
    let stage = SensorStage { sensor: sensor.clone(), from, to, unit, gain: 1.0 };
    let mut seen = stage.apply(bare)?;
    Ok(seen.channels.pop().map(|c| c.data).unwrap_or_default())
}

/// Shift and scale of y on x by least squares; none where x does not vary.
fn regress(x: &[f64], y: &[f64]) -> Option<(f64, f64)> {
    let pairs: Vec<(f64, f64)> =
        x.iter().copied().zip(y.iter().copied()).filter(|(a, b)| a.is_finite() && b.is_finite()).collect();
    let n = pairs.len() as f64;
    let (mx, my) = (pairs.iter().map(|p| p.0).sum::<f64>() / n, pairs.iter().map(|p| p.1).sum::<f64>() / n);
    let (xy, xx) = pairs.iter().fold((0.0, 0.0), |(xy, xx), (a, b)| (xy + (a - mx) * (b - my), xx + (a - mx).powi(2)));
    (xx > 0.0).then(|| (my - xy / xx * mx, xy / xx))
}
