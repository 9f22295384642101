//! Learning signals against closed forms, exhaustive enumeration and published definitions.

use accumbens::credit::{
    Adjusted, Batch, Centre, Contingencies, Credit, Estimate, Group, Memory, Mode, Prior, Rollout, Settings, conflict,
    dual, ensemble, fused, gae, group_advantages, shaped, shrinkage, vtrace,
};
use accumbens_core::{Seed, cite};
use rand::RngExt;

fn near(found: f64, expected: f64, within: f64) -> bool {
    (found - expected).abs() <= within * expected.abs().max(1.0)
}

#[test]
fn an_estimate_that_forgets_nothing_is_the_conjugate_posterior_of_all_numbers_at_once() {
    let prior = Prior { mean: 0.7, weight: 2.0, shape: 3.0, rate: 1.5, keep: 1.0 };
    let numbers = [1.0, -2.0, 0.5, 4.0, 3.25];
    let mut estimate = Estimate::default();
    numbers.iter().for_each(|x| estimate.learn(&prior, *x));
    let n = numbers.len() as f64;
    let mean = numbers.iter().sum::<f64>() / n;
    let squares: f64 = numbers.iter().map(|x| (x - mean) * (x - mean)).sum();
    let posterior = (2.0 * 0.7 + n * mean) / (2.0 + n);
    let rate = 1.5 + 0.5 * squares + 0.5 * 2.0 * n / (2.0 + n) * (mean - 0.7) * (mean - 0.7);
    let noise = rate / (3.0 + 0.5 * n - 1.0);
    assert!(near(estimate.mean(&prior), posterior, 1e-12));
    assert!(near(estimate.noise(&prior), noise, 1e-12));
    assert!(near(estimate.uncertainty(&prior), noise / (2.0 + n), 1e-12));
}

#[test]
fn an_estimate_that_forgets_weighs_by_age_and_its_gain_lies_between_none_and_all() {
    let prior = Prior { keep: 0.8, ..Prior::default() };
    let numbers = [3.0, 1.0, 4.0, 1.0, 5.0, 9.0];
    let mut estimate = Estimate::default();
    numbers.iter().for_each(|x| estimate.learn(&prior, *x));
    let weights: Vec<f64> = (0..6).map(|i| 0.8_f64.powi(5 - i)).collect();
    let total: f64 = weights.iter().sum();
    let mean = weights.iter().zip(numbers).map(|(w, x)| w * x).sum::<f64>() / total;
    let squares: f64 = weights.iter().zip(numbers).map(|(w, x)| w * (x - mean) * (x - mean)).sum();
    assert!(near(estimate.count, total, 1e-12) && near(estimate.seen, mean, 1e-12));
    assert!(near(estimate.squares, squares, 1e-12));
    assert!(estimate.gain(&prior, 0.0) > 0.0 && estimate.gain(&prior, 0.0) < estimate.gain(&prior, 1.0));
    assert!(near(Prior::half_life(3.0).powi(3), 0.5, 1e-12));
    assert_eq!((shrinkage(0.5, 1.0), shrinkage(2.0, 1.0), shrinkage(0.0, 1.0)), (0.0, 0.75, 0.0));
}

/// A log of `n` random events of `keys` kinds.
fn happenings(n: usize, keys: u32) -> Vec<(u32, f64)> {
    let mut rng = Seed(5).stream("credit");
    let mut time = 0.0;
    let one = |_| {
        time -= rng.random::<f64>().ln() * 0.7;
        (rng.random_range(0..keys), time)
    };
    (0..n).map(one).collect()
}

