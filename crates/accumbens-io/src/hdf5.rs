//! Walks an HDF5 file and reads numbers, words and references from it, whatever their width and layout.

use accumbens_core::{Error, Result};
use hdf5_reader::messages::datatype::{StringSize, VarLenKind};
use hdf5_reader::{Attribute, Dataset, Datatype, Hdf5File, OpenOptions, SliceInfo, SliceInfoElem};
use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::path::Path;

/// Objects in one file; a file with more is refused.
const MOST_OBJECTS: usize = 200_000;
/// Groups within groups; deeper ones are refused.
const DEEPEST: usize = 64;
/// The largest decoded chunk, bytes.
const MOST_CHUNK: u64 = 256 << 20;
/// The largest single read, bytes.
const MOST_READ: u64 = 1 << 30;
/// Constant data compress about a thousandfold; a claim far above that is no data.
const COMPRESSED: u64 = 1000;
/// Columns of tables are no constant data: they have at most so many rows for each byte of the file.
const ROWS_A_BYTE: u64 = 8;

/// An open HDF5 file.
pub struct Tree {
    /// The file, in errors.
    pub place: String,
    /// Every group, parents first.
    pub groups: Vec<Node>,
    paths: HashMap<u64, String>,
    bytes: u64,
}

/// A group with what lies directly in it.
pub struct Node {
    /// Its path, `/` for the root.
    pub path: String,
    /// Its attributes.
    pub attributes: Vec<Attribute>,
    /// Its datasets, also those behind soft links, by name.
    pub datasets: Vec<Dataset>,
}

impl Node {
    /// The last part of its path.
    #[must_use]
    pub fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }

    /// The dataset of this name.
    #[must_use]
    pub fn dataset(&self, name: &str) -> Option<&Dataset> {
        self.datasets.iter().find(|d| d.name() == name)
    }

    /// The attribute of this name, as one word.
    #[must_use]
    pub fn word(&self, name: &str) -> Option<String> {
        word(self.attributes.iter().find(|a| a.name == name)?)
    }

    /// Its type in NWB: the attribute `neurodata_type`.
    #[must_use]
    pub fn neurodata_type(&self) -> String {
        self.word("neurodata_type").unwrap_or_default()
    }
}

/// An attribute as one word.
pub(crate) fn word(attribute: &Attribute) -> Option<String> {
    words(attribute).into_iter().next()
}

/// An attribute as words.
pub(crate) fn words(attribute: &Attribute) -> Vec<String> {
    attribute.read_strings().or_else(|_| attribute.read_string().map(|s| vec![s])).unwrap_or_default()
}

/// An attribute of a dataset as a number.
pub(crate) fn attribute_number(dataset: &Dataset, name: &str) -> Option<f64> {
    let attribute = dataset.attribute(name).ok()?;
    attribute.read_as_f64().ok().or_else(|| word(&attribute)?.parse().ok())
}

/// An attribute of a dataset as one word.
pub(crate) fn attribute_word(dataset: &Dataset, name: &str) -> Option<String> {
    word(&dataset.attribute(name).ok()?)
}

impl Tree {
    /// Opens a file and walks its groups once.
    ///
    /// # Errors
    /// Where it is no HDF5 file, a part of it is broken, or it has too many objects.
    pub fn open(path: &Path) -> Result<Self> {
        let place = path.display().to_string();
        let bytes = std::fs::metadata(path).map_err(|e| Error::file(path, e))?.len();
        let most = |limit: u64| limit.min(bytes.saturating_mul(COMPRESSED).saturating_add(1 << 20)) as usize;
        let options = OpenOptions::default()
            .with_max_chunk_bytes(most(MOST_CHUNK))
            .with_max_read_bytes(most(MOST_READ))
            .with_filter_registry(crate::hdf5_filters::registry(most(MOST_CHUNK)));
        let file = Hdf5File::open_with_options(path, options).map_err(|e| fault(&place, "", &e))?;
        let mut tree = Self { place, groups: Vec::new(), paths: HashMap::new(), bytes };
        let mut seen = HashSet::new();
        let root = file.root_group().map_err(|e| fault(&tree.place, "/", &e))?;
        let mut waiting = vec![(root, String::from("/"), 0)];
        while let Some((group, path, depth)) = waiting.pop() {
            // A cycle of hard or soft links ends here.
            if !seen.insert(group.address()) {
                continue;
            }
            let place = &tree.place;
            if depth > DEEPEST || tree.paths.len() > MOST_OBJECTS {
                let problem = format!("more than {MOST_OBJECTS} objects, or groups {DEEPEST} deep");
                return Err(Error::input(place.clone(), problem, "an ordinary file"));
            }
            let (groups, datasets) = group.members().map_err(|e| fault(place, &path, &e))?;
            let attributes = group.attributes().map_err(|e| fault(place, &path, &e))?;
            let below = |name: &str| if path == "/" { format!("/{name}") } else { format!("{path}/{name}") };
            for dataset in &datasets {
                tree.paths.entry(dataset.address()).or_insert_with(|| below(dataset.name()));
            }
            for child in groups.into_iter().rev() {
                let name = below(child.name());
                waiting.push((child, name, depth + 1));
            }
            tree.paths.insert(group.address(), path.clone());
            tree.groups.push(Node { path, attributes, datasets });
        }
        Ok(tree)
    }

