//! Speed from spikes to dopamine: ns a step of the well-mixed volume and a voxel of the lattice, beside naive versions.

use accumbens::recorded::{Chain, TICK, taught};
use accumbens::transmission::{Grid, Lattice, Mixed, Receptor, Space, Terminal};
use accumbens_core::{Seed, sensors};
use divan::Bencher;
use divan::counter::ItemsCount;

fn main() {
    divan::main();
}

const SIDE: usize = 50;
const STEPS: usize = 20;

fn receptors() -> [Receptor; 2] {
    Receptor::scheme("ejdrup").unwrap_or_else(|e| panic!("{e}"))
}

/// Diffusion, uptake and two receptors on the lattice: items are voxel-steps.
#[divan::bench(args = [1, 2])]
fn lattice(bencher: Bencher<'_, '_>, threads: usize) {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap_or_else(|e| panic!("{e}"));
    let grid = Grid { side: SIDE as f64, ..Grid::default() };
    let mut lattice = Lattice::new(grid, Space::default(), receptors(), 30.0).unwrap_or_else(|e| panic!("{e}"));
    bencher
        .counter(ItemsCount::new(SIDE * SIDE * SIDE * STEPS))
        .bench_local(|| pool.install(|| lattice.run(STEPS, |_, _| ())));
}

/// The same written plainly: an index a neighbour, forward Euler.
#[divan::bench]
fn lattice_naive(bencher: Bencher<'_, '_>) {
    let (grid, space, [d1, d2]) = (Grid::default(), Space::default(), receptors());
    let n = SIDE;
    let mut c = vec![30.0_f64; n * n * n];
    let mut next = c.clone();
    let (mut a, mut b) = (vec![0.0_f64; c.len()], vec![0.5_f64; c.len()]);
    let share = grid.diffusion * grid.step;
    bencher.counter(ItemsCount::new(n * n * n * STEPS)).bench_local(|| {
        for _ in 0..STEPS {
            for z in 0..n {
                for y in 0..n {
                    for x in 0..n {
                        let at = |x: usize, y: usize, z: usize| c[(z % n * n + y % n) * n + x % n];
                        let i = (z * n + y) * n + x;
                        let around = at(x + 1, y, z)
                            + at(x + n - 1, y, z)
                            + at(x, y + 1, z)
                            + at(x, y + n - 1, z)
                            + at(x, y, z + 1)
                            + at(x, y, z + n - 1);
                        let now = c[i] + share * (around - 6.0 * c[i]);
                        next[i] = now - grid.step * space.vmax * now / (space.km + now);
                        a[i] += grid.step * (d1.on * now * (1.0 - a[i]) - d1.off * a[i]);
                        b[i] += grid.step * (d2.on * now * (1.0 - b[i]) - d2.off * b[i]);
                    }
                }
            }
            std::mem::swap(&mut c, &mut next);
        }
    });
}

/// The well-mixed volume with exact uptake and autoreceptors: items are steps.
#[divan::bench]
fn mixed(bencher: Bencher<'_, '_>) {
    let (space, terminal) = (Space::default(), Terminal { autoreceptor_strength: 3.0, ..Terminal::default() });
    let mut volume = Mixed::at(30.0, &terminal);
    bencher.counter(ItemsCount::new(10_000_usize)).bench_local(|| {
        for _ in 0..10_000 {
            volume.step(&space, &terminal, 0.004, TICK);
        }
    });
}

/// The same by forward Euler.
#[divan::bench]
fn mixed_naive(bencher: Bencher<'_, '_>) {
    let (space, terminal) = (Space::default(), Terminal { autoreceptor_strength: 3.0, ..Terminal::default() });
    let (mut c, mut o) = (30.0_f64, 0.2_f64);
    bencher.counter(ItemsCount::new(10_000_usize)).bench_local(|| {
        for _ in 0..10_000 {
            let release = 0.004 * terminal.a_spike(space.fraction) * terminal.gain(o);
            c += release - TICK * space.removal(c);
            o += TICK * (terminal.autoreceptor_on * c * (1.0 - o) - terminal.autoreceptor_off * o);
        }
    });
}

/// An hour of a session at 1 ms with 100 neurons, from teaching signal to dopamine: items are hours.
#[divan::bench(sample_count = 3, sample_size = 1)]
fn hour(bencher: Bencher<'_, '_>) {
    let sensor = sensors::by_name("dLight1.3b").unwrap_or_else(|e| panic!("{e}"));
    let mut chain = Chain::new("vta-core", None, "ejdrup", sensor).unwrap_or_else(|e| panic!("{e}"));
    chain.fibre = None;
    let recording = taught(3600.0, |i| if i % 10_000 == 0 { 1.0 } else { 0.0 }).unwrap_or_else(|e| panic!("{e}"));
    bencher
        .counter(ItemsCount::new(1_usize))
        .with_inputs(|| recording.clone())
        .bench_local_values(|recording| chain.record(recording, Seed(1), "hour").unwrap_or_else(|e| panic!("{e}")));
}
