//! Keeps dopamine outside cells on a periodic three-dimensional lattice: release sites, diffusion, uptake, two receptors.
//!
//! A step is split (Strang): half of the reactions, diffusion by central differences, the other half; neighbouring halves
//! are one. Uptake follows d ln C/dt = −Vmax/(Km + C) at its midpoint, receptors the trapezoidal rule: both of second
//! order, without a logarithm or an exponential in the loop.

use super::{Balance, Receptor, Space};
use accumbens_core::{Error, Result, room};
use pulp::{Arch, Simd, WithSimd};
use rayon::prelude::*;

/// The largest share of dopamine at low concentration that uptake takes in one sub-step.
const UPTAKE_A_STEP: f64 = 0.02;
/// Numbers that a voxel holds: dopamine now and next, and what is bound to two receptors.
pub const FIELDS: f64 = 4.0;
/// Lanes of a sum: as many as the widest vector unit holds, so that sums do not depend on the machine.
const LANES: usize = 8;

accumbens_core::parameters! {
    /// Where dopamine diffuses.
    pub struct Grid {
        /// Width of a voxel.
        spacing: 1.0 => .unit("µm").domain(accumbens_core::Domain::Positive).source("ejdrup2025").fixed();
        /// Voxels along each side of the cube.
        side: 50.0 => .domain(accumbens_core::Domain::Count { min: 4, max: 1000 }).fixed();
        /// Time step; none may be longer than the stable one, spacing²/(6·diffusion).
        step: 0.000_327_653_997_378_768 => .unit("s").domain(accumbens_core::Domain::Positive).source("ejdrup2025").fixed();
        /// Apparent diffusion coefficient: the free one over the square of tortuosity.
        diffusion: 321.723_730_814_639_9 => .unit("µm²/s").domain(accumbens_core::Domain::NOT_NEGATIVE).source("ejdrup2025").fixed();
    }
}

/// The lattice.
pub struct Lattice {
    grid: Grid,
    space: Space,
    receptors: [Receptor; 2],
    side: usize,
    concentration: Vec<f64>,
    next: Vec<f64>,
    bound: [Vec<f64>; 2],
    /// What uptake and loss took in each plane.
    taken: Vec<[f64; 2]>,
    /// Where molecules went, as means over the volume, nM.
    pub balance: Balance,
}

/// What one reaction does, worked out once a run.
#[derive(Clone, Copy)]
struct Reaction {
    uptake: f64,
    km: f64,
    kept: f64,
    loss: f64,
    sub: usize,
    on: [f64; 2],
    off: [f64; 2],
}

impl Reaction {
    fn over(time: f64, space: &Space, receptors: &[Receptor; 2]) -> Self {
        let vmax = space.vmax * space.transporters;
        let km = space.km * (1.0 + space.inhibition);
        let sub = (vmax * time / km / UPTAKE_A_STEP).ceil().max(1.0);
        let part = time / sub;
        Self {
            uptake: vmax * part,
            km,
            kept: (-space.loss * part).exp(),
            loss: space.loss * time,
            sub: sub as usize,
            on: [receptors[0].on * time, receptors[1].on * time],
            off: [receptors[0].off * time, receptors[1].off * time],
        }
    }
}

impl Reaction {
    /// What one sub-step of uptake and loss leaves.
    #[inline(always)]
    fn taken(&self, now: f64) -> f64 {
        // 1/(Km + C) at the midpoint, as a geometric series about the beginning: its ratio is below a hundredth.
        let inverse = 1.0 / (self.km + now);
        let e = 0.5 * self.uptake * now * inverse * inverse;
        let x = self.uptake * inverse * (1.0 + e * (1.0 + e));
        now * (self.kept * (1.0 - x * (1.0 - x * (0.5 - x * (1.0 / 6.0)))))
    }
}

impl Lattice {
    /// An even concentration, nM, with the receptors in equilibrium.
    ///
    /// # Errors
    /// Where the step is too long for diffusion to be stable, or the voxels find no room.
    pub fn new(grid: Grid, space: Space, receptors: [Receptor; 2], concentration: f64) -> Result<Self> {
        let stable = grid.spacing * grid.spacing / (6.0 * grid.diffusion);
        if grid.step > stable {
            let problem = format!("a step of {} s is unstable", grid.step);
            return Err(Error::input("grid.step", problem, format!("at most {stable:.3e} s at this spacing")));
        }
        let (side, along) = (grid.side as usize, ("side", grid.side));
        room("grid", &[along, along, along, ("numbers a voxel", FIELDS)])?;
        let voxels = side * side * side;
        let bound = [0, 1].map(|i: usize| vec![receptors[i].rest(concentration); voxels]);
        Ok(Self {
            grid,
            space,
            receptors,
            side,
            concentration: vec![concentration; voxels],
            next: vec![0.0; voxels],
            bound,
            taken: vec![[0.0; 2]; side],
            balance: Balance::default(),
        })
    }

    /// Voxels along each side.
    #[must_use]
    pub fn side(&self) -> usize {
        self.side
    }

