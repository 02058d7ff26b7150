//! The fine pass: windows between places that are sure, and the exact path through each.

use std::ops::Range;

use super::acoustic::Acoustic;
use super::coarse::Sound;
use super::matching::Pair;
use super::offset::Offsets;
use super::phones;
use super::recording::Recording;
use super::window::{self, Chain, Costs, Stretch};
use crate::align::PhoneId;

/// Seconds of a window: at the least, and beyond which it is cut without a pause.
const SECONDS: (f64, f64) = (6.0, 20.0);
/// Seconds of silence that a window is cut in.
const PAUSE: f64 = 0.06;
/// Pairs on each side of a cut that are looked at, and those of them that must fit.
const BESIDE: usize = 5;
const FITTING: usize = 7;
/// Bytes that the way back through a window may take.
const MOST: usize = 64 << 20;
/// What is tried at both ends of a window that is too large: seconds and words.
const EDGE: (f64, usize) = (20.0, 60);

/// The transcript as phones.
pub(super) struct Text {
    /// Pronunciations of each word.
    pub(super) words: Vec<Vec<Vec<PhoneId>>>,
    /// First pronunciations, one after the other.
    pub(super) phones: Vec<PhoneId>,
    /// Word of each of `phones`.
    pub(super) word_of: Vec<u32>,
}

impl Text {
    pub(super) fn new(words: Vec<Vec<Vec<PhoneId>>>) -> Text {
        let (mut phones, mut word_of) = (Vec::new(), Vec::new());
        for (w, variants) in words.iter().enumerate() {
            for &phone in variants.first().into_iter().flatten() {
                phones.push(phone);
                word_of.push(w as u32);
            }
        }
        Text { words, phones, word_of }
    }

    /// The phones with the words in another order, always the same one.
    pub(super) fn shuffled(&self) -> Vec<PhoneId> {
        let mut order: Vec<usize> = (0..self.words.len()).collect();
        let mut state = 0x5eed_u64;
        for i in (1..order.len()).rev() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            order.swap(i, ((state >> 33) % (i as u64 + 1)) as usize);
        }
        order.iter().flat_map(|&w| self.words[w].first().into_iter().flatten().copied()).collect()
    }
}

/// A place where a window may end: the frame, and the first word after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cut {
    pub(super) frame: usize,
    pub(super) word: usize,
}

/// Cuts the recording and the text at places that are sure.
pub(super) fn cuts(sound: &Sound, text: &Text, pairs: &[Pair], frames: usize, a_second: f64) -> Vec<Cut> {
    let mut sure: Vec<(Cut, usize)> = Vec::new();
    for p in BESIDE..pairs.len().saturating_sub(BESIDE) {
        let (a, b) = (pairs[p - 1], pairs[p]);
        let (before, after) = (text.word_of[a.text], text.word_of[b.text]);
        if b.audio != a.audio + 1 || b.text != a.text + 1 || before == after {
            continue;
        }
        let (first, last) = (pairs[p - BESIDE], pairs[p + BESIDE - 1]);
        let fitting = pairs[p - BESIDE..p + BESIDE].iter().filter(|p| p.score > 0).count();
        let span = (last.audio - first.audio).max(last.text - first.text);
        if fitting < FITTING || span > 2 * BESIDE + 2 || a.score <= 0 || b.score <= 0 {
            continue;
        }
        let (end, start) = (sound.frames(a.audio).1, sound.frames(b.audio).0);
        sure.push((Cut { frame: (end + start) / 2, word: after as usize }, start - end));
    }
    let mut cuts = vec![Cut { frame: 0, word: 0 }];
    let (least, most) = ((SECONDS.0 * a_second) as usize, (SECONDS.1 * a_second) as usize);
    let mut at = 0;
    let mut next = 0;
    while next < sure.len() {
        // The longest pause among those that are far enough, and not too far.
        let far = sure[next..].partition_point(|(c, _)| c.frame < at + least) + next;
        let end = sure[far..].partition_point(|(c, _)| c.frame <= at + most) + far;
        let paused = (far..end).filter(|&i| sure[i].1 as f64 >= PAUSE * a_second).max_by_key(|&i| sure[i].1);
        let Some(pick) = paused.or((end < sure.len()).then_some(end)) else { break };
        let cut = sure[pick].0;
        cuts.push(cut);
        at = cut.frame;
        next = pick + 1;
    }
    cuts.push(Cut { frame: frames, word: text.words.len() });
    cuts
}

/// What became of a window.
#[derive(Debug)]
pub(super) struct Piece {
    /// Stretches with frames and words of the whole recording.
    pub(super) path: Vec<Stretch>,
    /// Frames of the phones that the loop hears, in order.
    pub(super) heard: Vec<Range<usize>>,
}

/// The exact path between two cuts. Where the recording and the text between them are too long, only
/// both ends are looked at.
pub(super) fn align(
    acoustic: &Acoustic<'_>,
    recording: &Recording,
    offsets: &Offsets,
    text: &Text,
    (from, to): (Cut, Cut),
    costs: &Costs,
    a_second: f64,
) -> Vec<Piece> {
    let frames = from.frame..to.frame;
    let words = from.word..to.word;
    if bytes(text, &frames, &words) <= MOST {
        return vec![piece(acoustic, recording, offsets, text, frames, words, costs)];
    }
    let edge = ((EDGE.0 * a_second) as usize).min(frames.len() / 2);
    let count = EDGE.1.min(words.len() / 2);
    let left = (frames.start..frames.start + edge, words.start..words.start + count);
    let right = (frames.end - edge..frames.end, words.end - count..words.end);
    [left, right]
        .into_iter()
        .filter(|(f, w)| bytes(text, f, w) <= MOST)
        .map(|(f, w)| piece(acoustic, recording, offsets, text, f, w, costs))
        .collect()
}

/// About what the way back through a window takes.
fn bytes(text: &Text, frames: &Range<usize>, words: &Range<usize>) -> usize {
    let states = |w: &Vec<Vec<PhoneId>>| w.iter().map(|v| 3 * v.len()).sum::<usize>() + 10;
    text.words[words.clone()]
        .iter()
        .map(states)
        .sum::<usize>()
        .saturating_add(10)
        .saturating_mul(frames.len())
}

fn piece(
    acoustic: &Acoustic<'_>,
    recording: &Recording,
    offsets: &Offsets,
    text: &Text,
    frames: Range<usize>,
    words: Range<usize>,
    costs: &Costs,
) -> Piece {
    let all = (0..acoustic.phones()).map(|p| p as PhoneId);
    let (columns, chains): (_, Vec<Vec<Chain>>) = acoustic.columns(all, text.words[words.clone()].iter());
    let features = recording.features(&acoustic.front_end, frames.clone(), 1, Some(offsets));
    let scores = acoustic.scores(&features, &columns);
    let inventory = columns.inventory();
    let (heard, background) = phones::recognise(inventory, &scores);
    let mut path = window::align(inventory, &scores, &background, &chains, costs);
    for stretch in &mut path {
        match stretch {
            Stretch::Silence { before, start, end } | Stretch::Filler { before, start, end } => {
                *before += words.start;
                (*start, *end) = (*start + frames.start, *end + frames.start);
            }
            Stretch::Word { word, phones, end, .. } => {
                *word += words.start;
                *end += frames.start;
                phones.iter_mut().for_each(|p| *p += frames.start);
            }
        }
    }
    let heard = heard
        .iter()
        .filter(|h| h.phone.is_some())
        .map(|h| h.start + frames.start..h.end + frames.start)
        .collect();
    Piece { path, heard }
}
