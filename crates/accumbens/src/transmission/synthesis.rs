//! Makes and stores dopamine, the slow layer under release (best2009, corrected): stiff, so a solver crate integrates it.

use accumbens_core::{Course, Error, Hold, Patch, Patched, Result};
use diffsol::{NalgebraLU, NalgebraMat, OdeBuilder, OdeSolverMethod};

accumbens_core::parameters! {
    /// What makes, stores and breaks down dopamine; 1 is usual. Concentrations are µM and times hours within.
    pub struct Synthesis {
        /// Tyrosine hydroxylase.
        hydroxylase: 1.0 => .domain(accumbens_core::Domain::NOT_NEGATIVE).source("best2009");
        /// Aromatic amino acid decarboxylase.
        decarboxylase: 1.0 => .domain(accumbens_core::Domain::NOT_NEGATIVE).source("best2009");
        /// The vesicles' transporter.
        vesicles: 1.0 => .domain(accumbens_core::Domain::NOT_NEGATIVE).source("best2009");
        /// The dopamine transporter.
        transporters: 1.0 => .domain(accumbens_core::Domain::NOT_NEGATIVE).source("best2009");
        /// Breakdown of dopamine within the cell.
        breakdown: 1.0 => .domain(accumbens_core::Domain::NOT_NEGATIVE).source("best2009");
        /// Firing, against the usual.
        firing: 1.0 => .domain(accumbens_core::Domain::NOT_NEGATIVE).source("best2009");
        /// Tyrosine in blood.
        tyrosine: 97.0 => .unit("µM").domain(accumbens_core::Domain::NOT_NEGATIVE).source("best2009");
        /// L-DOPA that comes from outside.
        ldopa: 0.0 => .unit("µM/h").domain(accumbens_core::Domain::NOT_NEGATIVE);
    }
}

/// Concentrations, µM.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pools {
    /// Dihydrobiopterin.
    pub bh2: f64,
    /// Tetrahydrobiopterin.
    pub bh4: f64,
    /// Tyrosine.
    pub tyrosine: f64,
    /// L-DOPA.
    pub ldopa: f64,
    /// Dopamine in the cytosol.
    pub cytosol: f64,
    /// Dopamine in vesicles.
    pub vesicles: f64,
    /// Dopamine outside.
    pub outside: f64,
    /// Homovanillic acid.
    pub hva: f64,
    /// Tyrosine in other pools.
    pub pool: f64,
}

impl Pools {
    /// The steady state without treatment, to the digits of another implementation.
    pub const USUAL: Self = Self {
        bh2: 40.86,
        bh4: 319.14,
        tyrosine: 125.7,
        ldopa: 0.3559,
        cytosol: 2.647,
        vesicles: 80.97,
        outside: 0.002,
        hva: 7.68,
        pool: 942.8,
    };

    fn array(&self) -> [f64; 9] {
        let Self { bh2, bh4, tyrosine, ldopa, cytosol, vesicles, outside, hva, pool } = *self;
        [bh2, bh4, tyrosine, ldopa, cytosol, vesicles, outside, hva, pool]
    }

    fn of(x: &[f64]) -> Self {
        Self {
            bh2: x[0],
            bh4: x[1],
            tyrosine: x[2],
            ldopa: x[3],
            cytosol: x[4],
            vesicles: x[5],
            outside: x[6],
            hva: x[7],
            pool: x[8],
        }
    }
}

/// NADPH and NADP, µM: not in the published file. They make its initial values its steady state; unverified.
const NADPH: f64 = 330.0;
const NADP: f64 = 26.0;
/// Time between values of a course, s.
const STEP: f64 = 60.0;

