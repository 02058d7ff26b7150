//! Mel filter banks: Kaldi's, and librosa's, which Whisper uses.

use super::lanes::{Lane, Vector};
use crate::Error;

/// Kaldi's `MelBanksOptions`, by its names and with its defaults.
#[derive(Clone, Debug, PartialEq)]
pub struct MelBanksOptions {
    /// Number of triangular bands, at least 3.
    pub num_bins: usize,
    /// Lower end of the first band, Hz.
    pub low_freq: f32,
    /// Upper end of the last band, Hz; from 0 down it is counted from half the sample rate.
    pub high_freq: f32,
    /// Where the warp of vocal tract length begins to bend to `low_freq`, Hz.
    pub vtln_low: f32,
    /// Where it begins to bend to `high_freq`, Hz; below 0 it is counted from half the sample rate.
    pub vtln_high: f32,
    /// As HTK does: floor each band at 1, and leave the lowest frequency out of the first band.
    pub htk_mode: bool,
}

impl Default for MelBanksOptions {
    fn default() -> MelBanksOptions {
        MelBanksOptions {
            num_bins: 23,
            low_freq: 20.0,
            high_freq: 0.0,
            vtln_low: 100.0,
            vtln_high: -500.0,
            htk_mode: false,
        }
    }
}

/// Formula between hertz and mel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum MelScale {
    /// Slaney's: linear to 1 kHz, logarithmic above (Auditory Toolbox, 1998). librosa's default.
    #[default]
    Slaney,
    /// HTK's: 2595·log10(1 + f/700).
    Htk,
}

/// How bands of librosa's kind are scaled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum MelNorm {
    /// Each band has the same area: its top is 2 / its width in Hz. librosa's default.
    #[default]
    Slaney,
    /// Each band has its top at 1.
    None,
}

/// Triangular bands over the bins of a power spectrum.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Banks {
    /// First bin and number of weights of each band.
    bands: Vec<(u32, u32)>,
    weights: Vec<f32>,
}

// Kaldi computes the bands in f32, and the rounding shows in the features: so do we. The functions are
// computed in f64 and rounded, which a good libm's f32 functions equal.
fn mel_of(hz: f32) -> f32 {
    1127.0 * f64::from(1.0 + hz / 700.0).ln() as f32
}

fn hz_of(mel: f32) -> f32 {
    700.0 * (f64::from(mel / 1127.0).exp() as f32 - 1.0)
}

/// A piecewise linear warp of frequencies from `low` to `high` (Kaldi's `VtlnWarpFreq`).
struct Warp {
    low: f32,
    high: f32,
    vtln_low: f32,
    vtln_high: f32,
    factor: f32,
}

impl Warp {
    fn hz(&self, hz: f32) -> f32 {
        if hz < self.low || hz > self.high {
            return hz;
        }
        let left = self.vtln_low * self.factor.max(1.0);
        let right = self.vtln_high * self.factor.min(1.0);
        let scale = 1.0 / self.factor;
        if hz < left {
            self.low + (scale * left - self.low) / (left - self.low) * (hz - self.low)
        } else if hz < right {
            scale * hz
        } else {
            self.high + (self.high - scale * right) / (self.high - right) * (hz - self.high)
        }
    }
}

