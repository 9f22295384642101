//! `accumbens record`: what a fibre would record if a theory were true.

use crate::{Hooks, convert, experiments, output, progress};
use accumbens::recorded::{Chain, Recorded, teaching};
use accumbens::report::chain::ChainPage;
use accumbens::theories;
use accumbens_core::format::{EventSeries, Source, StreamKind};
use accumbens_core::study::Between;
use accumbens_core::{AnyTheory, Error, EventKind, Recording, Result, Role, Seed, digits, room, sensors};
use accumbens_io::loaded::Loaded;
use accumbens_io::{session_folder, write_file};
use rayon::prelude::*;
use serde_json::json;
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// What is recorded.
#[derive(clap::Args)]
pub struct Args {
    /// An experiment of the catalogue, or a .toml file.
    experiment: String,
    /// The theory.
    #[arg(long)]
    theory: String,
    /// Set a parameter of the theory (NAME=VALUE) or of a stage (firing, cell, synapses, terminal, space, receptors, fibre:
    /// STAGE.NAME=VALUE).
    #[arg(long = "set", value_name = "PARAM=VALUE")]
    set: Vec<String>,
    /// The projection, of catalogue/transmission.toml.
    #[arg(long, default_value = "vta-core")]
    projection: String,
    /// The named set of parameters of firing, release and uptake; the projection's own where absent.
    #[arg(long, value_name = "SET")]
    transmission: Option<String>,
    /// What fires: renewal processes with bursts, or slowly (5 ms a neuron and second) neurons by their conductances, whose
    /// number is firing.cells and which have no autoreceptors.
    #[arg(long, value_enum, default_value_t = Neurons::Renewal)]
    neurons: Neurons,
    /// How D1 and D2 bind: ejdrup, dreyer or hunger.
    #[arg(long, value_name = "SCHEME", default_value = "ejdrup")]
    receptors: String,
    /// The indicator, of catalogue/sensors.toml.
    #[arg(long, default_value = "dLight1.3b")]
    sensor: String,
    /// Give a drug in every session: [PROJECTION/]DRUG:AMOUNT[:ROUTE][@TIME[+INTERVALxMORE]], times in s.
    #[arg(long = "drug", value_name = "DOSE", allow_hyphen_values = true)]
    drug: Vec<String>,
    /// Do something to a stage: [PROJECTION/]STAGE.PARAMETER then =, *= or += then VALUE, and @FROM:TO (s). A lesion, light,
    /// a knock-out, in one projection or in all.
    #[arg(long = "patch", value_name = "PATCH", allow_hyphen_values = true)]
    patch: Vec<String>,
    /// Take a gene away, of catalogue/transmission.toml: RIM, ELKS, DAT, DAT-knock-down, D2-autoreceptor; without adaptation.
    #[arg(long = "knock-out", value_name = "GENE")]
    knock_out: Vec<String>,
    /// Dopamine diffuses on a lattice with so many voxels of 1 µm a side, in place of a well-mixed volume; slow.
    #[arg(long, value_name = "VOXELS")]
    lattice: Option<u32>,
    /// The size of dopamine, in the theory's own unit, that counts as 1 for the neurons; the root mean square of answers to
    /// events where absent.
    #[arg(long, value_name = "SIZE")]
    unit: Option<f64>,
    /// The group of the experiment; the first where absent.
    #[arg(long)]
    group: Option<String>,
    /// How many subjects.
    #[arg(long, default_value_t = 1)]
    subjects: u32,
    /// Only the first sessions of each subject.
    #[arg(long, value_name = "N")]
    sessions: Option<usize>,
    /// The seed.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Keep what no fibre sees beside what it records: teaching signal, spikes, dopamine, receptors, light; and draw the
    /// stages of each subject's first session, as stages.html in its folder.
    #[arg(long)]
    truth: bool,
    /// Where to: an .nwb file for one session, or a new folder, which becomes a study.
    #[arg(long, value_name = "FILE|DIR")]
    out: PathBuf,
}

/// What is kept of a subject until all are written: names, means and its part of the study file, in numbers.
const KEPT: f64 = 128.0;

/// What fires.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Neurons {
    /// Renewal processes with bursts.
    Renewal,
    /// The conductance-based neuron of Kuznetsov, Kopell & Wilson 2006.
    Conductance,
}

fn chain(args: &Args, theory: &mut Box<dyn AnyTheory>) -> Result<Chain> {
    let sensor = sensors::by_name(&args.sensor)?;
    let mut chain = Chain::new(&args.projection, args.transmission.as_deref(), &args.receptors, sensor)?;
    if args.neurons == Neurons::Conductance {
        chain.conduct();
    }
    for text in &args.set {
        let (name, value) = text
            .split_once('=')
            .ok_or_else(|| Error::input("--set", format!("{text:?}"), "PARAM=VALUE or STAGE.PARAM=VALUE"))?;
        let set = if name.contains('.') { chain.set(name, value) } else { theory.set_text(name, value) };
        set.map_err(|e| e.within("--set"))?;
    }
    args.patch.iter().try_for_each(|p| chain.patch(p))?;
    args.knock_out.iter().try_for_each(|gene| chain.knock_out(gene))?;
    args.drug.iter().try_for_each(|dose| chain.give(dose))?;
    args.lattice.map(|voxels| chain.diffuse(voxels)).transpose().map_err(|e| e.within("--lattice"))?;
    if args.unit.is_some_and(|u| !u.is_finite() || u <= 0.0) {
        return Err(Error::input("--unit", format!("{:?}", args.unit), "a number above 0"));
    }
    (chain.truth, chain.stopped) = (args.truth, progress::stopped);
    chain.check()?;
    theory.check()?;
    Ok(chain)
}

