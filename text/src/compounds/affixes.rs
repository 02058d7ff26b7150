//! Endings, suffixes and prefixes: `data/compounds/affixes.tsv`.

use std::sync::LazyLock;

use super::stems::{Class, Links};
use super::trie::{Trie, codes};
use crate::tables::rows;

/// The longest ending, in characters.
pub(super) const LONGEST_ENDING: usize = 7;

/// A suffix that makes a new word: `-hed` of adjectives.
#[derive(Debug, Clone, Copy)]
pub(super) struct Suffix {
    /// What it follows.
    pub(super) after: Class,
    /// What it makes.
    pub(super) makes: Class,
    pub(super) links: Links,
    /// Whether a linking element may stand ahead of it: `arbejd+s+løs`.
    pub(super) linked: bool,
}

/// A prefix without a boundary after it: `be-`, or `ud-` ahead of verbs.
#[derive(Debug, Clone, Copy)]
pub(super) struct Prefix {
    pub(super) before: Class,
}

#[derive(Debug)]
pub(super) struct Affixes {
    /// Endings from their last letter to their first, and the classes that take them.
    endings: Trie,
    ending_classes: Vec<Class>,
    pub(super) suffixes: Trie,
    pub(super) suffix_of: Vec<Suffix>,
    pub(super) prefixes: Trie,
    pub(super) prefix_of: Vec<Prefix>,
}

impl Affixes {
    /// For each length below [`LONGEST_ENDING`] + 1: the classes for which the last so many letters are an ending.
    pub(super) fn endings_of(&self, word: &[u8]) -> [Class; LONGEST_ENDING + 1] {
        let mut found = [Class::NONE; LONGEST_ENDING + 1];
        let mut node = 0;
        for (slot, code) in found.iter_mut().skip(1).zip(word.iter().rev()) {
            let Some(next) = self.endings.step(node, *code) else { break };
            node = next;
            if let Some(value) = self.endings.value(node) {
                *slot = self.ending_classes[value];
            }
        }
        found
    }
}

/// Sorts by key, and merges the values of the same key.
fn sorted<T: Copy>(mut rows: Vec<(Vec<u8>, T)>, merge: impl Fn(&mut T, T)) -> (Vec<Vec<u8>>, Vec<T>) {
    rows.sort_by(|a, b| a.0.cmp(&b.0));
    let (mut keys, mut values): (Vec<Vec<u8>>, Vec<T>) = (Vec::new(), Vec::new());
    for (key, value) in rows {
        match values.last_mut() {
            Some(last) if keys.last() == Some(&key) => merge(last, value),
            _ => {
                keys.push(key);
                values.push(value);
            }
        }
    }
    (keys, values)
}

pub(super) static AFFIXES: LazyLock<Affixes> = LazyLock::new(|| {
    let (mut endings, mut suffixes, mut prefixes) = (Vec::new(), Vec::new(), Vec::new());
    for row in rows(include_str!("../../data/compounds/affixes.tsv")) {
        let cell = |at: usize| row.get(at).copied().unwrap_or("");
        let class = Class::parse(cell(1));
        for form in cell(0).split(' ') {
            let mut key = codes(form);
            match cell(2) {
                "ending" => {
                    key.reverse();
                    endings.push((key, class));
                }
                "prefix" => prefixes.push((key, Prefix { before: class })),
                "suffix" => {
                    let (makes, links) = (Class::parse(cell(3)), Links::parse(cell(4)));
                    suffixes.push((key, Suffix { after: class, makes, links, linked: cell(5) == "linked" }));
                }
                _ => {}
            }
        }
    }
    let (ending_keys, ending_classes) = sorted(endings, |a, b| *a = a.or(b));
    let (suffix_keys, suffix_of) = sorted(suffixes, |a, b| a.after = a.after.or(b.after));
    let (prefix_keys, prefix_of) = sorted(prefixes, |a, b| a.before = a.before.or(b.before));
    Affixes {
        endings: Trie::new(&ending_keys),
        ending_classes,
        suffixes: Trie::new(&suffix_keys),
        suffix_of,
        prefixes: Trie::new(&prefix_keys),
        prefix_of,
    }
});