impl Banks {
    /// Kaldi's bands over transforms of `padded` samples.
    pub(super) fn kaldi(
        options: &MelBanksOptions,
        samp_freq: f32,
        padded: usize,
        vtln_warp: f32,
    ) -> Result<Banks, Error> {
        let refuse = |reason: String| Err(Error::Features { reason });
        let nyquist = 0.5 * samp_freq;
        let low = options.low_freq;
        let high = if options.high_freq > 0.0 { options.high_freq } else { nyquist + options.high_freq };
        if options.num_bins < 3 || options.num_bins > padded {
            return refuse(format!("num_bins {} is not from 3 to {padded}", options.num_bins));
        }
        // Written so that NaN is refused.
        let ordered = low >= 0.0 && low < high && high > 0.0 && high <= nyquist;
        if !ordered {
            return refuse(format!(
                "low_freq {low} Hz and high_freq {high} Hz do not fit in 0 to {nyquist} Hz"
            ));
        }
        let vtln_low = options.vtln_low;
        let vtln_high = if options.vtln_high < 0.0 { options.vtln_high + nyquist } else { options.vtln_high };
        let warp = Warp { low, high, vtln_low, vtln_high, factor: vtln_warp };
        if vtln_warp != 1.0 {
            let (left, right) = (vtln_low * vtln_warp.max(1.0), vtln_high * vtln_warp.min(1.0));
            let fits = vtln_warp > 0.0 && vtln_low > low && vtln_high > vtln_low && vtln_high < high;
            if !(fits && left > low && right < high && left < right) {
                return refuse(format!(
                    "vtln_low {vtln_low} Hz, vtln_high {vtln_high} Hz and vtln_warp {vtln_warp} do not fit \
                     between {low} and {high} Hz"
                ));
            }
        }
        let (mel_low, mel_high) = (mel_of(low), mel_of(high));
        let delta = (mel_high - mel_low) / (options.num_bins + 1) as f32;
        let edge = |index: usize| {
            let mel = mel_low + index as f32 * delta;
            if vtln_warp == 1.0 { mel } else { mel_of(warp.hz(hz_of(mel))) }
        };
        let width = samp_freq / padded as f32;
        let mels: Vec<f32> = (0..padded / 2).map(|bin| mel_of(width * bin as f32)).collect();
        let mut banks = Banks { bands: Vec::new(), weights: Vec::new() };
        for band in 0..options.num_bins {
            let (left, centre, right) = (edge(band), edge(band + 1), edge(band + 2));
            let inside = |mel: &f32| *mel > left && *mel < right;
            let Some(first) = mels.iter().position(inside) else {
                return refuse(format!(
                    "num_bins {} is too large: no frequency of a transform of {padded} samples is in band \
                     {band}",
                    options.num_bins
                ));
            };
            let start = banks.weights.len();
            banks.weights.extend(mels[first..].iter().take_while(|m| inside(m)).map(|mel| {
                if *mel <= centre { (mel - left) / (centre - left) } else { (right - mel) / (right - centre) }
            }));
            if options.htk_mode && band == 0 && mel_low != 0.0 {
                banks.weights[start] = 0.0;
            }
            banks.bands.push((first as u32, (banks.weights.len() - start) as u32));
        }
        Ok(banks)
    }

    /// librosa's bands (`librosa.filters.mel`) over transforms of `n_fft` samples; empty bands are 0.
    pub(super) fn librosa(
        samp_freq: f64,
        n_fft: usize,
        n_mels: usize,
        (fmin, fmax): (f64, f64),
        scale: MelScale,
        norm: MelNorm,
    ) -> Banks {
        let (low, high) = (to_mel(fmin, scale), to_mel(fmax, scale));
        let step = (high - low) / (n_mels + 1) as f64;
        let edge = |i: usize| to_hz(if i > n_mels { high } else { low + step * i as f64 }, scale);
        let mut banks = Banks { bands: Vec::new(), weights: Vec::new() };
        for band in 0..n_mels {
            let (left, centre, right) = (edge(band), edge(band + 1), edge(band + 2));
            let factor = if norm == MelNorm::Slaney { 2.0 / (right - left) } else { 1.0 };
            let weight = |bin: usize| {
                let hz = bin as f64 * samp_freq / n_fft as f64;
                let tri = ((hz - left) / (centre - left)).min((right - hz) / (right - centre)).max(0.0);
                // librosa rounds between the two factors.
                (f64::from(tri as f32) * factor) as f32
            };
            // Casts saturate; one bin more to each side than the edges are apart.
            let bin_of = |hz: f64| (hz * n_fft as f64 / samp_freq) as usize;
            let end = (n_fft / 2 + 1).min(bin_of(right).saturating_add(2));
            let first = (bin_of(left)..end).find(|bin| weight(*bin) > 0.0).unwrap_or(0);
            let start = banks.weights.len();
            banks.weights.extend((first..end).map(weight).take_while(|weight| *weight > 0.0));
            banks.bands.push((first as u32, (banks.weights.len() - start) as u32));
        }
        banks
    }

