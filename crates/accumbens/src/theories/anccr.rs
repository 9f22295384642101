//! Looks back from each meaningful event for its causes: adjusted net contingency for causal relations.
//!
//! Each event leaves a decaying trace E (time constant T). M[i,j] is the mean trace of i at events j, Mi the mean
//! trace at all times; PRC = M − Mi says how much more i precedes j than chance, SRC[i,j] = PRC[i,j]·Mi_j/Mi_i turns it
//! forwards, NC = w·SRC + (1−w)·PRC. ANCCR is NC times the learnt reward R, less what other causes already explain;
//! dopamine at an event is the sum of its row of ANCCR over the meaningful causal targets (Jeong et al. 2022). The
//! order of the updates is that of the published code, which the paper's sums leave open: the matrices are updated in
//! place, in the order of kinds. An innately meaningful kind has a value above `threshold`.
//!
//! What is fitted is what the published simulations vary. T is `T_ratio` times the mean interval between outcomes of each
//! session: 1.2, and 10 for the animal whose first answers are negative. The learning rate falls with experience, as
//! published for random rewards and naive animals; a constant rate, as in the other simulations, is where `alpha_init`
//! is `alpha_min`. k (.01 to 1), w (.5 and .6) and alpha_r (.2 and .85) are fitted too; `threshold` (.5 to .8) is not, as
//! it acts by leaps that a search cannot follow. With `exact_mean` no rate is left to fit. In variant 2026 the three
//! parameters of the published grid are fitted: `alpha` (8e-6 to 1e-4), `T_ratio` (.1 to .7) and `threshold` (.1 to .8);
//! the ranges are read in the published code, the shapes of all priors are ours.

use super::anccr_baseline::{Baseline, Rate};
use accumbens_core::{
    Domain, Dopamine, Drive, Error, Event, EventKind, EventKindId, EventLog, Info, Parameter, Prior, Result, Role,
    Theory, Topic, parameters,
};
use serde::{Deserialize, Serialize};

/// The published variants, in the order of their words in the table.
const WITH_VALUE: f64 = 1.0;
const BURKE: f64 = 2.0;

parameters! {
    /// Adjusted net contingency for causal relations.
    pub struct Anccr {
        /// Time constant of the event trace; in comparisons and findings it is `T_ratio` × the mean interval between
        /// outcomes of each session, unless it is set.
        T: 14.4 => .domain(Domain::Positive).unit("s").source("jeong2022");
        /// The time constant T of each session relative to the mean interval between outcomes in it; fitted to dopamine
        /// under a log-normal prior of median 1.2 (sd of log 1), in variant 2026 of median 0.3 (sd of log 0.7).
        T_ratio: 1.2 => .domain(Domain::Positive).source("jeong2022");
        /// Learning rate of the mean traces where no schedule is set; in variant 2026 the rate of the baseline per sample
        /// (published: 4e-5), fitted there under a logit-normal prior of this median (sd of logit 1).
        alpha: 0.02 => .domain(Domain::UNIT).source("jeong2022");
        /// Learning rate at the first event. With `alpha_min` it makes a schedule that takes the place of `alpha`:
        /// min + (init − min)·exp(−exponent·number of the event, of all kinds). Published: 0.25.
        alpha_init: f64::NAN => .domain(Domain::UNIT).source("jeong2022").logit_normal(0.25, 1.5);
        /// Learning rate that the schedule ends in. Published: 0.02.
        alpha_min: f64::NAN => .domain(Domain::UNIT).source("jeong2022").logit_normal(0.02, 1.5);
        /// Decay of the schedule an event.
        alpha_exponent: 0.1 => .domain(Domain::NOT_NEGATIVE).source("jeong2022");
        /// Learning rate of the baseline relative to that of the mean traces; not used in variant 2026.
        k: 1.0 => .domain(Domain::NOT_NEGATIVE).log_normal(0.3, 1.5).source("jeong2022");
        /// Weight of the forward contingency in the net contingency.
        w: 0.5 => .domain(Domain::UNIT).logit_normal(0.5, 1.0).source("jeong2022");
        /// Above this a net contingency is an edge, and a response with its value makes a meaningful causal target; in
        /// variant 2026 fitted under a normal prior of mean 0.4 (sd 0.15).
        threshold: 0.6 => .domain(Domain::ANY).source("jeong2022");
        /// Below this rate of occurrence a kind's forward contingency counts as 0.
        minimum_rate: 1e-3 => .domain(Domain::NOT_NEGATIVE).unit("1/s").source("jeong2022");
        /// Learning rate of the reward attributed to a cause; above 1 it counts as 1.
        alpha_r: 0.2 => .domain(Domain::NOT_NEGATIVE).logit_normal(0.2, 1.5).source("jeong2022");
        /// Interval at which the baseline is sampled.
        sampling_interval: 0.2 => .domain(Domain::Real { min: 1e-3, max: 3600.0 }).unit("s").source("jeong2022").fixed();
        /// Whether means are exact (each event weighs alike) in place of a learning rate.
        exact_mean: 0.0 => .domain(Domain::Flag).source("jeong2022");
        /// Which published form: `2022`; `2022-value`, where the innate value is part of dopamine; `2026`, where the
        /// learning rate follows from the interval between outcomes (`iri`).
        variant: 0.0 => .domain(Domain::Choice(&["2022", "2022-value", "2026"])).source("jeong2022").fixed();
        /// Mean interval between outcomes, for variant 2026; taken from the log where unset.
        iri: f64::NAN => .domain(Domain::Positive).unit("s").source("burke2026");
    }
}

