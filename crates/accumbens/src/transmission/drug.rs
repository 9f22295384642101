//! Brings a drug to the brain and turns it into patches: depot, blood and brain with first-order rates, solved exactly.

use accumbens_core::drugs::{Drug, Given, How};
use accumbens_core::{Course, Hold, Patch};
use nalgebra::{Matrix3, Vector3};

/// Time between values of a course, s.
const STEP: f64 = 1.0;
/// The longest time in which the peak of a usual dose is looked for, s.
const LONGEST: f64 = 2e6;

/// How much of a dose of 1 is in the brain, by time since it was given.
struct Level {
    state: Vector3<f64>,
    step: Matrix3<f64>,
}

impl Level {
    fn new(drug: &Drug, route: &str, step: f64) -> Self {
        let k = &drug.kinetics;
        let route = k.routes.get(route).copied();
        let (share, absorption) = route.map_or((0.0, None), |r| (r.share, r.absorption));
        let a = absorption.unwrap_or(0.0);
        // Depot, blood, brain.
        let rates = Matrix3::new(-a, 0.0, 0.0, a, -(k.into + k.out), k.back, 0.0, k.into, -k.back);
        let state = if absorption.is_some() { Vector3::new(share, 0.0, 0.0) } else { Vector3::new(0.0, share, 0.0) };
        Self { state, step: (rates * step).exp() }
    }

    fn next(&mut self) -> f64 {
        self.state = self.step * self.state;
        self.state.z
    }
}

/// The peak of a dose of 1 by the usual route: its time, s, and the share in the brain.
#[must_use]
pub fn peak(drug: &Drug) -> (f64, f64) {
    let mut level = Level::new(drug, &drug.route, STEP);
    let (mut time, mut highest) = (0.0, 0.0);
    loop {
        let now = level.next();
        if now < highest || time > LONGEST {
            return (time, highest);
        }
        (time, highest) = (time + STEP, now);
    }
}

/// The brain's level over time, as the dose of the usual route whose peak is as high: from `from` to `to`, one value a
/// second. Doses before `from` count.
#[must_use]
pub fn level(given: &Given, from: f64, to: f64) -> Vec<f64> {
    let (_, highest) = peak(&given.drug);
    let mut all = vec![0.0; ((to - from) / STEP).ceil().max(0.0) as usize + 2];
    for dose in &given.doses {
        let mut level = Level::new(&given.drug, &dose.route, STEP);
        let first = (from - dose.time).max(0.0);
        if first > 0.0 {
            level.state = Level::new(&given.drug, &dose.route, first).step * level.state;
        }
        let start = ((dose.time - from).max(0.0) / STEP).ceil() as usize;
        let mut now = level.state.z;
        for value in all.iter_mut().skip(start) {
            *value += dose.amount * now / highest.max(f64::MIN_POSITIVE);
            now = level.next();
        }
    }
    all
}

