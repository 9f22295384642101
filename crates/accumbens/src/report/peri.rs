//! The page of peri-event responses: mixed models over lags, trials, kernels and transients.

use super::page::{Page, short, shorts};
use crate::fit::statistics::mean;
use crate::peri::kernels::Kernels;
use crate::peri::{Functional, Trial, Trials};
use accumbens_core::Result;
use serde_json::{Value, json};

/// What the page shows.
pub struct PeriPage<'a> {
    /// The study's title.
    pub title: &'a str,
    /// The subjects' names.
    pub subjects: &'a [String],
    /// The trials.
    pub trials: &'a Trials,
    /// The mixed models.
    pub models: &'a Functional,
    /// The kernels of each subject that has any.
    pub kernels: &'a [(String, Kernels)],
    /// Each session's transients: subject, session, a minute, mean amplitude.
    pub transients: &'a [(String, String, f64, f64)],
    /// The command that makes it again.
    pub command: &'a str,
}

/// Rows of a raster, at most.
const ROWS: usize = 120;

impl PeriPage<'_> {
    /// The page as HTML.
    ///
    /// # Errors
    /// Where it cannot be filled.
    pub fn html(&self) -> Result<String> {
        let t = self.trials;
        let mut sections = vec![self.effects(), self.rasters(), self.table()];
        sections.extend((!self.kernels.is_empty()).then(|| self.kernels()));
        sections.extend((!self.transients.is_empty()).then(|| self.rates()));
        let [from, to] = t.cut.baseline;
        Page {
            eyebrow: "accumbens · the signal around events".into(),
            title: self.title.into(),
            lead: format!(
                "Baseline [{from}, {to}] s, responses measured over [{}, {}] s; {}.",
                t.cut.response[0],
                t.cut.response[1],
                t.omitted().unwrap_or_else(|| "no event is left out".into())
            ),
            facts: vec![
                ("subjects".into(), self.models.subjects.to_string()),
                ("trials".into(), t.trials.len().to_string()),
                ("events".into(), t.cut.events.join(", ")),
                ("mean AIC".into(), format!("{:.1}", self.models.aic)),
            ],
            sections,
            command: self.command.into(),
        }
        .html()
    }

    fn effects(&self) -> Value {
        let band = |e: &crate::peri::functional::Effect| {
            let add = |sign: f64, widths: &[f64]| {
                shorts(&e.estimate.iter().zip(widths).map(|(x, w)| x + sign * w).collect::<Vec<_>>())
            };
            let mut series = json!({
                "name": e.name, "x": shorts(&self.models.lags), "y": shorts(&e.estimate),
                "low": add(-1.0, &e.pointwise), "high": add(1.0, &e.pointwise),
            });
            if !e.joint.is_empty() {
                series["low2"] = add(-1.0, &e.joint);
                series["high2"] = add(1.0, &e.joint);
            }
            series
        };
        let figure = |(i, e): (usize, &crate::peri::functional::Effect)| {
            json!({
                "id": format!("fig-effect-{i}"), "kind": "band", "x": "time from event (s)", "y": self.trials.unit,
                "series": [band(e)], "caption": format!("{}: estimate, 95 % band at one lag (dark) and at all lags together (light)", e.name),
            })
        };
        let figures: Vec<Value> = self.models.effects.iter().enumerate().map(figure).collect();
        let text = format!(
            "A linear mixed model at every lag with a random intercept a subject. {} Reference numbers of the \
             simulations: examples/perievent_bands.rs.",
            self.models.about
        );
        json!({ "heading": "Responses", "text": text, "figures": figures })
    }

    fn rasters(&self) -> Value {
        let raster = |event: usize| {
            let of: Vec<&Trial> = self.trials.trials.iter().filter(|t| t.event == event).collect();
            if of.is_empty() {
                return None;
            }
            let size = of.len().div_ceil(ROWS);
            let stride = self.trials.lags.len().div_ceil(160);
            let rows: Vec<Value> = of
                .chunks(size)
                .map(|part| {
                    let at = |lag: usize| short(mean(&part.iter().map(|t| t.values[lag]).collect::<Vec<_>>()));
                    (0..self.trials.lags.len()).step_by(stride).map(at).collect()
                })
                .collect();
            let lags: Vec<f64> = self.trials.lags.iter().copied().step_by(stride).collect();
            let name = &self.trials.cut.events[event];
            Some(json!({
                "id": format!("fig-raster-{event}"), "kind": "raster", "x": "time from event (s)", "y": "trials, by subject and time",
                "z": self.trials.unit, "lags": shorts(&lags), "rows": rows, "height": 340,
                "caption": format!("{name}: each row the mean of {size} trials, the first subject on top"),
            }))
        };
        let figures: Vec<Value> = (0..self.trials.cut.events.len()).filter_map(raster).collect();
        json!({ "heading": "Trials", "figures": figures })
    }

    fn table(&self) -> Value {
        let mut rows = Vec::new();
        for (s, name) in self.subjects.iter().enumerate() {
            for (e, event) in self.trials.cut.events.iter().enumerate() {
                let of: Vec<&Trial> = self.trials.trials.iter().filter(|t| t.subject == s && t.event == e).collect();
                if of.is_empty() {
                    continue;
                }
                let cell = |f: fn(&Trial) -> f64| format!("{:.3}", mean(&of.iter().map(|t| f(t)).collect::<Vec<_>>()));
                let cells = [cell(|t| t.amplitude), cell(|t| t.area), cell(|t| t.peak), cell(|t| t.latency)];
                let [amplitude, area, peak, latency] = cells;
                rows.push(json!([name, event, of.len(), amplitude, area, peak, latency]));
            }
        }
        let unit = &self.trials.unit;
        let header = [
            "subject".into(),
            "event".into(),
            "trials".into(),
            format!("amplitude ({unit})"),
            format!("area ({unit} s)"),
            format!("peak ({unit})"),
            "latency of peak (s)".into(),
        ];
        let text = "Means over trials; every trial stands in trials.parquet. The area is the integral by time; where lags are \
             missing, the mean of what is there stands for them. Peaks of single trials are lifted by noise.";
        json!({ "heading": "Measures", "text": text, "tables": [{ "header": header, "rows": rows }] })
    }

    fn kernels(&self) -> Value {
        let events = &self.kernels[0].1.kernels;
        let figure = |k: usize| {
            let line = |(name, found): &(String, Kernels)| json!({ "name": name, "x": shorts(&found.lags), "y": shorts(&found.kernels[k].values) });
            let series: Vec<Value> = self.kernels.iter().map(line).collect();
            json!({
                "id": format!("fig-kernel-{k}"), "kind": "lines", "x": "time from event (s)", "y": "kernel", "series": series,
                "height": 220, "caption": format!("{}: what one event adds to the signal, each line a subject", events[k].event),
            })
        };
        let figures: Vec<Value> = (0..events.len()).map(figure).collect();
        let row = |(name, found): &(String, Kernels)| {
            let counts =
                found.kernels.iter().map(|k| format!("{} {}", k.event, k.count)).collect::<Vec<_>>().join(", ");
            json!([name, format!("{:.3}", found.r2), format!("{:e}", found.penalty), counts])
        };
        let rows: Vec<Value> = self.kernels.iter().map(row).collect();
        let tables = [json!({ "header": ["subject", "R², left-out stretches", "ridge", "events"], "rows": rows })];
        let text = "The signal as a sum of what each event adds, so that events that overlap are told apart: raised \
                    cosines with a ridge penalty chosen on stretches that are left out.";
        json!({ "heading": "Event kernels", "text": text, "figures": figures, "tables": tables })
    }

    fn rates(&self) -> Value {
        let row = |(subject, session, rate, amplitude): &(String, String, f64, f64)| {
            json!([subject, session, format!("{rate:.2}"), format!("{amplitude:.3}")])
        };
        let rows: Vec<Value> = self.transients.iter().map(row).collect();
        let header = ["subject", "session", "transients a minute", "mean amplitude"];
        let text = "Peaks more than three median absolute deviations above the median of windows of 15 s, from which \
                    samples two deviations above were set aside.";
        json!({ "heading": "Transients", "text": text, "tables": [{ "header": header, "rows": rows }] })
    }
}
