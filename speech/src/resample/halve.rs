//! Halving a rate: a half-band filter, whose every other tap is zero.

use super::dot::Vectors;
use super::filter::half_band;

/// Outputs computed together; they stay in the fastest cache.
const BLOCK: usize = 1024;

/// A half-band filter at work on a stream of channels. Output `m` lies at sample `2m`.
#[derive(Clone, Debug)]
pub(super) struct Halver {
    vectors: Vectors,
    /// Taps at distances 1, 3, 5 and so on; that in the middle is a half.
    taps: Vec<f32>,
    /// Silence before the first sample.
    lead: usize,
    channels: Vec<Channel>,
}

/// Samples still needed, and the last outputs.
#[derive(Clone, Debug)]
struct Channel {
    /// Samples of even number; the first lies at the next output.
    even: Vec<f32>,
    /// Samples of odd number; the first lies as many outputs before as there are taps.
    odd: Vec<f32>,
    next_is_odd: bool,
    made: Vec<f32>,
}

impl Halver {
    /// A filter from `from ÷ divisor` Hz that keeps what [`super::filter::Filter`] passes at `to` Hz. The first
    /// sample is number `first_in` ≤ 0. At most `most` samples come at a time.
    pub(super) fn new(from: u32, divisor: u32, to: u32, channels: usize, first_in: i64, most: usize) -> Self {
        let taps = half_band(f64::from(from) / f64::from(divisor), f64::from(to));
        let first_out = first_out(first_in, taps.len());
        // Even samples start at the first output, and so does the count of those before.
        let lead = usize::try_from(first_in - 2 * first_out).unwrap_or(0);
        let room = lead + 2 * taps.len() + most + 2;
        let channels = (0..channels)
            .map(|_| Channel {
                even: Vec::with_capacity(room),
                odd: Vec::with_capacity(room),
                next_is_odd: false,
                made: Vec::with_capacity(most + 2),
            })
            .collect();
        let mut halver = Self { vectors: Vectors::detect(), taps, lead, channels };
        halver.reset();
        halver
    }

    /// The number of the first output, which holds the filter's ringing ahead of the first sample.
    pub(super) fn first_out(&self, first_in: i64) -> i64 {
        first_out(first_in, self.taps.len())
    }

    /// Forgets all samples.
    pub(super) fn reset(&mut self) {
        for channel in &mut self.channels {
            channel.even.clear();
            channel.odd.clear();
            channel.odd.resize(self.taps.len() + self.lead / 2, 0.0);
            channel.even.resize(self.lead.div_ceil(2), 0.0);
            channel.next_is_odd = self.lead % 2 == 1;
            channel.made.clear();
        }
    }

    /// Takes a channel's samples; all channels get as many before [`Halver::run`].
    pub(super) fn push(&mut self, channel: usize, samples: &[f32]) {
        let Some(Channel { even, odd, next_is_odd, .. }) = self.channels.get_mut(channel) else { return };
        let mut samples = samples;
        if *next_is_odd && let Some((first, rest)) = samples.split_first() {
            odd.push(*first);
            *next_is_odd = false;
            samples = rest;
        }
        let (pairs, last) = samples.as_chunks::<2>();
        let (old_even, old_odd) = (even.len(), odd.len());
        even.resize(old_even + pairs.len(), 0.0);
        odd.resize(old_odd + pairs.len(), 0.0);
        for ((even, odd), pair) in even[old_even..].iter_mut().zip(&mut odd[old_odd..]).zip(pairs) {
            [*even, *odd] = *pair;
        }
        if let [last] = last {
            even.push(*last);
            *next_is_odd = true;
        }
    }

    /// What [`Halver::run`] made of a channel.
    pub(super) fn output(&self, channel: usize) -> &[f32] {
        self.channels.get(channel).map_or(&[], |channel| &channel.made)
    }

    /// Makes every output whose taps all have a sample.
    pub(super) fn run(&mut self) {
        let reach = self.taps.len();
        for Channel { even, odd, made, .. } in &mut self.channels {
            let count = even.len().min((odd.len() + 1).saturating_sub(2 * reach));
            made.clear();
            made.extend(even[..count].iter().map(|sample| 0.5 * sample));
            for (n, block) in made.chunks_mut(BLOCK).enumerate() {
                let odd = &odd[n * BLOCK..][..block.len() + 2 * reach - 1];
                self.vectors.add_pairs(&self.taps, odd, block);
            }
            for held in [even, odd] {
                held.copy_within(count.., 0);
                held.truncate(held.len() - count);
            }
        }
    }
}

/// The first output that a sample from number `first_in` on can reach.
fn first_out(first_in: i64, taps: usize) -> i64 {
    (first_in - 2 * taps as i64).div_euclid(2)
}
