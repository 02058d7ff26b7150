use std::io::{Seek, Write};

use crate::{Error, Result};

/// How samples are stored in a WAV file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WavSamples {
    /// 16-bit integers; −1.0 is −32768, values are rounded to nearest and clamped.
    I16,
    /// 32-bit floats, as they are.
    F32,
}

/// Writes interleaved samples as a WAV file.
///
/// # Errors
/// Those of `out`, and [`Error::Unsupported`] past the 4 GiB that WAV can hold.
pub fn write_wav(
    out: impl Write + Seek,
    samples: &[f32],
    sample_rate: u32,
    channels: u16,
    stored: WavSamples,
) -> Result<()> {
    let (bits_per_sample, sample_format) = match stored {
        WavSamples::I16 => (16, hound::SampleFormat::Int),
        WavSamples::F32 => (32, hound::SampleFormat::Float),
    };
    let spec = hound::WavSpec { channels, sample_rate, bits_per_sample, sample_format };
    let failed = |e: hound::Error| match e {
        hound::Error::IoError(e) => Error::Io(e),
        other => Error::Unsupported(format!("WAV: {other}")),
    };
    let mut writer = hound::WavWriter::new(out, spec).map_err(failed)?;
    for &sample in samples {
        match stored {
            WavSamples::I16 => writer.write_sample(super::flac_write::to_i16(sample)),
            WavSamples::F32 => writer.write_sample(sample),
        }
        .map_err(failed)?;
    }
    writer.finalize().map_err(failed)
}
