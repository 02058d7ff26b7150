//! Keys of the n-grams of a text that is read block by block.

use super::index::key_of;
use crate::hash::Rolling;

/// A word of the block that is looked at.
pub(super) struct Seen {
    pub(super) hash: u64,
    /// Its bytes in the text.
    pub(super) start: usize,
    pub(super) end: usize,
    /// Where its form starts among the forms of the block, and where the space behind it ends.
    pub(super) form: usize,
    pub(super) form_end: usize,
}

/// The hash of the last words, kept up from block to block.
pub(super) struct Window {
    len: usize,
    rolling: Rolling,
    state: u64,
    keys: Vec<u64>,
}

impl Window {
    /// Over `len` words.
    pub(super) fn new(len: usize) -> Self {
        Window { len, rolling: Rolling::new(len), state: 0, keys: Vec::new() }
    }

    /// Takes the words from `fresh` on. Those before, if the text has so many, are at least `len`.
    pub(super) fn take(&mut self, words: &[Seen], fresh: usize) {
        self.keys.clear();
        for (at, word) in words.iter().enumerate().skip(fresh) {
            self.state = match at.checked_sub(self.len).and_then(|leaving| words.get(leaving)) {
                Some(leaving) => self.rolling.roll(self.state, word.hash, leaving.hash),
                None => Rolling::fill(self.state, word.hash),
            };
            self.keys.push(key_of(self.state, self.len));
        }
    }

    /// The key of the n-gram that ends with each word taken; not of one, where there were fewer words.
    pub(super) fn keys(&self) -> &[u64] {
        &self.keys
    }
}

/// The key of the last `len` of some words, if there are so many.
pub(super) fn key_of_last(words: &[Seen], len: usize) -> Option<u64> {
    let last = words.get(words.len().checked_sub(len)?..)?;
    Some(key_of(last.iter().fold(0, |state, word| Rolling::fill(state, word.hash)), len))
}
