//! Lets a population of dopamine neurons fire: pacemaking with bursts, driven up and down by a teaching signal.

use super::{mixed::falling_root, taken_up};
use accumbens_core::{Error, Result, Seed};
use rand::RngExt;
use rand_distr::{Distribution, Gamma};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

accumbens_core::parameters! {
    /// How the neurons of a projection fire. Tonic rate and phasic gain are apart, so that either can change alone.
    pub struct Firing {
        /// Neurons.
        cells: 100.0 => .domain(accumbens_core::Domain::Count { min: 1, max: 1_000_000 }).fixed();
        /// Rate without a teaching signal, spontaneous bursts included, before somatic autoreceptors lower it.
        tonic: 4.0 => .unit("Hz").domain(accumbens_core::Domain::NOT_NEGATIVE).source("dreyer2010");
        /// What a unit of a theory's tonic signal adds to that rate.
        tonic_gain: 1.0 => .unit("Hz").domain(accumbens_core::Domain::ANY);
        /// Spikes that a unit of positive teaching signal adds in each neuron.
        phasic_gain: 3.0 => .domain(accumbens_core::Domain::NOT_NEGATIVE).source("marinelli2000");
        /// Time of the highest rate of that response, and its time constant.
        phasic_time: 0.05 => .unit("s").domain(accumbens_core::Domain::Positive);
        /// Silence for a unit of negative teaching signal: errors below zero last, for a rate cannot fall below zero.
        pause_time: 0.4 => .unit("s").domain(accumbens_core::Domain::NOT_NEGATIVE).source("bayer2007");
        /// Share of the tonic rate that a pause takes away.
        pause_depth: 1.0 => .domain(accumbens_core::Domain::UNIT).source("bayer2007");
        /// Coefficient of variation of pacemaking intervals.
        irregularity: 0.7 => .domain(accumbens_core::Domain::Real { min: 0.01, max: 3.0 }).fixed();
        /// Probability that a pacemaking spike begins a burst.
        burst_chance: 0.05 => .domain(accumbens_core::Domain::UNIT).source("marinelli2000");
        /// Mean number of spikes that follow it there.
        burst_spikes: 1.0 => .domain(accumbens_core::Domain::NOT_NEGATIVE).source("marinelli2000");
        /// Mean interval within a burst.
        burst_interval: 0.055 => .unit("s").domain(accumbens_core::Domain::Positive).source("marinelli2000");
        /// Share of the neurons that a lesion left.
        alive: 1.0 => .domain(accumbens_core::Domain::UNIT);
        /// What light or current at the cell bodies adds to the rate; below zero it silences.
        stimulation: 0.0 => .unit("Hz").domain(accumbens_core::Domain::ANY);
        /// Rate of pulses to all cell bodies together, as of an electrode.
        pulses: 0.0 => .unit("Hz").domain(accumbens_core::Domain::Real { min: 0.0, max: 500.0 });
        /// Probability that such a pulse makes a neuron fire.
        pulse_chance: 1.0 => .domain(accumbens_core::Domain::UNIT);
        /// What full occupancy of somatic D2 autoreceptors takes from the rate.
        autoreceptor_strength: 0.0 => .unit("Hz").domain(accumbens_core::Domain::NOT_NEGATIVE).source("dreyer2013");
        /// Association of dopamine with the somatic autoreceptor.
        autoreceptor_on: 0.01 => .unit("/nM/s").domain(accumbens_core::Domain::Positive).source("dreyer2013");
        /// Dissociation of dopamine from the somatic autoreceptor.
        autoreceptor_off: 10.0 => .unit("/s").domain(accumbens_core::Domain::Positive).source("dreyer2013");
        /// Fraction of the somatic autoreceptors that a drug occupies.
        autoreceptor_blocked: 0.0 => .domain(accumbens_core::Domain::UNIT);
        /// What that drug does there against dopamine: 0 an antagonist, 1 a full agonist.
        autoreceptor_efficacy: 0.0 => .domain(accumbens_core::Domain::UNIT);
        /// Dopamine around cell bodies after one spike of every neuron.
        soma_release: 20.0 => .unit("nM").domain(accumbens_core::Domain::NOT_NEGATIVE).source("dreyer2013");
        /// Largest rate of uptake around cell bodies.
        soma_vmax: 200.0 => .unit("nM/s").domain(accumbens_core::Domain::Positive).source("dreyer2013");
        /// Concentration at which that uptake runs at half its rate.
        soma_km: 160.0 => .unit("nM").domain(accumbens_core::Domain::Positive).source("dreyer2013");
    }
}

