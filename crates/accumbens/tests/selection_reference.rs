//! Group selection against groupBMC 1.0 on the log evidence of 20 subjects.

use accumbens::fit::selection::select;

#[test]
fn selection_gives_the_reference_frequencies_and_exceedance_probabilities() {
    let Ok(shared) = std::env::var("ACCUMBENS_SHARED") else {
        skipped("the reference of model selection (ACCUMBENS_SHARED is not set)");
        return;
    };
    let path = std::path::Path::new(&shared).join("reference/model-selection/log-evidence-20-subjects-3-models.csv");
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_path(path).unwrap();
    let rows: Vec<Vec<f64>> =
        reader.records().map(|r| r.unwrap().iter().map(|x| x.trim().parse().unwrap()).collect()).collect();
    // The file has a line a model.
    let evidence: Vec<Vec<f64>> = (0..rows[0].len()).map(|s| rows.iter().map(|m| m[s]).collect()).collect();
    assert_eq!((evidence.len(), evidence[0].len()), (20, 3));
    // The reference's prior counts sum to one.
    let selection = select(&evidence, &["one", "two", "three"], 1.0 / 3.0);
    let close = |ours: &[f64], theirs: [f64; 3], tolerance: f64| {
        assert!(ours.iter().zip(theirs).all(|(a, b)| (a - b).abs() < tolerance), "{ours:?} against {theirs:?}");
    };
    // It stops iterating once the counts move by less than 1e-3; ours go on to 1e-10.
    close(&selection.frequency, [0.0163, 0.6253, 0.3583], 2e-4);
    // The reference draws its exceedance probabilities; ours are exact.
    close(&selection.exceedance, [0.0, 0.8975, 0.1025], 5e-3);
    close(&selection.protected, [0.0082, 0.8837, 0.1081], 5e-3);
}

/// Reports a skipped test past the harness, which keeps what passing tests print to itself.
fn skipped(what: &str) {
    use std::io::Write;
    let _ = writeln!(std::io::stderr(), "skipped: {what}");
}
