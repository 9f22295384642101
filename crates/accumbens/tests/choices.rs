//! Choices: likelihoods by hand, optima of another program, recovery, groups, dopamine beside choices.

use accumbens::choices::diffusion::{Diffusing, Diffusion, log_density};
use accumbens::choices::fit::{Fitted, Task, alone};
use accumbens::choices::model::AnyModel;
use accumbens::choices::{Beforehand, Compared, Latencies, Options, compare, models};
use accumbens_core::Seed;
use accumbens_core::choices::{Choices, Row};

/// A row of a bandit of two options.
fn row(subject: &str, group: &str, trial: usize, choice: &str, outcome: f64) -> Row {
    Row {
        subject: subject.into(),
        group: group.into(),
        session: String::new(),
        trial: trial as f64,
        stimulus: String::new(),
        choice: choice.into(),
        offered: vec!["a".into(), "b".into()],
        outcome,
        latency: f64::NAN,
        dopamine: f64::NAN,
    }
}

/// The linear congruential generator that made the data other programs were given too.
struct Luck(u64);

impl Luck {
    fn next(&mut self) -> f64 {
        self.0 = (1_103_515_245 * self.0 + 12_345) % 2_147_483_648;
        self.0 as f64 / 2_147_483_648.0
    }
}

/// Subjects of plain prediction errors: each of a rate, an inverse temperature and a group; options turn every 40 trials.
/// Dopamine says the error, in noise; latencies say how hard a choice was.
fn bandit(subjects: &[(f64, f64, &str)], trials: usize, beside: bool, luck: &mut Luck) -> Choices {
    let mut rows = Vec::new();
    for (s, (alpha, beta, group)) in subjects.iter().enumerate() {
        let mut value = [0.5; 2];
        for t in 0..trials {
            let first = if t / 40 % 2 == 0 { 0.8 } else { 0.2 };
            let pays = [luck.next() < first, luck.next() < 1.0 - first];
            let chance = 1.0 / (1.0 + (-beta * (value[1] - value[0])).exp());
            let taken = usize::from(luck.next() < chance);
            let outcome = f64::from(u8::from(pays[taken]));
            let error = outcome - value[taken];
            value[taken] += alpha * error;
            let mut row = row(&format!("s{s:02}"), group, t, ["a", "b"][taken], outcome);
            if beside {
                let noise: f64 = (0..12).map(|_| luck.next()).sum::<f64>() - 6.0;
                row.dopamine = 2.0 + error + 0.5 * noise;
                let hard = -chance * chance.ln() - (1.0 - chance) * (1.0 - chance).ln();
                row.latency = (0.4 * hard + 0.1 * noise - 1.0).exp();
            }
            rows.push(row);
        }
    }
    Choices::of(rows).unwrap()
}

fn compared(choices: &Choices, names: &[&str], beforehand: Beforehand, recovery: usize) -> Compared {
    let models = names.iter().map(|n| (*n).to_owned()).collect();
    compare(choices, &Options { models, beforehand, latencies: Latencies::default(), recovery, seed: Seed(1) }, &|| {
        true
    })
    .unwrap()
}

#[test]
fn the_likelihood_of_three_choices_is_that_of_the_equations_by_hand() {
    let rows = [("a", 1.0), ("a", 0.0), ("b", 1.0)];
    let rows = rows.iter().enumerate().map(|(t, (c, o))| row("1", "", t, c, *o)).collect();
    let choices = Choices::of(rows).unwrap();
    let model = models::parse("q:alpha=0.5:beta=2").unwrap();
    let here = model.live(&choices, &choices.subjects[0], None).unwrap();
    // Values of a: 0, then .5, then .25; b is 0 all the time.
    let logistic = |x: f64| 1.0 / (1.0 + (-x).exp());
    let by_hand = 0.5_f64.ln() + logistic(2.0 * 0.5).ln() + logistic(-2.0 * 0.25).ln();
    assert!((here - by_hand).abs() < 1e-12, "{here} {by_hand}");
}

