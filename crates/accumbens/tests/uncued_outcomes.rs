//! Uncued outcomes at random times, where trials and states have to be told from time alone, against closed forms.

use accumbens::theories::microstimuli::Microstimuli;
use accumbens::theories::{bins, hgf, parse};
use accumbens_core::{Event, EventKind, EventKindId, EventLog, Learner, Sample, Schedule, Seed, Sink, live};
use nalgebra::{DMatrix, DVector};
use rand_distr::{Distribution, Exp};

/// Mean interval between outcomes, s.
const MEAN: f64 = 12.0;
/// Silence at the end, s: time to close a bin, and less than any segment.
const TAIL: f64 = 0.5;

fn kinds() -> Vec<EventKind> {
    vec![EventKind::cue("a"), EventKind::outcome("juice")]
}

fn event(time: f64, kind: u32, magnitude: f64) -> Event {
    Event { time, kind: EventKindId(kind), magnitude }
}

/// Exponential intervals.
fn intervals(count: usize, seed: u64) -> Vec<f64> {
    let mut rng = Seed(seed).stream("uncued outcomes");
    let gap = Exp::new(1.0 / MEAN).unwrap();
    (0..count).map(|_| gap.sample(&mut rng)).collect()
}

fn random_rewards(intervals: &[f64]) -> EventLog {
    let times = intervals.iter().scan(0.0, |t, gap| {
        *t += gap;
        Some(*t)
    });
    EventLog::new(kinds(), times.map(|t| event(t, 1, 1.0)).collect()).unwrap()
}

fn lived(label: &str, log: &EventLog) -> (Vec<Sample>, Box<dyn Learner>) {
    let theory = parse(label).unwrap_or_else(|e| panic!("{label}: {e}"));
    let mut learner = theory.start(log.kinds());
    let mut samples = Vec::new();
    let schedule = Schedule { end: log.last_time() + TAIL, ..Schedule::default() };
    live(learner.as_mut(), log, &schedule, Sink::Samples(&mut samples)).unwrap_or_else(|e| panic!("{label}: {e}"));
    (samples, learner)
}

fn answers(label: &str, log: &EventLog) -> Vec<f64> {
    lived(label, log).0.iter().filter(|s| s.rows > 0 && s.channel == 0).map(|s| s.value).collect()
}

fn correlation(x: &[f64], y: &[f64]) -> f64 {
    let n = x.len() as f64;
    let (mx, my) = (x.iter().sum::<f64>() / n, y.iter().sum::<f64>() / n);
    let sum = |f: &dyn Fn(f64, f64) -> f64| x.iter().zip(y).map(|(x, y)| f(x - mx, y - my)).sum::<f64>();
    sum(&|x, y| x * y) / (sum(&|x, _| x * x) * sum(&|_, y| y * y)).sqrt()
}

/// How many trials of `segment` seconds without an outcome an interval holds before its outcome comes.
fn empty(interval: f64, segment: f64) -> usize {
    (1..).take_while(|n| f64::from(*n) * segment < interval).count()
}

#[test]
fn a_semi_markov_error_at_an_uncued_outcome_is_the_outcome_less_what_its_interval_cost() {
    let gaps = intervals(400, 1);
    let log = random_rewards(&gaps);
    let here = answers("td_semi_markov:window=5000:dip=1e9", &log);
    let mut worst = 0.0_f64;
    for k in 1..gaps.len() {
        // The value of the one state cancels: δ = 1 − ρ·D, with ρ the rewards a second until the one before.
        let rate = k as f64 / gaps[..k].iter().sum::<f64>();
        worst = worst.max((here[k] - (1.0 - rate * gaps[k])).abs());
    }
    // The start, before any event, is a state of its own: its value is learnt once and never met again.
    assert!(worst < 1e-9, "{worst}");
    assert!(correlation(&here[50..], &gaps[50..]) < -0.98);
    // Without the cost of the dwell every outcome is answered alike, and a limit on dips is a limit on what is released.
    let flat = answers("td_semi_markov:window=5000:dopamine=phasic", &log);
    assert!(flat[1..].iter().all(|v| (v - 1.0).abs() < 1e-9));
    let limited = answers("td_semi_markov:window=5000", &log);
    assert!(here.iter().zip(&limited).all(|(whole, shown)| (whole.max(-0.1) - shown).abs() < 1e-12));
}