pub fn run(args: &Args, json: bool, hooks: &Hooks<'_>) -> Result<()> {
    let mut theory = theories::parse(&args.theory)?;
    let chain = chain(args, &mut theory)?;
    let experiment = experiments::read(&args.experiment)?;
    let nwb = args.out.extension().is_some_and(|e| e.eq_ignore_ascii_case("nwb"));
    if nwb && hooks.write_nwb.is_none() {
        return Err(convert::no_nwb());
    }
    if !nwb && args.out.exists() {
        return Err(Error::input("--out", format!("{} is already there", args.out.display()), "a folder that is not"));
    }
    room("--subjects", &[("subjects", f64::from(args.subjects)), ("numbers of each", KEPT)])?;
    let bar = progress::bar(u64::from(args.subjects), "subjects recorded");
    let mut summary = Vec::new();
    let mut making = Making::new(&args.out, nwb)?;
    for number in 1..=args.subjects {
        let (subject, seed) = (format!("mouse-{number}"), Seed(args.seed));
        let who = (args.group.as_deref(), number);
        let mut lived = teaching(&experiment, theory.as_ref(), &chain.projection, who, args.unit, seed)?;
        lived.truncate(args.sessions.unwrap_or(usize::MAX));
        if nwb && (args.subjects, lived.len()) != (1, 1) {
            let problem = format!("an .nwb file holds one session, and there are {} a subject", lived.len());
            return Err(Error::input("--out", problem, "--subjects 1 --sessions 1, or a folder"));
        }
        let record = |session: Recorded| {
            if progress::stopped() {
                return Err(Error::Interrupted);
            }
            let stream = format!("record/{subject}/{}", session.name);
            Ok(Recorded { recording: chain.record(session.recording, seed, &stream)?, name: session.name })
        };
        // A session at a thousand ticks a second is large while it is made, so no more of them than threads at once.
        let mut names: Vec<String> = Vec::new();
        let mut lived = lived.into_iter().peekable();
        while lived.peek().is_some() {
            let some: Vec<Recorded> = lived.by_ref().take(rayon::current_num_threads()).collect();
            for Recorded { name, recording } in some.into_par_iter().map(record).collect::<Result<Vec<_>>>()? {
                making.write(&source(&recording, &subject, &name, args)?, &subject, &name, hooks)?;
                if args.truth && !nwb && names.is_empty() {
                    making.page(&recording, &subject, &name, args)?;
                }
                summary.push(json!({ "subject": subject, "session": name, "means": means(&recording) }));
                names.push(format!("{subject}/{name}"));
            }
        }
        making.subject(&subject, &names);
        bar.inc(1);
    }
    bar.finish_and_clear();
    let text = study_text(args, &experiment.kinds()?, &experiment.betweens());
    making.finish(&text, &args.out)?;
    if json {
        return output::json(&summary);
    }
    for line in &summary {
        let means = line["means"].as_object().into_iter().flatten();
        let means: Vec<String> =
            means.map(|(name, x)| format!("{name} {}", digits(x.as_f64().unwrap_or(f64::NAN), 4))).collect();
        let name = format!("{}/{}", line["subject"].as_str().unwrap_or(""), line["session"].as_str().unwrap_or(""));
        output::line(&format!("{name}: mean {}", means.join(", ")))?;
    }
    let next = if nwb {
        String::new()
    } else {
        format!("\nnext: accumbens compare {}", args.out.join("study.toml").display())
    };
    output::line(&format!("wrote {}{next}", args.out.display()))
}

fn means(recording: &Recording) -> serde_json::Map<String, serde_json::Value> {
    let mean = |data: &[f64]| {
        let there = data.iter().filter(|x| x.is_finite());
        there.clone().sum::<f64>() / there.count().max(1) as f64
    };
    recording.channels.iter().map(|c| (format!("{} ({})", c.name, c.unit), mean(&c.data).into())).collect()
}

