//! How fast environments step, and agents learn from a theory.

use accumbens::experiment::catalogue;
use accumbens::rl::{Agent, Autoreset, Design, Lanes, Stepped, teach};
use accumbens::theories::by_name;
use accumbens_core::Seed;
use divan::counter::ItemsCount;

fn main() {
    divan::main();
}

fn design(name: &str) -> Design {
    Design::new(catalogue::by_name(name).unwrap(), None, None, 0.5, Seed(1)).unwrap()
}

#[divan::bench(args = ["schultz1997", "cannon2003", "nunes2013"])]
fn thousand_steps_of_256_lanes(bencher: divan::Bencher<'_, '_>, name: &str) {
    let mut lanes = Lanes::new(design(name), 256, Autoreset::NextStep).unwrap();
    let (mut out, actions) = (Stepped::of(&lanes), vec![1; 256]);
    bencher.counter(ItemsCount::new(256_000_u32)).bench_local(|| {
        for _ in 0..1000 {
            lanes.step(&actions, &mut out).unwrap();
        }
    });
}

#[divan::bench(args = ["none", "rescorla_wagner", "td_csc", "anccr"])]
fn one_animal_of_600_trials_taught(bencher: divan::Bencher<'_, '_>, name: &str) {
    let theory = (name != "none").then(|| by_name(name).unwrap());
    let design = design("cannon2003");
    bencher.bench(|| teach(&design, &Agent::default(), theory.as_deref(), None, 1, Seed(1), &|| true).unwrap());
}
