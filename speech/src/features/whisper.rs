//! The log-mel spectrogram of Whisper (Radford et al. 2022), as OpenAI's `whisper/audio.py` computes it.

use super::fft::RealFft;
use super::frames::{Count, Edge, Framing};
use super::mel::{Banks, MelNorm, MelScale};
use super::plan::{Log, Plan, Scratch};
use super::simd::Simd;
use super::window::WindowType;
use super::{Features, MAX_BANDS};
use crate::Error;

/// Sample rate that [`LogMel`] expects, Hz.
pub const SAMPLE_RATE: u32 = 16_000;
/// Samples between frames.
pub const HOP_LENGTH: usize = 160;
/// Samples in a frame.
pub const N_FFT: usize = 400;
/// Samples in the 30 s that Whisper's encoder takes.
pub const N_SAMPLES: usize = 480_000;

/// A plan for Whisper's log-mel spectrogram of mono samples at 16 kHz.
///
/// One frame for every 160 samples (10 ms), centred, the ends mirrored, the last one dropped, as OpenAI has
/// it. Rows are frames; OpenAI's are bands: see [`Features::transposed`].
///
/// ```
/// use sprog_speech::features::whisper::LogMel;
/// let plan = LogMel::new(80)?;
/// let features = plan.compute(&vec![0.1; 16_000]);
/// assert_eq!((features.frames, features.dim), (100, 80));
/// # Ok::<(), sprog_speech::Error>(())
/// ```
pub struct LogMel {
    pub(super) plan: Plan,
}

impl LogMel {
    /// A plan for `mels` bands; Whisper uses 80, and 128 from large-v3 on. Fails for 0, and above
    /// [`MAX_BANDS`].
    pub fn new(mels: usize) -> Result<LogMel, Error> {
        if mels == 0 || mels > MAX_BANDS {
            return Err(Error::Features { reason: format!("{mels} mels are not from 1 to {MAX_BANDS}") });
        }
        let rate = f64::from(SAMPLE_RATE);
        let limits = (0.0, rate / 2.0);
        let plan = Plan {
            framing: Framing {
                length: N_FFT,
                shift: HOP_LENGTH,
                first: -(N_FFT as i64 / 2),
                edge: Edge::Mirrored,
                count: Count::Shifts,
            },
            scale: 1.0,
            dither: None,
            remove_dc_offset: false,
            preemph_coeff: 0.0,
            window: WindowType::Hann.window(N_FFT, 0.0),
            fft: RealFft::new(N_FFT),
            magnitude: false,
            banks: Some(Banks::librosa(rate, N_FFT, mels, limits, MelScale::Slaney, MelNorm::Slaney)),
            band_floor: None,
            log: Log::Decimal { floor: 1e-10 },
            cepstra: None,
            energy: None,
            first_goes_last: None,
            simd: Simd::detect(),
        };
        Ok(LogMel { plan })
    }

    /// The spectrogram of a recording, [normalized](normalize), over what `out` held; allocates only to grow
    /// `out` and `scratch`.
    pub fn compute_into(&self, samples: &[f32], scratch: &mut Scratch, out: &mut Features) {
        self.plan.compute_into(samples, scratch, out);
        normalize(out);
    }
}

/// Whisper's last step: nothing stays below 8 under the largest value of all, then (x + 4) / 4.
///
/// [`LogMel::compute`] has it in. The rows of [`LogMel::stream`] come before it, as decimal logarithms: the
/// largest value is known at the end.
pub fn normalize(features: &mut Features) {
    // Sixteen at once; the largest does not depend on the order.
    let mut tops = [f32::NEG_INFINITY; 16];
    let (blocks, tail) = features.data.as_chunks::<16>();
    for block in blocks {
        for (top, value) in tops.iter_mut().zip(block) {
            *top = if *value > *top { *value } else { *top };
        }
    }
    let floor = tops.iter().chain(tail).fold(f32::NEG_INFINITY, |top, value| top.max(*value)) - 8.0;
    for value in &mut features.data {
        let kept = if *value < floor { floor } else { *value };
        *value = (kept + 4.0) / 4.0;
    }
}