impl Synthesis {
    /// Change of each pool, µM/h.
    fn slope(&self, x: &[f64], out: &mut [f64]) {
        let [bh2, bh4, tyr, ldopa, cda, vda, eda, hva, pool] = std::array::from_fn(|i| x[i]);
        let held_back = 0.56 / (1.0 + tyr / 160.0);
        let by_autoreceptors = 4.5 / (8.0 * (eda / 0.002_024).powi(4) + 1.0) + 0.5;
        let saturation = 125.0 * tyr * bh4 / (tyr * bh4 + 46.0 * bh4 + 46.0 * 60.0 * (1.0 + cda / 110.0));
        let hydroxylated = self.hydroxylase * held_back * by_autoreceptors * saturation;
        let decarboxylated = self.decarboxylase * 10_000.0 * ldopa / (130.0 + ldopa);
        let stored = self.vesicles * 7082.0 * cda / (3.0 + cda) - 40.0 * vda;
        let taken_up = self.transporters * 8000.0 * eda / (0.2 + eda);
        let broken_outside = 30.0 * eda / (3.0 + eda);
        let reduced =
            200.0 * bh2 * NADPH / ((100.0 + bh2) * (75.0 + NADPH)) - 80.0 * bh4 * NADP / ((10.0 + bh4) * (75.0 + NADP));
        let imported = 400.0 * self.tyrosine / (64.0 + self.tyrosine);
        let broken = 10.0 * self.breakdown * cda;
        let released = self.firing * vda;
        out[0] = hydroxylated - reduced;
        out[1] = reduced - hydroxylated;
        out[2] = imported - hydroxylated - 6.0 * tyr + 0.6 * pool - 0.2 * tyr;
        out[3] = hydroxylated - decarboxylated + self.ldopa;
        out[4] = decarboxylated - stored + taken_up - broken;
        out[5] = stored - released;
        out[6] = released - taken_up - broken_outside - 400.0 * eda;
        out[7] = broken + broken_outside - 3.45 * hva;
        out[8] = 6.0 * tyr - 0.6 * pool - 0.2 * pool;
    }

    /// The pools after `hours` from `start`.
    ///
    /// # Errors
    /// Where the solver cannot go on.
    pub fn after(&self, start: &Pools, hours: f64) -> Result<Pools> {
        type Matrix = NalgebraMat<f64>;
        let rhs = |x: &[f64], _: &[f64], _: f64, out: &mut [f64]| {
            self.slope(x, out);
        };
        // The product of the Jacobian with a vector, by a central difference along it.
        let along = |x: &[f64], _: &[f64], _: f64, v: &[f64], out: &mut [f64]| {
            let size = v.iter().zip(x).map(|(v, x)| (v / x.abs().max(1e-6)).abs()).fold(1e-300, f64::max);
            let by = 1e-5 / size;
            let moved = |by: f64| -> [f64; 9] { std::array::from_fn(|i| x[i] + by * v[i]) };
            let (mut up, mut down) = ([0.0; 9], [0.0; 9]);
            self.slope(&moved(by), &mut up);
            self.slope(&moved(-by), &mut down);
            out.iter_mut().zip(up.iter().zip(&down)).for_each(|(o, (a, b))| *o = (a - b) / (2.0 * by));
        };
        let first = start.array();
        let wrong = |e: diffsol::DiffsolError| Error::input("synthesis", e.to_string(), "less extreme parameters");
        let problem = OdeBuilder::<Matrix>::new()
            .rtol(1e-8)
            .atol([1e-10; 9])
            .rhs_implicit(rhs, along)
            .init(move |_, _, y: &mut [f64]| y.copy_from_slice(&first), 9)
            .build()
            .map_err(wrong)?;
        let mut solver = problem.bdf::<NalgebraLU<f64>>().map_err(wrong)?;
        solver.solve(hours).map_err(wrong)?;
        Ok(Pools::of(solver.state().y.batch_as_slice(0)))
    }

    /// The steady state: 300 hours after the usual one.
    ///
    /// # Errors
    /// Where the solver cannot go on.
    pub fn rest(&self) -> Result<Pools> {
        self.after(&Pools::USUAL, 300.0)
    }

    /// What patches of `synthesis` do to the quantum over a session: it follows vesicular dopamine. `None` where no patch
    /// acts.
    ///
    /// # Errors
    /// Where a patch has no parameter or the solver cannot go on.
    pub fn quanta(patches: &[Patch], projection: &str, duration: f64) -> Result<Option<Patch>> {
        let mut patched = Patched::new(Self::default(), "synthesis", projection, patches)?;
        if patched.constant() {
            return Ok(None);
        }
        let usual = Self::default().rest()?;
        let mut pools = usual;
        let mut values = vec![1.0];
        for i in 0..(duration / STEP).ceil() as usize {
            pools = patched.at((i as f64 + 0.5) * STEP)?.after(&pools, STEP / 3600.0)?;
            values.push(pools.vesicles / usual.vesicles);
        }
        let course = Course::Sampled { start: 0.0, step: STEP, values };
        let projection = Some(projection.to_owned());
        Ok(Some(Patch { parameter: "terminal.quantum".into(), projection, hold: Hold::Times, course }))
    }
}
