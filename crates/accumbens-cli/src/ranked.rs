//! Prints a comparison: the ranking, the evidence for it, and what would have been said.

use crate::output;
use accumbens::fit::comparison::{Comparison, Ranked};
use accumbens::fit::recovery::Recovery;
use accumbens::fit::statistics::mean;
use accumbens::report;
use accumbens_core::study::Study;
use accumbens_core::{Result, counted};

/// A value with its standard error over animals; one animal has none.
fn with_error([value, error]: [f64; 2]) -> String {
    if error.is_finite() { format!("{value:.1} ± {error:.1}") } else { format!("{value:.1} (no s.e.)") }
}

pub fn print(study: &Study, comparison: &Comparison) -> Result<()> {
    let members = &comparison.cohort.members;
    let responses: usize = members.iter().map(|m| m.scored.len()).sum();
    output::line(&format!(
        "{}: {}, {}",
        study.title,
        counted(members.len(), "subject"),
        counted(responses, "response")
    ))?;
    output::concerns(&comparison.concerns)?;
    let header =
        ["theory", "evidence", "Δ to best", "left-out", "ΔBIC", "frequency", "exceedance", "R²", "own R²", "opposed"];
    let mut table = output::table(&header);
    comparison.ranking.iter().for_each(|r| {
        table.add_row(row(r));
    });
    output::line(&table.to_string())?;
    output::line(
        "evidence: of all responses, parameters averaged over their priors and what the other animals say, nats;\n\
         Δ to best: ± its standard error over animals; left-out: of each animal under what fits the others best;\n\
         exceedance is protected, in brackets unprotected; own R²: of what offsets, drift and overlap leave;\n\
         opposed: animals in which the light falls where the theory says that it rises; description: means, smooth trends,\n\
         overlap, without any theory",
    )?;
    let without: f64 = comparison.without_dopamine.iter().sum();
    output::line(&format!("offsets, drift and overlap alone, without any dopamine: {without:.1}"))?;
    evidence(comparison)?;
    let chosen = report::choices(study, comparison);
    if let Some(rows) = chosen["rows"].as_array() {
        let mut table = output::table(&["theory", "choices over habit", "mean chance", "weight", "repeats"]);
        let word = |v: &serde_json::Value| v.as_str().unwrap_or_default().to_owned();
        for r in rows {
            let silent = if r["speaks"] == true { "" } else { " (says nothing of behaviour)" };
            let label = format!("{}{silent}", word(&r["label"]));
            let cells = ["over", "chance", "weight", "repeats"].map(|k| word(&r[k]));
            table.add_row(std::iter::once(label).chain(cells));
        }
        output::line(&format!("{} choices, in nats over side biases and repetition alone:", chosen["count"]))?;
        output::line(&table.to_string())?;
    }
    let ceilings: Vec<f64> = comparison.ceilings.iter().copied().flatten().collect();
    if !ceilings.is_empty() {
        output::line(&format!("noise ceiling of own R²: about {:.2}", mean(&ceilings)))?;
    }
    for family in &comparison.selection.families {
        output::line(&format!(
            "family {}: frequency {:.2}, protected exceedance {:.2}",
            family.name, family.frequency, family.protected
        ))?;
    }
    for theory in comparison.theories.iter().filter(|t| !t.told.is_empty()) {
        output::line(&format!("{} was told: {}", theory.label, theory.told.join("; ")))?;
    }
    for theory in comparison.theories.iter().filter(|t| t.failed_points > 0) {
        output::line(&format!(
            "{} could not go on with {} of {} points of its parameters (its dopamine was no finite number, or beyond 1e12); they count as the worst",
            theory.label, theory.failed_points, theory.tried_points
        ))?;
    }
    if let Some(recovery) = &comparison.recovery {
        recovered(recovery)?;
    }
    output::line(&format!("\n{}", comparison.verdict.sentence))?;
    comparison.verdict.caveats.iter().try_for_each(|c| output::line(&format!("- {c}.")))
}

fn row(r: &Ranked) -> [String; 10] {
    let truth = if r.truth { " (the truth)" } else { "" };
    let one = if r.one_with.is_empty() { String::new() } else { format!(" = {}", r.one_with.join(" = ")) };
    let number = |x: f64, digits: usize| if x.is_finite() { format!("{x:.digits$}") } else { "–".into() };
    [
        format!("{}{one}{truth}", r.label),
        number(r.held_out, 1),
        with_error(r.difference),
        number(r.left_out, 1),
        number(r.delta_bic, 1),
        number(r.frequency, 2),
        format!("{:.2} ({:.2})", r.protected, r.exceedance),
        number(r.r2, 2),
        number(r.r2_own, 2),
        r.opposed.to_string(),
    ]
}

/// The nearest theory against the description and against the next, and how far exceedance can go.
fn evidence(comparison: &Comparison) -> Result<()> {
    let verdict = &comparison.verdict;
    for against in verdict.against_description.iter().chain(&verdict.against_next) {
        let new = against.new_animal.map_or_else(
            || "one animal has no error over animals".to_owned(),
            |p| {
                format!(
                    "spread between animals {:.1}, P(better in a new animal) {p:.2}",
                    against.heterogeneity.unwrap_or(f64::NAN)
                )
            },
        );
        output::line(&format!("{} against {}: {}; {new}", against.account, against.other, against.words()))?;
    }
    let (animals, accounts) = (comparison.described.len(), comparison.selection.frequency.len());
    output::line(&format!(
        "with {} and {} protected exceedance reaches {:.2} at most",
        counted(animals, "animal"),
        counted(accounts, "account"),
        comparison.selection.ceiling
    ))
}

/// What would have been said under each truth.
fn recovered(recovery: &Recovery) -> Result<()> {
    let share = |count: usize, of: usize| {
        let error = 100.0 * Recovery::standard_error(count, of);
        format!("{:.0} % (± {error:.0}) of {of}", 100.0 * count as f64 / of.max(1) as f64)
    };
    let [named, of] = recovery.named();
    let ([wrong, all], [decided, _]) = (recovery.wrong(), recovery.wrongly_decided());
    output::line(&format!(
        "recovery, each truth at its fitted size: the theory that made the data was named in {}; another was named in {}, \
         decisively in {decided}",
        share(named, of),
        share(wrong, all)
    ))?;
    let mut header = vec!["truth", "own R²"];
    header.extend(recovery.answers.iter().map(String::as_str));
    let mut table = output::table(&header);
    for (t, truth) in recovery.truths.iter().enumerate() {
        let size = format!("{:.2}", recovery.sizes[t]);
        let said = |(n, d): (&usize, &usize)| if *d > 0 { format!("{n} ({d} decisive)") } else { n.to_string() };
        let cells = recovery.said[t].iter().zip(&recovery.decided[t]).map(said);
        table.add_row([truth.clone(), size].into_iter().chain(cells));
    }
    output::line(&format!("what would be said of {} that each made:", counted(recovery.studies, "study")))?;
    output::line(&table.to_string())
}
