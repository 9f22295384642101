//! The theories in the limits where they are one another, or where what they compute has a closed form.

use accumbens::theories::belief_world::{Belief, Observed, World};
use accumbens::theories::microstimuli::Microstimuli;
use accumbens::theories::{bins, by_name, hgf, parse};
use accumbens_core::{
    ActionRule, AnyTheory, Event, EventKind, EventKindId, EventLog, Learner, Role, Sample, Schedule, Sink, live,
};
use nalgebra::{DMatrix, DVector};

fn event(time: f64, kind: u32, magnitude: f64) -> Event {
    Event { time, kind: EventKindId(kind), magnitude }
}

fn kinds() -> Vec<EventKind> {
    vec![EventKind::cue("a"), EventKind::cue("b"), EventKind::outcome("juice")]
}

/// Trials of two cues alone, in a row and together, with rewards of several sizes, some without.
fn mixed() -> EventLog {
    let mut events = Vec::new();
    for i in 0..240_u32 {
        let t = 14.0 * f64::from(i) + 1.1 + f64::from(i % 7) * 0.3;
        match i % 4 {
            0 => events.extend([event(t, 0, 0.0), event(t + 1.0, 2, 1.0)]),
            1 => events.extend([event(t, 1, 0.0), event(t + 1.6, 2, 2.0 + f64::from(i % 3))]),
            2 => events.extend([event(t, 0, 0.0), event(t, 1, 0.0), event(t + 1.0, 2, 0.5)]),
            _ => events.push(event(t, 0, 0.0)),
        }
    }
    EventLog::new(kinds(), events).unwrap()
}

fn lived(label: &str, log: &EventLog) -> (Vec<Sample>, Box<dyn Learner>) {
    let mut theory = parse(label).unwrap_or_else(|e| panic!("{label}: {e}"));
    theory.tell(log);
    let mut learner = theory.start(log.kinds());
    let mut samples = Vec::new();
    let schedule = Schedule { end: log.last_time() + 5.0, ..Schedule::default() };
    live(learner.as_mut(), log, &schedule, Sink::Samples(&mut samples)).unwrap_or_else(|e| panic!("{label}: {e}"));
    (samples, learner)
}

fn channel(label: &str, log: &EventLog, channel: u32) -> Vec<f64> {
    lived(label, log).0.iter().filter(|s| s.channel == channel).map(|s| s.value).collect()
}

fn assert_same(a: &[f64], b: &[f64], tolerance: f64, what: &str) {
    assert_eq!(a.len(), b.len(), "{what}");
    for (i, (a, b)) in a.iter().zip(b).enumerate() {
        assert!((a - b).abs() <= tolerance * b.abs().max(1.0), "{what}: {a} and {b} at {i}");
    }
}

#[test]
fn theories_that_extend_td_are_td_where_their_extension_vanishes() {
    let log = mixed();
    let td = channel("td_csc", &log, 0);
    for label in [
        "td_csc+precision:precision_rate=0",
        "td_csc+precision:precision_exponent=0",
        "td_csc+tonic",
        "td_timescales:n=1:tau_min=3.9",
        "td_distributional:asymmetry=0",
        "td_forgetting:forgetting=0:alpha=0.05:tau=3.9",
        "td_feedback",
        "td_feedback:blur=0",
        "novelty_bonus:bonus=0",
        "dopamine_gate",
    ] {
        assert_same(&channel(label, &log, 0), &td, 1e-12, label);
    }
}

#[test]
fn every_channel_of_a_symmetric_distribution_is_its_mean() {
    let log = mixed();
    let td = channel("td_csc", &log, 0);
    for i in [0, 7, 19] {
        assert_same(&channel("td_distributional:asymmetry=0", &log, i), &td, 1e-12, "symmetric channels");
    }
}

