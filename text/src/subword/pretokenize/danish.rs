//! Our own pre-tokenizer.

use super::class::{self, LETTER, MARK, NUMBER, SYMBOL};
use super::scan::{self, BEFORE_WORD, Scan};

/// Scanner of [`Pattern::Danish`](super::Pattern::Danish).
#[derive(Clone, Copy, Debug)]
pub struct Danish;

impl Scan for Danish {
    #[inline(always)]
    fn end(text: &[u8], at: usize) -> usize {
        const WORD: u8 = LETTER | MARK;
        let (first, length) = class::at(text, at);
        if first & WORD != 0 {
            return scan::run::<WORD>(text, at);
        }
        if first & BEFORE_WORD != 0 && class::at(text, at + length).0 & WORD != 0 {
            return scan::run::<WORD>(text, at + length);
        }
        if first & NUMBER != 0 {
            return group_of_digits(text, at);
        }
        let start = at + usize::from(text.get(at) == Some(&b' '));
        if class::at(text, start).0 & SYMBOL != 0 {
            return scan::newlines::<true>(text, scan::run::<SYMBOL>(text, start));
        }
        scan::rest::<true>(text, at)
    }
}

/// The longest number that is counted from the right. A bound, so that a million digits take linear time.
const COUNTED: usize = 18;

/// The end of the digits that stand before a multiple of three others; of three digits in longer numbers.
#[inline(never)]
fn group_of_digits(text: &[u8], at: usize) -> usize {
    let mut ends = [at; 3];
    let mut end = at;
    for count in 0..=COUNTED {
        let (class, length) = class::at(text, end);
        if class & NUMBER == 0 {
            // 1, 2, 3 digits first, for a rest of 1, 2, 0.
            return ends[(count + 2) % 3];
        }
        end += length;
        if let Some(slot) = ends.get_mut(count) {
            *slot = end;
        }
    }
    ends[2]
}
