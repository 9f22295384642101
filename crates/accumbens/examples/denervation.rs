//! As a projection dies its mean dopamine stays and what it covers fails: bursts and pauses in time, and territories in space.

mod picture;

use accumbens::transmission::{Grid, Lattice, Receptor, Sites, Space, Terminal};
use accumbens_core::{Seed, transmission};
use picture::{Panel, draw};
use rand::RngExt;
use std::error::Error;

const CELLS: f64 = 64.0;

/// Loss of dopamine beside the transporter, /s (budygin2002, read in public code).
const LOSS: f64 = 0.04;

/// Mean dopamine on the lattice over time, nM: 4 Hz, with a burst of 20 Hz for 0.3 s at 2 s and a pause of 0.5 s at 4 s.
/// Axons are lost with their release sites and transporters.
fn course(left: f64) -> Result<Vec<(f64, f64)>, Box<dyn Error>> {
    let set = transmission::by_name("ejdrup-dorsal")?;
    let (mut space, mut terminal) = (set.stage::<Space>("space")?, set.stage::<Terminal>("terminal")?);
    (space.loss, space.transporters, terminal.alive) = (LOSS, left, left);
    let grid = Grid { side: 40.0, ..Grid::default() };
    let step = grid.step;
    let start = space.tonic(&terminal, 4.0)?;
    let mut lattice = Lattice::new(grid, space, Receptor::scheme("ejdrup")?, start)?;
    let mut rng = Seed(1).stream("denervation");
    let cells = (CELLS * left).round().max(1.0) as usize;
    let mut sites = Sites::scattered(&lattice, &terminal, cells, start, &mut rng);
    let mut points = Vec::new();
    for snapshot in 0..1000 {
        let time = f64::from(snapshot) * 18.0 * step;
        let rate = match time {
            t if (2.0..2.3).contains(&t) => 20.0,
            t if (4.0..4.5).contains(&t) => 0.0,
            _ => 4.0,
        };
        lattice.run(18, |_, lattice| {
            for cell in 0..cells {
                if rng.random::<f64>() < rate * step {
                    sites.spike(cell, 1.0, lattice, &terminal, &mut rng);
                }
            }
        });
        points.push((time, lattice.mean()));
    }
    Ok(points)
}

/// Share of a ball of tissue without axons, of this radius (µm), that holds more than half of the dopamine at its edge:
/// C ∝ sinh(r/λ)/r with λ = √(D*/loss), for nothing but loss takes dopamine there.
fn covered(radius: f64) -> f64 {
    let length = (Grid::default().diffusion / LOSS).sqrt();
    let level = |r: f64| radius * (r / length).sinh() / (r * (radius / length).sinh());
    let inner = (1..1000).map(|i| radius * f64::from(i) / 1000.0).find(|r| level(*r) > 0.5).unwrap_or(radius);
    if level(1e-3 * radius) > 0.5 { 1.0 } else { 1.0 - (inner / radius).powi(3) }
}

fn main() -> Result<(), Box<dyn Error>> {
    let (mut tones, mut bursts, mut pauses, mut courses) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    println!("lost %   tone nM   burst to nM   pause to nM");
    for left in [1.0, 0.8, 0.6, 0.4, 0.2, 0.1] {
        let points = course(left)?;
        let inside = |from: f64, to: f64| points.iter().filter(move |p| (from..to).contains(&p.0)).map(|p| p.1);
        let tone = inside(0.0, 2.0).sum::<f64>() / inside(0.0, 2.0).count() as f64;
        let (burst, pause) = (inside(2.0, 2.5).fold(0.0, f64::max), inside(4.0, 4.6).fold(f64::INFINITY, f64::min));
        let lost = 100.0 * (1.0 - left);
        println!("{lost:5.0} {tone:10.2} {burst:12.1} {pause:12.2}");
        tones.push((lost, tone));
        bursts.push((lost, burst));
        pauses.push((lost, pause));
        if [1.0, 0.4, 0.1].contains(&left) {
            courses.push((format!("{lost:.0}% lost"), points));
        }
    }
    let radii = [25.0, 50.0, 100.0, 150.0, 200.0, 300.0, 400.0, 600.0];
    println!("radius of a territory without axons (µm) and the share of it above half of its edge:");
    radii.iter().for_each(|r| println!("{r:5.0} {:6.2}", covered(*r)));
    let space = radii.map(|r| (r, 100.0 * covered(r))).to_vec();
    let lines = vec![("tone".into(), tones), ("peak of a burst".into(), bursts), ("end of a pause".into(), pauses)];
    draw(
        "denervation",
        &[
            Panel::new("Axons lost evenly: the tone stays, bursts and pauses fade", "lost (%)", "nM", lines),
            Panel::new("Mean dopamine: a burst at 2 s, a pause at 4 s", "time (s)", "nM", courses),
            Panel::new(
                "A whole territory lost: the share of it still covered",
                "radius (µm)",
                "%",
                vec![("".into(), space)],
            ),
        ],
    )
}
