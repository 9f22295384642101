//! `accumbens treat`: what treatments do to simulated people, account by account of a disorder.

use crate::{output, progress};
use accumbens::clinic::{self, Plan, Treated, catalogue, page, tasks};
use accumbens_core::{Result, Seed};
use accumbens_io::write_file;
use serde_json::json;
use std::path::PathBuf;

/// What is asked.
#[derive(clap::Args)]
pub struct Args {
    /// A disorder, with all its rival accounts, or one account.
    #[arg(long, required_unless_present = "list")]
    phenotype: Option<String>,
    /// Treatments, as NAME (at all of its doses) or NAME:DOSE; all where absent.
    #[arg(long = "treatment", value_delimiter = ',', value_name = "A,B:DOSE,...")]
    treatments: Vec<String>,
    /// Tasks that people do; where absent all but those of drugs and of need in which the disorder has no symptom.
    #[arg(long, value_delimiter = ',', value_name = "X,Y,...")]
    tasks: Vec<String>,
    /// Simulated people in each condition.
    #[arg(long, default_value_t = 200)]
    people: u32,
    /// How D1 and D2 bind: a scheme of the catalogue of transmission.
    #[arg(long, default_value = "ejdrup")]
    receptors: String,
    /// Write a page: relief against cost, dose by dose, and what holds under which accounts.
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// The seed.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// List disorders, accounts, treatments and tasks.
    #[arg(long)]
    list: bool,
}

fn list(json: bool) -> Result<()> {
    let (disorders, accounts, treatments) = (catalogue::disorders()?, catalogue::accounts()?, catalogue::treatments()?);
    if json {
        return output::json(&json!({
            "disorders": disorders, "accounts": accounts, "treatments": treatments, "measures": tasks::MEASURES,
        }));
    }
    let mut table = output::table(&["account", "disorder", "what it says", "borne out by"]);
    for a in &accounts {
        let evidence = serde_json::to_value(a.evidence).unwrap_or_default();
        table.add_row([&a.name, &a.disorder, &a.says, evidence.as_str().unwrap_or("")]);
    }
    output::line(&table.to_string())?;
    let mut table = output::table(&["treatment", "what it is", "doses"]);
    for t in &treatments {
        let doses = t.doses.iter().map(f64::to_string).collect::<Vec<_>>().join(", ");
        table.add_row([&t.name, &t.what, &format!("{doses} {}", t.unit)]);
    }
    output::line(&format!("\n{table}"))?;
    let mut table = output::table(&["measure", "task", "what it is"]);
    for m in tasks::MEASURES {
        table.add_row([m.name, m.task, m.what]);
    }
    output::line(&format!("\n{table}"))
}

/// The command that makes the same again.
fn command(args: &Args, phenotype: &str) -> String {
    let mut words = vec![format!("accumbens treat --phenotype {phenotype}")];
    for (option, values) in [("--treatment", &args.treatments), ("--tasks", &args.tasks)] {
        if !values.is_empty() {
            words.push(format!("{option} {}", values.join(",")));
        }
    }
    words.push(format!("--people {} --receptors {} --seed {}", args.people, args.receptors, args.seed));
    words.join(" ")
}

pub fn run(args: &Args, json: bool) -> Result<()> {
    if args.list {
        return list(json);
    }
    let phenotype = args.phenotype.as_deref().unwrap_or_default();
    let mut plan = Plan::new(phenotype, &args.treatments, &args.tasks, args.people, Seed(args.seed))?;
    plan.receptors.clone_from(&args.receptors);
    let bar = progress::bar(plan.steps(), "treating people");
    let tick = || {
        bar.inc(1);
        !progress::stopped()
    };
    let treated = clinic::treat(&plan, &tick)?;
    bar.finish_and_clear();
    if let Some(path) = &args.html {
        write_file(path, page::html(&treated, &command(args, phenotype))?.as_bytes())?;
    }
    if json {
        return output::json(&json!({ "treated": treated, "claims": treated.claims(), "answer": treated.answer() }));
    }
    print(&treated)?;
    match &args.html {
        Some(path) => output::line(&format!("\nthe page: {}", path.display())),
        None => Ok(()),
    }
}

fn print(treated: &Treated) -> Result<()> {
    for account in &treated.accounts {
        let shown: Vec<String> = (account.against_healthy.iter())
            .filter(|e| e.symptom)
            .map(|e| format!("{} {}", e.measure, page::cell(&e.effect)))
            .collect();
        output::line(&format!(
            "{}: {}\n  untreated, against healthy: {}",
            account.account,
            account.says,
            shown.join("; ")
        ))?;
        let mut table = output::table(&["treatment", "dose", "relief", "cost", "what moves most"]);
        for arm in &account.arms {
            let mut moved: Vec<_> = arm.effects.iter().filter(|e| e.effect.sign() != 0).collect();
            moved.sort_by(|a, b| b.effect.mean.abs().total_cmp(&a.effect.mean.abs()));
            let words: Vec<String> =
                moved.iter().take(3).map(|e| format!("{} {:+.2}", e.measure, e.effect.mean)).collect();
            let held = if arm.held { " (a tone was held at the model's limit)" } else { "" };
            table.add_row([
                arm.treatment.clone(),
                format!("{} {}", arm.dose, arm.unit),
                format!("{:+.2}", arm.relief(account)),
                format!("{:.2}", arm.cost()),
                format!("{}{held}", words.join(", ")),
            ]);
        }
        output::line(&format!("{table}\n"))?;
    }
    output::line(&treated.answer())?;
    output::line("Effects in standard deviations of healthy people; a model of accounts, and no medical advice.")
}
