//! The events of an NWB file, of every type in which files hold them.

use crate::hdf5::{Node, Tree, attribute_word, words};
use crate::units;
use accumbens_core::Result;
use accumbens_core::format::{EventSeries, Hints, TimeUnit};
use hdf5_reader::Dataset;
use std::collections::BTreeMap;

/// A column of words splits a table into kinds where it has at most this many.
const MOST_KINDS: usize = 64;
/// Columns that hold how much an event was.
const AMOUNTS: &[&str] = &["magnitude", "amount", "value", "volume", "size", "data"];
/// Columns of words that name what an event was, the likeliest first.
const NAMES: &[&str] =
    &["label", "event", "event_type", "type", "trial_type", "stimulus", "condition", "cue", "annotation"];

/// Whether a series stands in a container of events, so that its samples are events.
pub(super) fn inside_events(tree: &Tree, node: &Node) -> bool {
    let parent = node.path.rsplit_once('/').map_or("/", |(parent, _)| if parent.is_empty() { "/" } else { parent });
    tree.group(parent).is_some_and(|p| p.neurodata_type() == "BehavioralEvents")
}

/// Every event of a file; `signal` is how long its light lasts, s.
pub(super) fn find(
    tree: &Tree,
    signal: Option<f64>,
    hints: &Hints,
    notes: &mut Vec<String>,
) -> Result<Vec<EventSeries>> {
    let mut found = Vec::new();
    for node in &tree.groups {
        let kind = node.neurodata_type();
        let mut series = match kind.as_str() {
            "Eventlog" => eventlog(tree, node)?,
            "EventsTable" | "NdxEventsTable" => table(tree, node, "timestamp", "duration")?,
            "TimeIntervals" => intervals(tree, node)?,
            "IntervalSeries" => epochs(tree, node)?,
            "AnnotationSeries" => annotations(tree, node)?,
            "Events" | "LabeledEvents" | "TTLs" => labelled(tree, node)?,
            "AnnotatedEventsTable" => annotated(tree, node)?,
            _ if inside_events(tree, node) => valued(tree, node)?,
            _ => continue,
        };
        let claim = claim(node);
        let last = series.iter().flat_map(|s| &s.times).copied().filter(|t| t.is_finite()).fold(0.0, f64::max);
        let unit = hints.time_unit.unwrap_or_else(|| units::checked(claim, last, signal));
        if hints.time_unit.is_none() && unit != claim {
            notes.push(format!(
                "{} claims its times are in {}, but they fit the signal in {}: read as {}",
                node.path,
                claim.name(),
                unit.name(),
                unit.name()
            ));
        }
        for s in &mut series {
            s.times.iter_mut().chain(&mut s.durations).for_each(|t| *t *= unit.seconds());
            s.place = format!(": {}", node.path);
        }
        found.extend(series.into_iter().filter(|s| !s.times.is_empty()));
    }
    Ok(found)
}

/// The unit that the times of a group claim; seconds, as NWB wants, where they claim none.
fn claim(node: &Node) -> TimeUnit {
    let times = ["eventtime", "timestamps", "timestamp", "event_times", "start_time"];
    let said = times.iter().find_map(|n| attribute_word(node.dataset(n)?, "unit"));
    said.and_then(|w| units::claimed(&w)).unwrap_or(TimeUnit::Seconds)
}

/// Splits events into series by name, in the order in which names first come.
fn split(rows: impl Iterator<Item = (String, f64, f64, f64)>) -> Vec<EventSeries> {
    let mut order: Vec<EventSeries> = Vec::new();
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    for (name, time, magnitude, duration) in rows.filter(|r| r.1.is_finite()) {
        let at = *places.entry(name.clone()).or_insert_with(|| {
            order.push(EventSeries { name, ..EventSeries::default() });
            order.len() - 1
        });
        order[at].times.push(time);
        order[at].magnitudes.push(magnitude);
        order[at].durations.push(duration);
    }
    for series in &mut order {
        let said = |v: &[f64]| v.iter().any(|x| x.is_finite());
        if !said(&series.magnitudes) {
            series.magnitudes.clear();
        }
        if !said(&series.durations) {
            series.durations.clear();
        }
    }
    order
}

