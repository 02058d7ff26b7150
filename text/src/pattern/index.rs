//! Which rules may match where: by words that they need, else by tags.

use std::collections::HashMap;

use super::compile::{Alternative, CompiledPattern, Element, Tests};
use super::sentence::{SENT_END, SENT_START, Word};

/// Tags kept in a cache before it starts anew.
const MAX_TAGS: usize = 1 << 14;

/// Each tag seen, by number, with the tests it passes. Number 0 is no tag.
#[derive(Clone, Debug, Default)]
pub(super) struct Tags {
    numbers: HashMap<String, u32>,
    bits: Vec<u64>,
    /// Words of bits a tag.
    stride: usize,
    count: u32,
}

impl Tags {
    pub(super) fn new(tests: &Tests) -> Tags {
        let stride = tests.tags.len().div_ceil(64).max(1);
        Tags { numbers: HashMap::new(), bits: vec![0; stride], stride, count: 1 }
    }

    pub(super) fn passes(&self, id: u32, test: usize) -> bool {
        let word = self.bits.get(id as usize * self.stride + test / 64).copied().unwrap_or(0);
        word >> (test % 64) & 1 == 1
    }

    /// The tests that a tag passes, in words of bits.
    fn row(&self, id: u32) -> &[u64] {
        let start = id as usize * self.stride;
        self.bits.get(start..start + self.stride).unwrap_or_default()
    }

    fn number(&mut self, tag: &str, tests: &Tests) -> u32 {
        if let Some(id) = self.numbers.get(tag) {
            return *id;
        }
        let id = self.count;
        self.count += 1;
        let start = self.bits.len();
        self.bits.resize(start + self.stride, 0);
        for (number, test) in tests.tags.iter().enumerate() {
            if test.test.is_match(tag, tag)
                && (tag != SENT_END && tag != SENT_START || !test.unknown)
                && let Some(word) = self.bits.get_mut(start + number / 64)
            {
                *word |= 1 << (number % 64);
            }
        }
        self.numbers.insert(tag.to_owned(), id);
        id
    }

    /// The numbers of all readings' tags, word by word.
    pub(super) fn of(&mut self, words: &[Word], tests: &Tests, out: &mut Vec<Vec<u32>>) {
        if self.numbers.len() > MAX_TAGS {
            *self = Tags::new(tests);
        }
        out.truncate(words.len());
        out.resize_with(words.len(), Vec::new);
        for (ids, word) in out.iter_mut().zip(words) {
            ids.clear();
            for reading in &word.readings {
                ids.push(reading.tag.as_deref().map_or(0, |tag| self.number(tag, tests)));
            }
        }
    }
}

/// A pattern and where it starts from the word found; `None` where that varies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Anchor {
    rule: u32,
    variant: u32,
    offset: Option<u32>,
}

/// A place to try a pattern at; `start` is `None` for everywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Candidate {
    pub(super) rule: u32,
    pub(super) variant: u32,
    pub(super) start: Option<u32>,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Index {
    forms: HashMap<String, Vec<Anchor>>,
    lemmas: HashMap<String, Vec<Anchor>>,
    tags: Vec<Vec<Anchor>>,
    tag_mask: Vec<u64>,
    everywhere: Vec<Anchor>,
}

enum Key {
    Form(String),
    Lemma(String),
    Tag(usize),
}

impl Index {
    pub(super) fn add(&mut self, rule: usize, variant: usize, pattern: &CompiledPattern, tests: &Tests) {
        let mut best: Option<(u64, Vec<Key>, Option<u32>)> = None;
        let mut offset = Some(0u32);
        for element in &pattern.elements {
            if element.min > 0
                && let Some((cost, keys)) = element_keys(element, tests)
            {
                let cost = if offset.is_some() { cost } else { cost.saturating_mul(2) };
                if best.as_ref().is_none_or(|b| cost < b.0) {
                    best = Some((cost, keys, offset));
                }
            }
            let fixed = element.min == 1 && element.max == 1 && element.skip == 0;
            offset = offset.filter(|_| fixed).map(|o| o + 1);
        }
        let (rule, variant) = (rule as u32, variant as u32);
        // The words looked up have their readings after disambiguation.
        let best = best.filter(|_| !pattern.raw_pos);
        let Some((_, keys, offset)) = best else {
            self.everywhere.push(Anchor { rule, variant, offset: None });
            return;
        };
        let anchor = Anchor { rule, variant, offset };
        for key in keys {
            match key {
                Key::Form(word) => self.forms.entry(word).or_default().push(anchor),
                Key::Lemma(word) => self.lemmas.entry(word).or_default().push(anchor),
                Key::Tag(test) => {
                    if self.tags.len() <= test {
                        self.tags.resize_with(test + 1, Vec::new);
                        self.tag_mask.resize(test / 64 + 1, 0);
                    }
                    if let Some(anchors) = self.tags.get_mut(test) {
                        anchors.push(anchor);
                    }
                    if let Some(word) = self.tag_mask.get_mut(test / 64) {
                        *word |= 1 << (test % 64);
                    }
                }
            }
        }
    }

