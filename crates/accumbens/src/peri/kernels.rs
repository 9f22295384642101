//! Event kernels: the signal as a sum of what each event adds to it, so that responses to events that overlap are told
//! apart.
//!
//! Each kernel is a sum of raised cosines, half overlapping, which add up to one; the weights come from a regression
//! with a ridge penalty that is chosen by leaving out stretches of the recording in turn.

use accumbens_core::study::{Align, Session, Window};
use accumbens_core::{Error, EventLog, Result, room};
use nalgebra::{DMatrix, DVector};
use rayon::prelude::*;
use serde::Serialize;

/// What is fitted.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Design {
    /// The events.
    pub events: Vec<String>,
    /// From and to, s around each event.
    pub window: Window,
    /// Raised cosines a kernel.
    pub bumps: usize,
    /// Samples a second at which the signal is fitted, Hz.
    pub rate: f64,
    /// Where the kernel of each event ends, s after it; at the window's end for all where empty.
    pub until: Vec<f64>,
    /// What each event's kernel begins with where it is not the event itself: an event without it has none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub from: Vec<Option<Align>>,
}

impl Design {
    /// When the kernels of an event of this design begin in a log, s.
    fn begins(&self, log: &EventLog, number: usize) -> Vec<f64> {
        let kind = log.kind(&self.events[number]);
        let rows = log.events().iter().enumerate().filter(|(_, e)| Some(e.kind) == kind);
        match self.from.get(number).and_then(Option::as_ref) {
            Some(align) => rows.filter_map(|(row, _)| align.time(log, row)).collect(),
            None => rows.map(|(_, e)| e.time).collect(),
        }
    }
}

/// A fitted kernel.
#[derive(Clone, Debug, Serialize)]
pub struct Kernel {
    /// The event.
    pub event: String,
    /// How often it happened.
    pub count: usize,
    /// Its values at the lags, in the signal's unit.
    pub values: Vec<f64>,
}

/// The kernels of a subject.
#[derive(Clone, Debug, Serialize)]
pub struct Kernels {
    /// Lags, s.
    pub lags: Vec<f64>,
    /// The kernels.
    pub kernels: Vec<Kernel>,
    /// The ridge penalty, relative to the mean square of the regressors.
    pub penalty: f64,
    /// The share of variance explained in stretches that were left out.
    pub r2: f64,
}

/// Penalties that are tried.
const PENALTIES: [f64; 7] = [1e-6, 1e-4, 1e-3, 1e-2, 1e-1, 1.0, 10.0];
/// Stretches that are left out in turn.
const FOLDS: usize = 5;

/// The value of a bump at a lag.
fn bump(design: &Design, number: usize, lag: f64) -> f64 {
    let [from, to] = design.window;
    let spacing = (to - from) / (design.bumps + 1) as f64;
    let x = (lag - from - (number + 1) as f64 * spacing) / spacing;
    if x.abs() < 1.0 { 0.5 + 0.5 * (std::f64::consts::PI * x).cos() } else { 0.0 }
}

/// Sums of products for a stretch of recording.
#[derive(Clone)]
struct Products {
    xx: DMatrix<f64>,
    xy: DVector<f64>,
    yy: f64,
    y: f64,
    n: f64,
}

impl Products {
    fn new(columns: usize) -> Self {
        Self { xx: DMatrix::zeros(columns, columns), xy: DVector::zeros(columns), yy: 0.0, y: 0.0, n: 0.0 }
    }

    fn add(&mut self, row: &[(usize, f64)], y: f64) {
        for (i, a) in row {
            self.xy[*i] += a * y;
            for (j, b) in row {
                self.xx[(*i, *j)] += a * b;
            }
        }
        self.yy += y * y;
        self.y += y;
        self.n += 1.0;
    }

    fn plus(mut self, other: &Self) -> Self {
        self.xx += &other.xx;
        self.xy += &other.xy;
        (self.yy, self.y, self.n) = (self.yy + other.yy, self.y + other.y, self.n + other.n);
        self
    }

    /// The weights under a penalty relative to the mean square of the bumps. The last column is the offset, which is
    /// not shrunk.
    fn solve(&self, penalty: f64) -> Option<DVector<f64>> {
        let bumps = self.xy.len() - 1;
        let scale = self.xx.diagonal().iter().take(bumps).sum::<f64>() / bumps as f64;
        let mut xx = self.xx.clone();
        (0..bumps).for_each(|i| xx[(i, i)] += scale * penalty);
        Some(xx.cholesky()?.solve(&self.xy))
    }

    /// The sum of squared residuals of weights.
    fn squares(&self, weights: &DVector<f64>) -> f64 {
        self.yy - 2.0 * weights.dot(&self.xy) + weights.dot(&(&self.xx * weights))
    }
}

