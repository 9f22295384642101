//! The page of a plan of treatment: relief against cost, dose by dose, and what holds under which accounts.

use super::catalogue::Kind;
use super::treat::{Arm, Effect, Estimate, Treated, Untreated};
use crate::report::page::{Page, short, shorts};
use accumbens_core::Result;
use serde_json::{Value, json};

const MODEL: &str = "A model of accounts, not of patients, and no medical advice: people here are rules for learning, choice and \
                     vigour whose dopamine is that of a simulated projection. Effects are differences between the same simulated \
                     people with and without, in standard deviations of healthy ones, with 95% intervals over people; above 0 is \
                     better. How far people differ, and sizes that no source gives, are ours.";

/// The page as HTML.
///
/// # Errors
/// Where it cannot be filled.
pub fn html(treated: &Treated, command: &str) -> Result<String> {
    let facts = vec![
        ("accounts".into(), treated.accounts.len().to_string()),
        ("arms".into(), treated.accounts.first().map_or(0, |a| a.arms.len()).to_string()),
        ("people".into(), treated.people.to_string()),
    ];
    let mut sections = vec![answer(treated), untreated(treated), pareto(treated), holds(treated)];
    sections.extend(treated.accounts.iter().enumerate().map(|(i, a)| doses(i, a)));
    sections.push(reached(treated));
    let title = format!("{}: what treatments mend, and what they cost", treated.disorder.name);
    let eyebrow = "accumbens · the clinic".into();
    Page { eyebrow, title, lead: MODEL.into(), facts, sections, command: command.into() }.html()
}

/// An estimate in a cell.
#[must_use]
pub fn cell(e: &Estimate) -> String {
    format!("{:+.2} ({:+.2} to {:+.2})", e.mean, e.low, e.high)
}

fn answer(treated: &Treated) -> Value {
    let arm = |c: &Option<super::Chosen>| {
        c.as_ref().map_or_else(|| "–".into(), |c| format!("{}: relief {:.2}, cost {:.2}", c.arm, c.relief, c.cost))
    };
    let yes = |b: bool| if b { "yes" } else { "no" };
    let rows: Vec<Vec<String>> = (treated.claims().iter())
        .map(|c| vec![c.account.clone(), arm(&c.circuit), arm(&c.broad), yes(c.holds).into(), yes(c.broad_too).into()])
        .collect();
    let header = ["account", "best in one circuit", "best everywhere", "circuit at no cost", "everywhere at no cost"];
    json!({
        "heading": "Does treatment in one circuit spare what blockade everywhere costs?",
        "text": treated.answer(), "tables": [{ "header": header, "rows": rows }],
    })
}

fn untreated(treated: &Treated) -> Value {
    let mut header = vec!["account".to_owned(), "what it says".into()];
    let symptoms = |a: &Untreated| a.against_healthy.iter().filter(|e| e.symptom).cloned().collect::<Vec<Effect>>();
    header.extend(treated.accounts.first().into_iter().flat_map(symptoms).map(|e| e.measure.to_owned()));
    let rows: Vec<Vec<String>> = (treated.accounts.iter())
        .map(|a| {
            let mut row = vec![a.account.clone(), a.says.clone()];
            row.extend(symptoms(a).iter().map(|e| cell(&e.effect)));
            row
        })
        .collect();
    json!({
        "heading": "Untreated, against healthy people",
        "text": "Below 0 the account shows the symptom. An account that does not show one cannot say what relieves it.",
        "tables": [{ "header": header, "rows": rows }],
    })
}

/// The arms of an account, treatment by treatment.
fn by_treatment(account: &Untreated) -> Vec<(&str, Vec<&Arm>)> {
    let mut all: Vec<(&str, Vec<&Arm>)> = Vec::new();
    for arm in &account.arms {
        match all.last_mut().filter(|(name, _)| *name == arm.treatment) {
            Some((_, arms)) => arms.push(arm),
            None => all.push((&arm.treatment, vec![arm])),
        }
    }
    all
}

fn pareto(treated: &Treated) -> Value {
    let figure = |(i, account): (usize, &Untreated)| {
        let series: Vec<Value> = (by_treatment(account).iter())
            .map(|(name, arms)| {
                let cost: Vec<f64> = arms.iter().map(|a| a.cost()).collect();
                let relief: Vec<f64> = arms.iter().map(|a| a.relief(account)).collect();
                let label: Vec<String> = arms.iter().map(|a| a.dose.to_string()).collect();
                let open = arms.iter().any(|a| a.kind == Kind::Circuit);
                json!({ "name": name, "x": shorts(&cost), "y": shorts(&relief), "label": label, "open": open })
            })
            .collect();
        json!({
            "id": format!("fig-pareto-{i}"), "kind": "dots", "height": 340, "x": "cost elsewhere (sd, summed)",
            "y": "relief of symptoms (sd)", "series": series, "caption": account.account,
        })
    };
    let figures: Vec<Value> = treated.accounts.iter().enumerate().map(figure).collect();
    json!({
        "heading": "Relief against cost",
        "text": "Each point is a dose: up is relief of the symptoms that the account shows, right is what gets worse elsewhere. \
                 Squares act everywhere or on what is lived and chosen, circles in one circuit. The best are at the upper left.",
        "figures": figures,
    })
}