    /// Every place where a rule may match, in order, once each.
    pub(super) fn candidates(&self, words: &[Word], ids: &[Vec<u32>], tags: &Tags, out: &mut Vec<Candidate>) {
        out.clear();
        let mut push = |anchors: &[Anchor], at: usize| {
            for anchor in anchors {
                let start = match anchor.offset {
                    None => None,
                    Some(offset) => match (at as u32).checked_sub(offset) {
                        None => continue,
                        start => start,
                    },
                };
                out.push(Candidate { rule: anchor.rule, variant: anchor.variant, start });
            }
        };
        push(&self.everywhere, 0);
        for (at, word) in words.iter().enumerate() {
            if let Some(anchors) = self.forms.get(&word.lower) {
                push(anchors, at);
            }
            for (n, reading) in word.readings.iter().enumerate() {
                let key = reading.lemma_lower.as_ref().unwrap_or(&word.lower);
                let same = |r: &super::WordReading| r.lemma_lower == reading.lemma_lower;
                if !word.readings.get(..n).unwrap_or_default().iter().any(same)
                    && let Some(anchors) = self.lemmas.get(key)
                {
                    push(anchors, at);
                }
            }
            for id in ids.get(at).map(Vec::as_slice).unwrap_or_default() {
                for (word, (row, mask)) in tags.row(*id).iter().zip(&self.tag_mask).enumerate() {
                    let mut bits = row & mask;
                    while bits != 0 {
                        let test = word * 64 + bits.trailing_zeros() as usize;
                        bits &= bits - 1;
                        push(self.tags.get(test).map(Vec::as_slice).unwrap_or_default(), at);
                    }
                }
            }
        }
        out.sort_unstable();
        out.dedup();
    }
}

/// The keys of which a word must have one for the element to take it, and how often such words come.
fn element_keys(element: &Element, tests: &Tests) -> Option<(u64, Vec<Key>)> {
    if element.any {
        let mut cost = 0u64;
        let mut keys = Vec::new();
        for alternative in &element.tests {
            let (more, some) = keys_of(alternative, tests)?;
            cost = cost.saturating_add(more);
            keys.extend(some);
        }
        return Some((cost, keys));
    }
    element.tests.iter().filter_map(|a| keys_of(a, tests)).min_by_key(|(cost, _)| *cost)
}

fn keys_of(alternative: &Alternative, tests: &Tests) -> Option<(u64, Vec<Key>)> {
    let test = &alternative.test;
    if !test.negate
        && let Some((words, sensitive)) = test.text.and_then(|t| tests.texts.get(t)).and_then(|t| t.words())
    {
        let lower = |w: &String| if sensitive { w.to_lowercase() } else { w.clone() };
        let cost = words.iter().map(|w| commonness(w)).sum();
        let key = |w: &String| if test.inflected { Key::Lemma(lower(w)) } else { Key::Form(lower(w)) };
        return Some((cost, words.iter().map(key).collect()));
    }
    let tag = test.tag.filter(|_| !test.negate_pos)?;
    let compiled = tests.tags.get(tag)?;
    if compiled.unknown {
        return None;
    }
    let ends = [SENT_START, SENT_END].iter().any(|t| compiled.test.is_match(t, t));
    Some((if ends && compiled.test.words().is_some() { 3000 } else { 10_000 }, vec![Key::Tag(tag)]))
}

/// About how often a word comes in 50 000 words.
fn commonness(word: &str) -> u64 {
    match word {
        "." | "," => 2500,
        "i" | "og" | "at" | "er" | "en" | "det" | "af" | "til" | "på" | "den" => 1000,
        "der" | "som" | "de" | "for" | "ikke" | "med" | "et" | "jeg" | "var" | "han" | "har" => 500,
        "om" | "fra" | "men" | "så" | "kan" | "vi" | "man" | "du" | "hun" | "skal" | "vil" | "sig" => 250,
        "eller" | "da" | "når" | "efter" | "over" | "være" | "ved" | "havde" | "blev" | "kunne" => 120,
        "ville" | "skulle" | "må" | "end" | "hvor" | "hvad" | "nu" | "også" | "op" | "ud" | "blive" => 100,
        _ => 5,
    }
}
