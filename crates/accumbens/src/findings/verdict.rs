//! Decides a test over simulated subjects, with a confidence interval and never by hand.

use super::limits::Test;
use super::spec::{Ask, Measure, Published};
use super::table::{Estimate, Scored, Verdict};
use crate::experiment::Experiment;
use crate::experiment::spec::TrialType;
use crate::fit::statistics;
use accumbens_core::{Error, Result, Role, Topic};
use minijinja::{Environment, Value};
use statrs::distribution::{ContinuousCDF, StudentsT};
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

/// The topics that a measure touches.
pub fn topics(m: &Measure, experiment: &Experiment) -> Result<Vec<Topic>> {
    let kinds = experiment.kinds()?;
    let role = |name: &String| kinds.iter().find(|k| k.name == *name).map(|k| k.role);
    Ok(match m.ask {
        Ask::Response | Ask::Wanting => vec![Topic::Behaviour],
        Ask::Choice | Ask::Taking | Ask::Acting | Ask::Latency => {
            let options = experiment.phases.iter().flat_map(|p| &p.trial_types).flat_map(TrialType::all_choices);
            let mut acts = options.flat_map(|c| &c.options).map(|o| role(o.take.get_ref()));
            let mut topics = vec![Topic::Behaviour];
            topics.extend(acts.any(|r| r == Some(Role::Action)).then_some(Topic::Action));
            topics.extend((m.ask == Ask::Latency).then_some(Topic::Latency));
            topics
        }
        Ask::Dopamine if m.signal.as_deref() == Some("liking") => vec![Topic::Liking],
        Ask::Dopamine if m.window.is_some() => vec![Topic::Moments],
        Ask::Dopamine => match m.event.as_ref().and_then(role) {
            Some(Role::Outcome) => vec![Topic::Outcome],
            Some(Role::Omission(_)) => vec![Topic::Omission],
            Some(Role::Action) => vec![Topic::Action],
            _ => vec![Topic::Cue],
        },
    })
}

/// The mean over subjects with its 95 % confidence interval; `None` where too few are defined.
pub fn estimate(values: &[f64]) -> Option<Estimate> {
    let finite: Vec<f64> = values.iter().copied().filter(|v| v.is_finite()).collect();
    let n = finite.len();
    if n < 2 || 2 * n <= values.len() {
        return None;
    }
    let mean = statistics::mean(&finite);
    let sd = statistics::variance(&finite).sqrt();
    let t = StudentsT::new(0.0, 1.0, n as f64 - 1.0).map_or(f64::INFINITY, |t| t.inverse_cdf(0.975));
    let half = if sd == 0.0 { 0.0 } else { t * sd / (n as f64).sqrt() };
    Some(Estimate { mean, low: mean - half, high: mean + half, sd, n })
}

/// Decides a test from its value in each subject, as it would be in recordings as noisy as the observed ones.
pub fn decide(test: &Test, values: &[f64]) -> Scored {
    let values: Vec<f64> = values.iter().map(|v| test.as_recorded(*v)).collect();
    let (above, below) = (test.above.unwrap_or(f64::NEG_INFINITY), test.below.unwrap_or(f64::INFINITY));
    let Some(e) = estimate(&values) else {
        let reason = "the quantity is not defined for it here".to_owned();
        return Scored { estimate: None, verdict: Verdict::CannotSay, reason };
    };
    let (verdict, reason) = if e.low > above && e.high < below {
        (Verdict::Agrees, String::new())
    } else if e.high <= above || e.low >= below {
        (Verdict::Disagrees, String::new())
    } else {
        (Verdict::CannotSay, "undecided: the confidence interval holds the limit".to_owned())
    };
    Scored { estimate: Some(e), verdict, reason }
}
