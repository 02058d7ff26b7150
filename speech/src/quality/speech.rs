//! Levels of speech and background from the detector's frames: a histogram of each, so that hours take
//! no more memory than seconds.

use crate::vad::{Frame, Mode};

/// Width of a level class in dB, and the lowest level.
const STEP: f32 = 0.25;
const LOWEST: f32 = -90.0;
const CLASSES: usize = 640;
/// Least frames of speech or background: 0.1 s.
const ENOUGH: u64 = 10;
/// Level in dBFS under which a frame is silent.
const SILENT: f32 = -60.0;

pub(super) struct Speech {
    pub(super) frames: u64,
    pub(super) speech: u64,
    silent: u64,
    loud: Vec<u64>,
    quiet: Vec<u64>,
}

impl Speech {
    pub(super) fn new() -> Speech {
        Speech { frames: 0, speech: 0, silent: 0, loud: vec![0; CLASSES], quiet: vec![0; CLASSES] }
    }

    pub(super) fn take(&mut self, frame: Frame) {
        self.frames += 1;
        self.speech += u64::from(frame.is_speech(Mode::Normal));
        self.silent += u64::from(frame.level_db < SILENT);
        let class = (((frame.level_db - LOWEST) / STEP).max(0.0) as usize).min(CLASSES - 1);
        // Between the two lies what may be either; it goes into none.
        if frame.is_speech(Mode::Strict) {
            self.loud[class] += 1;
        } else if !frame.is_speech(Mode::Lenient) {
            self.quiet[class] += 1;
        }
    }

    pub(super) fn silence_share(&self) -> f64 {
        if self.frames == 0 { 1.0 } else { self.silent as f64 / self.frames as f64 }
    }

    /// Mean square of the frames that are speech.
    pub(super) fn loud_power(&self) -> Option<f64> {
        let count: u64 = self.loud.iter().sum();
        let power: f64 = self.loud.iter().enumerate().map(|(class, n)| *n as f64 * power_of(class)).sum();
        (count >= ENOUGH).then(|| power / count as f64)
    }

    /// Mean square of the background: the median of the frames that are not speech, which the ends of
    /// words and single noises do not move.
    pub(super) fn quiet_power(&self) -> Option<f64> {
        let count: u64 = self.quiet.iter().sum();
        let mut seen = 0;
        let class = self.quiet.iter().position(|n| {
            seen += n;
            seen * 2 > count
        })?;
        (count >= ENOUGH).then(|| power_of(class))
    }
}

fn power_of(class: usize) -> f64 {
    10f64.powf((f64::from(LOWEST) + (class as f64 + 0.5) * f64::from(STEP)) / 10.0)
}
