//! Tables and schemas on disk.

use accumbens_core::Error;
use accumbens_core::format::Hints;
use accumbens_io::formats::open;
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