#[test]
fn means_of_traces_are_those_of_brute_force_and_of_the_expected_trace() {
    let (constant, log) = (3.0, happenings(400, 4));
    let settings = Settings { time: constant, least: 1e-15, ..Settings::default() };
    let mut found = Contingencies::new(4, &[2], settings, 0.0).unwrap();
    log.iter().for_each(|(key, time)| found.event(*key, *time, 1.0).unwrap());
    let end = log.last().unwrap().1;
    let trace = |key: u32, at: f64, with: bool| -> f64 {
        let before = log.iter().filter(|(k, t)| *k == key && (*t < at || (with && *t <= at)));
        before.map(|(_, t)| (-(at - t) / constant).exp()).sum()
    };
    for key in 0..4 {
        let at_targets: Vec<f64> = log.iter().filter(|e| e.0 == 2).map(|e| trace(key, e.1, false)).collect();
        let n = at_targets.len() as f64;
        let mean = at_targets.iter().sum::<f64>() / n;
        let spread = at_targets.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / n;
        let (before, variance) = found.before(key, 0);
        assert!(near(before, mean, 1e-10) && near(variance, spread, 1e-9), "{key}: {before} {mean}");
        // Each event's decaying trace, integrated exactly, and its square by Simpson's rule between events.
        let once = log.iter().filter(|e| e.0 == key).map(|(_, t)| constant * (1.0 - (-(end - t) / constant).exp()));
        let base = once.sum::<f64>() / end;
        let (mut square, mut last) = (0.0, 0.0);
        for (_, time) in &log {
            let (from, to) = (trace(key, last, true), trace(key, *time, false));
            square += 0.5 * constant * (from * from - to * to).max(0.0);
            last = *time;
        }
        let (mean, variance) = found.base(key);
        assert!(near(mean, base, 1e-10), "{key}: {mean} {base}");
        assert!(near(variance, square / end - base * base, 1e-9), "{key}");
    }
}

#[test]
fn a_cause_stands_out_of_what_only_happens_often_and_episodes_do_not_leak() {
    let mut found = Contingencies::new(3, &[2], Settings { time: 2.0, ..Settings::default() }, 0.0).unwrap();
    let mut rng = Seed(2).stream("cause");
    let mut time = 0.0;
    for _ in 0..300 {
        found.event(1, time + 10.0 * rng.random::<f64>(), 1.0).unwrap();
        found.event(0, time + 12.0, 1.0).unwrap();
        found.event(2, time + 13.0, 3.0).unwrap();
        time += 20.0;
    }
    let (cause, other) = (found.net(0, 0), found.net(1, 0));
    // A trace one second old, T = 2 s.
    assert!(near(found.before(0, 0).0, (-0.5_f64).exp(), 1e-4));
    assert!(cause.z > 10.0 && cause.kept > 0.99 && cause.net > 0.0, "{cause:?}");
    assert!(other.net < 0.1 * cause.net, "{other:?}");
    assert!(near(found.magnitude(0), 3.0, 1e-12));

    let settings = Settings { time: 1e6, ..Settings::default() };
    let mut episodes = Contingencies::new(2, &[1], settings, 0.0).unwrap();
    episodes.event(0, 0.0, 1.0).unwrap();
    episodes.reset(1.0);
    episodes.event(1, 2.0, 1.0).unwrap();
    assert_eq!(episodes.before(0, 0).0, 0.0);
    assert!(episodes.event(0, 1.0, 1.0).is_err() && episodes.event(7, 3.0, 1.0).is_err());
    assert!(Contingencies::new(2, &[2], settings, 0.0).is_err());
}

/// Outcomes of two causes and noise; the third event comes with the first nine times in ten and does nothing.
fn accompanied(n: usize) -> Vec<(Vec<(u32, f64)>, f64)> {
    let mut rng = Seed(9).stream("accompanied");
    let one = |_| {
        let [a, b] = [0, 1].map(|_| f64::from(u8::from(rng.random::<bool>())));
        let c = if rng.random::<f64>() < 0.9 { a } else { 1.0 - a };
        let outcome = 0.5 + 2.0 * a - b + rng.random::<f64>();
        let active = [(0, a), (1, b), (2, c)].into_iter().filter(|x| x.1 > 0.0).collect();
        (active, outcome)
    };
    (0..n).map(one).collect()
}

