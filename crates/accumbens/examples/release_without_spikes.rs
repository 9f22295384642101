//! Photometry in accumbens disagrees with spikes in the tegmental area: a local drive releases at terminals (Mohebi 2019).

mod picture;

use accumbens::recorded::{Chain, taught};
use accumbens_core::{Channel, Seed, sensors};
use picture::{Panel, draw, line};
use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    // Blocks of 60 s: the local drive follows the expected reward (0 or 3 events a second), cell bodies only its errors.
    let ticks = 480_000;
    let rich = |i: usize| i / 60_000 % 2 == 1;
    let reward = |i: usize| if i % 10_000 == 5000 { if rich(i) { 0.6 } else { 0.3 } } else { 0.0 };
    let mut lived = taught(480.0, reward)?;
    let data = (0..ticks).map(|i| if rich(i) { 3.0 } else { 0.0 }).collect();
    lived.put(Channel { name: "local".into(), unit: "Hz".into(), data });
    let mut chain = Chain::new("vta-core", None, "ejdrup", sensors::by_name("dLight1.3b")?)?;
    (chain.fibre, chain.truth) = (None, true);
    let recorded = chain.record(lived, Seed(1), "local")?;
    let mean = |name: &str, want: bool| {
        let data = recorded.channel(name).map(|c| c.data.clone()).unwrap_or_default();
        let inside: Vec<f64> = (0..ticks).filter(|i| rich(*i) == want).map(|i| data[i]).collect();
        inside.iter().sum::<f64>() / inside.len() as f64
    };
    println!("            poor     rich     rich/poor");
    for name in ["spikes", "dopamine", "light"] {
        let (poor, rich) = (mean(name, false), mean(name, true));
        println!("{name:10} {poor:8.3} {rich:8.3} {:8.3}", rich / poor);
    }
    let panel = |title: &str, y: &str, name: &str| {
        Panel::new(title, "time (s)", y, vec![line(name, &recorded, name, 1000, [0.0, 480.0])])
    };
    draw(
        "release_without_spikes",
        &[
            panel("Expected reward changes every minute: the local drive at terminals", "Hz", "local"),
            panel("Spikes of the cell bodies do not follow it …", "Hz", "spikes"),
            panel("… and dopamine does", "nM", "dopamine"),
        ],
    )
}