#[test]
fn an_asymmetric_channel_learns_the_expectile_of_its_asymmetry() {
    // One cue, three sizes at equal odds a bin later, steep discount: the value of channel i is the expectile of τ_i.
    let (mut events, sizes) = (Vec::new(), [0.2, 1.0, 3.0]);
    for i in 0..9000_u32 {
        let t = 6.0 * f64::from(i) + 1.1;
        events.extend([event(t, 0, 0.0), event(t + 0.2, 2, sizes[(i % 3) as usize])]);
    }
    let log = EventLog::new(kinds(), events).unwrap();
    let (_, learner) = lived("td_distributional:n=5:alpha=0.002:tau=0.3:span=8", &log);
    let words = learner.describe();
    for i in 0..5 {
        let tau = words["expectile"][i].as_f64().unwrap();
        let learnt = words["value at onset"]["a"][i].as_f64().unwrap();
        // The expectile e solves τ·Σ(x − e)⁺ = (1 − τ)·Σ(e − x)⁺.
        let balance =
            |e: f64| sizes.iter().map(|x| if *x > e { tau * (x - e) } else { (1.0 - tau) * (x - e) }).sum::<f64>();
        let (mut low, mut high) = (0.2, 3.0);
        for _ in 0..60 {
            let middle = 0.5 * (low + high);
            if balance(middle) > 0.0 { low = middle } else { high = middle }
        }
        assert!((learnt - low).abs() < 0.05, "expectile {tau}: {learnt} against {low}");
    }
}

#[test]
fn wanting_in_the_state_in_which_it_was_learnt_is_td_value_in_either_form() {
    let log = mixed();
    let values = lived("td_csc", &log).1.describe();
    for form in ["additive", "multiplicative"] {
        let (samples, learner) = lived(&format!("incentive_salience:form={form}"), &log);
        assert_eq!(learner.describe()["value"]["a"], values["value"]["a"], "{form}");
        let last = samples.iter().rfind(|s| s.channel == 0 && s.rows > 0 && s.value != 0.0).unwrap();
        let onset = values["value"]["a"][0].as_f64().unwrap();
        assert!((last.value - (-0.2_f64 / 3.9).exp() * onset).abs() < 0.05, "{} {onset}", last.value);
    }
    // At another state the two forms are the declared functions of the same value.
    let wanted = |label: &str| {
        let samples = lived(label, &log).0;
        samples.iter().rfind(|s| s.channel == 0 && s.rows > 0 && s.value != 0.0).unwrap().value
    };
    let plain = wanted("incentive_salience");
    assert!((wanted("incentive_salience:kappa=3") - plain - 3.0_f64.ln()).abs() < 1e-12);
    // Multiplied is what is reward before any other stimulus, added to it what later trials are worth.
    let [one, two, three] =
        [1.0, 2.0, 3.0].map(|k| wanted(&format!("incentive_salience:kappa={k}:form=multiplicative")));
    assert!((one - plain).abs() < 1e-12 && (three - two - (two - one)).abs() < 1e-12, "{one} {two} {three}");
    assert!(two > one && two - one <= one + 1e-12, "{one} {two}");
}

#[test]
fn light_on_dopamine_does_not_touch_liking() {
    let log = mixed();
    let run = |clamps| {
        let theory = by_name("incentive_salience").unwrap();
        let mut samples = Vec::new();
        let schedule = Schedule { clamps, end: log.last_time(), ..Schedule::default() };
        live(theory.start(log.kinds()).as_mut(), &log, &schedule, Sink::Samples(&mut samples)).unwrap();
        samples
    };
    let (free, held) = (run(vec![]), run(vec![accumbens_core::Clamp::new(0.0, 1e9, 0.0).unwrap()]));
    let of = |samples: &[Sample], c: u32| -> Vec<f64> {
        samples.iter().filter(|s| s.channel == c).map(|s| s.value).collect()
    };
    assert_eq!(of(&free, 1), of(&held, 1));
    assert!(of(&held, 0).iter().all(|v| *v == 0.0) && of(&free, 0).iter().any(|v| *v != 0.0));
}

