//! How recordings are cut into frames, and the frames' windows: Kaldi's `FrameExtractionOptions`.

use std::f64::consts::TAU;

use super::frames::{Count, Edge, Framing};
use crate::Error;

/// Longest frame and longest transform, in samples: 5.9 s at 44.1 kHz.
pub const MAX_FRAME: usize = 1 << 18;

/// Shapes of a window of N samples.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum WindowType {
    /// (½ − ½·cos(2πn/(N−1)))^0.85: Kaldi's default, like Hamming's but zero at the ends.
    #[default]
    Povey,
    /// 0.54 − 0.46·cos(2πn/(N−1)).
    Hamming,
    /// ½ − ½·cos(2πn/(N−1)).
    Hanning,
    /// ½ − ½·cos(2πn/N): the periodic form of librosa, PyTorch and Whisper.
    Hann,
    /// sin(πn/(N−1)).
    Sine,
    /// 1.
    Rectangular,
    /// c − ½·cos(2πn/(N−1)) + (½ − c)·cos(4πn/(N−1)) with c = `blackman_coeff`.
    Blackman,
}

impl WindowType {
    /// The window of `length` samples; `blackman_coeff` counts for [`WindowType::Blackman`] only.
    /// A window of one sample is 1.
    ///
    /// Computed in `f64` and rounded, so that platforms agree but for a tie in 2²⁹.
    pub fn window(self, length: usize, blackman_coeff: f32) -> Vec<f32> {
        if length == 1 {
            return vec![1.0];
        }
        let span = if self == WindowType::Hann { length } else { length.saturating_sub(1) };
        let coeff = f64::from(blackman_coeff);
        let value = |n: usize| {
            let angle = TAU * n as f64 / span as f64;
            match self {
                WindowType::Povey => (0.5 - 0.5 * angle.cos()).powf(0.85),
                WindowType::Hamming => 0.54 - 0.46 * angle.cos(),
                WindowType::Hanning | WindowType::Hann => 0.5 - 0.5 * angle.cos(),
                WindowType::Sine => (0.5 * angle).sin(),
                WindowType::Rectangular => 1.0,
                WindowType::Blackman => coeff - 0.5 * angle.cos() + (0.5 - coeff) * (2.0 * angle).cos(),
            }
        };
        (0..length).map(|n| value(n) as f32).collect()
    }
}

/// How a recording is cut into frames, by Kaldi's names and with its defaults, but for `dither`.
#[derive(Clone, Debug, PartialEq)]
pub struct FrameExtractionOptions {
    /// Sample rate of the input, Hz.
    pub samp_freq: f32,
    /// Distance between the starts of frames, ms.
    pub frame_shift_ms: f32,
    /// Length of a frame, ms.
    pub frame_length_ms: f32,
    /// Standard deviation of noise added to each frame, in steps of 16 bits. Kaldi's default is 1; ours is
    /// 0, none. The noise depends on [`dither_seed`](Self::dither_seed) and the frame's number alone.
    pub dither: f32,
    /// Which noise. Kaldi has no such option: its noise differs between runs.
    pub dither_seed: u64,
    /// How much of the sample before is taken off each sample, 0 to 1; 0 for none.
    pub preemph_coeff: f32,
    /// Take each frame's mean off first.
    pub remove_dc_offset: bool,
    /// Shape of the window.
    pub window_type: WindowType,
    /// Fill frames up with zeros to a power of two; if not, frames must have an even number of samples.
    pub round_to_power_of_two: bool,
    /// c of [`WindowType::Blackman`].
    pub blackman_coeff: f32,
    /// True: only frames that fit. False: as many frames as the recording's length has shifts, rounded, with
    /// their middles half a shift from its ends, and the ends mirrored.
    pub snip_edges: bool,
}

impl Default for FrameExtractionOptions {
    fn default() -> FrameExtractionOptions {
        FrameExtractionOptions {
            samp_freq: 16_000.0,
            frame_shift_ms: 10.0,
            frame_length_ms: 25.0,
            dither: 0.0,
            dither_seed: 0,
            preemph_coeff: 0.97,
            remove_dc_offset: true,
            window_type: WindowType::Povey,
            round_to_power_of_two: true,
            blackman_coeff: 0.42,
            snip_edges: true,
        }
    }
}

impl FrameExtractionOptions {
    fn samples_in(&self, ms: f32) -> usize {
        // Saturates, and makes 0 of what is negative or not a number.
        (f64::from(self.samp_freq) * 0.001 * f64::from(ms)) as usize
    }

    /// Samples between the starts of frames.
    pub fn window_shift(&self) -> usize {
        self.samples_in(self.frame_shift_ms)
    }

