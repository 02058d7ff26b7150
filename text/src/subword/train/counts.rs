//! Counts of words, in memory.

use std::hash::{BuildHasher, RandomState};

use crate::hash::{fold, hash_of};
use crate::subword::pretokenize::{Pattern, Scan, Visit};

/// An odd number with no pattern in its bits (the first digits of the square root of 2 after the point).
const MULTIPLIER: u64 = 0x6a09_e667_f3bc_c909;
/// Bytes of a word that its head holds.
const HEAD: usize = 7;
/// In the length byte of a head: the length is a number of its own.
const LONG: usize = 255;
/// Slots of an empty table.
const FEWEST_SLOTS: usize = 1 << 10;
/// Places of a record that a slot can name.
const MOST_PLACES: usize = u32::MAX as usize;

/// How often each word occurs. Words are bytes; what a word is, the caller knows.
///
/// A word costs about 20 bytes and its length rounded up to the next eight. [`bytes`](Self::bytes) says what
/// all of them cost, so that a caller can hand them on, with [`for_each`](Self::for_each) or
/// [`partitions`](Self::partitions), and [`clear`](Self::clear) the table before it is too large.
///
/// ```
/// use sprog_text::subword::train::WordCounts;
/// let mut counts = WordCounts::new();
/// for word in ["og", "at", "og"] {
///     counts.add(word.as_bytes(), 1);
/// }
/// let mut sorted = Vec::new();
/// counts.for_each(|word, count| sorted.push((word.to_vec(), count)));
/// sorted.sort();
/// assert_eq!(sorted, [(b"at".to_vec(), 1), (b"og".to_vec(), 2)]);
/// ```
#[derive(Clone, Debug)]
pub struct WordCounts {
    /// Where in the table a word stands is different in every process, so that no text can be written for which
    /// all its words stand in one place. No result depends on it.
    seed: u64,
    /// Records: the count; the head, which is the length in its lowest byte and the first bytes; the length, if it
    /// is too large for the head; the other bytes, eight a number. The first number is no record.
    records: Vec<u64>,
    /// The place of a record in the low half, its tag in the high half; 0 is free.
    slots: Vec<u64>,
    words: usize,
    total: u64,
    refused: u64,
}

impl Default for WordCounts {
    fn default() -> Self {
        WordCounts::new()
    }
}

impl WordCounts {
    /// Parts that [`partitions`](Self::partitions) has.
    pub const PARTITIONS: usize = 64;

    /// No words.
    pub fn new() -> WordCounts {
        WordCounts {
            seed: RandomState::new().hash_one(MULTIPLIER),
            records: vec![0],
            slots: vec![0; FEWEST_SLOTS],
            words: 0,
            total: 0,
            refused: 0,
        }
    }

    /// Different words.
    pub fn len(&self) -> usize {
        self.words
    }

    /// Whether there is no word.
    pub fn is_empty(&self) -> bool {
        self.words == 0
    }

    /// The sum of the counts.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// Occurrences that were not counted, because the words take 32 GiB already.
    pub fn refused(&self) -> u64 {
        self.refused
    }

    /// Bytes of memory that the words take.
    pub fn bytes(&self) -> usize {
        (self.records.capacity() + self.slots.len()) * size_of::<u64>()
    }

    /// Adds `count` occurrences of a word. Sums stop at the largest number.
    pub fn add(&mut self, word: &[u8], count: u64) {
        self.add_within(word, 0, word.len(), count);
    }

    /// Counts the words of a text. `end` gives the end of the word that starts at a byte: later than the start,
    /// and not past the text; what it gives beyond that is cut to it.
    pub fn count(&mut self, text: &[u8], mut end: impl FnMut(&[u8], usize) -> usize) {
        let mut at = 0;
        while at < text.len() {
            let next = end(text, at).clamp(at + 1, text.len());
            self.add_within(text, at, next, 1);
            at = next;
        }
    }

    /// Counts the words of a text, cut by a pattern.
    pub fn count_text(&mut self, text: &str, pattern: Pattern) {
        pattern.visit(Count { counts: self, text: text.as_bytes() });
    }

    /// Adds the counts of others.
    pub fn absorb(&mut self, others: &WordCounts) {
        others.for_each(|word, count| self.add(word, count));
        self.refused = self.refused.saturating_add(others.refused);
    }

