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
    fn a_claim_that_contradicts_the_signal_yields_and_one_that_fits_stays() {
        // DANDI 000351: events claim milliseconds up to 553.979, the light lasts 553.8 s.
        assert_eq!(checked(TimeUnit::Milliseconds, 553.979, Some(553.8)), TimeUnit::Seconds);
        assert_eq!(checked(TimeUnit::Milliseconds, 553_979.0, Some(553.8)), TimeUnit::Milliseconds);
        assert_eq!(checked(TimeUnit::Seconds, 553_979.0, Some(553.8)), TimeUnit::Milliseconds);
        assert_eq!(checked(TimeUnit::Seconds, 40.0, Some(600.0)), TimeUnit::Seconds);
        assert_eq!(checked(TimeUnit::Milliseconds, 553.979, None), TimeUnit::Milliseconds);
    }
}
