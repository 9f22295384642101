//! How responses to events are scored: windows around them, alignment, and the number that samples become.

use crate::error::{Error, Result};
use crate::event::EventLog;
use crate::window::Window;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Where a response is aligned.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Align {
    /// Aligned to the first event of this kind after the scored event and before the next of its kind, for example
    /// the first lick; a scored event without one is left out.
    pub first: String,
    /// The latest time at which it counts, s after the scored event; no limit where absent.
    #[serde(default)]
    pub within: Option<f64>,
}

impl Align {
    /// The time to which the event in this row of a log is aligned: that of the first event of the aligning kind strictly
    /// after it and before the next of its own kind; nothing where there is none.
    #[must_use]
    pub fn time(&self, log: &EventLog, row: usize) -> Option<f64> {
        let (events, kind) = (log.events(), log.kind(&self.first)?);
        let event = events[row];
        let limit = self.within.map_or(f64::INFINITY, |w| event.time + w);
        let after = events[row + 1..].iter().take_while(|e| e.kind != event.kind && e.time <= limit);
        after.filter(|e| e.kind == kind).map(|e| e.time).find(|t| *t > event.time)
    }
}

/// How samples of a window become one number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Statistic {
    /// Integral over time, in the signal's unit times s: the same at any sampling rate.
    #[default]
    Sum,
    /// Mean over samples, in the signal's unit.
    Mean,
    /// Sum over samples, in the signal's unit, as in published analyses that add samples up: twice as large at twice the
    /// sampling rate, so only for sessions of one rate.
    Samples,
}

/// The least share of a window's samples that must be there, where a study does not say.
pub const COVERAGE: f64 = 0.8;

fn coverage() -> f64 {
    COVERAGE
}

/// How the response to an event is taken from the signal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Scoring {
    /// The kinds of event whose responses are scored.
    pub events: Vec<String>,
    /// The event the description correlates and averages; the first of `events` where absent.
    #[serde(default)]
    pub focus: Option<String>,
    /// Aligned to a later event; to the scored event itself where absent.
    #[serde(default)]
    pub align: Option<Align>,
    /// The window of the response, s around the aligning event.
    pub response: Window,
    /// The window subtracted from it; nothing is subtracted where absent. Of windows of unequal length the means are
    /// subtracted; `samples` needs windows of one length.
    #[serde(default)]
    pub baseline: Option<Window>,
    /// Integral over time (`sum`, the default), `mean`, or sum over `samples`.
    #[serde(default)]
    pub statistic: Statistic,
    /// The least share of each window's samples that must be there, from above 0 to 1 (default 0.8); what is there stands
    /// for the whole window, and an event with less is left out and counted.
    #[serde(default = "coverage")]
    pub coverage: f64,
    /// Events closer than this to the one of the same kind before, s, are left out (the first of a session is kept).
    #[serde(default)]
    pub min_interval: f64,
}

impl Scoring {
    /// The time to which the windows of the event in this row of a log are aligned; nothing where there is none.
    #[must_use]
    pub fn aligned(&self, log: &EventLog, row: usize) -> Option<f64> {
        self.align.as_ref().map_or_else(|| Some(log.events()[row].time), |a| a.time(log, row))
    }

    /// Checks windows and names against the kinds of a log.
    ///
    /// # Errors
    /// Where a window is empty or a name is not declared.
    pub fn check(&self, names: &[&str]) -> Result<()> {
        let known = |name: &String, field: &str| {
            if names.contains(&name.as_str()) {
                return Ok(());
            }
            Err(Error::input(field, format!("no event is called {name:?}"), names.join(", ")))
        };
        if self.events.is_empty() {
            return Err(Error::input("score.events", "no event is scored", names.join(", ")));
        }
        for event in &self.events {
            known(event, "score.events")?;
        }
        if let Some(align) = &self.align {
            known(&align.first, "score.align.first")?;
            self.check_align(align)?;
        }
        if let Some(focus) = &self.focus
            && !self.events.contains(focus)
        {
            return Err(Error::input("score.focus", format!("{focus:?} is not scored"), self.events.join(", ")));
        }
        for (field, window) in [("score.response", Some(self.response)), ("score.baseline", self.baseline)] {
            if let Some([from, to]) = window
                && !(from.is_finite() && to.is_finite() && from < to)
            {
                return Err(Error::input(field, format!("[{from}, {to}]"), "[from, to] in s, from before to"));
            }
        }
        self.check_baseline()?;
        if !(self.min_interval.is_finite() && self.min_interval >= 0.0) {
            return Err(Error::input("score.min_interval", self.min_interval.to_string(), "0 s or more"));
        }
        if !(self.coverage > 0.0 && self.coverage <= 1.0) {
            return Err(Error::input("score.coverage", self.coverage.to_string(), "above 0 and at most 1"));
        }
        Ok(())
    }

