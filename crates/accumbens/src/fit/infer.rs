//! Integrates a theory's parameters: how likely are a subject's responses and choices, whatever its parameters are?
//!
//! The evidence is that of all responses with the parameters averaged over their priors: the sum of the log predictive
//! densities of each session given those before, from the first on, which the prior alone predicts. What is common to all
//! accounts is taken from the whole recording: mean and spread of the responses, and the kernels of overlap.
//!
//! A quasi-random design under the prior, then CMA-ES from its best points, then importance sampling: draws from the
//! prior (the design) and from Student distributions around what was found, weighed together by their mixture
//! (Cornuet et al. 2012), so that the evidence is right on average whatever was found, and sure where it was found well. Its
//! logarithm has an error, which stands beside it, and is too low where few draws carry it. [key: cornuet2012]

use super::alike::Known;
use super::choosing::Choosing;
use super::cohort::Member;
use super::evidence::{DIVERGED, Nuisance, Part, Scale, log_evidence, scaled_channels};
use super::overlap::Source;
use super::proposal::{Point, Proposal, moments, next, normalised, weigh};
use super::search::{Space, maximise};
use super::statistics::{effective, log_mean};
use accumbens_core::{AnyTheory, Error, Result, Seed, room};
use nalgebra::{DMatrix, DVector};
use serde::Serialize;

/// First step of CMA-ES, in standard scores of the priors.
const STEP: f64 = 0.4;
/// Rounds of drawing at least; each is led by those before.
const ROUNDS: usize = 2;
/// Once the draws are worth so many independent ones, no more are made.
const ENOUGH: f64 = 50.0;

/// How much is searched; the same for every theory.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Budget {
    /// Points of the shared design.
    pub design: usize,
    /// Starts of CMA-ES in each fit, from the best points known.
    pub starts: usize,
    /// Evaluations of each start.
    pub evaluations: usize,
    /// Draws of each round of importance sampling.
    pub draws: usize,
    /// Rounds at most: two, and more until the draws are worth 50 independent ones.
    pub rounds: usize,
}

impl Default for Budget {
    fn default() -> Self {
        Self { design: 128, starts: 3, evaluations: 60, draws: 48, rounds: 5 }
    }
}

impl Budget {
    /// What a simulated study is searched with: the design is known already, and one start must do.
    #[must_use]
    pub fn small(self) -> Self {
        Self {
            starts: 1,
            evaluations: self.evaluations.min(20),
            draws: self.draws.min(12),
            rounds: self.rounds.min(3),
            ..self
        }
    }
}

/// What is fixed about a subject before any theory is asked.
#[derive(Clone, Debug)]
pub struct Task {
    /// Offsets, drifts and overlap.
    pub nuisance: Nuisance,
    /// The choices.
    pub choosing: Choosing,
    /// The responses less what other responses add to them.
    pub y: Vec<f64>,
}

/// A tried point: standard scores, and scaled dopamine of each channel at all responses.
#[derive(Clone, Debug, Default)]
pub struct Tried {
    /// Standard scores of the fitted parameters.
    pub z: Vec<f64>,
    /// Scaled dopamine.
    pub channels: Vec<Vec<f64>>,
    /// Scaled preferences before each choice.
    pub preferences: Vec<f64>,
    /// Why the theory could not go on with these parameters, where it could not: it then counts as the worst.
    pub failed: Option<String>,
}

impl Task {
    /// Of a subject.
    #[must_use]
    pub fn new(member: &Member) -> Self {
        let overlap = &member.overlap;
        let y = member.values();
        let added = overlap.total(y.len());
        let y: Vec<f64> = y.iter().zip(added).map(|(y, o)| y - o).collect();
        let unit = Scale::of(&y).sd;
        let column = |kind: &Vec<f64>| {
            // Of kernels from the trace the size is known, and a unit of error is the whole; a sensor's decay has a size
            // of its own.
            let unit = if overlap.source == Source::Trace { unit } else { Scale::of(kind).sd };
            kind.iter().map(|o| o / unit).collect::<Vec<f64>>()
        };
        let columns: Vec<Vec<f64>> = overlap.kinds.iter().map(column).collect();
        let sessions: Vec<usize> = member.scored.iter().map(|s| s.session).collect();
        let places: Vec<f64> = member.scored.iter().map(|s| s.place).collect();
        Self { nuisance: Nuisance::new(&sessions, &places, &columns), choosing: member.choosing.clone(), y }
    }

