//! Steps through the sessions of an experiment: what is perceived, what may be done, what it brings.

use crate::experiment::spec::TrialType;
use crate::experiment::{self, Experiment, Session};
use accumbens_core::seed::ChaCha8Rng;
use accumbens_core::{Choice, Error, Event, EventKind, EventKindId, Result, Role, Seed};
use rand::RngExt;

/// What all lanes share.
#[derive(Clone, Debug)]
pub struct Design {
    experiment: Experiment,
    group: Option<String>,
    phase: Option<String>,
    step: f64,
    seed: Seed,
    kinds: Vec<EventKind>,
    options: Vec<EventKindId>,
    outcomes: Vec<EventKindId>,
    effort: bool,
}

impl Design {
    /// An experiment at so many seconds a step. `group` is the first where absent; with `phase` only its sessions come.
    ///
    /// # Errors
    /// Where the group or phase is not one of the experiment, or the step is not above 0.
    pub fn new(
        experiment: Experiment,
        group: Option<&str>,
        phase: Option<&str>,
        step: f64,
        seed: Seed,
    ) -> Result<Self> {
        if !(step.is_finite() && step > 0.0) {
            return Err(Error::input("step", step.to_string(), "seconds above 0"));
        }
        let kinds = experiment.kinds()?;
        let mut options: Vec<EventKindId> = Vec::new();
        let mut effort = false;
        let choices = experiment.phases.iter().flat_map(|p| &p.trial_types).flat_map(TrialType::all_choices);
        for option in choices.flat_map(|c| &c.options) {
            let at = kinds.iter().position(|k| k.name == *option.take.get_ref());
            let kind = EventKindId(at.unwrap_or(0) as u32);
            if !options.contains(&kind) {
                options.push(kind);
            }
            effort |= option.effort != 0.0;
        }
        let outcomes = (0..kinds.len()).filter(|i| kinds[*i].is_outcome()).map(|i| EventKindId(i as u32)).collect();
        let (group, phase) = (group.map(Into::into), phase.map(ToOwned::to_owned));
        let design = Self { experiment, group, phase, step, seed, kinds, options, outcomes, effort };
        if design.sessions(1)?.is_empty() {
            let names = design.experiment.phases.iter().map(|p| p.name.get_ref().as_str()).collect::<Vec<_>>();
            let problem = format!("no phase {:?} for this group", design.phase.unwrap_or_default());
            return Err(Error::input("phase", problem, names.join(", ")));
        }
        Ok(design)
    }

    /// The sessions of a subject that this environment shows.
    ///
    /// # Errors
    /// Where the group is not one of the experiment.
    pub fn sessions(&self, subject: u32) -> Result<Vec<Session>> {
        let mut all = experiment::sessions(&self.experiment, self.group.as_deref(), subject, self.seed)?;
        if let Some(phase) = &self.phase {
            let of = |s: &Session| s.name.rsplit_once('-').is_some_and(|(name, _)| name == phase);
            all.retain(of);
        }
        Ok(all)
    }

    /// Other chances from now on.
    pub fn reseed(&mut self, seed: Seed) {
        self.seed = seed;
    }

    /// The kinds of event.
    #[must_use]
    pub fn kinds(&self) -> &[EventKind] {
        &self.kinds
    }

    /// What may be taken; action `i + 1` takes the option `i`, action 0 waits.
    #[must_use]
    pub fn options(&self) -> &[EventKindId] {
        &self.options
    }

    /// Seconds a step.
    #[must_use]
    pub fn step(&self) -> f64 {
        self.step
    }

    /// Numbers of an observation: each kind of event in this step (how many; of outcomes how much), then for each option
    /// whether it may be taken now.
    #[must_use]
    pub fn width(&self) -> usize {
        self.kinds.len() + self.options.len()
    }

    /// The components of the reward: each kind of outcome, and effort where an option costs any.
    #[must_use]
    pub fn components(&self) -> Vec<String> {
        let names = self.outcomes.iter().map(|k| self.kinds[k.index()].name.clone());
        names.chain(self.effort.then(|| "effort".to_owned())).collect()
    }
}

