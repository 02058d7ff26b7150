//! Audio files block by block.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use serde::Serialize;
use sprog_datasets::Error;
use sprog_formats::audio::{AudioInfo, Decoder};
use sprog_formats::{Place, Problem};
use sprog_speech::resample::Resampler;

/// Bytes read from disk at a time.
const BUFFER: usize = 1 << 16;

/// Something wrong with a recording, and when in it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AudioProblem {
    /// `SPROG-0200`.
    pub code: String,
    /// Seconds from the start, where it is at one place.
    pub time: Option<f64>,
    /// What was found, and what was done about it.
    pub message: String,
}

impl AudioProblem {
    /// A decoder's problem in a recording of a sample rate.
    pub fn new(problem: &Problem, sample_rate: u32) -> AudioProblem {
        let time = match problem.place {
            Place::Frame(frame) => Some(frame as f64 / f64::from(sample_rate.max(1))),
            _ => None,
        };
        AudioProblem { code: problem.code.to_string(), time, message: problem.message.clone() }
    }
}

/// A decoder on a file.
///
/// # Errors
/// Those of the file system, and for what is no audio.
pub fn open(path: &Path) -> anyhow::Result<Decoder<'static>> {
    let file = File::open(path).map_err(Error::io(path))?;
    let name = path.file_name().map(|n| n.to_string_lossy().into_owned());
    let source = Box::new(BufReader::with_capacity(BUFFER, file));
    Decoder::open(source, name.as_deref()).map_err(|e| anyhow::anyhow!("{}: {e}", path.display()))
}

/// Decodes a file to its end; `block` gets interleaved samples. Gives the frames and what was wrong.
///
/// # Errors
/// As [`open`], and what `block` gives.
pub fn each_block(
    path: &Path,
    mut block: impl FnMut(&AudioInfo, &[f32]) -> anyhow::Result<()>,
) -> anyhow::Result<(AudioInfo, u64, Vec<AudioProblem>)> {
    let mut decoder = open(path)?;
    let info = decoder.info().clone();
    let mut samples = Vec::new();
    loop {
        samples.clear();
        let more = decoder.next_block(&mut samples);
        if !samples.is_empty() {
            block(&info, &samples)?;
        }
        if !more {
            break;
        }
    }
    let problems = decoder.problems().iter().map(|p| AudioProblem::new(p, info.sample_rate)).collect();
    Ok((info, decoder.frames(), problems))
}

/// A recording as one channel at a rate.
pub struct Mono {
    /// Samples in [-1, 1].
    pub samples: Vec<f32>,
    /// What the file says of itself.
    pub info: AudioInfo,
    /// What was wrong with it.
    pub problems: Vec<AudioProblem>,
}

/// Decodes a file to one channel, the mean of all, at `rate` Hz. Holds no more than the result.
///
/// # Errors
/// As [`each_block`], and for rates that cannot be converted.
pub fn mono(path: &Path, rate: u32) -> anyhow::Result<Mono> {
    let (mut samples, mut mixed) = (Vec::new(), Vec::new());
    let mut resampler: Option<Resampler> = None;
    let (info, _, problems) = each_block(path, |info, block| {
        let resampler = match &mut resampler {
            Some(resampler) => resampler,
            None => resampler.insert(resampler_of(1, info.sample_rate, rate)?),
        };
        mix(block, usize::from(info.channels), &mut mixed);
        resampler.process(&mixed, &mut samples);
        Ok(())
    })?;
    if let Some(resampler) = &mut resampler {
        resampler.finish(&mut samples);
    }
    Ok(Mono { samples, info, problems })
}

/// A resampler; a header can claim rates that none can convert.
pub(crate) fn resampler_of(channels: u16, from: u32, to: u32) -> sprog_formats::Result<Resampler> {
    Resampler::new(channels, from, to).map_err(|e| sprog_formats::Error::Unsupported(e.to_string()))
}

pub(crate) fn mix(block: &[f32], channels: usize, mixed: &mut Vec<f32>) {
    mixed.clear();
    if channels <= 1 {
        mixed.extend_from_slice(block);
    } else {
        mixed.extend(block.chunks_exact(channels).map(|f| f.iter().sum::<f32>() / channels as f32));
    }
}
