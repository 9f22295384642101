//! Gives named, counter-based streams of random numbers: the same bytes on any number of threads.

pub use rand::rngs::ChaCha8Rng;
use rand::{Rng, RngExt, SeedableRng};
use serde::{Deserialize, Serialize};

/// A seed from which any number of independent streams is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seed(pub u64);

impl Seed {
    /// The stream of this name. ChaCha with 8 rounds is a function of key and counter, so streams do not depend on
    /// the order in which they are opened.
    #[must_use]
    pub fn stream(self, name: &str) -> ChaCha8Rng {
        let mut key = [0_u8; 32];
        key[..8].copy_from_slice(&self.0.to_le_bytes());
        for lane in 0..3_u64 {
            // FNV-1a, once for each remaining lane of the key from its own offset basis.
            let basis = 0xcbf2_9ce4_8422_2325_u64 ^ (lane + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            let hash = name.bytes().fold(basis, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0000_0100_0000_01b3));
            let at = 8 + lane as usize * 8;
            key[at..at + 8].copy_from_slice(&hash.to_le_bytes());
        }
        ChaCha8Rng::from_seed(key)
    }
}

/// The place of one of several, drawn by weights of this total; none where rounding leaves the draw beyond the last.
pub fn pick(weights: impl IntoIterator<Item = f64>, total: f64, rng: &mut impl Rng) -> Option<usize> {
    let mut left = rng.random::<f64>() * total;
    weights.into_iter().position(|w| {
        left -= w;
        left < 0.0
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_depends_on_its_name_and_seed_only() {
        let draw = |seed: u64, name: &str| Seed(seed).stream(name).next_u64();
        assert_eq!(draw(1, "noise"), draw(1, "noise"));
        assert_ne!(draw(1, "noise"), draw(1, "events"));
        assert_ne!(draw(1, "noise"), draw(2, "noise"));
    }
}