#[test]
fn the_parts_of_a_feature_specific_error_sum_to_the_scalar_error() {
    let log = mixed();
    let parts: Vec<Vec<f64>> = (0..3).map(|c| channel("td_features:alpha=0.02", &log, c)).collect();
    let (alpha, gamma, m) = (0.02, (-0.2_f64 / 3.9).exp(), 20);
    let mut evoked = Microstimuli::new(3, m, 0.08, 0.985);
    let mut clock = bins::Bins::new(0.2, 3);
    let mut next = log.events().iter().peekable();
    let (mut w, mut x) = (DVector::<f64>::zeros(3 * m), DVector::<f64>::zeros(3 * m));
    for i in 0..parts[0].len() {
        let bin = i as u64 + 1;
        while let Some(e) = next.next_if(|e| clock.of(e.time) == bin) {
            clock.put(e, log.kinds());
        }
        let held = clock.held(bin);
        evoked.start(&held, bin);
        evoked.evoke_all(bin);
        let now = DVector::from_column_slice(&evoked.level);
        let delta = held.reward + gamma * w.dot(&now) - w.dot(&x);
        let sum: f64 = parts.iter().map(|p| p[i]).sum();
        assert!((sum - delta).abs() < 1e-9, "bin {bin}: {sum} {delta}");
        w += &x * (alpha * delta);
        x = now;
    }
}

#[test]
fn the_hierarchical_gaussian_filter_equals_the_reference_to_1e_9() {
    let Some(shared) = std::env::var_os("ACCUMBENS_SHARED") else {
        eprintln!("skipped: ACCUMBENS_SHARED is not set");
        return;
    };
    for update in ["hgf", "ehgf"] {
        let path = std::path::Path::new(&shared).join("reference/hgf").join(format!("{update}.csv"));
        let text = std::fs::read_to_string(&path).unwrap();
        let theory = hgf::Hgf { update: if update == "hgf" { 0.0 } else { 1.0 }, ..hgf::Hgf::default() };
        let mut belief = hgf::Belief::default();
        let mut rows = 0;
        for line in text.lines().filter(|l| !l.starts_with('#')) {
            let row: Vec<f64> = line.split(',').map(|x| x.trim().parse().unwrap()).collect();
            let surprise = theory.surprise(&belief, row[0]);
            let (after, _) = theory.learn(&belief, &surprise, surprise.epsilon2).unwrap();
            belief = after;
            let ours = [
                surprise.expected,
                belief.mu2,
                belief.mu3,
                1.0 / belief.pi2,
                1.0 / belief.pi3,
                surprise.delta1,
                surprise.epsilon2,
            ];
            assert_same(&ours, &row[1..], 1e-9, &format!("{update} row {rows}"));
            rows += 1;
        }
        assert_eq!(rows, 1000);
    }
}

#[test]
fn the_update_called_pyhgf_gives_the_beliefs_of_pyhgf_and_the_enhanced_one_of_tapas_does_not() {
    // pyhgf 0.2.12, HGF(n_levels=3, model_type="binary", update_type="eHGF") in double precision with our defaults
    // (tonic volatilities -3 and -6, couplings 1, means 0, precisions 1): mean and precision of levels 2 and 3 after so many
    // trials of the outcomes below.
    let published = [
        (1, [0.4157747858097963, 1.2025741268224333, -0.0010273462074072317, 0.9995795848983959]),
        (10, [1.3382483348869791, 1.8740607168141477, -0.013968944001138541, 1.0129036677553427]),
        (100, [1.3333796355428027, 2.075354684872896, -0.02026561949220116, 1.086626314901231]),
        (1000, [-1.249453516805702, 1.9828720627653753, -0.07805076789669965, 1.2351692688324867]),
        (10000, [-0.5733681908283998, 2.6430842047982592, -0.605318471734886, 0.951456500161978]),
    ];
    let beliefs = |update: f64| {
        let theory = hgf::Hgf { update, ..hgf::Hgf::default() };
        let (mut seed, mut belief, mut all) = (42_u64, hgf::Belief::default(), Vec::new());
        for trial in 0..10_000_u32 {
            seed = 16_807 * seed % 2_147_483_647;
            let chance = if trial / 100 % 2 == 0 { 0.8 } else { 0.2 };
            let outcome = f64::from(u8::from((seed as f64 / 2_147_483_647.0) < chance));
            let surprise = theory.surprise(&belief, outcome);
            belief = theory.learn(&belief, &surprise, surprise.epsilon2).unwrap().0;
            all.push([belief.mu2, belief.pi2, belief.mu3, belief.pi3]);
        }
        all
    };
    let (ours, tapas) = (beliefs(2.0), beliefs(1.0));
    for (trial, theirs) in published {
        assert_same(&ours[trial - 1], &theirs, 1e-9, &format!("trial {trial}"));
    }
    assert!(tapas[9999][3] > 1.1 * ours[9999][3], "{} {}", tapas[9999][3], ours[9999][3]);
}

