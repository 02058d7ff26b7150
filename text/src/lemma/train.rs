//! Learning rules on endings from words with their lemmas.

use std::collections::HashMap;

use super::rules::{ENDING, Lemmas, class, key};
use super::script::Script;
use crate::morph::Upos;
use crate::tag::weights::Table;

/// Most scripts that a model can have.
const SCRIPTS: usize = u16::MAX as usize;

/// A word of the treebank: its class, its base, and how often which script.
type Counts = Vec<(u16, u32)>;

/// Collects examples.
#[derive(Default)]
pub(crate) struct Learner {
    scripts: Vec<Script>,
    index: HashMap<Script, u16>,
    words: Vec<(u64, String, u16)>,
    /// Class, the base from its end, the script, and how much the example counts.
    examples: Vec<(u64, String, u16, u32)>,
}

impl Learner {
    /// A token of the treebank.
    pub(crate) fn token(&mut self, base: &str, upos: Upos, feats: &str, lemma: &str) {
        let Some(script) = self.script(base, lemma) else { return };
        for class in [class(Some(upos), Some(feats)), class(Some(upos), None), class(None, None)] {
            self.words.push((class, base.to_owned(), script));
        }
    }

    /// A word type that rules are learnt from.
    pub(crate) fn example(&mut self, base: &str, upos: Upos, feats: &str, lemma: &str, weight: u32) {
        let open = matches!(upos, Upos::Noun | Upos::Verb | Upos::Adj | Upos::Adv | Upos::Propn);
        if !open || lemma.is_empty() || !base.ends_with(char::is_alphabetic) {
            return;
        }
        let Some(script) = self.script(base, lemma) else { return };
        // A lemma with nothing of its form says nothing about endings.
        if usize::from(self.scripts[usize::from(script)].cut) >= base.chars().count() {
            return;
        }
        let reversed: String = base.chars().rev().take(ENDING).collect();
        for class in [class(Some(upos), Some(feats)), class(Some(upos), None), class(None, None)] {
            self.examples.push((class, reversed.clone(), script, weight));
        }
    }

    fn script(&mut self, base: &str, lemma: &str) -> Option<u16> {
        let script = Script::between(base, lemma)?;
        if let Some(number) = self.index.get(&script) {
            return Some(*number);
        }
        if self.scripts.len() >= SCRIPTS {
            return None;
        }
        let number = self.scripts.len() as u16;
        self.scripts.push(script.clone());
        self.index.insert(script, number);
        Some(number)
    }

    pub(crate) fn finish(mut self) -> Lemmas {
        self.words.sort_unstable();
        let mut rows: Vec<(u32, Vec<(u16, i16)>)> = Vec::new();
        for group in self.words.chunk_by(|a, b| a.0 == b.0 && a.1 == b.1) {
            let mut counts = Counts::new();
            for (_, _, script) in group {
                count(&mut counts, *script, 1);
            }
            rows.push(row(key(group[0].0, &group[0].1), most(&counts)));
        }
        let words = table(rows);
        self.examples.sort_unstable();
        let mut rows = Vec::new();
        for group in self.examples.chunk_by(|a, b| a.0 == b.0) {
            grow(group, 0, None, &mut rows);
        }
        Lemmas { scripts: self.scripts, words, rules: table(rows) }
    }
}

fn row(key: u64, script: u16) -> (u32, Vec<(u16, i16)>) {
    ((key >> 32) as u32, vec![(script, 0)])
}

fn table(mut rows: Vec<(u32, Vec<(u16, i16)>)>) -> Table {
    rows.sort();
    rows.dedup_by_key(|row| row.0);
    Table::new(rows)
}

fn count(counts: &mut Counts, script: u16, by: u32) {
    match counts.iter_mut().find(|(s, _)| *s == script) {
        Some((_, n)) => *n = n.saturating_add(by),
        None => counts.push((script, by)),
    }
}

/// The most frequent script; the one met first among equals.
fn most(counts: &Counts) -> u16 {
    counts.iter().max_by_key(|(script, n)| (*n, std::cmp::Reverse(*script))).map_or(0, |(script, _)| *script)
}

/// Rules for the examples of one class that end alike in their last `depth` letters: one where the most
/// frequent script is another than that of the next shorter ending.
fn grow(
    examples: &[(u64, String, u16, u32)],
    depth: usize,
    above: Option<u16>,
    rows: &mut Vec<(u32, Vec<(u16, i16)>)>,
) {
    let mut counts = Counts::new();
    for (_, _, script, weight) in examples {
        count(&mut counts, *script, *weight);
    }
    let best = most(&counts);
    if above != Some(best) {
        let ending: String =
            examples[0].1.chars().take(depth).collect::<Vec<_>>().into_iter().rev().collect();
        rows.push(row(key(examples[0].0, &ending), best));
    }
    if counts.len() < 2 || depth == ENDING {
        return;
    }
    let letter = |reversed: &str| reversed.chars().nth(depth);
    for group in examples.chunk_by(|a, b| letter(&a.1) == letter(&b.1)) {
        if letter(&group[0].1).is_some() {
            grow(group, depth + 1, Some(best), rows);
        }
    }
}
