//! The theories against closed forms and conservation laws.

use accumbens::theories::by_name;
use accumbens_core::{AnyTheory, Event, EventKind, EventKindId, EventLog, Learner, Sample, Schedule, Seed, Sink, live};
use rand_distr::{Distribution, Exp};

fn theory(name: &str, settings: &[(&str, &str)]) -> Box<dyn AnyTheory> {
    let mut theory = by_name(name).unwrap();
    settings.iter().for_each(|(p, v)| theory.set_text(p, v).unwrap());
    theory
}

fn event(time: f64, kind: u32, magnitude: f64) -> Event {
    Event { time, kind: EventKindId(kind), magnitude }
}

fn released(theory: &dyn AnyTheory, log: &EventLog) -> (Vec<Sample>, Box<dyn Learner>) {
    let mut theory = theory.boxed();
    theory.tell(log);
    let mut learner = theory.start(log.kinds());
    let mut samples = Vec::new();
    let schedule = Schedule { end: log.last_time() + 5.0, ..Schedule::default() };
    live(learner.as_mut(), log, &schedule, Sink::Samples(&mut samples)).unwrap();
    (samples, learner)
}

/// Dopamine at each event of the log, whatever the theory's bins.
fn at_events(samples: &[Sample]) -> Vec<f64> {
    samples.iter().filter(|s| s.rows > 0).map(|s| s.value).collect()
}

fn cue_reward(trials: usize, delay: f64, magnitude: f64) -> EventLog {
    let kinds = vec![EventKind::cue("tone"), EventKind::outcome("juice")];
    let trial = |i: usize| {
        let start = 20.0 * i as f64 + 10.1;
        [event(start, 0, 0.0), event(start + delay, 1, magnitude)]
    };
    EventLog::new(kinds, (0..trials).flat_map(trial).collect()).unwrap()
}

#[test]
fn a_fully_learnt_one_cue_serial_compound_answers_the_cue_with_gamma_to_the_delay() {
    let (gamma, bins) = (0.95_f64, 10);
    let theory = theory("td_csc", &[("alpha", "0.3"), ("gamma_per_bin", "0.95"), ("iti", "none"), ("cue_to_iti", "3")]);
    let log = cue_reward(600, 0.2 * f64::from(bins), 1.0);
    let answers = at_events(&released(theory.as_ref(), &log).0);
    let [cue, reward] = answers[answers.len() - 2..] else { panic!() };
    assert!((cue - gamma.powi(bins)).abs() < 1e-9, "{cue}");
    assert!(reward.abs() < 1e-9, "{reward}");
}

#[test]
fn a_time_constant_is_the_discount_of_its_closed_form_whatever_the_bin() {
    for dt in ["0.1", "0.2", "0.5"] {
        let theory =
            theory("td_csc", &[("alpha", "0.5"), ("tau", "4"), ("dt", dt), ("iti", "none"), ("cue_to_iti", "3")]);
        let answers = at_events(&released(theory.as_ref(), &cue_reward(600, 2.0, 1.0)).0);
        let cue = answers[answers.len() - 2];
        assert!((cue - (-2.0_f64 / 4.0).exp()).abs() < 1e-9, "dt {dt}: {cue}");
    }
}

#[test]
fn rescorla_wagner_approaches_its_asymptote_as_one_minus_alpha_to_the_trial() {
    let (alpha, magnitude) = (0.15_f64, 2.5);
    let theory = theory("rescorla_wagner", &[("alpha", "0.15")]);
    let answers = at_events(&released(theory.as_ref(), &cue_reward(200, 1.0, magnitude)).0);
    for (trial, pair) in answers.chunks(2).enumerate() {
        let left = magnitude * (1.0 - alpha).powi(trial as i32);
        assert!((pair[1] - left).abs() < 1e-12 && (pair[0] - (magnitude - left)).abs() < 1e-12, "trial {trial}");
    }
}

#[test]
fn a_cue_trained_in_compound_with_a_known_one_is_blocked_under_rescorla_wagner() {
    let kinds = vec![EventKind::cue("a"), EventKind::cue("x"), EventKind::outcome("food")];
    let mut events = Vec::new();
    for i in 0..400 {
        let t = 30.0 * f64::from(i) + 1.0;
        events.push(event(t, 0, 0.0));
        if i >= 300 {
            events.push(event(t, 1, 0.0));
        }
        events.push(event(t + 2.0, 2, 1.0));
    }
    let log = EventLog::new(kinds, events).unwrap();
    let (_, learner) = released(theory("rescorla_wagner", &[("alpha", "0.2")]).as_ref(), &log);
    let prediction = &learner.describe()["prediction"];
    assert!((prediction["a"].as_f64().unwrap() - 1.0).abs() < 1e-9);
    assert!(prediction["x"].as_f64().unwrap().abs() < 1e-9);
}

#[test]
fn an_unpaired_cue_extinguishes_when_its_trial_window_has_passed() {
    let kinds = vec![EventKind::cue("tone"), EventKind::outcome("juice")];
    let mut events: Vec<Event> = cue_reward(50, 1.0, 1.0).events().to_vec();
    events.extend((0..3).map(|i| event(2000.0 + 60.0 * f64::from(i), 0, 0.0)));
    let log = EventLog::new(kinds, events).unwrap();
    let (samples, _) = released(theory("rescorla_wagner", &[("alpha", "0.5"), ("window", "8")]).as_ref(), &log);
    let dips: Vec<&Sample> = samples.iter().filter(|s| s.rows == 0).collect();
    let learnt = 1.0 - 0.5_f64.powi(50);
    // The last cue's window is still open where the log ends.
    assert_eq!(dips.len(), 2);
    for (n, dip) in dips.iter().enumerate() {
        assert_eq!(dip.time, 2008.0 + 60.0 * n as f64);
        assert!((dip.value + learnt * 0.5_f64.powi(n as i32)).abs() < 1e-12);
    }
}