    fn check_align(&self, align: &Align) -> Result<()> {
        if self.events.contains(&align.first) {
            let problem = format!("{:?} is aligned to itself", align.first);
            return Err(Error::input("score.align.first", problem, "another event; no `align` for the event itself"));
        }
        match align.within {
            Some(within) if within.is_nan() || within <= 0.0 => {
                Err(Error::input("score.align.within", format!("{within} s"), "above 0 s; nothing for no limit"))
            }
            _ => Ok(()),
        }
    }

    /// Whether something is left where the baseline is taken off.
    fn check_baseline(&self) -> Result<()> {
        let Some([from, to]) = self.baseline else { return Ok(()) };
        let [start, end] = self.response;
        if [from, to] == [start, end] {
            let problem = format!("[{from}, {to}] s is the window of the response: every response is 0");
            return Err(Error::input("score.baseline", problem, "another window; no baseline to subtract nothing"));
        }
        let (response, baseline) = (end - start, to - from);
        if self.statistic == Statistic::Samples && (response - baseline).abs() > 1e-6 * response.max(baseline) {
            let problem = format!(
                "samples of a response of {response} s less those of a baseline of {baseline} s hold the signal's offset"
            );
            return Err(Error::input("score.statistic", problem, "windows of one length, or `sum` or `mean`"));
        }
        Ok(())
    }

    /// The response from the means of its windows (the signal's unit), at a sampling interval (s).
    #[must_use]
    pub fn value(&self, response: f64, baseline: Option<f64>, interval: f64) -> f64 {
        let length = |[from, to]: Window| to - from;
        let samples = |w: Window| (length(w) / interval).round() + 1.0;
        let less = baseline.unwrap_or(0.0);
        match self.statistic {
            Statistic::Mean => response - less,
            Statistic::Sum => (response - less) * length(self.response),
            Statistic::Samples => response * samples(self.response) - self.baseline.map_or(0.0, |b| less * samples(b)),
        }
    }

    /// The windows: of the response, and what is subtracted from it.
    pub fn windows(&self) -> impl Iterator<Item = Window> {
        std::iter::once(self.response).chain(self.baseline)
    }

    /// From the beginning of the first window to the end of the last, s around the aligning event.
    #[must_use]
    pub fn span(&self) -> Window {
        self.windows().fold([f64::INFINITY, f64::NEG_INFINITY], |[a, b], [from, to]| [a.min(from), b.max(to)])
    }

    /// The unit of the response, from that of the signal.
    #[must_use]
    pub fn unit(&self, signal: &str) -> String {
        match self.statistic {
            Statistic::Mean => signal.into(),
            Statistic::Sum => format!("{signal}·s"),
            Statistic::Samples => format!("{signal}, summed over samples"),
        }
    }
}

/// How the responses of a study are scored: one rule, or several for kinds of event of their own.
#[derive(Clone, Debug, PartialEq)]
pub struct Scores(pub Vec<Scoring>);

impl From<Scoring> for Scores {
    fn from(rule: Scoring) -> Self {
        Self(vec![rule])
    }
}

impl Scores {
    /// Checks every rule against the kinds of a log, and that no kind has two.
    ///
    /// # Errors
    /// Where a rule does not fit, a kind is scored twice, or nothing is scored.
    pub fn check(&self, names: &[&str]) -> Result<()> {
        if self.0.is_empty() {
            return Err(Error::input("score", "no event is scored", names.join(", ")));
        }
        self.0.iter().try_for_each(|rule| rule.check(names))?;
        let events: Vec<&str> = self.events().collect();
        if let Some(i) = (1..events.len()).find(|&i| events[..i].contains(&events[i])) {
            return Err(Error::input("score.events", format!("{:?} is scored twice", events[i]), "each event once"));
        }
        if self.0.iter().filter(|rule| rule.focus.is_some()).count() > 1 {
            return Err(Error::input("score.focus", "stands in two rules", "one focus in a study"));
        }
        Ok(())
    }

    /// The kinds of event whose responses are scored.
    pub fn events(&self) -> impl Iterator<Item = &str> {
        self.0.iter().flat_map(|rule| rule.events.iter().map(String::as_str))
    }

