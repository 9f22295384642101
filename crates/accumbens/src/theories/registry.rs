//! Lists the theories and their wrappers: one line each.

use super::wrap::{Wrapped, Wrapper};
use super::{precision::Precision, tonic::Tonic};
use accumbens_core::{AnyTheory, Error, Parameter, Params, Result};
use std::sync::{PoisonError, RwLock};

/// A theory of the registry.
struct Entry {
    name: &'static str,
    make: fn() -> Box<dyn AnyTheory>,
    source: &'static str,
}

macro_rules! theories {
    ($($file:ident::$theory:ident),* $(,)?) => {
        const THEORIES: &[Entry] = &[$(Entry {
            name: stringify!($file),
            make: || Box::new(super::$file::$theory::default()),
            source: include_str!(concat!(stringify!($file), ".rs")),
        }),*];
    };
}

theories! {
    rescorla_wagner::RescorlaWagner,
    td_csc::TdCsc,
    td_microstimulus::TdMicrostimulus,
    td_semi_markov::TdSemiMarkov,
    td_belief::TdBelief,
    td_timescales::TdTimescales,
    td_distributional::TdDistributional,
    td_features::TdFeatures,
    td_feedback::TdFeedback,
    td_forgetting::TdForgetting,
    successor::Successor,
    kalman_td::KalmanTd,
    scaled_error::ScaledError,
    pearce_hall::PearceHall,
    hgf::Hgf,
    anccr::Anccr,
    expected_trace::ExpectedTrace,
    delta_p::DeltaP,
    rescorla_contingency::RescorlaContingency,
    gallistel_contingency::GallistelContingency,
    state_value::StateValue,
    incentive_salience::IncentiveSalience,
    dopamine_gate::DopamineGate,
    novelty_bonus::NoveltyBonus,
    perceived_salience::PerceivedSalience,
    threat::Threat,
    action_error::ActionError,
    constant::Constant,
    trend::Trend,
}

type Wrap = fn(Box<dyn AnyTheory>) -> Result<Box<dyn AnyTheory>>;

/// A wrapper of the registry: it turns a theory into another.
struct WrapperEntry {
    name: &'static str,
    wrap: Wrap,
    table: fn() -> &'static [Parameter],
    summary: &'static str,
    papers: &'static [&'static str],
    source: &'static str,
}

macro_rules! wrappers {
    ($($file:ident::$wrapper:ident),* $(,)?) => {
        const WRAPPERS: &[WrapperEntry] = &[$(WrapperEntry {
            name: stringify!($file),
            wrap: |inner| Ok(Box::new(Wrapped::<$wrapper>::new(inner)?)),
            table: <$wrapper as Params>::table,
            summary: <$wrapper as Wrapper>::SUMMARY,
            papers: <$wrapper as Wrapper>::PAPERS,
            source: include_str!(concat!(stringify!($file), ".rs")),
        }),*];
    };
}

wrappers! {
    precision::Precision,
    tonic::Tonic,
}

/// The theories of a comparison where none are named: one or two of each school; the description without theory is always asked too.
pub const COMPARED: &[&str] = &["rescorla_wagner", "td_csc", "td_microstimulus", "anccr"];

/// A theory that a program added to those of the registry.
struct Added {
    theory: Box<dyn AnyTheory>,
    account: String,
}

static ADDED: RwLock<Vec<Added>> = RwLock::new(Vec::new());

/// Adds a theory of one's own to the registry of this process, with its account of itself in Markdown: from now on it is
/// found by its name wherever a theory is asked for. One that was added under the same name before gives way to it.
///
/// # Errors
/// Where accumbens has a theory or wrapper of this name, or the name cannot be written where theories are named.
pub fn add(theory: Box<dyn AnyTheory>, account: &str) -> Result<()> {
    let name = theory.info().name;
    if THEORIES.iter().any(|e| e.name == name) || WRAPPERS.iter().any(|w| w.name == name) {
        return Err(Error::input("theory", format!("{name:?} is a theory of accumbens"), "a name of its own"));
    }
    if name.is_empty() || !name.chars().all(|c| c.is_alphanumeric() || "_-.".contains(c)) {
        return Err(Error::input("theory", format!("the name {name:?}"), "letters, digits, _, - and ."));
    }
    let mut added = ADDED.write().unwrap_or_else(PoisonError::into_inner);
    added.retain(|a| a.theory.info().name != name);
    added.push(Added { theory, account: account.into() });
    Ok(())
}

