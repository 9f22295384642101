//! Keeps a panic in somebody else's reader from ending the program: a damaged file is an error like any other.

use accumbens_core::{Error, Result};
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::Once;

thread_local! {
    static GUARDED: Cell<bool> = const { Cell::new(false) };
}
static HOOK: Once = Once::new();

/// Runs `read`; a panic in it is an error at `place`, and prints nothing.
///
/// # Errors
/// Where `read` panics.
pub(crate) fn guarded<T>(place: &str, accepted: &str, read: impl FnOnce() -> T) -> Result<T> {
    HOOK.call_once(|| {
        let before = take_hook();
        set_hook(Box::new(move |info| {
            if !GUARDED.get() {
                before(info);
            }
        }));
    });
    let outer = GUARDED.replace(true);
    let done = catch_unwind(AssertUnwindSafe(read));
    GUARDED.set(outer);
    done.map_err(|_| Error::input(place, "its structure is broken", accepted))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_inside_is_an_error_outside() {
        let values: Vec<u8> = Vec::new();
        assert!(guarded("file", "a whole one", || values[3]).is_err());
        assert_eq!(guarded("file", "", || 3).unwrap(), 3);
    }
}
