//! What dopamine does at receptors, by the whole chain: neurons, autoreceptors, release, uptake, D1 and D2, drugs.

use crate::fit::statistics;
use crate::recorded::{Chain, TICK, taught};
use crate::transmission::drug::{patches, peak};
use accumbens_core::drugs::{Given, by_name};
use accumbens_core::{Course, Patch, Result, Seed, sensors, transmission};

/// Seconds before the first answer.
const SETTLE: f64 = 20.0;
/// Seconds between answers.
const APART: f64 = 4.0;
/// Answers of each sign.
const ANSWERS: usize = 12;

/// What reaches the receptors of one projection.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct Reach {
    /// Dopamine at rest, nM.
    pub dopamine: f64,
    /// Activity of D1 at rest, of 1.
    pub d1: f64,
    /// Activity of D2 at rest, of 1, a drug's own included.
    pub d2: f64,
    /// What D1 rises at an answer of 1.
    pub burst: f64,
    /// What D2 falls at an answer of −1.
    pub dip: f64,
}

/// What is done to the chain: patches, and drugs whose effect is read at the brain's peak.
#[derive(Clone, Debug, Default)]
pub struct Acts {
    /// Patches of firing, terminals, space, receptors and synthesis.
    pub patches: Vec<Patch>,
    /// Drugs with their doses, by the usual route.
    pub drugs: Vec<Taken>,
}

/// A drug that is taken.
#[derive(Clone, Debug, PartialEq)]
pub struct Taken {
    /// The drug.
    pub drug: String,
    /// Its dose.
    pub dose: f64,
    /// The stage whose parameters it still acts on, where the body has adapted to the rest; all where absent.
    pub only: Option<String>,
}

impl Acts {
    /// What of it is done within a projection.
    pub(super) fn within(&self, projection: &str) -> (Vec<&Patch>, &[Taken]) {
        (self.patches.iter().filter(|p| p.acts_in(projection)).collect(), &self.drugs)
    }
}

/// The set of parameters of a projection: those with autoreceptors, on which D2 drugs act beside their target.
fn set(projection: &str) -> &'static str {
    if projection.starts_with("vta") { "dreyer-vta" } else { "dreyer-snc" }
}

/// The dopamine at which half of the D2 receptors of a scheme are held, nM.
///
/// # Errors
/// Where there is no such scheme.
pub fn d2_half(scheme: &str) -> Result<f64> {
    let all = transmission::schemes()?;
    let found = accumbens_core::declaration::named(all, |s| &s.name, scheme, ["receptors", "no scheme is called"])?;
    Ok(found.values.get("d2.half").map_or(f64::INFINITY, |v| v.value))
}

/// A drug's doses as patches. The dose of half occupancy is what scans report: of receptors for which dopamine competes. So
/// that the same share of D2 is held here in healthy tissue, what competes is raised by what dopamine holds there.
fn given(taken: &Taken, seconds: f64, competing: f64) -> Result<Vec<Patch>> {
    let Taken { drug: name, dose, only } = taken;
    let at = 0.5 * seconds - peak(&by_name(name)?).0;
    let mut all = patches(&Given::parse(&format!("{name}:{dose}@{at}"))?, 0.0, seconds, None);
    all.retain(|p| only.as_ref().is_none_or(|stage| p.stage() == stage));
    for patch in all.iter_mut().filter(|p| p.parameter == "receptors.d2_drug") {
        if let Course::Sampled { values, .. } = &mut patch.course {
            values.iter_mut().for_each(|v| *v *= 1.0 + competing);
        }
    }
    Ok(all)
}

/// What reaches the receptors of a projection under a scheme of receptors: rest, and the mean answer to teaching signals of
/// 1 and −1, each four seconds from the last. `healthy` is dopamine at rest there in the healthy, nM, against which the
/// doses of D2 drugs were scanned; needed where there are drugs.
///
/// # Errors
/// Where a projection, scheme or drug is unknown, or parameters are led out of their domains.
pub fn reach(projection: &str, scheme: &str, acts: &Acts, healthy: Option<f64>, seed: Seed) -> Result<Reach> {
    let mut chain = Chain::new(projection, Some(set(projection)), scheme, sensors::by_name("dLight1.3b")?)?;
    (chain.fibre, chain.truth) = (None, true);
    chain.patches.clone_from(&acts.patches);
    let seconds = SETTLE + APART * 2.0 * ANSWERS as f64;
    for taken in &acts.drugs {
        let competing = healthy.unwrap_or(0.0) / d2_half(scheme)?;
        chain.patches.extend(given(taken, seconds, competing)?);
    }
    chain.check()?;
    // Bursts and pauses by turns, so that neither finds what its own kind left behind.
    let ticks = |seconds: f64| (seconds / TICK).round() as usize;
    let signal = |tick: usize| match tick.checked_sub(ticks(SETTLE)) {
        Some(since) if since % ticks(APART) == 0 => [1.0, -1.0][since / ticks(APART) % 2],
        _ => 0.0,
    };
    let recording = chain.record(taught(seconds, signal)?, seed, &format!("clinic/{projection}"))?;
    let channel = |name: &str| recording.needed("clinic", name).map(|c| &c.data[..]);
    let mean = |data: &[f64], from: f64, to: f64| statistics::mean(&data[ticks(from)..ticks(to).min(data.len())]);
    let (dopamine, d1, d2) = (channel("dopamine")?, channel("D1")?, channel("D2")?);
    let change = |data: &[f64], first: usize| {
        let times = (first..2 * ANSWERS).step_by(2).map(|i| SETTLE + APART * i as f64);
        times.map(|t| mean(data, t, t + 1.5) - mean(data, t - 1.0, t)).sum::<f64>() / ANSWERS as f64
    };
    Ok(Reach {
        dopamine: mean(dopamine, 0.5 * SETTLE, SETTLE),
        d1: mean(d1, 0.5 * SETTLE, SETTLE),
        d2: mean(d2, 0.5 * SETTLE, SETTLE),
        burst: change(d1, 0),
        dip: -change(d2, 1),
    })
}

/// What dopamine does against a healthy person's: 1 where it is the same.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct Tone {
    /// Weight of go: D1 at rest.
    pub go: f64,
    /// Weight of stop: what D2 does not hold down.
    pub stop: f64,
    /// Size of bursts at D1.
    pub burst: f64,
    /// Depth of dips at D2.
    pub dip: f64,
    /// Level of both receptors, for vigour.
    pub level: f64,
}

impl Default for Tone {
    fn default() -> Self {
        Self { go: 1.0, stop: 1.0, burst: 1.0, dip: 1.0, level: 1.0 }
    }
}

/// The most that a tone may be of the healthy: beyond it nothing is known of behaviour.
pub const LIMIT: f64 = 5.0;

impl Tone {
    /// The tone of a reach against the healthy one, each number held within 0 to [`LIMIT`]; and whether any was held.
    #[must_use]
    pub fn of(reach: &Reach, healthy: &Reach) -> (Self, bool) {
        let mut held = false;
        let mut share = |x: f64, of: f64| {
            let share = if of > 0.0 { x / of } else { 1.0 };
            held |= !(0.0..=LIMIT).contains(&share);
            share.clamp(0.0, LIMIT)
        };
        let go = share(reach.d1, healthy.d1);
        let stop = share(1.0 - reach.d2, 1.0 - healthy.d2);
        let (burst, dip) = (share(reach.burst, healthy.burst), share(reach.dip, healthy.dip));
        let level = 0.5 * (go + share(reach.d2, healthy.d2));
        (Self { go, stop, burst, dip, level }, held)
    }
}
