//! The letter-to-sound rules of `data/g2p/rules.tsv`.

use std::ops::Range;
use std::sync::LazyLock;

use super::letters::{self, EDGE, Letter};
use super::phones::{Sound, parse};
use super::{Phone, Stress, Symbol};
use crate::tables::rows;

/// A part of a word that the rules read: a stem with its endings.
pub(super) struct Part<'w> {
    pub(super) letters: &'w [Letter],
    /// Bytes of each letter in the word.
    pub(super) bytes: &'w [Range<usize>],
    /// Index of the stressed vowel's letter.
    pub(super) stressed: Option<usize>,
    /// Letters of the stem; endings follow.
    pub(super) stem: usize,
    /// What the stressed vowel bears.
    pub(super) stress: Stress,
}

const STRESSED: u8 = 1;
const PRETONIC: u8 = 2;
const POSTTONIC: u8 = 4;
const ONE_SYLLABLE: u8 = 1;
const SEVERAL: u8 = 2;

#[derive(Debug, Clone, Copy)]
enum Element {
    /// A letter of the set, or the edge.
    Set(u64),
    /// A vowel with one of these places.
    Vowel(u8),
    /// An e after the stressed vowel.
    WeakE,
    /// An edge of stem and ending.
    Plus,
}

impl Element {
    /// How many letters fit.
    fn width(self) -> u32 {
        match self {
            Element::Set(set) => set.count_ones(),
            Element::Vowel(_) | Element::WeakE | Element::Plus => 1,
        }
    }
}

struct Rule {
    /// From the inside to the outside.
    left: Vec<Element>,
    letters: Vec<Letter>,
    right: Vec<Element>,
    place: u8,
    syllables: u8,
    sounds: Vec<Sound>,
}

struct Rules {
    by_letter: Vec<Vec<Rule>>,
}

static RULES: LazyLock<Rules> = LazyLock::new(|| {
    let mut classes: Vec<(char, u64)> = Vec::new();
    let mut by_letter: Vec<Vec<Rule>> = (0..32).map(|_| Vec::new()).collect();
    for row in rows(include_str!("../../data/g2p/rules.tsv")) {
        if row.first() == Some(&"class") {
            if let (Some(name), Some(set)) = (row.get(1).and_then(|cell| cell.chars().next()), row.get(2)) {
                let bit = |c| if c == '#' { EDGE } else { letters::letter(c).map_or(0, |l| 1 << l) };
                classes.push((name, set.chars().map(bit).fold(0, |all, bit| all | bit)));
            }
        } else if let Some(rule) = rule(&row, &classes) {
            let first = rule.letters.first().copied().unwrap_or_default();
            by_letter[usize::from(first)].push(rule);
        }
    }
    for bucket in &mut by_letter {
        // Stable: rows of the same length stay in the table's order.
        bucket.sort_by_key(|rule| {
            let context = 2 * (rule.left.len() + rule.right.len()) + usize::from(rule.syllables != 3);
            // Among contexts of the same length, the one that fewer letters fit.
            let width: u32 = rule.left.iter().chain(&rule.right).map(|element| element.width()).sum();
            (std::cmp::Reverse((rule.letters.len(), context)), width, rule.place.count_ones())
        });
    }
    Rules { by_letter }
});

