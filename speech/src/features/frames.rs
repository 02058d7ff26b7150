//! Where frames start, how many there are, and what stands beyond a recording's ends.

use std::ops::Range;

use super::lanes::{LANES, Lane, Vector};

/// What stands before the first sample and after the last.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Edge {
    /// Silence.
    Zero,
    /// A mirror beside the last sample, which is so repeated; again for short recordings. Kaldi's.
    Repeated,
    /// A mirror on the last sample; again for short recordings. librosa's and PyTorch's `reflect`.
    Mirrored,
}

/// How many frames a recording of n samples has.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Count {
    /// As many spans of so many samples as fit.
    Fitting(usize),
    /// n / shift, rounded.
    Rounded,
    /// n / shift, cut.
    Shifts,
}

#[derive(Clone, Debug)]
pub(super) struct Framing {
    pub(super) length: usize,
    pub(super) shift: usize,
    /// Start of the first frame, negative if it begins before the recording.
    pub(super) first: i64,
    pub(super) edge: Edge,
    pub(super) count: Count,
}

impl Framing {
    /// Frames of a recording of `samples`; none of an empty one.
    pub(super) fn count(&self, samples: u64) -> u64 {
        let shift = self.shift as u64;
        match self.count {
            _ if samples == 0 => 0,
            Count::Fitting(span) => samples.checked_sub(span as u64).map_or(0, |room| 1 + room / shift),
            Count::Rounded => (samples + shift / 2) / shift,
            Count::Shifts => samples / shift,
        }
    }

    /// Start of a frame.
    pub(super) fn start(&self, frame: u64) -> i64 {
        self.first + (frame * self.shift as u64) as i64
    }

    /// Frames that stay as they are, however a recording that begins with `samples` goes on.
    pub(super) fn settled(&self, samples: u64) -> u64 {
        let mirror = if self.edge == Edge::Zero { 0 } else { 1 - self.first };
        if (samples as i64) < mirror {
            return 0;
        }
        let room = samples as i64 - self.first - self.length as i64;
        let inside = if room < 0 { 0 } else { room as u64 / self.shift as u64 + 1 };
        inside.min(self.count(samples))
    }

    /// Loads the first eight of some frames, or as many as there are, times `scale`; other lanes are 0.
    #[inline(always)]
    pub(super) fn load<V: Vector>(
        &self,
        cpu: V::Cpu,
        piece: Piece<'_>,
        Range { start: frame, end }: Range<u64>,
        scale: f32,
        wave: &mut [Lane],
    ) {
        let wave = &mut wave[..self.length];
        let starts: [Option<usize>; LANES] = std::array::from_fn(|l| {
            let frame = frame + l as u64;
            let start = usize::try_from(self.start(frame) - piece.from as i64).ok()?;
            (frame < end && start + self.length <= piece.samples.len()).then_some(start)
        });
        if let [Some(a), Some(b), Some(c), Some(d), Some(e), Some(f), Some(g), Some(h)] = starts {
            let frames = [a, b, c, d, e, f, g, h].map(|start| &piece.samples[start..start + self.length]);
            let [a, b, c, d, e, f, g, h] = frames.map(|frame| frame.as_chunks::<LANES>().0.iter());
            let scale = V::splat(cpu, scale);
            let (wave, tail) = wave.as_chunks_mut::<LANES>();
            // Zipped, since slices by index would be checked eight times a block.
            let rows = a.zip(b).zip(c.zip(d)).zip(e.zip(f).zip(g.zip(h)));
            for (wave, (((a, b), (c, d)), ((e, f), (g, h)))) in wave.iter_mut().zip(rows) {
                let columns = V::transpose([
                    V::load(cpu, a),
                    V::load(cpu, b),
                    V::load(cpu, c),
                    V::load(cpu, d),
                    V::load(cpu, e),
                    V::load(cpu, f),
                    V::load(cpu, g),
                    V::load(cpu, h),
                ]);
                for k in 0..LANES {
                    (columns[k] * scale).store(&mut wave[k].0);
                }
            }
            for (n, wave) in tail.iter_mut().enumerate() {
                let sample = self.length / LANES * LANES + n;
                (V::load(cpu, &frames.map(|frame| frame[sample])) * scale).store(&mut wave.0);
            }
            return;
        }
        for (l, inside) in starts.iter().enumerate() {
            let frame = frame + l as u64;
            if let Some(start) = inside {
                let samples = &piece.samples[*start..*start + self.length];
                wave.iter_mut().zip(samples).for_each(|(wave, sample)| wave.0[l] = sample * scale);
            } else if frame < end {
                let start = self.start(frame);
                for (n, wave) in wave.iter_mut().enumerate() {
                    wave.0[l] = piece.at(start + n as i64, self.edge) * scale;
                }
            } else {
                wave.iter_mut().for_each(|wave| wave.0[l] = 0.0);
            }
        }
    }
}

/// Part of a recording.
#[derive(Clone, Copy)]
pub(super) struct Piece<'a> {
    pub(super) samples: &'a [f32],
    /// Number of the first of them in the recording.
    pub(super) from: u64,
    /// Samples in the recording.
    pub(super) total: u64,
}

impl Piece<'_> {
    fn at(&self, index: i64, edge: Edge) -> f32 {
        let last = self.total as i64 - 1;
        let inside = match edge {
            _ if (0..=last).contains(&index) => index,
            Edge::Zero => return 0.0,
            Edge::Repeated => {
                let folded = index.rem_euclid(2 * (last + 1));
                if folded > last { 2 * last + 1 - folded } else { folded }
            }
            Edge::Mirrored if last == 0 => 0,
            Edge::Mirrored => {
                let folded = index.rem_euclid(2 * last);
                if folded > last { 2 * last - folded } else { folded }
            }
        };
        let here = usize::try_from(inside - self.from as i64).ok();
        here.and_then(|at| self.samples.get(at)).copied().unwrap_or(0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mirrors_go_on_for_ever() {
        let samples = [1.0, 2.0, 3.0];
        let piece = Piece { samples: &samples, from: 0, total: 3 };
        let row = |edge| (-5..8).map(|n| piece.at(n, edge) as i32).collect::<Vec<_>>();
        assert_eq!(row(Edge::Repeated), [2, 3, 3, 2, 1, 1, 2, 3, 3, 2, 1, 1, 2]);
        assert_eq!(row(Edge::Mirrored), [2, 1, 2, 3, 2, 1, 2, 3, 2, 1, 2, 3, 2]);
        assert_eq!(row(Edge::Zero), [0, 0, 0, 0, 0, 1, 2, 3, 0, 0, 0, 0, 0]);
        let one = Piece { samples: &[7.0], from: 0, total: 1 };
        assert_eq!([one.at(-9, Edge::Mirrored), one.at(3, Edge::Repeated)], [7.0, 7.0]);
    }

    #[test]
    fn frames_are_counted_as_kaldi_counts_them() {
        let snip =
            Framing { length: 400, shift: 160, first: 0, edge: Edge::Zero, count: Count::Fitting(400) };
        assert_eq!([0, 399, 400, 559, 560].map(|n| snip.count(n)), [0, 0, 1, 1, 2]);
        let whole =
            Framing { length: 400, shift: 160, first: -120, edge: Edge::Repeated, count: Count::Rounded };
        assert_eq!([0, 79, 80, 239, 240].map(|n| whole.count(n)), [0, 0, 1, 1, 2]);
        assert_eq!([0, 279, 280, 439, 440].map(|n| whole.settled(n)), [0, 0, 1, 1, 2]);
    }
}
