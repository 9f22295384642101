//! The columns of Parquet files.

use crate::cells::Cells;
use crate::guard::guarded;
use accumbens_core::{Error, Result};
use parquet::basic::{LogicalType, TimeUnit};
use parquet::column::reader::ColumnReader;
use parquet::data_type::ByteArray;
use parquet::file::reader::{ChunkReader, FileReader, Length, SerializedFileReader};
use std::fs::File;
use std::io::{BufReader, ErrorKind, Read};
use std::path::Path;

/// Rows read together: what a damaged file claims is not believed further than this.
const BATCH: usize = 1 << 16;
/// Columns of one value compress about a thousandfold; a claim far above that is no data.
const ROWS_A_BYTE: u64 = 2000;

/// The longest word, bytes.
const LONGEST_WORD: usize = 1 << 12;

/// A file whose end is a fault: the reader skips what a damaged header claims, were it two thousand million times nothing.
struct Ending(File);

/// Reads that fail at the end of the file.
struct Strict(BufReader<File>);

impl Read for Strict {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        match self.0.read(into)? {
            0 if !into.is_empty() => Err(ErrorKind::UnexpectedEof.into()),
            read => Ok(read),
        }
    }
}

impl Length for Ending {
    fn len(&self) -> u64 {
        self.0.len()
    }
}

impl ChunkReader for Ending {
    type T = Strict;

    fn get_read(&self, start: u64) -> parquet::errors::Result<Strict> {
        self.0.get_read(start).map(Strict)
    }

    fn get_bytes(&self, start: u64, length: usize) -> parquet::errors::Result<bytes::Bytes> {
        self.0.get_bytes(start, length)
    }
}

macro_rules! column {
    ($reader:expr, $rows:expr, $optional:expr, $fault:expr, $none:expr, $cell:expr) => {{
        let (mut values, mut levels) = (Vec::new(), Vec::new());
        let mut reader = $reader;
        let mut out = Vec::with_capacity($rows.min(BATCH));
        while out.len() < $rows {
            values.clear();
            levels.clear();
            let wanted = ($rows - out.len()).min(BATCH);
            let defined = if $optional { Some(&mut levels) } else { None };
            let (records, _, _) = reader.read_records(wanted, defined, None, &mut values).map_err($fault)?;
            if records == 0 {
                break;
            }
            let mut next = values.iter();
            for i in 0..records {
                let here = !$optional || levels[i] > 0;
                out.push(if here { next.next().map_or($none, $cell) } else { $none });
            }
        }
        out
    }};
}

/// A word of a column.
fn word(bytes: &ByteArray) -> String {
    let bytes = bytes.data();
    String::from_utf8_lossy(&bytes[..bytes.len().min(LONGEST_WORD)]).into_owned()
}

/// What one count of a column of dates is in seconds, where it is one.
fn seconds(kind: Option<&LogicalType>) -> f64 {
    match kind {
        Some(LogicalType::Timestamp(kind)) => match kind.unit {
            TimeUnit::MILLIS => 1e-3,
            TimeUnit::MICROS => 1e-6,
            TimeUnit::NANOS => 1e-9,
        },
        _ => 1.0,
    }
}

/// Every column of numbers, flags or words without nesting, by name. Dates become seconds; other columns are passed
/// over.
pub(crate) fn columns(path: &Path, place: &str) -> Result<Vec<(String, Cells)>> {
    guarded(place, "a Parquet file", || unguarded(path, place))?
}

fn unguarded(path: &Path, place: &str) -> Result<Vec<(String, Cells)>> {
    let fault = |e: parquet::errors::ParquetError| Error::input(place, e.to_string(), "a Parquet file");
    let file = File::open(path).map_err(|e| Error::file(path, e))?;
    let bytes = file.metadata().map_err(|e| Error::file(path, e))?.len();
    let reader = SerializedFileReader::new(Ending(file)).map_err(fault)?;
    let schema = reader.metadata().file_metadata().schema_descr_ptr();
    let mut columns: Vec<(String, Cells)> = Vec::new();
    for group in 0..reader.num_row_groups() {
        let rows = reader.get_row_group(group).map_err(fault)?;
        let claimed = rows.metadata().num_rows();
        let possible = bytes.saturating_mul(ROWS_A_BYTE).saturating_add(1_000_000);
        let count = usize::try_from(claimed).ok().filter(|c| *c as u64 <= possible).ok_or_else(|| {
            let problem = format!("it claims {claimed} rows in {bytes} bytes");
            Error::input(place, problem, "as many rows as the file can hold")
        })?;
        for (at, described) in schema.columns().iter().enumerate() {
            if described.max_rep_level() > 0 {
                continue;
            }
            let optional = described.max_def_level() > 0;
            let scale = seconds(described.logical_type_ref());
            macro_rules! numbers {
                ($reader:expr) => {
                    Cells::Numbers(column!($reader, count, optional, fault, f64::NAN, |v| *v as f64 * scale))
                };
            }
            let cells = match rows.get_column_reader(at).map_err(fault)? {
                ColumnReader::DoubleColumnReader(r) => numbers!(r),
                ColumnReader::FloatColumnReader(r) => numbers!(r),
                ColumnReader::Int32ColumnReader(r) => numbers!(r),
                ColumnReader::Int64ColumnReader(r) => numbers!(r),
                ColumnReader::BoolColumnReader(r) => {
                    Cells::Numbers(column!(r, count, optional, fault, f64::NAN, |v| f64::from(u8::from(*v))))
                }
                ColumnReader::ByteArrayColumnReader(r) => {
                    Cells::Words(column!(r, count, optional, fault, String::new(), word))
                }
                _ => continue,
            };
            let name = described.name();
            match (columns.iter_mut().find(|(n, _)| n == name), cells) {
                (None, cells) => columns.push((name.into(), cells)),
                (Some((_, Cells::Numbers(all))), Cells::Numbers(more)) => all.extend(more),
                (Some((_, Cells::Words(all))), Cells::Words(more)) => all.extend(more),
                (Some(_), _) => {
                    return Err(Error::input(place, format!("column {name:?} comes twice"), "each column once"));
                }
            }
        }
    }
    if let Some(odd) = columns.iter().find(|(_, v)| v.len() != columns[0].1.len()) {
        let problem = format!("column {:?} has {} rows, {:?} {}", odd.0, odd.1.len(), columns[0].0, columns[0].1.len());
        return Err(Error::input(place, problem, "columns of one length"));
    }
    Ok(columns)
}

fn open(path: &Path) -> Option<SerializedFileReader<Ending>> {
    let file = File::open(path).ok()?;
    guarded("", "", || SerializedFileReader::new(Ending(file))).ok()?.ok()
}

/// The names of the columns; none where the file is no Parquet file.
pub(crate) fn names(path: &Path) -> Option<Vec<String>> {
    let reader = open(path)?;
    let schema = reader.metadata().file_metadata().schema_descr_ptr();
    Some(schema.columns().iter().map(|c| c.name().to_owned()).collect())
}

/// What a file says about its whole table under a key.
pub(crate) fn about(path: &Path, key: &str) -> Option<String> {
    let reader = open(path)?;
    let words = reader.metadata().file_metadata().key_value_metadata()?;
    words.iter().find(|w| w.key == key)?.value.clone()
}