    /// Hands out each word with its count, in no order that means anything.
    pub fn for_each(&self, mut each: impl FnMut(&[u8], u64)) {
        let mut bytes = Vec::new();
        let mut at = 1;
        while let (Some(&count), Some(&head)) = (self.records.get(at), self.records.get(at + 1)) {
            at += 2;
            let mut len = (head & 0xFF) as usize;
            if len == LONG {
                len = self.records.get(at).map_or(0, |&n| n as usize);
                at += 1;
            }
            bytes.clear();
            bytes.extend_from_slice(&head.to_le_bytes()[1..]);
            let tail = len.saturating_sub(HEAD).div_ceil(8);
            for number in self.records.get(at..at + tail).unwrap_or(&[]) {
                bytes.extend_from_slice(&number.to_le_bytes());
            }
            at += tail;
            bytes.truncate(len);
            each(&bytes, count);
        }
    }

    /// Hands out each word with its count and the part it belongs to, below [`PARTITIONS`](Self::PARTITIONS). A
    /// word is always of the same part, so counts that were spilled can be summed part by part.
    pub fn partitions(&self, mut each: impl FnMut(usize, &[u8], u64)) {
        self.for_each(|word, count| {
            let part = hash_of(word, 0, word.len()) % Self::PARTITIONS as u64;
            each(part as usize, word, count);
        });
    }

    /// Takes the words out, and keeps the memory.
    pub fn clear(&mut self) {
        self.records.truncate(1);
        self.slots.fill(0);
        (self.words, self.total) = (0, 0);
    }

    #[inline]
    fn add_within(&mut self, text: &[u8], start: usize, end: usize, count: u64) {
        let len = end - start;
        let head_end = end.min(start + HEAD);
        let head = load(text, start, head_end) << 8 | len.min(LONG) as u64;
        let mut hash = fold(head ^ self.seed, MULTIPLIER);
        if len > HEAD {
            if len >= LONG {
                hash = fold(hash ^ len as u64, MULTIPLIER);
            }
            let mut at = head_end;
            while at < end {
                hash = fold(hash ^ load(text, at, end.min(at + 8)), MULTIPLIER);
                at += 8;
            }
        }
        self.total = self.total.saturating_add(count);
        let tag = hash >> 32;
        let mask = self.slots.len() - 1;
        let mut slot = tag as usize >> (32 - self.slots.len().trailing_zeros().min(32));
        loop {
            let found = self.slots[slot & mask];
            if found == 0 {
                return self.insert(text, start, end, count, (tag, slot & mask, head));
            }
            if found >> 32 == tag {
                let at = (found & 0xFFFF_FFFF) as usize;
                if self.records[at + 1] == head
                    && (len <= HEAD || self.has_tail(at + 2, text, head_end, end, len))
                {
                    self.records[at] = self.records[at].saturating_add(count);
                    return;
                }
            }
            slot = slot.wrapping_add(1);
        }
    }

    fn has_tail(&self, mut place: usize, text: &[u8], mut at: usize, end: usize, len: usize) -> bool {
        if len >= LONG {
            if self.records.get(place) != Some(&(len as u64)) {
                return false;
            }
            place += 1;
        }
        while at < end {
            if self.records.get(place) != Some(&load(text, at, end.min(at + 8))) {
                return false;
            }
            place += 1;
            at += 8;
        }
        true
    }

    #[cold]
    fn insert(&mut self, text: &[u8], start: usize, end: usize, count: u64, to: (u64, usize, u64)) {
        let (tag, slot, head) = to;
        let len = end - start;
        let numbers = 3 + len.saturating_sub(HEAD).div_ceil(8);
        let at = self.records.len();
        if at + numbers > MOST_PLACES {
            self.refused = self.refused.saturating_add(count);
            return;
        }
        if self.records.capacity() - at < numbers {
            // By a quarter: what doubling takes would be missed where memory is bounded.
            self.records.reserve_exact(numbers.max(at / 4).max(1 << 10));
        }
        self.records.extend([count, head]);
        if len >= LONG {
            self.records.push(len as u64);
        }
        let mut from = end.min(start + HEAD);
        while from < end {
            self.records.push(load(text, from, end.min(from + 8)));
            from += 8;
        }
        self.slots[slot] = tag << 32 | at as u64;
        self.words += 1;
        if self.words > self.slots.len() / 3 * 2 && self.slots.len() < 1 << 32 {
            self.grow();
        }
    }

