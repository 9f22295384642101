//! Holds a column of a table before anything is known of it.

/// A column of a table.
pub enum Cells {
    /// Every cell is a number or empty (NaN).
    Numbers(Vec<f64>),
    /// Some cell is a word.
    Words(Vec<String>),
}

impl Cells {
    /// How many cells there are.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Numbers(n) => n.len(),
            Self::Words(w) => w.len(),
        }
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
