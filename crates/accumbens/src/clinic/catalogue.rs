//! The catalogues of disorders, rival accounts of them, and treatments.

use super::addiction::Seeker;
use super::chooser::Chooser;
use super::reach::{Acts, Taken};
use super::tasks::measure;
use accumbens_core::{Error, Patch, Patched, Result, declaration};
use serde::{Deserialize, Serialize};

/// A disorder: which measures are its symptoms.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Disorder {
    /// Its name.
    pub name: String,
    /// What it is here, in words.
    pub what: String,
    /// The measures that are its symptoms.
    pub symptoms: Vec<String>,
}

/// One account of a disorder: what is different, and how well that is borne out.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Account {
    /// Its name.
    pub name: String,
    /// The disorder it accounts for.
    pub disorder: String,
    /// What it says, in words.
    pub says: String,
    /// What is different: patches of the chain, and of `chooser`.
    pub patches: Vec<String>,
    /// Keys of its sources.
    pub source: Vec<String>,
    /// How well it is borne out: `meta-analysis`, `replicated`, `single study` or `hypothesis`.
    pub evidence: Evidence,
    /// What nobody here checked; the sizes of patches are ours where it says so.
    #[serde(default)]
    pub unverified: String,
}

/// How well something is borne out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub enum Evidence {
    /// Over many studies.
    #[serde(rename = "meta-analysis")]
    MetaAnalysis,
    /// By several.
    #[serde(rename = "replicated")]
    Replicated,
    /// By one.
    #[serde(rename = "single study")]
    SingleStudy,
    /// A hypothesis.
    #[serde(rename = "hypothesis")]
    Hypothesis,
}

/// Where a treatment acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Wherever its target is.
    Broad,
    /// In one projection or on one kind of event.
    Circuit,
    /// On what is lived and chosen: a rule of the world, or a state of need.
    Behaviour,
}

/// A treatment.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Treatment {
    /// Its name.
    pub name: String,
    /// What it is, in words.
    pub what: String,
    /// Where it acts.
    pub kind: Kind,
    /// The drug of `catalogue/drugs.toml`, if it is one.
    #[serde(default)]
    pub drug: Option<String>,
    /// The stage whose parameters the drug still acts on, where the body has adapted to the rest; all where absent.
    #[serde(default)]
    pub only: Option<String>,
    /// Patches, with `{dose}` for the dose.
    #[serde(default)]
    pub patches: Vec<String>,
    /// Doses from the least on.
    pub doses: Vec<f64>,
    /// Their unit.
    pub unit: String,
    /// The dose that does nothing.
    #[serde(default)]
    pub none: f64,
    /// Keys of its sources.
    #[serde(default)]
    pub source: Vec<String>,
    /// What nobody here checked.
    #[serde(default)]
    pub unverified: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Phenotypes {
    disorder: Vec<Disorder>,
    account: Vec<Account>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Treatments {
    treatment: Vec<Treatment>,
}

fn phenotypes() -> Result<Phenotypes> {
    declaration::read("catalogue/phenotypes.toml", include_str!("../../../../catalogue/phenotypes.toml"))
}

/// All disorders.
///
/// # Errors
/// Where the catalogue itself is malformed.
pub fn disorders() -> Result<Vec<Disorder>> {
    let all = phenotypes()?.disorder;
    for disorder in &all {
        disorder.symptoms.iter().try_for_each(|s| measure(s).map(|_| ()).map_err(|e| e.within(&disorder.name)))?;
    }
    Ok(all)
}

/// All accounts.
///
/// # Errors
/// Where the catalogue itself is malformed.
pub fn accounts() -> Result<Vec<Account>> {
    Ok(phenotypes()?.account)
}

/// All treatments.
///
/// # Errors
/// Where the catalogue itself is malformed.
pub fn treatments() -> Result<Vec<Treatment>> {
    let text = include_str!("../../../../catalogue/treatments.toml");
    Ok(declaration::read::<Treatments>("catalogue/treatments.toml", text)?.treatment)
}

/// The disorder and accounts that a name says: all accounts of a disorder, or one.
///
/// # Errors
/// Where neither has this name.
pub fn phenotype(name: &str) -> Result<(Disorder, Vec<Account>)> {
    let (disorders, accounts) = (disorders()?, accounts()?);
    let of = accounts.iter().find(|a| a.name == name).map_or(name, |a| a.disorder.as_str()).to_owned();
    let known: Vec<&str> =
        disorders.iter().map(|d| d.name.as_str()).chain(accounts.iter().map(|a| a.name.as_str())).collect();
    let disorder = disorders.iter().find(|d| d.name == of).cloned();
    let disorder =
        disorder.ok_or_else(|| Error::input("phenotype", format!("{name:?} is not known"), known.join(", ")))?;
    let wanted = |a: &Account| a.name == name || a.disorder == name;
    let chosen = accounts.into_iter().filter(wanted).collect();
    Ok((disorder, chosen))
}

/// A treatment and its doses, from `NAME` (all of its doses) or `NAME:DOSE`.
///
/// # Errors
/// Where none has this name, or the dose is no number.
pub fn treatment(text: &str) -> Result<(Treatment, Vec<f64>)> {
    let (name, dose) = text.split_once(':').map_or((text, None), |(n, d)| (n, Some(d)));
    let found = declaration::named(treatments()?, |t| &t.name, name, ["treatment", "no treatment is called"])?;
    let doses = match dose {
        None => found.doses.clone(),
        Some(text) => {
            let dose = text.trim().parse::<f64>().ok().filter(|d| d.is_finite() && *d >= 0.0);
            vec![dose.ok_or_else(|| Error::input("treatment", format!("dose {text:?}"), "a number, 0 or more"))?]
        }
    };
    Ok((found, doses))
}

/// What is in a person beside dopamine: how they choose, and how a drug acts on them.
#[derive(Clone, Debug)]
pub struct Inside {
    /// How they choose.
    pub chooser: Chooser,
    /// How a drug acts on them.
    pub seeker: Seeker,
}

impl Default for Inside {
    /// A healthy person, whose body decides what a dose is worth and does not change with it.
    fn default() -> Self {
        Self { chooser: Chooser::default(), seeker: Seeker { regulated: 1.0, ..Seeker::default() } }
    }
}

/// What patches make of a person: what is in them, and what is done to the chain.
///
/// # Errors
/// Where a patch cannot be read or leads a parameter out of its domain.
pub fn made(patches: &[String], of: &Inside) -> Result<(Inside, Vec<Patch>)> {
    let all = patches.iter().map(|p| Patch::parse(p)).collect::<Result<Vec<_>>>()?;
    let chooser = Patched::new(of.chooser.clone(), "chooser", "", &all)?.at(0.0)?.clone();
    let seeker = Patched::new(of.seeker.clone(), "seeker", "", &all)?.at(0.0)?.clone();
    let chain = all.into_iter().filter(|p| !["chooser", "seeker"].contains(&p.stage())).collect();
    Ok((Inside { chooser, seeker }, chain))
}

impl Treatment {
    /// What it does at a dose: to what is in the person, to the chain, and drugs.
    ///
    /// # Errors
    /// Where a patch cannot be read.
    pub fn acts(&self, dose: f64, person: &Inside) -> Result<(Inside, Acts)> {
        let patches: Vec<String> = self.patches.iter().map(|p| p.replace("{dose}", &dose.to_string())).collect();
        let (inside, patches) = made(&patches, person)?;
        let taken = |name: &String| Taken { drug: name.clone(), dose, only: self.only.clone() };
        let drugs = self.drug.iter().map(taken).collect();
        Ok((inside, Acts { patches, drugs }))
    }
}
