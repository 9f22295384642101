//! Puts the fits of a comparison into results: each theory in each subject, the description without theory, what qualifies
//! the answer, and what would be said under each truth.

use super::alike::{Known, of_theory};
use super::ceiling::ceiling;
use super::choosing::Choosing;
use super::cohort::{Cohort, Member};
use super::comparison::{ChoiceFit, Described, Fit, Options, Ranked, SubjectFit, TheoryResult};
use super::describe::signatures;
use super::description::{self, Description};
use super::evidence::{Part, Posterior, Scale, posterior, says};
use super::infer::{Asked, Fitted, Task, Tried};
use super::recovery::{Made, Recovery, World};
use super::search::Space;
use super::statistics::{correlation, mean, variance};
use accumbens_core::study::Study;
use accumbens_core::{AnyTheory, Error, NULL_FAMILY, Result};
use rayon::prelude::*;

/// A winner that explains less than this part of what could be explained leaves most of the data open.
const LITTLE: f64 = 0.25;
/// Two theories whose dopamine correlates more than this at their usual parameters, and more than [`FITTED`] where they are
/// fitted, in every subject, are one on the design.
const ONE: f64 = 0.999;
/// See [`ONE`].
const FITTED: f64 = 0.99;

/// A comparison whose theories are fitted.
pub(super) struct Whole<'a> {
    pub study: &'a Study,
    pub cohort: &'a Cohort,
    pub tasks: &'a [Task],
    /// The description of each subject.
    pub descriptions: &'a [Description],
    /// `fits[subject][theory]`.
    pub fits: &'a [Vec<Fit>],
    pub options: &'a Options,
}

/// The share of the variation of `y` that `fitted` leaves unexplained.
fn unexplained(y: &[f64], fitted: &[f64]) -> f64 {
    let m = mean(y);
    let total: f64 = y.iter().map(|v| (v - m).powi(2)).sum();
    y.iter().zip(fitted).map(|(y, f)| (y - f).powi(2)).sum::<f64>() / total
}

/// What is known of a task's responses under a part; an error where they are no numbers.
fn known(task: &Task, part: &Part<'_>) -> Result<Posterior> {
    let scale = Scale::of(&task.y);
    posterior(&task.nuisance, &scale.apply(&task.y), part, scale)
        .ok_or_else(|| Error::input("responses", "cannot be explained: they are no finite numbers", "finite responses"))
}

