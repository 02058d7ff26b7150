use flacenc::bitsink::ByteSink;
use flacenc::component::BitRepr;
use flacenc::error::Verify;

use crate::{Error, Result};

/// A sample as a 16-bit integer: rounded to nearest, halves away from zero, clamped.
pub(super) fn to_i16(sample: f32) -> i16 {
    (sample * 32768.0).round().clamp(-32768.0, 32767.0) as i16
}

/// Encodes interleaved samples as 16-bit FLAC. The same samples give the same bytes.
///
/// # Errors
/// [`Error::Unsupported`] for more than 8 channels, for rates above 96 kHz, which the encoder does not
/// write, and for empty audio.
///
/// ```
/// use std::io::Cursor;
/// use sprog_formats::{Limits, audio};
/// let tone: Vec<f32> = (0..800).map(|n| (n as f32 * 0.1).sin() * 0.5).collect();
/// let flac = audio::write_flac(&tone, 8_000, 1)?;
/// let back = audio::read(Box::new(Cursor::new(&flac)), None, &Limits::default())?.value;
/// assert_eq!(back.frames(), 800);
/// # Ok::<(), sprog_formats::Error>(())
/// ```
pub fn write_flac(samples: &[f32], sample_rate: u32, channels: u16) -> Result<Vec<u8>> {
    if !(1..=8).contains(&channels) || !(1..=96_000).contains(&sample_rate) || samples.is_empty() {
        let what = format!("FLAC of {} samples, {channels} channels, {sample_rate} Hz", samples.len());
        return Err(Error::Unsupported(what));
    }
    let unsupported = |e: &dyn std::fmt::Display| Error::Unsupported(format!("FLAC: {e}"));
    let config = flacenc::config::Encoder::default().into_verified().map_err(|(_, e)| unsupported(&e))?;
    let integers: Vec<i32> = samples.iter().map(|s| i32::from(to_i16(*s))).collect();
    let source =
        flacenc::source::MemSource::from_samples(&integers, usize::from(channels), 16, sample_rate as usize);
    let stream = flacenc::encode_with_fixed_block_size(&config, source, config.block_size)
        .map_err(|e| unsupported(&e))?;
    let mut sink = ByteSink::new();
    stream.write(&mut sink).map_err(|e| unsupported(&e))?;
    let mut bytes = sink.into_inner();
    // flacenc counts the last, shorter block into the minimum block size; RFC 9639 §8.2 leaves it
    // out, and decoders take unequal bounds for a stream of variable blocks.
    bytes.copy_within(10..12, 8);
    Ok(bytes)
}
