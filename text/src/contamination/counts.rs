//! In how many documents each n-gram of a test set stands.

use super::index::TestSet;
use super::scan::Hit;

/// For each n-gram of a test set the number of documents that hold it.
///
/// What stands in many documents is a common phrase, not a leak: GPT-3 (Brown et al. 2020, appendix C) left
/// out n-grams in more than 10 documents.
///
/// ```
/// use sprog_text::contamination::{NgramCounts, Options, TestSet};
/// let tests = TestSet::new([("a", "med venlig hilsen fra os alle sammen")], Options { words: 4, min_words: 4
/// });
/// let mut counts = NgramCounts::new(&tests);
/// for _ in 0..20 {
///     tests.of_counting("Med venlig hilsen fra os", &mut counts);
/// }
/// let hits = tests.of_counting("Med venlig hilsen fra os alle sammen!", &mut counts);
/// assert_eq!(counts.rarest(&tests, &hits[0]), 1, "the end of it stands here only");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NgramCounts {
    documents: Vec<u32>,
}

impl NgramCounts {
    /// No documents yet.
    pub fn new(tests: &TestSet) -> Self {
        NgramCounts { documents: vec![0; tests.ngrams.len()] }
    }

    /// Adds what was counted elsewhere with the same test set; the order does not matter.
    pub fn add(&mut self, other: &NgramCounts) {
        for (count, more) in self.documents.iter_mut().zip(&other.documents) {
            *count = count.saturating_add(*more);
        }
    }

    pub(super) fn count(&mut self, ngram: u32) {
        if let Some(count) = self.documents.get_mut(ngram as usize) {
            *count = count.saturating_add(1);
        }
    }

    /// In how many documents that n-gram of a hit stands that is in the fewest. If it is above some bound (10
    /// in GPT-3), all of the hit is common phrases. Count the whole corpus before asking.
    pub fn rarest(&self, tests: &TestSet, hit: &Hit) -> u32 {
        let ngram_words = tests.items.get(hit.item).map_or(0, |item| item.ngram);
        let words = tests.words_of(hit.item as u32);
        let last = (hit.item_word + hit.words + 1).saturating_sub(ngram_words);
        let ngrams = words.get(hit.item_word..last).unwrap_or(&[]).iter().filter_map(|word| word.ngram);
        ngrams.filter_map(|ngram| self.documents.get(ngram as usize)).copied().min().unwrap_or(0)
    }
}
