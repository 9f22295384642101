//! Which cleaning recovers the truth? Recordings whose true ΔF/F is known, cleaned in every way, and how far each is off.
//!
//! Four worlds: bleaching alone; with motion that moves signal and reference alike; with a reference that falls when
//! dopamine rises; with transients so large and frequent that they fill the trace. Light fades by two exponentials, of
//! which a part is autofluorescence that fades by itself. Run it for the table of `docs/cleaning.md`.

use accumbens::stages::clean;
use accumbens::stages::sensor::kernel;
use accumbens_core::cleaning::{Bleaching, Dff, Ends, Filter, Form, Reference, ReferenceMethod, Rest, Step};
use accumbens_core::{Channel, EventLog, Recording, Seed, sensors};
use rand::RngExt;
use rand_distr::{Distribution, Exp, StandardNormal};
use rayon::prelude::*;
use std::fmt::Write;

/// What differs between the worlds.
struct World {
    name: &'static str,
    /// Standard deviation of motion, as a share of the light.
    motion: f64,
    /// What the reference does for 1 % ΔF/F of the signal, in %.
    leak: f64,
    /// Transients a minute, and their mean height in % ΔF/F.
    transients: (f64, f64),
}

const WORLDS: [World; 4] = [
    World { name: "bleaching alone", motion: 0.0, leak: 0.0, transients: (12.0, 5.0) },
    World { name: "motion", motion: 0.015, leak: 0.0, transients: (12.0, 5.0) },
    World { name: "motion, reference leaks", motion: 0.015, leak: -0.3, transients: (12.0, 5.0) },
    World { name: "motion, large transients", motion: 0.015, leak: 0.0, transients: (40.0, 15.0) },
];
const SESSIONS: u32 = 4;
const SECONDS: f64 = 1500.0;
const RATE: f64 = 40.0;

/// A recording and its true ΔF/F, %.
fn session(world: &World, number: u32) -> (Recording, Vec<f64>) {
    let mut rng = Seed(11).stream(&format!("cleaning/{}/{number}", world.name));
    let sensor = sensors::by_name("dLight1.3b").expect("the catalogue has it");
    let ticks = (SECONDS * RATE) as usize;
    let times: Vec<f64> = (0..ticks).map(|i| i as f64 / RATE).collect();
    let mut truth = vec![0.0; ticks];
    let waits = Exp::new(world.transients.0 / 60.0).expect("a rate above 0");
    let mut next: f64 = waits.sample(&mut rng);
    while next < SECONDS {
        let height = -world.transients.1 * (1.0 - rng.random::<f64>()).ln();
        let first = (next * RATE).ceil() as usize;
        for i in first..(first + (8.0 * RATE) as usize).min(ticks) {
            truth[i] += height * kernel(&sensor, times[i] - next);
        }
        next += waits.sample(&mut rng);
    }
    let mut normal = || -> f64 { StandardNormal.sample(&mut rng) };
    let (mut motion, mut light, mut reference) = (0.0_f64, Vec::new(), Vec::new());
    for (t, x) in times.iter().zip(truth.iter_mut()) {
        // Motion wanders within a second or two.
        let kept = (-1.0 / (1.5 * RATE)).exp();
        motion = motion * kept + world.motion * (1.0 - kept * kept).sqrt() * normal();
        let indicator = 0.6 * (0.25 * (-t / 120.0).exp() + 0.75 * (-t / 6000.0).exp());
        let tissue = 0.4 * (0.3 * (-t / 900.0).exp() + 0.7);
        light.push((indicator * (1.0 + *x / 100.0) + tissue) * (1.0 + motion) + 0.004 * normal());
        let isosbestic = 0.5 * (0.2 * (-t / 300.0).exp() + 0.8 * (-t / 9000.0).exp()) + 0.5;
        reference.push(isosbestic * (1.0 + world.leak * *x / 100.0) * (1.0 + 0.8 * motion) + 0.004 * normal());
        // What a perfect cleaning could find: the change relative to all the light at rest.
        *x *= indicator / (indicator + tissue);
    }
    let channel = |name: &str, data| Channel { name: name.into(), unit: "V".into(), data };
    let channels = vec![channel("signal", light), channel("reference", reference)];
    (Recording::new(times, channels, EventLog::default(), SECONDS).expect("a regular clock"), truth)
}

fn bleaching(method: Bleaching) -> Step {
    Step::Bleaching(method)
}

