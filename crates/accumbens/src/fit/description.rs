//! Describes responses without any theory: what a theory of dopamine must beat before it is named.
//!
//! A mean a kind of event, a function of the event's number and one of the time since the previous outcome for each kind, and
//! means that differ by session, on top of the offsets, drifts and overlap that every theory has too. A function is
//! nothing, a straight line, or a random walk over knots (closer together early in life and for short intervals), flat
//! beyond the last, so that what comes next is predicted to be like what was. Which, and how much it may vary, is not
//! known beforehand: the evidence is averaged over all of these. It is asked as theories are, with everything integrated
//! out.

use super::cohort::Member;
use super::evidence::{GAIN, Nuisance, Part, Posterior, SESSION, Scale, log_evidence, posterior};
use super::statistics::log_mean;

/// Its name in rankings.
pub const NAME: &str = "description";
/// Steps of each smooth function.
const STEPS: usize = 8;
/// What a function of number may be; each is as likely beforehand.
const NUMBER: [Form; 6] = [Form::Nothing, Form::Line, Form::Drift, Form::Walk(0.1), Form::Walk(1.0), Form::Walk(10.0)];
/// The same of a function of the interval.
const INTERVAL: [Form; 4] = [Form::Nothing, Form::Line, Form::Walk(0.1), Form::Walk(1.0)];
/// Prior variance of a line's slope over one standard deviation, in units of the noise variance.
const LINE: f64 = 1.0;
/// Prior variance of the mean of a kind, in units of the noise variance: that of a theory's gain.
const KIND: f64 = GAIN;

/// What a function of number or interval is.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Form {
    Nothing,
    Line,
    /// A line over the time of life, which runs unlike numbers where intervals change.
    Drift,
    /// A random walk with this variance over its whole range, in units of the noise variance.
    Walk(f64),
}

/// The columns of functions, one function a kind.
#[derive(Clone, Debug, Default)]
struct Functions {
    lines: Vec<Vec<f64>>,
    drifts: Vec<Vec<f64>>,
    walks: Vec<Vec<f64>>,
}

impl Functions {
    /// Adds that of a kind, over values of its responses.
    fn add(&mut self, values: &[f64], mine: &[bool], knots: &[f64]) {
        self.lines.push(line(values, mine));
        self.walks.extend(ramps(values, mine, knots));
    }

    fn columns(&self, form: Form) -> Vec<(&[f64], f64)> {
        match form {
            Form::Nothing => Vec::new(),
            Form::Drift => self.drifts.iter().map(|c| (c.as_slice(), LINE)).collect(),
            Form::Line => self.lines.iter().map(|c| (c.as_slice(), LINE)).collect(),
            Form::Walk(variance) => self.walks.iter().map(|c| (c.as_slice(), variance / STEPS as f64)).collect(),
        }
    }
}

/// The columns of a subject's description.
#[derive(Clone, Debug)]
pub struct Description {
    kinds: Vec<Vec<f64>>,
    numbers: Functions,
    intervals: Functions,
}

/// Ramps from 0 to 1 between neighbouring knots, for the values of one kind; 0 for the others.
fn ramps(values: &[f64], mine: &[bool], knots: &[f64]) -> Vec<Vec<f64>> {
    let ramp = |w: &[f64]| {
        let at = |(v, mine): (&f64, &bool)| if *mine { ((v - w[0]) / (w[1] - w[0])).clamp(0.0, 1.0) } else { 0.0 };
        values.iter().zip(mine).map(at).collect::<Vec<f64>>()
    };
    knots.windows(2).filter(|w| w[1] > w[0]).map(ramp).filter(|c| c.iter().any(|v| *v != c[0])).collect()
}

/// The values of one kind at mean 0 and a spread of 1; 0 for the others.
fn line(values: &[f64], mine: &[bool]) -> Vec<f64> {
    let own: Vec<f64> = values.iter().zip(mine).filter(|(_, m)| **m).map(|(v, _)| *v).collect();
    let scale = Scale::of(&own);
    values.iter().zip(mine).map(|(v, m)| if *m { (v - scale.mean) / scale.sd } else { 0.0 }).collect()
}

/// The quantile of sorted values.
fn quantile(sorted: &[f64], share: f64) -> f64 {
    sorted[((sorted.len() - 1) as f64 * share).round() as usize]
}

