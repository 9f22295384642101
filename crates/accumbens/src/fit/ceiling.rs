//! Says how much of the responses' variance any theory could explain.

use super::cohort::Member;
use super::response::sham;
use super::statistics::{mean, variance};
use accumbens_core::study::{Study, Subject};

/// Silence between a sham window and the nearest event, s: long enough for a response to have passed.
const CLEAR: f64 = 2.0;
/// Fewer sham windows than this say too little.
const LEAST: usize = 20;

/// 1 − (variance of the statistic where nothing happens) / (variance of the responses), between 0 and 1; `None` where
/// there is too little silence, or no continuous trace. Spontaneous dopamine counts as noise, so a theory that knows
/// more than events could pass it.
#[must_use]
pub fn ceiling(study: &Study, subject: &Subject, member: &Member) -> Option<f64> {
    let of_session = |s| sham(s, &study.channel, &study.scoring, CLEAR);
    let shams: Vec<f64> = subject
        .sessions
        .iter()
        .flat_map(|s| {
            let values = of_session(s);
            let m = mean(&values);
            values.into_iter().map(move |v| v - m)
        })
        .collect();
    let noise = variance(&shams);
    let total = variance(&member.values());
    (shams.len() >= LEAST && total > 0.0).then(|| (1.0 - noise / total).clamp(0.0, 1.0))
}
