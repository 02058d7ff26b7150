//! Levels of frequency bands.

use crate::stft::{LANES, Lanes, Work, decibels_lanes, widest};

/// Bands of the detector.
pub(super) const BANDS: usize = 16;
/// Their levels, and that of all of them together.
pub(super) const LEVELS: usize = BANDS + 1;
/// Edges in Hz, a Bark or so apart and wider at the top (Zwicker 1961).
const EDGES: [f64; BANDS + 1] = [
    80.0, 180.0, 280.0, 380.0, 500.0, 640.0, 800.0, 1000.0, 1250.0, 1550.0, 1900.0, 2300.0, 2800.0, 3400.0,
    4200.0, 5400.0, 7200.0,
];
/// Mean square added to each band: −95 dBFS, about the noise of 16-bit rounding.
const FLOOR: f32 = 3.2e-10;

pub(super) struct Bands {
    /// Bins of each band; empty above half the sample rate.
    ranges: [(usize, usize); BANDS],
    present: usize,
    scale: f32,
    levels: [Lanes; LEVELS],
}

impl Bands {
    pub(super) fn new(bins: usize, bin_hz: f64, scale: f32) -> Bands {
        let bin = |hz: f64| ((hz / bin_hz).round() as usize).min(bins);
        let ranges: [(usize, usize); BANDS] = std::array::from_fn(|b| {
            // A band that would be cut by half or more is left out.
            let middle = 0.5 * (EDGES[b] + EDGES[b + 1]);
            if middle < (bins - 1) as f64 * bin_hz { (bin(EDGES[b]), bin(EDGES[b + 1])) } else { (0, 0) }
        });
        let present = ranges.iter().take_while(|(first, end)| end > first).count();
        Bands { ranges, present, scale, levels: [Lanes::default(); LEVELS] }
    }

    /// How many of the bands lie below half the sample rate.
    pub(super) fn present(&self) -> usize {
        self.present
    }

    /// dBFS of each band of eight frames, and of all bands together, from `|X|²` of each bin.
    pub(super) fn levels(&mut self, power: &[Lanes]) -> &[Lanes; LEVELS] {
        widest(Sum { bands: self, power });
        &self.levels
    }
}

struct Sum<'a> {
    bands: &'a mut Bands,
    power: &'a [Lanes],
}

impl Work for Sum<'_> {
    #[inline(always)]
    fn run(self) {
        let mut all = Lanes::default();
        for (slot, &(first, end)) in self.bands.levels.iter_mut().zip(&self.bands.ranges) {
            let mut sum = Lanes::default();
            for p in &self.power[first..end] {
                for lane in 0..LANES {
                    sum.0[lane] += p.0[lane];
                }
            }
            for lane in 0..LANES {
                sum.0[lane] = sum.0[lane] * self.bands.scale + FLOOR;
                all.0[lane] += sum.0[lane];
            }
            *slot = decibels_lanes(sum);
        }
        self.bands.levels[BANDS] = decibels_lanes(all);
    }
}
