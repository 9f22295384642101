//! Responses around events are measured by time: at any rate of sampling and whatever is missing.

use accumbens::peri::{Bands, Cut, Normalise, Table, cut_sessions};
use accumbens_core::study::Session;
use accumbens_core::{Channel, Event, EventKind, EventKindId, EventLog, Recording, Seed};

/// A session in which every event adds a step of 2 that lasts 1.5 s; samples are missing where `missing` says so of the
/// time since the last event.
fn session(rate: f64, missing: impl Fn(f64) -> bool) -> Session {
    let kinds = vec![EventKind::outcome("drop"), EventKind::outcome("never")];
    let drops: Vec<f64> = (1..=20).map(|i| 10.0 * f64::from(i) + 0.37).collect();
    let events = drops.iter().map(|t| Event { time: *t, kind: EventKindId(0), magnitude: 1.0 }).collect();
    let times: Vec<f64> = (0..(220.0 * rate) as usize).map(|i| i as f64 / rate).collect();
    let value = |t: &f64| {
        let since = t - drops.iter().copied().rfind(|d| d <= t).unwrap_or(-100.0);
        if missing(since) { f64::NAN } else { 7.0 + if (0.0..1.5).contains(&since) { 2.0 } else { 0.0 } }
    };
    let data = times.iter().map(value).collect();
    let channel = Channel { name: "dff".into(), unit: "%".into(), data };
    let log = EventLog::new(kinds, events).unwrap();
    Session { name: "s".into(), recording: Recording::new(times, vec![channel], log, 0.0).unwrap(), windows: None }
}

fn cut() -> Cut {
    Cut {
        events: vec!["drop".into()],
        window: [-2.0, 4.0],
        baseline: [-2.0, -0.2],
        normalise: Normalise::Subtract,
        rate: 20.0,
        response: [0.0, 3.0],
    }
}

#[test]
fn sessions_of_different_rates_have_the_same_areas_and_the_same_mean_over_lags() {
    let sessions = [24.5, 30.1, 121.0, 7.0].map(|rate| session(rate, |_| false));
    let trials = cut_sessions(&[&sessions], "dff", "%", &cut()).unwrap();
    assert_eq!((trials.trials.len(), trials.left_out, trials.incomplete), (80, 0, 0));
    for (number, _) in sessions.iter().enumerate() {
        let of: Vec<_> = trials.trials.iter().filter(|t| t.session == number).collect();
        let mean = |f: &dyn Fn(&accumbens::peri::Trial) -> f64| of.iter().map(|t| f(t)).sum::<f64>() / 20.0;
        // The step's edges lie within one lag and one sample.
        assert!((mean(&|t| t.area) - 3.0).abs() < 0.15, "{number}: {}", mean(&|t| t.area));
        let at = |lag: f64| trials.lags.iter().position(|l| (l - lag).abs() < 1e-9).unwrap();
        assert!((mean(&|t| t.values[at(1.0)]) - 2.0).abs() < 1e-9 && mean(&|t| t.values[at(2.0)]).abs() < 1e-9);
    }
}

#[test]
fn a_response_of_which_a_part_is_missing_keeps_its_size_and_one_that_is_mostly_missing_is_left_out_and_counted() {
    let whole = session(30.0, |_| false);
    let holes = session(30.0, |since| (0.4..0.9).contains(&since) || (1.9..2.4).contains(&since));
    let trials = cut_sessions(&[&[whole, holes]], "dff", "%", &cut()).unwrap();
    let mean = |s: usize| trials.trials.iter().filter(|t| t.session == s).map(|t| t.area).sum::<f64>() / 20.0;
    assert!((mean(0) - mean(1)).abs() < 0.05, "{} {}", mean(0), mean(1));
    let most = session(30.0, |since| (0.2..2.8).contains(&since));
    let trials = cut_sessions(&[&[session(30.0, |_| false), most]], "dff", "%", &cut()).unwrap();
    assert_eq!((trials.trials.len(), trials.left_out, trials.incomplete), (20, 0, 20));
    assert!(trials.omitted().unwrap().starts_with("events left out: 20 because more than 50 %"));
    let nothing = session(30.0, |since| since < 2.8);
    let error = cut_sessions(&[&[nothing]], "dff", "%", &cut()).unwrap_err().to_string();
    assert!(error.contains("20 because more than 50 %"), "{error}");
}

#[test]
fn an_event_that_never_happens_takes_no_part_in_the_model_and_windows_that_hold_no_lag_are_refused() {
    let animals = [session(30.0, |_| false), session(25.0, |_| false), session(20.0, |_| false)];
    let animals: Vec<&[Session]> = animals.iter().map(std::slice::from_ref).collect();
    let asked = Cut { events: vec!["never".into(), "drop".into()], normalise: Normalise::None, ..cut() };
    let trials = cut_sessions(&animals, "dff", "%", &asked).unwrap();
    let fitted = Table::of(&trials, false).fit(Bands::Animals, Seed(1));
    assert!(fitted.effects.len() == 1 && fitted.effects[0].name == "drop");
    for wrong in [
        Cut { response: [0.01, 0.02], ..cut() },
        Cut { response: [0.0, 9.0], ..cut() },
        Cut { baseline: [-3.0, 0.0], ..cut() },
    ] {
        assert!(cut_sessions(&animals, "dff", "%", &wrong).is_err(), "{wrong:?}");
    }
}
