//! Sample rate conversion by polyphase filters, without delay, and with the same bits on every machine.
//!
//! One filter serves all ratios, as a share of the lower rate: within 0.02 dB up to 0.465 of it, and 115 dB
//! down from 0.506 on. To 16 kHz that is flat to 7.45 kHz, 2 dB down at 7.6 kHz, and gone from 8.1 kHz; 8–8.1
//! kHz may fold back to 7.9–8 kHz. A constant comes out as the same constant, but for rounding.
//!
//! - Ratios of small numbers (48, 44.1, 32, 24, 22.05, 11.025 or 8 to 16 kHz and back) have the exact taps of
//!   each output; other ratios (44,101 to 16,000 Hz) interpolate between 64 or 128 rows of taps.
//! - From 2.5 times the rate on, half-band filters halve it first.
//! - Sums are of `f32`, in an order that does not depend on the processor ([`Resampler`] says the noise).
//! - Outside the recording is silence. Samples that are not finite, or beyond 10³⁰, count as 0; samples below
//!   10⁻³⁰ may. Nothing is clipped: a full-scale square wave has peaks over 1 afterwards.
//!
//! It does not follow a rate that changes, and a minimum-phase filter is not there.

mod design;
mod dot;
mod filter;
mod halve;
mod run;
mod stage;

use crate::Error;
use filter::Filter;
use halve::Halver;
use stage::Stage;

/// Rates outside are a mistake in a header rather than audio.
const RATES: std::ops::RangeInclusive<u32> = 1_000..=768_000;
/// Frames in or out, whichever are more, that are computed at a time.
const CHUNK_FRAMES: u64 = 8192;

/// Converts interleaved samples from `from` to `to` Hz, without delay.
///
/// The result has `round(frames × to / from)` frames, halves rounded up; the last frame is left out if it lacks
/// channels. Equal to one [`Resampler`] that gets all samples at once; the taps of
/// the last ratios used are kept, so that many short recordings do not wait for them.
///
/// ```
/// use sprog_speech::resample::resample;
/// let stereo = vec![0.25; 2 * 44_100];
/// let at_16k = resample(&stereo, 2, 44_100, 16_000)?;
/// assert_eq!(at_16k.len(), 2 * 16_000);
/// # Ok::<(), sprog_speech::Error>(())
/// ```
///
/// # Errors
/// For rates outside 1–768 kHz and for no channels.
pub fn resample(samples: &[f32], channels: u16, from: u32, to: u32) -> Result<Vec<f32>, Error> {
    let mut plan = Resampler::new(channels, from, to)?;
    let mut output = Vec::with_capacity(plan.max_output_len(samples.len()));
    plan.process(samples, &mut output);
    plan.finish(&mut output);
    Ok(output)
}

/// A conversion between two rates, for streams and for many recordings.
///
/// Pieces of any size give the same samples as all at once. Memory does not grow with the recording. A tone of
/// 1 kHz to 16 kHz comes out with all else 123 dB below it or less, and any tone to any rate with 115 dB.
///
/// ```
/// use sprog_speech::resample::{Resampler, resample};
/// let samples: Vec<f32> = (0..4800).map(|n| (n % 100) as f32 / 100.0).collect();
/// let mut plan = Resampler::new(1, 48_000, 16_000)?;
/// let mut output = Vec::new();
/// for piece in samples.chunks(77) {
///     plan.process(piece, &mut output);
/// }
/// plan.finish(&mut output);
/// assert_eq!(output, resample(&samples, 1, 48_000, 16_000)?);
/// # Ok::<(), sprog_speech::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Resampler {
    channels: u16,
    from: u32,
    to: u32,
    /// Filters that halve the rate, in order.
    halvers: Vec<Halver>,
    /// The last filter; none for equal rates.
    last: Option<Stage>,
    /// Frames that the first filter gets at a time, at most.
    chunk: usize,
    /// One channel of a chunk.
    channel: Vec<f32>,
    /// The start of a frame whose other channels have not come.
    partial: Vec<f32>,
    frames_in: u64,
    frames_out: u64,
}

impl Resampler {
    /// Makes the filter's taps and all buffers.
    ///
    /// # Errors
    /// For rates outside 1–768 kHz and for no channels.
    pub fn new(channels: u16, from: u32, to: u32) -> Result<Self, Error> {
        if channels == 0 || !RATES.contains(&from) || !RATES.contains(&to) {
            return Err(Error::Resample { channels, from, to, reason: "out of range".into() });
        }
        let width = usize::from(channels);
        let mut divisor = 1;
        while 2 * u64::from(from) >= 5 * u64::from(to) * u64::from(divisor) {
            divisor *= 2;
        }
        let filter = Filter::low_pass(from, divisor, to);
        let chunk = chunk_frames(from, divisor, to, &filter);
        let (mut halvers, mut first_in, mut most) = (Vec::new(), 0, chunk);
        for n in 0..divisor.trailing_zeros() {
            let halver = Halver::new(from, 1 << n, to, width, first_in, most);
            first_in = halver.first_out(first_in);
            most = most / 2 + 2;
            halvers.push(halver);
        }
        let last = (from != to).then(|| Stage::new(filter, width, first_in, most));
        let (channel, partial) = (Vec::with_capacity(chunk), Vec::with_capacity(width));
        let (frames_in, frames_out) = (0, 0);
        Ok(Self { channels, from, to, halvers, last, chunk, channel, partial, frames_in, frames_out })
    }