/// Something that happened in a step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Happening {
    /// What, on the session's clock.
    pub event: Event,
    /// What dopamine is held at in answer to it, if it is held.
    pub clamp: Option<f64>,
}

/// One subject in the middle of a session.
#[derive(Debug)]
pub struct Lane {
    subject: u32,
    stride: u32,
    place: usize,
    sessions: Vec<Session>,
    /// The next event of the session, from 0.
    next: usize,
    coming: Vec<Happening>,
    /// The next choice that the session lays out, from 0.
    choice: usize,
    /// Choices that were opened by what was done, on the session's clock.
    opened: Vec<Choice>,
    /// How many choices have passed.
    passed: usize,
    time: f64,
    happened: Vec<Happening>,
    rng: ChaCha8Rng,
    over: bool,
}

impl Lane {
    /// The first session of a subject (from 1); when all sessions are over, the subject after so many others follows.
    ///
    /// # Errors
    /// Where the sessions cannot be made.
    pub fn new(design: &Design, subject: u32, stride: u32) -> Result<Self> {
        Ok(Self {
            subject,
            stride,
            place: 0,
            sessions: design.sessions(subject)?,
            next: 0,
            coming: Vec::with_capacity(16),
            choice: 0,
            opened: Vec::new(),
            passed: 0,
            time: 0.0,
            happened: Vec::with_capacity(16),
            rng: design.seed.stream(&format!("environment/{subject}")),
            over: false,
        })
    }

    /// The session.
    #[must_use]
    pub fn session(&self) -> &Session {
        &self.sessions[self.place]
    }

    /// All sessions of the subject that the environment shows.
    #[must_use]
    pub fn sessions(&self) -> &[Session] {
        &self.sessions
    }

    /// The subject, from 1.
    #[must_use]
    pub fn subject(&self) -> u32 {
        self.subject
    }

    /// The time of the session, s.
    #[must_use]
    pub fn time(&self) -> f64 {
        self.time
    }

    /// Whether the session is over.
    #[must_use]
    pub fn over(&self) -> bool {
        self.over
    }

    /// Whether the subject's last session is over.
    #[must_use]
    pub fn last(&self) -> bool {
        self.over && self.place + 1 == self.sessions.len()
    }

    /// What happened in the last step, in the order of time.
    #[must_use]
    pub fn happened(&self) -> &[Happening] {
        &self.happened
    }

    /// The choice that is open now.
    #[must_use]
    pub fn open(&self) -> Option<&Choice> {
        let laid_out = || self.session().choices.get(self.choice);
        self.first_opened().map_or_else(laid_out, |at| self.opened.get(at)).filter(|c| c.time <= self.time)
    }

    /// The place among opened choices of the one that comes next; none where it is one that the session lays out.
    fn first_opened(&self) -> Option<usize> {
        let first = (0..self.opened.len()).min_by(|a, b| self.opened[*a].time.total_cmp(&self.opened[*b].time))?;
        let next = self.session().choices.get(self.choice).map_or(f64::INFINITY, |c| c.time);
        (self.opened[first].time <= next).then_some(first)
    }

    /// Which choice of the session is open, or comes next, from 0.
    pub(super) fn passed(&self) -> usize {
        self.passed
    }

    /// The choice that is open is over; it is returned where it was opened by what was done.
    fn pass(&mut self) -> Option<Choice> {
        self.passed += 1;
        let first = self.first_opened();
        if first.is_none() {
            self.choice += 1;
        }
        first.map(|at| self.opened.remove(at))
    }

    /// Goes to the next session, of the next subject where this one has no more.
    ///
    /// # Errors
    /// Where the sessions cannot be made.
    pub fn reset(&mut self, design: &Design) -> Result<()> {
        if self.place + 1 < self.sessions.len() {
            self.place += 1;
            (self.next, self.choice, self.passed, self.time, self.over) = (0, 0, 0, 0.0, false);
            self.coming.clear();
            self.opened.clear();
            self.happened.clear();
            return Ok(());
        }
        *self = Self::new(design, self.subject + self.stride, self.stride)?;
        Ok(())
    }

