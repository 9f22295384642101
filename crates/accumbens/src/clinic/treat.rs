//! Treats simulated people, account by account: what gets better, what gets worse elsewhere, what holds under every account.

use super::catalogue::{self, Account, Disorder, Evidence, Inside, Kind, Treatment};
use super::chooser::Person;
use super::reach::{Acts, Reach, Tone, reach};
use super::tasks::{self, MEASURES, Measure};
use crate::fit::statistics::{half_width, mean, variance};
use accumbens_core::{Error, Result, Seed};
use rayon::prelude::*;
use serde::Serialize;

/// The projections in which dopamine acts on people: core, dorsal striatum, tail.
pub const PROJECTIONS: [&str; 3] = ["vta-core", "snc-dorsal", "snl-tail"];

/// How far people differ: the spread of the logarithm of each of their rates, temperatures and costs.
pub const SPREAD: f64 = 0.2;

/// The least that counts as a symptom, or as relief of one, in standard deviations of the healthy.
pub const RELIEF: f64 = 0.2;

/// What is asked.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The disorder.
    pub disorder: Disorder,
    /// Its accounts.
    pub accounts: Vec<Account>,
    /// Treatments, and the doses of each.
    pub treatments: Vec<(Treatment, Vec<f64>)>,
    /// The tasks that people do.
    pub tasks: Vec<String>,
    /// Simulated people.
    pub people: u32,
    /// How D1 and D2 bind: a scheme of `catalogue/transmission.toml`.
    pub receptors: String,
    /// The seed.
    pub seed: Seed,
}

impl Plan {
    /// A phenotype (a disorder with all its accounts, or one account) under treatments (`NAME` or `NAME:DOSE`; all of the
    /// catalogue where none are named), in the tasks that are named; where none are, in all but those of drugs and of need in
    /// which the disorder has no symptom.
    ///
    /// # Errors
    /// Where a name is unknown, or there are fewer than two people.
    pub fn new(phenotype: &str, treatments: &[String], tasks: &[String], people: u32, seed: Seed) -> Result<Self> {
        if people < 2 {
            return Err(Error::input("people", people.to_string(), "2 or more, for a confidence interval"));
        }
        let (disorder, accounts) = catalogue::phenotype(phenotype)?;
        let treatments = if treatments.is_empty() {
            catalogue::treatments()?.into_iter().map(|t| (t.clone(), t.doses)).collect()
        } else {
            treatments.iter().map(|t| catalogue::treatment(t)).collect::<Result<_>>()?
        };
        let known = tasks::names();
        if let Some(task) = tasks.iter().find(|t| !known.contains(&t.as_str())) {
            return Err(Error::input("task", format!("{task:?} is not known"), known.join(", ")));
        }
        // Where none are named: not those of drugs and of need, unless they show a symptom.
        let usual = |task: &str| {
            let mut of = MEASURES.iter().filter(|m| m.task == task);
            of.any(|m| !m.domain.special() || disorder.symptoms.iter().any(|s| s == m.name))
        };
        let named = |task: &str| tasks.iter().any(|t| t == task);
        let tasks = known.into_iter().filter(|t| if tasks.is_empty() { usual(t) } else { named(t) }).map(Into::into);
        let tasks = tasks.collect();
        Ok(Self { disorder, accounts, treatments, tasks, people, receptors: "ejdrup".into(), seed })
    }

    /// The measures of its tasks.
    #[must_use]
    pub fn measures(&self) -> Vec<&'static Measure> {
        MEASURES.iter().filter(|m| self.tasks.iter().any(|t| t == m.task)).collect()
    }

    /// Conditions that will be simulated: for a progress bar.
    #[must_use]
    pub fn steps(&self) -> u64 {
        let doses: usize = self.treatments.iter().map(|(_, d)| d.len()).sum();
        (1 + self.accounts.len() * (1 + doses)) as u64
    }
}

/// A mean over people with its 95 % interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Estimate {
    /// The mean.
    pub mean: f64,
    /// The lower end of its interval.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

impl Estimate {
    fn of(numbers: &[f64], scale: f64) -> Self {
        let mean = mean(numbers);
        let half = half_width((variance(numbers) / numbers.len() as f64).sqrt(), numbers.len());
        Self { mean: mean / scale, low: (mean - half) / scale, high: (mean + half) / scale }
    }

    /// Whether the interval lies above nothing (1), below (−1) or on both sides (0).
    #[must_use]
    pub fn sign(&self) -> i8 {
        i8::from(self.low > 0.0) - i8::from(self.high < 0.0)
    }
}

/// An effect on one measure, in standard deviations of healthy people; above 0 is better.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Effect {
    /// The measure.
    pub measure: &'static str,
    /// Whether it is a symptom of the disorder.
    pub symptom: bool,
    /// The effect.
    pub effect: Estimate,
}

