//! A long recording as cepstra, made from its samples piece by piece.

use std::ops::Range;

use super::offset::Offsets;
use crate::align::{CepstralMean, Error, Features, FrontEnd};

/// Frames that are made at a time.
const PIECE: usize = 4000;
/// What the mean of all speech weighs in the mean of the speech near a place, in seconds.
const PRIOR: f64 = 0.5;
/// How far "near" goes on both sides, in seconds.
const AROUND: f64 = 2.0;
/// Seconds that one mean holds for.
const BLOCK: f64 = 0.25;

/// A long recording, ready to be aligned: cepstra (38 MB an hour with the usual options) in place of
/// samples, and where its speech is.
#[derive(Clone, Debug)]
pub struct Recording {
    pub(super) cepstra: Features,
    pub(super) shift: usize,
    pub(super) samples: u64,
    /// Stretches of speech in frames, in order.
    pub(super) speech: Vec<Range<usize>>,
    /// Mean of the speech near each block of `block` frames.
    means: Vec<Vec<f32>>,
    block: usize,
}

/// Makes a [`Recording`] from samples in pieces of any size; the result does not depend on the
/// pieces.
pub struct RecordingBuilder<'a> {
    front_end: &'a FrontEnd,
    shift: usize,
    /// Frames on both sides of a piece that windows reach into.
    margin: usize,
    /// Samples from `first` on.
    buffer: Vec<f32>,
    /// Sample that the buffer starts at, a multiple of the shift.
    first: u64,
    /// Frames made.
    done: usize,
    samples: u64,
    dim: usize,
    data: Vec<f32>,
    not_finite: Option<usize>,
}

impl<'a> RecordingBuilder<'a> {
    /// A builder with the front end of the model that will align the recording.
    pub fn new(front_end: &'a FrontEnd) -> RecordingBuilder<'a> {
        let options = front_end.options();
        RecordingBuilder {
            front_end,
            shift: options.shift_samples(),
            margin: (options.frame_length_ms / options.frame_shift_ms).ceil() as usize + 1,
            buffer: Vec::new(),
            first: 0,
            done: 0,
            samples: 0,
            dim: front_end.options().num_ceps,
            data: Vec::new(),
            not_finite: None,
        }
    }

    /// Takes the next mono samples at 16 kHz.
    pub fn push(&mut self, samples: &[f32]) {
        let mut rest = samples;
        let piece = PIECE * self.shift;
        let margin = self.margin * self.shift;
        while !rest.is_empty() {
            // Up to a margin behind the piece that is being filled.
            let full = self.done as u64 * self.shift as u64 + (piece + margin) as u64;
            let room = (full - self.samples) as usize;
            let (now, later) = rest.split_at(room.min(rest.len()));
            for &sample in now {
                let sound = sample.is_finite();
                if !sound && self.not_finite.is_none() {
                    self.not_finite = Some((self.samples / self.shift as u64) as usize);
                }
                self.buffer.push(if sound { sample } else { 0.0 });
            }
            self.samples += now.len() as u64;
            rest = later;
            if self.samples == full {
                self.make(PIECE);
                let keep = self.done * self.shift - margin;
                self.buffer.drain(..keep - self.first as usize);
                self.first = keep as u64;
            }
        }
    }

    fn make(&mut self, frames: usize) {
        let made = self.front_end.cepstra(&self.buffer);
        let skip = self.done - self.first as usize / self.shift;
        let take = frames.min(made.frames.saturating_sub(skip));
        let values = skip * self.dim..(skip + take) * self.dim;
        self.data.extend_from_slice(made.data.get(values).unwrap_or(&[]));
        self.done += take;
    }

    /// Finishes. `speech` are stretches of speech in samples, in order, as a voice activity detector
    /// finds them; without any (an empty list) loud frames are taken for speech.
    ///
    /// # Errors
    /// [`Error::NotFinite`] when a sample was no finite number.
    pub fn finish(mut self, speech: &[Range<u64>]) -> Result<Recording, Error> {
        if let Some(frame) = self.not_finite {
            return Err(Error::NotFinite { frame });
        }
        self.make(usize::MAX);
        let frames = self.data.len() / self.dim.max(1);
        let cepstra = Features { frames, dim: self.dim, data: self.data };
        let a_second = 16_000.0 / self.shift as f64;
        let pad = (0.15 * a_second) as usize;
        let raw: Vec<Range<usize>> = if speech.is_empty() {
            loud(&cepstra)
        } else {
            speech
                .iter()
                .map(|r| (r.start / self.shift as u64) as usize..(r.end / self.shift as u64) as usize)
                .collect()
        };
        let mut merged: Vec<Range<usize>> = Vec::new();
        for range in raw {
            let range = range.start.saturating_sub(pad)..(range.end + pad).min(frames);
            match merged.last_mut() {
                Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
                _ if range.is_empty() => {}
                _ => merged.push(range),
            }
        }
        let block = ((BLOCK * a_second) as usize).max(1);
        let means = means(&cepstra, &merged, block, a_second);
        Ok(Recording { cepstra, shift: self.shift, samples: self.samples, speech: merged, means, block })
    }
}

impl Recording {
    /// Samples at 16 kHz.
    pub fn samples(&self) -> u64 {
        self.samples
    }

    /// Stretches of speech (or what sounds like it) in samples.
    pub fn speech(&self) -> Vec<Range<u64>> {
        let at = |frame: usize| (frame * self.shift) as u64;
        self.speech.iter().map(|r| at(r.start)..at(r.end).min(self.samples)).collect()
    }

