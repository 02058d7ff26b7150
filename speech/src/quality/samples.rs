//! What is measured sample by sample: sums, peaks, clipping, flat tops, dropouts. Called with blocks of
//! one length, so that sums do not depend on how the caller cuts its chunks.

use super::true_peak::TruePeak;

/// Samples of a block.
pub(super) const BLOCK: usize = 1024;
/// Samples at or beyond this are taken for full scale, as in `levels`.
const FULL_SCALE: f32 = 32_766.0 / 32_768.0;
/// How far samples of a flat top may lie apart: one and a half 16-bit steps.
const FLAT: f32 = 1.5 / 32_768.0;
/// The sample before or after a flat top is further off than this, unlike at the crest of a low tone.
const EDGE: f32 = 4.0 * FLAT;
/// Least samples of a flat top.
const FLAT_RUN: u64 = 3;
/// Share of the peak (of the same sign) that a flat top must have.
const NEAR_PEAK: f32 = 0.9;
/// Levels that flat tops are counted at, up to twice full scale.
const FLAT_BINS: usize = 1024;
/// Levels in dB that dropouts are counted at, from 0 dBFS down.
const EDGE_BINS: usize = 100;

pub(super) struct Samples {
    pub(super) count: u64,
    pub(super) sum: f64,
    pub(super) squares: f64,
    /// Largest sample of each sign: positive, negative.
    peaks: [f32; 2],
    full_scale_run: u64,
    pub(super) clipped: u64,
    /// The last sample, and the run of about equal samples that it ends.
    last: f32,
    run: u64,
    run_entry: f32,
    flat: [Vec<u64>; 2],
    zeros: u64,
    /// Largest sample of the part of 0.25 ms before, and of this one so far.
    around: [f32; 2],
    part: u32,
    part_left: u32,
    before_zeros: f32,
    /// A run of zeros whose end was seen: its length, the peak since, parts still to see.
    open: Option<(u64, f32, u32)>,
    least_zeros: u64,
    most_zeros: u64,
    /// Count and samples of runs of zeros by the level of their quieter side.
    dropouts: Vec<(u64, u64)>,
    true_peak: TruePeak,
}

impl Samples {
    pub(super) fn new(rate: u32) -> Samples {
        let part = (rate / 4000).max(1);
        Samples {
            count: 0,
            sum: 0.0,
            squares: 0.0,
            peaks: [0.0; 2],
            full_scale_run: 0,
            clipped: 0,
            last: 0.0,
            run: 1,
            run_entry: 0.0,
            flat: [vec![0; FLAT_BINS], vec![0; FLAT_BINS]],
            zeros: 0,
            around: [0.0; 2],
            part,
            part_left: part,
            before_zeros: 0.0,
            open: None,
            least_zeros: u64::from(rate / 200).max(1),
            most_zeros: u64::from(rate) / 2,
            dropouts: vec![(0, 0); EDGE_BINS],
            true_peak: TruePeak::new(),
        }
    }

    /// Takes a block; all but the last must have [`BLOCK`] samples.
    pub(super) fn take(&mut self, block: &[f32]) {
        let sums = Sums::of(block);
        self.count += block.len() as u64;
        self.sum += sums.sum;
        self.squares += sums.squares;
        self.peaks[0] = self.peaks[0].max(sums.highest);
        self.peaks[1] = self.peaks[1].max(-sums.lowest);
        let largest = sums.highest.max(-sums.lowest);
        if largest >= FULL_SCALE {
            self.clipping(block);
        } else {
            self.full_scale_run = 0;
        }
        // Tops that are not near the peak now will not be near it later.
        if sums.highest >= NEAR_PEAK * self.peaks[0] || -sums.lowest >= NEAR_PEAK * self.peaks[1] {
            self.flat_tops(block);
        } else if let Some(last) = block.last() {
            (self.last, self.run) = (*last, 0);
        }
        self.dropouts(block);
        self.true_peak.take(block, largest);
    }

    fn clipping(&mut self, block: &[f32]) {
        for sample in block {
            if sample.abs() >= FULL_SCALE {
                self.full_scale_run += 1;
                self.clipped += match self.full_scale_run {
                    1 => 0,
                    2 => 2,
                    _ => 1,
                };
            } else {
                self.full_scale_run = 0;
            }
        }
    }

    fn flat_tops(&mut self, block: &[f32]) {
        for &sample in block {
            let step = (sample - self.last).abs();
            if step <= FLAT {
                self.run += 1;
            } else {
                if self.run >= FLAT_RUN && (step > EDGE || self.run_entry > EDGE) {
                    let bin = ((self.last.abs() * (FLAT_BINS / 2) as f32) as usize).min(FLAT_BINS - 1);
                    self.flat[usize::from(self.last < 0.0)][bin] += self.run;
                }
                (self.run, self.run_entry) = (1, step);
            }
            self.last = sample;
        }
    }

