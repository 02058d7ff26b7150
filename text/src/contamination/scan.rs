//! Looking a training text up in a test set.

use std::ops::Range;

use super::counts::NgramCounts;
use super::index::{Item, TestSet};
use super::window::{Seen, Window, key_of_last};
use super::words::each_word;
use crate::hash::hash_of;

/// A passage of a training text that a test item holds as well.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// The item, by its number in the order given; [`TestSet::id`] has its name.
    pub item: usize,
    /// The bytes of the passage in the training text, from its first word to its last.
    pub training: Range<usize>,
    /// The bytes of the same words in the item's text.
    pub in_item: Range<usize>,
    /// Number of the passage's first word in the item.
    pub item_word: usize,
    /// How many words are the same, one after another.
    pub words: usize,
    /// Which share of the item's n-grams stands anywhere in this training text, from above 0 to 1; the
    /// same for all hits of the item.
    pub covered: f64,
    /// How many items begin a passage here, this one among them; 8 stands for 8 or more, of which 8 are
    /// reported.
    pub items: usize,
}

/// Passages followed at the same time; more than these are only where test items repeat each other.
const OPEN: usize = 64;

/// A passage that may go on.
struct Open {
    item: u32,
    start: usize,
    end: usize,
    item_word: usize,
    words: usize,
    items: usize,
}

struct Scan<'a> {
    tests: &'a TestSet,
    open: Vec<Open>,
    hits: Vec<Hit>,
    /// N-grams that stand in the text, as they come.
    seen: Vec<u32>,
}

impl TestSet {
    /// The passages of a training text that test items hold as well, by their place in the text, then by
    /// item.
    ///
    /// A passage is at least one n-gram (or a whole short item) and goes on while the next words are the
    /// same. Passages with the same item may overlap where the text or the item repeats itself; at any word
    /// at most one passage is followed for each item. Time is linear in the text.
    pub fn of(&self, text: &str) -> Vec<Hit> {
        self.scan(text).0
    }

    /// As [`of`](TestSet::of), and counts the n-grams of this document.
    pub fn of_counting(&self, text: &str, counts: &mut NgramCounts) -> Vec<Hit> {
        let (hits, seen) = self.scan(text);
        seen.into_iter().for_each(|ngram| counts.count(ngram));
        hits
    }

    fn scan(&self, text: &str) -> (Vec<Hit>, Vec<u32>) {
        let mut scan = Scan { tests: self, open: Vec::new(), hits: Vec::new(), seen: Vec::new() };
        if self.ngrams.is_empty() {
            return (scan.hits, scan.seen);
        }
        let mut forms = String::new();
        let mut block = Block::new(self);
        each_word(text, &mut forms, |start, end, forms| {
            let form = block.words.last().map_or(0, |word| word.form_end);
            let hash = hash_of(forms.as_bytes(), form, forms.len());
            forms.push(' ');
            block.words.push(Seen { hash, start, end, form, form_end: forms.len() });
            if block.words.len() >= block.fresh + BLOCK {
                scan.take(&mut block, forms);
                block.keep_last(forms);
            }
        });
        scan.take(&mut block, &forms);
        scan.open.drain(..).for_each(|open| scan.hits.push(hit(self, &open)));
        scan.finish()
    }
}

/// Words read before any is looked up: the filter lies outside the fast caches, and looks at many places of
/// it at once take little longer than one.
const BLOCK: usize = 128;

/// Words not looked up yet, and before them those that n-grams with them begin with.
struct Block {
    words: Vec<Seen>,
    fresh: usize,
    keep: usize,
    whole: Window,
    ending: Window,
    likely: Vec<bool>,
}

impl Block {
    fn new(tests: &TestSet) -> Self {
        let (whole, ending) = (tests.options.words, tests.options.min_words);
        let (keep, likely) = (whole.max(ending), Vec::new());
        Block {
            words: Vec::new(),
            fresh: 0,
            keep,
            whole: Window::new(whole),
            ending: Window::new(ending),
            likely,
        }
    }

    /// Forgets all words but the last.
    fn keep_last(&mut self, forms: &mut String) {
        let gone = self.words.len().saturating_sub(self.keep);
        let behind = self.words.get(gone).map_or(0, |word| word.form);
        forms.drain(..behind);
        self.words.drain(..gone);
        for word in &mut self.words {
            word.form -= behind;
            word.form_end -= behind;
        }
        self.fresh = self.words.len();
    }
}

