//! Says in one plain sentence what was found, which may be "none of these".

use super::compare::Ranked;
use super::selection::Selection;
use serde::Serialize;

/// The answer.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Verdict {
    /// The theory that is named, if any is.
    pub winner: Option<String>,
    /// How sure the answer is.
    pub strength: Strength,
    /// The answer in one sentence.
    pub sentence: String,
    /// What qualifies it.
    pub caveats: Vec<String>,
}

/// How sure the answer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Strength {
    /// Protected exceedance of 0.95 or more.
    Decisive,
    /// A theory leads and is not alone.
    Leading,
    /// No theory beats the nulls.
    None,
}

/// Protected exceedance from which an answer is called decisive.
const DECISIVE: f64 = 0.95;
/// A winner that explains less than this part of what could be explained leaves most of the data open.
const LITTLE: f64 = 0.25;

/// Judges a ranking (best first) and the group's selection over `labels`.
#[must_use]
pub fn judge(ranking: &[Ranked], selection: &Selection, labels: &[String]) -> Verdict {
    let null = ranking.iter().filter(|r| r.family == "null").map(|r| r.held_out).fold(f64::NEG_INFINITY, f64::max);
    let best = ranking.iter().filter(|r| r.family != "null").max_by(|a, b| a.protected.total_cmp(&b.protected));
    let protected = |label: &str| labels.iter().position(|l| l == label).map_or(0.0, |i| selection.protected[i]);
    let subjects = selection.attribution.len();
    let mut caveats = Vec::new();
    let Some(best) = best else {
        let sentence = "Only null theories were compared, so nothing can be said about dopamine.".into();
        return Verdict { winner: None, strength: Strength::None, sentence, caveats };
    };
    let top_null = ranking.iter().filter(|r| r.family == "null").map(|r| protected(&r.label)).fold(0.0, f64::max);
    let ahead = best.held_out - null;
    if best.gain_negative * 2 > subjects {
        caveats.push(format!(
            "{} fits with a negative gain in {} of {subjects} subjects: dopamine would fall where the theory says it rises",
            best.label, best.gain_negative
        ));
    }
    if let (Some(r2), Some(ceiling)) = (best.r2, best.ceiling)
        && ceiling > 0.0
        && r2 / ceiling < LITTLE
    {
        caveats.push(format!(
            "{} explains {:.0} % of the variance where about {:.0} % could be explained: most of it is left open",
            best.label,
            100.0 * r2,
            100.0 * ceiling
        ));
    }
    if subjects < 5 {
        caveats.push(format!("{subjects} subjects: a statement about these animals more than about animals"));
    }
    let p = protected(&best.label);
    let nulls_present = null.is_finite();
    if nulls_present && (ahead <= 0.0 || top_null >= p || best.gain_negative * 2 > subjects) {
        let sentence = format!(
            "None of these: no theory predicts the held-out responses better than the null theories can \
             ({} comes closest, {ahead:+.1} nats against the better null, protected exceedance {p:.2}).",
            best.label
        );
        return Verdict { winner: None, strength: Strength::None, sentence, caveats };
    }
    let winner = Some(best.label.clone());
    let against = if nulls_present { format!(", {ahead:+.1} nats ahead of the better null") } else { String::new() };
    let (strength, sentence) = if p >= DECISIVE {
        let text = format!(
            "{} explains these recordings best: protected exceedance probability {p:.2} over {subjects} subjects{against}.",
            best.label
        );
        (Strength::Decisive, text)
    } else {
        let text = format!(
            "{} leads, but these recordings do not decide: protected exceedance probability {p:.2} over {subjects} \
             subjects{against}.",
            best.label
        );
        (Strength::Leading, text)
    };
    Verdict { winner, strength, sentence, caveats }
}
