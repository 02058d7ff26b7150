//! `sprog speech vad`.

use std::ops::Range;
use std::path::Path;

use serde::Serialize;
use sprog_speech::vad::{Frame, SegmentOptions, Vad, segments};

use super::audio::{AudioProblem, each_block};

/// Where a recording is speech.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Speech {
    /// The path, as given.
    pub path: String,
    /// Seconds of the recording.
    pub duration: f64,
    /// Seconds of speech.
    pub speech: f64,
    /// The stretches, in seconds.
    pub segments: Vec<Stretch>,
    /// What was wrong with the file.
    pub problems: Vec<AudioProblem>,
}

/// A stretch of speech, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Stretch {
    /// Where it starts.
    pub start: f64,
    /// Where it ends.
    pub end: f64,
}

/// The frames of a recording, its channels mixed, with its rate and its samples a channel.
pub(crate) fn frames(path: &Path) -> anyhow::Result<(Vec<Frame>, u32, u64, Vec<AudioProblem>)> {
    let (mut frames, mut mixed) = (Vec::new(), Vec::new());
    let mut vad: Option<Vad> = None;
    let (info, samples, problems) = each_block(path, |info, block| {
        let vad = match &mut vad {
            Some(vad) => vad,
            None => vad.insert(Vad::new(info.sample_rate)?),
        };
        super::audio::mix(block, usize::from(info.channels), &mut mixed);
        vad.push(&mixed, &mut frames);
        Ok(())
    })?;
    if let Some(vad) = &mut vad {
        vad.finish(&mut frames);
    }
    Ok((frames, info.sample_rate, samples, problems))
}

/// Finds the speech in a file. Memory does not grow with the audio, but for 8 bytes each 10 ms.
///
/// # Errors
/// Those of the file system, for what is no audio, and for rates below 8 kHz.
pub fn vad(path: &Path, options: &SegmentOptions) -> anyhow::Result<Speech> {
    let (frames, rate, samples, problems) = frames(path)?;
    let seconds = |sample: u64| sample as f64 / f64::from(rate);
    let found = segments(&frames, rate, samples, options);
    let stretch = |range: &Range<u64>| Stretch { start: seconds(range.start), end: seconds(range.end) };
    Ok(Speech {
        path: path.display().to_string(),
        duration: seconds(samples),
        speech: seconds(found.iter().map(|range| range.end - range.start).sum()),
        segments: found.iter().map(stretch).collect(),
        problems,
    })
}
