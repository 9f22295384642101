//! Tables and schemas on disk.

use accumbens_core::Error;
use accumbens_core::format::StreamKind::{Light, Other};
use accumbens_core::format::{Hints, Source, Stream};
use accumbens_io::formats::open;
use accumbens_io::roles::{self, ChannelRole};
use accumbens_io::{Column, study, write_table, write_with};

#[test]
fn a_trace_comes_back_from_csv_and_from_parquet_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let times: Vec<f64> = (0..1000).map(|i| f64::from(i) / 30.1).collect();
    let light: Vec<f64> = times.iter().map(|t| if *t > 20.0 && *t < 21.0 { f64::NAN } else { t.sin() }).collect();
    let columns = [Column::real("time", times.clone()), Column::real("dff", light.clone())];
    for name in ["trace.csv", "trace.parquet"] {
        let path = folder.path().join(name);
        write_table(&path, &columns).unwrap();
        let read = open(&path, &Hints::default()).unwrap();
        assert_eq!(read.times(0, 0..1000).unwrap(), times);
        let samples = read.samples(0, 0..1000).unwrap();
        let same = samples.iter().zip(&light).all(|(a, b)| a == b || (a.is_nan() && b.is_nan()));
        assert!(same && read.holdings().streams[0].name == "dff", "{name}");
        let hints = Hints { time: Some("clock".into()), ..Hints::default() };
        let error = open(&path, &hints).err().unwrap().to_string();
        assert!(error.contains("clock") && error.contains("time, dff"), "{error}");
    }
}

#[test]
fn events_come_back_from_csv_and_from_parquet_as_they_were() {
    let folder = tempfile::tempdir().unwrap();
    let columns = [
        Column::real("time", vec![1.0, 2.5, 4.0]),
        Column::text("event", ["cue", "lick", "cue"].map(String::from).to_vec()),
        Column::real("magnitude", vec![1.0, f64::NAN, 2.0]),
    ];
    for name in ["events.csv", "events.parquet"] {
        let path = folder.path().join(name);
        write_table(&path, &columns).unwrap();
        let read = open(&path, &Hints::default()).unwrap();
        let found = &read.holdings().events;
        assert_eq!(found.iter().map(|e| e.name.as_str()).collect::<Vec<_>>(), ["cue", "lick"], "{name}");
        assert_eq!((&found[0].times[..], &found[0].magnitudes[..]), (&[1.0, 4.0][..], &[1.0, 2.0][..]), "{name}");
        assert_eq!(found[1].times, [2.5], "{name}");
    }
}

/// The streams of a file of `tests/data`, which packages wrote that cannot be installed beside the later ones.
fn stored(name: &str) -> Box<dyn Source> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name);
    open(&path, &Hints::default()).unwrap()
}

fn said<'a>(stream: &'a Stream, what: &str) -> Option<&'a str> {
    stream.about.iter().find(|(w, _)| w == what).map(|(_, s)| s.as_str())
}

#[test]
fn wavelengths_places_and_indicators_come_from_the_first_ndx_fiber_photometry() {
    let read = stored("ndx-fiber-photometry-0.1.nwb");
    let streams = &read.holdings().streams;
    let names: Vec<_> = streams.iter().map(|s| (s.name.as_str(), s.excitation, s.kind)).collect();
    let wanted = [
        ("both NAc core 465", Some(465.0), Light),
        ("both NAc core 405", Some(405.0), Light),
        ("command", None, Other),
        ("signal", Some(465.0), Light),
    ];
    assert_eq!(names, wanted);
    assert_eq!((said(&streams[1], "indicator"), said(&streams[1], "location")), (Some("dLight1.1"), Some("NAc core")));
    assert_eq!(read.times(1, 0..2).unwrap(), [3.0, 3.05]);
    assert!((read.samples(1, 0..1).unwrap()[0] - 0.51).abs() < 1e-6);
}

#[test]
fn wavelengths_places_and_indicators_come_from_the_tables_of_ndx_photometry() {
    let read = stored("ndx-photometry-0.4.nwb");
    let streams = &read.holdings().streams;
    let roles = roles::roles(read.holdings());
    let found = |name: &str| {
        let at = streams.iter().position(|s| s.name == name).unwrap();
        (streams[at].excitation, streams[at].emission, roles[at].role)
    };
    assert_eq!(found("both NAc core 465"), (Some(465.0), Some(517.0), ChannelRole::Signal));
    assert_eq!(found("both NAc core 405"), (Some(405.0), Some(517.0), ChannelRole::Reference));
    assert_eq!(found("isos"), (Some(405.0), Some(517.0), ChannelRole::Reference));
    assert_eq!(found("c1"), (None, None, ChannelRole::None));
    assert_eq!(found("deconv"), (None, None, ChannelRole::Processed));
    assert!(streams[..2].iter().all(|s| said(s, "indicator") == Some("dLight1.1") && said(s, "location").is_some()));
}

#[test]
fn a_file_is_written_whole_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("results.json");
    let failed = write_with(&path, |w| {
        w.write_all(b"half").map_err(|e| Error::file(&path, e))?;
        Err(Error::Interrupted)
    });
    assert!(failed.is_err());
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn the_schema_in_the_catalogue_is_the_schema_of_the_types() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../catalogue/study.schema.json");
    let written: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    assert_eq!(written, study::schema(), "write it anew: accumbens inspect --schema > catalogue/study.schema.json");
}

#[test]
fn a_parquet_header_that_claims_two_thousand_million_elements_is_refused_at_the_end_of_the_file() {
    // The Thrift reader would skip each of them at the end of the file, for minutes.
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/endless.parquet");
    let error = open(&path, &Hints::default()).err().unwrap().to_string();
    assert!(error.contains("unexpected end of file"), "{error}");
}
