//! Samples ANCCR's baseline, the mean trace of each kind at all times, over a silence in closed form.
//!
//! Samples stand at multiples of the sampling interval dt in [event, next event). At each: Ei ← Ei·exp(−dt/T) and
//! Mi ← Mi + b·(Ei − Mi). At the first, Ei gains the traces of the events since the sample before it. As in the
//! published code that first step is also made, without the gain, where no sample lies between two events. Between
//! events both recursions are linear, so that a silence of any length costs the same.

use serde::{Deserialize, Serialize};

/// How fast the baseline follows its samples.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Rate {
    /// Always by this part of the difference.
    Constant(f64),
    /// By this multiple of 1/(number of samples so far): an exact mean for 1.
    ExactMean(f64),
}

/// The parameters of a silence, with what follows from them alone.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct Laws {
    constant: f64,
    dt: f64,
    rate: Rate,
    /// g = exp(−dt/T).
    per_sample: f64,
    /// ln(1 − b) of a constant rate b.
    log_kept: f64,
    /// |ln(p/g)| with p = 1 − b.
    apart: f64,
    /// exp(−|ln(p/g)|) − 1.
    growth: f64,
}

impl Laws {
    fn new(constant: f64, dt: f64, rate: Rate) -> Self {
        // A rate of 1 or more has no logarithm and is stepped through.
        let log_kept = match rate {
            Rate::Constant(b) if b < 1.0 => (-b).ln_1p(),
            _ => 0.0,
        };
        let apart = (log_kept + dt / constant).abs();
        Self { constant, dt, rate, per_sample: (-dt / constant).exp(), log_kept, apart, growth: (-apart).exp_m1() }
    }

    /// (g^n − p^n)/(g − p), from g^(n−1) and p^n: with q ≤ 1 the ratio of the smaller to the larger base it is
    /// larger^(n−1)·(q^n − 1)/(q − 1), which neither overflows nor loses digits as the bases meet.
    fn geometric(&self, n: f64, g_before: f64, p_after: f64) -> f64 {
        let (g_after, kept) = (g_before * self.per_sample, self.log_kept.exp());
        let g_larger = self.per_sample >= kept;
        let larger = if g_larger { g_before } else { p_after / kept };
        if larger == 0.0 {
            return 0.0;
        }
        if self.growth == 0.0 {
            return larger * n;
        }
        let shrunk = if n * self.apart < 0.5 {
            (-n * self.apart).exp_m1()
        } else {
            let (small, large) = if g_larger { (p_after, g_after) } else { (g_after, p_after) };
            if large == 0.0 { -1.0 } else { small / large - 1.0 }
        };
        larger * shrunk / self.growth
    }

    fn are(&self, constant: f64, dt: f64, rate: Rate) -> bool {
        self.constant == constant && self.dt == dt && self.rate == rate
    }
}

/// The sampled traces and their means, and where the silence since the last event stands.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Baseline {
    /// Before the silence: trace, mean, and the trace of the events that no sample has seen yet, at `since`.
    trace: Vec<f64>,
    mean: Vec<f64>,
    unseen: Vec<f64>,
    since: f64,
    /// Whether the first step of this silence was already made before it (the silence goes on after a change).
    begun: bool,
    samples: u64,
    /// Where the silence started to be counted, and the parameters under which it is.
    laws: Option<Laws>,
    /// After the silence so far.
    after_trace: Vec<f64>,
    after_mean: Vec<f64>,
    after_samples: u64,
    after_seen: bool,
    from_sample: u64,
    until: f64,
    /// Whether an event has come and the silence after it has not begun.
    fresh: bool,
    any: bool,
}

/// The first multiple of `dt` at or after `time`, as its number.
fn sample_at(time: f64, dt: f64) -> u64 {
    let mut i = (time / dt).ceil() as u64;
    while i > 0 && (i - 1) as f64 * dt >= time {
        i -= 1;
    }
    while (i as f64) * dt < time {
        i += 1;
    }
    i
}

