//! The catalogue of drugs: what each does to which parameter at which dose, and how it comes to the brain and leaves it.

use crate::declaration;
use crate::error::{Error, Result};
use crate::room::{numbers, room};
use serde::Deserialize;
use std::collections::BTreeMap;

/// How a drug moves between the place where it is given, blood and brain: first-order rates, /s.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kinetics {
    /// From blood to brain.
    pub into: f64,
    /// Back from brain to blood.
    pub back: f64,
    /// Out of blood for good.
    pub out: f64,
    /// Key of the source of these rates in `references.bib`; empty where they are ours.
    #[serde(default)]
    pub source: String,
    /// What is not verified of them.
    #[serde(default)]
    pub unverified: String,
    /// Ways to give it.
    pub routes: BTreeMap<String, Route>,
}

/// A way to give a drug.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Route {
    /// Share that reaches the blood.
    pub share: f64,
    /// Absorption, /s; at once where absent.
    #[serde(default)]
    pub absorption: Option<f64>,
}

/// How an effect grows with the drug, whose ratio r is its level over the one of half effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// Adds r: a competitor's concentration over its inhibition constant.
    Competes,
    /// Adds r/(1 + r): the share of a receptor that it occupies.
    Occupies,
    /// Multiplies by 1 − most·r/(1 + r).
    Lowers,
    /// Multiplies by 1 + most·r/(1 + r).
    Raises,
    /// Adds most·r/(1 + r).
    Adds,
    /// Sets to `most` while the drug is there.
    Sets,
}

/// What a drug does to one parameter.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Act {
    /// The parameter, as `stage.parameter`.
    pub parameter: String,
    /// How it grows.
    pub how: How,
    /// The dose of half effect, at the brain's peak after the drug's usual route.
    pub half: f64,
    /// The greatest effect, where there is one.
    #[serde(default)]
    pub most: f64,
    /// Key of the source; empty where the value is ours.
    #[serde(default)]
    pub source: String,
    /// What is not verified of it.
    #[serde(default)]
    pub unverified: String,
}

/// A drug.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Drug {
    /// Its name.
    pub name: String,
    /// What it is, in words.
    pub what: String,
    /// Molar mass of the base, g/mol.
    pub molar_mass: f64,
    /// The unit of its doses.
    pub unit: String,
    /// Its usual route: the one at whose peak effects are stated.
    pub route: String,
    /// How it comes and goes.
    pub kinetics: Kinetics,
    /// What it does.
    pub acts: Vec<Act>,
}

/// An occupancy of striatal D2 receptors above which something becomes likely.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Threshold {
    /// What becomes likely.
    pub name: String,
    /// The occupancy.
    pub occupancy: f64,
    /// Width of the logistic about it, in occupancy.
    pub width: f64,
    /// Key of the source.
    pub source: String,
    /// What is not verified of it.
    #[serde(default)]
    pub unverified: String,
}

