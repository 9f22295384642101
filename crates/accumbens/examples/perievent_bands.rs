//! How often the bands around perievent effects hold the truth, and how wide they are: a table of worlds whose truth is
//! known, for 4, 8 and 20 animals.
//!
//! `cargo run --release -p accumbens --example perievent_bands [STUDIES]`: of each world 500 studies where nothing is said.
//! `exact` is how wide the joint band is beside one that would hold in 95 % of these very studies.

#[path = "../tests/worlds/perievent.rs"]
mod perievent;

use accumbens::peri::Bands;
use accumbens_core::Seed;
use perievent::{EFFECTS, Fared, World};
use rayon::prelude::*;
use std::io::Write;

fn main() -> std::io::Result<()> {
    let count: u64 = std::env::args().nth(1).and_then(|n| n.parse().ok()).unwrap_or(500);
    let mut out = std::io::stdout().lock();
    writeln!(out, "| bands | animals | response | baseline | effect | one lag | all lags | half width | exact |")?;
    writeln!(out, "|---|---|---|---|---|---|---|---|---|")?;
    for bands in [Bands::Animals, Bands::Fui] {
        for (animals, response, subtracted) in [4, 8, 20].into_iter().flat_map(|n| [(n, false, false), (n, true, true)])
        {
            let world = World { animals, response, subtracted, rate: 10.0, window: [-2.0, 4.0] };
            let study = |s: u64| world.draw(Seed(1_000_000 + s)).fared(bands, Seed(s));
            let fared: Vec<[Fared; 3]> = (0..count).into_par_iter().map(study).collect();
            for (e, effect) in EFFECTS.iter().enumerate() {
                let mean = |f: &dyn Fn(&Fared) -> f64| fared.iter().map(|x| f(&x[e])).sum::<f64>() / count as f64;
                let mut needed: Vec<f64> = fared.iter().map(|x| x[e].needed).collect();
                needed.sort_by(f64::total_cmp);
                let exact = needed[(0.95 * (needed.len() - 1) as f64).ceil() as usize];
                writeln!(
                    out,
                    "| {} | {animals} | {} | {} | {effect} | {:.1} % | {:.1} % | {:.2} | {:.2} |",
                    bands.name(),
                    if response { "yes" } else { "no" },
                    if subtracted { "subtracted" } else { "kept" },
                    100.0 * mean(&|f| f.pointwise),
                    100.0 * mean(&|f| f64::from(u8::from(f.joint))),
                    mean(&|f| f.width),
                    1.0 / exact,
                )?;
            }
        }
    }
    Ok(())
}
