//! Tasks that people do, and what is measured in them.

use super::addiction::chamber::DAY;
use super::addiction::{Animal, Known, Lever, Seeking, day, session};
use super::chooser::{Learnt, Person};
use accumbens_core::seed::ChaCha8Rng;
use accumbens_core::{Error, Result};
use rand::RngExt;
use rand_distr::StandardNormal;
use serde::Serialize;

/// What a measure belongs to: where it is no symptom, a change for the worse is a side effect there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Domain {
    /// Learning from reward.
    Reward,
    /// Learning from loss.
    Loss,
    /// Vigour and motor drive.
    Vigour,
    /// Avoidance of threat.
    Avoidance,
    /// Wanting: effort for reward.
    Wanting,
    /// Salience.
    Salience,
    /// Waiting for what is delayed.
    Delay,
    /// Attention over time.
    Attention,
    /// Seeking a drug.
    Drug,
    /// Appetite for what the body needs.
    Appetite,
}

impl Domain {
    /// Whether it is asked only where it shows a symptom: people are not given a drug to see whether they attend.
    #[must_use]
    pub fn special(self) -> bool {
        matches!(self, Self::Drug | Self::Appetite)
    }
}

/// Something that is measured.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Measure {
    /// Its name.
    pub name: &'static str,
    /// The task.
    pub task: &'static str,
    /// What it is, in words.
    pub what: &'static str,
    /// Whether more is better.
    pub more_is_better: bool,
    /// What it belongs to.
    pub domain: Domain,
}

const fn row(
    name: &'static str,
    task: &'static str,
    more_is_better: bool,
    domain: Domain,
    what: &'static str,
) -> Measure {
    Measure { name, task, what, more_is_better, domain }
}

/// All measures, task by task, in the order in which tasks give them.
pub const MEASURES: &[Measure] = &[
    row("choose_a", "selection", true, Domain::Reward, "choice of what was best rewarded among new pairs"),
    row("avoid_b", "selection", true, Domain::Loss, "avoidance of what was least rewarded among new pairs"),
    row("gains", "gains_losses", true, Domain::Reward, "correct choices for gains"),
    row("losses", "gains_losses", true, Domain::Loss, "correct choices against losses"),
    row("effort", "effort", true, Domain::Wanting, "choice of more reward for more effort"),
    row("latency", "effort", false, Domain::Vigour, "best time to a response, s"),
    row("impatience", "delay", false, Domain::Delay, "choice of the smaller, sooner reward"),
    row("adaptive", "salience", true, Domain::Salience, "salience of what predicts reward over what does not"),
    row("aberrant", "salience", false, Domain::Salience, "salience of what means nothing"),
    row("avoided", "avoidance", true, Domain::Avoidance, "shocks avoided"),
    row("variability", "attention", false, Domain::Attention, "coefficient of variation of response times"),
    row("omissions", "attention", false, Domain::Attention, "responses that come too late or not at all"),
    row(
        "intake",
        "self_administration",
        false,
        Domain::Drug,
        "infusions an hour at the end of eight days of six hours",
    ),
    row("compulsion", "self_administration", false, Domain::Drug, "presses that are kept when each is shocked"),
    row(
        "breakpoint",
        "self_administration",
        false,
        Domain::Drug,
        "logarithm of the last ratio completed for a dose, and 1",
    ),
    row("drug_choice", "self_administration", false, Domain::Drug, "choice of a dose over sweet food"),
    row(
        "craving",
        "self_administration",
        false,
        Domain::Drug,
        "presses of the first ten minutes without doses, a month later",
    ),
    row("pellets", "ratio_or_chow", true, Domain::Appetite, "pellets worked for at five presses each"),
    row("chow", "ratio_or_chow", true, Domain::Appetite, "chow eaten that lies there"),
    row("salt", "salt", true, Domain::Appetite, "approach to the cue of salt at the first meeting"),
];

