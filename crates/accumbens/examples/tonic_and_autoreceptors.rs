//! The same teaching signal in an animal of high tone and one of low tone; and why a D2 antagonist raises release and lowers
//! the D2 signal.

mod picture;

use accumbens::recorded::{Chain, taught};
use accumbens_core::drugs::Given;
use accumbens_core::{Recording, Result, Seed, sensors};
use picture::{Panel, draw, line};
use std::error::Error;

/// A positive error at 20, 40, … s and a negative one 10 s after each.
fn lived(seconds: f64) -> Result<Recording> {
    taught(seconds, |i| match i % 20_000 {
        0 if i > 0 => 1.0,
        10_000 => -1.0,
        _ => 0.0,
    })
}

fn main() -> std::result::Result<(), Box<dyn Error>> {
    let mut chain = Chain::new("vta-core", Some("dreyer-vta"), "ejdrup", sensors::by_name("dLight1.3b")?)?;
    (chain.fibre, chain.truth) = (None, true);
    chain.set("firing.cells", "1000")?;
    let mut lines = Vec::new();
    println!("tone        rest nM   peak nM   ratio   autoreceptors hold release to");
    for (label, tonic) in [("low tone, 2.5 Hz", 2.5), ("high tone, 8 Hz", 8.0)] {
        chain.firing.tonic = tonic;
        let recorded = chain.record(lived(60.0)?, Seed(1), "tone")?;
        let dopamine = &recorded.channel("dopamine").ok_or("no dopamine")?.data;
        let rest = dopamine[15_000..20_000].iter().sum::<f64>() / 5000.0;
        let peak = dopamine[20_000..21_000].iter().copied().fold(0.0, f64::max);
        let gain = chain.terminal.gain(chain.terminal.occupancy(rest));
        println!("{label:18} {rest:6.1} {peak:8.1} {:8.2} {gain:8.2}", peak / rest);
        lines.push(line(label, &recorded, "dopamine", 20, [18.0, 36.0]));
    }
    let tone = Panel::new("The same errors (+1 at 20 s, −1 at 30 s) at two tones", "time (s)", "dopamine (nM)", lines);
    chain.firing.tonic = 5.0;
    chain.drugs = vec![(Given::parse("raclopride:0.2:ip@120")?, None)];
    let treated = chain.record(lived(2400.0)?, Seed(1), "drug")?;
    let mean = |name: &str, from: usize, to: usize| {
        treated.channel(name).map_or(f64::NAN, |c| c.data[from..to].iter().sum::<f64>() / (to - from) as f64)
    };
    println!("raclopride  before   30 min after");
    for name in ["spikes", "dopamine", "D2", "D2 drug"] {
        println!("{name:10} {:8.3} {:8.3}", mean(name, 20_000, 120_000), mean(name, 1_900_000, 2_100_000));
    }
    let all = [0.0, 2400.0];
    let dopamine = vec![line("dopamine", &treated, "dopamine", 20_000, all)];
    let bound = vec![
        line("D2 activity (by dopamine)", &treated, "D2", 20_000, all),
        line("D2 held by the drug", &treated, "D2 drug", 20_000, all),
    ];
    draw(
        "tonic_and_autoreceptors",
        &[
            tone,
            Panel::new("Raclopride at 120 s: release rises …", "time (s)", "dopamine (nM)", dopamine),
            Panel::new("… and the D2 signal falls", "time (s)", "share of D2", bound),
        ],
    )
}
