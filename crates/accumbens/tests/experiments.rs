//! The experiments: what their declarations promise, and what is refused.

use accumbens::experiment::{Experiment, catalogue, schema, sessions};
use accumbens_core::{Seed, cite};

#[test]
fn every_experiment_of_the_catalogue_parses_cites_and_yields_the_same_events_for_the_same_seed() {
    assert!(catalogue::names().count() >= 8);
    for name in catalogue::names() {
        let experiment = catalogue::by_name(name).unwrap();
        assert!(experiment.source.iter().all(|key| cite::reference(key).is_ok()), "{name}");
        for change in experiment.phases.iter().flat_map(|p| &p.changes) {
            let theory = accumbens::theories::by_name(&change.theory).unwrap();
            assert!(theory.table().iter().any(|p| p.name == change.parameter), "{name}: {}", change.parameter);
        }
        for group in experiment.group_names() {
            let draw = |seed| sessions(&experiment, Some(group), 1, Seed(seed)).unwrap();
            let logs = |seed| draw(seed).into_iter().map(|s| s.log).collect::<Vec<_>>();
            assert_eq!(logs(1), logs(1), "{name}");
            assert_ne!(logs(1), logs(2), "{name}");
        }
    }
}

#[test]
fn random_rewards_have_the_mean_of_the_clipped_exponential() {
    let experiment = catalogue::by_name("jeong2022-random-rewards").unwrap();
    let mut gaps = Vec::new();
    for subject in 1..=40 {
        for session in sessions(&experiment, None, subject, Seed(5)).unwrap() {
            assert_eq!(session.log.events().len(), 100);
            gaps.extend(session.log.events().windows(2).map(|w| w[1].time - w[0].time));
        }
    }
    // E[min(X, 3m)] = m(1 − e⁻³) for an exponential of mean m = 12 s.
    let mean = gaps.iter().sum::<f64>() / gaps.len() as f64;
    let expected = 12.0 * (1.0 - (-3.0_f64).exp());
    assert!((mean - expected).abs() < 4.0 * 12.0 / (gaps.len() as f64).sqrt(), "{mean} against {expected}");
}

#[test]
fn free_rewards_stay_out_of_their_excluded_windows() {
    let experiment = catalogue::by_name("jeong2022-background-rewards").unwrap();
    for session in sessions(&experiment, None, 1, Seed(1)).unwrap().iter().filter(|s| s.name.starts_with("background"))
    {
        let log = &session.log;
        let times =
            |name: &str| -> Vec<f64> { log.events().iter().filter(|e| log.name(e) == name).map(|e| e.time).collect() };
        let cues: Vec<f64> = times("cs_plus");
        let (mut paired, mut free) = (0, 0);
        for drop in times("sucrose") {
            if cues.iter().any(|c| (drop - c - 9.0).abs() < 1e-9) {
                paired += 1;
            } else {
                free += 1;
                assert!(!cues.iter().any(|c| (0.0..=9.0).contains(&(drop - c))), "{drop}");
            }
        }
        assert_eq!(paired, cues.len());
        assert!(free > 100);
    }
}

#[test]
fn in_a_trial_less_schedule_a_cue_falls_into_anothers_delay() {
    let experiment = catalogue::by_name("jeong2022-poisson").unwrap();
    let all = sessions(&experiment, None, 1, Seed(1)).unwrap();
    let inside = all.iter().filter(|s| s.name.starts_with("poisson")).any(|s| {
        let names: Vec<&str> = s.log.events().iter().map(|e| s.log.name(e)).collect();
        names.windows(2).any(|w| w == ["cs_plus", "cs_plus"])
    });
    assert!(inside);
}

#[test]
fn omissions_take_the_place_of_outcomes_at_their_rate() {
    let experiment = catalogue::by_name("schultz1997").unwrap();
    let (mut given, mut omitted) = (0.0_f64, 0.0);
    for subject in 1..=30 {
        let probe = sessions(&experiment, None, subject, Seed(2)).unwrap().pop().unwrap();
        for event in probe.log.events() {
            match probe.log.name(event) {
                "juice" => given += 1.0,
                "no_juice" => omitted += 1.0,
                _ => {}
            }
        }
    }
    let share = omitted / (given + omitted);
    assert!((share - 0.1).abs() < 4.0 * (0.09_f64 / 3000.0).sqrt(), "{share}");
}

#[test]
fn a_fault_is_reported_with_its_line() {
    let good = catalogue::text("schultz1997").unwrap();
    let broken = [
        (
            good.replace(
                "event = \"light\", at = 0.0 }, { event = \"juice\", at = 1.0 }]",
                "event = \"ligth\", at = 0.0 }]",
            ),
            "ligth",
            "light, juice",
        ),
        (good.replacen("sessions = 5", "sesions = 5", 1), "sesions", ""),
        (good.replacen("uniform = [10.0, 20.0]", "uniform = [20.0, 10.0]", 1), "20.0, 10.0", "fixed"),
        (good.replacen("probability = 0.9", "probability = 1.9", 1), "1.9", "0 to 1"),
        (good.replacen("of = \"juice\"", "of = \"wine\"", 1), "wine", "juice"),
    ];
    for (text, value, accepted) in broken {
        let error = Experiment::parse("broken.toml", &text).unwrap_err().to_string();
        let line: usize = error.split(':').nth(1).unwrap().parse().unwrap_or_else(|_| panic!("no line in {error}"));
        let at: &str = text.lines().nth(line - 1).unwrap();
        assert!(error.contains(value) && error.contains(accepted), "{error}");
        assert!(at.contains(value) || at.contains("name ="), "{error} points at {at:?}");
    }
}

#[test]
fn the_schema_in_the_catalogue_is_the_schema_of_the_types() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../catalogue/experiment.schema.json");
    let written: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    assert_eq!(written, schema(), "write it anew: accumbens experiments --schema > catalogue/experiment.schema.json");
}
