//! Do bursts move D1 and pauses D2? Under one scheme of receptors, and not under another.

mod picture;

use accumbens::recorded::{Chain, taught};
use accumbens_core::{Patch, Seed, sensors};
use picture::{Panel, draw, line};
use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    // 4 Hz; a burst of 20 Hz for 0.3 s at 20 s, a pause of 1 s at 30 s, in 1000 cells of the dorsal striatum.
    let lived = taught(40.0, |_| 0.0)?;
    let mut panels = Vec::new();
    println!("scheme   receptor   rest    burst    pause");
    for scheme in ["ejdrup", "dreyer", "hunger"] {
        let mut chain = Chain::new("snc-dorsal", Some("dreyer-lattice"), scheme, sensors::by_name("dLight1.3b")?)?;
        chain.set("firing.cells", "1000")?;
        chain.patches = ["firing.stimulation+=16@20:20.3", "firing.stimulation=-100@30:31"]
            .map(Patch::parse)
            .into_iter()
            .collect::<Result<_, _>>()?;
        (chain.fibre, chain.truth) = (None, true);
        let recorded = chain.record(lived.clone(), Seed(1), "bursts")?;
        if panels.is_empty() {
            let dopamine = line("dopamine", &recorded, "dopamine", 20, [18.0, 36.0]);
            panels.push(Panel::new("Dopamine: a burst at 20 s, a pause at 30 s", "time (s)", "nM", vec![dopamine]));
        }
        for receptor in ["D1", "D2"] {
            let data = &recorded.channel(receptor).ok_or("no receptor")?.data;
            let rest = data[15_000..20_000].iter().sum::<f64>() / 5000.0;
            let most = data[20_000..21_000].iter().copied().fold(0.0, f64::max);
            let least = data[30_000..31_500].iter().copied().fold(1.0, f64::min);
            println!("{scheme:8} {receptor:8} {rest:8.4} {:+8.4} {:+8.4}", most - rest, least - rest);
        }
        let lines = ["D1", "D2"].map(|r| line(r, &recorded, r, 20, [18.0, 36.0])).to_vec();
        panels.push(Panel::new(&format!("Receptors: {scheme}"), "time (s)", "occupancy", lines));
    }
    draw("receptors_bursts_pauses", &panels)
}