#[test]
fn recursive_least_squares_are_those_of_all_outcomes_at_once() {
    let (keep, ridge, log) = (0.97, 0.3, accompanied(120));
    let mut found = Adjusted::new(3, keep, ridge).unwrap();
    log.iter().for_each(|(active, outcome)| found.learn(active, *outcome).unwrap());
    let n = log.len();
    let mut x = nalgebra::DMatrix::<f64>::zeros(n, 4);
    for (row, (active, _)) in log.iter().enumerate() {
        x[(row, 3)] = 1.0;
        active.iter().for_each(|(key, value)| x[(row, *key as usize)] = *value);
    }
    let y = nalgebra::DVector::from_iterator(n, log.iter().map(|l| l.1));
    let weights: Vec<f64> = (0..n).map(|i| keep.powi((n - 1 - i) as i32)).collect();
    let w = nalgebra::DMatrix::from_diagonal(&nalgebra::DVector::from_vec(weights.clone()));
    let held = ridge * keep.powi(n as i32);
    let inverse = (x.transpose() * &w * &x + nalgebra::DMatrix::identity(4, 4) * held).try_inverse().unwrap();
    let solved = &inverse * x.transpose() * &w * &y;
    let rest = &y - &x * &solved;
    let squares = (rest.transpose() * &w * &rest)[0] + held * solved.norm_squared();
    let left = weights.iter().sum::<f64>() - (4.0 - held * inverse.trace());
    for key in 0..3 {
        let (weight, error) = found.weight(key);
        assert!(near(weight, solved[key as usize], 1e-9), "{key}: {weight} {}", solved[key as usize]);
        let expected = (squares / left * inverse[(key as usize, key as usize)]).sqrt();
        assert!(near(error, expected, 1e-9), "{key}: {error} {expected}");
    }
    assert!(near(found.expected(&[(0, 1.0)]), solved[3] + solved[0], 1e-9));
}

#[test]
fn what_only_accompanies_a_cause_has_a_contingency_and_no_weight_of_its_own() {
    let log = accompanied(4000);
    let mut adjusted = Adjusted::new(3, 1.0, 1e-3).unwrap();
    log.iter().for_each(|(active, outcome)| adjusted.learn(active, *outcome).unwrap());
    let with = |key: u32| {
        let mean = |there: bool| {
            let of = log.iter().filter(|l| l.0.iter().any(|a| a.0 == key) == there).map(|l| l.1).collect::<Vec<_>>();
            of.iter().sum::<f64>() / of.len() as f64
        };
        mean(true) - mean(false)
    };
    assert!(with(2) > 1.4, "{}", with(2));
    for (key, truth) in [(0, 2.0), (1, -1.0), (2, 0.0)] {
        let (weight, error) = adjusted.weight(key);
        assert!((weight - truth).abs() < 3.5 * error && error < 0.05, "{key}: {weight} ± {error}");
    }
    assert!(Adjusted::new(0, 1.0, 1.0).is_err() && Adjusted::new(2, 1.0, 0.0).is_err());
    assert!(adjusted.learn(&[(3, 1.0)], 0.0).is_err() && adjusted.learn(&[], f64::NAN).is_err());
}

fn random(n: usize, seed: u64) -> Vec<f32> {
    let mut rng = Seed(seed).stream("numbers");
    (0..n).map(|_| rng.random::<f32>() * 2.0 - 1.0).collect()
}

#[test]
fn generalised_advantages_are_the_discounted_sums_of_their_definition() {
    let (steps, lanes, gamma, lambda) = (23, 70, 0.97_f32, 0.9_f32);
    let (rewards, values, last) = (random(steps * lanes, 1), random(steps * lanes, 2), random(lanes, 3));
    let ends = |seed: u64, share: f32| -> Vec<f32> {
        random(steps * lanes, seed).iter().map(|x| f32::from(u8::from(*x > 1.0 - share))).collect()
    };
    let (terminated, truncated) = (ends(4, 0.1), ends(5, 0.1));
    let next = random(steps * lanes, 6);
    let rollout = Rollout {
        rewards: &rewards,
        values: &values,
        next_values: Some(&next),
        last: &last,
        terminated: &terminated,
        truncated: Some(&truncated),
        reset: None,
        lanes,
        lanes_first: false,
    };
    let mut found = vec![0.0; steps * lanes];
    gae(&rollout, gamma, lambda, &mut found).unwrap();
    for lane in 0..lanes {
        for t in 0..steps {
            let (mut expected, mut weight) = (0.0_f64, 1.0_f64);
            for s in t..steps {
                let cell = s * lanes + lane;
                let after = f64::from(next[cell]) * (1.0 - f64::from(terminated[cell]));
                expected += weight * (f64::from(rewards[cell]) + f64::from(gamma) * after - f64::from(values[cell]));
                if terminated[cell] + truncated[cell] > 0.0 {
                    break;
                }
                weight *= f64::from(gamma * lambda);
            }
            assert!(near(f64::from(found[t * lanes + lane]), expected, 1e-5), "{t} {lane}");
        }
    }
    // The same with a row a lane.
    let turn = |a: &[f32]| (0..steps * lanes).map(|i| a[i % steps * lanes + i / steps]).collect::<Vec<f32>>();
    let [rewards, values, next, terminated, truncated] =
        [&rewards, &values, &next, &terminated, &truncated].map(|a| turn(a));
    let turned = Rollout {
        rewards: &rewards,
        values: &values,
        next_values: Some(&next),
        last: &last,
        terminated: &terminated,
        truncated: Some(&truncated),
        reset: None,
        lanes,
        lanes_first: true,
    };
    let mut other = vec![0.0; steps * lanes];
    gae(&turned, gamma, lambda, &mut other).unwrap();
    assert_eq!(other, turn(&found));
}

