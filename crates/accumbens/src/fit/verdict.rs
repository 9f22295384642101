//! Says in one plain sentence what was found, which may be "none of these".

use super::ranking::{NULL, Ranked};
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
    /// Protected exceedance of 0.95 or more, of the theory and of its family.
    Decisive,
    /// A theory leads and is not alone.
    Leading,
    /// No theory is clearly better than the nulls.
    None,
}

/// Protected exceedance from which an answer is called decisive.
const DECISIVE: f64 = 0.95;
/// A winner that explains less than this part of what could be explained leaves most of the data open.
const LITTLE: f64 = 0.25;

/// Judges a ranking (best first) and the group's selection.
#[must_use]
pub fn judge(ranking: &[Ranked], selection: &Selection) -> Verdict {
    let family = |name: &str| selection.families.iter().find(|f| f.name == name).map_or(0.0, |f| f.protected);
    // The best family first, so that variants do not vote against one another; then its most frequent member.
    let key = |r: &Ranked| (family(&r.family), r.frequency);
    let theories = ranking.iter().filter(|r| r.family != NULL);
    let best = theories.max_by(|a, b| key(a).partial_cmp(&key(b)).unwrap_or(std::cmp::Ordering::Equal));
    let subjects = selection.attribution.len();
    let mut caveats = Vec::new();
    let Some(best) = best else {
        let sentence = "Only null theories were compared, so nothing can be said about dopamine.".into();
        return Verdict { winner: None, strength: Strength::None, sentence, caveats };
    };
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
        let few = if subjects == 1 { "1 subject".into() } else { format!("{subjects} subjects") };
        caveats.push(format!("{few}: a statement about these animals more than about animals"));
    }
    let (p, p_family) = (best.protected, family(&best.family));
    let against = best.ahead.map(|[ahead, error]| {
        let error = if error.is_finite() { format!(" ± {error:.1}") } else { String::new() };
        format!("{ahead:+.1}{error} nats against the best null")
    });
    let against = against.unwrap_or_default();
    // Clearly better: ahead by two standard errors over subjects; of a single subject the sum itself must do.
    let clear = best.ahead.is_none_or(|[ahead, error]| ahead > 0.0 && (error.is_nan() || ahead > 2.0 * error));
    if !clear || best.gain_negative * 2 > subjects {
        let sentence = format!(
            "None of these: no theory predicts the held-out responses clearly better than the nulls (null \
             theories, or offsets alone; {} comes closest, {against}, protected exceedance {p:.2}).",
            best.label
        );
        return Verdict { winner: None, strength: Strength::None, sentence, caveats };
    }
    let (strength, words) = if p >= DECISIVE && p_family >= DECISIVE {
        (Strength::Decisive, "explains these recordings best".to_owned())
    } else if p_family >= DECISIVE {
        let words = format!("leads, and its family ({}) is decided ({p_family:.2}), but not the member", best.family);
        (Strength::Leading, words)
    } else {
        (Strength::Leading, "leads, but these recordings do not decide".to_owned())
    };
    let over = if subjects == 1 { "1 subject".into() } else { format!("{subjects} subjects") };
    let sentence = format!("{} {words}: protected exceedance probability {p:.2} over {over}, {against}.", best.label);
    Verdict { winner: Some(best.label.clone()), strength, sentence, caveats }
}
