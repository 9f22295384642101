//! Makes of an indicator's light what a fibre and a detector make of it: bleaching, autofluorescence, blood, movement,
//! the patch cord, shot and read noise, digits and dropped frames; in the signal's channel and the isosbestic one.

use accumbens_core::{Channel, Recording, Result, Seed, Stage};
use rand::{Rng, RngExt};
use rand_distr::{Distribution, StandardNormal};

accumbens_core::parameters! {
    /// A fibre and its detector. Defaults are ours, in the range of everyday recordings, where no source is named.
    pub struct Fibre {
        /// Samples a second.
        rate: 100.0 => .unit("Hz").domain(accumbens_core::Domain::Positive).fixed();
        /// Photons counted in a sample of either channel at the beginning: 10 pW of green light, half of them counted, is
        /// 1.3e7 a second.
        photons: 130_000.0 => .domain(accumbens_core::Domain::Positive);
        /// Standard deviation of read noise, in photons.
        read_noise: 100.0 => .domain(accumbens_core::Domain::NOT_NEGATIVE);
        /// Share of that light which is not the indicator's: tissue, fibre and patch cord.
        autofluorescence: 0.4 => .domain(accumbens_core::Domain::UNIT);
        /// Time constant with which that light bleaches.
        autofluorescence_time: 3000.0 => .unit("s").domain(accumbens_core::Domain::Positive);
        /// Share of the indicator that bleaches fast.
        bleach_fast: 0.08 => .domain(accumbens_core::Domain::UNIT);
        /// Time constant of that share.
        bleach_fast_time: 120.0 => .unit("s").domain(accumbens_core::Domain::Positive);
        /// Share of the indicator that bleaches slowly; the rest stays.
        bleach_slow: 0.3 => .domain(accumbens_core::Domain::UNIT);
        /// Time constant of that share.
        bleach_slow_time: 2500.0 => .unit("s").domain(accumbens_core::Domain::Positive);
        /// What the isosbestic channel shows of a relative change of the indicator: 0 for none, below 0 inverted.
        isosbestic: -0.05 => .domain(accumbens_core::Domain::ANY);
        /// Standard deviation of relative blood volume.
        blood: 0.02 => .domain(accumbens_core::Domain::NOT_NEGATIVE);
        /// Time constant with which it wanders.
        blood_time: 5.0 => .unit("s").domain(accumbens_core::Domain::Positive);
        /// Blood volume, relative, that one unit of relative change of the indicator brings after it.
        blood_answer: 0.0 => .domain(accumbens_core::Domain::ANY);
        /// Logarithm of the light in the signal's channel that a doubling of blood would absorb: 20% more absorb 4%.
        blood_absorption: 0.204 => .domain(accumbens_core::Domain::NOT_NEGATIVE).source("zhang2022");
        /// The same in the isosbestic channel.
        blood_absorption_isosbestic: 0.3 => .domain(accumbens_core::Domain::NOT_NEGATIVE);
        /// Standard deviation of the relative light that movement takes and gives, the same in both channels.
        motion: 0.005 => .domain(accumbens_core::Domain::NOT_NEGATIVE);
        /// Time constant of movement.
        motion_time: 0.5 => .unit("s").domain(accumbens_core::Domain::Positive);
        /// Standard deviation, after an hour, of the slow relative drift that the patch cord gives both channels.
        cord: 0.02 => .domain(accumbens_core::Domain::NOT_NEGATIVE);
        /// Photons for one step of the digits.
        digit: 8.0 => .domain(accumbens_core::Domain::NOT_NEGATIVE);
        /// Share of frames that are lost.
        dropped: 0.0 => .domain(accumbens_core::Domain::UNIT);
    }
}

/// Puts the channels `signal` and `isosbestic`, in counts at the fibre's rate, in the place of all others, which are
/// averaged over each sample if `truth` keeps them.
pub struct FibreStage {
    /// The fibre.
    pub fibre: Fibre,
    /// The channel of light.
    pub from: String,
    /// Whether the other channels stay.
    pub truth: bool,
    /// The seed.
    pub seed: Seed,
    /// The name of the stream of random numbers.
    pub stream: String,
}

/// A value that wanders about 0 with unit variance and a time constant.
struct Wander {
    value: f64,
    kept: f64,
    new: f64,
}