/// The sums of a session, in as many stretches as are left out in turn. The signal's mean is taken off first.
fn products(session: &Session, channel: &str, design: &Design) -> Result<Vec<Products>> {
    let columns = design.events.len() * design.bumps + 1;
    let mut folds = vec![Products::new(columns); FOLDS];
    let recording = &session.recording;
    let (Some(data), Some(first), Some(last)) =
        (recording.channel(channel), recording.times.first(), recording.times.last())
    else {
        return Ok(folds);
    };
    let log = &recording.events;
    if let Some(unknown) = design.events.iter().find(|e| log.kind(e).is_none()) {
        return Err(Error::input("kernels", format!("no event is called {unknown:?}"), ""));
    }
    room("kernels", &[("rate (Hz)", design.rate), ("seconds", last - first)])?;
    let count = ((last - first) * design.rate) as usize + 1;
    let (mut sums, mut counts) = (vec![0.0; count], vec![0.0; count]);
    for (t, x) in recording.times.iter().zip(&data.data).filter(|(_, x)| x.is_finite()) {
        let bin = (((t - first) * design.rate) as usize).min(count - 1);
        sums[bin] += x;
        counts[bin] += 1.0;
    }
    let mean = sums.iter().sum::<f64>() / counts.iter().sum::<f64>().max(1.0);
    let mut row: Vec<(usize, f64)> = Vec::new();
    let mut starts = vec![0_usize; design.events.len()];
    let times: Vec<Vec<f64>> = (0..design.events.len()).map(|k| design.begins(log, k)).collect();
    for bin in 0..count {
        if counts[bin] == 0.0 {
            continue;
        }
        let now = first + (bin as f64 + 0.5) / design.rate;
        row.clear();
        for (k, happened) in times.iter().enumerate() {
            while happened.get(starts[k]).is_some_and(|t| now - t > design.window[1]) {
                starts[k] += 1;
            }
            let until = design.until.get(k).copied().unwrap_or(design.window[1]);
            let inside = happened[starts[k]..].iter().take_while(|t| now - **t >= design.window[0]);
            for t in inside.filter(|t| now - **t < until) {
                for b in 0..design.bumps {
                    let value = bump(design, b, now - t);
                    if value == 0.0 {
                        continue;
                    }
                    let column = k * design.bumps + b;
                    match row.iter_mut().find(|(c, _)| *c == column) {
                        Some((_, v)) => *v += value,
                        None => row.push((column, value)),
                    }
                }
            }
        }
        row.push((columns - 1, 1.0));
        folds[bin * FOLDS / count].add(&row, sums[bin] / counts[bin] - mean);
    }
    Ok(folds)
}

/// Fits the kernels of the sessions of a subject.
///
/// # Errors
/// Where a window is empty, an event is unknown, nothing can be fitted, or so many bumps find no room.
pub fn kernels(sessions: &[Session], channel: &str, design: &Design) -> Result<Kernels> {
    if design.window[0] >= design.window[1] || design.bumps < 2 || design.rate.is_nan() || design.rate <= 0.0 {
        let problem = format!("window {:?}, {} bumps, {} Hz", design.window, design.bumps, design.rate);
        return Err(Error::input("kernels", problem, "a window, 2 or more bumps, a rate above 0"));
    }
    let (bumps, events) = (("bumps", design.bumps as f64), ("events", design.events.len() as f64));
    let stretches = [("stretches", FOLDS as f64), ("sessions", sessions.len() as f64)];
    room("kernels", &[bumps, bumps, events, events, stretches[0], stretches[1]])?;
    let of = |s: &Session| products(s, channel, design);
    let sessions_folds = sessions.par_iter().map(of).collect::<Result<Vec<_>>>()?;
    let columns = design.events.len() * design.bumps + 1;
    let fold = |f: usize| sessions_folds.iter().fold(Products::new(columns), |sum, s| sum.plus(&s[f]));
    let folds: Vec<Products> = (0..FOLDS).map(fold).collect();
    let all = folds.iter().fold(Products::new(columns), Products::plus);
    let left_out = |penalty: f64| -> f64 {
        let one = |f: usize| {
            let rest = (0..FOLDS).filter(|g| *g != f).fold(Products::new(columns), |sum, g| sum.plus(&folds[g]));
            rest.solve(penalty).map_or(f64::INFINITY, |w| folds[f].squares(&w))
        };
        (0..FOLDS).map(one).sum()
    };
    let tried: Vec<(f64, f64)> = PENALTIES.par_iter().map(|p| (left_out(*p), *p)).collect();
    let (squares, penalty) = tried.into_iter().fold((f64::INFINITY, 1.0), |a, b| if b.0 < a.0 { b } else { a });
    let weights = all
        .solve(penalty)
        .filter(|_| squares.is_finite())
        .ok_or_else(|| Error::input("kernels", "nothing can be fitted", "a signal with events in it"))?;
    let steps = ((design.window[1] - design.window[0]) * design.rate).round() as usize;
    let lags: Vec<f64> = (0..=steps).map(|i| design.window[0] + i as f64 / design.rate).collect();
    let count = |event: &String| {
        let here = |s: &Session| {
            let kind = s.recording.events.kind(event);
            s.recording.events.events().iter().filter(|e| Some(e.kind) == kind).count()
        };
        sessions.iter().filter(|s| s.recording.channel(channel).is_some()).map(here).sum()
    };
    let kernel = |(k, event): (usize, &String)| {
        let until = design.until.get(k).copied().unwrap_or(f64::INFINITY);
        let value = |lag: &f64| {
            let sum = (0..design.bumps).map(|b| weights[k * design.bumps + b] * bump(design, b, *lag)).sum();
            if *lag < until { sum } else { 0.0 }
        };
        Kernel { event: event.clone(), count: count(event), values: lags.iter().map(value).collect() }
    };
    let total = all.yy - all.y * all.y / all.n;
    Ok(Kernels {
        kernels: design.events.iter().enumerate().map(kernel).collect(),
        lags,
        penalty,
        r2: 1.0 - squares / total,
    })
}
