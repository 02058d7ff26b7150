//! The parts that can begin at a place of a word, and what each costs by itself.

use crate::compounds::Mode;
use crate::compounds::affixes::AFFIXES;
use crate::compounds::stems::{Class, Entry, Links};
use crate::compounds::trie::{E, I, N, R, S, is_consonant, is_vowel};

use super::{Found, LEAST_UNKNOWN, Left, NOMINAL, Search, UNKNOWN_LETTER};

const PART: u32 = 100;
/// A compound whose split the table gives.
const LEXICALISED: u32 = 110;
/// A short stem is more often there by chance; by characters.
const SHORT: [u32; 5] = [0, 60, 35, 12, 4];
const PREFIX: u32 = 20;
const SUFFIX: u32 = 15;
const ENDING: u32 = 4;
/// A part that is not known, beside known ones; less where a linking `-s-` shows the boundary.
const UNKNOWN_PART: u32 = 300;
const LINK_SHOWS: u32 = 60;
/// A last part that is an ending or a suffix as often as a word: `te`, `ring`.
const RISKY: u32 = 150;

impl Search<'_> {
    /// Fills `found` with the parts that can begin at `place`.
    pub(super) fn parts_at(&mut self, place: usize) {
        self.found.clear();
        self.stems_at(place, place, 0, Class(u16::MAX));
        // A prefix, or two: `u-af-hængig`.
        let affixes = &*AFFIXES;
        let mut node = 0;
        for at in place..self.word.len() {
            let Some(next) = affixes.prefixes.step(node, self.word[at]) else { break };
            node = next;
            let Some(value) = affixes.prefixes.value(node) else { continue };
            let before = affixes.prefix_of[value].before;
            self.stems_at(place, at + 1, PREFIX, before);
            let mut node = 0;
            for inner in at + 1..self.word.len() {
                let Some(next) = affixes.prefixes.step(node, self.word[inner]) else { break };
                node = next;
                if let Some(value) = affixes.prefixes.value(node) {
                    self.stems_at(place, inner + 1, 2 * PREFIX, affixes.prefix_of[value].before);
                }
            }
        }
        if self.guess {
            self.guess_at(place);
        }
    }

    /// The stems of `class` that begin at `at`, of a part that begins at `place`.
    fn stems_at(&mut self, place: usize, at: usize, cost: u32, class: Class) {
        let table = self.table;
        let mut node = 0;
        for end in at..self.word.len() {
            let Some(next) = table.trie.step(node, self.word[end]) else { break };
            node = next;
            let Some(value) = table.trie.value(node) else { continue };
            let end = end + 1;
            let mut entry = table.entries[value];
            if !entry.class.meets(class) || self.mode == Mode::Deep && entry.lexical_only {
                continue;
            }
            if place != at {
                // What follows a prefix is what the prefix stands ahead of: `oversæt-`, not a noun `sæt`.
                if entry.inner != 0 || end - at < 2 {
                    continue;
                }
                entry.links = Links::S.or(entry.links);
            }
            let length = SHORT.get(end - at).copied().unwrap_or(0);
            let inner_cost = if entry.inner != 0 || entry.lexical_only { LEXICALISED } else { PART };
            self.stem(place, end, entry, inner_cost + length + cost, 0);
        }
    }

    /// A stem with what can follow it.
    fn stem(&mut self, place: usize, end: usize, entry: Entry, cost: u32, depth: usize) {
        self.last_part(place, end, entry, cost);
        if end < self.word.len() {
            self.first_part(place, end, entry, cost);
            if depth < 3 {
                self.suffixes(place, end, entry, cost, depth);
            }
        }
    }

    /// The stem as the last part: as it stands or with an ending.
    fn last_part(&mut self, place: usize, end: usize, entry: Entry, cost: u32) {
        let class = entry.class;
        let cost = if place > 0 && class.meets(Class::RISKY) { cost + RISKY } else { cost };
        if place == 0 && self.mode == Mode::Lexical && (entry.inner != 0 || entry.lexical_only) {
            return;
        }
        let length = self.word.len();
        let mut found =
            Found { stem_end: length, end: length, class, left: Left::Edge, cost, inner: entry.inner };
        if end == length {
            let heads = NOMINAL.or(Class::ADJECTIVE).or(Class::HEAD).or(Class::INFINITIVE);
            if place == 0 || class.meets(heads) {
                self.found.push(found);
            }
            return;
        }
        let rest = length - end;
        found.cost += ENDING;
        let plain = self.endings.get(rest).is_some_and(|takes| takes.meets(class));
        if plain {
            self.found.push(found);
        } else if self.doubled(end) && self.endings.get(rest - 1).is_some_and(|takes| takes.meets(class)) {
            self.found.push(Found { cost: found.cost + 1, ..found });
        }
    }

    /// Whether the consonant ahead of `end` is written twice, ahead of an `e` or `i`.
    fn doubled(&self, end: usize) -> bool {
        let at = |place: usize| self.word.get(place).copied();
        match (end.checked_sub(2).and_then(at), end.checked_sub(1).and_then(at), at(end), at(end + 1)) {
            (Some(before), Some(a), Some(b), Some(next)) => {
                a == b && is_consonant(a) && is_vowel(before) && matches!(next, E | I)
            }
            _ => false,
        }
    }

    /// The stem ahead of another part, with each linking element.
    fn first_part(&mut self, place: usize, end: usize, entry: Entry, cost: u32) {
        let (class, links) = (entry.class, entry.links);
        let rest = &self.word[end..];
        let base = Found { stem_end: end, end, class, left: Left::Noun, cost, inner: entry.inner };
        let next = |at: usize| rest.get(at).copied();
        let mut push = |stem_end: usize, end: usize, left: Left, more: u32| {
            if end < self.word.len() {
                self.found.push(Found { stem_end, end, left, cost: base.cost + more, ..base });
            }
        };
        if class.meets(NOMINAL) {
            let complex = place > 0 || entry.inner != 0;
            if links.has(Links::ZERO) || links == Links::UNKNOWN {
                push(end, end, Left::Noun, 0);
            } else {
                push(end, end, Left::Noun, 25);
            }
            if next(0) == Some(S) && self.word[end - 1] != S {
                let more = if links.has(Links::S) {
                    0
                } else if complex {
                    12
                } else {
                    45
                };
                push(end, end + 1, Left::Noun, more);
            }
            let doubled = end >= 2 && next(0) == Some(self.word[end - 1]) && is_consonant(self.word[end - 1]);
            if links.has(Links::E) {
                if next(0) == Some(E) {
                    push(end, end + 1, Left::Noun, 1);
                } else if doubled && next(1) == Some(E) && is_vowel(self.word[end - 2]) {
                    push(end, end + 2, Left::Noun, 1);
                }
            }
            if links.has(Links::ER) && next(0) == Some(E) && next(1) == Some(R) {
                push(end, end + 2, Left::Noun, 1);
            }
            if links.has(Links::N) && next(0) == Some(N) {
                push(end, end + 1, Left::Noun, 1);
            }
        }
        if class.meets(Class::ADJECTIVE) {
            push(end, end, Left::Adjective, 0);
            if next(0) == Some(E) {
                push(end + 1, end + 1, Left::Adjective, 12);
            } else if end >= 2
                && next(0) == Some(self.word[end - 1])
                && is_consonant(self.word[end - 1])
                && next(1) == Some(E)
                && is_vowel(self.word[end - 2])
            {
                push(end + 2, end + 2, Left::Adjective, 13);
            }
        }
        if class.meets(Class::INFINITIVE) {
            push(end, end, Left::Verb, 6);
        } else if class.meets(Class::VERB_STEM) && !class.meets(Class::HEAD) && end - place >= 3 {
            push(end, end, Left::Verb, 25);
        }
        if class.meets(Class::PARTICLE) {
            push(end, end, Left::Particle, 4);
        }
        if class.meets(Class::COMBINING) {
            push(end, end, Left::Combining, 0);
        }
    }

    fn suffixes(&mut self, place: usize, end: usize, entry: Entry, cost: u32, depth: usize) {
        self.suffixes_from(place, end, false, entry, cost, depth);
        if self.doubled(end) {
            self.suffixes_from(place, end + 1, false, entry, cost, depth);
        }
        let link = match self.word[end] {
            S => self.word[end - 1] != S,
            E => entry.links.has(Links::E),
            _ => false,
        };
        if link && entry.class.meets(NOMINAL) {
            self.suffixes_from(place, end + 1, true, entry, cost, depth);
        }
    }

    fn suffixes_from(&mut self, place: usize, at: usize, link: bool, entry: Entry, cost: u32, depth: usize) {
        let affixes = &*AFFIXES;
        let mut node = 0;
        for end in at..self.word.len() {
            let Some(next) = affixes.suffixes.step(node, self.word[end]) else { break };
            node = next;
            let Some(value) = affixes.suffixes.value(node) else { continue };
            let suffix = affixes.suffix_of[value];
            if suffix.after.meets(entry.class) && (!link || suffix.linked) {
                let made = Entry { class: suffix.makes, links: suffix.links, ..entry };
                self.stem(place, end + 1, made, cost + SUFFIX, depth + 1);
            }
        }
    }

    /// An unknown part: the first, if there are known ones behind it, or the last.
    fn guess_at(&mut self, place: usize) {
        let length = self.word.len();
        let cost = |letters: usize| UNKNOWN_PART + UNKNOWN_LETTER * letters as u32;
        let noun = |end, left, cost| Found { stem_end: end, end, class: Class::NOUN, left, cost, inner: 0 };
        if place == 0 {
            for end in LEAST_UNKNOWN..=length - LEAST_UNKNOWN {
                if can_be_part(&self.word[..end]) {
                    self.found.push(noun(end, Left::Noun, cost(end)));
                    if self.word[end] == S && end + 1 < length {
                        let found = noun(end, Left::Noun, cost(end) - LINK_SHOWS);
                        self.found.push(Found { end: end + 1, ..found });
                    }
                }
            }
        } else if place >= LEAST_UNKNOWN
            && length - place >= LEAST_UNKNOWN
            && can_be_part(&self.word[place..])
        {
            let shown = if self.word[place - 1] == S { LINK_SHOWS } else { 0 };
            self.found.push(noun(length, Left::Edge, cost(length - place) - shown));
        }
    }
}

/// Whether these letters can be a word: a vowel, and no cluster at the start that no word has.
fn can_be_part(letters: &[u8]) -> bool {
    let Some(vowel) = letters.iter().position(|c| is_vowel(*c)) else { return false };
    crate::hyphenate::is_onset(&letters[..vowel])
}