/// Spread of intervals within bursts: the shape of their gamma law.
const BURST_SHAPE: f64 = 9.0;

/// A time in a queue.
#[derive(Clone, Copy, PartialEq)]
struct At(f64);

impl Eq for At {}
impl PartialOrd for At {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for At {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.total_cmp(&other.0)
    }
}

/// A population in the middle of its life.
///
/// Pacemaking is a renewal process in a time that runs with the rate, the same for all neurons: each waits there for its
/// own next spike. A spike so costs the logarithm of the number of neurons, and silence costs nothing.
pub struct Population {
    cells: u32,
    intervals: Gamma<f64>,
    within: Gamma<f64>,
    rng: rand::rngs::ChaCha8Rng,
    /// Expected pacemaking spikes of a neuron since the beginning.
    passed: f64,
    waiting: BinaryHeap<Reverse<(At, u32)>>,
    bursting: BinaryHeap<Reverse<(At, u32)>>,
    time: f64,
    rise: [f64; 2],
    pause: f64,
    next_pulse: f64,
    /// Dopamine around the cell bodies, nM.
    pub soma: f64,
    /// Occupancy of somatic autoreceptors by dopamine.
    pub occupancy: f64,
    /// The rate that was asked of the neurons in the last step, Hz.
    pub rate: f64,
}

impl Population {
    /// Neurons at rest at time 0.
    ///
    /// # Errors
    /// Where firing at rest releases more around cell bodies than is taken up there.
    pub fn new(firing: &Firing, seed: Seed, stream: &str) -> Result<Self> {
        let wrong =
            |e: rand_distr::GammaError| Error::input("firing", e.to_string(), "a coefficient of variation above 0");
        let shape = 1.0 / (firing.irregularity * firing.irregularity);
        let intervals = Gamma::new(shape, 1.0 / shape).map_err(wrong)?;
        let within = Gamma::new(BURST_SHAPE, firing.burst_interval / BURST_SHAPE).map_err(wrong)?;
        let mut rng = seed.stream(stream);
        let cells = firing.cells as u32;
        // A renewal process at rest is in the middle of an interval: length-biased, and evenly far into it.
        let biased = Gamma::new(shape + 1.0, 1.0 / shape).map_err(wrong)?;
        let waiting = (0..cells).map(|i| Reverse((At(rng.random::<f64>() * biased.sample(&mut rng)), i))).collect();
        let (soma, occupancy, rate) = firing.rest()?;
        Ok(Self {
            cells,
            intervals,
            within,
            rng,
            passed: 0.0,
            waiting,
            bursting: BinaryHeap::with_capacity(cells as usize),
            time: 0.0,
            rise: [0.0; 2],
            pause: 0.0,
            next_pulse: 0.0,
            soma,
            occupancy,
            rate,
        })
    }

    /// How many neurons there are.
    #[must_use]
    pub fn cells(&self) -> u32 {
        self.cells
    }

    /// A unit of teaching signal, or another size of it, comes now.
    pub fn teach(&mut self, firing: &Firing, signal: f64) {
        if signal > 0.0 {
            self.rise[0] += firing.phasic_gain * signal;
        } else {
            self.pause -= firing.pause_time * signal;
        }
    }

    /// Lets `step` s pass under a tonic signal; the neurons that fire are put into `fired`, in the order of their spikes.
    pub fn pass(&mut self, firing: &Firing, tonic: f64, step: f64, fired: &mut Vec<u32>) {
        fired.clear();
        let end = self.time + step;
        let rate = self.asked(firing, tonic, step);
        self.rate = rate;
        self.passed += rate * step / (1.0 + firing.burst_chance * firing.burst_spikes);
        let alive = (firing.alive * f64::from(self.cells)).round() as u32;
        // Places in the waiting line below `passed` are spikes of this step.
        while let Some(&Reverse((at, cell))) = self.waiting.peek() {
            if at.0 > self.passed {
                break;
            }
            let next = At(at.0 + self.intervals.sample(&mut self.rng));
            if let Some(mut first) = self.waiting.peek_mut() {
                *first = Reverse((next, cell));
            }
            if cell >= alive {
                continue;
            }
            fired.push(cell);
            if firing.burst_chance > 0.0 && self.rng.random::<f64>() < firing.burst_chance {
                self.burst(firing, cell);
            }
        }
        let silent = rate <= 0.0;
        while self.bursting.peek().is_some_and(|first| first.0.0.0 < end) {
            let Some(Reverse((_, cell))) = self.bursting.pop() else { break };
            if !silent && cell < alive {
                fired.push(cell);
            }
        }
        self.pulse(firing, end, alive, fired);
        if firing.autoreceptor_strength > 0.0 {
            // Around cell bodies release and uptake are those of the neurons that are left.
            self.feed_back(firing, fired.len() as f64 / f64::from(alive.max(1)), step);
        }
        self.time = end;
    }

