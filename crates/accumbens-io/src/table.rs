//! Writes a table of columns as CSV or Parquet, by the file's ending.

use crate::write::write_with;
use accumbens_core::{Error, Result};
use parquet::basic::{Compression, LogicalType, Repetition, Type as Physical};
use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, Int64Type};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::Type;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

/// The values of a column.
#[derive(Clone, Debug)]
pub enum Values {
    /// Numbers; NaN where there is none.
    Real(Vec<f64>),
    /// Whole numbers.
    Whole(Vec<i64>),
    /// Words.
    Text(Vec<String>),
}

/// A named column.
#[derive(Clone, Debug)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// Its values.
    pub values: Values,
}

impl Column {
    /// A column of numbers.
    pub fn real(name: &str, values: Vec<f64>) -> Self {
        Self { name: name.into(), values: Values::Real(values) }
    }

    /// A column of whole numbers.
    pub fn whole(name: &str, values: Vec<i64>) -> Self {
        Self { name: name.into(), values: Values::Whole(values) }
    }

    /// A column of words.
    pub fn text(name: &str, values: Vec<String>) -> Self {
        Self { name: name.into(), values: Values::Text(values) }
    }

    fn len(&self) -> usize {
        match &self.values {
            Values::Real(v) => v.len(),
            Values::Whole(v) => v.len(),
            Values::Text(v) => v.len(),
        }
    }

    fn cell(&self, row: usize) -> String {
        match &self.values {
            Values::Real(v) if v[row].is_nan() => String::new(),
            Values::Real(v) => v[row].to_string(),
            Values::Whole(v) => v[row].to_string(),
            Values::Text(v) => v[row].clone(),
        }
    }
}

/// Writes columns of equal length to a `.csv` or `.parquet` file, whole or not at all.
///
/// # Errors
/// Where the ending is neither, or the file cannot be written.
pub fn write_table(path: &Path, columns: &[Column]) -> Result<()> {
    write_table_with(path, columns, &[])
}

/// Writes columns as [`write_table`] does, with words about the whole table, which Parquet keeps and CSV does not.
///
/// # Errors
/// As [`write_table`].
pub fn write_table_with(path: &Path, columns: &[Column], about: &[(String, String)]) -> Result<()> {
    match path.extension().and_then(|e| e.to_str()) {
        Some("csv") => write_with(path, |w| write_csv(w, columns)),
        Some("parquet") => write_with(path, |w| write_parquet(path, w, columns, about)),
        _ => Err(Error::input(path.display().to_string(), "an unknown ending", ".csv or .parquet")),
    }
}

/// Writes columns as CSV.
///
/// # Errors
/// Where the writer fails.
pub fn write_csv(writer: &mut dyn Write, columns: &[Column]) -> Result<()> {
    let fault = |e: csv::Error| Error::input("csv", e.to_string(), "");
    let mut csv = csv::Writer::from_writer(writer);
    csv.write_record(columns.iter().map(|c| c.name.as_str())).map_err(fault)?;
    for row in 0..columns.first().map_or(0, Column::len) {
        csv.write_record(columns.iter().map(|c| c.cell(row))).map_err(fault)?;
    }
    csv.flush().map_err(|e| Error::input("csv", e.to_string(), ""))
}

fn write_parquet(path: &Path, writer: &mut dyn Write, columns: &[Column], about: &[(String, String)]) -> Result<()> {
    let fault = |e: parquet::errors::ParquetError| Error::input(path.display().to_string(), e.to_string(), "");
    let field = |c: &Column| {
        let (physical, logical) = match c.values {
            Values::Real(_) => (Physical::DOUBLE, None),
            Values::Whole(_) => (Physical::INT64, None),
            Values::Text(_) => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
        };
        let builder = Type::primitive_type_builder(&c.name, physical).with_logical_type(logical);
        builder.with_repetition(Repetition::REQUIRED).build().map(Arc::new)
    };
    let fields = columns.iter().map(field).collect::<std::result::Result<Vec<_>, _>>().map_err(fault)?;
    let schema = Type::group_type_builder("table").with_fields(fields).build().map_err(fault)?;
    let said = about.iter().map(|(what, said)| KeyValue::new(what.clone(), said.clone())).collect();
    let properties =
        WriterProperties::builder().set_compression(Compression::SNAPPY).set_key_value_metadata(Some(said));
    let properties = properties.build();
    let mut bytes = Vec::new();
    let mut file = SerializedFileWriter::new(&mut bytes, Arc::new(schema), Arc::new(properties)).map_err(fault)?;
    let mut group = file.next_row_group().map_err(fault)?;
    for column in columns {
        let mut out = group
            .next_column()
            .map_err(fault)?
            .ok_or_else(|| Error::input(path.display().to_string(), "a column is missing in the schema", ""))?;
        match &column.values {
            Values::Real(v) => out.typed::<DoubleType>().write_batch(v, None, None),
            Values::Whole(v) => out.typed::<Int64Type>().write_batch(v, None, None),
            Values::Text(v) => {
                let words: Vec<ByteArray> = v.iter().map(|s| s.as_str().into()).collect();
                out.typed::<ByteArrayType>().write_batch(&words, None, None)
            }
        }
        .map_err(fault)?;
        out.close().map_err(fault)?;
    }
    group.close().map_err(fault)?;
    file.close().map_err(fault)?;
    writer.write_all(&bytes).map_err(|e| Error::file(path, e))
}