/// Traces, means, attributed reward and the matrices of the last event, each n × n with the cause as row.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct State {
    kinds: Vec<EventKind>,
    events: u64,
    last: f64,
    trace: Vec<f64>,
    recency: Vec<f64>,
    counts: Vec<f64>,
    meaningful: Vec<bool>,
    usable: Vec<bool>,
    baseline: Baseline,
    mean: Vec<f64>,
    /// Predecessor representation, less the baseline.
    pub prc: Vec<f64>,
    /// Successor representation, less the baseline.
    pub src: Vec<f64>,
    /// Net contingency.
    pub nc: Vec<f64>,
    /// Adjusted net contingency.
    pub anccr: Vec<f64>,
    /// Reward attributed to the row as a cause of the column, as it stood when the last event came.
    pub reward: Vec<f64>,
    attributed: Vec<f64>,
}

impl Anccr {
    fn rate(&self, state: &State, count: f64) -> f64 {
        if self.variant == BURKE {
            1.0 - (1.0 - self.alpha).powf(self.iri / self.sampling_interval)
        } else if self.exact_mean == 1.0 {
            1.0 / count
        } else {
            self.scheduled(state.events)
        }
    }

    fn scheduled(&self, event: u64) -> f64 {
        if self.alpha_init.is_nan() {
            return self.alpha;
        }
        (-self.alpha_exponent * event as f64).exp() * (self.alpha_init - self.alpha_min) + self.alpha_min
    }

    fn baseline_rate(&self, event: u64) -> Rate {
        if self.variant == BURKE {
            Rate::Constant(self.alpha)
        } else if self.exact_mean == 1.0 {
            Rate::ExactMean(self.k)
        } else {
            Rate::Constant(self.k * self.scheduled(event))
        }
    }

    /// What is left of a trace since the event before.
    fn left(&self, state: &State, time: f64) -> f64 {
        (-(time - state.last) / self.T).exp()
    }

    fn decay(&self, state: &mut State, left: f64) {
        for (trace, recency) in state.trace.iter_mut().zip(&mut state.recency) {
            *trace *= left;
            *recency *= left;
        }
    }

    /// Mean traces at events of kind `e`, and the contingencies of all pairs.
    fn contingencies(&self, s: &mut State, e: usize) {
        let n = s.kinds.len();
        let rate = if s.meaningful[e] { self.rate(s, s.counts[e]) } else { 0.0 };
        let means = s.baseline.now();
        let State { prc, src, nc, attributed, mean, trace, counts, .. } = s;
        let rows = prc.chunks_exact_mut(n).zip(src.chunks_exact_mut(n)).zip(nc.chunks_exact_mut(n));
        let rows = rows.zip(attributed.chunks_exact_mut(n)).zip(mean.chunks_exact_mut(n));
        for (i, ((((prc, src), nc), attributed), mean)) in rows.enumerate() {
            mean[e] += rate * (trace[i] - mean[e]);
            let seen = counts[i] > 0.0;
            let frequent = means[i] > 0.0 && means[i] / self.T >= self.minimum_rate;
            let per_mean = if frequent { 1.0 / means[i] } else { 0.0 };
            let cells = prc.iter_mut().zip(src).zip(nc).zip(attributed).zip(&*mean).zip(means).zip(&*counts);
            for ((((((prc, src), nc), attributed), mean), other), count) in cells {
                if !(seen && *count > 0.0) {
                    (*prc, *src, *nc, *attributed) = (0.0, 0.0, 0.0, 0.0);
                    continue;
                }
                *prc = mean - means[i];
                *src = *prc * other * per_mean;
                *nc = self.w * *src + (1.0 - self.w) * *prc;
            }
        }
    }