#[test]
fn a_precision_that_is_not_positive_names_the_trial_and_the_parameter() {
    let mut events = Vec::new();
    for i in 0..60_u32 {
        let t = 20.0 * f64::from(i) + 1.0;
        events.push(event(t, 0, 0.0));
        if i < 30 || i % 2 == 0 {
            events.push(event(t + 1.0, 2, 1.0));
        }
    }
    let log = EventLog::new(kinds(), events).unwrap();
    let theory = parse("hgf:update=hgf:kappa=6:omega2=2:omega3=2").unwrap();
    let mut learner = theory.start(log.kinds());
    let error = live(learner.as_mut(), &log, &Schedule::default(), Sink::Discard).unwrap_err().to_string();
    for word in ["trial", " of a", "pi3", "kappa", "omega", "update=ehgf", "event"] {
        assert!(error.contains(word), "{word} in {error}");
    }
    let refusal = parse("td_csc+precision:precision_prior=0").err().unwrap().to_string();
    assert!(refusal.contains("precision_prior") && refusal.contains("above 0"), "{refusal}");
    assert!(parse("anccr+precision").err().unwrap().to_string().contains("signed error"));
}

#[test]
fn the_kalman_filter_is_the_exact_gaussian_posterior_of_its_weights() {
    let log = mixed();
    let (m, gamma) = (4, (-0.2_f64 / 9.9).exp());
    let (_, learner) = lived("kalman_td:q=0:n=4:c=0.7:s=0.4:tau=9.9:outcomes=silent", &log);
    // The rows of the regression, from the features alone.
    let mut evoked = Microstimuli::new(3, m, 0.08, 0.9);
    let mut clock = bins::Bins::new(0.2, 3);
    let last = clock.last_whole(log.last_time() + 5.0);
    let mut next = log.events().iter().peekable();
    let (mut before, mut rows, mut rewards) = (vec![0.0; 3 * m], Vec::new(), Vec::new());
    for bin in 1..=last {
        while let Some(e) = next.next_if(|e| clock.of(e.time) == bin) {
            clock.put(e, log.kinds());
        }
        let held = clock.held(bin);
        if held.stimuli.contains(&2) {
            evoked.end();
        }
        evoked.start_where(&held, bin, |k| k != 2);
        evoked.evoke_all(bin);
        if before.iter().any(|x: &f64| x.abs() >= 0.02) {
            rows.push(before.iter().zip(&evoked.level).map(|(b, x)| b - gamma * x).collect::<Vec<f64>>());
            rewards.push(held.reward);
        }
        before.copy_from_slice(&evoked.level);
    }
    let h = DMatrix::from_fn(rows.len(), 3 * m, |i, j| rows[i][j]);
    let precision = DMatrix::identity(3 * m, 3 * m) / 0.7 + h.transpose() * &h / 0.4;
    let covariance = precision.clone().try_inverse().unwrap();
    let mean = &covariance * h.transpose() * DVector::from_vec(rewards) / 0.4;
    let words = learner.describe();
    for (k, name) in ["a", "b", "juice"].iter().enumerate() {
        for i in 0..m {
            let (weight, variance) = (&words[name]["weights"][i], &words[name]["variance"][i]);
            assert!((weight.as_f64().unwrap() - mean[k * m + i]).abs() < 1e-7, "{name} {i}: {weight}");
            assert!((variance.as_f64().unwrap() - covariance[(k * m + i, k * m + i)]).abs() < 1e-9, "{name} {i}");
        }
    }
}

