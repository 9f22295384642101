//! Every parameter that is fitted does something: what changes nothing must not be paid for.

use accumbens::fit::evidence::scaled_channels;
use accumbens::fit::search::Space;
use accumbens::theories::{by_name, names, wrappers};
use accumbens_core::{
    AnyTheory, Domain, Dopamine, Event, EventKind, EventKindId, EventLog, Learner, Result, Role, Seed, Sink, told,
};
use nalgebra::{DMatrix, DVector};
use rand::RngExt;

/// Sessions of the world, and seconds from one's start to the next.
const SESSIONS: usize = 3;
const APART: f64 = 8000.0;
/// Below this share of its variance a change is that of a gain and an offset: |r| > .999.
const NOTHING: f64 = 2e-3;

fn kinds() -> Vec<EventKind> {
    vec![
        EventKind::cue("a"),
        EventKind::cue("b"),
        EventKind::outcome("juice"),
        EventKind { value: -1.0, ..EventKind::outcome("puff") },
        EventKind::omission("none", EventKindId(2)),
        EventKind { role: Role::Action, ..EventKind::cue("press") },
    ]
}

/// One session: cues alone, in a row and together, outcomes of several sizes with and without cues, bad outcomes,
/// omissions that are declared and others, presses; at random intervals, whose mean differs from session to session.
fn session(number: usize) -> EventLog {
    let mut rng = Seed(7).stream(&format!("fitted parameters/{number}"));
    let event = |time, kind, magnitude| Event { time, kind: EventKindId(kind), magnitude };
    let (mut events, mut t) = (Vec::new(), 1.1);
    for _ in 0..250 {
        t += 3.0 - (6.0 + 4.0 * number as f64) * rng.random::<f64>().ln();
        let size = [0.5, 1.0, 2.0, 4.0][(rng.random::<f64>() * 4.0) as usize];
        let bright = if rng.random::<f64>() < 0.5 { 0.6 } else { 0.0 };
        match (rng.random::<f64>() * 10.0) as u32 {
            0 | 1 => events.extend([event(t, 0, bright), event(t + 1.0, 2, 1.0)]),
            2 => events.extend([event(t, 1, 0.0), event(t + 1.0 + rng.random::<f64>(), 2, size)]),
            3 => events.extend([event(t, 0, bright), event(t + 1.0, 1, 0.0), event(t + 2.0, 2, size)]),
            4 | 5 => events.push(event(t, 2, size)),
            6 => events.extend([event(t, 0, bright), event(t + 1.0, 4, 0.0)]),
            7 => events.push(event(t, 1, 0.0)),
            8 => events.extend([event(t, 1, 0.0), event(t + 2.0, 3, size)]),
            _ => {
                events.extend([event(t, 0, bright), event(t, 1, 0.0), event(t + 0.4, 5, 0.0), event(t + 1.0, 2, size)])
            }
        }
        t = events[events.len() - 1].time;
    }
    EventLog::new(kinds(), events).unwrap()
}

struct World {
    sessions: Vec<EventLog>,
    life: EventLog,
}

impl World {
    fn new() -> Self {
        let sessions: Vec<EventLog> = (0..SESSIONS).map(session).collect();
        let later = |(i, s): (usize, &EventLog)| {
            let start = i as f64 * APART;
            s.events().iter().map(move |e| Event { time: e.time + start, ..*e }).collect::<Vec<_>>()
        };
        let events = sessions.iter().enumerate().flat_map(later).collect();
        Self { life: EventLog::new(kinds(), events).unwrap(), sessions }
    }

    /// Dopamine at all events, one vector a channel of dopamine, scaled as a fit does; and how every cue and action moves
    /// the animal after each event: what it wants and what it prefers, scaled alike. The theory is told what a fit tells.
    fn lived(&self, theory: &dyn AnyTheory) -> Result<[Vec<Vec<f64>>; 2]> {
        let starts = (0..SESSIONS).map(|i| i as f64 * APART);
        let changes = told(theory, self.sessions.iter().zip(starts));
        let mut theory = theory.boxed();
        theory.tell(&self.life);
        let channels = theory.channels(self.life.kinds());
        let n = channels.len();
        let mut values = vec![f64::NAN; self.life.events().len() * n];
        let mut dopamine = Dopamine::new(Sink::Rows { values: &mut values, channels: n }, &[]);
        let mut learner = theory.start(self.life.kinds());
        let mut changes = changes.iter().peekable();
        let mut moved = [Vec::new(), Vec::new()];
        for (row, event) in self.life.events().iter().enumerate() {
            while let Some(change) = changes.next_if(|c| c.time <= event.time) {
                learner.advance(change.time, &mut dopamine);
                learner.change(&change.parameter, change.value)?;
            }
            learner.advance(event.time, &mut dopamine);
            dopamine.expect(row, event.time, None);
            learner.observe(std::slice::from_ref(event), &mut dopamine);
            wants(learner.as_ref(), &mut moved);
        }
        learner.finish(self.life.last_time() + 5.0, &mut dopamine);
        dopamine.check()?;
        let rows = self.life.events().len();
        let channel = |c: usize| (0..rows).map(|row| values[row * n + c]).collect();
        let released: Vec<Vec<f64>> = (0..n).filter(|c| channels[*c].dopamine).map(channel).collect();
        Ok([scaled_channels(&released), scaled_channels(&moved)])
    }
}