#[test]
fn a_step_that_autoreset_inserts_has_no_advantage_and_passes_none_on() {
    // One lane: an end, the inserted step, a new episode of one step.
    let (rewards, values) = ([1.0, 50.0, 2.0], [0.0, 9.0, 0.5]);
    let (terminated, reset) = ([1.0, 0.0, 1.0], [0.0, 1.0, 0.0]);
    let rollout = Rollout {
        rewards: &rewards,
        values: &values,
        next_values: None,
        last: &[7.0],
        terminated: &terminated,
        truncated: None,
        reset: Some(&reset),
        lanes: 1,
        lanes_first: false,
    };
    let mut found = [0.0; 3];
    gae(&rollout, 0.9, 0.95, &mut found).unwrap();
    assert_eq!(found, [1.0, 0.0, 1.5]);
    assert!(gae(&rollout, 0.9, 0.95, &mut [0.0; 2]).unwrap_err().to_string().contains('3'));
    assert!(gae(&Rollout { lanes: 2, ..rollout }, 0.9, 0.95, &mut found).is_err());
}

#[test]
fn v_trace_on_its_own_policy_is_generalised_advantage_estimation() {
    let (steps, lanes) = (17, 3);
    let (rewards, values, last) = (random(steps * lanes, 1), random(steps * lanes, 2), random(lanes, 3));
    let zero = vec![0.0; steps * lanes];
    let rollout = Rollout {
        rewards: &rewards,
        values: &values,
        next_values: None,
        last: &last,
        terminated: &zero,
        truncated: None,
        reset: None,
        lanes,
        lanes_first: false,
    };
    let (mut a, mut b) = (zero.clone(), zero.clone());
    gae(&rollout, 0.9, 0.8, &mut a).unwrap();
    vtrace(&rollout, &vec![1.0; steps * lanes], (0.9, 0.8), (1.0, 1.0), &mut b).unwrap();
    assert_eq!(a, b);
}

#[test]
fn shaped_rewards_telescope() {
    let (rewards, potentials) = ([1.0, -2.0, 0.5, 3.0], [0.3, -1.0, 2.0, 0.1, 5.0]);
    for (terminated, left) in [(true, 0.0), (false, 0.9_f64.powi(4) * 5.0)] {
        let made = shaped(&rewards, &potentials, 0.9, terminated).unwrap();
        let discounted: f64 =
            made.iter().zip(rewards).enumerate().map(|(t, (a, b))| 0.9_f64.powi(t as i32) * (a - b)).sum();
        assert!(near(discounted, left - 0.3, 1e-12), "{discounted}");
    }
    assert!(shaped(&rewards, &potentials[1..], 0.9, true).is_err());
}

