//! Releases dopamine where a spike arrives: sites, their probability, the quantum, and the autoreceptors that lower it.

/// The concentration of one molecule in a cubic micrometre, nM.
pub const NANOMOLAR: f64 = 1.0 / 0.602_214_076;

accumbens_core::parameters! {
    /// What terminals release. Only the product of density, probability and quantum can be known from dopamine outside.
    pub struct Terminal {
        /// Release sites in a cubic micrometre of tissue.
        density: 0.04 => .unit("/µm³").domain(accumbens_core::Domain::NOT_NEGATIVE).source("ejdrup2025");
        /// Probability that a spike releases a vesicle at a site.
        probability: 0.06 => .domain(accumbens_core::Domain::UNIT).source("ejdrup2025");
        /// Molecules in a release.
        quantum: 3000.0 => .unit("molecules").domain(accumbens_core::Domain::NOT_NEGATIVE).source("ejdrup2025");
        /// How strongly D2 autoreceptors lower release: it is divided by one plus this times their occupancy.
        autoreceptor_strength: 0.0 => .domain(accumbens_core::Domain::NOT_NEGATIVE);
        /// Association of dopamine with the autoreceptor.
        autoreceptor_on: 0.003 => .unit("/nM/s").domain(accumbens_core::Domain::Positive).source("dreyer2013");
        /// Dissociation of dopamine from the autoreceptor.
        autoreceptor_off: 0.3 => .unit("/s").domain(accumbens_core::Domain::Positive).source("dreyer2013");
    }
}

impl Terminal {
    /// Dopamine outside after one spike of every cell, without autoreceptors, nM; `fraction` is that of the tissue's
    /// volume which is outside cells.
    #[must_use]
    pub fn a_spike(&self, fraction: f64) -> f64 {
        NANOMOLAR * self.density * self.probability * self.quantum / fraction
    }

    /// What autoreceptors of this occupancy leave of release.
    #[must_use]
    pub fn gain(&self, occupancy: f64) -> f64 {
        1.0 / (1.0 + self.autoreceptor_strength * occupancy)
    }

    /// The occupancy of autoreceptors at rest under a concentration, nM, where a fraction of them is `blocked`.
    #[must_use]
    pub fn occupancy(&self, concentration: f64, blocked: f64) -> f64 {
        let half = self.autoreceptor_off / self.autoreceptor_on;
        (1.0 - blocked) * concentration / (concentration + half)
    }

    /// The occupancy after `time` s at a fixed concentration, nM: the exact relaxation of two states.
    #[must_use]
    pub fn bound(&self, occupancy: f64, concentration: f64, blocked: f64, time: f64) -> f64 {
        let rest = self.occupancy(concentration, blocked);
        let rate = self.autoreceptor_on * concentration + self.autoreceptor_off;
        rest + (occupancy - rest) * (-rate * time).exp()
    }
}
