//! Describes responses without any theory: what a theory of dopamine must beat before it is named.
//!
//! A mean a kind of event, a function of the event's number, one of the time since the previous outcome and, where it varies,
//! one of the event's magnitude for each kind, and means that differ by session, on top of the offsets, drifts and overlap that every theory has too. A function is
//! nothing, a straight line, or a random walk over knots (closer together early in life and for short intervals), flat
//! beyond the last, so that what comes next is predicted to be like what was. Which, and how much it may vary, is not
//! known beforehand: the evidence is averaged over all of these. It is asked as theories are, with everything integrated
//! out. The coefficients of an animal may be its own, or near those of the other animals ([`super::alike`]): what all
//! animals share need not be found anew in each.

use super::alike::{Known, Row, rows, together};
use super::cohort::Member;
use super::evidence::{GAIN, Nuisance, Part, Posterior, SESSION, Scale, posterior};
use super::shared::{Columns, Subject};
use rayon::prelude::*;

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
/// Columns of a kind: its mean; over number a line, a drift and a walk; over intervals a line and a walk; over magnitude a
/// line, and one over its logarithm.
const COLUMNS: usize = SIZE + 2;
/// Where those over magnitude begin.
const SIZE: usize = 4 + 2 * STEPS;

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

/// Ramps from 0 to 1 between neighbouring knots, for the values of one kind; 0 for the others.
fn ramps(values: &[f64], mine: &[bool], knots: &[f64]) -> Vec<Vec<f64>> {
    let ramp = |w: &[f64]| {
        let at = |(v, mine): (&f64, &bool)| if *mine { ((v - w[0]) / (w[1] - w[0])).clamp(0.0, 1.0) } else { 0.0 };
        values.iter().zip(mine).map(at).collect::<Vec<f64>>()
    };
    knots.windows(2).map(|w| if w[1] > w[0] { ramp(w) } else { vec![0.0; values.len()] }).collect()
}

/// The values of one kind at mean 0 and a spread of 1; 0 for the others.
fn line(values: &[f64], mine: &[bool]) -> Vec<f64> {
    let own: Vec<f64> = values.iter().zip(mine).filter(|(_, m)| **m).map(|(v, _)| *v).collect();
    let scale = Scale::of(&own);
    // What differs by rounding alone is all the same.
    let differs = own.iter().any(|v| (v - scale.mean).abs() > 1e-12 * scale.mean.abs());
    let at = |(v, mine): (&f64, &bool)| if *mine && differs { (v - scale.mean) / scale.sd } else { 0.0 };
    values.iter().zip(mine).map(at).collect()
}

/// The quantile of sorted values.
fn quantile(sorted: &[f64], share: f64) -> f64 {
    sorted[((sorted.len() - 1) as f64 * share).round() as usize]
}

/// The columns of a subject's description: those of each kind in turn, of 0 where it has none of the kind.
#[derive(Clone, Debug)]
pub struct Description {
    columns: Vec<Vec<f64>>,
}

/// One form of the description: its columns, and whether means differ by session.
struct Shape {
    columns: Columns,
    session: bool,
}

