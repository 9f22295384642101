//! A dopamine neuron by its conductances: two coupled oscillators, soma and dendrite (kuznetsov2006).

use std::sync::LazyLock;

accumbens_core::parameters! {
    /// The neuron. Conductances in mS/cm², potentials in mV, concentrations in nM, times in ms.
    pub struct Cell {
        /// Current into the soma.
        current: 0.0 => .unit("µA/cm²").domain(accumbens_core::Domain::ANY).source("kuznetsov2006");
        /// Conductance of NMDA receptors at the dendrite.
        nmda: 0.0 => .unit("mS/cm²").domain(accumbens_core::Domain::NOT_NEGATIVE).source("kuznetsov2006");
        /// Conductance of AMPA receptors at the dendrite.
        ampa: 0.0 => .unit("mS/cm²").domain(accumbens_core::Domain::NOT_NEGATIVE).source("kuznetsov2006");
        /// Conductance of GABA receptors at the dendrite.
        gaba: 0.0 => .unit("mS/cm²").domain(accumbens_core::Domain::NOT_NEGATIVE).source("kuznetsov2006");
        /// Magnesium outside.
        magnesium: 0.5 => .unit("mM").domain(accumbens_core::Domain::NOT_NEGATIVE).source("kuznetsov2006");
        /// Conductance of calcium channels.
        calcium: 0.15 => .unit("mS/cm²").domain(accumbens_core::Domain::NOT_NEGATIVE).source("kuznetsov2006");
        /// Conductance of potassium channels that calcium opens.
        potassium_calcium: 0.3 => .unit("mS/cm²").domain(accumbens_core::Domain::NOT_NEGATIVE).source("kuznetsov2006");
        /// Conductance of the sodium channels of spikes.
        sodium: 150.0 => .unit("mS/cm²").domain(accumbens_core::Domain::NOT_NEGATIVE).source("kuznetsov2006");
        /// Conductance of the potassium channels of spikes.
        potassium: 4.0 => .unit("mS/cm²").domain(accumbens_core::Domain::NOT_NEGATIVE).source("kuznetsov2006");
        /// Leak.
        leak: 0.05 => .unit("mS/cm²").domain(accumbens_core::Domain::NOT_NEGATIVE).source("kuznetsov2006");
        /// Coupling of soma and dendrite.
        coupling: 0.3 => .unit("mS/cm²").domain(accumbens_core::Domain::NOT_NEGATIVE).source("kuznetsov2006");
    }
}

/// Potential, calcium, and the gates n and h, of the soma and then of the dendrite.
pub type State = [f64; 8];

/// Where the authors' file begins.
pub const START: State = [-54.4, 91.6, 0.17, 0.13, -60.0, 149.0, 0.0025, 1.0];

/// Radii of soma and dendrite, µm, and the number of dendrites.
const RADII: (f64, f64, f64) = (10.0, 0.5, 10.0);

/// What depends on the potential alone: the calcium gate to its fourth power, the rectifier, m³, and the speeds at which
/// n and h open and shut, /ms (slow inactivation 0.05).
fn gates(v: f64) -> [f64; 7] {
    let opening = 0.016 * ramp((v + 50.0) / 5.0);
    let calcium = opening / (opening + 0.05 * (-(v + 55.0) / 40.0).exp());
    let rectifier = 0.4 / (1.0 + (-(v + 10.0) / 7.0).exp());
    let (rise, fall) = (1.28 * ramp((v + 31.0) / 4.0), 1.4 * ramp(-(v + 4.0) / 5.0));
    let m = rise / (rise + fall);
    let n = (0.032 * ramp((v + 5.0) / 10.0), 0.05 * (-(v + 10.0) / 16.0).exp());
    let h = (0.01 * (-(v + 47.0) / 18.0).exp(), 1.25 / (1.0 + (-(v + 24.0) / 5.0).exp()));
    [calcium.powi(4), rectifier, m * m * m, n.0, n.1, h.0, h.1]
}

/// The table of [`gates`]: from, mV; entries a mV; entries.
const TABLE: (f64, f64, usize) = (-120.0, 40.0, 8000);

static GATES: LazyLock<Vec<[f64; 7]>> =
    LazyLock::new(|| (0..=TABLE.2).map(|i| gates(TABLE.0 + i as f64 / TABLE.1)).collect());

