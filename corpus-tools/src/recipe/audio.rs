//! Settings of the steps on audio.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Step;

/// What `features` computes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FeatureType {
    /// The log-mel spectrogram of Whisper.
    #[default]
    WhisperMel,
    /// Kaldi's log-mel filter bank.
    KaldiFbank,
    /// Kaldi's MFCC.
    KaldiMfcc,
}

/// What `vad` does with the stretches of speech that it finds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum VadAction {
    /// They are listed in the column `vad`.
    #[default]
    Label,
    /// Silence before the first and after the last one is cut off.
    Trim,
    /// Each becomes a row of its own. For recordings without a transcript; the others stay whole.
    Cut,
}

/// What `align` does besides finding the words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum AlignAction {
    /// Nothing: `quality.alignment` has what it came to.
    #[default]
    Label,
    /// Recordings whose transcript is not what is said are left out.
    Drop,
    /// Long recordings become rows of 1 to 30 seconds, cut in silence, each with its part of the
    /// transcript; where the transcript is not what is said, nothing is taken.
    Cut,
}

/// What is wrong with a step's settings.
pub(super) fn check(step: &Step) -> Result<(), String> {
    let seconds = |name: &str, value: f64, low: f64, high: f64| match value {
        v if v >= low && v <= high => Ok(()),
        _ => Err(format!("{name} is from {low} to {high} seconds")),
    };
    match step {
        Step::Features { kind, bins: Some(bins) } => match (kind, bins) {
            (FeatureType::WhisperMel, 80 | 128) => Ok(()),
            (FeatureType::WhisperMel, _) => Err(format!("whisper-mel has 80 or 128 bins, not {bins}")),
            (_, 3..=256) => Ok(()),
            _ => Err(format!("{bins} bins; 3 to 256 can be had")),
        },
        Step::Vad { mode, min_silence, padding, max_duration, .. } => {
            if *mode > 3 {
                return Err(format!("mode is 0, 1, 2 or 3, not {mode}"));
            }
            seconds("min_silence", *min_silence, 0.0, 60.0)?;
            seconds("padding", *padding, 0.0, 10.0)?;
            seconds("max_duration", *max_duration, 1.0, 86_400.0)
        }
        Step::Align { train_hours, .. } if !(*train_hours > 0.0 && *train_hours <= 100.0) => {
            Err("train_hours is above 0 and at most 100".to_owned())
        }
        _ => Ok(()),
    }
}