impl Description {
    /// Of a subject's events; its responses do not enter.
    #[must_use]
    pub fn new(member: &Member) -> Self {
        let kinds_of: Vec<usize> = member.scored.iter().map(|s| s.response.kind).collect();
        let mut kinds = kinds_of.clone();
        kinds.sort_unstable();
        kinds.dedup();
        let number: Vec<f64> = member.scored.iter().map(|s| s.number as f64).collect();
        let time: Vec<f64> = member.scored.iter().map(|s| member.starts[s.session] + s.response.time).collect();
        let mut all = Self { kinds: Vec::new(), numbers: Functions::default(), intervals: Functions::default() };
        for kind in &kinds {
            let mine: Vec<bool> = kinds_of.iter().map(|k| k == kind).collect();
            if kinds.len() > 1 {
                let share = mine.iter().filter(|m| **m).count() as f64 / mine.len() as f64;
                all.kinds.push(mine.iter().map(|m| f64::from(u8::from(*m)) - share).collect());
            }
            let of = |values: &[f64]| {
                let mut own: Vec<f64> = values.iter().zip(&mine).filter(|(_, m)| **m).map(|(v, _)| *v).collect();
                own.sort_by(f64::total_cmp);
                own
            };
            let own = of(&number);
            let (low, high) = (own[0], own[own.len() - 1]);
            // Life is followed more closely early, where most is learnt.
            let knots: Vec<f64> = (0..=STEPS).map(|i| low + (high - low) * (i as f64 / STEPS as f64).powi(2)).collect();
            all.numbers.add(&number, &mine, &knots);
            all.numbers.drifts.push(line(&time, &mine));
            let interval = |s: &super::cohort::Scored| s.response.interval.max(0.1).ln();
            let known: Vec<f64> = member.scored.iter().map(interval).collect();
            let mut own = of(&member.scored.iter().map(|s| s.response.interval).collect::<Vec<_>>());
            own.retain(|v| v.is_finite());
            if !own.is_empty() {
                let middle = quantile(&own, 0.5).max(0.1).ln();
                // The first of a session follows nothing: it is like the usual one.
                let missing = member.scored.iter().map(|s| !s.response.interval.is_finite());
                let x: Vec<f64> = known.iter().zip(missing).map(|(v, m)| if m { middle } else { *v }).collect();
                let knot = |i: usize| quantile(&own, 0.02 + 0.96 * i as f64 / STEPS as f64).max(0.1).ln();
                all.intervals.add(&x, &mine, &(0..=STEPS).map(knot).collect::<Vec<_>>());
            }
        }
        all
    }

    /// Every form: nothing at all, and means with each form of both functions, the same for every subject.
    fn forms(&self) -> Vec<Part<'_>> {
        let mut forms = vec![Part::default()];
        for number in NUMBER {
            for interval in INTERVAL {
                for session in [0.0, SESSION] {
                    let means = self.kinds.iter().map(|c| (c.as_slice(), KIND));
                    let functions = self.numbers.columns(number).into_iter().chain(self.intervals.columns(interval));
                    let varying = self.kinds.iter().filter(|_| session > 0.0).map(|c| (c.as_slice(), session));
                    let shared = means.chain(functions).collect();
                    forms.push(Part { shared, varying: varying.collect(), positive: false });
                }
            }
        }
        forms
    }

    /// The log evidence of responses under each form, in their own unit.
    #[must_use]
    pub fn log_evidences(&self, nuisance: &Nuisance, y: &[f64]) -> Vec<f64> {
        let scale = Scale::of(y);
        let scaled = scale.apply(y);
        let unit = y.len() as f64 * scale.sd.ln();
        self.forms().iter().map(|part| log_evidence(nuisance, &scaled, part) - unit).collect()
    }

    /// What is known after responses, at the best point of the grid.
    #[must_use]
    pub fn posterior(&self, nuisance: &Nuisance, y: &[f64]) -> Option<Posterior> {
        let scale = Scale::of(y);
        let scaled = scale.apply(y);
        let forms = self.forms();
        let best = forms
            .iter()
            .max_by(|a, b| log_evidence(nuisance, &scaled, a).total_cmp(&log_evidence(nuisance, &scaled, b)))?;
        posterior(nuisance, &scaled, best, scale)
    }
}

/// The log evidence of each subject from that of each form (`each[subject][form]`): averaged over the forms, half of the
/// weight alike on all and half by what the other subjects say, so that the group need not find its form anew in each
/// animal, and no animal is described by what it says itself.
#[must_use]
pub fn together(each: &[Vec<f64>]) -> Vec<f64> {
    let forms = each.first().map_or(0, Vec::len);
    let sums: Vec<f64> = (0..forms).map(|f| each.iter().map(|row| row[f]).sum()).collect();
    let of = |row: &Vec<f64>| {
        let alike = log_mean(row);
        let others: Vec<f64> = sums.iter().zip(row).map(|(s, own)| s - own).collect();
        let total = log_mean(&others);
        let led: Vec<f64> = others.iter().zip(row).map(|(o, own)| o - total + own).collect();
        log_mean(&[alike, log_mean(&led)])
    };
    each.iter().map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_that_all_share_costs_its_prior_once_and_one_animal_alone_pays_it_whole() {
        let forms = 40;
        let row: Vec<f64> = (0..forms).map(|f| if f == 7 { 0.0 } else { -60.0 }).collect();
        let cost = (forms as f64).ln();
        assert!((together(std::slice::from_ref(&row))[0] + cost).abs() < 1e-9);
        let all = together(&vec![row.clone(); 6]);
        assert!(all.iter().all(|e| (e + (2.0_f64 / (1.0 + 1.0 / forms as f64)).ln()).abs() < 1e-9), "{all:?}");
        // An animal whom the others mislead pays no more than twice its own chance.
        let mut odd = vec![-60.0; forms];
        odd[3] = 0.0;
        let mixed = together(&[row.clone(), row, odd]);
        assert!(mixed[2] > -cost - std::f64::consts::LN_2 - 1e-9, "{mixed:?}");
    }
}
