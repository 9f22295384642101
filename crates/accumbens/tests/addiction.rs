//! Addiction and the clinic's findings: published numbers, closed forms, limits.

use accumbens::clinic::addiction::{self, Homeostatic, Known, Lever, Rat, Seeking, day};
use accumbens::clinic::{findings, studies};
use accumbens::findings::Verdict;
use accumbens_core::{Seed, cite};

fn mean(study: &str, account: &str, measure: &str, subjects: u32) -> f64 {
    let all = (studies::by_name(study).unwrap().run)(account, subjects, Seed(1)).unwrap();
    all.iter().map(|m| m[measure][0]).sum::<f64>() / all.len() as f64
}

#[test]
fn homeostatic_reinforcement_escalates_as_its_published_code_does() {
    // Infusions an hour and set points of the published code, three seeds: 14.0 flat; 12.3 to 18.7; 101 and 159.5.
    let published = [
        ("short_first", 14.0),
        ("short_last", 14.0),
        ("long_first", 12.3),
        ("long_last", 18.7),
        ("short_set_point", 101.0),
        ("long_set_point", 159.5),
    ];
    for (measure, value) in published {
        let here = mean("escalation", "homeostatic", measure, 6);
        assert!((here / value - 1.0).abs() < 0.02, "{measure}: {here} of {value}");
    }
}

#[test]
fn a_body_held_at_its_set_point_needs_what_it_loses() {
    // In a steady state doses replace the loss: 900 steps an hour of 0.007 of the set point, by the dose.
    let fixed = Homeostatic { shift: 0.0, ..Homeostatic::default() };
    let mut rat = Rat::new(fixed);
    let mut rng = Seed(4).stream("steady");
    day(&mut rat, 1, Lever::default(), &mut rng);
    let taken = day(&mut rat, 12, Lever::default(), &mut rng);
    let (rate, needed) = (f64::from(taken.all) / 12.0, 900.0 * 0.007 * 100.0 / 50.0);
    assert!((rate / needed - 1.0).abs() < 0.1, "{rate} {needed}");
}

#[test]
fn the_value_of_a_drug_grows_by_its_surplus_and_that_of_food_settles_as_in_closed_form() {
    // Redish 2004, α .1, r 1, D .5: 0.977, 2.98, 5.48, 10.48 after 10, 50, 100, 200 doses; 0.651, 0.995, 1.0 without.
    let published = [("drug10", 0.977), ("drug50", 2.98), ("drug100", 5.48), ("drug200", 10.48)];
    for (measure, value) in published.into_iter().chain([("food10", 0.651), ("food50", 0.995), ("food100", 1.0)]) {
        let here = mean("value", "surplus", measure, 2);
        assert!((here - value).abs() < 0.006, "{measure}: {here}");
    }
    let mut subject = Seeking::new(addiction::seeker("surplus").unwrap());
    (0..10).for_each(|_| subject.learn(Known::Drug, 50.0, 0.0, 0.0));
    assert!((subject.values[0] - 1.5 * (1.0 - 0.9_f64.powi(10))).abs() < 1e-12);
}

#[test]
fn redish_denies_blocking_by_a_drug_and_dezfouli_predicts_it() {
    assert!(mean("blocking", "surplus", "drug", 4) > 0.8);
    assert!(mean("blocking", "threshold", "drug", 4) < 0.2);
    assert!(mean("blocking", "prediction_error", "drug", 4) < 1e-6);
    for account in ["surplus", "threshold"] {
        assert!(mean("blocking", account, "food", 4) < 1e-6, "{account}");
    }
}

#[test]
fn an_account_whose_difference_is_nothing_is_plain_prediction_error_to_the_bit() {
    let plain = |of: addiction::Seeker| {
        let mut subject = Seeking::new(of);
        let mut rng = Seed(2).stream("plain");
        let taken = day(&mut subject, 2, Lever::default(), &mut rng);
        (taken, subject.values)
    };
    let healthy = addiction::seeker("prediction_error").unwrap();
    for account in ["surplus", "threshold", "wanting", "set_point"] {
        let of = addiction::seeker(account).unwrap();
        let none = addiction::Seeker { surplus: 0.0, ceiling: 0.0, sensitises: 0.0, regulated: 0.0, shift: 0.0, ..of };
        assert_eq!(plain(none), plain(healthy.clone()), "{account}");
    }
}

