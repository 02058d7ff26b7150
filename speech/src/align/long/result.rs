//! From the paths of the windows to words with places, scores and statuses, and gaps.

use std::ops::Range;

use super::fine::{Piece, Text};
use super::window::Stretch;
use super::{LongGap, LongWord};
use crate::align::Status;
use crate::align::math::{exp, ln};

/// Milliseconds of sound that make a gap.
const GAP_MS: f64 = 50.0;
/// Words that were skipped are put into sound of at least this share of their usual duration.
const FITS: f64 = 0.35;
/// Sound this much longer than the words is a gap, and they stay without a place.
const ROOMY: f64 = 1.8;
/// Milliseconds of a phone, where none was aligned.
const PHONE_MS: f64 = 75.0;

/// A word by the exact path: frames, phones, scores.
#[derive(Clone, Debug)]
struct Found {
    frames: Range<usize>,
    variant: usize,
    phones: Vec<usize>,
    scores: Vec<f32>,
}

/// Scale of frames.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scale {
    pub(super) shift: usize,
    pub(super) samples: u64,
}

impl Scale {
    fn frames(self, ms: f64) -> usize {
        (ms * 16.0 / self.shift as f64).round() as usize
    }

    fn range(self, frames: &Range<usize>) -> Range<u64> {
        let at = |f: usize| ((f * self.shift) as u64).min(self.samples);
        at(frames.start)..at(frames.end)
    }
}

/// Words and gaps of all pieces.
pub(super) fn collect(
    text: &Text,
    pieces: &[Piece],
    threshold: f32,
    scale: Scale,
) -> (Vec<LongWord>, Vec<LongGap>) {
    let mut found: Vec<Option<Found>> = vec![None; text.words.len()];
    let mut fillers: Vec<(usize, Range<usize>)> = Vec::new();
    for piece in pieces {
        for stretch in &piece.path {
            match stretch {
                Stretch::Word { word, variant, phones, end, scores } => {
                    let frames = phones.first().copied().unwrap_or(*end)..*end;
                    let (phones, scores) = (phones.clone(), scores.clone());
                    found[*word] = Some(Found { frames, variant: *variant, phones, scores });
                }
                Stretch::Filler { before, start, end } => {
                    if let Some(sound) = sounding(&piece.heard, *start..*end) {
                        fillers.push((*before, sound));
                    }
                }
                Stretch::Silence { .. } => {}
            }
        }
    }
    let usual = usual_phone(&found).unwrap_or(scale.frames(PHONE_MS) as f64);
    let (mut words, mut signs): (Vec<LongWord>, Vec<Option<Signs>>) = found
        .iter()
        .map(|f| match f {
            Some(f) => {
                let (word, signs) = aligned(f, usual, scale);
                (word, Some(signs))
            }
            None => (LongWord::unaligned(), None),
        })
        .unzip();
    let mut gaps = Vec::new();
    let mut next = 0;
    let least = scale.frames(GAP_MS).max(1);
    let mut w = 0;
    while w <= words.len() {
        // A run of words without a place; empty between two words that have one.
        let run = w..w + found[w.min(found.len())..].iter().take_while(|f| f.is_none()).count();
        let first = next;
        while fillers.get(next).is_some_and(|(before, _)| *before <= run.end) {
            next += 1;
        }
        let sounds: Vec<Range<usize>> = fillers[first..next].iter().map(|(_, r)| r.clone()).collect();
        let sound = sounds.iter().map(Range::len).sum::<usize>() as f64 > 0.5 * usual;
        let lost = text.words[run.clone()].iter().any(|v| !v.is_empty());
        for beside in [run.start.checked_sub(1), Some(run.end)].into_iter().flatten() {
            if let Some(Some(signs)) = signs.get_mut(beside) {
                signs.sound += u8::from(sound);
                signs.lost += u8::from(lost);
            }
        }
        fill(text, run.clone(), &sounds, usual, scale, least, &mut words, &mut gaps);
        w = run.end + 1;
    }
    for (word, signs) in words.iter_mut().zip(&signs) {
        if let Some(signs) = signs {
            word.score = signs.score();
            if word.score >= threshold {
                word.status = Status::Ok;
            }
        }
    }
    (words, gaps)
}

/// What of a stretch sounds: from the first to the last phone heard in it.
fn sounding(heard: &[Range<usize>], stretch: Range<usize>) -> Option<Range<usize>> {
    let first = heard.partition_point(|h| h.end <= stretch.start);
    let last = heard.partition_point(|h| h.start < stretch.end);
    let inside = heard.get(first..last)?;
    let start = inside.first()?.start.max(stretch.start);
    let end = inside.last()?.end.min(stretch.end);
    (start < end).then_some(start..end)
}

/// Median frames of a phone.
fn usual_phone(found: &[Option<Found>]) -> Option<f64> {
    let mut each: Vec<usize> =
        found.iter().flatten().map(|f| 100 * f.frames.len() / f.phones.len().max(1)).collect();
    each.sort_unstable();
    each.get(each.len() / 2).map(|&l| l as f64 / 100.0)
}