    pub(super) fn frames_a_second(&self) -> f64 {
        16_000.0 / self.shift as f64
    }

    pub(super) fn frames(&self) -> usize {
        self.cepstra.frames
    }

    /// Where to stop listening when starting at `start`: at `end`, or at the quietest frame in the
    /// last third of the next `most` frames.
    pub(super) fn quiet_cut(&self, start: usize, end: usize, most: usize) -> usize {
        if end - start <= most {
            return end;
        }
        let dim = self.cepstra.dim;
        let level = |t: usize| self.cepstra.data[t * dim];
        (start + most * 2 / 3..start + most)
            .min_by(|&a, &b| level(a).total_cmp(&level(b)))
            .unwrap_or(start + most)
    }

    /// Features of a stretch as of a recording of its own.
    pub(super) fn alone(&self, front_end: &FrontEnd, frames: Range<usize>) -> Features {
        let dim = self.cepstra.dim;
        let data = self.cepstra.data[frames.start * dim..frames.end * dim].to_vec();
        let slice = Features { frames: frames.len(), dim, data };
        let mean = CepstralMean::of(&slice).mean();
        front_end.finish(&slice, &mean)
    }

    /// Mean of the speech near the frame.
    pub(super) fn mean(&self, frame: usize) -> &[f32] {
        self.means.get(frame / self.block).map_or(&[], Vec::as_slice)
    }

    pub(super) fn cepstrum(&self, frame: usize) -> &[f32] {
        self.cepstra.row(frame)
    }

    /// Features of the frames, every `stride`th, less the mean of the speech near them and
    /// less the offsets.
    pub(super) fn features(
        &self,
        front_end: &FrontEnd,
        frames: Range<usize>,
        stride: usize,
        offsets: Option<&Offsets>,
    ) -> Features {
        let ceps = self.cepstra.dim;
        let margin = 4 * front_end.options().delta_step;
        let from = frames.start.saturating_sub(margin);
        let to = (frames.end + margin).min(self.cepstra.frames);
        let slice = Features {
            frames: to - from,
            dim: ceps,
            data: self.cepstra.data[from * ceps..to * ceps].to_vec(),
        };
        let all = front_end.finish(&slice, &vec![0.0; ceps]);
        let mut data = Vec::with_capacity(frames.len().div_ceil(stride) * all.dim);
        for t in frames.step_by(stride) {
            let at = data.len();
            data.extend_from_slice(all.row(t - from));
            for (value, mean) in data[at..at + ceps].iter_mut().zip(self.mean(t)) {
                *value -= mean;
            }
            if let Some(row) = offsets.and_then(|o| o.rows.get(t / o.block)) {
                for (value, offset) in data[at..at + ceps].iter_mut().zip(row) {
                    *value -= offset;
                }
            }
        }
        Features { frames: data.len() / all.dim.max(1), dim: all.dim, data }
    }
}

/// Frames that are loud for the recording: the zeroth cepstrum above a tenth of the way from its
/// quiet to its loud frames, holes of up to 0.2 s filled.
fn loud(cepstra: &Features) -> Vec<Range<usize>> {
    let dim = cepstra.dim.max(1);
    let levels: Vec<f32> = cepstra.data.chunks_exact(dim).map(|row| row[0]).collect();
    let mut sorted: Vec<f32> = levels.iter().step_by(1 + levels.len() / 20_000).copied().collect();
    sorted.sort_by(f32::total_cmp);
    let at = |share: f64| sorted.get((sorted.len() as f64 * share) as usize).copied().unwrap_or(0.0);
    let (quiet, high) = (at(0.02), at(0.95));
    let threshold = quiet + 0.3 * (high - quiet);
    let mut found: Vec<Range<usize>> = Vec::new();
    for (t, &level) in levels.iter().enumerate() {
        if level < threshold {
            continue;
        }
        match found.last_mut() {
            Some(last) if t <= last.end + 40 => last.end = t + 1,
            _ => found.push(t..t + 1),
        }
    }
    found
}

/// Mean of the speech around each block, drawn towards that of all speech the less there is.
fn means(cepstra: &Features, speech: &[Range<usize>], block: usize, a_second: f64) -> Vec<Vec<f32>> {
    let dim = cepstra.dim;
    let blocks = cepstra.frames.div_ceil(block).max(1);
    let mut sums = vec![vec![0f64; dim]; blocks];
    let mut counts = vec![0f64; blocks];
    let (mut all, mut all_count) = (vec![0f64; dim], 0f64);
    for t in speech.iter().flat_map(Clone::clone) {
        for ((s, a), v) in sums[t / block].iter_mut().zip(&mut all).zip(cepstra.row(t)) {
            *s += f64::from(*v);
            *a += f64::from(*v);
        }
        counts[t / block] += 1.0;
        all_count += 1.0;
    }
    let prior = PRIOR * a_second;
    let reach = (AROUND * a_second / block as f64).round() as usize;
    (0..blocks)
        .map(|b| {
            let near = b.saturating_sub(reach)..(b + reach + 1).min(blocks);
            let count: f64 = counts[near.clone()].iter().sum();
            (0..dim)
                .map(|k| {
                    let sum: f64 = sums[near.clone()].iter().map(|s| s[k]).sum();
                    ((sum + prior * all[k] / f64::max(all_count, 1.0)) / (count + prior)) as f32
                })
                .collect()
        })
        .collect()
}