    /// The log evidence of responses `y` in their own unit, and of the choices, for what a theory says.
    #[must_use]
    pub fn evidence(&self, y: &[f64], said: &Tried, positive: bool) -> [f64; 2] {
        if said.failed.is_some() {
            return [f64::NEG_INFINITY; 2];
        }
        let scale = Scale::of(y);
        let responses = log_evidence(&self.nuisance, &scale.apply(y), &Part::gains(&said.channels, positive));
        let chosen = self.choosing.log_evidence(&said.preferences, self.choosing.chosen.len());
        [responses - y.len() as f64 * scale.sd.ln(), chosen]
    }
}

/// What a theory says at these standard scores; of those with which it cannot go on, why.
///
/// # Errors
/// Where the theory refuses the parameters or what it is told, or its code fails.
pub fn said(member: &Member, theory: &dyn AnyTheory, space: &Space, z: &[f64]) -> Result<Tried> {
    let z = z.to_vec();
    match member.dopamine(space.at(theory, &z)?.as_ref()) {
        Err(error @ Error::Life { .. }) => Ok(Tried { z, failed: Some(error.to_string()), ..Tried::default() }),
        lived => {
            let (channels, preferences) = lived.map_err(|e| e.within(&member.name))?;
            if channels.iter().flatten().any(|v| v.abs() > DIVERGED) {
                let failed = Some(format!("its dopamine grows beyond {DIVERGED:e}: it has diverged"));
                return Ok(Tried { z, failed, ..Tried::default() });
            }
            let preferences = member.choosing.scaled(&preferences);
            Ok(Tried { z, channels: scaled_channels(&channels), preferences, failed: None })
        }
    }
}

/// The same in a search, which may go where a parameter's domain does not: there a theory cannot go on.
///
/// # Errors
/// Where the theory's code fails.
pub fn said_anywhere(member: &Member, theory: &dyn AnyTheory, space: &Space, z: &[f64]) -> Result<Tried> {
    match said(member, theory, space, z) {
        Err(error) if !matches!(error, Error::Broken { .. }) => {
            Ok(Tried { z: z.to_vec(), failed: Some(error.to_string()), ..Tried::default() })
        }
        said => said,
    }
}

/// What a theory says at the points of its design.
///
/// # Errors
/// As [`said`], and where it can go on with none of them.
pub fn design(member: &Member, theory: &dyn AnyTheory, count: usize) -> Result<Vec<Tried>> {
    let space = Space::of(theory);
    let channels = theory.channels(member.log.kinds()).len() as f64;
    room("design", &[("points", count as f64), ("responses", member.scored.len() as f64), ("channels", channels)])?;
    let point = |z: Vec<f64>| said(member, theory, &space, &z);
    let tried: Vec<Tried> = space.design(count).into_iter().map(point).collect::<Result<_>>()?;
    match tried.iter().map(|t| t.failed.as_deref()).collect::<Option<Vec<_>>>() {
        None => Ok(tried),
        Some(why) => {
            let place = format!("{}, {}", theory.name(), member.name);
            let problem =
                format!("it goes on with none of {} points of its parameters; the first: {}", why.len(), why[0]);
            Err(Error::input(place, problem, "a theory without it, or other values of parameters that are not fitted"))
        }
    }
}

/// A theory on a subject, its parameters integrated out.
#[derive(Clone, Debug)]
pub struct Fitted {
    /// Log evidence of responses and choices together, of this subject by itself, nats.
    pub held_out: f64,
    /// What choices add to it, given the responses.
    pub choices: f64,
    /// Its standard error, from the draws, nats; 0 without fitted parameters.
    pub error: f64,
    /// How many independent draws from the posterior the estimate is worth.
    pub effective: f64,
    /// The same with what the draws say of the parameters.
    pub known: Known,
    /// The same of the responses alone.
    pub known_of_responses: Known,
    /// The best point: the posterior's mode.
    pub best: Tried,
    /// The log evidence at it.
    pub log_evidence: f64,
    /// Points that were tried, and those among them with which the theory could not live.
    pub tried: [usize; 2],
}

