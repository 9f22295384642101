//! Teaches agents by dopamine: of any theory, or of a critic of their own.

use super::environment::{Design, Happening, Lane};
use super::features::Seen;
use super::mind::{Agent, Mind, Rule, dot};
use crate::experiment::Session;
use accumbens_core::seed::ChaCha8Rng;
use accumbens_core::{
    AnyTheory, Clamp, Dopamine, Error, Event, Learner, Result, Schedule, Seed, Sink, regions::Region, told,
};
use rayon::prelude::*;
use std::cell::Cell;

/// What became of one session.
#[derive(Clone, Debug, PartialEq)]
pub struct Lesson {
    /// The subject, from 1.
    pub subject: u32,
    /// The session.
    pub session: String,
    /// The reward of the session, effort taken off, in units of outcome.
    pub reward: f64,
    /// How often there was something to choose.
    pub offered: u32,
    /// How often each option of [`Design::options`] was taken.
    pub taken: Vec<u32>,
}

/// The teacher: a theory in the middle of its life, or nobody but the agent's own critic.
struct Teacher<'a> {
    learner: Option<Box<dyn Learner>>,
    dopamine: Dopamine<'a>,
    sum: &'a Cell<f64>,
    row: usize,
    now: Vec<Event>,
}

impl Teacher<'_> {
    /// The dopamine of a step in which this happened, on the clock of the life.
    fn step(&mut self, lane: &Lane, start: f64) -> Result<f64> {
        let Some(learner) = &mut self.learner else { return Ok(0.0) };
        self.sum.set(0.0);
        let happened = lane.happened();
        let mut at = 0;
        while at < happened.len() {
            let time = start + happened[at].event.time;
            let after = at + happened[at..].iter().take_while(|h| start + h.event.time == time).count();
            learner.advance(time, &mut self.dopamine);
            self.now.clear();
            for Happening { event, clamp } in &happened[at..after] {
                self.now.push(Event { time, ..*event });
                self.dopamine.expect(self.row, time, *clamp);
                self.row += 1;
            }
            learner.observe(&self.now, &mut self.dopamine);
            at = after;
        }
        learner.advance(start + lane.time(), &mut self.dopamine);
        self.dopamine.check()?;
        Ok(self.sum.get())
    }
}

/// One agent through the life of one subject.
struct Pupil<'a> {
    design: &'a Design,
    agent: &'a Agent,
    mind: Mind,
    seen: Seen,
    open: Vec<bool>,
    rng: ChaCha8Rng,
}

impl Pupil<'_> {
    fn session(&mut self, lane: &mut Lane, start: f64, teacher: &mut Teacher<'_>) -> Result<Lesson> {
        let (design, agent) = (self.design, self.agent);
        let (mut lesson, mut parts) = (Lesson::of(lane, design), vec![0.0; design.components().len()]);
        let (keep, gamma) = ((-design.step() / agent.trace).exp(), (-design.step() / agent.horizon).exp());
        let mut before = self.seen.now.clone();
        let mut choice = usize::MAX;
        self.mind.trace.fill(0.0);
        loop {
            self.mind.trace.iter_mut().for_each(|t| *t *= keep);
            self.open.fill(false);
            let offered = lane.open().map(|_| lane.passed());
            let action = match lane.open() {
                None => 0,
                Some(open) => {
                    self.open[0] = !open.forced;
                    for offer in &open.options {
                        let at = design.options().iter().position(|k| *k == offer.kind);
                        self.open[at.map_or(0, |i| i + 1)] = true;
                    }
                    self.mind.choose(agent, &self.seen.now, &self.open, &mut self.rng)
                }
            };
            if let Some(at) = offered {
                lesson.offered += u32::from(at != choice);
                choice = at;
            }
            if action > 0 {
                lesson.taken[action - 1] += 1;
            }
            before.copy_from_slice(&self.seen.now);
            let (effort, over) = lane.step(design, action);
            let reward = lane.reward(design, effort, &mut parts);
            lesson.reward += reward;
            self.seen.pass(design.step(), lane.happened());
            let own = self.own(&before, reward, gamma, action);
            let taught = teacher.step(lane, start)?;
            self.mind.learn(agent, if teacher.learner.is_some() { taught } else { own });
            if over {
                return Ok(lesson);
            }
        }
    }

    /// The error of the agent's own critic, which learns from it.
    fn own(&mut self, before: &[f64], reward: f64, gamma: f64, action: usize) -> f64 {
        let mind = &mut self.mind;
        if self.agent.rule == Rule::Q {
            let value = dot(Mind::of(&mind.go, action, before), before);
            return reward + gamma * mind.best(&self.seen.now) - value;
        }
        let error = reward + gamma * dot(&mind.values, &self.seen.now) - dot(&mind.values, before);
        mind.values.iter_mut().zip(before).for_each(|(v, f)| *v += self.agent.critic * error * f);
        error
    }
}

