//! One text, one language.

use super::language::{Language, LanguageSet};
use super::model::{CLASSES, Model};
use super::words::{Folded, Sink, read};

/// What a text's language is, and how sure.
#[derive(Clone, Debug, PartialEq)]
pub struct Identification {
    /// The likeliest language; `None` (reported as `und`) if the text has hardly any evidence: no words, or
    /// too little of a lead on too few words (see [`Identifier::identify`]).
    pub label: Option<Language>,
    /// The probability of the likeliest language, calibrated on held-out text; 0 without any word.
    pub score: f32,
    /// The probability of each language, in the order of [`Language::ALL`]; they add up to 1. Without any word
    /// all are the same.
    pub scores: [f32; Language::ALL.len()],
    /// The smallest set of languages that holds 98 % of the probability.
    pub set: LanguageSet,
    /// Words that were evidence.
    pub words: u32,
}

impl Identification {
    /// Share of the probability that [`Self::set`] holds.
    pub const COVERAGE: f32 = 0.98;

    pub(super) fn new(model: &Model<'_>, evidence: &Evidence) -> Identification {
        let scores = model.probabilities(&evidence.sums(), evidence.words);
        let set = LanguageSet::covering(&scores, Self::COVERAGE);
        let best = set.iter().next().unwrap_or(Language::Other);
        let score = if evidence.words == 0 { 0.0 } else { scores[best.index()] };
        let label = (score >= least(evidence.words)).then_some(best);
        Identification { label, score, scores, set, words: evidence.words }
    }

    /// The code of [`Self::label`]; `und` for none.
    pub fn code(&self) -> &'static str {
        self.label.map_or("und", Language::code)
    }

    /// The smallest set of languages that holds a share of the probability, such as 0.95.
    pub fn set_at(&self, coverage: f32) -> LanguageSet {
        LanguageSet::covering(&self.scores, coverage)
    }
}

/// The score from which a text of some words gets a label.
fn least(words: u32) -> f32 {
    match words {
        0 => f32::INFINITY,
        1 => 0.75,
        2 => 0.4,
        _ => 0.0,
    }
}

/// What the words of a text add up to.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Evidence {
    sums: [i64; CLASSES],
    /// Sums of the last 65,536 words at most, which cannot reach 2^31.
    near: [i32; CLASSES],
    pub(super) words: u32,
}

impl Evidence {
    #[inline]
    pub(super) fn add(&mut self, weights: &[i16; CLASSES]) {
        for (sum, weight) in self.near.iter_mut().zip(weights) {
            *sum = sum.wrapping_add(i32::from(*weight));
        }
        self.words = self.words.saturating_add(1);
        if self.words & 0xffff == 0 {
            self.sums = self.sums();
            self.near = [0; CLASSES];
        }
    }

    /// Half of what the weights are.
    pub(super) fn add_name(&mut self, weights: &[i16; CLASSES]) {
        self.add(&weights.map(|weight| weight / 2));
    }

    pub(super) fn sums(&self) -> [i64; CLASSES] {
        let mut sums = self.sums;
        for (sum, near) in sums.iter_mut().zip(self.near) {
            *sum = sum.wrapping_add(i64::from(near));
        }
        sums
    }

    pub(super) fn merge(&mut self, other: &Evidence) {
        for (sum, more) in self.sums.iter_mut().zip(other.sums()) {
            *sum = sum.wrapping_add(more);
        }
        self.words = self.words.saturating_add(other.words);
    }
}

/// Weights of a run of letters of a script that none of the nine languages uses.
pub(super) const FOREIGN: [i16; CLASSES] =
    [-200, -200, -200, -200, -200, -200, -200, -200, -200, 200, 200, 200];

/// Bytes of a word that the cache holds.
const CACHED: usize = 24;

/// Words that the cache holds.
const ENTRIES: usize = 1 << 16;

#[derive(Clone, Copy)]
struct Entry {
    word: [u8; CACHED],
    weights: [i16; CLASSES],
}

/// Identifies the languages of many texts, one after the other.
///
/// Holds the words it met last with their weights (3 MB), which changes the speed and never a result.
pub struct Identifier {
    model: Model<'static>,
    cache: Vec<Entry>,
}

