//! Many subjects at once, step by step, for trainers.

use super::environment::{Design, Lane};
use accumbens_core::room::numbers;
use accumbens_core::{Error, Event, Result, Seed, room};

/// When a lane whose session is over begins the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Autoreset {
    /// In the step after, whose action is not looked at and whose reward is 0.
    NextStep,
    /// In the same step: the observation is the first of the next session.
    SameStep,
    /// Never by itself.
    Disabled,
}

/// Many lanes, step by step.
#[derive(Debug)]
pub struct Lanes {
    design: Design,
    lanes: Vec<Lane>,
    autoreset: Autoreset,
}

/// What a step of all lanes fills, flat and lane after lane.
#[derive(Clone, Debug)]
pub struct Stepped {
    /// [`Design::width`] numbers a lane.
    pub observations: Vec<f32>,
    /// One number a lane.
    pub rewards: Vec<f64>,
    /// One number a lane and component of the reward.
    pub components: Vec<f64>,
    /// Whether the session is over.
    pub truncated: Vec<bool>,
    /// Where a lane was reset in the same step, the last observation of the session that is over; empty where no lane ever
    /// is.
    pub last: Vec<f32>,
}

impl Stepped {
    /// Room for a step of these lanes.
    #[must_use]
    pub fn of(lanes: &Lanes) -> Self {
        let (count, width) = (lanes.lanes.len(), lanes.design.width());
        Self {
            observations: vec![0.0; count * width],
            rewards: vec![0.0; count],
            components: vec![0.0; count * lanes.design.components().len()],
            truncated: vec![false; count],
            last: vec![0.0; if lanes.autoreset == Autoreset::SameStep { count * width } else { 0 }],
        }
    }
}

impl Lanes {
    /// So many lanes, each with subjects of its own.
    ///
    /// # Errors
    /// Where the sessions cannot be made, or the lanes find no room.
    pub fn new(design: Design, lanes: u32, autoreset: Autoreset) -> Result<Self> {
        // A lane holds a subject's sessions, at least as many numbers as its subject's events.
        let lane = Lane::new(&design, 1, lanes.max(1))?;
        let events: usize = lane.sessions().iter().map(|s| s.log.events().len()).sum();
        let each = (events as f64).mul_add(numbers::<Event>(), design.width() as f64 + numbers::<Lane>());
        room("lanes", &[("lanes", f64::from(lanes)), ("numbers of each", each)])?;
        let made = (1..=lanes).map(|subject| Lane::new(&design, subject, lanes)).collect::<Result<_>>()?;
        Ok(Self { design, lanes: made, autoreset })
    }

    /// What they share.
    #[must_use]
    pub fn design(&self) -> &Design {
        &self.design
    }

    /// The lanes.
    #[must_use]
    pub fn lanes(&self) -> &[Lane] {
        &self.lanes
    }

    /// Begins anew with another seed, where one is given, or with the next session; only the lanes of `which`, where given.
    ///
    /// # Errors
    /// Where the sessions cannot be made.
    pub fn reset(&mut self, seed: Option<Seed>, which: Option<&[bool]>, observations: &mut [f32]) -> Result<()> {
        if let Some(seed) = seed {
            self.design.reseed(seed);
        }
        let (count, width) = (self.lanes.len() as u32, self.design.width());
        for (i, lane) in self.lanes.iter_mut().enumerate() {
            if which.is_some_and(|w| !w[i]) {
                lane.observe(&self.design, &mut observations[i * width..(i + 1) * width]);
                continue;
            }
            match seed {
                Some(_) => *lane = Lane::new(&self.design, i as u32 + 1, count)?,
                None if lane.time() > 0.0 => lane.reset(&self.design)?,
                None => {}
            }
            lane.observe(&self.design, &mut observations[i * width..(i + 1) * width]);
        }
        Ok(())
    }

    /// Lets all lanes act and a step pass.
    ///
    /// # Errors
    /// Where the next sessions cannot be made, or a lane that is over was not reset.
    pub fn step(&mut self, actions: &[i64], out: &mut Stepped) -> Result<()> {
        let (width, parts) = (self.design.width(), out.components.len() / self.lanes.len().max(1));
        for (i, lane) in self.lanes.iter_mut().enumerate() {
            let seen = &mut out.observations[i * width..(i + 1) * width];
            let components = &mut out.components[i * parts..(i + 1) * parts];
            if lane.over() {
                if self.autoreset == Autoreset::Disabled {
                    return Err(Error::input("step", format!("lane {i} is over"), "reset it first"));
                }
                lane.reset(&self.design)?;
                lane.observe(&self.design, seen);
                components.fill(0.0);
                (out.rewards[i], out.truncated[i]) = (0.0, false);
                continue;
            }
            let (effort, over) = lane.step(&self.design, actions[i].max(0) as usize);
            out.rewards[i] = lane.reward(&self.design, effort, components);
            out.truncated[i] = over;
            lane.observe(&self.design, seen);
            if over && self.autoreset == Autoreset::SameStep {
                out.last[i * width..(i + 1) * width].copy_from_slice(seen);
                lane.reset(&self.design)?;
                lane.observe(&self.design, seen);
            }
        }
        Ok(())
    }
}