impl Baseline {
    /// Of `n` kinds, before anything happened.
    pub fn new(n: usize) -> Self {
        let zeros = || vec![0.0; n];
        Self {
            trace: zeros(),
            mean: zeros(),
            unseen: zeros(),
            since: 0.0,
            begun: false,
            samples: 0,
            laws: None,
            after_trace: zeros(),
            after_mean: zeros(),
            after_samples: 0,
            after_seen: false,
            from_sample: 0,
            until: 0.0,
            fresh: false,
            any: false,
        }
    }

    /// The mean trace of each kind at the end of the silence so far.
    pub fn now(&self) -> &[f64] {
        &self.after_mean
    }

    /// The silence is over, as an event comes or the laws change: what it made becomes the start of the next.
    pub fn settle(&mut self) {
        if !self.any {
            return;
        }
        if let Some(laws) = self.laws.filter(|_| self.fresh) {
            self.measure(self.until, laws);
        }
        self.trace.copy_from_slice(&self.after_trace);
        self.mean.copy_from_slice(&self.after_mean);
        if self.after_seen {
            self.unseen.fill(0.0);
        }
        self.from_sample += self.after_samples - self.samples;
        self.samples = self.after_samples;
    }

    /// An event of `kind` at `time`, after [`settle`](Self::settle); without a kind, one that leaves no trace.
    /// `left` is what is left of a trace since the event before.
    pub fn event(&mut self, time: f64, left: f64, kind: Option<usize>, constant: f64, dt: f64, rate: Rate) {
        for unseen in &mut self.unseen {
            *unseen *= left;
        }
        if let Some(kind) = kind {
            self.unseen[kind] += 1.0;
        }
        self.since = time;
        self.begun = false;
        self.any = true;
        self.from_sample = sample_at(time, dt);
        if !self.laws.is_some_and(|l| l.are(constant, dt, rate)) {
            self.laws = Some(Laws::new(constant, dt, rate));
        }
        self.after_seen = false;
        self.until = time;
        self.fresh = true;
    }

    /// Silence up to `until`, counted from the last event: calls in a row mean the same as the last of them.
    pub fn silence(&mut self, until: f64, constant: f64, dt: f64, rate: Rate) {
        if !self.any {
            return;
        }
        let laws = match self.laws.filter(|l| l.are(constant, dt, rate)) {
            Some(laws) => laws,
            // No time passes under laws that change at the very moment of the next event.
            None if until == self.until => return,
            None => {
                if self.after_seen {
                    self.begun = true;
                    self.settle();
                }
                *self.laws.insert(Laws::new(constant, dt, rate))
            }
        };
        self.until = until;
        self.measure(until, laws);
    }

    /// What the silence up to `until` makes of trace and mean.
    fn measure(&mut self, until: f64, laws: Laws) {
        self.fresh = false;
        let count = sample_at(until, laws.dt).saturating_sub(self.from_sample);
        self.after_seen = count > 0;
        self.after_samples = self.samples + count;
        let first = self.from_sample as f64 * laws.dt;
        let gained = if count > 0 { (-(first - self.since) / laws.constant).exp() } else { 0.0 };
        let steps = if self.begun { count } else { count.max(1) };
        match laws.rate {
            Rate::Constant(b) => self.constant_rate(b, &laws, gained, steps),
            Rate::ExactMean(k) => self.exact_mean(k, laws.per_sample, gained, steps),
        }
    }

