//! Binds dopamine to D1 and D2 in the presence of a drug that competes for them.

use super::{CONTROL, Receptor};
use accumbens_core::{Channel, Patch, Patched, Recording, Result, Stage};

accumbens_core::parameters! {
    /// How D1 and D2 bind. One equation a ligand: what one holds, the other cannot.
    pub struct Binding {
        /// Dopamine at which half of D1 is occupied.
        d1_half: 1000.0 => .unit("nM").domain(accumbens_core::Domain::Positive).source("ejdrup2025");
        /// Dissociation of dopamine from D1.
        d1_off: 19.469_230_769_2 => .unit("/s").domain(accumbens_core::Domain::Positive).source("ejdrup2025");
        /// A drug at D1 over its inhibition constant.
        d1_drug: 0.0 => .domain(accumbens_core::Domain::NOT_NEGATIVE);
        /// Dissociation of that drug.
        d1_drug_off: 0.01 => .unit("/s").domain(accumbens_core::Domain::Positive);
        /// What that drug does against dopamine: 0 an antagonist, 1 a full agonist.
        d1_efficacy: 0.0 => .domain(accumbens_core::Domain::UNIT);
        /// Dopamine at which half of D2 is occupied.
        d2_half: 7.0 => .unit("nM").domain(accumbens_core::Domain::Positive).source("ejdrup2025");
        /// Dissociation of dopamine from D2.
        d2_off: 0.2 => .unit("/s").domain(accumbens_core::Domain::Positive).source("ejdrup2025");
        /// A drug at D2 over its inhibition constant.
        d2_drug: 0.0 => .domain(accumbens_core::Domain::NOT_NEGATIVE);
        /// Dissociation of that drug.
        d2_drug_off: 0.01 => .unit("/s").domain(accumbens_core::Domain::Positive);
        /// What that drug does against dopamine: 0 an antagonist, 1 a full agonist.
        d2_efficacy: 0.0 => .domain(accumbens_core::Domain::UNIT);
    }
}

/// Shares of a receptor: held by dopamine, held by the drug.
pub type Held = [f64; 2];

impl Binding {
    /// The receptors of a named scheme of `catalogue/transmission.toml`, without a drug.
    ///
    /// # Errors
    /// Where no scheme has this name.
    pub fn scheme(name: &str) -> Result<Self> {
        let [d1, d2] = Receptor::scheme(name)?;
        let (d1_half, d1_off, d2_half, d2_off) = (d1.half(), d1.off, d2.half(), d2.off);
        Ok(Self { d1_half, d1_off, d2_half, d2_off, ..Self::default() })
    }

    /// D1 and D2 as dopamine alone binds them.
    #[must_use]
    pub fn receptors(&self) -> [Receptor; 2] {
        [0, 1].map(|receptor| {
            let [half, off, ..] = self.of(receptor);
            Receptor::new(half, off)
        })
    }

    fn of(&self, receptor: usize) -> [f64; 5] {
        match receptor {
            0 => [self.d1_half, self.d1_off, self.d1_drug, self.d1_drug_off, self.d1_efficacy],
            _ => [self.d2_half, self.d2_off, self.d2_drug, self.d2_drug_off, self.d2_efficacy],
        }
    }

    /// What holds a receptor (0 for D1, 1 for D2) at rest under a concentration, nM.
    #[must_use]
    pub fn rest(&self, receptor: usize, concentration: f64) -> Held {
        let [half, _, drug, ..] = self.of(receptor);
        let dopamine = concentration / half;
        [dopamine / (1.0 + dopamine + drug), drug / (1.0 + dopamine + drug)]
    }

    /// What holds it after `time` s at a fixed concentration: the implicit midpoint rule for both ligands together.
    #[must_use]
    pub fn after(&self, receptor: usize, held: Held, concentration: f64, time: f64) -> Held {
        let [half, off, drug, drug_off, _] = self.of(receptor);
        let h = 0.5 * time;
        let (a, p) = (off * concentration / half * h, drug_off * drug * h);
        let (b, q) = (off * h, drug_off * h);
        let [o, d] = held;
        let (x, y) = (o + 2.0 * a - (a + b) * o - a * d, d + 2.0 * p - p * o - (p + q) * d);
        let (m, n) = (1.0 + a + b, 1.0 + p + q);
        let whole = m * n - a * p;
        [(n * x - a * y) / whole, (m * y - p * x) / whole]
    }

    /// What a receptor does: dopamine's share, and the drug's by its efficacy.
    #[must_use]
    pub fn activity(&self, receptor: usize, held: Held) -> f64 {
        held[0] + self.of(receptor)[4] * held[1]
    }
}

/// Adds what D1 and D2 do, and how much of them dopamine and a drug hold.
pub struct BindingStage {
    /// The channel of dopamine, nM.
    pub from: String,
    /// The receptors.
    pub binding: Binding,
    /// What is done to them, in which projection.
    pub patches: Vec<Patch>,
    /// The projection.
    pub projection: String,
}

impl Stage for BindingStage {
    fn name(&self) -> &'static str {
        "receptors"
    }

    fn apply(&self, mut recording: Recording) -> Result<Recording> {
        let step = recording.interval().unwrap_or(1e-3);
        let mut patched = Patched::new(self.binding.clone(), "receptors", &self.projection, &self.patches)?;
        let dopamine = recording.needed(self.name(), &self.from)?.data.clone();
        let mut binding = patched.at(0.0)?.clone();
        let start = dopamine.iter().copied().find(|c| c.is_finite()).unwrap_or(0.0);
        let mut held = [0, 1].map(|r| binding.rest(r, start));
        let mut out: [Vec<f64>; 4] = std::array::from_fn(|_| Vec::with_capacity(dopamine.len()));
        for (i, c) in dopamine.iter().enumerate() {
            if !patched.constant() && i % CONTROL == 0 {
                binding = patched.at(recording.times[i])?.clone();
            }
            for (receptor, held) in held.iter_mut().enumerate() {
                *held = binding.after(receptor, *held, *c, step);
                out[2 * receptor].push(binding.activity(receptor, *held));
                out[2 * receptor + 1].push(held[1]);
            }
        }
        for (name, data) in ["D1", "D1 drug", "D2", "D2 drug"].into_iter().zip(out) {
            if !name.ends_with("drug") || data.iter().any(|x| *x > 0.0) {
                recording.put(Channel { name: name.into(), unit: "occupancy".into(), data });
            }
        }
        Ok(recording)
    }
}