    fn take(&mut self, option: usize) -> f64 {
        let place = self.choice;
        let own = self.pass();
        let choice = own.as_ref().unwrap_or_else(|| &self.sessions[self.place].choices[place]);
        let offer = &choice.options[option];
        if self.sessions[self.place].log.kinds()[offer.kind.index()].role == Role::Action {
            let event = Event { time: self.time, kind: offer.kind, magnitude: 0.0 };
            self.coming.push(Happening { event, clamp: None });
        }
        let at = self.time;
        let after = |c: &accumbens_core::Consequence| Happening {
            event: Event { time: at + c.after, kind: c.kind, magnitude: c.magnitude },
            clamp: c.clamp,
        };
        self.coming.extend(offer.follows.iter().map(after));
        let opens = |c: &Choice| Choice { time: at + c.time, until: at + c.until, ..c.clone() };
        self.opened.extend(offer.opens.iter().map(opens));
        offer.effort
    }

    /// Takes an option that is open, or waits; returns the effort it cost.
    fn act(&mut self, kind: Option<EventKindId>, step: f64) -> f64 {
        let Some(choice) = self.open() else { return 0.0 };
        let taken = kind.and_then(|kind| choice.options.iter().position(|o| o.kind == kind));
        if let Some(option) = taken {
            return self.take(option);
        }
        if choice.until > self.time + step {
            return 0.0;
        }
        // The chance is gone with this step; who must act takes anything.
        let (forced, count) = (choice.forced, choice.options.len());
        if forced && count > 0 {
            let option = ((self.rng.random::<f64>() * count as f64) as usize).min(count - 1);
            return self.take(option);
        }
        self.pass();
        0.0
    }

    /// Acts and lets a step pass; returns the effort that it cost and whether the session is over.
    pub fn step(&mut self, design: &Design, action: usize) -> (f64, bool) {
        let kind = action.checked_sub(1).and_then(|i| design.options.get(i).copied());
        let effort = if self.session().choices.is_empty() { 0.0 } else { self.act(kind, design.step) };
        let until = self.time + design.step;
        self.happened.clear();
        let session = &self.sessions[self.place];
        let held = &session.schedule.event_clamps;
        while let Some(event) = session.log.events().get(self.next).filter(|e| e.time <= until) {
            let clamp = held.binary_search_by_key(&self.next, |c| c.row).ok().map(|i| held[i].value);
            self.happened.push(Happening { event: *event, clamp });
            self.next += 1;
        }
        if !self.coming.is_empty() {
            let mut i = 0;
            while i < self.coming.len() {
                if self.coming[i].event.time <= until {
                    self.happened.push(self.coming.remove(i));
                } else {
                    i += 1;
                }
            }
            self.happened.sort_by(|a, b| a.event.time.total_cmp(&b.event.time));
        }
        self.time = until;
        self.over = until >= self.session().duration;
        (effort, self.over)
    }

    /// Writes what is perceived: [`Design::width`] numbers.
    pub fn observe(&self, design: &Design, out: &mut [f32]) {
        out.fill(0.0);
        for Happening { event, .. } in &self.happened {
            let kind = &design.kinds[event.kind.index()];
            out[event.kind.index()] += if kind.is_outcome() { event.magnitude as f32 } else { 1.0 };
        }
        if let Some(choice) = self.open() {
            for offer in &choice.options {
                let at = design.options.iter().position(|k| *k == offer.kind);
                if let Some(at) = at {
                    out[design.kinds.len() + at] = 1.0;
                }
            }
        }
    }

    /// Writes the reward of the last step by its components, and returns their sum.
    pub fn reward(&self, design: &Design, effort: f64, out: &mut [f64]) -> f64 {
        out.fill(0.0);
        let mut sum = 0.0;
        for Happening { event, .. } in &self.happened {
            let kind = &design.kinds[event.kind.index()];
            if kind.is_outcome() {
                let worth = event.magnitude * kind.value;
                sum += worth;
                if let Some(at) = design.outcomes.iter().position(|k| *k == event.kind) {
                    out[at] += worth;
                }
            }
        }
        if design.effort {
            out[design.outcomes.len()] -= effort;
            sum -= effort;
        }
        sum
    }
}
