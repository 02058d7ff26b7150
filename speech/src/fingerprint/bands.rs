//! 33 overlapping bands from 300 to 3400 Hz, even on the mel scale.

use super::fft::{LANES, Lane, Spectra};
use super::{FRAME, SAMPLE_RATE};

/// Bands; a sub-fingerprint has a bit for every two neighbours.
pub(super) const BANDS: usize = 33;
/// Hz that the bands cover: what telephone lines and low-rate codecs keep.
const RANGE_HZ: (f64, f64) = (300.0, 3400.0);

/// Slaney's mel scale: linear to 1 kHz, logarithmic above (Auditory Toolbox, 1998).
fn mel_to_hz(mel: f64) -> f64 {
    if mel < 15.0 { mel * 200.0 / 3.0 } else { 1000.0 * ((mel - 15.0) * 6.4f64.ln() / 27.0).exp() }
}

fn hz_to_mel(hz: f64) -> f64 {
    if hz < 1000.0 { hz * 3.0 / 200.0 } else { 15.0 + (hz / 1000.0).ln() * 27.0 / 6.4f64.ln() }
}

/// Triangular filters over the bins of a spectrum.
pub(super) struct Bands {
    /// Bin, band and weight, in this order of summing.
    weights: Vec<(usize, [(usize, f32); 2])>,
}

impl Bands {
    pub(super) fn new() -> Bands {
        let (low, high) = (hz_to_mel(RANGE_HZ.0), hz_to_mel(RANGE_HZ.1));
        let edge = |i: usize| mel_to_hz(low + (high - low) * i as f64 / (BANDS + 1) as f64);
        let mut weights = Vec::new();
        for bin in 1..FRAME / 2 {
            let hz = bin as f64 * f64::from(SAMPLE_RATE) / FRAME as f64;
            // Between two edges one band falls as the next one rises.
            let Some(under) = (0..=BANDS).find(|i| (edge(*i)..edge(i + 1)).contains(&hz)) else { continue };
            let rise = ((hz - edge(under)) / (edge(under + 1) - edge(under))) as f32;
            let falling = if under == 0 { (0, 0.0) } else { (under - 1, 1.0 - rise) };
            let rising = if under == BANDS { (BANDS - 1, 0.0) } else { (under, rise) };
            weights.push((bin, [falling, rising]));
        }
        Bands { weights }
    }

    /// The energy in each band, for each frame of the spectra.
    pub(super) fn energies(&self, spectra: &Spectra, out: &mut [Lane; BANDS]) {
        *out = [[0.0; LANES]; BANDS];
        for (bin, parts) in &self.weights {
            let power = spectra.power(*bin);
            for (band, weight) in parts {
                for (sum, p) in out[*band].iter_mut().zip(power) {
                    *sum += weight * p;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_band_has_bins_and_all_are_within_the_range() {
        let bands = Bands::new();
        let mut sums = [0f32; BANDS];
        for (bin, parts) in &bands.weights {
            let hz = *bin as f64 * f64::from(SAMPLE_RATE) / FRAME as f64;
            assert!((RANGE_HZ.0..RANGE_HZ.1).contains(&hz));
            parts.iter().for_each(|(band, weight)| sums[*band] += weight);
        }
        assert!(sums.iter().all(|s| *s > 1.0), "{sums:?}");
    }
}
