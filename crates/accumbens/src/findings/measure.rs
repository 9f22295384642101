//! Measures one quantity in one subject's life.

use super::lived::Lived;
use super::spec::{Against, Ask, Measure, Near, Of, Reduce};
use crate::fit::statistics;
use accumbens_core::{ActionRule, Event, EventLog, Sample};

/// A response with what it may be compared with.
#[derive(Clone, Copy, Debug)]
struct Response {
    value: f64,
    magnitude: f64,
    interval: f64,
}

fn phase_of(lived: &Lived, time: f64) -> &str {
    let after = lived.sessions.partition_point(|(start, _)| *start <= time);
    lived.sessions.get(after.saturating_sub(1)).map_or("", |(_, phase)| phase.as_str())
}

fn is_near(log: &EventLog, time: f64, near: &Near) -> bool {
    let Some(kind) = log.kind(&near.event) else { return false };
    let slack = 1e-9 * time.abs().max(1.0);
    let (from, to) = (time + near.from - slack, time + near.to + slack);
    let first = log.events().partition_point(|e| e.time < from);
    log.events()[first..].iter().take_while(|e| e.time <= to).any(|e| e.kind == kind)
}

/// Whether what a measure asks to be near is near, and nothing else.
fn is_among(log: &EventLog, time: f64, m: &Measure) -> bool {
    m.near.iter().all(|n| is_near(log, time, n)) && m.not_near.iter().all(|n| !is_near(log, time, n))
}

/// The events that a measure selects, with the interval since the last of their kind.
fn selected<'a>(lived: &'a Lived, m: &Measure) -> Vec<(usize, &'a Event, f64)> {
    let log = &lived.log;
    let Some(kind) = m.event.as_ref().and_then(|name| log.kind(name)) else { return Vec::new() };
    let mut last = f64::NAN;
    let mut found = Vec::new();
    for (row, event) in log.events().iter().enumerate().filter(|(_, e)| e.kind == kind) {
        let interval = event.time - last;
        last = event.time;
        let kept = m.phase.as_ref().is_none_or(|p| phase_of(lived, event.time) == p)
            && m.magnitude.is_none_or(|x| event.magnitude == x)
            && m.min_interval.is_none_or(|x| interval >= x)
            && is_among(log, event.time, m);
        if kept {
            found.push((row, event, interval));
        }
    }
    cut(&mut found, m);
    found
}

/// Keeps the part of a selection that a measure asks for.
fn cut<T>(found: &mut Vec<T>, m: &Measure) {
    found.drain(..m.skip.min(found.len()));
    if let Some(n) = m.first {
        found.truncate(n);
    }
    if let Some(n) = m.last {
        found.drain(..found.len().saturating_sub(n));
    }
}

/// What dopamine does in a window.
fn windowed(samples: &[&Sample], onset: f64, [from, to]: [f64; 2], of: Of) -> f64 {
    let slack = 1e-9 * onset.abs().max(1.0);
    let first = samples.partition_point(|s| s.time <= onset + from + slack);
    let inside: Vec<(f64, f64)> = samples[first..]
        .iter()
        .take_while(|s| s.time <= onset + to + slack)
        .map(|s| (s.time - onset, s.value))
        .collect();
    let values = || inside.iter().map(|(_, v)| *v);
    match of {
        Of::Sum => values().sum(),
        Of::Mean if inside.is_empty() => 0.0,
        Of::Mean => values().sum::<f64>() / inside.len() as f64,
        Of::Peak => values().fold(f64::NEG_INFINITY, f64::max),
        Of::Trough => values().fold(f64::INFINITY, f64::min),
        Of::PeakTime => {
            let best = inside.iter().max_by(|a, b| a.1.total_cmp(&b.1));
            best.filter(|b| b.1 > 0.0).map_or(f64::NAN, |b| b.0)
        }
        Of::Slope => {
            let (x, y): (Vec<f64>, Vec<f64>) = inside.into_iter().unzip();
            slope(&x, &y)
        }
    }
}

fn slope(x: &[f64], y: &[f64]) -> f64 {
    let (mx, my) = (statistics::mean(x), statistics::mean(y));
    let sxy: f64 = x.iter().zip(y).map(|(a, b)| (a - mx) * (b - my)).sum();
    sxy / x.iter().map(|a| (a - mx).powi(2)).sum::<f64>()
}

fn responses(lived: &Lived, m: &Measure, mixture: usize) -> Vec<Response> {
    let selected = selected(lived, m);
    let response = |value: f64, event: &Event, interval: f64| Response { value, magnitude: event.magnitude, interval };
    if matches!(m.ask, Ask::Response | Ask::Wanting) {
        let rule = ActionRule::default();
        let asked = |(_, event, interval): &(usize, &Event, f64)| {
            let at = lived.probes.partition_point(|(p, _)| p.time <= event.time);
            let probe = lived.probes[at..].iter().find(|(p, _)| p.kind == event.kind);
            let wanting = probe.and_then(|(_, d)| *d).map_or(f64::NAN, |d| d.wanting);
            let value = if m.ask == Ask::Response { rule.probability(wanting) } else { wanting };
            response(value, event, *interval)
        };
        return selected.iter().map(asked).collect();
    }
    let samples = lived.samples.iter().filter(|s| s.channel as usize == mixture);
    if let Some(window) = m.window {
        let samples: Vec<&Sample> = samples.collect();
        return selected.iter().map(|(_, e, i)| response(windowed(&samples, e.time, window, m.of), e, *i)).collect();
    }
    let mut answers = vec![f64::NAN; lived.log.events().len()];
    for sample in samples.filter(|s| s.rows > 0) {
        answers[sample.first_row as usize..(sample.first_row + sample.rows) as usize].fill(sample.value);
    }
    selected.iter().map(|(row, event, interval)| response(answers[*row], event, *interval)).collect()
}

