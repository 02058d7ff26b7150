//! One word or number: runs of letters and digits, and the signs that Danish writes inside words.

use std::sync::LazyLock;

use super::class::{
    CLASS, DIGIT, LEAD, LETTER, OTHER, SIGN, SPACE, alphanumeric_at, char_at, is_sign, run, segment_end,
    with_marks,
};
use super::stop::{Stopped, ends_suspended};
use super::{Seen, Token, TokenKind, address};
use crate::segment::abbreviations::abbreviation;

const TABLE: &str = include_str!("../../../data/segment/elisions.tsv");

static ELISIONS: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    let mut words: Vec<&str> = rows().map(|(word, _)| word).collect();
    words.sort_unstable();
    words
});

fn rows() -> impl Iterator<Item = (&'static str, &'static str)> {
    TABLE.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once('\t'))
}

/// Reads the word at `start`. Letters are read from `from`, past a sign that the word starts with.
#[inline]
pub(super) fn word(text: &str, start: usize, from: usize, seen: &mut Seen) -> Token {
    let bytes = text.as_bytes();
    let mut at = from;
    let mut classes = 0;
    let mut is_address = false;
    let end = loop {
        let (mut end, run_classes) = run(bytes, at);
        classes |= run_classes;
        if needs_segment(text, end) {
            let segment = segment_end(text, at);
            if segment > end {
                end = segment;
                classes |= OTHER;
            }
        }
        let Some(&sign) = bytes.get(end) else { break end };
        if CLASS[usize::from(sign)] == SPACE {
            break end;
        }
        if (sign == b'.' && end - from == 3 || sign == b':')
            && let Some(end) = address::web_address_end(text, from, end)
        {
            return Token { range: start..end, kind: TokenKind::Address };
        }
        match joined(text, start, end, sign, classes) {
            Some(next) => {
                is_address |= sign == b'@';
                at = next;
            }
            None => break end,
        }
    };
    if is_address {
        return Token { range: start..end, kind: TokenKind::Address };
    }
    let plain = if classes & (LETTER | LEAD | OTHER) == 0 { TokenKind::Number } else { TokenKind::Word };
    let (end, kind) = closing(text, start, end, classes, seen).unwrap_or((end, plain));
    Token { range: start..end, kind }
}

/// Whether UAX #29 has to say where the run ends: something beyond Latin follows it, or a sign that
/// can stand inside words with such a thing after it.
#[inline]
fn needs_segment(text: &str, end: usize) -> bool {
    let bytes = text.as_bytes();
    let unknown = |at: usize| {
        bytes.get(at).is_some_and(|&byte| CLASS[usize::from(byte)] == OTHER)
            && char_at(text, at).is_some_and(|c| !is_sign(c) && c != '’' && !c.is_whitespace())
    };
    match bytes.get(end) {
        Some(b'.' | b'\'' | b':' | b',' | b';') => unknown(end + 1),
        Some(0xE2) if char_at(text, end) == Some('’') => unknown(end + 3),
        _ => unknown(end),
    }
}

/// Where the word goes on after the sign at `end`, if the sign is inside the word.
#[inline]
fn joined(text: &str, start: usize, end: usize, sign: u8, classes: u8) -> Option<usize> {
    let bytes = text.as_bytes();
    let digit_at = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let after_digit = end > start && digit_at(end - 1);
    let after_word = end > start && (after_digit || CLASS[usize::from(bytes[end - 1])] != SIGN);
    let next = end + 1;
    // Whether other scripts go on after a sign, UAX #29 has said already.
    let latin_at = |at: usize| alphanumeric_at(text, at) && CLASS[usize::from(bytes[at])] != OTHER;
    let joins = match sign {
        b'-' | b'/' | b'@' => after_word && alphanumeric_at(text, next),
        b'\'' => after_word && latin_at(next),
        b'.' if matches!(bytes.get(next), Some(b'-' | b'/' | b'\'')) => {
            let next = next + 1;
            return (alphanumeric_at(text, next) && Stopped { text, start, stop: end, classes }.is_inside())
                .then_some(next);
        }
        b'.' => latin_at(next),
        b'&' => !after_digit && alphanumeric_at(text, next) && !digit_at(next),
        b',' | b';' => after_digit && digit_at(next),
        b':' if after_digit => digit_at(next),
        b':' => latin_at(next) && !digit_at(next),
        0xC2 | 0xE2 => {
            let c = char_at(text, end)?;
            let next = end + c.len_utf8();
            let joins = match c {
                '’' => latin_at(next),
                '\u{2010}' | '\u{2011}' => alphanumeric_at(text, next),
                '´' => alphanumeric_at(text, next) && !digit_at(next),
                '–' if after_digit => digit_at(next),
                '–' => char_at(text, next).is_some_and(char::is_uppercase),
                _ => false,
            };
            return joins.then_some(next);
        }
        _ => false,
    };
    joins.then_some(next)
}

/// A sign at the end that belongs to the word: its stop, its hyphen, its apostrophe.
#[inline]
fn closing(text: &str, start: usize, end: usize, classes: u8, seen: &mut Seen) -> Option<(usize, TokenKind)> {
    let bytes = text.as_bytes();
    let plain = if classes & (LETTER | LEAD | OTHER) == 0 { TokenKind::Number } else { TokenKind::Word };
    match bytes.get(end)? {
        b'.' => {
            let kind = Stopped { text, start, stop: end, classes }.kind(seen)?;
            Some((with_marks(text, end, 1), kind))
        }
        b'-' if ends_suspended(bytes.get(end + 1).copied()) => Some((end + 1, plain)),
        b',' if classes == DIGIT => {
            let rest = text.get(end + 1..)?;
            let dash = rest.chars().next().filter(|c| matches!(c, '-' | '–' | '—'))?;
            let end = end + 1 + dash.len_utf8();
            ends_suspended(bytes.get(end).copied()).then_some((end, TokenKind::Number))
        }
        b'/' if end - start <= 2
            && bytes.get(end + 1).is_none_or(|&b| matches!(b, b' ' | b'\n' | b'"' | b'(')) =>
        {
            let entry = abbreviation(text.get(start..=end)?)?;
            Some((end + 1, TokenKind::Abbreviation(entry.sentence_final)))
        }
        b'\'' | 0xE2 => {
            let c = char_at(text, end).filter(|c| matches!(c, '\'' | '’'))?;
            let word = text.get(start..end)?;
            let genitive = word.ends_with(['s', 'x', 'z', 'S', 'X', 'Z']);
            let elision = word.len() <= 8 && {
                let lower = word.to_ascii_lowercase();
                ELISIONS.binary_search(&lower.as_str()).is_ok()
            };
            if !(elision || genitive && seen.quoted <= start) {
                return None;
            }
            Some((with_marks(text, end, c.len_utf8()), TokenKind::Word))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_elision_is_shorter_than_what_it_stands_for() {
        assert!(rows().count() > 20);
        for (word, full) in rows() {
            assert!(word.chars().count() < full.chars().count(), "{word}");
            assert_eq!(word, word.to_lowercase());
        }
    }
}
