//! Lists the theories: one line each.

use super::{anccr, constant, rescorla_wagner, td_csc, td_microstimulus, trend};
use accumbens_core::{AnyTheory, Error, Result};

type Make = fn() -> Box<dyn AnyTheory>;

const REGISTRY: &[(&str, Make)] = &[
    ("rescorla_wagner", || Box::new(rescorla_wagner::RescorlaWagner::default())),
    ("td_csc", || Box::new(td_csc::TdCsc::default())),
    ("td_microstimulus", || Box::new(td_microstimulus::TdMicrostimulus::default())),
    ("anccr", || Box::new(anccr::Anccr::default())),
    ("constant", || Box::new(constant::Constant::default())),
    ("trend", || Box::new(trend::Trend::default())),
];

/// The names of all theories.
pub fn names() -> impl Iterator<Item = &'static str> {
    REGISTRY.iter().map(|(name, _)| *name)
}

/// A theory with its defaults.
///
/// # Errors
/// Where no theory has this name; the error lists those that exist.
pub fn by_name(name: &str) -> Result<Box<dyn AnyTheory>> {
    REGISTRY.iter().find(|(n, _)| *n == name).map(|(_, make)| make()).ok_or_else(|| {
        let known = names().collect::<Vec<_>>().join(", ");
        Error::input("theory", format!("no theory is called {name:?}"), known)
    })
}

/// A theory from `NAME` or `NAME:parameter=value:parameter=value`.
///
/// # Errors
/// Where the name or a parameter is unknown, or a value is outside its domain.
pub fn parse(text: &str) -> Result<Box<dyn AnyTheory>> {
    let mut parts = text.split(':');
    let mut theory = by_name(parts.next().unwrap_or_default().trim())?;
    for part in parts {
        let (name, value) = part.split_once('=').ok_or_else(|| {
            Error::input("theory", format!("{part:?} in {text:?}"), "NAME or NAME:parameter=value:parameter=value")
        })?;
        theory.set_text(name.trim(), value.trim()).map_err(|e| e.within(theory.info().name))?;
    }
    theory.check()?;
    Ok(theory)
}
