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

/// Writes a WAV file block by block.
pub struct WavWriter<W: Write + Seek> {
    inner: hound::WavWriter<W>,
    stored: WavSamples,
}

fn failed(e: hound::Error) -> Error {
    match e {
        hound::Error::IoError(e) => Error::Io(e),
        other => Error::Unsupported(format!("WAV: {other}")),
    }
}

impl<W: Write + Seek> WavWriter<W> {
    /// Writes the header.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn new(out: W, sample_rate: u32, channels: u16, stored: WavSamples) -> Result<Self> {
        let (bits_per_sample, sample_format) = match stored {
            WavSamples::I16 => (16, hound::SampleFormat::Int),
            WavSamples::F32 => (32, hound::SampleFormat::Float),
        };
        let spec = hound::WavSpec { channels, sample_rate, bits_per_sample, sample_format };
        Ok(WavWriter { inner: hound::WavWriter::new(out, spec).map_err(failed)?, stored })
    }

    /// Writes interleaved samples.
    ///
    /// # Errors
    /// Those of the file, and [`Error::Unsupported`] past the 4 GiB that WAV can hold.
    pub fn write(&mut self, samples: &[f32]) -> Result<()> {
        for &sample in samples {
            match self.stored {
                WavSamples::I16 => self.inner.write_sample(super::flac_write::to_i16(sample)),
                WavSamples::F32 => self.inner.write_sample(sample),
            }
            .map_err(failed)?;
        }
        Ok(())
    }

    /// Writes the lengths into the header. Without it the file is not whole.
    ///
    /// # Errors
    /// Those of the file.
    pub fn finish(self) -> Result<()> {
        self.inner.finalize().map_err(failed)
    }
}

/// Writes interleaved samples as a WAV file.
///
/// # Errors
/// As [`WavWriter`].
pub fn write_wav(
    out: impl Write + Seek,
    samples: &[f32],
    sample_rate: u32,
    channels: u16,
    stored: WavSamples,
) -> Result<()> {
    let mut writer = WavWriter::new(out, sample_rate, channels, stored)?;
    writer.write(samples)?;
    writer.finish()
}
