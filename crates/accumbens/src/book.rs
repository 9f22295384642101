//! Writes the pages of the book from the registry: one a theory, one a finding, and the table of contents.

use crate::experiment::Experiment;
use crate::findings::{self, Cell, Finding, Table, Test, Verdict, catalogue, confronted, short, timeline};
use crate::theories;
use accumbens_core::{AnyTheory, EventKind, Parameter, Result, Topic, cite};
use std::fmt::Write;

/// A page: its path under the book's sources, and its text.
pub type Page = (String, String);

fn references(keys: &[&str]) -> Result<String> {
    let mut out = String::new();
    for key in keys {
        let reference = cite::reference(key)?;
        let link = if reference.link.is_empty() { String::new() } else { format!(" <{}>", reference.link) };
        let _ = writeln!(out, "- [{}] {}{link}", reference.key, reference.text);
    }
    Ok(out)
}

fn parameters(table: &[Parameter]) -> String {
    if table.is_empty() {
        return "It has no parameters.\n".into();
    }
    let mut out = String::new();
    for p in table {
        let unit = if p.unit.is_empty() { String::new() } else { format!(" {}", p.unit) };
        let fitted = p.prior.map(|p| format!(" Fitted: {}.", p.words())).unwrap_or_default();
        let fixed = if p.fixed { " It shapes the state and cannot change in a life." } else { "" };
        let source = if p.source.is_empty() { "ours" } else { p.source };
        let meaning = p.doc.split_whitespace().collect::<Vec<_>>().join(" ");
        let (name, usual, domain) = (p.name, p.show(p.default), p.domain.words());
        let _ = writeln!(out, "- **`{name}`** = {usual}{unit} ({domain}; {source}). {meaning}{fitted}{fixed}");
    }
    out
}

fn channels(theory: &dyn AnyTheory) -> String {
    let kinds = [EventKind::cue("cue"), EventKind::outcome("outcome")];
    let all = theory.channels(&kinds);
    let mut out = String::from(
        "Its channels, on a log of one cue and one outcome:\n\n| channel | signal | unit | |\n|---|---|---|---|\n",
    );
    for c in &all {
        let what = if c.dopamine { "dopamine" } else { "not dopamine" };
        let _ = writeln!(out, "| {} | {} | {} | {what} |", c.name, c.signal, c.unit);
    }
    out
}

fn said(table: &Table, label: &str) -> Result<String> {
    let Some(place) = table.theories.iter().position(|t| t == label) else { return Ok(String::new()) };
    let theory = theories::parse(label)?;
    let mut out = String::new();
    for verdict in [Verdict::Agrees, Verdict::Disagrees, Verdict::CannotSay] {
        let cells: Vec<&Cell> =
            (0..table.findings.len()).map(|f| table.cell(f, place)).filter(|c| c.verdict == verdict).collect();
        let _ = writeln!(out, "### {} with {}\n", heading(verdict), cells.len());
        for cell in cells {
            let finding = catalogue::by_name(&cell.finding)?;
            let values = cell.tests.iter().zip(&finding.test).filter_map(|(s, t)| Some(value(t, s.estimate?)));
            let values = values.collect::<Vec<_>>().join("; ");
            let new = verdict != Verdict::CannotSay && !confronted(&finding, theory.as_ref());
            let mark = if new { " *A prediction: the literature has not confronted it with this.*" } else { "" };
            let opposite = cell.prior.as_ref().is_some_and(|p| p.contradicts);
            let over = if opposite { " *Most of its prior says the opposite.*" } else { "" };
            let grade = finding.evidence.word();
            let reason = if cell.reason.is_empty() { String::new() } else { format!(" ({})", cell.reason) };
            let _ = writeln!(
                out,
                "- [{}](../findings/{}.md) ({grade}){reason}: {values}{over}{mark}",
                finding.title, cell.finding
            );
        }
        out.push('\n');
    }
    Ok(out)
}