    /// Looks at each sample only where a run of zeros may be: one of 5 ms has sixteen at a multiple of
    /// sixteen.
    fn dropouts(&mut self, block: &[f32]) {
        let (groups, _) = block.as_chunks::<16>();
        let zeros = groups.iter().any(|group| group.iter().fold(0f32, |m, s| m.max(s.abs())) == 0.0);
        if zeros || self.zeros > 0 || self.open.is_some() || self.least_zeros < 32 {
            self.dropouts_in(block);
        } else {
            // One may begin at the end, and what comes before it must be known.
            let tail = 32 + 2 * self.part as usize;
            self.around = [0.0; 2];
            self.part_left = self.part;
            self.dropouts_in(&block[block.len().saturating_sub(tail)..]);
        }
    }

    fn dropouts_in(&mut self, block: &[f32]) {
        for &sample in block {
            if sample == 0.0 {
                if self.zeros == 0 {
                    self.before_zeros = self.around[0].max(self.around[1]);
                }
                self.zeros += 1;
            } else if self.zeros > 0 {
                if (self.least_zeros..=self.most_zeros).contains(&self.zeros) && self.before_zeros > 0.0 {
                    // Two parts from here on.
                    self.open = Some((self.zeros, 0.0, self.part * 2));
                }
                self.zeros = 0;
            }
            let size = sample.abs();
            self.around[1] = self.around[1].max(size);
            self.part_left -= 1;
            if self.part_left == 0 {
                self.around = [self.around[1], 0.0];
                self.part_left = self.part;
            }
            if let Some((length, peak, left)) = &mut self.open {
                *peak = peak.max(size);
                *left -= 1;
                if *left == 0 {
                    let level = self.before_zeros.min(*peak);
                    let down = -2.0 * crate::stft::decibels(level);
                    let bin = (down.max(0.0) as usize).min(EDGE_BINS - 1);
                    self.dropouts[bin].0 += 1;
                    self.dropouts[bin].1 += *length;
                    self.open = None;
                }
            }
        }
    }

    /// Largest absolute sample.
    pub(super) fn peak(&self) -> f32 {
        self.peaks[0].max(self.peaks[1])
    }

    /// Largest absolute value between samples too.
    pub(super) fn true_peak(&self) -> f32 {
        self.true_peak.value().max(self.peak())
    }

    /// Samples in flat tops near the peak of their sign.
    pub(super) fn flat_top_samples(&self) -> u64 {
        let mut total = 0;
        for (bins, peak) in self.flat.iter().zip(self.peaks) {
            let first = (NEAR_PEAK * peak * (FLAT_BINS / 2) as f32) as usize;
            total += bins[first.min(FLAT_BINS - 1)..].iter().sum::<u64>();
        }
        total
    }

    /// Count and samples of dropouts whose both sides reach `level_db` (the largest sample within 0.25 to
    /// 0.5 ms of the edge): a fade to silence, as between words of synthetic speech, is none.
    pub(super) fn dropouts_above(&self, level_db: f32) -> (u64, u64) {
        let bins = ((-level_db).max(0.0) as usize + 1).min(EDGE_BINS);
        self.dropouts[..bins].iter().fold((0, 0), |(n, s), (count, samples)| (n + count, s + samples))
    }
}

struct Sums {
    sum: f64,
    squares: f64,
    highest: f32,
    lowest: f32,
}

impl Sums {
    /// In eight strands, added up in a fixed order.
    fn of(block: &[f32]) -> Sums {
        const STRANDS: usize = 8;
        let (mut sum, mut squares) = ([0f32; STRANDS], [0f32; STRANDS]);
        let (mut highest, mut lowest) = ([0f32; STRANDS], [0f32; STRANDS]);
        let mut out = Sums { sum: 0.0, squares: 0.0, highest: 0.0, lowest: 0.0 };
        let (eights, rest) = block.as_chunks::<STRANDS>();
        for eight in eights {
            for s in 0..STRANDS {
                sum[s] += eight[s];
                squares[s] += eight[s] * eight[s];
                highest[s] = if eight[s] > highest[s] { eight[s] } else { highest[s] };
                lowest[s] = if eight[s] < lowest[s] { eight[s] } else { lowest[s] };
            }
        }
        for s in 0..STRANDS {
            out.sum += f64::from(sum[s]);
            out.squares += f64::from(squares[s]);
            out.highest = out.highest.max(highest[s]);
            out.lowest = out.lowest.min(lowest[s]);
        }
        for &sample in rest {
            out.sum += f64::from(sample);
            out.squares += f64::from(sample) * f64::from(sample);
            out.highest = out.highest.max(sample);
            out.lowest = out.lowest.min(sample);
        }
        out
    }
}
