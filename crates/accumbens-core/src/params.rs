//! Makes the parameter table of a theory: names, defaults, domains, priors, units, docs and the flat vector a fit sees.

use crate::error::{Error, Result};
use serde::Serialize;

/// What values a parameter may take.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Domain {
    /// A real number in the closed interval.
    Real {
        /// The least value.
        min: f64,
        /// The greatest value.
        max: f64,
    },
    /// A finite number above zero.
    Positive,
    /// A whole number in the closed interval.
    Count {
        /// The least value.
        min: u32,
        /// The greatest value.
        max: u32,
    },
    /// One of these words; the value is the word's place.
    Choice(&'static [&'static str]),
    /// Yes (1) or no (0).
    Flag,
}

impl Domain {
    /// A rate or probability, from 0 to 1.
    pub const UNIT: Self = Self::Real { min: 0.0, max: 1.0 };
    /// Any finite number.
    pub const ANY: Self = Self::Real { min: -f64::MAX, max: f64::MAX };
    /// Any finite number from 0 on.
    pub const NOT_NEGATIVE: Self = Self::Real { min: 0.0, max: f64::MAX };

    /// Whether `value` lies in the domain.
    #[must_use]
    pub fn holds(&self, value: f64) -> bool {
        match *self {
            Self::Real { min, max } => value.is_finite() && (min..=max).contains(&value),
            Self::Positive => value.is_finite() && value > 0.0,
            Self::Count { min, max } => value.fract() == 0.0 && (f64::from(min)..=f64::from(max)).contains(&value),
            Self::Choice(words) => value.fract() == 0.0 && value >= 0.0 && (value as usize) < words.len(),
            Self::Flag => value == 0.0 || value == 1.0,
        }
    }

    /// The domain in words.
    #[must_use]
    pub fn words(&self) -> String {
        match *self {
            Self::Real { min, max } if min == -f64::MAX && max == f64::MAX => "a finite number".into(),
            Self::Real { min, max } if max == f64::MAX => format!("{min} or more"),
            Self::Real { min, max } => format!("{min} to {max}"),
            Self::Positive => "above 0".into(),
            Self::Count { min, max } => format!("a whole number, {min} to {max}"),
            Self::Choice(words) => words.join(", "),
            Self::Flag => "yes or no".into(),
        }
    }

    fn parse(&self, text: &str) -> Option<f64> {
        match *self {
            Self::Choice(words) => words.iter().position(|w| *w == text).map(|i| i as f64),
            Self::Flag => match text {
                "yes" | "true" | "1" => Some(1.0),
                "no" | "false" | "0" => Some(0.0),
                _ => None,
            },
            _ => text.parse().ok(),
        }
    }
}

/// The prior of a fitted parameter: normal after a transformation, with `z` its standard score.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Prior {
    /// It is itself normal: for what may be on either side of 0.
    Normal {
        /// Mean.
        mean: f64,
        /// Standard deviation.
        sd: f64,
    },
    /// The logarithm is normal: for times and other scales.
    LogNormal {
        /// Median.
        median: f64,
        /// Standard deviation of the natural logarithm.
        sd: f64,
    },
    /// The log-odds are normal: for rates and probabilities.
    LogitNormal {
        /// Median.
        median: f64,
        /// Standard deviation of the log-odds.
        sd: f64,
    },
}

impl Prior {
    /// The parameter's value at standard score `z`.
    #[must_use]
    pub fn value(&self, z: f64) -> f64 {
        match *self {
            Self::Normal { mean, sd } => mean + sd * z,
            Self::LogNormal { median, sd } => (median.ln() + sd * z).exp(),
            Self::LogitNormal { median, sd } => 1.0 / (1.0 + (-((median / (1.0 - median)).ln() + sd * z)).exp()),
        }
    }

    /// The prior in words.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::Normal { mean, sd } => format!("normal, mean {mean}, sd {sd}"),
            Self::LogNormal { median, sd } => format!("log-normal, median {median}, sd of log {sd}"),
            Self::LogitNormal { median, sd } => format!("logit-normal, median {median}, sd of logit {sd}"),
        }
    }
}

/// One row of a parameter table.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Parameter {
    /// Its name, as written on the command line.
    pub name: &'static str,
    /// Default; NaN where the parameter is not set by default.
    pub default: f64,
    /// What it may be.
    pub domain: Domain,
    /// Unit; empty for a pure number.
    pub unit: &'static str,
    /// What it means.
    pub doc: &'static str,
    /// Key of the source of its default in `references.bib`; empty where the default is ours.
    pub source: &'static str,
    /// The prior under which it is fitted; not fitted where there is none.
    pub prior: Option<Prior>,
    /// Whether it shapes the state, so that it cannot change while the theory runs.
    pub fixed: bool,
}

impl Parameter {
    /// A pure number with any finite value, not fitted.
    #[must_use]
    pub const fn new(name: &'static str, default: f64, doc: &'static str) -> Self {
        Self { name, default, domain: Domain::ANY, unit: "", doc, source: "", prior: None, fixed: false }
    }

    /// With this domain.
    #[must_use]
    pub const fn domain(mut self, domain: Domain) -> Self {
        self.domain = domain;
        self
    }

    /// With this unit.
    #[must_use]
    pub const fn unit(mut self, unit: &'static str) -> Self {
        self.unit = unit;
        self
    }

