//! Releases dopamine where a spike arrives: sites, their probability, the quantum, what calcium and recent use make of
//! them, and the autoreceptors that lower release.

/// The concentration of one molecule in a cubic micrometre, nM.
pub const NANOMOLAR: f64 = 1.0 / 0.602_214_076;

accumbens_core::parameters! {
    /// What terminals release. Only the product of density, probability and quantum can be known from dopamine outside.
    pub struct Terminal {
        /// Release sites in a cubic micrometre of tissue.
        density: 0.04 => .unit("/µm³").domain(accumbens_core::Domain::NOT_NEGATIVE).source("ejdrup2025");
        /// Share of the sites that can release; the others are silent. Of all varicosities about 30% have an active zone
        /// and 17% release; 1 where the density counts active sites only.
        active: 1.0 => .domain(accumbens_core::Domain::UNIT).source("liu2018");
        /// Share of the terminals that a lesion left.
        alive: 1.0 => .domain(accumbens_core::Domain::UNIT);
        /// Share of the sites that a spike reaches: it may fail along the axon and at its branches.
        conduction: 1.0 => .domain(accumbens_core::Domain::UNIT);
        /// Probability that a spike releases a vesicle at an active site.
        probability: 0.06 => .domain(accumbens_core::Domain::UNIT).source("ejdrup2025");
        /// Molecules in a release.
        quantum: 3000.0 => .unit("molecules").domain(accumbens_core::Domain::NOT_NEGATIVE).source("ejdrup2025");
        /// How strongly D2 autoreceptors lower release: it is divided by one plus this times their occupancy.
        autoreceptor_strength: 0.0 => .domain(accumbens_core::Domain::NOT_NEGATIVE);
        /// Association of dopamine with the autoreceptor.
        autoreceptor_on: 0.003 => .unit("/nM/s").domain(accumbens_core::Domain::Positive).source("dreyer2013");
        /// Dissociation of dopamine from the autoreceptor.
        autoreceptor_off: 0.3 => .unit("/s").domain(accumbens_core::Domain::Positive).source("dreyer2013");
        /// Fraction of the autoreceptors that a drug occupies.
        autoreceptor_blocked: 0.0 => .domain(accumbens_core::Domain::UNIT);
        /// What that drug does there against dopamine: 0 an antagonist, 1 a full agonist.
        autoreceptor_efficacy: 0.0 => .domain(accumbens_core::Domain::UNIT);
        /// Whether release follows the terminal's calcium, by a power law of its bulk concentration (pan2012).
        calcium: 0.0 => .domain(accumbens_core::Domain::Flag).source("pan2012");
        /// Free calcium at rest.
        calcium_rest: 50.0 => .unit("nM").domain(accumbens_core::Domain::Positive).source("naomi2021");
        /// Calcium that a spike lets in, bound and free.
        calcium_spike: 33_300.0 => .unit("nM").domain(accumbens_core::Domain::NOT_NEGATIVE);
        /// Bound calcium for each that is free, without calbindin.
        calcium_binding: 110.0 => .domain(accumbens_core::Domain::NOT_NEGATIVE).source("naomi2021");
        /// The same of calbindin, which the tegmental area has and most of the nigra lacks.
        calbindin: 0.0 => .domain(accumbens_core::Domain::NOT_NEGATIVE).source("pan2012");
        /// Extrusion of free calcium.
        calcium_extrusion: 1800.0 => .unit("/s").domain(accumbens_core::Domain::Positive).source("naomi2021");
        /// Free calcium at which release has half of its greatest probability.
        calcium_half: 1000.0 => .unit("nM").domain(accumbens_core::Domain::Positive);
        /// Power of calcium in release.
        calcium_power: 4.0 => .domain(accumbens_core::Domain::Positive);
        /// Share of the vesicles ready for release that one usual release spends.
        pool_use: 0.0 => .domain(accumbens_core::Domain::UNIT);
        /// Time constant with which ready vesicles come back.
        pool_recovery: 5.0 => .unit("s").domain(accumbens_core::Domain::Positive);
        /// What a spike makes of the facilitating factor of release, whether or not it released.
        facilitation: 1.0 => .domain(accumbens_core::Domain::Positive).source("montague2004");
        /// Time constant with which that factor returns to 1.
        facilitation_time: 4.16 => .unit("s").domain(accumbens_core::Domain::Positive).source("montague2004");
        /// What a spike makes of the depressing factor of release, whether or not it released.
        depression: 1.0 => .domain(accumbens_core::Domain::Positive).source("montague2004");
        /// Time constant with which that factor returns to 1.
        depression_time: 3.53 => .unit("s").domain(accumbens_core::Domain::Positive).source("montague2004");
        /// What a spike makes of the slowly depressing factor.
        slow_depression: 1.0 => .domain(accumbens_core::Domain::Positive).source("montague2004");
        /// Time constant with which that factor returns to 1.
        slow_depression_time: 600.0 => .unit("s").domain(accumbens_core::Domain::Positive).source("montague2004");
        /// Release by one local (cholinergic) event, against that by a spike.
        local_release: 1.0 => .domain(accumbens_core::Domain::NOT_NEGATIVE).source("liu2022");
        /// Local events a second that release at all terminals together, without spikes.
        local_rate: 0.0 => .unit("Hz").domain(accumbens_core::Domain::NOT_NEGATIVE);
        /// How long a local event keeps its terminals from releasing again.
        local_refractory: 0.1 => .unit("s").domain(accumbens_core::Domain::NOT_NEGATIVE).source("cragg2024");
        /// Share of release that it keeps back for that long.
        local_block: 1.0 => .domain(accumbens_core::Domain::UNIT).source("cragg2024");
        /// Spikes a second that light makes at the terminals themselves.
        stimulation: 0.0 => .unit("Hz").domain(accumbens_core::Domain::NOT_NEGATIVE);
    }
}