#[test]
fn without_a_prior_count_groups_are_those_of_grpo_and_channels_and_orders_do_not_matter() {
    let rewards = [1.0, 0.0, 0.0, 1.0, 5.0, 5.5, 7.0, 4.0];
    let groups = [3, 3, 3, 3, 1, 1, 1, 1];
    let grpo = Group { centre: Centre::Mean, prior: Some(0.0) };
    let found = group_advantages(&rewards, &groups, &grpo, None).unwrap();
    for part in [0..4, 4..8] {
        let r = &rewards[part.clone()];
        let mean = r.iter().sum::<f64>() / 4.0;
        let spread = (r.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / 3.0).sqrt();
        for (x, advantage) in r.iter().zip(&found[part]) {
            assert!(near(*advantage, (x - mean) / (spread + 1e-4), 1e-12));
        }
    }
    let order = [7, 2, 5, 0, 1, 6, 3, 4];
    let permuted: Vec<f64> = order.iter().map(|i| rewards[*i]).collect();
    let moved: Vec<i64> = order.iter().map(|i| groups[*i]).collect();
    let other = group_advantages(&permuted, &moved, &grpo, None).unwrap();
    order.iter().zip(&other).for_each(|(i, a)| assert!(near(*a, found[*i], 1e-12)));
    // A channel of another unit says the same.
    let scaled: Vec<f64> = rewards.iter().map(|r| 1e4 * r).collect();
    let other = group_advantages(&scaled, &groups, &Group { centre: Centre::Mean, prior: Some(4.0) }, None).unwrap();
    let same = group_advantages(&rewards, &groups, &Group { centre: Centre::Mean, prior: Some(4.0) }, None).unwrap();
    other.iter().zip(&same).for_each(|(a, b)| assert!(near(*a, *b, 1e-3)));
    // Seven equal rewards of eight do not explode, and a skipped one stays out.
    let one = [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, f64::NAN];
    let found = group_advantages(&one, &[0; 8], &Group::default(), Some(1.0)).unwrap();
    assert!(found[7].is_nan() && found[6] < 2.0 && found[..7].iter().sum::<f64>().abs() < 1e-12);
}

/// Three places, two actions each: the policy's chance of action 1 at each place.
const POLICY: [f64; 3] = [0.3, 0.6, 0.45];

fn outcome(actions: usize) -> f64 {
    [0.2, 1.0, -0.5, 2.0, 0.0, 3.0, 0.7, -1.0][actions]
}

fn action(actions: usize, place: usize) -> usize {
    (actions >> place) & 1
}

fn chance(actions: usize) -> f64 {
    (0..3).map(|t| if action(actions, t) == 1 { POLICY[t] } else { 1.0 - POLICY[t] }).product()
}

/// ∂ ln π/∂ logit at a place.
fn score(actions: usize, place: usize) -> f64 {
    action(actions, place) as f64 - POLICY[place]
}

fn exact() -> [f64; 3] {
    std::array::from_fn(|t| (0..8).map(|a| chance(a) * score(a, t) * outcome(a)).sum())
}

fn events(actions: usize) -> [i32; 3] {
    std::array::from_fn(|t| (2 * t + action(actions, t)) as i32)
}

/// The advantages of one batch of trajectories in one group, which the memory then learns.
fn live(credit: &Credit, memory: &mut Memory, trajectories: &[usize]) -> Vec<f32> {
    let cells: Vec<i32> = trajectories.iter().flat_map(|a| events(*a)).collect();
    let rewards: Vec<f64> = trajectories.iter().map(|a| outcome(*a)).collect();
    let (mask, groups) = (vec![true; cells.len()], vec![0; trajectories.len()]);
    let batch = Batch { events: &cells, mask: &mask, rewards: &rewards, groups: &groups, contexts: None, length: 3 };
    credit.give(&batch, memory).unwrap().advantages
}

/// The same, learning nothing.
fn given(credit: &Credit, memory: &Memory, trajectories: &[usize]) -> Vec<f32> {
    live(credit, &mut memory.clone(), trajectories)
}

/// What earlier batches of this policy taught.
fn taught(credit: &Credit, batches: usize) -> Memory {
    let (mut memory, mut rng) = (Memory::default(), Seed(8).stream("taught"));
    for _ in 0..batches {
        let drawn: Vec<usize> =
            (0..64).map(|_| (0..3).filter(|t| rng.random::<f64>() < POLICY[*t]).map(|t| 1 << t).sum()).collect();
        live(credit, &mut memory, &drawn);
    }
    memory
}

