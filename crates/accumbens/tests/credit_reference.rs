//! Reference signals, promotion of causes, choices among rivals and adjustment, against closed forms.

use accumbens::credit::{
    Batch, Contingencies, Credit, Memory, Mode, Prior, Promotion, Settings, Tonic, expected_traces, homeostatic,
    redistributed, shaped, threat,
};
use accumbens_core::Seed;
use rand::RngExt;

#[test]
fn expected_traces_of_a_chain_are_those_of_its_reversed_transitions() {
    let p = [[0.1, 0.6, 0.3], [0.5, 0.2, 0.3], [0.25, 0.25, 0.5]];
    let keep = 0.8;
    let mut rng = Seed(1).stream("chain");
    let mut state = 0;
    let states: Vec<u32> = (0..400_000)
        .map(|_| {
            let mut left = rng.random::<f64>();
            state = (0..3)
                .find(|s| {
                    left -= p[state][*s];
                    left < 0.0
                })
                .unwrap_or(2);
            state as u32
        })
        .collect();
    let z = expected_traces(&states, None, 3, keep, None).unwrap();
    // The stationary law by power iteration, and z = Σ keepᵏ P̃ᵏ with P̃ the transitions backwards in time.
    let mut pi = [1.0 / 3.0; 3];
    for _ in 0..200 {
        let next = [0, 1, 2].map(|j| (0..3).map(|i| pi[i] * p[i][j]).sum::<f64>());
        pi = next;
    }
    let back = |s: usize, i: usize| pi[i] * p[i][s] / pi[s];
    for s in 0..3 {
        let mut power = [0.0; 3];
        power[s] = 1.0;
        let mut expected = [0.0; 3];
        for k in 0..200 {
            (0..3).for_each(|i| expected[i] += keep_pow(keep, k) * power[i]);
            power = [0, 1, 2].map(|i| (0..3).map(|j| power[j] * back(j, i)).sum::<f64>());
        }
        for i in 0..3 {
            assert!((z[s * 3 + i] - expected[i]).abs() < 0.02, "{s} {i}: {} {}", z[s * 3 + i], expected[i]);
        }
    }
    let restart: Vec<bool> = states.iter().map(|_| true).collect();
    let alone = expected_traces(&states[..100], Some(&restart[..100]), 3, keep, Some(0.5)).unwrap();
    assert!((0..9).all(|i| i % 4 == 0 || alone[i] == 0.0));
    assert!(expected_traces(&[3], None, 3, keep, None).is_err() && expected_traces(&[0], None, 3, 1.5, None).is_err());
}

fn keep_pow(keep: f64, k: i32) -> f64 {
    keep.powi(k)
}

#[test]
fn redistributed_rewards_have_the_sum_of_the_rewards_and_place_it_where_predictions_change() {
    let rewards = [0.0, 0.0, 0.0, 0.0, 3.7];
    let moved = redistributed(&rewards, &[0.1, 0.1, 3.1, 3.1, 3.2]).unwrap();
    assert!((moved.iter().sum::<f64>() - 3.7).abs() < 1e-12);
    assert!((moved[2] - 3.0 - 0.1).abs() < 1e-12 && (moved[4] - 0.1 - 0.1).abs() < 1e-12);
    // Exact predictions leave nothing to spread.
    let exact = redistributed(&rewards, &[3.7; 5]).unwrap();
    assert_eq!(exact, [3.7, 0.0, 0.0, 0.0, 0.0]);
    assert!(redistributed(&rewards, &[0.0]).is_err());
}

