//! Word n-grams as hashes, and the Jaccard similarity of two texts.

use super::hash::K;
use super::words::{Words, words_keyed};

/// The longest n-gram.
pub const MAX_NGRAM: usize = 32;

/// Base of the polynomial over the word hashes of an n-gram.
const BASE: u64 = K[3];

/// The word n-grams of a text as 64-bit hashes, in order and with repeats.
///
/// A text of fewer than `ngram` words has one n-gram of all its words, and a text without words none.
/// `ngram` is taken as 1 to [`MAX_NGRAM`]. The hash of an n-gram of the word hashes `w` is
/// `w[0]·B^(n-1) + … + w[n-1]` modulo 2⁶⁴, with `B` a fixed odd number.
///
/// ```
/// use sprog_text::minhash::shingles;
/// assert_eq!(shingles("en to tre fire fem seks", 5).count(), 2);
/// assert_eq!(shingles("en to tre", 5).count(), 1);
/// assert_eq!(shingles("…", 5).count(), 0);
/// ```
pub fn shingles(text: &str, ngram: usize) -> Shingles<'_> {
    shingles_keyed(text, ngram, 0)
}

pub(super) fn shingles_keyed(text: &str, ngram: usize, key: u64) -> Shingles<'_> {
    let ngram = ngram.clamp(1, MAX_NGRAM);
    let mut oldest = 1u64;
    for _ in 0..ngram {
        oldest = oldest.wrapping_mul(BASE);
    }
    Shingles {
        words: words_keyed(text, key),
        ring: [0; MAX_NGRAM],
        ngram,
        next: 0,
        sum: 0,
        oldest,
        begun: false,
    }
}

/// The n-gram hashes of a text, from [`shingles`].
#[derive(Clone, Debug)]
pub struct Shingles<'a> {
    words: Words<'a>,
    /// The last `ngram` word hashes.
    ring: [u64; MAX_NGRAM],
    ngram: usize,
    next: usize,
    sum: u64,
    /// `BASE` to the power of `ngram`, which takes the word that leaves out of the sum.
    oldest: u64,
    begun: bool,
}

impl Shingles<'_> {
    #[inline]
    fn add(&mut self, word: u64) {
        let left = std::mem::replace(&mut self.ring[self.next & (MAX_NGRAM - 1)], word);
        self.sum =
            self.sum.wrapping_mul(BASE).wrapping_add(word).wrapping_sub(left.wrapping_mul(self.oldest));
        self.next = if self.next + 1 >= self.ngram { 0 } else { self.next + 1 };
    }
}

impl Iterator for Shingles<'_> {
    type Item = u64;

    #[inline]
    fn next(&mut self) -> Option<u64> {
        if self.begun {
            let word = self.words.next()?;
            self.add(word);
            return Some(self.sum);
        }
        self.begun = true;
        let mut count = 0;
        while count < self.ngram {
            let Some(word) = self.words.next() else { break };
            self.add(word);
            count += 1;
        }
        (count > 0).then_some(self.sum)
    }
}

/// The set of a text's n-grams, to compare with others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ShingleSet {
    /// In order, without repeats.
    hashes: Vec<u64>,
}

impl ShingleSet {
    /// The n-grams of a text.
    pub fn new(text: &str, ngram: usize) -> Self {
        Self::from_hashes(shingles(text, ngram).collect())
    }

    /// A set of [`hashes`](Self::hashes).
    pub fn from_hashes(mut hashes: Vec<u64>) -> Self {
        hashes.sort_unstable();
        hashes.dedup();
        ShingleSet { hashes }
    }

    /// The hashes, ascending and without repeats.
    pub fn hashes(&self) -> &[u64] {
        &self.hashes
    }

    /// Intersection over union, from 0 to 1. 0 where a text has no words.
    pub fn jaccard(&self, other: &ShingleSet) -> f64 {
        jaccard_sorted(&self.hashes, &other.hashes)
    }
}

fn jaccard_sorted(a: &[u64], b: &[u64]) -> f64 {
    let (mut i, mut j, mut common) = (0, 0, 0usize);
    while let (Some(x), Some(y)) = (a.get(i), b.get(j)) {
        common += usize::from(x == y);
        i += usize::from(x <= y);
        j += usize::from(y <= x);
    }
    match a.len() + b.len() - common {
        0 => 0.0,
        union => common as f64 / union as f64,
    }
}

/// The Jaccard similarity of the word n-grams of two texts, counted on their 64-bit hashes.
///
/// ```
/// use sprog_text::minhash::jaccard;
/// // Two of three n-grams of each are the same, of four in all.
/// assert_eq!(jaccard("en to tre fire", "to tre fire fem", 2), 0.5);
/// assert_eq!(jaccard("", "", 5), 0.0);
/// ```
pub fn jaccard(a: &str, b: &str, ngram: usize) -> f64 {
    ShingleSet::new(a, ngram).jaccard(&ShingleSet::new(b, ngram))
}