/// The expectation over all pairs of trajectories of the policy gradient that the advantages make.
fn expected(credit: &Credit, memory: &Memory) -> [f64; 3] {
    let mut gradient = [0.0; 3];
    for (a, b) in (0..64).map(|pair| (pair / 8, pair % 8)) {
        let advantages = given(credit, memory, &[a, b]);
        for (t, g) in gradient.iter_mut().enumerate() {
            let both = score(a, t) * f64::from(advantages[t]) + score(b, t) * f64::from(advantages[3 + t]);
            *g += chance(a) * chance(b) * 0.5 * both;
        }
    }
    gradient
}

#[test]
fn a_potential_of_the_past_leaves_the_policy_gradient_unbiased_over_all_trajectories() {
    let group = Group { centre: Centre::LeaveOneOut, prior: None };
    let credit = Credit { group, ..Credit::new(1) };
    let memory = taught(&credit, 20);
    let (found, none) = (expected(&credit, &memory), expected(&credit, &Memory::default()));
    for t in 0..3 {
        assert!(near(none[t], exact()[t], 1e-6), "without memory {none:?} {:?}", exact());
        assert!(near(found[t], exact()[t], 1e-6), "with memory {found:?} {:?}", exact());
    }
    // It is a baseline that says something.
    let plain = given(&credit, &Memory::default(), &[1, 6]);
    assert!(given(&credit, &memory, &[1, 6]).iter().zip(plain).any(|(a, b)| (a - b).abs() > 0.05));
}

#[test]
fn weights_of_the_finished_sequence_with_reward_to_go_are_biased_which_is_why_they_are_not_offered() {
    // The second place alone decides; weights of the finished sequence put its reward at the first.
    let reward = |a: usize| action(a, 1) as f64;
    let gradient = |credited: &dyn Fn(usize, usize) -> f64| -> f64 {
        (0..8).map(|a| chance(a) * score(a, 1) * credited(a, 1)).sum()
    };
    let to_go = |a: usize, place: usize| if place == 0 { reward(a) } else { 0.0 };
    assert!(gradient(&|a, _| reward(a)) > 0.2 && gradient(&to_go) == 0.0);
}

#[test]
fn contributions_reach_the_exact_gradient_as_counts_grow() {
    let prior = Prior { weight: 1e-9, ..Prior::default() };
    let group = Group { centre: Centre::LeaveOneOut, prior: None };
    let credit = Credit { mode: Mode::Contribution, z0: 0.0, group, prior, ..Credit::new(1) };
    let error = |batches: usize| {
        let found = expected(&credit, &taught(&credit, batches));
        found.iter().zip(exact()).map(|(f, e)| (f - e).abs()).fold(0.0, f64::max)
    };
    let (few, many) = (error(4), error(2000));
    assert!(many < 0.01 && many < few, "{few} {many}");
}

/// Two decisions: the first leads to a bad or a good place, where the second is as good as the place says; contexts, reward.
fn fork(actions: usize) -> ([u32; 2], f64) {
    let (first, second) = (action(actions, 0), action(actions, 1));
    ([0, 1 + first as u32], [0.0, 3.0][first] + [1.0, -0.5][first] * second as f64)
}

#[test]
fn contributions_in_the_state_of_each_decision_are_advantages_where_sequences_alone_confound_state_and_act() {
    let prior = Prior { weight: 1e-9, ..Prior::default() };
    let group = Group { centre: Centre::LeaveOneOut, prior: None };
    let credit = Credit { mode: Mode::Contribution, z0: 0.0, group, prior, ..Credit::new(1) };
    let run = |by_place: bool| {
        let (mut memory, mut rng) = (Memory::default(), Seed(12).stream("fork"));
        for _ in 0..1000 {
            let drawn: Vec<usize> = (0..64)
                .map(|_| {
                    let first = usize::from(rng.random::<f64>() < 0.3);
                    first + 2 * usize::from(rng.random::<f64>() < [0.8, 0.2][first])
                })
                .collect();
            forked(&credit, &mut memory, &drawn, by_place);
        }
        forked(&credit, &mut memory, &[0, 1, 2, 3], by_place)
    };
    // Q − V by hand: of the first act with the second's chances, of the second in its place.
    let value = [0.8, 3.0 - 0.5 * 0.2];
    let mean = 0.7 * value[0] + 0.3 * value[1];
    let advantage = |actions: usize| {
        let first = action(actions, 0);
        [value[first] - mean, fork(actions).1 - value[first]]
    };
    let (places, sequences) = (run(true), run(false));
    for actions in 0..4 {
        for (t, exact) in advantage(actions).into_iter().enumerate() {
            assert!(near(f64::from(places[2 * actions + t]), exact, 0.03), "{actions} {t}: {places:?} {exact}");
        }
    }
    // In the bad place the second act pays; over both places it seems to cost, for the good place is where it is rare:
    // (0.56 · 1 + 0.06 · 2.5)/0.62 − 1.43.
    assert!(places[2 * 2 + 1] > 0.15);
    assert!(near(f64::from(sequences[2 * 2 + 1]), 0.71 / 0.62 - 1.43, 0.03), "{sequences:?}");
}