/// Puts skipped words into the sound at their place, as long as there is enough of it.
#[allow(clippy::too_many_arguments, reason = "one step of `collect`")]
fn fill(
    text: &Text,
    run: Range<usize>,
    sounds: &[Range<usize>],
    usual: f64,
    scale: Scale,
    least: usize,
    words: &mut [LongWord],
    gaps: &mut Vec<LongGap>,
) {
    let phones: Vec<usize> = text.words[run.clone()].iter().map(|v| v.first().map_or(0, Vec::len)).collect();
    let total: usize = phones.iter().sum();
    let room: usize = sounds.iter().map(Range::len).sum();
    let expected = total as f64 * usual;
    let fits = total > 0 && room > 0 && room as f64 >= FITS * expected;
    if fits && room as f64 <= ROOMY * expected + 2.0 * usual {
        // The words share the sound by their phones.
        let at = |share: usize| -> (usize, usize) {
            let mut rest = room * share / total;
            for (i, sound) in sounds.iter().enumerate() {
                if rest < sound.len() || i + 1 == sounds.len() {
                    return (i, sound.start + rest.min(sound.len()));
                }
                rest -= sound.len();
            }
            (0, 0)
        };
        let mut before = 0;
        for (w, count) in run.zip(phones) {
            if count == 0 {
                continue;
            }
            let (start, end) = (at(before), at(before + count));
            // An end that falls on the start of the next sound belongs to the one before.
            let end =
                if end.0 > start.0 && end.1 == sounds[end.0].start { sounds[end.0 - 1].end } else { end.1 };
            words[w].place = Some(scale.range(&(start.1..end.max(start.1))));
            words[w].status = Status::Suspect;
            before += count;
        }
        return;
    }
    for sound in sounds.iter().filter(|s| s.len() >= least) {
        let place = scale.range(sound);
        match gaps.last_mut() {
            Some(last) if last.end == place.start && last.before == run.end => last.end = place.end,
            _ => gaps.push(LongGap { start: place.start, end: place.end, before: run.end }),
        }
    }
}

fn aligned(found: &Found, usual: f64, scale: Scale) -> (LongWord, Signs) {
    let ends = found.phones.iter().skip(1).chain([&found.frames.end]);
    let spans: Vec<Range<usize>> = found.phones.iter().zip(ends).map(|(a, b)| *a..*b).collect();
    let frames = found.frames.len().max(1) as f32;
    let phones = spans.len().max(1) as f32;
    let each = || spans.iter().zip(&found.scores).map(|(span, sum)| sum / span.len().max(1) as f32);
    let signs = Signs {
        mean: found.scores.iter().sum::<f32>() / frames,
        phones_mean: each().map(|m| m.clamp(-4.0, 0.0)).sum::<f32>() / phones,
        lowest: each().fold(0.0, f32::min),
        phones,
        pace: frames / phones / usual.max(1.0) as f32,
        sound: 0,
        lost: 0,
    };
    let word = LongWord {
        place: Some(scale.range(&found.frames)),
        pronunciation: Some(found.variant),
        phones: spans.iter().map(|s| scale.range(s)).collect(),
        score: 0.0,
        status: Status::Suspect,
    };
    (word, signs)
}

/// What speaks for and against a word that was aligned.
#[derive(Clone, Copy, Debug)]
struct Signs {
    /// Mean score a frame against the best phones for its sound.
    mean: f32,
    /// The same by phone: mean, and lowest.
    phones_mean: f32,
    lowest: f32,
    /// Number of phones.
    phones: f32,
    /// Frames a phone over those usual in the recording.
    pace: f32,
    /// Sides (0 to 2) with sound that has no word.
    sound: u8,
    /// Sides with a word that was not found.
    lost: u8,
}

impl Signs {
    /// How sure it is that the word is said here, from 0 to 1: a logistic regression on recordings of
    /// synthetic speech with 20 % of the words wrong (benches/peers/speech_long.py, model and
    /// recordings from different sentences), in which a wrong word counted as much as six right ones.
    fn score(&self) -> f32 {
        let mean = self.mean.clamp(-4.0, 0.5);
        let short = 1.0 / self.phones;
        let pace = ln(f64::from(self.pace.clamp(0.2, 5.0))) as f32;
        let (sound, lost) = (f32::from(self.sound), f32::from(self.lost));
        let x = 6.012 + 0.376 * mean - 2.29 * mean * short
            + 1.372 * self.phones_mean
            + 0.222 * self.lowest.max(-8.0)
            - 3.541 * short
            + 0.772 * pace
            - 1.587 * pace * pace
            - (1.153 + 0.979 * short) * sound
            + (1.371 * short - 0.463) * lost;
        (1.0 / (1.0 + exp(f64::from(-x)))) as f32
    }
}