/// [`gates`] between the entries of their table, for a dozen exponentials a slope is most of the neuron's cost.
fn tabulated(v: f64) -> [f64; 7] {
    let place = (v - TABLE.0) * TABLE.1;
    if !(place >= 0.0 && place < TABLE.2 as f64) {
        return gates(v);
    }
    let (low, part) = (place as usize, place.fract());
    let (a, b) = (&GATES[low], &GATES[low + 1]);
    std::array::from_fn(|i| a[i] + part * (b[i] - a[i]))
}

/// x/(1 − e^{−x}), which is 1 + x/2 near 0.
fn ramp(x: f64) -> f64 {
    if x.abs() < 1e-6 { 1.0 + 0.5 * x } else { x / -(-x).exp_m1() }
}

impl Cell {
    fn slope(&self, s: &State) -> State {
        let (soma, dendrite, number) = RADII;
        let squares = soma * soma + dendrite * dendrite;
        let into_soma = number * self.coupling * (s[4] - s[0]) * soma * dendrite * dendrite / squares;
        let into_dendrite = self.coupling * (s[0] - s[4]) * soma * soma * dendrite / squares;
        let nmda = if self.nmda > 0.0 { self.nmda / (1.0 + 0.28 * self.magnesium * (-0.08 * s[4]).exp()) } else { 0.0 };
        let synapses = -(nmda + self.ampa) * s[4] + self.gaba * (-50.0 - s[4]);
        let [a, b, c, d] = self.compartment([s[0], s[1], s[2], s[3]], soma);
        let [e, f, g, h] = self.compartment([s[4], s[5], s[6], s[7]], dendrite);
        [a + self.current + into_soma, b, c, d, e + into_dendrite + synapses, f, g, h]
    }

    fn compartment(&self, [v, u, n, h]: [f64; 4], radius: f64) -> [f64; 4] {
        let [calcium_gate, rectifier, m, n_opens, n_shuts, h_opens, h_shuts] = tabulated(v);
        let calcium = self.calcium * calcium_gate * (100.0 - v);
        let ratio = 250.0 / u;
        let by_calcium = self.potassium_calcium / (1.0 + ratio * ratio * ratio * ratio);
        let sodium = self.sodium * m * h * (55.0 - v);
        let outward = (by_calcium + rectifier + self.potassium * n * n * n * n) * (-90.0 - v);
        let slope_v = calcium + outward + self.leak * (-50.0 - v) + sodium;
        // The file's constants: buffering 0.05, H 0.019298, decay 4 ms.
        let slope_u = 0.1 / radius * (calcium / 0.019_298 - u / 4.0);
        [slope_v, slope_u, n_opens * (1.0 - n) - n_shuts * n, h_opens * (1.0 - h) - h_shuts * h]
    }

    /// Lets `step` ms pass: the classical Runge–Kutta rule, good below 0.05 ms.
    pub fn pass(&self, state: &mut State, step: f64) {
        let moved = |k: &State, by: f64| std::array::from_fn(|i| state[i] + by * k[i]);
        let a = self.slope(state);
        let b = self.slope(&moved(&a, 0.5 * step));
        let c = self.slope(&moved(&b, 0.5 * step));
        let d = self.slope(&moved(&c, step));
        for i in 0..8 {
            state[i] += step / 6.0 * (a[i] + 2.0 * b[i] + 2.0 * c[i] + d[i]);
        }
    }

    /// Spikes over `duration` ms, in ms, where `nmda(t)` is the conductance of NMDA receptors: when the soma's potential
    /// crosses 0.
    pub fn spikes(&self, state: &mut State, duration: f64, step: f64, nmda: impl Fn(f64) -> f64) -> Vec<f64> {
        let mut cell = self.clone();
        let mut spikes = Vec::new();
        for i in 0..(duration / step).round() as usize {
            let time = i as f64 * step;
            cell.nmda = nmda(time);
            let before = state[0];
            cell.pass(state, step);
            if before < 0.0 && state[0] >= 0.0 {
                spikes.push(time - step * before / (state[0] - before));
            }
        }
        spikes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_gates_holds_the_equations_to_a_ten_thousandth() {
        for i in 0..20_011 {
            let v = -125.0 + f64::from(i) * 0.0107;
            for (found, expected) in tabulated(v).into_iter().zip(gates(v)) {
                assert!((found - expected).abs() <= 1e-4 * expected.abs().max(1e-6), "{v} mV: {found} {expected}");
            }
        }
    }
}
