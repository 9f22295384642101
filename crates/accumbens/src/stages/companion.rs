//! Channels that a stage leaves beside the one it cleaned: fitted curves, for later stages and for the eye.

use accumbens_core::{Channel, Recording};

/// The name of the bleaching curve beside a channel.
#[must_use]
pub fn baseline_name(channel: &str) -> String {
    format!("{channel} bleaching")
}

/// Puts a curve beside the channel it belongs to, in that channel's unit. A curve that is there already grows by it:
/// what two steps took away was taken away together.
pub fn keep(recording: &mut Recording, name: &str, beside: &str, mut data: Vec<f64>) {
    if let Some(before) = recording.channel(name) {
        data.iter_mut().zip(&before.data).for_each(|(x, b)| *x += b);
    }
    let unit = recording.channel(beside).map(|c| c.unit.clone()).unwrap_or_default();
    recording.put(Channel { name: name.into(), unit, data });
}