#[test]
fn maximum_likelihood_finds_the_optimum_that_cpm_toolbox_finds() {
    // cpm-toolbox 0.26.0, RLRW by L-BFGS-B from ten starts, on these very data: -log L, learning rate, inverse temperature.
    let theirs = [
        (55.626_754_573_1, 0.222_200, 3.527_28),
        (50.164_378_499_2, 0.301_794, 3.068_56),
        (47.599_018_703_9, 0.608_287, 2.962_28),
    ];
    let choices = bandit(&[(0.4, 3.0, ""); 3], 120, false, &mut Luck(12_345));
    let model = models::parse("q:initial=0.5").unwrap();
    let of = Fitted::of(model.as_ref());
    for (found, (loss, alpha, beta)) in
        alone(&choices, model.as_ref(), Beforehand::Nothing, Seed(1)).unwrap().iter().zip(theirs)
    {
        let values = of.values(&found.z);
        assert!((found.parts[0] + loss).abs() < 1e-8, "{} {loss}", found.parts[0]);
        assert!((values[0] - alpha).abs() < 1e-4 && (values[1] - beta).abs() < 1e-3, "{values:?}");
    }
}

#[test]
fn intervals_of_group_differences_hold_the_truth_as_often_as_they_say() {
    // Forty data sets of 24 subjects: inverse temperatures of 5 against 2, rates that do not differ.
    let sets = 40;
    let (mut held, mut told) = ([0; 2], 0);
    for set in 0..sets {
        let mut luck = Luck(1000 + set);
        let normal = |luck: &mut Luck| (0..12).map(|_| luck.next()).sum::<f64>() - 6.0;
        let subjects: Vec<(f64, f64, &str)> = (0..24)
            .map(|s| {
                let odds = 0.4 / 0.6 * (0.4 * normal(&mut luck)).exp();
                let (beta, group) = if s % 2 == 0 { (5.0, "controls") } else { (2.0, "patients") };
                (odds / (1.0 + odds), beta * (0.3 * normal(&mut luck)).exp(), group)
            })
            .collect();
        let choices = bandit(&subjects, 200, false, &mut luck);
        let best = &compared(&choices, &["q:initial=0.5"], Beforehand::Priors, 0).models[0];
        // In standard deviations of the prior, which for the logarithm of an inverse temperature is one.
        for (k, (name, truth)) in [("alpha", 0.0), ("beta", (2.0_f64 / 5.0).ln())].into_iter().enumerate() {
            let found = best.differences.iter().find(|d| d.parameter == name).unwrap();
            held[k] += usize::from(found.low < truth && truth < found.high);
            told += usize::from(name == "beta" && found.high < 0.0);
        }
    }
    // Nine in ten or more of intervals that promise 95%; and the difference that there is is always seen.
    assert!(held.iter().all(|h| *h >= 36), "{held:?} of {sets}");
    assert_eq!(told, 40);
}

#[test]
fn the_hidden_model_wins_and_its_parameters_come_back() {
    let mut luck = Luck(3);
    let subjects: Vec<(f64, f64, &str)> =
        (0..12).map(|_| (0.15 + 0.6 * luck.next(), 2.0 + 4.0 * luck.next(), "")).collect();
    let choices = bandit(&subjects, 240, false, &mut luck);
    let found = compared(&choices, &["random", "win_stay", "q:initial=0.5", "opal"], Beforehand::Priors, 2);
    assert_eq!(found.models[0].model, "q");
    for recovered in &found.models[0].recovery {
        assert!(recovered.correlation > 0.6 && recovered.subjects.unwrap().share >= 0.85, "{recovered:?}");
    }
    let own = |name: &str| found.confusion.iter().find(|c| c.truth == name).unwrap().own().share;
    assert!(own("random") == 1.0 && own("q") == 1.0);
}

#[test]
fn dopamine_and_latencies_tell_apart_what_choices_alone_leave_open() {
    let choices = bandit(&[(0.5, 3.0, ""); 6], 120, true, &mut Luck(11));
    let alone = bandit(&[(0.5, 3.0, ""); 6], 120, false, &mut Luck(11));
    let ahead = |choices: &Choices| {
        let found = compared(choices, &["q:initial=0.5", "kalman"], Beforehand::Priors, 0);
        let of = |name: &str| found.models.iter().find(|m| m.model == name).unwrap().evidence;
        (of("q") - of("kalman"), found.dopamine, found.latencies)
    };
    let ((together, dopamine, latencies), (choice, none, _)) = (ahead(&choices), ahead(&alone));
    assert_eq!((dopamine, latencies, none), (720, 720, 0));
    assert!(together > choice + 5.0, "{together} {choice}");
}