/// A recording as any reader gives it.
fn source(recording: &Recording, subject: &str, session: &str, args: &Args) -> Result<Loaded> {
    let mut loaded = Loaded::new("accumbens record");
    let start = recording.times.first().copied().unwrap_or(0.0);
    let interval =
        recording.interval().ok_or_else(|| Error::input("record", "an empty session", "one of some length"))?;
    for channel in &recording.channels {
        let stream = loaded.regular(&channel.name, start, interval, channel.data.clone());
        stream.unit.clone_from(&channel.unit);
        if channel.name == "signal" || channel.name == "isosbestic" {
            stream.kind = StreamKind::Light;
            stream.excitation = Some(if channel.name == "signal" { 465.0 } else { 405.0 });
            stream.emission = Some(525.0);
            stream.about.push(("indicator".into(), args.sensor.clone()));
            stream.about.push(("location".into(), args.projection.clone()));
        }
    }
    for kind in recording.events.kinds() {
        let rows = recording.events.events().iter().filter(|e| recording.events.name(e) == kind.name);
        let (times, magnitudes) = rows.map(|e| (e.time, e.magnitude)).unzip();
        loaded.events(EventSeries { magnitudes, ..EventSeries::at(&kind.name, times) });
    }
    loaded.holdings_mut().subject = Some(subject.into());
    loaded.holdings_mut().session = Some(session.into());
    Ok(loaded)
}

/// Where sessions are written before the whole is put in its place.
struct Making {
    folder: tempfile::TempDir,
    nwb: Option<PathBuf>,
    subjects: String,
}

impl Making {
    fn new(out: &Path, nwb: bool) -> Result<Self> {
        let above = out.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let folder =
            tempfile::Builder::new().prefix(".accumbens-").tempdir_in(above).map_err(|e| Error::file(above, e))?;
        Ok(Self { folder, nwb: nwb.then(|| out.to_owned()), subjects: String::new() })
    }

    fn write(&self, source: &dyn Source, subject: &str, session: &str, hooks: &Hooks<'_>) -> Result<()> {
        match (&self.nwb, hooks.write_nwb) {
            (Some(path), Some(write)) => write(source, path),
            (Some(_), None) => Err(convert::no_nwb()),
            (None, _) => {
                let folder = self.folder.path().join(subject);
                std::fs::create_dir_all(&folder).map_err(|e| Error::file(&folder, e))?;
                session_folder::write(source, &folder.join(session))
            }
        }
    }

    /// The page of the stages, beside the subject's sessions.
    fn page(&self, recording: &Recording, subject: &str, session: &str, args: &Args) -> Result<()> {
        let lead = format!(
            "{} in the experiment {}, through the projection {} to {}.",
            args.theory, args.experiment, args.projection, args.sensor
        );
        let title = format!("{subject}, {session}");
        let command = std::env::args().collect::<Vec<_>>().join(" ");
        let html = ChainPage { title, lead, recording, command: &command }.html()?;
        write_file(&self.folder.path().join(subject).join("stages.html"), html.as_bytes())
    }

    fn subject(&mut self, name: &str, sessions: &[String]) {
        let sessions: Vec<String> = sessions.iter().map(|s| format!("  {s:?},")).collect();
        let _ = write!(self.subjects, "\n[[subject]]\nname = {name:?}\nsessions = [\n{}\n]\n", sessions.join("\n"));
    }

    fn finish(self, study: &str, out: &Path) -> Result<()> {
        if self.nwb.is_some() {
            return Ok(());
        }
        let text = format!("{study}{}", self.subjects);
        write_file(&self.folder.path().join("study.toml"), text.as_bytes())?;
        std::fs::rename(self.folder.path(), out).map_err(|e| Error::file(out, e))?;
        let _ = self.folder.keep();
        Ok(())
    }
}

fn study_text(args: &Args, kinds: &[EventKind], choices: &[Between]) -> String {
    let scored: Vec<String> =
        kinds.iter().filter(|k| matches!(k.role, Role::Cue | Role::Outcome)).map(|k| format!("{:?}", k.name)).collect();
    let mut text = format!(
        "title = {:?}\nsession_gap = 0.0  # s\n\n[signal]\nchannel = \"signal\"\n\
         reference = \"isosbestic\"\nunit = \"counts\"\nsensor = {:?}\n\n[[clean]]\nstep = \"low_pass\"\ncutoff = 10.0  # Hz\n\n\
         [[clean]]\nstep = \"bleaching\"\nmethod = \"exponential\"\nterms = 2\n\n[[clean]]\nstep = \"reference\"\n\
         method = \"robust\"\nnon_negative = true\n\n[[clean]]\nstep = \"dff\"\nover = \"bleaching\"\n\n[score]\nevents = [{}]\n\
         response = [0.0, 1.0]  # s\nbaseline = [-1.0, -0.1]  # s\nstatistic = \"mean\"\nmin_interval = 2.0  # s\n",
        format!("{} as {} would have it", args.experiment, args.theory),
        args.sensor,
        scored.join(", ")
    );
    for Between { options, after } in choices {
        let _ = write!(text, "\n[[choice]]\nbetween = {options:?}\n");
        if let Some(after) = after {
            let _ = writeln!(text, "after = {after:?}");
        }
    }
    for kind in kinds {
        let (role, of) = kind.role.word();
        let _ = write!(text, "\n[[event]]\nname = {:?}\nrole = {role:?}\n", kind.name);
        if let Some(of) = of {
            let _ = writeln!(text, "of = {:?}", kinds[of.index()].name);
        }
        if kind.value != 0.0 {
            let _ = writeln!(text, "value = {:?}", kind.value);
        }
    }
    text
}
