//! Recordings of other programs, from the file to the published numbers.

mod shared;

use shared::shared;
use std::path::Path;
use std::process::Command;

fn accumbens(words: &[&str], folder: &Path) -> serde_json::Value {
    let out = Command::new(env!("CARGO_BIN_EXE_accumbens")).args(words).current_dir(folder).output().unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    serde_json::from_slice(&out.stdout).unwrap()
}

/// A study of the random-reward session of one archived file.
fn study(file: &Path, signal: &str) -> String {
    let mut text = format!(
        "title = \"Random rewards\"\n{signal}\n[score]\nevents = [\"Background solenoid\"]\n\
         align = {{ first = \"Lick3 onset\" }}\nresponse = [-0.5, 1.0]\nbaseline = [-2.0, -0.5]\nmin_interval = 3.0\n"
    );
    let roles = [("Background solenoid", "outcome"), ("Lick3 onset", "action"), ("Lick3 offset", "ignore")];
    for (name, role) in roles.into_iter().chain([("session end", "end"), ("photometry ttl", "ignore")]) {
        text += &format!("[[event]]\nname = {name:?}\nrole = {role:?}\n");
    }
    text + &format!("[[subject]]\nname = \"mouse\"\nsessions = [{:?}]\n", file.to_string_lossy())
}

#[test]
fn an_archived_file_gives_the_same_correlation_as_the_published_table_of_its_session() {
    let Some(nwb) = shared("data/nwb/sub-HJ-FP-F1_ses-Day1.nwb") else { return };
    let Some(day) = shared("data/jeong2022/HJ-FP-F1/random_rewards-day01") else { return };
    let folder = tempfile::tempdir().unwrap();
    let archived = study(&nwb, "[signal]\nchannel = \"dff\"");
    std::fs::write(folder.path().join("nwb.toml"), archived).unwrap();
    // The same session as events.csv with a trace averaged to 30 Hz.
    let table = study(&day, "[signal]\nchannel = \"dff\"\nunit = \"%\"").replace("Background solenoid", "sucrose");
    let table = table
        .replace("Lick3 onset", "lick_on")
        .replace("Lick3 offset", "lick_off")
        .replace("session end", "session_end");
    std::fs::write(folder.path().join("table.toml"), table).unwrap();
    let facts = |study: &str| {
        let all = accumbens(&["describe", study, "--json"], folder.path());
        let of = |what: &str| all["subjects"][0][what].as_f64().unwrap();
        (of("responses"), of("r_number"), of("r_interval"))
    };
    let (nwb, table) = (facts("nwb.toml"), facts("table.toml"));
    assert_eq!(nwb.0, table.0);
    assert!((nwb.1 - table.1).abs() < 0.01 && (nwb.2 - table.2).abs() < 0.01, "{nwb:?} {table:?}");
}

#[test]
fn pulses_map_the_clock_of_the_light_to_that_of_behaviour_within_a_sample() {
    let Some(nwb) = shared("data/nwb/sub-HJ-FP-F1_ses-Day1.nwb") else { return };
    let folder = tempfile::tempdir().unwrap();
    let signal = "[sync]\nsignal = \"photometry ttl\"\nevents = \"Background solenoid\"\n\
                  [signal]\nchannel = \"photometry 470\"\nreference = \"photometry 405\"\n\
                  [[clean]]\nstep = \"reference\"\nmethod = \"ols\"\n[[clean]]\nstep = \"dff\"\nover = \"reference\"";
    std::fs::write(folder.path().join("study.toml"), study(&nwb, signal)).unwrap();
    let cleaned = accumbens(&["clean", "study.toml", "--json"], folder.path());
    let sync = &cleaned[0]["history"][0];
    assert_eq!(sync["stage"], "sync");
    // The archive's own map between the clocks has a ratio of about 1.000125; a sample is 8.3 ms.
    let drift = sync["results"]["drift (parts per million)"].as_f64().unwrap();
    let worst = sync["results"]["residual, largest (s)"].as_f64().unwrap();
    assert!((drift - 125.0).abs() < 25.0 && worst < 0.0166, "{sync}");
    let again = folder.path().join("again");
    accumbens(&["clean", "study.toml", "--json", "--out", "again"], folder.path());
    let find = |root: &Path| {
        let mouse = root.join("mouse");
        let session = std::fs::read_dir(mouse).unwrap().next().unwrap().unwrap().path();
        ["trace.parquet", "events.csv", "provenance.json"].map(|f| std::fs::read(session.join(f)).unwrap())
    };
    assert_eq!(find(&folder.path().join("accumbens-cleaned")), find(&again), "the same chain gives the same bytes");
}
