//! The recordings of Jeong et al. 2022 against the published analysis of their random-reward days.

mod shared;

use shared::shared;
use std::path::Path;
use std::process::Command;

/// r(response, drop number) and r(response, previous interval) on the 30 Hz traces (the README of the recordings).
const PUBLISHED: [(&str, f64, f64); 4] =
    [("F1", 0.1135, 0.2392), ("M2", 0.3586, 0.2522), ("M4", 0.0657, 0.4039), ("M7", 0.2948, 0.2696)];

/// The study of the random-reward days, as a user would write it.
fn study(recordings: &Path) -> String {
    let mut text = String::from(
        "title = \"Random rewards\"\n[signal]\nchannel = \"dff\"\nunit = \"% dF/F\"\nsensor = \"dLight1.3b\"\n\
         [score]\nevents = [\"sucrose\"]\nalign = { first = \"lick_on\" }\nresponse = [-0.5, 1.0]\n\
         baseline = [-2.0, -0.5]\nstatistic = \"sum\"\nmin_interval = 3.0\n",
    );
    let roles = [("sucrose", "outcome"), ("lick_on", "action"), ("lick_off", "ignore"), ("session_end", "end")];
    for (name, role) in roles.into_iter().chain([("code_1", "ignore"), ("code_2", "ignore")]) {
        text += &format!("[[event]]\nname = \"{name}\"\nrole = \"{role}\"\n");
    }
    for (mouse, _, _) in PUBLISHED {
        let folder = recordings.join(format!("HJ-FP-{mouse}"));
        let mut days: Vec<String> = std::fs::read_dir(&folder)
            .unwrap()
            .map(|e| e.unwrap().path())
            .filter(|p| p.file_name().unwrap().to_string_lossy().starts_with("random_rewards"))
            .map(|p| format!("{:?}", p.to_string_lossy()))
            .collect();
        days.sort();
        text += &format!("[[subject]]\nname = \"{mouse}\"\nsessions = [{}]\n", days.join(", "));
    }
    text
}

fn accumbens(words: &[&str], folder: &Path) -> serde_json::Value {
    let out = Command::new(env!("CARGO_BIN_EXE_accumbens")).args(words).current_dir(folder).output().unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    serde_json::from_slice(&out.stdout).unwrap()
}

#[test]
fn describe_gives_the_published_correlations_of_the_random_reward_days() {
    let Some(recordings) = shared("data/jeong2022") else { return };
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("study.toml"), study(&recordings)).unwrap();
    let facts = accumbens(&["describe", "study.toml", "--json"], folder.path());
    for (i, (mouse, number, interval)) in PUBLISHED.iter().enumerate() {
        let subject = &facts["subjects"][i];
        let ours = [subject["r_number"].as_f64().unwrap(), subject["r_interval"].as_f64().unwrap()];
        assert!((ours[0] - number).abs() < 0.002 && (ours[1] - interval).abs() < 0.002, "{mouse}: {ours:?}");
    }
}

#[test]
fn compare_runs_on_the_random_reward_days_and_ends_in_a_sentence() {
    let Some(recordings) = shared("data/jeong2022") else { return };
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("study.toml"), study(&recordings)).unwrap();
    let words = ["compare", "study.toml", "--recovery", "1", "--design", "32", "--evaluations", "20", "--json"];
    let results = accumbens(&words, folder.path());
    assert_eq!(results["ranking"].as_array().unwrap().len(), 5);
    assert!(results["verdict"]["sentence"].as_str().unwrap().ends_with('.'));
    let told = results["theories"].as_array().unwrap().iter().find(|t| t["label"] == "anccr").unwrap();
    assert!(told["told"][0].as_str().unwrap().starts_with("T of each session"));
}