fn holds(treated: &Treated) -> Value {
    let some = |names: &[String]| if names.is_empty() { "–".to_owned() } else { names.join(", ") };
    let verdict = |c: &super::treat::Conclusion| match (c.better.len(), c.worse.len(), c.neither.len()) {
        (_, 0, 0) => "better under every account",
        (0, _, 0) => "worse under every account",
        (0, 0, _) => "nothing under any",
        (0, ..) => "worse under some",
        (_, 0, _) => "better under some",
        _ => "the accounts disagree",
    };
    let rows: Vec<Vec<String>> = (treated.conclusions.iter())
        .map(|c| {
            let arm = format!("{}:{}", c.treatment, c.dose);
            vec![arm, c.measure.clone(), verdict(c).into(), some(&c.better), some(&c.worse)]
        })
        .collect();
    json!({
        "heading": "What holds under which accounts",
        "tables": [{ "header": ["treatment", "symptom", "verdict", "better under", "worse under"], "rows": rows }],
    })
}

fn doses(i: usize, account: &Untreated) -> Value {
    let figures: Vec<Value> = (by_treatment(account).into_iter().enumerate())
        .filter_map(|(j, (name, arms))| {
            let doses: Vec<f64> = arms.iter().map(|a| a.dose).collect();
            let moved = |k: &usize| arms.iter().any(|a| a.effects[*k].effect.sign() != 0);
            let series: Vec<Value> = (0..arms.first()?.effects.len())
                .filter(moved)
                .map(|k| {
                    let of = |get: fn(&Estimate) -> f64| {
                        arms.iter().map(|a| short(get(&a.effects[k].effect))).collect::<Vec<_>>()
                    };
                    let effect = &arms[0].effects[k];
                    let name = if effect.symptom { format!("{} (symptom)", effect.measure) } else { effect.measure.into() };
                    json!({ "name": name, "x": shorts(&doses), "y": of(|e| e.mean), "low": of(|e| e.low), "high": of(|e| e.high) })
                })
                .collect();
            (!series.is_empty()).then(|| {
                json!({
                    "id": format!("fig-dose-{i}-{j}"), "kind": "band", "height": 260,
                    "x": format!("{name} ({})", arms[0].unit), "y": "effect (sd)", "series": series, "caption": name,
                })
            })
        })
        .collect();
    json!({
        "heading": format!("Dose by dose: {}", account.account),
        "text": "Measures that move at some dose; above 0 is better.", "figures": figures,
    })
}

fn reached(treated: &Treated) -> Value {
    let mut rows: Vec<Vec<String>> = Vec::new();
    let mut push = |who: &str, reach: &[super::Reach]| {
        for (projection, r) in super::treat::PROJECTIONS.iter().zip(reach) {
            let numbers = [r.dopamine, r.d1, r.d2, r.burst, r.dip].map(|x| format!("{x:.3}"));
            rows.push([who.to_owned(), (*projection).into()].into_iter().chain(numbers).collect());
        }
    };
    push("healthy", &treated.healthy);
    for account in &treated.accounts {
        push(&account.account, &account.reach);
        for arm in &account.arms {
            push(&format!("{} + {}:{}", account.account, arm.treatment, arm.dose), &arm.reach);
        }
    }
    json!({
        "heading": "What reaches receptors",
        "text": "Dopamine at rest (nM), activity of D1 and D2 at rest, and their change at a burst and at a pause.",
        "tables": [{ "header": ["who", "projection", "dopamine", "D1", "D2", "burst at D1", "dip at D2"], "rows": rows }],
    })
}

/// The page of findings of the clinic: every finding with its tests, account by account.
///
/// # Errors
/// Where it cannot be filled.
pub fn findings(asked: &super::findings::Asked, command: &str) -> Result<String> {
    let mut names: Vec<&str> = asked.cells.iter().map(|c| c.finding.as_str()).collect();
    names.dedup();
    let facts = vec![
        ("findings".into(), names.len().to_string()),
        ("subjects".into(), asked.subjects.to_string()),
        ("cells".into(), asked.cells.len().to_string()),
    ];
    let sections = names.iter().map(|name| finding(asked, name)).collect::<Result<Vec<_>>>()?;
    let lead = "What studies of the clinic found, and what each account says of the same. Every verdict is computed over \
                simulated subjects; accounts are no patients, and this is no medical advice.";
    let (eyebrow, title) = ("accumbens · the clinic".into(), "Findings of the clinic".into());
    Page { eyebrow, title, lead: lead.into(), facts, sections, command: command.into() }.html()
}

fn finding(asked: &super::findings::Asked, name: &str) -> Result<Value> {
    use crate::findings::short as number;
    let of = super::findings::by_name(name)?;
    let mut header = vec!["account".to_owned(), "verdict".into()];
    header.extend(of.test.iter().map(|t| {
        let limits = [t.above.map(|a| format!("> {a}")), t.below.map(|b| format!("< {b}"))];
        format!("{} ({})", t.says, limits.into_iter().flatten().collect::<Vec<_>>().join(", "))
    }));
    let rows: Vec<Vec<String>> = (asked.cells.iter().filter(|c| c.finding == name))
        .map(|c| {
            let tests = c.tests.iter().map(|t| match t.estimate {
                Some(e) => format!("{} ({} to {})", number(e.mean), number(e.low), number(e.high)),
                None => "–".into(),
            });
            let prediction = if c.confronted { "" } else { " (a prediction)" };
            let verdict = format!("{}{prediction}", c.verdict.words());
            [c.account.clone(), verdict].into_iter().chain(tests).collect()
        })
        .collect();
    let note = if of.note.is_empty() { String::new() } else { format!(" {}", of.note) };
    let text = format!("{} [{}]{note}", of.observed, of.source.join(", "));
    Ok(json!({ "heading": of.title, "text": text, "tables": [{ "header": header, "rows": rows }] }))
}
