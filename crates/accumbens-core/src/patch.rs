//! Declares what is done to the parameters of stages over time: a drug, a lesion, light, a knock-out, in one projection
//! or in all. Broad blockade and circuit-specific modulation are the same thing with and without a projection.

use crate::clamp::Hold;
use crate::error::{Error, Result};
use crate::params::{Params, place_of};
use serde::{Deserialize, Serialize};

/// A value over time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Course {
    /// One value, over a closed interval (s).
    Over {
        /// Its beginning.
        from: f64,
        /// Its end.
        to: f64,
        /// The value.
        value: f64,
    },
    /// Values at even times, straight lines between them; the last one stays.
    Sampled {
        /// When the first value holds, s; nothing is done before.
        start: f64,
        /// Time between values, s.
        step: f64,
        /// The values.
        values: Vec<f64>,
    },
}

impl Course {
    /// The value at `time`, where there is one.
    #[must_use]
    pub fn at(&self, time: f64) -> Option<f64> {
        match self {
            Self::Over { from, to, value } => (*from <= time && time <= *to).then_some(*value),
            Self::Sampled { start, step, values } => {
                let place = (time - start) / step;
                if place < 0.0 {
                    return None;
                }
                let (i, part) = (place as usize, place.fract());
                match (values.get(i), values.get(i + 1)) {
                    (Some(a), Some(b)) => Some(a + part * (b - a)),
                    _ => values.last().copied(),
                }
            }
        }
    }
}

/// What is done to one parameter of one stage.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Patch {
    /// The parameter, as `stage.parameter`.
    pub parameter: String,
    /// The projection where it is done; everywhere where absent.
    pub projection: Option<String>,
    /// Whether it is set, multiplied or added to.
    pub hold: Hold,
    /// The value over time.
    pub course: Course,
}

const FORM: &str = "[PROJECTION/]STAGE.PARAMETER then =, *= or += then VALUE, and @FROM:TO in s where not always";

impl Patch {
    /// The patch that a text means, for example `vta-core/terminal.probability*=0.5@100:200`.
    ///
    /// # Errors
    /// Where the text has another form.
    pub fn parse(text: &str) -> Result<Self> {
        let wrong = || Error::input("patch", format!("{text:?}"), FORM);
        let (left, right) = text.split_once('=').ok_or_else(wrong)?;
        let (name, hold) = match left.as_bytes().last() {
            Some(b'*') => (&left[..left.len() - 1], Hold::Times),
            Some(b'+') => (&left[..left.len() - 1], Hold::Plus),
            _ => (left, Hold::At),
        };
        let number = |text: &str| text.trim().parse::<f64>().ok().filter(|v| v.is_finite()).ok_or_else(wrong);
        let (value, from, to) = match right.split_once('@') {
            None => (number(right)?, f64::NEG_INFINITY, f64::INFINITY),
            Some((value, when)) => {
                let (from, to) = when.split_once(':').ok_or_else(wrong)?;
                (number(value)?, number(from)?, number(to)?)
            }
        };
        if to < from {
            return Err(Error::input("patch", format!("{text:?} ends before it begins"), FORM));
        }
        let (projection, parameter) = match name.split_once('/') {
            Some((projection, parameter)) => (Some(projection.trim().to_owned()), parameter),
            None => (None, name),
        };
        if !parameter.contains('.') {
            return Err(wrong());
        }
        let course = Course::Over { from, to, value };
        Ok(Self { parameter: parameter.trim().into(), projection, hold, course })
    }

    /// The stage it acts on.
    #[must_use]
    pub fn stage(&self) -> &str {
        self.parameter.split_once('.').map_or("", |(stage, _)| stage)
    }

    /// Whether it acts in this projection.
    #[must_use]
    pub fn acts_in(&self, projection: &str) -> bool {
        self.projection.as_deref().is_none_or(|p| p == projection)
    }
}

/// A stage's parameters under patches.
#[derive(Clone, Debug)]
pub struct Patched<P> {
    base: P,
    now: P,
    acts: Vec<(usize, Hold, Course)>,
    stage: String,
}