    fn grow(&mut self) {
        let old = std::mem::take(&mut self.slots);
        self.slots = vec![0; old.len() * 2];
        let mask = self.slots.len() - 1;
        let shift = 32 - self.slots.len().trailing_zeros().min(32);
        for found in old.into_iter().filter(|&s| s != 0) {
            let mut slot = (found >> 32) as usize >> shift;
            while self.slots[slot & mask] != 0 {
                slot = slot.wrapping_add(1);
            }
            self.slots[slot & mask] = found;
        }
    }

    /// Bytes that the table will take once it has one word more: its slots may double.
    pub fn bytes_when_grown(&self) -> usize {
        let slots = match self.words >= self.slots.len() / 3 * 2 {
            true => self.slots.len() * 3,
            false => self.slots.len(),
        };
        let records = match self.records.capacity() - self.records.len() < 64 {
            true => self.records.len() / 4 * 5,
            false => self.records.capacity(),
        };
        (slots + records) * size_of::<u64>()
    }
}

struct Count<'c> {
    counts: &'c mut WordCounts,
    text: &'c [u8],
}

impl Visit for Count<'_> {
    type Output = ();
    fn visit<S: Scan>(self) {
        self.counts.count(self.text, S::end);
    }
}

/// Up to eight bytes as a number, the first in the lowest byte.
#[inline]
fn load(text: &[u8], start: usize, end: usize) -> u64 {
    let len = end - start;
    if let Some(bytes) = text.get(start..start + 8).and_then(|b| <[u8; 8]>::try_from(b).ok()) {
        let number = u64::from_le_bytes(bytes);
        return if len >= 8 { number } else { number & ((1 << (8 * len)) - 1) };
    }
    let mut bytes = [0; 8];
    for (to, from) in bytes.iter_mut().zip(text.get(start..end).unwrap_or(&[])) {
        *to = *from;
    }
    u64::from_le_bytes(bytes)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    fn sorted(counts: &WordCounts) -> BTreeMap<Vec<u8>, u64> {
        let mut all = BTreeMap::new();
        counts.for_each(|word, count| {
            assert!(all.insert(word.to_vec(), count).is_none(), "{word:?} is there twice");
        });
        all
    }

    proptest! {
        #[test]
        fn counts_are_those_of_a_map(
            words in prop::collection::vec((prop::collection::vec(0u8..3, 0..20), 1u64..5), 0..200)
        ) {
            let (mut counts, mut map) = (WordCounts::new(), BTreeMap::new());
            for (word, count) in &words {
                counts.add(word, *count);
                *map.entry(word.clone()).or_insert(0) += *count;
            }
            prop_assert_eq!(counts.len(), map.len());
            prop_assert_eq!(counts.total(), map.values().sum::<u64>());
            prop_assert_eq!(sorted(&counts), map);
        }
    }

    #[test]
    fn words_of_any_length_and_many_of_them_are_told_apart() {
        let mut counts = WordCounts::new();
        let long = vec![0u8; 10_000_000];
        for len in (0..300).chain([9_999_999, 10_000_000]) {
            counts.add(&long[..len], 1);
            counts.add(&long[..len], len as u64);
        }
        for n in 0..100_000u32 {
            counts.add(n.to_string().as_bytes(), u64::MAX);
        }
        let all = sorted(&counts);
        assert_eq!(all.len(), 302 + 100_000);
        assert_eq!(all[&long[..254]], 255);
        assert_eq!(all[&long[..255]], 256);
        assert_eq!(all[&long], 10_000_001);
        assert_eq!(all[&b"77777"[..]], u64::MAX);
    }

    #[test]
    fn a_word_is_of_one_part() {
        let (mut one, mut two) = (WordCounts::new(), WordCounts::new());
        for n in 0..1000u32 {
            one.add(n.to_string().as_bytes(), 1);
            two.add((999 - n).to_string().as_bytes(), 1);
        }
        let parts = |counts: &WordCounts| {
            let mut parts = BTreeMap::new();
            counts.partitions(|part, word, _| {
                parts.insert(word.to_vec(), part);
            });
            parts
        };
        assert_eq!(parts(&one), parts(&two));
        one.clear();
        assert!(one.is_empty() && sorted(&one).is_empty());
        one.absorb(&two);
        assert_eq!(sorted(&one), sorted(&two));
    }
}
