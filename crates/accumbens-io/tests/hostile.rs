//! Damaged files: every reader answers with a recording or with one error, in bounded memory, and never panics.
//!
//! Files of the corpus are damaged by chance, always the same: bits flipped, bytes overwritten by extremes, stretches cut
//! out, doubled or swapped with another file's. `ACCUMBENS_FUZZ_SECONDS` lets each format be damaged for so long, and
//! keeps what breaks a reader.

use accumbens_core::format::Hints;
use accumbens_io::survey::survey;
use accumbens_io::{formats, roles, session, session_folder};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Damaged files of each kind without `ACCUMBENS_FUZZ_SECONDS`.
const FILES: usize = 300;
/// The most memory that reading one may take at any time.
const MEMORY: u64 = 300 << 20;

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus")
}

/// Reads whatever a file still holds.
fn read(path: &Path) -> accumbens_core::Result<usize> {
    let source = formats::open(path, &Hints::default())?;
    let held = source.holdings();
    let _ = (roles::pair(held), session_folder::events(source.as_ref()));
    let mut samples = 0;
    for (i, stream) in held.streams.iter().enumerate().take(8) {
        let mut blocks = 0;
        let seen = survey(source.as_ref(), i, || {
            blocks += 1;
            blocks < 40
        });
        samples += seen.map(|_| stream.samples)?;
        let _ = source.samples(i, stream.samples.saturating_sub(3)..stream.samples + 3)?;
        if stream.samples < 1 << 22 {
            let _ = session::channels(source.as_ref(), "file", &[stream.name.as_str()]);
        }
    }
    Ok(samples)
}

/// Damages bytes by chance.
fn damage(bytes: &mut Vec<u8>, other: &[u8], rng: &mut ChaCha8Rng) {
    for _ in 0..rng.random_range(1..=6) {
        if bytes.is_empty() {
            return;
        }
        let at = rng.random_range(0..bytes.len());
        let length = rng.random_range(1..=64).min(bytes.len() - at);
        match rng.random_range(0..8) {
            0 => bytes[at] ^= 1 << rng.random_range(0..8),
            1 => bytes[at..at + length].fill([0x00, 0xff, 0x7f, 0x80][rng.random_range(0..4)]),
            2 => bytes.truncate(at),
            3 => drop(bytes.drain(at..at + length)),
            4 => {
                let part = bytes[at..at + length].to_vec();
                let to = rng.random_range(0..=bytes.len());
                bytes.splice(to..to, part);
            }
            5 => {
                let extremes =
                    [0, 1, u64::MAX, u64::MAX >> 1, 1 << 31, 1 << 40, f64::NAN.to_bits(), f64::MAX.to_bits()];
                let word = extremes[rng.random_range(0..extremes.len())].to_le_bytes();
                let end = (at + 8).min(bytes.len());
                bytes[at..end].copy_from_slice(&word[..end - at]);
            }
            6 if !other.is_empty() => {
                let from = rng.random_range(0..other.len());
                let end = (from + length).min(other.len());
                bytes[at..at + (end - from)].copy_from_slice(&other[from..end]);
            }
            _ => bytes[at] = rng.random(),
        }
    }
}

/// Damages a file of the corpus again and again and reads it; `beside` is copied next to it undamaged.
fn attack(name: &str, beside: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    let whole = std::fs::read(corpus().join(name)).unwrap();
    for file in beside {
        std::fs::copy(corpus().join(file), folder.path().join(file)).unwrap();
    }
    let path = folder.path().join(name);
    std::fs::write(&path, &whole).unwrap();
    assert!(
        read(&path).unwrap_or_else(|e| panic!("{name} itself: {e}")) > 0
            || name.contains("events")
            || name.contains("lines")
    );
    let others: Vec<Vec<u8>> =
        std::fs::read_dir(corpus()).unwrap().map(|e| std::fs::read(e.unwrap().path()).unwrap()).collect();
    let seconds = std::env::var("ACCUMBENS_FUZZ_SECONDS").ok().and_then(|s| s.parse().ok());
    let until = Instant::now() + Duration::from_secs(seconds.unwrap_or(0));
    let seed = name.bytes().fold(seconds.unwrap_or(1), |s, b| s.wrapping_mul(31).wrapping_add(u64::from(b)));
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let (mut files, mut read_whole) = (0, 0);
    while files < FILES || Instant::now() < until {
        let mut bytes = whole.clone();
        let other = &others[rng.random_range(0..others.len())];
        damage(&mut bytes, other, &mut rng);
        std::fs::write(&path, &bytes).unwrap();
        let begun = Instant::now();
        let mut outcome = None;
        let used = allocation_counter::measure(|| outcome = Some(catch_unwind(AssertUnwindSafe(|| read(&path)))));
        let slow = begun.elapsed() > Duration::from_secs(20);
        let kept = || {
            let kept = std::env::temp_dir().join(format!("broken-{files}-{name}"));
            let _ = std::fs::write(&kept, &bytes);
            kept.display().to_string()
        };
        let outcome = outcome.unwrap();
        assert!(outcome.is_ok(), "reading it panicked: {}", kept());
        assert!(used.bytes_max < MEMORY, "reading it took {} bytes: {}", used.bytes_max, kept());
        assert!(!slow, "reading it took {:?}: {}", begun.elapsed(), kept());
        if let Ok(Err(error)) = &outcome {
            assert!(error.to_string().lines().count() <= 2, "{error}");
        }
        read_whole += usize::from(matches!(outcome, Ok(Ok(_))));
        files += 1;
    }
    if seconds.is_some() {
        eprintln!("{name}: {files} damaged files, {read_whole} of them still readable");
    }
}

macro_rules! attacks {
    ($($test:ident: $name:literal $(beside $beside:literal)?;)*) => {
        $(#[test]
        fn $test() {
            attack($name, &[$($beside)?]);
        })*
    };
}

attacks! {
    damaged_nwb_is_refused_or_read: "small.nwb";
    damaged_doric_is_refused_or_read: "small.doric";
    damaged_mat_is_refused_or_read: "small.mat";
    damaged_ppd_is_refused_or_read: "small.ppd";
    damaged_tdt_indices_are_refused_or_read: "small.tsq" beside "small.tev";
    damaged_parquet_is_refused_or_read: "small.parquet";
    damaged_neurophotometrics_is_refused_or_read: "neurophotometrics.csv";
    damaged_doric_csv_is_refused_or_read: "doric.csv";
    damaged_guppy_is_refused_or_read: "guppy.csv";
    damaged_events_are_refused_or_read: "events.csv";
    damaged_lists_of_times_are_refused_or_read: "lines.csv";
}
