//! Finds bursts in a spike train by the rule of Grace and Bunney: an interval below 80 ms begins one, one above 160 ms
//! ends it.

/// Interval that begins a burst, s.
pub const ONSET: f64 = 0.08;
/// Interval that ends it, s.
pub const END: f64 = 0.16;

/// How a neuron fires.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Bursts {
    /// Spikes.
    pub spikes: usize,
    /// Bursts.
    pub bursts: usize,
    /// Spikes within bursts.
    pub within: usize,
}

impl Bursts {
    /// Of spikes at increasing times, s.
    #[must_use]
    pub fn of(times: &[f64]) -> Self {
        let mut found = Self { spikes: times.len(), ..Self::default() };
        let mut inside = false;
        for pair in times.windows(2) {
            let interval = pair[1] - pair[0];
            if inside {
                inside = interval <= END;
                found.within += usize::from(inside);
            } else if interval < ONSET {
                inside = true;
                found.bursts += 1;
                found.within += 2;
            }
        }
        found
    }

    /// Percentage of spikes within bursts.
    #[must_use]
    pub fn percent(&self) -> f64 {
        100.0 * self.within as f64 / self.spikes.max(1) as f64
    }

    /// Spikes in a burst, on average.
    #[must_use]
    pub fn spikes_a_burst(&self) -> f64 {
        self.within as f64 / self.bursts.max(1) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bursts_begin_below_80_ms_and_end_above_160_ms() {
        // A lone spike, three spikes (50, 150 ms), a lone one, and two spikes 100 ms apart, which are no burst.
        let times = [0.0, 1.0, 1.05, 1.20, 2.0, 3.0, 3.1];
        assert_eq!(Bursts::of(&times), Bursts { spikes: 7, bursts: 1, within: 3 });
    }
}
