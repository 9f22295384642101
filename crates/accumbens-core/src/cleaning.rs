//! Declares how a recording is cleaned: a list of steps, each with all its parameters.

use crate::error::{Error, Result};
use crate::window::Window;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One step of cleaning. Steps act in the order in which they stand, on the signal and its reference.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum Step {
    /// Keeps a part of the session.
    Trim(Trim),
    /// Marks samples that are no light: jumps, saturation, given times.
    Artefacts(Artefacts),
    /// Zero-phase Butterworth low-pass.
    LowPass(Filter),
    /// Zero-phase Butterworth high-pass: what it takes away counts as bleaching.
    HighPass(Filter),
    /// Zero-phase moving average.
    Smooth(Smooth),
    /// Estimates how the light fades and subtracts it.
    Bleaching(Bleaching),
    /// Fits the reference to the signal and subtracts the fit.
    Reference(Reference),
    /// Divides by the light at rest.
    Dff(Dff),
    /// Makes the signal's unit its own spread.
    ZScore(ZScore),
    /// Puts the recording on a regular clock.
    Resample(Resample),
    /// Drops events that follow one of their kind too soon.
    Debounce(Debounce),
    /// Adds the beginning of each bout of an event, for example of licks, as an event.
    Bouts(Bouts),
}

/// Keeps a part of the session; events outside it stay.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Trim {
    /// Left out at the beginning, s.
    pub start: f64,
    /// Left out at the end, s.
    pub end: f64,
}

/// What counts as no light. Marked samples are missing from then on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Artefacts {
    /// A change between two samples of more than so many robust standard deviations of all changes; none where 0.
    pub jump: f64,
    /// Samples at or above this are saturated, in the channel's unit; none where absent.
    pub above: Option<f64>,
    /// Samples at or below this are lost light, in the channel's unit; none where absent.
    pub below: Option<f64>,
    /// Times at which something is known to have gone wrong, s: [[from, to], …].
    pub times: Vec<Window>,
    /// Marked on both sides of what was found, s.
    pub pad: f64,
}

impl Default for Artefacts {
    fn default() -> Self {
        Self { jump: 15.0, above: None, below: None, times: Vec::new(), pad: 0.25 }
    }
}

/// A Butterworth filter, run forwards and backwards.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Filter {
    /// Cut-off, Hz: the frequency at which each pass halves the power.
    pub cutoff: f64,
    /// Order of each pass.
    #[serde(default = "two")]
    pub order: usize,
    /// How the ends are continued before filtering.
    #[serde(default)]
    pub ends: Ends,
}

/// How a trace is continued beyond its ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Ends {
    /// Turned about the last sample (SciPy's default).
    #[default]
    Odd,
    /// Mirrored at the last sample.
    Even,
}

/// A moving average, run forwards and backwards.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Smooth {
    /// Samples in the average.
    pub samples: usize,
}

/// How bleaching is estimated.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "method", rename_all = "snake_case", deny_unknown_fields)]
pub enum Bleaching {
    /// A constant and falling exponentials, by least squares; no term is negative.
    Exponential {
        /// Exponentials: 1 to 3.
        #[serde(default = "two")]
        terms: usize,
        /// Weighs samples by Tukey's bisquare, so that transients do not lift the curve.
        #[serde(default)]
        robust: bool,
        /// The longest time constant, s.
        #[serde(default = "slowest")]
        slowest: f64,
        /// The shortest time constant, s.
        #[serde(default = "fastest")]
        fastest: f64,
        /// The shortest time constant of the slowest of several terms, s; 0 for that of all. The published notebook that
        /// docs/cleaning.md compares with has 600; light that fades faster is then fitted worse.
        #[serde(default)]
        slow_at_least: f64,
    },
    /// A percentile of the samples around each time.
    MovingPercentile {
        /// The percentile: 50 for the median.
        #[serde(default = "percent")]
        percent: f64,
        /// The length of the window, s.
        #[serde(default = "window")]
        window: f64,
    },
    /// Adaptive iteratively reweighted penalised least squares.
    Airpls {
        /// Weight of smoothness, for samples at `rate`: what is slower than about 2π λ^¼ of them is followed.
        #[serde(default = "lambda")]
        lambda: f64,
        /// The trace is averaged to this rate before it is smoothed, Hz.
        #[serde(default = "one")]
        rate: f64,
    },
    /// Asymmetric least squares.
    Asls {
        /// Weight of smoothness, for samples at `rate`: what is slower than about 2π λ^¼ of them is followed.
        #[serde(default = "lambda")]
        lambda: f64,
        /// Weight of samples above the curve, between 0 and 1; of those below it is one less this.
        #[serde(default = "asymmetry")]
        asymmetry: f64,
        /// The trace is averaged to this rate before it is smoothed, Hz.
        #[serde(default = "one")]
        rate: f64,
    },
}