fn heading(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Agrees => "It agrees",
        Verdict::Disagrees => "It disagrees",
        Verdict::CannotSay => "Nothing can be said",
    }
}

fn value(test: &Test, e: findings::Estimate) -> String {
    format!("{} {} ({} to {})", test.says, short(e.mean), short(e.low), short(e.high))
}

fn told(theory: &dyn AnyTheory) -> &'static str {
    let kinds = vec![EventKind::cue("cue"), EventKind::outcome("outcome")];
    let event = |time, kind| accumbens_core::Event { time, kind: accumbens_core::EventKindId(kind), magnitude: 1.0 };
    let log =
        accumbens_core::EventLog::new(kinds, vec![event(1.0, 0), event(2.0, 1), event(9.0, 1)]).unwrap_or_default();
    if theory.tell_session(&log).is_empty() {
        return "Nothing by default: it learns all it needs.";
    }
    "In comparisons and findings, at the start of each session, parameters that follow from the session's own intervals \
     (a value set by hand is kept)."
}

fn theory(label: &str, table: &Table) -> Result<Page> {
    let theory = theories::by_name(label)?;
    let info = theory.info();
    let speaks: Vec<&str> = theory.speaks().into_iter().map(Topic::word).collect();
    let speaks = if speaks.is_empty() { "nothing: it is a null".to_owned() } else { speaks.join(", ") };
    let text = format!(
        "# {label}\n\n*{}* (family: {})\n\n{}\n\n**What counts as dopamine:** {}.\n\n**It speaks of** {speaks}.\n\n\
         **It is told:** {}\n\n## Parameters\n\n{}\n## Channels\n\n{}\n## Findings\n\n{} simulated subjects a finding; \
         mean and 95 % confidence interval.\n\n{}## Papers\n\n{}",
        info.summary,
        info.family,
        theories::account(label),
        info.dopamine,
        told(theory.as_ref()),
        parameters(theory.table()),
        channels(theory.as_ref()),
        table.subjects,
        said(table, label)?,
        references(&theory.papers())?,
    );
    Ok((format!("theories/{label}.md"), text))
}

fn wrapper(info: &theories::registry::WrapperInfo, table: &Table) -> Result<Page> {
    let label = format!("td_csc+{}", info.name);
    let text = format!(
        "# +{}\n\n*{}*\n\n{}\n\n## Parameters\n\n{}\n## Findings of `{label}`\n\n{}## Papers\n\n{}",
        info.name,
        info.summary,
        theories::account(info.name),
        parameters(info.table),
        said(table, &label)?,
        references(info.papers)?,
    );
    Ok((format!("theories/plus_{}.md", info.name), text))
}

fn finding(place: usize, table: &Table) -> Result<Page> {
    let name = &table.findings[place];
    let finding: Finding = catalogue::by_name(name)?;
    let experiment: Experiment = finding.design()?;
    let n = if finding.n.is_empty() { String::new() } else { format!(" ({})", finding.n) };
    let notes = [&finding.note, &experiment.note].into_iter().filter(|n| !n.is_empty()).cloned().collect::<Vec<_>>();
    let mut out = format!(
        "# {}\n\n**Observed:** {}{n}\n\n**Evidence:** {} ({}).\n\n{}\n\n## Design\n\n{}\n\n```text\n{}\n```\n",
        finding.title,
        finding.observed,
        finding.evidence.word(),
        finding.evidence.words(),
        notes.join(" "),
        experiment.title,
        timeline::text(&timeline::panels(&experiment)),
    );
    for (i, test) in finding.test.iter().enumerate() {
        let (value, limits, beside) = (&test.value, test.limits(), test.beside());
        let _ = writeln!(out, "\n## {}\n\n`{value}` must be {limits}{beside}.\n", test.says);
        out.push_str("| theory | verdict | mean | 95 % interval |\n|---|---|---|---|\n");
        for t in 0..table.theories.len() {
            let (cell, scored) = (table.cell(place, t), &table.cell(place, t).tests[i]);
            let Some(e) = scored.estimate else { continue };
            let verdict = scored.verdict.words();
            let _ = writeln!(
                out,
                "| {} | {verdict} | {} | {} to {} |",
                cell.theory,
                short(e.mean),
                short(e.low),
                short(e.high)
            );
        }
    }
    out.push_str(&over_prior(place, table));
    if !finding.published.is_empty() {
        out.push_str(
            "\n## Published simulated values\n\n| theory | quantity | published | here | |\n|---|---|---|---|---|\n",
        );
        for (p, here) in finding.published.iter().zip(published(&finding, place, table)) {
            let here = here.map(|e| format!("{} ± {}", short(e.mean), short(e.sd))).unwrap_or_default();
            let differs = if p.differs.is_empty() { String::new() } else { format!("; differs: {}", p.differs) };
            let _ = writeln!(out, "| {} | `{}` | {} | {here} | {}{differs} |", p.theory, p.value, p.is, p.note);
        }
    }
    let keys: Vec<&str> = finding.source.iter().map(String::as_str).collect();
    let _ = write!(out, "\n## Sources\n\n{}", references(&keys)?);
    Ok((format!("findings/{name}.md"), out))
}