/// Enumerates every hidden path of a small world and returns the posterior of its last state: moments 0–3, waiting,
/// ready.
fn enumerated(world: &World, leaving: f64, seen: &[Observed]) -> [f64; 6] {
    const STATES: usize = 6;
    let arrival = world.arrival();
    let hazard = |k: usize| {
        let left: f64 = (k..world.moments).map(|j| world.times[j]).sum();
        if left > 0.0 { world.times[k] / left } else { 0.0 }
    };
    let promise = world.promise(0);
    // The probability to go from i to j and show what was seen.
    let step = |i: usize, j: usize, seen: Observed| -> f64 {
        match (i, seen.cue.is_some(), seen.outcome) {
            (0..=3, false, false) if j == i + 1 && j < 4 => 1.0 - hazard(j),
            (3, false, false) if j == 4 => 1.0,
            (0..=2, false, true) if j == 4 => hazard(i + 1),
            (4, false, false) if j == 4 => 1.0 - leaving,
            (4, false, false) if j == 5 => leaving,
            (5, false, false) if j == 5 => 1.0 - arrival,
            (5, true, false) if j == 0 => arrival * promise,
            (5, true, false) if j == 4 => arrival * (1.0 - promise),
            _ => 0.0,
        }
    };
    let mut total = [0.0; STATES];
    for path in 0..STATES.pow(seen.len() as u32) {
        let (mut code, mut state, mut p) = (path, 5, 1.0);
        for observed in seen {
            let next = code % STATES;
            code /= STATES;
            p *= step(state, next, *observed);
            state = next;
        }
        total[state] += p;
    }
    let sum: f64 = total.iter().sum();
    total.map(|t| t / sum)
}

#[test]
fn the_belief_is_that_of_enumerating_every_hidden_path() {
    let world = World {
        times: vec![0.0, 1.0, 5.0, 2.0],
        trials: vec![10.0],
        rewarded: vec![8.0],
        arrivals: 12.0,
        ready: 40.0,
        moments: 4,
    };
    let (null, cue) = (Observed { cue: None, outcome: false }, Observed { cue: Some(0), outcome: false });
    let outcome = Observed { cue: None, outcome: true };
    let leaving = 0.3;
    for seen in [
        vec![null, null, cue, null],
        vec![null, cue, null, null],
        vec![cue, null, null, null, null],
        vec![cue, null, null, null, null, null],
        vec![cue, null, outcome, null, null],
    ] {
        let mut belief = Belief::default();
        for observed in &seen {
            belief = world.update(&belief, *observed, leaving);
        }
        let exact = enumerated(&world, leaving, &seen);
        let within: f64 = exact[..4].iter().sum();
        assert!((belief.within - within).abs() < 1e-12, "{seen:?}: {} {within}", belief.within);
        assert!((belief.waiting - exact[4]).abs() < 1e-12 && (belief.ready - exact[5]).abs() < 1e-12, "{seen:?}");
    }
}

