//! The n-grams of test sets.

use std::collections::HashMap;

use super::words::each_word;
use crate::hash::{Rolling, hash_of, mix};

/// How test items are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// Words in an n-gram: 13 in GPT-3 (Brown et al. 2020, appendix C), 8 in PaLM and Llama 2's reports of
    /// overlaps.
    pub words: usize,
    /// Items shorter than `words` match as a whole, if they have this many words; shorter ones never do.
    pub min_words: usize,
}

impl Default for Options {
    /// 13 words, and 5 for short items.
    fn default() -> Self {
        Options { words: 13, min_words: 5 }
    }
}

/// Items at which a match may begin for one n-gram; there are more only where test items repeat each other.
const PLACES: usize = 8;

/// A place of an n-gram: item, number of its first word there.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) item: u32,
    pub(super) word: u32,
}

/// Equal n-grams.
pub(super) struct Ngram {
    /// Where its words stand in the forms of all items.
    pub(super) forms: (usize, usize),
    /// The first places, in order.
    pub(super) places: Vec<Place>,
    /// Other n-grams of the same hash.
    next: Option<u32>,
}

pub(super) struct Item {
    pub(super) id: String,
    /// Its words in `TestSet::words`.
    pub(super) words: (usize, usize),
    /// Words in each of its n-grams: fewer than usual if it is short, 0 if it is not compared.
    pub(super) ngram: usize,
}

pub(super) struct Word {
    /// Where its form stands in `TestSet::forms`.
    pub(super) form: (usize, usize),
    /// Bytes in the item's text.
    pub(super) range: (usize, usize),
    /// The n-gram that begins with it.
    pub(super) ngram: Option<u32>,
}

/// An index of the n-grams of test items, to look training texts up in.
///
/// Words are compared in lower case and NFC, without punctuation, white space and invisible characters; `å`
/// and `aa` differ. N-grams are found by 64-bit hashes and compared word by word, so no hit is a collision.
///
/// ```
/// use sprog_text::contamination::{Options, TestSet};
/// let items = [("spm-1", "Hvad hedder den længste å i Danmark?"), ("spm-2", "Ja eller nej?")];
/// let tests = TestSet::new(items, Options { words: 5, min_words: 3 });
/// let text = "En quiz spurgte, hvad hedder den længste\nå i Danmark? – og ingen vidste det.";
/// let hits = tests.of(text);
/// assert_eq!(tests.id(hits[0].item), "spm-1");
/// assert_eq!(&text[hits[0].training.clone()], "hvad hedder den længste\nå i Danmark");
/// assert_eq!((hits[0].words, hits[0].covered), (7, 1.0));
/// ```
pub struct TestSet {
    pub(super) options: Options,
    pub(super) items: Vec<Item>,
    pub(super) words: Vec<Word>,
    /// The forms of all words, each item's with a space behind each.
    pub(super) forms: String,
    pub(super) ngrams: Vec<Ngram>,
    first_of: HashMap<u64, u32, Spread>,
    /// Tells most n-grams that there are not.
    filter: Filter,
    /// Likewise for the last `min_words` words of short items.
    endings: Filter,
    /// Lengths of short items that are compared, ascending.
    pub(super) short: Vec<usize>,
}

/// Two bits in one of the words for each key; a key of which one is not set was never put in.
struct Filter(Vec<u64>);

impl Filter {
    /// For so many keys: at most four share a word, so that one key in sixty is let through in vain.
    fn of(keys: &[u64]) -> Self {
        let mut filter = Filter(vec![0; (keys.len() / 4).next_power_of_two()]);
        for key in keys {
            let (at, bits) = filter.place(*key);
            filter.0[at] |= bits;
        }
        filter
    }

    fn place(&self, key: u64) -> (usize, u64) {
        ((key >> 6) as usize & (self.0.len() - 1), 1 << (key & 63) | 1 << (key >> 58))
    }

    fn may_hold(&self, key: u64) -> bool {
        let (at, bits) = self.place(key);
        self.0[at] & bits == bits
    }
}

/// The keys are hashes already.
#[derive(Clone, Copy, Default)]
struct Spread(u64);

impl std::hash::BuildHasher for Spread {
    type Hasher = Spread;
    fn build_hasher(&self) -> Spread {
        Spread(0)
    }
}

impl std::hash::Hasher for Spread {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        self.0 = hash_of(bytes, 0, bytes.len());
    }
    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

/// The key of an n-gram of `len` words from the state of a [`Rolling`] over them.
pub(super) fn key_of(state: u64, len: usize) -> u64 {
    mix(state ^ (len as u64) << 32)
}

impl TestSet {
    /// An index of items, each with the name under which it is reported and its text.
    ///
    /// What an item's text is decides what counts as leaked: for questions with answers, give both as two
    /// items, or joined.
    pub fn new<I: Into<String>, T: AsRef<str>>(
        items: impl IntoIterator<Item = (I, T)>,
        options: Options,
    ) -> Self {
        let options = Options { words: options.words.max(1), min_words: options.min_words.max(1) };
        let mut tests = TestSet {
            options,
            items: Vec::new(),
            words: Vec::new(),
            forms: String::new(),
            ngrams: Vec::new(),
            first_of: HashMap::default(),
            filter: Filter(vec![0]),
            endings: Filter(vec![0]),
            short: Vec::new(),
        };
        let (mut keys, mut endings) = (Vec::new(), Vec::new());
        for (id, text) in items {
            tests.add(id.into(), text.as_ref(), &mut keys, &mut endings);
        }
        tests.short.sort_unstable();
        tests.short.dedup();
        tests.filter = Filter::of(&keys);
        tests.endings = Filter::of(&endings);
        tests
    }