fn wants(learner: &dyn Learner, moved: &mut [Vec<f64>; 2]) {
    for kind in [0, 1, 5] {
        let drive = learner.drive(EventKindId(kind));
        moved[0].push(drive.map_or(0.0, |d| d.wanting));
        moved[1].push(drive.map_or(0.0, |d| d.preference));
    }
}

/// The largest share of a vector's variance that no gains of the others and no offset explain.
fn unexplained(of: &[Vec<f64>], by: &[Vec<f64>]) -> f64 {
    let n = by.first().map_or(0, Vec::len);
    let varies = |z: &&Vec<f64>| z.iter().any(|v| *v != 0.0);
    let columns: Vec<&Vec<f64>> = by.iter().filter(varies).collect();
    let design = DMatrix::from_fn(n, columns.len() + 1, |i, j| if j == 0 { 1.0 } else { columns[j - 1][i] });
    let solver = design.clone().svd(true, true);
    let one = |z: &Vec<f64>| {
        let y = DVector::from_column_slice(z);
        let fitted = &design * solver.solve(&y, 1e-9).unwrap();
        (y - fitted).norm_squared() / n as f64
    };
    of.iter().filter(varies).map(one).fold(0.0, f64::max)
}

/// The larger change, of the whole life and of its first session alone, in which what fades is still there.
fn apart(low: &[Vec<f64>], high: &[Vec<f64>]) -> f64 {
    let first =
        |of: &[Vec<f64>]| scaled_channels(&of.iter().map(|z| z[..z.len() / SESSIONS].to_vec()).collect::<Vec<_>>());
    let of = |low: &[Vec<f64>], high: &[Vec<f64>]| unexplained(high, low).max(unexplained(low, high));
    of(low, high).max(of(&first(low), &first(high)))
}

/// How much moving one fitted parameter from -1.5 to 1.5 standard scores changes dopamine, or what the animal wants, the
/// others at the prior's median. Where the theory ends its life, as the filter `hgf` does, the scores with which it
/// lives are taken, and the others at a standard score of -1.
fn effect(world: &World, theory: &dyn AnyTheory, space: &Space, place: usize) -> f64 {
    let mut largest = 0.0_f64;
    for others in [0.0, -1.0] {
        let at = |z: f64| {
            let scores: Vec<f64> = (0..space.dimensions()).map(|i| if i == place { z } else { others }).collect();
            world.lived(space.at(theory, &scores).unwrap().as_ref()).ok()
        };
        let low = [-1.5, -0.75].into_iter().find_map(at);
        let high = [1.5, 0.75, 0.0, -0.5].into_iter().find_map(at);
        if let (Some(low), Some(high)) = (low, high) {
            let changes = low.iter().zip(&high).map(|(low, high)| apart(low, high));
            largest = changes.fold(largest, f64::max);
            break;
        }
    }
    largest
}

/// Every theory with every one of its options, and in every wrapper that suits it.
fn theories() -> Vec<(String, Box<dyn AnyTheory>)> {
    let mut all = Vec::new();
    for name in names() {
        let theory = by_name(name).unwrap();
        for (place, p) in theory.table().iter().enumerate() {
            let others = match p.domain {
                Domain::Choice(words) => 0..words.len(),
                Domain::Flag => 0..2,
                _ => 0..0,
            };
            for value in others.map(|v| v as f64).filter(|v| *v != p.default) {
                let mut variant = theory.boxed();
                variant.set(place, value).unwrap();
                all.push((format!("{name}:{}={}", p.name, p.show(value)), variant));
            }
        }
        all.push((name.to_owned(), theory));
    }
    for wrapper in wrappers() {
        let wrapped =
            names().map(|n| format!("{n}+{}", wrapper.name)).filter_map(|n| Some((n.clone(), by_name(&n).ok()?)));
        all.extend(wrapped.filter(|(n, _)| n.starts_with("td_csc") || n.starts_with("rescorla")));
    }
    all
}