/// Cuts samples at 30 s, or fills them up with silence: OpenAI's `pad_or_trim`.
///
/// ```
/// use sprog_speech::features::whisper::{N_SAMPLES, pad_or_trim};
/// let mut samples = vec![0.5; 100];
/// pad_or_trim(&mut samples);
/// assert_eq!((samples.len(), samples[99], samples[100]), (N_SAMPLES, 0.5, 0.0));
/// ```
pub fn pad_or_trim(samples: &mut Vec<f32>) {
    samples.resize(N_SAMPLES, 0.0);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::tests::speechlike;

    /// Straight from the definition in `f64`: an O(n²) transform, dense filters.
    fn reference(samples: &[f32], mels: usize) -> Vec<f64> {
        let (to_mel, to_hz) = (
            |hz: f64| if hz < 1000.0 { hz * 0.015 } else { 15.0 + (hz / 1000.0).ln() * 27.0 / 6.4f64.ln() },
            |mel: f64| {
                if mel < 15.0 { mel / 0.015 } else { 1000.0 * ((mel - 15.0) * 6.4f64.ln() / 27.0).exp() }
            },
        );
        let edge = |i: usize| to_hz(to_mel(8000.0) * i as f64 / (mels + 1) as f64);
        let frames = samples.len() / HOP_LENGTH;
        let mut out = Vec::new();
        for index in 0..frames {
            let mut power = [0f64; 201];
            for (bin, p) in power.iter_mut().enumerate() {
                let (mut re, mut im) = (0.0, 0.0);
                for n in 0..N_FFT {
                    let last = samples.len() as i64 - 1;
                    let mut at = ((index * HOP_LENGTH + n) as i64 - 200).abs();
                    if at > last {
                        at = 2 * last - at;
                    }
                    let hann = 0.5 - 0.5 * (std::f64::consts::TAU * n as f64 / 400.0).cos();
                    let x = f64::from(samples[at as usize]) * hann;
                    let phase = std::f64::consts::TAU * (bin * n % 400) as f64 / 400.0;
                    re += x * phase.cos();
                    im -= x * phase.sin();
                }
                *p = re * re + im * im;
            }
            for m in 0..mels {
                let (low, centre, high) = (edge(m), edge(m + 1), edge(m + 2));
                let energy: f64 = (0..201)
                    .map(|bin| {
                        let hz = bin as f64 * 40.0;
                        let weight =
                            ((hz - low) / (centre - low)).min((high - hz) / (high - centre)).max(0.0);
                        weight * 2.0 / (high - low) * power[bin]
                    })
                    .sum();
                out.push(energy.max(1e-10).log10());
            }
        }
        let top = out.iter().fold(f64::NEG_INFINITY, |m, v| m.max(*v));
        out.iter().map(|v| (v.max(top - 8.0) + 4.0) / 4.0).collect()
    }

    #[test]
    fn equals_the_definition_within_whispers_tolerance() {
        let samples = speechlike(4800, 3);
        for mels in [80, 128] {
            let got = LogMel::new(mels).unwrap().compute(&samples);
            let want = reference(&samples, mels);
            assert_eq!((got.frames, got.dim), (30, mels));
            let worst =
                got.data.iter().zip(&want).map(|(g, w)| (f64::from(*g) - w).abs()).fold(0.0, f64::max);
            assert!(worst < 1e-4, "{mels} mels: {worst}");
        }
    }

    #[test]
    fn too_short_for_a_frame_is_no_frame() {
        let plan = LogMel::new(80).unwrap();
        assert_eq!([0, 1, 159, 160].map(|n| plan.compute(&vec![0.1; n]).frames), [0, 0, 0, 1]);
        assert!(LogMel::new(0).is_err() && LogMel::new(usize::MAX).is_err());
    }

    #[test]
    fn silence_is_one_value() {
        // log10 of the floor is −10: (−10 + 4) / 4.
        assert!(LogMel::new(80).unwrap().compute(&[0.0; 1600]).data.iter().all(|v| *v == -1.5));
    }

    #[test]
    fn a_long_recording_is_cut_and_a_short_one_filled() {
        let mut long = vec![1.0; N_SAMPLES + 5];
        pad_or_trim(&mut long);
        assert_eq!(long.len(), N_SAMPLES);
        assert_eq!(LogMel::new(80).unwrap().compute(&long).frames, 3000);
    }
}