#[test]
fn a_semi_markov_error_at_a_cue_falls_with_the_interval_before_it_and_is_zero_in_the_mean() {
    let gaps = intervals(6000, 2);
    let mut events = Vec::new();
    let mut t = 0.0;
    for gap in &gaps {
        t += gap;
        events.extend([event(t, 0, 0.0), event(t + 4.0, 1, 1.0)]);
        t += 4.0;
    }
    let log = EventLog::new(kinds(), events).unwrap();
    let all = answers("td_semi_markov:alpha=0.002:window=5000:dip=1e9", &log);
    let (cues, late): (Vec<f64>, Vec<f64>) =
        all.chunks(2).zip(&gaps).skip(4000).map(|(pair, gap)| (pair[0], *gap)).unzip();
    let rate = 1.0 / (MEAN + 4.0);
    let mean = cues.iter().sum::<f64>() / cues.len() as f64;
    assert!(mean.abs() < 0.05, "{mean}");
    // δ = ρ·(E[D] − D); ρ is a mean over 2,500 rewards, known to 2 %.
    let average = late.iter().sum::<f64>() / late.len() as f64;
    let spread: f64 = late.iter().map(|gap| (gap - average).powi(2)).sum();
    let slope = late.iter().zip(&cues).map(|(gap, cue)| (gap - average) * cue).sum::<f64>() / spread;
    assert!((slope + rate).abs() < 0.06 * rate, "{slope} against {}", -rate);
    assert!(correlation(&cues, &late) < -0.99);
}

#[test]
fn the_context_of_rescorla_and_wagner_is_lost_between_uncued_outcomes_a_segment_at_a_time() {
    let (alpha, segment) = (0.02_f64, 5.0);
    let gaps = intervals(4000, 3);
    let here = answers("rescorla_wagner:alpha_context=0.02:segment=5", &random_rewards(&gaps));
    let mut context = 0.0;
    for (k, (gap, answer)) in gaps.iter().zip(&here).enumerate() {
        // Nothing is known before the first outcome.
        let lost = if k == 0 { 0 } else { empty(*gap, segment) };
        context *= (1.0 - alpha).powi(lost as i32);
        assert!((answer - (1.0 - context)).abs() < 1e-9, "outcome {k}: {answer} against {}", 1.0 - context);
        context += alpha * (1.0 - context);
    }
    // It settles where an outcome is as likely as it is in a segment.
    let late = &here[1000..];
    let mean = late.iter().sum::<f64>() / late.len() as f64;
    assert!((mean - (-segment / MEAN).exp()).abs() < 0.03, "{mean}");
    let interval = |r: &[f64]| correlation(&r[1000..], &gaps[1000..]);
    assert!(interval(&here) > 0.2, "{}", interval(&here));
    // Without a context there is nothing to lose.
    let plain = answers("rescorla_wagner", &random_rewards(&gaps));
    assert!(plain.iter().all(|v| *v == 1.0));
}

#[test]
fn the_filter_sees_uncued_outcomes_among_trials_without_a_cue() {
    let gaps = intervals(600, 4);
    let log = random_rewards(&gaps);
    let (samples, learner) = lived("hgf:segment=4:omega2=-5", &log);
    let theory = hgf::Hgf { omega2: -5.0, ..hgf::Hgf::default() };
    let mut belief = hgf::Belief::default();
    // The same filter over the same trials, written as 0s and 1s.
    let trials: Vec<(usize, f64)> = gaps
        .iter()
        .enumerate()
        .flat_map(|(k, gap)| {
            let lost = if k == 0 { 0 } else { empty(*gap, 4.0) };
            std::iter::repeat_n((k, 0.0), lost).chain([(k, 1.0)])
        })
        .collect();
    let here: Vec<f64> = samples.iter().filter(|s| s.channel == 0).map(|s| s.value).collect();
    assert_eq!(here.len(), trials.len());
    let mut chances = Vec::new();
    for (answer, (k, outcome)) in here.iter().zip(&trials) {
        let surprise = theory.surprise(&belief, *outcome);
        assert!((answer - surprise.epsilon2).abs() < 1e-12, "outcome {k}");
        belief = theory.learn(&belief, &surprise, surprise.epsilon2).unwrap().0;
        if *k > 300 {
            chances.push(surprise.expected);
        }
    }
    let chance = chances.iter().sum::<f64>() / chances.len() as f64;
    // An outcome ends the segment it comes in: of trials, the share with an outcome is 1 − e^(−segment/mean).
    assert!((chance - (1.0 - (-4.0 / MEAN).exp())).abs() < 0.05, "{chance}");
    assert_eq!(learner.describe()["no cue"]["trials"].as_u64().unwrap(), trials.len() as u64);
    // The surprise of an outcome grows with the interval before it.
    let outcomes: Vec<f64> = samples.iter().filter(|s| s.channel == 0 && s.rows > 0).map(|s| s.value).collect();
    assert!(correlation(&outcomes[100..], &gaps[100..]) > 0.2);
}

