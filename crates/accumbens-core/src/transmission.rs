//! The catalogue of transmission: named sets of parameters of release and uptake, each value with its source.

use crate::declaration;
use crate::error::{Error, Result};
use crate::params::{Params, place_of};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A value and where it comes from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Value {
    /// The value, in the parameter's unit.
    pub value: f64,
    /// Key of its source in `references.bib`.
    pub source: String,
    /// What nobody here checked of it against its source; empty where it was checked.
    #[serde(default)]
    pub unverified: String,
}

/// A named set of parameters.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Set {
    /// Its name.
    pub name: String,
    /// What it is, in words.
    pub what: String,
    /// Values by `stage.parameter`.
    pub values: BTreeMap<String, Value>,
}

/// Neurons of one place that reach another.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Projection {
    /// Its name.
    pub name: String,
    /// What it is, in words.
    pub what: String,
    /// The region of `catalogue/regions.toml` whose mixture of signals drives it.
    pub region: String,
    /// Its usual set of parameters.
    pub set: String,
    /// Keys of its sources.
    pub source: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Catalogue {
    set: Vec<Set>,
    scheme: Vec<Set>,
    projection: Vec<Projection>,
    knock_out: Vec<KnockOut>,
}

/// A gene that is gone, and what that does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KnockOut {
    /// The gene's or protein's usual name.
    pub name: String,
    /// What is known, in words.
    pub what: String,
    /// Patches in the form of the command line; none where nothing changes.
    pub patches: Vec<String>,
    /// Keys of its sources.
    pub source: Vec<String>,
}

fn catalogue() -> Result<Catalogue> {
    declaration::read("catalogue/transmission.toml", include_str!("../../../catalogue/transmission.toml"))
}

/// Every set of `catalogue/transmission.toml`.
///
/// # Errors
/// Where the catalogue itself is malformed.
pub fn all() -> Result<Vec<Set>> {
    Ok(catalogue()?.set)
}

/// The set of this name.
///
/// # Errors
/// Where none has it; the error lists those that exist.
pub fn by_name(name: &str) -> Result<Set> {
    declaration::named(all()?, |s| &s.name, name, ["transmission", "nothing"])
}

/// Every scheme of receptors: `d1.half`, `d1.off`, `d2.half` and `d2.off`.
///
/// # Errors
/// Where the catalogue itself is malformed.
pub fn schemes() -> Result<Vec<Set>> {
    Ok(catalogue()?.scheme)
}

/// The scheme of receptors of this name.
///
/// # Errors
/// Where none has it; the error lists those that exist.
pub fn scheme(name: &str) -> Result<Set> {
    declaration::named(schemes()?, |s| &s.name, name, ["receptors", "nothing"])
}

/// Every knock-out.
///
/// # Errors
/// Where the catalogue itself is malformed.
pub fn knock_outs() -> Result<Vec<KnockOut>> {
    Ok(catalogue()?.knock_out)
}

/// The patches of the knock-out of this name.
///
/// # Errors
/// Where none has it; the error lists those that exist.
pub fn knock_out(name: &str) -> Result<Vec<crate::patch::Patch>> {
    let found = declaration::named(knock_outs()?, |k| &k.name, name, ["knock-out", "nothing"])?;
    found.patches.iter().map(|p| crate::patch::Patch::parse(p)).collect()
}

/// Every projection.
///
/// # Errors
/// Where the catalogue itself is malformed.
pub fn projections() -> Result<Vec<Projection>> {
    Ok(catalogue()?.projection)
}

/// The projection of this name.
///
/// # Errors
/// Where none has it; the error lists those that exist.
pub fn projection(name: &str) -> Result<Projection> {
    declaration::named(projections()?, |p| &p.name, name, ["projection", "nothing"])
}

impl Set {
    /// The parameters of a stage under this set: its defaults, but for the values named `stage.…`.
    ///
    /// # Errors
    /// Where a value has no parameter or lies outside its domain.
    pub fn stage<P: Params + Default>(&self, stage: &str) -> Result<P> {
        let mut parameters = P::default();
        let prefix = format!("{stage}.");
        for (name, value) in &self.values {
            let Some(name) = name.strip_prefix(&prefix) else { continue };
            let within = |e: Error| e.within(&format!("transmission set {}", self.name));
            let place = place_of(P::table(), name).map_err(within)?;
            parameters.put(place, P::table()[place].check(value.value).map_err(within)?);
        }
        Ok(parameters)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_of_every_set_cites_a_known_source() {
        for set in all().unwrap().into_iter().chain(schemes().unwrap()) {
            for (name, value) in &set.values {
                assert!(crate::cite::reference(&value.source).is_ok(), "{}: {name}", set.name);
            }
        }
    }

    #[test]
    fn every_projection_has_its_region_its_set_and_its_sources() {
        for projection in projections().unwrap() {
            assert!(by_name(&projection.set).is_ok() && crate::regions::by_name(&projection.region).is_ok());
            assert!(projection.source.iter().all(|key| crate::cite::reference(key).is_ok()), "{}", projection.name);
        }
    }
}