#[test]
fn the_successor_representation_is_the_matrix_inverse() {
    let mut events = Vec::new();
    for i in 0..3000_u32 {
        let t = 30.0 * f64::from(i) + 1.0;
        events.extend([event(t, 0, 0.0), event(t + 1.0, 1, 0.0), event(t + 2.0, 2, 1.0)]);
    }
    let log = EventLog::new(kinds(), events).unwrap();
    let (_, learner) = lived("successor:negative=1:gamma=0.9", &log);
    // Cues stay until the outcome: the steps of an episode are a, ab, abj and nothing.
    let x = DMatrix::from_row_slice(3, 3, &[1.0, 0.0, 0.0, 1.0, 1.0, 0.0, 1.0, 1.0, 1.0]);
    let next = DMatrix::from_row_slice(3, 3, &[1.0, 1.0, 0.0, 1.0, 1.0, 1.0, 0.0, 0.0, 0.0]);
    let exact: DMatrix<f64> = (&x - next * 0.9).try_inverse().unwrap() * x;
    let words = learner.describe();
    for (i, a) in ["a", "b", "juice"].iter().enumerate() {
        for (j, b) in ["a", "b", "juice"].iter().enumerate() {
            let learnt = words["W"][a][b].as_f64().unwrap();
            assert!((learnt - exact[(i, j)]).abs() < 1e-3, "{a} {b}: {learnt} against {}", exact[(i, j)]);
        }
    }
}

#[test]
fn the_expected_trace_is_the_matrix_of_mean_traces_of_anccr() {
    // Every kind has a value of its own, so that ANCCR learns at each.
    let valued = |k: EventKind| EventKind { value: 1.0, ..k };
    let log = EventLog::new(kinds().into_iter().map(valued).collect(), mixed().events().to_vec()).unwrap();
    let anccr = lived("anccr:T=20:alpha=0.03", &log).1.describe();
    let trace = lived("expected_trace:T=20:alpha_z=0.03", &log).1.describe();
    for cause in ["a", "b", "juice"] {
        for effect in ["a", "b", "juice"] {
            let m = anccr["M"][cause][effect].as_f64().unwrap();
            let z = trace["expected trace"][effect][cause].as_f64().unwrap();
            assert!((m - z).abs() < 1e-12 && m > 0.0, "{cause} before {effect}: {m} {z}");
        }
    }
}

#[test]
fn against_the_average_reward_cue_and_reward_are_answered_by_what_their_dwells_cost() {
    let mut events = Vec::new();
    for i in 0..6000_u32 {
        let t = 20.0 * f64::from(i) + 20.0;
        events.extend([event(t, 0, 0.0), event(t + 4.0, 2, 1.0)]);
    }
    let log = EventLog::new(kinds(), events).unwrap();
    let (samples, learner) = lived("td_semi_markov:alpha=0.01:window=2:dopamine=phasic", &log);
    // One reward in 20 s; 16 s pass before the cue and 4 s before the reward.
    let [cue, reward] = [2, 1].map(|back| samples[samples.len() - back].value);
    assert!((cue - 16.0 / 20.0).abs() < 5e-3 && (reward - 4.0 / 20.0).abs() < 5e-3, "{cue} {reward}");
    // The whole error of dwells that never vary dies out, and values differ by what the dwells cost.
    let whole = channel("td_semi_markov:alpha=0.01:window=2", &log, 0);
    assert!(whole[whole.len() - 2..].iter().all(|d| d.abs() < 5e-3), "{:?}", &whole[whole.len() - 2..]);
    let value = |name: &str| learner.describe()["value"][name].as_f64().unwrap();
    assert!((value("a") - value("juice") - 16.0 / 20.0).abs() < 5e-3, "{} {}", value("a"), value("juice"));
}

#[test]
fn vigour_follows_the_square_root_of_the_average_reward() {
    let rule = ActionRule::default();
    for (pace, latency) in [(0.25, 2.0), (1.0, 1.0), (4.0, 0.5)] {
        assert!((rule.latency(pace) - latency).abs() < 1e-12);
    }
}

