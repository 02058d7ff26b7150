//! `sprog speech resample`.

use std::path::Path;

use serde::Serialize;
use sprog_datasets::durable;
use sprog_formats::audio::{WavSamples, WavWriter, write_flac};

use super::audio::{AudioProblem, each_block, open, resampler_of};
use super::quality::best_channel;
use crate::recipe::Channels;

/// How to write a recording anew.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Frames a second, Hz.
    pub rate: u32,
    /// What becomes of several channels.
    pub channels: Channels,
    /// How WAV holds samples.
    pub samples: WavSamples,
}

/// What was written.
#[derive(Clone, Debug, Serialize)]
pub struct Resampled {
    /// Frames a second of the input.
    pub from: u32,
    /// Frames of the input.
    pub frames_in: u64,
    /// Frames written.
    pub frames: u64,
    /// Channels written.
    pub channels: u16,
    /// The channel taken, from 1, and why, where it was chosen.
    pub channel: Option<(u16, String)>,
    /// What was wrong with the input.
    pub problems: Vec<AudioProblem>,
}

/// Writes a recording at another rate. WAV is written as it is computed; FLAC needs all of it in memory.
///
/// # Errors
/// Those of the files, for what is no audio, and for rates that cannot be converted. The output appears whole or
/// not at all.
pub fn resample(input: &Path, output: &Path, options: &Options) -> anyhow::Result<Resampled> {
    let flac = match output.extension().map(|e| e.to_string_lossy().to_ascii_lowercase()).as_deref() {
        Some("wav") => false,
        Some("flac") => true,
        _ => anyhow::bail!("{}: the ending is .wav or .flac", output.display()),
    };
    let info = open(input)?.info().clone();
    let chosen = match options.channels {
        Channels::Best if info.channels > 1 => Some(best_channel(input)?),
        _ => None,
    };
    let width = usize::from(info.channels);
    let channels = if options.channels == Channels::Keep { info.channels } else { 1 };
    let mut resampler = resampler_of(channels, info.sample_rate, options.rate)?;
    let pick = |block: &[f32], picked: &mut Vec<f32>| {
        picked.clear();
        let frames = block.chunks_exact(width);
        match (options.channels, &chosen) {
            (Channels::Keep, _) => picked.extend_from_slice(block),
            (Channels::Mix, _) => picked.extend(frames.map(|f| f.iter().sum::<f32>() / width as f32)),
            (_, Some((channel, _))) => picked.extend(frames.map(|f| f[usize::from(*channel)])),
            _ => picked.extend(frames.map(|f| f[0])),
        }
    };
    let mut picked = Vec::new();
    let mut frames = 0;
    let (_, frames_in, problems) = if flac {
        let mut samples = Vec::new();
        let read = each_block(input, |_, block| {
            pick(block, &mut picked);
            resampler.process(&picked, &mut samples);
            Ok(())
        })?;
        resampler.finish(&mut samples);
        frames += (samples.len() / usize::from(channels)) as u64;
        durable::write_bytes(output, &write_flac(&samples, options.rate, channels)?)?;
        read
    } else {
        durable::write_atomic(output, |file| {
            let run = || -> anyhow::Result<_> {
                let mut writer = WavWriter::new(file, options.rate, channels, options.samples)?;
                let mut samples = Vec::new();
                let read = each_block(input, |_, block| {
                    pick(block, &mut picked);
                    samples.clear();
                    resampler.process(&picked, &mut samples);
                    frames += (samples.len() / usize::from(channels)) as u64;
                    Ok(writer.write(&samples)?)
                })?;
                samples.clear();
                resampler.finish(&mut samples);
                frames += (samples.len() / usize::from(channels)) as u64;
                writer.write(&samples)?;
                writer.finish()?;
                Ok(read)
            };
            run().map_err(|e| sprog_datasets::Error::Invalid(format!("{e:#}")))
        })?
    };
    Ok(Resampled {
        from: info.sample_rate,
        frames_in,
        frames,
        channels,
        channel: chosen.map(|(channel, reason)| (channel + 1, reason)),
        problems,
    })
}