#[test]
fn a_drive_shapes_by_how_much_it_falls_and_a_threat_is_paid_back_when_it_is_over() {
    let levels = [4.0, 1.0, 6.0, 2.0, 9.0, 2.5];
    let drive = |a: f64, b: f64| (2.0 * (10.0 - a).abs().powi(2) + 0.5 * (3.0 - b).abs().powi(2)).sqrt();
    let potentials = homeostatic(&levels, &[10.0, 3.0], &[2.0, 0.5], 2.0, 2.0).unwrap();
    let moved = shaped(&[0.0, 0.0], &potentials, 1.0, false).unwrap();
    assert!((moved[0] - (drive(4.0, 1.0) - drive(6.0, 2.0))).abs() < 1e-12);
    assert!((moved[1] - (drive(6.0, 2.0) - drive(9.0, 2.5))).abs() < 1e-12);
    let feared = threat(&[0.0, 1.0, 0.0, 0.0], 0.5).unwrap();
    assert_eq!(feared, [0.0, -1.0, -0.5, -0.25]);
    let paid = shaped(&[0.0; 3], &feared, 1.0, true).unwrap();
    assert_eq!(paid, [-1.0, 0.5, 0.5]);
    assert!(paid.iter().sum::<f64>().abs() < 1e-12);
    assert!(homeostatic(&levels, &[1.0], &[1.0, 1.0], 2.0, 2.0).is_err() && threat(&[1.0], 2.0).is_err());
}

#[test]
fn the_tonic_signal_is_the_average_reward_and_follows_a_change_within_its_half_life() {
    let mut tonic = Tonic::new(f64::INFINITY).unwrap();
    (0..1000).for_each(|i| tonic.learn(f64::from(i % 4 == 0)));
    let (mean, error) = tonic.average();
    assert!((mean - 0.25).abs() < 1e-5 && (error - (0.25_f64 * 0.75 / 1000.0).sqrt()).abs() < 1e-4);
    let mut recent = Tonic::new(10.0).unwrap();
    (0..200).for_each(|_| recent.learn(0.0));
    (0..10).for_each(|_| recent.learn(1.0));
    assert!((recent.average().0 - 0.5).abs() < 1e-3);
    assert!(Tonic::new(0.0).is_err());
}

/// A cue, two seconds later another, two seconds later the reward; something else at random.
fn chain(promotion: Option<Promotion>) -> Contingencies {
    let settings = Settings { time: 2.0, promotion, ..Settings::default() };
    let mut found = Contingencies::new(4, &[3], settings, 0.0).unwrap();
    let mut rng = Seed(2).stream("chain");
    let mut events = Vec::new();
    for i in 0..400 {
        let start = 30.0 * f64::from(i) + 10.0 * rng.random::<f64>();
        events.extend([(start, 0), (start + 2.0, 1), (start + 4.0, 3)]);
        events.push((30.0 * f64::from(i) + 29.0 * rng.random::<f64>(), 2));
    }
    events.sort_by(|a, b| a.0.total_cmp(&b.0));
    for (time, key) in events {
        found.event(key, time, 1.0).unwrap();
    }
    found
}

#[test]
fn a_cause_that_is_worth_enough_becomes_a_target_and_its_own_cause_is_found_and_chance_is_not() {
    let plain = chain(None);
    assert_eq!(plain.target_keys().collect::<Vec<_>>(), [3]);
    let found = chain(Some(Promotion { threshold: 0.2, times: 5 }));
    let keys: Vec<u32> = found.target_keys().collect();
    assert_eq!(keys[..2], [3, 1], "the near cause first: {keys:?}");
    assert!(!keys.contains(&2), "{keys:?}");
    let of_second = found.net(0, 1);
    assert!(of_second.z > 10.0 && (of_second.predecessor - (-1.0_f64).exp()).abs() < 0.1, "{of_second:?}");
    // Through the second cue the first is worth more than by itself alone.
    assert!(found.worth(0) > plain.worth(0));
    assert!((found.net(0, 0).predecessor - plain.net(0, 0).predecessor).abs() < 1e-12);
}

