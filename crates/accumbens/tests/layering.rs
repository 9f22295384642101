//! The architecture's borders, and the bibliography behind every number.

use accumbens::theories::{by_name, names};
use accumbens_core::cite;
use std::path::{Path, PathBuf};

fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path());
    entries
        .flat_map(|p| if p.is_dir() { sources(&p) } else { vec![p] })
        .filter(|p| p.extension().is_some_and(|e| e == "rs"))
        .collect()
}

#[test]
fn theories_stages_experiments_transmission_and_credit_import_core_alone() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let all = ["theories", "stages", "experiment", "transmission", "credit", "fit", "report", "simulated"];
    for layer in ["theories", "stages", "experiment", "transmission", "credit"] {
        for path in sources(&root.join(layer)) {
            let text = std::fs::read_to_string(&path).unwrap();
            let text = text.split("#[cfg(test)]").next().unwrap();
            for other in all.iter().filter(|o| **o != layer) {
                assert!(!text.contains(&format!("crate::{other}")), "{} imports {other}", path.display());
            }
        }
    }
}

#[test]
fn every_paper_and_source_of_a_theory_stands_in_the_bibliography() {
    for theory in names().map(|n| by_name(n).unwrap()) {
        let parameters = theory.table().iter().map(|p| p.source).filter(|s| !s.is_empty());
        for key in theory.info().papers.iter().copied().chain(parameters) {
            assert!(cite::reference(key).is_ok(), "{}: {key}", theory.info().name);
        }
        for p in theory.table() {
            assert!(p.doc.trim().ends_with('.') && (p.optional() || p.domain.holds(p.default)), "{}", p.name);
        }
    }
}