    /// The volume, µm³.
    #[must_use]
    pub fn volume(&self) -> f64 {
        self.concentration.len() as f64 * self.grid.spacing * self.grid.spacing * self.grid.spacing
    }

    /// The time step, s.
    #[must_use]
    pub fn step(&self) -> f64 {
        self.grid.step
    }

    /// What takes dopamine away, changed from the next step on.
    pub fn set_space(&mut self, space: &Space) {
        self.space = space.clone();
    }

    /// The concentration in each voxel, nM; x runs fastest.
    #[must_use]
    pub fn concentration(&self) -> &[f64] {
        &self.concentration
    }

    /// The occupancy of each receptor in each voxel.
    #[must_use]
    pub fn bound(&self, receptor: usize) -> &[f64] {
        &self.bound[receptor]
    }

    /// The same occupancy of a receptor everywhere.
    pub fn bind(&mut self, receptor: usize, occupancy: f64) {
        self.bound[receptor].fill(occupancy);
    }

    /// The mean concentration, nM.
    #[must_use]
    pub fn mean(&self) -> f64 {
        self.concentration.chunks(self.side).map(total).sum::<f64>() / self.concentration.len() as f64
    }

    /// The mean occupancy of a receptor.
    #[must_use]
    pub fn mean_bound(&self, receptor: usize) -> f64 {
        self.bound[receptor].chunks(self.side).map(total).sum::<f64>() / self.concentration.len() as f64
    }

    /// Puts so many molecules into a voxel.
    pub fn release(&mut self, voxel: usize, molecules: f64) {
        let volume = self.grid.spacing * self.grid.spacing * self.grid.spacing;
        let added = super::NANOMOLAR * molecules / (volume * self.space.fraction);
        self.concentration[voxel] += added;
        self.balance.released += added / self.concentration.len() as f64;
    }

    /// Lets `steps` steps pass; before each, `release` says which voxels release how many molecules.
    pub fn run(&mut self, steps: usize, mut release: impl FnMut(usize, &mut Self)) {
        let half = Reaction::over(0.5 * self.grid.step, &self.space, &self.receptors);
        let whole = Reaction::over(self.grid.step, &self.space, &self.receptors);
        for step in 0..steps {
            if step == 0 {
                self.react(&half);
            }
            release(step, self);
            self.diffuse(if step + 1 == steps { &half } else { &whole });
        }
    }

    fn react(&mut self, reaction: &Reaction) {
        let plane = self.side * self.side;
        let [first, second] = &mut self.bound;
        let planes = self.concentration.par_chunks_mut(plane).zip(first.par_chunks_mut(plane));
        let planes = planes.zip(second.par_chunks_mut(plane)).zip(self.taken.par_iter_mut());
        let (side, arch) = (self.side, Arch::new());
        planes.for_each(|(((c, first), second), taken)| {
            arch.dispatch(Plane { side, reaction, flow: None, c, first, second, taken });
        });
        self.account();
    }

    fn diffuse(&mut self, reaction: &Reaction) {
        let (side, plane) = (self.side, self.side * self.side);
        let share = self.grid.diffusion * self.grid.step / (self.grid.spacing * self.grid.spacing);
        let (old, arch) = (&self.concentration, Arch::new());
        let [first, second] = &mut self.bound;
        let planes = self.next.par_chunks_mut(plane).zip(first.par_chunks_mut(plane));
        let planes = planes.zip(second.par_chunks_mut(plane)).zip(self.taken.par_iter_mut()).enumerate();
        planes.for_each(|(z, (((c, first), second), taken))| {
            let flow = Some(Flow { share, old, z });
            arch.dispatch(Plane { side, reaction, flow, c, first, second, taken });
        });
        std::mem::swap(&mut self.concentration, &mut self.next);
        self.account();
    }

    /// Adds up what the planes took: in their order, so that the sum does not depend on threads.
    fn account(&mut self) {
        let voxels = self.concentration.len() as f64;
        self.balance.taken_up += self.taken.iter().map(|t| t[0]).sum::<f64>() / voxels;
        self.balance.lost += self.taken.iter().map(|t| t[1]).sum::<f64>() / voxels;
    }
}

/// Where dopamine of a plane comes from: the whole lattice before the step, and the plane's place in it.
struct Flow<'a> {
    share: f64,
    old: &'a [f64],
    z: usize,
}

/// A step of one plane. It is compiled for wide vectors too and the machine's own are taken when it runs; nothing is
/// fused, so that every machine computes the same bytes.
struct Plane<'a> {
    side: usize,
    reaction: &'a Reaction,
    flow: Option<Flow<'a>>,
    c: &'a mut [f64],
    first: &'a mut [f64],
    second: &'a mut [f64],
    taken: &'a mut [f64; 2],
}