#[test]
fn a_theory_of_dopamine_that_acts_explains_choices_better_than_a_toss() {
    let choices = bandit(&[(0.4, 4.0, ""); 2], 120, false, &mut Luck(5));
    let found = compared(&choices, &["rescorla_wagner", "td_csc", "random"], Beforehand::Priors, 0);
    // One learns in a trial, the other hands the outcome back along its chain, a bin a trial: too slow for options that turn.
    for (name, least) in [("rescorla_wagner", 0.1), ("td_csc", 0.0)] {
        let theory = found.models.iter().find(|m| m.model == name).unwrap();
        assert!(theory.pseudo_r2 > least, "{name}: {}", theory.pseudo_r2);
    }
    assert_eq!(found.models[0].model, "rescorla_wagner");
    assert!(models::parse("anccr").is_ok());
    assert!(models::parse("constant").err().unwrap().to_string().contains("behaviour"));
}

#[test]
fn the_same_seed_gives_the_same_numbers_on_any_number_of_threads() {
    let choices = bandit(&[(0.3, 3.0, "x"), (0.5, 2.0, "y"), (0.4, 4.0, "y"), (0.4, 4.0, "x")], 80, true, &mut Luck(2));
    let run = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let found = pool.install(|| compared(&choices, &["q", "q_sticky", "associability"], Beforehand::Priors, 2));
        serde_json::to_string(&found).unwrap()
    };
    assert_eq!(run(1), run(4));
}

#[test]
fn options_are_numbered_by_offer_or_by_stimulus_and_mistakes_are_told() {
    let mut rows = vec![row("1", "", 1, "b", 1.0), row("1", "", 0, "a", 0.0)];
    let choices = Choices::of(rows.clone()).unwrap();
    assert_eq!(choices.options, ["a", "b"]);
    // In the order of trials, not of rows.
    assert_eq!(choices.subjects[0].trials[0].outcome, 0.0);
    rows.iter_mut().enumerate().for_each(|(i, r)| {
        (r.stimulus, r.offered) = (format!("cue{i}"), Vec::new());
    });
    assert!(Choices::of(rows.clone()).unwrap_err().to_string().contains("two or more"));
    rows.extend([row("1", "", 2, "b", 1.0), row("1", "", 3, "a", 1.0)]);
    rows[2].stimulus = "cue1".into();
    rows[3].stimulus = "cue0".into();
    rows[2..].iter_mut().for_each(|r| r.offered.clear());
    assert_eq!(Choices::of(rows).unwrap().options, ["cue0/a", "cue0/b", "cue1/a", "cue1/b"]);
    let fault = |change: fn(&mut Row)| {
        let mut rows = vec![row("1", "", 0, "a", 1.0), row("1", "", 1, "b", 1.0)];
        change(&mut rows[1]);
        Choices::of(rows).unwrap_err().to_string()
    };
    assert!(fault(|r| r.choice = "c".into()).contains("row 2: choice \"c\" was not offered; accepted: a, b"));
    assert!(fault(|r| r.outcome = f64::NAN).contains("row 2"));
    assert!(fault(|r| r.group = "other".into()).contains("one group"));
    assert!(models::parse("q:gamma=1").err().unwrap().to_string().contains("alpha"));
    assert!(models::parse("nothing").err().unwrap().to_string().contains("kalman"));
}

