//! The lattice against the point source, published runs, the well-mixed volume and the conservation of molecules.

use accumbens::transmission::{Grid, Lattice, NANOMOLAR, Receptor, Sites, Space, Terminal};
use accumbens_core::{Seed, transmission};
use rand::RngExt;
use std::f64::consts::PI;
use std::sync::OnceLock;

const QUANTUM: f64 = 3000.0;

/// The peak over time at distance `r`, µm, of a quantum with first-order loss `k`, /s: concentration in nM.
fn peak(r: f64, k: f64) -> f64 {
    let grid = Grid::default();
    let at = |t: f64| {
        let spread = 4.0 * grid.diffusion * t;
        NANOMOLAR * QUANTUM / 0.21 * (PI * spread).powf(-1.5) * (-r * r / spread - k * t).exp()
    };
    // d ln C/dt = 0: k·t² + 1.5·t − r²/(4D) = 0.
    let q = r * r / (4.0 * grid.diffusion);
    let t = if k > 0.0 { (-1.5 + (2.25 + 4.0 * k * q).sqrt()) / (2.0 * k) } else { q / 1.5 };
    at(t)
}

fn receptors() -> [Receptor; 2] {
    Receptor::scheme("ejdrup").unwrap()
}

/// The highest concentration, nM, ever reached at so many micrometres from a quantum along an axis.
fn lattice_peaks(space: &Space, spacing: f64, step: f64, distances: &[f64]) -> Vec<f64> {
    let side = (40.0 / spacing).round();
    let grid = Grid { spacing, side, step, ..Grid::default() };
    let mut lattice = Lattice::new(grid, space.clone(), receptors(), 0.0).unwrap();
    let (n, half) = (side as usize, side as usize / 2);
    let centre = (half * n + half) * n + half;
    let mut peaks = vec![0.0_f64; distances.len()];
    lattice.release(centre, QUANTUM);
    for _ in 0..(0.06 / step) as usize {
        lattice.run(1, |_, _| ());
        for (peak, r) in peaks.iter_mut().zip(distances) {
            *peak = peak.max(lattice.concentration()[centre + (r / spacing).round() as usize]);
        }
    }
    peaks
}

#[test]
fn the_point_source_has_the_published_peaks_and_radii() {
    // Fact 2 and 3: closed form; the quantum is 3000 molecules, the fraction outside cells 0.21, D* 321.7 µm²/s.
    assert!((peak(1.0, 0.0) / 1746.3 - 1.0).abs() < 1e-4);
    for (k, radii) in [(0.0, [1.204, 2.594, 5.590]), (19.5, [1.198, 2.540, 5.146])] {
        for (target, radius) in [1000.0, 100.0, 10.0].into_iter().zip(radii) {
            assert!((peak(radius, k) / target - 1.0).abs() < 2e-3, "{k} {target}: {}", peak(radius, k));
        }
    }
    // Uptake changes what arrives within 1 µm by less than 2%.
    assert!(peak(1.0, 19.5) / peak(1.0, 0.0) > 0.98);
}

#[test]
fn a_quantum_on_the_lattice_spreads_as_the_point_source_beyond_two_micrometres() {
    let none = Space { vmax: 0.0, ..Space::default() };
    let distances = [2.5, 3.0, 4.0, 6.0];
    for (r, found) in distances.iter().zip(lattice_peaks(&none, 0.5, 1e-4, &distances)) {
        assert!((found / peak(*r, 0.0) - 1.0).abs() < 0.03, "{r} µm: {found} {}", peak(*r, 0.0));
    }
    let loss = Space { vmax: 0.0, loss: 19.5, ..Space::default() };
    for (r, found) in distances.iter().zip(lattice_peaks(&loss, 0.5, 1e-4, &distances)) {
        assert!((found / peak(*r, 19.5) - 1.0).abs() < 0.03, "{r} µm with loss: {found} {}", peak(*r, 19.5));
    }
}

#[test]
fn halving_the_voxel_quarters_the_distance_to_the_point_source() {
    let none = Space { vmax: 0.0, ..Space::default() };
    let error = |spacing: f64| {
        let step = 3e-4 * spacing * spacing;
        (lattice_peaks(&none, spacing, step, &[4.0])[0] / peak(4.0, 0.0) - 1.0).abs()
    };
    let (coarse, fine) = (error(1.0), error(0.5));
    let order = (coarse / fine).log2();
    assert!(order > 1.7, "{coarse} {fine}: order {order}");
}