/// How the reference is fitted to the signal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Reference {
    /// The method.
    pub method: ReferenceMethod,
    /// Fitted within this epoch alone, s; over the whole trace where absent.
    #[serde(default)]
    pub epoch: Option<Window>,
    /// A negative slope becomes 0: light that rises where the reference falls is no motion.
    #[serde(default)]
    pub non_negative: bool,
    /// Residuals beyond so many robust standard deviations count for nothing (`robust`).
    #[serde(default = "tuning")]
    pub tuning: f64,
    /// The reference is scaled by the spectra above this frequency, Hz (`frequency`).
    #[serde(default = "ten")]
    pub above: f64,
}

/// The ways to fit the reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReferenceMethod {
    /// Ordinary least squares.
    Ols,
    /// Iteratively reweighted least squares with Tukey's bisquare.
    Robust,
    /// Scaled so that both have the same amplitude at high frequencies, where neither holds dopamine.
    Frequency,
}

/// How ΔF/F is formed, in per cent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Dff {
    /// What the light at rest is.
    pub over: Rest,
    /// Whether the change is divided by the light at rest at its time, or by its mean.
    #[serde(default)]
    pub form: Form,
    /// The percentile of `over = "percentile"`.
    #[serde(default = "percent")]
    pub percent: f64,
    /// The epoch of `over = "epoch"`, s.
    #[serde(default)]
    pub epoch: Option<Window>,
}

/// The light at rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Rest {
    /// The curve that the bleaching step found.
    Bleaching,
    /// The fit that the reference step found.
    Reference,
    /// The mean of the trace.
    Mean,
    /// The median of the trace.
    Median,
    /// A percentile of the trace.
    Percentile,
    /// The mean over an epoch.
    Epoch,
}

/// The form of ΔF/F.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// Divided by the light at rest at each time: right where what fades is the indicator.
    #[default]
    Multiplicative,
    /// Divided by the mean of the light at rest: right where what fades is autofluorescence.
    Additive,
}

/// How z-scores are formed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ZScore {
    /// Median and scaled median absolute deviation in place of mean and standard deviation.
    pub robust: bool,
    /// Mean and spread within this epoch, s; of the whole trace where absent.
    pub epoch: Option<Window>,
}

/// A regular clock.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Resample {
    /// Samples a second, Hz. Below the recording's own rate samples are averaged, above it interpolated.
    pub rate: f64,
}

/// Events that are too close to be two.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Debounce {
    /// The kind of event.
    pub event: String,
    /// The shortest time between two, s.
    pub gap: f64,
}

/// Bouts of an event.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Bouts {
    /// The kind of event.
    pub event: String,
    /// A bout ends where the next is further away, s.
    pub gap: f64,
    /// Events in a bout, at least.
    #[serde(default = "two")]
    pub least: usize,
    /// The name of the new event.
    pub name: String,
}

fn two() -> usize {
    2
}
fn slowest() -> f64 {
    36_000.0
}
fn fastest() -> f64 {
    1.0
}
fn percent() -> f64 {
    10.0
}
fn window() -> f64 {
    60.0
}
fn lambda() -> f64 {
    1e6
}
fn one() -> f64 {
    1.0
}
fn asymmetry() -> f64 {
    0.01
}
fn tuning() -> f64 {
    4.685
}
fn ten() -> f64 {
    10.0
}