impl Wander {
    fn new(time: f64, step: f64, rng: &mut impl Rng) -> Self {
        let kept = (-step / time).exp();
        Self { value: StandardNormal.sample(rng), kept, new: (1.0 - kept * kept).sqrt() }
    }

    fn next(&mut self, rng: &mut impl Rng) -> f64 {
        let normal: f64 = StandardNormal.sample(rng);
        self.value = self.kept * self.value + self.new * normal;
        self.value
    }
}

impl FibreStage {
    /// Means of a channel over samples of `every` ticks.
    fn averaged(data: &[f64], every: usize) -> Vec<f64> {
        data.chunks_exact(every).map(|c| c.iter().sum::<f64>() / every as f64).collect()
    }

    /// Counts of the signal and the isosbestic channel.
    fn counts(&self, light: &[f64], step: f64) -> [Vec<f64>; 2] {
        let f = &self.fibre;
        let mut rng = self.seed.stream(&self.stream);
        let usual = light.iter().sum::<f64>() / light.len().max(1) as f64;
        let mut blood = Wander::new(f.blood_time, step, &mut rng);
        let mut motion = Wander::new(f.motion_time, step, &mut rng);
        let (mut cord, mut answer) = (0.0, 0.0);
        let mut out = [Vec::with_capacity(light.len()), Vec::with_capacity(light.len())];
        for (i, light) in light.iter().enumerate() {
            let time = (i as f64 + 0.5) * step;
            let change = light / usual - 1.0;
            let bleached = 1.0 - f.bleach_fast - f.bleach_slow
                + f.bleach_fast * (-time / f.bleach_fast_time).exp()
                + f.bleach_slow * (-time / f.bleach_slow_time).exp();
            let aside = f.autofluorescence * (-time / f.autofluorescence_time).exp();
            let normal: f64 = StandardNormal.sample(&mut rng);
            cord += f.cord * (step / 3600.0).sqrt() * normal;
            answer += (change - answer) * (-(-step / f.blood_time).exp_m1());
            let volume = f.blood * blood.next(&mut rng) + f.blood_answer * answer;
            let moved = 1.0 + f.motion * motion.next(&mut rng) + cord;
            let channels = [(1.0, f.blood_absorption), (f.isosbestic, f.blood_absorption_isosbestic)];
            let lost = f.dropped > 0.0 && rng.random::<f64>() < f.dropped;
            for (out, (response, absorption)) in out.iter_mut().zip(channels) {
                let indicator = (1.0 - f.autofluorescence) * bleached * (1.0 + response * change).max(0.0);
                let photons = (f.photons * (aside + indicator) * (-absorption * volume).exp() * moved).max(0.0);
                out.push(if lost { f64::NAN } else { self.detected(photons, &mut rng) });
            }
        }
        out
    }

    /// What the detector makes of the expected photons: so many that their Poisson law is normal.
    fn detected(&self, photons: f64, rng: &mut impl Rng) -> f64 {
        let (shot, read): (f64, f64) = (StandardNormal.sample(rng), StandardNormal.sample(rng));
        let counted = photons + photons.sqrt() * shot + self.fibre.read_noise * read;
        if self.fibre.digit > 0.0 { (counted / self.fibre.digit).round() * self.fibre.digit } else { counted }
    }
}

impl Stage for FibreStage {
    fn name(&self) -> &'static str {
        "fibre"
    }

    fn apply(&self, mut recording: Recording) -> Result<Recording> {
        let step = recording.interval().unwrap_or(1e-3);
        let every = ((1.0 / (self.fibre.rate * step)).round() as usize).max(1);
        let light = Self::averaged(&recording.needed(self.name(), &self.from)?.data, every);
        let [signal, isosbestic] = self.counts(&light, step * every as f64);
        let first = recording.times.first().copied().unwrap_or(0.0);
        let times = (0..light.len()).map(|i| first + (i * every) as f64 * step + 0.5 * step * (every - 1) as f64);
        recording.times = times.collect();
        let old = std::mem::take(&mut recording.channels);
        for (name, data) in [("signal", signal), ("isosbestic", isosbestic)] {
            recording.channels.push(Channel { name: name.into(), unit: "counts".into(), data });
        }
        if self.truth {
            for channel in old {
                recording.channels.push(Channel { data: Self::averaged(&channel.data, every), ..channel });
            }
        }
        Ok(recording)
    }
}
