//! Decides a test over simulated subjects, with a confidence interval and never by hand.

use super::answer::{Estimate, Scored, Verdict};
use super::limits::Test;
use super::spec::{Ask, Measure};
use crate::experiment::Experiment;
use crate::experiment::spec::TrialType;
use crate::fit::statistics;
use accumbens_core::{Result, Role, Topic};
use statrs::distribution::{ContinuousCDF, StudentsT};

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
