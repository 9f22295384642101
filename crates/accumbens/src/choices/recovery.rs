//! Would it be found again? Studies that each model would have made, put through all that the data were put through.
//!
//! Subjects of a simulated study are new subjects of the groups that were fitted (at maximum likelihood the fitted subjects
//! themselves), with the choices, latencies and dopamine that were fitted ([`super::simulate`]). Every model is fitted to each
//! study, the verdict is that of [`super::verdict::judge`], and groups are fitted under the model that made it: so that a
//! coverage is that of the very interval beside which it stands.

use super::engine::{Engine, Options, interval};
use super::fit::{self, Fitted, Found};
use super::group::{Group, grouped};
use super::model::AnyModel;
use super::recovered::{Confusion, Named, Of, Recovered, Share};
use super::result::ModelResult;
use super::simulate::simulated;
use super::verdict::judge;
use crate::fit::statistics::{correlation, mean, variance};
use accumbens_core::choices::Choices;
use accumbens_core::{Error, Result};
use rand_distr::{Distribution, StandardNormal};
use rayon::prelude::*;

/// Writes beside every interval of a model what recovery says of it.
pub fn note(model: &mut ModelResult) {
    let all = model.recovery.clone();
    let said = |parameter: &str, covered: fn(&Recovered) -> Option<Share>, of: Of| {
        let found = all.iter().find(|r| r.parameter == parameter);
        found.map_or_else(|| (None, "recovery not run".to_owned()), |r| r.read(covered(r), of))
    };
    for g in &mut model.groups {
        (g.recovery, g.note) = said(&g.parameter, |r| r.means, Of::Mean(g.error));
        if g.n < 2 {
            g.note = "no interval: one subject".into();
        }
    }
    for d in &mut model.differences {
        // Of a difference of two means the prior's spread is √2.
        (d.recovery, d.note) = said(&d.parameter, |r| r.differences, Of::Mean(d.error / std::f64::consts::SQRT_2));
        if d.low.is_nan() {
            d.note = "no interval: a group of one subject".into();
        }
    }
    for p in model.subjects.iter_mut().flat_map(|s| &mut s.parameters) {
        (p.recovery, p.note) = said(&p.name, |r| r.subjects, Of::Subject);
    }
}

/// A simulated study: what was put in, what was found, what was said.
struct Study {
    put: Vec<Vec<f64>>,
    found: Vec<Found>,
    groups: Vec<Group>,
    named: Option<usize>,
    family: bool,
}

/// A fitted model of which studies are made.
pub struct Source<'a> {
    /// Its place among the models.
    pub place: usize,
    /// The standard scores at which the data were explained, by subject.
    pub fitted: &'a [Vec<f64>],
    /// The groups; none at maximum likelihood.
    pub groups: &'a [Group],
}

impl Source<'_> {
    /// The subjects of a simulated study: new ones of the same groups.
    fn subjects(&self, choices: &Choices, options: &Options, k: usize) -> Vec<Vec<f64>> {
        let one = |(s, fitted): (&accumbens_core::choices::Chooser, &Vec<f64>)| {
            let Some(group) = self.groups.iter().find(|g| g.name == s.group) else { return fitted.clone() };
            let mut rng = options.seed.stream(&format!("choices/recovery/{}/{k}/subject/{}", self.place, s.name));
            let of = group.population.mean.iter().zip(&group.population.sd);
            of.map(|(m, sd)| {
                let chance: f64 = StandardNormal.sample(&mut rng);
                m + sd * chance
            })
            .collect()
        };
        choices.subjects.iter().zip(self.fitted).map(one).collect()
    }

    fn study(&self, choices: &Choices, engine: &Engine<'_>, k: usize) -> Result<Study> {
        let (options, model) = (engine.options, engine.models[self.place].as_ref());
        let put = self.subjects(choices, options, k);
        let name = format!("recovery/{}/{k}", self.place);
        let made = simulated(choices, model, self.fitted, &put, options.seed, &name)?;
        let fits = engine.models.iter().map(|m| fit::alone(&made, m.as_ref(), options.beforehand, options.seed));
        let fits = fits.collect::<Result<Vec<_>>>()?;
        let evidence: Vec<Vec<f64>> = (0..put.len()).map(|s| fits.iter().map(|f| f[s].evidence).collect()).collect();
        let families: Vec<&str> = engine.models.iter().map(|m| m.about().family).collect();
        let (_, _, verdict) = judge(&evidence, &families);
        let mine = &fits[self.place];
        let (groups, found) = if self.groups.is_empty() {
            (Vec::new(), mine.clone())
        } else {
            grouped(&made, model, mine, options.seed)?
        };
        let named = verdict.named();
        let own = families[self.place];
        let family = named.map_or(verdict.family.as_deref() == Some(own), |n| families[n] == own);
        Ok(Study { put, found, groups, named, family })
    }
}