/// The measure of a name.
///
/// # Errors
/// Where none has it.
pub fn measure(name: &str) -> Result<&'static Measure> {
    let known = || MEASURES.iter().map(|m| m.name).collect::<Vec<_>>().join(", ");
    MEASURES
        .iter()
        .find(|m| m.name == name)
        .ok_or_else(|| Error::input("measure", format!("{name:?} is not measured"), known()))
}

/// The names of the tasks.
#[must_use]
pub fn names() -> Vec<&'static str> {
    let mut all: Vec<_> = MEASURES.iter().map(|m| m.task).collect();
    all.dedup();
    all
}

type Numbers = Vec<f64>;

/// What a person scores in a task, in the order of [`MEASURES`].
///
/// # Errors
/// Where there is no such task.
pub fn run(task: &str, person: &Person, rng: &mut ChaCha8Rng) -> Result<Numbers> {
    Ok(match task {
        "selection" => selection(person, rng),
        "gains_losses" => gains_losses(person, rng),
        "effort" => effort(person),
        "delay" => delay(person),
        "salience" => salience(person, rng),
        "avoidance" => avoidance(person, rng),
        "attention" => attention(person, rng),
        "self_administration" => self_administration(person, rng),
        "ratio_or_chow" => ratio_or_chow(person),
        "salt" => salt(person),
        _ => return Err(Error::input("task", format!("{task:?} is not known"), names().join(", "))),
    })
}

/// Takes one of two by how they draw; returns its place.
fn taken(person: &Person, of: &[Learnt], pair: [usize; 2], rng: &mut ChaCha8Rng) -> usize {
    let first = person.prefers(person.draw(&of[pair[0]]), person.draw(&of[pair[1]]));
    pair[usize::from(rng.random::<f64>() >= first)]
}

/// Probabilistic selection (frank2004): three pairs, right in 80, 70 and 60%; then what was best and least rewarded
/// against everything in between.
fn selection(person: &Person, rng: &mut ChaCha8Rng) -> Numbers {
    const RIGHT: [f64; 6] = [0.8, 0.2, 0.7, 0.3, 0.6, 0.4];
    const TRIALS: usize = 120;
    let mut of = [Learnt::default(); 6];
    for trial in 0..3 * TRIALS {
        let pair = [2 * (trial % 3), 2 * (trial % 3) + 1];
        let chosen = taken(person, &of, pair, rng);
        let right = rng.random::<f64>() < RIGHT[chosen];
        person.learn(&mut of[chosen], if right { 1.0 } else { -1.0 }, rng);
    }
    let against = |at: usize| (2..6).map(move |other| (at, other));
    let mean = |at: usize| {
        against(at).map(|(at, other)| person.prefers(person.draw(&of[at]), person.draw(&of[other]))).sum::<f64>() / 4.0
    };
    vec![mean(0), 1.0 - mean(1)]
}

/// Gains and losses (pessiglione2006): in one pair the better wins 1 in 80% and the worse in 20%, in the other they lose so.
fn gains_losses(person: &Person, rng: &mut ChaCha8Rng) -> Numbers {
    const TRIALS: usize = 30;
    let one = |sign: f64, rng: &mut ChaCha8Rng| {
        let (mut of, mut right) = ([Learnt::default(); 2], 0.0);
        let better = usize::from(sign < 0.0);
        for _ in 0..TRIALS {
            let chosen = taken(person, &of, [0, 1], rng);
            right += f64::from(chosen == better);
            let happens = rng.random::<f64>() < [0.8, 0.2][chosen];
            person.learn(&mut of[chosen], if happens { sign } else { 0.0 }, rng);
        }
        right / TRIALS as f64
    };
    vec![one(1.0, rng), one(-1.0, rng)]
}

