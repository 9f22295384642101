//! The expressions of a finding: what is computed of measures, and what is tested.

use super::limits::{Published, Test};
use crate::fit::statistics;
use accumbens_core::{Error, Result};
use minijinja::{Environment, Value};
use std::collections::BTreeMap;

/// A measure of one subject.
pub type Measured = BTreeMap<String, Vec<f64>>;

/// The expressions of a finding, compiled once.
pub struct Expressions {
    environment: Environment<'static>,
}

/// What tests may call.
const FUNCTIONS: &[&str] = &["abs", "mean", "sd", "corr", "ratio"];

fn numbers(value: &Value) -> Vec<f64> {
    match value.try_iter() {
        Ok(items) => items.filter_map(|v| f64::try_from(v).ok()).collect(),
        Err(_) => f64::try_from(value.clone()).into_iter().collect(),
    }
}

impl Expressions {
    /// With the functions that tests may use.
    pub fn new() -> Self {
        let mut environment = Environment::new();
        environment.add_function("abs", |x: f64| x.abs());
        environment.add_function("mean", |x: Value| statistics::mean(&numbers(&x)));
        // One cell does not differ from itself.
        environment.add_function("sd", |x: Value| match numbers(&x)[..] {
            [_] => 0.0,
            ref many => statistics::variance(many).sqrt(),
        });
        environment.add_function("corr", |x: Value, y: Value| statistics::correlation(&numbers(&x), &numbers(&y)));
        environment.add_function("ratio", |x: Value, y: Value| {
            let pairs = numbers(&x).into_iter().zip(numbers(&y));
            pairs.map(|(a, b)| a / b).collect::<Vec<f64>>()
        });
        Self { environment }
    }

    /// The value of an expression of a subject's measures.
    ///
    /// # Errors
    /// Where the expression is not one.
    pub fn evaluate(&self, expression: &str, measured: &Measured) -> Result<f64> {
        let fault = |e: minijinja::Error| Error::input(format!("value = {expression:?}"), e.to_string(), "");
        let compiled = self.environment.compile_expression(expression).map_err(fault)?;
        let value = |v: &Vec<f64>| if let [one] = v[..] { Value::from(one) } else { Value::from(v.clone()) };
        let context: BTreeMap<&str, Value> = measured.iter().map(|(name, v)| (name.as_str(), value(v))).collect();
        match compiled.eval(context) {
            Ok(result) => f64::try_from(result).map_err(fault),
            // Names were checked when the finding was read: what is left is arithmetic without a result, as 0/0.
            Err(e) if e.kind() == minijinja::ErrorKind::InvalidOperation => Ok(f64::NAN),
            Err(e) => Err(fault(e)),
        }
    }

    /// Checks that the measures can be named, and that what tests and published values say is said of them.
    ///
    /// # Errors
    /// Where a measure has the name of something else (`none`, `a-b`), or a value is no expression or of something else.
    pub fn check<'a>(
        &self,
        tests: &[Test],
        published: &[Published],
        names: impl Iterator<Item = &'a String> + Clone,
    ) -> Result<()> {
        let variable = |name: &str| {
            let compiled = self.environment.compile_expression(name).ok();
            compiled.is_some_and(|c| c.undeclared_variables(false).contains(name))
        };
        if let Some(name) = names.clone().find(|n| !variable(n)) {
            let problem = format!("{name:?} cannot stand in an expression");
            return Err(Error::input("measure", problem, "letters, digits and _, no word of the expressions"));
        }
        let values = tests.iter().map(|t| &t.value).chain(published.iter().map(|p| &p.value));
        values.into_iter().try_for_each(|value| self.expression(value, names.clone()))
    }

    /// The measures and functions that stand in an expression.
    ///
    /// # Errors
    /// Where the expression is not one.
    pub fn names(&self, expression: &str) -> Result<Vec<String>> {
        let place = || format!("value = {expression:?}");
        let compiled = self.environment.compile_expression(expression);
        let compiled = compiled.map_err(|e| Error::input(place(), e.to_string(), "an expression of the measures"))?;
        let mut names: Vec<String> = compiled.undeclared_variables(false).into_iter().collect();
        names.sort_unstable();
        Ok(names)
    }

    /// Checks that an expression is one, of these names.
    fn expression<'a>(&self, expression: &str, names: impl Iterator<Item = &'a String> + Clone) -> Result<()> {
        let place = || format!("value = {expression:?}");
        for name in self.names(expression)? {
            if !FUNCTIONS.contains(&name.as_str()) && !names.clone().any(|n| *n == name) {
                let known = names.cloned().chain(FUNCTIONS.iter().map(|f| (*f).to_owned())).collect::<Vec<_>>();
                return Err(Error::input(place(), format!("no measure is called {name:?}"), known.join(", ")));
            }
        }
        Ok(())
    }
}
