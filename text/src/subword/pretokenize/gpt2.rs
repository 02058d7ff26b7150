//! GPT-2, RoBERTa, BLOOM's relatives and most models before 2023.

use super::class::{self, LETTER, NUMBER, SYMBOL};
use super::scan::{self, Scan};

/// Scanner of [`Pattern::Gpt2`](super::Pattern::Gpt2).
#[derive(Clone, Copy, Debug)]
pub struct Gpt2;

impl Scan for Gpt2 {
    #[inline(always)]
    fn end(text: &[u8], at: usize) -> usize {
        let first = text.get(at).copied().unwrap_or(0);
        let start = at + usize::from(first == b' ');
        let (class, _) = class::at(text, start);
        if class & LETTER != 0 {
            return scan::run::<LETTER>(text, start);
        }
        if first == b'\'' {
            let length = scan::lower_contraction(text, at);
            if length > 0 {
                return at + length;
            }
        }
        if class & SYMBOL != 0 {
            scan::run::<SYMBOL>(text, start)
        } else if class & NUMBER != 0 {
            scan::run::<NUMBER>(text, start)
        } else {
            scan::rest::<false>(text, at)
        }
    }
}