    /// The group at a path.
    #[must_use]
    pub fn group(&self, path: &str) -> Option<&Node> {
        self.groups.iter().find(|g| g.path == path)
    }

    /// The path of the object at an address.
    #[must_use]
    pub fn path_of(&self, address: u64) -> Option<&str> {
        self.paths.get(&address).map(String::as_str)
    }

    /// How many rows a dataset has, where that is possible in a file of this size.
    ///
    /// # Errors
    /// Where it claims more than the file could hold.
    pub fn rows(&self, dataset: &Dataset) -> Result<usize> {
        let rows = dataset.shape().first().copied().unwrap_or(1);
        if rows > self.bytes.saturating_mul(COMPRESSED).saturating_add(1_000_000) {
            let problem = format!("{} claims {rows} rows in a file of {} bytes", dataset.name(), self.bytes);
            return Err(Error::input(&self.place, problem, "as many rows as the file can hold"));
        }
        usize::try_from(rows).map_err(|e| Error::input(&self.place, e.to_string(), "fewer rows"))
    }

    /// Numbers of a dataset: these rows of a column (the second axis), or of the only axis.
    ///
    /// # Errors
    /// Where they are no numbers, or cannot be read.
    pub fn numbers(&self, dataset: &Dataset, rows: Range<usize>, column: Option<usize>) -> Result<Vec<f64>> {
        let rows = rows.start as u64..(rows.end as u64).min(dataset.shape().first().copied().unwrap_or(0));
        if dataset.shape().is_empty() {
            return self.scalar(dataset).map(|x| vec![x]);
        }
        if rows.start >= rows.end {
            return Ok(Vec::new());
        }
        let mut selections = vec![SliceInfoElem::Slice { start: rows.start, end: rows.end, step: 1 }];
        for (axis, length) in dataset.shape().iter().enumerate().skip(1) {
            let wanted = column.filter(|_| axis == 1).map_or(0, |c| c as u64);
            if wanted >= *length {
                let problem = format!("{} has no column {wanted}", dataset.name());
                return Err(Error::input(&self.place, problem, format!("0 to {}", length.saturating_sub(1))));
            }
            selections.push(SliceInfoElem::Index(wanted));
        }
        let slice = SliceInfo { selections };
        let fault = |e: hdf5_reader::error::Error| fault(&self.place, dataset.name(), &e);
        macro_rules! read {
            ($t:ty) => {
                dataset.read_slice::<$t>(&slice).map_err(fault)?.iter().map(|x| *x as f64).collect()
            };
        }
        Ok(match dataset.dtype() {
            Datatype::FloatingPoint { size: 4, .. } => read!(f32),
            Datatype::FloatingPoint { size: 8, .. } => read!(f64),
            Datatype::FixedPoint { size: 1, signed: true, .. } => read!(i8),
            Datatype::FixedPoint { size: 1, signed: false, .. } => read!(u8),
            Datatype::FixedPoint { size: 2, signed: true, .. } => read!(i16),
            Datatype::FixedPoint { size: 2, signed: false, .. } => read!(u16),
            Datatype::FixedPoint { size: 4, signed: true, .. } => read!(i32),
            Datatype::FixedPoint { size: 4, signed: false, .. } => read!(u32),
            Datatype::FixedPoint { size: 8, signed: true, .. } => read!(i64),
            Datatype::FixedPoint { size: 8, signed: false, .. } => read!(u64),
            Datatype::Enum { .. } => return self.flags(dataset, rows),
            other => {
                let problem = format!("{} holds {other:?}", dataset.name());
                return Err(Error::input(&self.place, problem, "numbers"));
            }
        })
    }