impl Step {
    /// Its name in a study file.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Trim(_) => "trim",
            Self::Artefacts(_) => "artefacts",
            Self::LowPass(_) => "low_pass",
            Self::HighPass(_) => "high_pass",
            Self::Smooth(_) => "smooth",
            Self::Bleaching(_) => "bleaching",
            Self::Reference(_) => "reference",
            Self::Dff(_) => "dff",
            Self::ZScore(_) => "z_score",
            Self::Resample(_) => "resample",
            Self::Debounce(_) => "debounce",
            Self::Bouts(_) => "bouts",
        }
    }

    /// The field that is out of its domain, its value, and what would be accepted.
    fn fault(&self) -> Option<(&'static str, String, &'static str)> {
        let above = |name, x: f64| (!(x.is_finite() && x > 0.0)).then(|| (name, x.to_string(), "above 0"));
        let from_zero = |name, x: f64| (!(x.is_finite() && x >= 0.0)).then(|| (name, x.to_string(), "0 or more"));
        let percent = |x: f64| (!(0.0..=100.0).contains(&x)).then(|| ("percent", x.to_string(), "0 to 100"));
        let epoch = |name, e: &Option<Window>| {
            e.filter(|[a, b]| !(a.is_finite() && b.is_finite() && a < b))
                .map(|e| (name, format!("{e:?}"), "[from, to] in s, from before to"))
        };
        match self {
            Self::Trim(t) => from_zero("start", t.start).or(from_zero("end", t.end)),
            Self::Artefacts(a) => from_zero("jump", a.jump)
                .or(from_zero("pad", a.pad))
                .or(a.times.iter().find_map(|t| epoch("times", &Some(*t)))),
            Self::LowPass(f) | Self::HighPass(f) => above("cutoff", f.cutoff)
                .or_else(|| (!(1..=8).contains(&f.order)).then(|| ("order", f.order.to_string(), "1 to 8"))),
            Self::Smooth(s) => (s.samples == 0).then(|| ("samples", "0".into(), "1 or more")),
            Self::Bleaching(b) => match b {
                Bleaching::Exponential { terms, slowest, fastest, slow_at_least, .. } => (!(1..=3).contains(terms))
                    .then(|| ("terms", terms.to_string(), "1, 2 or 3"))
                    .or(above("fastest", *fastest))
                    .or((!(slowest.is_finite() && slowest > fastest))
                        .then(|| ("slowest", slowest.to_string(), "above fastest")))
                    .or((!(0.0..=*slowest).contains(slow_at_least))
                        .then(|| ("slow_at_least", slow_at_least.to_string(), "0 s up to slowest"))),
                Bleaching::MovingPercentile { percent: p, window } => percent(*p).or(above("window", *window)),
                Bleaching::Airpls { lambda, rate } => above("lambda", *lambda).or(above("rate", *rate)),
                Bleaching::Asls { lambda, asymmetry, rate } => {
                    above("lambda", *lambda).or(above("rate", *rate)).or((!(*asymmetry > 0.0 && *asymmetry < 1.0))
                        .then(|| ("asymmetry", asymmetry.to_string(), "between 0 and 1")))
                }
            },
            Self::Reference(r) => above("tuning", r.tuning).or(above("above", r.above)).or(epoch("epoch", &r.epoch)),
            Self::Dff(d) => {
                percent(d.percent).or(epoch("epoch", &d.epoch)).or((d.over == Rest::Epoch && d.epoch.is_none())
                    .then(|| ("epoch", "nothing".into(), "[from, to] in s, where over = \"epoch\"")))
            }
            Self::ZScore(z) => epoch("epoch", &z.epoch),
            Self::Resample(r) => above("rate", r.rate),
            Self::Debounce(d) => from_zero("gap", d.gap),
            Self::Bouts(b) => above("gap", b.gap).or((b.least == 0).then(|| ("least", "0".into(), "1 or more"))),
        }
    }
}

/// Checks a list of steps.
///
/// # Errors
/// Where a parameter is out of its domain, or a step needs one that is not before it.
pub fn check(steps: &[Step], reference: bool) -> Result<()> {
    for (i, step) in steps.iter().enumerate() {
        let place = |field: &str| format!("clean[{i}] ({}).{field}", step.name());
        if let Some((field, value, accepted)) = step.fault() {
            return Err(Error::input(place(field), value, accepted));
        }
        let before = |names: &[&str]| steps[..i].iter().any(|s| names.contains(&s.name()));
        match step {
            Step::Reference(_) if !reference => {
                let problem = "the study names no reference channel";
                return Err(Error::input(place("method"), problem, "signal.reference, or no such step"));
            }
            Step::Dff(d) if d.over == Rest::Bleaching && !before(&["bleaching", "high_pass"]) => {
                return Err(Error::input(
                    place("over"),
                    "no bleaching step stands before it",
                    "one, or another `over`",
                ));
            }
            Step::Dff(d) if d.over == Rest::Reference && !before(&["reference"]) => {
                return Err(Error::input(
                    place("over"),
                    "no reference step stands before it",
                    "one, or another `over`",
                ));
            }
            _ => {}
        }
    }
    Ok(())
}
