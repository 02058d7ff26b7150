//! From a place in the text to the token that starts there.

use super::class::{
    CLASS, DIGIT, LEAD, LETTER, OTHER, SPACE, alphanumeric_at, char_at, is_sign, segment_end, with_marks,
};
use super::terminals::is_terminal;
use super::word::word;
use super::{Seen, Token, TokenKind};

/// A single quote that is not closed within so many bytes was an apostrophe.
const QUOTED: usize = 400;
/// A quotation at the start of a compound is no longer than this, in bytes.
const CITED: usize = 40;
/// Endings that follow an apostrophe of their own after a space: *CD 'erne*.
const ENDINGS: [&str; 4] = ["erne", "ernes", "ere", "eres"];

/// The first byte at or after `at` that is not white space.
#[inline]
pub(super) fn skip_space(text: &str, mut at: usize) -> usize {
    let bytes = text.as_bytes();
    while let Some(&byte) = bytes.get(at) {
        match CLASS[usize::from(byte)] {
            SPACE => at += 1,
            OTHER => match char_at(text, at) {
                Some(c) if c.is_whitespace() => at += c.len_utf8(),
                _ => break,
            },
            _ => break,
        }
    }
    at
}

/// The token that starts at `start`, where no white space stands.
#[inline]
pub(super) fn token(text: &str, start: usize, seen: &mut Seen) -> Token {
    let byte = text.as_bytes()[start];
    match CLASS[usize::from(byte)] {
        LETTER | DIGIT => word(text, start, start, seen),
        LEAD if !matches!(text.as_bytes().get(start..start + 2), Some([0xC3, 0x97 | 0xB7])) => {
            word(text, start, start, seen)
        }
        class if class == LEAD || class == OTHER => other(text, start, seen),
        _ => ascii_sign(text, start, byte, seen),
    }
}

fn ascii_sign(text: &str, start: usize, sign: u8, seen: &mut Seen) -> Token {
    let bytes = text.as_bytes();
    let free = || char_before(text, start).is_none_or(|c| c.is_whitespace() || "([\"»".contains(c));
    let one = |kind| Token { range: start..with_marks(text, start, 1), kind };
    match sign {
        b'.' | b'-' => {
            let length = bytes[start..].iter().take_while(|&&byte| byte == sign).count();
            if sign == b'-' && length == 1 && goes_on_with(text, start + 1, seen) && free() {
                return word(text, start, start + 1, seen);
            }
            Token { range: start..with_marks(text, start + length - 1, 1), kind: TokenKind::Punctuation }
        }
        b'\'' => apostrophe(text, start, 1, seen),
        b':' | b';' | b'=' | b'<' => match smiley_end(bytes, start).filter(|_| free()) {
            Some(end) => Token { range: start..end, kind: TokenKind::Symbol },
            None if matches!(sign, b':' | b';') => one(TokenKind::Punctuation),
            None => one(TokenKind::Symbol),
        },
        b'"' => cited(text, start, 1, seen).unwrap_or_else(|| one(TokenKind::Punctuation)),
        b',' | b'!' | b'?' | b'(' | b')' | b'[' | b']' | b'{' | b'}' | b'/' => one(TokenKind::Punctuation),
        _ => one(TokenKind::Symbol),
    }
}

/// A compound whose first part is a quotation without white space: `"Jump"-nummer`, `»ja«-siger`.
fn cited(text: &str, start: usize, length: usize, seen: &mut Seen) -> Option<Token> {
    let from = start + length;
    let window = text.as_bytes().get(from..text.len().min(from + CITED))?;
    let inside = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'-' || (0xC3..=0xC9).contains(byte);
    let mut at = from;
    while at < from + window.len() {
        let byte = window.get(at - from)?;
        if !inside(byte) {
            break;
        }
        at += if *byte >= 0xC3 { 2 } else { 1 };
    }
    let close = char_at(text, at).filter(|c| matches!(c, '"' | '«' | '»' | '”' | '“'))?;
    let hyphen = at + close.len_utf8();
    let goes_on =
        at > from && text.as_bytes().get(hyphen) == Some(&b'-') && alphanumeric_at(text, hyphen + 1);
    goes_on.then(|| word(text, start, hyphen + 1, seen))
}