#[test]
fn among_rivals_the_contingency_is_the_hindsight_coefficient_and_agrees_with_bayes_on_the_same_counts() {
    // In one context two actions, of which a reward follows with .8 and .3, or none.
    let settings = Settings { time: 1e9, least: 1e-12, ..Settings::default() };
    let mut found = Contingencies::new(3, &[2], settings, 0.0).unwrap();
    let mut rng = Seed(4).stream("among");
    let (mut chosen, mut paid) = ([0.0; 2], [0.0; 2]);
    for t in 0..20_000 {
        let action = usize::from(rng.random::<f64>() < 0.7);
        let reward = rng.random::<f64>() < [0.8, 0.3][action];
        let time = f64::from(t);
        found.event(action as u32, time, 1.0).unwrap();
        if reward {
            found.event(2, time, 1.0).unwrap();
            paid[action] += 1.0;
        }
        chosen[action] += 1.0;
        found.reset(time + 0.5);
    }
    let (n, u) = (chosen[0] + chosen[1], paid[0] + paid[1]);
    for action in 0..2 {
        let net = found.among(action as u32, 0, &[0, 1], None);
        let lift = (paid[action] / u) / (chosen[action] / n) - 1.0;
        assert!((net.predecessor - lift).abs() < 1e-6, "{net:?} {lift}");
        // N_u/N·(p(a|u)/p(a) − 1) = E[u | a] − E[u].
        assert!((u / n * lift - (paid[action] / chosen[action] - u / n)).abs() < 1e-12);
        let exact = found.among(action as u32, 0, &[0, 1], Some([0.3, 0.7][action]));
        let truth = [0.3 * 0.8, 0.7 * 0.3][action] / (0.3 * 0.8 + 0.7 * 0.3) / [0.3, 0.7][action] - 1.0;
        assert!((exact.predecessor - truth).abs() < 0.05 && exact.z.abs() > net.z.abs(), "{exact:?} {truth}");
    }
    assert_eq!(found.among(0, 0, &[0], None).predecessor, 0.0);
}

#[test]
fn adjusted_credit_tells_the_event_that_does_something_from_the_one_that_keeps_it_company() {
    let (sequences, length) = (16, 3);
    let mut rng = Seed(6).stream("company");
    let plain = Credit { mode: Mode::Contribution, ..Credit::new(1) };
    let adjusted = Credit { adjust: Some(8), ..plain.clone() };
    let (mut alone, mut together) = (Memory::default(), Memory::default());
    for _ in 0..200 {
        let (mut events, mut rewards) = (Vec::new(), Vec::new());
        for _ in 0..sequences {
            let cause = rng.random::<f64>() < 0.5;
            // The companion is there nine times of ten when the cause is.
            let company = if rng.random::<f64>() < 0.9 { cause } else { !cause };
            events.extend([if cause { 1 } else { -1 }, if company { 2 } else { -1 }, 3]);
            rewards.push(f64::from(cause) + 0.2 * rng.random::<f64>());
        }
        let (mask, groups) = (vec![true; sequences * length], vec![0; sequences]);
        let batch = Batch { events: &events, mask: &mask, rewards: &rewards, groups: &groups, contexts: None, length };
        plain.give(&batch, &mut alone).unwrap();
        adjusted.give(&batch, &mut together).unwrap();
    }
    let of = |credit: &Credit, memory: &Memory| credit.known(memory, 0, &[1, 2, 9]).unwrap();
    let (alone, together) = (of(&plain, &alone), of(&adjusted, &together));
    assert!(alone[1].0 > 0.6 * alone[0].0, "by itself the companion passes for a cause: {alone:?}");
    assert!(together[1].0.abs() < 0.02 * together[0].0, "{together:?}");
    assert!(together[0].1 > 20.0 && together[1].1.abs() < 4.0 && together[2] == (0.0, 0.0), "{together:?}");
    let full = Credit { adjust: Some(2), prior: Prior::default(), ..adjusted };
    let batch =
        Batch { events: &[1, 2, 3], mask: &[true; 3], rewards: &[1.0], groups: &[0], contexts: None, length: 3 };
    assert!(full.give(&batch, &mut Memory::default()).unwrap_err().to_string().contains("room for every event"));
}
