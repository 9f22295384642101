//! `accumbens clean`: every session of a study, cleaned as the study says, with what was done and found.

use crate::{compare, output, peri};
use accumbens::qc;
use accumbens::report::session::SessionPage;
use accumbens_core::provenance::Input;
use accumbens_core::study::{Session, Study};
use accumbens_core::{Error, Recording, Result, counted};
use accumbens_io::{Column, StudyFile, provenance, write_file, write_table};
use serde_json::json;
use std::path::{Path, PathBuf};

/// What is cleaned.
///
/// The steps stand in the study as [[clean]] tables, in the order in which they act:
///   trim (start, end) · artefacts (jump, above, below, times, pad) · low_pass, high_pass (cutoff, order, ends)
///   smooth (samples) · bleaching (method = exponential | moving_percentile | airpls | asls)
///   reference (method = ols | robust | frequency, epoch, non_negative) · dff (over, form) · z_score (robust, epoch)
///   resample (rate) · debounce (event, gap) · bouts (event, gap, least, name)
/// `accumbens inspect --schema` explains every parameter.
#[derive(clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    /// The study.
    study: PathBuf,
    /// The folder of the cleaned sessions: for each a folder with trace.parquet, events.csv and provenance.json.
    #[arg(long, value_name = "DIR", default_value = "accumbens-cleaned")]
    out: PathBuf,
}

pub fn run(args: &Args, json: bool) -> Result<()> {
    if args.out.exists() && std::fs::read_dir(&args.out).is_ok_and(|mut d| d.next().is_some()) {
        return Err(Error::input("--out", format!("{} is already there", args.out.display()), "another folder"));
    }
    let folder = args.study.parent().unwrap_or(Path::new("."));
    let (file, raw) = compare::read(&args.study)?;
    let study = compare::cleaned(raw.clone())?;
    if study.subjects.iter().flat_map(|s| &s.sessions).all(|s| s.recording.times.is_empty()) {
        let problem =
            if file.trials.is_some() { "a trial table holds no continuous signal" } else { "no session has a signal" };
        return Err(Error::input(args.study.display().to_string(), problem, "sessions with a trace"));
    }
    let mut summary = Vec::new();
    let places = study.subjects.iter().enumerate().flat_map(|(s, x)| (0..x.sessions.len()).map(move |i| (s, i)));
    for (s, i) in places {
        let (subject, session) = (&study.subjects[s], &study.subjects[s].sessions[i]);
        if session.recording.times.is_empty() {
            continue;
        }
        let inputs = provenance::inputs(&folder.join(&session.name), &session.name)?;
        let out = args.out.join(plain(&subject.name)).join(plain(&session.name));
        write(&out, &study, &file, session, &inputs)?;
        let before = &raw.subjects[s].sessions[i].recording;
        let reference = study.reference.as_deref();
        let quality = qc::session(before, &study.channel, reference);
        let trials = peri::of_session(&study, session);
        let page = SessionPage {
            title: format!("{} · {}", subject.name, session.name),
            raw: before,
            cleaned: &session.recording,
            signal: &study.channel,
            reference,
            quality: &quality,
            trials: trials.as_ref(),
            command: &format!("accumbens clean {}", args.study.display()),
        };
        write_file(&out.join("session.html"), page.html()?.as_bytes())?;
        summary.push(json!({
            "subject": subject.name, "session": session.name, "folder": out, "inputs": inputs,
            "history": session.recording.history, "quality": quality,
        }));
    }
    if json {
        return output::json(&summary);
    }
    for line in &summary {
        output::line(line["folder"].as_str().unwrap_or_default())?;
        for found in line["quality"].as_array().into_iter().flatten().filter(|f| f["look"] == true) {
            let value = found["value"].as_f64().unwrap_or(f64::NAN);
            let said = |what: &str| found[what].as_str().unwrap_or_default().to_owned();
            output::line(&format!("  look: {} {value:.3} {} ({})", said("what"), said("unit"), said("meaning")))?;
        }
        for step in line["history"].as_array().into_iter().flatten() {
            for look in step["looks"].as_array().into_iter().flatten().filter_map(|l| l.as_str()) {
                output::line(&format!("  look: {}: {look}", step["stage"].as_str().unwrap_or_default()))?;
            }
            let found = step["results"].as_object().into_iter().flatten();
            let found: Vec<String> =
                found.map(|(what, x)| format!("{what} {:.6}", x.as_f64().unwrap_or(f64::NAN))).collect();
            output::line(&format!("  {}: {}", step["stage"].as_str().unwrap_or_default(), found.join(", ")))?;
        }
    }
    output::line(&format!(
        "wrote {} to {}, each with its page session.html",
        counted(summary.len(), "session"),
        args.out.display()
    ))
}

/// A session's name as that of one folder.
fn plain(name: &str) -> String {
    name.replace(['/', '\\'], "_").trim_start_matches('.').to_owned()
}

/// The channels of a recording with its clock.
pub fn columns(recording: &Recording) -> Vec<Column> {
    let clock = Column::real("time", recording.times.clone());
    let channels = recording.channels.iter().map(|c| Column::real(&c.name, c.data.clone()));
    std::iter::once(clock).chain(channels).collect()
}

fn write(out: &Path, study: &Study, file: &StudyFile, session: &Session, inputs: &[Input]) -> Result<()> {
    std::fs::create_dir_all(out).map_err(|e| Error::file(out, e))?;
    let recording = &session.recording;
    let log = &recording.events;
    let events = [
        Column::real("time", log.events().iter().map(|e| e.time).collect()),
        Column::text("event", log.events().iter().map(|e| log.name(e).to_owned()).collect()),
        Column::real("magnitude", log.events().iter().map(|e| e.magnitude).collect()),
    ];
    let units: serde_json::Map<String, serde_json::Value> =
        recording.channels.iter().map(|c| (c.name.clone(), json!(c.unit))).collect();
    let provenance = json!({
        "accumbens": env!("CARGO_PKG_VERSION"), "inputs": inputs, "read": file.read, "signal": study.channel,
        "reference": study.reference, "units": units, "steps": recording.history,
    });
    let text = serde_json::to_vec_pretty(&provenance).map_err(|e| Error::input("provenance", e.to_string(), ""))?;
    write_table(&out.join("trace.parquet"), &columns(recording))?;
    write_table(&out.join("events.csv"), &events)?;
    write_file(&out.join("provenance.json"), &text)
}
