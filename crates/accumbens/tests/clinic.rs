//! The clinic: limits, published directions, and that nothing leaves its bounds without saying so.

use accumbens::clinic::catalogue::Inside;
use accumbens::clinic::reach::{Acts, LIMIT, Taken};
use accumbens::clinic::tasks::{self, MEASURES};
use accumbens::clinic::{Person, Plan, Tone, catalogue, page, treat};
use accumbens_core::{Seed, cite};

fn person(core: Tone) -> Person {
    let Inside { chooser, seeker } = Inside::default();
    Person { chooser, seeker, core, dorsal: core, tail: core }
}

fn mean(task: &str, place: usize, person: &Person) -> f64 {
    let one = |i: u32| tasks::run(task, person, &mut Seed(3).stream(&format!("{task}/{i}"))).unwrap()[place];
    (0..200).map(one).sum::<f64>() / 200.0
}

fn plan(phenotype: &str, treatments: &[&str], people: u32) -> Plan {
    let treatments: Vec<String> = treatments.iter().map(|t| (*t).to_owned()).collect();
    Plan::new(phenotype, &treatments, &[], people, Seed(5)).unwrap()
}

#[test]
fn every_treatment_at_the_dose_that_is_none_is_no_treatment_to_the_bit() {
    let treatments = catalogue::treatments().unwrap();
    let none: Vec<String> = treatments.iter().map(|t| format!("{}:{}", t.name, t.none)).collect();
    let names: Vec<&str> = none.iter().map(String::as_str).collect();
    let treated = treat(&plan("adhd-tonic", &names, 6), &|| true).unwrap();
    assert_eq!(treated.accounts[0].arms.len(), treatments.len());
    for arm in &treated.accounts[0].arms {
        assert_eq!(arm.reach, treated.accounts[0].reach, "{}", arm.treatment);
        assert!(arm.effects.iter().all(|e| e.effect.mean == 0.0), "{}: {:?}", arm.treatment, arm.effects);
    }
}

#[test]
fn what_acts_in_one_circuit_leaves_the_others_as_they_are_and_a_blocker_of_d2_does_not() {
    let treated = treat(&plan("adhd-gain", &["core-release:0.5", "haloperidol:2"], 4), &|| true).unwrap();
    let [core, broad] = &treated.accounts[0].arms[..] else { panic!() };
    let before = &treated.accounts[0].reach;
    assert!(core.reach[0].dopamine < 0.8 * before[0].dopamine);
    assert_eq!(core.reach[1..], before[1..]);
    // Autoreceptors no longer hold release and firing back, in all projections; what D2 does falls.
    for (now, before) in broad.reach.iter().zip(before) {
        assert!(now.dopamine > 1.2 * before.dopamine && now.d2 < before.d2, "{now:?} {before:?}");
    }
}

#[test]
fn every_account_under_every_treatment_stays_within_bounds_in_every_task_and_says_where_it_was_held() {
    for disorder in catalogue::disorders().unwrap() {
        let mut plan = plan(&disorder.name, &[], 3);
        for (_, doses) in &mut plan.treatments {
            *doses = vec![doses[0], doses[doses.len() - 1]];
        }
        let treated = treat(&plan, &|| true).unwrap();
        for arm in treated.accounts.iter().flat_map(|a| &a.arms) {
            let tones = arm.tone.iter().flat_map(|t| [t.go, t.stop, t.burst, t.dip, t.level]);
            assert!(tones.clone().all(|x| (0.0..=LIMIT).contains(&x)), "{} {:?}", arm.treatment, arm.tone);
            assert!(arm.held || !tones.clone().any(|x| x == LIMIT), "{}", arm.treatment);
            let bounded = arm.reach.iter().all(|r| {
                r.dopamine.is_finite()
                    && r.dopamine >= 0.0
                    && (0.0..=1.0).contains(&r.d1)
                    && (0.0..=1.0).contains(&r.d2)
            });
            assert!(bounded, "{} {}", arm.treatment, arm.dose);
            assert!(arm.effects.iter().all(|e| e.effect.mean.is_finite()), "{} {:?}", arm.treatment, arm.effects);
        }
        assert!(page::html(&treated, "accumbens treat").unwrap().contains(&treated.answer()));
    }
}

#[test]
fn the_same_seed_gives_the_same_numbers_on_any_number_of_threads() {
    let run = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let plan = plan("schizophrenia-transients", &["transient-veto:0"], 8);
        serde_json::to_string(&pool.install(|| treat(&plan, &|| true)).unwrap()).unwrap()
    };
    assert_eq!(run(1), run(4));
}

#[test]
fn the_best_latency_halves_where_what_is_at_stake_is_four_times_as_much() {
    // Niv et al. 2007: τ* = √(C_v/r̄): 2.0, 1.0 and 0.5 s at r̄ of 0.25, 1 and 4.
    for (level, latency) in [(1.0, 2.0), (4.0, 1.0), (16.0, 0.5)] {
        let found = mean("effort", 1, &person(Tone { level, ..Tone::default() }));
        assert!((found - latency).abs() < 1e-12, "{found}");
    }
}

