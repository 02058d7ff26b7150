//! Pieces of a long recording to train on: cut in silence, with the words said in them.

use std::ops::Range;

use super::LongAlignment;
use crate::align::Status;

/// What a piece may be.
#[derive(Clone, Debug, PartialEq)]
pub struct SegmentOptions {
    /// Seconds at the least.
    pub least_s: f64,
    /// Seconds at the most.
    pub most_s: f64,
    /// Milliseconds of silence to cut in, at the least.
    pub pause_ms: f64,
    /// Silence longer than this (milliseconds) is never inside a piece.
    pub longest_pause_ms: f64,
    /// Milliseconds of silence kept before the first word and after the last, where there are as many.
    pub pad_ms: f64,
    /// Share of the words between two pauses that may be suspect or unaligned. Sound without words is
    /// never inside a piece.
    pub most_bad: f64,
}

impl Default for SegmentOptions {
    fn default() -> Self {
        SegmentOptions {
            least_s: 1.0,
            most_s: 30.0,
            pause_ms: 80.0,
            longest_pause_ms: 2000.0,
            pad_ms: 150.0,
            most_bad: 0.0,
        }
    }
}

/// A piece. Samples at 16 kHz.
#[derive(Clone, Debug, PartialEq)]
pub struct Segment {
    /// Samples, with the silence kept on both sides.
    pub samples: Range<u64>,
    /// Words of the transcript.
    pub words: Range<usize>,
    /// Mean score of the words.
    pub score: f32,
    /// Words that are suspect or unaligned.
    pub bad: usize,
}

/// Why a stretch is in no piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Words that are suspect or unaligned.
    Words,
    /// Sound without words.
    Sound,
    /// No pause for longer than a piece may be.
    TooLong,
    /// Shorter than a piece has to be, with nothing to join it to.
    TooShort,
}

/// A stretch that is in no piece.
#[derive(Clone, Debug, PartialEq)]
pub struct LeftOut {
    /// Samples; empty where words are not in the recording.
    pub samples: Range<u64>,
    /// Words of the transcript; empty where the sound has none.
    pub words: Range<usize>,
    /// Why.
    pub reason: Reason,
}

/// All pieces, and what is in none, in order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Segments {
    /// The pieces.
    pub segments: Vec<Segment>,
    /// The rest: every word is in one of the two.
    pub left_out: Vec<LeftOut>,
}

/// A word or a gap.
struct Item {
    samples: Range<u64>,
    words: Range<usize>,
    /// Without a place.
    silent: bool,
}

/// What stands between two pauses.
#[derive(Clone, Debug)]
struct Phrase {
    samples: Range<u64>,
    words: Range<usize>,
    bad: usize,
    score: f64,
    reason: Option<Reason>,
    /// Silence before it.
    pause: u64,
}

/// Cuts a recording of `samples` samples into pieces. No cut goes through a word.
pub fn segments(alignment: &LongAlignment, samples: u64, options: &SegmentOptions) -> Segments {
    let at = |ms: f64| (ms.max(0.0) * 16.0) as u64;
    let phrases = phrases(alignment, at(options.pause_ms).max(1), options.most_bad);
    let (least, most) = (at(options.least_s * 1000.0), at(options.most_s * 1000.0));
    let mut result = Segments::default();
    let mut open: Vec<Phrase> = Vec::new();
    for phrase in phrases {
        let whole = open.first().map_or(phrase.samples.start, |f| f.samples.start)..phrase.samples.end;
        let joins =
            whole.end.saturating_sub(whole.start) <= most && phrase.pause <= at(options.longest_pause_ms);
        if phrase.reason.is_some() || !joins {
            close(&mut open, alignment, least, &mut result);
        }
        if phrase.reason.is_none() && phrase.samples.end - phrase.samples.start > most {
            result.left_out.push(LeftOut {
                samples: phrase.samples,
                words: phrase.words,
                reason: Reason::TooLong,
            });
        } else if let Some(reason) = phrase.reason {
            result.left_out.push(LeftOut { samples: phrase.samples, words: phrase.words, reason });
        } else {
            open.push(phrase);
        }
    }
    close(&mut open, alignment, least, &mut result);
    pad(&mut result, alignment, at(options.pad_ms), samples);
    result
}

