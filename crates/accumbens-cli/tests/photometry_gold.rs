//! Cleaning of a real pyPhotometry recording against the numbers that SciPy, statsmodels and the published notebook
//! give on it.

mod shared;

use accumbens::stages::filter::sections;
use accumbens::stages::{baseline_name, clean, keep};
use accumbens_core::cleaning::{
    Bleaching, Dff, Ends, Filter, Form, Reference, ReferenceMethod, Rest, Smooth, Step, Trim, ZScore,
};
use accumbens_core::format::Hints;
use accumbens_core::{EventLog, Recording};
use accumbens_io::{formats, session};
use shared::shared;
use std::path::Path;

const FILE: &str = "data/ppd/m53_NAc_L-2019-11-24-093939.ppd";

fn recording(path: &Path) -> Recording {
    let source = formats::open(path, &Hints::default()).unwrap();
    session::recording(source.as_ref(), path, &["analog_1", "analog_2"], None, |_| Ok((EventLog::default(), 0.0)))
        .unwrap()
        .0
}

fn low_pass(cutoff: f64) -> Step {
    Step::LowPass(Filter { cutoff, order: 2, ends: Ends::Odd })
}

fn moments(x: &[f64]) -> (f64, f64) {
    let n = x.len() as f64;
    let mean = x.iter().sum::<f64>() / n;
    (mean, (x.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / n).sqrt())
}

#[test]
fn the_butterworth_filter_is_scipys() {
    let filter = Filter { cutoff: 10.0, order: 2, ends: Ends::Odd };
    let sections = sections(&filter, false, 130.0).unwrap();
    let close = |a: f64, b: f64| (a - b).abs() < 5e-11;
    assert!(sections.len() == 1);
    assert!(sections[0].b.iter().zip([0.0431067313, 0.0862134627, 0.0431067313]).all(|(a, b)| close(*a, b)));
    assert!(
        sections[0].a.iter().zip([1.0, -1.3329069547, 0.50533388]).all(|(a, b)| close(*a, b)),
        "{:?}",
        sections[0].a
    );
}

fn ols() -> Step {
    let method = ReferenceMethod::Ols;
    Step::Reference(Reference { method, epoch: None, non_negative: false, tuning: 4.685, above: 10.0 })
}

fn dff(over: Rest) -> Step {
    Step::Dff(Dff { over, form: Form::Multiplicative, percent: 10.0, epoch: None })
}

#[test]
fn the_exponential_fit_is_never_worse_than_scipys() {
    let Some(path) = shared(FILE) else { return };
    // The notebook's bounds: the slow time constant from 600 s to 36,000 s.
    let (slowest, fastest, slow_at_least) = (36_000.0, 1.0, 600.0);
    let bleaching = Bleaching::Exponential { terms: 2, robust: false, slowest, fastest, slow_at_least };
    let steps = [low_pass(10.0), Step::Bleaching(bleaching), ols(), dff(Rest::Bleaching)];
    let cleaned = clean(recording(&path), &steps, "analog_1", Some("analog_2")).unwrap();
    for (name, sse) in [("analog_1", 156.7742), ("analog_2", 174.8940)] {
        let ours = cleaned.history[1].results[&format!("{name}: SSE")];
        assert!(ours < sse + 5e-5, "{name}: {ours} is worse than {sse}");
    }
    // The notebook's curves are near this optimum, so what follows from ours is near what follows from its.
    let reference = &cleaned.history[2].results;
    assert!((reference["slope"] - 0.2321701).abs() < 0.005 && (reference["R²"] - 0.0601330).abs() < 0.002);
    let sd = cleaned.history[3].results["standard deviation (% dF/F)"];
    assert!((sd - 0.97376209).abs() < 2e-4, "{sd}");
}

