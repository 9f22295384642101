//! Leads a theory through a life in which it acts: what it does brings about what follows.

use crate::action::{ActionRule, Choice, Deed, Offer};
use crate::dopamine::{Dopamine, Sink};
use crate::error::Result;
use crate::event::{Event, EventKindId, EventLog, Role};
use crate::life::{self, Schedule};
use crate::seed::ChaCha8Rng;
use crate::theory::{Drive, Learner};

/// A moment at which the animal is asked how strongly a kind of event moves it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Probe {
    /// When, s.
    pub time: f64,
    /// By what.
    pub kind: EventKindId,
}

/// What came of a life.
#[derive(Clone, Debug)]
pub struct Acted {
    /// Everything that happened, the animal's actions and their consequences among it.
    pub log: EventLog,
    /// What it did with each choice that came, in their order.
    pub deeds: Vec<Deed>,
    /// How it was moved at each probe, in their order.
    pub drives: Vec<Option<Drive>>,
}

/// Something still to happen.
#[derive(Clone, Copy)]
struct Coming {
    event: Event,
    clamp: Option<f64>,
}

/// A choice still to come.
#[derive(Clone, Copy)]
struct Opened<'a> {
    choice: &'a Choice,
    /// From when it may act, s.
    time: f64,
    /// Its number in [`Choice::all`].
    number: usize,
}

/// What the driver does next.
enum Next<'a> {
    Change,
    Events(f64),
    Choice(Opened<'a>),
    Probe,
    End,
}

/// The life in the middle of being led.
struct Course<'a> {
    log: &'a EventLog,
    schedule: &'a Schedule,
    choices: &'a [Choice],
    probes: &'a [Probe],
    coming: Vec<Coming>,
    /// Choices that its own actions opened.
    opened: Vec<Opened<'a>>,
    given: usize,
    choice: usize,
    /// The number of the next choice in [`Choice::all`].
    number: usize,
    probe: usize,
    change: usize,
    events: Vec<Event>,
}

impl<'a> Course<'a> {
    /// The time of the next event, given or brought about.
    fn event(&self) -> f64 {
        let given = self.log.events().get(self.given).map_or(f64::INFINITY, |e| e.time);
        self.coming.iter().map(|c| c.event.time).fold(given, f64::min)
    }

    /// The choice that comes first, if any does.
    fn first_choice(&self) -> Option<Opened<'a>> {
        let laid_out = self.choices.get(self.choice).map(|c| Opened { choice: c, time: c.time, number: self.number });
        self.opened.iter().copied().chain(laid_out).min_by(|a, b| a.time.total_cmp(&b.time))
    }

    /// What comes first; of what comes together changes before events, events before choices and probes.
    fn next(&self) -> Next<'a> {
        let end = self.schedule.end.max(self.log.last_time());
        let event = self.event();
        let opened = self.first_choice();
        let choice = opened.map_or(f64::INFINITY, |c| c.time);
        let probe = self.probes.get(self.probe).map_or(f64::INFINITY, |p| p.time);
        let first = event.min(choice).min(probe);
        if self.schedule.changes.get(self.change).is_some_and(|c| c.time <= first.min(end)) {
            Next::Change
        } else if first.is_infinite() {
            Next::End
        } else if event <= first {
            Next::Events(event)
        } else {
            opened.filter(|_| choice <= probe).map_or(Next::Probe, Next::Choice)
        }
    }

    /// Moves what happens at `time` into the log and announces it.
    fn happen(&mut self, time: f64, dopamine: &mut Dopamine<'_>) -> usize {
        let from = self.events.len();
        while let Some(event) = self.log.events().get(self.given).filter(|e| e.time == time) {
            let clamp = self.schedule.event_clamps.binary_search_by_key(&self.given, |c| c.row);
            let clamp = clamp.ok().map(|i| self.schedule.event_clamps[i].value);
            dopamine.expect(self.events.len(), time, clamp);
            self.events.push(*event);
            self.given += 1;
        }
        let mut i = 0;
        while i < self.coming.len() {
            if self.coming[i].event.time == time {
                let coming = self.coming.remove(i);
                dopamine.expect(self.events.len(), time, coming.clamp);
                self.events.push(coming.event);
            } else {
                i += 1;
            }
        }
        from
    }

    fn choose(&mut self, opened: Opened<'a>, learner: &dyn Learner, rule: &ActionRule, rng: &mut ChaCha8Rng) -> Deed {
        let Opened { choice, time, number } = opened;
        match self.opened.iter().position(|o| o.number == number) {
            Some(at) => {
                self.opened.remove(at);
            }
            None => {
                self.choice += 1;
                self.number += choice.count();
            }
        }
        let mut deed = Deed { choice: number, action: None, offered: time, latency: f64::NAN };
        let Some((option, latency)) = rule.act(learner, choice, rng) else { return deed };
        let Offer { kind, follows, opens, .. } = &choice.options[option];
        let acted = time + latency;
        deed.action = Some(*kind);
        if learner.pace().is_some() {
            deed.latency = latency;
        }
        let event = |kind, time, magnitude| Event { time, kind, magnitude };
        // An approach to a cue is no event of its own.
        if self.log.kinds()[kind.index()].role == Role::Action {
            self.coming.push(Coming { event: event(*kind, acted, 0.0), clamp: None });
        }
        let after = |c: &crate::action::Consequence| Coming {
            event: event(c.kind, acted + c.after, c.magnitude),
            clamp: c.clamp,
        };
        self.coming.extend(follows.iter().map(after));
        let before = choice.options[..option].iter().flat_map(|o| &o.opens).map(Choice::count).sum::<usize>();
        let mut number = number + 1 + before;
        for choice in opens {
            self.opened.push(Opened { choice, time: acted + choice.time, number });
            number += choice.count();
        }
        deed
    }
}

