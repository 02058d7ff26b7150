//! `sprog speech info`.

use std::path::Path;

use serde::Serialize;

use super::audio::{AudioProblem, each_block};

/// What a recording is.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Info {
    /// The path, as given.
    pub path: String,
    /// Container, by its usual ending.
    pub format: &'static str,
    /// Codec.
    pub codec: String,
    /// Frames a second, Hz.
    pub sample_rate: u32,
    /// Channels.
    pub channels: u16,
    /// Bits of a sample, where the codec has such a number.
    pub bits_per_sample: Option<u16>,
    /// Frames, counted.
    pub frames: u64,
    /// Seconds, counted.
    pub duration: f64,
    /// Frames by the header.
    pub claimed_frames: Option<u64>,
    /// What is wrong.
    pub problems: Vec<AudioProblem>,
}

/// Decodes a file to its end.
///
/// # Errors
/// Those of the file system, and for what is no audio.
pub fn info(path: &Path) -> anyhow::Result<Info> {
    let (info, frames, problems) = each_block(path, |_, _| Ok(()))?;
    Ok(Info {
        path: path.display().to_string(),
        format: info.format.extension(),
        codec: info.codec,
        sample_rate: info.sample_rate,
        channels: info.channels,
        bits_per_sample: info.bits_per_sample,
        frames,
        duration: frames as f64 / f64::from(info.sample_rate.max(1)),
        claimed_frames: info.claimed_frames,
        problems,
    })
}
