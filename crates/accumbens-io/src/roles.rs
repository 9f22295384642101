//! Proposes which streams are signal and which reference; a proposal says why, and nobody acts on it unasked.

use accumbens_core::format::{Holdings, Stream, StreamKind};
use serde::Serialize;

/// What a stream could be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ChannelRole {
    /// The sensor's light.
    Signal,
    /// Light that does not depend on what the sensor measures.
    Reference,
    /// Already ΔF/F or another result.
    Processed,
    /// Neither.
    None,
}

impl ChannelRole {
    /// Its name.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Signal => "signal",
            Self::Reference => "reference",
            Self::Processed => "processed",
            Self::None => "none",
        }
    }
}

/// A proposed role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Proposed {
    /// The role.
    pub role: ChannelRole,
    /// Why.
    pub why: String,
}

/// Excitation wavelengths of photometry systems, nm.
const USUAL: &[u32] =
    &[405, 410, 415, 420, 435, 460, 465, 470, 473, 475, 480, 488, 490, 530, 550, 555, 560, 565, 580, 590];

/// The wavelength that a name contains, nm: a number of three digits at which photometry systems excite.
#[must_use]
pub fn wavelength(name: &str) -> Option<f64> {
    let digits = name.split(|c: char| !c.is_ascii_digit()).filter(|d| d.len() == 3);
    digits.filter_map(|d| d.parse::<u32>().ok()).find(|d| USUAL.contains(d)).map(f64::from)
}

/// Violet light excites dLight and GCaMP near their isosbestic points: up to this wavelength, nm, from 400.
const ISOSBESTIC: f64 = 422.0;
/// Red fluorophores that report nothing are excited from this wavelength on, nm.
const RED: f64 = 540.0;

fn propose(stream: &Stream, others: &[Stream]) -> Proposed {
    let said = |role, why: &str| Proposed { role, why: why.into() };
    if stream.kind == StreamKind::Digital {
        return said(ChannelRole::None, "a line that is high or low");
    }
    let lower = stream.name.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|w| lower.contains(w));
    if stream.about.iter().any(|(what, _)| what == "computed") {
        return said(ChannelRole::Processed, "from its type");
    }
    if has(&["dff", "df/f", "df_f", "dfoverf", "df_over_f", "zscore", "z-score", "fitted", "corrected"]) {
        return said(ChannelRole::Processed, "from its name");
    }
    if has(&["isos", "control", "reference", "tdtomato", "mcherry", "autofl", "background"]) {
        return said(ChannelRole::Reference, "from its name");
    }
    if let Some(role) = by_indicator(stream) {
        return role;
    }
    let (light, source) = match stream.excitation {
        Some(light) => (Some(light), "the file says it is excited at"),
        None => (wavelength(&stream.name), "its name says it is excited at"),
    };
    match light {
        Some(nm) if (400.0..ISOSBESTIC).contains(&nm) => {
            said(ChannelRole::Reference, &format!("{source} {nm:.0} nm, near the isosbestic point of most sensors"))
        }
        Some(nm) if nm >= RED => {
            let blue = others.iter().any(|o| {
                o.excitation.or_else(|| wavelength(&o.name)).is_some_and(|nm| (ISOSBESTIC..RED).contains(&nm))
            });
            let why = format!("{source} {nm:.0} nm: a red reference, unless the sensor itself is red");
            said(if blue { ChannelRole::Reference } else { ChannelRole::Signal }, &why)
        }
        Some(nm) => said(ChannelRole::Signal, &format!("{source} {nm:.0} nm")),
        None if stream.kind == StreamKind::Light => said(ChannelRole::Signal, "light of an unknown wavelength"),
        None => said(ChannelRole::None, "nothing says that it is light"),
    }
}

/// The role that a named indicator gives: inert red proteins are references.
fn by_indicator(stream: &Stream) -> Option<Proposed> {
    let words = stream.about.iter().filter(|(what, _)| matches!(what.as_str(), "indicator" | "fluorophores" | "label"));
    let inert = words.map(|(_, said)| said).find(|said| {
        let lower = said.to_lowercase();
        ["tdtomato", "mcherry", "mruby", "egfp", "eyfp"].iter().any(|w| lower == *w)
    })?;
    Some(Proposed { role: ChannelRole::Reference, why: format!("its indicator is {inert}, which reports nothing") })
}

/// What each stream could be.
#[must_use]
pub fn roles(holdings: &Holdings) -> Vec<Proposed> {
    holdings.streams.iter().map(|s| propose(s, &holdings.streams)).collect()
}

/// The signal to take where nobody says: a processed one where there is one, else the first light that is no reference;
/// and the reference that goes with it, of the same length and region where there are several.
#[must_use]
pub fn pair(holdings: &Holdings) -> (Option<usize>, Option<usize>) {
    let roles = roles(holdings);
    let of = |role| roles.iter().position(|r| r.role == role);
    let Some(signal) = of(ChannelRole::Processed).or_else(|| of(ChannelRole::Signal)) else { return (None, None) };
    if roles[signal].role == ChannelRole::Processed {
        return (Some(signal), None);
    }
    let stem = |s: &Stream| s.about.iter().find(|(w, _)| w == "region" || w == "location").map(|(_, x)| x.clone());
    let mut references: Vec<usize> = (0..roles.len()).filter(|&i| roles[i].role == ChannelRole::Reference).collect();
    references.sort_by_key(|&i| stem(&holdings.streams[i]) != stem(&holdings.streams[signal]));
    (Some(signal), references.first().copied())
}

#[cfg(test)]
mod tests {
    use super::*;
    use accumbens_core::format::Clock;

    fn light(name: &str, excitation: Option<f64>) -> Stream {
        let clock = Clock::Regular { start: 0.0, interval: 0.1 };
        Stream { kind: StreamKind::Light, excitation, ..Stream::new(name, 10, clock, "c") }
    }

    #[test]
    fn violet_is_proposed_as_reference_red_beside_blue_and_names_decide_where_nothing_else_does() {
        let role = |streams: Vec<Stream>| {
            let held = Holdings { streams, ..Holdings::default() };
            roles(&held).into_iter().map(|p| p.role).collect::<Vec<_>>()
        };
        use ChannelRole::{Processed, Reference, Signal};
        assert_eq!(role(vec![light("a", Some(470.0)), light("b", Some(405.0))]), [Signal, Reference]);
        assert_eq!(role(vec![light("G0 470", None), light("R0 560", None)]), [Signal, Reference]);
        assert_eq!(role(vec![light("R0 560", None)]), [Signal]);
        assert_eq!(
            role(vec![light("_465A", None), light("isos", None), light("dff", None)]),
            [Signal, Reference, Processed]
        );
        assert_eq!(wavelength("Dv1A_405nm"), Some(405.0));
        assert_eq!(wavelength("mouse 123"), None);
    }
}
