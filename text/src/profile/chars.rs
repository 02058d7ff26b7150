//! What characters and lines are to the filters: as in Python, in which they were published.

use std::ops::Range;
use std::sync::LazyLock;

use unicode_normalization::char::is_combining_mark;

use crate::tables;

/// `str.isspace`: White_Space, and the four separators of ASCII.
#[inline]
pub(super) fn is_space(c: char) -> bool {
    c.is_whitespace() || ('\u{1C}'..='\u{1F}').contains(&c)
}

/// `str.strip`.
#[inline]
pub(super) fn trim(text: &str) -> &str {
    text.trim_matches(is_space)
}

/// `str.isalpha` of one character: the general category is a letter.
///
/// Alphabetic is letters, letter-like numbers, some marks, and letters in circles and squares.
#[inline]
pub(super) fn is_letter(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_alphabetic();
    }
    c.is_alphabetic()
        && !c.is_numeric()
        && !is_combining_mark(c)
        && !matches!(c, '\u{24B6}'..='\u{24E9}' | '\u{1F130}'..='\u{1F149}' | '\u{1F150}'..='\u{1F169}' | '\u{1F170}'..='\u{1F189}')
}

struct Punctuation {
    /// Bits of ASCII: all punctuation, and what ends.
    ascii: [u128; 2],
    /// Beyond ASCII, in order: first, last, whether it ends.
    ranges: Vec<(char, char, bool)>,
}

static PUNCTUATION: LazyLock<Punctuation> = LazyLock::new(|| {
    let mut table = Punctuation { ascii: [0; 2], ranges: Vec::new() };
    for row in tables::rows(include_str!("../../data/profile/punctuation.tsv")) {
        let [first, last, kind] = row[..] else { continue };
        let code = |cell| u32::from_str_radix(cell, 16).ok().and_then(char::from_u32);
        let (Some(first), Some(last)) = (code(first), code(last)) else { continue };
        for c in (first..=last).filter(char::is_ascii) {
            let bit = 1 << u32::from(c);
            table.ascii[0] |= bit;
            table.ascii[1] |= if kind == "terminal" { bit } else { 0 };
        }
        if !last.is_ascii() {
            table.ranges.push((first, last, kind == "terminal"));
        }
    }
    table.ranges.sort_unstable();
    table
});

/// Whether `datatrove` takes a character for punctuation (`PUNCTUATION_SET`).
pub(super) fn is_punctuation(c: char) -> bool {
    punctuation(c).is_some()
}

/// Whether a character ends a line of text (`TERMINAL_PUNCTUATION`).
#[inline]
pub(super) fn is_terminal(c: char) -> bool {
    // What lines end with as a rule.
    c == '.' || !c.is_alphanumeric() && punctuation(c) == Some(true)
}

/// Whether it ends, if it is punctuation.
fn punctuation(c: char) -> Option<bool> {
    let table = &*PUNCTUATION;
    if c.is_ascii() {
        let bit = 1 << u32::from(c);
        return (table.ascii[0] & bit != 0).then_some(table.ascii[1] & bit != 0);
    }
    let at = table.ranges.partition_point(|&(_, last, _)| last < c);
    table.ranges.get(at).filter(|(first, _, _)| *first <= c).map(|&(_, _, ends)| ends)
}

/// Characters of UTF-8: bytes that do not go on with one.
pub(super) fn count_chars(bytes: &[u8]) -> usize {
    // The loop over a block has no branch, so that it becomes vector code.
    let (blocks, rest) = bytes.as_chunks::<64>();
    let starts = |byte: &u8| u8::from((*byte as i8) >= -0x40);
    let count = |block: &[u8]| block.iter().map(starts).fold(0u8, u8::wrapping_add);
    blocks.iter().map(|block| usize::from(count(block))).sum::<usize>() + usize::from(count(rest))
}

/// `str.splitlines`: byte ranges without the breaks. No last empty line.
#[derive(Clone, Debug)]
pub(super) struct Lines<'a> {
    text: &'a str,
    at: usize,
    /// Whether only `\n` breaks lines in this text.
    plain: bool,
}

