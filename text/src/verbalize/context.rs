//! The text around a place. Every look is bounded, so that a scan of the text is linear.

/// A word longer than this is not looked at.
const LONGEST: usize = 48;

/// The text under the scanner.
#[derive(Clone, Copy)]
pub(crate) struct Context<'t> {
    pub(crate) text: &'t str,
    pub(crate) bytes: &'t [u8],
    /// Are all accepted readings wanted, or the best only?
    pub(crate) all: bool,
}

pub(crate) fn is_letter(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == 0xC3
}

impl<'t> Context<'t> {
    pub(crate) fn new(text: &'t str, all: bool) -> Self {
        Context { text, bytes: text.as_bytes(), all }
    }

    pub(crate) fn at(&self, at: usize) -> u8 {
        self.bytes.get(at).copied().unwrap_or(0)
    }

    pub(crate) fn rest(&self, at: usize) -> &'t [u8] {
        self.bytes.get(at..).unwrap_or_default()
    }

    pub(crate) fn is_digit(&self, at: usize) -> bool {
        self.at(at).is_ascii_digit()
    }

    /// The character before `at`.
    pub(crate) fn before(&self, at: usize) -> Option<char> {
        self.text.get(..at)?.chars().next_back()
    }

    /// The character at `at`.
    pub(crate) fn after(&self, at: usize) -> Option<char> {
        self.text.get(at..)?.chars().next()
    }

    /// Does no letter or digit stand before `at`?
    pub(crate) fn starts_token(&self, at: usize) -> bool {
        self.before(at).is_none_or(|c| !c.is_alphanumeric() && c != '_')
    }

    /// Does no letter or digit stand at `at`?
    pub(crate) fn ends_token(&self, at: usize) -> bool {
        at >= self.bytes.len() || self.after(at).is_some_and(|c| !c.is_alphanumeric() && c != '_')
    }

    /// Is this the whole text, blanks apart?
    pub(crate) fn is_whole(&self, start: usize, end: usize) -> bool {
        let blank = |part: Option<&str>| part.is_some_and(|part| part.len() < 16 && part.trim().is_empty());
        blank(self.text.get(..start)) && blank(self.text.get(end..))
    }

    /// Length of a blank at `at`: space, no-break space, thin or narrow no-break space; 0 for anything else.
    pub(crate) fn blank(&self, at: usize) -> usize {
        match self.rest(at) {
            [b' ', ..] => 1,
            [0xC2, 0xA0, ..] => 2,
            [0xE2, 0x80, 0x89 | 0xAF, ..] => 3,
            _ => 0,
        }
    }

    /// Past up to two blanks.
    pub(crate) fn past_blanks(&self, at: usize) -> usize {
        let first = at + self.blank(at);
        first + self.blank(first)
    }

    /// Length of a hyphen or dash at `at`, 0 for anything else.
    pub(crate) fn dash(&self, at: usize) -> usize {
        match self.rest(at) {
            [b'-', ..] => 1,
            [0xE2, 0x80, 0x90..=0x94, ..] | [0xE2, 0x88, 0x92, ..] => 3,
            _ => 0,
        }
    }

    /// Length of an apostrophe at `at`, 0 for anything else.
    pub(crate) fn apostrophe(&self, at: usize) -> usize {
        match self.rest(at) {
            [b'\'', ..] => 1,
            [0xC2, 0xB4, ..] => 2,
            [0xE2, 0x80, 0x99, ..] => 3,
            _ => 0,
        }
    }

    /// End of the run of digits at `at`.
    pub(crate) fn digits_end(&self, at: usize) -> usize {
        at + self.rest(at).iter().take_while(|byte| byte.is_ascii_digit()).count()
    }

    /// The value of one or two digits at `at` that no third follows, and their end.
    pub(crate) fn small(&self, at: usize) -> Option<(u64, usize)> {
        let first = self.at(at);
        if !first.is_ascii_digit() {
            return None;
        }
        let value = u64::from(first - b'0');
        let second = self.at(at + 1);
        if !second.is_ascii_digit() {
            return Some((value, at + 1));
        }
        (!self.is_digit(at + 2)).then_some((value * 10 + u64::from(second - b'0'), at + 2))
    }

    /// The value of exactly `count` (at most 4) digits at `at`.
    pub(crate) fn exactly(&self, at: usize, count: usize) -> Option<u64> {
        let digits = self.bytes.get(at..at + count)?;
        if !digits.iter().all(u8::is_ascii_digit) || self.is_digit(at + count) {
            return None;
        }
        Some(digits.iter().fold(0, |value, digit| value * 10 + u64::from(digit - b'0')))
    }

    /// The run of letters at `at`; empty if there is none or it is too long.
    pub(crate) fn word_at(&self, at: usize) -> &'t str {
        let Some(rest) = self.text.get(at..) else { return "" };
        let end = rest
            .char_indices()
            .take(LONGEST)
            .find(|(_, c)| !c.is_alphabetic())
            .map_or(rest.len(), |(end, _)| end);
        if end > 2 * LONGEST { "" } else { &rest[..end] }
    }

    /// The word before `at`, past blanks, with the full stop it may end in.
    pub(crate) fn word_before(&self, at: usize) -> &'t str {
        let (start, end) = self.word_before_at(at);
        &self.text[start..end]
    }

    /// Where the word before `at` stands.
    pub(crate) fn word_before_at(&self, at: usize) -> (usize, usize) {
        let Some(before) = self.text.get(..at) else { return (at, at) };
        let trimmed = before.trim_end_matches([' ', '\u{a0}', '\u{202f}']);
        if before.len() - trimmed.len() > 8 {
            return (at, at);
        }
        let end = trimmed.len();
        let mut start = end;
        for (index, c) in trimmed.char_indices().rev().take(LONGEST) {
            if !c.is_alphabetic() && c != '.' {
                return (start, end);
            }
            start = index;
        }
        if start == 0 { (0, end) } else { (end, end) }
    }

    /// Does a new sentence seem to start after `at`: blanks, then a capital, or nothing but blanks?
    pub(crate) fn sentence_ends(&self, at: usize) -> bool {
        let Some(rest) = self.text.get(at..) else { return false };
        let next = rest.trim_start_matches([' ', '\n', '\r', '\t', '\u{a0}', '"', '»', '«', '“', '”']);
        next.len() < rest.len() && next.chars().next().is_some_and(char::is_uppercase)
    }
}
