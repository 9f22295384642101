//! The experiments: what their declarations promise, and what is refused.

use accumbens::experiment::spec::Interval;
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
            assert!(logs(1) == logs(1), "{name}");
            // A design of fixed intervals and one sort of trial is the same for every subject.
            let mut lived = experiment
                .phases
                .iter()
                .filter(|p| p.groups.is_empty() || p.groups.iter().any(|g| g.get_ref() == group));
            let fixed = lived
                .all(|p| p.free.is_empty() && p.trial_types.len() == 1 && matches!(p.iti, Some(Interval::Fixed(_))));
            assert!(fixed == (logs(1) == logs(2)), "{name}");
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

#[test]
fn a_choice_offers_its_options_with_consequences_at_their_odds_and_dopamine_is_multiplied_all_through() {
    let experiment = catalogue::by_name("cannon2003").unwrap();
    let deficient = sessions(&experiment, Some("deficient"), 1, Seed(1)).unwrap();
    let control = sessions(&experiment, Some("control"), 1, Seed(1)).unwrap();
    let choices = &deficient[1].choices;
    assert_eq!(choices.len(), 200);
    for choice in choices {
        let magnitudes: Vec<f64> = choice.options.iter().map(|offer| offer.follows[0].magnitude).collect();
        assert_eq!(magnitudes, [1.0, 0.2]);
        assert!((choice.until - choice.time - 5.0).abs() < 1e-9);
    }
    // The groups differ in dopamine alone.
    assert!(deficient.iter().zip(&control).all(|(d, c)| d.log == c.log && d.choices == c.choices));
    let clamp = deficient[0].schedule.clamps[0];
    assert!(clamp.hold == accumbens_core::Hold::Times && clamp.value == 0.0 && clamp.to >= deficient[0].duration);
    assert!(control.iter().all(|s| s.schedule.clamps.is_empty()));
}

#[test]
fn events_declared_together_come_in_either_order() {
    let experiment = catalogue::by_name("waelti2001").unwrap();
    let compound =
        sessions(&experiment, None, 1, Seed(3)).unwrap().into_iter().find(|s| s.name == "compound-1").unwrap();
    let pairs: Vec<&str> =
        compound.log.events().windows(2).filter(|w| w[0].time == w[1].time).map(|w| compound.log.name(&w[0])).collect();
    let first_a = pairs.iter().filter(|n| **n == "a").count() as f64;
    let of_a = pairs.iter().filter(|n| **n == "a" || **n == "x").count() as f64;
    assert!((first_a / of_a - 0.5).abs() < 4.0 * (0.25 / of_a).sqrt(), "{first_a} of {of_a}");
}

#[test]
fn what_is_taken_first_opens_the_pair_that_came_and_no_other_and_chances_walk_between_their_limits() {
    let experiment = catalogue::by_name("daw2011").unwrap();
    let mut common = [0.0, 0.0];
    for subject in 1..=5 {
        let days = sessions(&experiment, None, subject, Seed(1)).unwrap();
        let kinds = days[0].log.kinds().to_vec();
        let theory = accumbens::theories::by_name("rescorla_wagner").unwrap();
        let mut rng = Seed(2).stream("two steps");
        let mut theory = theory.boxed();
        let lived = accumbens::experiment::lived(&days, theory.as_mut(), &mut rng).unwrap();
        let choices = accumbens_core::Choice::all(&lived.life.choices);
        // Each first choice may open either of two pairs by either of its options: laid out, one is there for each.
        assert_eq!(choices.len(), 3 * lived.life.choices.len());
        assert_eq!(lived.deeds.len(), 2 * 4 * 201);
        let name = |k: accumbens_core::EventKindId| kinds[k.index()].name.as_str();
        let came = |from: f64, to: f64| {
            let within = lived.logs.iter().zip(&lived.life.starts);
            let mut found = Vec::new();
            for (log, start) in within {
                found.extend(log.events().iter().map(|e| (e.time + start, name(e.kind).to_owned())));
            }
            found.retain(|(t, _)| *t > from && *t <= to);
            found.into_iter().map(|(_, n)| n).collect::<Vec<_>>()
        };
        for (at, pair) in lived.deeds.chunks(2).enumerate() {
            let [first, second] = pair else { unreachable!() };
            let (took, then) = (name(first.action.unwrap()), name(second.action.unwrap()));
            assert!(second.offered > first.offered && second.offered < first.offered + 4.0);
            assert!(choices[second.choice].options.iter().any(|o| Some(o.kind) == second.action));
            let way = then.split('_').next().unwrap();
            if at % 40 == 0 {
                let seen = came(first.offered, second.offered);
                assert_eq!(seen, [took, way], "what came is what may be taken next");
            }
            common[0] += f64::from(u8::from((took == "left") == (way == "green")));
            common[1] += 1.0;
        }
    }
    // Four standard errors of 4,020 draws of 70%.
    assert!((common[0] / common[1] - 0.7).abs() < 4.0 * (0.21_f64 / common[1]).sqrt(), "{common:?}");
}

#[test]
fn a_walk_keeps_to_its_limits_and_moves_by_its_steps() {
    // With limits of nearly 0 and nearly 1 and a step as wide as them, what comes is seen by chance, evenly over time;
    // with a start and hardly any step, it comes as often as the start says.
    let text = |start: &str, sd: f64, between: [f64; 2]| {
        format!(
            "title = \"t\"\nsource = [\"daw2011\"]\n[[event]]\nname = \"r\"\nrole = \"outcome\"\n[[phase]]\nname = \"p\"\ntrials = 20000\niti = {{ fixed = 1.0 }}\n[[phase.walk]]\nname = \"w\"\n{start}sd = {sd}\nbetween = {between:?}\n[[phase.trial]]\nevents = [{{ event = \"r\", at = 0.0, walk = \"w\" }}]\n"
        )
    };
    let share = |text: &str| {
        let experiment = Experiment::parse("walk.toml", text).unwrap();
        sessions(&experiment, None, 1, Seed(3)).unwrap()[0].log.events().len() as f64 / 20_000.0
    };
    // A reflected walk is at home evenly between its limits: mean .5, and its slowest mode decays within 1/(π²·.02) steps.
    assert!((share(&text("", 0.2, [0.0, 1.0])) - 0.5).abs() < 0.03);
    assert!((share(&text("start = 0.8\n", 1e-9, [0.25, 0.85])) - 0.8).abs() < 4.0 * (0.16_f64 / 20_000.0).sqrt());
    for (bad, says) in [
        (text("start = 0.9\n", 0.1, [0.25, 0.75]), "between"),
        (text("", 0.1, [0.25, 1.75]), "between"),
        (text("", 0.0, [0.25, 0.75]), "by 0"),
        (text("", 0.1, [0.25, 0.75]).replace("walk = \"w\"", "walk = \"v\""), "\"v\""),
    ] {
        let error = Experiment::parse("walk.toml", &bad).unwrap_err().to_string();
        assert!(error.contains(says) && error.starts_with("walk.toml:"), "{error}");
    }
}
