//! What every stage needs of a trace: its runs without gaps, and its missing samples filled while a filter passes.

use rayon::prelude::*;
use std::ops::Range;

/// A clock has a gap where two samples are further apart than so many intervals.
const GAP: f64 = 5.0;

/// The runs of a clock without gaps.
#[must_use]
pub fn pieces(times: &[f64]) -> Vec<Range<usize>> {
    let mut runs = Vec::new();
    let Some(usual) = usual(times) else {
        runs.extend((!times.is_empty()).then_some(0..1));
        return runs;
    };
    let mut from = 0;
    for (i, w) in times.windows(2).enumerate() {
        if w[1] - w[0] > GAP * usual {
            runs.push(from..i + 1);
            from = i + 1;
        }
    }
    runs.push(from..times.len());
    runs
}

/// The usual time between samples, s: the median of the first of them; `None` with fewer than two.
#[must_use]
pub fn usual(times: &[f64]) -> Option<f64> {
    let mut apart: Vec<f64> = times.windows(2).take(4096).map(|w| w[1] - w[0]).collect();
    if apart.is_empty() {
        return None;
    }
    let middle = apart.len() / 2;
    Some(*apart.select_nth_unstable_by(middle, f64::total_cmp).1)
}

/// Missing samples filled by lines between their neighbours, at the ends by the nearest; `false` where there is no
/// sample at all.
pub fn fill(values: &mut [f64]) -> bool {
    let mut last: Option<usize> = None;
    for i in 0..values.len() {
        if !values[i].is_finite() {
            continue;
        }
        match last {
            None => {
                let first = values[i];
                values[..i].fill(first);
            }
            Some(from) if i - from > 1 => {
                let (a, b) = (values[from], values[i]);
                let step = (b - a) / (i - from) as f64;
                (from + 1..i).for_each(|j| values[j] = a + step * (j - from) as f64);
            }
            Some(_) => {}
        }
        last = Some(i);
    }
    let Some(last) = last else { return false };
    let end = values[last];
    values[last + 1..].fill(end);
    true
}

/// The value at a rank among the absolute values of `values`, counted from 0; missing values are passed over. It sorts
/// by the digits of the numbers, because a median of millions is taken at every step of a robust fit.
#[must_use]
pub fn rank_of_absolute(values: &[f64], rank: impl Fn(usize) -> usize) -> f64 {
    /// Values that are counted together.
    const STRETCH: usize = 1 << 18;
    let bits = |x: &f64| x.abs().to_bits();
    let count = |part: &[f64]| {
        let mut counts = vec![0_u32; 1 << 16];
        part.iter().filter(|x| x.is_finite()).for_each(|x| counts[(bits(x) >> 48) as usize] += 1);
        counts
    };
    let mut counts = vec![0_usize; 1 << 16];
    let parts: Vec<Vec<u32>> = values.par_chunks(STRETCH).map(count).collect();
    parts.iter().for_each(|part| counts.iter_mut().zip(part).for_each(|(c, p)| *c += *p as usize));
    let total: usize = counts.iter().sum();
    if total == 0 {
        return f64::NAN;
    }
    let mut left = rank(total).min(total - 1);
    let mut digit = 0;
    while counts[digit] <= left {
        left -= counts[digit];
        digit += 1;
    }
    let here = |x: &&f64| x.is_finite() && (bits(x) >> 48) as usize == digit;
    let mut among: Vec<u64> = values.par_iter().filter(here).map(bits).collect();
    f64::from_bits(*among.select_nth_unstable(left).1)
}

/// The median of absolute values (of an even number of them, the mean of the middle two).
#[must_use]
pub fn median_absolute(values: &[f64]) -> f64 {
    let count = values.iter().filter(|x| x.is_finite()).count();
    let upper = rank_of_absolute(values, |n| n / 2);
    // Of millions the middle two are one, but for less than any digit that matters.
    if count % 2 == 1 || count > 100_000 { upper } else { 0.5 * (upper + rank_of_absolute(values, |n| n / 2 - 1)) }
}

/// The median of finite values; NaN without one.
#[must_use]
pub fn median(values: &[f64]) -> f64 {
    percentile(values, 50.0)
}

/// A percentile of finite values, by the line between its two neighbours; NaN without a value.
#[must_use]
pub fn percentile(values: &[f64], percent: f64) -> f64 {
    let mut finite: Vec<f64> = values.iter().copied().filter(|x| x.is_finite()).collect();
    if finite.is_empty() {
        return f64::NAN;
    }
    let at = percent / 100.0 * (finite.len() - 1) as f64;
    let below = at.floor() as usize;
    let (_, low, above) = finite.select_nth_unstable_by(below, f64::total_cmp);
    let low = *low;
    let high = above.iter().copied().fold(f64::INFINITY, f64::min);
    if high.is_finite() { low + (at - below as f64) * (high - low) } else { low }
}

/// The scale of a normal distribution with this median absolute deviation.
pub const MAD_TO_SD: f64 = 1.482_602_218_505_602;

/// Mean and standard deviation (over n) of finite values.
#[must_use]
pub fn moments(values: &[f64]) -> (f64, f64) {
    let finite = || values.iter().copied().filter(|x| x.is_finite());
    let n = finite().count() as f64;
    let mean = finite().sum::<f64>() / n;
    (mean, (finite().map(|x| (x - mean).powi(2)).sum::<f64>() / n).sqrt())
}

/// The samples of a clock within an epoch, s; all where there is none.
#[must_use]
pub fn within(times: &[f64], epoch: Option<[f64; 2]>) -> Range<usize> {
    match epoch {
        None => 0..times.len(),
        Some([from, to]) => times.partition_point(|t| *t < from)..times.partition_point(|t| *t <= to),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_statistics_are_those_of_the_sorted_values() {
        let values: Vec<f64> = (0..1001).map(|i| f64::from((i * 7919) % 1001) - 300.5).collect();
        let mut sorted: Vec<f64> = values.iter().map(|x| x.abs()).collect();
        sorted.sort_by(f64::total_cmp);
        assert_eq!(median_absolute(&values), sorted[500]);
        assert_eq!(median_absolute(&values[..1000]), {
            let mut s: Vec<f64> = values[..1000].iter().map(|x| x.abs()).collect();
            s.sort_by(f64::total_cmp);
            0.5 * (s[499] + s[500])
        });
        assert_eq!(percentile(&[3.0, f64::NAN, 1.0, 2.0, 4.0], 25.0), 1.75);
        assert!(median(&[f64::NAN]).is_nan());
    }

    #[test]
    fn gaps_divide_and_missing_samples_are_bridged() {
        let times: Vec<f64> = (0..10).map(f64::from).chain((20..25).map(f64::from)).collect();
        assert_eq!(pieces(&times), [0..10, 10..15]);
        let mut values = [f64::NAN, 1.0, f64::NAN, f64::NAN, 4.0, f64::NAN];
        assert!(fill(&mut values));
        assert_eq!(values, [1.0, 1.0, 2.0, 3.0, 4.0, 4.0]);
        assert!(!fill(&mut [f64::NAN]));
    }
}
