//! A word as letters of the rules' alphabet, each with its place in the word.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;

/// A letter's number: a–z are 0–25.
pub(super) type Letter = u8;
pub(super) const AE: Letter = 26;
pub(super) const OE: Letter = 27;
pub(super) const AA: Letter = 28;
pub(super) const E_ACUTE: Letter = 29;
pub(super) const C_CEDILLA: Letter = 30;

/// The bit of a letter in a set; the edge of a part has a bit of its own.
pub(super) const EDGE: u64 = 1 << 40;
pub(super) const VOWELS: u64 = set(b"aeiouy") | 1 << AE | 1 << OE | 1 << AA | 1 << E_ACUTE;

pub(super) const fn set(letters: &[u8]) -> u64 {
    let (mut out, mut at) = (0, 0);
    while at < letters.len() {
        out |= 1 << (letters[at] - b'a');
        at += 1;
    }
    out
}

pub(super) fn is_vowel(letter: Letter) -> bool {
    VOWELS >> letter & 1 == 1
}

/// One letter of the alphabet, from lower or upper case.
pub(super) fn letter(c: char) -> Option<Letter> {
    let fold = |base: u8| Some(base.to_ascii_lowercase() - b'a');
    match c {
        'a'..='z' | 'A'..='Z' => fold(c as u8),
        'æ' | 'Æ' | 'ä' | 'Ä' | 'ǽ' | 'Ǽ' => Some(AE),
        'ø' | 'Ø' | 'ö' | 'Ö' | 'ǿ' | 'Ǿ' | 'œ' | 'Œ' | 'ő' | 'Ő' => Some(OE),
        'å' | 'Å' | '\u{212b}' | 'ǻ' | 'Ǻ' => Some(AA),
        'é' | 'É' | 'è' | 'È' | 'ê' | 'Ê' => Some(E_ACUTE),
        'ü' | 'Ü' | 'ű' | 'Ű' => Some(b'y' - b'a'),
        'ç' | 'Ç' => Some(C_CEDILLA),
        'ß' | 'ẞ' => Some(b's' - b'a'),
        'ð' | 'Ð' | 'đ' | 'Đ' => Some(b'd' - b'a'),
        'þ' | 'Þ' => Some(b't' - b'a'),
        'ł' | 'Ł' => Some(b'l' - b'a'),
        'ı' => Some(b'i' - b'a'),
        _ if c.is_alphabetic() => {
            // é and others are above; whatever else is a Latin letter with a mark is the letter.
            let base = std::iter::once(c).nfkd().next()?;
            if base.is_ascii_alphabetic() { fold(base as u8) } else { None }
        }
        _ => None,
    }
}

/// What a stretch of a word is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    /// Letters of the alphabet, each with its bytes in the word.
    Letters(Vec<Letter>, Vec<Range<usize>>),
    /// A digit.
    Digit(u8, Range<usize>),
    /// A letter of another script.
    Foreign(char, Range<usize>),
}

/// Cuts a word at hyphens, digits and letters of other scripts. What is none of these is skipped.
pub(super) fn pieces(word: &str) -> Vec<Piece> {
    let mut out = Vec::new();
    let (mut letters, mut bytes): (Vec<Letter>, Vec<Range<usize>>) = (Vec::new(), Vec::new());
    let flush = |letters: &mut Vec<Letter>, bytes: &mut Vec<Range<usize>>, out: &mut Vec<Piece>| {
        if !letters.is_empty() {
            out.push(Piece::Letters(std::mem::take(letters), std::mem::take(bytes)));
        }
    };
    for (at, c) in word.char_indices() {
        let range = at..at + c.len_utf8();
        if let Some(letter) = letter(c) {
            // aa is how å was written until 1948, and still is in names.
            if letter == 0 && letters.last() == Some(&0) {
                if let (Some(last), Some(place)) = (letters.last_mut(), bytes.last_mut()) {
                    *last = AA;
                    place.end = range.end;
                }
            } else {
                letters.push(letter);
                bytes.push(range);
            }
        } else if let Some(digit) = c.to_digit(10) {
            flush(&mut letters, &mut bytes, &mut out);
            out.push(Piece::Digit(digit as u8, range));
        } else if let Some(place) = bytes.last_mut().filter(|_| ('\u{300}'..'\u{370}').contains(&c)) {
            place.end = range.end;
            if let Some(last) = letters.last_mut() {
                match (c, *last) {
                    ('\u{30a}', 0) => *last = AA,
                    ('\u{308}', 0) => *last = AE,
                    ('\u{308}', 14) => *last = OE,
                    ('\u{301}' | '\u{300}' | '\u{302}', 4) => *last = E_ACUTE,
                    _ => {}
                }
            }
        } else if matches!(c, '-' | '\u{2010}' | '\u{2011}' | '/') || c.is_whitespace() {
            flush(&mut letters, &mut bytes, &mut out);
        } else if c.is_alphabetic() {
            flush(&mut letters, &mut bytes, &mut out);
            out.push(Piece::Foreign(c, range));
        }
    }
    flush(&mut letters, &mut bytes, &mut out);
    out
}

/// A word of a table as letters; `None` where it has another character.
pub(super) fn letters_of(word: &str) -> Option<Vec<Letter>> {
    word.chars().map(letter).collect()
}