fn running(values: &[f64], over: usize) -> Vec<f64> {
    values.windows(over.max(1)).map(statistics::mean).collect()
}

/// The magnitude at which the mean response changes sign, between the magnitudes that were given.
fn reversal(responses: &[Response]) -> f64 {
    let mut sizes: Vec<f64> = responses.iter().map(|r| r.magnitude).collect();
    sizes.sort_by(f64::total_cmp);
    sizes.dedup();
    let mean = |size: f64| {
        let of: Vec<f64> = responses.iter().filter(|r| r.magnitude == size).map(|r| r.value).collect();
        statistics::mean(&of)
    };
    let curve: Vec<(f64, f64)> = sizes.into_iter().map(|s| (s, mean(s))).collect();
    let crossing = curve.windows(2).find(|w| w[0].1 < 0.0 && w[1].1 >= 0.0);
    crossing.map_or(f64::NAN, |w| w[0].0 - w[0].1 * (w[1].0 - w[0].0) / (w[1].1 - w[0].1))
}

fn reduced(responses: &[Response], m: &Measure) -> f64 {
    let y: Vec<f64> = responses.iter().map(|r| r.value).collect();
    if y.is_empty() {
        return f64::NAN;
    }
    let against = || -> (Vec<f64>, Vec<f64>) {
        let x = |(i, r): (usize, &Response)| match m.against {
            Against::Order => i as f64,
            Against::Interval => r.interval,
            Against::Magnitude => r.magnitude,
        };
        let pairs = responses.iter().enumerate().map(|(i, r)| (x((i, r)), r.value));
        pairs.filter(|(x, y)| x.is_finite() && y.is_finite()).unzip()
    };
    let reached = |limit: f64| {
        let found = running(&y, m.over).iter().position(|v| *v > limit);
        found.map_or(f64::NAN, |i| (i + m.over) as f64)
    };
    match m.reduce {
        Reduce::Mean => statistics::mean(&y),
        Reduce::Correlation => {
            let (x, y) = against();
            statistics::correlation(&x, &y)
        }
        Reduce::Slope => {
            let (x, y) = against();
            slope(&x, &y)
        }
        Reduce::TrialsTo => {
            let end = running(&y, m.over).last().copied().unwrap_or(f64::NAN);
            if end > 0.0 { reached(m.fraction * end) } else { f64::NAN }
        }
        Reduce::TrialsAbove => reached(m.level),
        Reduce::Reversal => reversal(responses),
    }
}

/// Shares and latencies of choices.
fn chosen(lived: &Lived, m: &Measure) -> f64 {
    let take = m.take.as_ref().and_then(|name| lived.log.kind(name));
    let offers =
        |d: &accumbens_core::Deed| take.is_none_or(|t| lived.choices[d.choice].options.iter().any(|o| o.kind == t));
    let in_phase = |time: f64| m.phase.as_ref().is_none_or(|p| phase_of(lived, time) == p);
    let kept = |d: &&accumbens_core::Deed| in_phase(d.offered) && offers(d) && is_among(&lived.log, d.offered, m);
    let mut deeds: Vec<_> = lived.deeds.iter().filter(kept).collect();
    cut(&mut deeds, m);
    let acted: Vec<_> = deeds.iter().filter(|d| d.action.is_some()).collect();
    match m.ask {
        Ask::Acting => acted.len() as f64 / deeds.len() as f64,
        Ask::Taking => acted.iter().filter(|d| d.action == take).count() as f64 / deeds.len() as f64,
        Ask::Latency => statistics::mean(&acted.iter().map(|d| d.latency).collect::<Vec<_>>()),
        _ => acted.iter().filter(|d| d.action == take).count() as f64 / acted.len() as f64,
    }
}

/// The measure's numbers: one, or one a cell. NaN where nothing was selected.
pub fn measure(lived: &Lived, m: &Measure, mixtures: Option<(usize, usize)>) -> Vec<f64> {
    if matches!(m.ask, Ask::Choice | Ask::Taking | Ask::Acting | Ask::Latency) {
        return vec![chosen(lived, m)];
    }
    if matches!(m.ask, Ask::Response | Ask::Wanting) {
        return vec![reduced(&responses(lived, m, 0), m)];
    }
    let Some((from, n)) = mixtures else { return vec![f64::NAN] };
    (from..from + n).map(|mixture| reduced(&responses(lived, m, mixture), m)).collect()
}