    /// The rule of this kind of event.
    #[must_use]
    pub fn of(&self, event: &str) -> Option<&Scoring> {
        self.0.iter().find(|rule| rule.events.iter().any(|e| e == event))
    }

    /// The event the description correlates and averages: the one a rule names, else the first that is scored.
    #[must_use]
    pub fn focus(&self) -> &str {
        let named = self.0.iter().find_map(|rule| rule.focus.as_deref());
        named.or_else(|| self.events().next()).unwrap_or_default()
    }

    /// From the beginning of the first window of any rule to the end of the last, s.
    #[must_use]
    pub fn span(&self) -> Window {
        let spans = self.0.iter().map(Scoring::span);
        spans.fold([f64::INFINITY, f64::NEG_INFINITY], |[a, b], [from, to]| [a.min(from), b.max(to)])
    }

    /// The unit of responses, from that of the signal; of each rule where they differ.
    #[must_use]
    pub fn unit(&self, signal: &str) -> String {
        let mut units: Vec<String> = self.0.iter().map(|rule| rule.unit(signal)).collect();
        units.dedup();
        units.join(" or ")
    }
}

impl Serialize for Scores {
    /// One rule as itself, several as a list.
    fn serialize<S: serde::Serializer>(&self, to: S) -> std::result::Result<S::Ok, S::Error> {
        match &self.0[..] {
            [rule] => rule.serialize(to),
            rules => rules.serialize(to),
        }
    }
}

impl<'de> Deserialize<'de> for Scores {
    /// `[score]` or `[[score]]`.
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> std::result::Result<Self, D::Error> {
        struct OneOrMore;
        impl<'de> serde::de::Visitor<'de> for OneOrMore {
            type Value = Scores;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("[score], or [[score]] for each kind of event")
            }
            fn visit_map<A: serde::de::MapAccess<'de>>(self, map: A) -> std::result::Result<Scores, A::Error> {
                Scoring::deserialize(serde::de::value::MapAccessDeserializer::new(map)).map(Scores::from)
            }
            fn visit_seq<A: serde::de::SeqAccess<'de>>(self, seq: A) -> std::result::Result<Scores, A::Error> {
                Vec::deserialize(serde::de::value::SeqAccessDeserializer::new(seq)).map(Scores)
            }
        }
        from.deserialize_any(OneOrMore)
    }
}

impl JsonSchema for Scores {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Scores".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let rule = generator.subschema_for::<Scoring>();
        schemars::json_schema!({
            "description": "How responses are scored: one rule, or one for each kind of event.",
            "anyOf": [rule, { "type": "array", "items": rule, "minItems": 1 }],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(change: impl Fn(&mut Scoring)) -> String {
        let mut rule = Scoring {
            events: vec!["drop".into()],
            focus: None,
            align: None,
            response: [0.0, 1.5],
            baseline: Some([-1.5, 0.0]),
            statistic: Statistic::Samples,
            coverage: COVERAGE,
            min_interval: 0.0,
        };
        rule.check(&["drop", "lick"]).unwrap();
        change(&mut rule);
        rule.check(&["drop", "lick"]).unwrap_err().to_string()
    }

    #[test]
    fn sums_over_samples_of_windows_of_unequal_length_are_refused_for_they_hold_the_offset() {
        // Of a signal of 5 everywhere a window of 30 samples less one of 10 leaves 100, and means leave 0.
        let rule = |statistic| Scoring {
            events: Vec::new(),
            focus: None,
            align: None,
            response: [0.0, 1.5],
            baseline: Some([-0.5, 0.0]),
            statistic,
            coverage: COVERAGE,
            min_interval: 0.0,
        };
        assert_eq!(rule(Statistic::Samples).value(5.0, Some(5.0), 0.05), 100.0);
        assert_eq!([Statistic::Sum, Statistic::Mean].map(|s| rule(s).value(5.0, Some(5.0), 0.05)), [0.0; 2]);
        let error = refused(|r| r.baseline = Some([-0.5, 0.0]));
        assert!(error.contains("1.5 s") && error.contains("0.5 s") && error.contains("`sum` or `mean`"), "{error}");
    }

    #[test]
    fn a_baseline_that_is_the_response_and_an_event_aligned_to_itself_are_refused() {
        assert!(refused(|r| r.baseline = Some(r.response)).contains("every response is 0"));
        let align = |first: &str, within| Some(Align { first: first.into(), within });
        assert!(refused(|r| r.align = align("drop", None)).contains("aligned to itself"));
        for within in [0.0, -1.0, f64::NAN] {
            assert!(refused(|r| r.align = align("lick", Some(within))).contains("score.align.within"));
        }
    }
}
