//! Says whether what a user asks for finds room, before anything is made: an error in the place of an abort.

use crate::error::{Error, Result};

/// The most numbers that one thing may hold whose size a user says: a gibibyte of doubles.
pub const MOST: usize = 1 << 27;

/// How many numbers something of this type holds, as [`room`] counts them.
#[must_use]
pub const fn numbers<T>() -> f64 {
    size_of::<T>().div_ceil(size_of::<f64>()) as f64
}

/// How many numbers `what` will hold: the product of its sizes, each with its name.
///
/// # Errors
/// Where they are more than [`MOST`], or a size is no finite number of 0 or more; with the sizes, and what would be
/// accepted of the first of them.
pub fn room(what: &str, sizes: &[(&str, f64)]) -> Result<usize> {
    if let Some((name, value)) = sizes.iter().find(|(_, v)| !(v.is_finite() && *v >= 0.0)) {
        return Err(Error::input(what, format!("{name} {value}"), "a finite number, 0 or more"));
    }
    let product: f64 = sizes.iter().map(|(_, v)| v).product();
    if product <= MOST as f64 {
        return Ok(product as usize);
    }
    let (first, of_first) = sizes[0];
    // A size that stands twice, as of a square, is one size.
    let times = sizes.iter().filter(|(name, _)| *name == first).count() as i32;
    let most = (of_first.powi(times) * MOST as f64 / product).powf(1.0 / f64::from(times));
    let said: Vec<String> = sizes.iter().map(|(name, v)| format!("{name} {v}")).collect();
    let problem = format!("{} are {product:.3e} numbers, which find no room", said.join(" × "));
    let accepted = format!("at most {MOST} numbers (1 GiB), {first} {} with the rest as it is", shown(most));
    Err(Error::input(what, problem, accepted))
}

/// A bound, rounded down to what still finds room.
fn shown(most: f64) -> String {
    if most >= 1.0 { format!("{:.0}", most.floor()) } else { format!("{most:.1e}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_finds_no_room_is_refused_with_a_bound_that_finds_room_and_is_the_greatest() {
        let refused = room("table", &[("count", 1048576.0), ("count", 1048576.0)]).unwrap_err().to_string();
        assert!(refused.contains("1.100e12") && refused.contains("count 11585 with"), "{refused}");
        assert_eq!(room("table", &[("count", 11585.0), ("count", 11585.0)]).unwrap(), 11585 * 11585);
        assert!(room("table", &[("count", 11586.0), ("count", 11586.0)]).is_err());
        let rate = room("study", &[("rate", 1e9), ("seconds", 500.0)]).unwrap_err().to_string();
        assert!(rate.contains("rate 268435 with"), "{rate}");
        assert!(room("study", &[("rate", f64::NAN)]).is_err() && room("study", &[("rate", -1.0)]).is_err());
        assert_eq!(room("nothing", &[("rate", 0.0)]).unwrap(), 0);
    }
}
