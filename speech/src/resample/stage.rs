//! One filter at work on a stream of channels.

use std::sync::Arc;

use super::dot::Vectors;
use super::filter::Filter;
use super::run::{Place, run};

/// A filter, and the samples that it still needs.
#[derive(Clone, Debug)]
pub(super) struct Stage {
    vectors: Vectors,
    filter: Arc<Filter>,
    /// Silence before the first sample.
    lead: usize,
    /// Samples held, channel by channel.
    held: Vec<Vec<f32>>,
    place: Place,
    /// The last outputs, channel by channel.
    made: Vec<Vec<f32>>,
}

impl Stage {
    /// A stage whose first sample is number `first_in` ≤ 0, and whose first output lies at sample 0. At most `most`
    /// samples come at a time.
    pub(super) fn new(filter: Arc<Filter>, channels: usize, first_in: i64, most: usize) -> Self {
        // Earlier samples than the first tap takes are dropped when they come.
        let lead = usize::try_from(first_in + filter.before as i64).unwrap_or(0);
        let room = lead.max(filter.taps) + filter.step.div_ceil(filter.phases) + most;
        let outputs = (most + 1) as u64 * filter.phases as u64 / filter.step as u64 + 2;
        let held = (0..channels).map(|_| Vec::with_capacity(room)).collect();
        let made = (0..channels).map(|_| Vec::with_capacity(outputs as usize)).collect();
        let mut stage =
            Self { vectors: Vectors::detect(), filter, lead, held, place: Place::default(), made };
        stage.reset();
        stage
    }

    /// Forgets all samples.
    pub(super) fn reset(&mut self) {
        self.place = Place::default();
        for (held, made) in self.held.iter_mut().zip(&mut self.made) {
            held.clear();
            held.resize(self.lead, 0.0);
            made.clear();
        }
    }

    /// Takes a channel's samples; all channels get as many before [`Stage::run`].
    pub(super) fn push(&mut self, channel: usize, samples: &[f32]) {
        if let Some(held) = self.held.get_mut(channel) {
            held.extend_from_slice(samples);
        }
    }

    /// What [`Stage::run`] made of a channel.
    pub(super) fn output(&self, channel: usize) -> &[f32] {
        self.made.get(channel).map_or(&[], Vec::as_slice)
    }

    /// Makes every output whose taps all have a sample.
    pub(super) fn run(&mut self) {
        let held = self.held.first().map_or(0, Vec::len);
        let count = match held.checked_sub(self.place.start + self.filter.taps) {
            Some(room) => {
                let ahead = (room as u64 + 1) * self.filter.phases as u64 - self.place.phase as u64;
                ahead.div_ceil(self.filter.step as u64) as usize
            }
            None => 0,
        };
        let next = self.place.after(count, &self.filter);
        let done = next.start.min(held);
        for (held, made) in self.held.iter_mut().zip(&mut self.made) {
            made.resize(count, 0.0);
            run(self.vectors, &self.filter, self.place, held, made);
            held.copy_within(done.., 0);
            held.truncate(held.len() - done);
        }
        self.place = Place { start: next.start - done, phase: next.phase };
    }
}