/// A theory asked about one subject.
pub struct Asked<'a> {
    /// The subject.
    pub member: &'a Member,
    /// What is fixed about it.
    pub task: &'a Task,
    /// The theory.
    pub theory: &'a dyn AnyTheory,
    /// Whether more of its dopamine is more light.
    pub positive: bool,
    /// What it says at the points of its design.
    pub design: &'a [Tried],
}

impl<'a> Asked<'a> {
    /// The same of another task.
    #[must_use]
    pub fn with<'b>(&'b self, task: &'b Task) -> Asked<'b>
    where
        'a: 'b,
    {
        Asked { member: self.member, task, theory: self.theory, positive: self.positive, design: self.design }
    }

    /// Integrates the theory's parameters over responses `y`; chance is drawn from streams named `stream`.
    ///
    /// # Errors
    /// Where the theory refuses what it is told, or its code fails.
    pub fn infer(&self, y: &[f64], budget: Budget, seed: Seed, stream: &str) -> Result<Fitted> {
        let space = Space::of(self.theory);
        let d = space.dimensions();
        let value = |said: &Tried| self.task.evidence(y, said, self.positive);
        let point = |said: &Tried| Point { z: said.z.clone(), log: value(said) };
        let mut draws: Vec<Point> = self.design.iter().map(point).collect();
        let failed = self.design.iter().filter(|t| t.failed.is_some()).count();
        if d == 0 {
            let [a, b] = draws[0].log;
            let (best, tried) = (self.design[0].clone(), [1, failed]);
            let known = |log: f64| Known::drawn(log, &DVector::zeros(0), &DMatrix::zeros(0, 0), 1.0);
            return Ok(Fitted {
                held_out: a + b,
                choices: b,
                error: 0.0,
                effective: 1.0,
                known: known(a + b),
                known_of_responses: known(a),
                best,
                log_evidence: a + b,
                tried,
            });
        }
        let mut run = Search { asked: self, space, y, tried: [draws.len(), failed], fault: None, best: None };
        for (said, point) in self.design.iter().zip(&draws) {
            run.note(said, point.log());
        }
        let mut proposals = run.proposals(&draws, budget, seed, stream)?;
        let mut weights = Vec::new();
        for round in 0..budget.rounds.max(1) {
            let Some(proposal) = proposals.last() else { break };
            let mut rng = seed.stream(&format!("{stream}/draws/{round}"));
            let scores: Vec<Vec<f64>> = (0..proposal.draws).map(|i| proposal.draw(i, &mut rng)).collect();
            for z in scores {
                draws.push(run.look(&z)?);
            }
            weights = weigh(&draws, &run.space, self.design.len(), &proposals);
            if round + 1 >= ROUNDS && worth(&draws, &weights) >= ENOUGH {
                break;
            }
            if round + 1 < budget.rounds {
                // A distribution that is drawn from twice would count once among those that draws are weighed by.
                let Some(more) = next(&draws, &weights, &proposals, budget.draws) else { break };
                proposals.push(more);
            }
        }
        if weights.is_empty() {
            weights = vec![0.0; draws.len()];
        }
        run.finish(&draws, &weights)
    }
}

/// A search under way.
struct Search<'a, 'b> {
    asked: &'a Asked<'b>,
    space: Space,
    y: &'a [f64],
    tried: [usize; 2],
    fault: Option<Error>,
    /// The best point so far, and its log posterior density up to a constant.
    best: Option<(Tried, f64)>,
}

impl Search<'_, '_> {
    fn note(&mut self, said: &Tried, log: f64) -> f64 {
        let posterior = log + self.space.log_prior(&said.z);
        if posterior.is_finite() && self.best.as_ref().is_none_or(|(_, b)| posterior > *b) {
            self.best = Some((said.clone(), posterior));
        }
        posterior
    }

    /// Asks the theory at a point.
    fn look(&mut self, z: &[f64]) -> Result<Point> {
        let said = said_anywhere(self.asked.member, self.asked.theory, &self.space, z)?;
        self.tried[0] += 1;
        let point = Point { log: self.asked.task.evidence(self.y, &said, self.asked.positive), z: said.z.clone() };
        self.tried[1] += usize::from(said.failed.is_some() || point.log.iter().any(|l| l.is_nan()));
        self.note(&said, point.log());
        Ok(point)
    }

