//! The table of `docs/cleaning.md` is what the program computes.

#[allow(dead_code)]
#[path = "../examples/cleaning_methods.rs"]
mod cleaning_methods;

#[test]
fn the_documented_errors_of_cleaning_methods_are_those_of_the_program() {
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/cleaning.md")).unwrap();
    let table = cleaning_methods::table();
    assert!(
        page.contains(&table),
        "write it anew: cargo run --release -p accumbens --example cleaning_methods\n{table}"
    );
}
