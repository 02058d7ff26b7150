//! What a tokenizer makes of texts: how many tokens, and where they cut words.
//!
//! A tokenizer that was trained on another language spends more tokens on Danish and cuts words where they have no
//! joint. The measures are those of Rust et al. 2021, "How Good is Your Tokenizer?": tokens a word (subword fertility)
//! and the share of words that are kept whole (one less the proportion of continued words); with bytes and characters a
//! token, and, as Danish writes compounds as one word, how compounds are cut.
//!
//! A word is a token of [`segment`](crate::segment) that has a letter and is no address. Compounds are taken apart by
//! [`Splitter::ours`](crate::compounds::Splitter::ours), whose answers are those of a program: the figure compares tokenizers, and is no gold standard.
//!
//! The module knows no tokenizer: it is given ids and the bytes of the text that each stands for. Counts are whole
//! numbers and [`Counter::merge`] adds them up, so that the sum does not depend on who counted what.
//!
//! ```
//! use sprog_text::subword::stats::{Counter, Words};
//! let text = "Arbejdsmarkedet er stort";
//! let words = Words::default().find(text);
//! let mut counter = Counter::new(10, None);
//! // Arbejds|markedet| er| st|ort
//! counter.add(text, &words, &[3, 4, 5, 6, 7], &[(0, 7), (7, 15), (15, 18), (18, 21), (21, 24)]);
//! let counts = counter.counts();
//! assert_eq!((counts.words, counts.words_whole, counts.word_tokens), (3, 1, 5));
//! assert_eq!((counts.compounds, counts.compounds_at_boundaries), (1, 1));
//! assert_eq!((counts.bytes_per_token(), counter.unused()), (Some(4.8), 5));
//! ```

mod words;

use serde::{Deserialize, Serialize};

pub use words::{Word, Words};

/// What was counted, in whole numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Texts.
    pub texts: u64,
    /// Bytes of the texts in UTF-8.
    pub bytes: u64,
    /// Code points of the texts.
    pub characters: u64,
    /// Tokens of the texts.
    pub tokens: u64,
    /// Tokens that stand for some bytes of a character and not for all of it.
    pub partial_tokens: u64,
    /// Tokens that say only that the tokenizer does not know what stands there.
    pub unknown_tokens: u64,
    /// Words.
    pub words: u64,
    /// Tokens that hold some of a word, for each word.
    pub word_tokens: u64,
    /// Words that are in one token.
    pub words_whole: u64,
    /// Words that are compounds.
    pub compounds: u64,
    /// Compounds that are in one token.
    pub compounds_whole: u64,
    /// Compounds that are cut where two of their parts meet, and nowhere else.
    pub compounds_at_boundaries: u64,
}

impl Counts {
    /// Adds what was counted elsewhere.
    pub fn merge(&mut self, other: &Counts) {
        self.texts += other.texts;
        self.bytes += other.bytes;
        self.characters += other.characters;
        self.tokens += other.tokens;
        self.partial_tokens += other.partial_tokens;
        self.unknown_tokens += other.unknown_tokens;
        self.words += other.words;
        self.word_tokens += other.word_tokens;
        self.words_whole += other.words_whole;
        self.compounds += other.compounds;
        self.compounds_whole += other.compounds_whole;
        self.compounds_at_boundaries += other.compounds_at_boundaries;
    }

    /// Bytes of UTF-8 a token, the more the better; `None` without tokens.
    pub fn bytes_per_token(&self) -> Option<f64> {
        ratio(self.bytes, self.tokens)
    }

    /// Code points a token, the more the better; `None` without tokens.
    pub fn characters_per_token(&self) -> Option<f64> {
        ratio(self.characters, self.tokens)
    }

    /// Tokens a word, 1 at best; `None` without words.
    pub fn tokens_per_word(&self) -> Option<f64> {
        ratio(self.word_tokens, self.words)
    }

    /// Share of words that are in one token, 0 to 1; `None` without words.
    pub fn whole_words(&self) -> Option<f64> {
        ratio(self.words_whole, self.words)
    }

