//! Sample rate conversion by FFT (rubato), flat to 7.6 kHz when going to 16 kHz.
//!
//! Computed in `f64` and rounded at the end, so that processors with other vector instructions give
//! the same 16-bit samples.

use rubato::audioadapter_buffers::direct::InterleavedSlice;
use rubato::{Fft, FixedSync, Resampler};

use crate::Error;

/// Frames a chunk; long enough for a steep filter.
const CHUNK_FRAMES: usize = 4096;
/// Rates outside are a mistake in a header rather than audio.
const RATES: std::ops::RangeInclusive<u32> = 1_000..=768_000;

/// Converts interleaved samples from `from` to `to` Hz, without delay.
///
/// The result has `round(frames × to / from)` frames.
///
/// # Errors
/// For rates outside 1–768 kHz and for no channels.
pub fn resample(samples: &[f32], channels: u16, from: u32, to: u32) -> Result<Vec<f32>, Error> {
    let fail = |reason: String| Error::Resample { channels, from, to, reason };
    if channels == 0 || !RATES.contains(&from) || !RATES.contains(&to) {
        return Err(fail("out of range".into()));
    }
    if from == to || samples.is_empty() {
        return Ok(samples.to_vec());
    }
    let width = usize::from(channels);
    let frames = samples.len() / width;
    let wanted = (frames as u64 * u64::from(to) + u64::from(from) / 2) / u64::from(from);
    let wanted = usize::try_from(wanted).map_err(|e| fail(e.to_string()))?;
    let mut fft = Fft::<f64>::new_custom(
        from as usize,
        to as usize,
        CHUNK_FRAMES,
        1,
        width,
        rubato::WindowFunction::BlackmanHarris2,
        FixedSync::Input,
    )
    .map_err(|e| fail(e.to_string()))?;
    // One extra chunk of silence pushes the filter's tail out.
    let mut input: Vec<f64> = samples[..frames * width].iter().map(|s| f64::from(*s)).collect();
    let padded = frames + fft.input_frames_max();
    input.resize(padded * width, 0.0);
    let source = InterleavedSlice::new(&input, width, padded).map_err(|e| fail(e.to_string()))?;
    let room = fft.process_all_needed_output_len(padded);
    let mut output = vec![0.0f64; room * width];
    let mut sink = InterleavedSlice::new_mut(&mut output, width, room).map_err(|e| fail(e.to_string()))?;
    fft.process_all_into_buffer(&source, &mut sink, padded, None).map_err(|e| fail(e.to_string()))?;
    Ok(output.into_iter().take(wanted * width).map(|s| s as f32).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tone(hz: f64, rate: u32, seconds: f64) -> Vec<f32> {
        let n = (f64::from(rate) * seconds) as usize;
        (0..n)
            .map(|i| (0.5 * (std::f64::consts::TAU * hz * i as f64 / f64::from(rate)).sin()) as f32)
            .collect()
    }

    /// Gain in dB of a tone after going from `from` to 16 kHz, at its own frequency.
    fn gain_db(hz: f64, from: u32) -> f64 {
        let out = resample(&tone(hz, from, 1.0), 1, from, 16_000).expect("resamples");
        let middle = &out[4000..12_000];
        let (mut re, mut im) = (0.0, 0.0);
        for (n, s) in middle.iter().enumerate() {
            let phase = std::f64::consts::TAU * hz * n as f64 / 16_000.0;
            re += f64::from(*s) * phase.cos();
            im += f64::from(*s) * phase.sin();
        }
        20.0 * (2.0 * re.hypot(im) / middle.len() as f64 / 0.5).log10()
    }

    fn rms_db(samples: &[f32]) -> f64 {
        let power = samples.iter().map(|s| f64::from(*s).powi(2)).sum::<f64>() / samples.len() as f64;
        10.0 * (power + 1e-30).log10()
    }

    #[test]
    fn the_pass_band_is_flat_and_aliases_are_gone() {
        for from in [44_100, 48_000, 22_050, 96_000] {
            for hz in [50.0, 1000.0, 4000.0, 7000.0, 7400.0] {
                let gain = gain_db(hz, from);
                assert!(gain.abs() < 0.05, "{from} Hz, tone {hz}: {gain:.3} dB");
            }
            if from > 32_000 {
                let alias = resample(&tone(8200.0, from, 1.0), 1, from, 16_000).expect("resamples");
                let level = rms_db(&alias[4000..12_000]);
                assert!(level < -100.0, "{from} Hz: alias at {level:.1} dB");
            }
        }
    }

    #[test]
    fn length_is_exact_and_the_start_is_not_delayed() {
        for (from, to, frames) in
            [(48_000, 16_000, 1), (44_100, 16_000, 44_099), (8_000, 16_000, 777), (16_000, 44_100, 5)]
        {
            let out = resample(&vec![0.1; frames * 2], 2, from, to).expect("resamples");
            let expected = (frames as f64 * f64::from(to) / f64::from(from)).round() as usize;
            assert_eq!(out.len(), expected * 2, "{from} -> {to}");
        }
        let mut click = vec![0.0f32; 4800];
        click[2400] = 1.0;
        let out = resample(&click, 1, 48_000, 16_000).expect("resamples");
        let peak = out.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1)).expect("samples").0;
        assert_eq!(peak, 800);
    }

    #[test]
    fn nonsense_rates_are_errors() {
        assert!(resample(&[0.0], 1, 0, 16_000).is_err());
        assert!(resample(&[0.0], 0, 8_000, 16_000).is_err());
        assert!(resample(&[0.0], 1, u32::MAX, 16_000).is_err());
    }
}
