//! Studies of people of an account, treated and not: what they score, and the parameters that fit their choices.

use super::learning::{bandit, plain};
use super::{Measured, measured};
use crate::clinic::catalogue::{self, Disorder, Inside};
use crate::clinic::chooser::Learnt;
use crate::clinic::reach::{Acts, reach};
use crate::clinic::treat::{Condition, PROJECTIONS, Plan, SPREAD, condition};
use accumbens_core::{Patch, Result, Seed};
use rand::RngExt;
use rayon::prelude::*;

/// Receptors where a study asks of disorders, not of receptors.
const USUAL: &str = "ejdrup";
/// The account of those without any.
const HEALTHY: &str = "healthy";

fn plan(tasks: &[&str], people: u32, receptors: &str, seed: Seed) -> Plan {
    let disorder = Disorder { name: String::new(), what: String::new(), symptoms: Vec::new() };
    let tasks = tasks.iter().map(|t| (*t).to_owned()).collect();
    let (accounts, treatments) = (Vec::new(), Vec::new());
    Plan { disorder, accounts, treatments, tasks, people, receptors: receptors.into(), seed }
}

/// People of an account under a treatment (`NAME:DOSE`, or none).
fn treated(plan: &Plan, account: &str, treatment: Option<&str>, healthy: &Condition) -> Result<Condition> {
    let sound = Inside::default();
    let (inside, patches) = if account == HEALTHY {
        (sound, Vec::new())
    } else {
        let (_, accounts) = catalogue::phenotype(account)?;
        catalogue::made(&accounts[0].patches, &sound)?
    };
    let (inside, mut acts) = match treatment {
        None => (inside, Acts::default()),
        Some(text) => {
            let (treatment, doses) = catalogue::treatment(text)?;
            treatment.acts(doses[0], &inside)?
        }
    };
    acts.patches.splice(0..0, patches);
    condition(plan, &inside, acts, Some(healthy), Some(healthy))
}

fn healthy(plan: &Plan) -> Result<Condition> {
    condition(plan, &Inside::default(), Acts::default(), None, None)
}

/// Scores of conditions side by side, person by person.
fn beside(conditions: &[(&[&str], &Condition)]) -> Vec<Measured> {
    let people = conditions.first().map_or(0, |c| c.1.scores.len());
    let one = |i: usize| {
        let all: Vec<(&str, f64)> =
            (conditions.iter()).flat_map(|(names, c)| names.iter().copied().zip(c.scores[i].iter().copied())).collect();
        measured(&all)
    };
    (0..people).map(one).collect()
}

/// Probabilistic selection off and on L-DOPA, under an account of Parkinson's.
pub fn medication(account: &str, subjects: u32, seed: Seed) -> Result<Vec<Measured>> {
    let plan = plan(&["selection"], subjects, USUAL, seed);
    let well = healthy(&plan)?;
    let (off, on) = (treated(&plan, account, None, &well)?, treated(&plan, account, Some("L-DOPA:10"), &well)?);
    Ok(beside(&[(&["choose_off", "avoid_off"], &off), (&["choose_on", "avoid_on"], &on)]))
}

/// Gains and losses of healthy people under L-DOPA and under haloperidol, by how receptors bind.
pub fn gains(account: &str, subjects: u32, seed: Seed) -> Result<Vec<Measured>> {
    let plan = plan(&["gains_losses"], subjects, account, seed);
    let well = healthy(&plan)?;
    let raised = treated(&plan, HEALTHY, Some("L-DOPA:2"), &well)?;
    let blocked = treated(&plan, HEALTHY, Some("haloperidol:1"), &well)?;
    Ok(beside(&[(&["gains_raised", "losses_raised"], &raised), (&["gains_blocked", "losses_blocked"], &blocked)]))
}

/// Attention, impatience and the parameters of choice of an account of ADHD, against healthy people.
pub fn inattention(account: &str, subjects: u32, seed: Seed) -> Result<Vec<Measured>> {
    let plan = plan(&["delay", "attention"], subjects, USUAL, seed);
    let well = healthy(&plan)?;
    let ill = treated(&plan, account, None, &well)?;
    let mut all = beside(&[
        (&["impatience_healthy", "variability_healthy", "omissions_healthy"], &well),
        (&["impatience", "variability", "omissions"], &ill),
    ]);
    let (with, without) = (parameters(&ill, subjects, seed)?, parameters(&well, subjects, seed)?);
    for ((row, with), without) in all.iter_mut().zip(with).zip(without) {
        row.extend(measured(&[("rate", (with.0 / without.0).ln()), ("sensitivity", (with.1 / without.1).ln())]));
    }
    Ok(all)
}