    /// With g = exp(−dt/T) and p = 1−b, n steps from (E, M), the first gaining u:
    /// E_n = g^(n−1)·E_1 and M_n = p^n·M + b·E_1·(g^n − p^n)/(g − p), with E_1 = g·E + u.
    fn constant_rate(&mut self, b: f64, laws: &Laws, gained: f64, steps: u64) {
        let (g, decay) = (laws.per_sample, laws.dt / laws.constant);
        let n = steps as f64;
        let kept = 1.0 - b;
        let (trace_left, mean_left, weight) = if steps == 0 {
            (1.0, 1.0, 0.0)
        } else if kept > 0.0 {
            let left = (-decay * (n - 1.0)).exp();
            let mean_left = (n * laws.log_kept).exp();
            (left, mean_left, b * laws.geometric(n, left, mean_left))
        } else {
            return self.stepwise(|_| b, g, gained, steps);
        };
        for i in 0..self.trace.len() {
            let first = if steps == 0 { self.trace[i] } else { self.trace[i] * g + self.gain(i, gained) };
            self.keep(i, first * trace_left, self.mean[i] * mean_left + weight * first);
        }
    }

    fn exact_mean(&mut self, k: f64, g: f64, gained: f64, steps: u64) {
        let before = self.samples as f64;
        if k != 1.0 {
            return self.stepwise(|i| k / (before + i), g, gained, steps);
        }
        let n = steps as f64;
        let decay = g.ln();
        let sum = if steps == 0 { 0.0 } else { (n * decay).exp_m1() / decay.exp_m1() };
        let left = if steps == 0 { 1.0 } else { ((n - 1.0) * decay).exp() };
        for i in 0..self.trace.len() {
            let first = if steps == 0 { self.trace[i] } else { self.trace[i] * g + self.gain(i, gained) };
            let total = before + n;
            let mean = if total == 0.0 { self.mean[i] } else { (self.mean[i] * before + first * sum) / total };
            self.keep(i, first * left, mean);
        }
    }

    /// The recursion itself, for rates that no closed form covers; `rate` takes the step's number from 1.
    fn stepwise(&mut self, rate: impl Fn(f64) -> f64, g: f64, gained: f64, steps: u64) {
        for i in 0..self.trace.len() {
            let (mut trace, mut mean) = (self.trace[i], self.mean[i]);
            for step in 1..=steps {
                trace *= g;
                if step == 1 {
                    trace += self.gain(i, gained);
                }
                mean += rate(step as f64) * (trace - mean);
            }
            self.keep(i, trace, mean);
        }
    }

    #[inline]
    fn gain(&self, i: usize, gained: f64) -> f64 {
        if self.begun { 0.0 } else { self.unseen[i] * gained }
    }

    #[inline]
    fn keep(&mut self, i: usize, trace: f64, mean: f64) {
        self.after_trace[i] = trace;
        self.after_mean[i] = mean;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_closed_form_is_the_recursion_for_any_time_constant_and_rate() {
        for constant in [1e-4, 0.01, 0.3, 5.0, 9.9, 10.0, 1e3, 1e7] {
            for b in [0.0, 1e-9, 1e-3, 0.02, 0.019801326693244747, 0.5, 0.999999, 1.0, 1.5] {
                for until in [0.05, 0.25, 3.1, 40.0, 4000.0] {
                    let mut closed = Baseline::new(1);
                    closed.mean[0] = 0.7;
                    closed.event(0.03, 1.0, Some(0), constant, 0.2, Rate::Constant(b));
                    let mut stepped = closed.clone();
                    closed.silence(until, constant, 0.2, Rate::Constant(b));
                    let steps = sample_at(until, 0.2).saturating_sub(stepped.from_sample);
                    let gained = if steps > 0 { (-(0.2 - 0.03) / constant).exp() } else { 0.0 };
                    stepped.stepwise(|_| b, (-0.2 / constant).exp(), gained, steps.max(1));
                    let (ours, theirs) = (closed.now()[0], stepped.now()[0]);
                    let close = (ours - theirs).abs() <= 1e-11 * theirs.abs() + 1e-14;
                    assert!(close, "T {constant}, b {b}, until {until}: {ours} against {theirs}");
                }
            }
        }
    }
}