    fn is_edge(&self, s: &State, cause: usize, effect: usize) -> bool {
        cause != effect && s.nc[cause * s.kinds.len() + effect] > self.threshold
    }

    /// A[k,:] = NC[k,:]·R[k,:] − Σ_i A[i,:]·Δ_i over the edges i → k; in place, in the order of kinds.
    fn adjust(&self, s: &mut State) {
        let n = s.kinds.len();
        let State { anccr, nc, attributed, recency, .. } = s;
        for k in 0..n {
            // Row k is no cause of itself, so it may be overwritten while the others are still read.
            let (before, rest) = anccr.split_at_mut(k * n);
            let (row, after) = rest.split_at_mut(n);
            for ((a, nc), r) in row.iter_mut().zip(&nc[k * n..]).zip(&attributed[k * n..]) {
                *a = nc * r;
            }
            for (i, recency) in recency.iter().enumerate() {
                if i == k || nc[i * n + k] <= self.threshold {
                    continue;
                }
                let cause = if i < k { &before[i * n..(i + 1) * n] } else { &after[(i - k - 1) * n..(i - k) * n] };
                for (a, cause) in row.iter_mut().zip(cause) {
                    *a -= cause * recency;
                }
            }
        }
    }

    fn attribute(&self, s: &mut State, e: usize, magnitude: f64, dopamine: f64) {
        let n = s.kinds.len();
        let rate = self.alpha_r.min(1.0);
        if dopamine >= 0.0 {
            for i in 0..n {
                s.attributed[i * n + e] += rate * (magnitude - s.attributed[i * n + e]);
            }
            return;
        }
        let share = |s: &State, i: usize| s.recency[i] / s.counts[i];
        let total: f64 = (0..n).filter(|&i| self.is_edge(s, i, e)).map(|i| share(s, i)).sum();
        for i in 0..n {
            if self.is_edge(s, i, e) {
                let part = share(s, i) / total;
                s.attributed[i * n + e] -= rate * s.attributed[i * n + e] * part;
            }
        }
    }

    /// An omission state whose outcome has no known cause yet: the published code leaves all as it was, forgets the
    /// matrix A, and never decays the traces over the interval before it.
    fn skip(&self, s: &mut State, event: &Event, dopamine: &mut Dopamine<'_>) {
        s.anccr.fill(0.0);
        s.reward.fill(0.0);
        dopamine.respond(event.time, 0, 0.0);
        let left = self.left(s, event.time);
        s.last = event.time;
        s.baseline.event(event.time, left, None, self.T, self.sampling_interval, self.baseline_rate(s.events));
    }

    fn see(&self, s: &mut State, event: &Event, dopamine: &mut Dopamine<'_>) {
        let n = s.kinds.len();
        let e = event.kind.index();
        let role = s.kinds[e].role;
        if role == Role::Action {
            dopamine.respond(event.time, 0, 0.0);
            return;
        }
        s.baseline.settle();
        s.events += 1;
        if matches!(role, Role::Omission(_)) && !s.usable[e] {
            self.skip(s, event, dopamine);
            return;
        }
        s.counts[e] += 1.0;
        let left = self.left(s, event.time);
        self.decay(s, left);
        s.anccr[e * n..(e + 1) * n].fill(0.0);
        s.recency[e] = 1.0;
        s.trace[e] += 1.0;
        self.contingencies(s, e);
        if (0..n).any(|i| self.is_edge(s, i, e)) {
            for k in 0..n {
                if let Role::Omission(of) = s.kinds[k].role
                    && of.index() == e
                {
                    s.usable[k] = true;
                }
            }
        }
        s.attributed[e * n + e] = event.magnitude;
        self.adjust(s);
        let mut asked: f64 = (0..n).filter(|&j| s.meaningful[j]).map(|j| s.anccr[e * n + j]).sum();
        if self.variant == WITH_VALUE {
            asked += s.kinds[e].value;
        }
        let released = dopamine.respond(event.time, 0, asked);
        if let Role::Omission(of) = role {
            let of = of.index();
            s.attributed[e * n + of] = s.attributed[of * n + of];
            s.meaningful[e] = true;
        }
        s.meaningful[e] |= released + s.kinds[e].value > self.threshold;
        s.reward.copy_from_slice(&s.attributed);
        self.attribute(s, e, event.magnitude, released);
        s.last = event.time;
        s.baseline.event(event.time, left, Some(e), self.T, self.sampling_interval, self.baseline_rate(s.events));
    }
}