/// What a drug's doses do from `from` to `to`, s, in one projection or everywhere.
#[must_use]
pub fn patches(given: &Given, from: f64, to: f64, projection: Option<&str>) -> Vec<Patch> {
    let level = level(given, from, to);
    let one = |act: &accumbens_core::drugs::Act| {
        let share = |x: f64| x / (x + act.half);
        let (hold, value): (Hold, Box<dyn Fn(f64) -> f64>) = match act.how {
            How::Competes => (Hold::Plus, Box::new(|x| x / act.half)),
            How::Occupies => (Hold::Plus, Box::new(share)),
            How::Lowers => (Hold::Times, Box::new(|x| 1.0 - act.most * share(x))),
            How::Raises => (Hold::Times, Box::new(|x| 1.0 + act.most * share(x))),
            How::Adds => (Hold::Plus, Box::new(|x| act.most * share(x))),
            How::Sets => (Hold::At, Box::new(|_| act.most)),
        };
        let values = level.iter().map(|x| value(*x)).collect();
        let course = Course::Sampled { start: from, step: STEP, values };
        Patch { parameter: act.parameter.clone(), projection: projection.map(Into::into), hold, course }
    };
    given.drug.acts.iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use accumbens_core::drugs;

    #[test]
    fn cocaine_peaks_and_leaves_as_its_published_constants_say() {
        // Closed form of two compartments: the peak at ln(λ₁/λ₂)/(λ₁ − λ₂) = 165.8 s with a share of 0.2594, a last
        // half-life of 385.1 s.
        let cocaine = drugs::by_name("cocaine").unwrap();
        let (time, share) = peak(&cocaine);
        assert!((time - 165.8).abs() <= 1.0 && (share - 0.2594).abs() < 1e-4, "{time} {share}");
        let given = Given::parse("cocaine:1:iv@0").unwrap();
        let course = level(&given, 0.0, 10_000.0);
        let half = std::f64::consts::LN_2 * 1000.0 / (course[7000] / course[8000]).ln();
        assert!((half - 385.1).abs() < 0.1, "{half}");
        assert!((course[166] - 1.0).abs() < 1e-5);
    }

    #[test]
    fn doses_add_up_and_a_late_start_changes_nothing() {
        let once = level(&Given::parse("cocaine:2:iv@0").unwrap(), 0.0, 900.0);
        let twice = level(&Given::parse("cocaine:2:iv@0+300x1").unwrap(), 0.0, 900.0);
        let late = level(&Given::parse("cocaine:2:iv@-300").unwrap(), 0.0, 500.0);
        for i in 0..500 {
            assert!((twice[300 + i] - once[300 + i] - once[i]).abs() < 1e-12);
            assert!((late[i] - once[300 + i]).abs() < 1e-9, "{i}");
        }
    }

    #[test]
    fn methylphenidate_occupies_the_transporter_as_published() {
        // Fact 17: 5, 10, 20, 40, 60 mg by mouth occupy 12, 40, 54, 72, 74%; root mean square error at most 6 points.
        let act = drugs::by_name("methylphenidate").unwrap().acts[0].clone();
        let doses = [(5.0, 12.0), (10.0, 40.0), (20.0, 54.0), (40.0, 72.0), (60.0, 74.0)];
        let square = |(dose, published): &(f64, f64)| (100.0 * dose / (dose + act.half) - published).powi(2);
        let error = (doses.iter().map(square).sum::<f64>() / 5.0).sqrt();
        assert!(error <= 6.0, "{error}");
        let (time, _) = peak(&drugs::by_name("methylphenidate").unwrap());
        assert!((2400.0..4800.0).contains(&time), "the brain's peak is about an hour after the dose: {time}");
    }

    #[test]
    fn d2_occupancy_crosses_the_published_thresholds() {
        // Fact 18: 65, 72, 78% are the midpoints of response, prolactin and extrapyramidal effects.
        let thresholds = drugs::thresholds().unwrap();
        for (threshold, midpoint) in thresholds.iter().zip([0.65, 0.72, 0.78]) {
            let crossing = (0..1000).map(|i| f64::from(i) / 1000.0).find(|o| threshold.probability(*o) >= 0.5);
            assert!((crossing.unwrap() - midpoint).abs() <= 0.02, "{}", threshold.name);
        }
    }

    #[test]
    fn a_drug_without_affinity_does_nothing_at_any_dose() {
        for drug in drugs::all().unwrap() {
            let mut given = Given::parse(&format!("{}:1000", drug.name)).unwrap();
            // What a drug sets, it sets while it is there: it has no affinity to lose.
            given.drug.acts.retain(|a| a.how != How::Sets);
            given.drug.acts.iter_mut().for_each(|a| a.half = f64::INFINITY);
            for patch in patches(&given, 0.0, 600.0, None) {
                let neutral = if patch.hold == Hold::Times { 1.0 } else { 0.0 };
                let Course::Sampled { values, .. } = &patch.course else { panic!("{}", drug.name) };
                assert!(values.iter().all(|v| *v == neutral), "{} {}", drug.name, patch.parameter);
            }
        }
    }

    #[test]
    fn no_dose_is_no_effect() {
        for drug in drugs::all().unwrap() {
            let given = Given::parse(&format!("{}:0", drug.name)).unwrap();
            for patch in patches(&given, 0.0, 10.0, None) {
                let neutral = if patch.hold == Hold::Times { 1.0 } else { 0.0 };
                let efficacy = patch.parameter.ends_with("efficacy");
                assert!(efficacy || patch.course.at(5.0) == Some(neutral), "{}: {}", drug.name, patch.parameter);
            }
        }
    }
}
