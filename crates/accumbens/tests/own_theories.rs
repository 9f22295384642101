//! Theories of others: found by their names, and told what they break.

use accumbens::theories::{add, by_name, conformance, names};
use accumbens_core::{Domain, Dopamine, Event, EventKind, Info, Seed, Theory, Topic};

accumbens_core::parameters! {
    /// A theory that breaks what it owes: it counts silences and answers only cues.
    pub struct Forgetful {
        /// How fast it forgets.
        rate: 0.1 => .domain(Domain::UNIT);
    }
}

impl Theory for Forgetful {
    type State = f64;
    const INFO: Info = Info {
        name: "forgetful",
        summary: "a theory that breaks what it owes",
        family: "none",
        dopamine: "the number of silences",
        papers: &[],
        speaks: &[Topic::Cue, Topic::Behaviour],
        error: false,
    };
    fn start(&self, _: &[EventKind]) -> f64 {
        0.0
    }
    fn advance(&self, state: &mut f64, _: f64, _: &mut Dopamine<'_>) {
        *state += 1.0;
    }
    fn observe(&self, state: &mut f64, now: &[Event], dopamine: &mut Dopamine<'_>) {
        for event in now.iter().filter(|e| e.kind.0 < 2) {
            dopamine.respond(event.time, 0, *state);
        }
    }
}

#[test]
fn the_check_that_theories_of_others_go_through_finds_what_is_broken() {
    let sound = by_name("rescorla_wagner").unwrap();
    assert_eq!(conformance::check(sound.as_ref(), 5, Seed(1)), []);
    let broken = conformance::check(&Forgetful::default(), 5, Seed(1));
    let owed: Vec<&str> = broken.iter().map(|b| b.owed).collect();
    assert!(owed.iter().any(|o| o.contains("pieces")), "{owed:?}");
    assert!(owed.iter().any(|o| o.contains("answered")), "{owed:?}");
    assert!(owed.iter().any(|o| o.contains("moves the animal")), "{owed:?}");
}

#[test]
fn a_theory_of_ones_own_is_found_by_its_name_and_cannot_take_one_that_exists() {
    add(Box::new(Forgetful::default()), "It forgets.").unwrap();
    assert!(names().any(|n| n == "forgetful"));
    assert_eq!(accumbens::theories::parse("forgetful:rate=0.5").unwrap().get(0), 0.5);
    assert_eq!(accumbens::theories::account("forgetful"), "It forgets.");
    assert!(add(by_name("anccr").unwrap(), "").is_err());
}
