//! Words of the text, in lower case, with what they say as numbers.

use crate::number::words::{Word, lookup};

/// The longest number and what belongs to it have fewer words.
pub(crate) const MOST: usize = 40;

/// A word of the text.
#[derive(Debug, Clone)]
pub(crate) struct Token {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) lower: String,
    pub(crate) word: Option<Word>,
}

impl Token {
    pub(crate) fn cardinal(&self) -> Option<u64> {
        match self.word {
            Some(Word::Cardinal(value)) => Some(value),
            _ => None,
        }
    }

    pub(crate) fn ordinal(&self) -> Option<u64> {
        match self.word {
            Some(Word::Ordinal(value)) => Some(value),
            _ => None,
        }
    }

    pub(crate) fn is(&self, word: &str) -> bool {
        self.lower == word
    }
}

/// Can the byte start a letter? 0xE2 starts dashes and quotation marks.
pub(crate) fn is_word_byte(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || (byte >= 0xC3 && byte != 0xE2)
}

/// End of the run of letters at `start`.
pub(crate) fn word_end(text: &str, start: usize) -> usize {
    text[start..].char_indices().find(|(_, c)| !c.is_alphabetic()).map_or(text.len(), |(at, _)| start + at)
}

/// Up to `most` words from `start` on, with blanks alone between them.
pub(crate) fn tokens(text: &str, start: usize, most: usize) -> Vec<Token> {
    let mut out: Vec<Token> = Vec::new();
    let mut at = start;
    while out.len() < most {
        let end = word_end(text, at);
        // No word of ours is longer; a hyphen, a digit or an apostrophe makes it another word.
        let joined = text[end..]
            .chars()
            .next()
            .is_some_and(|c| matches!(c, '-' | '\'' | '’' | '_' | '@') || c.is_alphanumeric());
        if end == at || end - at > 64 || joined {
            break;
        }
        let lower = text[at..end].to_lowercase();
        let word = lookup(&lower);
        out.push(Token { start: at, end, lower, word });
        let gap = text[end..].bytes().take(4).take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        if gap == 0 || gap == 4 {
            break;
        }
        at = end + gap;
    }
    out
}

/// The word before `at` and where it starts, with blanks alone between; empty at a sentence's start.
pub(crate) fn word_before(text: &str, at: usize) -> (usize, String) {
    let before = &text[..at];
    let trimmed = before.trim_end_matches([' ', '\t']);
    if trimmed.len() == before.len() || before.len() - trimmed.len() > 4 {
        return (at, String::new());
    }
    let mut start = trimmed.len();
    for (index, c) in trimmed.char_indices().rev().take(48) {
        if !c.is_alphabetic() {
            break;
        }
        start = index;
    }
    (start, trimmed[start..].to_lowercase())
}