    /// Share of tokens that stand for parts of characters, 0 to 1; `None` without tokens.
    pub fn partial(&self) -> Option<f64> {
        ratio(self.partial_tokens, self.tokens)
    }

    /// Share of tokens that say nothing, 0 to 1; `None` without tokens.
    pub fn unknown(&self) -> Option<f64> {
        ratio(self.unknown_tokens, self.tokens)
    }

    /// Of the compounds that are cut, the share cut only where parts meet, 0 to 1; `None` if none is cut.
    pub fn compounds_cut_well(&self) -> Option<f64> {
        ratio(self.compounds_at_boundaries, self.compounds.saturating_sub(self.compounds_whole))
    }
}

fn ratio(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

/// Counts for one tokenizer, and which of its ids were met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counter {
    counts: Counts,
    /// A bit an id.
    used: Vec<u64>,
    vocab_size: usize,
    unknown: Option<u32>,
}

impl Counter {
    /// For a tokenizer with ids below `vocab_size`; `unknown` is the id of what it does not know, if it has one.
    pub fn new(vocab_size: usize, unknown: Option<u32>) -> Counter {
        Counter { counts: Counts::default(), used: vec![0; vocab_size.div_ceil(64)], vocab_size, unknown }
    }

    /// Counts a text, its words, and its tokens: their ids and the bytes of the text that each stands for, half-open, in
    /// order. Where the bytes of a character are several tokens, each may give its own bytes or all of the character's.
    ///
    /// Offsets outside the text are taken as its end; ids past the vocabulary are counted and not remembered.
    pub fn add(&mut self, text: &str, words: &[Word], ids: &[u32], offsets: &[(usize, usize)]) {
        let counts = &mut self.counts;
        counts.texts += 1;
        counts.bytes += text.len() as u64;
        counts.characters += text.chars().count() as u64;
        counts.tokens += ids.len() as u64;
        for id in ids {
            counts.unknown_tokens += u64::from(self.unknown == Some(*id));
            let id = *id as usize;
            if id < self.vocab_size
                && let Some(bits) = self.used.get_mut(id / 64)
            {
                *bits |= 1 << (id % 64);
            }
        }
        counts.partial_tokens += partial_tokens(text, offsets);
        add_words(counts, words, offsets);
    }

    /// Adds what was counted elsewhere for the same tokenizer.
    pub fn merge(&mut self, other: &Counter) {
        self.counts.merge(&other.counts);
        for (bits, more) in self.used.iter_mut().zip(&other.used) {
            *bits |= more;
        }
    }

    /// What was counted.
    pub fn counts(&self) -> &Counts {
        &self.counts
    }

    /// Ids of the vocabulary.
    pub fn vocab_size(&self) -> usize {
        self.vocab_size
    }

    /// Ids that no text had.
    pub fn unused(&self) -> usize {
        let used: usize = self.used.iter().map(|bits| bits.count_ones() as usize).sum();
        self.vocab_size.saturating_sub(used)
    }
}

/// Tokens that begin or end inside a character, or that share one with a neighbour.
fn partial_tokens(text: &str, offsets: &[(usize, usize)]) -> u64 {
    let mut partial = 0;
    for (at, &(start, end)) in offsets.iter().enumerate() {
        if start >= end {
            continue;
        }
        let shared =
            |other: Option<&(usize, usize)>| other.is_some_and(|&(s, e)| s < e && s < end && start < e);
        let before = at.checked_sub(1).and_then(|at| offsets.get(at));
        let inside = |at: usize| at < text.len() && !text.is_char_boundary(at);
        partial += u64::from(inside(start) || inside(end) || shared(before) || shared(offsets.get(at + 1)));
    }
    partial
}