/// One treatment at one dose under one account.
#[derive(Clone, Debug, Serialize)]
pub struct Arm {
    /// The treatment.
    pub treatment: String,
    /// Where it acts.
    pub kind: Kind,
    /// The dose.
    pub dose: f64,
    /// Its unit.
    pub unit: String,
    /// What reaches receptors, projection by projection.
    pub reach: Vec<Reach>,
    /// The same against the healthy.
    pub tone: Vec<Tone>,
    /// Whether a tone was held at a limit of what the model knows.
    pub held: bool,
    /// Against no treatment, measure by measure.
    pub effects: Vec<Effect>,
}

impl Arm {
    /// The mean effect on the symptoms that the account shows.
    #[must_use]
    pub fn relief(&self, account: &Untreated) -> f64 {
        let shown: Vec<f64> = (self.effects.iter().zip(&account.against_healthy))
            .filter(|(_, gap)| gap.symptom && gap.effect.sign() < 0 && gap.effect.mean <= -RELIEF)
            .map(|(e, _)| e.effect.mean)
            .collect();
        if shown.is_empty() { 0.0 } else { shown.iter().sum::<f64>() / shown.len() as f64 }
    }

    /// What it makes worse elsewhere, summed over measures that are no symptoms and whose interval says so.
    #[must_use]
    pub fn cost(&self) -> f64 {
        let worse = self.effects.iter().filter(|e| !e.symptom && e.effect.sign() < 0);
        -worse.map(|e| e.effect.mean).sum::<f64>()
    }
}

/// An account before treatment.
#[derive(Clone, Debug, Serialize)]
pub struct Untreated {
    /// The account.
    pub account: String,
    /// What it says.
    pub says: String,
    /// How well it is borne out.
    pub evidence: Evidence,
    /// What reaches receptors, projection by projection.
    pub reach: Vec<Reach>,
    /// Against healthy people, measure by measure; below 0 is worse.
    pub against_healthy: Vec<Effect>,
    /// Every treatment and dose.
    pub arms: Vec<Arm>,
}

/// A symptom under a treatment at a dose, over accounts.
#[derive(Clone, Debug, Serialize)]
pub struct Conclusion {
    /// The treatment.
    pub treatment: String,
    /// The dose.
    pub dose: f64,
    /// The measure.
    pub measure: String,
    /// Accounts under which it gets better.
    pub better: Vec<String>,
    /// Accounts under which it gets worse.
    pub worse: Vec<String>,
    /// Accounts under which the interval holds nothing.
    pub neither: Vec<String>,
}

/// What came of a plan.
#[derive(Clone, Debug, Serialize)]
pub struct Treated {
    /// The disorder.
    pub disorder: Disorder,
    /// People in each condition.
    pub people: u32,
    /// What reaches receptors in the healthy, projection by projection.
    pub healthy: Vec<Reach>,
    /// The measures.
    pub measures: Vec<&'static Measure>,
    /// Account by account.
    pub accounts: Vec<Untreated>,
    /// What holds under which accounts.
    pub conclusions: Vec<Conclusion>,
}

/// One condition: what is done, what reaches receptors, and what every person scores.
pub(super) struct Condition {
    acts: Acts,
    pub(super) reach: Vec<Reach>,
    pub(super) tone: Vec<Tone>,
    held: bool,
    /// A person in it, before people differ.
    pub(super) person: Person,
    /// Person by person, measure by measure.
    pub(super) scores: Vec<Vec<f64>>,
}

/// `before` is a condition whose reach stands wherever nothing else is done, `healthy` the one that tones are held against:
/// this one itself where absent.
pub(super) fn condition(
    plan: &Plan,
    inside: &Inside,
    acts: Acts,
    before: Option<&Condition>,
    healthy: Option<&Condition>,
) -> Result<Condition> {
    let one = |(i, projection): (usize, &&str)| {
        let same = before.filter(|b| b.acts.within(projection) == acts.within(projection));
        let rest = healthy.map(|h| h.reach[i].dopamine);
        same.map_or_else(|| reach(projection, &plan.receptors, &acts, rest, plan.seed), |b| Ok(b.reach[i]))
    };
    let reached = PROJECTIONS.par_iter().enumerate().map(one).collect::<Result<Vec<_>>>()?;
    let of = healthy.map_or(&reached, |h| &h.reach);
    let tones: Vec<(Tone, bool)> = reached.iter().zip(of).map(|(r, h)| Tone::of(r, h)).collect();
    let [core, dorsal, tail] = [0, 1, 2].map(|i| tones[i].0);
    let person = Person { chooser: inside.chooser.clone(), seeker: inside.seeker.clone(), core, dorsal, tail };
    let score = |i: u32| -> Result<Vec<f64>> {
        let person = person.clone().varied(SPREAD, &mut plan.seed.stream(&format!("clinic/person/{i}")));
        let mut all = Vec::new();
        for task in &plan.tasks {
            all.extend(tasks::run(task, &person, &mut plan.seed.stream(&format!("clinic/{task}/{i}")))?);
        }
        Ok(all)
    };
    let scores = (0..plan.people).into_par_iter().map(score).collect::<Result<_>>()?;
    let held = tones.iter().any(|t| t.1);
    Ok(Condition { acts, reach: reached, tone: tones.into_iter().map(|t| t.0).collect(), held, person, scores })
}

