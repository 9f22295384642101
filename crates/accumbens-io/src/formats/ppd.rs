//! Reads pyPhotometry `.ppd` files: a JSON header, then interleaved 16-bit words of light and digital lines.
//!
//! A word holds 15 bits of light and, lowest, one digital bit; the words of the channels alternate. In a pulsed mode,
//! files written since version 1.1 hold two words a sample, LED on and LED off, whose difference is the signal.

use crate::edges;
use crate::loaded::Loaded;
use accumbens_core::format::{Format, Hints, Source, StreamKind};
use accumbens_core::{Error, Result};
use serde::Deserialize;
use std::path::Path;

/// pyPhotometry.
pub struct Ppd;

/// What the header of any version says.
#[derive(Deserialize)]
struct Header {
    #[serde(rename = "subject_ID")]
    subject: Option<String>,
    date_time: Option<String>,
    mode: String,
    sampling_rate: f64,
    volts_per_division: Vec<f64>,
    #[serde(default)]
    version: serde_json::Value,
    n_analog_signals: Option<usize>,
    n_digital_signals: Option<usize>,
    #[serde(rename = "ADC_max_value")]
    ceiling: Option<f64>,
}

/// Modes before version 1.0, and whether they are pulsed.
const OLD_MODES: &[(&str, bool)] =
    &[("2 colour continuous", false), ("1 colour time div.", true), ("2 colour time div.", true)];

/// How the words of a file are laid out.
struct Layout {
    analog: usize,
    digital: usize,
    pulsed: bool,
    /// Two words a sample: LED on, LED off.
    paired: bool,
    ceiling: f64,
}

impl Header {
    /// Major and minor version; files without one are the oldest.
    fn version(&self, place: &str) -> Result<(u32, u32)> {
        let text = match &self.version {
            serde_json::Value::Null => return Ok((0, 0)),
            serde_json::Value::String(s) => s.clone(),
            other => other.to_string(),
        };
        let mut parts = text.split('.').map(|p| p.trim().parse::<u32>());
        match (parts.next(), parts.next()) {
            (Some(Ok(major)), Some(Ok(minor))) => Ok((major, minor)),
            (Some(Ok(major)), None) => Ok((major, 0)),
            _ => Err(Error::input(place, format!("version {text:?}"), "a version such as 1.1")),
        }
    }

    fn layout(&self, place: &str) -> Result<Layout> {
        let version = self.version(place)?;
        if !(self.sampling_rate.is_finite() && self.sampling_rate > 0.0) {
            return Err(Error::input(place, format!("sampling_rate {}", self.sampling_rate), "above 0 Hz"));
        }
        if !self.volts_per_division.first().is_some_and(|v| v.is_finite() && *v > 0.0) {
            return Err(Error::input(place, "no volts_per_division", "volts a division, above 0"));
        }
        let pulsed = self.pulsed(place)?;
        let old = version < (1, 0);
        let (analog, digital) = match (old, self.n_analog_signals, self.n_digital_signals) {
            (true, ..) => (2, 2),
            (false, Some(a), Some(d)) => (a, d),
            _ => {
                return Err(Error::input(place, "no n_analog_signals or n_digital_signals", "both, since version 1.0"));
            }
        };
        if !(1..=16).contains(&analog) || digital > analog {
            let problem = format!("{analog} analog and {digital} digital signals");
            return Err(Error::input(place, problem, "1 to 16 analog signals and at most as many digital ones"));
        }
        let paired = pulsed && version >= (1, 1);
        let ceiling = self.ceiling.unwrap_or(f64::from(1_u32 << 15));
        Ok(Layout { analog, digital, pulsed, paired, ceiling })
    }

    /// Whether the mode is pulsed; a mode that nobody knows is refused, because its words could mean anything.
    fn pulsed(&self, place: &str) -> Result<bool> {
        if let Some((_, pulsed)) = OLD_MODES.iter().find(|(name, _)| *name == self.mode) {
            return Ok(*pulsed);
        }
        let digit = |s: &str| s.len() == 1 && s.chars().all(|c| c.is_ascii_digit());
        let parts: Vec<&str> = self.mode.split('_').collect();
        match parts.as_slice() {
            [ex, em, kind @ ("continuous" | "pulsed")]
                if ex.strip_suffix("EX").is_some_and(digit) && em.strip_suffix("EM").is_some_and(digit) =>
            {
                Ok(*kind == "pulsed")
            }
            _ => {
                let old = OLD_MODES.iter().map(|(n, _)| *n).collect::<Vec<_>>().join(", ");
                let accepted = format!("{old}, nEX_nEM_continuous, nEX_nEM_pulsed");
                Err(Error::input(place, format!("unknown mode {:?}", self.mode), accepted))
            }
        }
    }
}

