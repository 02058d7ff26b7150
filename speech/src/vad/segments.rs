//! From frames to segments: short gaps closed, short bursts dropped, ends padded, long stretches cut
//! where it is quiet.

use std::ops::Range;

use super::{Frame, Mode};
use crate::stft::Stft;

/// How [`segments`] joins frames. Times in milliseconds are rounded to frames of 10 ms.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct SegmentOptions {
    /// Which frames are speech.
    pub mode: Mode,
    /// Shorter speech is dropped, after gaps are closed.
    pub min_speech_ms: u32,
    /// Shorter silence between speech becomes part of it.
    pub min_silence_ms: u32,
    /// Added before and after; where two would meet, each gets half of the silence.
    pub padding_ms: u32,
    /// Longer segments are cut at the quietest place in their second half; 0 for no limit.
    pub max_length_ms: u32,
}

impl Default for SegmentOptions {
    fn default() -> SegmentOptions {
        SegmentOptions {
            mode: Mode::Normal,
            min_speech_ms: 100,
            min_silence_ms: 200,
            padding_ms: 50,
            max_length_ms: 30_000,
        }
    }
}

/// Segments of speech as half-open ranges of samples, in order, without overlap, none longer than the
/// limit.
///
/// `rate` is that of the samples the frames were made of, `samples` their number. Segments that were cut
/// touch.
///
/// ```
/// use sprog_speech::vad::{Frame, SegmentOptions, segments};
/// let mut frames = vec![Frame { score: -5.0, level_db: -60.0 }; 100];
/// frames[40..80].fill(Frame { score: 5.0, level_db: -20.0 });
/// let options = SegmentOptions { padding_ms: 100, ..SegmentOptions::default() };
/// assert_eq!(segments(&frames, 8_000, 8_000, &options), [2400..7200]);
/// ```
pub fn segments(frames: &[Frame], rate: u32, samples: u64, options: &SegmentOptions) -> Vec<Range<u64>> {
    let in_frames = |ms: u32| ms as usize / 10 + usize::from(ms % 10 >= 5);
    let mut runs = runs(frames, options.mode);
    close_gaps(&mut runs, in_frames(options.min_silence_ms));
    runs.retain(|run| run.len() >= in_frames(options.min_speech_ms).max(1));
    pad(&mut runs, in_frames(options.padding_ms), frames.len());
    let limit = if options.max_length_ms == 0 { usize::MAX } else { in_frames(options.max_length_ms).max(1) };
    let mut out = Vec::new();
    for run in runs {
        cut(run, frames, limit, &mut |piece| {
            let at = |frame: usize| Stft::start(rate, frame as u64).min(samples);
            let range = at(piece.start)..at(piece.end);
            if !range.is_empty() {
                out.push(range);
            }
        });
    }
    // The last frame may stand for more samples than there are, and for rates with odd hops for one fewer.
    if let Some(last) = out.last_mut()
        && samples.saturating_sub(last.end) <= 1
    {
        last.end = samples.max(last.end);
    }
    out
}

fn runs(frames: &[Frame], mode: Mode) -> Vec<Range<usize>> {
    let mut runs: Vec<Range<usize>> = Vec::new();
    for (index, frame) in frames.iter().enumerate().filter(|(_, f)| f.is_speech(mode)) {
        debug_assert!(frame.score > mode.threshold());
        match runs.last_mut() {
            Some(last) if last.end == index => last.end += 1,
            _ => runs.push(index..index + 1),
        }
    }
    runs
}

fn close_gaps(runs: &mut Vec<Range<usize>>, least: usize) {
    runs.dedup_by(|next, last| {
        let close = next.start - last.end < least;
        if close {
            last.end = next.end;
        }
        close
    });
}

fn pad(runs: &mut [Range<usize>], padding: usize, frames: usize) {
    let mut before = 0;
    for index in 0..runs.len() {
        let next = runs.get(index + 1).map(|run| run.start);
        let run = &mut runs[index];
        run.start = run.start.saturating_sub(padding).max(before);
        run.end = match next {
            Some(next) => (run.end + padding).min(run.end + (next - run.end) / 2),
            None => run.end.saturating_add(padding).min(frames),
        };
        before = run.end;
    }
}

/// Cuts what is longer than `limit` at the frame of its second half (before the limit) that is quietest
/// over 50 ms.
fn cut(mut run: Range<usize>, frames: &[Frame], limit: usize, each: &mut impl FnMut(Range<usize>)) {
    while run.len() > limit {
        // If little is left over, the cut is sought in the middle, so that no scrap remains.
        let least = (limit / 2).max(1);
        let most = if run.len() < limit + least { run.len() - least / 2 } else { limit };
        let most = most.clamp(least, limit);
        let quiet = |at: usize| -> f32 {
            let around = at.saturating_sub(2)..(at + 3).min(frames.len());
            let count = around.len() as f32;
            frames[around].iter().map(|f| f.level_db).sum::<f32>() / count
        };
        let place = (run.start + least..=run.start + most)
            .min_by(|a, b| quiet(*a).total_cmp(&quiet(*b)))
            .unwrap_or(run.start + limit);
        each(run.start..place);
        run.start = place;
    }
    each(run);
}