fn phrases(alignment: &LongAlignment, pause: u64, most_bad: f64) -> Vec<Phrase> {
    let mut items: Vec<Item> = Vec::with_capacity(alignment.words.len() + alignment.gaps.len());
    let mut gaps = alignment.gaps.iter().peekable();
    for (w, word) in alignment.words.iter().enumerate() {
        while let Some(gap) = gaps.next_if(|g| g.before <= w) {
            items.push(Item { samples: gap.start..gap.end, words: w..w, silent: false });
        }
        let silent = word.place.is_none();
        items.push(Item { samples: word.place.clone().unwrap_or(0..0), words: w..w + 1, silent });
    }
    let last = alignment.words.len();
    items.extend(gaps.map(|g| Item { samples: g.start..g.end, words: last..last, silent: false }));
    // The next sound at or after each item.
    let mut next = vec![u64::MAX; items.len() + 1];
    for (i, item) in items.iter().enumerate().rev() {
        next[i] = if item.silent { next[i + 1] } else { item.samples.start };
    }
    let mut phrases: Vec<Phrase> = Vec::new();
    let mut end = 0u64;
    for (item, next) in items.iter().zip(next) {
        let silence = next.saturating_sub(end);
        let score = item.words.clone().map(|w| f64::from(alignment.words[w].score)).sum::<f64>();
        let bad = item.words.clone().filter(|&w| alignment.words[w].status != Status::Ok).count();
        let samples = if item.silent { end..end } else { item.samples.clone() };
        let reason = item.words.is_empty().then_some(Reason::Sound);
        end = end.max(samples.end);
        match phrases.last_mut() {
            Some(open) if silence < pause => {
                open.samples.end = open.samples.end.max(samples.end);
                open.words.end = item.words.end;
                open.bad += bad;
                open.score += score;
                open.reason = open.reason.or(reason);
            }
            _ => phrases.push(Phrase {
                samples,
                words: item.words.clone(),
                bad,
                score,
                reason,
                pause: silence,
            }),
        }
    }
    for phrase in &mut phrases {
        if phrase.reason.is_none() && phrase.bad as f64 > most_bad * phrase.words.len() as f64 {
            phrase.reason = Some(Reason::Words);
        }
    }
    phrases
}

/// Ends the open piece.
fn close(open: &mut Vec<Phrase>, alignment: &LongAlignment, least: u64, result: &mut Segments) {
    let (Some(first), Some(last)) = (open.first(), open.last()) else { return };
    let samples = first.samples.start..last.samples.end;
    let words = first.words.start..last.words.end;
    if samples.end - samples.start < least {
        result.left_out.push(LeftOut { samples, words, reason: Reason::TooShort });
    } else {
        let score = open.iter().map(|p| p.score).sum::<f64>() / words.len().max(1) as f64;
        let bad = words.clone().filter(|&w| alignment.words[w].status != Status::Ok).count();
        result.segments.push(Segment { samples, words, score: score as f32, bad });
    }
    open.clear();
}

/// Adds silence on both sides, at the most half of what there is.
fn pad(result: &mut Segments, alignment: &LongAlignment, pad: u64, samples: u64) {
    let mut edges: Vec<(u64, u64)> =
        alignment.words.iter().filter_map(|w| w.place.clone()).map(|p| (p.start, p.end)).collect();
    edges.extend(alignment.gaps.iter().map(|g| (g.start, g.end)));
    edges.sort_unstable();
    for segment in &mut result.segments {
        let Range { start, end } = segment.samples.clone();
        let before =
            edges.partition_point(|e| e.0 < start).checked_sub(1).map_or(0, |i| edges[i].1.min(start));
        let after = edges.get(edges.partition_point(|e| e.0 < end)).map_or(samples.max(end), |e| e.0);
        segment.samples.start = start - pad.min((start - before) / 2);
        segment.samples.end = end + pad.min((after - end) / 2);
    }
}