fn hit(tests: &TestSet, open: &Open) -> Hit {
    let words = tests.words_of(open.item);
    let first = words.get(open.item_word).map_or(0, |word| word.range.0);
    let last = words.get(open.item_word + open.words - 1).map_or(first, |word| word.range.1);
    Hit {
        item: open.item as usize,
        training: open.start..open.end,
        in_item: first..last,
        item_word: open.item_word,
        words: open.words,
        covered: 0.0,
        items: open.items,
    }
}

impl Scan<'_> {
    /// Looks up the fresh words of a block.
    fn take(&mut self, block: &mut Block, forms: &str) {
        let tests = self.tests;
        block.whole.take(&block.words, block.fresh);
        block.likely.clear();
        block.likely.extend(block.whole.keys().iter().map(|key| tests.may_hold(*key)));
        if !tests.short.is_empty() {
            block.ending.take(&block.words, block.fresh);
        }
        for (index, word) in block.words.iter().enumerate().skip(block.fresh) {
            let (so_far, words) = (&forms[..word.form_end], &block.words[..=index]);
            let fresh = index - block.fresh;
            if !self.open.is_empty() {
                self.follow(word.end, &forms[word.form..word.form_end - 1]);
            }
            if block.likely.get(fresh) == Some(&true)
                && let Some(key) = block.whole.keys().get(fresh)
            {
                let ngram = self.followed().or_else(|| tests.find(*key, so_far));
                self.begin(ngram, words, tests.options.words);
            }
            if block.ending.keys().get(fresh).is_some_and(|key| tests.may_end(*key)) {
                for len in &tests.short {
                    let ngram = key_of_last(words, *len).and_then(|key| tests.find(key, so_far));
                    self.begin(ngram, words, *len);
                }
            }
        }
    }

    /// Takes a word on to the passages that go on with it, and ends the others.
    fn follow(&mut self, end: usize, form: &str) {
        let (tests, hits) = (self.tests, &mut self.hits);
        self.open.retain_mut(|open| {
            let goes_on = tests.form(open.item, open.item_word + open.words) == Some(form);
            if goes_on {
                open.words += 1;
                open.end = end;
            } else {
                hits.push(hit(tests, open));
            }
            goes_on
        });
    }

    /// The n-gram that ends here, if a passage that is followed tells without looking it up.
    fn followed(&self) -> Option<u32> {
        let open = self.open.first()?;
        let ngram_words = self.tests.options.words;
        let first = (open.item_word + open.words).checked_sub(ngram_words)?;
        if self.tests.items.get(open.item as usize)?.ngram != ngram_words {
            return None;
        }
        self.tests.words_of(open.item).get(first)?.ngram
    }

    /// Begins passages with an n-gram that the last of `words` are.
    fn begin(&mut self, ngram: Option<u32>, words: &[Seen], len: usize) {
        let Some(ngram) = ngram else { return };
        let (Some(first), Some(last)) =
            (words.len().checked_sub(len).and_then(|at| words.get(at)), words.last())
        else {
            return;
        };
        let (start, end) = (first.start, last.end);
        self.seen.push(ngram);
        let Some(of) = self.tests.ngrams.get(ngram as usize) else { return };
        for place in &of.places {
            if self.open.len() < OPEN && !self.open.iter().any(|open| open.item == place.item) {
                let (item_word, items) = (place.word as usize, of.places.len());
                self.open.push(Open { item: place.item, start, end, item_word, words: len, items });
            }
        }
    }

    /// Sorts the hits and says what share of its item each found.
    fn finish(mut self) -> (Vec<Hit>, Vec<u32>) {
        self.seen.sort_unstable();
        self.seen.dedup();
        self.hits.sort_by_key(|hit| hit.item);
        let mut covered: Option<(usize, f64)> = None;
        for hit in &mut self.hits {
            let share = match covered {
                Some((item, share)) if item == hit.item => share,
                _ => self.tests.items.get(hit.item).map_or(0.0, |item| share(self.tests, item, &self.seen)),
            };
            covered = Some((hit.item, share));
            hit.covered = share;
        }
        self.hits.sort_by_key(|hit| (hit.training.start, hit.training.end, hit.item));
        (self.hits, self.seen)
    }
}

fn share(tests: &TestSet, item: &Item, seen: &[u32]) -> f64 {
    let ngrams =
        tests.words.get(item.words.0..item.words.1).unwrap_or(&[]).iter().filter_map(|word| word.ngram);
    let (mut all, mut found) = (0u32, 0u32);
    for ngram in ngrams {
        all += 1;
        found += u32::from(seen.binary_search(&ngram).is_ok());
    }
    if all == 0 { 0.0 } else { f64::from(found) / f64::from(all) }
}