impl Lesson {
    fn of(lane: &Lane, design: &Design) -> Self {
        let session = lane.session().name.clone();
        Self { subject: lane.subject(), session, reward: 0.0, offered: 0, taken: vec![0; design.options().len()] }
    }
}

/// The start of each session on the clock of the life, and what is done to dopamine and to the theory meanwhile.
fn schedule(sessions: &[Session], theory: &mut dyn AnyTheory) -> Result<(Vec<f64>, Schedule)> {
    let mut life = crate::experiment::life(sessions, theory.info().name)?;
    let logs = sessions.iter().map(|s| &s.log).zip(life.starts.iter().copied());
    life.schedule.changes.extend(told(theory, logs));
    theory.tell(&life.log);
    Ok((life.starts, life.schedule.sorted()))
}

fn one(
    design: &Design,
    agent: &Agent,
    theory: Option<&dyn AnyTheory>,
    region: Option<&Region>,
    subject: u32,
    seed: Seed,
) -> Result<Vec<Lesson>> {
    let mut theory = theory.map(AnyTheory::boxed);
    let mut lane = Lane::new(design, subject, 1)?;
    let (starts, schedule) = match &mut theory {
        Some(theory) => schedule(lane.sessions(), theory.as_mut())?,
        None => (vec![0.0; lane.sessions().len()], Schedule::default()),
    };
    let weights: Vec<f64> = match &theory {
        None => Vec::new(),
        Some(theory) => {
            let channels = theory.channels(design.kinds());
            let dopamine = |c: &accumbens_core::ChannelInfo| f64::from(c.dopamine && c.signal != "tonic");
            let mean = || {
                let count: f64 = channels.iter().map(dopamine).sum();
                channels.iter().map(|c| dopamine(c) / count.max(1.0)).collect::<Vec<f64>>()
            };
            region.map_or_else(|| Some(mean()), |r| r.weights(&channels)).ok_or_else(|| {
                let place = region.map_or_else(String::new, |r| r.name.clone());
                Error::input(
                    "region",
                    format!("no signal of {} reaches the {place}", theory.name()),
                    "one that it reaches",
                )
            })?
        }
    };
    let sum = Cell::new(0.0);
    let clamps: &[Clamp] = &schedule.clamps;
    let learner = theory.as_ref().map(|t| t.start(design.kinds()));
    let dopamine = Dopamine::new(Sink::Sum { weights: &weights, sum: &sum }, clamps);
    let mut teacher = Teacher { learner, dopamine, sum: &sum, row: 0, now: Vec::with_capacity(8) };
    let seen = Seen::new(&agent.features, design.kinds());
    let mut pupil = Pupil {
        design,
        agent,
        mind: Mind::new(agent, seen.now.len(), design.options().len() + 1),
        seen,
        open: vec![false; design.options().len() + 1],
        rng: seed.stream(&format!("agent/{subject}")),
    };
    let (mut lessons, mut change) = (Vec::new(), 0);
    for start in starts {
        if let Some(learner) = &mut teacher.learner {
            while let Some(c) = schedule.changes.get(change).filter(|c| c.time <= start) {
                learner.change(&c.parameter, c.value)?;
                change += 1;
            }
        }
        lessons.push(pupil.session(&mut lane, start, &mut teacher)?);
        if !lane.last() {
            lane.reset(design)?;
        }
    }
    Ok(lessons)
}

/// Teaches an agent for each of so many subjects, through all sessions that the design shows: by the dopamine of a theory,
/// which lives through what the agent sees and does, or by the agent's own critic where there is no theory. Of a theory
/// with several signals the agent receives what `region` does, or the mean of its dopamine. `tick` is called after each
/// subject; where it returns false the work stops.
///
/// # Errors
/// Where the agent's numbers are outside their domains, the theory reaches nothing there or cannot go on, or the work was
/// stopped.
pub fn teach(
    design: &Design,
    agent: &Agent,
    theory: Option<&dyn AnyTheory>,
    region: Option<&Region>,
    subjects: u32,
    seed: Seed,
    tick: &(dyn Fn() -> bool + Sync),
) -> Result<Vec<Lesson>> {
    agent.check()?;
    if design.options().is_empty() {
        return Err(Error::input("experiment", "there is nothing to choose in it", "one with choices"));
    }
    let lesson = |subject: u32| {
        let lessons = one(design, agent, theory, region, subject, seed);
        let lessons = lessons.map_err(|e| e.within(&format!("subject {subject}")))?;
        if tick() { Ok(lessons) } else { Err(Error::Interrupted) }
    };
    let all = (1..=subjects).into_par_iter().map(lesson).collect::<Result<Vec<_>>>()?;
    Ok(all.into_iter().flatten().collect())
}