#[test]
fn the_tonic_signal_of_regular_rewards_has_its_closed_form() {
    let events = (1..=600).map(|i| event(10.0 * f64::from(i), 2, 1.0)).collect();
    let log = EventLog::new(kinds(), events).unwrap();
    let (samples, learner) = lived("td_csc+tonic:tonic_window=100", &log);
    // Just after a reward: (1/τ)·Σ e^(−nT/τ).
    let just_after = 0.01 / (1.0 - (-0.1_f64).exp());
    assert!((learner.pace().unwrap() - just_after).abs() < 1e-9);
    let mean: Vec<f64> =
        samples.iter().filter(|s| s.channel == 1 && s.time > 4000.0 && s.time < 5000.0).map(|s| s.value).collect();
    let mean = mean.iter().sum::<f64>() / mean.len() as f64;
    assert!((mean - 0.1).abs() < 2e-3, "{mean}");
}

#[test]
fn a_habit_approaches_one_and_its_error_dies_out_geometrically() {
    let mut kinds = kinds();
    kinds.push(EventKind { role: Role::Action, ..EventKind::cue("press") });
    let events = (0..40).flat_map(|i| [event(10.0 * f64::from(i), 0, 0.0), event(10.0 * f64::from(i) + 1.0, 3, 0.0)]);
    let log = EventLog::new(kinds, events.collect()).unwrap();
    let errors = channel("action_error:alpha_habit=0.1", &log, 1);
    for (n, error) in errors.chunks(2).map(|c| c[1]).enumerate() {
        assert!((error - 0.9_f64.powi(n as i32)).abs() < 1e-12, "{n}: {error}");
    }
}

#[test]
fn scaled_errors_learn_the_mean_and_the_spread_of_rewards() {
    // Sizes ±1 around 3: the spread at which δ² is 1 on average is 1.
    let events = (0..6000_u32).flat_map(|i| {
        let t = 20.0 * f64::from(i) + 1.0;
        [event(t, 0, 0.0), event(t + 1.0, 2, if (i * 7919) % 13 < 6 { 2.0 } else { 4.0 })]
    });
    let log = EventLog::new(kinds(), events.collect()).unwrap();
    let words = lived("scaled_error:alpha=0.01:alpha_spread=0.005", &log).1.describe();
    let (mean, spread) = (words["mean"]["a"].as_f64().unwrap(), words["spread"]["a"].as_f64().unwrap());
    assert!((mean - (3.0 + 1.0 / 13.0)).abs() < 0.1 && (spread - 1.0).abs() < 0.05, "{mean} {spread}");
}

#[test]
fn contingencies_are_those_of_the_design() {
    // Half of the cues are followed after 2 s; an uncued outcome in every other interval.
    let mut events = Vec::new();
    for i in 0..4000_u32 {
        let t = 40.0 * f64::from(i) + 1.0;
        events.push(event(t, 0, 0.0));
        if i % 2 == 0 {
            events.push(event(t + 2.0, 2, 1.0));
        }
        if i % 4 < 2 {
            events.push(event(t + 25.0, 2, 1.0));
        }
    }
    let log = EventLog::new(kinds(), events).unwrap();
    let words = lived("delta_p:alpha=0.005", &log).1.describe();
    assert!(
        (words["with"]["a"].as_f64().unwrap() - 0.5).abs() < 0.02
            && (words["without"].as_f64().unwrap() - 0.5).abs() < 0.02
    );
    let words = lived("rescorla_contingency:alpha=0.005", &log).1.describe();
    // Between trials: 38 s after a rewarded cue, 28 s after the window of 12 s of one that was not.
    assert!((words["background"].as_f64().unwrap() - 0.5 / 33.0).abs() < 1e-3, "{}", words["background"]);
    let words = lived("gallistel_contingency:alpha=0.005", &log).1.describe();
    // λ_c = 0.5/2 a second against one outcome in 40 s: log₂ 10.
    assert!((words["overall rate"].as_f64().unwrap() - 1.0 / 40.0).abs() < 1e-3);
    assert!(
        (words["contingency"]["a"].as_f64().unwrap() - 10.0_f64.log2()).abs() < 0.1,
        "{}",
        words["contingency"]["a"]
    );
}

