//! Orders names as people do: `day2` before `day10`.

/// A part of a name: digits compare as numbers, so that `day2` stands before `day10`.
#[derive(PartialEq, Eq, PartialOrd, Ord, Clone)]
pub enum Piece {
    Number(u64),
    Word(String),
}

fn pieces(name: &str) -> Vec<Piece> {
    let digits = |c: &char| c.is_ascii_digit();
    let chars: Vec<char> = name.chars().collect();
    let runs = chars.chunk_by(|a, b| digits(a) == digits(b));
    runs.map(|run| {
        let text: String = run.iter().collect();
        text.parse().map_or(Piece::Word(text), Piece::Number)
    })
    .collect()
}

/// What sorts sessions of one subject: the last number in the name (a day or a date), then the name.
pub fn order(name: &str) -> Vec<Piece> {
    let parts = pieces(name);
    let last = parts.iter().rev().find(|p| matches!(p, Piece::Number(_))).cloned();
    last.into_iter().chain(parts).collect()
}
