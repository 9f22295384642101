//! Theories that differ in their errors and look alike in a bleaching, noisy recording: how many mice tell them apart again?

mod picture;

use accumbens::experiment::catalogue;
use accumbens::fit::infer::Budget;
use accumbens::fit::{Options, compare::compare};
use accumbens::recorded::{Chain, teaching};
use accumbens::theories::by_name;
use accumbens::{simulated, stages};
use accumbens_core::study::{Session, Study, Subject};
use accumbens_core::{Seed, cleaning::Step, sensors};
use picture::{Panel, draw};
use std::error::Error;

const THEORIES: [&str; 4] = ["anccr", "td_csc", "td_microstimulus", "rescorla_wagner"];

/// A study of so many mice and sessions under a theory, through the whole chain and the cleaning of every day.
fn study(truth: &str, mice: u32, sessions: usize, photons: f64, seed: u64) -> Result<Study, Box<dyn Error>> {
    let experiment = catalogue::by_name("random-then-cued")?;
    let mut chain = Chain::new("vta-core", None, "ejdrup", sensors::by_name("dLight1.3b")?)?;
    chain.set("fibre.photons", &photons.to_string())?;
    chain.set("fibre.motion", "0.02")?;
    let theory = by_name(truth)?;
    let mut subjects = Vec::new();
    for mouse in 1..=mice {
        let who = (None, mouse + 100 * seed as u32);
        let mut lived = teaching(&experiment, theory.as_ref(), &chain.projection, who, None, Seed(seed))?;
        // What the fit is shown is all that the animal lived through.
        lived.truncate(sessions);
        let record = |s: accumbens::recorded::Recorded| {
            let stream = format!("mice/{mouse}/{}", s.name);
            let recording = chain.record(s.recording, Seed(seed), &stream)?;
            Ok(Session { name: s.name, recording, windows: None })
        };
        let sessions = lived.into_iter().map(record).collect::<accumbens_core::Result<_>>()?;
        subjects.push(Subject { name: format!("mouse {mouse}"), group: String::new(), sessions });
    }
    let cleaning: Vec<Step> = serde_json::from_value(serde_json::json!([
        { "step": "low_pass", "cutoff": 10.0 }, { "step": "bleaching", "method": "exponential", "terms": 2 },
        { "step": "reference", "method": "robust", "non_negative": true }, { "step": "dff", "over": "bleaching" }
    ]))?;
    let study = Study {
        title: truth.into(),
        subjects,
        channel: "signal".into(),
        unit: "counts".into(),
        reference: Some("isosbestic".into()),
        cleaning,
        sensor: Some(sensors::by_name("dLight1.3b")?),
        scoring: simulated::scoring(),
        choices: Vec::new(),
        session_gap: 0.0,
        truth: None,
    };
    Ok(stages::clean_study(study, &|| true)?)
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut lines = Vec::new();
    println!("light                 sessions  mice  studies won by the theory that made them");
    for (label, photons) in [("everyday light", 130_000.0), ("a thousandth of it", 130.0), ("a ten-thousandth", 13.0)] {
        for sessions in [4, 7] {
            let mut points = Vec::new();
            for mice in [1, 2, 4] {
                let (mut won, mut all) = (0, 0);
                for truth in THEORIES {
                    for seed in 1..=2 {
                        let study = study(truth, mice, sessions, photons, seed)?;
                        let theories = THEORIES.iter().map(|n| Ok(((*n).to_owned(), by_name(n)?)));
                        let theories = theories.collect::<accumbens_core::Result<_>>()?;
                        let budget = Budget { design: 48, starts: 1, evaluations: 10, draws: 16, rounds: 2 };
                        let options = Options { budget, recovery: 0, seed: Seed(seed), ..Options::new(theories) };
                        let comparison = compare(&study, &options, &|| true)?;
                        won += usize::from(comparison.ranking[0].label == truth);
                        all += 1;
                    }
                }
                println!("{label:22} {sessions:7} {mice:5}  {won} of {all}");
                points.push((f64::from(mice), 100.0 * f64::from(won as u32) / f64::from(all)));
            }
            lines.push((format!("{label}, {sessions} sessions"), points));
        }
    }
    draw("how_many_mice", &[Panel::new("Studies won by the theory that made them", "mice", "%", lines)])
}