#[test]
fn opponent_actors_choose_as_often_as_the_published_simulations() {
    // 400 bandits of the authors' code each: within three standard errors of such a run.
    let published =
        [("opal", 0.602, 0.564), ("opal_star", 0.690, 0.642), ("opal_high", 0.609, 0.545), ("opal_low", 0.584, 0.601)];
    for (account, rich, lean) in published {
        let error = if account == "opal_star" { 0.3 } else { 0.18 } / 20.0;
        for (measure, value) in [("rich", rich), ("lean", lean)] {
            let here = mean("rich_lean", account, measure, 40);
            assert!((here - value).abs() < 3.0 * error, "{account} {measure}: {here} of {value}");
        }
    }
    // The signature: a high level helps in a rich and hurts in a lean world, a low one the reverse; one that follows helps in both.
    let [plain, star, high, low] = ["opal", "opal_star", "opal_high", "opal_low"]
        .map(|a| [mean("rich_lean", a, "rich", 40), mean("rich_lean", a, "lean", 40)]);
    assert!(high[0] > plain[0] && high[1] < plain[1] && low[0] < plain[0] && low[1] > plain[1]);
    assert!(star[0] > plain[0] && star[1] > plain[1]);
}

#[test]
fn every_finding_of_the_clinic_cites_what_is_known_and_is_decided_the_same_on_any_number_of_threads() {
    let names: Vec<String> = findings::names().map(Into::into).collect();
    assert!(names.len() >= 20, "{}", names.len());
    for name in &names {
        let finding = findings::by_name(name).unwrap();
        finding.source.iter().for_each(|key| assert!(cite::reference(key).is_ok(), "{name}: {key}"));
    }
    let asked = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let chosen = ["ahmed1998-escalation", "panlilio2007-blocking", "circuit-specific"].map(Into::into);
        pool.install(|| findings::ask(&chosen, 4, Seed(3), &|| true)).unwrap()
    };
    let one = asked(1);
    assert_eq!(serde_json::to_string(&one).unwrap(), serde_json::to_string(&asked(4)).unwrap());
    let verdict = |finding: &str, account: &str| {
        one.cells.iter().find(|c| c.finding == finding && c.account == account).unwrap().verdict
    };
    assert_eq!(verdict("ahmed1998-escalation", "homeostatic"), Verdict::Agrees);
    assert_eq!(verdict("panlilio2007-blocking", "surplus"), Verdict::Disagrees);
    assert_eq!(verdict("panlilio2007-blocking", "threshold"), Verdict::Agrees);
    assert_eq!(verdict("circuit-specific", "ejdrup"), Verdict::Agrees);
}

#[test]
fn every_study_measures_what_it_says_and_mistakes_are_told() {
    for study in studies::ALL {
        let all = (study.run)(study.accounts[0], 2, Seed(1)).unwrap();
        assert_eq!(all.len(), 2, "{}", study.name);
        let mut said: Vec<&str> = study.measures.to_vec();
        said.sort_unstable();
        assert_eq!(all[0].keys().map(String::as_str).collect::<Vec<_>>(), said, "{}", study.name);
    }
    assert!(findings::by_name("nothing").unwrap_err().to_string().contains("ahmed1998-escalation"));
    assert!(findings::ask(&[], 1, Seed(1), &|| true).unwrap_err().to_string().contains("2 or more"));
    assert!(findings::ask(&["volkow1998-occupancy".into()], 2, Seed(1), &|| false).is_err());
    let broken = findings::text("volkow1998-occupancy").unwrap().replace("study = \"occupancy\"", "study = \"x\"");
    assert!(findings::Finding::parse("f.toml", &broken).unwrap_err().to_string().contains("occupancy"));
}
