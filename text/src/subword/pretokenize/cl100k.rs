//! GPT-4's cl100k_base and what was made after it: Llama 3, Qwen.

use super::class::{self, LETTER, MARK, NUMBER, OTHER, SYMBOL};
use super::scan::{self, BEFORE_WORD, Scan};

/// Scanner of [`Pattern::Cl100k`](super::Pattern::Cl100k).
#[derive(Clone, Copy, Debug)]
pub struct Cl100k;

/// Scanner of [`Pattern::Cl100kTiktoken`](super::Pattern::Cl100kTiktoken).
#[derive(Clone, Copy, Debug)]
pub struct Cl100kTiktoken;

/// Scanner of [`Pattern::Qwen2`](super::Pattern::Qwen2).
#[derive(Clone, Copy, Debug)]
pub struct Qwen2;

/// Scanner of [`Pattern::Qwen35`](super::Pattern::Qwen35).
#[derive(Clone, Copy, Debug)]
pub struct Qwen35;

impl Scan for Cl100k {
    #[inline(always)]
    fn end(text: &[u8], at: usize) -> usize {
        end::<LETTER, SYMBOL, 3>(text, at)
    }
}

impl Scan for Cl100kTiktoken {
    #[inline(always)]
    fn end(text: &[u8], at: usize) -> usize {
        let end = end::<LETTER, SYMBOL, 3>(text, at);
        // `\s++$` comes before the alternative that ends at a line's end: spaces that end the text are one word. Only
        // where a word of spaces ended can more of them follow, or after the line ends of a word of symbols.
        if class::at(text, at).0 & class::WHITESPACE == 0 || class::at(text, end).0 & class::WHITESPACE == 0 {
            return end;
        }
        let all = scan::run::<{ class::WHITESPACE }>(text, at);
        if all == text.len() { all } else { end }
    }
}

impl Scan for Qwen2 {
    #[inline(always)]
    fn end(text: &[u8], at: usize) -> usize {
        end::<LETTER, SYMBOL, 1>(text, at)
    }
}

impl Scan for Qwen35 {
    #[inline(always)]
    fn end(text: &[u8], at: usize) -> usize {
        end::<{ LETTER | MARK }, OTHER, 1>(text, at)
    }
}

/// `WORD` is what words are made of, `SIGNS` what runs of symbols are made of.
#[inline(always)]
fn end<const WORD: u8, const SIGNS: u8, const DIGITS: usize>(text: &[u8], at: usize) -> usize {
    let (first, length) = class::at(text, at);
    if first & WORD != 0 {
        return scan::run::<WORD>(text, at);
    }
    let byte = text.get(at).copied().unwrap_or(0);
    if first & (BEFORE_WORD | MARK) != 0 && class::at(text, at + length).0 & WORD != 0 {
        if byte == b'\'' {
            let length = scan::contraction(text, at);
            if length > 0 {
                return at + length;
            }
        }
        return scan::run::<WORD>(text, at + length);
    }
    if first & NUMBER != 0 {
        return scan::digits::<DIGITS>(text, at);
    }
    let start = at + usize::from(byte == b' ');
    if class::at(text, start).0 & SIGNS != 0 {
        return scan::newlines::<false>(text, scan::run::<SIGNS>(text, start));
    }
    scan::rest::<true>(text, at)
}
