//! Makes and stores dopamine, the slow layer under release (best2009, corrected): stiff equations.

use super::ode::{Tolerance, integrate};
use accumbens_core::{Course, Error, Hold, Patch, Patched, Result};

/// How exactly pools are integrated: 1e-12 µM is far below every pool.
const EXACT: Tolerance = Tolerance { relative: 1e-10, absolute: 1e-12 };

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
    fn slope(&self, x: &[f64; 9]) -> [f64; 9] {
        let [bh2, bh4, tyr, ldopa, cda, vda, eda, hva, pool] = *x;
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
        [
            hydroxylated - reduced,
            reduced - hydroxylated,
            imported - hydroxylated - 6.0 * tyr + 0.6 * pool - 0.2 * tyr,
            hydroxylated - decarboxylated + self.ldopa,
            decarboxylated - stored + taken_up - broken,
            stored - released,
            released - taken_up - broken_outside - 400.0 * eda,
            broken + broken_outside - 3.45 * hva,
            6.0 * tyr - 0.6 * pool - 0.2 * pool,
        ]
    }

    /// The pools after `hours` from `start`.
    ///
    /// # Errors
    /// Where the solver cannot go on.
    pub fn after(&self, start: &Pools, hours: f64) -> Result<Pools> {
        let end = integrate(&|x| self.slope(x), start.array(), hours, EXACT);
        end.map(|x| Pools::of(&x)).map_err(|problem| Error::input("synthesis", problem, "less extreme parameters"))
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