#[test]
fn even_dopamine_falls_as_lambert_w_on_every_voxel() {
    let space = Space { vmax: 4100.0, km: 210.0, ..Space::default() };
    let grid = Grid { side: 8.0, ..Grid::default() };
    let step = grid.step;
    let mut lattice = Lattice::new(grid, space.clone(), receptors(), 1000.0).unwrap();
    lattice.run(1000, |_, _| ());
    let expected = accumbens::transmission::taken_up(1000.0, 4100.0, 210.0, 1000.0 * step);
    for c in lattice.concentration() {
        assert!((c / expected - 1.0).abs() < 2e-4, "{c} {expected}");
    }
}

/// What a run of 4 Hz in a cube of 50 µm with 150 cells leaves: mean, median and 99.5% of dopamine in seconds 2 to 4, nM,
/// mean D2 occupancy in seconds 3 to 4, the realised release in nM/s.
struct Tonic {
    mean: f64,
    median: f64,
    high: f64,
    d2: f64,
    flux: f64,
}

fn dorsal() -> &'static Tonic {
    static RUN: OnceLock<Tonic> = OnceLock::new();
    RUN.get_or_init(|| tonic("ejdrup-dorsal"))
}

fn ventral() -> &'static Tonic {
    static RUN: OnceLock<Tonic> = OnceLock::new();
    RUN.get_or_init(|| tonic("ejdrup-ventral"))
}

fn tonic(set: &str) -> Tonic {
    let set = transmission::by_name(set).unwrap();
    let (space, mut terminal) = (set.stage::<Space>("space").unwrap(), set.stage::<Terminal>("terminal").unwrap());
    // What the published runs really released a site.
    terminal.quantum = 2956.0;
    let grid = Grid::default();
    let step = grid.step;
    let start = space.tonic(&terminal, 4.0).unwrap();
    let mut lattice = Lattice::new(grid, space, receptors(), start).unwrap();
    lattice.bind(1, 0.5);
    let mut rng = Seed(1).stream("lattice");
    let mut sites = Sites::scattered(&lattice, &terminal, 150, start, &mut rng);
    let mut run = |lattice: &mut Lattice, steps: usize| {
        lattice.run(steps, |_, lattice| {
            for cell in 0..150 {
                if rng.random::<f64>() < 4.0 * step {
                    sites.spike(cell, 1.0, lattice, &terminal, &mut rng);
                }
            }
        });
    };
    let every = (0.01 / step).round() as usize;
    run(&mut lattice, (2.0 / step).round() as usize);
    let (mut values, mut sum, mut bound, mut late) = (Vec::new(), 0.0, 0.0, 0.0);
    let before = lattice.balance.released;
    for snapshot in 0..200 {
        run(&mut lattice, every);
        sum += lattice.mean() / 200.0;
        if snapshot >= 100 {
            bound += lattice.mean_bound(1);
            late += 1.0;
        }
        // A tenth of the voxels is enough for quantiles.
        values.extend(lattice.concentration().iter().skip(snapshot % 10).step_by(10).map(|c| *c as f32));
    }
    values.sort_unstable_by(f32::total_cmp);
    let at = |q: f64| f64::from(values[(q * (values.len() - 1) as f64) as usize]);
    let flux = (lattice.balance.released - before) / (200 * every) as f64 / step;
    Tonic { mean: sum, median: at(0.5), high: at(0.995), d2: bound / late, flux }
}

fn mean_field(set: &str, flux: f64) -> f64 {
    let space: Space = transmission::by_name(set).unwrap().stage("space").unwrap();
    space.km * flux / (space.vmax - flux)
}

fn within(what: &str, found: f64, expected: f64, share: f64) {
    assert!((found / expected - 1.0).abs() < share, "{what}: {found}, expected {expected} within {share}");
}

/// Mean, median and 99.5% within their shares, D2 occupancy, and the mean over that of an even volume.
fn published(found: &Tonic, set: &str, levels: [(f64, f64); 3], d2: f64, over: f64) {
    let values = [("mean", found.mean), ("median", found.median), ("99.5%", found.high)];
    for ((what, value), (expected, share)) in values.into_iter().zip(levels) {
        within(what, value, expected, share);
    }
    assert!((found.d2 - d2).abs() < 0.02, "D2 {}", found.d2);
    let ratio = found.mean / mean_field(set, found.flux);
    assert!((ratio - over).abs() < 0.02, "over mean field: {ratio}");
}

#[test]
fn the_dorsal_lattice_is_that_of_the_published_code() {
    // Fact 4, 5: ejdrup-dorsal, five seeds of the published code in the same box.
    let found = dorsal();
    published(found, "ejdrup-dorsal", [(9.04, 0.08), (5.49, 0.10), (89.6, 0.10)], 0.543, 1.094);
}

