//! Event kernels against known truth.

use accumbens::peri::kernels::{Design, kernels};
use accumbens_core::study::Session;
use accumbens_core::{Channel, Event, EventKind, EventKindId, EventLog, Recording, Seed};
use rand::RngExt;

#[test]
fn kernels_of_events_that_overlap_are_told_apart_where_averages_are_not() {
    let mut rng = Seed(3).stream("kernels");
    let mut noise = || rng.random::<f64>() + rng.random::<f64>() + rng.random::<f64>() - 1.5;
    let kinds = vec![EventKind::cue("cue"), EventKind::outcome("reward")];
    let mut events = Vec::new();
    for i in 0..300 {
        let cue = 10.0 + 8.0 * f64::from(i);
        let late = 0.6 + 0.9 * (noise() + 1.5) / 3.0;
        events.push(Event { time: cue, kind: EventKindId(0), magnitude: 0.0 });
        events.push(Event { time: cue + late, kind: EventKindId(1), magnitude: 1.0 });
    }
    let (rise, decay) = (0.15, 0.7);
    let shape = |t: f64, a: f64| if t < 0.0 { 0.0 } else { a * ((-t / decay).exp() - (-t / rise).exp()) };
    let times: Vec<f64> = (0..48_400).map(|i| f64::from(i) / 20.0).collect();
    let light = |t: &f64| -> f64 {
        let near = events.iter().filter(|e| (0.0..6.0).contains(&(t - e.time)));
        near.map(|e| shape(t - e.time, if e.kind.index() == 0 { 2.0 } else { -1.0 })).sum()
    };
    let data = times.iter().map(|t| light(t) + 0.3 * noise()).collect();
    let log = EventLog::new(kinds, events.clone()).unwrap();
    let channel = Channel { name: "dff".into(), unit: "%".into(), data };
    let recording = Recording::new(times, vec![channel], log, 0.0).unwrap();
    let session = Session { name: "s".into(), recording, windows: None };
    let design = Design {
        events: vec!["cue".into(), "reward".into()],
        window: [-1.0, 5.0],
        bumps: 30,
        rate: 20.0,
        until: Vec::new(),
        from: Vec::new(),
    };
    let found = kernels(&[session], "dff", &design).unwrap();
    for (kernel, a) in found.kernels.iter().zip([2.0, -1.0]) {
        let error: f64 = found.lags.iter().zip(&kernel.values).map(|(l, v)| (v - shape(*l, a)).powi(2)).sum();
        let size: f64 = found.lags.iter().map(|l| shape(*l, a).powi(2)).sum();
        assert!(error < 0.03 * size, "{}: {error} of {size}", kernel.event);
    }
    // Of the variance the noise is the rest: 0.3² · 3/12 a sample.
    assert!(found.r2 > 0.5, "{}", found.r2);
}