#[test]
fn with_drift_diffusion_choices_and_latencies_have_the_likelihood_of_another_program() {
    let rows: Vec<Row> = (0..60_usize)
        .map(|i| Row {
            latency: 0.4 + 0.013 * ((i * 37) % 71) as f64,
            ..row("1", "", i, if (i * 7) % 5 < 2 { "b" } else { "a" }, f64::from(u8::from((i * i * 3 + i) % 4 < 2)))
        })
        .collect();
    let choices = Choices::of(rows).unwrap();
    // Of hddm-wfpt: drift 2·(Q_b − Q_a), threshold 1.6, 0.25 s beside the decision, rate 0.3, one slip in twenty; it leaves the
    // first trial out.
    let model = models::parse("q:alpha=0.3:beta=3.2").unwrap();
    let mut model = Diffusing::new(model, &choices).unwrap();
    let n = model.table().len();
    model.put(n - 2, 1.6);
    model.put(n - 1, 0.25);
    let task = Task::new(&choices, &choices.subjects[0]);
    let all: f64 = task.parts(&model).unwrap().iter().sum();
    let first = Diffusion { threshold: 1.6, nondecision: 0.25 }.log_joint(0.4, 0.5, 1.31);
    assert!((all - first + 59.546_512_747_512_44).abs() < 1e-6, "{}", all - first);
    for (time, drift, threshold, theirs) in [
        (0.4, 1.0, 1.5, 1.003_819_356_594_102_3_f64),
        (0.4, -1.0, 1.5, 0.223_982_373_796_935_84),
        (1.3, 0.3, 2.0, 0.201_114_028_840_918_56),
        (0.15, 2.5, 1.0, 3.246_851_418_283_926),
        (3.0, -0.5, 2.5, 0.017_308_515_868_865_13),
    ] {
        assert!((log_density(time, drift, threshold) - theirs.ln()).abs() < 1e-9, "{time} {drift} {threshold}");
    }
}

#[test]
fn drift_diffusion_finds_cautious_people_and_says_who_made_the_latencies() {
    // Two groups that learn alike; the second waits for more evidence.
    let mut luck = Luck(77);
    let subjects: Vec<(f64, f64, &str)> = (0..16).map(|i| (0.35, 4.0, ["quick", "careful"][i % 2])).collect();
    let mut choices = bandit(&subjects, 200, false, &mut luck);
    let mut rng = Seed(5).stream("latencies");
    for (i, subject) in choices.subjects.iter_mut().enumerate() {
        let diffusion = Diffusion { threshold: [1.2, 2.2][i % 2], nondecision: 0.3 };
        let mut value = [0.5; 2];
        for trial in &mut subject.trials {
            let taken = trial.taken.unwrap() as usize;
            let p: f64 = 1.0 / (1.0 + (-4.0_f64 * (value[taken] - value[1 - taken])).exp());
            trial.latency = diffusion.draw(p, &mut rng);
            value[taken] += 0.35 * (trial.outcome - value[taken]);
        }
    }
    let models = ["q:initial=0.5", "random"].map(str::to_owned).to_vec();
    let (beforehand, latencies) = (Beforehand::Priors, Latencies::Diffusion);
    let options = Options { models, beforehand, latencies, recovery: 1, seed: Seed(1) };
    let found = compare(&choices, &options, &|| true).unwrap();
    assert_eq!(found.models[0].model, "q");
    let difference = |name: &str| {
        let d = found.models[0].differences.iter().find(|d| d.parameter == name).unwrap();
        let sign = if d.group == "careful" { 1.0 } else { -1.0 };
        (sign * d.difference, d.low * d.high)
    };
    assert!(difference("threshold").0 > 0.0 && difference("threshold").1 > 0.0);
    for alike in ["alpha", "beta", "nondecision"] {
        assert!(difference(alike).1 < 0.0, "{alike}: {:?}", difference(alike));
    }
    for (group, threshold) in [("quick", 1.2), ("careful", 2.2)] {
        let g = found.models[0].groups.iter().find(|g| g.group == group && g.parameter == "threshold").unwrap();
        assert!(g.low < threshold && threshold < g.high, "{g:?}");
    }
    let again = found.models[0].recovery.iter().find(|r| r.parameter == "threshold").unwrap();
    assert!(again.correlation > 0.9 && again.subjects.unwrap().share > 0.7, "{again:?}");
    // More than two options, or none timed: refused with what would be accepted.
    let mut three = row("1", "", 0, "a", 1.0);
    three.offered.push("c".into());
    let one = |r: Row| compare(&Choices::of(vec![r]).unwrap(), &options, &|| true).unwrap_err().to_string();
    assert!(one(three).contains("two options") && one(row("1", "", 0, "a", 1.0)).contains("1 has none"));
}