    /// The rate that teaching signal, tonic level, stimulation and autoreceptors ask for: never below zero.
    fn asked(&mut self, firing: &Firing, tonic: f64, step: f64) -> f64 {
        let mut rate = firing.tonic + firing.tonic_gain * tonic + firing.stimulation;
        if self.pause > 0.0 {
            rate -= rate.max(0.0) * firing.pause_depth * (self.pause / step).min(1.0);
            self.pause = (self.pause - step).max(0.0);
        }
        if self.rise[0] > 0.0 || self.rise[1] > 0.0 {
            // Two equal time constants in a row, each exact: an alpha function of unit area.
            let part = step / firing.phasic_time;
            let kept = (-part).exp();
            let after = (self.rise[1] + self.rise[0] * part) * kept;
            let out = self.rise[1] + self.rise[0] - after - self.rise[0] * kept;
            rate += out / step;
            self.rise = [self.rise[0] * kept, after];
            if self.rise[0] + self.rise[1] < 1e-12 {
                self.rise = [0.0; 2];
            }
        }
        if firing.autoreceptor_strength > 0.0 {
            rate -= firing.autoreceptor_strength * firing.felt(self.occupancy);
        }
        rate.max(0.0)
    }

    /// Spikes of a burst behind the one that began it: their number is geometric.
    fn burst(&mut self, firing: &Firing, cell: u32) {
        let more = firing.burst_spikes / (1.0 + firing.burst_spikes);
        let mut at = self.time;
        while self.rng.random::<f64>() < more {
            at += self.within.sample(&mut self.rng);
            self.bursting.push(Reverse((At(at), cell)));
        }
    }

    fn pulse(&mut self, firing: &Firing, end: f64, alive: u32, fired: &mut Vec<u32>) {
        if firing.pulses <= 0.0 {
            self.next_pulse = self.time;
            return;
        }
        self.next_pulse = self.next_pulse.max(self.time);
        while self.next_pulse < end {
            self.next_pulse += 1.0 / firing.pulses;
            for cell in 0..alive {
                if firing.pulse_chance >= 1.0 || self.rng.random::<f64>() < firing.pulse_chance {
                    fired.push(cell);
                }
            }
        }
    }

    fn feed_back(&mut self, firing: &Firing, spikes: f64, step: f64) {
        self.soma = taken_up(self.soma, firing.soma_vmax, firing.soma_km, step) + firing.soma_release * spikes;
        let rest = firing.occupancy(self.soma);
        let speed = firing.autoreceptor_on * self.soma + firing.autoreceptor_off;
        self.occupancy = rest + (self.occupancy - rest) * (-speed * step).exp();
    }
}

impl Firing {
    /// What somatic autoreceptors feel: dopamine, and what a drug does in its place.
    fn felt(&self, occupancy: f64) -> f64 {
        occupancy + self.autoreceptor_efficacy * self.autoreceptor_blocked
    }

    /// Occupancy of somatic autoreceptors at rest under a concentration, nM.
    #[must_use]
    pub fn occupancy(&self, concentration: f64) -> f64 {
        let half = self.autoreceptor_off / self.autoreceptor_on;
        (1.0 - self.autoreceptor_blocked) * concentration / (concentration + half)
    }

    /// At rest without a teaching signal: dopamine around cell bodies (nM), occupancy of their autoreceptors, and the
    /// rate (Hz) that they leave.
    ///
    /// # Errors
    /// Where release around cell bodies exceeds uptake there at any rate.
    pub fn rest(&self) -> Result<(f64, f64, f64)> {
        let asked = (self.tonic + self.stimulation).max(0.0);
        if self.autoreceptor_strength <= 0.0 {
            return Ok((0.0, 0.0, asked));
        }
        let rate = |soma: f64| (asked - self.autoreceptor_strength * self.felt(self.occupancy(soma))).max(0.0);
        let excess = |soma: f64| rate(soma) * self.soma_release - self.soma_vmax * soma / (self.soma_km + soma);
        let soma = falling_root(excess).ok_or_else(|| {
            let problem =
                format!("release of {} nM/s around cell bodies exceeds uptake", rate(1e12) * self.soma_release);
            Error::input("firing at rest", problem, "a lower rate, or more uptake")
        })?;
        Ok((soma, self.occupancy(soma), rate(soma)))
    }
}
