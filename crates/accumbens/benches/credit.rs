//! Speed of learning signals: contingency an event, generalised advantages beside a loop as it is usually written.

use accumbens::credit::{Batch, Contingencies, Credit, Memory, Rollout, Settings, gae};
use divan::Bencher;
use divan::counter::ItemsCount;

fn main() {
    divan::main();
}

/// Events of eight keys and one target in fifty, all active: items are events.
#[divan::bench]
fn contingency(bencher: Bencher<'_, '_>) {
    const EVENTS: usize = 100_000;
    let settings = Settings { time: 10.0, keep: 0.999, ..Settings::default() };
    let log: Vec<(u32, f64)> =
        (0..EVENTS).map(|i| (if i % 50 == 49 { 8 } else { (i * 7 % 8) as u32 }, i as f64 * 0.5)).collect();
    bencher.counter(ItemsCount::new(EVENTS)).bench_local(|| {
        let mut found = Contingencies::new(9, &[8], settings, 0.0).unwrap_or_else(|e| panic!("{e}"));
        for (key, time) in &log {
            found.event(*key, *time, 1.0).unwrap_or_else(|e| panic!("{e}"));
        }
        found.net(0, 0)
    });
}

/// 2048 steps of 256 environments, and 64 sequences of 4096 tokens: items are cells.
#[divan::bench(args = [(2048, 256, false, 1), (64, 4096, true, 1), (2048, 256, false, 2), (64, 4096, true, 2)])]
fn advantages(bencher: Bencher<'_, '_>, (rows, columns, lanes_first, threads): (usize, usize, bool, usize)) {
    let cells = rows * columns;
    let (values, zero) = (vec![0.5_f32; cells], vec![0.0_f32; cells]);
    let lanes = if lanes_first { rows } else { columns };
    let last = vec![0.0; lanes];
    let rollout = Rollout {
        rewards: &values,
        values: &values,
        next_values: None,
        last: &last,
        terminated: &zero,
        truncated: None,
        reset: None,
        lanes,
        lanes_first,
    };
    let mut out = vec![0.0; cells];
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap_or_else(|e| panic!("{e}"));
    bencher.counter(ItemsCount::new(cells)).bench_local(|| {
        pool.install(|| gae(&rollout, 0.99, 0.95, &mut out)).unwrap_or_else(|e| panic!("{e}"));
    });
}

/// A batch of 64 sequences of 256 events of 40 kinds and three channels: items are events.
#[divan::bench]
fn credit(bencher: Bencher<'_, '_>) {
    let (sequences, length) = (64, 256);
    let cells = sequences * length;
    let events: Vec<i32> = (0..cells).map(|i| (i * 31 % 40) as i32).collect();
    let (mask, groups) = (vec![true; cells], (0..sequences as i64).map(|i| i / 8).collect::<Vec<_>>());
    let rewards: Vec<f64> = (0..3 * sequences).map(|i| (i * 17 % 11) as f64).collect();
    let credit = Credit::new(3);
    let mut memory = Memory::default();
    bencher.counter(ItemsCount::new(cells)).bench_local(|| {
        let batch = Batch { events: &events, mask: &mask, rewards: &rewards, groups: &groups, contexts: None, length };
        credit.give(&batch, &mut memory).unwrap_or_else(|e| panic!("{e}"))
    });
}
