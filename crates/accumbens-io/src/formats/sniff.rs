//! Looks at the first lines of a text file, to tell formats apart.

use std::io::Read;
use std::path::Path;

/// How much of a file is looked at, bytes.
const START: u64 = 1 << 16;

/// The cells of the first lines of a CSV file, at most `lines`; none where it is no CSV file.
pub(super) fn lines(path: &Path, lines: usize) -> Vec<Vec<String>> {
    if !path.extension().is_some_and(|e| e.eq_ignore_ascii_case("csv") || e.eq_ignore_ascii_case("txt")) {
        return Vec::new();
    }
    let mut start = Vec::new();
    let Ok(file) = std::fs::File::open(path) else { return Vec::new() };
    if file.take(START).read_to_end(&mut start).is_err() {
        return Vec::new();
    }
    let text = String::from_utf8_lossy(&start);
    let mut builder = csv::ReaderBuilder::new();
    let reader = builder.trim(csv::Trim::All).has_headers(false).flexible(true).from_reader(text.as_bytes());
    let cells = |r: csv::StringRecord| r.iter().map(|c| c.trim_start_matches('\u{feff}').to_owned()).collect();
    reader.into_records().map_while(std::result::Result::ok).take(lines).map(cells).collect()
}

/// The names of the columns of a CSV or Parquet file.
pub(super) fn header(path: &Path) -> Vec<String> {
    if super::table::is_parquet(path) {
        return crate::parquet_columns::names(path).unwrap_or_default();
    }
    lines(path, 1).into_iter().next().unwrap_or_default()
}

/// The name of a file without its ending.
pub(super) fn stem(path: &Path) -> String {
    path.file_stem().map_or_else(String::new, |s| s.to_string_lossy().into_owned())
}