#[test]
fn the_ventral_lattice_is_that_of_the_published_code() {
    // Fact 4, 6: ejdrup-ventral, five seeds; the ratio of medians, ventral over dorsal.
    let found = ventral();
    published(found, "ejdrup-ventral", [(24.61, 0.08), (21.26, 0.08), (104.3, 0.14)], 0.761, 1.036);
    let medians = found.median / dorsal().median;
    assert!((medians - 3.87).abs() < 0.4, "ventral over dorsal: {medians}");
}

#[test]
fn the_calibrated_well_mixed_volume_holds_the_lattices_mean() {
    for (set, found) in [("ejdrup-dorsal", dorsal()), ("ejdrup-ventral", ventral())] {
        let space: Space = transmission::by_name(set).unwrap().stage("space").unwrap();
        let (vmax, km) = space.uptake();
        within(set, km * found.flux / (vmax - found.flux), found.mean, 0.02);
    }
}

/// The highest mean on the lattice, nM, of a burst of all cells, and that of the well-mixed volume under the very same
/// release.
fn burst(set: &str, rate: f64, seconds: f64) -> (f64, f64) {
    let set = transmission::by_name(set).unwrap();
    let (space, terminal) = (set.stage::<Space>("space").unwrap(), set.stage::<Terminal>("terminal").unwrap());
    let grid = Grid { side: 30.0, ..Grid::default() };
    let step = grid.step;
    let start = space.tonic(&terminal, 4.0).unwrap();
    let mut lattice = Lattice::new(grid, space.clone(), receptors(), start).unwrap();
    let mut rng = Seed(3).stream("burst");
    let mut sites = Sites::scattered(&lattice, &terminal, 150, start, &mut rng);
    let (before, during) = ((1.0 / step) as usize, (seconds / step) as usize);
    let (mut peak, mut even, mut highest) = (0.0_f64, start, 0.0_f64);
    for i in 0..before + during {
        let chance = if i < before { 4.0 } else { rate } * step;
        let released = lattice.balance.released;
        lattice.run(1, |_, lattice| {
            for cell in 0..150 {
                if rng.random::<f64>() < chance {
                    sites.spike(cell, 1.0, lattice, &terminal, &mut rng);
                }
            }
        });
        let (vmax, km) = space.uptake();
        even += lattice.balance.released - released;
        even = accumbens::transmission::taken_up(even, vmax, km, step);
        if i >= before {
            (peak, highest) = (peak.max(lattice.mean()), highest.max(even));
        }
    }
    (peak, highest)
}

#[test]
fn the_calibrated_well_mixed_volume_follows_the_lattice_through_bursts() {
    for (set, rate) in
        [("ejdrup-dorsal", 20.0), ("ejdrup-dorsal", 60.0), ("ejdrup-ventral", 20.0), ("ejdrup-ventral", 60.0)]
    {
        let (lattice, mixed) = burst(set, rate, 0.3);
        within(&format!("{set} at {rate} Hz"), mixed, lattice, 0.02);
    }
}

fn driven(side: f64, steps: usize) -> Lattice {
    let space = Space { vmax: 4100.0, loss: 3.0, ..Space::default() };
    let mut lattice = Lattice::new(Grid { side, ..Grid::default() }, space, receptors(), 20.0).unwrap();
    let mut rng = Seed(7).stream("driven");
    let voxels = lattice.concentration().len();
    lattice.run(steps, |step, lattice| {
        if step % 3 == 0 {
            lattice.release(rng.random_range(0..voxels), QUANTUM);
        }
    });
    lattice
}

#[test]
fn every_molecule_on_the_lattice_is_accounted_for() {
    let lattice = driven(20.0, 3000);
    let balance = lattice.balance;
    let there = lattice.mean() - 20.0;
    let found = balance.taken_up + balance.lost + there;
    assert!((found / balance.released - 1.0).abs() < 1e-12, "{found} {}", balance.released);
    assert!(balance.lost > 0.0 && balance.taken_up > 0.0);
}

#[test]
fn the_lattice_is_the_same_on_any_number_of_threads() {
    let run = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| driven(12.0, 300))
    };
    let (one, three) = (run(1), run(3));
    assert_eq!(one.concentration(), three.concentration());
    assert_eq!(one.balance, three.balance);
}

#[test]
fn a_step_too_long_for_diffusion_is_refused() {
    let error = Lattice::new(Grid { step: 1e-3, ..Grid::default() }, Space::default(), receptors(), 0.0);
    assert!(error.err().unwrap().to_string().contains("unstable"));
}