/// Every form: nothing at all, and means with each form of all functions, the same for every subject; of magnitude only
/// where events come in several sizes.
fn shapes(kinds: usize, sized: bool) -> Vec<Shape> {
    let mut shapes = vec![Shape { columns: Columns::default(), session: false }];
    // With a single kind its mean is the offset.
    let mean = (kinds > 1).then_some((0, KIND));
    let of = |form: Form, line: usize, walk: usize| -> Vec<(usize, f64)> {
        match form {
            Form::Nothing => Vec::new(),
            Form::Line => vec![(line, LINE)],
            Form::Drift => vec![(line + 1, LINE)],
            Form::Walk(variance) => (walk..walk + STEPS).map(|c| (c, variance / STEPS as f64)).collect(),
        }
    };
    let sizes: &[Option<usize>] = if sized { &[None, Some(SIZE), Some(SIZE + 1)] } else { &[None] };
    for number in NUMBER {
        for (interval, size) in INTERVAL.iter().flat_map(|i| sizes.iter().map(move |s| (*i, *s))) {
            let functions = of(number, 1, 3).into_iter().chain(of(interval, 3 + STEPS, 4 + STEPS));
            let one: Vec<(usize, f64)> = mean.into_iter().chain(functions).chain(size.map(|c| (c, LINE))).collect();
            let all = (0..kinds).flat_map(|kind| one.iter().map(move |(c, v)| (kind * COLUMNS + c, *v)));
            let (places, variances): (Vec<usize>, Vec<f64>) = all.unzip();
            let columns = Columns { places, variances };
            shapes.extend([false, true].map(|session| Shape { columns: columns.clone(), session }));
        }
    }
    shapes
}

impl Description {
    /// Of each member; their responses do not enter.
    #[must_use]
    pub fn all(members: &[Member]) -> Vec<Self> {
        let name = |m: &Member, kind: usize| m.log.kinds()[kind].name.clone();
        let of = |m: &Member| m.scored.iter().map(|s| name(m, s.response.kind)).collect::<Vec<_>>();
        let mut kinds: Vec<String> = members.iter().flat_map(of).collect();
        kinds.sort_unstable();
        kinds.dedup();
        members.iter().map(|m| Self::new(m, &kinds, &of(m))).collect()
    }

    /// Of a member whose responses are to events `of`, among the kinds of all members.
    fn new(member: &Member, kinds: &[String], of: &[String]) -> Self {
        let number: Vec<f64> = member.scored.iter().map(|s| s.number as f64).collect();
        let time: Vec<f64> = member.scored.iter().map(|s| member.starts[s.session] + s.response.time).collect();
        let interval: Vec<f64> = member.scored.iter().map(|s| s.response.interval).collect();
        let magnitude: Vec<f64> = member.scored.iter().map(|s| member.log.events()[s.row].magnitude).collect();
        let mut columns = Vec::with_capacity(kinds.len() * COLUMNS);
        for kind in kinds {
            let mine: Vec<bool> = of.iter().map(|k| k == kind).collect();
            let own = |values: &[f64]| {
                let mut own: Vec<f64> = values.iter().zip(&mine).filter(|(_, m)| **m).map(|(v, _)| *v).collect();
                own.retain(|v| v.is_finite());
                own.sort_by(f64::total_cmp);
                own
            };
            let share = mine.iter().filter(|m| **m).count() as f64 / mine.len() as f64;
            let silent = |count: usize| (0..count).map(|_| vec![0.0; mine.len()]);
            columns.push(mine.iter().map(|m| f64::from(u8::from(*m)) - share).collect());
            let numbers = own(&number);
            if let (Some(low), Some(high)) = (numbers.first(), numbers.last()) {
                // Life is followed more closely early, where most is learnt.
                let knot = |i: usize| low + (high - low) * (i as f64 / STEPS as f64).powi(2);
                columns.push(line(&number, &mine));
                columns.push(line(&time, &mine));
                columns.extend(ramps(&number, &mine, &(0..=STEPS).map(knot).collect::<Vec<_>>()));
            } else {
                columns.extend(silent(2 + STEPS));
            }
            let intervals = own(&interval);
            if intervals.is_empty() {
                columns.extend(silent(1 + STEPS));
            } else {
                let middle = quantile(&intervals, 0.5).max(0.1).ln();
                // The first of a session follows nothing: it is like the usual one.
                let x: Vec<f64> =
                    interval.iter().map(|v| if v.is_finite() { v.max(0.1).ln() } else { middle }).collect();
                let knot = |i: usize| quantile(&intervals, 0.02 + 0.96 * i as f64 / STEPS as f64).max(0.1).ln();
                columns.push(line(&x, &mine));
                columns.extend(ramps(&x, &mine, &(0..=STEPS).map(knot).collect::<Vec<_>>()));
            }
            columns.push(line(&magnitude, &mine));
            // Of what is 0 or below there is no logarithm: it is like the least that is above.
            let least = own(&magnitude).into_iter().find(|v| *v > 0.0).unwrap_or(1.0);
            columns.push(line(&magnitude.iter().map(|v| v.max(least).ln()).collect::<Vec<_>>(), &mine));
        }
        Self { columns }
    }