fn rule(row: &[&'static str], classes: &[(char, u64)]) -> Option<Rule> {
    let [left, graphemes, right, conditions, sounds, ..] = row[..] else { return None };
    let (mut place, mut syllables) = (0, 0);
    for c in conditions.chars() {
        match c {
            's' => place |= STRESSED,
            'p' => place |= PRETONIC,
            't' => place |= POSTTONIC,
            'u' => place |= PRETONIC | POSTTONIC,
            'm' => syllables |= ONE_SYLLABLE,
            'n' => syllables |= SEVERAL,
            _ => {}
        }
    }
    let mut left = elements(left, classes)?;
    left.reverse();
    Some(Rule {
        left,
        letters: letters::letters_of(graphemes)?,
        right: elements(right, classes)?,
        place: if place == 0 { STRESSED | PRETONIC | POSTTONIC } else { place },
        syllables: if syllables == 0 { ONE_SYLLABLE | SEVERAL } else { syllables },
        sounds: if sounds == "0" { Vec::new() } else { parse(sounds).ok()? },
    })
}

fn elements(cell: &str, classes: &[(char, u64)]) -> Option<Vec<Element>> {
    if cell == "." {
        return Some(Vec::new());
    }
    let element = |c| match c {
        '#' => Some(Element::Set(EDGE)),
        '+' => Some(Element::Plus),
        '\'' => Some(Element::Vowel(STRESSED)),
        '<' => Some(Element::Vowel(PRETONIC)),
        '>' => Some(Element::Vowel(POSTTONIC)),
        '~' => Some(Element::WeakE),
        _ if c.is_ascii_uppercase() => {
            classes.iter().find(|(name, _)| *name == c).map(|(_, set)| Element::Set(*set))
        }
        _ => letters::letter(c).map(|letter| Element::Set(1 << letter)),
    };
    cell.chars().map(element).collect()
}

impl Part<'_> {
    fn place(&self, at: usize) -> u8 {
        match self.stressed {
            Some(stressed) if at == stressed => STRESSED,
            Some(stressed) if at > stressed => POSTTONIC,
            _ => PRETONIC,
        }
    }

    /// Whether the elements stand to the right of `at`, or to the left of it.
    fn fits(&self, elements: &[Element], mut at: usize, rightward: bool) -> bool {
        for element in elements {
            let next = if rightward { (at < self.letters.len()).then_some(at) } else { at.checked_sub(1) };
            let fits = match (element, next) {
                (Element::Plus, _) => {
                    if at != self.stem {
                        return false;
                    }
                    continue;
                }
                (Element::Set(set), None) => set & EDGE != 0,
                (Element::Set(set), Some(index)) => set >> self.letters[index] & 1 == 1,
                (Element::Vowel(_) | Element::WeakE, None) => false,
                (Element::WeakE, Some(index)) => {
                    self.letters[index] == b'e' - b'a' && self.place(index) == POSTTONIC
                }
                (Element::Vowel(place), Some(index)) => {
                    letters::is_vowel(self.letters[index]) && self.place(index) & place != 0
                }
            };
            if !fits {
                return false;
            }
            match next {
                Some(_) if rightward => at += 1,
                Some(index) => at = index,
                None => {}
            }
        }
        true
    }

    fn rule_fits(&self, rule: &Rule, at: usize, syllables: u8) -> bool {
        let end = at + rule.letters.len();
        if !self.letters[at..].starts_with(&rule.letters) || rule.syllables & syllables == 0 {
            return false;
        }
        if rule.place != STRESSED | PRETONIC | POSTTONIC {
            let stressed = self.stressed.is_some_and(|index| (at..end).contains(&index));
            let place = if stressed { STRESSED } else { self.place(at) };
            if rule.place & place == 0 {
                return false;
            }
        }
        self.fits(&rule.right, end, true) && self.fits(&rule.left, at, false)
    }

    /// Reads the part, letter by letter from the left.
    pub(super) fn read(&self, out: &mut Vec<Phone>) {
        let rules = &*RULES;
        let syllables = self.syllables();
        let mut at = 0;
        while at < self.letters.len() {
            let bucket = &rules.by_letter[usize::from(self.letters[at] & 31)];
            let Some(rule) = bucket.iter().find(|rule| self.rule_fits(rule, at, syllables)) else {
                at += 1;
                continue;
            };
            let end = at + rule.letters.len();
            let stressed = self.stressed.is_some_and(|index| (at..end).contains(&index));
            // Phones of as many letters stand for one each; others share all the letters.
            let one_each = rule.sounds.len() == rule.letters.len();
            let mut stress = if stressed { self.stress } else { Stress::None };
            for (offset, sound) in rule.sounds.iter().enumerate() {
                let from = if one_each { at + offset } else { at };
                let to = if one_each { from } else { end - 1 };
                let here = if sound.id.is_vowel() { std::mem::take(&mut stress) } else { Stress::None };
                out.push(Phone {
                    symbol: Symbol::Phone(sound.id),
                    stress: here,
                    stod: false,
                    bytes: self.bytes[from].start..self.bytes[to].end,
                });
            }
            at = end;
        }
    }

    fn syllables(&self) -> u8 {
        let vowels = self.letters.iter().take(64).filter(|letter| letters::is_vowel(**letter)).count();
        if vowels > 1 { SEVERAL } else { ONE_SYLLABLE }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_the_table_is_a_rule() {
        let read: usize = RULES.by_letter.iter().map(Vec::len).sum();
        let table = include_str!("../../data/g2p/rules.tsv");
        assert_eq!(read, rows(table).filter(|row| row.first() != Some(&"class")).count());
    }
}
