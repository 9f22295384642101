//! Shows how far long work is, and lets it be interrupted without losing what is done.

use indicatif::{ProgressBar, ProgressStyle};
use std::sync::atomic::{AtomicBool, Ordering};

static STOP: AtomicBool = AtomicBool::new(false);

/// Listens for Ctrl-C: the first asks the work to stop at its next whole step, the second ends the program.
pub fn listen() {
    let _ = ctrlc::set_handler(|| {
        if STOP.swap(true, Ordering::SeqCst) {
            std::process::exit(130);
        }
        eprintln!("stopping after the current step; Ctrl-C again to stop at once");
    });
}

/// Whether the user asked to stop.
pub fn stopped() -> bool {
    STOP.load(Ordering::SeqCst)
}

/// A bar of so many steps on standard error; none where that is not a terminal.
pub fn bar(steps: u64, what: &str) -> ProgressBar {
    let style = ProgressStyle::with_template("{msg:28} {bar:32} {pos}/{len} {elapsed}");
    let bar = ProgressBar::new(steps).with_message(what.to_owned());
    if let Ok(style) = style { bar.with_style(style) } else { bar }
}