impl<'a> Lines<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0, plain: !has_other_breaks(text.as_bytes()) }
    }
}

impl Iterator for Lines<'_> {
    type Item = Range<usize>;

    #[inline]
    fn next(&mut self) -> Option<Range<usize>> {
        let bytes = self.text.as_bytes();
        let rest = bytes.get(self.at..).filter(|rest| !rest.is_empty())?;
        let start = self.at;
        if self.plain {
            let end = memchr::memchr(b'\n', rest).map_or(bytes.len(), |found| start + found);
            self.at = end + 1;
            return Some(start..end);
        }
        let mut at = start;
        while let Some(&byte) = bytes.get(at) {
            let size = match byte {
                b'\r' if bytes.get(at + 1) == Some(&b'\n') => 2,
                0x0A..=0x0D | 0x1C..=0x1E => 1,
                0xC2 if bytes.get(at + 1) == Some(&0x85) => 2,
                0xE2 if matches!(bytes.get(at + 1..at + 3), Some([0x80, 0xA8 | 0xA9])) => 3,
                _ => 0,
            };
            if size > 0 {
                self.at = at + size;
                return Some(start..at);
            }
            at += 1;
        }
        self.at = at;
        Some(start..at)
    }
}

/// Whether anything but `\n` breaks a line; now and then it says so of a text where nothing does.
fn has_other_breaks(bytes: &[u8]) -> bool {
    bytes.chunks(128).enumerate().any(|(index, block)| {
        let mut found = 0;
        for byte in block {
            found |= u8::from(byte.wrapping_sub(0x0B) < 3) | u8::from(byte.wrapping_sub(0x1C) < 3);
            found |= u8::from(*byte == 0x85) | u8::from(byte.wrapping_sub(0xA8) < 2);
        }
        found != 0 && has_break(bytes, 128 * index..128 * index + block.len())
    })
}

/// `¨` and `©` and parts of letters look like a break when one byte is seen.
#[cold]
fn has_break(bytes: &[u8], mut block: Range<usize>) -> bool {
    block.any(|at| match bytes.get(at) {
        Some(0x0B..=0x0D | 0x1C..=0x1E) => true,
        Some(0x85) => at > 0 && bytes.get(at - 1) == Some(&0xC2),
        Some(0xA8 | 0xA9) => at > 1 && bytes.get(at - 2..at) == Some(&[0xE2, 0x80]),
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_the_punctuation_parses() {
        let rows = tables::rows(include_str!("../../data/profile/punctuation.tsv"));
        assert!(rows.map(|row| row.len()).all(|cells| cells == 3));
        for (c, all, ends) in [('.', true, true), (',', true, false), ('-', true, false), ('a', false, false)]
        {
            assert_eq!((is_punctuation(c), is_terminal(c)), (all, ends), "{c}");
        }
        for (c, all, ends) in
            [('…', true, false), ('。', true, true), ('§', false, false), ('\u{7F}', true, false)]
        {
            assert_eq!((is_punctuation(c), is_terminal(c)), (all, ends), "{c}");
        }
    }

    #[test]
    fn lines_break_where_python_breaks_them() {
        let lines = |text| Lines::new(text).map(|range| text[range].to_owned()).collect::<Vec<_>>();
        assert_eq!(lines(""), Vec::<String>::new());
        assert_eq!(lines("a\n\nb\n"), ["a", "", "b"]);
        assert_eq!(lines("a\r\nb\rc\x0bd\u{85}e\u{2028}f\x1e"), ["a", "b", "c", "d", "e", "f"]);
        assert_eq!(lines("¨ og ©, Å\u{a9}"), ["¨ og ©, Å\u{a9}"]);
        assert_eq!(lines("\n"), [""]);
    }

    #[test]
    fn letters_are_of_the_category_letter() {
        for (c, letter) in
            [('å', true), ('Ⅷ', false), ('ⓐ', false), ('ª', true), ('\u{345}', false), ('日', true)]
        {
            assert_eq!(is_letter(c), letter, "{c}");
        }
    }
}
