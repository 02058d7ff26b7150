//! Features for speech recognition: Kaldi's filter banks and cepstra, Whisper's log-mel spectrogram,
//! spectrograms by librosa's conventions, and what is done to them: deltas and normalization.
//!
//! An extractor is a plan: made once from its options, then used for any number of recordings and threads.
//! `compute` is the easy call. `compute_into` with a [`Scratch`] for each thread allocates nothing once its
//! buffers have grown. `stream` takes a recording in pieces and gives the same bits.
//!
//! ```
//! use sprog_speech::features::{Features, Mfcc, MfccOptions, Scratch};
//! let plan = Mfcc::new(&MfccOptions::default())?;
//! let recordings = [vec![0.1; 8000], vec![0.2; 16_000]];
//! let (mut scratch, mut out) = (Scratch::default(), Features::default());
//! for recording in &recordings {
//!     plan.compute_into(recording, &mut scratch, &mut out);
//!     assert_eq!(out.dim, 13);
//! }
//! # Ok::<(), sprog_speech::Error>(())
//! ```
//!
//! The same samples make the same bytes on every processor: eight frames are computed side by side with
//! plain additions and multiplications in a written order, logarithms included. Tables (windows, angles,
//! bands) are computed in `f64` by the platform's functions and rounded to `f32`; platforms that differ in
//! the last bit of `f64` differ there once in about 2²⁹ numbers.
//!
//! A sample that is NaN or infinite makes NaN of the frames that it is in, and of no other.

mod cmvn;
mod delta;
mod dither;
mod fbank;
mod fft;
mod frames;
mod lanes;
mod mel;
mod mfcc;
mod plan;
mod simd;
mod spectrogram;
mod stream;
pub mod whisper;
mod window;

pub use cmvn::{CmvnStats, Norm, SlidingWindowCmnOptions, sliding_window_cmn};
pub use delta::{DeltaFeaturesOptions, compute_deltas, splice_frames};
pub use fbank::{Fbank, FbankOptions};
pub use mel::{MelBanksOptions, MelNorm, MelScale};
pub use mfcc::{Mfcc, MfccOptions};
pub use plan::Scratch;
pub use spectrogram::{
    MelSpectrogram, MelSpectrogramOptions, PadMode, Power, Spectrogram, SpectrogramOptions,
};
pub use stream::Stream;
pub use whisper::LogMel;
pub use window::{FrameExtractionOptions, MAX_FRAME, WindowType};

/// Most bands of a filter bank of librosa's kind.
pub const MAX_BANDS: usize = 4096;

/// A matrix of features, one row a frame.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Features {
    /// Rows.
    pub frames: usize,
    /// Numbers in a row.
    pub dim: usize,
    /// `frames` × `dim` numbers, row by row.
    pub data: Vec<f32>,
}

impl Features {
    /// No rows yet, of `dim` numbers each.
    pub fn new(dim: usize) -> Features {
        Features { frames: 0, dim, data: Vec::new() }
    }

    /// One row.
    ///
    /// # Panics
    /// If there is no such row.
    pub fn row(&self, frame: usize) -> &[f32] {
        &self.data[frame * self.dim..(frame + 1) * self.dim]
    }

    /// All rows in order.
    pub fn rows(&self) -> std::slice::ChunksExact<'_, f32> {
        self.data.chunks_exact(self.dim.max(1))
    }

    /// Rows become columns: bands by frames, as librosa and OpenAI's Whisper have them.
    pub fn transposed(&self) -> Features {
        let column = |c: usize| self.rows().map(move |row| row[c]);
        let data = (0..self.dim).flat_map(column).collect();
        Features { frames: self.dim, dim: self.frames, data }
    }

    fn clear(&mut self, dim: usize) {
        self.data.clear();
        (self.frames, self.dim) = (0, dim);
    }

    /// Rows of another width go.
    fn set_dim(&mut self, dim: usize) {
        if self.dim != dim {
            self.clear(dim);
        }
    }
}

macro_rules! extractor {
    ($name:ident) => {
        impl $name {
            /// Numbers in a row of features.
            pub fn dim(&self) -> usize {
                self.plan.dim()
            }

            /// Rows that a recording of so many samples has.
            pub fn frames(&self, samples: usize) -> usize {
                self.plan.frames(samples)
            }

            /// Features of mono samples.
            pub fn compute(&self, samples: &[f32]) -> Features {
                let mut out = Features::default();
                self.compute_into(samples, &mut Scratch::default(), &mut out);
                out
            }

            /// A stream of one recording in pieces.
            pub fn stream(&self) -> Stream<'_> {
                Stream::new(&self.plan)
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($name)).field("dim", &self.dim()).finish_non_exhaustive()
            }
        }
    };
}

macro_rules! compute_into {
    ($name:ident) => {
        impl $name {
            /// Features of mono samples, over what `out` held; allocates only to grow `out` and `scratch`.
            pub fn compute_into(&self, samples: &[f32], scratch: &mut Scratch, out: &mut Features) {
                self.plan.compute_into(samples, scratch, out);
            }
        }
    };
}

extractor!(Fbank);
compute_into!(Fbank);
extractor!(Mfcc);
compute_into!(Mfcc);
extractor!(Spectrogram);
compute_into!(Spectrogram);
extractor!(MelSpectrogram);
compute_into!(MelSpectrogram);
extractor!(LogMel);

#[cfg(test)]
mod tests;