/// Leads `learner` through `log` under a [sorted](Schedule::sorted) schedule, and through what its own choices bring
/// about. Choices and probes are in the order of time.
///
/// # Errors
/// Where the life would be longer than three years, a change is refused, or the theory cannot go on: the error says at
/// which event.
#[allow(clippy::too_many_arguments)]
pub fn live_acting(
    learner: &mut dyn Learner,
    log: &EventLog,
    schedule: &Schedule,
    choices: &[Choice],
    probes: &[Probe],
    rule: &ActionRule,
    rng: &mut ChaCha8Rng,
    sink: Sink<'_>,
) -> Result<Acted> {
    life::ends(schedule.end.max(log.last_time()))?;
    let mut dopamine = Dopamine::new(sink, &schedule.clamps);
    let mut course = Course {
        log,
        schedule,
        choices,
        probes,
        coming: Vec::new(),
        opened: Vec::new(),
        given: 0,
        choice: 0,
        number: 0,
        probe: 0,
        change: 0,
        events: Vec::with_capacity(log.events().len() + 3 * choices.len()),
    };
    let (mut deeds, mut drives) = (Vec::with_capacity(choices.len()), Vec::with_capacity(probes.len()));
    loop {
        match course.next() {
            Next::Change => {
                let change = &schedule.changes[course.change];
                life::change(learner, change, &mut dopamine)?;
                course.change += 1;
            }
            Next::Events(time) => {
                learner.advance(time, &mut dopamine);
                let from = course.happen(time, &mut dopamine);
                learner.observe(&course.events[from..], &mut dopamine);
                let name = || format!("event {from} ({})", log.kinds()[course.events[from].kind.index()].name);
                dopamine.check().map_err(|e| e.within(&name()))?;
            }
            Next::Choice(opened) => {
                learner.advance(opened.time, &mut dopamine);
                deeds.push(course.choose(opened, learner, rule, rng));
            }
            Next::Probe => {
                let probe = probes[course.probe];
                learner.advance(probe.time, &mut dopamine);
                drives.push(learner.drive(probe.kind));
                course.probe += 1;
            }
            Next::End => break,
        }
    }
    let last = course.events.last().map_or(0.0, |e| e.time);
    life::finish(learner, schedule.end.max(last), &mut dopamine)?;
    Ok(Acted { log: EventLog::new(log.kinds().to_vec(), course.events)?, deeds, drives })
}
