//! Says how much of the responses' variance any theory could explain.

use super::cohort::Member;
use super::response::sham;
use super::statistics::variance;
use accumbens_core::study::{Study, Subject};

/// Silence between a sham window and the nearest event, s: long enough for a response to have passed.
const CLEAR: f64 = 2.0;
/// Fewer sham windows than this say too little.
const LEAST: usize = 20;

/// 1 − (variance of the statistic where nothing happens) / (variance of the responses that offsets, drift and overlap
/// leave), between 0 and 1; `None` where there is too little silence, or no continuous trace. It compares with the share
/// that a theory's own part explains of the same. Spontaneous dopamine counts as noise, and so does what an animal does
/// in silence but not around events: a theory can pass it, and then silence is the noisier of the two.
#[must_use]
pub fn ceiling(study: &Study, subject: &Subject, member: &Member, left: &[f64]) -> Option<f64> {
    let mut noise = Vec::new();
    let mut least = 0;
    for rule in &study.scoring.0 {
        // Around the mean of each session, which costs each a degree of freedom: a session with one window says nothing.
        let sessions = subject.sessions.iter().map(|s| sham(s, &study.channel, &study.scoring, rule, CLEAR));
        let sessions: Vec<Vec<f64>> = sessions.filter(|s| s.len() > 1).collect();
        let shams: usize = sessions.iter().map(Vec::len).sum();
        let squares = |s: &Vec<f64>| variance(s) * (s.len() - 1) as f64;
        let noise_here = sessions.iter().map(squares).sum::<f64>() / shams.saturating_sub(sessions.len()) as f64;
        let scored = |s: &&super::cohort::Scored| rule.events.contains(&member.log.kinds()[s.response.kind].name);
        let count = member.scored.iter().filter(scored).count();
        if count > 0 {
            least = if noise.is_empty() { shams } else { shams.min(least) };
            noise.push((count as f64, noise_here));
        }
    }
    // Each rule has a noise of its own, as frequent as its events are.
    let all: f64 = noise.iter().map(|(n, _)| n).sum();
    let noise = noise.iter().map(|(n, v)| n * v).sum::<f64>() / all;
    let total = variance(left);
    (least >= LEAST && total > 0.0).then(|| (1.0 - noise / total).clamp(0.0, 1.0))
}
