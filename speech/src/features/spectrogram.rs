//! Spectrograms, plain and of mel bands, by librosa's conventions.

use super::MAX_BANDS;
use super::fft::RealFft;
use super::frames::{Count, Edge, Framing};
use super::mel::{Banks, MelNorm, MelScale};
use super::plan::{Log, Plan};
use super::simd::Simd;
use super::window::{MAX_FRAME, WindowType};
use crate::Error;

/// What stands beyond the ends of a recording whose frames are centred.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum PadMode {
    /// Silence. librosa's default.
    #[default]
    Constant,
    /// A mirror on the first and the last sample.
    Reflect,
}

/// What a spectrogram holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Power {
    /// |X|, librosa's `power=1.0`.
    Magnitude,
    /// |X|², librosa's `power=2.0`.
    #[default]
    Power,
}

/// Options of a [`Spectrogram`], by librosa's names and with its defaults.
#[derive(Clone, Debug, PartialEq)]
pub struct SpectrogramOptions {
    /// Samples of a transform, 1 to [`MAX_FRAME`]; any number, those with small prime factors are fast.
    pub n_fft: usize,
    /// Samples between frames, 1 to [`MAX_FRAME`].
    pub hop_length: usize,
    /// Samples of the window, in the middle of the transform; `n_fft` if not given.
    pub win_length: Option<usize>,
    /// Shape of the window.
    pub window: WindowType,
    /// Frame t has its middle, not its start, at sample t·`hop_length`.
    pub center: bool,
    /// What stands beyond the ends then.
    pub pad_mode: PadMode,
    /// Power or magnitude.
    pub power: Power,
}

impl Default for SpectrogramOptions {
    fn default() -> SpectrogramOptions {
        SpectrogramOptions {
            n_fft: 2048,
            hop_length: 512,
            win_length: None,
            window: WindowType::Hann,
            center: true,
            pad_mode: PadMode::Constant,
            power: Power::Power,
        }
    }
}

/// Options of a [`MelSpectrogram`], by librosa's names and with its defaults.
#[derive(Clone, Debug, PartialEq)]
pub struct MelSpectrogramOptions {
    /// Frames and their transforms.
    pub spectrogram: SpectrogramOptions,
    /// Sample rate, Hz; librosa's `sr`.
    pub samp_freq: f32,
    /// Number of bands, 1 to [`MAX_BANDS`]. A band too narrow for a frequency of its own is 0.
    pub n_mels: usize,
    /// Lower end of the first band, Hz.
    pub fmin: f32,
    /// Upper end of the last band, Hz; half the sample rate if not given.
    pub fmax: Option<f32>,
    /// Formula between hertz and mel; librosa's `htk`.
    pub scale: MelScale,
    /// How bands are scaled.
    pub norm: MelNorm,
}

impl Default for MelSpectrogramOptions {
    fn default() -> MelSpectrogramOptions {
        MelSpectrogramOptions {
            spectrogram: SpectrogramOptions::default(),
            samp_freq: 22_050.0,
            n_mels: 128,
            fmin: 0.0,
            fmax: None,
            scale: MelScale::Slaney,
            norm: MelNorm::Slaney,
        }
    }
}

/// The power or magnitude spectrum of each frame: `n_fft` / 2 + 1 frequencies.
///
/// Rows are frames; librosa's are frequencies: see [`Features::transposed`](super::Features::transposed).
///
/// ```
/// use sprog_speech::features::{Spectrogram, SpectrogramOptions};
/// let options = SpectrogramOptions { n_fft: 320, hop_length: 160, ..Default::default() };
/// let tone: Vec<f32> = (0..1600).map(|n| (n as f32 * std::f32::consts::TAU / 16.0).sin()).collect();
/// let features = Spectrogram::new(&options)?.compute(&tone);
/// assert_eq!((features.frames, features.dim), (11, 161));
/// // 1 kHz is frequency number 20 of those 50 Hz apart; the window's sum is 160, and its half squared 6400.
/// assert!((features.row(5)[20] - 6400.0).abs() < 1.0);
/// # Ok::<(), sprog_speech::Error>(())
/// ```
pub struct Spectrogram {
    pub(super) plan: Plan,
}

impl Spectrogram {
    /// A plan. Fails if options contradict each other.
    pub fn new(options: &SpectrogramOptions) -> Result<Spectrogram, Error> {
        let (n_fft, hop) = (options.n_fft, options.hop_length);
        let length = options.win_length.unwrap_or(n_fft);
        let refuse = |reason: String| Err(Error::Features { reason });
        if n_fft == 0 || n_fft > MAX_FRAME {
            return refuse(format!("n_fft {n_fft} is not from 1 to {MAX_FRAME}"));
        }
        if length == 0 || length > n_fft {
            return refuse(format!("win_length {length} is not from 1 to n_fft {n_fft}"));
        }
        if hop == 0 || hop > MAX_FRAME {
            return refuse(format!("hop_length {hop} is not from 1 to {MAX_FRAME}"));
        }
        // Where in the transform a window stands does not show in the power.
        let inside = ((n_fft - length) / 2) as i64;
        let (first, span) = match options.center {
            true => (inside - n_fft as i64 / 2, n_fft % 2),
            false => (inside, n_fft),
        };
        let edge = match options.pad_mode {
            PadMode::Reflect if options.center => Edge::Mirrored,
            _ => Edge::Zero,
        };
        let plan = Plan {
            framing: Framing { length, shift: hop, first, edge, count: Count::Fitting(span) },
            scale: 1.0,
            dither: None,
            remove_dc_offset: false,
            preemph_coeff: 0.0,
            window: options.window.window(length, 0.42),
            fft: RealFft::new(n_fft),
            magnitude: options.power == Power::Magnitude,
            banks: None,
            band_floor: None,
            log: Log::Linear,
            cepstra: None,
            energy: None,
            first_goes_last: None,
            simd: Simd::detect(),
        };
        Ok(Spectrogram { plan })
    }
}