    /// Number of bands.
    pub(super) fn len(&self) -> usize {
        self.bands.len()
    }

    /// Energy of each band: sums in the order of frequency, as Kaldi adds.
    #[inline(always)]
    pub(super) fn apply<V: Vector>(&self, cpu: V::Cpu, power: &[Lane], bands: &mut [Lane]) {
        let mut weights = self.weights.as_slice();
        for ((first, len), band) in self.bands.iter().zip(bands) {
            let (here, rest) = weights.split_at(*len as usize);
            weights = rest;
            let mut sum = V::splat(cpu, 0.0);
            for (weight, power) in here.iter().zip(&power[*first as usize..]) {
                sum = sum + V::load(cpu, &power.0) * V::splat(cpu, *weight);
            }
            sum.store(&mut band.0);
        }
    }
}

fn to_hz(mel: f64, scale: MelScale) -> f64 {
    match scale {
        MelScale::Slaney if mel < 15.0 => mel * 200.0 / 3.0,
        MelScale::Slaney => 1000.0 * ((mel - 15.0) * 6.4f64.ln() / 27.0).exp(),
        MelScale::Htk => 700.0 * (10f64.powf(mel / 2595.0) - 1.0),
    }
}

fn to_mel(hz: f64, scale: MelScale) -> f64 {
    match scale {
        MelScale::Slaney if hz < 1000.0 => hz * 3.0 / 200.0,
        MelScale::Slaney => 15.0 + (hz / 1000.0).ln() * 27.0 / 6.4f64.ln(),
        MelScale::Htk => 2595.0 * (1.0 + hz / 700.0).log10(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kaldis_bands_meet_in_their_tops() {
        let banks = Banks::kaldi(&MelBanksOptions::default(), 16_000.0, 512, 1.0).unwrap();
        let mut sums = vec![0f32; 257];
        let mut at = 0;
        for (first, len) in &banks.bands {
            for k in 0..*len as usize {
                sums[*first as usize + k] += banks.weights[at];
                at += 1;
            }
        }
        // Between the tops of the first and the last band the falling and the rising side add up to one.
        assert!(sums[4..225].iter().all(|sum| (sum - 1.0).abs() < 1e-4), "{sums:?}");
    }

    #[test]
    fn a_warp_moves_the_middle_and_keeps_the_ends() {
        let warp = Warp { low: 20.0, high: 8000.0, vtln_low: 100.0, vtln_high: 7500.0, factor: 1.1 };
        assert_eq!([warp.hz(20.0), warp.hz(8000.0), warp.hz(9000.0)], [20.0, 8000.0, 9000.0]);
        assert!((warp.hz(2200.0) - 2000.0).abs() < 1e-3);
    }

    #[test]
    fn senseless_options_are_refused() {
        let good = MelBanksOptions::default();
        let refused = |options: MelBanksOptions, warp| Banks::kaldi(&options, 16e3, 512, warp).is_err();
        assert!(!refused(good.clone(), 1.1));
        assert!(refused(MelBanksOptions { num_bins: 2, ..good.clone() }, 1.0));
        assert!(refused(MelBanksOptions { num_bins: 400, ..good.clone() }, 1.0));
        assert!(refused(MelBanksOptions { num_bins: usize::MAX, ..good.clone() }, 1.0));
        assert!(refused(MelBanksOptions { low_freq: -1.0, ..good.clone() }, 1.0));
        assert!(refused(MelBanksOptions { low_freq: f32::NAN, ..good.clone() }, 1.0));
        assert!(refused(MelBanksOptions { high_freq: 9000.0, ..good.clone() }, 1.0));
        assert!(refused(MelBanksOptions { high_freq: -7990.0, ..good.clone() }, 1.0));
        assert!(refused(MelBanksOptions { high_freq: f32::NAN, ..good.clone() }, 1.0));
        assert!(refused(MelBanksOptions { vtln_low: 10.0, ..good.clone() }, 1.1));
        for warp in [0.0, -1.0, 50.0, 1e-6, f32::NAN, f32::INFINITY] {
            assert!(refused(good.clone(), warp), "{warp}");
        }
    }
}