    fn add(&mut self, id: String, text: &str, keys: &mut Vec<u64>, endings: &mut Vec<u64>) {
        let first = self.words.len();
        let (words, mut hashes) = (&mut self.words, Vec::new());
        let mut start = self.forms.len();
        each_word(text, &mut self.forms, |from, to, forms| {
            hashes.push(hash_of(forms.as_bytes(), start, forms.len()));
            words.push(Word { form: (start, forms.len()), range: (from, to), ngram: None });
            forms.push(' ');
            start = forms.len();
        });
        let ngram = match hashes.len() {
            len if len >= self.options.words => self.options.words,
            len if len >= self.options.min_words => len,
            _ => 0,
        };
        let item = self.items.len() as u32;
        self.items.push(Item { id, words: (first, self.words.len()), ngram });
        if ngram == 0 {
            return;
        }
        if ngram < self.options.words {
            self.short.push(ngram);
            let ending = &hashes[ngram - self.options.min_words..];
            endings
                .push(key_of(ending.iter().fold(0, |state, hash| Rolling::fill(state, *hash)), ending.len()));
        }
        let rolling = Rolling::new(ngram);
        let mut state = hashes[..ngram - 1].iter().fold(0, |state, hash| Rolling::fill(state, *hash));
        for last in ngram - 1..hashes.len() {
            state = match last.checked_sub(ngram) {
                Some(leaving) => rolling.roll(state, hashes[last], hashes[leaving]),
                None => Rolling::fill(state, hashes[last]),
            };
            let word = first + last + 1 - ngram;
            let forms = (self.words[word].form.0, self.words[first + last].form.1 + 1);
            let place = Place { item, word: (last + 1 - ngram) as u32 };
            let (new, key) = (self.ngrams.len(), key_of(state, ngram));
            let found = self.insert(key, forms, place);
            if self.ngrams.len() > new {
                keys.push(key);
            }
            self.words[word].ngram = Some(found);
        }
    }

    fn insert(&mut self, key: u64, forms: (usize, usize), place: Place) -> u32 {
        let new = self.ngrams.len() as u32;
        let mut at = *self.first_of.entry(key).or_insert(new);
        while let Some(ngram) = self.ngrams.get(at as usize) {
            if self.forms[ngram.forms.0..ngram.forms.1] == self.forms[forms.0..forms.1] {
                break;
            }
            at = ngram.next.unwrap_or(new);
            if at == new {
                let last = self.last_of(key);
                self.ngrams[last].next = Some(new);
            }
        }
        if at == new {
            self.ngrams.push(Ngram { forms, places: Vec::new(), next: None });
        }
        let places = &mut self.ngrams[at as usize].places;
        // One place an item: what follows it there is compared word by word.
        if places.len() < PLACES && places.last().is_none_or(|last| last.item != place.item) {
            places.push(place);
        }
        at
    }

    fn last_of(&self, key: u64) -> usize {
        let mut at = self.first_of.get(&key).copied().unwrap_or(0) as usize;
        while let Some(next) = self.ngrams[at].next {
            at = next as usize;
        }
        at
    }

    /// The n-gram of a key whose words, each with a space behind it, `forms` ends with.
    pub(super) fn find(&self, key: u64, forms: &str) -> Option<u32> {
        let mut at = *self.first_of.get(&key)?;
        loop {
            let ngram = self.ngrams.get(at as usize)?;
            let expected = self.forms.get(ngram.forms.0..ngram.forms.1)?;
            if forms.strip_suffix(expected).is_some_and(|before| before.is_empty() || before.ends_with(' ')) {
                return Some(at);
            }
            at = ngram.next?;
        }
    }

    /// Whether there may be an n-gram of this key.
    pub(super) fn may_hold(&self, key: u64) -> bool {
        self.filter.may_hold(key)
    }

    /// Whether a short item may end with `min_words` words of this key.
    pub(super) fn may_end(&self, key: u64) -> bool {
        self.endings.may_hold(key)
    }

    /// The form of a word of an item.
    pub(super) fn form(&self, item: u32, word: usize) -> Option<&str> {
        let item = self.items.get(item as usize)?;
        let word = self.words.get(item.words.0..item.words.1)?.get(word)?;
        self.forms.get(word.form.0..word.form.1)
    }

    /// The words of an item.
    pub(super) fn words_of(&self, item: u32) -> &[Word] {
        let words = self.items.get(item as usize).and_then(|item| self.words.get(item.words.0..item.words.1));
        words.unwrap_or(&[])
    }

    /// The name of an item by its number, as in [`Hit::item`](super::Hit).
    pub fn id(&self, item: usize) -> &str {
        self.items.get(item).map_or("", |item| &item.id)
    }

    /// How many items there are.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// How many items have too few words to be compared; say so in a report.
    pub fn not_compared(&self) -> usize {
        self.items.iter().filter(|item| item.ngram == 0).count()
    }

    /// How many different n-grams there are.
    pub fn ngrams(&self) -> usize {
        self.ngrams.len()
    }
}
