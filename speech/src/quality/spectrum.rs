//! The long-term spectrum of loud and of quiet frames, and the bandwidth of the speech.

use crate::stft::{LANES, Lanes, Stft};

/// dB above the background from which a frame is loud, and to which it is quiet.
const LOUD: f32 = 10.0;
const QUIET: f32 = 3.0;
/// Least frames of either kind: 0.1 s.
const ENOUGH: u64 = 10;
/// How far above the quiet frames, and below its strongest place, the loud spectrum is still taken for
/// speech.
const ABOVE_QUIET_DB: f64 = 3.0;
const BELOW_PEAK_DB: f64 = 75.0;
/// Mean square of 16-bit rounding with dither and 3 dB of margin, −93 dBFS, over all frequencies.
const ROUNDING: f64 = 5e-10;
/// A cliff: all that is further up than the gap is this much weaker than what lies in the stretch below
/// the gap. Filters of codecs and resamplers make one, a voice does not. Its edge is where the level is
/// [`EDGE_DB`] down.
const CLIFF_DB: f64 = 25.0;
const CLIFF_FROM_HZ: f64 = 1500.0;
const CLIFF_BELOW_HZ: f64 = 300.0;
const CLIFF_GAP_HZ: f64 = 600.0;
const EDGE_DB: f64 = 12.0;
/// Width in Hz that the spectrum is smoothed over.
const SMOOTH_HZ: f64 = 150.0;
/// Groups of eight frames summed in single precision.
const GROUPS: u32 = 16;

#[derive(Default)]
struct Sum {
    groups: u32,
    frames: u64,
    recent: Vec<Lanes>,
    total: Vec<f64>,
}

impl Sum {
    fn new(bins: usize) -> Sum {
        Sum { groups: 0, frames: 0, recent: vec![Lanes::default(); bins], total: vec![0.0; bins] }
    }

    fn add(&mut self, power: &[Lanes], share: [f32; LANES]) {
        let frames = share.iter().filter(|s| **s > 0.0).count() as u64;
        if frames == 0 {
            return;
        }
        self.frames += frames;
        for (sum, p) in self.recent.iter_mut().zip(power) {
            for (slot, (p, share)) in sum.0.iter_mut().zip(p.0.iter().zip(&share)) {
                *slot += p * share;
            }
        }
        self.groups += 1;
        if self.groups == GROUPS {
            self.settle();
        }
    }

    fn settle(&mut self) {
        for (total, recent) in self.total.iter_mut().zip(&mut self.recent) {
            *total += recent.0.iter().map(|v| f64::from(*v)).sum::<f64>();
            *recent = Lanes::default();
        }
        self.groups = 0;
    }

    /// Mean of each bin and its neighbours; `None` for too few frames.
    fn smooth(&mut self, half: usize) -> Option<Vec<f64>> {
        self.settle();
        let bins = self.total.len();
        let mean = |at: usize| {
            let around = at.saturating_sub(half)..(at + half + 1).min(bins);
            let count = around.len() as f64;
            self.total[around].iter().sum::<f64>() / count / self.frames as f64
        };
        (self.frames >= ENOUGH).then(|| (0..bins).map(mean).collect())
    }
}

pub(super) struct LongTerm {
    loud: Sum,
    quiet: Sum,
    bin_hz: f64,
    scale: f64,
    rate: u32,
}

impl LongTerm {
    pub(super) fn new(stft: &Stft, rate: u32) -> LongTerm {
        LongTerm {
            loud: Sum::new(stft.bins()),
            quiet: Sum::new(stft.bins()),
            bin_hz: stft.bin_hz(),
            scale: f64::from(stft.scale()),
            rate,
        }
    }

    /// Takes spectra of up to eight frames and how many dB each lies above the background.
    pub(super) fn take(&mut self, power: &[Lanes], above: &[f32]) {
        let share = |is: &dyn Fn(f32) -> bool| {
            let mut share = [0f32; LANES];
            for (slot, above) in share.iter_mut().zip(above) {
                *slot = f32::from(u8::from(is(*above)));
            }
            share
        };
        self.loud.add(power, share(&|above| above >= LOUD));
        self.quiet.add(power, share(&|above| above <= QUIET));
    }

    /// The highest frequency in Hz where the loud frames have more than the quiet ones; `None` without
    /// loud frames.
    pub(super) fn bandwidth(&mut self) -> Option<f64> {
        let half = (SMOOTH_HZ / self.bin_hz / 2.0).round() as usize;
        let loud = self.loud.smooth(half)?;
        let quiet = self.quiet.smooth(half);
        let first = (80.0 / self.bin_hz).ceil() as usize;
        let peak = loud.get(first..)?.iter().copied().fold(0f64, f64::max);
        let rounding = ROUNDING / self.scale / loud.len() as f64;
        let floor = (peak * power(-BELOW_PEAK_DB)).max(rounding);
        let ratio = power(ABOVE_QUIET_DB);
        let top = (first..loud.len())
            .rfind(|bin| loud[*bin] > floor && quiet.as_ref().is_none_or(|q| loud[*bin] > ratio * q[*bin]))?;
        let nyquist = f64::from(self.rate) / 2.0;
        // The smoothing carries the edge outwards by half its width.
        let edge =
            if top + 1 == loud.len() { nyquist } else { top.saturating_sub(half) as f64 * self.bin_hz };
        Some(self.cliff(&loud).map_or(edge, |cliff| cliff.min(edge)))
    }

    fn cliff(&self, loud: &[f64]) -> Option<f64> {
        let bins = |hz: f64| (hz / self.bin_hz).round() as usize;
        let (below, gap) = (bins(CLIFF_BELOW_HZ).max(1), bins(CLIFF_GAP_HZ).max(1));
        // The strongest of each bin and all above it.
        let mut strongest = loud.to_vec();
        for bin in (1..strongest.len()).rev() {
            strongest[bin - 1] = strongest[bin - 1].max(strongest[bin]);
        }
        let before = |bin: usize| loud[bin - below..bin].iter().sum::<f64>() / below as f64;
        let end = loud.len().saturating_sub(gap + 1);
        let foot = (bins(CLIFF_FROM_HZ).max(below)..end)
            .find(|bin| before(*bin) > power(CLIFF_DB) * strongest[bin + gap])?;
        let edge = before(foot) / power(EDGE_DB);
        let last = (foot..foot + gap).rfind(|bin| loud[*bin] >= edge).unwrap_or(foot);
        Some(last as f64 * self.bin_hz)
    }
}

fn power(db: f64) -> f64 {
    10f64.powf(db / 10.0)
}