#[test]
fn a_new_tone_is_answered_by_its_novelty_and_intensity_as_they_wear_off() {
    let events = (0..20).map(|i| event(60.0 * f64::from(i), 0, 0.5)).collect();
    let log = EventLog::new(kinds(), events).unwrap();
    let samples = lived("threat:novelty=2:habituation=0.3", &log).0;
    for (n, answer) in samples.iter().filter(|s| s.rows > 0).enumerate() {
        assert!((answer.value - 2.5 * (-0.3 * n as f64).exp()).abs() < 1e-12, "{n}: {}", answer.value);
    }
}

#[test]
fn associability_follows_surprise_as_declared() {
    let events =
        (0..30_u32).flat_map(|i| [event(20.0 * f64::from(i), 0, 0.0), event(20.0 * f64::from(i) + 1.0, 2, 1.0)]);
    let log = EventLog::new(kinds(), events.collect()).unwrap();
    let answers = channel("pearce_hall:alpha=0.2:eta=0.3", &log, 0);
    let (mut v, mut kappa) = (0.0, 1.0);
    for pair in answers.chunks(2) {
        let delta: f64 = 1.0 - v;
        assert!((pair[0] - v).abs() < 1e-12 && (pair[1] - delta).abs() < 1e-12);
        v += 0.2 * kappa * delta;
        kappa = 0.7 * kappa + 0.3 * delta.abs();
    }
}

#[test]
fn salience_of_a_shock_is_positive_and_wears_off_when_it_is_announced() {
    let mut kinds = kinds();
    kinds[2].value = -1.0;
    let events =
        (0..200_u32).flat_map(|i| [event(30.0 * f64::from(i), 0, 0.0), event(30.0 * f64::from(i) + 4.0, 2, 1.0)]);
    let log = EventLog::new(kinds, events.collect()).unwrap();
    let answers = channel("perceived_salience", &log, 0);
    assert!(answers.iter().all(|v| *v > 0.0));
    // Prediction complete, novelty and with it attention are gone: what is left is intensity.
    assert!((answers[0] - 2.0).abs() < 1e-12 && (answers[answers.len() - 1] - 1.0).abs() < 1e-6);
}

#[test]
fn precision_divides_errors_by_their_standard_deviation() {
    // After cue a rewards vary by ±0.2, after b by ±0.8, around 2.
    let events = (0..4000_u32).flat_map(|i| {
        let t = 20.0 * f64::from(i) + 1.1;
        let spread = if i % 2 == 0 { 0.2 } else { 0.8 };
        let sign = if (i / 2 * 7919) % 11 < 5 { -1.0 } else { 1.0 };
        [event(t, i % 2, 0.0), event(t + 1.0, 2, 2.0 + sign * spread)]
    });
    let log = EventLog::new(kinds(), events.collect()).unwrap();
    let (samples, learner) = lived("td_csc+precision:gain_max=100:alpha=0.02", &log);
    let words = learner.describe();
    let sd = |cue: &str| 1.0 / words["precision"][cue].as_f64().unwrap().sqrt();
    assert!((sd("a") - 0.2).abs() < 0.04 && (sd("b") - 0.8).abs() < 0.1, "{} {}", sd("a"), sd("b"));
    let answers: Vec<f64> = samples.iter().filter(|s| s.rows > 0).map(|s| s.value).collect();
    let size = |parity: usize| {
        let late = answers[4000..].chunks(2).enumerate().filter(|(i, _)| i % 2 == parity).map(|(_, c)| c[1].abs());
        late.clone().sum::<f64>() / late.count() as f64
    };
    assert!((size(0) / size(1) - 1.0).abs() < 0.25, "{} {}", size(0), size(1));
}

#[test]
fn a_theory_is_the_same_object_behind_the_trait_whatever_wraps_it() {
    let theory: Box<dyn AnyTheory> = by_name("td_csc+precision+tonic").unwrap();
    assert_eq!(theory.name(), "td_csc+precision+tonic");
    assert_eq!(theory.boxed().name(), theory.name());
    assert!(by_name("td_csc+tonic+tonic").is_err() && by_name("td_csc+vigour").is_err());
}
