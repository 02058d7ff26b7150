//! Kaldi's mel-frequency cepstral coefficients.

use std::f64::consts::{PI, SQRT_2};

use super::fbank::{energy, kaldi};
use super::mel::MelBanksOptions;
use super::plan::{Cepstra, Plan};
use super::window::FrameExtractionOptions;
use crate::Error;

/// Kaldi's `MfccOptions` (`compute-mfcc-feats`), by its names and with its defaults.
#[derive(Clone, Debug, PartialEq)]
pub struct MfccOptions {
    /// Frames and windows.
    pub frame_opts: FrameExtractionOptions,
    /// Bands: 23 by default.
    pub mel_opts: MelBanksOptions,
    /// Number of coefficients with C0, at most the number of bands.
    pub num_ceps: usize,
    /// The logarithm of the frame's energy in place of C0.
    pub use_energy: bool,
    /// Floor of that energy, not its logarithm; 0 for none but `f32::EPSILON`.
    pub energy_floor: f32,
    /// Take the energy before pre-emphasis and window.
    pub raw_energy: bool,
    /// Q of the factors 1 + Q/2·sin(πi/Q); 0 for none.
    pub cepstral_lifter: f32,
    /// Put energy or C0 last, C0 times √2, as HTK does.
    pub htk_compat: bool,
}

impl Default for MfccOptions {
    fn default() -> MfccOptions {
        MfccOptions {
            frame_opts: FrameExtractionOptions::default(),
            mel_opts: MelBanksOptions::default(),
            num_ceps: 13,
            use_energy: true,
            energy_floor: 0.0,
            raw_energy: true,
            cepstral_lifter: 22.0,
            htk_compat: false,
        }
    }
}

/// Kaldi's mel-frequency cepstral coefficients: a cosine transform of log energies of mel bands.
///
/// Mono samples in [−1, 1], which are scaled to 16 bits inside. Equal to kaldi-native-fbank within 0.005.
///
/// ```
/// use sprog_speech::features::{Mfcc, MfccOptions};
/// let plan = Mfcc::new(&MfccOptions { use_energy: false, ..Default::default() })?;
/// let features = plan.compute(&vec![0.1; 16_000]);
/// assert_eq!((features.frames, features.dim), (98, 13));
/// # Ok::<(), sprog_speech::Error>(())
/// ```
pub struct Mfcc {
    pub(super) plan: Plan,
}

impl Mfcc {
    /// A plan. Fails if options contradict each other, or if a band would be empty.
    pub fn new(options: &MfccOptions) -> Result<Mfcc, Error> {
        Mfcc::with_vtln_warp(options, 1.0)
    }

    /// A plan for a speaker whose frequencies are `vtln_warp` times the average's: Kaldi's warp of vocal
    /// tract length, 0.8 to 1.25 in practice.
    pub fn with_vtln_warp(options: &MfccOptions, vtln_warp: f32) -> Result<Mfcc, Error> {
        let mut plan = kaldi(&options.frame_opts, &options.mel_opts, vtln_warp)?;
        let (rows, bands) = (options.num_ceps, options.mel_opts.num_bins);
        if rows == 0 || rows > bands {
            return Err(Error::Features { reason: format!("num_ceps {rows} is not from 1 to {bands}") });
        }
        if !options.cepstral_lifter.is_finite() {
            let reason = format!("cepstral_lifter {} is not a number", options.cepstral_lifter);
            return Err(Error::Features { reason });
        }
        let lifter = |row: usize| match f64::from(options.cepstral_lifter) {
            0.0 => 1.0,
            q => 1.0 + 0.5 * q * (PI * row as f64 / q).sin(),
        };
        let weight = |row: usize, band: usize| {
            let angle = PI / bands as f64 * (band as f64 + 0.5) * row as f64;
            let size = if row == 0 { 1.0 } else { 2.0 } / bands as f64;
            (lifter(row) * size.sqrt() * angle.cos()) as f32
        };
        let matrix = (0..rows).flat_map(|row| (0..bands).map(move |band| weight(row, band))).collect();
        plan.cepstra = Some(Cepstra { rows, matrix });
        plan.energy = energy(options.use_energy, options.raw_energy, options.energy_floor);
        let factor = if options.use_energy { 1.0 } else { SQRT_2 as f32 };
        plan.first_goes_last = options.htk_compat.then_some(factor);
        Ok(Mfcc { plan })
    }
}