/// The header, and the words behind it.
fn split<'a>(place: &str, bytes: &'a [u8]) -> Result<(Header, &'a [u8])> {
    let short = || Error::input(place, format!("{} bytes", bytes.len()), "a header and samples");
    let size = bytes.first_chunk::<2>().map(|b| usize::from(u16::from_le_bytes(*b))).ok_or_else(short)?;
    let header = bytes.get(2..2 + size).ok_or_else(short)?;
    let header = serde_json::from_slice(header)
        .map_err(|e| Error::input(place, format!("the header is not what pyPhotometry writes: {e}"), "its JSON"))?;
    Ok((header, &bytes[2 + size..]))
}

impl Format for Ppd {
    fn name(&self) -> &'static str {
        "pyPhotometry (.ppd)"
    }

    fn recognises(&self, path: &Path) -> bool {
        path.is_file() && path.extension().is_some_and(|e| e.eq_ignore_ascii_case("ppd"))
    }

    fn open(&self, path: &Path, hints: &Hints) -> Result<Box<dyn Source>> {
        let place = path.display().to_string();
        let bytes = std::fs::read(path).map_err(|e| Error::file(path, e))?;
        let (header, words) = split(&place, &bytes)?;
        let layout = header.layout(&place)?;
        let version = header.version(&place)?;
        let mut file = Loaded::new(format!("pyPhotometry {}.{}, {}", version.0, version.1, header.mode));
        file.holdings_mut().subject = header.subject.clone();
        file.holdings_mut().started = header.date_time.clone();
        let stride = layout.analog * if layout.paired { 2 } else { 1 };
        let left_over = words.len() % (2 * stride);
        if left_over > 0 {
            file.note(format!("{left_over} bytes at the end are not a whole sample and were left out"));
        }
        let samples = words.len() / (2 * stride);
        let word = |i: usize| u16::from_le_bytes([words[2 * i], words[2 * i + 1]]);
        let interval = 1.0 / header.sampling_rate;
        let volts = header.volts_per_division[0];
        if layout.pulsed && layout.analog > 1 {
            let apart = interval / layout.analog as f64;
            file.note(format!(
                "the device takes its channels {apart:.6} s apart; {}",
                if hints.stagger { "each stands at its own time" } else { "all stand at the time of the first" }
            ));
        }
        for a in 0..layout.analog {
            let at = |i: usize| i * stride + if layout.paired { 2 * a } else { a };
            let clipped = 0.98 * layout.ceiling * volts;
            let mut clips = 0;
            let value = |i: usize| {
                let light = f64::from(word(at(i)) >> 1) * volts;
                let dark = if layout.paired { f64::from(word(at(i) + 1) >> 1) * volts } else { 0.0 };
                clips += usize::from(light.max(dark) > clipped);
                light - dark
            };
            let data = (0..samples).map(value).collect();
            let late = if hints.stagger && layout.pulsed { a as f64 * interval / layout.analog as f64 } else { 0.0 };
            let name = format!("analog_{}", a + 1);
            let stream = file.regular(&name, late, interval, data);
            stream.unit = "V".into();
            stream.kind = StreamKind::Light;
            // Old pulsed files hold the difference alone, in which clipping does not show.
            if clips > 0 && (layout.paired || !layout.pulsed) {
                file.note(format!("{clips} of {samples} samples of {name} are clipped at the top of the converter"));
            }
        }
        for d in 0..layout.digital {
            let at = |i: usize| i * stride + if layout.paired { 2 * d } else { d };
            let name = format!("digital_{}", d + 1);
            let line: Vec<f64> = (0..samples).map(|i| f64::from(word(at(i)) & 1)).collect();
            let events = edges::rising(&name, &line, |i| i as f64 * interval);
            file.regular(&name, 0.0, interval, line).kind = StreamKind::Digital;
            file.events(events);
        }
        Ok(Box::new(file))
    }
}
