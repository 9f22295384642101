//! Makes the threads that a user asks for.

use accumbens_core::{Error, Result};
use rayon::{ThreadPool, ThreadPoolBuilder};

/// The most threads: more than any machine's cores, fewer than it takes to find no memory for their stacks.
const MOST: usize = 1024;

/// A pool of so many threads; none where the usual one, of all cores, will do.
///
/// # Errors
/// Where the number is none of 1 to 1024, or the system has no more threads.
pub fn pool(threads: Option<usize>) -> Result<Option<ThreadPool>> {
    let fault = |problem: String| Error::input("threads", problem, format!("1 to {MOST}, or none for all cores"));
    let Some(threads) = threads else { return Ok(None) };
    if !(1..=MOST).contains(&threads) {
        return Err(fault(threads.to_string()));
    }
    let pool = ThreadPoolBuilder::new().num_threads(threads).build();
    pool.map(Some).map_err(|e| fault(format!("{threads}: {e}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_threads_and_too_many_are_refused() {
        assert!(pool(Some(0)).is_err() && pool(Some(usize::MAX)).is_err() && pool(None).unwrap().is_none());
        assert_eq!(pool(Some(2)).unwrap().unwrap().current_num_threads(), 2);
    }
}