fn add_words(counts: &mut Counts, words: &[Word], offsets: &[(usize, usize)]) {
    let mut first = 0;
    for word in words {
        let (start, end) = (word.range.start, word.range.end);
        while offsets.get(first).is_some_and(|token| token.1 <= start) {
            first += 1;
        }
        let (mut tokens, mut covers) = (0u64, false);
        let (mut at_boundary, mut elsewhere) = (false, false);
        for &(from, to) in offsets.get(first..).unwrap_or_default().iter().take_while(|token| token.0 < end) {
            if from >= to || to <= start {
                continue;
            }
            tokens += 1;
            covers = from <= start && to >= end;
            if from > start {
                match word.boundary(from - start) {
                    Some(_) => at_boundary = true,
                    None => elsewhere = true,
                }
            }
        }
        let whole = tokens == 1 && covers;
        counts.words += 1;
        counts.word_tokens += tokens;
        counts.words_whole += u64::from(whole);
        if word.is_compound() {
            counts.compounds += 1;
            counts.compounds_whole += u64::from(whole);
            counts.compounds_at_boundaries += u64::from(!whole && at_boundary && !elsewhere);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(text: &str, offsets: &[(usize, usize)]) -> Counts {
        let ids: Vec<u32> = (0..offsets.len() as u32).collect();
        let mut counter = Counter::new(4, Some(1));
        counter.add(text, &Words::default().find(text), &ids, offsets);
        *counter.counts()
    }

    #[test]
    fn a_compound_is_cut_well_only_where_its_parts_meet() {
        let text = "arbejdsmarked";
        let told = |offsets: &[(usize, usize)]| {
            let counts = count(text, offsets);
            (counts.compounds, counts.compounds_whole, counts.compounds_at_boundaries)
        };
        assert_eq!(told(&[(0, 13)]), (1, 1, 0));
        assert_eq!(told(&[(0, 7), (7, 13)]), (1, 0, 1));
        // The linking element by itself is a part too.
        assert_eq!(told(&[(0, 6), (6, 7), (7, 13)]), (1, 0, 1));
        assert_eq!(told(&[(0, 5), (5, 13)]), (1, 0, 0));
        assert_eq!(told(&[(0, 7), (7, 10), (10, 13)]), (1, 0, 0));
        assert_eq!(count("minister", &[(0, 3), (3, 8)]).compounds, 0);
    }

    #[test]
    fn a_leading_space_belongs_to_the_word_that_it_stands_before() {
        let counts = count("ja, nej", &[(0, 2), (2, 3), (3, 7)]);
        assert_eq!((counts.words, counts.words_whole, counts.word_tokens, counts.tokens), (2, 2, 2, 3));
        assert_eq!(counts.unknown_tokens, 1);
    }

    #[test]
    fn parts_of_characters_are_told_whichever_way_their_offsets_are_given() {
        assert_eq!(count("på", &[(0, 1), (1, 2), (2, 3)]).partial_tokens, 2);
        assert_eq!(count("på", &[(0, 1), (1, 3), (1, 3)]).partial_tokens, 2);
        assert_eq!(count("på", &[(0, 1), (1, 3)]).partial_tokens, 0);
        assert_eq!(count("på", &[(0, 1), (1, 1), (1, 3)]).partial_tokens, 0);
    }

    #[test]
    fn counts_merge_into_those_of_all_texts() {
        let words = Words::default();
        let (mut all, mut first, mut second) =
            (Counter::new(70, None), Counter::new(70, None), Counter::new(70, None));
        let mut words = words;
        for (text, ids, half) in [("en hund", [0u32, 69], 0), ("to katte", [5, 900], 1)] {
            let found = words.find(text);
            let at = text.find(' ').unwrap();
            let offsets = [(0, at), (at, text.len())];
            all.add(text, &found, &ids, &offsets);
            [&mut first, &mut second][half].add(text, &found, &ids, &offsets);
        }
        first.merge(&second);
        assert_eq!((first.counts(), first.unused()), (all.counts(), 67));
        assert_eq!(first, all);
    }

    #[test]
    fn nothing_and_nonsense_have_an_answer() {
        let empty = count("", &[]);
        assert_eq!(
            (empty.bytes_per_token(), empty.tokens_per_word(), empty.compounds_cut_well()),
            (None, None, None)
        );
        let odd = count("æøå", &[(9, 2), (1, 99), (0, 0), (usize::MAX, usize::MAX)]);
        assert_eq!((odd.texts, odd.words), (1, 1));
    }
}