#[test]
fn moving_a_fitted_parameter_changes_dopamine_by_more_than_gain_and_offset_or_what_the_animal_wants() {
    let world = World::new();
    let mut dead = Vec::new();
    for (label, theory) in theories() {
        let space = Space::of(theory.as_ref());
        for (i, (place, _)) in theory.fitted().into_iter().enumerate() {
            let change = effect(&world, theory.as_ref(), &space, i);
            println!("{label} {}: {change:.4}", theory.table()[place].name);
            if change < NOTHING {
                dead.push(format!("{label} {}: {change:.1e}", theory.table()[place].name));
            }
        }
    }
    assert!(dead.is_empty(), "{dead:#?}");
}

/// By what small steps of each fitted parameter change dopamine beyond gains and offset, one unit vector a parameter; the
/// parameters around a standard score of `base`. `None` where the theory cannot live there.
fn slopes(world: &World, theory: &dyn AnyTheory, base: f64) -> Option<DMatrix<f64>> {
    let space = Space::of(theory);
    let at = |place: usize, z: f64| {
        let scores: Vec<f64> = (0..space.dimensions()).map(|i| if i == place { base + z } else { base }).collect();
        world.lived(space.at(theory, &scores).unwrap().as_ref()).ok().map(|[released, _]| released)
    };
    let usual = at(0, 0.0)?;
    let n = usual[0].len();
    let design = DMatrix::from_fn(n, usual.len() + 1, |i, j| if j == 0 { 1.0 } else { usual[j - 1][i] });
    let solver = design.clone().svd(true, true);
    let mut columns = Vec::new();
    for place in 0..space.dimensions() {
        let (low, high) = (at(place, -0.1)?, at(place, 0.1)?);
        let change = |(low, high): (&Vec<f64>, &Vec<f64>)| {
            let y = DVector::from_iterator(n, low.iter().zip(high).map(|(l, h)| h - l));
            (&y - &design * solver.solve(&y, 1e-9).unwrap()).iter().copied().collect::<Vec<f64>>()
        };
        columns.push(DVector::from_vec(low.iter().zip(&high).flat_map(change).collect()).normalize());
    }
    Some(DMatrix::from_columns(&columns))
}

#[test]
fn no_combination_of_fitted_parameters_changes_nothing() {
    let world = World::new();
    for theory in names().map(|n| by_name(n).unwrap()).filter(|t| t.fitted().len() > 1) {
        let slopes = slopes(&world, theory.as_ref(), 0.0).unwrap();
        // Of unit vectors, 0 where one is a combination of the others: two of a filter's three variances, say.
        let least = slopes.svd(false, false).singular_values.min();
        assert!(least > 0.05, "{}: {least}", theory.name());
    }
}

#[test]
fn a_parameter_that_changes_nothing_is_found() {
    let world = World::new();
    // What was fitted once: the discount of a theory that does not discount, the unit of a filter's variances.
    for (label, parameter) in [("td_semi_markov", "tau"), ("td_csc", "cue_to_iti"), ("kalman_td", "s")] {
        let mut scaled = by_name(label).unwrap();
        let usual = world.lived(scaled.as_ref()).unwrap();
        let value = |name: &str| scaled.table().iter().position(|p| p.name == name).map(|i| scaled.get(i));
        let names = if parameter == "s" { vec!["s", "c", "q"] } else { vec![parameter] };
        let changed: Vec<(&str, f64)> = names.iter().map(|n| (*n, 3.0 * value(n).unwrap())).collect();
        changed.iter().for_each(|(name, value)| scaled.set_text(name, &value.to_string()).unwrap());
        let other = world.lived(scaled.as_ref()).unwrap();
        for (usual, other) in usual.iter().zip(&other) {
            assert!(unexplained(other, usual) < NOTHING, "{label} {parameter}");
        }
    }
}

#[test]
fn channels_beside_dopamine_are_those_that_no_theory_calls_dopamine() {
    let mut beside = Vec::new();
    for name in names() {
        let channels = by_name(name).unwrap().channels(&kinds());
        let aside = channels.into_iter().filter(|c| !c.dopamine);
        beside.extend(aside.map(|c| format!("{name}: {}", c.signal)));
    }
    assert_eq!(beside, ["pearce_hall: associability", "hgf: acetylcholine", "incentive_salience: liking"]);
}
