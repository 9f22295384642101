//! What does a comparison say in worlds without a theory, and in worlds that a theory made?
//!
//! `worlds [ANIMALS [SEEDS [NAME,NAME,...]]]`: twelve animals, three seeds and all worlds where nothing is said. A decisive
//! answer in a world without theory, or for another theory than the truth, is an error of the method.

use accumbens::fit::verdict::Strength;
use accumbens::fit::{Options, compare::compare};
use accumbens::theories::{COMPARED, by_name};
use accumbens::worlds::World;
use accumbens_core::{AnyTheory, Result, Seed};

fn main() -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let number = |i: usize, usual: u32| words.get(i).and_then(|w| w.parse().ok()).unwrap_or(usual);
    let (animals, seeds) = (number(0, 12), number(1, 3));
    let asked: Vec<&str> = words.get(2).map(|w| w.split(',').collect()).unwrap_or_default();
    let (mut wrong, mut all) = (0, 0);
    for world in World::EMPTY.into_iter().chain(World::theories()) {
        if !asked.is_empty() && !asked.contains(&world.name().as_str()) {
            continue;
        }
        for seed in 1..=u64::from(seeds) {
            let mut names: Vec<&str> = COMPARED.to_vec();
            let truth = world.name();
            if matches!(world, World::Theory(_)) && !names.contains(&truth.as_str()) {
                names.push(&truth);
            }
            let theories: Vec<(String, Box<dyn AnyTheory>)> =
                names.iter().map(|n| Ok(((*n).to_owned(), by_name(n)?))).collect::<Result<_>>()?;
            let options = Options { recovery: 0, seed: Seed(seed), ..Options::new(theories) };
            let comparison = compare(&world.study(animals, Seed(seed))?, &options, &|| true)?;
            let verdict = &comparison.verdict;
            let right = comparison
                .ranking
                .iter()
                .any(|r| Some(&r.label) == verdict.winner.as_ref() && (r.truth || r.one_with.contains(&truth)));
            let error = verdict.winner.is_some() && !right;
            wrong += usize::from(error && verdict.strength == Strength::Decisive);
            all += 1;
            let mark = if right {
                "truth"
            } else if error {
                "WRONG"
            } else {
                "none"
            };
            println!("{truth:24} seed {seed}  {mark:5}  {:?}: {}", verdict.strength, verdict.sentence);
        }
    }
    println!("{wrong} of {all} studies were decided wrongly");
    Ok(())
}