#[test]
fn after_the_notebooks_curves_everything_is_the_notebooks() {
    let Some(path) = shared(FILE) else { return };
    let mut filtered = clean(recording(&path), &[low_pass(10.0)], "analog_1", Some("analog_2")).unwrap();
    for (name, mean, sd) in [("analog_1", 1.47804939, 0.029261345), ("analog_2", 1.449147205, 0.015801227)] {
        let ours = moments(&filtered.channel(name).unwrap().data);
        assert!((ours.0 - mean).abs() < 5e-9 && (ours.1 - sd).abs() < 5e-10, "{name}: {ours:?}");
    }
    // Constant, fast and slow amplitude, slow time constant, and the fast one as a share of it, as SciPy left them.
    let fits = [
        ("analog_1", [1.089037, 0.01954975, 0.4317598, 25196.06, 0.00627149], 156.7742),
        ("analog_2", [1.415738, 0.0, 0.0359932, 35870.1, 0.1], 174.8940),
    ];
    for (name, [constant, fast, slow, tau, share], sse) in fits {
        let at = |t: &f64| constant + fast * (-t / (tau * share)).exp() + slow * (-t / tau).exp();
        let curve: Vec<f64> = filtered.times.iter().map(at).collect();
        let data = &mut filtered.channel_mut("test", name).unwrap().data;
        data.iter_mut().zip(&curve).for_each(|(x, c)| *x -= c);
        let squares: f64 = data.iter().map(|x| x * x).sum();
        assert!((squares - sse).abs() < 0.005, "{name}: {squares}");
        keep(&mut filtered, &baseline_name(name), name, curve);
    }
    let steps = [ols(), dff(Rest::Bleaching)];
    let cleaned = clean(filtered.clone(), &steps, "analog_1", Some("analog_2")).unwrap();
    let (reference, change) = (&cleaned.history[1].results, &cleaned.history[2].results);
    assert!((reference["slope"] - 0.2321701479).abs() < 5e-6, "{reference:?}");
    assert!((reference["R²"] - 0.0601330).abs() < 5e-6, "{reference:?}");
    assert!((change["standard deviation (% dF/F)"] - 0.97376209).abs() < 5e-6, "{change:?}");
    let range = |x: &[f64]| x.iter().fold((0.0_f64, 0.0_f64), |(l, h), x| (l.min(*x), h.max(*x)));
    let (low, high) = range(&cleaned.channel("analog_1").unwrap().data);
    assert!((low + 2.658006).abs() < 2e-5 && (high - 7.227627).abs() < 2e-5, "{low} to {high}");
    let scored = clean(filtered, &[ols(), Step::ZScore(ZScore::default())], "analog_1", Some("analog_2")).unwrap();
    let z = &scored.channel("analog_1").unwrap().data;
    assert!((range(z).1 - 7.291016).abs() < 5e-5, "{:?}", range(z));
    let cues = std::fs::read(path.with_file_name("reward_cue_times.npy")).unwrap();
    let cues: Vec<f64> = cues[128..].chunks_exact(8).map(|b| f64::from_le_bytes(b.try_into().unwrap())).collect();
    assert_eq!(cues.len(), 137);
    let mean = |lag: i64| {
        let at = |t: &f64| z[(cleaned.nearest(*t).unwrap() as i64 + lag) as usize];
        cues.iter().map(at).sum::<f64>() / cues.len() as f64
    };
    let (peak, lag) = (0..260).map(|lag| (mean(lag), lag)).fold((0.0, 0), |a, b| if b.0 > a.0 { b } else { a });
    assert!((peak - 2.7811).abs() < 5e-4 && (lag as f64 / 130.0 - 0.9077).abs() < 1e-4, "{peak} at {lag}");
}

#[test]
fn the_high_pass_gives_scipys_spread_with_even_ends() {
    let Some(path) = shared(FILE) else { return };
    let raw = recording(&path);
    let step = Step::HighPass(Filter { cutoff: 0.001, order: 2, ends: Ends::Even });
    let steps = [low_pass(10.0), step];
    let slow = clean(raw, &steps, "analog_1", Some("analog_2")).unwrap();
    for (name, sd) in [("analog_1", 0.01442102), ("analog_2", 0.01162104)] {
        let ours = moments(&slow.channel(name).unwrap().data).1;
        assert!((ours - sd).abs() < 1e-7, "{name}: {ours}");
    }
}

#[test]
fn the_fits_of_the_reference_are_those_of_guppy() {
    let Some(path) = shared(FILE) else { return };
    let raw = recording(&path);
    let fit = |method| {
        let reference = Reference { method, epoch: None, non_negative: false, tuning: 4.685, above: 10.0 };
        let steps = [
            Step::Trim(Trim { start: 1.0, end: 0.0 }),
            Step::Smooth(Smooth { samples: 100 }),
            Step::Reference(reference),
            dff(Rest::Reference),
        ];
        let cleaned = clean(raw.clone(), &steps, "analog_1", Some("analog_2")).unwrap();
        let sd = moments(&cleaned.channel("analog_1").unwrap().data).1;
        (cleaned.history[2].results.clone(), sd)
    };
    let (ols, sd) = fit(ReferenceMethod::Ols);
    assert!((ols["slope"] - 0.351365508).abs() < 1e-9 && (ols["intercept"] - 0.968861339).abs() < 1e-9, "{ols:?}");
    assert!((sd - 1.88346753).abs() < 1e-7, "{sd}");
    let (robust, sd) = fit(ReferenceMethod::Robust);
    assert!((robust["slope"] - 0.419445139).abs() < 1e-7, "{robust:?}");
    assert!((robust["intercept"] - 0.868945808).abs() < 1e-7, "{robust:?}");
    assert!((robust["scale"] - 0.030999762).abs() < 1e-7, "{robust:?}");
    assert!((sd - 1.88686849).abs() < 1e-6, "{sd}");
}
