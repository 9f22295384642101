//! Finds the pulses of a line that is high or low.

use accumbens_core::Result;
use accumbens_core::format::{EventSeries, Source};

/// Samples looked at together.
const BLOCK: usize = 1 << 18;

/// The pulses of a line while it is followed.
struct Follower {
    middle: f64,
    up: Option<bool>,
    events: EventSeries,
}

impl Follower {
    fn see(&mut self, x: f64, time: f64) {
        let now = x > self.middle;
        match (self.up, now) {
            (Some(false), true) => {
                self.events.times.push(time);
                self.events.durations.push(f64::NAN);
            }
            (Some(true), false) => {
                if let (Some(start), Some(last)) = (self.events.times.last(), self.events.durations.last_mut()) {
                    *last = time - start;
                }
            }
            _ => {}
        }
        self.up = Some(now);
    }
}

/// The lowest and highest of finite values.
fn range(line: &[f64]) -> (f64, f64) {
    let finite = line.iter().copied().filter(|x| x.is_finite());
    finite.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), x| (l.min(x), h.max(x)))
}

fn follower(name: &str, (low, high): (f64, f64)) -> Option<Follower> {
    let events = EventSeries::at(name, Vec::new());
    (low < high).then_some(Follower { middle: 0.5 * (low + high), up: None, events })
}

/// The rising edges of a line, with the time each pulse lasted: a line is high above the middle of its range. A line
/// that is high at the first sample rose before it, so that is no edge; a pulse that is high at the end lasts NaN.
#[must_use]
pub fn rising(name: &str, line: &[f64], time: impl Fn(usize) -> f64) -> EventSeries {
    let Some(mut follower) = follower(name, range(line)) else { return EventSeries::at(name, Vec::new()) };
    for (i, x) in line.iter().enumerate().filter(|(i, x)| x.is_finite() && time(*i).is_finite()) {
        follower.see(*x, time(i));
    }
    follower.events
}

/// The rising edges of a stream, read block by block.
///
/// # Errors
/// Where it cannot be read.
pub fn of_stream(source: &dyn Source, stream: usize) -> Result<EventSeries> {
    let about = &source.holdings().streams[stream];
    let blocks = || (0..about.samples).step_by(BLOCK).map(|from| from..(from + BLOCK).min(about.samples));
    let mut ends = (f64::INFINITY, f64::NEG_INFINITY);
    for block in blocks() {
        let (low, high) = range(&source.samples(stream, block)?);
        ends = (ends.0.min(low), ends.1.max(high));
    }
    let Some(mut follower) = follower(&about.name, ends) else { return Ok(EventSeries::at(&about.name, Vec::new())) };
    for block in blocks() {
        let (line, times) = (source.samples(stream, block.clone())?, source.times(stream, block)?);
        for (x, t) in line.iter().zip(&times).filter(|(x, t)| x.is_finite() && t.is_finite()) {
            follower.see(*x, *t);
        }
    }
    Ok(follower.events)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_gives_its_rises_and_how_long_each_pulse_lasted() {
        let line = [5.0, 5.0, 0.0, 5.0, f64::NAN, 5.0, 0.0, 0.0, 4.0];
        let events = rising("ttl", &line, |i| i as f64 * 0.5);
        assert_eq!(events.times, [1.5, 4.0]);
        assert!(events.durations[0] == 1.5 && events.durations[1].is_nan());
        assert!(rising("flat", &[1.0, 1.0], |i| i as f64).times.is_empty());
    }
}