impl Whole<'_> {
    /// The responses' fit by offsets, drift and overlap alone.
    fn alone(&self, m: usize) -> Result<Posterior> {
        known(&self.tasks[m], &Part::default())
    }

    /// The responses' fit by the description.
    fn description(&self, m: usize) -> Result<Posterior> {
        let task = &self.tasks[m];
        self.descriptions[m].posterior(&task.nuisance, &task.y).map_or_else(|| self.alone(m), Ok)
    }

    fn posterior(&self, m: usize, t: usize) -> Result<Posterior> {
        let positive = self.options.theories[t].1.info().family != NULL_FAMILY;
        known(&self.tasks[m], &Part::gains(&self.fits[m][t].1.best.channels, positive))
    }

    pub fn ceilings(&self) -> Result<Vec<Option<f64>>> {
        let one = |(m, member): (usize, &Member)| {
            let subject = self.study.subjects.iter().find(|s| s.name == member.name);
            let left: Vec<f64> = self.tasks[m].y.iter().zip(self.alone(m)?.fitted).map(|(y, f)| y - f).collect();
            Ok(subject.and_then(|s| ceiling(self.study, s, member, &left)))
        };
        self.cohort.members.par_iter().enumerate().map(one).collect()
    }

    pub fn described(&self) -> Result<Vec<Described>> {
        let nuisances: Vec<_> = self.tasks.iter().map(|t| &t.nuisance).collect();
        let ys: Vec<&[f64]> = self.tasks.iter().map(|t| t.y.as_slice()).collect();
        let evidences = description::log_evidences(self.descriptions, &nuisances, &ys);
        let one = |(m, member): (usize, &Member)| {
            let task = &self.tasks[m];
            let choices = task.choosing.log_evidence(&[], task.choosing.chosen.len());
            let fitted = self.description(m)?.fitted;
            let [left, without] = [&fitted, &self.alone(m)?.fitted].map(|f| unexplained(&task.y, f));
            Ok(Described {
                subject: member.name.clone(),
                held_out: evidences[m] + choices,
                r2: self.r2(m, &fitted),
                r2_own: 1.0 - left / without,
                predicted: self.whole(m, &fitted),
            })
        };
        self.cohort.members.par_iter().enumerate().map(one).collect()
    }

    /// Fitted responses with what other responses add to them.
    fn whole(&self, m: usize, fitted: &[f64]) -> Vec<f64> {
        let overlap = self.cohort.members[m].overlap.total(fitted.len());
        fitted.iter().zip(overlap).map(|(f, o)| f + o).collect()
    }

    /// The share of a subject's variance that fitted responses explain, overlap included.
    fn r2(&self, m: usize, fitted: &[f64]) -> f64 {
        1.0 - unexplained(&self.cohort.members[m].values(), &self.whole(m, fitted))
    }

    /// Each theory: `left[theory][subject]` is its evidence of left-out subjects.
    pub fn results(&self, left: &[Vec<f64>]) -> Result<Vec<TheoryResult>> {
        let focus = self.study.scoring.focus();
        let focus = self.cohort.members[0].log.kind(focus).ok_or_else(|| {
            Error::input("score.focus", format!("no event is called {focus:?}"), "an event of the study")
        })?;
        let one = |(t, (label, theory)): (usize, &(String, Box<dyn AnyTheory>))| {
            let of = |known: fn(&Fitted) -> &Known| {
                of_theory(&self.fits.iter().map(|row| known(&row[t].1).clone()).collect::<Vec<_>>())
            };
            let (held_out, responses) = (of(|f| &f.known), of(|f| &f.known_of_responses));
            let scores = |m: usize| [held_out[m], responses[m], left[t][m]];
            let subjects = (0..held_out.len()).map(|m| self.subject((m, t), scores(m), focus.index()));
            let name = |place: usize| theory.table()[place].name.to_owned();
            let fitted = theory.fitted().into_iter().map(|(place, prior)| (name(place), prior.words())).collect();
            let points = |i: usize| self.fits.iter().map(|row| row[t].1.tried[i]).sum();
            Ok(TheoryResult {
                label: label.clone(),
                theory: theory.name(),
                family: theory.info().family.into(),
                told: told(self.cohort, theory.as_ref()),
                fitted,
                subjects: subjects.collect::<Result<_>>()?,
                tried_points: points(0),
                failed_points: points(1),
                of: theory.clone(),
            })
        };
        self.options.theories.iter().enumerate().map(one).collect()
    }

    fn subject(
        &self,
        (m, t): (usize, usize),
        [held_out, held_out_responses, left_out]: [f64; 3],
        focus: usize,
    ) -> Result<SubjectFit> {
        let (member, task) = (&self.cohort.members[m], &self.tasks[m]);
        let (theory, fitted): (_, &Fitted) = (self.options.theories[t].1.as_ref(), &self.fits[m][t].1);
        let space = Space::of(theory);
        let (known, alone) = (self.posterior(m, t)?, self.alone(m)?);
        let at = space.at(theory, &fitted.best.z)?;
        let parameters = theory.fitted().into_iter().map(|(i, _)| (theory.table()[i].name.to_owned(), at.get(i)));
        let names = theory.channels(member.log.kinds()).into_iter().filter(|c| c.dopamine).map(|c| c.name);
        // A channel that says nothing has no gain.
        let mut shared = known.shared.iter().copied();
        let mut gain = |channel: &Vec<f64>| if says(channel) { shared.next().unwrap_or(0.0) } else { 0.0 };
        let gains: Vec<f64> = fitted.best.channels.iter().map(&mut gain).collect();
        let attenuation = self.attenuation(m, &known, focus);
        let n = (task.y.len() + task.choosing.chosen.len()) as f64;
        let (choices, chances) = ChoiceFit::of(task, fitted);
        let [with, without] = [&known.fitted, &alone.fitted].map(|f| unexplained(&task.y, f));
        Ok(SubjectFit {
            subject: member.name.clone(),
            held_out,
            held_out_responses,
            held_out_error: fitted.error,
            effective_draws: fitted.effective,
            choices,
            chances,
            left_out,
            log_evidence: fitted.log_evidence,
            bic: space.dimensions() as f64 * n.ln() - 2.0 * fitted.log_evidence,
            parameters: parameters.collect(),
            gains: names.zip(gains).collect(),
            opposed: if theory.info().family == NULL_FAMILY { 0 } else { known.opposed },
            noise: known.noise,
            r2: self.r2(m, &known.fitted),
            r2_without: self.r2(m, &alone.fitted),
            r2_own: 1.0 - with / without,
            signatures: signatures(member, focus, &known.own).map(|r| r * attenuation),
            predicted: self.whole(m, &known.fitted),
        })
    }

    /// By how much offsets, drift and noise lower a correlation of the theory's own part, over responses to the focus event.
    fn attenuation(&self, m: usize, known: &Posterior, focus: usize) -> f64 {
        let scored = &self.cohort.members[m].scored;
        let effects = self.tasks[m].nuisance.laid_out(&known.effects);
        let here: Vec<usize> = (0..scored.len()).filter(|&i| scored[i].response.kind == focus).collect();
        let own: Vec<f64> = here.iter().map(|&i| known.own[i]).collect();
        let moved: Vec<f64> = here.iter().map(|&i| known.own[i] + effects[i]).collect();
        (variance(&own) / (variance(&moved) + known.noise * known.noise)).sqrt().min(1.0)
    }

    /// For each theory the first that is one with it on this design: their dopamine is the same in every subject, and what they
    /// prefer before choices.
    pub fn groups(&self) -> Vec<usize> {
        let same = |a: &[Vec<f64>], b: &[Vec<f64>], least: f64| {
            let alike = |(x, y): (&Vec<f64>, &Vec<f64>)| {
                let r = correlation(x, y);
                (!says(x) && !says(y)) || r > least
            };
            !a.is_empty() && a.len() == b.len() && a.iter().zip(b).all(alike)
        };
        let alike = |a: &Tried, b: &Tried, least: f64| {
            let [x, y] = [a, b].map(|t| std::slice::from_ref(&t.preferences));
            same(&a.channels, &b.channels, least) && (self.study.choices.is_empty() || same(x, y, least))
        };
        let one = |a: usize, b: usize| {
            self.fits.iter().all(|row| {
                let (a, b) = (&row[a], &row[b]);
                alike(&a.0[0], &b.0[0], ONE) && alike(&a.1.best, &b.1.best, FITTED)
            })
        };
        let null = |t: usize| self.options.theories[t].1.info().family == NULL_FAMILY;
        let mut groups: Vec<usize> = Vec::new();
        for t in 0..self.options.theories.len() {
            // Whoever is one with any of a group is one with the group, and joins groups that were two.
            let met: Vec<usize> = (0..t).filter(|&a| null(a) == null(t) && one(a, t)).map(|a| groups[a]).collect();
            let first = met.iter().copied().min().unwrap_or(t);
            groups.iter_mut().filter(|g| met.contains(g)).for_each(|g| *g = first);
            groups.push(first);
        }
        groups
    }

    /// What qualifies the answer beyond the evidence: signs, and what is left open.
    pub fn caveats(&self, ranking: &[Ranked], ceilings: &[Option<f64>], label: &str) -> Vec<String> {
        let mut caveats = Vec::new();
        let Some(best) = ranking.iter().find(|r| r.label == label) else { return caveats };
        let subjects = self.cohort.members.len();
        if best.opposed * 2 > subjects {
            caveats.push(format!(
                "in {} of {subjects} subjects the light falls where {label} says that dopamine rises",
                best.opposed
            ));
        }
        let ceilings: Vec<f64> = ceilings.iter().copied().flatten().collect();
        if !ceilings.is_empty() {
            let ceiling = mean(&ceilings);
            let shares = format!(
                "{:.0} % of what offsets, drift and overlap leave, where silence says that about {:.0} % could be explained",
                100.0 * best.r2_own,
                100.0 * ceiling
            );
            if ceiling > 0.0 && best.r2_own < LITTLE * ceiling {
                caveats.push(format!("{label} explains {shares}: most of it is left open"));
            } else if best.r2_own > 1.1 * ceiling {
                caveats.push(format!(
                    "{label} explains {shares}: the signal varies more in silence than around events, so that this ceiling \
                     says little"
                ));
            }
        }
        caveats
    }

    /// What would be said of this study under each truth.
    pub fn recover(
        &self,
        asked: &[Vec<Asked<'_>>],
        groups: &[usize],
        go_on: &(dyn Fn() -> bool + Sync),
    ) -> Result<Option<Recovery>> {
        let members = &self.cohort.members;
        let make = |m: usize, known: Posterior| -> Result<Made> {
            let [with, without] = [&known.fitted, &self.alone(m)?.fitted].map(|f| unexplained(&self.tasks[m].y, f));
            Ok(Made { share: 1.0 - with / without, fitted: known.fitted, effects: known.effects })
        };
        let theory =
            |t: usize| -> Result<Vec<Made>> { (0..members.len()).map(|m| make(m, self.posterior(m, t)?)).collect() };
        let described = |m: usize| -> Result<Made> { make(m, self.description(m)?) };
        let mut made = (0..asked.len()).map(theory).collect::<Result<Vec<_>>>()?;
        made.push((0..members.len()).map(described).collect::<Result<_>>()?);
        let families: Vec<&str> = self.options.theories.iter().map(|t| t.1.info().family).collect();
        // The choices that were made would tell the truth of the recording.
        let silent = |t: &Task| Task { choosing: Choosing::default(), ..t.clone() };
        let tasks: Vec<Task> = self.tasks.iter().map(silent).collect();
        let asked: Vec<Vec<Asked<'_>>> =
            asked.iter().map(|row| row.iter().zip(&tasks).map(|(a, task)| a.with(task)).collect()).collect();
        let world = World {
            asked: &asked,
            made,
            descriptions: self.descriptions,
            labels: self.options.theories.iter().map(|t| t.0.as_str()).collect(),
            families,
            groups,
            count: self.options.count(),
            budget: self.options.budget.small(),
            seed: self.options.seed,
        };
        world.recover(self.options.recovery, go_on)
    }
}

/// What a theory was told, in words.
fn told(cohort: &Cohort, theory: &dyn AnyTheory) -> Vec<String> {
    let first = &cohort.members[0];
    let each = |text: String| format!("each subject its own {text} ({})", first.name);
    let mut words: Vec<String> = theory.boxed().tell(&first.log).into_iter().map(each).collect();
    let changes: Vec<_> = cohort.members.iter().flat_map(|m| m.told(theory)).collect();
    let mut names: Vec<&str> = changes.iter().map(|c| c.parameter.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    for name in names {
        let values = changes.iter().filter(|c| c.parameter == name).map(|c| c.value);
        let (low, high) = values.fold((f64::INFINITY, 0.0_f64), |(l, h), v| (l.min(v), h.max(v)));
        words.push(format!(
            "{name} of each session, from the mean interval between outcomes in that whole session ({low:.1} to {high:.1} s)"
        ));
    }
    words
}