/// ndx-eventlog-namlab: codes with a flag that no liquid came, described by a table beside it.
fn eventlog(tree: &Tree, node: &Node) -> Result<Vec<EventSeries>> {
    let (Some(times), Some(codes)) = (node.dataset("eventtime"), node.dataset("eventindex")) else {
        return Ok(Vec::new());
    };
    let flags = match node.dataset("nonsolenoidflag") {
        Some(flags) => tree.all(flags)?,
        None => Vec::new(),
    };
    let mut names: BTreeMap<i64, String> = BTreeMap::new();
    for table in &tree.groups {
        if let (Some(index), Some(words)) = (table.dataset("event_index"), table.dataset("event_description"))
            && Tree::is_text(words)
        {
            names.extend(tree.all(index)?.into_iter().map(|c| c as i64).zip(tree.texts(words)?));
        }
    }
    let rows = tree.all(times)?.into_iter().zip(tree.all(codes)?).enumerate().map(|(i, (time, code))| {
        let name = names.get(&(code as i64)).cloned().unwrap_or_else(|| format!("code {code}"));
        let dry = flags.get(i).is_some_and(|f| *f != 0.0);
        (if dry { format!("{name} without solenoid") } else { name }, time, f64::NAN, f64::NAN)
    });
    Ok(split(rows))
}

fn numbers(tree: &Tree, node: &Node, name: &str, rows: usize) -> Result<Option<Vec<f64>>> {
    let dataset = node.dataset(name).filter(|d| d.shape().len() == 1 && !Tree::is_text(d));
    Ok(dataset.map(|d| tree.all(d)).transpose()?.filter(|v| v.len() == rows))
}

/// The columns of words of a table, the likeliest to name what happened first.
fn naming(tree: &Tree, node: &Node, rows: usize) -> Result<Option<Vec<String>>> {
    let likely = |d: &Dataset| NAMES.iter().position(|n| *n == d.name()).unwrap_or(NAMES.len());
    let mut columns: Vec<&Dataset> =
        node.datasets.iter().filter(|d| Tree::is_text(d) && d.shape() == [rows as u64]).collect();
    columns.sort_by_key(|d| likely(d));
    for column in columns {
        let words = tree.texts(column)?;
        let mut kinds: Vec<&String> = words.iter().collect();
        kinds.sort();
        kinds.dedup();
        if kinds.len() <= MOST_KINDS && (likely(column) < NAMES.len() || kinds.len() < rows) {
            return Ok(Some(words));
        }
    }
    Ok(None)
}

/// A table with a row an event, split by the column of words that names it.
fn table(tree: &Tree, node: &Node, time: &str, duration: &str) -> Result<Vec<EventSeries>> {
    let Some(times) = node.dataset(time) else { return Ok(Vec::new()) };
    let times = tree.all(times)?;
    let durations = numbers(tree, node, duration, times.len())?;
    rows(tree, node, &times, durations.as_deref())
}

fn rows(tree: &Tree, node: &Node, times: &[f64], durations: Option<&[f64]>) -> Result<Vec<EventSeries>> {
    let mut amounts = None;
    for name in AMOUNTS {
        amounts = amounts.or(numbers(tree, node, name, times.len())?);
    }
    let names = naming(tree, node, times.len())?;
    let own = node.name();
    let row = |i: usize| {
        let name = names.as_ref().map(|n| n[i].as_str()).filter(|n| !n.is_empty());
        let name = name.map_or_else(|| own.to_owned(), |n| format!("{own} {n}"));
        let of = |v: Option<&[f64]>| v.map_or(f64::NAN, |v| v[i]);
        (name, times[i], of(amounts.as_deref()), of(durations))
    };
    Ok(split((0..times.len()).map(row)))
}

/// Intervals: their starts with durations, and every other column of times within them.
fn intervals(tree: &Tree, node: &Node) -> Result<Vec<EventSeries>> {
    let Some(starts) = node.dataset("start_time") else { return Ok(Vec::new()) };
    let starts = tree.all(starts)?;
    let stops = numbers(tree, node, "stop_time", starts.len())?;
    let durations: Option<Vec<f64>> = stops.map(|s| s.iter().zip(&starts).map(|(s, t)| s - t).collect());
    let mut series = rows(tree, node, &starts, durations.as_deref())?;
    for column in &node.datasets {
        let name = column.name();
        if !name.contains("time") || matches!(name, "start_time" | "stop_time" | "timeseries" | "timeseries_index") {
            continue;
        }
        let ragged = node.dataset(&format!("{name}_index")).is_some();
        let flat = column.shape().len() == 1 && !Tree::is_text(column) && !name.ends_with("_index");
        if flat && (ragged || column.shape() == [starts.len() as u64]) {
            let times: Vec<f64> = tree.all(column)?.into_iter().filter(|t| t.is_finite()).collect();
            series.push(EventSeries::at(format!("{} {name}", node.name()), times));
        }
    }
    Ok(series)
}