    /// Samples in a frame.
    pub fn window_size(&self) -> usize {
        self.samples_in(self.frame_length_ms)
    }

    /// Samples in a frame after it is filled up.
    pub fn padded_window_size(&self) -> usize {
        let size = self.window_size().min(MAX_FRAME + 1);
        if self.round_to_power_of_two { size.next_power_of_two() } else { size }
    }

    pub(super) fn check(&self) -> Result<(), Error> {
        let (shift, size, padded) = (self.window_shift(), self.window_size(), self.padded_window_size());
        let wrong = if !self.samp_freq.is_finite() || self.samp_freq <= 0.0 {
            format!("samp_freq {} Hz is not a rate", self.samp_freq)
        } else if shift == 0 || shift > MAX_FRAME {
            format!("frame_shift_ms {} makes {shift} samples, not 1 to {MAX_FRAME}", self.frame_shift_ms)
        } else if size < 2 || padded > MAX_FRAME {
            format!("frame_length_ms {} makes {size} samples, not 2 to {MAX_FRAME}", self.frame_length_ms)
        } else if padded % 2 != 0 {
            format!("frames of {size} samples are odd; round_to_power_of_two, or change frame_length_ms")
        } else if !(0.0..=1.0).contains(&self.preemph_coeff) {
            format!("preemph_coeff {} is not from 0 to 1", self.preemph_coeff)
        } else if !self.dither.is_finite() || self.dither < 0.0 {
            format!("dither {} is not a number from 0", self.dither)
        } else if !self.blackman_coeff.is_finite() {
            format!("blackman_coeff {} is not a number", self.blackman_coeff)
        } else {
            return Ok(());
        };
        Err(Error::Features { reason: wrong })
    }

    pub(super) fn framing(&self) -> Framing {
        let (length, shift) = (self.window_size(), self.window_shift());
        if self.snip_edges {
            return Framing { length, shift, first: 0, edge: Edge::Zero, count: Count::Fitting(length) };
        }
        let first = (shift / 2) as i64 - (length / 2) as i64;
        Framing { length, shift, first, edge: Edge::Repeated, count: Count::Rounded }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_cut_as_kaldi_cuts_them() {
        let at = |samp_freq: f32| FrameExtractionOptions { samp_freq, ..Default::default() };
        assert_eq!(
            [at(16e3).window_size(), at(16e3).window_shift(), at(16e3).padded_window_size()],
            [400, 160, 512]
        );
        assert_eq!([at(44_100.0).window_size(), at(11_025.0).window_shift()], [1102, 110]);
    }

    #[test]
    fn windows_are_symmetric_or_periodic() {
        for kind in [
            WindowType::Povey,
            WindowType::Hamming,
            WindowType::Hanning,
            WindowType::Sine,
            WindowType::Rectangular,
            WindowType::Blackman,
        ] {
            let window = kind.window(401, 0.42);
            assert!((window[200] - 1.0).abs() < 1e-6, "{kind:?}");
            assert!((0..200).all(|n| (window[n] - window[400 - n]).abs() < 1e-6), "{kind:?}");
        }
        let hann = WindowType::Hann.window(400, 0.0);
        assert_eq!((hann[0], hann[200]), (0.0, 1.0));
        assert_eq!(WindowType::Povey.window(1, 0.0), [1.0]);
        assert!(WindowType::Sine.window(0, 0.0).is_empty());
    }

    #[test]
    fn senseless_options_are_refused() {
        let good = FrameExtractionOptions::default();
        assert!(good.check().is_ok());
        for bad in [
            FrameExtractionOptions { samp_freq: 0.0, ..good.clone() },
            FrameExtractionOptions { samp_freq: f32::NAN, ..good.clone() },
            FrameExtractionOptions { samp_freq: f32::INFINITY, ..good.clone() },
            FrameExtractionOptions { samp_freq: 1e30, ..good.clone() },
            FrameExtractionOptions { frame_shift_ms: 0.0, ..good.clone() },
            FrameExtractionOptions { frame_shift_ms: -1.0, ..good.clone() },
            FrameExtractionOptions { frame_shift_ms: 1e30, ..good.clone() },
            FrameExtractionOptions { frame_length_ms: 0.1, ..good.clone() },
            FrameExtractionOptions { frame_length_ms: 1e9, ..good.clone() },
            FrameExtractionOptions { preemph_coeff: 1.5, ..good.clone() },
            FrameExtractionOptions { dither: -1.0, ..good.clone() },
            FrameExtractionOptions { blackman_coeff: f32::NAN, ..good.clone() },
            FrameExtractionOptions { samp_freq: 11_025.0, round_to_power_of_two: false, ..good.clone() },
        ] {
            assert!(bad.check().is_err(), "{bad:?}");
        }
    }
}