fn forked(credit: &Credit, memory: &mut Memory, drawn: &[usize], by_place: bool) -> Vec<f32> {
    let events: Vec<i32> = drawn.iter().flat_map(|a| [action(*a, 0) as i32, 2 + action(*a, 1) as i32]).collect();
    let contexts: Vec<u32> = drawn.iter().flat_map(|a| fork(*a).0).collect();
    let rewards: Vec<f64> = drawn.iter().map(|a| fork(*a).1).collect();
    let (mask, groups) = (vec![true; events.len()], vec![0; drawn.len()]);
    let contexts = by_place.then_some(&contexts[..]);
    let batch = Batch { events: &events, mask: &mask, rewards: &rewards, groups: &groups, contexts, length: 2 };
    credit.give(&batch, memory).unwrap().advantages
}

#[test]
fn a_contribution_is_by_bayes_the_ratio_of_hindsight_and_policy_on_the_same_counts() {
    // N_u/N·(p(a|u)/p(a) − 1) = E[u|a] − E[u], the counts of one group; leave-one-out widens by n/(n − 1).
    let prior = Prior { weight: 1e-12, ..Prior::default() };
    let credit = Credit {
        mode: Mode::Contribution,
        z0: 0.0,
        group: Group { centre: Centre::LeaveOneOut, prior: None },
        prior,
        ..Credit::new(1)
    };
    let (cells, rewards) = ([0, 0, 0, 1, 1, 1, 1], [1.0, 1.0, 0.0, 0.0, 0.0, 1.0, 0.0]);
    let batch =
        Batch { events: &cells, mask: &[true; 7], rewards: &rewards, groups: &[0; 7], contexts: None, length: 1 };
    let mut memory = Memory::default();
    credit.give(&batch, &mut memory).unwrap();
    let worth = credit.give(&batch, &mut memory).unwrap().weights;
    let (n, of_u, of_a, both) = (7.0, 3.0, 3.0, 2.0);
    let hindsight: f64 = of_u / n * (both / of_u / (of_a / n) - 1.0);
    assert!(near(f64::from(worth[0]), hindsight * n / (n - 1.0), 1e-6), "{worth:?} {hindsight}");
}

#[test]
fn a_gate_keeps_the_sum_of_a_sequence_and_stays_within_its_bounds() {
    let group = Group { centre: Centre::Mean, prior: Some(0.0) };
    let plain = Credit { group, ..Credit::new(1) };
    let credit = Credit { mode: Mode::Gate, gate: 0.4, ..plain.clone() };
    let memory = taught(&credit, 20);
    let trajectories = [0, 3, 5, 6];
    let rewards: Vec<f64> = trajectories.iter().map(|a| outcome(*a)).collect();
    let whole = group_advantages(&rewards, &[0; 4], &group, None).unwrap();
    for (row, whole) in given(&credit, &memory, &trajectories).chunks(3).zip(whole) {
        assert!(near(f64::from(row.iter().sum::<f32>()), 3.0 * whole, 1e-5));
        assert!(row.iter().all(|a| (f64::from(*a) / whole - 1.0).abs() < 0.4 + 1e-6));
        assert!(row.iter().any(|a| (f64::from(*a) / whole - 1.0).abs() > 0.1));
    }
    // Nothing known: the signal of GRPO, on every place.
    for (row, a) in given(&plain, &Memory::default(), &trajectories).chunks(3).zip(&rewards) {
        let mean = rewards.iter().sum::<f64>() / 4.0;
        let spread = (rewards.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / 3.0).sqrt();
        assert!(row.iter().all(|x| near(f64::from(*x), (a - mean) / (spread + 1e-4), 1e-6)));
    }
}

