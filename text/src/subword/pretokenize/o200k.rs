//! GPT-4o's o200k_base, Llama 4 and gpt-oss; and Mistral's Tekken, which is the same without two parts.

use super::class::{self, CASELESS, LETTER, LOWER, MARK, NUMBER, SYMBOL, UPPER};
use super::scan::{self, BEFORE_WORD, Scan};

/// Scanner of [`Pattern::O200k`](super::Pattern::O200k).
#[derive(Clone, Copy, Debug)]
pub struct O200k;

/// Scanner of [`Pattern::Tekken`](super::Pattern::Tekken).
#[derive(Clone, Copy, Debug)]
pub struct Tekken;

impl Scan for O200k {
    #[inline(always)]
    fn end(text: &[u8], at: usize) -> usize {
        end::<true, 3>(text, at)
    }
}

impl Scan for Tekken {
    #[inline(always)]
    fn end(text: &[u8], at: usize) -> usize {
        end::<false, 1>(text, at)
    }
}

/// `[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]`
const HEAD: u8 = UPPER | CASELESS | MARK;
/// `[\p{Ll}\p{Lm}\p{Lo}\p{M}]`
const TAIL: u8 = LOWER | CASELESS | MARK;

#[inline(always)]
fn end<const CONTRACTIONS: bool, const DIGITS: usize>(text: &[u8], at: usize) -> usize {
    let (first, length) = class::at(text, at);
    if first & LETTER != 0 {
        return after_word::<CONTRACTIONS>(text, letters(text, at));
    }
    if first & BEFORE_WORD != 0 && class::at(text, at + length).0 & (LETTER | MARK) != 0 {
        return after_word::<CONTRACTIONS>(text, letters(text, at + length));
    }
    if first & MARK != 0 {
        return after_word::<CONTRACTIONS>(text, after_mark(text, at, length));
    }
    if first & NUMBER != 0 {
        return scan::digits::<DIGITS>(text, at);
    }
    let start = at + usize::from(text.get(at) == Some(&b' '));
    if class::at(text, start).0 & SYMBOL != 0 {
        return scan::newlines::<true>(text, scan::run::<SYMBOL>(text, start));
    }
    scan::rest::<true>(text, at)
}

/// `HEAD*TAIL+|HEAD+TAIL*` from `at`, where one of them starts.
///
/// `HEAD*` takes all it can. If no `TAIL` follows it gives back to where one does: up to the last character that is of
/// both, which is then all of the `TAIL`.
#[inline(always)]
fn letters(text: &[u8], at: usize) -> usize {
    let (class, length) = class::at(text, at);
    if class & LOWER != 0 {
        return scan::run::<TAIL>(text, at);
    }
    // Most words are all lower case or have one capital in front.
    if class & UPPER != 0 && class::at(text, at + length).0 & LOWER != 0 {
        return scan::run::<TAIL>(text, at + length);
    }
    match heads(text, at) {
        (end, _) if class::at(text, end).0 & TAIL != 0 => scan::run::<TAIL>(text, end),
        (_, Some(both)) => both,
        (end, None) => end,
    }
}

/// The end of `HEAD*`, and the end of the last character in it that `TAIL` has too.
#[inline(never)]
fn heads(text: &[u8], mut at: usize) -> (usize, Option<usize>) {
    let mut both = None;
    loop {
        let (class, length) = class::at(text, at);
        if class & HEAD == 0 {
            return (at, both);
        }
        at += length;
        if class & TAIL != 0 {
            both = Some(at);
        }
    }
}

/// A mark is of a word, but may also stand before one as any sign may: first it is tried before.
#[inline(never)]
fn after_mark(text: &[u8], at: usize, length: usize) -> usize {
    let (end, both) = heads(text, at + length);
    if class::at(text, end).0 & TAIL != 0 {
        scan::run::<TAIL>(text, end)
    } else {
        // Then the mark is the last that is of both, or a later one is.
        both.unwrap_or(at + length)
    }
}

#[inline(always)]
fn after_word<const CONTRACTIONS: bool>(text: &[u8], at: usize) -> usize {
    if CONTRACTIONS && text.get(at) == Some(&b'\'') { at + scan::contraction(text, at) } else { at }
}
