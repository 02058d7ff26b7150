//! Small pictures of sound as numbers: the waveform's envelope and a coarse spectrogram.

use crate::features::{Features, Scratch, Spectrogram, SpectrogramOptions, WindowType};

/// The least and greatest sample in each of `columns` equal parts.
///
/// ```
/// let parts = sprog_speech::envelope::waveform(&[0.0, 0.5, -1.0, 0.25], 2);
/// assert_eq!(parts, [(0.0, 0.5), (-1.0, 0.25)]);
/// ```
pub fn waveform(samples: &[f32], columns: usize) -> Vec<(f32, f32)> {
    (0..columns)
        .map(|column| {
            let part = &samples[part_range(samples.len(), column, columns)];
            let low = part.iter().copied().fold(f32::INFINITY, f32::min);
            let high = part.iter().copied().fold(f32::NEG_INFINITY, f32::max);
            if part.is_empty() { (0.0, 0.0) } else { (low, high) }
        })
        .collect()
}

fn part_range(len: usize, part: usize, parts: usize) -> std::ops::Range<usize> {
    let at = |p: usize| (len as u64 * p as u64 / parts.max(1) as u64) as usize;
    at(part)..at(part + 1)
}

/// A spectrogram of `columns × rows` levels from 0 (80 dB under the loudest) to 255, column by
/// column, the lowest frequency first. Columns are equal parts of the time, rows of 0 Hz to half
/// the sample rate.
pub fn spectrogram(samples: &[f32], columns: usize, rows: usize) -> Vec<u8> {
    const N: usize = 512;
    let options = SpectrogramOptions {
        n_fft: N,
        hop_length: N,
        window: WindowType::Hann,
        center: false,
        ..SpectrogramOptions::default()
    };
    let Ok(plan) = Spectrogram::new(&options) else { return vec![0; columns * rows] };
    let (mut frame, mut scratch, mut spectrum) = ([0f32; N], Scratch::default(), Features::default());
    let mut decibels = Vec::with_capacity(columns * rows);
    for column in 0..columns {
        let range = part_range(samples.len(), column, columns);
        let start = ((range.start + range.end) / 2).saturating_sub(N / 2);
        for (n, slot) in frame.iter_mut().enumerate() {
            *slot = samples.get(start + n).copied().unwrap_or(0.0);
        }
        plan.compute_into(&frame, &mut scratch, &mut spectrum);
        for row in 0..rows {
            let bins = part_range(N / 2, row, rows);
            let power = spectrum.data.get(bins).unwrap_or(&[]).iter().copied().fold(0f32, f32::max);
            decibels.push(10.0 * power.max(1e-12).log10());
        }
    }
    let top = decibels.iter().copied().fold(-40f32, f32::max);
    decibels.iter().map(|db| (((db - top + 80.0) / 80.0).clamp(0.0, 1.0) * 255.0).round() as u8).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tone_lights_its_own_row() {
        let tone: Vec<f32> =
            (0..16_000).map(|n| (std::f32::consts::TAU * 2000.0 * n as f32 / 16_000.0).sin()).collect();
        let picture = spectrogram(&tone, 10, 16);
        let brightest = (0..16).max_by_key(|r| picture[5 * 16 + r]).expect("rows");
        assert_eq!(brightest, 4, "2 kHz of 8 kHz is row 4 of 16");
        assert_eq!(spectrogram(&[], 4, 4), [0u8; 16]);
    }
}
