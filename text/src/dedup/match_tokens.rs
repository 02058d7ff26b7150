//! The match view of a text: its words and signs, without the white space between them.

use std::ops::Range;

use unicode_normalization::char::is_combining_mark;

use crate::hash::hash_of;

/// A token of the match view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MatchToken {
    /// Where it stands, in bytes.
    pub range: Range<usize>,
    /// Whether it is a word; a sign otherwise.
    pub is_word: bool,
}

/// The tokens of [`match_tokens`].
#[derive(Clone)]
pub struct MatchTokens<'a> {
    text: &'a str,
    at: usize,
}

/// Tokens by which stretches of text are compared exactly: a word is a maximal run of letters, digits and
/// the marks that follow them; any other character that is not white space is a sign, and a run of the same
/// sign is one token (a ruler of eighty dashes must not count as eighty).
///
/// White space and line breaks part tokens and are not compared. Nothing is folded: `Og` and `og` differ,
/// and so do two encodings of `å`; normalize first. Writing without spaces gives long words, so
/// the view is not made for Chinese, Japanese or Thai.
///
/// ```
/// let text = "Nej!!! Ikke\n3,5 kg.";
/// let tokens: Vec<&str> = sprog_text::dedup::match_tokens(text).map(|t| &text[t.range]).collect();
/// assert_eq!(tokens, ["Nej", "!!!", "Ikke", "3", ",", "5", "kg", "."]);
/// ```
pub fn match_tokens(text: &str) -> MatchTokens<'_> {
    MatchTokens { text, at: 0 }
}

/// Replaces what is in `hashes` by the 64-bit hashes of the tokens of `text`, in order.
///
/// The hash is over the token's bytes in UTF-8 and is the same on every platform and in every version. It is
/// not keyed: two tokens that differ get the same hash once in 2^64, unless someone looked for such a pair.
///
/// ```
/// let (mut one, mut two) = (Vec::new(), Vec::new());
/// sprog_text::dedup::token_hashes("Det er\nsandt .", &mut one);
/// sprog_text::dedup::token_hashes(" Det  er sandt.", &mut two);
/// assert_eq!(one, two);
/// ```
pub fn token_hashes(text: &str, hashes: &mut Vec<u64>) {
    hashes.clear();
    let bytes = text.as_bytes();
    hashes.extend(match_tokens(text).map(|token| hash_of(bytes, token.range.start, token.range.end)));
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Space,
    Word,
    Sign,
    /// The first byte of a character of more than one.
    Lead,
}

const CLASSES: [Class; 256] = {
    let mut classes = [Class::Lead; 256];
    let mut byte = 0u8;
    while byte < 0x80 {
        // The white space of `char::is_whitespace`.
        classes[byte as usize] = if matches!(byte, b' ' | 0x09..=0x0d) {
            Class::Space
        } else if byte.is_ascii_alphanumeric() {
            Class::Word
        } else {
            Class::Sign
        };
        byte += 1;
    }
    classes
};

/// Whether two bytes are a letter of U+00C0–U+00FF, all of which but × and ÷ are letters.
fn is_latin1_letter(lead: u8, next: u8) -> bool {
    lead == 0xC3 && next != 0x97 && next != 0xB7
}

/// Whether a character would carry a word on.
fn carries_word(c: char) -> bool {
    c.is_alphanumeric() || (c >= '\u{300}' && is_combining_mark(c))
}

impl MatchTokens<'_> {
    fn char_at(&self, at: usize) -> Option<char> {
        self.text.get(at..).and_then(|rest| rest.chars().next())
    }

    /// Where the word ends that has begun before `at`.
    fn word_end(&self, mut at: usize) -> usize {
        let bytes = self.text.as_bytes();
        loop {
            while let Some(&byte) = bytes.get(at) {
                match CLASSES[usize::from(byte)] {
                    Class::Word => at += 1,
                    Class::Lead if is_latin1_letter(byte, bytes.get(at + 1).copied().unwrap_or(0)) => at += 2,
                    Class::Lead => break,
                    Class::Space | Class::Sign => return at,
                }
            }
            match self.char_at(at) {
                Some(c) if carries_word(c) => at += c.len_utf8(),
                _ => return at,
            }
        }
    }
}

impl Iterator for MatchTokens<'_> {
    type Item = MatchToken;

    fn next(&mut self) -> Option<MatchToken> {
        let bytes = self.text.as_bytes();
        loop {
            let start = self.at;
            let first = *bytes.get(start)?;
            let class = CLASSES[usize::from(first)];
            let (is_word, sign) = match class {
                Class::Space => {
                    self.at += 1;
                    continue;
                }
                Class::Word => (true, '\0'),
                Class::Sign => (false, char::from(first)),
                Class::Lead if is_latin1_letter(first, bytes.get(start + 1).copied().unwrap_or(0)) => {
                    (true, '\0')
                }
                Class::Lead => {
                    let c = self.char_at(start)?;
                    if c.is_whitespace() {
                        self.at += c.len_utf8();
                        continue;
                    }
                    (c.is_alphanumeric(), c)
                }
            };
            if is_word {
                self.at = self.word_end(start);
            } else {
                self.at += sign.len_utf8();
                while self.char_at(self.at) == Some(sign) {
                    self.at += sign.len_utf8();
                }
            }
            return Some(MatchToken { range: start..self.at, is_word });
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn tokens(text: &str) -> Vec<&str> {
        match_tokens(text).map(|t| &text[t.range]).collect()
    }

    #[test]
    fn words_keep_their_marks_and_signs_run_together_with_their_own_kind_only() {
        for (text, expected) in [
            ("", &[] as &[&str]),
            (" \n\u{a0}\u{2028}\t", &[]),
            ("Bla\u{30a}bær og ål", &["Bla\u{30a}bær", "og", "ål"]),
            ("2×3÷4", &["2", "×", "3", "÷", "4"]),
            ("…..––-", &["…", "..", "––", "-"]),
            ("\0\0a\0", &["\0\0", "a", "\0"]),
            ("\u{301}\u{301}a", &["\u{301}\u{301}", "a"]),
            ("日本 ord", &["日本", "ord"]),
        ] {
            assert_eq!(tokens(text), expected, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn tokens_are_what_one_character_at_a_time_gives(
            text in "[a-bæØ×÷0 .,\u{2013}\u{301}日\u{a0}\n\0]{0,60}|\\PC{0,30}",
        ) {
            let mut expected: Vec<(Range<usize>, bool)> = Vec::new();
            let mut previous = None;
            for (at, c) in text.char_indices() {
                let end = at + c.len_utf8();
                let open = expected.last_mut().filter(|(range, _)| range.end == at);
                match open {
                    Some((range, true)) if c.is_alphanumeric() || is_combining_mark(c) => range.end = end,
                    Some((range, false)) if previous == Some(c) => range.end = end,
                    _ if c.is_whitespace() => {}
                    _ => expected.push((at..end, c.is_alphanumeric())),
                }
                previous = Some(c);
            }
            let got: Vec<_> = match_tokens(&text).map(|t| (t.range, t.is_word)).collect();
            prop_assert_eq!(got, expected);
        }
    }
}