/// The rate and sensitivity that fit the choices of each person in a bandit whose better option turns every 50 trials.
fn parameters(of: &Condition, people: u32, seed: Seed) -> Result<Vec<(f64, f64)>> {
    let one = |i: u32| {
        let person = of.person.clone().varied(SPREAD, &mut seed.stream(&format!("clinic/person/{i}")));
        let mut rng = seed.stream(&format!("clinic/bandit/{i}"));
        let (mut choices, mut learnt) = (bandit(300), [Learnt::default(); 2]);
        for (at, trial) in choices.subjects[0].trials.iter_mut().enumerate() {
            let first = person.prefers(person.draw(&learnt[0]), person.draw(&learnt[1]));
            let taken = usize::from(rng.random::<f64>() >= first);
            let better = at / 50 % 2;
            let won = rng.random::<f64>() < if taken == better { 0.8 } else { 0.2 };
            (trial.taken, trial.outcome) = (Some(taken as u32), f64::from(u8::from(won)));
            person.learn(&mut learnt[taken], if won { 1.0 } else { -1.0 }, &mut rng);
        }
        plain(&choices, seed)
    };
    (0..people).into_par_iter().map(one).collect()
}

/// Salience under an account of schizophrenia, against healthy people.
pub fn salience(account: &str, subjects: u32, seed: Seed) -> Result<Vec<Measured>> {
    let plan = plan(&["salience"], subjects, USUAL, seed);
    let well = healthy(&plan)?;
    let ill = treated(&plan, account, None, &well)?;
    Ok(beside(&[(&["adaptive_healthy", "aberrant_healthy"], &well), (&["adaptive", "aberrant"], &ill)]))
}

/// A tenth of the transporter everywhere, as in knock-down mice, by how receptors bind: effort, the rate and sensitivity of
/// choice, dopamine.
pub fn knock_down(account: &str, subjects: u32, seed: Seed) -> Result<Vec<Measured>> {
    let plan = plan(&["effort"], subjects, account, seed);
    let well = healthy(&plan)?;
    let acts = Acts { patches: vec![Patch::parse("space.transporters=0.1")?], drugs: Vec::new() };
    let down = condition(&plan, &Inside::default(), acts, Some(&well), Some(&well))?;
    let mut all = beside(&[(&["effort_healthy", "latency_healthy"], &well), (&["effort", "latency"], &down)]);
    let (with, without) = (parameters(&down, subjects, seed)?, parameters(&well, subjects, seed)?);
    for ((row, with), without) in all.iter_mut().zip(with).zip(without) {
        row.extend(measured(&[
            ("rate", (with.0 / without.0).ln()),
            ("sensitivity", (with.1 / without.1).ln()),
            ("dopamine", down.reach[0].dopamine / well.reach[0].dopamine),
        ]));
    }
    Ok(all)
}

/// A blocker of D2 at a dose of 2 mg in healthy people, at once and after weeks, by how receptors bind: avoidance, vigour,
/// dopamine and D2 against none.
pub fn blockade(account: &str, subjects: u32, seed: Seed) -> Result<Vec<Measured>> {
    let (receptors, drug) = account.split_once('+').unwrap_or((account, "haloperidol"));
    let plan = plan(&["effort", "avoidance"], subjects, receptors, seed);
    let well = healthy(&plan)?;
    let blocked = treated(&plan, HEALTHY, Some(&format!("{drug}:2")), &well)?;
    let mut all = beside(&[
        (&["effort_healthy", "latency_healthy", "avoided_healthy"], &well),
        (&["effort", "latency", "avoided"], &blocked),
    ]);
    let least = |pick: fn(&crate::clinic::Reach) -> f64, most: bool| {
        let shares = blocked.reach.iter().zip(&well.reach).map(|(b, w)| pick(b) / pick(w));
        if most { shares.fold(0.0, f64::max) } else { shares.fold(f64::INFINITY, f64::min) }
    };
    let (dopamine, d2) = (least(|r| r.dopamine, false), least(|r| r.d2, true));
    all.iter_mut().for_each(|row| row.extend(measured(&[("dopamine", dopamine), ("d2", d2)])));
    Ok(all)
}

