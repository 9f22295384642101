//! Makes a recording of a source: the wanted channels on the clock of the first, and every event.

use crate::sync::{self, Sync};
use accumbens_core::format::Source;
use accumbens_core::recording::start;
use accumbens_core::{Channel, Error, EventLog, Recording, Result};
use std::path::Path;

/// Samples read together.
const BLOCK: usize = 1 << 20;
/// A channel is interpolated between samples at most so many of its intervals apart; further apart there is nothing.
const REACH: f64 = 5.0;

/// A whole stream: samples with a time, in order.
struct Whole {
    times: Vec<f64>,
    values: Vec<f64>,
}

fn whole(source: &dyn Source, stream: usize) -> Result<Whole> {
    let samples = source.holdings().streams[stream].samples;
    let (mut times, mut values) = (Vec::with_capacity(samples), Vec::with_capacity(samples));
    let mut from = 0;
    while from < samples {
        let to = (from + BLOCK).min(samples);
        times.extend(source.times(stream, from..to)?);
        values.extend(source.samples(stream, from..to)?);
        from = to;
    }
    values.resize(times.len(), f64::NAN);
    if times.iter().all(|t| t.is_finite()) {
        return Ok(Whole { times, values });
    }
    let kept = times.iter().zip(&values).filter(|(t, _)| t.is_finite()).map(|(t, x)| (*t, *x));
    let (times, values) = kept.unzip();
    Ok(Whole { times, values })
}

/// The values of a stream at other times, by lines between its samples; nothing where samples are far apart.
fn onto(stream: &Whole, clock: &[f64]) -> Vec<f64> {
    let pairs = stream.times.windows(2).filter(|w| w[1] > w[0]).count().max(1);
    let usual = stream.times.last().zip(stream.times.first()).map_or(0.0, |(b, a)| (b - a) / pairs as f64);
    let mut at = 0;
    let value = |t: &f64| {
        while at + 1 < stream.times.len() && stream.times[at + 1] <= *t {
            at += 1;
        }
        let (Some(t0), Some(x0)) = (stream.times.get(at), stream.values.get(at)) else { return f64::NAN };
        if t == t0 {
            return *x0;
        }
        let (Some(t1), Some(x1)) = (stream.times.get(at + 1), stream.values.get(at + 1)) else {
            // A clock that runs a sample longer holds the last value.
            return if *t > *t0 && t - t0 <= usual { *x0 } else { f64::NAN };
        };
        if t < t0 {
            return if t0 - t <= usual { *x0 } else { f64::NAN };
        }
        if t1 - t0 > REACH * usual { f64::NAN } else { x0 + (x1 - x0) * (t - t0) / (t1 - t0) }
    };
    clock.iter().map(value).collect()
}

/// The wanted channels of a source on the clock of the first; channels on another clock are interpolated onto it.
///
/// # Errors
/// Where a channel is not there, or the clock goes back.
pub fn channels(source: &dyn Source, place: &str, wanted: &[&str]) -> Result<(Vec<f64>, Vec<Channel>)> {
    let held = source.holdings();
    let places = wanted.iter().map(|n| held.stream(place, n)).collect::<Result<Vec<_>>>()?;
    let Some(&first) = places.first() else { return Ok((Vec::new(), Vec::new())) };
    let lead = whole(source, first)?;
    if let Some(i) = lead.times.windows(2).position(|w| w[1] <= w[0]) {
        let problem = format!("its sample {} at {} s is not after the one before", i + 1, lead.times[i + 1]);
        return Err(Error::input(format!("{place}: {}", wanted[0]), problem, "times that increase"));
    }
    let mut channels = Vec::new();
    for &stream in &places {
        let about = &held.streams[stream];
        let same = about.clock_name == held.streams[first].clock_name;
        let data = match stream {
            _ if stream == first => lead.values.clone(),
            _ => {
                let other = whole(source, stream)?;
                if same && other.times == lead.times { other.values } else { onto(&other, &lead.times) }
            }
        };
        channels.push(Channel { name: about.name.clone(), unit: about.unit.clone(), data });
    }
    Ok((lead.times, channels))
}

/// A recording of the wanted channels with the events that `log` makes of what the source holds. `log` is given how far
/// back to move every time, s, which is returned too. Where `sync` names pulses, the signal's clock is first mapped to that of the events.
///
/// # Errors
/// Where a channel or the log is not as wanted.
pub fn recording(
    source: &dyn Source,
    path: &Path,
    wanted: &[&str],
    sync: Option<&Sync>,
    log: impl FnOnce(f64) -> Result<(EventLog, f64)>,
) -> Result<(Recording, f64)> {
    let place = path.display().to_string();
    let (mut times, channels) = channels(source, &place, wanted)?;
    let mut history = Vec::new();
    if let Some(sync) = sync.filter(|_| !times.is_empty()) {
        let pulses = |name: &str| {
            let found = source.holdings().events.iter().find(|e| e.name == name).map(|e| e.times.as_slice());
            let names = || source.holdings().events.iter().map(|e| e.name.as_str()).collect::<Vec<_>>().join(", ");
            found.ok_or_else(|| Error::input(format!("{place}: sync"), format!("no event {name:?}"), names()))
        };
        let mapped = sync::map(pulses(&sync.signal)?, pulses(&sync.events)?, sync.tolerance);
        let mapped = mapped.map_err(|e| e.within(&place))?;
        times.iter_mut().for_each(|t| *t = mapped.time(*t));
        history.push(mapped.entry(sync));
    }
    let happened = source.holdings().events.iter().flat_map(|e| &e.times).copied().filter(|t| t.is_finite());
    let origin = start(times.first().copied(), happened.min_by(f64::total_cmp));
    if origin != 0.0 {
        times.iter_mut().for_each(|t| *t -= origin);
    }
    let (events, end) = log(origin)?;
    let recording = Recording::new(times, channels, events, end).map_err(|e| e.within(&place))?;
    Ok((Recording { history, ..recording }, origin))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_channel_of_a_staggered_clock_is_read_off_the_lines_between_its_samples() {
        let stream =
            Whole { times: (0..20).map(|i| f64::from(i) + 0.5).collect(), values: (0..20).map(f64::from).collect() };
        let seen = onto(&stream, &[0.0, 1.0, 1.5, 10.25, 20.0, 25.0]);
        assert_eq!(seen[..5], [0.0, 0.5, 1.0, 9.75, 19.0]);
        assert!(seen[5].is_nan());
        let mut torn = stream;
        torn.times.iter_mut().skip(10).for_each(|t| *t += 100.0);
        assert!(onto(&torn, &[50.0])[0].is_nan());
    }
}