/// A reward of 1 for more and more effort against half of it for none; and the best latency of a response (niv2007), where
/// the average reward at stake is weighed by the level of dopamine in the dorsal striatum.
fn effort(person: &Person) -> Numbers {
    const EFFORTS: [f64; 6] = [0.25, 0.5, 0.75, 1.0, 1.5, 2.0];
    const AT_STAKE: f64 = 0.25;
    let c = &person.chooser;
    let drawn = |effort: f64| {
        let more = person.core.go * c.wanting - person.core.stop * c.effort * effort;
        person.prefers(more, person.core.go * c.wanting * 0.5)
    };
    let chosen = EFFORTS.iter().map(|e| drawn(*e)).sum::<f64>() / EFFORTS.len() as f64;
    vec![chosen, (c.haste / (AT_STAKE * person.dorsal.level.max(0.01))).sqrt()]
}

/// A reward now against twice as much later, after 5 to 60 s.
fn delay(person: &Person) -> Numbers {
    const DELAYS: [f64; 6] = [5.0, 10.0, 20.0, 30.0, 45.0, 60.0];
    let c = &person.chooser;
    let sooner = |delay: f64| {
        let later = 2.0 * c.transfer / (1.0 + c.discount * delay);
        person.prefers(person.core.go, person.core.go * later)
    };
    vec![DELAYS.iter().map(|d| sooner(*d)).sum::<f64>() / DELAYS.len() as f64]
}

/// Salience attribution (roiser2009): of two features of each cue one tells of reward (87.5 against 12.5%), the other nothing.
fn salience(person: &Person, rng: &mut ChaCha8Rng) -> Numbers {
    const TRIALS: usize = 128;
    let mut features = [Learnt::default(); 4];
    for _ in 0..TRIALS {
        let (tells, nothing) = (usize::from(rng.random::<bool>()), 2 + usize::from(rng.random::<bool>()));
        let reward = f64::from(rng.random::<f64>() < [0.875, 0.125][tells]);
        // What is predicted by both together is learnt by each.
        let other = features[nothing].value;
        person.learn(&mut features[tells], reward - other, rng);
        let other = features[tells].value;
        person.learn(&mut features[nothing], reward - other, rng);
    }
    // As ratings: how surely one of two is taken for the better, 0 for not at all.
    let apart = |a: usize, b: usize| 2.0 * person.prefers(person.draw(&features[a]), person.draw(&features[b])) - 1.0;
    let elsewhere = person.chooser.elsewhere;
    vec![apart(0, 1), (apart(2, 3).abs() + elsewhere).min(1.0)]
}

/// Signalled avoidance: a cue is followed by a shock unless something is done. The tail learns the threat, the core the relief.
fn avoidance(person: &Person, rng: &mut ChaCha8Rng) -> Numbers {
    const TRIALS: usize = 40;
    let c = &person.chooser;
    let (mut threat, mut act, mut avoided) = (0.0, Learnt::default(), 0.0);
    for trial in 0..TRIALS {
        // Doing costs an effort; what is gained is the threat that does not come.
        let drawn = person.core.go * c.wanting * act.go * threat - person.core.stop * act.stop * c.effort;
        let acts = rng.random::<f64>() < person.prefers(drawn, 0.0);
        if acts {
            person.learn(&mut act, threat, rng);
            threat *= 1.0 - 0.1 * c.threat;
        } else {
            threat += (c.threat * person.tail.burst).min(1.0) * (1.0 - threat);
        }
        avoided += if trial >= TRIALS / 2 { f64::from(acts) } else { 0.0 };
    }
    vec![avoided / (TRIALS - TRIALS / 2) as f64]
}