    /// Channels of a frame.
    pub fn channels(&self) -> u16 {
        self.channels
    }

    /// Samples that [`Resampler::process`] and [`Resampler::finish`] together append at most for so many samples
    /// in, when nothing was processed before. With that much room in the output they do not allocate.
    pub fn max_output_len(&self, samples: usize) -> usize {
        let width = usize::from(self.channels);
        let frames = self.frames_for((samples / width) as u64);
        usize::try_from(frames).unwrap_or(usize::MAX).saturating_mul(width)
    }

    /// Takes interleaved samples, and appends those that are certain by now. A frame may be split between calls.
    pub fn process(&mut self, input: &[f32], output: &mut Vec<f32>) {
        let width = usize::from(self.channels);
        let mut input = input;
        if !self.partial.is_empty() {
            let missing = (width - self.partial.len()).min(input.len());
            self.partial.extend_from_slice(&input[..missing]);
            input = &input[missing..];
            if self.partial.len() < width {
                return;
            }
            let frame = std::mem::take(&mut self.partial);
            self.push(&frame, output);
            self.partial = frame;
            self.partial.clear();
        }
        let whole = input.len() - input.len() % width;
        for piece in input[..whole].chunks(self.chunk * width) {
            self.push(piece, output);
        }
        self.partial.extend_from_slice(&input[whole..]);
    }

    /// Appends what is left, and makes the plan ready for another recording.
    pub fn finish(&mut self, output: &mut Vec<f32>) {
        let missing = self.frames_for(self.frames_in).saturating_sub(self.frames_out);
        let wanted =
            usize::try_from(missing).unwrap_or(usize::MAX).saturating_mul(usize::from(self.channels));
        let end = output.len().saturating_add(wanted);
        while output.len() < end && self.last.is_some() {
            self.channel.clear();
            self.channel.resize(self.chunk, 0.0);
            for n in 0..usize::from(self.channels) {
                self.push_channel(n);
            }
            self.run(output, end);
        }
        self.reset();
    }

    /// Forgets the recording begun.
    pub fn reset(&mut self) {
        self.halvers.iter_mut().for_each(Halver::reset);
        self.last.iter_mut().for_each(Stage::reset);
        self.partial.clear();
        (self.frames_in, self.frames_out) = (0, 0);
    }

    /// Frames that so many frames become.
    fn frames_for(&self, frames: u64) -> u64 {
        let (from, to) = (u128::from(self.from), u128::from(self.to));
        u64::try_from((u128::from(frames) * to + from / 2) / from).unwrap_or(u64::MAX)
    }

    /// Takes whole frames, at most a chunk of them.
    fn push(&mut self, frames: &[f32], output: &mut Vec<f32>) {
        let width = usize::from(self.channels);
        self.frames_in = self.frames_in.saturating_add((frames.len() / width) as u64);
        if self.last.is_none() {
            output.extend(frames.iter().map(|s| if s.is_finite() { *s } else { 0.0 }));
            self.frames_out = self.frames_in;
            return;
        }
        for n in 0..width {
            self.channel.clear();
            if width == 1 {
                self.channel.extend(frames.iter().map(|s| clean(*s)));
            } else {
                self.channel.extend(frames.chunks_exact(width).map(|frame| clean(frame[n])));
            }
            self.push_channel(n);
        }
        self.run(output, usize::MAX);
    }

    /// Gives a channel's chunk to the first filter.
    fn push_channel(&mut self, n: usize) {
        if let Some(halver) = self.halvers.first_mut() {
            halver.push(n, &self.channel);
        } else if let Some(last) = &mut self.last {
            last.push(n, &self.channel);
        }
    }

    /// Runs all filters, and appends to `output` until it has `end` samples.
    fn run(&mut self, output: &mut Vec<f32>, end: usize) {
        let width = usize::from(self.channels);
        let Some(last) = &mut self.last else { return };
        let mut halvers = self.halvers.as_mut_slice();
        while let Some((halver, rest)) = halvers.split_first_mut() {
            halver.run();
            for n in 0..width {
                match rest.first_mut() {
                    Some(next) => next.push(n, halver.output(n)),
                    None => last.push(n, halver.output(n)),
                }
            }
            halvers = rest;
        }
        last.run();
        let frames = last.output(0).len().min((end - output.len()) / width);
        self.frames_out += frames as u64;
        if width == 1 {
            output.extend_from_slice(&last.output(0)[..frames]);
            return;
        }
        let old = output.len();
        output.resize(old + frames * width, 0.0);
        for n in 0..width {
            for (frame, sample) in output[old..].chunks_exact_mut(width).zip(last.output(n)) {
                frame[n] = *sample;
            }
        }
    }
}

/// Frames at a time: some thousand, and so many that each phase has whole groups of outputs.
fn chunk_frames(from: u32, divisor: u32, to: u32, filter: &Filter) -> usize {
    let wanted = (CHUNK_FRAMES * u64::from(from) / u64::from(to)).clamp(16, CHUNK_FRAMES) as usize;
    let whole = dot::GROUP * filter.step * divisor as usize;
    if filter.interpolated_rows == 0 && whole <= 2 * wanted { wanted.next_multiple_of(whole) } else { wanted }
}

/// Takes out what would spread through a sum, or slow it down.
#[inline]
fn clean(sample: f32) -> f32 {
    if (1e-30..=1e30).contains(&sample.abs()) { sample } else { 0.0 }
}