impl WithSimd for Plane<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let Self { side, reaction, flow, c, first, second, taken } = self;
        *taken = [0.0; 2];
        for y in 0..side {
            let range = y * side..(y + 1) * side;
            let c = &mut c[range.clone()];
            if let Some(Flow { share, old, z }) = flow {
                let at = |z: usize, y: usize| &old[(z * side + y) * side..(z * side + y + 1) * side];
                let (back, front) = ((y + side - 1) % side, (y + 1) % side);
                let (below, above) = ((z + side - 1) % side, (z + 1) % side);
                spread(share, at(z, y), [at(z, back), at(z, front), at(below, y), at(above, y)], c);
            }
            row(reaction, c, &mut first[range.clone()], &mut second[range], taken);
        }
    }
}

/// A sum in a fixed order.
#[inline(always)]
fn total(values: &[f64]) -> f64 {
    let mut lanes = [0.0; LANES];
    let chunks = values.chunks_exact(LANES);
    let rest: f64 = chunks.remainder().iter().sum();
    for chunk in chunks {
        for (lane, value) in lanes.iter_mut().zip(chunk) {
            *lane += value;
        }
    }
    lanes.iter().sum::<f64>() + rest
}

/// Diffusion into one line of voxels from itself and its four neighbours.
#[inline(always)]
fn spread(share: f64, here: &[f64], lines: [&[f64]; 4], out: &mut [f64]) {
    let n = here.len();
    let keep = 1.0 - 6.0 * share;
    let [a, b, c, d] = lines.map(|line| &line[..n]);
    let out = &mut out[..n];
    let across = |x: usize| a[x] + b[x] + (c[x] + d[x]);
    out[0] = keep * here[0] + share * (here[n - 1] + here[1] + across(0));
    out[n - 1] = keep * here[n - 1] + share * (here[n - 2] + here[0] + across(n - 1));
    let inner = out[1..n - 1].iter_mut().zip(&here[1..n - 1]).zip(here[..n - 2].iter().zip(&here[2..]));
    let around = a[1..n - 1].iter().zip(&b[1..n - 1]).zip(c[1..n - 1].iter().zip(&d[1..n - 1]));
    for (((out, here), (left, right)), ((a, b), (c, d))) in inner.zip(around) {
        *out = keep * here + share * (left + right + (a + b + (c + d)));
    }
}

/// Uptake and binding in one line of voxels; adds to what uptake and loss took away.
#[inline(always)]
fn row(reaction: &Reaction, c: &mut [f64], first: &mut [f64], second: &mut [f64], taken: &mut [f64; 2]) {
    let before = total(c);
    let Reaction { loss, sub, on, off, .. } = *reaction;
    let n = c.len();
    let (first, second) = (&mut first[..n], &mut second[..n]);
    let voxels = c.iter_mut().zip(first).zip(second);
    let bind = |c: &mut f64, first: &mut f64, second: &mut f64, now: f64| {
        let start = std::mem::replace(c, now);
        let mean = 0.5 * (start + now);
        let (a, b) = (on[0] * mean, on[1] * mean);
        let (p, q) = (0.5 * (a + off[0]), 0.5 * (b + off[1]));
        // One division for both receptors.
        let inverse = 1.0 / ((1.0 + p) * (1.0 + q));
        *first = (*first * (1.0 - p) + a) * (1.0 + q) * inverse;
        *second = (*second * (1.0 - q) + b) * (1.0 + p) * inverse;
    };
    // The usual single sub-step has no loop within the loop, so that it fills the vector unit.
    if sub == 1 {
        voxels.for_each(|((c, first), second)| bind(c, first, second, reaction.taken(*c)));
    } else {
        let left = |c: f64| (0..sub).fold(c, |now, _| reaction.taken(now));
        voxels.for_each(|((c, first), second)| bind(c, first, second, left(*c)));
    }
    let after = total(c);
    // Loss is proportional to the concentration: its mean over the step, by the trapezoidal rule.
    let lost = 0.5 * loss * (before + after);
    taken[0] += before - after - lost;
    taken[1] += lost;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_vectors_compute_the_bytes_of_plain_ones() {
        let (side, receptors) = (11, [Receptor::new(1000.0, 19.5), Receptor::new(7.0, 0.2)]);
        let reaction = Reaction::over(3e-4, &Space::default(), &receptors);
        let old: Vec<f64> = (0..side * side * side).map(|i| 1.0 + (i * 37 % 101) as f64).collect();
        let run = |plain: bool| {
            let (mut c, mut first) = (vec![0.0; side * side], vec![0.03; side * side]);
            let (mut second, mut taken) = (vec![0.6; side * side], [0.0; 2]);
            let flow = Some(Flow { share: 0.1, old: &old, z: 0 });
            let (c_, taken_) = (&mut c, &mut taken);
            let (first_, second_, reaction) = (&mut first, &mut second, &reaction);
            let plane = Plane { side, reaction, flow, c: c_, first: first_, second: second_, taken: taken_ };
            if plain {
                plane.with_simd(pulp::Scalar)
            } else {
                Arch::new().dispatch(plane)
            }
            (c, first, second, taken)
        };
        assert_eq!(run(true), run(false));
    }
}
