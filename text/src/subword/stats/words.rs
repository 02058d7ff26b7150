//! The words of a text, and where compounds among them fall apart.

use std::collections::HashMap;
use std::ops::Range;

use crate::compounds::{LONGEST_WORD, Mode, Splitter};
use crate::segment::{TokenKind, tokens};

/// Words whose parts are remembered.
const MOST_REMEMBERED: usize = 1 << 16;

/// A word of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// Bytes of the text.
    pub range: Range<usize>,
    /// Bytes of the word at which a part other than the first begins; none if it is no compound.
    parts: Box<[u16]>,
}

impl Word {
    /// Whether it is made of several words.
    pub fn is_compound(&self) -> bool {
        !self.parts.is_empty()
    }

    /// Which of the places where parts meet lies at byte `at` of the word, counted from 0. Before and after a linking
    /// element is such a place.
    pub fn boundary(&self, at: usize) -> Option<usize> {
        u16::try_from(at).ok().and_then(|at| self.parts.binary_search(&at).ok())
    }
}

/// Finds words, and remembers the parts of those that it has met: that makes it faster, and changes no result.
#[derive(Clone, Debug, Default)]
pub struct Words {
    parts: HashMap<Box<str>, Box<[u16]>>,
}

impl Words {
    /// The words of a text, in order.
    pub fn find(&mut self, text: &str) -> Vec<Word> {
        let mut words = Vec::new();
        for token in tokens(text).filter(|token| token.kind != TokenKind::Address) {
            let form = text.get(token.range.clone()).unwrap_or_default();
            if form.chars().any(char::is_alphabetic) {
                words.push(Word { parts: self.parts_of(form), range: token.range });
            }
        }
        words
    }

    fn parts_of(&mut self, form: &str) -> Box<[u16]> {
        // No compound has fewer letters, and none that is longer is looked into.
        if form.len() < 4 || form.len() > 4 * LONGEST_WORD {
            return Box::default();
        }
        if let Some(parts) = self.parts.get(form) {
            return parts.clone();
        }
        let best = Splitter::ours().split(form, Mode::Deep, 1);
        let split = best.first().filter(|split| split.is_compound());
        let starts =
            split.map(|split| split.parts.iter().skip(1).filter_map(|p| u16::try_from(p.start).ok()));
        let parts: Box<[u16]> = starts.into_iter().flatten().collect();
        if self.parts.len() >= MOST_REMEMBERED {
            self.parts.clear();
        }
        self.parts.insert(form.into(), parts.clone());
        parts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_have_a_letter_and_are_no_addresses() {
        let text = "Se www.sprog.dk, § 14: 80'ernes Arbejdsmarked.";
        let words = Words::default().find(text);
        let forms: Vec<&str> = words.iter().map(|w| &text[w.range.clone()]).collect();
        assert_eq!(forms, ["Se", "80'ernes", "Arbejdsmarked"]);
        assert_eq!(words[2].parts.as_ref(), [6, 7]);
        assert_eq!((words[2].boundary(7), words[2].boundary(8)), (Some(1), None));
    }

    #[test]
    fn a_word_past_the_longest_is_none_to_take_apart() {
        let long = "æ".repeat(1 << 20);
        assert!(!Words::default().find(&long)[0].is_compound());
    }
}
