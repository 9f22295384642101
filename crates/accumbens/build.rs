//! Builds the crate anew when an experiment or a finding is added to the catalogue.

fn main() {
    println!("cargo:rerun-if-changed=../../catalogue/experiments");
    println!("cargo:rerun-if-changed=../../catalogue/findings");
}