    /// With the source of its default.
    #[must_use]
    pub const fn source(mut self, key: &'static str) -> Self {
        self.source = key;
        self
    }

    /// Gives it a normal prior.
    #[must_use]
    pub const fn normal(mut self, mean: f64, sd: f64) -> Self {
        self.prior = Some(Prior::Normal { mean, sd });
        self
    }

    /// Fitted, under a log-normal prior.
    #[must_use]
    pub const fn log_normal(mut self, median: f64, sd: f64) -> Self {
        self.prior = Some(Prior::LogNormal { median, sd });
        self
    }

    /// Fitted, under a logit-normal prior.
    #[must_use]
    pub const fn logit_normal(mut self, median: f64, sd: f64) -> Self {
        self.prior = Some(Prior::LogitNormal { median, sd });
        self
    }

    /// Shaping the state: it cannot change while the theory runs.
    #[must_use]
    pub const fn fixed(mut self) -> Self {
        self.fixed = true;
        self
    }

    /// Whether the parameter may be left unset.
    #[must_use]
    pub fn optional(&self) -> bool {
        self.default.is_nan()
    }

    /// Its value in words.
    #[must_use]
    pub fn show(&self, value: f64) -> String {
        match self.domain {
            _ if value.is_nan() => "unset".into(),
            Domain::Choice(words) => words.get(value as usize).map_or_else(|| value.to_string(), |w| (*w).into()),
            Domain::Flag => if value == 1.0 { "yes" } else { "no" }.into(),
            _ => value.to_string(),
        }
    }

    /// The value that `text` means.
    ///
    /// # Errors
    /// Where it is outside the domain.
    pub fn read(&self, text: &str) -> Result<f64> {
        if self.optional() && text == "unset" {
            return Ok(f64::NAN);
        }
        let value = self.domain.parse(text).filter(|v| self.domain.holds(*v));
        value.ok_or_else(|| Error::input(format!("parameter {}", self.name), format!("{text:?}"), self.domain.words()))
    }

    /// Checks a value.
    ///
    /// # Errors
    /// Where it is outside the domain.
    pub fn check(&self, value: f64) -> Result<f64> {
        if self.domain.holds(value) || (value.is_nan() && self.optional()) {
            return Ok(value);
        }
        Err(Error::input(format!("parameter {}", self.name), value.to_string(), self.domain.words()))
    }
}

/// A table of parameters and the values in it.
pub trait Params {
    /// The table, in the order of the flat vector.
    fn table() -> &'static [Parameter]
    where
        Self: Sized;
    /// The value at a place of the table.
    fn get(&self, place: usize) -> f64;
    /// Writes the value at a place of the table; unchecked.
    fn put(&mut self, place: usize, value: f64);
}

/// The place of a named parameter.
///
/// # Errors
/// Where no parameter has this name; the error lists those that exist.
pub fn place_of(table: &[Parameter], name: &str) -> Result<usize> {
    table.iter().position(|p| p.name == name).ok_or_else(|| {
        let names: Vec<_> = table.iter().map(|p| p.name).collect();
        let names = if names.is_empty() { "none: this theory has no parameters".into() } else { names.join(", ") };
        Error::input("parameter", format!("no parameter is called {name:?}"), names)
    })
}

/// Declares a theory's parameters once: makes the struct, its defaults, its table and its flat vector.
///
/// ```
/// accumbens_core::parameters! {
///     /// A theory of one parameter.
///     pub struct Toy {
///         /// Learning rate.
///         alpha: 0.1 => .domain(accumbens_core::Domain::UNIT);
///     }
/// }
/// use accumbens_core::Params;
/// assert_eq!(Toy::default().alpha, 0.1);
/// assert_eq!(Toy::table()[0].doc, " Learning rate.");
/// ```
#[macro_export]
macro_rules! parameters {
    (
        $(#[doc = $about:literal])+
        pub struct $name:ident {
            $( $(#[doc = $doc:literal])+ $field:ident : $default:expr => $(.$method:ident($($argument:expr),*))* ; )*
        }
        $( told { $( $(#[doc = $told_doc:literal])+ $told:ident : $told_type:ty; )* } )?
    ) => {
        $(#[doc = $about])+
        #[derive(Clone, Debug)]
        #[allow(non_snake_case)]
        pub struct $name {
            $( $(#[doc = $doc])+ pub $field: f64, )*
            $( $( $(#[doc = $told_doc])+ pub $told: $told_type, )* )?
        }
        impl Default for $name {
            fn default() -> Self {
                Self { $( $field: $default, )* $( $( $told: <$told_type>::default(), )* )? }
            }
        }
        impl $crate::Params for $name {
            fn table() -> &'static [$crate::Parameter] {
                const TABLE: &[$crate::Parameter] = &[
                    $( $crate::Parameter::new(stringify!($field), $default, concat!($($doc),+))
                        $(.$method($($argument),*))* ),*
                ];
                TABLE
            }
            #[allow(unused_mut, unused_variables, unused_assignments)]
            fn get(&self, place: usize) -> f64 {
                let fields: &[f64] = &[ $( self.$field ),* ];
                fields[place]
            }
            #[allow(unused_mut, unused_variables, unused_assignments)]
            fn put(&mut self, place: usize, value: f64) {
                let fields: &mut [&mut f64] = &mut [ $( &mut self.$field ),* ];
                *fields[place] = value;
            }
        }
    };
}
