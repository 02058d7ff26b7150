//! Speech signal processing for Danish corpora: samples in, numbers out. No files, no network, no
//! clock.
//!
//! Samples are `f32` in [−1, 1]. Where there is more than one channel they are interleaved.
//!
//! ```
//! use sprog_speech::{quality, resample::resample};
//! let tone: Vec<f32> = (0..4800).map(|n| (n as f32 * 0.05).sin() * 0.5).collect();
//! let at_16k = resample(&tone, 1, 48_000, 16_000)?;
//! assert_eq!(at_16k.len(), 1600);
//! assert!((quality::measure(&at_16k, 16_000)?.peak_db + 6.0).abs() < 0.2);
//! # Ok::<(), sprog_speech::Error>(())
//! ```

pub mod align;
pub mod envelope;
mod error;
pub mod features;
pub mod fingerprint;
pub mod loudness;
pub mod quality;
pub mod resample;
mod stft;
pub mod vad;

pub use error::Error;

/// Mixes interleaved channels to one by their mean.
///
/// ```
/// assert_eq!(sprog_speech::to_mono(&[1.0, 0.0, 0.5, 0.5], 2), [0.5, 0.5]);
/// ```
pub fn to_mono(samples: &[f32], channels: u16) -> Vec<f32> {
    if channels <= 1 {
        return samples.to_vec();
    }
    let channels = usize::from(channels);
    samples.chunks_exact(channels).map(|frame| frame.iter().sum::<f32>() / channels as f32).collect()
}