#[test]
fn bursts_teach_to_choose_and_dips_to_avoid_as_on_and_off_medication() {
    // Frank et al. 2004: on medication better at choosing the best, off it at avoiding the worst.
    let on = person(Tone { burst: 1.5, dip: 0.4, go: 1.3, stop: 0.8, level: 1.0 });
    let off = person(Tone { burst: 0.4, dip: 1.5, go: 0.8, stop: 1.3, level: 1.0 });
    let bias = |p: &Person| mean("selection", 0, p) - mean("selection", 1, p);
    assert!(bias(&on) > 0.0 && bias(&off) < 0.0, "{} {}", bias(&on), bias(&off));
    // Pessiglione et al. 2006: what strengthens bursts helps with gains and not with losses.
    let healthy = person(Tone::default());
    let gain = |p: &Person| mean("gains_losses", 0, p) - mean("gains_losses", 0, &healthy);
    let strong = person(Tone { burst: 2.0, ..Tone::default() });
    assert!(gain(&strong) > 0.02, "{}", gain(&strong));
    let loss = mean("gains_losses", 1, &strong) - mean("gains_losses", 1, &healthy);
    assert!(loss < 0.5 * gain(&strong), "{loss}");
}

#[test]
fn low_gain_makes_choices_and_times_noisier() {
    let mut low = person(Tone::default());
    low.chooser.gain = 0.5;
    let healthy = person(Tone::default());
    assert!(mean("attention", 0, &low) > 1.5 * mean("attention", 0, &healthy));
    assert!(mean("selection", 0, &low) < mean("selection", 0, &healthy));
}

#[test]
fn catalogues_cite_what_is_known_and_mistakes_are_told() {
    let sources = catalogue::accounts().unwrap().into_iter().flat_map(|a| a.source);
    let sources = sources.chain(catalogue::treatments().unwrap().into_iter().flat_map(|t| t.source));
    sources.for_each(|key| assert!(cite::reference(&key).is_ok(), "{key}"));
    for account in catalogue::accounts().unwrap() {
        assert!(catalogue::made(&account.patches, &Inside::default()).is_ok(), "{}", account.name);
    }
    assert_eq!(tasks::names().len(), 10);
    assert!(MEASURES.iter().all(|m| tasks::measure(m.name).is_ok()));
    let fault = |phenotype: &str, treatment: &str, people: u32| {
        Plan::new(phenotype, &[treatment.to_owned()], &[], people, Seed(1)).unwrap_err().to_string()
    };
    assert!(fault("melancholia", "haloperidol", 5).contains("adhd"));
    assert!(fault("adhd", "aspirin", 5).contains("haloperidol"));
    assert!(fault("adhd", "haloperidol:much", 5).contains("number"));
    assert!(fault("adhd", "haloperidol", 1).contains("2 or more"));
    let acts = Acts { drugs: vec![Taken { drug: "haloperidol".into(), dose: -1.0, only: None }], ..Acts::default() };
    assert!(accumbens::clinic::reach::reach("vta-core", "ejdrup", &acts, None, Seed(1)).is_err());
}

#[test]
fn competitors_for_one_receptor_add_up_as_gaddum_says() {
    // Each adds its concentration over its inhibition constant: two of one milligram are one of two, in any order.
    let taken = |dose: f64| Taken { drug: "haloperidol".into(), dose, only: Some("receptors".into()) };
    let d2 = |doses: &[f64]| {
        let acts = Acts { drugs: doses.iter().map(|d| taken(*d)).collect(), ..Acts::default() };
        accumbens::clinic::reach::reach("vta-core", "ejdrup", &acts, Some(20.0), Seed(1)).unwrap().d2
    };
    let (none, one, two) = (d2(&[]), d2(&[1.0]), d2(&[2.0]));
    assert!((d2(&[1.0, 1.0]) - two).abs() < 1e-12 && (d2(&[0.5, 1.5]) - d2(&[1.5, 0.5])).abs() < 1e-12);
    assert!(none > one && one > two, "{none} {one} {two}");
}

#[test]
fn a_blocker_at_its_dose_of_half_occupancy_leaves_half_of_what_dopamine_did_at_d2() {
    // What scans report: of receptors for which dopamine competes. Half occupancy of haloperidol is at 0.9 mg.
    for scheme in ["ejdrup", "hunger", "dreyer"] {
        let mut plan = plan("adhd-gain", &["haloperidol-weeks:0.9"], 2);
        plan.receptors = scheme.into();
        let treated = treat(&plan, &|| true).unwrap();
        let share = treated.accounts[0].arms[0].reach[0].d2 / treated.healthy[0].d2;
        assert!((share - 0.5).abs() < 0.01, "{scheme}: {share}");
    }
}

#[test]
fn salt_need_turns_what_repelled_into_what_draws_and_satiety_lowers_worked_and_free_food_alike() {
    // Robinson & Berridge 2013 by Zhang et al. 2009; Nunes et al. 2013: depletion moves from work to chow, satiety lowers both.
    let mut needs = person(Tone::default());
    assert!(mean("salt", 0, &needs) < 0.5);
    needs.chooser.salt = 10.0;
    assert!(mean("salt", 0, &needs) > 0.5);
    let food = |p: &Person| [mean("ratio_or_chow", 0, p), mean("ratio_or_chow", 1, p)];
    let healthy = food(&person(Tone::default()));
    let mut sated = person(Tone::default());
    sated.chooser.wanting = 0.4;
    let depleted = food(&person(Tone { go: 0.25, stop: 1.5, burst: 0.25, dip: 0.25, level: 0.25 }));
    assert!(food(&sated)[0] < 0.9 * healthy[0], "{:?} {healthy:?}", food(&sated));
    assert!(depleted[0] < 0.5 * healthy[0] && depleted[1] > healthy[1], "{depleted:?} {healthy:?}");
}