/// Less release in the projection to the core alone, by how receptors bind: threat learning, vigour and dopamine elsewhere.
pub fn circuit(account: &str, subjects: u32, seed: Seed) -> Result<Vec<Measured>> {
    let plan = plan(&["effort"], subjects, account, seed);
    let well = healthy(&plan)?;
    let less = treated(&plan, HEALTHY, Some("core-release:0.5"), &well)?;
    let mut all = beside(&[(&["effort_healthy", "latency_healthy"], &well), (&["effort", "latency"], &less)]);
    let share = |i: usize| less.reach[i].dopamine / well.reach[i].dopamine;
    let tail = less.tone[2].burst;
    all.iter_mut().for_each(|row| {
        row.extend(measured(&[("core", share(0)), ("dorsal", share(1)), ("tail", share(2)), ("threat", tail)]));
    });
    Ok(all)
}

/// What a scan sees of D2 that dopamine does not hold, under raised release against healthy, by how receptors bind.
pub fn scan(account: &str, subjects: u32, seed: Seed) -> Result<Vec<Measured>> {
    let one = |patches: &[&str]| -> Result<f64> {
        let patches = patches.iter().map(|p| Patch::parse(p)).collect::<Result<_>>()?;
        Ok(1.0 - reach(PROJECTIONS[1], account, &Acts { patches, drugs: Vec::new() }, None, seed)?.d2)
    };
    let free = one(&["terminal.quantum*=1.4"])? / one(&[])?;
    Ok(vec![measured(&[("available", free)]); subjects as usize])
}

/// Dopamine at rest in the dorsal striatum after the loss of a part of its terminals and cells.
pub fn loss(account: &str, subjects: u32, seed: Seed) -> Result<Vec<Measured>> {
    let level = |left: f64| -> Result<f64> {
        let mut patches = vec![Patch::parse(&format!("firing.alive={left}"))?];
        if account == "uptake_lost_too" {
            patches.push(Patch::parse(&format!("space.transporters={left}"))?);
        }
        Ok(reach(PROJECTIONS[1], USUAL, &Acts { patches, drugs: Vec::new() }, None, seed)?.dopamine)
    };
    let whole = level(1.0)?;
    let all = [("half", level(0.5)? / whole), ("fifth", level(0.2)? / whole), ("twentieth", level(0.05)? / whole)];
    Ok(vec![measured(&all); subjects as usize])
}

/// Dopamine at rest without the transporter, with a tenth of it and with half more, of what it is; without adaptation.
pub fn transporter(_: &str, subjects: u32, seed: Seed) -> Result<Vec<Measured>> {
    let level = |patches: &[&str]| -> Result<f64> {
        let patches = patches.iter().map(|p| Patch::parse(p)).collect::<Result<_>>()?;
        Ok(reach(PROJECTIONS[1], USUAL, &Acts { patches, drugs: Vec::new() }, None, seed)?.dopamine)
    };
    let whole = level(&[])?;
    let share = |patches: &[&str]| -> Result<f64> { Ok(level(patches)? / whole) };
    let all = [
        ("without", share(&["space.transporters=0", "space.loss=0.04"])?),
        ("tenth", share(&["space.transporters=0.1"])?),
        ("more", share(&["space.transporters=1.5"])?),
    ];
    Ok(vec![measured(&all); subjects as usize])
}

/// Shares of transporters and of D2 held at doses of the clinic, and where effects become likely.
pub fn occupancy(_: &str, subjects: u32, _: Seed) -> Result<Vec<Measured>> {
    use accumbens_core::drugs;
    let held = |drug: &str, dose: f64| -> Result<f64> {
        let act = drugs::by_name(drug)?.acts[0].clone();
        Ok(100.0 * dose / (dose + act.half))
    };
    let mut all = Vec::new();
    for (name, dose) in [("mph5", 5.0), ("mph10", 10.0), ("mph20", 20.0), ("mph40", 40.0), ("mph60", 60.0)] {
        all.push((name, held("methylphenidate", dose)?));
    }
    all.extend([("hal1", held("haloperidol", 1.0)?), ("hal2_5", held("haloperidol", 2.5)?)]);
    for (name, threshold) in ["response", "prolactin", "motor"].into_iter().zip(drugs::thresholds()?) {
        let crossing = (0..1000).map(|i| f64::from(i) / 10.0).find(|o| threshold.probability(o / 100.0) >= 0.5);
        all.push((name, crossing.unwrap_or(f64::NAN)));
    }
    Ok(vec![measured(&all); subjects as usize])
}