/// Continuous performance: times of 0.5 s whose spread falls with neural gain and with the level of dopamine, by its square
/// root; what comes after 1 s is an omission.
fn attention(person: &Person, rng: &mut ChaCha8Rng) -> Numbers {
    const TRIALS: usize = 200;
    let c = &person.chooser;
    let level = 0.5 * (person.core.level + person.dorsal.level);
    let spread = c.jitter / (c.gain * level.max(0.01).sqrt());
    let lapsed = |rng: &mut ChaCha8Rng| rng.random::<f64>() < c.lapse;
    let times: Vec<f64> = (0..TRIALS)
        .map(|_| {
            let time = 0.5 * (spread * rng.sample::<f64, _>(StandardNormal)).exp();
            if lapsed(rng) { f64::INFINITY } else { time }
        })
        .collect();
    let made: Vec<f64> = times.iter().copied().filter(|t| *t <= 1.0).collect();
    let n = made.len().max(1) as f64;
    let mean = made.iter().sum::<f64>() / n;
    let sd = (made.iter().map(|t| (t - mean) * (t - mean)).sum::<f64>() / n).sqrt();
    vec![if mean > 0.0 { sd / mean } else { 0.0 }, 1.0 - made.len() as f64 / TRIALS as f64]
}

/// A drug for six hours a day over eight days (ahmed1998), days without doses where exposure is the treatment, then: its last
/// rate, punishment, progressive ratio, choice against food worth one and a half doses, and seeking a month later.
fn self_administration(person: &Person, rng: &mut ChaCha8Rng) -> Numbers {
    const DAYS: usize = 8;
    const FEARED: f64 = 1.2;
    const FOOD: f64 = 1.5;
    const MONTH: usize = 30;
    let mut subject = person.seeking();
    let free = Lever { dose: 0.0, ..Lever::default() };
    let taken = (0..DAYS).map(|_| day(&mut subject, 6, Lever::default(), rng)).last().unwrap_or_default();
    for _ in 0..subject.of.exposure as usize {
        day(&mut subject, 1, free, rng);
    }
    let kept = {
        let (mut calm, mut afraid) = (subject.clone(), subject.clone());
        let before = day(&mut calm, 1, Lever::default(), rng).presses;
        let shocked = day(&mut afraid, 1, Lever { shock: FEARED, ..Lever::default() }, rng).presses;
        f64::from(shocked) / f64::from(before.max(1))
    };
    let sober = Seeking { body: 0.0, ..subject.clone() };
    let worked = (0..5).map(|_| sober.breakpoint(rng)).sum::<f64>() / 5.0;
    let choice = {
        let mut chooses = sober.clone();
        for _ in 0..50 {
            chooses.learn(Known::Food, 0.0, FOOD, chooses.of.effort);
        }
        let food = chooses.drawn(Known::Food) + chooses.of.voucher;
        chooses.softmax([chooses.drawn(Known::Drug), food])[0]
    };
    let craving = {
        let mut later = subject;
        later.rest(MONTH * DAY);
        f64::from(session(&mut later, 1, free, rng).early)
    };
    vec![f64::from(taken.all) / 6.0, kept, (worked + 1.0).ln(), choice, craving]
}

/// Pellets worth four at five presses each, or chow worth one that lies there (nunes2013): what is begun by how much food is
/// wanted, and of that what is worked for.
fn ratio_or_chow(person: &Person) -> Numbers {
    let c = &person.chooser;
    let wanted = person.core.go * c.wanting;
    let begun = |worth: f64| 1.0 / (1.0 + (-c.beta * c.gain * (wanted * worth - 0.5)).exp());
    // Four bites' worth for the effort of five presses, a unit of effort each.
    let works = person.prefers(4.0 * wanted - 5.0 * person.core.stop * c.effort, wanted);
    vec![works * begun(1.0), (1.0 - works) * begun(1.0)]
}

/// The cue of salt that was disliked, met again (robinson2013): wanting is what was learnt and the logarithm of need
/// (zhang2009); approached where it is above 0.
fn salt(person: &Person) -> Numbers {
    const LEARNT: f64 = -1.0;
    let c = &person.chooser;
    let wanting = person.core.go * (LEARNT + c.salt.ln());
    vec![person.prefers(wanting, 0.0)]
}
