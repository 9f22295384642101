//! Says what responses to other events add to the windows of an event: the tail of one response under the baseline of the
//! next, or an outcome inside the window of its cue.
//!
//! Each kind of event has one constant response, its kernel: estimated from the subject's whole trace (regression on raised
//! cosines, as in [`crate::peri::kernels`]), or, where there is no continuous trace, the decay of the sensor alone with
//! a size that the evidence integrates out. Convolved with the other events and put through the same windows it is what would
//! be measured if no response ever changed. It is taken off before any theory is asked, for all theories alike; how far
//! the kernels may be wrong is left free ([`super::evidence`]). An event's own response is not taken off: theories
//! explain it. Where a kind is aligned, to the first lick for example, its response begins there.

use super::response::{Response, sampling};
use crate::peri::kernels::{Design, kernels};
use accumbens_core::study::{Scoring, Sensor, Session, Study, Subject, Window};
use accumbens_core::{Event, EventLog, Result, Role};
use serde::Serialize;

/// How long a response is followed, s.
pub const LENGTH: f64 = 10.0;
/// Samples a second of a kernel, Hz.
const RATE: f64 = 10.0;
/// Raised cosines of a kernel.
const BUMPS: usize = 19;
/// A window lies on a tail where another response has more than this share of its own peak there.
const TAIL: f64 = 0.05;

/// What other responses add to the responses of a subject.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Overlap {
    /// From what the kernels were taken.
    pub source: Source,
    /// What each kind of event adds to each response by its kernel, in the responses' unit; of a sensor's decay in a unit of its own.
    #[serde(skip)]
    pub kinds: Vec<Vec<f64>>,
    /// How many responses have a window on the tail of another response.
    pub tails: usize,
    /// Why no kernel could be estimated from a trace that is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failed: Option<String>,
}

/// From what kernels are taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// Estimated from the subject's trace.
    Trace,
    /// The sensor's decay.
    Sensor,
    /// There is neither a trace nor a sensor: nothing is said of overlap.
    #[default]
    None,
}

/// A kernel by its integral from 0 to each step, and its greatest size.
struct Kernel {
    integral: Vec<f64>,
    peak: f64,
}

impl Kernel {
    fn new(values: &[f64]) -> Self {
        let mut integral = vec![0.0];
        for pair in values.windows(2) {
            integral.push(integral[integral.len() - 1] + 0.5 * (pair[0] + pair[1]) / RATE);
        }
        Self { integral, peak: values.iter().fold(0.0, |m, v| m.max(v.abs())) }
    }

    /// Of a sensor: its decay, at a peak of 1.
    fn of(sensor: &Sensor) -> Self {
        let steps = (LENGTH * RATE) as usize;
        let at = |i: usize| {
            let t = i as f64 / RATE;
            ((-t / sensor.decay).exp() - (-t / sensor.rise).exp()) / sensor.peak()
        };
        Self::new(&(0..=steps).map(at).collect::<Vec<_>>())
    }

    fn up_to(&self, lag: f64) -> f64 {
        let place = (lag * RATE).clamp(0.0, (self.integral.len() - 1) as f64);
        let below = place.floor() as usize;
        let above = (below + 1).min(self.integral.len() - 1);
        self.integral[below] + (place - below as f64) * (self.integral[above] - self.integral[below])
    }

    /// The kernel's mean over a window of lags, s.
    fn mean(&self, [from, to]: Window) -> f64 {
        (self.up_to(to) - self.up_to(from)) / (to - from)
    }
}

/// The kinds that are followed by a response: all but actions, which may be its cause or its consequence.
fn followed(log: &EventLog) -> Vec<usize> {
    let happens = |k: &usize| log.events().iter().any(|e| e.kind.index() == *k);
    let kinds = log.kinds().iter().enumerate().filter(|(_, k)| k.role != Role::Action).map(|(i, _)| i);
    kinds.filter(happens).collect()
}

/// Of events of a kind this share must be followed by another kind for the two to be one.
const COUPLED: f64 = 0.95;
/// And the delays to it must not spread by more than this, s.
const SPREAD: f64 = 0.5;

/// Where the kernel of a kind ends, s: just before another kind where that follows nearly every one at nearly the same
/// delay, as a reward does its cue. No regression can tell the late response to the first from the early one to the
/// second there, and it is given to the second.
fn until(sessions: &[Vec<Begin>], kind: usize, kinds: usize) -> f64 {
    let to = |other: usize| {
        let (mut own, mut delays) = (0, Vec::new());
        for begins in sessions {
            for (i, begin) in begins.iter().enumerate().filter(|(_, b)| b.kind == kind) {
                own += 1;
                let mut after = begins[i + 1..].iter().take_while(|b| b.kind != kind);
                let delay = after.find(|b| b.kind == other).map(|b| b.time - begin.time);
                delays.extend(delay.filter(|d| *d < LENGTH));
            }
        }
        delays.sort_by(f64::total_cmp);
        let at = |share: f64| delays[((delays.len() - 1) as f64 * share) as usize];
        let coupled = !delays.is_empty() && delays.len() as f64 >= COUPLED * f64::from(own);
        (coupled && at(0.95) - at(0.05) < SPREAD).then(|| at(0.05))
    };
    (0..kinds).filter(|k| *k != kind).filter_map(to).fold(LENGTH, f64::min)
}

