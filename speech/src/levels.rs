//! Levels: peak, RMS, clipping, silence and DC of a recording.

/// Samples at or beyond this are taken for full scale (one 16-bit step below it).
const FULL_SCALE: f32 = 32_766.0 / 32_768.0;
/// Samples a stretch must have in a row at full scale to count as clipped.
const CLIP_RUN: usize = 2;
/// Frames of silence detection, in samples at any rate.
const WINDOW: usize = 256;
/// RMS below which a window is silent: −60 dBFS.
const SILENT: f64 = 1e-3;

/// What [`Levels::measure`] found. Shares are from 0 to 1; levels in dB below full scale.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Levels {
    /// Largest absolute sample.
    pub peak: f32,
    /// Root mean square in dBFS, −120 at the least.
    pub rms_db: f32,
    /// Share of samples in runs of two or more at full scale.
    pub clipping_share: f32,
    /// Share of 256-sample windows under −60 dBFS.
    pub silence_share: f32,
    /// Mean of the samples.
    pub dc: f32,
}

impl Levels {
    /// Measures samples of one channel, or of all of them interleaved.
    ///
    /// ```
    /// use sprog_speech::levels::Levels;
    /// let silent = Levels::measure(&[0.0; 1000]);
    /// assert_eq!((silent.silence_share, silent.rms_db), (1.0, -120.0));
    /// let clipped = Levels::measure(&[1.0, 1.0, 0.2, -0.2]);
    /// assert_eq!(clipped.clipping_share, 0.5);
    /// ```
    pub fn measure(samples: &[f32]) -> Levels {
        let count = samples.len().max(1) as f64;
        let (mut peak, mut sum, mut power, mut clipped, mut run) = (0f32, 0f64, 0f64, 0usize, 0usize);
        let (mut windows, mut silent) = (0usize, 0usize);
        for window in samples.chunks(WINDOW) {
            let mut window_power = 0f64;
            for &sample in window {
                peak = peak.max(sample.abs());
                sum += f64::from(sample);
                window_power += f64::from(sample) * f64::from(sample);
                if sample.abs() >= FULL_SCALE {
                    run += 1;
                    clipped += match run.cmp(&CLIP_RUN) {
                        std::cmp::Ordering::Less => 0,
                        std::cmp::Ordering::Equal => CLIP_RUN,
                        std::cmp::Ordering::Greater => 1,
                    };
                } else {
                    run = 0;
                }
            }
            windows += 1;
            silent += usize::from((window_power / window.len() as f64).sqrt() < SILENT);
            power += window_power;
        }
        Levels {
            peak,
            rms_db: (10.0 * (power / count).max(1e-12).log10()) as f32,
            clipping_share: (clipped as f64 / count) as f32,
            silence_share: if windows == 0 { 1.0 } else { silent as f32 / windows as f32 },
            dc: (sum / count) as f32,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_scale_sine_has_the_rms_of_a_sine() {
        let sine: Vec<f32> = (0..48_000).map(|n| (n as f32 * 0.1).sin()).collect();
        let levels = Levels::measure(&sine);
        assert!((levels.rms_db + 3.01).abs() < 0.02, "{levels:?}");
        assert!(levels.dc.abs() < 1e-3 && levels.silence_share == 0.0, "{levels:?}");
    }

    #[test]
    fn a_single_peak_at_full_scale_is_not_clipping() {
        let mut samples = vec![0.1f32; 1000];
        samples[10] = 1.0;
        assert_eq!(Levels::measure(&samples).clipping_share, 0.0);
        samples[11] = 1.0;
        samples[12] = 1.0;
        assert_eq!(Levels::measure(&samples).clipping_share, 0.003);
        assert_eq!(Levels::measure(&[]).silence_share, 1.0);
    }
}
