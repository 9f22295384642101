//! What three indicators report of one true dopamine trace, and where saturation turns an error into something else.

mod picture;

use accumbens::recorded::{Chain, taught};
use accumbens_core::{Seed, sensors};
use picture::{Panel, draw, line};
use std::error::Error;

const ERRORS: [f64; 7] = [-2.0, -1.0, 0.0, 1.0, 2.0, 4.0, 8.0];

fn main() -> Result<(), Box<dyn Error>> {
    // Each size of error comes eight times, 30 s apart.
    let signal =
        |i: usize| if i.is_multiple_of(30_000) && i > 0 { ERRORS[(i / 30_000 - 1) % ERRORS.len()] } else { 0.0 };
    let lived = taught(30.0 * (8 * ERRORS.len() + 1) as f64, signal)?;
    let (mut traces, mut sizes, mut panels) = (Vec::new(), Vec::new(), Vec::new());
    println!("answer to an error of each size over that to an error of 1 (mean of 0 to 1 s)");
    println!("{:12} {}", "", ERRORS.map(|e| format!("{e:8}")).join(""));
    for name in ["dopamine", "dLight1.3b", "GRAB_DA2h", "jGCaMP8m"] {
        let sensor = sensors::by_name(if name == "dopamine" { "dLight1.3b" } else { name })?;
        let mut chain = Chain::new("vta-core", None, "ejdrup", sensor)?;
        (chain.fibre, chain.truth) = (None, true);
        let recorded = chain.record(lived.clone(), Seed(1), "sensors")?;
        let channel = if name == "dopamine" { "dopamine" } else { "light" };
        let data = &recorded.channel(channel).ok_or("no channel")?.data;
        let mean = |from: usize, to: usize| data[from..to].iter().sum::<f64>() / (to - from) as f64;
        let mut answers = [0.0; ERRORS.len()];
        for i in 0..8 * ERRORS.len() {
            let at = 30_000 * (i + 1);
            answers[i % ERRORS.len()] += (mean(at, at + 1000) - mean(at - 1000, at)) / 8.0;
        }
        println!("{name:12} {}", answers.map(|a| format!("{:8.2}", a / answers[3])).join(""));
        let relative = answers.map(|a| a / answers[3]);
        sizes.push((name.to_owned(), ERRORS.into_iter().zip(relative).collect()));
        let trace = line(name, &recorded, channel, 20, [85.0, 215.0]);
        if name == "dopamine" {
            panels.push(Panel::new("True dopamine: errors of 0, 1, 2, 4, 8 every 30 s", "time (s)", "nM", vec![trace]));
        } else {
            traces.push((name, trace));
        }
    }
    for (name, trace) in traces {
        panels.push(Panel::new(name, "time (s)", "F/F0", vec![trace]));
    }
    panels.push(Panel::new("Answer against error, each over its answer to 1", "error", "answer", sizes));
    draw("what_sensors_report", &panels)
}
