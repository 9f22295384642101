//! Decides in which unit a file's times stand when what it claims contradicts its data.

use accumbens_core::format::TimeUnit;

/// The unit a file claims by a word; `None` where the word names none.
#[must_use]
pub fn claimed(word: &str) -> Option<TimeUnit> {
    match word.trim().to_lowercase().as_str() {
        "s" | "sec" | "second" | "seconds" => Some(TimeUnit::Seconds),
        "ms" | "msec" | "millisecond" | "milliseconds" => Some(TimeUnit::Milliseconds),
        "us" | "µs" | "usec" | "microsecond" | "microseconds" => Some(TimeUnit::Microseconds),
        _ => None,
    }
}

/// Times are taken to be off by a unit where their span and that of the signal differ by more than this factor.
const FAR: f64 = 30.0;

/// The unit in which events up to `last` fit a signal that lasts `signal` seconds: the claimed one where it fits or
/// nothing else does.
#[must_use]
pub fn checked(claim: TimeUnit, last: f64, signal: Option<f64>) -> TimeUnit {
    let Some(signal) = signal.filter(|s| *s > 0.0) else { return claim };
    let off = |unit: TimeUnit| (last * unit.seconds() / signal).ln().abs();
    if last <= 0.0 || off(claim) < FAR.ln() {
        return claim;
    }
    let best = TimeUnit::ALL.into_iter().min_by(|a, b| off(*a).total_cmp(&off(*b))).unwrap_or(claim);
    if off(best) < FAR.ln() { best } else { claim }
}

/// Which of signal and events stood in seconds already where a study says of both that they stand in `said`: the one that
/// fits the other when it is not converted. `signal` and `events` are their last times as converted, s.
#[must_use]
pub fn in_seconds_already(said: TimeUnit, signal: f64, events: f64) -> Option<&'static str> {
    let fits = |a: f64, b: f64| (a / b).ln().abs() < FAR.ln();
    let scale = said.seconds();
    if scale == 1.0 || !(signal > 0.0 && events > 0.0) || fits(signal, events) {
        return None;
    }
    let which = [("events", signal, events / scale), ("signal", signal / scale, events)];
    which.into_iter().find(|(_, a, b)| fits(*a, *b)).map(|(which, ..)| which)
}

/// The unit in which stamps so far apart are frames of a camera or samples of a detector: frames come at 1 Hz or
/// faster, so 1 or more a frame is no number of seconds, and 1,000 or more none of milliseconds.
#[must_use]
pub fn of_frames(apart: f64) -> TimeUnit {
    if apart >= 1000.0 {
        TimeUnit::Microseconds
    } else if apart >= 1.0 {
        TimeUnit::Milliseconds
    } else {
        TimeUnit::Seconds
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_signal_and_events_in_two_units_the_one_that_is_in_seconds_already_is_named() {
        let ms = TimeUnit::Milliseconds;
        assert_eq!(in_seconds_already(ms, 812.0, 0.8), Some("events"));
        assert_eq!(in_seconds_already(ms, 0.812, 800.0), Some("signal"));
        assert_eq!(in_seconds_already(ms, 812.0, 800.0), None);
        assert_eq!(in_seconds_already(TimeUnit::Seconds, 812.0, 0.8), None);
    }

    #[test]
    fn a_claim_that_contradicts_the_signal_yields_and_one_that_fits_stays() {
        // DANDI 000351: events claim milliseconds up to 553.979, the light lasts 553.8 s.
        assert_eq!(checked(TimeUnit::Milliseconds, 553.979, Some(553.8)), TimeUnit::Seconds);
        assert_eq!(checked(TimeUnit::Milliseconds, 553_979.0, Some(553.8)), TimeUnit::Milliseconds);
        assert_eq!(checked(TimeUnit::Seconds, 553_979.0, Some(553.8)), TimeUnit::Milliseconds);
        assert_eq!(checked(TimeUnit::Seconds, 40.0, Some(600.0)), TimeUnit::Seconds);
        assert_eq!(checked(TimeUnit::Milliseconds, 553.979, None), TimeUnit::Milliseconds);
    }
}