    /// CMA-ES from the best points, and what to draw from first: around where each start ended well.
    fn proposals(&mut self, design: &[Point], budget: Budget, seed: Seed, stream: &str) -> Result<Vec<Proposal>> {
        let height = |s: &Self, p: &Point| p.log() + s.space.log_prior(&p.z);
        let mut order: Vec<usize> = (0..design.len()).collect();
        order.sort_by(|a, b| height(self, &design[*b]).total_cmp(&height(self, &design[*a])));
        let d = self.space.dimensions();
        let mut ends: Vec<(Vec<f64>, f64)> = Vec::new();
        let mut seen: Vec<(Vec<f64>, f64)> = Vec::new();
        for (number, start) in order.iter().take(budget.starts).enumerate() {
            let mut rng = seed.stream(&format!("{stream}/{number}"));
            let objective = |z: &[f64]| match self.look(z) {
                Ok(point) => {
                    let value = height(self, &point);
                    seen.push((point.z, value));
                    value
                }
                Err(error) => {
                    self.fault.get_or_insert(error);
                    f64::NEG_INFINITY
                }
            };
            ends.push(maximise(objective, &design[*start].z, STEP, budget.evaluations, &mut rng));
            if let Some(fault) = self.fault.take() {
                return Err(fault);
            }
        }
        let top = ends.iter().map(|e| e.1).fold(f64::NEG_INFINITY, f64::max);
        if !top.is_finite() {
            return Ok(Vec::new());
        }
        // The spread of what the search saw near the top, flattened so that it is no narrower than the posterior.
        let near: Vec<f64> = seen.iter().map(|(_, value)| 0.3 * (value - top)).collect();
        let covariance = normalised(&near).map(|w| {
            let best = ends.iter().max_by(|a, b| a.1.total_cmp(&b.1)).map_or_else(Vec::new, |e| e.0.clone());
            let centre = DVector::from_column_slice(&best);
            seen.iter().zip(w).fold(DMatrix::zeros(d, d), |c, ((z, _), w)| {
                let x = DVector::from_column_slice(z) - &centre;
                c + &x * x.transpose() * w
            })
        });
        let covariance = covariance.unwrap_or_else(|| DMatrix::identity(d, d));
        let centres = ends.iter().filter(|e| e.1 > top - 6.0).map(|e| DVector::from_column_slice(&e.0)).collect();
        Ok(Proposal::new(centres, covariance, budget.draws).into_iter().collect())
    }

    fn finish(self, draws: &[Point], weights: &[f64]) -> Result<Fitted> {
        let clean = |l: f64| if l.is_nan() { f64::NEG_INFINITY } else { l };
        let logs = |of: &dyn Fn(&Point) -> f64| -> Vec<f64> {
            draws.iter().zip(weights).map(|(p, w)| clean(of(p) + w)).collect()
        };
        let (known, effective) = self.known(draws, &logs(&Point::log));
        let (known_of_responses, _) = self.known(draws, &logs(&|p| p.log[0]));
        let (best, height) = self.best.ok_or_else(|| {
            let name = self.asked.theory.name();
            Error::input(name, "says nothing that is a number at any parameters", "parameters it can live with")
        })?;
        let log_evidence = height - self.space.log_prior(&best.z);
        let error = (1.0 / effective.max(1e-9) - 1.0 / draws.len() as f64).max(0.0).sqrt();
        let (held_out, tried) = (known.log(), self.tried);
        let choices = held_out - known_of_responses.log();
        Ok(Fitted { held_out, choices, error, effective, known, known_of_responses, best, log_evidence, tried })
    }

    /// What draws of these log weights say of the parameters, and how many independent ones they are worth.
    fn known(&self, draws: &[Point], logs: &[f64]) -> (Known, f64) {
        let d = self.space.dimensions();
        let shares = normalised(logs);
        let effective = shares.as_deref().map_or(0.0, effective);
        let shares = shares.unwrap_or_else(|| vec![0.0; draws.len()]);
        let (mean, covariance) = moments(draws.iter().map(|p| p.z.as_slice()).zip(shares.iter().copied()), d);
        (Known::drawn(log_mean(logs), &mean, &covariance, effective), effective)
    }
}

/// How many independent draws of the posterior weighted draws are worth.
fn worth(draws: &[Point], weights: &[f64]) -> f64 {
    let logs: Vec<f64> = draws.iter().zip(weights).map(|(p, w)| p.log() + w).collect();
    normalised(&logs).map_or(0.0, |w| effective(&w))
}
