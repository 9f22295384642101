//! Says in a few sentences which model explains choices, how groups differ, and what recovery says of both.

use super::result::{Compared, Difference};
use super::verdict::DECISIVE;
use accumbens_core::counted;

impl Compared {
    /// The answer in a few sentences.
    pub(super) fn sentences(&self) -> String {
        let concerns: String = self.concerns.iter().map(|c| format!("To look at: {}. ", c.text)).collect();
        [concerns, self.which(), self.groups_differ(), self.found_again()].concat()
    }

    /// Which model, and how sure that is.
    fn which(&self) -> String {
        let Some(best) = self.models.first() else { return String::new() };
        let (v, n) = (&self.verdict, self.selection.attribution.len());
        let Some(next) = self.models.get(1) else {
            return format!("{} was the only model (pseudo-R² {:.2}).", best.model, best.pseudo_r2);
        };
        let error = v.ahead_error.map_or_else(String::new, |e| format!(" ± {e:.1}"));
        let ahead = format!(
            "{:+.1}{error} nats against {}, ahead of it in {} of {n} subjects; pseudo-R² {:.2}",
            v.ahead.unwrap_or(f64::NAN),
            next.model,
            v.ahead_in,
            best.pseudo_r2
        );
        if n == 1 {
            let sure = format!("posterior probability {:.2}, {ahead}", v.probability);
            return if v.decided {
                format!(
                    "{} explains this subject's choices best ({sure}); one subject says nothing of others.",
                    best.model
                )
            } else {
                format!("No decision: {} leads in this one subject ({sure}).", best.model)
            };
        }
        let sure = format!("protected exceedance probability {:.2}, {ahead}", v.probability);
        if v.decided {
            let null = if best.family == "null" { "; it is a null: no model that learns does better" } else { "" };
            return format!("{} explains these choices best ({sure}){null}.", best.model);
        }
        let family = v.family.as_ref().map_or_else(String::new, |f| format!(" Its family is decided: {f}."));
        let ceiling = if v.ceiling < DECISIVE {
            format!(
                " {n} subjects and {} models cannot decide: were all of one mind it would be {:.2}.",
                self.models.len(),
                v.ceiling
            )
        } else {
            String::new()
        };
        format!("No decision: {} leads ({sure}).{family}{ceiling}", best.model)
    }

    /// How groups differ in the parameters of the leader, as far as that can be read.
    fn groups_differ(&self) -> String {
        let Some(best) = self.models.first().filter(|m| !m.differences.is_empty()) else { return String::new() };
        let seen = best.differences.iter().filter(|d| d.low > 0.0 || d.high < 0.0);
        let (read, unread): (Vec<&Difference>, Vec<&Difference>) =
            seen.partition(|d| d.recovery.as_ref().is_none_or(|r| r.readable));
        let of = |d: &&Difference| format!("{} is {} in {} than in {}", d.parameter, side(d), d.group, d.against);
        let mut said = if read.is_empty() {
            " Its parameters do not differ measurably between groups.".to_owned()
        } else {
            format!(" {}.", read.iter().map(of).collect::<Vec<_>>().join("; "))
        };
        if !unread.is_empty() {
            let names: Vec<String> =
                unread.iter().map(|d| format!("{} ({} against {})", d.parameter, d.group, d.against)).collect();
            said += &format!(" Not to be read, by recovery: {}.", names.join(", "));
        }
        if self.confusion.is_empty() {
            said += " Recovery was not run.";
        }
        said
    }

    /// What recovery says of the verdict itself.
    fn found_again(&self) -> String {
        let own = self.confusion.iter().map(|c| (c, c.own()));
        let Some((worst, own)) = own.min_by(|a, b| a.1.share.total_cmp(&b.1.share)) else { return String::new() };
        let best = &self.confusion[0];
        let mut said = format!(
            " Of {} made by {} the verdict would name it in {}.",
            counted(best.studies, "simulated study"),
            best.truth,
            best.own().percent()
        );
        if worst.truth != best.truth {
            said += &format!(" Worst recovered: {}, named in {} of its own.", worst.truth, own.percent());
        }
        let others = self.confusion.iter().filter(|c| c.truth != best.truth);
        let wrong = others.filter_map(|c| c.named.iter().find(|n| n.model == best.truth).map(|n| (c, n.share)));
        if let Some((from, share)) = wrong.max_by(|a, b| a.1.share.total_cmp(&b.1.share)).filter(|w| w.1.share > 0.0) {
            said +=
                &format!(" {} is named by mistake in up to {} (data of {}).", best.truth, share.percent(), from.truth);
        }
        said
    }
}

/// Which way a difference goes.
#[must_use]
pub fn side(d: &Difference) -> &'static str {
    if d.difference > 0.0 { "higher" } else { "lower" }
}
