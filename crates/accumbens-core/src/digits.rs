//! Writes numbers for people: so many significant digits, whatever the size; so many of something, in its plural.

/// Numbers from here on, and below its inverse, are written with an exponent.
const LARGE: f64 = 1e6;

/// A number in `count` significant digits; one of a million or more, or below a ten-thousandth, with an exponent. What is
/// before the point of a smaller number is written whole.
#[must_use]
pub fn digits(value: f64, count: usize) -> String {
    let after = count.saturating_sub(1);
    if value == 0.0 || !value.is_finite() {
        return format!("{value:.0}");
    }
    if value.abs() >= LARGE || value.abs() < 1e-4 {
        return format!("{value:.after$e}");
    }
    let places = (after as i32 - value.abs().log10().floor() as i32).max(0) as usize;
    format!("{value:.places$}")
}

/// So many of something: `1 animal`, `3 animals`, `2 studies`.
#[must_use]
pub fn counted(count: usize, what: &str) -> String {
    match (count, what.strip_suffix('y')) {
        (1, _) => format!("1 {what}"),
        (_, Some(stem)) => format!("{count} {stem}ies"),
        (_, None) => format!("{count} {what}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::{counted, digits};

    #[test]
    fn a_number_keeps_its_digits_whatever_its_size() {
        let wanted = [(1.23456, "1.235"), (-0.012345, "-0.01235"), (1e-5, "1.000e-5"), (1.2e29, "1.200e29")];
        wanted.iter().for_each(|(value, said)| assert_eq!(digits(*value, 4), *said));
        assert_eq!([digits(0.0, 4), digits(f64::NAN, 4), digits(98_765.4, 4)], ["0", "NaN", "98765"]);
    }

    #[test]
    fn one_of_something_has_no_plural() {
        assert_eq!([counted(1, "study"), counted(0, "study")], ["1 study", "0 studies"]);
        assert_eq!([counted(1, "animal"), counted(4, "animal")], ["1 animal", "4 animals"]);
    }
}