fn exponential(robust: bool) -> Step {
    bleaching(Bleaching::Exponential { terms: 2, robust, slowest: 36_000.0, fastest: 1.0, slow_at_least: 0.0 })
}

fn fit(method: ReferenceMethod, non_negative: bool) -> Step {
    Step::Reference(Reference { method, epoch: None, non_negative, tuning: 4.685, above: 10.0 })
}

fn dff(over: Rest) -> Step {
    Step::Dff(Dff { over, form: Form::Multiplicative, percent: 10.0, epoch: None })
}

/// Every way of cleaning that is compared.
fn ways() -> Vec<(&'static str, Vec<Step>)> {
    use ReferenceMethod::{Frequency, Ols, Robust};
    let over = |step: Step| vec![step, dff(Rest::Bleaching)];
    let by = |method| vec![fit(method, false), dff(Rest::Reference)];
    let both = |robust, method, sign| vec![exponential(robust), fit(method, sign), dff(Rest::Bleaching)];
    let slow = Filter { cutoff: 0.005, order: 2, ends: Ends::Even };
    vec![
        ("nothing (over the median)", vec![dff(Rest::Median)]),
        ("exponentials", over(exponential(false))),
        ("exponentials, robust", over(exponential(true))),
        ("high-pass 0.005 Hz", over(Step::HighPass(slow))),
        (
            "moving percentile (10 %, 60 s)",
            over(bleaching(Bleaching::MovingPercentile { percent: 10.0, window: 60.0 })),
        ),
        ("airPLS", over(bleaching(Bleaching::Airpls { lambda: 1e6, rate: 1.0 }))),
        ("asymmetric least squares", over(bleaching(Bleaching::Asls { lambda: 1e6, asymmetry: 0.01, rate: 1.0 }))),
        ("reference, least squares", by(Ols)),
        ("reference, robust", by(Robust)),
        ("reference, frequency-scaled", by(Frequency)),
        ("exponentials, then reference by least squares", both(false, Ols, false)),
        ("exponentials, then reference, robust", both(true, Robust, false)),
        ("the same, no negative slope", both(true, Robust, true)),
    ]
}

/// Root mean square error and correlation of a cleaned trace with the truth; their offsets do not count.
fn compare(trace: &[f64], truth: &[f64]) -> (f64, f64) {
    let n = trace.len() as f64;
    let (a, b) = (trace.iter().sum::<f64>() / n, truth.iter().sum::<f64>() / n);
    let (mut error, mut xy, mut xx, mut yy) = (0.0, 0.0, 0.0, 0.0);
    for (x, y) in trace.iter().map(|x| x - a).zip(truth.iter().map(|y| y - b)) {
        error += (x - y).powi(2);
        xy += x * y;
        xx += x * x;
        yy += y * y;
    }
    ((error / n).sqrt(), xy / (xx * yy).sqrt())
}

/// The table, in Markdown.
pub fn table() -> String {
    let low_pass = Step::LowPass(Filter { cutoff: 5.0, order: 2, ends: Ends::Odd });
    let mut text = String::from("| cleaning |");
    WORLDS.iter().for_each(|w| {
        let _ = write!(text, " {} |", w.name);
    });
    text.push_str("\n|---|---|---|---|---|\n");
    let sessions: Vec<Vec<(Recording, Vec<f64>)>> =
        WORLDS.iter().map(|w| (0..SESSIONS).map(|n| session(w, n)).collect()).collect();
    for (name, steps) in ways() {
        // Scaling by frequency needs the frequencies that a low-pass takes away: there it comes last.
        let steps = if name.contains("frequency") {
            [steps, vec![low_pass.clone()]].concat()
        } else {
            [vec![low_pass.clone()], steps].concat()
        };
        let _ = write!(text, "| {name} |");
        for world in &sessions {
            let off = |(recording, truth): &(Recording, Vec<f64>)| {
                let cleaned = clean(recording.clone(), &steps, "signal", Some("reference"));
                let cleaned = cleaned.expect("every step fits these recordings");
                compare(&cleaned.channel("signal").expect("it stays").data, truth)
            };
            let all: Vec<(f64, f64)> = world.par_iter().map(off).collect();
            let mean = |f: fn(&(f64, f64)) -> f64| all.iter().map(f).sum::<f64>() / all.len() as f64;
            let _ = write!(text, " {:.2} (r {:.2}) |", mean(|x| x.0), mean(|x| x.1));
        }
        text.push('\n');
    }
    text
}

fn main() {
    print!("{}", table());
}