/// What `look` finds in the added theory of this name.
fn added<T>(name: &str, look: impl Fn(&Added) -> T) -> Option<T> {
    let added = ADDED.read().unwrap_or_else(PoisonError::into_inner);
    added.iter().find(|a| a.theory.info().name == name).map(look)
}

/// The names of all theories, those that were added last.
pub fn names() -> impl Iterator<Item = &'static str> {
    let added = ADDED.read().unwrap_or_else(PoisonError::into_inner);
    let own: Vec<&'static str> = added.iter().map(|a| a.theory.info().name).collect();
    THEORIES.iter().map(|e| e.name).chain(own)
}

/// What is known about a wrapper.
#[derive(Clone, Copy, Debug)]
pub struct WrapperInfo {
    /// Its name, written after a theory's with a `+`.
    pub name: &'static str,
    /// What it says, in one line.
    pub summary: &'static str,
    /// Keys of its papers in `references.bib`.
    pub papers: &'static [&'static str],
    /// Its own parameters.
    pub table: &'static [Parameter],
}

/// All wrappers.
pub fn wrappers() -> impl Iterator<Item = WrapperInfo> {
    WRAPPERS.iter().map(|w| WrapperInfo { name: w.name, summary: w.summary, papers: w.papers, table: (w.table)() })
}

/// The account that a theory or wrapper gives of itself: what it says, its equations and what counts as dopamine; the
/// head of its source file. Empty where none has this name.
#[must_use]
pub fn account(name: &str) -> String {
    if let Some(own) = added(name, |a| a.account.clone()) {
        return own;
    }
    let theory = THEORIES.iter().find(|e| e.name == name).map(|e| e.source);
    let source = theory.or_else(|| WRAPPERS.iter().find(|w| w.name == name).map(|w| w.source)).unwrap_or_default();
    let lines = source.lines().map_while(|l| l.strip_prefix("//!"));
    lines.map(|l| l.strip_prefix(' ').unwrap_or(l)).collect::<Vec<_>>().join("\n")
}

fn plain(name: &str) -> Result<Box<dyn AnyTheory>> {
    let made = THEORIES.iter().find(|e| e.name == name).map(|e| (e.make)());
    made.or_else(|| added(name, |a| a.theory.boxed())).ok_or_else(|| {
        let known = names().collect::<Vec<_>>().join(", ");
        let wrappers = WRAPPERS.iter().map(|w| format!("+{}", w.name)).collect::<Vec<_>>().join(", ");
        Error::input("theory", format!("no theory is called {name:?}"), format!("{known}; with {wrappers} behind it"))
    })
}

/// A theory with its defaults, from `NAME` or `NAME+WRAPPER`.
///
/// # Errors
/// Where no theory or wrapper has this name, or the wrapper does not suit the theory; the error lists what exists.
pub fn by_name(name: &str) -> Result<Box<dyn AnyTheory>> {
    let mut parts = name.split('+').map(str::trim);
    let theory = plain(parts.next().unwrap_or_default())?;
    parts.try_fold(theory, wrapped)
}

/// A theory in the wrapper of this name.
///
/// # Errors
/// Where no wrapper has this name, or it does not suit the theory.
pub fn wrapped(theory: Box<dyn AnyTheory>, wrapper: &str) -> Result<Box<dyn AnyTheory>> {
    match WRAPPERS.iter().find(|w| w.name == wrapper) {
        Some(entry) => (entry.wrap)(theory),
        None => {
            let known = WRAPPERS.iter().map(|w| w.name).collect::<Vec<_>>().join(", ");
            Err(Error::input("theory", format!("nothing called {wrapper:?} goes behind a theory"), known))
        }
    }
}

/// A theory from `NAME`, `NAME+WRAPPER` or either followed by `:parameter=value:parameter=value`.
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
        theory.set_text(name.trim(), value.trim()).map_err(|e| e.within(&theory.name()))?;
    }
    theory.check()?;
    Ok(theory)
}