#[test]
fn prediction_errors_are_linear_in_reward_magnitude() {
    for name in ["rescorla_wagner", "td_csc", "td_microstimulus"] {
        let one = at_events(&released(theory(name, &[]).as_ref(), &cue_reward(60, 1.0, 1.0)).0);
        let three = at_events(&released(theory(name, &[]).as_ref(), &cue_reward(60, 1.0, 3.0)).0);
        for (a, b) in one.iter().zip(&three) {
            assert!((3.0 * a - b).abs() < 1e-9 * b.abs().max(1.0), "{name}: {a} {b}");
        }
    }
}

#[test]
fn reward_magnitude_matters_to_anccr() {
    let small = at_events(&released(theory("anccr", &[]).as_ref(), &cue_reward(60, 1.0, 1.0)).0);
    let large = at_events(&released(theory("anccr", &[]).as_ref(), &cue_reward(60, 1.0, 4.0)).0);
    assert!(large[1] > 3.9 * small[1] && small[1] > 0.0, "{} {}", small[1], large[1]);
}

#[test]
fn prc_of_independent_poisson_processes_is_zero_in_expectation() {
    let kinds = vec![EventKind::cue("a"), EventKind { value: 1.0, ..EventKind::cue("b") }];
    // Means over independent runs of the exact mean, so that only the chance of the events is left.
    let runs: Vec<f64> = (0..60)
        .map(|run| {
            let mut events = Vec::new();
            for kind in 0..2_u32 {
                let mut rng = Seed(run).stream(&format!("poisson {kind}"));
                let gap = Exp::new(1.0 / 8.0).unwrap();
                let mut time = 0.0;
                while time < 8000.0 {
                    time += gap.sample(&mut rng);
                    events.push(event(time, kind, 0.0));
                }
            }
            events.sort_by(|a, b| a.time.total_cmp(&b.time));
            let log = EventLog::new(kinds.clone(), events).unwrap();
            let (_, learner) = released(theory("anccr", &[("T", "10"), ("exact_mean", "yes")]).as_ref(), &log);
            learner.describe()["PRC"]["a"]["b"].as_f64().unwrap()
        })
        .collect();
    let n = runs.len() as f64;
    let mean = runs.iter().sum::<f64>() / n;
    let error = (runs.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (n * (n - 1.0))).sqrt();
    // The trace of a process of rate 1/8 s with T = 10 s has mean 10/8: the error is small against it.
    assert!(error < 0.02 && mean.abs() < 4.0 * error, "{mean} ± {error}");
}

#[test]
fn the_variants_of_anccr_differ_by_their_declared_terms_at_the_first_reward() {
    let kinds = vec![EventKind { value: 0.8, ..EventKind::outcome("juice") }];
    let log = EventLog::new(kinds, vec![event(5.0, 0, 2.0)]).unwrap();
    let first = |settings: &[(&str, &str)]| released(theory("anccr", settings).as_ref(), &log).0[0].value;
    // With no baseline yet NC = (1−w)·M, and M = α after one event.
    let plain = first(&[("alpha", "0.02"), ("w", "0.4")]);
    assert!((plain - 0.6 * 0.02 * 2.0).abs() < 1e-15, "{plain}");
    let with_value = first(&[("alpha", "0.02"), ("w", "0.4"), ("variant", "2022-value")]);
    assert!((with_value - plain - 0.8).abs() < 1e-15, "{with_value}");
    let burke = first(&[("alpha", "4e-5"), ("w", "0.4"), ("variant", "2026"), ("iri", "60")]);
    let rate = 1.0 - (1.0 - 4e-5_f64).powf(60.0 / 0.2);
    assert!((burke - 0.6 * rate * 2.0).abs() < 1e-15, "{burke}");
}

#[test]
fn an_inhibited_second_cue_leaves_anccr_its_first_cue_and_takes_it_from_the_serial_compound() {
    use accumbens::experiment::{catalogue, life, sessions};
    let experiment = catalogue::by_name("jeong2022-sequential-cues").unwrap();
    let last_answer = |name: &str, group: &str| {
        let sessions = sessions(&experiment, Some(group), 1, Seed(1)).unwrap();
        let life = life(&sessions, name).unwrap();
        let theory = theory(name, &[]);
        let mut learner = theory.start(life.log.kinds());
        let mut samples = Vec::new();
        live(learner.as_mut(), &life.log, &life.schedule, Sink::Samples(&mut samples)).unwrap();
        let cs1 = samples.iter().filter(|s| s.rows > 0 && life.log.events()[s.first_row as usize].kind.0 == 0);
        let answers: Vec<f64> = cs1.map(|s| s.value).collect();
        answers[answers.len() - 50..].iter().sum::<f64>() / 50.0
    };
    // Published (Jeong et al. 2022, figure 6): ANCCR keeps its answer to the first cue, the serial compound loses it.
    assert!(last_answer("anccr", "inhibited") > 0.5 * last_answer("anccr", "control"));
    assert!(last_answer("td_csc", "inhibited") < 0.0 && last_answer("td_csc", "control") > 0.0);
}