    /// Every number of a dataset with one axis.
    ///
    /// # Errors
    /// As [`Tree::numbers`].
    pub fn all(&self, dataset: &Dataset) -> Result<Vec<f64>> {
        let rows = self.rows(dataset)?;
        if rows as u64 > self.bytes.saturating_mul(ROWS_A_BYTE).saturating_add(100_000) {
            let problem = format!("{} claims {rows} rows in a file of {} bytes", dataset.name(), self.bytes);
            return Err(Error::input(&self.place, problem, "as many rows as the file can hold"));
        }
        self.numbers(dataset, 0..rows, None)
    }

    /// A dataset of one number.
    ///
    /// # Errors
    /// Where it is none.
    pub fn scalar(&self, dataset: &Dataset) -> Result<f64> {
        let bytes = dataset.read_native_bytes().map_err(|e| fault(&self.place, dataset.name(), &e))?;
        let number = match (dataset.dtype(), bytes.as_slice()) {
            (Datatype::FloatingPoint { .. }, [a, b, c, d]) => Some(f64::from(f32::from_ne_bytes([*a, *b, *c, *d]))),
            (Datatype::FloatingPoint { .. }, b) => b.first_chunk::<8>().map(|b| f64::from_ne_bytes(*b)),
            (Datatype::FixedPoint { signed, size, .. }, b) => Some(whole(b, usize::from(*size), *signed)),
            _ => None,
        };
        number.ok_or_else(|| Error::input(&self.place, format!("{} is no number", dataset.name()), "a number"))
    }

    /// Booleans and other enumerations: their codes.
    fn flags(&self, dataset: &Dataset, rows: Range<u64>) -> Result<Vec<f64>> {
        let bytes = dataset.read_native_bytes().map_err(|e| fault(&self.place, dataset.name(), &e))?;
        let size = dataset.raw_element_size().unwrap_or(1).max(1);
        let codes = bytes.chunks(size).map(|b| whole(b, size, true));
        Ok(codes.skip(rows.start as usize).take((rows.end - rows.start) as usize).collect())
    }

    /// Whether a dataset holds words.
    #[must_use]
    pub fn is_text(dataset: &Dataset) -> bool {
        match dataset.dtype() {
            Datatype::String { size: StringSize::Fixed(_) | StringSize::Variable, .. } => true,
            Datatype::VarLen { kind, .. } => *kind == VarLenKind::String,
            _ => false,
        }
    }

    /// The words of a dataset.
    ///
    /// # Errors
    /// Where it holds none, or they cannot be read.
    pub fn texts(&self, dataset: &Dataset) -> Result<Vec<String>> {
        self.rows(dataset)?;
        dataset.read_strings().map_err(|e| fault(&self.place, dataset.name(), &e))
    }

    /// The paths to which a dataset of object references points; empty where a reference points nowhere.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn references(&self, dataset: &Dataset) -> Result<Vec<String>> {
        self.rows(dataset)?;
        let bytes = dataset.read_raw_bytes().map_err(|e| fault(&self.place, dataset.name(), &e))?;
        let size = dataset.raw_element_size().unwrap_or(8).clamp(1, 8);
        let path = |b: &[u8]| self.path_of(whole(b, size, false) as u64).unwrap_or_default().to_owned();
        Ok(bytes.chunks_exact(size).map(path).collect())
    }

    /// The path to which an attribute of one object reference points.
    #[must_use]
    pub fn reference(&self, attribute: &Attribute) -> Option<&str> {
        let bytes = attribute.raw_data.first_chunk::<8>()?;
        self.path_of(u64::from_le_bytes(*bytes))
    }
}

/// A whole number of native bytes.
fn whole(bytes: &[u8], size: usize, signed: bool) -> f64 {
    let mut wide = [0_u8; 8];
    let size = size.min(bytes.len()).min(8);
    wide[..size].copy_from_slice(&bytes[..size]);
    let number = u64::from_le_bytes(wide);
    let shift = 64 - 8 * size as u32;
    if signed && size > 0 { ((number << shift) as i64 >> shift) as f64 } else { number as f64 }
}

fn fault(place: &str, path: &str, error: &hdf5_reader::error::Error) -> Error {
    let place = if path.is_empty() { place.to_owned() } else { format!("{place}: {path}") };
    let accepted = match error {
        hdf5_reader::error::Error::UnsupportedFilter(_) => "gzip, szip, LZF, LZ4 or Zstandard (h5repack changes it)",
        _ => "an HDF5 file that is whole",
    };
    Error::input(place, error.to_string(), accepted)
}
