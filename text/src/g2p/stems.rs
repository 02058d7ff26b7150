//! Stems, prefixes and suffixes with their pronunciation: `data/g2p/stems.tsv` and `endings.tsv`.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::letters::{self, Letter};
use super::phones::{Sound, parse};
use crate::tables::rows;

/// What an entry may be part of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// May be inflected and compounded.
    Stem,
    /// Stands alone.
    Word,
    /// Stands ahead of a stem and has the stress: `ud-`.
    Prefix,
    /// Stands ahead of a stem and has no stress: `be-`.
    WeakPrefix,
    /// Follows a stem: `-hed`.
    Suffix,
}

/// A row of `stems.tsv`.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) kind: Kind,
    /// Transcriptions, the best first; none where the rules read the stem.
    pub(super) readings: Vec<Vec<Sound>>,
    /// Whether its last consonant may be doubled ahead of an ending: its last full vowel is not long.
    pub(super) doubles: bool,
}

/// A row of `endings.tsv`.
#[derive(Debug)]
pub(super) struct Ending {
    pub(super) sounds: Vec<Sound>,
    pub(super) drops_stod: bool,
}

/// Letters to entries, letter by letter.
#[derive(Debug)]
pub(super) struct Trie<T> {
    nodes: Vec<Node>,
    pub(super) values: Vec<T>,
}

#[derive(Debug, Default)]
struct Node {
    /// Sorted by letter.
    next: Vec<(Letter, u32)>,
    values: Vec<u32>,
}

impl<T> Trie<T> {
    fn new() -> Self {
        Trie { nodes: vec![Node::default()], values: Vec::new() }
    }

    fn insert(&mut self, letters: &[Letter], value: T) {
        let mut node = 0;
        for letter in letters {
            let found = self.nodes[node].next.binary_search_by_key(letter, |(l, _)| *l);
            node = match found {
                Ok(index) => self.nodes[node].next[index].1 as usize,
                Err(index) => {
                    let fresh = self.nodes.len();
                    self.nodes[node].next.insert(index, (*letter, fresh as u32));
                    self.nodes.push(Node::default());
                    fresh
                }
            };
        }
        self.nodes[node].values.push(self.values.len() as u32);
        self.values.push(value);
    }

    /// Calls `found` with the length and the index of every value that `letters` starts with.
    pub(super) fn prefixes(&self, letters: &[Letter], mut found: impl FnMut(usize, usize)) {
        let mut node = 0;
        for (at, letter) in letters.iter().enumerate() {
            let next = &self.nodes[node].next;
            let Ok(index) = next.binary_search_by_key(letter, |(l, _)| *l) else { return };
            node = next[index].1 as usize;
            for value in &self.nodes[node].values {
                found(at + 1, *value as usize);
            }
        }
    }
}

pub(super) static STEMS: LazyLock<Trie<Entry>> = LazyLock::new(|| {
    let mut trie = Trie::new();
    for row in rows(include_str!("../../data/g2p/stems.tsv")) {
        let Some(form) = row.first() else { continue };
        let kind = match row.get(2).copied().unwrap_or("") {
            "w" => Kind::Word,
            "p" => Kind::Prefix,
            "b" => Kind::WeakPrefix,
            "x" => Kind::Suffix,
            _ => Kind::Stem,
        };
        let readings: Vec<Vec<Sound>> = match row.get(1).copied().unwrap_or("") {
            "" | "." => Vec::new(),
            cell => cell.split(' ').filter_map(|text| parse(text).ok()).collect(),
        };
        let last = readings.first().and_then(|sounds| sounds.iter().rfind(|sound| sound.id.is_syllabic()));
        let doubles = last.is_none_or(|sound| !sound.id.is_long());
        for form in form.split(' ') {
            if let Some(letters) = letters::letters_of(form) {
                trie.insert(&letters, Entry { kind, readings: readings.clone(), doubles });
            }
        }
    }
    trie
});

pub(super) static ENDINGS: LazyLock<Trie<Ending>> = LazyLock::new(|| {
    let mut trie = Trie::new();
    for row in rows(include_str!("../../data/g2p/endings.tsv")) {
        let [form, sounds, stod, ..] = row[..] else { continue };
        if let (Some(letters), Ok(sounds)) = (letters::letters_of(form), parse(sounds)) {
            trie.insert(&letters, Ending { sounds, drops_stod: stod == "drop" });
        }
    }
    trie
});

/// Names of letters, by letter.
pub(super) static LETTER_NAMES: LazyLock<HashMap<Letter, Vec<Sound>>> = LazyLock::new(|| {
    rows(include_str!("../../data/g2p/letters.tsv"))
        .filter_map(|row| {
            let [form, sounds, ..] = row[..] else { return None };
            Some((*letters::letters_of(form)?.first()?, parse(sounds).ok()?))
        })
        .collect()
});

/// The digits as words, with their transcription.
pub(super) const DIGITS: [&str; 10] = ["nul", "en", "to", "tre", "fire", "fem", "seks", "syv", "otte", "ni"];