#[test]
fn masks_hide_contexts_separate_and_rewards_may_lie_on_places() {
    let credit = Credit { z0: 0.0, weights: vec![1.0, 0.5], ..Credit::new(2) };
    let cells = [0, 1, -1, 0, 2, 9];
    let mask = [true, true, false, true, true, false];
    let spread = [0.5, 0.0, 0.5, 1.0, 9.0, 9.0, 0.0, 0.0, 2.0, 0.0, 9.0, 9.0];
    let whole = [1.0, 1.0, 2.0, 0.0];
    let give = |rewards: &[f64], contexts: Option<&[u32]>| {
        let batch = Batch { events: &cells, mask: &mask, rewards, groups: &[4, 4], contexts, length: 3 };
        let mut memory = Memory::default();
        credit.give(&batch, &mut memory).unwrap();
        credit.give(&batch, &mut memory).unwrap()
    };
    let (a, b) = (give(&spread, None), give(&whole, None));
    assert_eq!(a, b);
    assert_eq!((a.advantages[2], a.advantages[5]), (0.0, 0.0));
    assert!(near(a.conflict[1], -1.0, 1e-9) && near(a.conflict[0], 1.0, 1e-9));
    assert_ne!(a.weights, give(&whole, Some(&[0, 1])).weights);
    let short = Batch { events: &cells, mask: &mask, rewards: &[1.0], groups: &[4, 4], contexts: None, length: 3 };
    assert!(credit.give(&short, &mut Memory::default()).unwrap_err().to_string().contains("rewards"));
    // A memory of other channels is refused.
    let other = taught(&Credit::new(1), 1);
    let whole = Batch { rewards: &whole, ..short };
    assert!(credit.give(&whole, &mut other.clone()).unwrap_err().to_string().contains("taught by 1 channels"));
}

#[test]
fn a_channel_of_pure_noise_loses_weight_where_one_that_events_explain_keeps_it() {
    let credit = Credit { precision: true, ..Credit::new(2) };
    let (mut memory, mut rng) = (Memory::default(), Seed(3).stream("noise"));
    let mut last = Vec::new();
    for _ in 0..60 {
        let cells: Vec<i32> = (0..64).map(|_| rng.random_range(0..4)).collect();
        let rewards: Vec<f64> = cells.iter().flat_map(|e| [f64::from(*e), 5.0 * rng.random::<f64>()]).collect();
        let groups: Vec<i64> = (0..64).map(|i| i / 8).collect();
        let batch =
            Batch { events: &cells, mask: &[true; 64], rewards: &rewards, groups: &groups, contexts: None, length: 1 };
        last = credit.give(&batch, &mut memory).unwrap().channels;
    }
    assert!(last[0] > 3.0 * last[1] && near(last[0] + last[1], 2.0, 1e-9), "{last:?}");
}

#[test]
fn ensembles_weights_constraints_and_conflicts_have_their_limits() {
    let rewards = [1.0, 2.0, 6.0];
    assert!(near(ensemble(&rewards, 1e7), 3.0, 1e-5) && near(ensemble(&rewards, 1e-3), 1.0, 2e-3));
    let weights = fused(&[0.0, 1.0, 1e9], 0.1, 5.0);
    assert!(near(weights.iter().sum::<f64>(), 3.0, 1e-12) && weights[0] <= 5.0 * weights[2] + 1e-12);
    assert_eq!(dual(&[1.0, 0.1], &[0.5, 0.0], &[0.0, 1.0], 0.2), [1.1, 0.0]);
    let cosines = conflict(&[1.0, 2.0, f64::NAN, 1.0, -1.0, -2.0], 2);
    assert!(near(cosines[1], 1.0, 1e-12));
}

#[test]
fn the_papers_behind_the_signals_stand_in_the_bibliography() {
    for key in [
        "schulman2016",
        "espeholt2018",
        "ng1999",
        "mesnard2021",
        "meulemans2023",
        "vanhasselt2021",
        "shao2024",
        "geist2010",
    ] {
        assert!(cite::reference(key).is_ok(), "{key}");
    }
}
