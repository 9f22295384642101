//! Worlds in which a comparison can be wrong: recordings without any theory in them that look as if they had one, and
//! recordings that a theory made.
//!
//! Each gives a study whose truth is known, at a seed and a number of animals. In those without theory the one right answer
//! is "none of these".

use crate::simulated::{Design, scoring, study};
use crate::theories;
use accumbens_core::study::{COVERAGE, Scores, Scoring, Sensor, Statistic, Study};
use accumbens_core::{Result, Seed};

/// A world.
#[derive(Clone, Debug, PartialEq)]
pub enum World {
    /// A constant response to every uncued drop, seen by an indicator that decays with 1.5 s: the baseline of a response
    /// holds the tail of the one before, so that it seems to grow with the interval.
    Overlap,
    /// A constant response to every uncued drop, three times as bright in the last session as in the first.
    Growth,
    /// A mean response to each kind of event that changes in a straight line over life, up for one kind, down for the next.
    Trends,
    /// A response to cue and juice that never changes but is as large as the juice.
    Sizes,
    /// No response to anything.
    Silence,
    /// What a theory says of uncued rewards and then of a cue that announces them.
    Theory(String),
}

impl World {
    /// Every world without a theory.
    pub const EMPTY: [Self; 5] = [Self::Overlap, Self::Growth, Self::Trends, Self::Sizes, Self::Silence];

    /// Every theory of the registry as truth, but the nulls.
    pub fn theories() -> impl Iterator<Item = Self> {
        let null = |name: &&str| theories::by_name(name).is_ok_and(|t| t.info().family != "null");
        theories::names().filter(null).map(|n| Self::Theory(n.into()))
    }

    /// Its name in a line.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Overlap => "overlap".into(),
            Self::Growth => "growing gain".into(),
            Self::Trends => "trends".into(),
            Self::Sizes => "sizes".into(),
            Self::Silence => "silence".into(),
            Self::Theory(name) => name.clone(),
        }
    }

    /// The study that it gives.
    ///
    /// # Errors
    /// Where the theory is unknown.
    pub fn study(&self, subjects: u32, seed: Seed) -> Result<Study> {
        let usual = Design { subjects, seed, ..Design::default() };
        let drops = || Design {
            experiment: "jeong2022-random-rewards".into(),
            scoring: drops(),
            truth: "constant".into(),
            ..usual.clone()
        };
        let design = match self {
            Self::Overlap => Design { sensor: Some(slow()), ..drops() },
            Self::Growth => Design { growth: 3.0, ..drops() },
            Self::Trends => Design { truth: "constant".into(), trend: 1.2, ..usual.clone() },
            Self::Sizes => Design {
                experiment: "eshel2015".into(),
                scoring: sizes(),
                truth: "constant".into(),
                sized: true,
                ..usual.clone()
            },
            Self::Silence => Design { truth: "constant".into(), gain: 0.0, ..usual.clone() },
            Self::Theory(name) => Design { truth: name.clone(), ..usual.clone() },
        };
        let mut study = study(&design)?;
        if !matches!(self, Self::Theory(_)) {
            study.truth = None;
        }
        Ok(study)
    }
}

/// An indicator that decays with 1.5 s.
fn slow() -> Sensor {
    Sensor {
        name: "slow indicator".into(),
        rise: 0.1,
        decay: 1.5,
        half: None,
        greatest: None,
        spike: None,
        source: String::new(),
        unverified: "made up".into(),
    }
}

/// Drops scored as proposed for uncued rewards: [−0.5, 1] s less [−2, −0.5] s, three seconds apart.
fn drops() -> Scores {
    let usual = scoring();
    Scores::from(Scoring {
        events: vec!["sucrose".into()],
        response: [-0.5, 1.0],
        baseline: Some([-2.0, -0.5]),
        statistic: Statistic::Sum,
        coverage: COVERAGE,
        min_interval: 3.0,
        ..usual.0[0].clone()
    })
}

/// Cue and juice at onset, [0, 0.8] s less [−1, −0.1] s.
fn sizes() -> Scores {
    let usual = scoring();
    Scores::from(Scoring { events: vec!["juice".into(), "odor".into()], ..usual.0[0].clone() })
}