/// Makes studies of a model and asks what is found and said of them.
///
/// # Errors
/// Where a model cannot go on, or the work was stopped.
pub fn recover(
    choices: &Choices,
    engine: &Engine<'_>,
    source: &Source<'_>,
    tick: &(dyn Fn() -> bool + Sync),
) -> Result<(Vec<Recovered>, Confusion)> {
    let one = |k: usize| {
        let study = source.study(choices, engine, k)?;
        if tick() { Ok(study) } else { Err(Error::Interrupted) }
    };
    let n = engine.options.recovery;
    let studies = (0..n).into_par_iter().map(one).collect::<Result<Vec<_>>>()?;
    let times = |so: &dyn Fn(&Study) -> bool| Share::new(studies.iter().filter(|s| so(s)).count(), n);
    let named = |m: usize| Named { model: engine.names[m].clone(), share: times(&|s| s.named == Some(m)) };
    let confusion = Confusion {
        truth: engine.names[source.place].clone(),
        place: source.place,
        studies: n,
        named: (0..engine.models.len()).map(named).collect(),
        undecided: times(&|s| s.named.is_none()),
        family: times(&|s| s.family),
    };
    Ok((recovered(choices, engine.models[source.place].as_ref(), source.groups, &studies), confusion))
}

fn recovered(choices: &Choices, model: &dyn AnyModel, groups: &[Group], studies: &[Study]) -> Vec<Recovered> {
    let of = Fitted::of(model);
    let one = |(j, row): (usize, &accumbens_core::Parameter)| {
        let pairs: Vec<Vec<(f64, f64)>> =
            studies.iter().map(|s| s.put.iter().zip(&s.found).map(|(p, f)| (p[j], f.z[j])).collect()).collect();
        let (correlation, correlation_error) = within(choices, &pairs);
        let off: Vec<f64> = pairs.iter().flatten().map(|p| p.1 - p.0).collect();
        let by_study =
            |count: &dyn Fn(&Study) -> (usize, usize)| Share::by_study(&studies.iter().map(count).collect::<Vec<_>>());
        let subjects = |s: &Study| {
            let held = |(p, f): &(&Vec<f64>, &Found)| (p[j] - f.z[j]).abs() <= interval(f.variance[j]);
            (s.put.iter().zip(&s.found).filter(held).count(), s.put.len())
        };
        Recovered {
            parameter: row.name.into(),
            studies: studies.len(),
            correlation,
            correlation_error,
            bias: mean(&off),
            subjects: by_study(&subjects),
            means: by_study(&|s| means(groups, s, j)),
            differences: by_study(&|s| differences(groups, s, j)),
        }
    };
    of.rows.iter().enumerate().map(one).collect()
}

/// In how many groups of how many the interval of the mean held what was put in.
fn means(groups: &[Group], study: &Study, j: usize) -> (usize, usize) {
    let held = groups
        .iter()
        .zip(&study.groups)
        .map(|(truth, found)| ((found.population.mean[j] - truth.population.mean[j]).abs(), found.half_width(j)));
    count(held)
}

/// In how many pairs of groups of how many the interval of the difference held what was put in.
fn differences(groups: &[Group], study: &Study, j: usize) -> (usize, usize) {
    let difference = |g: &[Group], a: usize, b: usize| g[a].population.mean[j] - g[b].population.mean[j];
    let pairs = (0..groups.len()).flat_map(|a| (0..a).map(move |b| (a, b)));
    count(pairs.map(|(a, b)| {
        let off = difference(&study.groups, a, b) - difference(groups, a, b);
        (off.abs(), study.groups[a].half_width_against(&study.groups[b], j))
    }))
}

fn count(all: impl Iterator<Item = (f64, f64)>) -> (usize, usize) {
    let known = all.filter(|(_, half)| !half.is_nan());
    known.fold((0, 0), |(held, of), (off, half)| (held + usize::from(off <= half), of + 1))
}

/// The correlation of pairs of subjects (by study) within their groups, with its standard error: that of so many pairs, or over
/// studies left out one by one where that is larger.
fn within(choices: &Choices, studies: &[Vec<(f64, f64)>]) -> (f64, f64) {
    let names = choices.groups();
    let of = |studies: &[&Vec<(f64, f64)>]| {
        let (mut put, mut found) = (Vec::new(), Vec::new());
        for name in &names {
            let mine = |s: &&Vec<(f64, f64)>| -> Vec<(f64, f64)> {
                let members = choices.subjects.iter().zip(s.iter()).filter(|(c, _)| c.group == *name);
                members.map(|(_, p)| *p).collect()
            };
            let (a, b): (Vec<f64>, Vec<f64>) = studies.iter().flat_map(mine).unzip();
            let (x, y) = (mean(&a), mean(&b));
            put.extend(a.iter().map(|v| v - x));
            found.extend(b.iter().map(|v| v - y));
        }
        correlation(&put, &found)
    };
    let all: Vec<&Vec<(f64, f64)>> = studies.iter().collect();
    let r = of(&all);
    let pairs = all.iter().map(|s| s.len()).sum::<usize>() as f64;
    let plain = (1.0 - r * r) / (pairs - 2.0).max(1.0).sqrt();
    let without: Vec<f64> = (0..all.len())
        .map(|k| of(&all.iter().enumerate().filter(|(i, _)| *i != k).map(|(_, s)| *s).collect::<Vec<_>>()))
        .collect();
    let n = all.len() as f64;
    let over = if n > 1.0 { ((n - 1.0).powi(2) / n * variance(&without)).sqrt() } else { 0.0 };
    (r, if over.is_finite() { plain.max(over) } else { plain })
}
