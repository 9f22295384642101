//! The clinic's studies: what accounts are asked, and the measures that come of it, one set a simulated subject.

pub mod addiction;
pub mod learning;
pub mod people;

use super::addiction::ACCOUNTS;
use accumbens_core::{Error, Result, Seed};
use std::collections::BTreeMap;

/// The measures of one subject.
pub type Measured = BTreeMap<String, Vec<f64>>;

/// A study.
pub struct Study {
    /// Its name.
    pub name: &'static str,
    /// What is done, in words.
    pub what: &'static str,
    /// The accounts that can be asked.
    pub accounts: &'static [&'static str],
    /// What is measured.
    pub measures: &'static [&'static str],
    /// Does it: account, subjects, seed.
    pub run: fn(&str, u32, Seed) -> Result<Vec<Measured>>,
}

fn measured(all: &[(&str, f64)]) -> Measured {
    all.iter().map(|(name, value)| ((*name).to_owned(), vec![*value])).collect()
}

type Run = fn(&str, u32, Seed) -> Result<Vec<Measured>>;

const fn study(
    name: &'static str,
    what: &'static str,
    accounts: &'static [&'static str],
    measures: &'static [&'static str],
    run: Run,
) -> Study {
    Study { name, what, accounts, measures, run }
}

/// Accounts whose animals have levers and cues without planning.
const SEEKERS: &[&str] = &["prediction_error", "surplus", "threshold", "wanting", "set_point"];
/// Those of them for whom a dose is worth the same whatever the body needs.
const LEARNERS: &[&str] = &["prediction_error", "surplus", "threshold", "wanting"];
const RECEPTORS: &[&str] = &["ejdrup", "hunger", "dreyer"];
const BLOCKED: &[&str] = &[
    "ejdrup+haloperidol",
    "hunger+haloperidol",
    "dreyer+haloperidol",
    "ejdrup+haloperidol-weeks",
    "hunger+haloperidol-weeks",
    "dreyer+haloperidol-weeks",
];
const PARKINSON: &[&str] = &["parkinson-loss", "parkinson-uncompensated"];
const ADHD: &[&str] = &["adhd-delay", "adhd-transfer", "adhd-tonic", "adhd-gain"];
const SCHIZOPHRENIA: &[&str] = &["schizophrenia-presynaptic", "schizophrenia-transients", "schizophrenia-elsewhere"];