/// How much of each theory's prior agrees with a finding; empty where that was not asked.
fn over_prior(place: usize, table: &Table) -> String {
    let cells = (0..table.theories.len()).map(|t| table.cell(place, t));
    let rows: Vec<String> = cells
        .filter_map(|c| {
            let p = c.prior.as_ref()?;
            let mark = if p.contradicts { "; **most of the prior says the opposite**" } else { "" };
            Some(format!("| {} | {} | {}{mark} |", c.theory, c.verdict.words(), p.words()))
        })
        .collect();
    if rows.is_empty() {
        return String::new();
    }
    let of = format!("{} points of each prior, {} subjects each", table.prior, findings::prior::SUBJECTS);
    format!("\n## Over the prior\n\n{of}.\n\n| theory | at the defaults | |\n|---|---|---|\n{}\n", rows.join("\n"))
}

/// What was computed for each published value, in the finding's order; none where its theory was not asked.
fn published(finding: &Finding, place: usize, table: &Table) -> Vec<Option<findings::Estimate>> {
    let of = |theory: &str, nth: usize| {
        let t = table.theories.iter().position(|l| l == theory)?;
        table.cell(place, t).published.get(nth)?.1
    };
    let value = |(i, p): (usize, &findings::spec::Published)| {
        of(&p.theory, finding.published[..i].iter().filter(|q| q.theory == p.theory).count())
    };
    finding.published.iter().enumerate().map(value).collect()
}

/// All pages that the registry and a table make, with the table of contents; `guides` are pages written by hand, each
/// with its title and path.
///
/// # Errors
/// Where a reference or a finding is broken.
pub fn pages(table: &Table, guides: &[(&str, &str)]) -> Result<Vec<Page>> {
    let mut summary = String::from("# Summary\n\n");
    for (title, path) in guides {
        let _ = writeln!(summary, "- [{title}]({path})");
    }
    let mut pages = Vec::new();
    summary.push_str("\n# Theories\n\n");
    for name in theories::names() {
        let page = theory(name, table)?;
        let _ = writeln!(summary, "- [{name}]({})", page.0);
        pages.push(page);
    }
    for info in theories::wrappers() {
        let page = wrapper(&info, table)?;
        let _ = writeln!(summary, "- [+{}]({})", info.name, page.0);
        pages.push(page);
    }
    summary.push_str("\n# Findings\n\n");
    for place in 0..table.findings.len() {
        let page = finding(place, table)?;
        let _ = writeln!(summary, "- [{}]({})", catalogue::by_name(&table.findings[place])?.title, page.0);
        pages.push(page);
    }
    pages.push(("SUMMARY.md".into(), summary));
    Ok(pages)
}
