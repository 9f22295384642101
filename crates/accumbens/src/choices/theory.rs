//! A theory of dopamine as a model of choices: it lives through what was taken and what came of it, and prefers what it has
//! learnt to prefer.
//!
//! A trial lasts ten seconds: the option that is taken is seen at its beginning, its outcome comes a second later. An outcome
//! of 0 is an omission state where the theory knows one; outcomes below 0 are of negative magnitude. What a theory cannot learn
//! it is told from a subject's trials, and at the start of each session from that session's, as everywhere.

use super::model::{About, AnyModel, Trace, chances};
use accumbens_core::choices::{Choices, Chooser, Trial};
use accumbens_core::{
    AnyTheory, Change, Domain, Dopamine, Error, Event, EventKind, EventKindId, EventLog, Learner, Parameter, Result,
    Sink, Topic, told,
};
use std::cell::Cell;

/// Seconds from one trial to the next.
const TRIAL: f64 = 10.0;
/// Seconds from what is taken to its outcome.
const DELAY: f64 = 1.0;

/// A theory that acts.
pub struct Acting {
    theory: Box<dyn AnyTheory>,
    /// Places of the fitted parameters in the theory's table; the last parameter here is the inverse temperature.
    places: Vec<usize>,
    table: Vec<Parameter>,
    beta: f64,
}

impl Acting {
    /// The theory of a name, as `accumbens compare` reads names.
    ///
    /// # Errors
    /// Where there is none, or it does not act.
    pub fn new(name: &str) -> Result<Self> {
        let theory = crate::theories::parse(name)?;
        if !theory.speaks().contains(&Topic::Behaviour) {
            return Err(Error::input("model", format!("{name} does not speak of behaviour"), "a theory that acts"));
        }
        let fitted = theory.table().iter().enumerate().filter(|(_, p)| p.prior.is_some());
        let (places, mut table): (Vec<usize>, Vec<Parameter>) = fitted.map(|(i, p)| (i, *p)).unzip();
        let beta = Parameter::new("beta", 3.0, "Inverse temperature, per unit of outcome.");
        table.push(beta.domain(Domain::NOT_NEGATIVE).log_normal(3.0, 1.0));
        Ok(Self { theory, places, table, beta: 3.0 })
    }

    fn kinds(choices: &Choices) -> Vec<EventKind> {
        let mut kinds: Vec<EventKind> = choices.options.iter().map(EventKind::cue).collect();
        let outcome = EventKindId(kinds.len() as u32);
        kinds.push(EventKind::outcome("outcome"));
        kinds.push(EventKind::omission("no outcome", outcome));
        kinds
    }
}

/// A life in trials.
struct Life<'a> {
    learner: Box<dyn Learner>,
    dopamine: Dopamine<'a>,
    sum: &'a Cell<f64>,
    row: usize,
    start: f64,
    options: u32,
    beta: f64,
    /// What is told at the start of sessions and has not been yet, the last first.
    told: Vec<Change>,
}

/// What is taken at `start` (s), and what comes of it.
fn events(options: u32, option: u32, outcome: f64, start: f64) -> [Event; 2] {
    let kind = EventKindId(options + u32::from(outcome == 0.0));
    [
        Event { kind: EventKindId(option), time: start, magnitude: 0.0 },
        Event { kind, time: start + DELAY, magnitude: outcome },
    ]
}

/// A subject's trials as a log, and those of each session with its start.
fn logs(choices: &Choices, subject: &Chooser, kinds: &[EventKind]) -> Result<(EventLog, Vec<(f64, EventLog)>)> {
    let options = choices.options.len() as u32;
    let (mut all, mut sessions, mut before) = (Vec::new(), Vec::new(), 0);
    for trials in subject.trials.chunk_by(|a, b| a.session == b.session) {
        let seen = |(i, trial): (usize, &Trial)| {
            let option = choices.offers[trial.offer as usize][trial.taken? as usize];
            Some(events(options, option, trial.outcome, TRIAL * (i + 1) as f64))
        };
        let own: Vec<Event> = trials.iter().enumerate().filter_map(seen).flatten().collect();
        let start = TRIAL * f64::from(before);
        all.extend(own.iter().map(|e| Event { time: e.time + start, ..*e }));
        sessions.push((start, EventLog::new(kinds.to_vec(), own)?));
        before += trials.len() as u32;
    }
    Ok((EventLog::new(kinds.to_vec(), all)?, sessions))
}