#[test]
fn kalman_weights_of_outcomes_traces_are_the_exact_posterior_and_make_answers_follow_the_interval() {
    let gaps = intervals(150, 5);
    let log = random_rewards(&gaps);
    let (m, gamma, c, s) = (4, (-0.2_f64 / 9.9).exp(), 0.7, 0.4);
    let (samples, learner) = lived("kalman_td:q=0:n=4:c=0.7:s=0.4:tau=9.9", &log);
    // The rows of the regression, from the features alone: an outcome ends an episode and begins the next.
    let mut evoked = Microstimuli::new(2, m, 0.08, 0.9);
    let mut clock = bins::Bins::new(0.2, 2);
    let last = clock.last_whole(log.last_time() + TAIL);
    let mut next = log.events().iter().peekable();
    let (mut before, mut rows, mut rewards) = (vec![0.0; 2 * m], Vec::new(), Vec::new());
    for bin in 1..=last {
        while let Some(e) = next.next_if(|e| clock.of(e.time) == bin) {
            clock.put(e, log.kinds());
        }
        let held = clock.held(bin);
        let outcome = held.stimuli.contains(&1);
        if outcome {
            evoked.end();
        }
        evoked.start(&held, bin);
        evoked.evoke_all(bin);
        if before.iter().any(|x: &f64| x.abs() >= 0.02) {
            let ahead = |x: &f64| if outcome { 0.0 } else { gamma * x };
            rows.push(before.iter().zip(&evoked.level).map(|(b, x)| b - ahead(x)).collect::<Vec<f64>>());
            rewards.push(held.reward);
        }
        before.copy_from_slice(&evoked.level);
    }
    let h = DMatrix::from_fn(rows.len(), 2 * m, |i, j| rows[i][j]);
    let precision = DMatrix::identity(2 * m, 2 * m) / c + h.transpose() * &h / s;
    let mean = precision.try_inverse().unwrap() * h.transpose() * DVector::from_vec(rewards) / s;
    for i in 0..m {
        let weight = learner.describe()["juice"]["weights"][i].as_f64().unwrap();
        assert!((weight - mean[m + i]).abs() < 1e-7, "{i}: {weight} against {}", mean[m + i]);
    }
    assert!(mean.iter().any(|w| w.abs() > 0.01));
    let here: Vec<f64> = samples.iter().filter(|s| s.rows > 0).map(|s| s.value).collect();
    let spread = |v: &[f64]| v.iter().fold(f64::MIN, |a, b| a.max(*b)) - v.iter().fold(f64::MAX, |a, b| a.min(*b));
    assert!(spread(&here[50..]) > 0.05, "{}", spread(&here[50..]));
    let silent = answers("kalman_td:outcomes=silent", &log);
    assert!(silent.iter().all(|v| *v == 1.0));
}

#[test]
fn the_state_of_the_body_works_on_the_reward_that_follows_a_cue_itself() {
    // a, then b after 2 s, then juice after another 2 s: only b is followed by reward before any other stimulus.
    let kinds = vec![EventKind::cue("a"), EventKind::cue("b"), EventKind::outcome("juice")];
    let trial = |i: usize| {
        let t = 60.0 * i as f64 + 1.1;
        [event(t, 0, 0.0), event(t + 2.0, 1, 0.0), event(t + 4.0, 2, 1.0)]
    };
    let log = EventLog::new(kinds, (0..1500).flat_map(trial).collect()).unwrap();
    let of = |settings: &str| {
        let all = answers(&format!("incentive_salience:alpha=0.3:{settings}"), &log);
        [all[all.len() - 3], all[all.len() - 2], all[all.len() - 1]]
    };
    let gamma = |seconds: f64| (-seconds / 3.9).exp();
    let [a, b, juice] = of("kappa=1");
    // The next trial, 56 s away, is worth almost nothing.
    assert!((a - gamma(4.0)).abs() < 1e-4 && (b - gamma(2.0)).abs() < 1e-4 && (juice - 1.0).abs() < 1e-4, "{a} {b}");
    let [a3, b3, juice3] = of("kappa=3:form=multiplicative");
    assert!((a3 - a).abs() < 1e-12 && (b3 - b - 2.0 * gamma(2.0)).abs() < 1e-4, "{a3} {b3}");
    assert!((juice3 - juice - 2.0).abs() < 1e-12);
    let [a3, b3, juice3] = of("kappa=3:form=additive");
    let more = 3.0_f64.ln();
    assert!((a3 - a).abs() < 1e-12 && (b3 - b - more).abs() < 1e-12 && (juice3 - juice - more).abs() < 1e-12);
}
