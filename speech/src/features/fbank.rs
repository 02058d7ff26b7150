//! Kaldi's filter-bank features.

use super::dither::Dither;
use super::fft::RealFft;
use super::mel::{Banks, MelBanksOptions};
use super::plan::{Energy, Log, Plan, Taken, log_floor};
use super::simd::Simd;
use super::window::FrameExtractionOptions;
use crate::Error;

/// Full scale of 16-bit samples, which Kaldi's features are made of.
pub(super) const FULL_SCALE: f32 = 32_768.0;

/// Kaldi's `FbankOptions` (`compute-fbank-feats`), by its names and with its defaults.
#[derive(Clone, Debug, PartialEq)]
pub struct FbankOptions {
    /// Frames and windows.
    pub frame_opts: FrameExtractionOptions,
    /// Bands: 23 by default; 80 is common for neural networks.
    pub mel_opts: MelBanksOptions,
    /// Put the logarithm of the frame's energy before the bands.
    pub use_energy: bool,
    /// Floor of that energy, not its logarithm; 0 for none but `f32::EPSILON`.
    pub energy_floor: f32,
    /// Take the energy before pre-emphasis and window.
    pub raw_energy: bool,
    /// Put the energy last, as HTK does.
    pub htk_compat: bool,
    /// Natural logarithms of the bands.
    pub use_log_fbank: bool,
    /// Power spectrum; magnitudes if not.
    pub use_power: bool,
}

impl Default for FbankOptions {
    fn default() -> FbankOptions {
        FbankOptions {
            frame_opts: FrameExtractionOptions::default(),
            mel_opts: MelBanksOptions::default(),
            use_energy: false,
            energy_floor: 0.0,
            raw_energy: true,
            htk_compat: false,
            use_log_fbank: true,
            use_power: true,
        }
    }
}

/// Kaldi's filter-bank features: energies of mel bands, or their logarithms.
///
/// Mono samples in [−1, 1], which are scaled to 16 bits inside. On speech within 0.002 of kaldi-native-fbank
/// where a value is above 5, and within 0.005 where it is above 0: both compute in `f32`, and are as far from
/// exact as from each other.
///
/// ```
/// use sprog_speech::features::{Fbank, FbankOptions, MelBanksOptions};
/// let mel_opts = MelBanksOptions { num_bins: 80, ..Default::default() };
/// let plan = Fbank::new(&FbankOptions { mel_opts, ..Default::default() })?;
/// let features = plan.compute(&vec![0.1; 16_000]);
/// assert_eq!((features.frames, features.dim), (98, 80));
/// # Ok::<(), sprog_speech::Error>(())
/// ```
pub struct Fbank {
    pub(super) plan: Plan,
}

impl Fbank {
    /// A plan. Fails if options contradict each other, or if a band would be empty.
    pub fn new(options: &FbankOptions) -> Result<Fbank, Error> {
        Fbank::with_vtln_warp(options, 1.0)
    }

    /// A plan for a speaker whose frequencies are `vtln_warp` times the average's: Kaldi's warp of vocal
    /// tract length, 0.8 to 1.25 in practice.
    pub fn with_vtln_warp(options: &FbankOptions, vtln_warp: f32) -> Result<Fbank, Error> {
        let mut plan = kaldi(&options.frame_opts, &options.mel_opts, vtln_warp)?;
        plan.magnitude = !options.use_power;
        plan.log = if options.use_log_fbank { Log::Natural { floor: f32::EPSILON } } else { Log::Linear };
        plan.energy = energy(options.use_energy, options.raw_energy, options.energy_floor);
        plan.first_goes_last = (options.htk_compat && options.use_energy).then_some(1.0);
        Ok(Fbank { plan })
    }
}

pub(super) fn energy(use_energy: bool, raw_energy: bool, energy_floor: f32) -> Option<Energy> {
    let taken = if raw_energy { Taken::Raw } else { Taken::Windowed };
    use_energy.then(|| Energy { taken, log_floor: log_floor(energy_floor) })
}

/// What fbank and MFCC have in common: log energies of mel bands.
pub(super) fn kaldi(
    frame_opts: &FrameExtractionOptions,
    mel_opts: &MelBanksOptions,
    vtln_warp: f32,
) -> Result<Plan, Error> {
    frame_opts.check()?;
    let padded = frame_opts.padded_window_size();
    let banks = Banks::kaldi(mel_opts, frame_opts.samp_freq, padded, vtln_warp)?;
    let dither = Dither { deviation: frame_opts.dither, seed: frame_opts.dither_seed };
    Ok(Plan {
        framing: frame_opts.framing(),
        scale: FULL_SCALE,
        dither: (frame_opts.dither > 0.0).then_some(dither),
        remove_dc_offset: frame_opts.remove_dc_offset,
        preemph_coeff: frame_opts.preemph_coeff,
        window: frame_opts.window_type.window(frame_opts.window_size(), frame_opts.blackman_coeff),
        fft: RealFft::new(padded),
        magnitude: false,
        banks: Some(banks),
        band_floor: mel_opts.htk_mode.then_some(1.0),
        log: Log::Natural { floor: f32::EPSILON },
        cepstra: None,
        energy: None,
        first_goes_last: None,
        simd: Simd::detect(),
    })
}