/// Effects of one condition against another, person by person, in standard deviations of the healthy.
fn effects(plan: &Plan, now: &Condition, before: &Condition, healthy: &Condition) -> Vec<Effect> {
    let one = |(k, m): (usize, &&'static Measure)| {
        let column = |c: &Condition| c.scores.iter().map(|s| s[k]).collect::<Vec<_>>();
        let (now, before, healthy) = (column(now), column(before), column(healthy));
        let sign = if m.more_is_better { 1.0 } else { -1.0 };
        let apart: Vec<f64> = now.iter().zip(&before).map(|(a, b)| sign * (a - b)).collect();
        let scale = variance(&healthy).sqrt().max(1e-9);
        let symptom = plan.disorder.symptoms.iter().any(|s| s == m.name);
        Effect { measure: m.name, symptom, effect: Estimate::of(&apart, scale) }
    };
    plan.measures().iter().enumerate().map(one).collect()
}

/// Lets people of every account do the tasks untreated and under every treatment and dose. The same person has the same
/// chances in every condition, so that differences are the condition's. `tick` is called after each condition; where it
/// returns false the work stops.
///
/// # Errors
/// Where patches lead a parameter out of its domain, or the work was stopped.
pub fn treat(plan: &Plan, tick: &(dyn Fn() -> bool + Sync)) -> Result<Treated> {
    let done = || if tick() { Ok(()) } else { Err(Error::Interrupted) };
    let sound = Inside::default();
    let healthy = condition(plan, &sound, Acts::default(), None, None)?;
    done()?;
    let one = |account: &Account| -> Result<Untreated> {
        let within = |e: Error| e.within(&account.name);
        let (inside, patches) = catalogue::made(&account.patches, &sound).map_err(within)?;
        let acts = Acts { patches: patches.clone(), drugs: Vec::new() };
        let untreated = condition(plan, &inside, acts, Some(&healthy), Some(&healthy)).map_err(within)?;
        done()?;
        let all: Vec<(&Treatment, f64)> =
            plan.treatments.iter().flat_map(|(t, doses)| doses.iter().map(move |d| (t, *d))).collect();
        let arm = |(treatment, dose): &(&Treatment, f64)| -> Result<Arm> {
            let (inside, mut acts) = treatment.acts(*dose, &inside)?;
            acts.patches.splice(0..0, patches.iter().cloned());
            let treated = condition(plan, &inside, acts, Some(&untreated), Some(&healthy));
            let treated = treated.map_err(|e| e.within(&format!("{}:{dose} of {}", treatment.name, account.name)))?;
            done()?;
            Ok(Arm {
                treatment: treatment.name.clone(),
                kind: treatment.kind,
                dose: *dose,
                unit: treatment.unit.clone(),
                held: treated.held,
                effects: effects(plan, &treated, &untreated, &healthy),
                reach: treated.reach,
                tone: treated.tone,
            })
        };
        let arms = all.par_iter().map(arm).collect::<Result<_>>()?;
        Ok(Untreated {
            account: account.name.clone(),
            says: account.says.clone(),
            evidence: account.evidence,
            against_healthy: effects(plan, &untreated, &healthy, &healthy),
            reach: untreated.reach,
            arms,
        })
    };
    let accounts = plan.accounts.iter().map(one).collect::<Result<Vec<_>>>()?;
    let conclusions = conclusions(&accounts);
    Ok(Treated {
        disorder: plan.disorder.clone(),
        people: plan.people,
        healthy: healthy.reach,
        measures: plan.measures(),
        accounts,
        conclusions,
    })
}

/// What holds of each symptom under each treatment and dose, over accounts.
fn conclusions(accounts: &[Untreated]) -> Vec<Conclusion> {
    let Some(first) = accounts.first() else { return Vec::new() };
    let mut all = Vec::new();
    for (i, arm) in first.arms.iter().enumerate() {
        for (k, effect) in arm.effects.iter().enumerate().filter(|(_, e)| e.symptom) {
            let with = |sign: i8| {
                let holds = |a: &&Untreated| a.arms[i].effects[k].effect.sign() == sign;
                accounts.iter().filter(holds).map(|a| a.account.clone()).collect::<Vec<_>>()
            };
            all.push(Conclusion {
                treatment: arm.treatment.clone(),
                dose: arm.dose,
                measure: effect.measure.into(),
                better: with(1),
                worse: with(-1),
                neither: with(0),
            });
        }
    }
    all
}
