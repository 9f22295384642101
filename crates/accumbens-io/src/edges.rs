//! Finds the pulses of a line that is high or low.

use accumbens_core::format::EventSeries;

/// The rising edges of a line, with the time each pulse lasted: a line is high above the middle of its range. A line
/// that is high at the first sample rose before it, so that is no edge; a pulse that is high at the end lasts NaN.
#[must_use]
pub fn rising(name: &str, line: &[f64], time: impl Fn(usize) -> f64) -> EventSeries {
    let finite = || line.iter().copied().filter(|x| x.is_finite());
    let (low, high) = finite().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), x| (l.min(x), h.max(x)));
    let mut events = EventSeries { name: name.into(), ..EventSeries::default() };
    if low >= high || !low.is_finite() {
        return events;
    }
    let middle = 0.5 * (low + high);
    let mut up: Option<bool> = None;
    for (i, x) in line.iter().enumerate().filter(|(i, x)| x.is_finite() && time(*i).is_finite()) {
        let now = *x > middle;
        match (up, now) {
            (Some(false), true) => {
                events.times.push(time(i));
                events.durations.push(f64::NAN);
            }
            (Some(true), false) => {
                if let (Some(start), Some(last)) = (events.times.last(), events.durations.last_mut()) {
                    *last = time(i) - start;
                }
            }
            _ => {}
        }
        up = Some(now);
    }
    events
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
