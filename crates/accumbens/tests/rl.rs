//! Environments lose and invent nothing, and agents learn from the dopamine that really came out.

use accumbens::experiment::catalogue;
use accumbens::rl::{Agent, Autoreset, Design, Lane, Lanes, Rule, Stepped, teach};
use accumbens::theories::by_name;
use accumbens_core::Seed;

fn design(name: &str, group: Option<&str>) -> Design {
    Design::new(catalogue::by_name(name).unwrap(), group, None, 0.5, Seed(3)).unwrap()
}

#[test]
fn who_waits_perceives_every_given_event_and_is_paid_what_outcomes_are_worth_in_every_experiment() {
    for name in catalogue::names() {
        let design = design(name, None);
        let mut lane = Lane::new(&design, 1, 1).unwrap();
        let session = lane.session().clone();
        let (mut seen, mut parts) = (vec![0.0; design.width()], vec![0.0; design.components().len()]);
        let (mut perceived, mut paid, mut by_parts) = (vec![0.0_f64; design.kinds().len()], 0.0, 0.0);
        let mut happened = 0;
        loop {
            let (effort, over) = lane.step(&design, 0);
            paid += lane.reward(&design, effort, &mut parts);
            by_parts += parts.iter().sum::<f64>();
            lane.observe(&design, &mut seen);
            perceived.iter_mut().zip(&seen).for_each(|(sum, x)| *sum += f64::from(*x));
            happened += lane.happened().len();
            if over {
                break;
            }
        }
        assert!((paid - by_parts).abs() < 1e-9, "{name}: {paid} {by_parts}");
        if session.choices.iter().any(|c| c.forced) {
            continue;
        }
        let events = session.log.events();
        assert_eq!(happened, events.len(), "{name}");
        for (k, kind) in design.kinds().iter().enumerate() {
            let of = events.iter().filter(|e| e.kind.index() == k);
            let due: f64 = of.map(|e| if kind.is_outcome() { f64::from(e.magnitude as f32) } else { 1.0 }).sum();
            assert!(
                (perceived[k] - due).abs() < 1e-3 * due.abs().max(1.0),
                "{name}: {} {} {due}",
                kind.name,
                perceived[k]
            );
        }
        let worth = |e: &accumbens_core::Event| design.kinds()[e.kind.index()].value * e.magnitude;
        let outcomes = events.iter().filter(|e| design.kinds()[e.kind.index()].is_outcome());
        let due: f64 = outcomes.map(worth).sum();
        assert!((paid - due).abs() < 1e-9, "{name}: {paid} {due}");
    }
}

#[test]
fn an_option_brings_its_consequence_when_and_as_it_was_declared() {
    let design = design("cannon2003", Some("control"));
    let mut lane = Lane::new(&design, 1, 1).unwrap();
    lane.reset(&design).unwrap();
    assert!(lane.session().name.starts_with("choice"));
    let (mut parts, mut taken, mut paid) = (vec![0.0; 1], 0, 0.0);
    loop {
        let open = lane.open().is_some();
        let at = lane.time();
        let (effort, over) = lane.step(&design, 1);
        let reward = lane.reward(&design, effort, &mut parts);
        if open {
            // Sucrose follows the approach by half a second, which is one step.
            let drop = lane.happened().iter().find(|h| design.kinds()[h.event.kind.index()].is_outcome()).unwrap();
            assert!((drop.event.time - at - 0.5).abs() < 1e-9 && (reward - 1.0).abs() < 1e-12);
            taken += 1;
        }
        paid += reward;
        if over {
            break;
        }
    }
    assert_eq!((taken, paid), (200, 200.0));
}

/// The rewards and truncations of the first lane over so many steps.
fn run(lanes: u32, autoreset: Autoreset, steps: usize) -> Vec<(f64, bool, Vec<f32>)> {
    let mut lanes = Lanes::new(design("cannon2003", None), lanes, autoreset).unwrap();
    let (mut stepped, actions) = (Stepped::of(&lanes), vec![1; lanes.lanes().len()]);
    let mut out = Vec::new();
    for _ in 0..steps {
        lanes.step(&actions, &mut stepped).unwrap();
        let seen = stepped.observations[..lanes.design().width()].to_vec();
        out.push((stepped.rewards[0], stepped.truncated[0], seen));
    }
    out
}