/// Epochs: +k begins an epoch of sort k, −k ends it.
fn epochs(tree: &Tree, node: &Node) -> Result<Vec<EventSeries>> {
    let (Some(times), Some(data)) = (node.dataset("timestamps"), node.dataset("data")) else { return Ok(Vec::new()) };
    let (times, data) = (tree.all(times)?, tree.all(data)?);
    let several = data.windows(2).any(|w| w[0].abs() != w[1].abs());
    let name = |k: f64| if several { format!("{} {k}", node.name()) } else { node.name().to_owned() };
    let mut rows: Vec<(String, f64, f64, f64)> = Vec::new();
    let mut open: BTreeMap<u64, usize> = BTreeMap::new();
    for (time, sort) in times.iter().zip(&data) {
        if *sort > 0.0 {
            open.insert(sort.to_bits(), rows.len());
            rows.push((name(*sort), *time, f64::NAN, f64::NAN));
        } else if let Some(begun) = open.remove(&(-sort).to_bits()) {
            rows[begun].3 = time - rows[begun].1;
        }
    }
    Ok(split(rows.into_iter()))
}

fn annotations(tree: &Tree, node: &Node) -> Result<Vec<EventSeries>> {
    let (Some(times), Some(data)) = (node.dataset("timestamps"), node.dataset("data")) else { return Ok(Vec::new()) };
    let words = tree.texts(data)?;
    Ok(split(words.into_iter().zip(tree.all(times)?).map(|(w, t)| (w, t, f64::NAN, f64::NAN))))
}

/// ndx-events 0.2: times alone, or with an index into labels.
fn labelled(tree: &Tree, node: &Node) -> Result<Vec<EventSeries>> {
    let Some(times) = node.dataset("timestamps") else { return Ok(Vec::new()) };
    let times = tree.all(times)?;
    let Some(data) = node.dataset("data") else { return Ok(vec![EventSeries::at(node.name(), times)]) };
    let labels = data.attribute("labels").map(|a| words(&a)).unwrap_or_default();
    let name = |code: f64| {
        let label = labels.get(code as usize).filter(|l| !l.is_empty()).cloned();
        format!("{} {}", node.name(), label.unwrap_or_else(|| format!("{code}")))
    };
    let codes = tree.all(data)?;
    Ok(split(times.into_iter().zip(codes).map(|(t, c)| (name(c), t, f64::NAN, f64::NAN))))
}

/// ndx-events 0.2: a row a kind, its times in a ragged column.
fn annotated(tree: &Tree, node: &Node) -> Result<Vec<EventSeries>> {
    let (Some(times), Some(ends)) = (node.dataset("event_times"), node.dataset("event_times_index")) else {
        return Ok(Vec::new());
    };
    let (times, ends) = (tree.all(times)?, tree.all(ends)?);
    let labels = match node.dataset("label") {
        Some(labels) => tree.texts(labels)?,
        None => Vec::new(),
    };
    let mut from = 0;
    let mut series = Vec::new();
    for (row, end) in ends.into_iter().enumerate() {
        let to = (end as usize).clamp(from, times.len());
        let name = labels.get(row).cloned().unwrap_or_else(|| format!("{} {}", node.name(), row + 1));
        series.push(EventSeries::at(name, times[from..to].to_vec()));
        from = to;
    }
    Ok(series)
}

/// A series in a container of events: when, and how much.
fn valued(tree: &Tree, node: &Node) -> Result<Vec<EventSeries>> {
    let Some(times) = node.dataset("timestamps") else { return Ok(Vec::new()) };
    let times = tree.all(times)?;
    let magnitudes = numbers(tree, node, "data", times.len())?.unwrap_or_default();
    Ok(vec![EventSeries { magnitudes, ..EventSeries::at(node.name(), times) }])
}