impl Theory for Anccr {
    type State = State;

    const INFO: Info = Info {
        name: "anccr",
        summary: "retrospective causal learning: adjusted net contingency",
        family: "retrospective",
        dopamine: "the event's adjusted net contingency, summed over meaningful causal targets",
        papers: &["jeong2022", "burke2026"],
        speaks: &[Topic::Cue, Topic::Outcome, Topic::Omission, Topic::Behaviour],
        error: false,
    };

    fn tell(&mut self, log: &EventLog) -> Vec<String> {
        if self.variant != BURKE || !self.iri.is_nan() {
            return Vec::new();
        }
        let Some(iri) = log.mean_outcome_interval() else { return Vec::new() };
        self.iri = iri;
        vec![format!("mean interval between outcomes: {iri:.1} s")]
    }

    fn tell_session(&self, session: &EventLog) -> Vec<(&'static str, f64)> {
        let Some(iri) = session.mean_outcome_interval() else { return Vec::new() };
        let constant = ("T", self.T_ratio * iri);
        if self.variant == BURKE { vec![constant, ("iri", iri)] } else { vec![constant] }
    }

    fn prior(&self, parameter: &Parameter) -> Option<Prior> {
        match parameter.name {
            "alpha" if self.variant == BURKE => Some(Prior::LogitNormal { median: 4e-5, sd: 1.0 }),
            "T_ratio" if self.variant == BURKE => Some(Prior::LogNormal { median: 0.3, sd: 0.7 }),
            "T_ratio" => Some(Prior::LogNormal { median: 1.2, sd: 1.0 }),
            "threshold" if self.variant == BURKE => Some(Prior::Normal { mean: 0.4, sd: 0.15 }),
            _ if self.variant == BURKE => None,
            "alpha_init" | "alpha_min" | "k" if self.exact_mean == 1.0 => None,
            _ => parameter.prior,
        }
    }

    fn check(&self) -> Result<()> {
        if self.alpha_init.is_nan() != self.alpha_min.is_nan() {
            let problem = "a learning-rate schedule is set in part";
            return Err(Error::input("anccr", problem, "alpha_init and alpha_min together"));
        }
        Ok(())
    }

    fn start(&self, kinds: &[EventKind]) -> State {
        let n = kinds.len();
        let square = || vec![0.0; n * n];
        State {
            kinds: kinds.to_vec(),
            events: 0,
            last: 0.0,
            trace: vec![0.0; n],
            recency: vec![0.0; n],
            counts: vec![0.0; n],
            meaningful: kinds.iter().map(|k| k.value > self.threshold).collect(),
            usable: vec![false; n],
            baseline: Baseline::new(n),
            mean: square(),
            prc: square(),
            src: square(),
            nc: square(),
            anccr: square(),
            reward: square(),
            attributed: square(),
        }
    }

    fn advance(&self, state: &mut State, until: f64, _: &mut Dopamine<'_>) {
        state.baseline.silence(until, self.T, self.sampling_interval, self.baseline_rate(state.events));
    }

    fn observe(&self, state: &mut State, now: &[Event], dopamine: &mut Dopamine<'_>) {
        for event in now {
            self.see(state, event, dopamine);
        }
    }

    /// The published value of a cue: forward contingency times attributed reward, over all outcomes.
    fn drive(&self, state: &State, kind: EventKindId) -> Option<Drive> {
        let row = kind.index() * state.kinds.len();
        let outcomes = (0..state.kinds.len()).filter(|&j| state.kinds[j].is_outcome());
        Some(outcomes.map(|j| state.src[row + j] * state.attributed[row + j]).sum::<f64>().into())
    }

    fn describe(&self, state: &State, kinds: &[EventKind]) -> serde_json::Value {
        let matrix = |values: &[f64]| {
            let row = |i: usize| {
                let cells = kinds.iter().enumerate().map(|(j, k)| (k.name.clone(), values[i * kinds.len() + j].into()));
                serde_json::Value::Object(cells.collect())
            };
            serde_json::Value::Object(kinds.iter().enumerate().map(|(i, k)| (k.name.clone(), row(i))).collect())
        };
        serde_json::json!({
            "NC": matrix(&state.nc), "PRC": matrix(&state.prc), "SRC": matrix(&state.src),
            "ANCCR": matrix(&state.anccr), "R": matrix(&state.reward), "M": matrix(&state.mean),
        })
    }
}