#[test]
fn a_lane_is_the_same_among_any_number_and_autoreset_adds_one_step_without_reward() {
    let alone = run(1, Autoreset::NextStep, 30_000);
    // With other lanes the subjects that follow are others, so only the first subject's sessions are compared.
    let ends: Vec<usize> = alone.iter().enumerate().filter(|(_, s)| s.1).map(|(i, _)| i).collect();
    assert!(ends.len() >= 2, "{ends:?}");
    assert_eq!(run(5, Autoreset::NextStep, ends[1]), alone[..ends[1]]);
    let same = run(1, Autoreset::SameStep, 29_000);
    let reset = &alone[ends[0] + 1];
    assert_eq!((reset.0, reset.1), (0.0, false));
    let without: Vec<(f64, bool)> = alone
        .iter()
        .enumerate()
        .filter(|(i, _)| *i == 0 || !alone[i - 1].1)
        .map(|(_, s)| (s.0, s.1))
        .take(same.len())
        .collect();
    assert_eq!(same.iter().map(|s| (s.0, s.1)).take(without.len()).collect::<Vec<_>>(), without);
}

fn shares(theory: Option<&str>, group: &str, rule: Rule, threads: usize) -> (f64, Vec<f64>) {
    let theory = theory.map(|n| by_name(n).unwrap());
    let design = design("cannon2003", Some(group));
    let agent = Agent { rule, ..Agent::default() };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    let go_on = || true;
    let lessons = pool.install(|| teach(&design, &agent, theory.as_deref(), None, 8, Seed(1), &go_on)).unwrap();
    let choices = lessons.iter().filter(|l| l.session.starts_with("choice"));
    let (better, worse) = choices.fold((0, 0), |(b, w), l| (b + l.taken[0], w + l.taken[1]));
    (f64::from(better) / f64::from(better + worse), lessons.iter().map(|l| l.reward).collect())
}

#[test]
fn every_rule_learns_from_a_theorys_dopamine_what_is_better_and_nothing_where_dopamine_is_gone() {
    for rule in [Rule::ActorCritic, Rule::Q, Rule::Opal] {
        for theory in [None, Some("td_csc"), Some("rescorla_wagner"), Some("anccr"), Some("td_distributional")] {
            let (share, rewards) = shares(theory, "control", rule, 1);
            assert!(share > 0.75, "{theory:?} {rule:?}: {share}");
            assert_eq!(rewards, shares(theory, "control", rule, 2).1, "{theory:?} {rule:?}");
        }
        // 8 animals choose 200 times: chance within four standard errors.
        let (share, _) = shares(Some("td_csc"), "deficient", rule, 2);
        assert!((share - 0.5).abs() < 4.0 * (0.25_f64 / 1600.0).sqrt(), "{rule:?}: {share}");
    }
}

#[test]
fn what_cannot_be_is_refused() {
    let experiment = || catalogue::by_name("cannon2003").unwrap();
    let refused = |step, phase: Option<&str>, group: Option<&str>| {
        Design::new(experiment(), group, phase, step, Seed(1)).unwrap_err().to_string()
    };
    assert!(refused(0.0, None, None).contains("seconds above 0"));
    assert!(refused(0.5, Some("extinction"), None).contains("tasting, choice"));
    assert!(refused(0.5, None, Some("nobody")).contains("control, deficient"));
    let nothing = teach(&design("schultz1997", None), &Agent::default(), None, None, 1, Seed(1), &|| true);
    assert!(nothing.unwrap_err().to_string().contains("nothing to choose"));
    let agent = Agent { beta: 0.0, ..Agent::default() };
    let beta = teach(&design("cannon2003", None), &agent, None, None, 1, Seed(1), &|| true);
    assert!(beta.unwrap_err().to_string().contains("beta"));
}

#[test]
fn a_choice_that_an_act_opened_is_open_in_the_environment_too() {
    let design = design("daw2011", None);
    let mut lane = Lane::new(&design, 1, 1).unwrap();
    let options = design.options().len();
    let (mut seen, mut taken) = (vec![0.0; design.width()], [0, 0]);
    loop {
        lane.observe(&design, &mut seen);
        let open: Vec<usize> = (0..options).filter(|i| seen[design.kinds().len() + i] > 0.0).collect();
        assert!(open.is_empty() || open.len() == 2);
        let action = open.first().map_or(0, |i| i + 1);
        if let Some(first) = open.first() {
            let name = &design.kinds()[design.options()[*first].index()].name;
            taken[usize::from(name.contains('_'))] += 1;
        }
        if lane.step(&design, action).1 {
            break;
        }
    }
    assert_eq!(taken, [201, 201]);
}
