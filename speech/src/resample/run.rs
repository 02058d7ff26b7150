//! The loops over outputs: which taps meet which samples.

use super::dot::{GROUP, Vectors};
use super::filter::{Filter, lagrange};

/// Where the next output lies.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Place {
    /// The sample that the first tap takes.
    pub(super) start: usize,
    /// Part of a sample after it, in `phases`.
    pub(super) phase: usize,
}

impl Place {
    /// The place so many outputs later.
    #[inline]
    pub(super) fn after(self, outputs: usize, filter: &Filter) -> Self {
        let ahead = self.phase as u64 + outputs as u64 * filter.step as u64;
        let phases = filter.phases as u64;
        Self { start: self.start + (ahead / phases) as usize, phase: (ahead % phases) as usize }
    }
}

/// Fills `out` with outputs from `place` on. `samples` must reach to the last output's last tap.
pub(super) fn run(vectors: Vectors, filter: &Filter, place: Place, samples: &[f32], out: &mut [f32]) {
    if filter.interpolated_rows > 0 {
        between_rows(vectors, filter, place, samples, out);
    } else if out.len() >= filter.phases * GROUP {
        by_phase(vectors, filter, place, samples, out);
    } else {
        in_order(vectors, filter, place, samples, out);
    }
}

/// Outputs of one phase together, which share their taps.
fn by_phase(vectors: Vectors, filter: &Filter, place: Place, samples: &[f32], out: &mut [f32]) {
    let Filter { phases, step, taps, .. } = *filter;
    for first in 0..phases {
        let Place { mut start, phase } = place.after(first, filter);
        let row = filter.row(phase);
        let mut n = first;
        while n + (GROUP - 1) * phases < out.len() {
            let windows = std::array::from_fn(|k| &samples[start + k * step..][..taps]);
            let sums = vectors.row_by_windows(row, windows);
            for (k, sum) in sums.into_iter().enumerate() {
                out[n + k * phases] = sum;
            }
            n += GROUP * phases;
            start += GROUP * step;
        }
        if n < out.len() {
            // A short group computes its last output again.
            let last = (out.len() - 1 - n) / phases;
            let windows = std::array::from_fn(|k| &samples[start + k.min(last) * step..][..taps]);
            let sums = vectors.row_by_windows(row, windows);
            for (k, sum) in sums.into_iter().enumerate().take(last + 1) {
                out[n + k * phases] = sum;
            }
        }
    }
}

/// Neighbouring outputs together, each with its own taps.
fn in_order(vectors: Vectors, filter: &Filter, place: Place, samples: &[f32], out: &mut [f32]) {
    for (n, group) in out.chunks_mut(GROUP).enumerate() {
        let places: [Place; GROUP] =
            std::array::from_fn(|k| place.after(n * GROUP + k.min(group.len() - 1), filter));
        let windows = places.map(|p| &samples[p.start..][..filter.taps]);
        let sums = vectors.rows_by_windows(places.map(|p| filter.row(p.phase)), windows);
        group.copy_from_slice(&sums[..group.len()]);
    }
}

/// Outputs between rows, from the four rows around each.
fn between_rows(vectors: Vectors, filter: &Filter, place: Place, samples: &[f32], out: &mut [f32]) {
    let phases = filter.phases as u64;
    for (n, slot) in out.iter_mut().enumerate() {
        let place = place.after(n, filter);
        let exact = place.phase as u64 * filter.interpolated_rows as u64;
        let weights = lagrange((exact % phases) as f64 / filter.phases as f64);
        let rows = std::array::from_fn(|k| filter.row((exact / phases) as usize + k));
        let sums = vectors.rows_by_windows(rows, [&samples[place.start..][..filter.taps]; GROUP]);
        *slot = sums.iter().zip(weights).map(|(sum, weight)| f64::from(*sum) * weight).sum::<f64>() as f32;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noise(count: usize) -> Vec<f32> {
        let mut state = 1u32;
        (0..count)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (state >> 8) as f32 / (1 << 23) as f32 - 1.0
            })
            .collect()
    }

    #[test]
    fn every_way_to_run_gives_the_same_bits() {
        for (from, to) in [(48_000, 16_000), (44_100, 16_000), (16_000, 48_000), (44_101, 16_000)] {
            let filter = Filter::low_pass(from, 1, to);
            let count = 1001;
            let samples = noise(filter.taps + count * filter.step / filter.phases + 1);
            let place = Place { start: 0, phase: filter.phases / 2 };
            let (mut fast, mut plain) = (vec![0.0; count], vec![0.0; count]);
            run(Vectors::detect(), &filter, place, &samples, &mut fast);
            run(Vectors::PLAIN, &filter, place, &samples, &mut plain);
            assert_eq!(fast, plain, "{from} to {to}");
            for (n, whole) in plain.iter().enumerate() {
                let mut one = [0.0];
                run(Vectors::PLAIN, &filter, place.after(n, &filter), &samples, &mut one);
                assert_eq!(one[0], *whole, "{from} to {to}, output {n}");
            }
        }
    }

    #[test]
    fn halving_gives_the_same_bits_with_any_vectors() {
        for reach in 1..20 {
            let (taps, odd) = (noise(reach), noise(1003 + 2 * reach));
            let (mut fast, mut plain) = (noise(1003), noise(1003));
            Vectors::detect().add_pairs(&taps, &odd, &mut fast);
            Vectors::PLAIN.add_pairs(&taps, &odd, &mut plain);
            assert_eq!(fast, plain);
            for (n, (sum, before)) in plain.iter().zip(noise(1003)).enumerate() {
                let mut one = [before];
                Vectors::PLAIN.add_pairs(&taps, &odd[n..], &mut one);
                assert_eq!(one[0], *sum, "{reach} taps, output {n}");
            }
        }
    }
}
