//! The log-mel spectrogram of Whisper (Radford et al. 2022) and its numeric conventions.

use std::sync::Arc;

use realfft::{RealFftPlanner, RealToComplex};

/// Sample rate that [`LogMel`] expects, Hz.
pub const SAMPLE_RATE: u32 = 16_000;
const N_FFT: usize = 400;
const HOP: usize = 160;
const BINS: usize = N_FFT / 2 + 1;

/// A plan: window, FFT and filter bank, made once and used for many recordings.
///
/// ```
/// use sprog_speech::mel::LogMel;
/// let plan = LogMel::new(80);
/// let frames = plan.compute(&vec![0.1; 16_000]);
/// assert_eq!(frames.len(), 100 * 80);
/// ```
pub struct LogMel {
    mels: usize,
    fft: Arc<dyn RealToComplex<f32>>,
    window: Vec<f32>,
    /// For each mel its first bin and its weights from there.
    filters: Vec<(usize, Vec<f32>)>,
}

impl LogMel {
    /// A plan for `mels` bands; Whisper uses 80, and 128 from large-v3 on.
    pub fn new(mels: usize) -> LogMel {
        let window = (0..N_FFT)
            .map(|n| (0.5 - 0.5 * (std::f64::consts::TAU * n as f64 / N_FFT as f64).cos()) as f32)
            .collect();
        let fft = RealFftPlanner::<f32>::new().plan_fft_forward(N_FFT);
        LogMel { mels, fft, window, filters: slaney_filters(mels) }
    }

    /// Number of mel bands.
    pub fn mels(&self) -> usize {
        self.mels
    }

    /// Log-mel energies of mono samples at 16 kHz: `frames × mels`, row by row, one frame for every
    /// 160 samples (10 ms), centred, the ends mirrored.
    pub fn compute(&self, samples: &[f32]) -> Vec<f32> {
        let frames = samples.len() / HOP;
        let mut out = Vec::with_capacity(frames * self.mels);
        let mut frame = self.fft.make_input_vec();
        let mut spectrum = self.fft.make_output_vec();
        let mut scratch = self.fft.make_scratch_vec();
        let mut power = [0f32; BINS];
        for index in 0..frames {
            let start = (index * HOP) as isize - (N_FFT / 2) as isize;
            for (offset, slot) in frame.iter_mut().enumerate() {
                *slot = mirrored(samples, start + offset as isize) * self.window[offset];
            }
            // The lengths are the plan's own, so the transform cannot fail.
            if self.fft.process_with_scratch(&mut frame, &mut spectrum, &mut scratch).is_err() {
                return Vec::new();
            }
            for (p, c) in power.iter_mut().zip(&spectrum) {
                *p = c.norm_sqr();
            }
            for (first, weights) in &self.filters {
                let energy: f32 = weights.iter().zip(&power[*first..]).map(|(w, p)| w * p).sum();
                out.push(energy.max(1e-10).log10());
            }
        }
        let floor = out.iter().fold(f32::NEG_INFINITY, |m, v| m.max(*v)) - 8.0;
        for value in &mut out {
            *value = (value.max(floor) + 4.0) / 4.0;
        }
        out
    }
}

/// Reflection about the first and last sample, which are not repeated; again for very short audio.
fn mirrored(samples: &[f32], index: isize) -> f32 {
    let last = samples.len() as isize - 1;
    if last <= 0 {
        return samples.first().copied().unwrap_or(0.0);
    }
    let period = 2 * last;
    let folded = index.rem_euclid(period);
    samples[if folded > last { period - folded } else { folded } as usize]
}

/// Slaney's mel scale: linear to 1 kHz, logarithmic above (Auditory Toolbox, 1998).
fn mel_to_hz(mel: f64) -> f64 {
    if mel < 15.0 { mel * 200.0 / 3.0 } else { 1000.0 * ((mel - 15.0) * 6.4f64.ln() / 27.0).exp() }
}

fn hz_to_mel(hz: f64) -> f64 {
    if hz < 1000.0 { hz * 3.0 / 200.0 } else { 15.0 + (hz / 1000.0).ln() * 27.0 / 6.4f64.ln() }
}

fn slaney_filters(mels: usize) -> Vec<(usize, Vec<f32>)> {
    let top = hz_to_mel(f64::from(SAMPLE_RATE) / 2.0);
    let edge = |i: usize| mel_to_hz(top * i as f64 / (mels + 1) as f64);
    (0..mels)
        .map(|m| {
            let (low, centre, high) = (edge(m), edge(m + 1), edge(m + 2));
            let weight = |bin: usize| {
                let hz = bin as f64 * f64::from(SAMPLE_RATE) / N_FFT as f64;
                let rise = (hz - low) / (centre - low);
                let fall = (high - hz) / (high - centre);
                (rise.min(fall).max(0.0) * 2.0 / (high - low)) as f32
            };
            let first = (0..BINS).find(|b| weight(*b) > 0.0).unwrap_or(0);
            let weights: Vec<f32> = (first..BINS).map(weight).take_while(|w| *w > 0.0).collect();
            (first, weights)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Straight from the definition in `f64`: an O(n²) transform, dense filters.
    fn reference(samples: &[f32], mels: usize) -> Vec<f64> {
        let filters = slaney_filters(mels);
        let frames = samples.len() / HOP;
        let mut out = Vec::new();
        for index in 0..frames {
            let mut power = [0f64; BINS];
            for (bin, p) in power.iter_mut().enumerate() {
                let (mut re, mut im) = (0.0, 0.0);
                for n in 0..N_FFT {
                    let mut at = (index * HOP + n) as i64 - 200;
                    let last = samples.len() as i64 - 1;
                    if at < 0 {
                        at = -at;
                    }
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
            for (first, weights) in &filters {
                let energy: f64 = weights.iter().zip(&power[*first..]).map(|(w, p)| f64::from(*w) * p).sum();
                out.push(energy.max(1e-10).log10());
            }
        }
        let top = out.iter().fold(f64::NEG_INFINITY, |m, v| m.max(*v));
        out.iter().map(|v| (v.max(top - 8.0) + 4.0) / 4.0).collect()
    }

    #[test]
    fn equals_the_definition_within_whisper_tolerance() {
        let mut state = 1u32;
        let samples: Vec<f32> = (0..4800)
            .map(|n| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let noise = (state >> 8) as f32 / (1 << 24) as f32 - 0.5;
                0.05 * noise + 0.4 * (n as f32 * 0.03 * (1.0 + n as f32 / 9000.0)).sin()
            })
            .collect();
        for mels in [80, 128] {
            let got = LogMel::new(mels).compute(&samples);
            let want = reference(&samples, mels);
            assert_eq!(got.len(), 30 * mels);
            let worst = got.iter().zip(&want).map(|(g, w)| (f64::from(*g) - w).abs()).fold(0.0, f64::max);
            assert!(worst < 1e-4, "{mels} mels: {worst}");
        }
    }

    #[test]
    fn too_short_for_a_frame_is_no_frame() {
        assert!(LogMel::new(80).compute(&[0.1; 159]).is_empty());
        assert_eq!(LogMel::new(80).compute(&[0.1; 160]).len(), 80);
    }
}