/// Energies of mel bands of each frame: `librosa.feature.melspectrogram`.
///
/// ```
/// use sprog_speech::features::{MelSpectrogram, MelSpectrogramOptions};
/// let features = MelSpectrogram::new(&MelSpectrogramOptions::default())?.compute(&vec![0.1; 22_050]);
/// assert_eq!((features.frames, features.dim), (44, 128));
/// # Ok::<(), sprog_speech::Error>(())
/// ```
pub struct MelSpectrogram {
    pub(super) plan: Plan,
}

impl MelSpectrogram {
    /// A plan. Fails if options contradict each other.
    pub fn new(options: &MelSpectrogramOptions) -> Result<MelSpectrogram, Error> {
        let mut plan = Spectrogram::new(&options.spectrogram)?.plan;
        let (rate, mels) = (options.samp_freq, options.n_mels);
        let (fmin, fmax) = (options.fmin, options.fmax.unwrap_or(rate / 2.0));
        let refuse = |reason: String| Err(Error::Features { reason });
        if !rate.is_finite() || rate <= 0.0 {
            return refuse(format!("samp_freq {rate} Hz is not a rate"));
        }
        if mels == 0 || mels > MAX_BANDS {
            return refuse(format!("n_mels {mels} is not from 1 to {MAX_BANDS}"));
        }
        // Written so that NaN is refused.
        let ordered = fmin >= 0.0 && fmin < fmax && fmax.is_finite();
        if !ordered {
            return refuse(format!("fmin {fmin} Hz is not below fmax {fmax} Hz"));
        }
        let limits = (f64::from(fmin), f64::from(fmax));
        let n_fft = options.spectrogram.n_fft;
        plan.banks = Some(Banks::librosa(f64::from(rate), n_fft, mels, limits, options.scale, options.norm));
        Ok(MelSpectrogram { plan })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::tests::speechlike;

    #[test]
    fn frames_are_counted_and_placed_as_librosa_does() {
        let samples = speechlike(1000, 1);
        let with = |n_fft, win_length, center| {
            let options = SpectrogramOptions {
                n_fft,
                hop_length: 100,
                win_length,
                center,
                window: WindowType::Rectangular,
                ..Default::default()
            };
            Spectrogram::new(&options).unwrap().compute(&samples)
        };
        assert_eq!([with(256, None, true).frames, with(256, None, false).frames], [11, 8]);
        assert_eq!([with(255, None, true).frames, with(255, None, false).frames], [10, 8]);
        // The sum over a window of ones is in frequency 0.
        let sum = |from: usize, to: usize| samples[from..to].iter().sum::<f32>().powi(2);
        assert!((with(256, None, true).row(2)[0] - sum(72, 328)).abs() < 1e-3);
        assert!((with(256, Some(100), true).row(2)[0] - sum(150, 250)).abs() < 1e-3);
        assert!((with(256, Some(100), false).row(2)[0] - sum(278, 378)).abs() < 1e-3);
    }

    #[test]
    fn magnitudes_are_roots_of_power() {
        let samples = speechlike(3000, 2);
        let make = |power| {
            let options = SpectrogramOptions { n_fft: 400, hop_length: 160, power, ..Default::default() };
            Spectrogram::new(&options).unwrap().compute(&samples)
        };
        let (power, magnitude) = (make(Power::Power), make(Power::Magnitude));
        assert!(power.data.iter().zip(&magnitude.data).all(|(p, m)| p.sqrt() == *m));
    }

    #[test]
    fn senseless_options_are_refused() {
        let good = SpectrogramOptions::default();
        for bad in [
            SpectrogramOptions { n_fft: 0, ..good.clone() },
            SpectrogramOptions { n_fft: usize::MAX, ..good.clone() },
            SpectrogramOptions { hop_length: 0, ..good.clone() },
            SpectrogramOptions { hop_length: usize::MAX, ..good.clone() },
            SpectrogramOptions { win_length: Some(0), ..good.clone() },
            SpectrogramOptions { win_length: Some(2049), ..good.clone() },
        ] {
            assert!(Spectrogram::new(&bad).is_err(), "{bad:?}");
        }
        let good = MelSpectrogramOptions::default();
        for bad in [
            MelSpectrogramOptions { samp_freq: 0.0, ..good.clone() },
            MelSpectrogramOptions { samp_freq: f32::NAN, ..good.clone() },
            MelSpectrogramOptions { n_mels: 0, ..good.clone() },
            MelSpectrogramOptions { n_mels: usize::MAX, ..good.clone() },
            MelSpectrogramOptions { fmin: 9000.0, fmax: Some(8000.0), ..good.clone() },
            MelSpectrogramOptions { fmin: f32::NAN, ..good.clone() },
            MelSpectrogramOptions { fmax: Some(f32::INFINITY), ..good.clone() },
        ] {
            assert!(MelSpectrogram::new(&bad).is_err(), "{bad:?}");
        }
    }
}