impl Threshold {
    /// The probability at an occupancy: a logistic.
    #[must_use]
    pub fn probability(&self, occupancy: f64) -> f64 {
        1.0 / (1.0 + ((self.occupancy - occupancy) / self.width).exp())
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Catalogue {
    drug: Vec<Drug>,
    threshold: Vec<Threshold>,
}

fn catalogue() -> Result<Catalogue> {
    declaration::read("catalogue/drugs.toml", include_str!("../../../catalogue/drugs.toml"))
}

/// Every drug of `catalogue/drugs.toml`.
///
/// # Errors
/// Where the catalogue itself is malformed.
pub fn all() -> Result<Vec<Drug>> {
    Ok(catalogue()?.drug)
}

/// The thresholds of D2 occupancy.
///
/// # Errors
/// Where the catalogue itself is malformed.
pub fn thresholds() -> Result<Vec<Threshold>> {
    Ok(catalogue()?.threshold)
}

/// The drug of this name.
///
/// # Errors
/// Where none has it; the error lists those that exist.
pub fn by_name(name: &str) -> Result<Drug> {
    declaration::named(all()?, |d| &d.name, name, ["drug", "nothing"])
}

/// One dose.
#[derive(Clone, Debug, PartialEq)]
pub struct Dose {
    /// When, s.
    pub time: f64,
    /// How much, in the drug's unit.
    pub amount: f64,
    /// The route.
    pub route: String,
}

/// A drug and its doses.
#[derive(Clone, Debug, PartialEq)]
pub struct Given {
    /// The drug.
    pub drug: Drug,
    /// Its doses.
    pub doses: Vec<Dose>,
}

const FORM: &str = "DRUG:AMOUNT[:ROUTE][@TIME[+INTERVALxMORE]], for example cocaine:10:ip@-600";

impl Given {
    /// What a text gives: `DRUG:AMOUNT[:ROUTE][@TIME[+INTERVALxMORE]]`, times in s, at 0 by the usual route if not said.
    ///
    /// # Errors
    /// Where the drug or route is unknown or the text has another form.
    pub fn parse(text: &str) -> Result<Self> {
        let wrong = || Error::input("drug", format!("{text:?}"), FORM);
        let number = |text: &str| text.trim().parse::<f64>().ok().filter(|v| v.is_finite()).ok_or_else(wrong);
        let (what, when) = text.split_once('@').map_or((text, None), |(a, b)| (a, Some(b)));
        let parts: Vec<&str> = what.split(':').collect();
        let (name, amount, route) = match parts.as_slice() {
            [name, amount] => (*name, number(amount)?, None),
            [name, amount, route] => (*name, number(amount)?, Some((*route).to_owned())),
            _ => return Err(wrong()),
        };
        let drug = by_name(name)?;
        if amount < 0.0 {
            return Err(Error::input("drug", format!("{text:?}: an amount below 0"), FORM));
        }
        let route = route.unwrap_or_else(|| drug.route.clone());
        if !drug.kinetics.routes.contains_key(&route) {
            let known = drug.kinetics.routes.keys().cloned().collect::<Vec<_>>().join(", ");
            return Err(Error::input("drug", format!("{text:?}: no route {route:?} of {name}"), known));
        }
        let (first, again) = match when {
            None => (0.0, None),
            Some(when) => match when.split_once('+') {
                None => (number(when)?, None),
                Some((first, again)) => {
                    let (interval, more) = again.split_once('x').ok_or_else(wrong)?;
                    let more = more.trim().parse::<u32>().map_err(|_| wrong())?;
                    (number(first)?, Some((number(interval)?, more)))
                }
            },
        };
        let (interval, more) = again.unwrap_or((0.0, 0));
        room("drug", &[("doses", f64::from(more)), ("numbers of each", numbers::<Dose>())])?;
        let dose = |i: u32| Dose { time: first + f64::from(i) * interval, amount, route: route.clone() };
        Ok(Self { doses: (0..=more).map(dose).collect(), drug })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_drug_has_its_usual_route_and_cites_known_sources() {
        for drug in all().unwrap() {
            assert!(drug.kinetics.routes.contains_key(&drug.route), "{}", drug.name);
            let sources = drug.acts.iter().map(|a| (&a.source, &a.unverified));
            for (source, unverified) in sources.chain([(&drug.kinetics.source, &drug.kinetics.unverified)]) {
                let known = crate::cite::reference(source).is_ok();
                assert!(known || source.is_empty() && !unverified.is_empty(), "{}: {source:?}", drug.name);
            }
        }
    }

    #[test]
    fn a_text_gives_one_dose_or_several() {
        let given = Given::parse("cocaine:10:ip@-600+300x2").unwrap();
        let times: Vec<f64> = given.doses.iter().map(|d| d.time).collect();
        assert_eq!(times, [-600.0, -300.0, 0.0]);
        assert!(given.doses.iter().all(|d| d.amount == 10.0 && d.route == "ip"));
        for (text, word) in [("aspirin:1", "cocaine"), ("cocaine", "DRUG:AMOUNT"), ("cocaine:1:nasal", "ip")] {
            assert!(Given::parse(text).unwrap_err().to_string().contains(word), "{text}");
        }
    }
}
