//! True peak: the largest value between samples, by the 4-fold oversampling of ITU-R BS.1770-4, annex 2.

use super::samples::BLOCK;

const TAPS: usize = 12;
/// Phases 0 and 1 of the standard's filter, in 1/8192; 2 and 3 are these, reversed.
const STANDARD: [[i16; TAPS]; 2] = [
    [14, 90, -161, 272, -487, 1125, 7964, -838, 390, -218, 122, -68],
    [-239, 240, -424, 730, -1364, 3810, 6388, -1641, 832, -477, 271, -155],
];
const PHASES: [[f32; TAPS]; 2] = {
    let mut phases = [[0.0; TAPS]; 2];
    let mut at = 0;
    while at < 2 * TAPS {
        phases[at / TAPS][at % TAPS] = STANDARD[at / TAPS][at % TAPS] as f32 / 8192.0;
        at += 1;
    }
    phases
};
/// No value between samples is larger than this times the largest of them: the sum of |taps| of phase 1.
const GAIN: f32 = 2.03;

pub(super) struct TruePeak {
    peak: f32,
    /// The last samples of the block before, then the block.
    buffer: Vec<f32>,
    before: f32,
}

impl TruePeak {
    pub(super) fn new() -> TruePeak {
        TruePeak { peak: 0.0, buffer: vec![0.0; TAPS - 1 + BLOCK], before: 0.0 }
    }

    pub(super) fn value(&self) -> f32 {
        self.peak
    }

    /// Takes a block of at most [`BLOCK`] samples, of which `largest` is the largest in size.
    pub(super) fn take(&mut self, block: &[f32], largest: f32) {
        let block = &block[..block.len().min(BLOCK)];
        let end = TAPS - 1 + block.len();
        self.buffer[TAPS - 1..end].copy_from_slice(block);
        // Most blocks cannot hold a new peak.
        if largest.max(self.before) * GAIN > self.peak {
            for part in self.buffer[..end].windows(TAPS - 1 + 16).step_by(16) {
                self.peak = searched(self.peak, part);
            }
            let rest = block.len() % 16;
            for window in self.buffer[end - rest - (TAPS - 1)..end].windows(TAPS) {
                for phase in &PHASES {
                    let (mut ahead, mut back) = (0f32, 0f32);
                    for k in 0..TAPS {
                        ahead += phase[TAPS - 1 - k] * window[k];
                        back += phase[k] * window[k];
                    }
                    self.peak = self.peak.max(ahead.abs()).max(back.abs());
                }
            }
        }
        self.before = largest;
        self.buffer.copy_within(end - (TAPS - 1)..end, 0);
    }
}

/// `peak`, or the largest of sixteen outputs of each phase.
fn searched(peak: f32, part: &[f32]) -> f32 {
    const N: usize = 16;
    let mut largest = [peak; N];
    for phase in &PHASES {
        let (mut ahead, mut back) = ([0f32; N], [0f32; N]);
        for k in 0..TAPS {
            let Some(part) = part.get(k..k + N) else { return peak };
            for n in 0..N {
                ahead[n] += phase[TAPS - 1 - k] * part[n];
                back[n] += phase[k] * part[n];
            }
        }
        for n in 0..N {
            largest[n] = largest[n].max(ahead[n].abs()).max(back[n].abs());
        }
    }
    largest.iter().fold(peak, |m, v| m.max(*v))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sine_whose_samples_miss_its_crest_has_its_true_height() {
        // EBU Tech 3341, case 16: fs/4, 45°, tolerance +0.2 / −0.4 dB.
        let sine: Vec<f32> = (0..4000)
            .map(|n| (std::f32::consts::FRAC_PI_2 * n as f32 + std::f32::consts::FRAC_PI_4).sin())
            .collect();
        let mut peak = TruePeak::new();
        for block in sine.chunks(BLOCK) {
            peak.take(block, block.iter().fold(0f32, |m, s| m.max(s.abs())));
        }
        let db = 20.0 * peak.value().log10();
        assert!((-0.4..=0.2).contains(&db), "{db}");
    }

    #[test]
    fn each_phase_has_unit_gain_and_the_bound_holds() {
        for phase in &PHASES {
            assert!((phase.iter().sum::<f32>() - 1.0).abs() < 0.03);
            assert!(phase.iter().map(|t| t.abs()).sum::<f32>() <= GAIN);
        }
    }
}