/// What other responses add to each response of a subject, given by its session and itself; `log` is its whole life.
#[must_use]
pub fn overlap(study: &Study, subject: &Subject, log: &EventLog, responses: &[(usize, &Response)]) -> Overlap {
    let followed = followed(log);
    let rules: Vec<Option<&Scoring>> = log.kinds().iter().map(|k| study.scoring.of(&k.name)).collect();
    let names: Vec<String> = followed.iter().map(|k| log.kinds()[*k].name.clone()).collect();
    let begins: Vec<Vec<Begin>> = subject.sessions.iter().map(|s| begins(s, &followed, &rules)).collect();
    let until = (0..followed.len()).map(|k| until(&begins, k, followed.len())).collect();
    let from = followed.iter().map(|k| rules[*k].and_then(|r| r.align.clone())).collect();
    let design = Design { events: names, window: [0.0, LENGTH], bumps: BUMPS, rate: RATE, until, from };
    let traced = subject.sessions.iter().any(|s| s.recording.channel(&study.channel).is_some());
    let estimated = traced.then(|| kernels(&subject.sessions, &study.channel, &design));
    let (failed, estimated) = match estimated {
        Some(Err(error)) => (Some(error.to_string()), None),
        other => (None, other.and_then(Result::ok)),
    };
    let (source, found): (Source, Vec<Kernel>) = match (estimated, &study.sensor) {
        (Some(k), _) => (Source::Trace, k.kernels.iter().map(|k| Kernel::new(&k.values)).collect()),
        (None, Some(sensor)) => (Source::Sensor, followed.iter().map(|_| Kernel::of(sensor)).collect()),
        (None, None) => return Overlap { failed, ..Overlap::default() },
    };
    let interval = |s: &Session| s.windows.as_ref().map_or_else(|| sampling(&s.recording.times), |w| w.interval);
    let intervals: Vec<f64> = subject.sessions.iter().map(interval).collect();
    let mut all = Overlap { source, failed, kinds: vec![vec![0.0; responses.len()]; followed.len()], tails: 0 };
    for (i, (session, response)) in responses.iter().enumerate() {
        let Some(rule) = rules[response.kind] else { continue };
        let added = added(&begins[*session], response, (rule, intervals[*session]), &found);
        for (kind, value) in added.sums.iter().enumerate() {
            all.kinds[kind][i] = *value;
        }
        all.tails += usize::from(added.tail);
    }
    all
}

/// When a response begins that an event of a followed kind has.
struct Begin {
    time: f64,
    row: usize,
    /// Its kind, among those that are followed.
    kind: usize,
}

/// Those of a session, in the order of time.
fn begins(session: &Session, followed: &[usize], rules: &[Option<&Scoring>]) -> Vec<Begin> {
    let log = &session.recording.events;
    let begin = |(row, event): (usize, &Event)| {
        let kind = followed.iter().position(|k| *k == event.kind.index())?;
        let time = rules[event.kind.index()].map_or(Some(event.time), |r| r.aligned(log, row))?;
        Some(Begin { time, row, kind })
    };
    let mut all: Vec<Begin> = log.events().iter().enumerate().filter_map(begin).collect();
    all.sort_by(|a, b| a.time.total_cmp(&b.time));
    all
}

struct Added {
    sums: Vec<f64>,
    tail: bool,
}

/// What the other responses of a session add to the windows of one, at a sampling interval (s).
fn added(begins: &[Begin], response: &Response, (rule, interval): (&Scoring, f64), kernels: &[Kernel]) -> Added {
    let ([from, to], aligned) = (rule.span(), response.aligned);
    let first = begins.partition_point(|b| b.time < aligned + from - LENGTH);
    let near = begins[first..].iter().take_while(|b| b.time < aligned + to);
    let mut added = Added { sums: vec![0.0; kernels.len()], tail: false };
    for begin in near.filter(|b| b.row != response.row) {
        let kernel = &kernels[begin.kind];
        let mean = |[a, b]: Window| kernel.mean([aligned + a - begin.time, aligned + b - begin.time]);
        added.sums[begin.kind] += rule.value(mean(rule.response), rule.baseline.map(mean), interval);
        added.tail |= rule.windows().any(|w| mean(w).abs() > TAIL * kernel.peak);
    }
    added
}

impl Overlap {
    /// What all kinds together add to each response by their estimated kernels; 0 where their size is not known.
    #[must_use]
    pub fn total(&self, count: usize) -> Vec<f64> {
        let mut total = vec![0.0; count];
        if self.source == Source::Trace {
            for kind in &self.kinds {
                total.iter_mut().zip(kind).for_each(|(t, k)| *t += k);
            }
        }
        total
    }
}
