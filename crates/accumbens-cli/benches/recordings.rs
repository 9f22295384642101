//! Speed of reading and cleaning: an hour at 1 kHz with two channels.
//!
//! `cargo bench -p accumbens-cli` prints samples a second beside the times; `benchmarks/cleaning.py` sets the same steps
//! beside SciPy's and GuPPy's.

use accumbens::stages::clean;
use accumbens_core::cleaning::Step;
use accumbens_core::format::Hints;
use accumbens_core::{EventLog, Recording};
use accumbens_io::{formats, session};
use divan::Bencher;
use divan::counter::ItemsCount;
use std::path::Path;
use std::sync::LazyLock;

const SAMPLES: usize = 3_600_000;

fn main() {
    divan::main();
}

/// A file of two channels that fade, in a folder that lasts as long as the program.
static FILE: LazyLock<tempfile::TempDir> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap_or_else(|e| panic!("{e}"));
    let header = r#"{"mode":"2EX_2EM_continuous","sampling_rate":1000,"volts_per_division":[0.0001,0.0001],"version":"1.0","n_analog_signals":2,"n_digital_signals":2}"#;
    let mut bytes = (header.len() as u16).to_le_bytes().to_vec();
    bytes.extend(header.as_bytes());
    let mut noise = 1_u32;
    for i in 0..SAMPLES {
        let t = i as f64 / 1000.0;
        for level in [15_000.0, 12_000.0] {
            noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let light = level + 3000.0 * (-t / 200.0).exp() + 4000.0 * (-t / 5000.0).exp() + f64::from(noise >> 25);
            bytes.extend(((light as u16) << 1).to_le_bytes());
        }
    }
    std::fs::write(folder.path().join("hour.ppd"), bytes).unwrap_or_else(|e| panic!("{e}"));
    folder
});

fn read(path: &Path) -> Recording {
    let source = formats::open(path, &Hints::default()).unwrap_or_else(|e| panic!("{e}"));
    let log = |_| Ok((EventLog::default(), 0.0));
    session::recording(source.as_ref(), path, &["analog_1", "analog_2"], None, log).unwrap_or_else(|e| panic!("{e}")).0
}

fn steps(json: &str) -> Vec<Step> {
    serde_json::from_str(json).unwrap_or_else(|e| panic!("{e}"))
}

#[divan::bench(sample_count = 5)]
fn reading(bencher: Bencher<'_, '_>) {
    let path = FILE.path().join("hour.ppd");
    bencher.counter(ItemsCount::new(2 * SAMPLES)).bench_local(|| read(&path));
}

/// Cleaning alone, by chain.
#[divan::bench(sample_count = 5, args = [
    r#"[{"step":"low_pass","cutoff":10.0}]"#,
    r#"[{"step":"bleaching","method":"exponential","terms":2}]"#,
    r#"[{"step":"bleaching","method":"exponential","terms":2,"robust":true}]"#,
    r#"[{"step":"bleaching","method":"moving_percentile"}]"#,
    r#"[{"step":"bleaching","method":"airpls"}]"#,
    r#"[{"step":"reference","method":"robust"}]"#,
    r#"[{"step":"low_pass","cutoff":10.0},{"step":"bleaching","method":"exponential","terms":2},{"step":"reference","method":"robust"},{"step":"dff","over":"bleaching"}]"#,
])]
fn cleaning(bencher: Bencher<'_, '_>, chain: &str) {
    let recording = read(&FILE.path().join("hour.ppd"));
    let steps = steps(chain);
    bencher.counter(ItemsCount::new(2 * SAMPLES)).with_inputs(|| recording.clone()).bench_local_values(|recording| {
        clean(recording, &steps, "analog_1", Some("analog_2")).unwrap_or_else(|e| panic!("{e}"))
    });
}