fn char_before(text: &str, at: usize) -> Option<char> {
    text.get(..at)?.chars().next_back()
}

/// `-5` after anything but a number; `-udgang` after a word.
fn goes_on_with(text: &str, at: usize, seen: &Seen) -> bool {
    match char_at(text, at) {
        Some('0'..='9') => seen.last != Some(TokenKind::Number),
        Some(c) => c.is_lowercase() && alphanumeric_at(text, at) && seen.last == Some(TokenKind::Word),
        None => false,
    }
}

/// An apostrophe or single quote that does not stand in or after a word.
fn apostrophe(text: &str, start: usize, length: usize, seen: &mut Seen) -> Token {
    let bytes = text.as_bytes();
    let next = start + length;
    let digits = bytes[next..].iter().take(3).take_while(|byte| byte.is_ascii_digit()).count();
    let letters = bytes[next..].iter().take(6).take_while(|byte| byte.is_ascii_alphabetic()).count();
    let ending = text.get(next..next + letters).is_some_and(|word| ENDINGS.contains(&word));
    if digits == 2 || ending && !alphanumeric_at(text, next + letters) {
        return word(text, start, next, seen);
    }
    let opens = alphanumeric_at(text, next) && char_before(text, start).is_none_or(|c| !c.is_alphanumeric());
    seen.quoted = if opens { start + QUOTED } else { 0 };
    Token { range: start..with_marks(text, start, length), kind: TokenKind::Punctuation }
}

/// The end of a smiley such as `:-)`, `;D` or `<3`, with white space around it.
fn smiley_end(bytes: &[u8], start: usize) -> Option<usize> {
    let eyes = *bytes.get(start)?;
    let mut at = start + 1;
    let mouth = if eyes == b'<' {
        (bytes.get(at) == Some(&b'3')).then_some(())
    } else {
        at += usize::from(matches!(bytes.get(at), Some(b'-' | b'o' | b'\'' | b'^')));
        matches!(bytes.get(at), Some(b')' | b'(' | b'D' | b'P' | b'p' | b'O' | b'|' | b'/' | b'\\' | b'*'))
            .then_some(())
    };
    mouth?;
    at += 1;
    while matches!(bytes.get(at), Some(b')' | b'(')) && bytes.get(at) == bytes.get(at - 1) {
        at += 1;
    }
    let space_at = |at: usize| bytes.get(at).is_none_or(|&byte| CLASS[usize::from(byte)] == SPACE);
    (space_at(at) || matches!(bytes.get(at), Some(b'.' | b',')) && space_at(at + 1)).then_some(at)
}

/// A token that starts beyond ASCII and the common Latin letters.
fn other(text: &str, start: usize, seen: &mut Seen) -> Token {
    let Some(c) = char_at(text, start) else {
        return Token { range: start..text.len(), kind: TokenKind::Symbol };
    };
    let next = start + c.len_utf8();
    match c {
        '’' => return apostrophe(text, start, c.len_utf8(), seen),
        '»' | '“' | '”' | '„' => {
            if let Some(token) = cited(text, start, c.len_utf8(), seen) {
                return token;
            }
        }
        '‘' | '‚' => seen.quoted = start + QUOTED,
        '°' if is_degree(text, next) => return Token { range: start..next + 1, kind: TokenKind::Symbol },
        '−' if text.as_bytes().get(next).is_some_and(u8::is_ascii_digit) => {
            return word(text, start, next, seen);
        }
        _ => {}
    }
    if c.is_alphanumeric() {
        return word(text, start, start, seen);
    }
    let kind = match c {
        '«' | '»' | '“' | '”' | '„' | '‘' | '‚' | '‹' | '›' | '…' | '‐'..='―' | '¡' | '¿' => {
            TokenKind::Punctuation
        }
        _ if is_terminal(c) => TokenKind::Punctuation,
        _ => TokenKind::Symbol,
    };
    let end = if is_sign(c) { with_marks(text, start, c.len_utf8()) } else { segment_end(text, start) };
    Token { range: start..end, kind }
}

/// `°C`, `°F` and `°K` are one unit.
fn is_degree(text: &str, at: usize) -> bool {
    matches!(text.as_bytes().get(at), Some(b'C' | b'F' | b'K')) && segment_end(text, at) == at + 1
}