impl Default for Identifier {
    fn default() -> Self {
        Self::new()
    }
}

impl Identifier {
    /// With the model of this crate.
    pub fn new() -> Identifier {
        let model = Model::built_in();
        Identifier { model, cache: vec![Entry { word: [0; CACHED], weights: [0; CLASSES] }; ENTRIES] }
    }

    /// Without a cache: slower on long texts, and no memory of its own. For a few short texts.
    pub fn uncached() -> Identifier {
        Identifier { model: Model::built_in(), cache: Vec::new() }
    }

    /// The language of a text taken as one.
    ///
    /// Every text with three words of evidence gets a label; one word needs a score of 0.75, two need 0.4. For
    /// a page whose parts may differ use [`Self::document`].
    ///
    /// ```
    /// use sprog_text::langid::{Identifier, Language};
    /// let mut identifier = Identifier::new();
    /// let found = identifier.identify("Det ved jeg ikke, hvad jeg skal sige til.");
    /// assert_eq!(found.label, Some(Language::Da));
    /// assert_eq!(identifier.identify("123").label, None);
    /// ```
    pub fn identify(&mut self, text: &str) -> Identification {
        let mut sink =
            Whole { weights: &mut Weights::new(self), evidence: Evidence::default(), begins: true };
        read(text, &mut sink);
        let evidence = sink.evidence;
        Identification::new(&self.model, &evidence)
    }

    pub(super) fn model(&self) -> &Model<'static> {
        &self.model
    }
}

/// Looks words up, in the cache first.
pub(super) struct Weights<'i> {
    model: Model<'static>,
    cache: &'i mut [Entry],
}

impl<'i> Weights<'i> {
    pub(super) fn new(identifier: &'i mut Identifier) -> Weights<'i> {
        Weights { model: identifier.model, cache: &mut identifier.cache }
    }

    /// Adds a word to the evidence. A name (a capital inside a sentence) counts half.
    #[inline]
    pub(super) fn add(&mut self, word: &Folded, name: bool, evidence: &mut Evidence) {
        if let Some(key) = word.bytes.first_chunk::<CACHED>()
            && word.len <= CACHED
            && let Some(entry) = self.cache.get_mut(place(key))
        {
            if entry.word != *key {
                *entry = Entry { word: *key, weights: self.model.word(word.as_bytes()) };
            }
            if name {
                evidence.add_name(&entry.weights);
            } else {
                evidence.add(&entry.weights);
            }
        } else if name {
            evidence.add_name(&self.model.word(word.as_bytes()));
        } else {
            evidence.add(&self.model.word(word.as_bytes()));
        }
    }
}

#[inline]
fn place(key: &[u8; CACHED]) -> usize {
    const FACTORS: [u64; 3] = [0x9E37_79B9_7F4A_7C15, 0xD6E8_FEB8_6659_FD93, 0xA076_1D64_78BD_642F];
    let (parts, _) = key.as_chunks::<8>();
    let hash = parts
        .iter()
        .zip(FACTORS)
        .fold(0u64, |hash, (part, factor)| hash ^ u64::from_le_bytes(*part).wrapping_mul(factor));
    (hash >> (64 - ENTRIES.trailing_zeros())) as usize
}

/// Whether a sentence may end with a byte.
pub(super) fn ends_sentence(last: u8) -> bool {
    matches!(last, b'.' | b'!' | b'?' | b':' | b';')
}

struct Whole<'w, 'i> {
    weights: &'w mut Weights<'i>,
    evidence: Evidence,
    begins: bool,
}

impl Sink for Whole<'_, '_> {
    #[inline]
    fn word(&mut self, word: &Folded, _: usize, capital: bool) {
        self.weights.add(word, capital && !self.begins, &mut self.evidence);
        self.begins = false;
    }

    fn foreign(&mut self, _: usize) {
        self.evidence.add(&FOREIGN);
    }

    #[inline]
    fn gap(&mut self, _: usize, last: u8, newline: bool) {
        self.begins |= newline || ends_sentence(last);
    }
}