    /// Whether events of a kind come in several magnitudes.
    fn sized(&self) -> bool {
        self.columns.iter().skip(SIZE).step_by(COLUMNS).any(|c| c.iter().any(|v| *v != 0.0))
    }

    fn kinds(&self) -> usize {
        self.columns.len() / COLUMNS
    }

    /// Means of kinds that differ by session, where they do.
    fn varying(&self, session: bool) -> Vec<(&[f64], f64)> {
        let means = self.columns.iter().step_by(COLUMNS).filter(|_| session && self.kinds() > 1);
        means.map(|c| (c.as_slice(), SESSION)).collect()
    }

    /// A subject's sums with every column, without and with means that differ by session.
    fn subject(&self, nuisance: &Nuisance, scaled: &[f64]) -> Option<[Subject; 2]> {
        let part = |session| Part {
            shared: self.columns.iter().map(|c| (c.as_slice(), 1.0)).collect(),
            varying: self.varying(session),
            positive: false,
        };
        Some([Subject::new(nuisance, scaled, &part(false))?, Subject::new(nuisance, scaled, &part(true))?])
    }

    /// What is known after responses, at the form that is best for this subject by itself.
    #[must_use]
    pub fn posterior(&self, nuisance: &Nuisance, y: &[f64]) -> Option<Posterior> {
        let scale = Scale::of(y);
        let scaled = scale.apply(y);
        let [still, moved] = self.subject(nuisance, &scaled)?;
        let value = |s: &Shape| if s.session { &moved } else { &still }.alone(&s.columns);
        let best = shapes(self.kinds(), self.sized()).into_iter().max_by(|a, b| value(a).total_cmp(&value(b)))?;
        let shared = best.columns.places.iter().zip(&best.columns.variances);
        let part = Part {
            shared: shared.map(|(c, v)| (self.columns[*c].as_slice(), *v)).collect(),
            varying: self.varying(best.session),
            positive: false,
        };
        posterior(nuisance, &scaled, &part, scale)
    }
}

/// The log evidence of each subject's responses `ys`, in their own unit: NaN where they are no numbers.
#[must_use]
pub fn log_evidences(descriptions: &[Description], nuisances: &[&Nuisance], ys: &[&[f64]]) -> Vec<f64> {
    let subject = |m: usize| descriptions[m].subject(nuisances[m], &Scale::of(ys[m]).apply(ys[m]));
    let found: Option<Vec<[Subject; 2]>> = (0..ys.len()).into_par_iter().map(subject).collect();
    let (Some(subjects), Some(first)) = (found, descriptions.first()) else { return vec![f64::NAN; ys.len()] };
    let sized = descriptions.iter().any(Description::sized);
    let of = |shape: &Shape| -> Vec<Row> {
        let columns = &shape.columns;
        let these: Vec<&Subject> = subjects.iter().map(|s| &s[usize::from(shape.session)]).collect();
        let known: Option<Vec<Known>> = these.iter().map(|s| s.known(columns)).collect();
        let own = || vec![Row::own(these.iter().map(|s| s.alone(columns)).collect())];
        known.map_or_else(own, |known| rows(&known))
    };
    let rows: Vec<Row> = shapes(first.kinds(), sized).par_iter().flat_map(of).collect();
    let unit = |y: &[f64]| y.len() as f64 * Scale::of(y).sd.ln();
    together(&rows).into_iter().zip(ys).map(|(e, y)| e - unit(y)).collect()
}