impl Life<'_> {
    fn prefer(&mut self, offered: &[u32], odds: &mut [f64]) -> Result<()> {
        while let Some(change) = self.told.pop_if(|c| c.time <= self.start - 0.5) {
            self.learner.advance(change.time, &mut self.dopamine);
            self.learner.change(&change.parameter, change.value)?;
        }
        self.learner.advance(self.start - 0.5, &mut self.dopamine);
        for (odd, option) in odds.iter_mut().zip(offered) {
            *odd = self.beta * self.learner.drive(EventKindId(*option)).map_or(0.0, |d| d.preference);
        }
        chances(odds, 0.0);
        Ok(())
    }

    fn see(&mut self, event: Event) {
        self.learner.advance(event.time, &mut self.dopamine);
        self.dopamine.expect(self.row, event.time, None);
        self.row += 1;
        self.learner.observe(&[event], &mut self.dopamine);
    }

    /// What dopamine says at the outcome.
    fn learn(&mut self, option: u32, outcome: f64) -> Result<f64> {
        let [taken, came] = events(self.options, option, outcome, self.start);
        self.see(taken);
        self.learner.advance(came.time - 1e-6, &mut self.dopamine);
        self.sum.set(0.0);
        self.see(came);
        self.learner.advance(came.time + 0.5, &mut self.dopamine);
        self.start += TRIAL;
        self.dopamine.check()?;
        Ok(self.sum.get())
    }
}

impl Acting {
    fn lived<T>(
        &self,
        choices: &Choices,
        subject: &Chooser,
        live: impl FnOnce(&mut Life<'_>) -> Result<T>,
    ) -> Result<T> {
        let kinds = Self::kinds(choices);
        let (log, sessions) = logs(choices, subject, &kinds)?;
        let mut told = told(self.theory.as_ref(), sessions.iter().map(|(start, log)| (log, *start)));
        told.reverse();
        let mut theory = self.theory.boxed();
        theory.tell(&log);
        let channels = self.theory.channels(&kinds);
        let first = &channels[0].signal;
        let mine = |c: &accumbens_core::ChannelInfo| f64::from(u8::from(c.dopamine && c.signal == *first));
        let count: f64 = channels.iter().map(mine).sum();
        let weights: Vec<f64> = channels.iter().map(|c| mine(c) / count.max(1.0)).collect();
        let sum = Cell::new(0.0);
        let dopamine = Dopamine::new(Sink::Sum { weights: &weights, sum: &sum }, &[]);
        let learner = theory.start(&kinds);
        let options = choices.options.len() as u32;
        live(&mut Life { learner, dopamine, sum: &sum, row: 0, start: TRIAL, options, beta: self.beta, told })
    }
}

impl AnyModel for Acting {
    fn about(&self) -> About {
        let info = self.theory.info();
        About { name: info.name, summary: info.summary, family: info.family, papers: info.papers }
    }

    fn table(&self) -> &[Parameter] {
        &self.table
    }

    fn get(&self, place: usize) -> f64 {
        self.places.get(place).map_or(self.beta, |p| self.theory.get(*p))
    }

    fn put(&mut self, place: usize, value: f64) {
        match self.places.get(place) {
            // What a prior gives lies in the parameter's domain but for rounding at its ends, where the old value stays.
            Some(p) => drop(self.theory.set(*p, value)),
            None => self.beta = value,
        }
    }

    fn boxed(&self) -> Box<dyn AnyModel> {
        let (places, table) = (self.places.clone(), self.table.clone());
        Box::new(Self { theory: self.theory.boxed(), places, table, beta: self.beta })
    }

    fn live(&self, choices: &Choices, subject: &Chooser, mut trace: Option<&mut Trace>) -> Result<f64> {
        let mut room = Vec::new();
        if let Some(trace) = &mut trace {
            trace.clear();
        }
        self.lived(choices, subject, |life| {
            let mut total = 0.0;
            for trial in &subject.trials {
                let offered = &choices.offers[trial.offer as usize];
                room.clear();
                room.resize(offered.len(), 0.0);
                life.prefer(offered, &mut room)?;
                let mut error = 0.0;
                let taken = trial.taken.map(|t| t as usize);
                match taken {
                    Some(taken) => {
                        total += room[taken].max(f64::MIN_POSITIVE).ln();
                        error = life.learn(offered[taken], trial.outcome)?;
                    }
                    None => life.start += TRIAL,
                }
                if let Some(trace) = &mut trace {
                    trace.see(&room, taken, error);
                }
            }
            Ok(total)
        })
    }

    fn act(
        &self,
        choices: &Choices,
        subject: &Chooser,
        chosen: &mut dyn FnMut(usize, &[f64]) -> Option<usize>,
        given: &mut dyn FnMut(usize, u32) -> f64,
    ) -> Result<Chooser> {
        let mut acted = subject.clone();
        self.lived(choices, subject, |life| {
            for (i, trial) in acted.trials.iter_mut().enumerate() {
                let offered = &choices.offers[trial.offer as usize];
                let mut odds = vec![0.0; offered.len()];
                life.prefer(offered, &mut odds)?;
                let Some(taken) = chosen(i, &odds) else {
                    (trial.taken, trial.outcome) = (None, f64::NAN);
                    life.start += TRIAL;
                    continue;
                };
                trial.outcome = given(i, offered[taken]);
                trial.taken = Some(taken as u32);
                life.learn(offered[taken], trial.outcome)?;
            }
            Ok(())
        })?;
        Ok(acted)
    }
}
