//! Makes stages of declared steps, and cleans recordings and studies by them.

use super::{
    ArtefactStage, BleachingStage, BoutStage, Butterworth, DebounceStage, DffStage, MovingAverage, ReferenceStage,
    ResampleStage, TrimStage, ZScoreStage,
};
use accumbens_core::cleaning::Step;
use accumbens_core::study::Study;
use accumbens_core::{Error, Recording, Result, Stage};
use rayon::prelude::*;

/// The stage of a step, for a signal and its reference.
///
/// # Errors
/// Where the step needs a reference and there is none.
pub fn stage(step: &Step, signal: &str, reference: Option<&str>) -> Result<Box<dyn Stage>> {
    let channels = || [Some(signal), reference].into_iter().flatten().map(Into::into).collect::<Vec<String>>();
    let signal = || signal.to_owned();
    Ok(match step.clone() {
        Step::Trim(trim) => Box::new(TrimStage(trim)),
        Step::Artefacts(artefacts) => Box::new(ArtefactStage { artefacts, channels: channels() }),
        Step::LowPass(filter) => Box::new(Butterworth { filter, high_pass: false, channels: channels() }),
        Step::HighPass(filter) => Box::new(Butterworth { filter, high_pass: true, channels: channels() }),
        Step::Smooth(smooth) => Box::new(MovingAverage { smooth, channels: channels() }),
        Step::Bleaching(bleaching) => Box::new(BleachingStage { bleaching, channels: channels() }),
        Step::Reference(fit) => {
            let channel = reference.map(Into::into).ok_or_else(|| {
                Error::input("reference", "there is no reference channel", "signal.reference in the study")
            })?;
            Box::new(ReferenceStage { reference: fit, signal: signal(), channel })
        }
        Step::Dff(dff) => Box::new(DffStage { dff, signal: signal() }),
        Step::ZScore(z_score) => Box::new(ZScoreStage { z_score, signal: signal() }),
        Step::Resample(resample) => Box::new(ResampleStage(resample)),
        Step::Debounce(debounce) => Box::new(DebounceStage(debounce)),
        Step::Bouts(bouts) => Box::new(BoutStage(bouts)),
    })
}

/// Cleans a recording step by step.
///
/// # Errors
/// Where a step does not fit the recording; with the step's number.
pub fn clean(recording: Recording, steps: &[Step], signal: &str, reference: Option<&str>) -> Result<Recording> {
    steps.iter().enumerate().try_fold(recording, |recording, (i, step)| {
        let within = |e: Error| e.within(&format!("clean[{i}]"));
        stage(step, signal, reference)?.apply(recording).map_err(within)
    })
}

/// Cleans every session of a study that has a signal, and takes the cleaned signal's unit for the study's. `tick` is
/// called after each session; where it returns false, cleaning stops.
///
/// # Errors
/// Where a step does not fit a session, or cleaning was stopped.
pub fn clean_study(mut study: Study, tick: &(dyn Fn() -> bool + Sync)) -> Result<Study> {
    let steps = std::mem::take(&mut study.cleaning);
    let (signal, reference) = (study.channel.clone(), study.reference.clone());
    let sessions: Vec<_> = study.subjects.iter_mut().flat_map(|s| &mut s.sessions).collect();
    sessions.into_par_iter().filter(|s| !s.recording.times.is_empty()).try_for_each(|session| {
        if !tick() {
            return Err(Error::Interrupted);
        }
        let recording = std::mem::take(&mut session.recording);
        session.recording =
            clean(recording, &steps, &signal, reference.as_deref()).map_err(|e| e.within(&session.name))?;
        Ok(())
    })?;
    let all = study.subjects.iter().flat_map(|s| &s.sessions);
    let unit = all.filter_map(|s| s.recording.channel(&signal)).map(|c| c.unit.clone()).find(|u| !u.is_empty());
    study.unit = unit.unwrap_or(study.unit);
    Ok(study)
}
