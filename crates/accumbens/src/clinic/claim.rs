//! The claim that treatment in one circuit spares what blockade everywhere costs: what each account says of it.

use super::catalogue::Kind;
use super::treat::{RELIEF, Treated, Untreated};
use serde::Serialize;

/// What one account says of "circuit-specific modulation treats without the side effects of blockade".
#[derive(Clone, Debug, Serialize)]
pub struct Claim {
    /// The account.
    pub account: String,
    /// The circuit-specific arm that relieves most for what it costs: relief less cost.
    pub circuit: Option<Chosen>,
    /// The same of those that act everywhere.
    pub broad: Option<Chosen>,
    /// Whether a circuit-specific arm treats at no cost elsewhere.
    pub holds: bool,
    /// Whether one that acts everywhere does.
    pub broad_too: bool,
}

/// An arm, in short.
#[derive(Clone, Debug, Serialize)]
pub struct Chosen {
    /// Treatment and dose.
    pub arm: String,
    /// Mean effect on the symptoms that the account shows.
    pub relief: f64,
    /// What it makes worse elsewhere, summed.
    pub cost: f64,
}

impl Treated {
    /// What each account says of the claim.
    #[must_use]
    pub fn claims(&self) -> Vec<Claim> {
        let one = |account: &Untreated| {
            let of = |kind: Kind| {
                let chosen = account.arms.iter().filter(move |a| a.kind == kind).map(|a| Chosen {
                    arm: format!("{}:{}", a.treatment, a.dose),
                    relief: a.relief(account),
                    cost: a.cost(),
                });
                chosen.filter(|c| c.relief >= RELIEF).collect::<Vec<_>>()
            };
            let best =
                |all: &[Chosen]| all.iter().max_by(|a, b| (a.relief - a.cost).total_cmp(&(b.relief - b.cost))).cloned();
            let (circuit, broad) = (of(Kind::Circuit), of(Kind::Broad));
            Claim {
                account: account.account.clone(),
                holds: circuit.iter().any(|c| c.cost == 0.0),
                broad_too: broad.iter().any(|c| c.cost == 0.0),
                circuit: best(&circuit),
                broad: best(&broad),
            }
        };
        self.accounts.iter().map(one).collect()
    }

    /// The answer in a sentence.
    #[must_use]
    pub fn answer(&self) -> String {
        let claims = self.claims();
        let names = |of: &dyn Fn(&Claim) -> bool| {
            let all: Vec<&str> = claims.iter().filter(|c| of(c)).map(|c| c.account.as_str()).collect();
            if all.is_empty() { "none".to_owned() } else { all.join(", ") }
        };
        format!(
            "That treatment in one circuit relieves {} (by {RELIEF} sd or more) and makes nothing else measurably worse holds \
             under {} of {} accounts ({}); of treatments that act everywhere the same holds under {} ({}).",
            self.disorder.name,
            claims.iter().filter(|c| c.holds).count(),
            claims.len(),
            names(&|c| c.holds),
            claims.iter().filter(|c| c.broad_too).count(),
            names(&|c| c.broad_too),
        )
    }
}
