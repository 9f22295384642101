//! The conductance-based neuron and the synthesis of dopamine against other implementations' numbers.

use accumbens::transmission::cell::START;
use accumbens::transmission::{Cell, Synthesis};

fn within(what: &str, found: f64, expected: f64, share: f64) {
    assert!((found / expected - 1.0).abs() < share, "{what}: {found}, expected {expected} within {share}");
}

#[test]
fn the_neuron_paces_as_the_authors_file_does() {
    // Fact 11: without NMDA 1.767 Hz, without variation (LSODA on the authors' equations).
    let mut state = START;
    let spikes = Cell::default().spikes(&mut state, 10_000.0, 0.02, |_| 0.0);
    let late: Vec<f64> = spikes.iter().copied().filter(|t| *t > 3000.0).collect();
    let intervals: Vec<f64> = late.windows(2).map(|w| w[1] - w[0]).collect();
    let mean = intervals.iter().sum::<f64>() / intervals.len() as f64;
    within("rate", 1000.0 / mean, 1.767, 0.03);
    assert!(intervals.iter().all(|i| (i / mean - 1.0).abs() < 0.01), "{intervals:?}");
}

#[test]
fn nmda_makes_the_neuron_burst_and_then_pause() {
    // Fact 11: 500 ms of NMDA from 600 ms on: 7 spikes at 14.6 Hz, one more at its end, then a pause of 643 ms.
    let mut state = START;
    let nmda = |t: f64| if (600.0..1100.0).contains(&t) { 0.4 } else { 0.0 };
    let spikes = Cell::default().spikes(&mut state, 3000.0, 0.01, nmda);
    let burst: Vec<f64> = spikes.iter().copied().filter(|t| (600.0..1100.0).contains(t)).collect();
    assert_eq!(burst.len(), 7, "{spikes:?}");
    within("rate", 1000.0 * 6.0 / (burst[6] - burst[0]), 14.6, 0.03);
    let after: Vec<f64> = spikes.iter().copied().filter(|t| *t >= 1100.0).collect();
    within("pause", after[1] - after[0], 643.0, 0.03);
}

#[test]
fn the_steady_state_of_synthesis_is_that_of_another_implementation() {
    // Fact 13, µM.
    let rest = Synthesis::default().rest().unwrap();
    within("cytosolic dopamine", rest.cytosol, 2.647, 0.01);
    within("vesicular dopamine", rest.vesicles, 80.97, 0.01);
    within("dopamine outside", rest.outside, 0.0020, 0.03);
    within("BH4", rest.bh4, 319.1, 0.01);
    within("BH2", rest.bh2, 40.9, 0.01);
    within("tyrosine", rest.tyrosine, 125.7, 0.01);
    within("L-DOPA", rest.ldopa, 0.356, 0.01);
    within("HVA", rest.hva, 7.68, 0.01);
    within("the other tyrosine", rest.pool, 942.8, 0.01);
    assert!((rest.bh2 + rest.bh4 - 360.0).abs() < 1e-6, "biopterin is kept");
}

fn changed(change: impl Fn(&mut Synthesis)) -> (f64, f64) {
    let usual = Synthesis::default().rest().unwrap();
    let mut synthesis = Synthesis::default();
    change(&mut synthesis);
    let now = synthesis.rest().unwrap();
    (now.vesicles / usual.vesicles, now.outside / usual.outside)
}

#[test]
fn vesicles_hardly_feel_tyrosine_in_blood() {
    // Fact 14: half and double tyrosine change vesicular dopamine by +0.5 and −1.3%.
    for (factor, percent) in [(0.5, 0.5), (2.0, -1.3)] {
        let (vesicles, _) = changed(|s| s.tyrosine *= factor);
        let found = 100.0 * (vesicles - 1.0);
        assert!((found - percent).abs() < 1.0 && found.abs() < 3.0, "{factor}: {found}");
    }
}

#[test]
fn dopamine_outside_answers_firing_synthesis_and_uptake_as_elsewhere() {
    // nM outside in another implementation, of a usual 2.0.
    let found = [
        (changed(|s| s.hydroxylase = 0.5).1, 1.7),
        (changed(|s| s.hydroxylase = 2.0).1, 2.5),
        (changed(|s| s.firing = 0.5).1, 1.4),
        (changed(|s| s.firing = 2.0).1, 2.9),
        (changed(|s| s.transporters = 0.5).1, 2.9),
        (changed(|s| s.transporters = 2.0).1, 1.4),
    ];
    for (ratio, published) in found {
        assert!((2.0 * ratio - published).abs() < 0.1, "{} for {published}", 2.0 * ratio);
    }
}

#[test]
fn without_adaptation_the_transporter_knock_outs_are_missed_as_documented() {
    // Fact 16, a documented failure: mice without the transporter have 5 times the dopamine outside and 5% of the content
    // (jones1998), with a tenth of it 1.7 times (pecina2003), with half more of it 0.6 (salahpour2008). The model alone,
    // which does not adapt, has 14 times, 5 times, and 0.82 (another implementation's rounded values: 0.85); the
    // knock-out's content falls by 86%.
    let (content, knock_out) = changed(|s| s.transporters = 0.0);
    within("knock-out outside", knock_out, 14.0, 0.05);
    assert!((content - 0.14).abs() < 0.02, "{content}");
    assert!(!(2.5..=10.0).contains(&knock_out), "the factor of 2 about the published 5 would be met");
    let (_, knock_down) = changed(|s| s.transporters = 0.1);
    within("knock-down outside", knock_down, 5.0, 0.05);
    let (_, more) = changed(|s| s.transporters = 1.5);
    assert!((more - 0.85).abs() < 0.05, "{more}");
}