/// What one cell's terminals carry from spike to spike.
#[derive(Clone, Copy, Debug)]
pub struct Used {
    /// When they were last reached, s.
    at: f64,
    /// Calcium above rest then, nM.
    calcium: f64,
    /// Share of vesicles ready.
    pool: f64,
    /// Factors of release: facilitation, depression, slow depression.
    kicks: [f64; 3],
    /// When a local event last released, s.
    local: f64,
}

impl Default for Used {
    fn default() -> Self {
        Self { at: f64::NEG_INFINITY, calcium: 0.0, pool: 1.0, kicks: [1.0; 3], local: f64::NEG_INFINITY }
    }
}

impl Terminal {
    /// Dopamine outside after one spike of every cell, without autoreceptors, nM; `fraction` is that of the tissue's
    /// volume which is outside cells.
    #[must_use]
    pub fn a_spike(&self, fraction: f64) -> f64 {
        let sites = self.density * self.active * self.alive * self.conduction;
        NANOMOLAR * sites * self.probability * self.quantum / fraction
    }

    /// What autoreceptors of which dopamine occupies this fraction, and the drug its own, leave of release.
    #[must_use]
    pub fn gain(&self, occupancy: f64) -> f64 {
        let active = occupancy + self.autoreceptor_efficacy * self.autoreceptor_blocked;
        1.0 / (1.0 + self.autoreceptor_strength * active)
    }

    /// The occupancy of autoreceptors by dopamine at rest under a concentration, nM.
    #[must_use]
    pub fn occupancy(&self, concentration: f64) -> f64 {
        let half = self.autoreceptor_off / self.autoreceptor_on;
        (1.0 - self.autoreceptor_blocked) * concentration / (concentration + half)
    }

    /// The occupancy after `time` s at a fixed concentration, nM: the exact relaxation of two states.
    #[must_use]
    pub fn bound(&self, occupancy: f64, concentration: f64, time: f64) -> f64 {
        let rest = self.occupancy(concentration);
        let rate = self.autoreceptor_on * concentration + self.autoreceptor_off;
        rest + (occupancy - rest) * (-rate * time).exp()
    }

    /// Release by a spike (or, where `local`, by a local event) that reaches terminals at `time`, against that by a lone
    /// spike; what they carry is changed.
    pub fn reach(&self, used: &mut Used, time: f64, local: bool) -> f64 {
        let gone = time - used.at;
        used.at = time;
        let mut scale = 1.0;
        if self.calcium == 1.0 {
            scale *= self.by_calcium(&mut used.calcium, gone);
        }
        let kicks = [
            (self.facilitation, self.facilitation_time),
            (self.depression, self.depression_time),
            (self.slow_depression, self.slow_depression_time),
        ];
        for (factor, (kick, time)) in used.kicks.iter_mut().zip(kicks) {
            if kick != 1.0 {
                *factor = 1.0 + (*factor - 1.0) * (-gone / time).exp();
                scale *= *factor;
                *factor *= kick;
            }
        }
        if time - used.local < self.local_refractory {
            scale *= 1.0 - self.local_block;
        }
        if local {
            scale *= self.local_release;
            used.local = time;
        }
        if self.pool_use > 0.0 {
            used.pool = 1.0 + (used.pool - 1.0) * (-gone / self.pool_recovery).exp();
            scale *= used.pool;
            used.pool -= (self.pool_use * scale).min(used.pool);
        }
        // No site can release with a probability above 1.
        scale.min(1.0 / self.probability.max(f64::MIN_POSITIVE))
    }

    /// Time constant of free calcium, s.
    #[must_use]
    pub fn calcium_decay(&self) -> f64 {
        (1.0 + self.calcium_binding + self.calbindin) / self.calcium_extrusion
    }

    fn by_calcium(&self, above: &mut f64, gone: f64) -> f64 {
        *above *= (-gone / self.calcium_decay()).exp();
        *above += self.calcium_spike / (1.0 + self.calcium_binding + self.calbindin);
        let law = |calcium: f64| 1.0 / (1.0 + (self.calcium_half / calcium).powf(self.calcium_power));
        let lone = self.calcium_rest + self.calcium_spike / (1.0 + self.calcium_binding);
        law(self.calcium_rest + *above) / law(lone)
    }
}
