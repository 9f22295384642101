//! ΔF/F and z-scores: what makes traces of different fibres comparable.

use super::baseline_name;
use super::pieces::{MAD_TO_SD, median, median_absolute, moments, percentile, within};
use super::reference::fit_name;
use accumbens_core::cleaning::{Dff, Form, Rest, ZScore};
use accumbens_core::{Entry, Error, Recording, Result, Stage};

/// ΔF/F of the signal.
pub struct DffStage {
    /// What the light at rest is.
    pub dff: Dff,
    /// The channel.
    pub signal: String,
}

/// z-scores of the signal.
pub struct ZScoreStage {
    /// How.
    pub z_score: ZScore,
    /// The channel.
    pub signal: String,
}

fn fail<T>(problem: String, accepted: &str) -> Result<T> {
    Err(Error::input("dff", problem, accepted))
}

impl Stage for DffStage {
    fn name(&self) -> &'static str {
        "dff"
    }

    fn apply(&self, mut recording: Recording) -> Result<Recording> {
        let mut entry = Entry::new(self.name(), &self.dff);
        let companion = match self.dff.over {
            Rest::Bleaching => Some(baseline_name(&self.signal)),
            Rest::Reference => Some(fit_name(&self.signal)),
            _ => None,
        };
        let curve = match companion {
            Some(name) => Some(recording.channel_mut(self.name(), &name)?.data.clone()),
            None => None,
        };
        let inside = within(&recording.times, self.dff.epoch);
        let channel = recording.channel_mut(self.name(), &self.signal)?;
        let rest = match (&curve, self.dff.over) {
            (Some(curve), _) => moments(curve).0,
            (None, Rest::Median) => median(&channel.data),
            (None, Rest::Percentile) => percentile(&channel.data, self.dff.percent),
            (None, Rest::Epoch) => moments(&channel.data[inside]).0,
            (None, _) => moments(&channel.data).0,
        };
        entry.found("light at rest", rest);
        if rest.is_nan() || rest <= 0.0 {
            return fail(format!("the light at rest is {rest}"), "above 0: raw light, before anything is subtracted");
        }
        match &curve {
            Some(curve) => {
                if let Some(x) = curve.iter().find(|x| x.is_finite() && **x <= 0.0) {
                    return fail(
                        format!("the light at rest falls to {x}"),
                        "a curve above 0: another form, or another step",
                    );
                }
                for (x, c) in channel.data.iter_mut().zip(curve) {
                    let over = match self.dff.form {
                        Form::Multiplicative => *c,
                        Form::Additive => rest,
                    };
                    *x *= 100.0 / over;
                }
            }
            // Nothing was subtracted yet, so the light at rest is taken off here.
            None => channel.data.iter_mut().for_each(|x| *x = 100.0 * (*x - rest) / rest),
        }
        channel.unit = "% dF/F".into();
        let (mean, sd) = moments(&channel.data);
        entry.found("mean (% dF/F)", mean);
        entry.found("standard deviation (% dF/F)", sd);
        recording.history.push(entry);
        Ok(recording)
    }
}

impl Stage for ZScoreStage {
    fn name(&self) -> &'static str {
        "z_score"
    }

    fn apply(&self, mut recording: Recording) -> Result<Recording> {
        let mut entry = Entry::new(self.name(), &self.z_score);
        let inside = within(&recording.times, self.z_score.epoch);
        let channel = recording.channel_mut(self.name(), &self.signal)?;
        let part = &channel.data[inside];
        let (centre, spread) = if self.z_score.robust {
            let centre = median(part);
            let away: Vec<f64> = part.iter().map(|x| x - centre).collect();
            (centre, MAD_TO_SD * median_absolute(&away))
        } else {
            moments(part)
        };
        if spread.is_nan() || spread <= 0.0 {
            return Err(Error::input(
                "z_score",
                format!("a spread of {spread}"),
                "an epoch in which the signal varies",
            ));
        }
        channel.data.iter_mut().for_each(|x| *x = (*x - centre) / spread);
        entry.found(format!("centre ({})", channel.unit), centre);
        entry.found(format!("spread ({})", channel.unit), spread);
        channel.unit = "z".into();
        recording.history.push(entry);
        Ok(recording)
    }
}