/// Every study.
pub const ALL: &[Study] = &[
    study(
        "escalation",
        "one hour of access to a drug a day against six, for twelve days",
        ACCOUNTS,
        &[
            "short_first",
            "short_last",
            "long_first",
            "long_middle",
            "long_last",
            "short_loading",
            "long_loading",
            "short_set_point",
            "long_set_point",
        ],
        addiction::escalation,
    ),
    study(
        "doses",
        "infusions an hour at half and twice the dose, after short and long access",
        ACCOUNTS,
        &["short_half", "short_twice", "long_half", "long_twice"],
        addiction::doses,
    ),
    study(
        "punishment",
        "the share of presses kept when each is shocked, after short and long exposure",
        ACCOUNTS,
        &["short", "long"],
        addiction::punishment,
    ),
    study(
        "blocking",
        "what a cue is worth that comes beside one which already predicts a drug or food, of what it is without",
        LEARNERS,
        &["drug", "food"],
        addiction::blocking,
    ),
    study(
        "value",
        "what a lever is worth after 10 to 200 doses or pellets",
        LEARNERS,
        &["drug10", "drug50", "drug100", "drug200", "food10", "food50", "food100", "food200"],
        addiction::value,
    ),
    study(
        "waiting",
        "one now over two later, by those who took no drug and by those who took a thousand doses",
        LEARNERS,
        &["naive", "exposed"],
        addiction::waiting,
    ),
    study(
        "natural",
        "what food is worth to those who took no drug and to those who took a thousand doses",
        LEARNERS,
        &["naive", "exposed"],
        addiction::natural,
    ),
    study(
        "ratios",
        "the last ratio completed for a dose, and what the dose is then worth by itself",
        SEEKERS,
        &["short", "long", "short_liking", "long_liking"],
        addiction::ratios,
    ),
    study(
        "relapse",
        "presses after five days without doses: as it is, after a dose for nothing, with the cue, under stress",
        ACCOUNTS,
        &["before", "extinguished", "primed", "cued", "stressed"],
        addiction::relapse,
    ),
    study(
        "choice",
        "the share of choices of a dose over sweet food, after little and much exposure",
        SEEKERS,
        &["short", "long"],
        addiction::choice,
    ),
    study(
        "devaluation",
        "presses of a sated animal of those of a sober one",
        ACCOUNTS,
        &["kept"],
        addiction::devaluation,
    ),
    study(
        "rich_lean",
        "how often the better of two is taken in a rich and in a lean world",
        &["opal", "opal_star", "opal_high", "opal_low"],
        &["rich", "lean"],
        learning::rich_lean,
    ),
    study(
        "volatile",
        "a world that turns every 20 trials against one that never does",
        &["q", "q_dual", "associability", "kalman", "opal"],
        &["stable", "volatile", "ratio"],
        learning::volatile,
    ),
    study(
        "two_step",
        "repeating a first choice by reward and by whether its way was common",
        &["model_free", "model_based", "hybrid"],
        &["reward", "interaction"],
        learning::two_step,
    ),
    study(
        "medication",
        "probabilistic selection off and on L-DOPA in Parkinson's",
        PARKINSON,
        &["choose_off", "avoid_off", "choose_on", "avoid_on"],
        people::medication,
    ),
    study(
        "gains",
        "learning for gains and from losses under L-DOPA and haloperidol",
        RECEPTORS,
        &["gains_raised", "losses_raised", "gains_blocked", "losses_blocked"],
        people::gains,
    ),
    study(
        "inattention",
        "impatience, response times and the parameters of choice in ADHD",
        ADHD,
        &[
            "impatience_healthy",
            "variability_healthy",
            "omissions_healthy",
            "impatience",
            "variability",
            "omissions",
            "rate",
            "sensitivity",
        ],
        people::inattention,
    ),
    study(
        "salience",
        "salience of what means something and of what means nothing in schizophrenia",
        SCHIZOPHRENIA,
        &["adaptive_healthy", "aberrant_healthy", "adaptive", "aberrant"],
        people::salience,
    ),
    study(
        "knock_down",
        "a tenth of the transporter: effort, choice, dopamine",
        RECEPTORS,
        &["effort_healthy", "latency_healthy", "effort", "latency", "rate", "sensitivity", "dopamine"],
        people::knock_down,
    ),
    study(
        "blockade",
        "a blocker of D2 in healthy people, at once and after weeks",
        BLOCKED,
        &["effort_healthy", "latency_healthy", "avoided_healthy", "effort", "latency", "avoided", "dopamine", "d2"],
        people::blockade,
    ),
    study(
        "circuit",
        "half the release in the projection to the core alone",
        RECEPTORS,
        &["effort_healthy", "latency_healthy", "effort", "latency", "core", "dorsal", "tail", "threat"],
        people::circuit,
    ),
    study("scan", "D2 that dopamine does not hold, under raised release", RECEPTORS, &["available"], people::scan),
    study(
        "loss",
        "dopamine at rest after the loss of terminals and cells",
        &["uptake_lost_too", "uptake_kept"],
        &["half", "fifth", "twentieth"],
        people::loss,
    ),
    study(
        "transporter",
        "dopamine at rest without, with a tenth and with half more of the transporter",
        &["no_adaptation"],
        &["without", "tenth", "more"],
        people::transporter,
    ),
    study(
        "occupancy",
        "shares of transporters and D2 held at doses of the clinic",
        &["drugs"],
        &["mph5", "mph10", "mph20", "mph40", "mph60", "hal1", "hal2_5", "response", "prolactin", "motor"],
        people::occupancy,
    ),
];

/// The study of a name.
///
/// # Errors
/// Where none has it.
pub fn by_name(name: &str) -> Result<&'static Study> {
    let known = || ALL.iter().map(|s| s.name).collect::<Vec<_>>().join(", ");
    ALL.iter().find(|s| s.name == name).ok_or_else(|| Error::input("study", format!("{name:?} is not known"), known()))
}