impl<P: Params + Clone> Patched<P> {
    /// The parameters of `stage` in `projection` under those of the patches that act there.
    ///
    /// # Errors
    /// Where a patch names no parameter of the stage, or one that shapes its state.
    pub fn new(base: P, stage: &str, projection: &str, patches: &[Patch]) -> Result<Self> {
        let mut acts = Vec::new();
        for patch in patches.iter().filter(|p| p.stage() == stage && p.acts_in(projection)) {
            let name = patch.parameter.split_once('.').map_or("", |(_, name)| name);
            let place = place_of(P::table(), name).map_err(|e| e.within(&patch.parameter))?;
            if P::table()[place].fixed {
                let problem = "it shapes the state of its stage and cannot change".to_owned();
                return Err(Error::input(&patch.parameter, problem, "a parameter that does not; or set it beforehand"));
            }
            acts.push((place, patch.hold, patch.course.clone()));
        }
        Ok(Self { now: base.clone(), base, acts, stage: stage.into() })
    }

    /// The parameters at `time`.
    ///
    /// # Errors
    /// Where patches lead a parameter out of its domain.
    pub fn at(&mut self, time: f64) -> Result<&P> {
        for (place, ..) in &self.acts {
            self.now.put(*place, self.base.get(*place));
        }
        for (place, hold, course) in &self.acts {
            let Some(value) = course.at(time) else { continue };
            let now = match hold {
                Hold::At => value,
                Hold::Times => self.now.get(*place) * value,
                Hold::Plus => self.now.get(*place) + value,
                Hold::Surplus => value + self.now.get(*place).max(0.0),
            };
            self.now.put(*place, now);
        }
        for (place, ..) in &self.acts {
            let parameter = &P::table()[*place];
            if !parameter.domain.holds(self.now.get(*place)) {
                let problem = format!("{} at {time} s", self.now.get(*place));
                let what = format!("{}.{}", self.stage, parameter.name);
                return Err(Error::input(what, problem, parameter.domain.words()));
            }
        }
        Ok(&self.now)
    }

    /// The parameters without patches.
    #[must_use]
    pub fn base(&self) -> &P {
        &self.base
    }

    /// Whether nothing is ever done to them.
    #[must_use]
    pub fn constant(&self) -> bool {
        self.acts.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    crate::parameters! {
        /// A stage.
        pub struct Toy {
            /// A share.
            share: 0.5 => .domain(crate::Domain::UNIT);
        }
    }

    #[test]
    fn patches_act_in_their_order_their_time_and_their_projection() {
        let all = ["toy.share*=0.5@1:2", "toy.share+=0.1@2:3", "core/toy.share=0@9:10"];
        let all: Vec<Patch> = all.iter().map(|t| Patch::parse(t).unwrap()).collect();
        let mut here = Patched::new(Toy::default(), "toy", "shell", &all).unwrap();
        let mut there = Patched::new(Toy::default(), "toy", "core", &all).unwrap();
        let values = [(0.0, 0.5), (1.0, 0.25), (2.0, 0.35), (2.5, 0.6), (9.5, 0.5)];
        for (time, share) in values {
            assert!((here.at(time).unwrap().share - share).abs() < 1e-15, "{time}");
        }
        assert_eq!(there.at(9.5).unwrap().share, 0.0);
    }

    #[test]
    fn a_patch_that_cannot_be_is_refused_by_name() {
        for text in ["share=1", "toy.share", "toy.share=x", "toy.share=1@5", "toy.share=1@5:4"] {
            assert!(Patch::parse(text).unwrap_err().to_string().contains("accepted"), "{text}");
        }
        let unknown = [Patch::parse("toy.gain=1").unwrap()];
        assert!(Patched::new(Toy::default(), "toy", "", &unknown).unwrap_err().to_string().contains("share"));
        let far = [Patch::parse("toy.share+=1").unwrap()];
        let error = Patched::new(Toy::default(), "toy", "", &far).unwrap().at(3.0).unwrap_err().to_string();
        assert!(error.contains("toy.share") && error.contains("1.5"), "{error}");
    }

    #[test]
    fn a_sampled_course_is_straight_between_samples_and_stays_at_its_end() {
        let course = Course::Sampled { start: 10.0, step: 2.0, values: vec![0.0, 1.0, 3.0] };
        let at = [9.0, 10.0, 11.0, 13.0, 14.0, 99.0].map(|t| course.at(t));
        assert_eq!(at, [None, Some(0.0), Some(0.5), Some(2.0), Some(3.0), Some(3.0)]);
    }
}
